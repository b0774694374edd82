// client/xlsx_rows.cpp - cells of every type, as text.
#include "client/xlsx_rows.h"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "client/csv_reader.h"
#include "client/sheet_limits.h"
#include "client/xlsx_reader.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr std::string_view kUnreadable = "\xEF\xBF\xBD";
constexpr std::size_t kColumnsOfTheFormat = 16'384;
constexpr double kWholeNumberMax = 1e15;

template <class Number>
std::optional<Number> number_from(std::string_view text) {
  Number number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// "BC17": column 54 from 0, row 17. nullopt: no such place.
std::optional<std::pair<std::size_t, std::size_t>> place_from(std::string_view reference) {
  std::size_t column = 0, at = 0;
  for (; at < reference.size() && reference[at] >= 'A' && reference[at] <= 'Z' && at < 3; ++at)
    column = column * 26 + static_cast<std::size_t>(reference[at] - 'A' + 1);
  const auto row = number_from<std::size_t>(reference.substr(at));
  if (column == 0 || column > kColumnsOfTheFormat || !row || *row == 0) return std::nullopt;
  return std::pair(column - 1, *row);
}

std::string letters_of(std::size_t column) {
  std::string letters;
  for (++column; column > 0; column = (column - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  return letters;
}

/// As a person sees it: no 1E+05, no 0.30000000000000004.
std::string number_text(double number) {
  char text[40];
  const bool is_whole = std::fabs(number) < kWholeNumberMax && number == std::floor(number);
  const int size = is_whole ? std::snprintf(text, sizeof text, "%.0f", number)
                            : std::snprintf(text, sizeof text, "%.15g", number);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace

XlsxRows::XlsxRows(const Catalogue& words, std::unique_ptr<ZipPart> part, PackedStrings& strings,
                   const std::vector<bool>& is_date_style, DateSystem dates)
    : words_(words),
      strings_(strings),
      is_date_style_(is_date_style),
      dates_(dates),
      xml_(words, std::move(part), *this) {}

std::pair<std::uint64_t, std::uint64_t> XlsxRows::progress() const {
  return {xml_.part().bytes_read(), xml_.part().bytes()};
}

Result<std::optional<SheetRow>> XlsxRows::next() {
  while (ready_.empty() && !is_done_) {
    const auto more = xml_.feed();
    if (!more) return more.error();
    is_done_ = !*more;
  }
  if (ready_.empty()) return std::optional<SheetRow>();
  std::optional<SheetRow> row(std::move(ready_.front()));
  ready_.pop_front();
  return row;
}

std::string XlsxRows::place() const {
  return xml_.part().name() + " " + letters_of(cell_.column) + std::to_string(row_.line);
}

Error XlsxRows::broken() const {
  return Error{Errc::malformed, words_.text("sheet.part_broken", {{"where", place()}})};
}

Result<void> XlsxRows::start(std::string_view name, const XmlAttributes& attributes) {
  if (name == "row") return start_row(attributes);
  if (!is_in_row_) return {};
  if (name == "c") return start_cell(attributes);
  if (!is_in_cell_) return {};
  if (name == "f") cell_.has_formula = true;
  if (name == "is") is_in_inline_ = true;
  if (name == "rPh") ++phonetic_;
  is_in_text_ = name == "v" || (name == "t" && is_in_inline_ && phonetic_ == 0);
  cell_.has_value = cell_.has_value || is_in_text_;
  return {};
}

Result<void> XlsxRows::start_row(const XmlAttributes& attributes) {
  if (is_in_row_) return broken();
  const std::string_view given = attributes.get("r");
  const auto line = given.empty() ? std::optional(last_line_ + 1) : number_from<std::size_t>(given);
  row_ = SheetRow();
  row_.line = line.value_or(last_line_ + 1);
  cell_ = Cell();
  if (!line || row_.line <= last_line_) return broken();
  if (row_.line > kSheetRowsMax)
    return Error{Errc::too_large, words_.text("sheet.too_large", {{"where", place()}})};
  const std::string_view hidden = attributes.get("hidden");
  row_.is_hidden = hidden == "1" || hidden == "true";
  last_line_ = row_.line;
  cells_ = 0;
  is_in_row_ = true;
  return {};
}

Result<void> XlsxRows::start_cell(const XmlAttributes& attributes) {
  if (is_in_cell_) return broken();
  cell_ = Cell();
  cell_.column = cells_;
  if (const std::string_view given = attributes.get("r"); !given.empty()) {
    const auto place = place_from(given);
    if (!place || place->second != row_.line || place->first < cells_) return broken();
    cell_.column = place->first;
  }
  if (cell_.column >= kColumnsOfTheFormat) return broken();
  cells_ = cell_.column + 1;
  cell_.style = number_from<std::size_t>(attributes.get("s")).value_or(0);
  cell_.type = attributes.get("t");
  is_in_cell_ = true;
  return {};
}

void XlsxRows::text(std::string_view text) {
  if (!is_in_text_) return;
  cell_.bytes += text.size();
  if (cell_.text.size() <= kCsvCellBytesMax) cell_.text += text;
}

Result<void> XlsxRows::end(std::string_view name) {
  is_in_text_ = false;
  if (name == "is") is_in_inline_ = false;
  if (name == "rPh" && phonetic_ > 0) --phonetic_;
  if (name == "c" && is_in_cell_) {
    is_in_cell_ = is_in_inline_ = false;
    phonetic_ = 0;
    return end_cell();
  }
  if (name == "row" && is_in_row_) {
    is_in_row_ = false;
    if (!row_.is_blank()) ready_.push_back(std::move(row_));
    row_ = SheetRow();
    row_.line = last_line_;
  }
  return {};
}

Result<void> XlsxRows::end_cell() {
  if (!cell_.has_value) {
    // A formula nobody has calculated: its value is not known, which is not the same as none.
    if (cell_.has_formula) return put({}, CellKind::text, CellFault::formula_error);
    return {};
  }
  if (cell_.type == "s") return put_shared();
  if (cell_.type == "inlineStr" || cell_.type == "str")
    return put(unescaped_controls(cell_.text), CellKind::text, CellFault::none);
  if (cell_.type == "e") return put(cell_.text, CellKind::text, CellFault::formula_error);
  if (cell_.type == "b")
    return put(cell_.text == "1" ? "TRUE" : "FALSE", CellKind::text, CellFault::none);
  if (cell_.type == "d") {  // ISO 8601, of strict writers
    const std::string day = cell_.text.substr(0, 10);
    const std::string clock = cell_.text.size() >= 16 ? cell_.text.substr(10, 6) : std::string();
    return put(day + (clock == "T00:00" ? "" : clock), CellKind::date, CellFault::none);
  }
  if (!cell_.type.empty() && cell_.type != "n") return broken();
  const auto number = number_from<double>(cell_.text);
  if (!number || !std::isfinite(*number)) {
    if (cell_.text.empty()) return {};
    return broken();
  }
  const bool is_date = cell_.style < is_date_style_.size() && is_date_style_[cell_.style];
  const auto date = is_date ? date_of_serial(*number, dates_) : std::nullopt;
  return date ? put(*date, CellKind::date, CellFault::none)
              : put(number_text(*number), CellKind::number, CellFault::none);
}

Result<void> XlsxRows::put_shared() {
  const auto index = number_from<std::size_t>(cell_.text);
  const auto text = index ? strings_.at(*index) : std::nullopt;
  if (!text) return broken();
  cell_.bytes = text->size();
  return put(unescaped_controls(*text), CellKind::text, CellFault::none);
}

Result<void> XlsxRows::put(std::string text, CellKind kind, CellFault fault) {
  if (text.empty() && fault == CellFault::none) return {};
  if (cell_.column >= kSheetColumnsMax)
    return Error{Errc::too_large, words_.text("sheet.too_wide", {{"where", place()}})};
  std::size_t bytes = cell_.bytes;
  if (bytes > kCsvCellBytesMax && fault == CellFault::none) {
    fault = CellFault::too_long;
    text.resize(kCsvCellBytesMax);
    while (!text.empty() && !is_utf8(text)) text.pop_back();
    text += kUnreadable;
  } else if (const std::size_t at = text.find(kUnreadable); at != std::string::npos) {
    fault = CellFault::broken_text;
    bytes = at + 1;
  }
  if (fault != CellFault::none && row_.fault.kind == CellFault::none)
    row_.fault = {fault, cell_.column, bytes};
  if (const auto plain = unguarded(text, Guarded::xlsx); plain && kind == CellKind::text) {
    text = std::string(*plain);
    kind = CellKind::exact;
  }
  row_.cells.resize(cell_.column + 1);
  row_.cells.back() = std::move(text);
  if (kind != CellKind::text) {
    row_.kinds.resize(cell_.column + 1, CellKind::text);
    row_.kinds.back() = kind;
  }
  return {};
}

}  // namespace jiyao
