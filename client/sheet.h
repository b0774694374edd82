// client/sheet.h - rows of a table somebody keeps in a file, whatever kind of file that is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/result.h"

namespace jiyao {

enum class CellFault : std::uint8_t {
  none,
  broken_text,
  too_long,
  quote_not_closed,
  formula_error,  ///< #N/A and the like, or a formula without its result
};

struct SheetFault {
  CellFault kind = CellFault::none;
  std::size_t column = 0;  ///< 0-based
  std::size_t bytes = 0;   ///< too_long: how long; broken_text: the first bad byte, 1-based;
                           ///< quote_not_closed: the file's last line, which the cell runs to
};

enum class CellKind : std::uint8_t {
  text,
  exact,   ///< written so that blanks around it are part of it (client/csv_reader.h guarded())
  number,  ///< a number cell of a spreadsheet without a date format
  date,    ///< a date cell: the text is "2026-11-22" or "2026-11-22T09:30"
};

struct SheetRow {
  std::size_t line = 0;  ///< 1-based: the line of a text file where it begins, the row of a sheet
  /// UTF-8; of a faulty cell what can be read, with U+FFFD for the rest. A cell that holds U+FFFD
  /// is broken text, so a faulty cell that was written out does not come in again as it is.
  std::vector<std::string> cells;
  std::vector<CellKind> kinds;  ///< by cell; those it does not reach are text
  SheetFault fault;             ///< the first one of the row
  bool is_hidden = false;       ///< filtered away or folded in; a row like any other

  bool is_blank() const;  ///< no cell holds anything: a row to pass over
  CellKind kind(std::size_t column) const {
    return column < kinds.size() ? kinds[column] : CellKind::text;
  }
};

/// Which day a spreadsheet counts from. A text file counts from none: a bare number in it is no
/// date.
enum class DateSystem : std::uint8_t { none, from_1900, from_1904 };

/// Day number `serial` of a spreadsheet as "2026-11-22", with "T09:30" when it has a time. Day 60
/// of the 1900 system is the 1900-02-29 that never was, and is given as that: no date.
///   nullopt: it counts from nothing, or the day lies outside 1900..2199
std::optional<std::string> date_of_serial(double serial, DateSystem system);

class SheetReader {
 public:
  virtual ~SheetReader() = default;
  /// nullopt at the end.   errors: malformed, too_large (the file breaks off or lies further down)
  virtual Result<std::optional<SheetRow>> next() = 0;
  virtual DateSystem date_system() const = 0;
  /// Bytes read, of how many.
  virtual std::pair<std::uint64_t, std::uint64_t> progress() const = 0;
};

}  // namespace jiyao
