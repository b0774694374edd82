// tests/exhaustive/exhaustive_test.cpp - the small world, all of it.
//
// JIYAO_EXHAUSTIVE_STATES=N: the long run, with one change more where there is a restore or a
// clone, and up to N states with everything and two mishaps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "exhaustive/explorer.h"

#define JIYAO_WRAP(result, name, symbol, ...)            \
  result real_##name(__VA_ARGS__) asm("__real_" symbol); \
  result wrap_##name(__VA_ARGS__) asm("__wrap_" symbol); \
  result wrap_##name(__VA_ARGS__)

namespace jiyao {
namespace {

// Bugs put in on purpose, as in tests/simulation/museum_test.cpp: does the small world notice?
bool merge_hides_one_side = false;
bool first_batches_never_go = false;  // a tip that is kept back is offered in another way

}  // namespace

JIYAO_WRAP(
    RecordState, merge,
    "_ZN5jiyao5mergeERKNS_16LedgerDefinitionESt4spanIKNS_12JudgedChangeELm18446744073709551615EE",
    const LedgerDefinition& definition, std::span<const JudgedChange> changes) {
  RecordState state = real_merge(definition, changes);
  if (merge_hides_one_side)
    for (GroupState& group : state.groups)
      if (group.mark == Mark::conflict) group.held.resize(1);
  return state;
}

JIYAO_WRAP(Missing, missing,
           "_ZNK5jiyao10BatchIndex7missingERKNS_5ScopeESt4spanIKNS_"
           "19CompartmentFrontierELm18446744073709551615EEm",
           const BatchIndex* index, const Scope& scope, std::span<const CompartmentFrontier> theirs,
           std::size_t bytes_max) {
  Missing missing = real_missing(index, scope, theirs, bytes_max);
  if (first_batches_never_go)
    std::erase_if(missing.batches, [&](const BatchId& id) { return index->find(id)->seq == 1; });
  return missing;
}

namespace exhaustive {
namespace {

void explore(const char* what, const Bounds& bounds) {
  const Explored all = Explorer(bounds).run();
  std::printf("  %s: %zu states (%zu moves, %zu to a state seen before), %zu healed%s\n", what,
              all.states, all.moves, all.pruned, all.healed,
              all.is_complete ? ", complete" : ", ended by its bound");
  EXPECT_EQ(all.failure, "");
  EXPECT_GT(all.states, 100u);
}

/// 0: the short run.
std::size_t states_wished() {
  const char* text = std::getenv("JIYAO_EXHAUSTIVE_STATES");
  return text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
}

TEST(SmallWorld, FourChangesInAnyOrderAndOneMishapMeet) {
  explore("4 changes, one mishap", {.changes = 4, .mishaps = 1, .restores = 0, .clones = 0});
}
TEST(SmallWorld, AMachineThatIsPutBackMeetsTheOthers) {
  const unsigned changes = states_wished() == 0 ? 3 : 4;
  explore("a restore", {.changes = changes, .mishaps = 0, .restores = 1, .clones = 0});
}
TEST(SmallWorld, AMachineThatIsCopiedMeetsTheOthers) {
  const unsigned changes = states_wished() == 0 ? 2 : 3;
  explore("a clone", {.changes = changes, .mishaps = 0, .restores = 0, .clones = 1});
}
TEST(SmallWorld, EverythingAtOnceMeetsAsFarAsTheBoundGoes) {
  const bool is_long = states_wished() != 0;
  explore("4 changes, everything", {.changes = 4,
                                    .mishaps = is_long ? 2U : 1U,
                                    .restores = 1,
                                    .clones = 1,
                                    .states_max = is_long ? states_wished() : 5000});
}

constexpr Bounds kTwoChanges{.changes = 2, .mishaps = 0, .restores = 0, .clones = 0};

TEST(SmallWorldItself, SeesAMergeThatHidesOneSide) {
  merge_hides_one_side = true;
  const Explored all = Explorer({.changes = 3, .mishaps = 0, .restores = 0, .clones = 0}).run();
  merge_hides_one_side = false;
  EXPECT_THAT(all.failure, testing::HasSubstr("P4"));
}
TEST(SmallWorldItself, SeesABatchThatIsNeverSent) {
  first_batches_never_go = true;
  const Explored all = Explorer(kTwoChanges).run();
  first_batches_never_go = false;
  EXPECT_THAT(all.failure, testing::HasSubstr("P3"));
}
TEST(SmallWorldItself, SeesAMachineThatIsPutBackAndNumbersOn) {
  const Explored all =
      Explorer({.changes = 3, .mishaps = 0, .restores = 1, .clones = 0, .is_life_kept = true})
          .run();
  EXPECT_THAT(all.failure, testing::HasSubstr("P10: one place in one life twice"));
}
TEST(SmallWorldItself, FindsNothingInTwoChangesWithoutABug) {
  EXPECT_EQ(Explorer(kTwoChanges).run().failure, "");
}

}  // namespace
}  // namespace exhaustive
}  // namespace jiyao
