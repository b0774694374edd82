// schema/store.cpp - opening a level file and reading what it holds (schema/store.h).
#include "schema/store.h"

#include <algorithm>

#include "schema/store_rows.h"

namespace jiyao {

Store::Store(Database database, const RealmId& realm, Level level)
    : database_(std::make_unique<Database>(std::move(database))),
      realm_(realm),
      level_(level),
      words_(*database_) {}

Result<Store> Store::open(Files& files, const Path& path, const FileId& id, const Secret<32>& key,
                          const RealmId& realm, Level level) {
  const bool is_new = !files.exists(path);
  auto database = Database::open(files, path, id, key,
                                 is_new ? Database::Access::create : Database::Access::read_write);
  if (!database) return database.error();
  if (auto migrated = database->migrate(migrations("level")); !migrated) return migrated.error();
  Store store(std::move(*database), realm, level);
  const Bytes rank{static_cast<std::uint8_t>(level)};
  if (!store.own("realm")) {
    StoreWriter writer(store);
    writer.set_own("realm", realm.view());
    writer.set_own("level", rank);
    writer.commit();
  }
  if (store.own("realm") != Bytes(realm.bytes.begin(), realm.bytes.end()) ||
      store.own("level") != rank)
    return Error{Errc::not_for_us, "level file of another realm or level: " + path};
  store.load_names();
  store.index_words_anew();
  store.load_late();
  return store;
}

// All of them or, when it throws, those of before.
void Store::load_names() {
  Names fresh;
  Statement compartments(*database_, "SELECT no, office FROM compartment");
  while (compartments.step()) {
    const CompartmentId compartment{compartments.block<OfficeId>(1), level_};
    fresh.compartments[compartments.integer(0)] = compartment;
    fresh.compartment_nos[compartment] = compartments.integer(0);
  }
  Statement authors(*database_, "SELECT no, node, incarnation FROM author");
  while (authors.step()) {
    const Author author{authors.block<NodeId>(1), authors.block<IncarnationId>(2)};
    fresh.authors[authors.integer(0)] = author;
    fresh.author_nos[author] = authors.integer(0);
  }
  Statement ledgers(*database_, "SELECT no, name FROM ledger");
  while (ledgers.step()) {
    const LedgerName ledger(ledgers.text(1));
    fresh.ledgers[ledgers.integer(0)] = ledger;
    fresh.ledger_nos[ledger] = ledgers.integer(0);
  }
  names_ = std::move(fresh);
}

// --- changes -------------------------------------------------------------------------------------

StoredChange Store::change_in(const Statement& row, const ShownRecord& record) const {
  StoredChange stored;
  stored.id = row.block<ChangeId>(0);
  Change& change = stored.change;
  const Author& author = names_.authors.at(row.integer(1));
  change.realm = realm_;
  change.compartment = record.compartment;
  change.record = record.record;
  change.ledger = record.ledger;
  change.origin = {author.node, author.incarnation, static_cast<std::uint64_t>(row.integer(2))};
  change.act = row.block<ActId>(3);
  change.kind = static_cast<ChangeKind>(row.integer(4));
  change.ruleset = static_cast<std::uint32_t>(row.integer(5));
  change.hlc = static_cast<Hlc>(row.integer(6));
  change.actor = row.block<UserId>(7);
  change.parents = unpacked_ids(row.blob(8));
  change.settles = unpacked_ids(row.blob(9));
  change.writes = unpacked_writes(row.blob(10));
  change.reason = row.text(11);
  if (!row.is_null(12)) change.person = row.block<Signature>(12);
  stored.batch = row.is_null(13) ? 0 : row.integer(13);
  stored.holding = static_cast<Holding>(row.integer(14));
  stored.judged = {static_cast<std::uint8_t>(row.integer(15)),
                   static_cast<std::uint8_t>(row.integer(16))};
  stored.no = row.integer(17);
  return stored;
}

std::vector<StoredChange> Store::changes(std::int64_t record_no) const {
  const std::optional<ShownRecord> record = this->record(record_no);
  return record ? changes(*record) : std::vector<StoredChange>{};
}

std::vector<StoredChange> Store::changes(const ShownRecord& record) const {
  std::vector<StoredChange> found;
  Statement rows(*database_,
                 "SELECT id, author, n, act, kind, ruleset, hlc, actor, parents, settles, writes, "
                 "reason, person, batch, holding, verdict, ground, no "
                 "FROM change WHERE record = :record ORDER BY id");
  rows.bind(":record", record.no);
  while (rows.step()) found.push_back(change_in(rows, record));
  return found;
}

std::vector<StoredChange> Store::unsealed(std::size_t limit, const StoredChange* after) const {
  std::vector<StoredChange> found;
  Statement rows(
      *database_,
      "SELECT c.id, author, n, act, kind, ruleset, hlc, actor, parents, settles, writes, reason, "
      "person, batch, holding, verdict, ground, c.no, r.no, r.id, r.compartment, r.ledger "
      "FROM change c INDEXED BY change_unsealed CROSS JOIN record r ON r.no = c.record "
      "WHERE batch IS NULL AND (author, n) > (:author, :n) ORDER BY author, n LIMIT :limit");
  const Origin last = after == nullptr ? Origin{} : after->change.origin;
  rows.bind(":author", after == nullptr ? 0 : names_.author_nos.at({last.node, last.incarnation}));
  rows.bind(":n", static_cast<std::int64_t>(last.n));
  rows.bind(":limit", static_cast<std::int64_t>(std::min<std::size_t>(limit, INT64_MAX)));
  ShownRecord record;
  while (rows.step()) {
    record.no = rows.integer(18);
    record.record = rows.block<RecordId>(19);
    record.compartment = names_.compartments.at(rows.integer(20));
    record.ledger = names_.ledgers.at(rows.integer(21));
    found.push_back(change_in(rows, record));
  }
  return found;
}

std::uint64_t Store::unsealed_count() const {
  Statement row(*database_,
                "SELECT count(*) FROM change INDEXED BY change_unsealed WHERE batch IS NULL");
  return row.step() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

std::vector<std::int64_t> Store::repeats_of(std::int64_t record_no, const ChangeId& change) const {
  std::vector<std::int64_t> found;
  Statement rows(*database_, "SELECT batch FROM repeat WHERE record = :record AND id = :id");
  rows.bind(":record", record_no).bind(":id", change);
  while (rows.step()) found.push_back(rows.integer(0));
  return found;
}

// --- batches -------------------------------------------------------------------------------------

StoredBatch Store::batch_in(const Statement& row) const {
  StoredBatch batch;
  batch.no = row.integer(0);
  batch.id = row.block<BatchId>(1);
  batch.compartment = names_.compartments.at(row.integer(2));
  batch.author = names_.authors.at(row.integer(3));
  batch.roster = {static_cast<std::uint64_t>(row.integer(4)), row.block<Digest>(5)};
  batch.changes = static_cast<std::uint32_t>(row.integer(6));
  batch.repeats = static_cast<std::uint32_t>(row.integer(7));
  batch.content = static_cast<Content>(row.integer(8));
  batch.judged = {static_cast<std::uint8_t>(row.integer(9)),
                  static_cast<std::uint8_t>(row.integer(10))};
  return batch;
}

std::optional<StoredBatch> Store::batch(const BatchId& id) const {
  Statement row(*database_,
                "SELECT no, id, compartment, author, roster_seq, roster_hash, changes, repeats, "
                "content, verdict, ground FROM batch WHERE id = :id");
  if (!row.bind(":id", id).step()) return std::nullopt;
  return batch_in(row);
}

std::optional<StoredBatch> Store::batch(std::int64_t no) const {
  Statement row(*database_,
                "SELECT no, id, compartment, author, roster_seq, roster_hash, changes, repeats, "
                "content, verdict, ground FROM batch WHERE no = :no");
  if (!row.bind(":no", no).step()) return std::nullopt;
  return batch_in(row);
}

std::vector<StoredBatch> Store::batches() const {
  std::vector<StoredBatch> found;
  Statement rows(*database_,
                 "SELECT no, id, compartment, author, roster_seq, roster_hash, changes, repeats, "
                 "content, verdict, ground FROM batch ORDER BY no");
  while (rows.step()) found.push_back(batch_in(rows));
  return found;
}

std::uint64_t Store::batch_count(const CompartmentId& compartment) const {
  const auto no = names_.compartment_nos.find(compartment);
  if (no == names_.compartment_nos.end()) return 0;
  Statement row(*database_, "SELECT count(*) FROM batch WHERE compartment = :compartment");
  return row.bind(":compartment", no->second).step() ? static_cast<std::uint64_t>(row.integer(0))
                                                     : 0;
}

// --- findings, tallies, own values ---------------------------------------------------------------

bool Store::has_findings() const {
  Statement row(*database_, "SELECT 1 FROM finding LIMIT 1");
  return row.step();
}

std::vector<Bytes> Store::findings() const {
  std::vector<Bytes> found;
  Statement rows(*database_, "SELECT bytes FROM finding ORDER BY id");
  while (rows.step()) found.emplace_back(rows.blob(0).begin(), rows.blob(0).end());
  return found;
}

std::vector<Bytes> Store::findings_of(std::int64_t record_no) const {
  std::vector<Bytes> found;
  Statement rows(*database_,
                 "SELECT f.bytes FROM finding_record r JOIN finding f ON f.id = r.finding "
                 "WHERE r.record = :record ORDER BY f.id");
  rows.bind(":record", record_no);
  while (rows.step()) found.emplace_back(rows.blob(0).begin(), rows.blob(0).end());
  return found;
}

std::vector<std::int64_t> Store::records_of_findings(const std::string& key) const {
  std::vector<std::int64_t> found;
  Statement rows(*database_,
                 "SELECT DISTINCT r.record FROM finding f JOIN finding_record r "
                 "ON r.finding = f.id WHERE f.key = :key ORDER BY 1");
  rows.bind(":key", key);
  while (rows.step()) found.push_back(rows.integer(0));
  return found;
}

Store::Tally Store::tally() const {
  Tally tally;
  for (const auto& [no, compartment] : names_.compartments) tally[compartment] = {};
  Statement rows(*database_, "SELECT compartment, holding, changes FROM tally");
  while (rows.step())
    tally[names_.compartments.at(rows.integer(0))][static_cast<std::size_t>(rows.integer(1))] =
        static_cast<std::uint64_t>(rows.integer(2));
  return tally;
}

Store::Tally Store::recount() const {
  Tally tally;
  for (const auto& [no, compartment] : names_.compartments) tally[compartment] = {};
  Statement rows(*database_,
                 "SELECT r.compartment, c.holding, count(*) FROM change c "
                 "JOIN record r ON r.no = c.record GROUP BY 1, 2");
  while (rows.step())
    tally[names_.compartments.at(rows.integer(0))][static_cast<std::size_t>(rows.integer(1))] =
        static_cast<std::uint64_t>(rows.integer(2));
  return tally;
}

void Store::each_state(const CompartmentId& compartment,
                       const std::function<void(const RecordId&, const Digest&)>& take) const {
  const auto no = names_.compartment_nos.find(compartment);
  if (no == names_.compartment_nos.end()) return;
  Statement rows(*database_,
                 "SELECT id, state FROM record WHERE compartment = :compartment AND flags & 1 "
                 "ORDER BY id");
  rows.bind(":compartment", no->second);
  while (rows.step()) take(rows.block<RecordId>(0), rows.block<Digest>(1));
}

std::vector<CompartmentId> Store::compartments() const {
  std::vector<CompartmentId> found;
  for (const auto& [compartment, no] : names_.compartment_nos) found.push_back(compartment);
  return found;
}

std::optional<Bytes> Store::own(const std::string& name) const {
  Statement row(*database_, "SELECT value FROM own WHERE name = :name");
  if (!row.bind(":name", name).step()) return std::nullopt;
  return Bytes(row.blob(0).begin(), row.blob(0).end());
}

std::uint64_t Store::own_number(const std::string& name) const {
  const std::optional<Bytes> value = own(name);
  std::uint64_t number = 0;
  if (value)
    for (std::size_t i = value->size(); i > 0; --i) number = number << 8 | (*value)[i - 1];
  return number;
}

}  // namespace jiyao
