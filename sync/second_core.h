// sync/second_core.h - work that needs nothing but what it was given, done beside the strand of a
// replica.
//
// The engine has no thread of its own: who has one lends it (client/second_thread.h). Without a
// helper, as in the simulator, everything is done in its place and shows the same.
#pragma once

#include <functional>
#include <future>

namespace jiyao {

/// A second pair of hands, used by one strand.
class Helper {
 public:
  virtual ~Helper() = default;
  /// Begins `work`, which touches no file, clock or database, and nothing that the strand touches
  /// before it has waited. What it throws, the future throws.
  virtual std::future<void> begin(std::function<void()> work) = 0;
};

/// One piece of work at a time by a helper, or at once in its place when there is none. Waits at
/// the end of its life for what is still under way.
class Beside {
 public:
  explicit Beside(Helper* helper) : helper_(helper) {}
  ~Beside();
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

  /// What came before was waited for.
  void begin(std::function<void()> work);
  /// Returns when the work is done; throws what it threw. Nothing under way: at once.
  void wait();

 private:
  Helper* helper_;  ///< nullptr: nobody helps
  std::future<void> work_;
};

}  // namespace jiyao
