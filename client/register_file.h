// client/register_file.h - the file a person names as their register: CSV or a workbook, told by
// its first bytes and never by its name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/csv_reader.h"
#include "client/xlsx_reader.h"

namespace jiyao {

class RegisterFile {
 public:
  /// `sheet`: its name or its number from 1; empty: the visible ones. `words` outlives it.
  ///   errors: malformed, too_large (a workbook nobody can read: .xls, .et, locked, damaged);
  ///   not_found (no such sheet; those there are named)
  static Result<std::unique_ptr<RegisterFile>> open(const Catalogue& words,
                                                    std::unique_ptr<File> file,
                                                    const std::string& sheet);

  bool is_workbook() const { return book_ != nullptr; }
  TextEncoding encoding() const { return encoding_; }  ///< of a CSV file
  /// "UTF-8", "Excel"
  std::string kind() const { return book_ ? "Excel" : name_of(encoding_); }
  /// How many tables may be meant; 1 for a CSV file.
  std::size_t tables() const { return book_ ? sheets_.size() : 1; }
  /// Empty for a CSV file.
  std::string name_of_table(std::size_t table) const;
  /// From its first row, as often as asked; one reader at a time.   errors: malformed, too_large
  Result<std::unique_ptr<SheetReader>> rows(std::size_t table);

 private:
  explicit RegisterFile(std::unique_ptr<File> file) : file_(std::move(file)) {}
  Result<void> choose(const Catalogue& words, const std::string& sheet);

  std::unique_ptr<File> file_;
  TextEncoding encoding_ = TextEncoding::utf8;
  std::unique_ptr<XlsxBook> book_;  // reads file_
  std::vector<BookSheet> sheets_;
};

}  // namespace jiyao
