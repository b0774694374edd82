// client/register_intake.h - rows of a register as acts on any ledger: whose compartment, which
// number, which steps lead to the state a row is in, and whether the ledger takes it.
//
// The definition decides; no ledger is named here but the incoming register, whose papers get their
// documents and copies from client/registration.h.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "client/register_reader.h"
#include "client/registration.h"

namespace jiyao {

class RegisterIntake {
 public:
  /// `owner`: the office whose ledger it is, by name; empty: this machine's. `level`: of rows that
  /// do not say; empty: internal. All references outlive it.
  RegisterIntake(Desk& desk, Replica& replica, const LedgerDefinition& ledger, std::string owner,
                 std::string level);

  /// The state a row begins in that names none.
  const std::string& first_state() const { return first_state_; }
  /// What nobody need write into a register: added where it is missing.
  void fill(FieldValues& values) const;
  /// Where it goes: no lower than its level and those of its entries.
  Result<CompartmentId> compartment(const RegisterRow& row);
  /// Cited records by their ids, and would the ledger take the row?   nullopt: it would
  std::optional<RowReason> complete(RegisterRow& row);
  /// Could this person record the complete row at this machine: ceiling, clearance, rights, and the
  /// conditions of every step?   nullopt: as far as it can be known before, yes
  ///   errors: what concerns all rows: need_roster, revoked, not_found (no such office)
  Result<std::optional<RowReason>> refused(const RegisterRow& row);
  /// For people: the column, if the error names one, and what is wrong.
  RowReason in_reason(const Error& error) const;

  /// How many numbers rows still need, by series.
  using Needs = std::map<std::pair<SeriesKey, std::string>, std::size_t>;
  Result<void> count_needs(const RegisterRow& row, Needs& needs);
  /// The lead node makes sure that they lie in one block each.
  Result<void> reserve(const Needs& needs);
  /// Numbers for these rows, in their order.
  Result<void> number(std::span<RegisterRow> rows);
  /// The steps of one row whose values are complete.   errors: invalid
  Result<void> add_steps(Act& act, const RegisterRow& row);

 private:
  std::vector<std::string> path_to(const std::string& state) const;
  std::optional<RowReason> resolve(const Field& field, FieldValues& values);
  Result<std::optional<RowReason>> closed(const CompartmentId& place);
  std::optional<RowReason> refused_step(const Step& step, std::map<RecordId, RecordState>& states);
  Result<std::vector<std::pair<SeriesKey, std::string>>> needs_of(const RegisterRow& row);
  Result<void> add_record(Act& act, const FieldValues& values, const RegisterRow& row);

  Desk& desk_;
  Replica& replica_;
  const LedgerDefinition& ledger_;
  std::string level_;
  std::string first_state_;
  Registration registration_;
  std::map<std::pair<LedgerName, std::string>, std::optional<std::string>> cited_;
  std::map<CompartmentId, std::optional<RowReason>> closed_;  ///< those asked before
};

/// Does this refusal speak of one row, so that others may still be recorded?
bool concerns_one_row(Errc code);

/// The fields by which somebody recognises a record of a ledger: numbers and titles.
std::vector<const Field*> naming_fields(const LedgerDefinition& ledger);
/// The one record of `ledger` that is called so, or has this id; nullopt: none, or several.
std::optional<RecordId> record_called(const Replica& replica, const LedgerName& ledger,
                                      const std::string& text);
/// What to call a record so that record_called() finds it again: a number if it is its own, else
/// its id.
std::string call_of(const Replica& replica, const RecordId& record);

/// The fields that tell one row from another; of them those that the file has. A file imported
/// again brings only what differs in them.
std::vector<const Field*> identity_fields(const LedgerDefinition& ledger,
                                          const RegisterReader& reader,
                                          const FieldValues& defaults);

}  // namespace jiyao
