// tests/support/small_disk.h - a file system of a few megabytes that fills and turns read-only.
//
// A tmpfs in a mount namespace of this process: nobody else sees it, and it goes with the process
// however that ends. Needs the right to mount, or a user namespace; without it is_there() says no
// and why.
#pragma once

#include <filesystem>
#include <string>

namespace jiyao {

class SmallDisk {
 public:
  SmallDisk(const std::filesystem::path& folder, std::uint64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_there() const { return why_not_.empty(); }
  const std::string& why_not() const { return why_not_; }
  void grow_to(std::uint64_t bytes);
  void set_read_only(bool is_read_only);

 private:
  void mount(unsigned long flags, std::uint64_t bytes);
  std::string folder_;
  std::uint64_t bytes_;
  std::string why_not_;
};

}  // namespace jiyao
