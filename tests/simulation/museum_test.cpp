// tests/simulation/museum_test.cpp - every piece of the museum is noticed within a few seeds.
//
// A piece that the World does not find fails the build: then it is the World that is broken.
#include "simulation/museum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/shrink.h"

namespace jiyao::simulation {
namespace {

using museum::Piece;

constexpr std::uint64_t kSeedsToFind = 30;

struct Exhibit {
  Piece piece;
  const char* name;
  const char* promise;     ///< that breaks first; empty: any
  std::uint64_t seed = 1;  ///< by which it was found last: where the search begins
};
#define EXHIBIT(piece, ...)           \
  Exhibit {                           \
    Piece::piece, #piece, __VA_ARGS__ \
  }

/// The first failure of a world with this piece in it; empty: nobody noticed.
std::string caught(const Exhibit& exhibit) {
  museum::broken = exhibit.piece;
  std::string failure;
  const std::uint64_t end = exhibit.seed + kSeedsToFind;
  for (std::uint64_t seed = exhibit.seed; seed < end && failure.empty(); ++seed) {
    museum::times = 0;
    museum::said.clear();
    museum::first_of_place.clear();
    failure = run_seed(seed).failure;
  }
  museum::broken = Piece::none;
  std::printf("  %s\n", failure.c_str());
  return failure;
}

class Museum : public testing::TestWithParam<Exhibit> {};

TEST_P(Museum, APieceIsNoticed) {
  const std::string failure = caught(GetParam());
  EXPECT_NE(failure, "");
  if (*GetParam().promise == 0) return;
  EXPECT_THAT(failure, testing::HasSubstr(std::string(": ") + GetParam().promise + ": "));
}

INSTANTIATE_TEST_SUITE_P(
    Pieces, Museum,
    testing::Values(
        EXHIBIT(merge_keeps_the_greatest, "P4", 4), EXHIBIT(merge_drops_an_entry, "P4", 59),
        EXHIBIT(seal_drops_the_last_change, ""), EXHIBIT(index_forgets_to_send_a_stream, ""),
        EXHIBIT(index_says_held_of_everything, ""), EXHIBIT(header_always_counts, ""),
        EXHIBIT(scope_without_ceiling, "P11"), EXHIBIT(sync_without_syncing, "P1"),
        EXHIBIT(stage_is_guessed, "P5"), EXHIBIT(check_finds_nothing, "P10"),
        EXHIBIT(merge_by_clock, "P4", 4), EXHIBIT(merge_is_no_function, "P3"),
        EXHIBIT(merge_forgets_proposals, "P4", 3), EXHIBIT(seal_flips_a_bit, ""),
        EXHIBIT(sending_is_delivering, ""), EXHIBIT(frontiers_agree_by_count, ""),
        EXHIBIT(frontier_forgets_a_tip, "P5", 4), EXHIBIT(person_without_role_counts, "P8"),
        EXHIBIT(said_before_it_is_written, ""), EXHIBIT(desk_is_never_sealed, "P3", 5),
        EXHIBIT(keeper_forgets_later_epochs, "P3"), EXHIBIT(lost_media_stay_open, "P3", 17),
        EXHIBIT(emptied_is_deleted, ""), EXHIBIT(judged_once, "P3", 6),
        EXHIBIT(old_epoch_seals_on, "P9"), EXHIBIT(numbers_stand_alone, "P10"),
        EXHIBIT(failed_sync_is_forgotten, "P1", 14), EXHIBIT(checkpoint_without_sync, "P1"),
        EXHIBIT(full_disk_starts_anew, "P1"), EXHIBIT(life_lies_in_the_copy, "P10", 10),
        EXHIBIT(hub_is_not_shown_its_word, "P9", 7), EXHIBIT(page_is_an_answer, "P5", 22),
        EXHIBIT(written_is_received, "P5"), EXHIBIT(sealed_is_sent, "P5"),
        EXHIBIT(second_of_a_place_is_refused, "", 6), EXHIBIT(told_twice_counts_twice, "", 10),
        EXHIBIT(passed_over_for_want_of_a_key, "")),
    [](const auto& exhibit) { return std::string(exhibit.param.name); });

// The smallest plan that still breaks P4 for a merge that hides one side.
TEST(Shrinking, AFailingPlanBecomesAFewStepsThatFailAlike) {
  museum::broken = Piece::merge_keeps_the_greatest;
  Plan whole;
  Outcome outcome;
  for (std::uint64_t seed = 4; seed <= kSeedsToFind && outcome.promise != "P4"; ++seed)
    whole = plan(seed, 400), outcome = World(whole).run();
  ASSERT_EQ(outcome.promise, "P4");
  const Shrunk small = shrink(whole, outcome, 60);
  museum::broken = Piece::none;
  EXPECT_EQ(small.outcome.promise, "P4");
  EXPECT_LT(small.plan.steps.size(), whole.steps.size() / 2) << describe(small.plan);
  EXPECT_LE(small.tries, 60u);
  EXPECT_EQ(World(small.plan).run().failure, "") << "the plan is good, the merge was not";
}

}  // namespace
}  // namespace jiyao::simulation
