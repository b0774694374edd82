// client/register_reader.h - a register in a CSV file or a spreadsheet as drafts of records:
// headings recognised by the ledger's definition, good rows as field values, bad rows with line,
// column and reason.
//
// Nothing is recorded here. Columns whose heading no definition knows are named and ignored. A row
// is bad when a cell is broken or too long, a value is none of its type, or a column that the
// ledger asks for is empty; a number that is there already is no reason (the row is kept and the
// ledger's check shows the clash). Headings and titles that are printed again on every page are
// passed over.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/register_headings.h"
#include "client/sheet.h"
#include "client/typed_value.h"
#include "schema/catalogue.h"

namespace jiyao {

struct RowReason {
  std::string column;  ///< the file's heading, or the field's name when the column is missing
  std::string reason;  ///< for people
};

struct RegisterRow {
  std::size_t line = 0;
  std::vector<std::string> cells;
  FieldValues values;  ///< canonical, without those of sets; meaningless when rejected
  /// One entry each of a set, in the order of the cell; by group index.
  std::vector<std::pair<std::size_t, FieldValues>> entries;
  std::optional<RowReason> reason;  ///< set: rejected
};

/// Heading, as bare_heading() has it, -> field; nullptr: pass it over.
using ColumnMap = std::map<std::string, const Field*>;

struct RegisterChoices {
  FieldValues defaults;  ///< what the file has no column for or leaves empty
  ColumnMap columns;     ///< what somebody said; before what the definition says
  std::string state;     ///< the state a row begins in when it does not say
};

class RegisterReader {
 public:
  /// Finds the heading (within the first 15 rows, two columns known).
  /// `words`, `definition` and the sheet outlive it.
  ///   errors: invalid (no heading row; two columns for one field; or no column, and no default,
  ///   for a mandatory field), and those of the sheet
  static Result<RegisterReader> open(const Catalogue& words, SheetReader& sheet,
                                     const LedgerDefinition& definition, RegisterChoices choices);

  const std::vector<std::string>& headings() const { return headings_.texts; }
  std::vector<std::string> unknown_headings() const;
  std::size_t known_columns() const { return headings_.known(); }
  /// Has the file a column of this field?
  bool has(const Field& field) const;
  /// Blank and repeated heading rows are passed over; nullopt at the end.   errors: the sheet's
  Result<std::optional<RegisterRow>> next();
  std::size_t hidden_rows() const { return hidden_rows_; }  ///< so far

 private:
  RegisterReader(const Catalogue& words, SheetReader& sheet, const LedgerDefinition& definition,
                 RegisterChoices choices);
  const Field* meaning(const std::string& heading) const;
  Result<void> find_heading();
  Error no_heading(const std::vector<SheetRow>& seen) const;
  Result<void> check_once() const;
  Result<void> check_mandatory() const;
  Result<std::optional<SheetRow>> next_row();
  RegisterRow judged(SheetRow row) const;
  std::optional<RowReason> fault_of(const SheetRow& row) const;
  std::optional<RowReason> read_values(const SheetRow& row, RegisterRow& result) const;
  std::optional<RowReason> read_cell(const SheetRow& row, std::size_t column,
                                     RegisterRow& result) const;
  Result<std::string> value_of(const Field& field, std::string_view text, CellKind kind) const;
  bool is_mandatory(const Field& field) const;

  const Catalogue* words_;
  SheetReader* sheet_;
  const LedgerDefinition* definition_;
  RegisterChoices choices_;
  Headings headings_;
  std::set<std::string> above_;  ///< titles and headings, to know them again
  std::deque<SheetRow> read_ahead_;
  std::size_t hidden_rows_ = 0;
};

/// The texts of a set as one cell, an empty line between two entries, and back. An empty line
/// inside an entry holds a wide blank.
std::string joined_entries(const std::vector<std::string>& entries);
std::vector<std::string> split_entries(std::string_view cell);

}  // namespace jiyao
