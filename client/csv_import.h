// client/csv_import.h - a register in a CSV file as drafts of records: headings recognised by the
// ledger's definition, good rows as field values, bad rows with line, column and reason.
//
// Nothing is recorded here. Columns whose heading no definition knows are named and ignored. A row
// is bad when a cell is broken or too long, a value is none of its type, or a column that the
// ledger asks for is empty; a number that is there already is no reason (the row is kept and the
// ledger's check shows the clash).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/csv_reader.h"
#include "client/typed_value.h"

namespace jiyao {

struct RowReason {
  std::string column;  ///< the file's heading, or the field's name when the column is missing
  std::string reason;  ///< for people
};

struct RegisterRow {
  std::size_t line = 0;
  std::vector<std::string> cells;
  FieldValues values;               ///< canonical; meaningless when rejected
  std::optional<RowReason> reason;  ///< set: rejected
};

class RegisterReader {
 public:
  /// Finds the encoding and the heading row (within the first 10 rows, two headings known).
  /// `defaults` fill what the file has no column for or leaves empty. All references outlive it.
  ///   errors: invalid (no heading row; two columns for one field; or no column, and no default,
  ///   for a mandatory field)
  static Result<RegisterReader> open(const Catalogue& words, File& file,
                                     const LedgerDefinition& definition, FieldValues defaults);

  TextEncoding encoding() const { return encoding_; }
  const std::vector<std::string>& headings() const { return headings_; }
  std::vector<std::string> unknown_headings() const;
  std::size_t known_columns() const;
  std::optional<RegisterRow> next();  ///< blank rows are passed over; nullopt at the end

 private:
  RegisterReader(const Catalogue& words, File& file, const LedgerDefinition& definition,
                 FieldValues defaults);
  Result<void> find_headings();
  Result<void> check_once() const;
  Result<void> check_mandatory() const;
  std::optional<RowReason> fault_of(const CsvRow& row) const;
  std::optional<RowReason> read_values(const CsvRow& row, FieldValues& values) const;
  bool is_mandatory(const Field& field) const;

  const Catalogue* words_;
  const LedgerDefinition* definition_;
  FieldValues defaults_;
  TextEncoding encoding_;
  CsvReader reader_;
  std::vector<std::string> headings_;
  std::vector<const Field*> columns_;  ///< by CSV column; nullptr: unknown
};

/// Which stored row a file's row would be: equal when every column the file has agrees. For passing
/// over what came in before.
std::string row_key(const LedgerDefinition& definition, const FieldValues& values);

/// The bad rows as a file that Excel opens: the same columns and encoding, and the reason in a last
/// column; correct it and import it again.
class RejectsWriter {
 public:
  /// Creates the file, replacing one of this name.   errors: not_allowed, not_found (the folder)
  static Result<RejectsWriter> create(Files& files, const Path& path, const RegisterReader& reader,
                                      const Catalogue& words);
  void add(const RegisterRow& row);
  void close();  ///< durable

 private:
  RejectsWriter(std::unique_ptr<File> file, TextEncoding encoding, const Catalogue& words)
      : file_(std::move(file)), encoding_(encoding), words_(&words) {}
  void put(const std::vector<std::string>& cells);

  std::unique_ptr<File> file_;
  TextEncoding encoding_;
  const Catalogue* words_;
  std::uint64_t offset_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace jiyao
