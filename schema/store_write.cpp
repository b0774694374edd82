// schema/store_write.cpp - one transaction over a level file (schema/store.h).
#include <algorithm>

#include "schema/store.h"
#include "schema/store_rows.h"

namespace jiyao {
namespace {

constexpr int kChanceBits = 15;

// The first 48 bits of a time-ordered id, then 15 of its last: positive, and nearly unique.
std::int64_t wanted_no(const RecordId& id) {
  std::uint64_t time = 0;
  for (std::size_t i = 0; i < 6; ++i) time = time << 8 | id.bytes[i];
  const std::uint64_t chance = (std::uint64_t{id.bytes[14]} << 8 | id.bytes[15]) & 0x7FFF;
  return static_cast<std::int64_t>(time << kChanceBits | chance);
}

}  // namespace

StoreWriter::StoreWriter(Store& store, Helper* helper)
    : store_(store), helper_(helper), transaction_(*store.database_) {
  if (store_.names_are_stale_) store_.load_names();
  store_.names_are_stale_ = false;
  Statement row(*store_.database_, "SELECT max(no) FROM record");
  if (row.step() && !row.is_null(0)) newest_ = row.integer(0);
}

StoreWriter::~StoreWriter() {
  // Numbers given to names since the last commit are rolled back with the rows that used them;
  // the maps are refreshed at the next use, since reading here could throw.
  if (is_committed_) return;
  store_.names_are_stale_ = true;
  store_.words_.forget();
  for (auto& [no, before] : late_before_) store_.late_.put_back(no, std::move(before));
}

void StoreWriter::commit() {
  JIYAO_ASSERT(made_.empty());
  write_index();
  store_.words_.write_counts();
  write_tally();
  transaction_.commit();
  is_committed_ = true;
  if (has_indexed_all_) store_.late_.clear();
}

// --- names ---------------------------------------------------------------------------------------

std::int64_t StoreWriter::compartment_no(const CompartmentId& compartment) {
  JIYAO_ASSERT(compartment.level == store_.level_);
  if (const auto known = store_.names_.compartment_nos.find(compartment);
      known != store_.names_.compartment_nos.end())
    return known->second;
  const auto no = static_cast<std::int64_t>(store_.names_.compartment_nos.size()) + 1;
  Statement insert(*store_.database_, "INSERT INTO compartment(no, office) VALUES (:no, :office)");
  insert.bind(":no", no).bind(":office", compartment.office).run();
  store_.names_.compartment_nos[compartment] = no;
  store_.names_.compartments[no] = compartment;
  return no;
}

std::int64_t StoreWriter::author_no(const Author& author) {
  if (const auto known = store_.names_.author_nos.find(author);
      known != store_.names_.author_nos.end())
    return known->second;
  const auto no = static_cast<std::int64_t>(store_.names_.author_nos.size()) + 1;
  Statement insert(*store_.database_,
                   "INSERT INTO author(no, node, incarnation) VALUES (:no, :node, :incarnation)");
  insert.bind(":no", no).bind(":node", author.node).bind(":incarnation", author.incarnation).run();
  store_.names_.author_nos[author] = no;
  store_.names_.authors[no] = author;
  return no;
}

std::int64_t StoreWriter::ledger_no(const LedgerName& ledger) {
  if (const auto known = store_.names_.ledger_nos.find(ledger);
      known != store_.names_.ledger_nos.end())
    return known->second;
  const auto no = static_cast<std::int64_t>(store_.names_.ledger_nos.size()) + 1;
  Statement insert(*store_.database_, "INSERT INTO ledger(no, name) VALUES (:no, :name)");
  insert.bind(":no", no).bind(":name", ledger).run();
  store_.names_.ledger_nos[ledger] = no;
  store_.names_.ledgers[no] = ledger;
  return no;
}

// --- facts ---------------------------------------------------------------------------------------

void StoreWriter::put(StoredBatch& batch) {
  if (batch.no == 0) {
    Statement insert(
        *store_.database_,
        "INSERT INTO batch(id, compartment, author, roster_seq, roster_hash, changes, repeats, "
        "content, verdict, ground) VALUES (:id, :compartment, :author, :roster_seq, :roster_hash, "
        ":changes, :repeats, :content, :verdict, :ground) RETURNING no");
    insert.bind(":id", batch.id).bind(":compartment", compartment_no(batch.compartment));
    insert.bind(":author", author_no(batch.author)).bind(":roster_seq", batch.roster.seq);
    insert.bind(":roster_hash", batch.roster.hash).bind(":changes", batch.changes);
    insert.bind(":repeats", batch.repeats).bind(":content", static_cast<int>(batch.content));
    insert.bind(":verdict", batch.judged.verdict).bind(":ground", batch.judged.ground);
    JIYAO_ASSERT(insert.step());
    batch.no = insert.integer(0);
    insert.run();
    return;
  }
  Statement update(*store_.database_,
                   "UPDATE batch SET repeats = :repeats, content = :content, verdict = :verdict, "
                   "ground = :ground WHERE no = :no");
  update.bind(":repeats", batch.repeats).bind(":content", static_cast<int>(batch.content));
  update.bind(":verdict", batch.judged.verdict).bind(":ground", batch.judged.ground);
  update.bind(":no", batch.no).run();
}

bool StoreWriter::is_newer_than_all(const RecordId& id) const {
  return wanted_no(id) > newest_;
}

std::int64_t StoreWriter::make_record(const Change& change) {
  // Two records of one millisecond may want one number: the next free one is as good.
  const auto is_taken = [&](std::int64_t no) {
    if (made_.contains(no)) return true;
    if (no > newest_) return false;
    Statement row(*store_.database_, "SELECT 1 FROM record WHERE no = :no");
    return row.bind(":no", no).step();
  };
  std::int64_t no = wanted_no(change.record);
  while (is_taken(no)) no = no == INT64_MAX ? 1 : no + 1;
  made_.insert(no);
  return no;
}

void StoreWriter::put(std::int64_t record_no, StoredChange& stored) {
  if (stored.no != 0) {
    Statement update(*store_.database_,
                     "UPDATE change SET batch = :batch, verdict = :verdict, ground = :ground "
                     "WHERE no = :no");
    if (stored.batch != 0) update.bind(":batch", stored.batch);
    update.bind(":verdict", stored.judged.verdict).bind(":ground", stored.judged.ground);
    return update.bind(":no", stored.no).run();
  }
  const Change& change = stored.change;
  const Bytes parents = packed(change.parents), settles = packed(change.settles);
  const Bytes writes = packed(change.writes);
  Statement insert(
      *store_.database_,
      "INSERT INTO change(record, id, author, n, act, kind, ruleset, hlc, actor, parents, settles, "
      "writes, reason, person, batch, holding, verdict, ground) VALUES (:record, :id, :author, :n, "
      ":act, :kind, :ruleset, :hlc, :actor, :parents, :settles, :writes, :reason, :person, :batch, "
      ":holding, :verdict, :ground)");
  insert.bind(":record", record_no).lend(":id", stored.id.view());
  insert.bind(":author", author_no({change.origin.node, change.origin.incarnation}));
  insert.bind(":n", static_cast<std::int64_t>(change.origin.n)).lend(":act", change.act.view());
  insert.bind(":kind", static_cast<int>(change.kind)).bind(":ruleset", change.ruleset);
  insert.bind(":hlc", static_cast<std::int64_t>(change.hlc)).lend(":actor", change.actor.view());
  insert.lend(":parents", ByteView(parents)).lend(":settles", ByteView(settles));
  insert.lend(":writes", ByteView(writes)).lend(":reason", std::string_view(change.reason));
  if (change.person) insert.lend(":person", change.person->view());
  if (stored.batch != 0) insert.bind(":batch", stored.batch);
  insert.bind(":holding", static_cast<int>(stored.holding));
  insert.bind(":verdict", stored.judged.verdict).bind(":ground", stored.judged.ground).run();
  stored.no = store_.database_->last_row();
  count(change.compartment, stored.holding, +1);
}

void StoreWriter::put_batch(std::int64_t change_no, std::int64_t batch_no) {
  Statement update(*store_.database_, "UPDATE change SET batch = :batch WHERE no = :no");
  update.bind(":batch", batch_no).bind(":no", change_no).run();
}

void StoreWriter::put_repeat(std::int64_t record_no, const ChangeId& change,
                             std::int64_t batch_no) {
  Statement insert(*store_.database_,
                   "INSERT INTO repeat(record, id, batch) VALUES (:record, :id, :batch) "
                   "ON CONFLICT DO NOTHING");
  insert.bind(":record", record_no).bind(":id", change).bind(":batch", batch_no).run();
}

void StoreWriter::unseal(std::int64_t batch_no, const NodeId& own) {
  Statement update(*store_.database_,
                   "UPDATE change SET batch = NULL WHERE batch = :batch AND author IN "
                   "(SELECT no FROM author WHERE node = :node)");
  update.bind(":batch", batch_no).bind(":node", own).run();
}

void StoreWriter::set_holding(const StoredChange& stored, Holding holding) {
  if (stored.holding == holding) return;
  Statement update(*store_.database_, "UPDATE change SET holding = :holding WHERE no = :no");
  update.bind(":holding", static_cast<int>(holding)).bind(":no", stored.no).run();
  count(stored.change.compartment, stored.holding, -1);
  count(stored.change.compartment, holding, +1);
}

void StoreWriter::erase_contents(std::int64_t record_no) {
  Statement update(*store_.database_,
                   "UPDATE change SET writes = x'', reason = '', person = NULL, settles = x'' "
                   "WHERE record = :record");
  update.bind(":record", record_no).run();
}

// --- findings ------------------------------------------------------------------------------------

void StoreWriter::put_finding(const FindingId& id, const std::string& key, ByteView bytes,
                              const std::vector<std::int64_t>& records) {
  Statement insert(*store_.database_,
                   "INSERT INTO finding(id, key, bytes) VALUES (:id, :key, :bytes) "
                   "ON CONFLICT(id) DO UPDATE SET bytes = excluded.bytes");
  insert.bind(":id", id).bind(":key", key).bind(":bytes", bytes).run();
  for (const std::int64_t record : records) {
    Statement link(*store_.database_,
                   "INSERT INTO finding_record(record, finding) VALUES (:record, :finding) "
                   "ON CONFLICT DO NOTHING");
    link.bind(":record", record).bind(":finding", id).run();
  }
}

void StoreWriter::remove_findings_of(std::int64_t record_no) {
  std::vector<FindingId> gone;
  {
    Statement rows(*store_.database_, "SELECT finding FROM finding_record WHERE record = :record");
    rows.bind(":record", record_no);
    while (rows.step()) gone.push_back(rows.block<FindingId>(0));
  }
  for (const FindingId& id : gone) {
    Statement unlink(*store_.database_, "DELETE FROM finding_record WHERE finding = :id");
    unlink.bind(":id", id).run();
    Statement remove(*store_.database_, "DELETE FROM finding WHERE id = :id");
    remove.bind(":id", id).run();
  }
}

// --- counters ------------------------------------------------------------------------------------

void StoreWriter::count(const CompartmentId& compartment, Holding holding,
                        std::int64_t difference) {
  counted_[compartment][static_cast<std::size_t>(holding)] += difference;
}

void StoreWriter::write_tally() {
  for (const auto& [compartment, differences] : counted_) {
    for (std::size_t holding = 0; holding < kHoldings; ++holding) {
      if (differences[holding] == 0) continue;
      Statement add(*store_.database_,
                    "INSERT INTO tally(compartment, holding, changes) VALUES (:compartment, "
                    ":holding, :changes) ON CONFLICT(compartment, holding) "
                    "DO UPDATE SET changes = changes + excluded.changes");
      add.bind(":compartment", compartment_no(compartment)).bind(":holding", holding);
      add.bind(":changes", differences[holding]).run();
    }
  }
  counted_.clear();
}

void StoreWriter::set_own(const std::string& name, ByteView value) {
  Statement put(*store_.database_,
                "INSERT INTO own(name, value) VALUES (:name, :value) "
                "ON CONFLICT(name) DO UPDATE SET value = excluded.value");
  put.bind(":name", name).bind(":value", value).run();
}

void StoreWriter::set_own_number(const std::string& name, std::uint64_t number) {
  Bytes value(8);
  for (std::size_t i = 0; i < 8; ++i) value[i] = static_cast<std::uint8_t>(number >> (8 * i));
  set_own(name, value);
}

}  // namespace jiyao
