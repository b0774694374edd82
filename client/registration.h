// client/registration.h - registering what comes in: one record of the incoming register, and for a
// numbered classified paper the document and its copies, in the same act.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "client/desk.h"
#include "client/number_blocks.h"
#include "client/typed_value.h"

namespace jiyao {

using SetEntries = std::vector<std::pair<std::string, std::string>>;  ///< field, value

class Registration {
 public:
  /// `owner`: the office whose ledger it is, by name; empty: this machine's. `replica` outlives it.
  Registration(Desk& desk, Replica& replica, std::string owner);

  /// Fills in what the clerk need not type (series, carrier, level, who signed for and registered,
  /// the next number of this machine's block or a provisional one), and drafts the act in the
  /// compartment (owner, level).
  ///   errors: invalid, not_found (no such office), need_roster
  Result<Act> act_for(FieldValues values, const SetEntries& entries);
  /// The same without a number, for an import that numbers many rows at once.
  Result<CompartmentId> compartment(const FieldValues& values);
  void fill(FieldValues& values) const;
  /// The steps of one record whose values are complete.   errors: invalid
  Result<void> add_steps(Act& act, const FieldValues& values, const SetEntries& entries);
  NumberBlocks& numbers() { return numbers_; }

 private:
  Result<void> check_first(const CompartmentId& place, const FieldValues& values,
                           const SetEntries& entries);
  Result<void> add_copies(Act& act, const RecordId& incoming, const FieldValues& values,
                          const std::vector<std::string>& copy_nos);

  Desk& desk_;
  Replica& replica_;
  std::string owner_;
  NumberBlocks numbers_;
};

/// One amendment of a record: the values that differ from what it shows, and one step per entry
/// beyond the first of a set. No steps: nothing differs.   errors: invalid
Result<Act> amend_act(const LedgerDefinition& definition, const View& view,
                      const FieldValues& values, const SetEntries& entries,
                      const std::string& reason);

/// A record of `ledger` from complete values, as a step.   errors: invalid
Result<Step> create_step(const Definitions& definitions, const LedgerName& ledger,
                         const RecordId& record, const FieldValues& values);

/// "000123-000125" -> the three numbers, width kept; anything else is one number.
std::vector<std::string> copy_numbers(std::string_view typed);

}  // namespace jiyao
