// client/importer.h - a register into a ledger: read once to judge every row, read again to record
// the good ones. Memory: one round of rows and 16 bytes for each row of file and ledger.
//
// The two readings keep two promises: a file that turns out damaged further down changes nothing,
// and the numbers of a year lie in one block in the order of the file.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/directory.h"
#include "client/register_file.h"
#include "client/register_intake.h"
#include "client/row_keys.h"
#include "client/sheet_writer.h"

namespace jiyao {

/// "原第 4 行，密级：…"; of a reason that is of no column, without one.
std::string told_reason(const Desk& desk, std::size_t line, const RowReason& why);

/// The bad rows, written as they are found: the same columns, and the reason in a last one;
/// correct it and import it again. No bad row, no file.
class Rejects {
 public:
  /// `path` empty: they are only counted.
  Rejects(Desk& desk, Path path, const RegisterFile& file)
      : desk_(desk), path_(std::move(path)), file_(file) {}
  /// errors: not_allowed, not_found (the folder)
  Result<void> add(const RegisterRow& row, const std::vector<std::string>& headings);
  void close();                                ///< durable
  bool has_file() const { return has_file_; }  ///< it stands under its name

  struct Told {
    std::size_t line;
    RowReason reason;
  };
  std::size_t count() const { return count_; }
  const std::vector<Told>& told() const { return told_; }  ///< the first kToldMax

 private:
  static constexpr std::size_t kToldMax = 10'000;
  Desk& desk_;
  Path path_;
  const RegisterFile& file_;
  std::unique_ptr<SheetWriter> writer_;
  bool has_file_ = false;
  std::size_t columns_ = 0, count_ = 0;
  std::vector<Told> told_;
};

struct ImportPlan {
  FieldValues given;  ///< what somebody said of every row (--set)
  ColumnMap columns;  ///< what somebody said of columns (--map)
  std::string owner, level;
};

struct Imported {
  std::size_t good = 0;      ///< rows the ledger takes, recorded or not
  std::size_t recorded = 0;  ///< durable, also when the rest is not
  std::size_t known_already = 0;
  std::size_t number_twice = 0;  ///< good rows whose key the file has more than once
  std::size_t hidden = 0;        ///< rows hidden in the sheet, which come in like others
  const Field* twice = nullptr;  ///< of number_twice
};

class Importer {
 public:
  /// All references outlive it.
  Importer(Desk& desk, Replica& replica, const LedgerDefinition& ledger, RegisterFile& file,
           ImportPlan plan);

  /// Finds the table with the register among those meant.
  ///   errors: invalid (none has its headings), malformed, too_large
  Result<void> open();
  std::size_t table() const { return table_; }
  const RegisterReader& reader() const { return *reader_; }
  /// Every row judged; bad ones into `rejects`.   errors: malformed, too_large, need_roster
  Result<void> judge(Rejects& rejects);
  /// The good ones recorded; what is refused of one row, into `rejects`. Also after an error or a
  /// StorageFailure result() says what was recorded.
  ///   errors: malformed (the file was changed), need_roster, revoked; those of NumberBlocks
  Result<void> record(Rejects& rejects);
  const Imported& result() const { return result_; }

 private:
  Result<void> open_table(std::size_t table);
  Result<RowKeys*> on_record(const CompartmentId& place);
  Result<void> judge_row(RegisterRow row, Rejects& rejects);
  /// The row by what it says: people and offices by their names, as a file has them.
  std::string key_of(const std::function<std::string(const Field&)>& value) const;
  Result<std::vector<RegisterRow>> next_round(std::size_t& ordinal, ProgressBar& bar);
  /// Acts that are one transaction, and the rows of each.
  struct Drafts {
    std::vector<Act> acts;
    std::vector<std::span<const RegisterRow>> rows;
    std::size_t steps = 0;
  };
  Result<void> record_round(std::vector<RegisterRow>& rows, Rejects& rejects);
  Result<std::size_t> draft(std::span<const RegisterRow> rows, Drafts& drafts);
  Result<void> record_drafts(Drafts& drafts, Rejects& rejects);
  Result<void> one_by_one(std::span<const RegisterRow> rows, Rejects& rejects);

  Desk& desk_;
  Replica& replica_;
  const LedgerDefinition& ledger_;
  RegisterFile& file_;
  ImportPlan plan_;
  Directory directory_;
  RegisterIntake intake_;
  std::size_t table_ = 0;
  std::unique_ptr<SheetReader> sheet_;
  std::optional<RegisterReader> reader_;
  std::vector<const Field*> identity_;
  std::map<CompartmentId, RowKeys> on_record_;
  RowKeys twice_;
  RegisterIntake::Needs needs_;
  std::vector<bool> is_good_;  ///< by row of the register
  Imported result_;
};

}  // namespace jiyao
