// tests/simulation/museum_ledger.cpp - what was wrong in merging, sealing, judging and telling.
#include <algorithm>

#include "simulation/museum.h"
#include "sync/check.h"
#include "sync/keeper.h"
#include "sync/log_core.h"
#include "sync/merge.h"
#include "sync/replica_state.h"

namespace jiyao {

using museum::broken;
using museum::Piece;
using museum::said;
using museum::times;

namespace {

bool is_empty(std::span<const CompartmentFrontier> theirs, const CompartmentId& compartment) {
  return std::none_of(theirs.begin(), theirs.end(), [&](const CompartmentFrontier& one) {
    return one.compartment == compartment && !one.frontier.tips.empty();
  });
}

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
  if (broken == Piece::emptied_is_deleted)
    std::erase_if(missing.batches, [&](const BatchId& id) {
      return !said.insert(id).second && is_empty(theirs, index->find(id)->compartment);
    });
  return missing;
}

JIYAO_WRAP(bool, index_holds, "_ZN5jiyao10BatchIndex3addERKNS_9BatchLineE", BatchIndex* index,
           const BatchLine& line) {
  if (broken == Piece::index_says_held_of_everything && line.seq == 2) return false;
  return real_index_holds(index, line);
}

JIYAO_WRAP(Result<Admitted>, admit,
           "_ZN5jiyao5admitERKNS_11SealedBatchERKNS_6RosterERKNS_5RouteENS_5LevelE",
           const SealedBatch& batch, const Roster& roster, const Route& route,
           Level device_ceiling) {
  if (broken == Piece::second_of_a_place_is_refused) {
    const BatchLine line = line_of(batch);
    const std::string place = line.author.node.hex() + line.author.incarnation.hex() +
                              line.compartment.text() + line.prev.hex();
    const auto first = museum::first_of_place.try_emplace({&roster, place}, line.id).first;
    if (first->second != line.id) return Error{Errc::exists, "a repeat"};
  }
  return real_admit(batch, roster, route, device_ceiling);
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

JIYAO_WRAP(Result<int>, seal_pending, "_ZN5jiyao7Replica12seal_pendingEi", Replica* replica,
           int batches_max) {
  if (broken == Piece::desk_is_never_sealed && replica->node().bytes[1] % 2 == 0) return 0;
  museum::is_sealing = true;
  const Result<int> sealed = real_seal_pending(replica, batches_max);
  museum::is_sealing = false;
  return sealed;
}

JIYAO_WRAP(std::optional<EpochEntry>, epoch, "_ZNK5jiyao6Roster5epochERKNS_13CompartmentIdE",
           const Roster* roster, const CompartmentId& compartment) {
  const std::vector<EpochEntry> all = roster->epochs(compartment);
  if (broken == Piece::old_epoch_seals_on && museum::is_sealing && all.size() > 1)
    return all[all.size() - 2];
  return real_epoch(roster, compartment);
}

JIYAO_WRAP(void, judge_again,
           "_ZN5jiyao9LevelWork11judge_againERKNS_6ChangeERKNS_5BlockINS_11ChangeIdTagELm32EEERKNS_"
           "11StoredBatchE",
           LevelWork* work, const Change& change, const ChangeId& id, const StoredBatch& batch) {
  if (broken != Piece::judged_once) real_judge_again(work, change, id, batch);
}

JIYAO_WRAP(bool, add, "_ZN5jiyao9LevelWork3addENS_12StoredChangeERKNS_11RosterPointE",
           LevelWork* work, StoredChange change, const RosterPoint& at) {
  if (broken == Piece::told_twice_counts_twice && change.batch != 0)
    if (const Workpiece* piece = work->look(change.change.record))
      for (const StoredChange& held : piece->changes)
        if (held.id == change.id && held.batch != 0 && held.batch != change.batch) {
          change.id.bytes[0] ^= 1;
          break;
        }
  return real_add(work, std::move(change), at);
}

JIYAO_WRAP(std::vector<StoredBatch>, batches, "_ZNK5jiyao5Store7batchesEv", const Store* store) {
  std::vector<StoredBatch> all = real_batches(store);
  if (broken == Piece::passed_over_for_want_of_a_key)
    for (StoredBatch& batch : all)
      if (batch.content == Content::waits_for_key) batch.content = Content::undecodable;
  return all;
}

JIYAO_WRAP(std::vector<std::int64_t>, with_key,
           "_ZNK5jiyao5Store8with_keyERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE",
           const Store* store, const std::string& key) {
  if (broken == Piece::numbers_stand_alone) return {};
  return real_with_key(store, key);
}

JIYAO_WRAP(Result<Granted>, issue, "_ZN5jiyao12issue_grantsERNS_7LogFileERKNS_10KeeperKeysE",
           LogFile& log, const KeeperKeys& keys) {
  if (broken == Piece::keeper_forgets_later_epochs && log.roster().point().seq > 2)
    return Granted{};
  return real_issue(log, keys);
}

JIYAO_WRAP(Scope, scope, "_ZNK5jiyao6Roster5scopeERKNS_5BlockINS_9NodeIdTagELm16EEERKNS_5RouteE",
           const Roster* roster, const NodeId& node, const Route& route) {
  if (broken == Piece::scope_without_ceiling)
    return real_scope(roster, node, {RouteKind::local, Level::top_secret});
  return real_scope(roster, node, route);
}

JIYAO_WRAP(Stage, stage_of,
           "_ZN5jiyao8stage_ofERKNS_7Replica5StateERKNS_5StoreERKNS_12StoredChangeE",
           const Replica::State& replica, const Store& store, const StoredChange& change) {
  const Stage stage = real_stage_of(replica, store, change);
  if (broken == Piece::stage_is_guessed && stage == Stage::sealed) return Stage::delivered;
  return stage;
}

JIYAO_WRAP(std::uint64_t, undelivered, "_ZNK5jiyao7Replica11undeliveredEv",
           const Replica* replica) {
  if (broken == Piece::sealed_is_sent) return replica->unsealed();
  return real_undelivered(replica);
}

JIYAO_WRAP(std::vector<Finding>, check, "_ZN5jiyao5checkERKNS_11DefinitionsERKNS_13NeighbourhoodE",
           const Definitions& definitions, const Neighbourhood& touched) {
  if (broken == Piece::check_finds_nothing) return {};
  return real_check(definitions, touched);
}

}  // namespace jiyao
