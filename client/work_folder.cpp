// client/work_folder.cpp - see work_folder.h.
#include "client/work_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "crypto/result.h"

namespace jiyao {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = ".jiyao-";
constexpr std::string_view kDrawn = "XXXXXX";  // mkdtemp() draws for them ...
constexpr const char* kLettersAndDigits =      // ... from these
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The folder, locked for as long as the descriptor is open; -1: somebody else has it, or it is
/// none of ours.
int locked(const Path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return -1;
  struct stat about {};
  if (::fstat(descriptor, &about) == 0 && about.st_uid == ::geteuid() &&
      ::flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    return descriptor;
  ::close(descriptor);
  return -1;
}

/// Is a folder of this name one that was made for `target`?
bool is_work_of(const std::string& target, const std::string& name) {
  const std::string begin = target + std::string(kMark);
  return name.size() == begin.size() + kDrawn.size() && name.starts_with(begin) &&
         name.find_first_not_of(kLettersAndDigits, begin.size()) == std::string::npos;
}

void clear_left_over(const fs::path& target) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_of(target.string()), ignored)) {
    if (!is_work_of(target.filename().string(), entry.path().filename().string())) continue;
    const int lock = locked(entry.path().string());
    if (lock < 0) continue;
    fs::remove_all(entry.path(), ignored);
    ::close(lock);
  }
}

}  // namespace

WorkFolder::WorkFolder(const Path& target)
    : path_(target + std::string(kMark) + std::string(kDrawn)) {
  clear_left_over(target);
  if (::mkdtemp(path_.data()) != nullptr) {
    lock_ = locked(path_);
    return;
  }
  if (errno == ENOSPC || errno == EDQUOT) throw StorageFailure(StorageFailure::Kind::full, target);
  if (errno == EROFS) throw StorageFailure(StorageFailure::Kind::read_only, target);
  path_.clear();
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace jiyao
