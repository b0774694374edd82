// client/csv_reader.h - rows of a CSV file (RFC 4180) in UTF-8, GB18030 or UTF-16, read in pieces.
//
// Quotes, doubled quotes, line breaks inside quotes, CRLF or LF, a byte order mark. Cells are cut
// out of raw bytes and decoded one by one: in UTF-8 and GB18030 a comma, a quote or a line end is
// never a part of another character, so one broken cell spoils its own row only. UTF-16, which
// spreadsheets write as "Unicode text" with tabs between the cells, becomes UTF-8 on the way in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/sheet.h"
#include "schema/files.h"

namespace jiyao {

enum class TextEncoding { utf8, gb18030, utf16_le, utf16_be };
const char* name_of(TextEncoding encoding);  ///< "UTF-8", "GB18030", "UTF-16"

/// What the whole file is: a byte order mark, all of it valid UTF-8, or a first line in Chinese
/// that is valid UTF-8 says UTF-8 (a broken byte further down is then a broken row); else GB18030.
/// Reads the file once.
TextEncoding detect_encoding(File& file);

/// Bytes in `encoding` as UTF-8; nullopt where they are no text in it. `bad_at`: the first bad
/// byte.
std::optional<std::string> decode_text(std::string_view bytes, TextEncoding encoding,
                                       std::size_t* bad_at = nullptr);
/// UTF-8 into `encoding`; a character it cannot hold becomes '?'. What is asked for in UTF-16 is
/// UTF-8 again: we read it, we do not write it.
std::string encode_text(std::string_view utf8, TextEncoding encoding);

class CsvReader final : public SheetReader {
 public:
  /// `file` outlives the reader. Memory: one piece of the file and one row.
  CsvReader(File& file, TextEncoding encoding);
  /// Never an error: what is wrong is wrong with a row.
  Result<std::optional<SheetRow>> next() override;
  DateSystem date_system() const override { return DateSystem::none; }
  std::pair<std::uint64_t, std::uint64_t> progress() const override;

 private:
  int peek();
  int take();
  void read_piece();
  void read_cell(SheetRow& row);
  void put_cell(SheetRow& row, const std::string& raw, std::size_t bytes, bool is_closed);

  File& file_;
  TextEncoding encoding_;
  char separator_ = ',';
  std::uint64_t offset_ = 0;
  std::uint64_t size_ = 0;
  std::vector<std::uint8_t> piece_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

/// How a text must be written so that it comes in again as it was. A spreadsheet takes a CSV cell
/// that begins with = + - @ for a formula and runs it; blanks around a text are taken off when it
/// comes in. Such a text goes out behind an apostrophe; so does one that would look as if it had.
enum class Guarded : std::uint8_t {
  csv,   ///< formulas and blanks
  xlsx,  ///< blanks: a text cell of a sheet is no formula
};
std::string guarded(const std::string& text, Guarded how);
/// The text without our apostrophe; nullopt: it has none of ours.
std::optional<std::string_view> unguarded(std::string_view cell, Guarded how);
/// One line of a CSV file, without its line end: cells quoted where needed.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace jiyao
