// schema/second_core.h - work that needs nothing but what it was given, done beside the strand of a
// replica.
//
// The engine has no thread of its own: who has one lends it (client/second_thread.h). Without a
// helper, as in the simulator, everything is done in its place and shows the same.
#pragma once

#include <algorithm>
#include <functional>
#include <future>
#include <type_traits>
#include <utility>
#include <vector>

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

/// take(i, make(i)) for every i below `count`, in order. What is taken next is made by a helper
/// meanwhile, some at a time; few are not worth one.
template <class Make, class Take>
void make_ahead(Helper* helper, std::size_t count, const Make& make, const Take& take) {
  constexpr std::size_t kAtOnce = 64;
  std::vector<std::invoke_result_t<const Make&, std::size_t>> ready, coming;
  Beside beside(count > kAtOnce ? helper : nullptr);
  const auto begin = [&](std::size_t from) {
    if (from >= count) return;
    beside.begin([&, from] {
      coming.clear();
      for (std::size_t i = from; i < std::min(from + kAtOnce, count); ++i)
        coming.push_back(make(i));
    });
  };
  begin(0);
  for (std::size_t from = 0; from < count; from += kAtOnce) {
    beside.wait();
    std::swap(ready, coming);
    begin(from + kAtOnce);
    for (std::size_t i = 0; i < ready.size(); ++i) take(from + i, std::move(ready[i]));
  }
}

}  // namespace jiyao
