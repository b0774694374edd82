// sync/replica_view.cpp - see sync/replica_view.h.
#include "sync/replica_view.h"

#include <algorithm>

namespace jiyao {

namespace {

bool is_earlier(const LedgerDefinition& definition, std::string_view state,
                std::string_view other) {
  const auto a = definition.state_index(state);
  const auto b = definition.state_index(other);
  return a && b && definition.states[*a].rank < definition.states[*b].rank;
}

}  // namespace

Viewer::Viewer(const Replica::State& replica)
    : replica_(replica),
      judge_(replica.log().roster(), replica.parts.definitions, replica.log()),
      clearance_(replica.clearance()) {}

Viewer::File& Viewer::file_of(const Store& store) {
  const auto [file, is_fresh] = files_.try_emplace(&store);
  if (is_fresh) file->second = {point_of(store), store.has_findings(), {}, {}};
  return file->second;
}

std::uint64_t Viewer::roster_seq_of(const Store& store, const StoredChange& change) {
  File& file = file_of(store);
  if (change.batch == 0) return file.point.seq;
  const auto [known, is_fresh] = file.roster_seqs.try_emplace(change.batch, file.point.seq);
  if (is_fresh)
    if (const auto batch = store.batch(change.batch)) known->second = batch->roster.seq;
  return known->second;
}

RecordState Viewer::merged(const Store& store, const ShownRecord& row,
                           const std::vector<StoredChange>& changes) {
  const LedgerDefinition* definition = replica_.parts.definitions.ledger(row.ledger);
  if (definition == nullptr) return {};
  std::vector<JudgedChange> judged;
  judged.reserve(changes.size());
  for (const StoredChange& change : changes)
    judged.push_back(judge_.for_merge(change, roster_seq_of(store, change)));
  return merge(*definition, judged);
}

// All changes of a batch have come equally far.
Stage Viewer::stage(const Store& store, const ShownRecord& row,
                    const std::vector<StoredChange>& changes) {
  if (row.compartment.level == Level::top_secret) return Stage::local_only;
  Stage least = Stage::applied_by_keeper;
  for (const StoredChange& change : changes) {
    const auto [known, is_fresh] = file_of(store).stages.try_emplace(change.batch, Stage::recorded);
    if (is_fresh) known->second = stage_of(replica_, store, change);
    least = std::min(least, known->second);
  }
  return least;
}

View Viewer::view(const Store& store, const ShownRecord& row) {
  View view;
  view.record = row.record;
  view.compartment = row.compartment;
  view.ledger = row.ledger;
  view.is_hidden = std::max(row.level, row.compartment.level) > clearance_;
  if (view.is_hidden) return view;
  const std::vector<StoredChange> changes = store.changes(row);
  view.state = merged(store, row, changes);
  view.shown_state = view.state.state;
  view.stage = stage(store, row, changes);
  const LedgerDefinition* definition = replica_.parts.definitions.ledger(row.ledger);
  if (definition == nullptr || !file_of(store).has_findings) return view;
  for (const Bytes& bytes : store.findings_of(row.no)) {
    const Finding finding = decode_finding(bytes);
    const bool is_held = finding.kind == FindingKind::hold && !finding.shown_state.empty() &&
                         finding.key.starts_with(row.record.hex());  // not one that holds it
    if (is_held && is_earlier(*definition, finding.shown_state, view.shown_state))
      view.shown_state = finding.shown_state;
  }
  return view;
}

}  // namespace jiyao
