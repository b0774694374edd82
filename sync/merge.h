// sync/merge.h - the changes of one record -> what it shows. Pure; order and repetition do not
// matter (P3); nothing leaves sight without a change that knew it or a rule that is recorded (P4).
//
// The rules are design.md section 6; the table of kinds stands at GroupKind (schema/definition.h).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "schema/definition.h"

namespace jiyao {

enum class Effect : std::uint8_t {
  counts,
  proposal_only,  ///< shown beside, never effective (authority: not this person, not this node)
  quarantined,    ///< not effective, not shown in the row; its ancestry still counts
  transparent,    ///< purged or declared lost: only id and, if known, parents
  wait_program,   ///< made under a rule set this program lacks: the record freezes
};

/// A change, its name, and what the roster says about its author at the batch's roster point.
struct JudgedChange {
  ChangeId id;
  const Change* change = nullptr;  ///< borrowed; nullptr only with `transparent` (lost: no parents)
  Effect effect = Effect::counts;
  Roles roles = ~Roles{0};   ///< the actor's; decides `writers` and `lowered_by`
  bool is_owner = true;      ///< actor belongs to the compartment's office
  bool is_authority = true;  ///< author node is the authority of the series (lead node)
};

/// One write, with what a person wants to know of it.
struct HeldWrite {
  ChangeId change;
  std::string value;
  UserId actor;
  Origin origin;
  Hlc hlc = 0;  ///< shown only
  friend bool operator==(const HeldWrite&, const HeldWrite&) = default;
};

enum class Mark : std::uint8_t {
  none = 0,
  flagged,   ///< a rule chose among different values; the rest stays listed (note)
  conflict,  ///< different values no rule settles: a person resolves
  incident,  ///< values that must never differ do: frozen until ruled
};

struct GroupState {
  std::size_t group = 0;        ///< index into LedgerDefinition::groups
  std::string value;            ///< in effect. Conflict, incident: the common ancestor's, may be
                                ///< empty; sets: empty
  std::vector<HeldWrite> held;  ///< maximal writes, by change id; sets: entries not withdrawn.
                                ///< custody incident: also every contradicting fact
  std::vector<ChangeId> to_settle;  ///< conflict, incident: exactly what a resolve must name
  Mark mark = Mark::none;
  std::optional<HeldWrite> ancestor;  ///< conflict, incident: the last value all of them knew
  std::vector<HeldWrite> proposals;   ///< open ones
  std::vector<HeldWrite> withdrawn;   ///< entries of a set somebody took back
  friend bool operator==(const GroupState&, const GroupState&) = default;
};

/// Two entries about the same person or thing, of writers who did not know of each other.
struct ApartEntries {
  std::size_t group = 0;
  ChangeId a, b;         ///< a < b
  bool is_same = false;  ///< they say the same
  friend bool operator==(const ApartEntries&, const ApartEntries&) = default;
};

enum class Waiting : std::uint8_t { parent = 1, program = 4 };  ///< key and login: sync/replica.h
struct PendingChange {
  ChangeId id;
  Waiting reason = Waiting::parent;
  std::vector<ChangeId> missing;  ///< parents not held
  friend bool operator==(const PendingChange&, const PendingChange&) = default;
};

struct RecordState {
  std::vector<GroupState> groups;   ///< only written ones, by group index
  std::string state;                ///< shown state name; empty: the ledger has none
  std::vector<std::size_t> passed;  ///< states it was ever put into, by index, each once
  bool is_void = false;
  bool is_terminal = false;
  bool is_closed = false;     ///< moved to another compartment
  bool is_frozen = false;     ///< custody incident, or waiting for a newer program
  bool has_conflict = false;  ///< any group conflict or incident
  bool is_held_back = false;  ///< a higher state waits for its guards (task 补办手续)
  std::optional<Level> level;
  std::vector<ChangeId> late;  ///< entries unknown to whoever ended the record, of groups that ask
  std::vector<ApartEntries> apart;    ///< of groups that ask (`apart`), until somebody knew both
  std::vector<ChangeId> heads;        ///< maximal applied changes, sorted: parents of the next act
  std::vector<ChangeId> applied;      ///< sorted; proposals included
  std::vector<ChangeId> quarantined;  ///< sorted; also those whose writes this ledger cannot take
  std::vector<ChangeId> transparent;  ///< sorted
  std::vector<PendingChange> pending;
  friend bool operator==(const RecordState&, const RecordState&) = default;

  const GroupState* group(std::size_t index) const;
  /// The shown value of a field, "state" too; empty when unset or in conflict without ancestor. Of
  /// a set: how many entries, as text.
  std::string field(const LedgerDefinition& definition, std::string_view name) const;
  std::string field(const LedgerDefinition& definition, std::size_t field_index) const;
  /// `heads`, or the 64 greatest of them.
  std::vector<ChangeId> parents_for_next() const;
};

/// Any subset of a record's changes, any order, repeats allowed. A change whose parents are not all
/// there waits. Never fails: what cannot be understood is quarantined and named.
RecordState merge(const LedgerDefinition& definition, std::span<const JudgedChange> changes);

/// What H(state | ...) is taken over for the state digest: the shown record, without what waits.
Bytes canonical(const RecordState& state, const LedgerDefinition& definition);

}  // namespace jiyao
