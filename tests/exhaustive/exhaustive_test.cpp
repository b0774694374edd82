// tests/exhaustive/exhaustive_test.cpp - the small world, all of it.
//
// JIYAO_EXHAUSTIVE_STATES=N lets the last one go on to N states (0: to the end) with two mishaps.
#include <gtest/gtest.h>

#include <cstdlib>

#include "exhaustive/explorer.h"

namespace jiyao::exhaustive {
namespace {

void explore(const char* what, const Bounds& bounds) {
  const Explored all = Explorer(bounds).run();
  std::printf("  %s: %zu states (%zu moves, %zu to a state seen before), %zu healed%s\n", what,
              all.states, all.moves, all.pruned, all.healed,
              all.is_complete ? ", complete" : ", ended by its bound");
  EXPECT_EQ(all.failure, "");
  EXPECT_GT(all.states, 100u);
}

TEST(SmallWorld, FourChangesInAnyOrderOverAnyWeatherMeet) {
  explore("4 changes, any one mishap",
          {.changes = 4, .mishaps = 1, .restores = 0, .clones = 0, .states_max = 300'000});
}
TEST(SmallWorld, ThreeChangesAndAMachineThatIsPutBackMeet) {
  explore("3 changes, a restore",
          {.changes = 3, .mishaps = 0, .restores = 1, .clones = 0, .states_max = 300'000});
}
TEST(SmallWorld, ThreeChangesAndAMachineThatIsCopiedMeet) {
  explore("3 changes, a clone",
          {.changes = 3, .mishaps = 0, .restores = 0, .clones = 1, .states_max = 300'000});
}

TEST(SmallWorld, EverythingAtOnceMeetsAsFarAsTheBoundGoes) {
  const char* text = std::getenv("JIYAO_EXHAUSTIVE_STATES");
  const bool is_long = text != nullptr;
  std::size_t states = is_long ? std::strtoull(text, nullptr, 10) : 20'000;
  if (states == 0) states = ~std::size_t{0};
  explore("4 changes, everything", {.changes = 4,
                                    .mishaps = is_long ? 2U : 1U,
                                    .restores = 1,
                                    .clones = 1,
                                    .states_max = states});
}

}  // namespace
}  // namespace jiyao::exhaustive
