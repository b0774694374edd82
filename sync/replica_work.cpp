// sync/replica_work.cpp - changes into one level file, and what is found across its records. What
// is shown of each is replica_show.cpp.
#include <algorithm>

#include "sync/replica_state.h"

namespace jiyao {
namespace {

constexpr const char* kPointName = "roster";

Bytes bytes_of(const RosterPoint& point) {
  Bytes bytes(8);
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(point.seq >> (8 * i));
  bytes.insert(bytes.end(), point.hash.bytes.begin(), point.hash.bytes.end());
  return bytes;
}

}  // namespace

RosterPoint point_of(const Store& store) {
  RosterPoint point;
  const std::optional<Bytes> bytes = store.own(kPointName);
  if (!bytes || bytes->size() != 8 + Digest::kBytes) return point;
  for (std::size_t i = 8; i > 0; --i) point.seq = point.seq << 8 | (*bytes)[i - 1];
  point.hash = *Digest::from(ByteView(*bytes).subspan(8));
  return point;
}

LevelWork::LevelWork(Replica::State& replica, Store& store)
    : replica_(replica),
      store_(store),
      writer_(store, replica.helper.get()),
      judge_(replica.log().roster(), replica.parts.definitions, replica.log()),
      point_(point_of(store)) {}

void LevelWork::set_point(const RosterPoint& point) {
  point_ = point;
  writer_.set_own(kPointName, bytes_of(point));
}

// --- pieces --------------------------------------------------------------------------------------

Workpiece& LevelWork::load(std::int64_t record_no) {
  const auto [at, is_fresh] = pieces_.try_emplace(record_no);
  Workpiece& piece = at->second;
  if (!is_fresh) return piece;
  const std::optional<ShownRecord> record = store_.record(record_no);
  JIYAO_ASSERT(record);
  piece.before = *record;
  piece.definition = replica_.parts.definitions.ledger(record->ledger);
  piece.changes = store_.changes(record_no);
  return piece;
}

Workpiece& LevelWork::merged(std::int64_t record_no) {
  Workpiece& piece = load(record_no);
  if (piece.is_merged) return piece;
  know_rosters(piece);
  merge_now(piece);
  return piece;
}

void LevelWork::know_rosters(const Workpiece& piece) {
  for (const StoredChange& change : piece.changes) roster_seq_of(change);
}

void LevelWork::merge_now(Workpiece& piece) const {
  if (piece.is_merged) return;
  piece.is_merged = true;
  piece.state = RecordState{};
  if (piece.definition == nullptr) return;
  std::vector<JudgedChange> judged;
  judged.reserve(piece.changes.size());
  for (const StoredChange& change : piece.changes)
    judged.push_back(
        judge_.for_merge(change, change.batch == 0 ? point_.seq : roster_seqs_.at(change.batch)));
  piece.state = merge(*piece.definition, judged);
}

std::uint64_t LevelWork::roster_seq_of(const StoredChange& change) {
  if (change.batch == 0) return point_.seq;
  const auto known = roster_seqs_.find(change.batch);
  if (known != roster_seqs_.end()) return known->second;
  const std::optional<StoredBatch> batch = store_.batch(change.batch);
  JIYAO_ASSERT(batch);
  return roster_seqs_[change.batch] = batch->roster.seq;
}

std::optional<std::int64_t> LevelWork::find(const RecordAt& at) {
  const auto [begin, end] = made_.equal_range(at.record);
  for (auto made = begin; made != end; ++made) {
    const ShownRecord& row = pieces_.at(made->second).before;
    if (row.compartment == at.compartment && row.ledger == at.ledger) return made->second;
  }
  if (writer_.is_newer_than_all(at.record)) return std::nullopt;
  return store_.record_no(at.record, at.compartment, at.ledger);
}

const Workpiece* LevelWork::look(const RecordId& record) {
  if (const std::optional<ShownRecord> row = store_.record(record)) return &merged(row->no);
  const auto made = made_.find(record);
  return made == made_.end() ? nullptr : &merged(made->second);
}

void LevelWork::touch(std::int64_t record_no) {
  load(record_no).is_merged = false;
  touched_.insert(record_no);
}

// --- changes in ----------------------------------------------------------------------------------

// A change in several batches is judged by the one that lets it count; among several of those by
// the earliest roster point, then by batch id, so that every replica takes the same one.
bool LevelWork::is_better(const StoredChange& one, const StoredChange& other) {
  const auto rank = [this](const StoredChange& change) {
    const std::optional<StoredBatch> batch = store_.batch(change.batch);
    return std::tuple(standing_from(change.judged).verdict != Verdict::counts,
                      roster_seq_of(change), batch ? batch->id : BatchId{});
  };
  return rank(one) < rank(other);
}

bool LevelWork::add(StoredChange change, const RosterPoint& at) {
  std::optional<std::int64_t> no = find(RecordAt(change.change));
  const bool is_new_record = !no;
  if (is_new_record) {
    no = writer_.make_record(change.change);
    made_.emplace(change.change.record, *no);
    Workpiece& piece = pieces_[*no];
    piece.is_new = true;
    piece.before.no = *no;
    piece.before.record = change.change.record;
    piece.before.compartment = change.change.compartment;
    piece.before.ledger = change.change.ledger;
    piece.definition = replica_.parts.definitions.ledger(change.change.ledger);
  }
  if (change.batch != 0) roster_seqs_[change.batch] = at.seq;
  if (replica_.purged.contains(change.change.record)) {
    change.holding = Holding::purged;
    change.change.writes.clear(), change.change.settles.clear(), change.change.reason.clear();
    change.change.person.reset();
  }
  Workpiece& piece = load(*no);
  const auto known = std::find_if(piece.changes.begin(), piece.changes.end(),
                                  [&](const StoredChange& held) { return held.id == change.id; });
  if (known == piece.changes.end()) {
    touch(*no);
    piece.changes.push_back(std::move(change));
    return true;
  }
  StoredChange& held = *known;
  if (change.batch == 0 || held.batch == change.batch) return false;
  const bool is_first_batch = held.batch == 0;
  const bool takes_over = is_first_batch || is_better(change, held);
  if (!is_first_batch) writer_.put_repeat(*no, held.id, takes_over ? held.batch : change.batch);
  if (!takes_over) return false;
  // Sealed under the point it was recorded at, and judged the same: nothing shown can differ.
  const bool is_only_sealed = is_first_batch && held.judged == change.judged && at == point_;
  held.batch = change.batch;
  held.judged = change.judged;
  if (held.no != 0) writer_.put(*no, held);
  if (!is_only_sealed) touch(*no);
  return is_first_batch;
}

void LevelWork::take_back(const RecordAt& at, const ChangeId& id) {
  const std::optional<std::int64_t> no = find(at);
  if (!no) return;
  Workpiece& piece = load(*no);
  std::erase_if(piece.changes, [&](const StoredChange& held) { return held.id == id; });
  piece.is_merged = false;
  if (!piece.is_new || !piece.changes.empty()) return;
  writer_.remove_record(*no);
  std::erase_if(made_, [&](const auto& made) { return made.second == *no; });
  pieces_.erase(*no);
  touched_.erase(*no);
}

void LevelWork::judge_again(const Change& change, const ChangeId& id, const StoredBatch& batch) {
  const std::optional<std::int64_t> no = find(RecordAt(change));
  if (!no) return;
  Workpiece& piece = load(*no);
  for (StoredChange& held : piece.changes) {
    if (held.id != id) continue;
    std::vector<std::int64_t> batches = store_.repeats_of(*no, id);
    batches.push_back(held.batch);
    StoredChange best = held;
    best.judged = judged_from(judge_.of_change(change, batch.roster, standing_from(batch.judged)));
    best.batch = batch.no;
    for (const std::int64_t other : batches) {
      const std::optional<StoredBatch> row = store_.batch(other);
      if (other == batch.no || !row) continue;
      StoredChange by_other = held;
      by_other.batch = other;
      by_other.judged =
          judged_from(judge_.of_change(change, row->roster, standing_from(row->judged)));
      if (is_better(by_other, best)) best = by_other;
    }
    held.judged = best.judged;
    if (best.batch != held.batch) {
      writer_.put_repeat(*no, id, held.batch);
      held.batch = best.batch;
    }
    writer_.put(*no, held);
  }
  touch(*no);
}

void LevelWork::finish() {
  show_touched();
  made_.clear();
  check_compartments();
  Beside beside(touched_.size() > 1 ? replica_.helper.get() : nullptr);
  beside.begin([this] { pieces_.clear(), keys_.clear(); });  // nobody asks again
  writer_.commit();
}

// --- across records ------------------------------------------------------------------------------

void LevelWork::check_compartments() {
  std::map<CompartmentId, std::set<std::int64_t>> by_compartment;
  for (const std::int64_t no : touched_)
    by_compartment[pieces_.at(no).before.compartment].insert(no);
  for (const auto& [compartment, touched] : by_compartment) check_touched(touched);
}

// Who shares a key, or provides it, must re-check those who stand in a finding of it. Who only
// seeks one changes nothing for others that seek it too.
std::set<std::int64_t> LevelWork::with_findings_of(const std::set<std::int64_t>& touched) const {
  std::set<std::int64_t> all = touched;
  for (const std::int64_t no : touched) {
    const auto keys = keys_.find(no);
    if (keys == keys_.end()) continue;
    for (const std::string& key : keys->second) {
      if (key.front() == kSharesMark || key.front() == kProvidesMark)
        for (const std::int64_t other : store_.records_of_findings(kFindingMark + key.substr(1)))
          all.insert(other);
    }
  }
  return all;
}

/// Those of before this transaction too: what it let go of is looked at as well.
const std::vector<std::string>& LevelWork::keys_of(std::int64_t record_no) {
  const auto [known, is_fresh] = keys_.try_emplace(record_no);
  if (!is_fresh) return known->second;
  const Workpiece& piece = merged(record_no);
  known->second = piece.definition == nullptr
                      ? piece.before.keys
                      : record_keys(*piece.definition, piece.before.record, piece.state);
  return known->second;
}

// Whether a record may rest in its end state is judged from the record (S1), by all that cite it.
std::set<std::int64_t> LevelWork::cited_by(const std::set<std::int64_t>& citing) {
  std::set<std::int64_t> cited;
  for (const std::int64_t no : citing) {
    for (const std::string& key : keys_of(no)) {
      const std::optional<RecordId> id = cited_record(key);
      if (!id || *id == pieces_.at(no).before.record) continue;
      const auto row = store_.record(*id);
      if (row) cited.insert(row->no);
    }
  }
  return cited;
}

/// Whose findings are made anew. Another office's records share keys with ours in this file: their
/// findings are not ours to take away, for nothing here would find them again.
std::set<std::int64_t> LevelWork::to_check(const std::set<std::int64_t>& touched) {
  const CompartmentId compartment = pieces_.at(*touched.begin()).before.compartment;
  const auto is_foreign = [&](std::int64_t no) {
    return load(no).before.compartment != compartment;
  };
  std::set<std::int64_t> all = store_.has_findings() ? with_findings_of(touched) : touched;
  all.merge(asking(touched));
  std::erase_if(all, is_foreign);
  std::set<std::int64_t> cited = cited_by(all);
  std::erase_if(cited, is_foreign);
  all.merge(cited);
  return all;
}

// Every row of an import seeks the same series. What provides it is all shown by now.
const std::vector<std::int64_t>& LevelWork::providers_of(const std::string& sought) {
  const auto [known, is_fresh] = providers_.try_emplace(sought);
  if (is_fresh) known->second = store_.with_key(kProvidesMark + sought.substr(1));
  return known->second;
}

std::set<std::int64_t> LevelWork::neighbours_of(std::int64_t record_no) {
  std::set<std::int64_t> found;
  for (const std::string& key : keys_of(record_no)) {
    if (key.front() != kSharesMark && key.front() != kSeeksMark) continue;
    const std::vector<std::int64_t> others =
        key.front() == kSharesMark ? store_.with_key(key) : providers_of(key);
    found.insert(others.begin(), others.end());
    if (const auto cited = cited_record(key))
      for (const std::int64_t other : store_.record_nos(*cited)) found.insert(other);
  }
  return found;
}

void LevelWork::check_touched(const std::set<std::int64_t>& touched) {
  const CompartmentId compartment = pieces_.at(*touched.begin()).before.compartment;
  const std::set<std::int64_t> centre = to_check(touched);
  std::set<std::int64_t> all = centre;
  for (const std::int64_t no : centre) {
    for (const std::int64_t other : neighbours_of(no)) all.insert(other);
  }
  Neighbourhood neighbourhood;
  std::map<RecordId, std::int64_t> nos;
  for (const std::int64_t no : all) {
    const Workpiece& piece = merged(no);
    // Every replica of a compartment must find the same, whatever other compartments it holds.
    if (piece.before.compartment != compartment || piece.definition == nullptr) continue;
    if (piece.state.applied.empty()) continue;
    nos[piece.before.record] = no;
    neighbourhood.records.push_back({.record = piece.before.record,
                                     .ledger = piece.definition,
                                     .state = &piece.state,
                                     .compartment_level = compartment.level,
                                     .is_touched = centre.contains(no)});
  }
  const Roster roster = replica_.log().roster();
  neighbourhood.clearance = [&roster](std::string_view person) -> std::optional<Level> {
    const std::optional<Bytes> bytes = from_hex(person);
    const auto user = bytes ? UserId::from(*bytes) : std::nullopt;
    const UserRecord* record = user ? roster.user(*user) : nullptr;
    return record == nullptr ? std::nullopt : std::optional(record->clearance);
  };
  if (store_.has_findings())
    for (const std::int64_t no : centre) writer_.remove_findings_of(no);
  if (neighbourhood.records.empty()) return;
  for (const Finding& finding : check(replica_.parts.definitions, neighbourhood)) {
    std::vector<std::int64_t> records;
    for (const RecordId& record : finding.records)
      if (const auto no = nos.find(record); no != nos.end()) records.push_back(no->second);
    writer_.put_finding(finding.id, stored_key(kFindingMark, finding.key), encode_finding(finding),
                        records);
  }
}

}  // namespace jiyao
