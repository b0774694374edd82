// tests/simulation/museum_test.cpp - bugs put into merge, log, exchange and disk on purpose.
//
// The production sources know nothing of this: the linker leads calls between their objects through
// the functions below (--wrap in simulation.cmake). A piece that the World does not find within a
// few seeds fails the build: then it is the World that is broken.
#include "simulation/world.h"
#include "sync/check.h"
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
};
Piece broken = Piece::none;

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
  if (broken == Piece::merge_drops_an_entry)
    for (GroupState& group : state.groups)
      if (definition.groups[group.group].kind == GroupKind::set && group.held.size() > 2)
        group.held.pop_back();
  return state;
}

JIYAO_WRAP(Result<SealedBatch>, seal_batch, "_ZN5jiyao10seal_batchERKNS_9SealInputE",
           const SealInput& input) {
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
  for (std::uint64_t seed = 1; seed <= kSeedsToFind && failure.empty(); ++seed)
    failure = run_seed(seed).failure;
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

}  // namespace
}  // namespace simulation
}  // namespace jiyao
