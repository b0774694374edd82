// client/work_folder.cpp - see work_folder.h.
#include "client/work_folder.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace jiyao {

WorkFolder::WorkFolder(const Path& target) : path_(target + ".new-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) path_.clear();
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace jiyao
