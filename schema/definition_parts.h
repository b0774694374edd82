// schema/definition_parts.h - what a ledger definition consists of: fields, groups, states, steps,
// keys. Indexes point into the vectors of the LedgerDefinition that holds the part.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "schema/change.h"
#include "schema/condition.h"
#include "schema/roster_record.h"

namespace jiyao {

enum class FieldType : std::uint8_t {
  text,       ///< NFC, up to kTextBytesMax
  integer,    ///< "-?[0-9]+", no leading zero
  date,       ///< "2026-11-22"
  stamp,      ///< "2026-11-22T09:30"
  choice,     ///< one of `choices`, stored as written there; listed from weak to strict
  level,      ///< "secret"
  term,       ///< "10y", "6m", "2036-11-22" or "until:condition"
  person,     ///< name, or 32 hex digits of a UserId
  org,        ///< name, or 32 hex digits of an OfficeId
  ref,        ///< 32 hex digits of a RecordId of `ref_ledger`
  signature,  ///< 64 hex digits: the content an approval binds to (sync/check.h content_hash)
  opinion,    ///< text that is somebody's word: voiding never beats it
  number,     ///< "2026-0137", or provisional "临-<node>-n"
};

/// How two writes meet: design.md section 6, the table. In brackets the code of domain.md 6.2.
enum class GroupKind : std::uint8_t {
  value,      ///< conflict (ASK, LOCK)
  note_only,  ///< greatest change id is shown, others beside it (LWW)
  fixed,      ///< written once; another value is an incident (IMM)
  severity,   ///< the stricter takes effect (STRICT)
  latest,     ///< the later or longer (LONG)
  earliest,   ///< the earlier (MIN)
  set,        ///< union of entries (ADD)
  state,      ///< life cycle (STATE)
  custody,    ///< physical fact; contradiction freezes (HARD)
  number,     ///< of a series (SEQ)
  computed,   ///< never written (CNT)
};

/// What a `ref` names that may cite a record of any ledger.
inline constexpr std::string_view kAnyLedger = "any";

struct Field {
  std::string name, zh, en;
  FieldType type = FieldType::text;
  std::vector<std::string> choices;
  std::vector<std::string> final_choices;  ///< of a custody choice: written "已销毁*", never left
  std::string home;       ///< of a custody choice: with the office, whoever is named beside it (U3)
  LedgerName ref_ledger;  ///< "any": a record of any ledger
  std::size_t group = 0;  ///< index into groups()
  std::optional<std::size_t> from;   ///< mandatory from this state on (index into states())
  Condition from_if;                 ///< ... if this holds
  bool knows = false;                ///< a person: who is named here has seen the content (M35)
  std::vector<std::string> headers;  ///< what import files call this column
};

struct Group {
  GroupName name;
  GroupKind kind = GroupKind::value;
  std::vector<std::size_t> fields;  ///< in order; more than one: schema/value.h packs them
  Roles writers = 0;                ///< 0: whoever may write the ledger
  bool by_owner = false;            ///< only persons of the owner office; else a proposal
  std::optional<std::size_t>
      locked_from;            ///< `writers` and `by_owner` bind only from this state on
  Roles lowered_by = 0;       ///< severity: who may lower, with signature; 0: any
  bool by_authority = false;  ///< only the authority of the series; else a proposal
  std::string late;  ///< catalogue id of an entry unknown to whoever ended the record (U2, R7)
  /// Group names. An approval binds to the shown content of these; without: to all content groups.
  std::vector<GroupName> binds;
  GroupName by_signer;  ///< while locked only those who signed that group's approvals may write
  bool removal_wins = false;  ///< a value taken back stays out, though entered again apart (C7)
  /// Entries about the same person or thing, made apart: by which field, and the catalogue ids.
  std::optional<std::size_t> apart_by;
  std::string apart_differs, apart_same;
  /// Out and back: whose, and which field says which; its first choice is out, every other is back.
  std::optional<std::size_t> moves_who, moves_event;
};

struct State {
  std::string name, zh;
  int rank = 0;
  bool is_terminal = false;
  bool is_void = false;
  bool sends_back = false;  ///< wins over concurrent progress until somebody knew it (R16)
};

struct Transition {
  std::string verb, zh;
  std::vector<std::size_t> from;  ///< empty: makes the record
  std::size_t to = 0;
  Roles by = 0;                      ///< 0: whoever may write the ledger
  Condition when;                    ///< own fields: also guards merging; of a ref: `check`
  std::vector<LedgerName> clear_of;  ///< no open record of these ledgers cites this one
  /// Catalogue ids: whoever records it is refused while such a finding is open about the row or a
  /// record that it cites (N7).
  std::vector<std::string> unless;
  /// ("copy.custody_state", "在库"): written into the cited record in the same act. `=field` is the
  /// value of an own field, `=me` the person who takes the step.
  std::vector<std::pair<std::string, std::string>> also;
  /// ("lent_by", "me"): what the step writes of the row itself where nobody typed it. `me`, `now`
  /// and `today` are filled in, anything else is a value.
  std::vector<std::pair<std::string, std::string>> fills;
  bool is_decisive = false;  ///< needs the person's signature
};

struct UniqueKey {
  std::vector<std::size_t> fields;
  std::string finding;  ///< catalogue id: "N2"
  Condition when;
  std::optional<std::size_t> distinct;  ///< a set: records with no common entry do not clash
  std::vector<std::size_t> apart;       ///< differing in one of these is `apart_finding` instead
  std::string apart_finding;
};
struct ExclusiveKey {
  std::size_t field = 0;  ///< a ref; ledgers share the claim: lent and circulating exclude
  Condition when;
  std::string finding;                                   ///< "U1"
  std::vector<std::pair<LedgerName, std::string>> with;  ///< other ledger, its own catalogue id
};
/// One record stands in the way of others: a person who leaves, and the loans of that person.
struct Bar {
  std::size_t field = 0;
  std::string as;  ///< what both sides call it
  Condition when;
  std::string finding;  ///< empty: this side bars; else it is the barred one
};
/// What has to hold on the merged row and the records it cites, for whoever records and for every
/// replica that applies.
struct Rule {
  enum class Kind : std::uint8_t { task, clash, incident, hold };
  std::string code;  ///< its words stand in the findings of the same file
  Condition when, must;
  Kind kind = Kind::task;
  std::optional<char> gravity;  ///< how grave it is when this rule breaks; none: as its words say
};
/// A finding's sentence, how grave it is and who is asked.
struct FindingWords {
  std::string code, zh, en;
  char gravity = 'q';  ///< a, n, q, f: sync/check.h
  Roles decider = 0;
  friend bool operator==(const FindingWords&, const FindingWords&) = default;
};
/// Decisions that exclude each other: taken apart, that of the senior person counts (A5).
struct Seniority {
  std::vector<std::size_t> states;
  std::vector<Role> by;  ///< junior first

  bool is_decision(std::size_t state) const;
  /// Of somebody with these roles; 0: a role that has no place here.
  std::size_t rank_of(Roles roles) const;
};
/// A row of a list that an office keeps (who stands in for whom, who handles what) fills columns of
/// another ledger where nobody typed them. Proposes only: what counts is what was written.
struct Proposal {
  LedgerName to;
  /// Own column, their column. A text is looked for in theirs, anything else is the same; an own
  /// column that says nothing fits all.
  std::vector<std::pair<std::size_t, std::string>> match;
  std::vector<std::pair<std::string, std::size_t>> fills;  ///< their column, own column
  std::string cites;                                       ///< their ref to the row; empty: none
  /// Their day, which is today where nobody typed it, within two own ones; empty: any day.
  std::string day;
  std::size_t day_from = 0, day_until = 0;
};
/// A duty that comes round by itself until a row of this ledger shows it done.
struct Recurring {
  enum class Every : std::uint8_t { month, quarter, half_year, year };
  Every every = Every::month;
  std::string zh;
  Roles to = 0;
  Condition done;      ///< on a row of this ledger
  std::size_t on = 0;  ///< its date: in which period it was done
};
/// Rows that settle findings: which text names the finding, and when the row is in force.
struct Settles {
  std::size_t field = 0;
  Condition when;
};
struct Reminder {
  Condition when;  ///< may speak of `today`; a clock only reminds
  std::string zh;
  Roles to = 0;
};
struct NumberRule {
  std::size_t field = 0;
  std::vector<std::size_t> series;     ///< fields that name the series, joined by "/"
  std::optional<std::size_t> year_of;  ///< date whose year the number should carry (N9)
  Condition printed;  ///< it stands on paper elsewhere: never renumbered without a person
  /// What else a renumbering writes, by field name: "重盖收文章" is a duty from then on (N1).
  std::vector<std::pair<std::string, std::string>> renumbered;
  std::string finding = "N1";
  /// 发文字号: shown as series〔year〕number号 without leading zeros (GB/T 9704-2012, 7.2.5).
  bool is_document_number = false;
};

}  // namespace jiyao
