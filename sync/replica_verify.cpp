// sync/replica_verify.cpp - everything recomputed from the log and compared with what is shown.
#include <algorithm>
#include <map>
#include <set>

#include "sync/replica_state.h"

namespace jiyao {
namespace {

/// What the log says a level file must hold, computed in memory.
class Replay {
 public:
  Replay(const Replica::State& replica, const Store& store, std::vector<std::string>& faults)
      : replica_(replica),
        store_(store),
        name_(std::string(name_of(store.level())) + ".jdb"),
        faults_(faults) {}

  void run(const Progress* progress) {
    std::uint64_t done = 0;
    const std::vector<StoredBatch> batches = store_.batches();
    for (const StoredBatch& batch : batches) {
      take(batch);
      if (progress != nullptr && progress->step) progress->step(++done, batches.size());
    }
    compare_records();
    compare_counts(batches);
  }
  /// Holds what is in a batch whose key is not here: it was not compared.
  bool has_closed() const { return !closed_.empty(); }

 private:
  void fault(const std::string& what) { faults_.push_back(name_ + ": " + what); }

  void take(const StoredBatch& row) {
    const Result<SealedBatch> batch = replica_.log().batch(row.id);
    if (!batch) return fault("batch_missing " + row.id.hex());
    if (batch->core().count != row.changes) fault("batch_count " + row.id.hex());
    if (row.content != Content::opened) return;
    const Result<OpenedBody> opened = open_batch(*batch, replica_.keys);
    if (!opened && opened.code() == Errc::unavailable) {
      closed_.insert(row.no);
      return;
    }
    if (!opened) return fault("batch_unreadable " + row.id.hex());
    for (std::size_t i = 0; i < opened->changes.size(); ++i)
      changes_[opened->changes[i].record].insert_or_assign(opened->ids[i], opened->changes[i]);
  }

  void compare_records() {
    for (const std::int64_t no : store_.record_nos()) {
      const std::optional<ShownRecord> row = store_.record(no);
      if (row) compare(*row);
    }
    for (const auto& [record, changes] : changes_)
      for (const auto& [id, change] : changes) fault("change_not_held " + id.hex());
  }

  void compare(const ShownRecord& row) {
    const std::vector<StoredChange> stored = store_.changes(row.no);
    const auto from_log = changes_.find(row.record);
    for (const StoredChange& change : stored) {
      if (change.holding == Holding::purged || change.batch == 0) continue;
      if (id_of(change.change) != change.id) fault("change_damaged " + change.id.hex());
      if (closed_.contains(change.batch)) continue;
      if (from_log == changes_.end() || !from_log->second.contains(change.id))
        fault("change_not_in_log " + change.id.hex());
    }
    if (from_log != changes_.end()) {
      for (const StoredChange& change : stored) from_log->second.erase(change.id);
      if (from_log->second.empty()) changes_.erase(from_log);
    }
    const LedgerDefinition* definition = replica_.parts.definitions.ledger(row.ledger);
    if (definition == nullptr) return;
    const RecordState state = merged_state(replica_, store_, row, stored);
    const bool is_shown = !state.applied.empty();
    if (is_shown != ((row.flags & kShown) != 0)) return fault("record_shown " + row.record.hex());
    if (!is_shown) return;
    if (state_digest(*definition, state) != row.state) fault("record_state " + row.record.hex());
    if (kept_keys(row.record, record_keys(*definition, row.record, state)) != row.keys)
      fault("record_keys " + row.record.hex());
    if (search_text(*definition, state) != row.text) fault("record_text " + row.record.hex());
  }

  // The changes of all batches, less those that came twice, are those in the file (P2).
  void compare_counts(const std::vector<StoredBatch>& batches) {
    if (store_.tally() != store_.recount()) fault("counts_differ");
    std::uint64_t in_headers = 0, repeated = 0, in_rows = 0;
    for (const StoredBatch& batch : batches) {
      if (batch.content != Content::opened) continue;
      in_headers += batch.changes;
      repeated += batch.repeats;
    }
    for (const auto& [compartment, tally] : store_.recount())
      for (const std::uint64_t changes : tally) in_rows += changes;
    if (in_headers - repeated + store_.unsealed_count() != in_rows)
      fault("counts_against_log " + std::to_string(in_headers - repeated) + " sealed, " +
            std::to_string(in_rows) + " held");
  }

  const Replica::State& replica_;
  const Store& store_;
  std::string name_;
  std::vector<std::string>& faults_;
  std::map<RecordId, std::map<ChangeId, Change>> changes_;
  std::set<std::int64_t>
      closed_;  ///< batches, own ones of earlier programs, that no key here opens
};

void check_pages(Store& store, std::vector<std::string>& faults) {
  const std::string name = std::string(name_of(store.level())) + ".jdb: ";
  const PageReport report = store.verify_pages();
  for (const std::uint32_t page : report.bad_pages)
    faults.push_back(name + "page_damaged " + std::to_string(page));
  for (const std::uint64_t frame : report.bad_frames)
    faults.push_back(name + "wal_frame_damaged " + std::to_string(frame));
  for (const std::string& line : report.malformed) faults.push_back(name + "malformed " + line);
}

}  // namespace

Result<VerifyReport> Replica::verify(bool full, const Progress* progress) const {
  VerifyReport report;
  for (const std::string& fault : state_->log().verify())
    report.faults.push_back("log.jdb: " + fault);
  report.unverified = closed_levels(*state_);
  for (auto& [level, store] : state_->stores) {
    check_pages(store, report.faults);
    if (!full) continue;
    Replay replay(*state_, store, report.faults);
    replay.run(progress);
    if (replay.has_closed()) report.unverified.push_back(level);
  }
  std::sort(report.unverified.begin(), report.unverified.end());
  report.counts = counts();
  report.digests = digests();
  report.is_clean = report.faults.empty();
  return report;
}

}  // namespace jiyao
