// tests/simulation/shrink.cpp - see shrink.h.
#include "simulation/shrink.h"

namespace jiyao::simulation {
namespace {

class Shrinking {
 public:
  Shrinking(const Plan& plan, const Outcome& failing, std::size_t tries_max)
      : best_{plan, failing, 0}, tries_max_(tries_max) {}

  Shrunk run() {
    cut_off_the_end();
    for (std::size_t size = best_.plan.steps.size() / 2; size > 0 && has_tries(); size /= 2)
      while (leave_out_runs_of(size) && has_tries()) {
      }
    take_out_faults();
    return best_;
  }

 private:
  bool has_tries() const { return best_.tries < tries_max_; }

  bool fails_alike(Plan smaller) {
    ++best_.tries;
    Outcome outcome = World(smaller).run();
    if (outcome.promise != best_.outcome.promise) return false;
    best_.plan = std::move(smaller);
    best_.outcome = std::move(outcome);
    return true;
  }

  // The promise broke at a step: what was planned behind it never ran. Unless it broke in healing.
  void cut_off_the_end() {
    for (std::size_t keep = 16; keep < best_.plan.steps.size() && has_tries(); keep *= 2) {
      Plan smaller = best_.plan;
      smaller.steps.resize(keep);
      if (fails_alike(std::move(smaller))) return;
    }
  }

  /// True when something could go: then the same size is worth another round.
  bool leave_out_runs_of(std::size_t size) {
    bool is_smaller = false;
    for (std::size_t from = 0; from < best_.plan.steps.size() && has_tries();) {
      Plan smaller = best_.plan;
      const auto begin = smaller.steps.begin() + static_cast<std::ptrdiff_t>(from);
      const std::size_t count = std::min(size, smaller.steps.size() - from);
      smaller.steps.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
      if (fails_alike(std::move(smaller)))
        is_smaller = true;
      else
        from += size;
    }
    return is_smaller && size > 1;
  }

  void take_out_faults() {
    for (std::size_t i = 0; i < best_.plan.steps.size() && has_tries(); ++i) {
      if (!best_.plan.steps[i].fault) continue;
      Plan smaller = best_.plan;
      smaller.steps[i].fault.reset();
      (void)fails_alike(std::move(smaller));
    }
  }

  Shrunk best_;
  std::size_t tries_max_;
};

}  // namespace

Shrunk shrink(const Plan& plan, const Outcome& failing, std::size_t tries_max) {
  return Shrinking(plan, failing, tries_max).run();
}

}  // namespace jiyao::simulation
