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

std::string told_reason(const Desk& desk, std::size_t line, const RowReason& why) {
  return desk.text(
      why.column.empty() ? "import.reason_row" : "import.reason_cell",
      {{"line", std::to_string(line)}, {"column", why.column}, {"reason", why.reason}});
}

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
               told_reason(desk_, row.line, *row.reason));
  writer_->put(cells);
  return {};
}

void Rejects::close() {
  if (writer_ == nullptr) return;
  writer_->close();
  has_file_ = true;
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
  const auto place = intake_.compartment(row);
  if (!place) return place.error();
  const auto known = on_record(*place);
  if (!known) return known.error();
  if ((*known)->take(key_of(value))) {
    ++result_.known_already;
    return {};
  }
  const auto refused = intake_.refused(row);
  if (!refused) return refused.error();
  if (*refused) {
    row.reason = *refused;
    return rejects.add(row, reader_->headings());
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
    const auto place = intake_.compartment(row);
    if (!place) return place.error();
    Act act{*place, {}};
    auto done = intake_.add_steps(act, row);
    if (done)
      if (const auto recorded = replica_.record(act); !recorded) done = recorded.error();
    if (done) {
      ++result_.recorded;
      continue;
    }
    if (!concerns_one_row(done.code())) return done;
    RegisterRow refused = row;
    refused.reason = intake_.in_reason(done.error());
    if (const auto added = rejects.add(refused, reader_->headings()); !added) return added;
  }
  return {};
}

/// As many of the first rows as one act holds, all of one compartment; returns how many.
Result<std::size_t> Importer::draft(std::span<const RegisterRow> rows, Drafts& drafts) {
  const auto place = intake_.compartment(rows.front());
  if (!place) return place.error();
  Act act{*place, {}};
  std::size_t count = 0, bytes = 0;
  do {
    bytes += bytes_of(rows[count]);
    if (const auto added = intake_.add_steps(act, rows[count]); !added) return added.error();
    ++count;
    if (count == rows.size()) break;
    const auto next = intake_.compartment(rows[count]);
    if (!next || *next != *place) break;
  } while (count < kActRows && bytes < kActTextBytes && act.steps.size() < kActSteps);
  drafts.steps += act.steps.size();
  drafts.acts.push_back(std::move(act));
  drafts.rows.push_back(rows.first(count));
  return count;
}

Result<void> Importer::record_drafts(Drafts& drafts, Rejects& rejects) {
  const auto results = replica_.record_many(drafts.acts);
  for (std::size_t i = 0; i < results.size(); ++i)
    if (results[i]) result_.recorded += drafts.rows[i].size();
  for (std::size_t i = 0; i < results.size(); ++i)
    if (!results[i])
      if (const auto saved = one_by_one(drafts.rows[i], rejects); !saved) return saved;
  drafts = {};
  return {};
}

/// One transaction at a time: if the machine breaks, what was recorded before is known to the row.
Result<void> Importer::record_round(std::vector<RegisterRow>& rows, Rejects& rejects) {
  if (const auto numbered = intake_.number(rows); !numbered) return numbered;
  Drafts drafts;
  for (std::size_t at = 0; at < rows.size();) {
    const auto drafted = draft(std::span(rows).subspan(at), drafts);
    if (!drafted) return drafted.error();
    at += *drafted;
    bool is_whole = at == rows.size() || drafts.steps >= kImportChangesPerCommit;
    if (!is_whole) {
      const auto next = intake_.compartment(rows[at]);
      is_whole = !next || next->level != drafts.acts.back().compartment.level;
    }
    if (!is_whole) continue;
    if (const auto done = record_drafts(drafts, rejects); !done) return done;
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
