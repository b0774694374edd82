// client/commands/import.cpp - import incoming FILE: good rows in, bad rows out with reasons.
#include <map>
#include <span>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/records.h"
#include "client/registration.h"
#include "schema/dates.h"
#include "sync/check.h"

namespace jiyao {

namespace {

constexpr std::size_t kActRows = 250;              ///< by far below 1000 changes and 192 KiB
constexpr std::size_t kActTextBytes = 100 * 1024;  ///< the values of one act's rows
constexpr std::size_t kActsPerRound = 4;
constexpr std::size_t kNumberedAhead = kActRows * kActsPerRound;

struct ImportOptions {
  std::string file, rejects, level, owner;
  std::vector<std::string> set;
  bool dry_run = false;
};

void declare_import(CLI::App& app, ImportOptions& options, const Catalogue& words) {
  app.add_option("file", options.file, words.text("opt.import_file"))->required();
  app.add_flag("--dry-run", options.dry_run, words.text("opt.dry_run"));
  app.add_option("--rejects", options.rejects, words.text("opt.rejects"));
  app.add_option("--level,--密级", options.level, words.text("opt.level"));
  app.add_option("--owner", options.owner, words.text("opt.owner"));
  app.add_option("--set", options.set, words.text("opt.set"));
}

struct Read {
  std::vector<RegisterRow> good, bad;
  std::size_t known_already = 0;
  std::size_t number_twice = 0;  ///< rows whose document number the file has more than once
};

/// What is recorded already, and how often: a file imported again brings only what is new.
std::map<std::string, std::size_t> keys_on_record(const Replica& replica,
                                                  const LedgerDefinition& ledger,
                                                  const CompartmentId& place) {
  std::map<std::string, std::size_t> keys;
  Query query;
  query.ledger = ledger.name;
  query.compartment = place;
  query.limit = 500;
  std::optional<RecordId> after;
  do {
    const RecordPage page = replica.search(query, after);
    for (const View& view : page.rows) {
      FieldValues values;
      for (const char* name : {"legacy_no", "sender_org", "doc_no", "title", "dated_on"})
        values[name] = view.state.field(ledger, name);
      ++keys[row_key(ledger, values)];
    }
    after = page.after;
  } while (after);
  return keys;
}

class Importer {
 public:
  Importer(Desk& desk, Replica& replica, const ImportOptions& options)
      : desk_(desk),
        replica_(replica),
        options_(options),
        ledger_(*replica.definitions().ledger("incoming")),
        registration_(desk, replica, options.owner) {}

  Result<FieldValues> defaults() const;
  Result<void> read(RegisterReader& reader, Read& read);
  Result<std::size_t> record(Read& read);

 private:
  std::optional<RowReason> judge(const FieldValues& values) const;
  Result<std::vector<Act>> round(const std::vector<RegisterRow>& rows, std::size_t& at,
                                 std::vector<std::pair<std::size_t, std::size_t>>& spans);
  Result<void> number(std::span<RegisterRow> rows, bool only_reserve);
  Result<std::size_t> one_by_one(std::vector<RegisterRow>& rows, std::size_t from, std::size_t to,
                                 Read& read);

  Desk& desk_;
  Replica& replica_;
  const ImportOptions& options_;
  const LedgerDefinition& ledger_;
  Registration registration_;
};

Result<FieldValues> Importer::defaults() const {
  FieldValues values;
  std::vector<std::string> given = options_.set;
  if (!options_.level.empty()) given.push_back("level=" + options_.level);
  for (const std::string& text : given) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const Field* field = ledger_.field(name);
    if (field == nullptr) field = ledger_.field_for_header(name);
    if (field == nullptr || equals == std::string::npos)
      return desk_.failure(Errc::invalid, "import.bad_set", {{"text", text}});
    auto value = canonical_value(desk_.words(), *field, text.substr(equals + 1));
    if (!value) return value.error();
    values[field->name] = *std::move(value);
  }
  registration_.fill(values);
  return values;
}

std::optional<RowReason> Importer::judge(const FieldValues& values) const {
  Change change;
  change.ledger = ledger_.name;
  auto writes = writes_of(ledger_, values, nullptr);
  if (!writes) return RowReason{{}, writes.error().detail};
  change.writes = *std::move(writes);
  const auto valid = validate(ledger_, nullptr, change);
  if (valid) return std::nullopt;
  const Error error = in_words(desk_, replica_, valid.error());
  const std::size_t colon = error.detail.find(':');
  if (colon == std::string::npos) return RowReason{{}, error.detail};
  return RowReason{error.detail.substr(0, colon), error.detail.substr(colon + 1)};
}

Result<void> Importer::read(RegisterReader& reader, Read& read) {
  std::map<CompartmentId, std::map<std::string, std::size_t>> on_record;
  std::map<std::string, std::size_t> numbers;
  while (auto row = reader.next()) {
    if (!row->reason) row->reason = judge(row->values);
    if (row->reason) {
      read.bad.push_back(*std::move(row));
      continue;
    }
    const auto place = registration_.compartment(row->values);
    if (!place) return place.error();
    auto known = on_record.find(*place);
    if (known == on_record.end())
      known = on_record.emplace(*place, keys_on_record(replica_, ledger_, *place)).first;
    const auto same = known->second.find(row_key(ledger_, row->values));
    if (same != known->second.end() && same->second > 0) {
      --same->second;
      ++read.known_already;
      continue;
    }
    if (const auto number = row->values.find("doc_no"); number != row->values.end())
      ++numbers[number->second];
    read.good.push_back(*std::move(row));
  }
  for (const auto& [number, times] : numbers)
    if (times > 1) read.number_twice += times;
  return {};
}

/// Each year's numbers come from one block, in the order of the file. The blocks are reserved for
/// the whole file, the numbers drawn as the rows are recorded: a crash leaves a small gap.
Result<void> Importer::number(std::span<RegisterRow> rows, bool only_reserve) {
  std::map<SeriesKey, std::vector<RegisterRow*>> by_year;
  for (RegisterRow& row : rows) {
    if (row.values.contains("intake_no")) continue;
    const auto place = registration_.compartment(row.values);
    if (!place) return place.error();
    by_year[{*place, ledger_.name, row.values["series"], year_of(row.values["received_on"])}]
        .push_back(&row);
  }
  for (const auto& [key, some] : by_year) {
    if (only_reserve) {
      const auto reserved = registration_.numbers().reserve(key, some.size());
      if (!reserved) return reserved.error();
      continue;
    }
    const auto numbers = registration_.numbers().draw(key, some.size());
    if (!numbers) return numbers.error();
    for (std::size_t i = 0; i < some.size(); ++i) some[i]->values["intake_no"] = (*numbers)[i];
  }
  return {};
}

Result<std::vector<Act>> Importer::round(const std::vector<RegisterRow>& rows, std::size_t& at,
                                         std::vector<std::pair<std::size_t, std::size_t>>& spans) {
  std::vector<Act> acts;
  while (at < rows.size() && acts.size() < kActsPerRound) {
    const auto place = registration_.compartment(rows[at].values);
    if (!place) return place.error();
    Act act{*place, {}};
    const std::size_t from = at;
    std::size_t bytes = 0;
    for (; at < rows.size() && at - from < kActRows && bytes < kActTextBytes; ++at) {
      const auto next = registration_.compartment(rows[at].values);
      if (!next || *next != *place) break;
      for (const auto& [name, value] : rows[at].values) bytes += name.size() + value.size();
      const auto added = registration_.add_steps(act, rows[at].values, {});
      if (!added) return added.error();
    }
    acts.push_back(std::move(act));
    spans.emplace_back(from, at);
  }
  return acts;
}

/// An act that was refused: its rows alone, so that only the bad one stays out.
Result<std::size_t> Importer::one_by_one(std::vector<RegisterRow>& rows, std::size_t from,
                                         std::size_t to, Read& read) {
  std::size_t done = 0;
  for (std::size_t i = from; i < to; ++i) {
    const auto act = registration_.act_for(rows[i].values, {});
    if (!act) return act.error();
    const auto recorded = replica_.record(*act);
    if (recorded) {
      ++done;
      continue;
    }
    const Errc code = recorded.code();
    if (code != Errc::invalid && code != Errc::too_large && code != Errc::conflict)
      return recorded.error();
    rows[i].reason = RowReason{{}, in_words(desk_, replica_, recorded.error()).detail};
    read.bad.push_back(rows[i]);
  }
  return done;
}

Result<std::size_t> Importer::record(Read& read) {
  ProgressBar bar(desk_.console(), desk_.text("import.progress"));
  const std::span<RegisterRow> rows(read.good);
  if (const auto reserved = number(rows, true); !reserved) return reserved.error();
  std::size_t done = 0;
  std::size_t numbered = 0;
  for (std::size_t at = 0; at < rows.size();) {
    if (at + kNumberedAhead > numbered && numbered < rows.size()) {
      const std::size_t some = std::min(kNumberedAhead, rows.size() - numbered);
      const auto drawn = number(rows.subspan(numbered, some), false);
      if (!drawn) return drawn.error();
      numbered += some;
    }
    std::vector<std::pair<std::size_t, std::size_t>> spans;
    const auto acts = round(read.good, at, spans);
    if (!acts) return acts.error();
    const auto results = replica_.record_many(*acts);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i]) {
        done += spans[i].second - spans[i].first;
        continue;
      }
      const auto saved = one_by_one(read.good, spans[i].first, spans[i].second, read);
      if (!saved) return saved.error();
      done += *saved;
    }
    bar.step(at, read.good.size());
  }
  return done;
}

Result<void> write_rejects(Desk& desk, const ImportOptions& options, const RegisterReader& reader,
                           const std::vector<RegisterRow>& bad) {
  auto writer = RejectsWriter::create(desk.env().files, options.rejects, reader, desk.words());
  if (!writer) return writer.error();
  for (const RegisterRow& row : bad) writer->add(row);
  writer->close();
  return {};
}

Answer import_answer(Desk& desk, const ImportOptions& options, const RegisterReader& reader,
                     const Read& read, std::size_t done) {
  Answer answer{.json = json_object()};
  std::string unknown;
  for (const std::string& heading : reader.unknown_headings())
    unknown += (unknown.empty() ? "" : "、") + heading;
  answer.text =
      desk.text("import.recognised", {{"encoding", name_of(reader.encoding())},
                                      {"columns", std::to_string(reader.headings().size())},
                                      {"known", std::to_string(reader.known_columns())}});
  if (!unknown.empty()) answer.text += desk.text("import.ignored", {{"columns", unknown}});
  answer.text += "\n" + desk.text(options.dry_run ? "import.would" : "import.done",
                                  {{"rows", std::to_string(done)},
                                   {"known", std::to_string(read.known_already)},
                                   {"bad", std::to_string(read.bad.size())}});
  if (read.number_twice > 0)
    answer.text += "\n" + desk.text("import.twice", {{"rows", std::to_string(read.number_twice)}});
  Poco::JSON::Array::Ptr bad = json_array();
  std::size_t told = 0;
  for (const RegisterRow& row : read.bad) {
    Poco::JSON::Object::Ptr one = json_object();
    one->set("line", row.line);
    one->set("column", row.reason->column);
    one->set("reason", row.reason->reason);
    bad->add(one);
    if (++told <= 5)
      answer.text += "\n  " + desk.text("import.reason_cell", {{"line", std::to_string(row.line)},
                                                               {"column", row.reason->column},
                                                               {"reason", row.reason->reason}});
  }
  if (read.bad.size() > 5) answer.text += "\n  …";
  if (!read.bad.empty())
    answer.text += "\n" + (options.rejects.empty()
                               ? desk.text("import.ask_rejects")
                               : desk.text("import.rejects_file", {{"file", options.rejects}}));
  answer.json->set("recorded", options.dry_run ? std::size_t{0} : done);
  answer.json->set("importable", done);
  answer.json->set("already_there", read.known_already);
  answer.json->set("rejected", bad);
  answer.json->set("encoding", name_of(reader.encoding()));
  if (!read.bad.empty()) answer.exit_code = done == 0 ? ExitCode::failed : ExitCode::partly;
  return answer;
}

Result<Answer> import_incoming(Desk& desk, const ImportOptions& options) {
  auto file = desk.env().files.open(options.file, OpenMode::read);
  if (!file) return not_readable(desk, file.code(), options.file);
  if (!options.rejects.empty()) {  // before anything is recorded
    if (const auto free = check_target(desk, options.rejects); !free) return free.error();
    if (is_same_file(desk, options.file, options.rejects))
      return desk.failure(Errc::usage, "import.rejects_same", {{"file", options.file}});
  }
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  Importer importer(desk, **replica, options);
  auto defaults = importer.defaults();
  if (!defaults) return defaults.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger("incoming");
  auto reader = RegisterReader::open(desk.words(), **file, ledger, *std::move(defaults));
  if (!reader) return reader.error();
  Read read;
  if (const auto done = importer.read(*reader, read); !done) return done.error();
  std::size_t recorded = read.good.size();
  if (!options.dry_run) {
    const auto done = importer.record(read);
    if (!done) return done.error();
    recorded = *done;
  }
  if (!options.rejects.empty() && !read.bad.empty())
    if (const auto written = write_rejects(desk, options, *reader, read.bad); !written)
      return written.error();
  return import_answer(desk, options, *reader, read, recorded);
}

}  // namespace

void add_import(Menu& menu) {
  menu.add<ImportOptions>("import incoming", declare_import, import_incoming);
}

}  // namespace jiyao
