// tests/simulation/museum_test.cpp - bugs put into merge, log, exchange and disk on purpose.
//
// The production sources know nothing of this: the linker leads calls between their objects through
// the functions below (--wrap in simulation.cmake). A piece that the World does not find within a
// few seeds fails the build: then it is the World that is broken.
#include "simulation/shrink.h"
#include "sync/check.h"
#include "sync/incarnation.h"
#include "sync/keeper.h"
#include "sync/lane.h"
#include "sync/log_core.h"
#include "sync/merge.h"
#include "sync/replica_state.h"

#define JIYAO_WRAP(result, name, symbol, ...)            \
  result real_##name(__VA_ARGS__) asm("__real_" symbol); \
  result wrap_##name(__VA_ARGS__) asm("__wrap_" symbol); \
  result wrap_##name(__VA_ARGS__)

namespace jiyao {
namespace {

enum class Piece {
  none,
  merge_keeps_the_greatest,
  merge_drops_an_entry,
  seal_drops_the_last_change,
  index_forgets_to_send_a_stream,
  index_says_held_of_everything,
  header_always_counts,
  scope_without_ceiling,
  sync_without_syncing,
  stage_is_guessed,
  check_finds_nothing,
  merge_by_clock,               ///< S14 of the study: one clock in 2030 wins for years
  merge_is_no_function,         ///< S32: reads go backwards
  merge_forgets_proposals,      ///< S10: what was refused is gone
  seal_flips_a_bit,             ///< S30: a bit flipped in memory between record and hash
  sending_is_delivering,        ///< S1, S8: marked as sent when sent, not when kept
  frontiers_agree_by_count,     ///< S7, S12: "nothing new" by a number in place of a hash
  frontier_forgets_a_tip,       ///< S9: holes in the completed set
  person_without_role_counts,   ///< S34: acts on authority that is not there
  said_before_it_is_written,    ///< S33, S11: accepted, then the bookkeeping failed
  desk_is_never_sealed,         ///< S17, S12: work that waits in a queue for ever
  keeper_forgets_later_epochs,  ///< S28: one new key, and nobody reads on
  lost_media_stay_open,         ///< S22: a stick that never came back
};
Piece broken = Piece::none;
std::uint64_t times = 0;  ///< since the world began
std::set<BatchId> said;   ///< likewise

}  // namespace

// Last writer wins, silently.
JIYAO_WRAP(
    RecordState, merge,
    "_ZN5jiyao5mergeERKNS_16LedgerDefinitionESt4spanIKNS_12JudgedChangeELm18446744073709551615EE",
    const LedgerDefinition& definition, std::span<const JudgedChange> changes) {
  RecordState state = real_merge(definition, changes);
  if (broken == Piece::merge_keeps_the_greatest) {
    for (GroupState& group : state.groups) {
      if (group.mark != Mark::conflict || group.held.empty()) continue;
      group.held = {group.held.back()};
      group.value = group.held.front().value;
      group.mark = Mark::none;
      group.to_settle.clear();
    }
    state.has_conflict = false;
  }
  if (broken == Piece::merge_by_clock)
    for (GroupState& group : state.groups) {
      if (group.mark != Mark::conflict || group.held.empty()) continue;
      const auto latest =
          std::max_element(group.held.begin(), group.held.end(),
                           [](const HeldWrite& a, const HeldWrite& b) { return a.hlc < b.hlc; });
      group.held = {HeldWrite(*latest)};
      group.value = group.held.front().value;
      group.mark = Mark::none;
    }
  if (broken == Piece::merge_is_no_function && ++times % 40 == 0 && !state.groups.empty())
    state.groups.front().value += "?";
  if (broken == Piece::merge_forgets_proposals)
    for (GroupState& group : state.groups) group.proposals.clear();
  if (broken == Piece::merge_drops_an_entry)
    for (GroupState& group : state.groups)
      if (definition.groups[group.group].kind == GroupKind::set && group.held.size() > 2)
        group.held.pop_back();
  return state;
}

JIYAO_WRAP(Result<SealedBatch>, seal_batch, "_ZN5jiyao10seal_batchERKNS_9SealInputE",
           const SealInput& input) {
  if (broken == Piece::seal_flips_a_bit && ++times % 5 == 0) {
    std::vector<Change> changes(input.changes.begin(), input.changes.end());
    if (!changes.front().reason.empty() || changes.front().kind == ChangeKind::close)
      return real_seal_batch(input);
    changes.front().hlc ^= 1;
    return real_seal_batch(
        {input.node, input.core, input.epoch, std::span(changes), input.letter_from});
  }
  if (broken != Piece::seal_drops_the_last_change || input.changes.size() < 2)
    return real_seal_batch(input);
  return real_seal_batch({input.node, input.core, input.epoch,
                          input.changes.first(input.changes.size() - 1), input.letter_from});
}

// The batches of one machine are never offered to anybody.
JIYAO_WRAP(Missing, missing,
           "_ZNK5jiyao10BatchIndex7missingERKNS_5ScopeESt4spanIKNS_"
           "19CompartmentFrontierELm18446744073709551615EEm",
           const BatchIndex* index, const Scope& scope, std::span<const CompartmentFrontier> theirs,
           std::size_t bytes_max) {
  Missing missing = real_missing(index, scope, theirs, bytes_max);
  if (broken == Piece::index_forgets_to_send_a_stream)
    std::erase_if(missing.batches, [&](const BatchId& id) {
      const std::optional<BatchLine> line = index->find(id);
      return line && line->author.node.bytes[0] % 2 == 0 && line->seq == 3;
    });
  if (broken == Piece::sending_is_delivering)
    std::erase_if(missing.batches, [](const BatchId& id) { return !said.insert(id).second; });
  return missing;
}

JIYAO_WRAP(bool, index_holds, "_ZN5jiyao10BatchIndex3addERKNS_9BatchLineE", BatchIndex* index,
           const BatchLine& line) {
  if (broken == Piece::index_says_held_of_everything && line.seq == 2) return false;
  return real_index_holds(index, line);
}

JIYAO_WRAP(Standing, standing, "_ZNK5jiyao6Roster8standingERKNS_11SealedBatchERKNS_8AncestryE",
           const Roster* roster, const SealedBatch& batch, const Ancestry& ancestry) {
  if (broken == Piece::header_always_counts) return {};
  return real_standing(roster, batch, ancestry);
}

JIYAO_WRAP(Standing, standing_of_change,
           "_ZNK5jiyao6Roster8standingERKNS_6ChangeERKNS_11RosterPointEjb", const Roster* roster,
           const Change& change, const RosterPoint& at, Roles needed, bool is_decisive) {
  if (broken == Piece::person_without_role_counts) return {};
  return real_standing_of_change(roster, change, at, needed, is_decisive);
}

JIYAO_WRAP(Digest, digest_of_frontier, "_ZN5jiyao9digest_ofERKNS_8FrontierE",
           const Frontier& frontier) {
  if (broken != Piece::frontiers_agree_by_count) return real_digest_of_frontier(frontier);
  const std::string count = std::to_string(frontier.tips.size());
  return digest(Label::frontier, {as_bytes(count)});
}

JIYAO_WRAP(Frontier, frontier, "_ZNK5jiyao10BatchIndex8frontierERKNS_13CompartmentIdE",
           const BatchIndex* index, const CompartmentId& compartment) {
  Frontier frontier = real_frontier(index, compartment);
  if (broken == Piece::frontier_forgets_a_tip && frontier.tips.size() > 2) frontier.tips.pop_back();
  return frontier;
}

JIYAO_WRAP(void, commit, "_ZN5jiyao11Transaction6commitEv", Transaction* transaction) {
  if (broken == Piece::said_before_it_is_written && ++times > 400 && times % 50 == 0) return;
  real_commit(transaction);
}

JIYAO_WRAP(Result<int>, seal_pending, "_ZN5jiyao7Replica12seal_pendingEi", Replica* replica,
           int batches_max) {
  if (broken == Piece::desk_is_never_sealed && replica->node().bytes[1] % 2 == 0) return 0;
  return real_seal_pending(replica, batches_max);
}

JIYAO_WRAP(Result<Granted>, issue, "_ZN5jiyao12issue_grantsERNS_7LogFileERKNS_10KeeperKeysE",
           LogFile& log, const KeeperKeys& keys) {
  if (broken == Piece::keeper_forgets_later_epochs && log.roster().point().seq > 2)
    return Granted{};
  return real_issue(log, keys);
}

JIYAO_WRAP(Result<void>, declare_lost,
           "_ZN5jiyao8LaneBook12declare_lostERKNS_5BlockINS_8SetIdTagELm16EEE", LaneBook* book,
           const SetId& set) {
  if (broken == Piece::lost_media_stay_open) return {};
  return real_declare_lost(book, set);
}

JIYAO_WRAP(Scope, scope, "_ZNK5jiyao6Roster5scopeERKNS_5BlockINS_9NodeIdTagELm16EEERKNS_5RouteE",
           const Roster* roster, const NodeId& node, const Route& route) {
  if (broken == Piece::scope_without_ceiling)
    return real_scope(roster, node, {RouteKind::local, Level::top_secret});
  return real_scope(roster, node, route);
}

JIYAO_WRAP(SimulatedDisk::Answer, disk_sync, "_ZN5jiyao13SimulatedDisk4syncERNS0_5InodeEm",
           SimulatedDisk* disk, SimulatedDisk::Inode& inode, std::uint64_t life) {
  if (broken == Piece::sync_without_syncing) return SimulatedDisk::Answer::ok;
  return real_disk_sync(disk, inode, life);
}

JIYAO_WRAP(Stage, stage_of,
           "_ZN5jiyao8stage_ofERKNS_7Replica5StateERKNS_5StoreERKNS_12StoredChangeE",
           const Replica::State& replica, const Store& store, const StoredChange& change) {
  const Stage stage = real_stage_of(replica, store, change);
  if (broken == Piece::stage_is_guessed && stage == Stage::sealed) return Stage::delivered;
  return stage;
}

JIYAO_WRAP(std::vector<Finding>, check, "_ZN5jiyao5checkERKNS_11DefinitionsERKNS_13NeighbourhoodE",
           const Definitions& definitions, const Neighbourhood& touched) {
  if (broken == Piece::check_finds_nothing) return {};
  return real_check(definitions, touched);
}

namespace simulation {
namespace {

constexpr std::uint64_t kSeedsToFind = 30;

/// The first failure of a world with this piece in it; empty: nobody noticed.
std::string caught(Piece piece) {
  broken = piece;
  std::string failure;
  for (std::uint64_t seed = 1; seed <= kSeedsToFind && failure.empty(); ++seed) {
    times = 0;
    said.clear();
    failure = run_seed(seed).failure;
  }
  broken = Piece::none;
  std::printf("  %s\n", failure.c_str());
  return failure;
}

TEST(Museum, AMergeThatKeepsTheGreatestChangeIsCaught) {
  EXPECT_THAT(caught(Piece::merge_keeps_the_greatest), testing::HasSubstr(": P4: "));
}
TEST(Museum, AMergeThatDropsAnEntryIsCaught) {
  EXPECT_THAT(caught(Piece::merge_drops_an_entry), testing::HasSubstr(": P4: "));
}
TEST(Museum, ASealThatDropsTheLastChangeOfAnActIsCaught) {
  EXPECT_NE(caught(Piece::seal_drops_the_last_change), "");
}
TEST(Museum, AnExchangeThatNeverSendsOneStreamIsCaught) {
  EXPECT_NE(caught(Piece::index_forgets_to_send_a_stream), "");
}
TEST(Museum, ALogThatSaysHeldWithoutHoldingIsCaught) {
  EXPECT_NE(caught(Piece::index_says_held_of_everything), "");
}
TEST(Museum, ARosterThatLetsEveryHeaderCountIsCaught) {
  EXPECT_NE(caught(Piece::header_always_counts), "");
}
TEST(Museum, AScopeThatKnowsNoCeilingIsCaught) {
  EXPECT_THAT(caught(Piece::scope_without_ceiling), testing::HasSubstr(": P11: "));
}
TEST(Museum, ADiskThatSaysSyncedWithoutSyncingIsCaught) {
  EXPECT_THAT(caught(Piece::sync_without_syncing), testing::HasSubstr(": P1: "));
}
TEST(Museum, AStatusShownWithoutAReceiptIsCaught) {
  EXPECT_THAT(caught(Piece::stage_is_guessed), testing::HasSubstr(": P5: "));
}
TEST(Museum, ACheckThatFindsNothingIsCaught) {
  EXPECT_THAT(caught(Piece::check_finds_nothing), testing::HasSubstr(": P10: "));
}

TEST(Museum, AClockThatDecidesIsCaught) {
  EXPECT_THAT(caught(Piece::merge_by_clock), testing::HasSubstr(": P4: "));
}
TEST(Museum, AMergeThatIsNoFunctionOfWhatIsHeldIsCaught) {
  EXPECT_THAT(caught(Piece::merge_is_no_function), testing::HasSubstr(": P3: "));
}
TEST(Museum, AProposalThatVanishesIsCaught) {
  EXPECT_THAT(caught(Piece::merge_forgets_proposals), testing::HasSubstr(": P4: "));
}
TEST(Museum, ABitThatFlipsBeforeItIsHashedIsCaught) {
  EXPECT_NE(caught(Piece::seal_flips_a_bit), "");
}
TEST(Museum, SentTakenForDeliveredIsCaught) {
  EXPECT_NE(caught(Piece::sending_is_delivering), "");
}
TEST(Museum, FrontiersComparedByTheirNumberAreCaught) {
  EXPECT_NE(caught(Piece::frontiers_agree_by_count), "");
}
TEST(Museum, AFrontierWithAHoleIsCaught) {
  EXPECT_NE(caught(Piece::frontier_forgets_a_tip), "");
}
TEST(Museum, APersonWithoutARoleWhoCountsIsCaught) {
  EXPECT_THAT(caught(Piece::person_without_role_counts), testing::HasSubstr(": P8: "));
}
TEST(Museum, AWordGivenBeforeItIsWrittenIsCaught) {
  EXPECT_NE(caught(Piece::said_before_it_is_written), "");
}
TEST(Museum, ADeskThatIsNeverSealedIsCaught) {
  EXPECT_NE(caught(Piece::desk_is_never_sealed), "");
}
TEST(Museum, AKeeperThatForgetsLaterEpochsIsCaught) {
  EXPECT_THAT(caught(Piece::keeper_forgets_later_epochs), testing::HasSubstr(": P3: "));
}
TEST(Museum, AMediumThatNobodyDeclaresLostIsCaught) {
  EXPECT_NE(caught(Piece::lost_media_stay_open), "");
}

// The smallest plan that still breaks P4 for a merge that hides one side.
TEST(Shrinking, AFailingPlanBecomesAFewStepsThatFailAlike) {
  broken = Piece::merge_keeps_the_greatest;
  Plan whole;
  Outcome outcome;
  for (std::uint64_t seed = 1; seed <= kSeedsToFind && outcome.promise != "P4"; ++seed)
    whole = plan(seed, 400), outcome = World(whole).run();
  ASSERT_EQ(outcome.promise, "P4");
  const Shrunk small = shrink(whole, outcome, 60);
  broken = Piece::none;
  EXPECT_EQ(small.outcome.promise, "P4");
  EXPECT_LT(small.plan.steps.size(), whole.steps.size() / 2) << describe(small.plan);
  EXPECT_LE(small.tries, 60u);
  EXPECT_EQ(World(small.plan).run().failure, "") << "the plan is good, the merge was not";
}

}  // namespace
}  // namespace simulation
}  // namespace jiyao
