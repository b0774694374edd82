// tests/simulation/world_tell.cpp - what every machine holds and shows at the end, for the second
// opinion: tests/oracle/compare.py merges all of it once more.
#include "oracle/state_lines.h"
#include "simulation/world.h"

namespace jiyao::simulation {
namespace {

/// What the roster said when the batch came; the replica keeps the verdict, not the roles.
JudgedChange judged(const HistoryEntry& entry, const Roster& roster) {
  JudgedChange one;
  one.id = entry.id;
  one.change = &entry.change;
  if (entry.standing.verdict != Verdict::counts) one.effect = Effect::quarantined;
  const UserRecord* actor = roster.user(entry.change.actor);
  one.roles = actor == nullptr ? 0 : actor->roles;
  one.is_owner = actor != nullptr && actor->office == entry.change.compartment.office;
  const OfficeRecord* office = roster.office(entry.change.compartment.office);
  one.is_authority = office != nullptr && office->lead == entry.change.origin.node;
  return one;
}

/// Empty: it has no view, and the second opinion says so unless nothing of it counts.
std::string digest_of(const Replica& replica, const RecordId& record) {
  const Result<View> view = replica.view(record);
  if (!view) return {};
  const LedgerDefinition& ledger = *replica.definitions().ledger(view->ledger);
  return digest(Label::state, {canonical(view->state, ledger)}).hex();
}

}  // namespace

void World::tell_end(std::ostream& out) {
  for (auto& each : stations_)
    for (const CompartmentId& compartment : settlement_.compartments())
      tell_compartment(out, *each, compartment);
}

void World::tell_compartment(std::ostream& out, Station& station,
                             const CompartmentId& compartment) {
  Replica& replica = *station.replica;
  const std::map<CompartmentId, CompartmentDigest> digests = replica.digests();
  std::map<CompartmentId, Counts> counts = replica.counts();
  const auto digest = digests.find(compartment);
  if (digest == digests.end() || counts[compartment].pending_key > 0) return;
  // A machine that is shut out gets no key to seal its last changes with: no log tells of them.
  if (replica.unsealed() > 0) return;
  std::set<RecordId> records;
  for (const ChangeId& id : god_.changes_of(replica.log(), compartment))
    records.insert(god_.known().at(id).change.record);
  // A row raised above this machine's ceiling (C9): its part of the digest cannot be told here.
  const auto is_hidden = [&](const RecordId& record) {
    const Result<View> view = replica.view(record);
    return view && view->is_hidden;
  };
  if (std::any_of(records.begin(), records.end(), is_hidden)) return;
  out << "{\"name\":\"seed " << plan_.seed << ' ' << station.name << ' ' << compartment.text()
      << "\",\"compartment\":\"" << compartment.text() << "\",\"records\":[";
  const char* comma = "";
  for (const RecordId& record : records) {
    const std::vector<HistoryEntry> history = replica.history(record);
    std::vector<JudgedChange> changes;
    for (const HistoryEntry& entry : history) changes.push_back(judged(entry, replica.roster()));
    if (changes.empty()) continue;
    out << comma << "{\"record\":\"" << record.hex() << "\",\"ledger\":\""
        << history.front().change.ledger << "\",\"changes\":";
    oracle::tell_changes(out, changes);
    out << ",\"digest\":\"" << digest_of(replica, record) << "\"}";
    comma = ",";
  }
  std::vector<Finding> findings = replica.findings();
  std::erase_if(findings,
                [&](const Finding& one) { return !records.contains(one.records.front()); });
  out << "],\"findings\":";
  oracle::tell_findings(out, findings);
  out << ",\"digest\":\"" << digest->second.state.hex() << "\"}\n";
}

}  // namespace jiyao::simulation
