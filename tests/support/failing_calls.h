// tests/support/failing_calls.h - the n-th call of a kind fails, or all from there.
#pragma once

#include <cstdint>

namespace jiyao {

/// One thread.
class FailingCalls {
 public:
  /// The n-th call from now fails; sticky: so does every later one until the next fail_at().
  /// 0 = never.
  void fail_at(std::uint64_t n, bool is_sticky = false) {
    fail_at_ = n == 0 ? 0 : calls_ + n;
    is_sticky_ = is_sticky;
    has_failed_ = has_failed_ && n == 0;
  }
  bool has_failed() const { return has_failed_; }  ///< since fail_at() was last given a number
  std::uint64_t calls() const { return calls_; }

  /// Such a call begins: does it fail?
  bool strikes() {
    ++calls_;
    const bool is_struck = fail_at_ != 0 && (is_sticky_ ? calls_ >= fail_at_ : calls_ == fail_at_);
    has_failed_ |= is_struck;
    return is_struck;
  }

 private:
  std::uint64_t calls_ = 0, fail_at_ = 0;
  bool is_sticky_ = false, has_failed_ = false;
};

}  // namespace jiyao
