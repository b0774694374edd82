// schema/store.h - one level file: the changes of one level, and what is shown of them.
//
// Holds facts (changes, the batches looked into) and what is computed from them (records, keys,
// search, findings). What they mean is decided above (sync/replica.h); this is their place.
// One connection, one strand. Reads need no transaction; every write goes through a StoreWriter and
// is durable, all of it or nothing, when its commit() returns. Throws StorageFailure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schema/change.h"
#include "schema/database.h"
#include "schema/late_records.h"
#include "schema/list_terms.h"
#include "schema/search.h"

namespace jiyao {

/// How a change is held; known = the sum over all of these (P2).
enum class Holding : std::uint8_t { applied, pending_parent, pending_program, quarantined, purged };
inline constexpr std::uint8_t kHoldings = 5;

/// Whether a batch's body could be read.
enum class Content : std::uint8_t { waits_for_key, opened, undecodable };

/// Verdict and ground of sync/roster.h, as numbers.
struct Judged {
  std::uint8_t verdict = 0, ground = 0;
  friend bool operator==(const Judged&, const Judged&) = default;
};

struct StoredBatch {
  std::int64_t no = 0;  ///< local; 0: not stored yet
  BatchId id;
  CompartmentId compartment;
  Author author;
  RosterPoint roster;
  std::uint32_t changes = 0;  ///< as its header says
  std::uint32_t repeats = 0;  ///< of these, brought before by another batch
  Content content = Content::waits_for_key;
  Judged judged;
};

struct StoredChange {
  std::int64_t no = 0;  ///< local, as they came; 0: not stored yet
  ChangeId id;
  Change change;           ///< purged: without writes and reason
  std::int64_t batch = 0;  ///< no of the batch that brought it; 0: own and unsealed
  Holding holding = Holding::applied;
  Judged judged;
};

/// Facts about a record that lists are filtered by.
enum RecordFlag : std::uint32_t {
  kShown = 1,  ///< at least one change is applied
  kConflicted = 2,
  kVoid = 4,
  kClosed = 8,  ///< moved to another compartment
  kFrozen = 16,
};
/// Those that decide whether a search wants a record (schema/word_index.h).
inline constexpr std::uint32_t kShelfFlags = kShown | kVoid | kClosed;

/// What a file keeps of a merged record, beside its changes.
struct ShownRecord {
  std::int64_t no = 0;  ///< local key, newest first by descending no; 0: not stored yet
  RecordId record;
  CompartmentId compartment;
  LedgerName ledger;
  std::uint32_t flags = 0;
  Level level = Level::public_;  ///< of the row itself; above the file's level: raised in place
  Digest state;                  ///< H(state | merged record)
  std::string text;              ///< folded (schema/search.h)
  /// Claims, citations, indexed fields, and what lists are filtered by; sorted, unique.
  std::vector<std::string> keys;
};

/// A record that is shown with another term than its keys say: in another state than the merged one
/// (a `hold` of sync/check.h).
struct ShownOtherwise {
  std::string term, instead;
};

/// What to look for. Newest first, `no` below `before`.
struct RecordQuery {
  std::optional<LedgerName> ledger;
  std::vector<OfficeId> offices;  ///< of one of these; empty: of any
  SearchQuery text;
  std::vector<std::string> keys;  ///< all must be there; no list terms
  ListFilter filter;
  std::map<std::int64_t, ShownOtherwise> otherwise;  ///< by record; few
  std::uint32_t flags_all = kShown, flags_none = 0;
  Level level_max = Level::top_secret;
  std::int64_t before = INT64_MAX;
  std::size_t limit = 50;
};

class StoreWriter;

class Store {
 public:
  /// Opens the file, or makes it if there is none.   errors: of Database::open() and migrate();
  /// not_for_us: it is of another realm or level
  static Result<Store> open(Files& files, const Path& path, const FileId& id, const Secret<32>& key,
                            const RealmId& realm, Level level);
  Store(Store&&) = default;
  Level level() const { return level_; }

  std::vector<StoredChange> changes(std::int64_t record_no) const;  ///< by change id
  std::vector<StoredChange> changes(const ShownRecord& record) const;
  std::optional<std::int64_t> record_no(const RecordId& id, const CompartmentId& in,
                                        const LedgerName& ledger) const;
  std::optional<ShownRecord> record(std::int64_t no) const;
  std::optional<ShownRecord> record(const RecordId& id) const;
  std::vector<std::int64_t> record_nos() const;
  std::vector<std::int64_t> record_nos(const RecordId& id) const;  ///< of every compartment, ledger

  /// Own changes not yet in a batch, by (author, n): at most `limit` of those behind `after`.
  std::vector<StoredChange> unsealed(std::size_t limit, const StoredChange* after = nullptr) const;
  std::uint64_t unsealed_count() const;

  std::optional<StoredBatch> batch(const BatchId& id) const;
  std::optional<StoredBatch> batch(std::int64_t no) const;
  std::vector<StoredBatch> batches() const;  ///< in the order they were looked into
  std::uint64_t batch_count(const CompartmentId& compartment) const;
  std::vector<std::int64_t> repeats_of(std::int64_t record_no, const ChangeId& change) const;

  std::vector<std::int64_t> find(const RecordQuery& query) const;
  std::uint64_t count(const RecordQuery& query) const;
  /// Would find() give this record, whatever the limit?
  bool finds(const RecordQuery& query, std::int64_t no) const;
  std::vector<std::int64_t> with_key(const std::string& key) const;

  bool has_findings() const;
  std::vector<Bytes> findings() const;
  std::vector<Bytes> findings_of(std::int64_t record_no) const;
  /// Records that stand in an open finding of this key.
  std::vector<std::int64_t> records_of_findings(const std::string& key) const;

  /// Changes by compartment and holding, as kept; and counted anew from the rows (verify).
  using Tally = std::map<CompartmentId, std::array<std::uint64_t, kHoldings>>;
  Tally tally() const;
  Tally recount() const;
  /// Record id and state digest of every shown record of a compartment, by record id; one at a
  /// time, for a register may be longer than memory should hold.
  void each_state(const CompartmentId& compartment,
                  const std::function<void(const RecordId&, const Digest&)>& take) const;
  std::vector<CompartmentId> compartments() const;

  std::optional<Bytes> own(const std::string& name) const;
  std::uint64_t own_number(const std::string& name) const;  ///< 0: never set

  PageReport verify_pages() { return database_->verify_pages(); }
  void checkpoint() { database_->checkpoint(); }

 private:
  friend class StoreWriter;
  Store(Database database, const RealmId& realm, Level level);
  StoredChange change_in(const Statement& row, const ShownRecord& record) const;
  StoredBatch batch_in(const Statement& row) const;
  ShownRecord record_in(const Statement& row) const;
  bool wants(const RecordQuery& query, const ShelfMark& mark) const;
  bool is_wanted(const RecordQuery& query, const Statement& row, bool is_indexed) const;
  bool is_wanted(const RecordQuery& query, std::int64_t no, bool is_indexed) const;
  bool is_wanted(const RecordQuery& query, std::int64_t no, const Findable& shown) const;
  const LateRecords::ByNo& apart(const RecordQuery& query, LateRecords::ByNo& made) const;
  template <class Take>
  void walk(const RecordQuery& query, Take take) const;
  template <class Take>
  void walk_keys(const RecordQuery& query, Take take) const;
  std::vector<std::int64_t> find_indexed(const RecordQuery& query) const;
  std::uint64_t count_indexed(const RecordQuery& query) const;
  void load_names();
  void load_late();
  void index_words_anew();

  std::unique_ptr<Database> database_;  // statements point at it, so it stays where it is
  RealmId realm_;
  Level level_;
  /// What rows call by a number.
  struct Names {
    std::map<std::int64_t, CompartmentId> compartments;
    std::map<CompartmentId, std::int64_t> compartment_nos;
    std::map<std::int64_t, Author> authors;
    std::map<Author, std::int64_t> author_nos;
    std::map<std::int64_t, LedgerName> ledgers;
    std::map<LedgerName, std::int64_t> ledger_nos;
  };
  bool names_are_stale_ = false;  ///< a writer gave up: some names were never stored
  Names names_;
  LateRecords late_;
  WordIndex words_;
};

/// One transaction over a level file. What is not committed has not happened.
class StoreWriter {
 public:
  /// Who helps with what an index is fed, if anybody does.
  explicit StoreWriter(Store& store, Helper* helper = nullptr);
  ~StoreWriter();
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;

  /// Gives the batch its number, or updates content, repeats and judgement of a known one.
  void put(StoredBatch& batch);
  /// Records are numbered by the time in their id: this id is of a later time than every record
  /// shown here, so none has it. False says nothing.
  bool is_newer_than_all(const RecordId& id) const;
  /// A number for a record that is not there yet; show() makes its row.
  std::int64_t make_record(const Change& any_change_of_it);
  /// Takes back make_record() as long as nothing hangs on it.
  void remove_record(std::int64_t record_no) { made_.erase(record_no); }
  /// Gives a new change of a record its number, or updates batch and judgement of a known one.
  void put(std::int64_t record_no, StoredChange& change);
  /// Only the batch of a known change that had none.
  void put_batch(std::int64_t change_no, std::int64_t batch_no);
  void put_repeat(std::int64_t record_no, const ChangeId& change, std::int64_t batch_no);
  /// Own changes of a batch that the log lost are unsealed again.
  void unseal(std::int64_t batch_no, const NodeId& own);
  /// Only how a known change is held; nothing is written if that is so already.
  void set_holding(const StoredChange& as_stored, Holding holding);
  /// Takes writes, reasons and signatures of all changes of a record out (purge).
  void erase_contents(std::int64_t record_no);
  /// What is shown of a record from now on, with its keys and its place in the search index.
  void show(const ShownRecord& before, const ShownRecord& now);

  void put_finding(const FindingId& id, const std::string& key, ByteView bytes,
                   const std::vector<std::int64_t>& records);
  void remove_findings_of(std::int64_t record_no);

  void set_own(const std::string& name, ByteView value);
  void set_own_number(const std::string& name, std::uint64_t number);

  void commit();  ///< durable on return

 private:
  std::int64_t compartment_no(const CompartmentId& compartment);
  std::int64_t author_no(const Author& author);
  std::int64_t ledger_no(const LedgerName& ledger);
  void count(const CompartmentId& compartment, Holding holding, std::int64_t difference);
  void write_row(const ShownRecord& now, bool is_new);
  ShelfMark mark_of(const ShownRecord& record);
  void write_index();
  void index_all();
  void write_keys();
  void write_tally();

  Store& store_;
  Helper* helper_;
  Transaction transaction_;
  bool is_committed_ = false, has_indexed_all_ = false;
  std::set<std::int64_t> made_;  ///< records without a row yet
  /// Of the records shown in this transaction: how they stood among the late ones.
  std::map<std::int64_t, LateRecords::Taken> late_before_;
  std::int64_t newest_ = 0;  ///< greatest number of a record with a row
  std::map<CompartmentId, std::array<std::int64_t, kHoldings>> counted_;
};

}  // namespace jiyao
