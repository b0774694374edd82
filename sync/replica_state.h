// sync/replica_state.h - what a Replica is made of inside, and the steps its verbs share.
//
// Only replica*.cpp and tests that assemble a replica from parts include this.
#pragma once

#include <map>
#include <set>
#include <unordered_set>

#include "schema/second_core.h"
#include "schema/store.h"
#include "sync/incarnation.h"
#include "sync/keeper.h"
#include "sync/log_file.h"
#include "sync/replica.h"
#include "sync/seal.h"

namespace jiyao {

/// What stands around the level files.
struct ReplicaParts {
  Env& env;
  Path folder;
  Unlocked unlocked;
  Path anchor;  ///< file of sync/incarnation.h, outside the folder
  std::unique_ptr<LogFile> log;
  Definitions definitions;
};

struct Replica::State {
  explicit State(ReplicaParts parts_in)
      : parts(std::move(parts_in)), keys(parts.unlocked.node, *parts.unlocked.node_box) {}

  ReplicaParts parts;
  GrantedKeys keys;
  std::optional<Life> life;  ///< from assemble() on
  std::map<Level, Store> stores;
  /// Batches each level file has looked into; what the log holds beyond these is to be integrated.
  std::map<Level, std::unordered_set<BatchId, BlockHash>> seen;
  mutable std::map<BatchId, std::uint32_t> header_counts;  ///< of batches of closed levels
  std::set<RecordId> purged;
  WorkCalendar calendar;         ///< built in, then imported here
  Digest known_grants;           ///< of the grants to us that `keys` was made from
  bool has_untried_keys = true;  ///< waiting batches were not all tried with `keys` yet
  Hlc last_hlc = 0;
  std::unique_ptr<Helper> helper;  ///< nullptr: everything is done on the strand

  LogFile& log() const { return *parts.log; }
  Author author() const { return {parts.unlocked.node, life->incarnation()}; }
  Store* store(Level level);
  const Store* store(Level level) const;
  Level clearance() const;  ///< of the person, by the roster of now
  Hlc next_hlc();
  /// Takes in the grants of the log. True if there are others than before.
  bool refresh_keys();
};

/// Levels whose files lie in the folder and are not open: what is in them nobody here looked at.
std::vector<Level> closed_levels(const Replica::State& replica);
/// Opens the level files over parts that are there already, and heals what a crash left.
///   errors: of Store::open()
Result<std::unique_ptr<Replica::State>> assemble(ReplicaParts parts);

// --- judging (replica_judge.cpp) -----------------------------------------------------------------

Judged judged_from(const Standing& standing);
Standing standing_from(const Judged& judged);

/// Says of changes what the roster and the definitions say. One per operation: it remembers people.
class Judge {
 public:
  Judge(const Roster& roster, const Definitions& definitions, const BatchLog& log);
  /// Does the header let it count?
  Standing of_batch(const SealedBatch& batch) const { return roster_.standing(batch, log_); }
  /// Does the change count, made under this roster point, in a batch of this standing?
  Standing of_change(const Change& change, const RosterPoint& at, const Standing& batch) const;
  /// For merge(): the same, and whose right it was.
  JudgedChange for_merge(const StoredChange& stored, std::uint64_t roster_seq) const;
  const Roster& roster() const { return roster_; }
  const Definitions& definitions() const { return definitions_; }

 private:
  Roster roster_;
  Definitions definitions_;
  const BatchLog& log_;
};

// --- one transaction over one level file (replica_work.cpp) --------------------------------------

/// A record while it is worked on.
struct Workpiece {
  ShownRecord before;
  std::vector<StoredChange> changes;
  const LedgerDefinition* definition = nullptr;
  RecordState state;
  bool is_merged = false;  ///< state is that of changes
  bool is_new = false;     ///< made in this transaction
};

/// Which record a change is about.
struct RecordAt {
  RecordId record;
  CompartmentId compartment;
  LedgerName ledger;
  explicit RecordAt(const Change& change)
      : record(change.record), compartment(change.compartment), ledger(change.ledger) {}
};

/// From changes to what is shown: put changes in, touch what must be computed anew, finish().
/// Unless finish() returns, nothing has happened.
class LevelWork {
 public:
  LevelWork(Replica::State& replica, Store& store);

  StoreWriter& writer() { return writer_; }
  const Judge& judge() const { return judge_; }
  const RosterPoint& point() const { return point_; }  ///< what this file has applied
  void set_point(const RosterPoint& point);

  /// Takes in a change, own (batch 0) or of a batch with this roster point. False: it was known,
  /// and only its batches and standing are brought up to date.
  bool add(StoredChange change, const RosterPoint& at);
  /// Takes back an own new change of this transaction.
  void take_back(const RecordAt& at, const ChangeId& id);
  /// The standing of a change, after that of one of its batches changed.
  void judge_again(const Change& change, const ChangeId& id, const StoredBatch& batch);
  /// Computes this record anew in finish().
  void touch(std::int64_t record_no);
  /// The record's state from what was put in so far; nullptr: not in this file.
  const Workpiece* look(const RecordId& record);
  /// Merges, shows, checks the neighbourhood, and commits.
  void finish();

 private:
  Workpiece& load(std::int64_t record_no);
  Workpiece& merged(std::int64_t record_no);
  std::optional<std::int64_t> find(const RecordAt& at);
  void write_changes(std::int64_t record_no, Workpiece& piece);
  /// What is shown of a record from now on, and all it is found by or seeks.
  struct ToShow {
    ShownRecord now;
    std::vector<std::string> keys;
  };
  void know_rosters(const Workpiece& piece);  ///< before merge_now(): reads the file
  void merge_now(Workpiece& piece) const;     ///< reads no file: on any thread
  ToShow to_show(Workpiece& piece) const;     ///< the same
  void show(Workpiece& piece, ToShow shown);
  void show_touched();
  void check_compartments();
  void check_touched(const std::set<std::int64_t>& touched);
  std::set<std::int64_t> to_check(const std::set<std::int64_t>& touched);
  std::set<std::int64_t> with_findings_of(const std::set<std::int64_t>& touched) const;
  std::set<std::int64_t> cited_by(const std::set<std::int64_t>& citing);
  std::set<std::int64_t> asking(const std::set<std::int64_t>& touched);
  const std::vector<std::string>& keys_of(std::int64_t record_no);
  const std::vector<std::int64_t>& providers_of(const std::string& sought);
  std::set<std::int64_t> neighbours_of(std::int64_t record_no);
  std::uint64_t roster_seq_of(const StoredChange& change);
  bool is_better(const StoredChange& one, const StoredChange& other);

  Replica::State& replica_;
  Store& store_;
  StoreWriter writer_;
  Judge judge_;
  RosterPoint point_;
  std::map<std::int64_t, Workpiece> pieces_;
  std::multimap<RecordId, std::int64_t> made_;  ///< records that have no row yet
  std::set<std::int64_t> touched_;
  /// Of touched ones, before and after; of others as they are shown.
  std::map<std::int64_t, std::vector<std::string>> keys_;
  std::map<std::string, std::vector<std::int64_t>> providers_;  ///< by what is sought
  std::map<std::int64_t, std::uint64_t> roster_seqs_;           ///< of batches, by their number
};

/// The roster point a level file has applied.
RosterPoint point_of(const Store& store);
/// A record's merged state as stored, outside any transaction.
RecordState merged_state(const Replica::State& replica, const Store& store,
                         const ShownRecord& record);
/// The same with the stored changes at hand.
RecordState merged_state(const Replica::State& replica, const Store& store,
                         const ShownRecord& record, const std::vector<StoredChange>& changes);

/// How far one change has come, by the receipts held.
Stage stage_of(const Replica::State& replica, const Store& store, const StoredChange& change);

// --- words and keys of a record (replica_keys.cpp)
// ------------------------------------------------

/// First character of a key in a level file: what kind of key it is.
inline constexpr char kSharesMark = 's', kSeeksMark = 'k', kProvidesMark = 'p', kFieldMark = 'f',
                      kFindingMark = '!';

/// What a level file holds for a key: its mark, then the key, or a digest of a long one.
std::string stored_key(char mark, std::string_view key);
/// The indexed form of a field's value: as schema/number_key.h folds it.
std::string field_key(std::string_view field, std::string_view value);
/// What lists are filtered by (schema/list_terms.h): "state", "level", "unit", "holder" or "name".
std::string list_term(std::string_view what, std::string_view value);
/// Shared by the rows of a ledger that a reminder may name: all it says but the day holds.
std::string watch_key(std::string_view ledger);
/// Is this field looked up by key? Numbers and what makes a record unique.
bool is_indexed(const LedgerDefinition& definition, std::size_t field_index);
/// Everything a record is found by or meets others by, sorted, unique: claims (sync/check.h) and
/// indexed fields.
std::vector<std::string> record_keys(const LedgerDefinition& definition, const RecordId& record,
                                     const RecordState& state);
/// Of these what a level file keeps: not the record's own id, nor what it only seeks.
std::vector<std::string> kept_keys(const RecordId& record, std::vector<std::string> keys);
/// The key of all that cite this record.
std::string citation_key(const RecordId& record);
/// The record that this key cites, if it is such a key.
std::optional<RecordId> cited_record(std::string_view stored_key);
/// Folded text of the search fields, every value that is shown or in conflict.
std::string search_text(const LedgerDefinition& definition, const RecordState& state);
/// H(state | merged record), for the state digest.
Digest state_digest(const LedgerDefinition& definition, const RecordState& state);

// --- batches into a level file (replica_catch_up.cpp) --------------------------------------------

/// Brings one level file up to `batches_max` further batches of the log.
/// `has_new_keys`: batches that waited for one are tried again.
Result<CaughtUp> catch_up_level(Replica::State& replica, Store& store, bool has_new_keys,
                                std::size_t batches_max, const Progress* progress);
/// Hash of the definitions that made what a level file shows.
inline constexpr const char* kDefinitionsName = "definitions";
/// Stands behind it: raised when the program makes other keys, search words or findings of the same
/// record.
inline constexpr std::uint8_t kShowingVersion = 3;
/// A program with other rules shows and checks everything anew, before anybody looks.
void follow_definitions(Replica::State& replica, Store& store);
/// Own changes of one level file into batches, about `batches_max` of them. Returns how many.
Result<int> seal_level(Replica::State& replica, Store& store,
                       int batches_max = Replica::kEveryBatch);
/// Batches that hold own changes, made by a seal_pending() that was cut: integrate them first.
void heal_interrupted_seal(Replica::State& replica, Store& store);
/// Every batch that is not looked into yet, into the level files that are open.
Result<void> show_arrived(Replica::State& replica);

// --- findings as rows (replica_findings.cpp) -----------------------------------------------------

Bytes encode_finding(const Finding& finding);
Finding decode_finding(ByteView bytes);  ///< throws StorageFailure damaged

}  // namespace jiyao
