// tests/simulation/crash_points_test.cpp - the power goes at every change an office's disk sees.
//
// Goal: P1 and P2 wherever a machine stops: it opens again, shows what was acknowledged, and what
// it shows is what its log gives. Method: an office works, meets a hub and starts anew now and
// then; before each change of its disk two copies of the disk lose power there, with other writes
// lost and torn, and are opened and asked. JIYAO_CRASH_STEPS: how much it works, 64 usually.
#include <gtest/gtest.h>

#include <cstdlib>

#include "simulation/one_office.h"

namespace jiyao::simulation {
namespace {

using Depth = OneOffice::Depth;
using Fate = SimulatedDisk::Fate;
using Step = OneOffice::Step;

Step step_of(int no) {
  if (no % 16 == 15) return Step::open;
  if (no % 4 == 3) return Step::meet;
  return no % 8 == 6 ? Step::seal : Step::record;
}

class CrashPoints {
 public:
  explicit CrashPoints(std::uint64_t seed) : world_(seed), seed_(seed) {}

  /// One thing the office does, with every crash in it; then one behind it.
  void step(int no) {
    SimulatedDisk& disk = world_.office().disk;
    disk.watch_changes([this] { take_images(); });
    const std::size_t acknowledged = world_.office().acknowledged.size();
    world_.work(step_of(no));
    disk.watch_changes({});
    for (std::size_t i = 0; i < images_.size(); ++i)
      check(*images_[i], acknowledged,
            "step " + std::to_string(no) + ", image " + std::to_string(i));
    images_.clear();
    take_images();
    for (const auto& image : images_)
      check(*image, world_.office().acknowledged.size(), "behind step " + std::to_string(no));
    images_.clear();
    world_.archive_works(step_of(no));
  }
  std::size_t points() const { return points_; }

 private:
  void take_images() {
    for (int other = 0; other < 2; ++other) {
      const Fate fate = ++points_ % 8 == 0 ? Fate::killed : Fate::power_cut;
      images_.push_back(world_.office().disk.found_after(fate, seed_ * 1'000'003 + points_));
    }
  }
  void check(SimulatedDisk& left, std::size_t acknowledged, const std::string& where) {
    SCOPED_TRACE(where);
    const auto depth = ++checks_ % 8 == 0 ? Depth::replayed
                       : checks_ % 4 == 0 ? Depth::pages
                                          : Depth::shown;
    world_.check(left, acknowledged, depth);
  }

  OneOffice world_;
  std::uint64_t seed_;
  std::vector<std::unique_ptr<SimulatedDisk>> images_;
  std::size_t points_ = 0, checks_ = 0;
};

constexpr int kSteps = 64;

int steps_of_a_run() {
  const char* set = std::getenv("JIYAO_CRASH_STEPS");
  return set == nullptr ? kSteps : std::atoi(set);
}

/// 20,000 in all; the first steps of a run are shorter.
std::size_t points_at_least() {
  const int steps = steps_of_a_run();
  return static_cast<std::size_t>(steps < kSteps ? 20 * steps : 39 * steps);
}

class EveryCrashPoint : public testing::TestWithParam<std::uint64_t> {};

TEST_P(EveryCrashPoint, LosesNothingAcknowledgedAndVerifiesClean) {
  CrashPoints office(GetParam());
  for (int no = 0; no < steps_of_a_run() && !HasFailure(); ++no) office.step(no);
  std::printf("%zu crash points\n", office.points());
  EXPECT_GT(office.points(), points_at_least());
}

INSTANTIATE_TEST_SUITE_P(Seeds, EveryCrashPoint, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace jiyao::simulation
