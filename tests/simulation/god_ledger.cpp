// tests/simulation/god_ledger.cpp - reading what machines hold with all keys of the realm.
#include "simulation/god_ledger.h"

namespace jiyao::simulation {

const std::vector<ChangeId>& GodLedger::changes_in(const BatchLog& log, const BatchId& id) {
  const auto found = opened_.find(id);
  if (found != opened_.end()) return found->second;
  std::vector<ChangeId>& changes = opened_[id];
  const Result<SealedBatch> batch = log.batch(id);
  if (!batch) {
    opened_.erase(id);
    static const std::vector<ChangeId> kNone;
    return kNone;
  }
  headers_[id] = batch->header();
  Result<OpenedBody> body = open_batch(*batch, settlement_);
  if (!body) {
    unreadable_.insert(id);
    return changes;
  }
  for (std::size_t i = 0; i < body->ids.size(); ++i) {
    changes.push_back(body->ids[i]);
    Known& known = known_[body->ids[i]];
    known.change = std::move(body->changes[i]);
    known.batches.push_back(id);
  }
  return changes;
}

std::set<ChangeId> GodLedger::changes_of(const BatchLog& log, const CompartmentId& compartment) {
  std::set<ChangeId> all;
  for (const BatchId& id : log.batches(compartment)) {
    const std::vector<ChangeId>& inside = changes_in(log, id);
    all.insert(inside.begin(), inside.end());
  }
  return all;
}

std::set<ChangeId> GodLedger::changes_of(const BatchLog& log) {
  std::set<ChangeId> all;
  for (const CompartmentId& compartment : log.compartments()) {
    const std::set<ChangeId> of_one = changes_of(log, compartment);
    all.insert(of_one.begin(), of_one.end());
  }
  return all;
}

const BatchHeader* GodLedger::header(const BatchId& id) const {
  const auto found = headers_.find(id);
  return found == headers_.end() ? nullptr : &found->second;
}

void GodLedger::acknowledge(const ChangeId& change, const RecordId& record,
                            const CompartmentId& compartment) {
  acknowledged_[change] = {record, compartment};
  if (listed_.insert(record).second) records_[compartment].push_back(record);
}

}  // namespace jiyao::simulation
