// client/commands/export.cpp - export LEDGER: a whole ledger or a part of it as a workbook, CSV or
// JSON; template LEDGER: an empty table to fill in.
#include <algorithm>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/held_interrupts.h"
#include "client/ledger_choice.h"
#include "client/ledger_sheet.h"
#include "client/list_filter.h"
#include "client/messages.h"
#include "client/print_register.h"
#include "client/records.h"
#include "client/sheet_limits.h"

namespace jiyao {

namespace {

constexpr std::size_t kPage = 500;

struct ExportOptions {
  std::string ledger, out, format, encoding = "utf8", text, purpose;
  FilterOptions filter;
  bool force = false;
};

void declare_export(CLI::App& app, ExportOptions& options, const Catalogue& words) {
  app.add_option("ledger", options.ledger, words.text("opt.which_ledger"))->required();
  app.add_option("-o,--out,--output,--写到", options.out, words.text("opt.output"))->required();
  app.add_option("--format,--格式", options.format, words.text("opt.format"))
      ->check(CLI::IsMember({"xlsx", "csv", "json", "jsonl"}));
  app.add_option("--encoding", options.encoding, words.text("opt.encoding"))
      ->check(CLI::IsMember({"utf8", "gb18030"}));
  app.add_option("--search,--含", options.text, words.text("opt.words"));
  app.add_option("--purpose,--用途", options.purpose, words.text("opt.purpose"));
  declare_filter(app, options.filter, words);
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

/// The rows that go out, oldest first, and the highest level among them and what they cite.
struct Rows {
  std::vector<RecordId> records;
  Level highest = Level::public_;
};

Rows rows_wanted(const Replica& replica, Filter filter) {
  Rows rows;
  filter.query.limit = kPage;
  do {
    const RecordPage page = next_page(replica, filter);
    for (const View& view : page.rows) {
      rows.records.push_back(view.record);
      rows.highest = std::max(rows.highest, level_with_cited(replica, view));
    }
    filter.after = page.after;
  } while (filter.after);
  std::reverse(rows.records.begin(), rows.records.end());
  return rows;
}

/// Of no rows there is none.
std::string level_name(const Rows& rows) {
  return rows.records.empty() ? std::string() : std::string(name_of(rows.highest));
}

std::string json_text(const Poco::JSON::Object::Ptr& object) {
  std::ostringstream out;
  object->stringify(out);
  return out.str();
}

/// What a file holds that has no name yet: what is classified is registered before it gets one.
///   returns    the row of the print log; empty: there has to be none
///   errors     of Replica::record()
Result<std::string> registered(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                               const Rows& rows, const std::string& purpose,
                               const Digest& content) {
  if (rows.highest < Level::secret) return std::string();
  Printed printed;
  printed.form = "导出 " + ledger.zh;
  printed.highest = rows.highest;
  printed.rows = rows.records.size();
  printed.pages = 1;
  printed.rows_text = rows_text(desk.words(), replica, rows.records);
  printed.content = content;
  printed.purpose = purpose;
  const auto row = register_print(desk, replica, printed);
  if (!row) return row.error();
  return row->hex();
}

/// What came of it.
struct Written {
  std::string row;            ///< of the print log; may be empty
  std::size_t cut_cells = 0;  ///< because a spreadsheet cannot hold them
};

/// One object a line; as "json" the lines are the array of one document.
Result<Written> write_json(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                           const Rows& rows, const ExportOptions& options, bool is_document) {
  const HeldInterrupts held;  // until no half a file is left
  auto file = FileInTheMaking::create(desk.env().files, options.out);
  if (!file) return file.error();
  const Directory directory(replica);
  const std::string head = "{\"schema\":\"jiyao/export/1\",\"ledger\":\"" + ledger.name +
                           "\",\"level\":\"" + level_name(rows) + "\",\"rows\":[\n";
  if (is_document) (*file)->append(as_bytes(head));
  bool is_first = true;
  ProgressBar bar(desk.console(), desk.text("export.progress"));
  std::uint64_t done = 0;
  for (const RecordId& record : rows.records) {
    bar.step(done++, rows.records.size());
    if (HeldInterrupts::is_one_waiting()) return Error{Errc::interrupted, {}};
    const auto view = replica.view(record);
    if (!view) return view.error();
    const std::string line = json_text(json_of(replica, directory, *view));
    (*file)->append(
        as_bytes((is_document && !is_first ? ",\n" : "") + line + (is_document ? "" : "\n")));
    is_first = false;
  }
  if (is_document) (*file)->append(as_bytes(std::string_view("\n]}\n")));
  const auto row = registered(desk, replica, ledger, rows, options.purpose, (*file)->content());
  if (!row) return row.error();
  (*file)->finish();
  return Written{*row, 0};
}

Result<Written> write_sheet(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                            const Rows& rows, const ExportOptions& options, bool is_workbook) {
  const Catalogue chinese(Language::zh, kClientMessages);
  const std::vector<std::size_t> fields = sheet_fields(ledger, false);
  SheetPlan plan = sheet_plan(chinese, ledger, fields, false);
  if (!rows.records.empty()) plan.mark = level_text(chinese, rows.highest);
  if (is_workbook && rows.records.size() >= kSheetRowsMax)
    return desk.failure(Errc::too_large, "export.too_many",
                        {{"rows", std::to_string(rows.records.size())}});
  const HeldInterrupts held;  // until no half a file is left
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
    if (HeldInterrupts::is_one_waiting()) return Error{Errc::interrupted, {}};
    const auto view = replica.view(record);
    if (!view) return view.error();
    (*writer)->put(sheet_cells(chinese, replica, directory, ledger, *view, fields));
  }
  const auto row = registered(desk, replica, ledger, rows, options.purpose, (*writer)->end());
  if (!row) return row.error();
  (*writer)->close();
  return Written{*row, (*writer)->cut_cells()};
}

Result<Answer> export_ledger(Desk& desk, const ExportOptions& options) {
  const LedgerDefinition* known = ledger_called(Definitions::built_in(), options.ledger);
  if (known == nullptr)
    return desk.failure(Errc::not_found, "ledger.none", {{"name", options.ledger}});
  if (const auto free = check_out(desk, options.out, options.force); !free) return free.error();
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  // Another export may have written it while this one waited for its turn.
  if (const auto free = check_out(desk, options.out, options.force); !free) return free.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger(known->name);
  auto filter = filter_of(desk, **replica, ledger, options.filter);
  if (!filter) return filter.error();
  filter->query.text = options.text;
  const Rows rows = rows_wanted(**replica, *filter);
  const std::string format = format_of(options.format, options.out);
  const auto written = format == "json" || format == "jsonl"
                           ? write_json(desk, **replica, ledger, rows, options, format == "json")
                           : write_sheet(desk, **replica, ledger, rows, options, format == "xlsx");
  if (!written) return written.error();
  const std::size_t cut = written->cut_cells;
  Answer answer{.text = desk.text("export.done", {{"rows", std::to_string(rows.records.size())},
                                                  {"file", options.out}}),
                .json = json_object()};
  if (!rows.records.empty())
    answer.text +=
        "\n" + desk.text("export.level", {{"level", level_text(desk.words(), rows.highest)}});
  if (cut > 0) answer.text += "\n" + desk.text("export.cut", {{"cells", std::to_string(cut)}});
  if (!written->row.empty()) answer.text += "\n" + desk.text("print.registered");
  answer.json->set("ledger", ledger.name);
  answer.json->set("format", format);
  answer.json->set("rows", rows.records.size());
  answer.json->set("level", level_name(rows));
  answer.json->set("cut_cells", cut);
  answer.json->set("file", options.out);
  answer.json->set("registered", written->row);
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
