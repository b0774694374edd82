// client/registration.h - making records: what a clerk typed, what the step fills in by itself, the
// next number of the series, and the document and copies behind a numbered classified paper, in one
// act.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/desk.h"
#include "client/number_blocks.h"
#include "client/typed_value.h"

namespace jiyao {

/// Entries of sets; one map is one entry, all its fields are of one group.
using SetEntries = std::vector<FieldValues>;

class Registration {
 public:
  /// `owner`: the office whose ledger it is, by name; empty: this machine's. `replica` outlives it.
  Registration(Desk& desk, Replica& replica, std::string owner,
               const LedgerName& ledger = "incoming");

  /// Fills in what nobody need type and drafts the act. `begun`: where it goes and what it cites;
  /// without, the compartment (owner, level). The number is drawn last, when all else is right.
  ///   errors: invalid, not_allowed (no role), not_found (no such office), need_roster
  Result<Act> act_for(FieldValues values, const SetEntries& entries,
                      std::optional<Act> begun = std::nullopt);
  /// A number that falls due with a step of a row that is there: drawn into `values`, last.
  ///   errors: as above
  Result<void> draw_for_step(const View& row, FieldValues& values, const SetEntries& entries);
  /// The pieces, for an import that numbers many rows at once.
  Result<CompartmentId> compartment(const FieldValues& values);
  /// State, level, series and the person at the keyboard; never a day or an hour.
  void fill(FieldValues& values) const;
  /// The steps of one record whose values are complete.   errors: invalid
  Result<void> add_steps(Act& act, const FieldValues& values, const SetEntries& entries);
  NumberBlocks& numbers() { return numbers_; }

 private:
  /// How many copies of this paper one act holds.
  Result<std::size_t> copies_at_once(const Act& begun, const FieldValues& values,
                                     SetEntries entries, const std::string& number);
  Result<void> copies_fit(const Act& begun, const FieldValues& values, const SetEntries& entries);
  Result<void> check_first(const CompartmentId& place, FieldValues values,
                           const SetEntries& entries, const View* row);
  Result<void> draw_numbers(const CompartmentId& place, FieldValues& values,
                            const SetEntries& entries, const View* row);
  Result<void> add_copies(Act& act, const RecordId& record, const FieldValues& values,
                          const std::vector<std::string>& copy_nos);

  Desk& desk_;
  Replica& replica_;
  std::string owner_;
  const LedgerDefinition& ledger_;
  NumberBlocks numbers_;
};

/// One amendment of a record: the values that differ from what it shows (a state is always written:
/// renewing a loan leads where it began), and one step per further entry of a set. No steps:
/// nothing differs.   errors: invalid; not_allowed (an entry says a level above the record's)
Result<Act> amend_act(const LedgerDefinition& definition, const View& view,
                      const FieldValues& values, const SetEntries& entries,
                      const std::string& reason);

/// What an entry says of its own level; public, where it says nothing.
Level level_of_entry(const LedgerDefinition& ledger, const FieldValues& entry);

/// errors: not_allowed (the entry says a level above what its list is kept as)
Result<void> entry_fits(const LedgerDefinition& ledger, const View& list, const FieldValues& entry);

/// A record of `ledger` from complete values, as a step.   errors: invalid
Result<Step> create_step(const Definitions& definitions, const LedgerName& ledger,
                         const RecordId& record, const FieldValues& values);

/// "000123-000125" -> the three numbers, width kept; anything else is one number. None: a range
/// that runs backwards or is of more than kCopiesAtOnceMax.
std::vector<std::string> copy_numbers(std::string_view typed);
inline constexpr long kCopiesAtOnceMax = 500;

}  // namespace jiyao
