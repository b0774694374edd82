// sync/replica_show.cpp - what is shown of the records that were worked on (sync/replica_state.h).
#include <algorithm>

#include "sync/replica_state.h"

namespace jiyao {
namespace {

Holding holding_of(const RecordState& state, const ChangeId& id, Holding before) {
  if (std::binary_search(state.applied.begin(), state.applied.end(), id)) return Holding::applied;
  if (std::binary_search(state.quarantined.begin(), state.quarantined.end(), id))
    return Holding::quarantined;
  if (std::binary_search(state.transparent.begin(), state.transparent.end(), id))
    return Holding::purged;
  for (const PendingChange& pending : state.pending)
    if (pending.id == id)
      return pending.reason == Waiting::parent ? Holding::pending_parent : Holding::pending_program;
  return before;
}

std::uint32_t flags_of(const RecordState& state) {
  if (state.applied.empty()) return 0;
  std::uint32_t flags = kShown;
  if (state.has_conflict) flags |= kConflicted;
  if (state.is_void) flags |= kVoid;
  if (state.is_closed) flags |= kClosed;
  if (state.is_frozen) flags |= kFrozen;
  return flags;
}

}  // namespace

void LevelWork::write_changes(std::int64_t record_no, Workpiece& piece) {
  for (StoredChange& change : piece.changes) {
    Holding now = holding_of(piece.state, change.id, change.holding);
    if (piece.definition == nullptr && change.holding != Holding::purged)
      now = standing_from(change.judged).verdict == Verdict::counts ? Holding::pending_program
                                                                    : Holding::quarantined;
    if (change.no != 0) writer_.set_holding(change, now);
    change.holding = now;
    if (change.no == 0) writer_.put(record_no, change);
  }
}

LevelWork::ToShow LevelWork::to_show(Workpiece& piece) const {
  merge_now(piece);
  ToShow shown{piece.before, {}};
  ShownRecord& now = shown.now;
  now.flags = flags_of(piece.state);
  now.level = piece.state.level.value_or(Level::public_);
  now.state = Digest{};
  now.text.clear();
  now.keys.clear();
  if (now.flags == 0 || piece.definition == nullptr) return shown;
  now.state = state_digest(*piece.definition, piece.state);
  now.text = search_text(*piece.definition, piece.state);
  shown.keys = record_keys(*piece.definition, now.record, piece.state);
  now.keys = kept_keys(now.record, shown.keys);
  return shown;
}

void LevelWork::show(Workpiece& piece, ToShow shown) {
  std::vector<std::string>& keys = keys_[shown.now.no];
  if (piece.before.keys.empty())
    keys = std::move(shown.keys);
  else
    std::set_union(piece.before.keys.begin(), piece.before.keys.end(), shown.keys.begin(),
                   shown.keys.end(), std::back_inserter(keys));
  writer_.show(piece.before, shown.now);
  piece.before = std::move(shown.now);
}

// What is shown follows from the changes alone: the next records are merged beside the strand while
// those before are written.
void LevelWork::show_touched() {
  std::vector<std::pair<std::int64_t, Workpiece*>> touched;
  touched.reserve(touched_.size());
  for (const std::int64_t no : touched_) {
    touched.emplace_back(no, &load(no));
    know_rosters(*touched.back().second);
  }
  make_ahead(
      replica_.helper.get(), touched.size(),
      [&](std::size_t i) { return to_show(*touched[i].second); },
      [&](std::size_t i, ToShow shown) {
        const auto& [no, piece] = touched[i];
        write_changes(no, *piece);
        show(*piece, std::move(shown));
      });
}

}  // namespace jiyao
