// client/commands/find.cpp - find (words), where (who holds the paper), history (every step).
#include "client/commands/commands.h"
#include "client/custody.h"
#include "client/records.h"
#include "schema/dates.h"

namespace jiyao {

namespace {

struct FindOptions {
  std::vector<std::string> words;
  std::string record, ledger = "incoming";
  std::size_t limit = 20;
};

void declare_find(CLI::App& app, FindOptions& options, const Catalogue& words) {
  app.add_option("words", options.words, words.text("opt.words"))->required();
  app.add_option("--ledger", options.ledger, words.text("opt.ledger"));
  app.add_option("--limit", options.limit, words.text("opt.limit"))->check(CLI::Range(1, 1000));
}

void declare_record(CLI::App& app, FindOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--ledger", options.ledger, words.text("opt.ledger"));
}

Result<Answer> find(Desk& desk, const FindOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition* ledger = (*replica)->definitions().ledger(options.ledger);
  if (ledger == nullptr)
    return desk.failure(Errc::not_found, "ledger.none", {{"name", options.ledger}});
  Query query;
  query.ledger = options.ledger;
  query.limit = options.limit;
  for (const std::string& word : options.words)
    query.text += (query.text.empty() ? "" : " ") + word;
  const RecordPage page = (*replica)->search(query);
  if (page.rows.empty())
    return desk.failure(Errc::not_found, "record.none", {{"name", query.text}});
  Answer answer{.text = list_text(desk, **replica, *ledger, page.rows), .json = json_object()};
  if (page.after) answer.text += "\n" + desk.text("find.more");
  const Directory directory(**replica);
  Poco::JSON::Array::Ptr rows = json_array();
  for (const View& view : page.rows) rows->add(json_of(**replica, directory, view));
  answer.json->set("records", rows);
  answer.json->set("more", page.after.has_value());
  return answer;
}

Result<Answer> where(Desk& desk, const FindOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto incoming = find_record(desk, **replica, "incoming", options.record);
  if (!incoming) return incoming.error();
  const std::vector<View> copies = copies_of(**replica, incoming->record);
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr rows = json_array();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger("document_copy");
  const Directory directory(**replica);
  for (const View& copy : copies) {
    const std::string line = custody_line(desk, **replica, copy);
    answer.text += (answer.text.empty() ? "" : "\n") + line;
    Poco::JSON::Object::Ptr row = json_of(**replica, directory, copy);
    row->set("custody", copy.state.field(ledger, "custody_state"));
    row->set("custodian", directory.person_text(copy.state.field(ledger, "custodian")));
    rows->add(row);
  }
  if (copies.empty()) answer.text = desk.text("where.no_copies");
  answer.json->set("copies", rows);
  return answer;
}

std::string step_text(Desk& desk, const Directory& directory, const LedgerDefinition& ledger,
                      const HistoryEntry& entry) {
  std::string what;
  for (const Write& write : entry.change.writes) {
    const Group* group = ledger.group(write.group);
    if (group == nullptr) continue;
    for (const std::size_t index : group->fields) {
      const std::string value = ledger.field_value(index, write.value);
      if (value.empty()) continue;
      what += (what.empty() ? "" : "；") + label_of(desk.words(), ledger.fields[index]) + " " +
              directory.person_text(shown_value(desk.words(), ledger, index, value));
    }
  }
  if (!entry.change.reason.empty())
    what += desk.text("history.reason", {{"reason", entry.change.reason}});
  return what;
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
  const auto view = find_record(desk, **replica, options.ledger, options.record);
  if (!view) return view.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger(view->ledger);
  const Directory directory(**replica);
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr rows = json_array();
  for (const HistoryEntry& entry : (*replica)->history(view->record)) {
    const auto at = static_cast<std::int64_t>(entry.change.hlc >> 16U);
    const std::string kind =
        desk.text("kind." + std::to_string(static_cast<int>(entry.change.kind)));
    const std::string what = step_text(desk, directory, ledger, entry);
    answer.text += (answer.text.empty() ? "" : "\n") + stamp_at(at) + "  " +
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
  menu.add<FindOptions>("where", declare_record, where);
  menu.add<FindOptions>("history", declare_record, history);
}

}  // namespace jiyao
