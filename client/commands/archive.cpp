// client/commands/archive.cpp - archive export: what is filed, as catalogue and metadata for the
// archive that takes it over (M70).
#include <algorithm>
#include <iterator>

#include "client/archive_code.h"
#include "client/archive_package.h"
#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/named_place.h"
#include "client/print_register.h"
#include "client/records.h"
#include "schema/dates.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr const char* kEntries = "archive_entry";

struct ArchiveOptions {
  std::string out, level, owner, year, fonds, retention, purpose;
  std::string archive_name, archive_code, fonds_name, files;
};

void declare_archive(CLI::App& app, ArchiveOptions& options, const Catalogue& words) {
  app.add_option("-o,--out,--output,--写到", options.out, words.text("opt.archive_out"))
      ->required();
  app.add_option("--year,--年度", options.year, words.text("opt.year"));
  app.add_option("--fonds,--全宗号", options.fonds, words.text("opt.fonds"));
  app.add_option("--retention,--保管期限", options.retention, words.text("opt.retention"));
  app.add_option("--level,--密级", options.level, words.text("opt.archive_level"));
  app.add_option("--owner,--单位", options.owner, words.text("opt.owner"));
  app.add_option("--purpose,--用途", options.purpose, words.text("opt.purpose"));
  app.add_option("--archive-name,--档案馆名称", options.archive_name,
                 words.text("opt.archive_name"));
  app.add_option("--archive-code,--档案馆代码", options.archive_code,
                 words.text("opt.archive_code"));
  app.add_option("--files,--电子文件", options.files, words.text("opt.archive_files"));
  app.add_option("--fonds-name,--全宗名称", options.fonds_name, words.text("opt.fonds_name"));
}

/// Its catalogue is locked: number and title do not change any more.
bool is_filed(const View& view) {
  const std::string& state = view.shown_state.empty() ? view.state.state : view.shown_state;
  return state == "sealed" || state == "appraised" || state == "transferred";
}

bool is_asked(const ArchiveOptions& options, const LedgerDefinition& ledger, const View& view) {
  const auto is = [&](const char* field, const std::string& wanted) {
    return wanted.empty() || view.state.field(ledger, field) == wanted;
  };
  return is("archive_year", options.year) && is("fonds_no", options.fonds) &&
         is("retention", options.retention);
}

struct Filed {
  std::vector<View> entries;  ///< in the order of their codes
  std::size_t above = 0;      ///< left out: their level is above what was asked for
  Level highest = Level::public_;
};

Filed filed_entries(const Replica& replica, const OfficeId& office, Level most,
                    const ArchiveOptions& options) {
  const LedgerDefinition& ledger = *replica.definitions().ledger(kEntries);
  Query query;
  query.ledger = kEntries;
  query.with_void = false;
  query.limit = 500;
  Filed filed;
  std::vector<std::pair<std::string, View>> found;
  std::optional<RecordId> after;
  do {
    RecordPage page = replica.search(query, after);
    for (View& view : page.rows) {
      if (view.is_hidden || view.compartment.office != office || !is_filed(view) ||
          !is_asked(options, ledger, view))
        continue;
      if (level_of(view) > most) {
        ++filed.above;
        continue;
      }
      filed.highest = std::max(filed.highest, level_of(view));
      found.emplace_back(archive_code(ledger, view), std::move(view));
    }
    after = page.after;
  } while (after);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second.record) < std::tie(b.first, b.second.record);
  });
  for (auto& [code, view] : found) filed.entries.push_back(std::move(view));
  return filed;
}

/// All items, or which of them lack what an archive cannot do without.   errors: invalid
Result<std::vector<ArchiveItem>> items_of(Desk& desk, const Replica& replica, const RowText& text,
                                          const Filed& filed, const ArchiveSource& source) {
  std::vector<ArchiveItem> items;
  std::string faults;
  for (const View& entry : filed.entries) {
    std::vector<std::string> missing;
    items.push_back(archive_item(text, replica, entry, source, items.size() + 1, missing));
    if (missing.empty()) continue;
    faults += "\n" + text.of("@number", entry, 0) + "  " + text.of("title", entry, 0) + "：";
    for (std::size_t i = 0; i < missing.size(); ++i) faults += (i == 0 ? "" : "、") + missing[i];
  }
  for (std::size_t i = 1; i < items.size(); ++i)
    if (!items[i].code.empty() && items[i].code == items[i - 1].code)
      faults += "\n" + items[i].code + "：" + desk.text("archive.same_code");
  if (!faults.empty()) return Error{Errc::invalid, desk.text("archive.incomplete") + faults};
  return items;
}

/// The electronic files that go along, told in the items' metadata.   errors: not_found, invalid
Result<std::vector<ItemFile>> files_for(Desk& desk, const Path& folder,
                                        std::vector<ArchiveItem>& items) {
  std::vector<std::vector<ItemFile>> by_item(items.size());
  if (!folder.empty()) {
    auto found = files_of_items(desk.env().files, folder, items);
    if (!found && found.code() == Errc::not_found)
      return desk.failure(Errc::not_found, "archive.no_files", {{"folder", folder}});
    if (!found)
      return desk.failure(found.code(), "archive.strange_files",
                          {{"names", terminal_safe(found.error().detail)}});
    by_item = *std::move(found);
  }
  add_file_elements(items, by_item);
  std::vector<ItemFile> all;
  for (std::vector<ItemFile>& some : by_item)
    std::move(some.begin(), some.end(), std::back_inserter(all));
  return all;
}

/// What is classified is registered before it is written.   errors: of Replica::record()
Result<std::string> registered(Desk& desk, Replica& replica, const Filed& filed,
                               const std::string& sums, const std::string& purpose) {
  if (filed.highest < Level::secret) return std::string();
  Printed printed;
  printed.form = "档案移交数据包";
  printed.highest = filed.highest;
  printed.rows = filed.entries.size();
  printed.pages = 1;
  printed.rows_text = rows_text(desk.words(), replica, filed.entries);
  printed.content = digest(Label::state, {as_bytes(sums)});
  printed.purpose = purpose;
  const auto row = register_print(desk, replica, printed);
  if (!row) return row.error();
  return row->hex();
}

Answer told(Desk& desk, const Filed& filed, const std::vector<PackageFile>& files,
            const std::string& folder, const std::string& row) {
  Answer answer{.text = desk.text("archive.done", {{"items", std::to_string(filed.entries.size())},
                                                   {"folder", folder}}),
                .json = json_object()};
  answer.text +=
      "\n" + desk.text("export.level", {{"level", level_text(desk.words(), filed.highest)}});
  if (filed.above > 0)
    answer.text += "\n" + desk.text("archive.above", {{"count", std::to_string(filed.above)}});
  if (!row.empty()) answer.text += "\n" + desk.text("print.registered");
  Poco::JSON::Array::Ptr list = json_array();
  for (const PackageFile& file : files) {
    answer.text += "\n  " + file.sha256.substr(0, 16) + "…  " + file.name;
    Poco::JSON::Object::Ptr one = json_object();
    one->set("name", file.name);
    one->set("sha256", file.sha256);
    one->set("bytes", file.bytes);
    list->add(one);
  }
  answer.json->set("items", filed.entries.size());
  answer.json->set("above", filed.above);
  answer.json->set("level", std::string(name_of(filed.highest)));
  answer.json->set("folder", folder);
  answer.json->set("files", list);
  answer.json->set("registered", row);
  return answer;
}

Result<Answer> archive_export(Desk& desk, const ArchiveOptions& options) {
  Path folder = options.out;
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  if (desk.env().files.exists(folder))
    return desk.failure(Errc::exists, "archive.exists", {{"folder", folder}});
  if (const auto free = check_target(desk, folder); !free) return free.error();
  const auto most = level_from(options.level.empty() ? "internal" : options.level);
  if (!most) return desk.failure(Errc::invalid, "value.level", {{"typed", options.level}});
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const RowText text(desk, **replica);
  const auto office = named_office(desk, **replica, options.owner);
  if (!office) return office.error();
  const Filed filed = filed_entries(**replica, *office, *most, options);
  if (filed.entries.empty())
    return desk.failure(Errc::not_found, "archive.none", {{"count", std::to_string(filed.above)}});
  const ArchiveSource source{options.archive_name, options.archive_code, options.fonds_name,
                             text.directory().office(*office)};
  auto items = items_of(desk, **replica, text, filed, source);
  if (!items) return items.error();
  const auto along = files_for(desk, options.files, *items);
  if (!along) return along.error();
  const auto texts =
      package_texts({source.office_name, text.directory().person((*replica)->person().user),
                     rfc3339_at(desk.env().clock.wall_ms()), filed.highest},
                    *items, *along);
  const auto row = registered(desk, **replica, filed, texts.back().second, options.purpose);
  if (!row) return row.error();
  const auto files = write_package(desk.env().files, folder, texts, *along);
  if (!files) return files.error();
  return told(desk, filed, *files, folder, *row);
}

}  // namespace

void add_archive(Menu& menu) {
  menu.add<ArchiveOptions>("archive export", declare_archive, archive_export);
}

}  // namespace jiyao
