// tests/simulation/world_end.cpp - what must hold when everybody has met everybody.
#include "simulation/small_model.h"
#include "simulation/world.h"
#include "sync/log_file.h"

namespace jiyao::simulation {
namespace {

std::string short_of(const ChangeId& id) {
  return id.hex().substr(0, 12);
}

/// Is this write on the table, wherever?
bool is_listed(const GroupState* state, const ModelWrite& write) {
  if (state == nullptr) return false;
  const auto names = [&](const HeldWrite& held) {
    return held.change == write.change && held.value == write.value;
  };
  return std::any_of(state->held.begin(), state->held.end(), names) ||
         std::any_of(state->proposals.begin(), state->proposals.end(), names) ||
         std::any_of(state->withdrawn.begin(), state->withdrawn.end(), names);
}

}  // namespace

bool World::is_shut_out(const Station& station) const {
  return settlement_.roster().node(settlement_.at(station.place).node)->is_revoked;
}

/// Stations that must hold this compartment in the end.
std::vector<Station*> World::readers_of(const CompartmentId& compartment) const {
  std::vector<Station*> readers;
  for (const auto& each : stations_) {
    const Identity& self = settlement_.at(each->place);
    if (is_shut_out(*each) || compartment.level > self.device_ceiling) continue;
    if (settlement_.roster().access(self.node, compartment) == AccessRight::none) continue;
    readers.push_back(each.get());
  }
  return readers;
}

void World::check_end() {
  for (auto& each : stations_) {
    draw_from(*each);
    check_conservation(*each);
    check_equal_inputs(*each);
    check_levels(*each);
    check_acknowledged(*each);
  }
  check_same_everywhere();
  check_nothing_lost();
  check_standing();
  check_origins();
  check_epochs();
  check_hub_chain();
  for (auto& each : stations_) {
    if (is_shut_out(*each)) continue;
    check_visible(*each);
    check_numbers(*each);
    check_forks(*each);
    const std::uint64_t waiting = each->replica->undelivered();
    promise(waiting == 0, "P6", each->name + " says that " + std::to_string(waiting) + " wait");
  }
}

// P3, and P2 once more: the same digest, the same sums, nothing waiting.
void World::check_same_everywhere() {
  for (const CompartmentId& compartment : settlement_.compartments()) {
    const std::vector<Station*> readers = readers_of(compartment);
    const Station* first = nullptr;
    Counts counts_of_first;
    Digest digest_of_first;
    for (Station* each : readers) {
      std::map<CompartmentId, Counts> all = each->replica->counts();
      const Counts counts = all[compartment];
      std::map<CompartmentId, CompartmentDigest> digests = each->replica->digests();
      const Digest digest = counts.known == 0 ? Digest{} : digests[compartment].state;
      promise(counts.pending == 0, "P3",
              each->name + " still waits in " + compartment.text() + ": parent " +
                  std::to_string(counts.pending_parent) + " key " +
                  std::to_string(counts.pending_key) + " login " +
                  std::to_string(counts.pending_login) + " program " +
                  std::to_string(counts.pending_program));
      if (first != nullptr) {
        promise(counts == counts_of_first, "P3",
                each->name + " and " + first->name + " count differently in " + compartment.text() +
                    ": " + std::to_string(counts.known) + "/" + std::to_string(counts.applied) +
                    "/" + std::to_string(counts.quarantined) + " and " +
                    std::to_string(counts_of_first.known) + "/" +
                    std::to_string(counts_of_first.applied) + "/" +
                    std::to_string(counts_of_first.quarantined));
        promise(
            digest == digest_of_first, "P3",
            each->name + " and " + first->name + " show different states of " + compartment.text());
      }
      if (first == nullptr) outcome_.quarantined += counts.quarantined;
      first = each;
      counts_of_first = counts;
      digest_of_first = digest;
    }
  }
}

// P10: what anybody was told is everywhere, unless its only copy was put back to an older one.
void World::check_nothing_lost() {
  std::set<ChangeId> of_shut_out;
  std::map<const Station*, std::set<ChangeId>> held;
  for (const auto& each : stations_) {
    held[each.get()] = god_.changes_of(each->replica->log());
    if (is_shut_out(*each))
      for (const Acknowledged& one : each->acknowledged) of_shut_out.insert(one.change);
  }
  for (const auto& told : god_.acknowledged()) {
    const ChangeId& change = told.first;
    const CompartmentId& compartment = told.second.second;
    if (god_.is_excused(change)) continue;
    const std::vector<Station*> readers = readers_of(compartment);
    const bool is_with_one = std::any_of(readers.begin(), readers.end(), [&](Station* reader) {
      return held[reader].contains(change);
    });
    if (of_shut_out.contains(change) && !is_with_one) continue;
    for (Station* each : readers)
      promise(held[each].contains(change), "P10",
              each->name + " lacks change " + short_of(change) + " of " + compartment.text());
  }
}

// P4: every write that nobody overruled is on the table.
void World::check_visible(Station& station) {
  std::map<RecordId, std::map<ChangeId, const Change*>> records;
  std::map<RecordId, CompartmentId> homes;
  for (const ChangeId& id : god_.changes_of(station.replica->log())) {
    const auto& known = god_.known().at(id);
    homes.emplace(known.change.record, known.change.compartment);
    records[known.change.record].emplace(id, &known.change);
  }
  for (auto& [record, changes] : records) {
    const Result<View> view = station.replica->view(record);
    if (!view || view->is_hidden) continue;
    std::set<ChangeId> without_effect;
    for (const HistoryEntry& entry : station.replica->history(record)) {
      if (entry.standing.verdict != Verdict::counts || !entry.is_applied)
        without_effect.insert(entry.id);
      check_stage(station, entry);
    }
    const LedgerDefinition* ledger = station.replica->definitions().ledger(view->ledger);
    promise(ledger != nullptr, "P4", "an unknown ledger");
    std::set<GroupName> sets;
    for (const Group& group : ledger->groups)
      if (group.kind == GroupKind::set) sets.insert(group.name);
    if (view->state.has_conflict) ++outcome_.conflicts;
    const ModelRecord model = model_of(changes, without_effect, sets);
    for (const auto& [group, writes] : model.visible)
      for (const ModelWrite& write : writes) {
        const std::optional<std::size_t> index = ledger->group_index(group);
        promise(index && is_listed(view->state.group(*index), write), "P4",
                station.name + " does not show " + view->ledger + "." + group + " of change " +
                    short_of(write.change) + " in record " + record.hex());
      }
  }
}

// P5: no step is claimed that was not taken.
void World::check_stage(Station& station, const HistoryEntry& entry) {
  const auto known = god_.known().find(entry.id);
  if (known == god_.known().end()) return;
  const CompartmentId& compartment = entry.change.compartment;
  const auto is_in = [&](const BatchLog& log) {
    return std::any_of(known->second.batches.begin(), known->second.batches.end(),
                       [&](const BatchId& id) { return log.holds(id); });
  };
  if (entry.stage == Stage::delivered)
    promise(is_in(hub_->store()), "P5",
            station.name + " shows 已送达 for " + short_of(entry.id) + ", the hub lacks it");
  if (entry.stage != Stage::applied_by_keeper) return;
  const NodeId keeper = settlement_.roster().keeper(compartment);
  const bool is_there = std::any_of(stations_.begin(), stations_.end(), [&](const auto& each) {
    return each->replica->node() == keeper && is_in(each->replica->log());
  });
  promise(is_there, "P5",
          station.name + " shows 已入馆 for " + short_of(entry.id) + ", the keeper lacks it");
}

// P8: what was written without the right counts nowhere, and the same on every machine.
void World::check_standing() {
  std::set<ChangeId> beyond_cuts;
  for (const auto& [id, known] : god_.known()) {
    const bool is_cut = std::all_of(known.batches.begin(), known.batches.end(),
                                    [&](const BatchId& batch) { return is_beyond_cut(batch); });
    if (is_cut) beyond_cuts.insert(id);
  }
  for (const auto& each : stations_) {
    if (is_shut_out(*each)) continue;
    for (const ChangeId& id : god_.changes_of(each->replica->log())) {
      const bool must_not = rogue_.contains(id) || beyond_cuts.contains(id);
      if (!must_not) continue;
      const Change& change = god_.known().at(id).change;
      for (const HistoryEntry& entry : each->replica->history(change.record))
        promise(entry.id != id || entry.standing.verdict == Verdict::quarantined, "P8",
                each->name + " lets change " + short_of(id) + " count");
    }
  }
}

/// Of a revoked node, and not an ancestor of the last batch that counts.
bool World::is_beyond_cut(const BatchId& batch) const {
  const BatchHeader* header = god_.header(batch);
  const NodeEntry* node = settlement_.roster().node(header->core.node);
  if (node == nullptr || !node->is_revoked) return false;
  for (const StreamCut& cut : node->cuts) {
    if (cut.incarnation != header->core.incarnation || cut.compartment != header->core.compartment)
      continue;
    for (BatchId at = cut.last; !at.is_none();) {
      if (at == batch) return false;
      const BatchHeader* before = god_.header(at);
      at = before == nullptr ? BatchId{} : before->core.prev;
    }
  }
  return true;
}

// P10: a place in somebody's life is given once, whatever was restored or cloned; unless it was a
// whole disk, which cannot know it.
void World::check_origins() {
  std::map<Origin, ChangeId> places;
  for (const auto& [id, known] : god_.known()) {
    const auto [place, is_new] = places.try_emplace(known.change.origin, id);
    promise(is_new || imaged_.contains(known.change.origin.node), "P10",
            "changes " + short_of(id) + " and " + short_of(place->second) +
                " have the same place in one life");
  }
}

// P10: two batches of one place, of machines that could not know of each other, are both there, and
// whoever holds them says so.
void World::check_forks(Station& station) {
  std::map<std::pair<BatchId, std::string>, std::vector<BatchId>> places;  // by predecessor, stream
  for (const CompartmentId& compartment : station.replica->log().compartments())
    for (const BatchId& id : station.replica->log().batches(compartment)) {
      const BatchHeader* header = god_.header(id);
      if (header == nullptr) continue;
      const BatchCore& core = header->core;
      places[{core.prev, core.node.hex() + core.incarnation.hex() + compartment.text()}].push_back(
          id);
    }
  const std::vector<Fork> forks = dynamic_cast<LogFile&>(station.replica->log()).forks();
  for (const auto& [place, batches] : places) {
    if (batches.size() < 2) continue;
    ++outcome_.forks;
    for (const BatchId& id : batches)
      promise(
          std::any_of(forks.begin(), forks.end(),
                      [&](const Fork& fork) { return fork.lesser == id || fork.greater == id; }),
          "P10", station.name + " holds two batches of one place and does not say so");
  }
}

// P9: what is sealed after a key was changed, nobody opens who was left out of the new one.
void World::check_epochs() {
  for (const auto& [id, header] : god_.headers()) {
    std::uint32_t newest = 0;
    for (const EpochEntry& epoch : settlement_.roster().epochs(header.core.compartment))
      if (epoch.since_seq <= header.core.roster.seq) newest = epoch.epoch;
    promise(header.envelope.wraps[0].epoch >= newest, "P9",
            "a batch of " + header.core.compartment.text() + " is sealed to an older key than " +
                "the one that stood in its roster");
  }
}

// P9: in the end no word of the hub's present life contradicts the chain it goes by.
void World::check_hub_chain() {
  const SqliteStore& hub = hub_->store();
  for (const auto& each : stations_) {
    if (is_shut_out(*each)) continue;
    const Scope scope =
        each->replica->roster().scope(each->replica->node(), {RouteKind::local, Level::top_secret});
    for (const Receipt& receipt : each->replica->log().receipts(scope)) {
      if (!receipt.head || receipt.head->incarnation != hub.head().incarnation) continue;
      promise(hub.head_at(receipt.head->position) == receipt.head->head, "P9",
              each->name + " holds a receipt for position " +
                  std::to_string(receipt.head->position) + ", which the hub gave twice");
    }
  }
}

// P10: a number that several records show: each of them stands in a clash.
void World::check_numbers(Station& station) {
  const LedgerDefinition* incoming = station.replica->definitions().ledger("incoming");
  std::map<std::pair<CompartmentId, std::string>, std::vector<RecordId>> shown;
  std::set<RecordId> seen;
  for (const auto& [change, where] : god_.acknowledged()) {
    if (!seen.insert(where.first).second) continue;
    const Result<View> view = station.replica->view(where.first);
    if (!view || view->is_hidden || view->ledger != "incoming" || view->state.is_void) continue;
    const std::string number =
        view->state.field(*incoming, "intake_no") + "|" + view->state.field(*incoming, "series");
    if (number.front() != '|') shown[{view->compartment, number}].push_back(where.first);
  }
  const std::vector<Finding> findings = station.replica->findings();
  for (const auto& [key, records] : shown) {
    if (records.size() < 2) continue;
    const bool is_named = std::all_of(records.begin(), records.end(), [&](const RecordId& record) {
      return std::any_of(findings.begin(), findings.end(), [&](const Finding& one) {
        return one.kind == FindingKind::clash && one.records.size() > 1 &&
               std::find(one.records.begin(), one.records.end(), record) != one.records.end();
      });
    });
    promise(is_named, "P10",
            station.name + " shows number " + key.second + " twice and has no finding of it");
  }
}

}  // namespace jiyao::simulation
