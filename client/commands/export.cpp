// client/commands/export.cpp - export LEDGER: a whole ledger or a part of it as a workbook, CSV or
// JSON; template LEDGER: an empty table to fill in.
#include <algorithm>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/ledger_choice.h"
#include "client/ledger_sheet.h"
#include "client/messages.h"
#include "client/named_place.h"
#include "client/records.h"
#include "client/sheet_limits.h"
#include "schema/dates.h"

namespace jiyao {

namespace {

constexpr std::size_t kPage = 500;

struct ExportOptions {
  std::string ledger, out, format, encoding = "utf8", level, owner, state, text, from, to;
  std::vector<std::string> where;
  bool force = false;
};

void declare_export(CLI::App& app, ExportOptions& options, const Catalogue& words) {
  app.add_option("ledger", options.ledger, words.text("opt.which_ledger"))->required();
  app.add_option("-o,--out,--output,--写到", options.out, words.text("opt.output"))->required();
  app.add_option("--format,--格式", options.format, words.text("opt.format"))
      ->check(CLI::IsMember({"xlsx", "csv", "json", "jsonl"}));
  app.add_option("--encoding", options.encoding, words.text("opt.encoding"))
      ->check(CLI::IsMember({"utf8", "gb18030"}));
  app.add_option("--level,--密级", options.level, words.text("opt.level"));
  app.add_option("--owner", options.owner, words.text("opt.owner"));
  app.add_option("--state,--状态", options.state, words.text("opt.state"));
  app.add_option("--search,--含", options.text, words.text("opt.words"));
  app.add_option("--where,--条件", options.where, words.text("opt.where"));
  app.add_option("--from,--起", options.from, words.text("opt.from"));
  app.add_option("--to,--止", options.to, words.text("opt.until"));
  app.add_flag("--force,--覆盖", options.force, words.text("opt.force"));
}

struct TemplateOptions {
  std::string ledger, out;
  bool force = false;
};

void declare_template(CLI::App& app, TemplateOptions& options, const Catalogue& words) {
  app.add_option("ledger", options.ledger, words.text("opt.which_ledger"))->required();
  app.add_option("-o,--out,--output,--写到", options.out, words.text("opt.output"))->required();
  app.add_flag("--force,--覆盖", options.force, words.text("opt.force"));
}

/// What is there stays, unless somebody says otherwise; a keyring or a ledger file stays whatever
/// anybody says.
Result<void> check_out(Desk& desk, const Path& path, bool force) {
  if (const auto free = check_target(desk, path); !free) return free;
  if (!desk.env().files.exists(path)) return {};
  if (path.ends_with(".jyk") || path.ends_with(".jdb"))
    return desk.failure(Errc::usage, "file.own", {{"file", path}});
  return force ? Result<void>() : desk.failure(Errc::exists, "file.exists", {{"file", path}});
}

std::string format_of(const std::string& format, const Path& path) {
  if (!format.empty()) return format;
  for (const char* known : {"csv", "json", "jsonl"})
    if (path.ends_with("." + std::string(known))) return known;
  return "xlsx";
}

/// Which rows, and by which day.
struct Wanted {
  Query query;
  std::string state;               ///< empty: any
  std::optional<std::size_t> day;  ///< field
  std::string from, to;            ///< dates; empty: open
};

Result<void> add_conditions(Desk& desk, const LedgerDefinition& ledger,
                            const ExportOptions& options, Wanted& wanted) {
  for (const std::string& text : options.where) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const Field* field = ledger.field(name);
    if (field == nullptr) field = ledger.field_for_header(name);
    if (field == nullptr || equals == std::string::npos)
      return desk.failure(Errc::invalid, "export.bad_where", {{"text", text}});
    auto value = canonical_value(desk.words(), *field, text.substr(equals + 1));
    if (!value) return value.error();
    wanted.query.equals[field->name] = *std::move(value);
  }
  if (options.state.empty()) return {};
  for (const State& state : ledger.states)
    if (state.name == options.state || state.zh == options.state) wanted.state = state.name;
  if (wanted.state.empty())
    return desk.failure(Errc::invalid, "export.no_state", {{"state", options.state}});
  return {};
}

/// The day by which people list a ledger: the first date of its list.
Result<void> add_days_wanted(Desk& desk, const LedgerDefinition& ledger,
                             const ExportOptions& options, Wanted& wanted) {
  if (options.from.empty() && options.to.empty()) return {};
  for (const std::size_t index : ledger.list) {
    const FieldType type = ledger.fields[index].type;
    if (wanted.day || (type != FieldType::date && type != FieldType::stamp)) continue;
    wanted.day = index;
  }
  if (!wanted.day) return desk.failure(Errc::usage, "export.no_day", {{"ledger", ledger.zh}});
  for (const auto& [typed, to] :
       {std::pair(&options.from, &wanted.from), std::pair(&options.to, &wanted.to)}) {
    if (typed->empty()) continue;
    auto date = parse_date(*typed);
    if (!date) return desk.failure(Errc::invalid, "value.date", {{"typed", *typed}});
    *to = *std::move(date);
  }
  return {};
}

Result<Wanted> wanted_rows(Desk& desk, const Replica& replica, const LedgerDefinition& ledger,
                           const ExportOptions& options) {
  Wanted wanted;
  wanted.query.ledger = ledger.name;
  wanted.query.limit = kPage;
  wanted.query.text = options.text;
  if (!options.level.empty() || !options.owner.empty()) {
    const auto place = named_place(desk, replica, options.owner, options.level);
    if (!place) return place.error();
    wanted.query.compartment = *place;
  }
  if (const auto added = add_conditions(desk, ledger, options, wanted); !added)
    return added.error();
  if (const auto added = add_days_wanted(desk, ledger, options, wanted); !added)
    return added.error();
  return wanted;
}

bool is_wanted(const Wanted& wanted, const LedgerDefinition& ledger, const View& view) {
  if (view.is_hidden) return false;
  const std::string& state = view.shown_state.empty() ? view.state.state : view.shown_state;
  if (!wanted.state.empty() && state != wanted.state) return false;
  if (!wanted.day) return true;
  const std::string day = view.state.field(ledger, *wanted.day).substr(0, 10);
  return !day.empty() && (wanted.from.empty() || day >= wanted.from) &&
         (wanted.to.empty() || day <= wanted.to);
}

/// The rows that go out, oldest first, and the highest level among them.
struct Rows {
  std::vector<RecordId> records;
  Level highest = Level::public_;
};

Rows rows_wanted(const Replica& replica, const LedgerDefinition& ledger, const Wanted& wanted) {
  Rows rows;
  std::optional<RecordId> after;
  do {
    const RecordPage page = replica.search(wanted.query, after);
    for (const View& view : page.rows) {
      if (!is_wanted(wanted, ledger, view)) continue;
      rows.records.push_back(view.record);
      rows.highest = std::max(
          {rows.highest, view.compartment.level, view.state.level.value_or(Level::public_)});
    }
    after = page.after;
  } while (after);
  std::reverse(rows.records.begin(), rows.records.end());
  return rows;
}

std::string json_text(const Poco::JSON::Object::Ptr& object) {
  std::ostringstream out;
  object->stringify(out);
  return out.str();
}

/// One object a line; as "json" the lines are the array of one document.
Result<void> write_json(Desk& desk, const Replica& replica, const LedgerDefinition& ledger,
                        const Rows& rows, const ExportOptions& options, bool is_document) {
  auto file = FileInTheMaking::create(desk.env().files, options.out);
  if (!file) return file.error();
  const Directory directory(replica);
  const std::string head = "{\"schema\":\"jiyao/export/1\",\"ledger\":\"" + ledger.name +
                           "\",\"level\":\"" + std::string(name_of(rows.highest)) +
                           "\",\"rows\":[\n";
  if (is_document) (*file)->append(as_bytes(head));
  bool is_first = true;
  ProgressBar bar(desk.console(), desk.text("export.progress"));
  std::uint64_t done = 0;
  for (const RecordId& record : rows.records) {
    bar.step(done++, rows.records.size());
    const auto view = replica.view(record);
    if (!view) return view.error();
    const std::string line = json_text(json_of(replica, directory, *view));
    (*file)->append(
        as_bytes((is_document && !is_first ? ",\n" : "") + line + (is_document ? "" : "\n")));
    is_first = false;
  }
  if (is_document) (*file)->append(as_bytes(std::string_view("\n]}\n")));
  (*file)->finish();
  return {};
}

/// Returns how many cells were cut because a spreadsheet cannot hold them.
Result<std::size_t> write_sheet(Desk& desk, const Replica& replica, const LedgerDefinition& ledger,
                                const Rows& rows, const ExportOptions& options, bool is_workbook) {
  const Catalogue chinese(Language::zh, kClientMessages);
  const std::vector<std::size_t> fields = sheet_fields(ledger, false);
  SheetPlan plan = sheet_plan(chinese, ledger, fields, false);
  plan.mark = level_text(chinese, rows.highest);
  if (is_workbook && rows.records.size() >= kSheetRowsMax)
    return desk.failure(Errc::too_large, "export.too_many",
                        {{"rows", std::to_string(rows.records.size())}});
  Files& files = desk.env().files;
  const auto encoding = options.encoding == "utf8" ? TextEncoding::utf8 : TextEncoding::gb18030;
  auto writer = is_workbook ? xlsx_writer(files, options.out, plan)
                            : csv_writer(files, options.out, encoding, plan);
  if (!writer) return writer.error();
  const Directory directory(replica);
  ProgressBar bar(desk.console(), desk.text("export.progress"));
  std::uint64_t done = 0;
  for (const RecordId& record : rows.records) {
    bar.step(done++, rows.records.size());
    const auto view = replica.view(record);
    if (!view) return view.error();
    (*writer)->put(sheet_cells(chinese, replica, directory, ledger, *view, fields));
  }
  (*writer)->close();
  return (*writer)->cut_cells();
}

Result<Answer> export_ledger(Desk& desk, const ExportOptions& options) {
  const LedgerDefinition* known = ledger_called(Definitions::built_in(), options.ledger);
  if (known == nullptr)
    return desk.failure(Errc::not_found, "ledger.none", {{"name", options.ledger}});
  if (const auto free = check_out(desk, options.out, options.force); !free) return free.error();
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger(known->name);
  const auto wanted = wanted_rows(desk, **replica, ledger, options);
  if (!wanted) return wanted.error();
  const Rows rows = rows_wanted(**replica, ledger, *wanted);
  const std::string format = format_of(options.format, options.out);
  std::size_t cut = 0;
  if (format == "json" || format == "jsonl") {
    const auto written = write_json(desk, **replica, ledger, rows, options, format == "json");
    if (!written) return written.error();
  } else {
    const auto written = write_sheet(desk, **replica, ledger, rows, options, format == "xlsx");
    if (!written) return written.error();
    cut = *written;
  }
  Answer answer{.text = desk.text("export.done", {{"rows", std::to_string(rows.records.size())},
                                                  {"file", options.out}}),
                .json = json_object()};
  answer.text +=
      "\n" + desk.text("export.level", {{"level", level_text(desk.words(), rows.highest)}});
  if (cut > 0) answer.text += "\n" + desk.text("export.cut", {{"cells", std::to_string(cut)}});
  answer.json->set("ledger", ledger.name);
  answer.json->set("format", format);
  answer.json->set("rows", rows.records.size());
  answer.json->set("level", std::string(name_of(rows.highest)));
  answer.json->set("cut_cells", cut);
  answer.json->set("file", options.out);
  return answer;
}

Result<Answer> make_template(Desk& desk, const TemplateOptions& options) {
  const LedgerDefinition* ledger = ledger_called(Definitions::built_in(), options.ledger);
  if (ledger == nullptr)
    return desk.failure(Errc::not_found, "ledger.none", {{"name", options.ledger}});
  if (const auto free = check_out(desk, options.out, options.force); !free) return free.error();
  const std::vector<std::size_t> fields = sheet_fields(*ledger, true);
  const SheetPlan plan = sheet_plan(desk.words(), *ledger, fields, true);
  Files& files = desk.env().files;
  auto writer = options.out.ends_with(".csv")
                    ? csv_writer(files, options.out, TextEncoding::utf8, plan)
                    : xlsx_writer(files, options.out, plan);
  if (!writer) return writer.error();
  (*writer)->close();
  Answer answer{.text = desk.text("template.done", {{"ledger", ledger->zh},
                                                    {"columns", std::to_string(fields.size())},
                                                    {"file", options.out}}),
                .json = json_object()};
  answer.json->set("ledger", ledger->name);
  answer.json->set("columns", fields.size());
  answer.json->set("file", options.out);
  return answer;
}

}  // namespace

void add_export(Menu& menu) {
  menu.add<ExportOptions>("export", declare_export, export_ledger);
  menu.add<TemplateOptions>("template", declare_template, make_template);
}

}  // namespace jiyao
