// tests/simulation/god_ledger.h - what really happened, kept outside every simulated disk.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "simulation/settlement.h"

namespace jiyao::simulation {

/// A change as found inside a sealed batch, with that batch's header.
struct Known {
  Change change;
  std::vector<BatchId> batches;  ///< that bring it
};

class GodLedger {
 public:
  explicit GodLedger(const Settlement& settlement) : settlement_(settlement) {}

  /// The changes inside a batch; opened once with every key of the realm.
  const std::vector<ChangeId>& changes_in(const BatchLog& log, const BatchId& id);
  /// All changes a log holds of one compartment.
  std::set<ChangeId> changes_of(const BatchLog& log, const CompartmentId& compartment);
  std::set<ChangeId> changes_of(const BatchLog& log);

  const std::map<ChangeId, Known>& known() const { return known_; }
  const BatchHeader* header(const BatchId& id) const;
  const std::map<BatchId, BatchHeader>& headers() const { return headers_; }
  bool is_unreadable(const BatchId& id) const { return unreadable_.contains(id); }

  void acknowledge(const ChangeId& change, const RecordId& record,
                   const CompartmentId& compartment);
  const std::map<ChangeId, std::pair<RecordId, CompartmentId>>& acknowledged() const {
    return acknowledged_;
  }
  /// A restore took away the last copy of these: nobody can bring them back.
  void excuse(const ChangeId& change) { excused_.insert(change); }
  bool is_excused(const ChangeId& change) const { return excused_.contains(change); }
  std::size_t excused() const { return excused_.size(); }

  /// Records clerks know of, oldest first: they meet on the same ones.
  const std::vector<RecordId>& records(const CompartmentId& compartment) {
    return records_[compartment];
  }

 private:
  const Settlement& settlement_;
  std::unordered_map<BatchId, std::vector<ChangeId>, BlockHash> opened_;
  std::map<BatchId, BatchHeader> headers_;
  std::set<BatchId> unreadable_;
  std::map<ChangeId, Known> known_;
  std::map<ChangeId, std::pair<RecordId, CompartmentId>> acknowledged_;
  std::set<ChangeId> excused_;
  std::map<CompartmentId, std::vector<RecordId>> records_;
  std::set<RecordId> listed_;
};

}  // namespace jiyao::simulation
