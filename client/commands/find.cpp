// client/commands/find.cpp - find (words), where (who holds the paper), history (every step).
#include "client/commands/commands.h"
#include "client/custody_chain.h"
#include "client/ledger_choice.h"
#include "client/list_filter.h"
#include "client/records.h"
#include "client/timeline.h"
#include "schema/dates.h"

namespace jiyao {

namespace {

struct FindOptions {
  std::vector<std::string> words;
  std::string record, ledger = "incoming";
  std::size_t limit = 20;
  FilterOptions filter;
};

void declare_find(CLI::App& app, FindOptions& options, const Catalogue& words) {
  app.add_option("words", options.words, words.text("opt.words"))->required();
  app.add_option("--ledger", options.ledger, words.text("opt.ledger"));
  app.add_option("--limit", options.limit, words.text("opt.limit"))->check(CLI::Range(1, 1000));
  declare_filter(app, options.filter, words);
  declare_after(app, options.filter, words);
}

void declare_record(CLI::App& app, FindOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--ledger", options.ledger, words.text("opt.ledger"));
}

void declare_paper(CLI::App& app, FindOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.paper"))->required();
}

Result<Answer> find(Desk& desk, const FindOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition* ledger = ledger_called((*replica)->definitions(), options.ledger);
  if (ledger == nullptr)
    return desk.failure(Errc::not_found, "ledger.none", {{"name", options.ledger}});
  auto filter = filter_of(desk, **replica, *ledger, options.filter);
  if (!filter) return filter.error();
  std::string& text = filter->query.text;
  for (const std::string& word : options.words) text += (text.empty() ? "" : " ") + word;
  filter->query.limit = options.limit;
  const RecordPage page = next_page(**replica, *filter);
  if (page.rows.empty()) return desk.failure(Errc::not_found, "record.none", {{"name", text}});
  Answer answer{.text = list_text(desk, **replica, *ledger, page.rows), .json = json_object()};
  add_page(desk, **replica, page, answer);
  return answer;
}

Result<Answer> where(Desk& desk, const FindOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto copies = copies_named(desk, **replica, options.record);
  if (!copies) return copies.error();
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr rows = json_array();
  const Directory directory(**replica);
  for (const View& copy : *copies) {
    const CustodyChain chain = custody_of(**replica, copy);
    answer.text += (answer.text.empty() ? "" : "\n") + text_of(desk, directory, chain);
    rows->add(json_of(**replica, directory, chain));
  }
  if (copies->empty()) answer.text = desk.text("where.no_copies");
  answer.json->set("copies", rows);
  return answer;
}

std::string standing_text(Desk& desk, const HistoryEntry& entry) {
  if (entry.standing.verdict == Verdict::quarantined)
    return desk.text("history.quarantined",
                     {{"ground", std::to_string(static_cast<int>(entry.standing.ground))}});
  if (!entry.waiting_for.empty())
    return desk.text("history.waiting", {{"what", entry.waiting_for}});
  return {};
}

Result<Answer> history(Desk& desk, const FindOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition* ledger = (*replica)->definitions().ledger(options.ledger);
  if (ledger == nullptr)
    return desk.failure(Errc::not_found, "ledger.none", {{"name", options.ledger}});
  const auto view = find_record(desk, **replica, options.ledger, options.record);
  if (!view) return view.error();
  const Directory directory(**replica);
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr rows = json_array();
  for (const HistoryEntry& entry : (*replica)->history(view->record)) {
    const auto at = static_cast<std::int64_t>(entry.change.hlc >> 16U);
    const std::string kind =
        desk.text("kind." + std::to_string(static_cast<int>(entry.change.kind)));
    const std::string what = written_text(desk, directory, *ledger, entry);
    answer.text += (answer.text.empty() ? "" : "\n") + time_text(at) + "  " +
                   directory.person(entry.change.actor) + " · " +
                   directory.node(entry.change.origin.node) + "  " + kind + "  " + what +
                   standing_text(desk, entry);
    Poco::JSON::Object::Ptr row = json_object();
    row->set("change", entry.id.hex());
    row->set("at", rfc3339_at(at));
    row->set("person", directory.person(entry.change.actor));
    row->set("node", directory.node(entry.change.origin.node));
    row->set("kind", static_cast<int>(entry.change.kind));
    row->set("what", what);
    row->set("reason", entry.change.reason);
    row->set("applied", entry.is_applied);
    row->set("quarantined", entry.standing.verdict == Verdict::quarantined);
    row->set("waiting_for", entry.waiting_for);
    rows->add(row);
  }
  answer.json->set("record", view->record.hex());
  answer.json->set("steps", rows);
  return answer;
}

}  // namespace

void add_find(Menu& menu) {
  menu.add<FindOptions>("find", declare_find, find);
  menu.add<FindOptions>("where", declare_paper, where);
  menu.add<FindOptions>("history", declare_record, history);
}

}  // namespace jiyao
