// client/register_reader.cpp - headings, mandatory columns, rows.
#include "client/register_reader.h"

#include <algorithm>
#include <charconv>

#include "client/csv_reader.h"
#include "schema/dates.h"
#include "schema/limits.h"
#include "schema/mandatory.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr std::size_t kHeadingRowsMax = 15;
constexpr std::string_view kWideBlank = "\xE3\x80\x80";
constexpr std::string_view kBetween = "\n\n";

/// A row by what it says, without empty cells behind it.
std::string said_by(const SheetRow& row) {
  std::vector<std::string> cells = row.cells;
  while (!cells.empty() && cells.back().empty()) cells.pop_back();
  return csv_line(cells);
}

bool is_text_like(FieldType type) {
  return type == FieldType::text || type == FieldType::opinion || type == FieldType::person ||
         type == FieldType::org;
}

/// A day number of a spreadsheet: a number cell, or five digits in a text cell.
std::optional<double> serial_in(std::string_view text, CellKind kind) {
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const bool is_day = kind == CellKind::number || text.size() == 5;
  return is_day ? std::optional(number) : std::nullopt;
}

bool is_only_wide_blanks(std::string_view line) {
  while (line.starts_with(kWideBlank)) line.remove_prefix(kWideBlank.size());
  return line.empty();
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find('\n', at);
    lines.emplace_back(text.substr(at, end == std::string_view::npos ? end : end - at));
    if (end == std::string_view::npos) return lines;
    at = end + 1;
  }
}

}  // namespace

std::string joined_entries(const std::vector<std::string>& entries) {
  std::string joined;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) joined += kBetween;
    const std::vector<std::string> lines = lines_of(entries[i]);
    for (std::size_t n = 0; n < lines.size(); ++n) {
      if (n > 0) joined += '\n';
      joined += lines[n];
      if (lines.size() > 1 && is_only_wide_blanks(lines[n])) joined += kWideBlank;
    }
  }
  return joined;
}

std::vector<std::string> split_entries(std::string_view cell) {
  std::vector<std::string> entries;
  for (std::size_t at = 0; at != std::string_view::npos;) {
    const std::size_t end = cell.find(kBetween, at);
    std::vector<std::string> lines =
        lines_of(cell.substr(at, end == std::string_view::npos ? end : end - at));
    std::string entry;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool is_ours = lines.size() > 1 && !lines[i].empty() && is_only_wide_blanks(lines[i]);
      if (i > 0) entry += '\n';
      entry += is_ours ? lines[i].substr(kWideBlank.size()) : lines[i];
    }
    entries.push_back(std::move(entry));
    at = end == std::string_view::npos ? end : end + kBetween.size();
  }
  return entries;
}

RegisterReader::RegisterReader(const Catalogue& words, SheetReader& sheet,
                               const LedgerDefinition& definition, RegisterChoices choices)
    : words_(&words), sheet_(&sheet), definition_(&definition), choices_(std::move(choices)) {}

Result<RegisterReader> RegisterReader::open(const Catalogue& words, SheetReader& sheet,
                                            const LedgerDefinition& definition,
                                            RegisterChoices choices) {
  RegisterReader reader(words, sheet, definition, std::move(choices));
  if (const auto found = reader.find_heading(); !found) return found.error();
  if (const auto once = reader.check_once(); !once) return once.error();
  if (const auto complete = reader.check_mandatory(); !complete) return complete.error();
  return reader;
}

const Field* RegisterReader::meaning(const std::string& heading) const {
  const std::string bare = bare_heading(heading);
  const auto said = choices_.columns.find(bare);
  if (said != choices_.columns.end()) return said->second;
  const Field* field = bare.empty() ? nullptr : definition_->field_for_header(bare);
  const bool is_counted =
      field != nullptr && definition_->groups[field->group].kind == GroupKind::computed;
  return is_counted ? nullptr : field;
}

Result<void> RegisterReader::find_heading() {
  std::vector<SheetRow> first;
  while (first.size() < kHeadingRowsMax) {
    auto row = sheet_->next();
    if (!row) return row.error();
    if (!*row) break;
    first.push_back(*std::move(*row));
  }
  auto found = find_headings(first, [this](const std::string& text) { return meaning(text); });
  if (!found) return no_heading(first);
  headings_ = *std::move(found);
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (i >= headings_.rows)
      read_ahead_.push_back(std::move(first[i]));
    else if (!first[i].is_blank())
      above_.insert(said_by(first[i]));
  }
  return {};
}

Error RegisterReader::no_heading(const std::vector<SheetRow>& seen) const {
  std::string first;
  for (const SheetRow& row : seen) {
    if (row.fault.kind == CellFault::broken_text)
      return Error{Errc::invalid, words_->text("import.broken_heading",
                                               {{"line", std::to_string(row.line)},
                                                {"byte", std::to_string(row.fault.bytes)}})};
    if (first.empty() && !row.is_blank()) first = csv_line(row.cells);
  }
  return Error{Errc::invalid, words_->text("import.no_heading",
                                           {{"seen", cut_to_width(terminal_safe(first), 60)}})};
}

/// A field with two columns has no value: which of them is meant?
Result<void> RegisterReader::check_once() const {
  for (std::size_t i = 0; i < headings_.fields.size(); ++i)
    for (std::size_t j = 0; headings_.fields[i] != nullptr && j < i; ++j)
      if (headings_.fields[i] == headings_.fields[j])
        return Error{Errc::invalid,
                     words_->text("import.column_twice",
                                  {{"one", headings_.texts[j]},
                                   {"other", headings_.texts[i]},
                                   {"field", label_of(*words_, *headings_.fields[i])}})};
  return {};
}

bool RegisterReader::is_mandatory(const Field& field) const {
  const auto state = definition_->state_index(choices_.state);
  return state && field.from_if.empty() && is_due(*definition_, field, *state);
}

bool RegisterReader::has(const Field& field) const {
  return std::find(headings_.fields.begin(), headings_.fields.end(), &field) !=
         headings_.fields.end();
}

Result<void> RegisterReader::check_mandatory() const {
  for (const Field& field : definition_->fields) {
    if (!is_mandatory(field) || choices_.defaults.contains(field.name) || has(field)) continue;
    std::string known = field.zh;
    for (const std::string& heading : field.headers) known += "、" + heading;
    return Error{Errc::invalid,
                 words_->text("import.no_column", {{"field", label_of(*words_, field)}}) + "\n" +
                     words_->text("import.known_headings", {{"known", known}})};
  }
  return {};
}

std::vector<std::string> RegisterReader::unknown_headings() const {
  std::vector<std::string> unknown;
  for (std::size_t i = 0; i < headings_.fields.size(); ++i)
    if (headings_.fields[i] == nullptr && !headings_.texts[i].empty())
      unknown.push_back(headings_.texts[i]);
  return unknown;
}

std::optional<RowReason> RegisterReader::fault_of(const SheetRow& row) const {
  const std::size_t column = row.fault.column;
  const std::vector<std::string>& texts = headings_.texts;
  const std::string heading = column < texts.size() ? texts[column] : std::to_string(column + 1);
  const std::string bytes = std::to_string(row.fault.bytes);
  switch (row.fault.kind) {
    case CellFault::none:
      break;
    case CellFault::broken_text:
      return RowReason{heading, words_->text("import.broken_text", {{"byte", bytes}})};
    case CellFault::too_long:
      return RowReason{
          heading, words_->text("import.cell_too_long",
                                {{"bytes", bytes}, {"most", std::to_string(kCsvCellBytesMax)}})};
    case CellFault::quote_not_closed:
      return RowReason{heading, words_->text("import.quote_open", {{"line", bytes}})};
    case CellFault::formula_error:
      return RowReason{heading, words_->text("import.formula_error")};
  }
  for (std::size_t i = texts.size(); i < row.cells.size(); ++i)
    if (!row.cells[i].empty() || sheet_->date_system() == DateSystem::none)
      return RowReason{
          std::to_string(i + 1),
          words_->text("import.too_many_cells", {{"cells", std::to_string(row.cells.size())},
                                                 {"columns", std::to_string(texts.size())}})};
  return std::nullopt;
}

/// Spreadsheets hold a day as its number, and whole columns of them as text.
Result<std::string> RegisterReader::value_of(const Field& field, std::string_view text,
                                             CellKind kind) const {
  const bool is_day = field.type == FieldType::date || field.type == FieldType::stamp;
  std::string typed(text);
  if (is_day && kind != CellKind::date)
    if (const auto serial = serial_in(text, kind))
      if (const auto date = date_of_serial(*serial, sheet_->date_system())) {
        typed = *date;
        kind = CellKind::date;
      }
  if (field.type == FieldType::date && kind == CellKind::date) typed = typed.substr(0, 10);
  if (kind != CellKind::exact || !is_text_like(field.type))
    return canonical_value(*words_, field, typed);
  const auto exact = to_canonical_text(text);
  if (exact && exact->size() <= kTextBytesMax) return *exact;
  return canonical_value(*words_, field, typed);
}

std::optional<RowReason> RegisterReader::read_cell(const SheetRow& row, std::size_t column,
                                                   RegisterRow& result) const {
  const Field& field = *headings_.fields[column];
  const Group& group = definition_->groups[field.group];
  if (group.kind != GroupKind::set) {
    auto value = value_of(field, row.cells[column], row.kind(column));
    if (!value) return RowReason{headings_.texts[column], value.error().detail};
    if (!value->empty()) result.values[field.name] = *std::move(value);
    return std::nullopt;
  }
  std::size_t nth = 0;
  for (const std::string& text : split_entries(row.cells[column])) {
    auto value = value_of(field, text, row.kind(column));
    if (!value) return RowReason{headings_.texts[column], value.error().detail};
    const std::size_t wanted = nth++;
    std::size_t seen = 0;
    auto entry = std::find_if(result.entries.begin(), result.entries.end(), [&](const auto& one) {
      return one.first == field.group && seen++ == wanted;
    });
    if (entry == result.entries.end())
      entry = result.entries.insert(result.entries.end(), {field.group, {}});
    if (!value->empty()) entry->second[field.name] = *std::move(value);
  }
  return std::nullopt;
}

std::optional<RowReason> RegisterReader::read_values(const SheetRow& row,
                                                     RegisterRow& result) const {
  for (std::size_t i = 0; i < row.cells.size() && i < headings_.fields.size(); ++i) {
    if (headings_.fields[i] == nullptr || row.cells[i].empty()) continue;
    if (auto reason = read_cell(row, i, result)) return reason;
  }
  std::erase_if(result.entries, [](const auto& entry) { return entry.second.empty(); });
  for (const auto& [name, value] : choices_.defaults) {
    const std::size_t group = definition_->field(name)->group;
    if (definition_->groups[group].kind != GroupKind::set) {
      result.values.emplace(name, value);
    } else if (std::none_of(result.entries.begin(), result.entries.end(),
                            [&](const auto& entry) { return entry.first == group; })) {
      result.entries.emplace_back(group, FieldValues{{name, value}});
    }
  }
  for (const Field& field : definition_->fields) {
    if (!is_mandatory(field)) continue;
    const bool is_set = definition_->groups[field.group].kind == GroupKind::set;
    const bool is_there =
        is_set ? std::any_of(result.entries.begin(), result.entries.end(),
                             [&](const auto& entry) { return entry.second.contains(field.name); })
               : result.values.contains(field.name);
    if (!is_there) return RowReason{label_of(*words_, field), words_->text("import.empty")};
  }
  return std::nullopt;
}

Result<std::optional<SheetRow>> RegisterReader::next_row() {
  if (read_ahead_.empty()) return sheet_->next();
  std::optional<SheetRow> row(std::move(read_ahead_.front()));
  read_ahead_.pop_front();
  return row;
}

RegisterRow RegisterReader::judged(SheetRow row) const {
  RegisterRow result;
  result.line = row.line;
  result.reason = fault_of(row);
  if (!result.reason) result.reason = read_values(row, result);
  result.cells = std::move(row.cells);
  return result;
}

Result<std::optional<RegisterRow>> RegisterReader::next() {
  while (true) {
    auto row = next_row();
    if (!row) return row.error();
    if (!*row) return std::optional<RegisterRow>();
    if ((*row)->is_blank() || above_.contains(said_by(**row))) continue;
    if ((*row)->is_hidden) ++hidden_rows_;
    return std::optional<RegisterRow>(judged(*std::move(*row)));
  }
}

}  // namespace jiyao
