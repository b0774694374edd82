// client/commands/import.cpp - import LEDGER FILE: good rows in, bad rows out with reasons.
#include <algorithm>
#include <functional>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/importer.h"
#include "client/ledger_choice.h"
#include "schema/told_failure.h"

namespace jiyao {

namespace {

constexpr std::size_t kShownReasons = 5;
constexpr std::size_t kMapNameBytesMax = 64;
constexpr std::string_view kPassedOver = "-";

struct ImportOptions {
  std::string ledger, file, rejects, level, owner, sheet, save_map;
  std::vector<std::string> set, map;
  bool dry_run = false;
};

void declare_import(CLI::App& app, ImportOptions& options, const Catalogue& words) {
  app.add_option("ledger", options.ledger, words.text("opt.which_ledger"))->required();
  app.add_option("file", options.file, words.text("opt.import_file"))->required();
  app.add_flag("--dry-run,--试导", options.dry_run, words.text("opt.dry_run"));
  app.add_option("--rejects", options.rejects, words.text("opt.rejects"));
  app.add_option("--level,--密级", options.level, words.text("opt.level"));
  app.add_option("--owner", options.owner, words.text("opt.owner"));
  app.add_option("--set", options.set, words.text("opt.set"));
  app.add_option("--sheet,--工作表", options.sheet, words.text("opt.sheet_name"));
  app.add_option("--map,--对应", options.map, words.text("opt.map"));
  app.add_option("--save-map,--存为", options.save_map, words.text("opt.save_map"));
}

const Field* field_called(const LedgerDefinition& ledger, const std::string& text) {
  const Field* field = ledger.field(text);
  return field != nullptr ? field : ledger.field_for_header(text);
}

Result<FieldValues> given_values(Desk& desk, const LedgerDefinition& ledger,
                                 const ImportOptions& options) {
  FieldValues values;
  for (const std::string& text : options.set) {
    const std::size_t equals = text.find('=');
    const Field* field = field_called(ledger, text.substr(0, equals));
    if (field == nullptr || equals == std::string::npos)
      return desk.failure(Errc::invalid, "import.bad_set", {{"text", text}});
    auto value = canonical_value(desk.words(), *field, text.substr(equals + 1));
    if (!value) return value.error();
    values[field->name] = *std::move(value);
  }
  return values;
}

/// A column's heading and the field it is, "-" for none.
Result<void> add_column(Desk& desk, const LedgerDefinition& ledger, const std::string& heading,
                        const std::string& field, ColumnMap& columns) {
  const Field* meant = field == kPassedOver ? nullptr : field_called(ledger, field);
  const std::string bare = bare_heading(heading);
  if (bare.empty() || (meant == nullptr && field != kPassedOver))
    return desk.failure(Errc::invalid, "import.bad_map", {{"text", heading + "=" + field}});
  columns[bare] = meant;
  return {};
}

std::string memory_of_map(const LedgerDefinition& ledger, const std::string& name) {
  return "import.map." + ledger.name + "." + name;
}

Result<void> recall_columns(Desk& desk, const Replica& replica, const LedgerDefinition& ledger,
                            const std::string& name, ColumnMap& columns) {
  const auto saved = replica.recall(memory_of_map(ledger, name));
  if (!saved) return desk.failure(Errc::not_found, "import.no_map", {{"name", name}});
  const std::string text(as_text(*saved));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t tab = text.find('\t', at), end = text.find('\n', at);
    JIYAO_ASSERT(tab < end && end != std::string::npos);
    const auto added = add_column(desk, ledger, text.substr(at, tab - at),
                                  text.substr(tab + 1, end - tab - 1), columns);
    if (!added) return added;
    at = end + 1;
  }
  return {};
}

/// --map 列=字段, or the name of a mapping saved before.
Result<ColumnMap> chosen_columns(Desk& desk, const Replica& replica, const LedgerDefinition& ledger,
                                 const ImportOptions& options) {
  ColumnMap columns;
  for (const std::string& text : options.map) {
    const std::size_t equals = text.rfind('=');
    const auto added =
        equals == std::string::npos
            ? recall_columns(desk, replica, ledger, text, columns)
            : add_column(desk, ledger, text.substr(0, equals), text.substr(equals + 1), columns);
    if (!added) return added.error();
  }
  return columns;
}

/// A slip in a heading would leave its column out without a word.
Result<void> check_columns(Desk& desk, const RegisterReader& reader, const ImportOptions& options) {
  for (const std::string& text : options.map) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos) continue;
    const std::string wanted = bare_heading(text.substr(0, equals));
    const auto& headings = reader.headings();
    const bool is_there =
        std::any_of(headings.begin(), headings.end(),
                    [&](const std::string& one) { return bare_heading(one) == wanted; });
    if (!is_there) return desk.failure(Errc::invalid, "import.map_unused", {{"column", wanted}});
  }
  return {};
}

void save_columns(Replica& replica, const LedgerDefinition& ledger, const std::string& name,
                  const ColumnMap& columns) {
  std::string text;
  for (const auto& [heading, field] : columns)
    text += heading + "\t" + (field == nullptr ? std::string(kPassedOver) : field->name) + "\n";
  replica.remember(memory_of_map(ledger, name), to_bytes(text));
}

std::string recognised(Desk& desk, const RegisterFile& file, const Importer& importer) {
  const RegisterReader& reader = importer.reader();
  std::string kind = file.kind();
  if (file.is_workbook())
    kind = desk.text("import.of_sheet", {{"sheet", file.name_of_table(importer.table())}});
  std::string text =
      desk.text("import.recognised", {{"encoding", kind},
                                      {"columns", std::to_string(reader.headings().size())},
                                      {"known", std::to_string(reader.known_columns())}});
  std::string unknown;
  for (const std::string& heading : reader.unknown_headings())
    unknown += (unknown.empty() ? "" : "、") + heading;
  if (!unknown.empty()) text += desk.text("import.ignored", {{"columns", unknown}});
  std::string others;
  for (std::size_t i = 0; i < file.tables(); ++i)
    if (i != importer.table()) others += (others.empty() ? "" : "、") + file.name_of_table(i);
  if (!others.empty()) text += "\n" + desk.text("import.other_sheets", {{"sheets", others}});
  return text;
}

std::string told_reasons(Desk& desk, const ImportOptions& options, const Rejects& rejects) {
  std::string text;
  for (std::size_t i = 0; i < rejects.told().size() && i < kShownReasons; ++i) {
    const Rejects::Told& one = rejects.told()[i];
    text += "\n  " + told_reason(desk, one.line, one.reason);
  }
  if (rejects.count() > kShownReasons) text += "\n  …";
  if (rejects.has_file())
    text += "\n" + desk.text("import.rejects_file", {{"file", options.rejects}});
  else if (rejects.count() > 0 && options.rejects.empty())
    text += "\n" + desk.text("import.ask_rejects");
  return text;
}

Answer import_answer(Desk& desk, const ImportOptions& options, const RegisterFile& file,
                     const Importer& importer, const Rejects& rejects) {
  const Imported& result = importer.result();
  const std::size_t done = options.dry_run ? result.good : result.recorded;
  Answer answer{.text = recognised(desk, file, importer), .json = json_object()};
  answer.text += "\n" + desk.text(options.dry_run ? "import.would" : "import.done",
                                  {{"rows", std::to_string(done)},
                                   {"known", std::to_string(result.known_already)},
                                   {"bad", std::to_string(rejects.count())}});
  if (result.hidden > 0)
    answer.text += "\n" + desk.text("import.hidden", {{"rows", std::to_string(result.hidden)}});
  if (result.number_twice > 0)
    answer.text +=
        "\n" + desk.text("import.twice", {{"rows", std::to_string(result.number_twice)},
                                          {"field", label_of(desk.words(), *result.twice)}});
  answer.text += told_reasons(desk, options, rejects);
  Poco::JSON::Array::Ptr bad = json_array();
  for (const Rejects::Told& told : rejects.told()) {
    Poco::JSON::Object::Ptr one = json_object();
    one->set("line", told.line);
    one->set("column", told.reason.column);
    one->set("reason", told.reason.reason);
    bad->add(one);
  }
  answer.json->set("recorded", result.recorded);
  answer.json->set("importable", done);
  answer.json->set("already_there", result.known_already);
  answer.json->set("hidden", result.hidden);
  answer.json->set("rejected_rows", rejects.count());
  answer.json->set("rejected", bad);
  answer.json->set("encoding", file.kind());
  answer.json->set("sheet", file.name_of_table(importer.table()));
  if (rejects.count() > 0) answer.exit_code = done == 0 ? ExitCode::failed : ExitCode::partly;
  return answer;
}

/// Does it, unless something ended what was to be done before; a broken machine, too, is told with
/// what was recorded until then.
void attempt(Desk& desk, std::optional<Error>& stopped_by,
             const std::function<Result<void>()>& work) {
  std::optional<Error> failed;
  try {
    if (const auto done = work(); !done) failed = done.error();
  } catch (const StorageFailure& failure) {
    failed =
        Error{Errc::storage, desk.text(message_id_of(failure.kind()), {{"what", failure.what()}})};
  }
  if (!stopped_by) stopped_by = failed;
}

void tell_stop(Desk& desk, const std::optional<Error>& stopped_by, Answer& answer) {
  if (!stopped_by) return;
  answer.text += "\n" + desk.text("import.stopped");
  answer.exit_code = exit_code_of(stopped_by->code);
  answer.stopped_by = stopped_by;
}

Result<void> check_words(Desk& desk, const ImportOptions& options) {
  if (options.save_map.size() > kMapNameBytesMax ||
      options.save_map.find('=') != std::string::npos ||
      (!options.save_map.empty() && options.map.empty()))
    return desk.failure(Errc::usage, "import.bad_map_name");
  if (options.rejects.empty()) return {};
  if (const auto free = check_target(desk, options.rejects); !free) return free;
  if (is_same_file(desk, options.file, options.rejects))
    return desk.failure(Errc::usage, "import.rejects_same", {{"file", options.file}});
  return {};
}

Result<Answer> import_register(Desk& desk, const ImportOptions& options) {
  const LedgerDefinition* known = ledger_called(Definitions::built_in(), options.ledger);
  if (known == nullptr)
    return desk.failure(Errc::not_found, "ledger.none", {{"name", options.ledger}});
  auto opened = desk.env().files.open(options.file, OpenMode::read);
  if (!opened) return not_readable(desk, opened.code(), options.file);
  if (const auto right = check_words(desk, options); !right) return right.error();
  std::string level = options.level;
  if (!level.empty()) {
    const auto named = level_from(level);
    if (!named) return desk.failure(Errc::invalid, "value.level", {{"typed", level}});
    level = name_of(*named);
  }
  auto file = RegisterFile::open(desk.words(), *std::move(opened), options.sheet);
  if (!file) return file.error();
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger(known->name);
  auto given = given_values(desk, ledger, options);
  if (!given) return given.error();
  auto columns = chosen_columns(desk, **replica, ledger, options);
  if (!columns) return columns.error();
  Importer importer(desk, **replica, ledger, **file,
                    {*std::move(given), *columns, options.owner, level});
  if (const auto found = importer.open(); !found) return found.error();
  if (const auto used = check_columns(desk, importer.reader(), options); !used) return used.error();
  Rejects rejects(desk, options.rejects, **file);
  if (const auto judged = importer.judge(rejects); !judged) return judged.error();
  if (!options.save_map.empty()) save_columns(**replica, ledger, options.save_map, *columns);
  std::optional<Error> stopped_by;
  if (!options.dry_run) attempt(desk, stopped_by, [&] { return importer.record(rejects); });
  attempt(desk, stopped_by, [&]() -> Result<void> {
    rejects.close();
    return {};
  });
  Answer answer = import_answer(desk, options, **file, importer, rejects);
  tell_stop(desk, stopped_by, answer);
  return answer;
}

}  // namespace

void add_import(Menu& menu) {
  menu.add<ImportOptions>("import", declare_import, import_register);
}

}  // namespace jiyao
