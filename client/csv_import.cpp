// client/csv_import.cpp - headings, mandatory columns, rows, and the file of bad ones.
#include "client/csv_import.h"

#include <algorithm>

#include "schema/limits.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr int kHeadingRowsMax = 10;
constexpr std::string_view kFirstState = "registered";

std::string without_blanks(std::string_view text) {
  std::string bare;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\xE3\x80\x80")) {
      i += 2;
    } else if (text[i] != ' ' && text[i] != '\t' && text[i] != '\n' && text[i] != '\r') {
      bare += text[i];
    }
  }
  return bare;
}

}  // namespace

RegisterReader::RegisterReader(const Catalogue& words, File& file,
                               const LedgerDefinition& definition, FieldValues defaults)
    : words_(&words),
      definition_(&definition),
      defaults_(std::move(defaults)),
      encoding_(detect_encoding(file)),
      reader_(file, encoding_) {}

Result<RegisterReader> RegisterReader::open(const Catalogue& words, File& file,
                                            const LedgerDefinition& definition,
                                            FieldValues defaults) {
  RegisterReader reader(words, file, definition, std::move(defaults));
  if (const auto found = reader.find_headings(); !found) return found.error();
  if (const auto complete = reader.check_mandatory(); !complete) return complete.error();
  return reader;
}

Result<void> RegisterReader::find_headings() {
  std::string seen;
  for (int i = 0; i < kHeadingRowsMax; ++i) {
    const auto row = reader_.next();
    if (!row) break;
    columns_.clear();
    for (const std::string& cell : row->cells)
      columns_.push_back(definition_->field_for_header(without_blanks(cell)));
    headings_ = row->cells;
    if (known_columns() >= 2) return check_once();
    if (seen.empty() && !row->is_blank()) seen = csv_line(row->cells);
    if (row->fault.kind == CellFault::broken_text)
      return Error{Errc::invalid, words_->text("import.broken_heading",
                                               {{"line", std::to_string(row->line)},
                                                {"byte", std::to_string(row->fault.bytes)}})};
  }
  return Error{Errc::invalid, words_->text("import.no_heading",
                                           {{"seen", cut_to_width(terminal_safe(seen), 60)}})};
}

/// A field with two columns has no value: which of them is meant?
Result<void> RegisterReader::check_once() const {
  for (std::size_t i = 0; i < columns_.size(); ++i)
    for (std::size_t j = 0; columns_[i] != nullptr && j < i; ++j)
      if (columns_[i] == columns_[j])
        return Error{Errc::invalid, words_->text("import.column_twice",
                                                 {{"one", headings_[j]},
                                                  {"other", headings_[i]},
                                                  {"field", label_of(*words_, *columns_[i])}})};
  return {};
}

bool RegisterReader::is_mandatory(const Field& field) const {
  const auto state = definition_->state_index(kFirstState);
  const bool is_asked = field.from && state &&
                        definition_->states[*field.from].rank <= definition_->states[*state].rank;
  return is_asked && field.from_if.empty();
}

Result<void> RegisterReader::check_mandatory() const {
  for (const Field& field : definition_->fields) {
    if (!is_mandatory(field) || defaults_.contains(field.name)) continue;
    if (std::find(columns_.begin(), columns_.end(), &field) != columns_.end()) continue;
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
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i] == nullptr && !headings_[i].empty()) unknown.push_back(headings_[i]);
  return unknown;
}

std::size_t RegisterReader::known_columns() const {
  return static_cast<std::size_t>(std::count_if(columns_.begin(), columns_.end(),
                                                [](const Field* one) { return one != nullptr; }));
}

std::optional<RowReason> RegisterReader::fault_of(const CsvRow& row) const {
  const std::size_t column = row.fault.column;
  const std::string heading =
      column < headings_.size() ? headings_[column] : std::to_string(column + 1);
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
  }
  if (row.cells.size() > headings_.size())
    return RowReason{heading, words_->text("import.too_many_cells",
                                           {{"cells", std::to_string(row.cells.size())},
                                            {"columns", std::to_string(headings_.size())}})};
  return std::nullopt;
}

std::optional<RowReason> RegisterReader::read_values(const CsvRow& row, FieldValues& values) const {
  for (std::size_t i = 0; i < row.cells.size() && i < columns_.size(); ++i) {
    if (columns_[i] == nullptr) continue;
    auto value = canonical_value(*words_, *columns_[i], formula_undone(row.cells[i]));
    if (!value) return RowReason{headings_[i], value.error().detail};
    if (!value->empty()) values[columns_[i]->name] = *std::move(value);
  }
  for (const auto& [name, value] : defaults_) values.emplace(name, value);
  for (const Field& field : definition_->fields)
    if (is_mandatory(field) && !values.contains(field.name))
      return RowReason{label_of(*words_, field), words_->text("import.empty")};
  return std::nullopt;
}

std::optional<RegisterRow> RegisterReader::next() {
  while (const auto row = reader_.next()) {
    if (row->is_blank()) continue;
    RegisterRow result;
    result.line = row->line;
    result.reason = fault_of(*row);
    if (!result.reason) result.reason = read_values(*row, result.values);
    result.cells = row->cells;
    return result;
  }
  return std::nullopt;
}

std::string row_key(const LedgerDefinition& definition, const FieldValues& values) {
  std::string key;
  for (const char* name : {"legacy_no", "sender_org", "doc_no", "title", "dated_on"}) {
    if (definition.field(name) == nullptr) continue;
    const auto value = values.find(name);
    key += value == values.end() ? std::string() : value->second;
    key += '\x1f';
  }
  return key;
}

Result<RejectsWriter> RejectsWriter::create(Files& files, const Path& path,
                                            const RegisterReader& reader, const Catalogue& words) {
  auto file = files.open(path, OpenMode::create);
  if (!file) return Error{file.code(), path};
  (*file)->truncate(0);
  RejectsWriter writer(*std::move(file), reader.encoding(), words);
  if (writer.encoding_ == TextEncoding::utf8) {
    const std::string_view mark = "\xEF\xBB\xBF";
    writer.file_->write(0, as_bytes(mark));
    writer.offset_ = mark.size();
  }
  std::vector<std::string> heads = reader.headings();
  writer.columns_ = heads.size();
  heads.push_back(words.text("import.reason_heading"));
  writer.put(heads);
  return writer;
}

void RejectsWriter::put(const std::vector<std::string>& cells) {
  std::vector<std::string> safe;
  for (const std::string& cell : cells) safe.push_back(no_formula(cell));
  const std::string line = encode_text(csv_line(safe) + "\r\n", encoding_);
  file_->write(offset_, as_bytes(line));
  offset_ += line.size();
}

void RejectsWriter::add(const RegisterRow& row) {
  std::vector<std::string> cells = row.cells;
  if (cells.size() < columns_) cells.resize(columns_);
  // What stands beyond the headings goes behind the reason: nothing is lost, and the row is refused
  // again until somebody has put it right.
  const auto reason_at = cells.begin() + static_cast<std::ptrdiff_t>(columns_);
  cells.insert(reason_at, words_->text("import.reason_cell", {{"line", std::to_string(row.line)},
                                                              {"column", row.reason->column},
                                                              {"reason", row.reason->reason}}));
  put(cells);
}

void RejectsWriter::close() {
  file_->sync();
}

}  // namespace jiyao
