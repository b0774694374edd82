// tests/simulation/world_checks.cpp - what must hold after every step.
#include "simulation/world.h"

namespace jiyao::simulation {

void World::check_step() {
  for (auto& each : stations_) {
    if (!each->replica) continue;
    draw_from(*each);
    check_conservation(*each);
    check_equal_inputs(*each);
  }
  if (step_no_ % 20 == 0)
    for (auto& each : stations_)
      if (each->replica) check_levels(*each);
  if (step_no_ % 10 == 0) check_claims();
}

void World::remember_hub() {
  const std::set<ChangeId> now = god_.changes_of(hub_->store());
  hub_ever_.insert(now.begin(), now.end());
}

// P5: nothing is called delivered that no hub ever held. Some rows of one machine at a time.
void World::check_claims() {
  remember_hub();
  Chance chance(plan_.seed + step_no_, "claims");
  Station& one = *stations_[chance.below(stations_.size())];
  if (!one.replica || one.acknowledged.empty()) return;
  check_waiting(one);
  for (int i = 0; i < 3; ++i) {
    const Acknowledged& asked = chance.pick(one.acknowledged);
    for (const HistoryEntry& entry : one.replica->history(asked.record))
      promise(
          entry.stage != Stage::delivered || hub_ever_.contains(entry.id), "P5",
          one.name + " shows 已送达 for " + entry.id.hex().substr(0, 12) + ", no hub ever held it");
  }
}

// P5: the line that says how much waits says no less than the rows do.
void World::check_waiting(const Station& station) {
  const Replica& replica = *station.replica;
  const Roster roster = replica.roster();
  std::set<RecordId> records;
  std::set<ChangeId> own;
  for (const Acknowledged& one : station.acknowledged) {
    if (roster.keeper(one.compartment) == replica.node()) continue;
    records.insert(one.record);
    own.insert(one.change);
  }
  std::uint64_t waiting = 0;
  for (const RecordId& record : records)
    for (const HistoryEntry& entry : replica.history(record))
      if (own.contains(entry.id) && entry.stage <= Stage::sealed) ++waiting;
  promise(replica.undelivered() >= waiting, "P5",
          station.name + " says " + std::to_string(replica.undelivered()) + " wait, its rows say " +
              std::to_string(waiting));
}

// P2: what is known is exactly what the headers of the held batches and the own desk say.
void World::check_conservation(Station& station) {
  const std::map<CompartmentId, Counts> all = station.replica->counts();
  for (const auto& [compartment, counts] : all) {
    promise(counts.known == counts.applied + counts.pending + counts.quarantined + counts.purged &&
                counts.pending == counts.pending_parent + counts.pending_key +
                                      counts.pending_login + counts.pending_program,
            "P2", station.name + ": the sum of " + compartment.text() + " does not add up");
    note(std::to_string(counts.known) + "," + std::to_string(counts.applied));
  }
  if (!station.is_caught_up) return;
  const Level open_up_to = station.replica->open_levels().empty()
                               ? Level::public_
                               : station.replica->open_levels().back();
  for (const CompartmentId& compartment : station.replica->log().compartments()) {
    if (compartment.level > open_up_to) continue;
    const auto found = all.find(compartment);
    const Counts counts = found == all.end() ? Counts{} : found->second;
    if (counts.pending_key > 0) continue;  // unopened batches may bring the same change twice
    std::set<ChangeId> held = god_.changes_of(station.replica->log(), compartment);
    std::uint64_t unreadable = 0;
    for (const BatchId& id : station.replica->log().batches(compartment))
      if (god_.is_unreadable(id)) unreadable += god_.header(id)->core.count;
    for (const Acknowledged& one : station.acknowledged)
      if (one.compartment == compartment) held.insert(one.change);
    // A change that a crash left without an answer may be there too.
    const std::uint64_t least = held.size() + unreadable;
    promise(counts.known >= least && counts.known <= least + station.replica->unsealed(), "P2",
            station.name + " knows " + std::to_string(counts.known) + " changes of " +
                compartment.text() + ", its log and its clerks say " + std::to_string(least));
  }
}

// P3: equal inputs, equal digest: across all machines and all times of this world.
void World::check_equal_inputs(Station& station) {
  if (!station.is_caught_up) return;
  Replica& replica = *station.replica;
  const std::map<CompartmentId, Counts> counts = replica.counts();
  for (const auto& [compartment, digest] : replica.digests()) {
    const auto found = counts.find(compartment);
    if (found == counts.end() || found->second.pending_key > 0) continue;
    const std::vector<BatchId> arrived = replica.log().batches(compartment);
    const std::set<BatchId> batches(arrived.begin(), arrived.end());
    const std::set<ChangeId> held = god_.changes_of(replica.log(), compartment);
    std::set<ChangeId> unsealed;
    for (const Acknowledged& one : station.acknowledged)
      if (one.compartment == compartment && !held.contains(one.change)) unsealed.insert(one.change);
    if (found->second.known != held.size() + unsealed.size()) continue;  // an unanswered one
    Hasher hasher(Label::state);
    for (const BatchId& id : batches) hasher.add(id.view());
    hasher.add(as_bytes("own"));
    for (const ChangeId& id : unsealed) hasher.add(id.view());
    hasher.add(replica.roster().point().hash.view());
    hasher.add(as_bytes(compartment.text()));
    const Digest inputs = hasher.finish();
    Digest& last = last_inputs_[station.name + compartment.text()];
    const auto [seen, is_new] = seen_states_.try_emplace(
        inputs, digest.state, station.name + " at step " + std::to_string(step_no_));
    note_bytes(digest.state.view());
    if (!is_new && last != inputs) ++outcome_.checks_of_equal_inputs;
    last = inputs;
    promise(seen->second.first == digest.state, "P3",
            station.name + " shows another state of " + compartment.text() + " than " +
                seen->second.second + " from equal inputs");
  }
}

// P11, the other way round: no disk holds what its machine may not, the hub's neither.
void World::check_levels(Station& station) {
  const Identity& self = settlement_.at(station.place);
  for (const CompartmentId& one : station.replica->log().compartments())
    promise(one.level <= self.device_ceiling, "P11",
            station.name + " holds " + one.text() + " above its ceiling");
  for (const CompartmentId& one : hub_->store().compartments())
    promise(one.level <= settlement_.hub().ceiling, "P11", "the hub holds " + one.text());
}

// P1: what a clerk was told is there. Levels that this person cannot open are asked another time.
void World::check_acknowledged(Station& station) {
  Replica& replica = *station.replica;
  const std::set<ChangeId> sealed = god_.changes_of(replica.log());
  const std::vector<Level> open_levels = replica.open_levels();
  std::map<RecordId, std::set<ChangeId>> histories;
  for (const Acknowledged& one : station.acknowledged) {
    if (sealed.contains(one.change)) continue;
    if (std::find(open_levels.begin(), open_levels.end(), one.compartment.level) ==
        open_levels.end())
      continue;
    // Raised above what this person may see: hidden, and asked another time.
    if (const Result<View> view = replica.view(one.record); view && view->is_hidden) continue;
    auto [history, is_new] = histories.try_emplace(one.record);
    if (is_new)
      for (const HistoryEntry& entry : replica.history(one.record))
        history->second.insert(entry.id);
    promise(history->second.contains(one.change), "P1",
            station.name + " forgot change " + one.change.hex().substr(0, 12) +
                ", acknowledged at step " + std::to_string(one.step));
  }
}

}  // namespace jiyao::simulation
