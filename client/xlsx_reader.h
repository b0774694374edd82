// client/xlsx_reader.h - an .xlsx workbook: its sheets, and the rows of one as a SheetReader.
//
// Reads what Excel, WPS, LibreOffice and the common libraries write (ECMA-376, transitional or
// strict): shared and inline texts, rich text, numbers, results of formulas, the date formats of
// styles, both date systems. Memory: the shared texts, packed (client/xlsx_strings.h), and one
// piece of the sheet. Everything from the file is bounded; what breaks a rule is malformed or
// too_large and named by part and row.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/sheet.h"
#include "client/xlsx_strings.h"
#include "client/xlsx_zip.h"

namespace jiyao {

struct BookSheet {
  std::string name;
  std::string part;  ///< "xl/worksheets/sheet1.xml"; empty: no table (a chart)
  bool is_hidden = false;
};

class XlsxBook {
 public:
  /// Reads the list of sheets, the styles and the shared texts; `words` and `file` outlive it.
  ///   errors: malformed, too_large
  static Result<std::unique_ptr<XlsxBook>> open(const Catalogue& words, File& file);

  const std::vector<BookSheet>& sheets() const { return sheets_; }
  /// The rows of a sheet, from the first. The book outlives the reader; one reader at a time.
  Result<std::unique_ptr<SheetReader>> rows(const BookSheet& sheet);

 private:
  XlsxBook(const Catalogue& words, ZipFile zip) : words_(words), zip_(std::move(zip)) {}
  Result<void> read_sheets();
  Result<void> read_styles(const std::string& part);
  Result<void> read_strings(const std::string& part);

  const Catalogue& words_;
  ZipFile zip_;
  std::vector<BookSheet> sheets_;
  std::vector<bool> is_date_style_;  ///< by cell format
  PackedStrings strings_;
  DateSystem dates_ = DateSystem::from_1900;
};

/// Does a number format show dates? "yyyy\"年\"m\"月\"", "[$-804]aaaa" do; "0.00", "General" do
/// not.
bool is_date_format(std::string_view code);
/// Excel writes characters that XML cannot hold as _x000D_; this is the text again.
std::string unescaped_controls(std::string_view text);
/// Its inverse, which also guards a text that only looks so.
std::string escaped_controls(std::string_view text);

}  // namespace jiyao
