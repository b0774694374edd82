// client/commands/incoming_list.cpp - 收文: list, and export of the whole register as CSV.
#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/csv_reader.h"
#include "client/messages.h"
#include "client/records.h"

namespace jiyao {

namespace {

struct ListOptions {
  std::size_t limit = 50;
  std::string level, state, owner, output, encoding = "utf8";
  bool as_csv = false;
};

void declare_list(CLI::App& app, ListOptions& options, const Catalogue& words) {
  app.add_option("--limit", options.limit, words.text("opt.limit"))->check(CLI::Range(1, 100000));
  app.add_option("--level,--密级", options.level, words.text("opt.level"));
  app.add_option("--owner", options.owner, words.text("opt.owner"));
}

void declare_export(CLI::App& app, ListOptions& options, const Catalogue& words) {
  app.add_flag("--csv", options.as_csv, words.text("opt.csv"));
  app.add_option("-o,--output", options.output, words.text("opt.output"))->required();
  app.add_option("--encoding", options.encoding, words.text("opt.encoding"))
      ->check(CLI::IsMember({"utf8", "gb18030"}));
  app.add_option("--level,--密级", options.level, words.text("opt.level"));
}

Result<Query> query_for(Desk& desk, Replica& replica, const ListOptions& options) {
  Query query;
  query.ledger = "incoming";
  if (options.level.empty() && options.owner.empty()) return query;
  auto office = own_office(replica);
  if (!options.owner.empty()) {
    const auto named = Directory(replica).office_named(options.owner);
    if (!named) return desk.failure(Errc::not_found, "office.none", {{"name", options.owner}});
    office = *named;
  }
  if (!office) return office.error();
  const auto level = level_from(options.level.empty() ? "internal" : options.level);
  if (!level) return desk.failure(Errc::invalid, "value.level", {{"typed", options.level}});
  query.compartment = CompartmentId{*office, *level};
  return query;
}

Result<Answer> list(Desk& desk, const ListOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  auto query = query_for(desk, **replica, options);
  if (!query) return query.error();
  query->limit = options.limit;
  const RecordPage page = (*replica)->search(*query);
  const std::uint64_t total = (*replica)->count(*query);
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger("incoming");
  Answer answer{.text = list_text(desk, **replica, ledger, page.rows), .json = json_object()};
  answer.text += "\n" + desk.text("list.count", {{"shown", std::to_string(page.rows.size())},
                                                 {"total", std::to_string(total)}});
  const Directory directory(**replica);
  Poco::JSON::Array::Ptr rows = json_array();
  for (const View& view : page.rows) rows->add(json_of(**replica, directory, view));
  answer.json->set("total", total);
  answer.json->set("records", rows);
  return answer;
}

/// The import's columns and the number, so that what goes out can come in again.
std::vector<std::string> cells_of(const LedgerDefinition& ledger, const View& view,
                                  const Catalogue& words, const Directory& directory) {
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < ledger.fields.size(); ++i) {
    std::string cell;
    for (const auto& [index, text] : plain_fields(words, ledger, view.state))
      if (index == i) cell = directory.person_text(text);
    cells.push_back(guarded(cell, Guarded::csv));
  }
  return cells;
}

Result<Answer> export_csv(Desk& desk, const ListOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  auto query = query_for(desk, **replica, options);
  if (!query) return query.error();
  query->limit = 500;
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger("incoming");
  const auto encoding = options.encoding == "utf8" ? TextEncoding::utf8 : TextEncoding::gb18030;
  std::vector<std::string> heads;
  for (const Field& field : ledger.fields) heads.push_back(field.zh);
  std::string text = encoding == TextEncoding::utf8 ? "\xEF\xBB\xBF" : "";
  text += encode_text(csv_line(heads) + "\r\n", encoding);
  const Directory directory(**replica);
  const Catalogue chinese(Language::zh, kClientMessages);
  std::uint64_t rows = 0;
  std::optional<RecordId> after;
  do {
    const RecordPage page = (*replica)->search(*query, after);
    for (const View& view : page.rows) {
      if (view.is_hidden) continue;
      text += encode_text(csv_line(cells_of(ledger, view, chinese, directory)) + "\r\n", encoding);
      ++rows;
    }
    after = page.after;
  } while (after);
  if (const auto written = write_answer(desk, options.output, as_bytes(text)); !written)
    return written.error();
  Answer answer{
      .text = desk.text("export.done", {{"rows", std::to_string(rows)}, {"file", options.output}}),
      .json = json_object()};
  answer.json->set("rows", rows);
  answer.json->set("file", options.output);
  return answer;
}

}  // namespace

void add_incoming_list(Menu& menu) {
  menu.add<ListOptions>("incoming list", declare_list, list);
  menu.add<ListOptions>("incoming export", declare_export, export_csv);
}

}  // namespace jiyao
