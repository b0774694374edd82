// client/importer.cpp - judging, then recording in rounds of a few acts.
#include "client/importer.h"

#include <algorithm>

#include "client/records.h"

namespace jiyao {

namespace {

constexpr std::size_t kActRows = 250;
constexpr std::size_t kActSteps = 900;             ///< below 1000 changes
constexpr std::size_t kActTextBytes = 100 * 1024;  ///< by far below 192 KiB
constexpr std::size_t kRoundRows = 1000;
constexpr std::size_t kRoundTextBytes = 4 * 1024 * 1024;
constexpr std::size_t kPage = 500;

std::size_t bytes_of(const RegisterRow& row) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : row.values) bytes += name.size() + value.size();
  for (const auto& [group, entry] : row.entries)
    for (const auto& [name, value] : entry) bytes += name.size() + value.size();
  return bytes;
}

}  // namespace

Result<void> Rejects::add(const RegisterRow& row, const std::vector<std::string>& headings) {
  ++count_;
  if (told_.size() < kToldMax) told_.push_back({row.line, *row.reason});
  if (path_.empty()) return {};
  if (writer_ == nullptr) {
    SheetPlan plan{path_.substr(path_.rfind('/') + 1), {}, {}};
    for (const std::string& heading : headings)
      plan.columns.push_back({heading, SheetColumn::Kind::text, 16});
    plan.columns.push_back({desk_.text("import.reason_heading"), SheetColumn::Kind::text, 40});
    columns_ = headings.size();
    Files& files = desk_.env().files;
    auto made = file_.is_workbook() ? xlsx_writer(files, path_, plan)
                                    : csv_writer(files, path_, file_.encoding(), plan);
    if (!made) return made.error();
    writer_ = *std::move(made);
  }
  std::vector<std::string> cells = row.cells;
  if (cells.size() < columns_) cells.resize(columns_);
  // What stands beyond the headings goes behind the reason: nothing is lost, and the row is refused
  // again until somebody has put it right.
  cells.insert(cells.begin() + static_cast<std::ptrdiff_t>(columns_),
               desk_.text("import.reason_cell", {{"line", std::to_string(row.line)},
                                                 {"column", row.reason->column},
                                                 {"reason", row.reason->reason}}));
  writer_->put(cells);
  return {};
}

void Rejects::close() {
  if (writer_ != nullptr) writer_->close();
}

Importer::Importer(Desk& desk, Replica& replica, const LedgerDefinition& ledger, RegisterFile& file,
                   ImportPlan plan)
    : desk_(desk),
      replica_(replica),
      ledger_(ledger),
      file_(file),
      plan_(std::move(plan)),
      directory_(replica),
      intake_(desk, replica, ledger, plan_.owner, plan_.level) {}

Result<void> Importer::open_table(std::size_t table) {
  reader_.reset();
  auto rows = file_.rows(table);
  if (!rows) return rows.error();
  sheet_ = *std::move(rows);
  FieldValues defaults = plan_.given;
  intake_.fill(defaults);
  auto reader = RegisterReader::open(desk_.words(), *sheet_, ledger_,
                                     {std::move(defaults), plan_.columns, intake_.first_state()});
  if (!reader) return reader.error();
  reader_.emplace(*std::move(reader));
  table_ = table;
  return {};
}

Result<void> Importer::open() {
  std::optional<Error> first;
  for (std::size_t table = 0; table < file_.tables(); ++table) {
    const auto opened = open_table(table);
    if (opened) {
      identity_ = identity_fields(ledger_, *reader_, plan_.given);
      return {};
    }
    if (opened.code() != Errc::invalid) return opened;
    if (!first) first = opened.error();
  }
  return *first;
}

std::string Importer::key_of(const std::function<std::string(const Field&)>& value) const {
  std::string key;
  for (const Field* field : identity_) {
    const bool is_name = field->type == FieldType::person || field->type == FieldType::org;
    key += (is_name ? directory_.person_text(value(*field)) : value(*field)) + '\x1f';
  }
  return key;
}

/// What is recorded already, and how often: a file imported again brings only what is new.
Result<RowKeys*> Importer::on_record(const CompartmentId& place) {
  const auto [found, is_new] = on_record_.try_emplace(place);
  if (!is_new) return &found->second;
  Query query;
  query.ledger = ledger_.name;
  query.compartment = place;
  query.limit = kPage;
  std::optional<RecordId> after;
  do {
    const RecordPage page = replica_.search(query, after);
    for (const View& view : page.rows)
      found->second.add(
          key_of([&](const Field& field) { return view.state.field(ledger_, field.name); }));
    after = page.after;
  } while (after);
  found->second.sort();
  return &found->second;
}

Result<void> Importer::judge_row(RegisterRow row, Rejects& rejects) {
  if (!row.reason) row.reason = intake_.complete(row);
  is_good_.push_back(false);
  if (row.reason) return rejects.add(row, reader_->headings());
  const auto value = [&](const Field& field) {
    const auto found = row.values.find(field.name);
    return found == row.values.end() ? std::string() : found->second;
  };
  const auto place = intake_.compartment(row.values);
  if (!place) return place.error();
  const auto known = on_record(*place);
  if (!known) return known.error();
  if ((*known)->take(key_of(value))) {
    ++result_.known_already;
    return {};
  }
  is_good_.back() = true;
  ++result_.good;
  if (!ledger_.unique.empty()) {
    std::string key;
    bool is_whole = true;
    for (const std::size_t index : ledger_.unique.front().fields) {
      key += value(ledger_.fields[index]) + '\x1f';
      is_whole = is_whole && !value(ledger_.fields[index]).empty();
    }
    if (is_whole) twice_.add(key);
  }
  return intake_.count_needs(row, needs_);
}

Result<void> Importer::judge(Rejects& rejects) {
  ProgressBar bar(desk_.console(), desk_.text("import.judging"));
  while (true) {
    auto row = reader_->next();
    if (!row) return row.error();
    if (!*row) break;
    if (const auto judged = judge_row(*std::move(*row), rejects); !judged) return judged;
    const auto [done, all] = sheet_->progress();
    bar.step(done, all);
  }
  twice_.sort();
  result_.number_twice = twice_.repeated();
  if (!ledger_.unique.empty())
    result_.twice = &ledger_.fields[ledger_.unique.front().fields.back()];
  result_.hidden = reader_->hidden_rows();
  return {};
}

/// The next good rows, read again; none at the end.
Result<std::vector<RegisterRow>> Importer::next_round(std::size_t& ordinal, ProgressBar& bar) {
  std::vector<RegisterRow> rows;
  std::size_t bytes = 0;
  while (rows.size() < kRoundRows && bytes < kRoundTextBytes) {
    auto row = reader_->next();
    if (!row) return row.error();
    if (!*row) break;
    const bool is_wanted = ordinal < is_good_.size() && is_good_[ordinal];
    if (ordinal++ >= is_good_.size()) return desk_.failure(Errc::malformed, "import.changed");
    if (!is_wanted) continue;
    if ((*row)->reason || intake_.complete(**row))
      return desk_.failure(Errc::malformed, "import.changed");
    bytes += bytes_of(**row);
    rows.push_back(*std::move(*row));
  }
  const auto [done, all] = sheet_->progress();
  bar.step(done, all);
  return rows;
}

/// An act that was refused: its rows alone, so that only the bad one stays out.
Result<void> Importer::one_by_one(std::span<const RegisterRow> rows, Rejects& rejects) {
  for (const RegisterRow& row : rows) {
    const auto place = intake_.compartment(row.values);
    if (!place) return place.error();
    Act act{*place, {}};
    if (const auto added = intake_.add_steps(act, row); !added) return added;
    const auto recorded = replica_.record(act);
    if (recorded) {
      ++result_.recorded;
      continue;
    }
    const Errc code = recorded.code();
    if (code != Errc::invalid && code != Errc::too_large && code != Errc::conflict &&
        code != Errc::not_allowed)
      return recorded.error();
    RegisterRow refused = row;
    refused.reason = RowReason{{}, in_words(desk_, replica_, recorded.error()).detail};
    if (const auto added = rejects.add(refused, reader_->headings()); !added) return added;
  }
  return {};
}

Result<void> Importer::record_round(std::vector<RegisterRow>& rows, Rejects& rejects) {
  if (const auto numbered = intake_.number(rows); !numbered) return numbered;
  std::vector<Act> acts;
  std::vector<std::span<const RegisterRow>> spans;
  for (std::size_t at = 0; at < rows.size();) {
    const auto place = intake_.compartment(rows[at].values);
    if (!place) return place.error();
    Act act{*place, {}};
    const std::size_t from = at;
    std::size_t bytes = 0;
    do {
      bytes += bytes_of(rows[at]);
      if (const auto added = intake_.add_steps(act, rows[at]); !added) return added;
      ++at;
      if (at == rows.size()) break;
      const auto next = intake_.compartment(rows[at].values);
      if (!next || *next != *place) break;
    } while (at - from < kActRows && bytes < kActTextBytes && act.steps.size() < kActSteps);
    acts.push_back(std::move(act));
    spans.push_back(std::span(rows).subspan(from, at - from));
  }
  const auto results = replica_.record_many(acts);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i])
      result_.recorded += spans[i].size();
    else if (const auto saved = one_by_one(spans[i], rejects); !saved)
      return saved;
  }
  return {};
}

Result<void> Importer::record(Rejects& rejects) {
  if (result_.good == 0) return {};
  if (const auto opened = open_table(table_); !opened) return opened;
  if (const auto reserved = intake_.reserve(needs_); !reserved) return reserved;
  ProgressBar bar(desk_.console(), desk_.text("import.progress"));
  for (std::size_t ordinal = 0;;) {
    auto rows = next_round(ordinal, bar);
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    if (const auto done = record_round(*rows, rejects); !done) return done;
  }
}

}  // namespace jiyao
