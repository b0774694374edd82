// tests/support/failing_memory.h - SQLite's memory: the n-th allocation fails, or all from there.
//
// Must be installed before the first use of SQLite (the product's own wiping memory then stands
// above it): call FailingMemory::install() from a namespace-scope initialiser.
#pragma once

#include <sqlite3.h>

#include <cstdint>

namespace jiyao {

/// One thread.
class FailingMemory {
 public:
  static bool install() {
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below());
    sqlite3_mem_methods methods = below();
    methods.xMalloc = [](int bytes) { return the().strikes() ? nullptr : below().xMalloc(bytes); };
    methods.xRealloc = [](void* old, int bytes) {
      return the().strikes() ? nullptr : below().xRealloc(old, bytes);
    };
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
  }
  static FailingMemory& the() {
    static FailingMemory memory;
    return memory;
  }

  /// The n-th allocation from now fails; sticky: so does every later one until the next fail_at().
  /// 0 = never.
  void fail_at(std::uint64_t n, bool is_sticky = false) {
    fail_at_ = n == 0 ? 0 : calls_ + n;
    is_sticky_ = is_sticky;
    has_failed_ = has_failed_ && n == 0;
  }
  bool has_failed() const { return has_failed_; }  ///< since fail_at() was last given a number
  std::uint64_t calls() const { return calls_; }

 private:
  static sqlite3_mem_methods& below() {
    static sqlite3_mem_methods methods;
    return methods;
  }
  bool strikes() {
    ++calls_;
    const bool is_struck = fail_at_ != 0 && (is_sticky_ ? calls_ >= fail_at_ : calls_ == fail_at_);
    has_failed_ |= is_struck;
    return is_struck;
  }

  std::uint64_t calls_ = 0, fail_at_ = 0;
  bool is_sticky_ = false, has_failed_ = false;
};

}  // namespace jiyao
