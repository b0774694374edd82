// schema/condition.h - the small language of guards in ledger definitions: clauses joined by `and`;
// `or` begins another way to hold.
//
//   "state is out and today > due_on"   "copy.custody_state is 在库"   "level >= secret"
//   "doc_no is set"                     "scan is empty"                 "due_on > lent_at + 3d"
//   "channel in 机要交通 专人"          "today > sent_on + 5wd"         (working days)
//   "signers(witness) >= 2"             "signers(witness) exclude signers(approval)"
//   "values(reader) within document.values(reader)"                     "term within level"
// Levels, dates, stamps and integers have an order; everything else only is or is not. A term
// `what(name)` is a list (sync/terms.h): an order compares how many it holds, of sum(name) the sum,
// of ends(name) the day.
// Where a field or a cited record stands for several values, each of them has to hold. A clause
// with working days (schema/working_days.h) speaks only where a calendar is at hand: for whoever
// records, and in reminders.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"
#include "schema/working_days.h"

namespace jiyao {

enum class Comparison : std::uint8_t {
  is,
  is_not,
  is_set,
  is_empty,
  less,
  at_most,
  greater,
  at_least,
  in,  ///< one of `choices`
  not_in,
  within,   ///< each value stands on the right too; a term: at most the maximum of the level
  exclude,  ///< no value stands on the right too
};

/// Between the values of a list. No text that a person types holds it.
inline constexpr char kListMark = '\x1f';
std::vector<std::string> list_items(std::string_view joined);  ///< of "": none
std::string joined_list(const std::vector<std::string>& items);

/// What a list is made of; sync/terms.h says how.
inline constexpr std::array<std::string_view, 7> kTerms = {"values", "ever", "writers", "signers",
                                                           "out",    "sum",  "ends"};
/// "signers(approval)": what, and of which group or field. nullopt: a plain name.
struct Term {
  std::string_view what, of;
};
std::optional<Term> term_of(std::string_view word);

/// One comparison. `ref` names a ref field whose record is asked; empty: the record itself.
struct Clause {
  std::string ref;
  std::string field;
  Comparison comparison = Comparison::is_set;
  std::string literal;      ///< a value, or the name of another field or term
  std::string literal_ref;  ///< whose field; empty: the record's own
  bool is_literal_a_field = false;
  int plus_days = 0;                 ///< added to the literal, when that is a date or stamp
  int plus_working_days = 0;         ///< likewise
  std::vector<std::string> choices;  ///< of in, not_in
  bool begins_alternative = false;   ///< stands behind an `or`
  friend bool operator==(const Clause&, const Clause&) = default;
};

/// What a clause's words stand for: (ref, field) -> shown value; nullopt: not held here, and then
/// the clause does not speak.
using Lookup =
    std::function<std::optional<std::string>(std::string_view ref, std::string_view field)>;

/// Three answers, because a cited record may be above this replica's ceiling (M11).
enum class Holds : std::uint8_t { no, yes, unknown };

class Condition {
 public:
  Condition() = default;  ///< always holds
  /// errors: invalid, with the clause that does not parse
  static Result<Condition> parse(std::string_view text);

  /// Literals that name a field from now on mean its value.
  void bind(const std::function<bool(std::string_view)>& is_field);

  bool empty() const { return clauses_.empty(); }
  const std::vector<Clause>& clauses() const { return clauses_; }
  bool speaks_of(std::string_view field) const;
  /// Does any clause ask a cited record?
  bool asks_cited() const;
  bool counts_working_days() const;
  /// All clauses of one alternative; `own_only` skips those that ask a cited record. Without a
  /// calendar, or without a table of the year, a clause with working days is unknown.
  Holds holds(const Lookup& lookup, bool own_only = false,
              const WorkCalendar* calendar = nullptr) const;
  /// Has the calendar a table of every year that these clauses need?   errors: not_found
  Result<void> check_tables(const Lookup& lookup, const WorkCalendar& calendar) const;

 private:
  std::vector<Clause> clauses_;
};

/// Order of two canonical values: numbers as numbers, levels by rank, days and moments by time.
/// nullopt: they cannot be compared (a level and a date).
std::optional<int> compare_values(std::string_view a, std::string_view b);

}  // namespace jiyao
