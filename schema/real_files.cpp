// schema/real_files.cpp - POSIX calls behind Files, and the process's default SQLite VFS.
#include "schema/real_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "crypto/digest.h"
#include "schema/sealed_vfs.h"

namespace jiyao {
namespace {

[[noreturn]] void fail(const char* what, const Path& path, int error) {
  using Kind = StorageFailure::Kind;
  Kind kind = Kind::io;
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) kind = Kind::full;
  if (error == EROFS) kind = Kind::read_only;
  throw StorageFailure(kind, std::string(what) + " " + path + ": " + std::strerror(error));
}

template <class Call>
auto retried(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class RealFile final : public File {
 public:
  explicit RealFile(Path path) : path_(std::move(path)) {}
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;
  ~RealFile() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  /// Made before the file is opened: what is open has an owner, also when there is no memory.
  bool own(int descriptor) {
    descriptor_ = descriptor;
    return descriptor >= 0;
  }

  std::size_t read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const auto at = static_cast<off_t>(offset + done);
      const ssize_t got =
          retried([&] { return ::pread(descriptor_, out.data() + done, out.size() - done, at); });
      if (got < 0) fail("read", path_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  void write(std::uint64_t offset, ByteView bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto at = static_cast<off_t>(offset + done);
      const ssize_t put = retried(
          [&] { return ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done, at); });
      if (put < 0) fail("write", path_, errno);
      if (put == 0) fail("write", path_, ENOSPC);
      done += static_cast<std::size_t>(put);
    }
  }

  void truncate(std::uint64_t size) override {
    if (retried([&] { return ::ftruncate(descriptor_, static_cast<off_t>(size)); }) != 0)
      fail("truncate", path_, errno);
  }

  void sync() override {
    if (retried([&] { return ::fdatasync(descriptor_); }) != 0) fail("sync", path_, errno);
  }

  std::uint64_t size() override {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) fail("stat", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  int descriptor_ = -1;
  Path path_;
};

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::read:
      return O_RDONLY | O_NONBLOCK;  // a pipe without a writer
    case OpenMode::read_write:
      return O_RDWR;
    case OpenMode::create:
      return O_RDWR | O_CREAT;
    case OpenMode::create_new:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  JIYAO_ASSERT(false);
  return 0;
}

// Registered for the life of the process: see the header.
SealedVfs& process_vfs() {
  static SealedVfs* const vfs = new SealedVfs("sealed", "unix-excl", true);
  return *vfs;
}

}  // namespace

void hold_standard_streams() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor)
    if (::fcntl(descriptor, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) != descriptor) ::_exit(1);
}

void leave_no_core() {
  constexpr rlimit kNone{0, 0};
  ::setrlimit(RLIMIT_CORE, &kNone);  // lowering it is always allowed
}

RealFiles::RealFiles() {
  process_vfs();
}

Result<std::unique_ptr<File>> RealFiles::open(const Path& path, OpenMode mode) {
  auto file = std::make_unique<RealFile>(path);
  const int descriptor =
      retried([&] { return ::open(path.c_str(), flags_of(mode) | O_CLOEXEC | O_NOCTTY, 0600); });
  if (file->own(descriptor)) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) fail("stat", path, errno);
    if (mode == OpenMode::read && !S_ISREG(status.st_mode)) return {Errc::not_allowed, path};
    return std::unique_ptr<File>(std::move(file));
  }
  switch (errno) {
    case ENOENT:
    case ENOTDIR:
      return {Errc::not_found, path};
    case EEXIST:
      return {Errc::exists, path};
    case EACCES:
    case EPERM:
    case EISDIR:
    case ELOOP:
      return {Errc::not_allowed, path};
    default:
      fail("open", path, errno);
  }
}

bool RealFiles::exists(const Path& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

void RealFiles::remove(const Path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR)
    fail("remove", path, errno);
}

void RealFiles::rename(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail("rename", from, errno);
}

void RealFiles::make_folder(const Path& path) {
  if (path.empty() || exists(path)) return;
  make_folder(path.find('/') == Path::npos ? Path() : folder_of(path));
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail("make folder", path, errno);
}

void RealFiles::sync_folder(const Path& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) fail("sync folder", path, errno);
  const int error = retried([&] { return ::fsync(folder); }) == 0 ? 0 : errno;
  ::close(folder);
  // Some file systems of removable media cannot sync a folder; they say so with EINVAL.
  if (error != 0 && error != EINVAL) fail("sync folder", path, error);
}

std::vector<std::string> RealFiles::list(const Path& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), ::closedir);
  if (!entries) {
    if (errno == ENOENT || errno == ENOTDIR) return names;
    fail("list", folder, errno);
  }
  errno = 0;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) fail("list", folder, errno);
  std::sort(names.begin(), names.end());
  return names;
}

std::uint64_t RealFiles::free_bytes(const Path& folder) {
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0) fail("free space of", folder, errno);
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

std::uint64_t RealFiles::identity(const Path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return 0;
  const std::uint64_t mixed =
      status.st_ino ^ (static_cast<std::uint64_t>(status.st_dev) * 0x9E3779B97F4A7C15ULL);
  return mixed == 0 ? 1 : mixed;
}

std::string RealFiles::machine_id() {
  const Result<Bytes> id = read_file(*this, "/etc/machine-id", 256);
  if (!id || id->empty()) return {};
  return digest(Label::anchor_mac, {as_bytes("machine"), *id}).hex();
}

Result<std::unique_ptr<File>> RealFiles::lock(const Path& path) {
  auto file = std::make_unique<RealFile>(path);
  const int descriptor =
      retried([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); });
  if (!file->own(descriptor)) {
    if (errno == EACCES || errno == EPERM || errno == EISDIR) return {Errc::not_allowed, path};
    if (errno == ENOENT || errno == ENOTDIR) return {Errc::not_found, path};
    fail("lock", path, errno);
  }
  if (retried([&] { return ::flock(descriptor, LOCK_EX | LOCK_NB); }) != 0) {
    if (errno != EWOULDBLOCK) fail("lock", path, errno);
    Bytes holder(20);
    holder.resize(file->read(0, holder));
    return {Errc::busy, std::string(as_text(holder))};
  }
  file->truncate(0);
  file->write(0, as_bytes(std::to_string(::getpid())));
  return std::unique_ptr<File>(std::move(file));
}

const char* RealFiles::vfs_name() const {
  return process_vfs().name().c_str();
}

std::int64_t RealClock::wall_ms() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::int64_t RealClock::steady_ms() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace jiyao
