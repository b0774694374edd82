// client/commands/due.cpp - today, due: what falls due for the person at the keyboard.
#include "client/commands/commands.h"
#include "client/records.h"
#include "client/reminders.h"
#include "client/roles.h"

namespace jiyao {

namespace {

struct DueOptions {
  int days = 0;
  bool is_all = false;
};

void declare_today(CLI::App& app, DueOptions& options, const Catalogue& words) {
  app.add_flag("--all,--全部", options.is_all, words.text("opt.all_roles"));
}

void declare_due(CLI::App& app, DueOptions& options, const Catalogue& words) {
  options.days = 7;
  declare_today(app, options, words);
  app.add_option("--days,--天", options.days, words.text("opt.days_ahead"))
      ->check(CLI::Range(0, 366));
}

const char* urgency_of(const DueItem& item, int days) {
  if (item.days_left < 0) return "overdue";
  if (item.days_left == 0) return "today";
  return item.days_left <= days ? "soon" : "period";
}

std::string line_of(Desk& desk, const Directory& directory, const Replica& replica,
                    const DueItem& item) {
  const bool is_zh = desk.words().language() == Language::zh;
  std::string line = "  " + item.what + "  " + (is_zh ? item.ledger->noun_zh : item.ledger->en);
  if (item.row) {
    const std::string name = called(desk.words(), directory, *item.ledger, *item.row);
    const std::string paper = paper_text(desk.words(), directory, replica, *item.ledger, *item.row);
    const bool says_nothing = !paper.empty() && item.row->record.hex().starts_with(name);
    if (!says_nothing) line += "  " + name;
    if (!paper.empty() && line.find(paper) == std::string::npos) line += "  " + paper;
  }
  if (item.lacks_table) return line + "  " + desk.text("due.no_table");
  const std::string days = std::to_string(item.days_left < 0 ? -item.days_left : item.days_left);
  const char* when = item.days_left < 0    ? "due.overdue_line"
                     : item.days_left == 0 ? "due.today_line"
                                           : "due.soon_line";
  if (!item.due_on.empty()) line += "  " + desk.text(when, {{"due", item.due_on}, {"days", days}});
  return line;
}

Poco::JSON::Object::Ptr json_of(const Directory& directory, const Replica& replica,
                                const Catalogue& words, const DueItem& item, int days) {
  const LedgerDefinition& ledger = *item.ledger;
  Poco::JSON::Object::Ptr row = json_object();
  row->set("urgency", urgency_of(item, days));
  row->set("what", item.what);
  row->set("ledger", ledger.name);
  row->set("record", item.row ? item.row->record.hex() : std::string());
  row->set("name", item.row ? called(words, directory, ledger, *item.row) : std::string());
  row->set("paper",
           item.row ? paper_text(words, directory, replica, ledger, *item.row) : std::string());
  row->set("due_on", item.due_on);
  row->set("days_left", item.days_left);
  row->set("lacks_table", item.lacks_table);
  row->set("roles", role_names(item.to));
  return row;
}

Result<Answer> due(Desk& desk, const DueOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const Roster roster = (*replica)->roster();
  const UserRecord* person = roster.user((*replica)->person().user);
  const Roles roles = options.is_all || person == nullptr ? 0 : person->roles;
  const Directory directory(**replica);
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr rows = json_array();
  std::string group;
  for (const DueItem& item : due_items(**replica, desk.today(), options.days, roles)) {
    if (group != urgency_of(item, options.days)) {
      group = urgency_of(item, options.days);
      answer.text += (answer.text.empty() ? "" : "\n") + desk.text("due." + group);
    }
    answer.text += "\n" + line_of(desk, directory, **replica, item);
    rows->add(json_of(directory, **replica, desk.words(), item, options.days));
  }
  if (rows->size() == 0) answer.text = desk.text("due.nothing");
  answer.json->set("today", desk.today());
  answer.json->set("days", options.days);
  answer.json->set("items", rows);
  return answer;
}

}  // namespace

void add_due(Menu& menu) {
  menu.add<DueOptions>("today", declare_today, due);
  menu.add<DueOptions>("due", declare_due, due);
}

}  // namespace jiyao
