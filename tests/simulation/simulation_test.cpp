// tests/simulation/simulation_test.cpp - hundreds of worlds, each from its seed.
//
// JIYAO_SIMULATION_SEEDS says how many (300), JIYAO_SIMULATION_FIRST which is the first (1).
// A failing seed replays exactly: JIYAO_SIMULATION_SEEDS=1 JIYAO_SIMULATION_FIRST=<seed>; it is
// made smaller at once, with at most JIYAO_SIMULATION_TRIES (60) further worlds, and printed.
// JIYAO_TELL_ENDS tells what every machine shows at the end, for the second opinion:
//   python3 tests/oracle/compare.py schema/ledgers test_simulation [...]
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "simulation/shrink.h"
#include "support/source_folder.h"

namespace jiyao::simulation {
namespace {

std::uint64_t setting(const char* name, std::uint64_t usual) {
  const char* text = std::getenv(name);
  return text == nullptr ? usual : std::strtoull(text, nullptr, 10);
}

/// What all worlds of this process met with, together.
struct Sum {
  std::size_t worlds = 0, acts = 0, refused = 0, conflicts = 0, equal_inputs = 0, quarantined = 0;
  std::size_t forks = 0, large = 0;
  std::array<std::size_t, kFaults> fired{};
  std::array<std::array<std::size_t, kVerbs + 1>, kFaults> struck{};
};
Sum& sum() {
  static Sum all;
  return all;
}

void add_up(const Plan& plan, const Outcome& outcome) {
  Sum& all = sum();
  ++all.worlds;
  if (plan.is_large) ++all.large;
  all.acts += outcome.acts;
  all.refused += outcome.refused_acts;
  all.conflicts += outcome.conflicts;
  all.equal_inputs += outcome.checks_of_equal_inputs;
  all.quarantined += outcome.quarantined;
  all.forks += outcome.forks;
  for (std::size_t i = 0; i < kFaults; ++i) {
    all.fired[i] += outcome.fired[i];
    for (std::size_t verb = 0; verb <= kVerbs; ++verb)
      all.struck[i][verb] += outcome.struck[i][verb];
  }
}

/// "sync 41 act 7": how often this kind struck, by what was being done.
std::string struck_by_verb(std::size_t fault) {
  std::string text;
  for (std::size_t verb = 0; verb <= kVerbs; ++verb) {
    const std::size_t count = sum().struck[fault][verb];
    if (count == 0) continue;
    text += verb == kVerbs ? " (healing)" : " " + std::string(name_of(static_cast<Verb>(verb)));
    text += " " + std::to_string(count);
  }
  return text;
}

/// What is planned for a verb has to strike while it is done, over enough worlds. A disk that is
/// filled strikes later, whatever is done then.
void expect_every_pair_struck() {
  for (std::size_t verb = 0; verb < kVerbs; ++verb)
    for (const Fault fault : faults_of(static_cast<Verb>(verb))) {
      const auto kind = static_cast<std::size_t>(fault);
      const bool is_later = static_cast<Verb>(verb) == Verb::fill_disk;
      EXPECT_GT(is_later ? sum().fired[kind] : sum().struck[kind][verb], 0u)
          << name_of(fault) << " never struck during " << name_of(static_cast<Verb>(verb));
    }
}

/// One world; if it fails, the smallest plan that fails alike stands in the failure.
std::string failure_of(const Plan& whole) {
  World world(whole);
  if (std::getenv("JIYAO_TELL_ENDS") != nullptr) world.tell_end_to(std::cout);
  const Outcome outcome = world.run();
  add_up(whole, outcome);
  if (outcome.failure.empty()) return {};
  const Shrunk small = shrink(whole, outcome, setting("JIYAO_SIMULATION_TRIES", 60));
  return outcome.failure + "\nsmallest found in " + std::to_string(small.tries) +
         " tries: " + small.outcome.failure + "\n" + describe(small.plan);
}

/// A fault that never strikes proves nothing: over enough worlds each kind must have.
class Proof : public testing::Environment {
 public:
  void TearDown() override {
    const Sum& all = sum();
    std::printf(
        "%zu worlds, %zu of nine machines: %zu acts, %zu refused, %zu conflicts, "
        "%zu equal inputs met, %zu quarantined, %zu forks held\n",
        all.worlds, all.large, all.acts, all.refused, all.conflicts, all.equal_inputs,
        all.quarantined, all.forks);
    for (std::size_t i = 0; i < kFaults; ++i) {
      const auto fault = static_cast<Fault>(i);
      std::printf("  %-28s %6zu %s\n", std::string(name_of(fault)).c_str(), all.fired[i],
                  struck_by_verb(i).c_str());
      EXPECT_TRUE(all.worlds < 60 || all.fired[i] > 0) << name_of(fault) << " never struck";
    }
    if (all.worlds >= 150) expect_every_pair_struck();
    if (all.worlds < 60) return;
    EXPECT_GT(all.large, 0u) << "no realm was large";
    EXPECT_GT(all.acts, all.worlds * 40) << "the clerks hardly got anything recorded";
    EXPECT_GT(all.conflicts, all.worlds) << "nobody met anybody";
    EXPECT_GT(all.equal_inputs, all.worlds) << "P3 was never put to the test";
    EXPECT_GT(all.quarantined, 0u) << "P8 was never put to the test";
    EXPECT_TRUE(all.worlds < 150 || all.forks > 0) << "no two machines of one life met";
  }
};
const testing::Environment* const kProof = testing::AddGlobalTestEnvironment(new Proof);

class Simulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Simulation, EveryPromiseHoldsAndAllAgreeOnceTheRealmHeals) {
  EXPECT_EQ(failure_of(plan(GetParam(), 400)), "");
}

const std::uint64_t kFirst = setting("JIYAO_SIMULATION_FIRST", 1);
INSTANTIATE_TEST_SUITE_P(
    Seeds, Simulation,
    testing::Range<std::uint64_t>(kFirst, kFirst + setting("JIYAO_SIMULATION_SEEDS", 300)));

/// Seeds that once found a bug, one a line: "<seed> <what it found>".
std::vector<std::uint64_t> regressions() {
  std::ifstream file(test::source_folder() + "/tests/simulation/regressions.txt");
  std::vector<std::uint64_t> seeds;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line.front() != '#')
      seeds.push_back(std::strtoull(line.c_str(), nullptr, 10));
  return seeds;
}

TEST(SimulationItself, SeedsThatOnceFoundABugStayMended) {
  for (const std::uint64_t seed : regressions()) {
    EXPECT_EQ(World(plan(seed, 400, false)).run().failure, "") << "as it was found";
    EXPECT_EQ(run_seed(seed).failure, "") << "with every kind of fault";
  }
}

TEST(SimulationItself, OneSeedRunsTheSameWayTwiceInOneProcess) {
  for (const std::uint64_t seed : {11u, 12u}) {
    const Outcome once = run_seed(seed, 150);
    const Outcome again = run_seed(seed, 150);
    EXPECT_EQ(once.trace, again.trace);
    EXPECT_EQ(once.failure, again.failure);
  }
}

TEST(SimulationItself, TwoSeedsRunDifferently) {
  EXPECT_NE(run_seed(21, 40).trace, run_seed(22, 40).trace);
}

}  // namespace
}  // namespace jiyao::simulation
