// tests/support/small_disk.cpp - unshare, mount, remount.
#include "support/small_disk.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace jiyao {

namespace {

bool write_into(const char* file, const std::string& text) {
  std::ofstream out(file);
  out << text << std::flush;
  return out.good();
}

/// A mount namespace of our own: by right, or as the owner of a user namespace, where this system
/// lets anybody have one (only while this process has one thread).
bool come_apart() {
  if (::unshare(CLONE_NEWNS) == 0) return true;
  const std::string user = std::to_string(::getuid()), group = std::to_string(::getgid());
  return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
         write_into("/proc/self/setgroups", "deny") &&
         write_into("/proc/self/uid_map", user + " " + user + " 1") &&
         write_into("/proc/self/gid_map", group + " " + group + " 1");
}

}  // namespace

SmallDisk::SmallDisk(const std::filesystem::path& folder, std::uint64_t bytes)
    : folder_(folder.string()), bytes_(bytes) {
  std::filesystem::create_directories(folder);
  static const bool is_apart =
      come_apart() && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  if (!is_apart)
    why_not_ = "no right to mount here";
  else
    mount(0, bytes);
}

SmallDisk::~SmallDisk() {
  if (is_there()) ::umount2(folder_.c_str(), MNT_DETACH);
}

void SmallDisk::mount(unsigned long flags, std::uint64_t bytes) {
  const std::string options = "size=" + std::to_string(bytes);
  if (::mount("jiyao-test", folder_.c_str(), "tmpfs", flags, options.c_str()) != 0)
    why_not_ = std::string("mount: ") + std::strerror(errno);
}

void SmallDisk::grow_to(std::uint64_t bytes) {
  bytes_ = bytes;
  mount(MS_REMOUNT, bytes_);
}

void SmallDisk::set_read_only(bool is_read_only) {
  unsigned long flags = MS_REMOUNT;
  if (is_read_only) flags |= MS_RDONLY;
  mount(flags, bytes_);
}

}  // namespace jiyao
