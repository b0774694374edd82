// sync/replica.h - one office machine: a log.jdb and one level file per open level, and the verbs
// over them.
//
// One strand: a Replica is used by one thread at a time. Each call is one transaction per file it
// touches; after a crash the next open() catches up what was left (every step is idempotent).
//   folder/log.jdb       sealed batches, roster, papers, hand-overs, own state; opens for any user
//   folder/<level>.jdb   changes, merged records, search, findings; while one cleared is logged in
// The anchor (sync/incarnation.h) is never in this folder.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/keyring.h"
#include "schema/definition.h"
#include "schema/files.h"
#include "schema/sealed_pages.h"
#include "schema/working_days.h"
#include "sync/batch_log.h"
#include "sync/check.h"
#include "sync/exchange.h"
#include "sync/merge.h"

namespace jiyao {

struct HandOver;  // schema/hand_over.h
class Helper;     // schema/second_core.h

/// What a clerk wants done to one record; the replica adds origin, parents, time and signature.
struct Step {
  ChangeKind kind = ChangeKind::create;
  LedgerName ledger;
  RecordId record;  ///< create: none (the replica draws it) or one from new_record_id()
  std::vector<Write> writes;
  std::vector<ChangeId> settles;  ///< resolve: exactly the maximal writes; withdraw: the entries
  std::string reason;
};

/// Acts of one level share a transaction of record_many() until they hold so many changes.
inline constexpr std::size_t kImportChangesPerCommit = 2000;

/// The steps of one clerk's act: one compartment, all or nothing, one batch.
struct Act {
  CompartmentId compartment;
  std::vector<Step> steps;  ///< 1..kActChangesMax; a step may cite a record made by an earlier one
};

struct Recorded {
  ActId act;
  std::vector<RecordId> records;  ///< one per step
  std::vector<ChangeId> changes;  ///< one per step
};

/// known = applied + pending + quarantined + purged, always (P2); of one compartment.
struct Counts {
  std::uint64_t known = 0, applied = 0, pending = 0, quarantined = 0, purged = 0;
  std::uint64_t pending_parent = 0, pending_key = 0, pending_login = 0, pending_program = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

/// How far a change has come, for people: 已登记 已封装 已送达 已入馆, and 仅本机 (design.md 5,
/// 14).
enum class Stage : std::uint8_t { recorded, sealed, delivered, applied_by_keeper, local_only };

struct View {
  RecordId record;
  CompartmentId compartment;
  LedgerName ledger;
  RecordState state;        ///< as merged; empty when hidden
  std::string shown_state;  ///< what to show as its state: a `hold` may be below the merged one
  Stage stage = Stage::recorded;  ///< of its change that has come least far
  bool is_hidden = false;         ///< raised above what this user may see (design.md 6, Move)
};

struct Query {
  std::optional<LedgerName> ledger;
  std::optional<CompartmentId> compartment;
  std::vector<OfficeId> owners;    ///< of one of these offices; empty: of any
  std::optional<Level> level;      ///< of the row; of its compartment where it names none
  std::string state;               ///< as shown; empty: any
  std::string from, to;            ///< the day its ledger is listed by, both included; empty: open
  std::vector<std::string> units;  ///< one of these in a column for units; empty: any
  std::vector<std::string> holders;  ///< one of these has the thing (custody); empty: anybody
  std::vector<std::string> names;    ///< called so, where papers have no document number
  std::string text;                  ///< search words; empty: all
  /// Field -> value as typed. Numbers and keys are indexed and normalised (width, brackets, leading
  /// zeros); any other field is compared with what is shown, of the rows that an index can name.
  std::map<std::string, std::string> equals;
  std::optional<RecordId> cites;  ///< rows that name this record
  bool is_watched = false;  ///< only rows that a reminder of their ledger may name, now or later
  bool with_void = true;
  bool with_hidden = false;  ///< count() only: those raised above the reader too
  std::size_t limit = 50;
};
/// Keyset page: pass `after` = last record of the page before; newest first.
struct RecordPage {
  std::vector<View> rows;
  std::optional<RecordId> after;  ///< nullopt: that was all
};

struct HistoryEntry {
  ChangeId id;
  Change change;
  Standing standing;
  bool is_applied = false;
  std::string waiting_for;  ///< "parent", "key", "login", "program" or empty
  Stage stage = Stage::recorded;
};

struct Progress {  ///< called now and then on long work; total 0 = unknown
  std::function<void(std::uint64_t done, std::uint64_t total)> step;
};

struct CaughtUp {
  std::uint64_t batches = 0, changes = 0;
  bool is_complete = true;
};

struct VerifyReport {
  bool is_clean = true;
  std::vector<std::string> faults;  ///< "file: what, where"; stable English codes first, e.g.
                                    ///< "page_damaged secret.jdb 17"
  std::map<CompartmentId, Counts> counts;
  std::map<CompartmentId, CompartmentDigest> digests;
  /// Their files are here, but closed to this person; or hold what was sealed to a key that never
  /// came here (`full`).
  std::vector<Level> unverified;
};

/// Who is at the keyboard: made by unlocking the keyring. Roles and clearance come from the roster.
struct Person {
  UserId user;
  std::shared_ptr<const SigningKey> sign;  // shared with the slot it was unlocked from
};

struct FileAccess {
  FileId id;
  Secret<32> key;
};

/// What an unlocked keyring gives: whose machine, who sits there, which files open.
struct Unlocked {
  RealmId realm;
  NodeId node;
  Person person;
  std::shared_ptr<const SigningKey> node_sign;  // shared with the slot it was unlocked from
  std::shared_ptr<const BoxKey> node_box;
  std::shared_ptr<const Secret<32>> anchor_key;  ///< NodeKeys::mac_key()
  FileAccess log;
  std::map<Level, FileAccess> levels;  ///< those this person is cleared for
};
/// In a keyring a file's entry is named by its FileId and carries its level; log.jdb carries this.
inline constexpr std::uint8_t kLogFileMark = 0xFF;
/// errors: not_found (no key of log.jdb), not_authentic, malformed
Result<Unlocked> unlocked_by(const Keyring& keyring, OpenedSlot slot);

class Replica : public RosterGate {
 public:
  /// Opens log.jdb and every level file this person has a key for (made if absent); compares the
  /// anchor, starts a new incarnation on any doubt. Seals nothing, catches nothing up by itself,
  /// except what an interrupted seal_pending() left. `state_folder` holds the anchor.
  ///   errors: not_found, busy, wrong_key, not_authentic, newer, malformed
  static Result<std::unique_ptr<Replica>> open(Env& env, const Path& folder,
                                               const Path& state_folder, Unlocked unlocked);
  ~Replica() override;

  RecordId new_record_id() const;  ///< for steps of one act that cite a record made in it
  /// Durable on return: validated, ceiling checked, merged, checked, shown.
  ///   errors: invalid, not_allowed, above_ceiling, not_found, not_cleared, conflict, too_large,
  ///   need_roster (this node or person is not in the roster yet)
  Result<Recorded> record(const Act& act);
  /// Many acts, few transactions: each act whole, the bad ones come back with their reason. After a
  /// crash a prefix is there.
  std::vector<Result<Recorded>> record_many(std::span<const Act> acts,
                                            const Progress* progress = nullptr);
  /// Packs whole acts into batches, seals, signs, appends to the log. Returns batches made; fewer
  /// than `batches_max` of a level say that it has no more to seal.
  ///   errors: unavailable (no epoch key of a compartment yet: its changes stay unsealed)
  Result<int> seal_pending(int batches_max = kEveryBatch);
  static constexpr int kEveryBatch = std::numeric_limits<int>::max();
  /// Seals what was recorded under the roster so far. Called by an Exchange.
  Result<void> before_roster(ByteView record) override;
  /// log.jdb -> open level files: roster, grants and batches. Call until complete.
  Result<CaughtUp> catch_up(std::size_t batches_max, const Progress* progress = nullptr);

  /// From now on batches are sealed and opened beside this strand, if somebody lends a hand. What
  /// is recorded, sealed and shown is the same with and without.
  void work_with(std::unique_ptr<Helper> helper);

  BatchLog& log();
  Roster roster() const;
  const Definitions& definitions() const;
  /// The tables of holidays this machine has: those built in and those imported here.
  const WorkCalendar& calendar() const;
  /// Adds a year, or replaces its table: a local fact of this machine, in log.jdb, durable on
  /// return.
  ///   json     as schema/holidays/2026.json; errors: invalid, with the rule
  Result<int> import_holidays(std::string_view json);
  NodeId node() const;
  Author author() const;  ///< node and current incarnation
  const Person& person() const;
  const SigningKey& node_key() const;
  const BoxKey& node_box() const;
  std::vector<Level> open_levels() const;
  /// Could the person at the keyboard record in this compartment, on this machine, now?
  ///   errors: need_roster, revoked, above_ceiling, not_cleared, not_allowed
  Result<void> may_record(const CompartmentId& compartment) const;

  Result<View> view(const RecordId& record) const;  ///< errors: not_found
  RecordPage search(const Query& query, const std::optional<RecordId>& after = std::nullopt) const;
  std::uint64_t count(const Query& query) const;
  /// Those of these records that the query finds, in this order, whatever its limit.
  std::vector<View> among(const Query& query, std::span<const RecordId> records) const;
  std::vector<HistoryEntry> history(const RecordId& record) const;  ///< oldest first
  std::vector<Finding> findings() const;                            ///< open ones, all open levels
  std::vector<View> conflicts(std::size_t limit) const;  ///< records with a conflicted group
  std::uint64_t conflict_count() const;                  ///< of all such records
  std::map<CompartmentId, Counts> counts() const;
  std::map<CompartmentId, CompartmentDigest> digests() const;  ///< of open levels
  std::uint64_t unsealed() const;                              ///< own changes in no batch yet
  /// Own changes, sealed or not, that nobody who counts has signed for: a hub, or the keeper if
  /// that is another machine (P5). What this machine keeps itself, and no hub may hold, goes
  /// nowhere: once sealed it is not counted.
  std::uint64_t undelivered() const;
  Result<VerifyReport> verify(bool full, const Progress* progress = nullptr) const;

  /// The keeper's `applied` receipts, to be made after catching up. Idempotent. Returns new ones.
  Result<int> issue_receipts();
  /// Local facts, never changes: the L17 register is a view over these.
  Result<void> put(const HandOver& fact);
  std::vector<HandOver> hand_overs() const;
  /// Small named values of this machine in log.jdb (peer hints, last contact times).
  void remember(const std::string& key, const Bytes& value);
  std::optional<Bytes> recall(const std::string& key) const;

  struct State;  // sync/replica_state.h
  explicit Replica(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
