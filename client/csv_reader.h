// client/csv_reader.h - rows of a CSV file (RFC 4180) in UTF-8 or GB18030, read in pieces.
//
// Quotes, doubled quotes, line breaks inside quotes, CRLF or LF, a byte order mark. Cells are cut
// out of raw bytes and decoded one by one: in both encodings a comma, a quote or a line end is
// never a part of another character, so one broken cell spoils its own row only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/files.h"

namespace jiyao {

enum class TextEncoding { utf8, gb18030 };
const char* name_of(TextEncoding encoding);  ///< "UTF-8", "GB18030"

/// What the whole file is: a byte order mark, all of it valid UTF-8, or a first line in Chinese
/// that is valid UTF-8 says UTF-8 (a broken byte further down is then a broken row); else GB18030.
/// Reads the file once.
TextEncoding detect_encoding(File& file);

/// Bytes in `encoding` as UTF-8; nullopt where they are no text in it. `bad_at`: the first bad
/// byte.
std::optional<std::string> decode_text(std::string_view bytes, TextEncoding encoding,
                                       std::size_t* bad_at = nullptr);
/// UTF-8 into `encoding`; a character it cannot hold becomes '?'.
std::string encode_text(std::string_view utf8, TextEncoding encoding);

enum class CellFault { none, broken_text, too_long, quote_not_closed };

struct CsvFault {
  CellFault kind = CellFault::none;
  std::size_t column = 0;  ///< 0-based
  std::size_t bytes = 0;   ///< too_long: how long; broken_text: the first bad byte, 1-based;
                           ///< quote_not_closed: the file's last line, which the cell runs to
};

struct CsvRow {
  std::size_t line = 0;  ///< where it begins, 1-based, as an editor counts
  /// UTF-8; of a faulty cell what can be read, with U+FFFD for the rest. A cell that holds U+FFFD
  /// is broken text, so a faulty cell that was written out does not come in again as it is.
  std::vector<std::string> cells;
  CsvFault fault;         ///< the first one of the row
  bool is_blank() const;  ///< no cell holds anything: a row to pass over
};

class CsvReader {
 public:
  /// `file` outlives the reader. Memory: one piece of the file and one row.
  CsvReader(File& file, TextEncoding encoding);
  std::optional<CsvRow> next();  ///< nullopt at the end

 private:
  int peek();
  int take();
  void read_cell(CsvRow& row);
  void put_cell(CsvRow& row, const std::string& raw, std::size_t bytes, bool is_closed);

  File& file_;
  TextEncoding encoding_;
  std::uint64_t offset_ = 0;
  std::vector<std::uint8_t> piece_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

/// A spreadsheet takes a cell that begins with = + - @ for a formula and runs it: such a cell goes
/// out behind an apostrophe, which formula_undone() takes off when it comes in again.
std::string no_formula(const std::string& cell);
std::string_view formula_undone(std::string_view cell);
/// One line of a CSV file, without its line end: cells quoted where needed.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace jiyao
