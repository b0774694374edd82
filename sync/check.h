// sync/check.h - what only shows across records: duplicates, clashes, two loans of one copy, tasks.
//
// Pure and the same everywhere; never changes a merged state. design.md section 6; the catalogue is
// domain.md 6.4, and docs/ledgers.md says which row is found where.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sync/merge.h"

namespace jiyao {

/// automatic: history only; note: notice to those affected; question: a person, work goes on;
/// freeze: the object stands still (domain.md 6.2).
enum class Gravity : char { automatic = 'a', note = 'n', question = 'q', freeze = 'f' };

enum class FindingKind : std::uint8_t {
  incident = 1,  ///< facts that exclude each other
  clash = 2,     ///< two records claim one key or number
  task = 3,      ///< somebody has to do something
  hold = 4,      ///< a state is shown instead of the merged one
  conflict = 5,  ///< inside one record: a group somebody must resolve
};

struct Finding {
  FindingId id;  ///< H(finding | catalogue id, kind | key | sorted change ids)
  FindingKind kind = FindingKind::task;
  std::string code;  ///< catalogue id: "U1"
  Gravity gravity = Gravity::note;
  std::string key;                ///< what it is about; look-up key of claimed_keys() where it can
  std::vector<RecordId> records;  ///< sorted
  std::vector<ChangeId> changes;  ///< sorted
  Roles decider = 0;              ///< who is asked
  std::string shown_state;        ///< hold: the state to show
  std::optional<RecordId> keeps;  ///< clash of numbers: owner of the block, as far as known
  friend bool operator==(const Finding&, const Finding&) = default;
};

/// How a record takes part in check, for the store to index: (key, record), both directions.
enum class Claim : std::uint8_t {
  shares = 1,    ///< neighbours are all records that share the key
  seeks = 2,     ///< neighbours are the records that provide it
  provides = 3,  ///< only found by seekers; touching it re-checks open findings of this key
};
/// Begins the key, with the hex id behind it, that a record shares with all that cite it.
inline constexpr std::string_view kRecordKey = "r:";
/// Begins the key of a copy that only one record at a time may hold.
inline constexpr std::string_view kHeldKey = "x:";
struct ClaimedKey {
  Claim claim = Claim::shares;
  std::string key;
  friend auto operator<=>(const ClaimedKey&, const ClaimedKey&) = default;
};
/// Sorted, unique. `record` is the record's own id: those that cite it share "r:<id>".
std::vector<ClaimedKey> claimed_keys(const LedgerDefinition& definition, const RecordId& record,
                                     const RecordState& state);

struct Neighbour {
  RecordId record;
  const LedgerDefinition* ledger = nullptr;
  const RecordState* state = nullptr;
  Level compartment_level = Level::public_;
  bool is_touched = false;
};
/// The touched records, among them those whose rules ask a changed one (Definitions::is_asked) and
/// those that hold the same copy; every record that shares a claimed key with one of them (before
/// or after the change), provides what it seeks, or stands in an open finding with one of its keys.
struct Neighbourhood {
  std::vector<Neighbour> records;
  /// Clearance of a person named in a field; nullopt: unknown here. Empty function: nobody known.
  std::function<std::optional<Level>(std::string_view person)> clearance;
};

/// Rows of domain.md 6.4 that check() can find; client/messages has a sentence for each.
std::vector<std::string> finding_codes();

/// Findings about the touched records, sorted by id. The store replaces with them all findings
/// that name a touched record.
std::vector<Finding> check(const Definitions& definitions, const Neighbourhood& touched);

/// What an approval binds to: H(act | the content groups of the shown record). Sets, states,
/// custody, signatures and opinions are no content.
Digest content_hash(const LedgerDefinition& definition, const RecordState& state);
/// What an approval in `group` binds to: the groups it names ("binds"), entries of sets included,
/// each value once; a group that names none binds to all content groups.
Digest content_hash(const LedgerDefinition& definition, const RecordState& state,
                    const Group& group);
/// The same as it will be once these writes are made: the value of a signature field in an act that
/// approves. `before` nullptr: the act makes the record.
Digest content_to_sign(const LedgerDefinition& definition, const RecordState* before,
                       std::vector<Write> writes, const Group& group);

/// May this change be made on this record, as shown? For the author, before anything is stored.
///   before     nullptr: the record does not exist yet
///   cited      shown value of a field of a cited record; nullopt: not held here
///   errors     invalid "ledger.field: reason"; not_allowed (state, step); conflict (settle first)
///              not_found (a step counts working days of a year `calendar` has no table of)
Result<void> validate(const LedgerDefinition& definition, const RecordState* before,
                      const Change& change, const Lookup& cited = {},
                      const WorkCalendar& calendar = WorkCalendar::built_in());

/// Reminders that hold on this day. The clock reminds, it decides nothing. One that cannot be
/// reckoned for want of a table of holidays is there too, and says so.
std::vector<std::string> reminders(const LedgerDefinition& definition, const RecordState& state,
                                   std::string_view today,
                                   const WorkCalendar& calendar = WorkCalendar::built_in());

/// A duty that comes round by itself (`recurring`) and is not shown done.
struct DueDuty {
  std::string zh;
  Roles to = 0;
  std::string since, due_on;  ///< first and last day of the period
  friend bool operator==(const DueDuty&, const DueDuty&) = default;
};
/// Duties of this ledger whose period holds `today` and that no row of it shows done.
std::vector<DueDuty> due_duties(const LedgerDefinition& definition,
                                std::span<const RecordState> rows, std::string_view today);

}  // namespace jiyao
