// client/commands/conflict.cpp - 冲突: list, show side by side, resolve by a person, undo a ruling.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/findings.h"
#include "client/records.h"
#include "client/registration.h"
#include "schema/dates.h"

namespace jiyao {

namespace {

struct ConflictOptions {
  std::string record, field, value, reason, ledger = "incoming";
  std::size_t take = 0;
  std::size_t limit = 100;
};

void declare_list(CLI::App& app, ConflictOptions& options, const Catalogue& words) {
  app.add_option("--limit", options.limit, words.text("opt.limit"))->check(CLI::Range(1, 10000));
}

void declare_show(CLI::App& app, ConflictOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--ledger", options.ledger, words.text("opt.ledger"));
}

void declare_resolve(CLI::App& app, ConflictOptions& options, const Catalogue& words) {
  declare_show(app, options, words);
  app.add_option("--field,--栏目", options.field, words.text("opt.field"));
  auto* take = app.add_option("--take,--采用", options.take, words.text("opt.take"));
  app.add_option("--value,--改为", options.value, words.text("opt.value"))->excludes(take);
  app.add_option("--reason,--原因", options.reason, words.text("opt.reason"))->required();
}

void declare_undo(CLI::App& app, ConflictOptions& options, const Catalogue& words) {
  declare_show(app, options, words);
  app.add_option("--field,--栏目", options.field, words.text("opt.field"));
  app.add_option("--reason,--原因", options.reason, words.text("opt.reason"))->required();
}

bool is_open(const GroupState& group) {
  return group.mark == Mark::conflict || group.mark == Mark::incident;
}

/// The finding that asks about this group; of one that a rule settled too (two levels; back here
/// and on there). nullptr: nobody is asked.
const Finding* question_about(const std::vector<Finding>& findings, const LedgerDefinition& ledger,
                              const View& view, const GroupState& group) {
  const std::string key = view.record.hex() + ':' + ledger.groups[group.group].name;
  const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& one) {
    return one.key == key && one.kind != FindingKind::hold;
  });
  return found == findings.end() ? nullptr : &*found;
}

/// What a ruling on it has to name.
std::vector<ChangeId> to_settle(const GroupState& group) {
  std::vector<ChangeId> settles = group.to_settle;
  if (settles.empty())
    for (const HeldWrite& write : group.held) settles.push_back(write.change);
  return settles;
}

std::string group_label(Desk& desk, const LedgerDefinition& ledger, const GroupState& group) {
  std::string label;
  for (const std::size_t index : ledger.groups[group.group].fields)
    label += (label.empty() ? "" : "/") + label_of(desk.words(), ledger.fields[index]);
  return label;
}

std::string group_text(Desk& desk, const Directory& directory, const LedgerDefinition& ledger,
                       std::size_t group, const std::string& value) {
  std::string text;
  for (const std::size_t index : ledger.groups[group].fields) {
    const std::string part = ledger.field_value(index, value);
    if (!part.empty())
      text += (text.empty() ? "" : " / ") +
              directory.person_text(shown_value(desk.words(), ledger, index, part));
  }
  return text.empty() ? desk.text("conflict.empty_value") : text;
}

/// The open group of this name or label; without one, the only open group.
const GroupState* open_group(Desk& desk, const Replica& replica, const View& view,
                             const std::string& wanted) {
  const LedgerDefinition& ledger = *replica.definitions().ledger(view.ledger);
  const std::vector<Finding> findings = replica.findings();
  const GroupState* found = nullptr;
  for (const GroupState& group : view.state.groups) {
    if (!is_open(group) && question_about(findings, ledger, view, group) == nullptr) continue;
    const bool is_it = wanted.empty() || ledger.groups[group.group].name == wanted ||
                       group_label(desk, ledger, group) == wanted;
    if (!is_it) continue;
    if (found != nullptr) return nullptr;
    found = &group;
  }
  return found;
}

Result<Answer> list(Desk& desk, const ConflictOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const Directory directory(**replica);
  Table table({desk.text("conflict.record"), desk.text("conflict.ledger"),
               desk.text("conflict.field"), desk.text("conflict.values")});
  Poco::JSON::Array::Ptr rows = json_array();
  std::size_t open = 0;
  for (const View& view : (*replica)->conflicts(options.limit)) {
    const LedgerDefinition& ledger = *(*replica)->definitions().ledger(view.ledger);
    rows->add(json_of(**replica, directory, view));
    for (const GroupState& group : view.state.groups) {
      if (!is_open(group)) continue;
      ++open;
      std::string values;
      for (const HeldWrite& write : group.held)
        values += (values.empty() ? "" : " ⇄ ") +
                  group_text(desk, directory, ledger, group.group, write.value);
      table.add({name_of(ledger, view),
                 desk.words().language() == Language::zh ? ledger.zh : ledger.en,
                 group_label(desk, ledger, group), values});
    }
  }
  Answer answer{.json = json_object()};
  if (!table.is_empty()) answer.text = table.text(desk.console().columns()) + "\n";
  const std::uint64_t total = (*replica)->conflict_count();
  if (total > rows->size())
    answer.text +=
        desk.text("conflict.more_records", {{"count", std::to_string(total - rows->size())}}) +
        "\n";
  const std::vector<Finding> findings = findings_across(**replica);
  for (std::size_t i = 0; i < std::min(options.limit, findings.size()); ++i)
    answer.text += finding_text(desk, **replica, directory, findings[i]) + "\n";
  if (findings.size() > options.limit)
    answer.text +=
        desk.text("conflict.more", {{"count", std::to_string(findings.size() - options.limit)}}) +
        "\n";
  answer.text += desk.text("conflict.count", {{"conflicts", std::to_string(total)},
                                              {"findings", std::to_string(findings.size())}});
  answer.json->set("open", open);
  answer.json->set("total", total);
  answer.json->set("conflicts", rows);
  answer.json->set("findings", json_of(desk, findings));
  return answer;
}

std::string side_text(Desk& desk, const Directory& directory, const HeldWrite& write) {
  return directory.person(write.actor) + " · " + directory.node(write.origin.node) + " · " +
         time_text(static_cast<std::int64_t>(write.hlc >> 16U)) + desk.text("conflict.gap");
}

/// One group with both sides: who wrote what where and when, and who is asked.
struct Sides {
  std::string text;
  Poco::JSON::Object::Ptr json;
};
Sides both_sides(Desk& desk, const Replica& replica, const Directory& directory, const View& view,
                 const GroupState& group, const Finding* question) {
  const LedgerDefinition& ledger = *replica.definitions().ledger(view.ledger);
  const std::string before =
      group.ancestor ? group_text(desk, directory, ledger, group.group, group.ancestor->value)
                     : desk.text("conflict.empty_value");
  Sides sides{name_of(ledger, view) + "  " + group_label(desk, ledger, group) + "  " +
                  desk.text("conflict.before", {{"value", before}}),
              json_object()};
  if (question != nullptr) sides.text += "\n  " + finding_line(desk, replica, directory, *question);
  sides.json->set("field", ledger.groups[group.group].name);
  sides.json->set("before", group.ancestor ? group.ancestor->value : std::string());
  Poco::JSON::Array::Ptr values = json_array();
  std::size_t number = 0;
  for (const HeldWrite& write : group.held) {
    const std::string value = group_text(desk, directory, ledger, group.group, write.value);
    sides.text +=
        "\n  [" + std::to_string(++number) + "] " + side_text(desk, directory, write) + value;
    Poco::JSON::Object::Ptr side = json_object();
    side->set("take", number);
    side->set("person", directory.person(write.actor));
    side->set("node", directory.node(write.origin.node));
    side->set("at", rfc3339_at(static_cast<std::int64_t>(write.hlc >> 16U)));
    side->set("value", write.value);
    values->add(side);
  }
  sides.json->set("values", values);
  return sides;
}

Result<Answer> show(Desk& desk, const ConflictOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto view = find_record(desk, **replica, options.ledger, options.record);
  if (!view) return view.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger(view->ledger);
  const Directory directory(**replica);
  const std::vector<Finding> all = (*replica)->findings();
  std::vector<Finding> across = findings_about(**replica, view->record);
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr groups = json_array();
  const auto say = [&](const std::string& text) {
    answer.text += (answer.text.empty() ? "" : "\n") + text;
  };
  for (const GroupState& group : view->state.groups) {
    const Finding* question = question_about(all, ledger, *view, group);
    if (!is_open(group) && question == nullptr) continue;
    const Sides sides = both_sides(desk, **replica, directory, *view, group, question);
    say(sides.text);
    groups->add(sides.json);
    if (question != nullptr)  // said already
      std::erase_if(across, [&](const Finding& one) { return one.id == question->id; });
  }
  for (const Finding& finding : across) say(finding_text(desk, **replica, directory, finding));
  if (answer.text.empty()) answer.text = desk.text("conflict.none");
  answer.json->set("record", view->record.hex());
  answer.json->set("open", groups);
  answer.json->set("findings", json_of(desk, across));
  return answer;
}

Result<std::string> ruled_value(Desk& desk, const LedgerDefinition& ledger, const GroupState& group,
                                const ConflictOptions& options) {
  if (options.take > 0) {
    if (options.take > group.held.size())
      return desk.failure(Errc::usage, "conflict.no_such_value",
                          {{"count", std::to_string(group.held.size())}});
    return group.held[options.take - 1].value;
  }
  const Group& held = ledger.groups[group.group];
  if (options.value.empty() || held.fields.size() != 1)
    return desk.failure(Errc::usage, "conflict.take_or_value");
  return canonical_value(desk.words(), ledger.fields[held.fields.front()], options.value);
}

Result<Answer> resolve(Desk& desk, const ConflictOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto view = find_record(desk, **replica, options.ledger, options.record);
  if (!view) return view.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger(view->ledger);
  const GroupState* group = open_group(desk, **replica, *view, options.field);
  if (group == nullptr)
    return desk.failure(Errc::not_found,
                        view->state.has_conflict ? "conflict.name_field" : "conflict.none");
  const auto value = ruled_value(desk, ledger, *group, options);
  if (!value) return value.error();
  Step step;
  step.kind = ChangeKind::resolve;
  step.ledger = view->ledger;
  step.record = view->record;
  step.writes = {{ledger.groups[group->group].name, *value}};
  step.settles = to_settle(*group);
  step.reason = options.reason;
  const auto recorded = (*replica)->record(Act{view->compartment, {step}});
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica, desk.text("conflict.resolved"), {view->record});
}

/// The last ruling on this group: the value it was given instead of which is written again. What
/// was ruled stays in the history, and the person may rule anew.
Result<Answer> undo(Desk& desk, const ConflictOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto view = find_record(desk, **replica, options.ledger, options.record);
  if (!view) return view.error();
  const std::vector<HistoryEntry> history = (*replica)->history(view->record);
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger(view->ledger);
  const auto ruling = std::find_if(history.rbegin(), history.rend(), [&](const HistoryEntry& one) {
    const bool is_ruling = one.change.kind == ChangeKind::resolve && one.is_applied;
    const Group* group = is_ruling ? ledger.group(one.change.writes.front().group) : nullptr;
    if (group == nullptr) return false;
    const Field& field = ledger.fields[group->fields.front()];
    return options.field.empty() || group->name == options.field || field.zh == options.field;
  });
  if (ruling == history.rend()) return desk.failure(Errc::not_found, "conflict.no_ruling");
  const Write& ruled = ruling->change.writes.front();
  const auto other = std::find_if(history.begin(), history.end(), [&](const HistoryEntry& one) {
    const auto& settles = ruling->change.settles;
    if (std::find(settles.begin(), settles.end(), one.id) == settles.end()) return false;
    return std::any_of(one.change.writes.begin(), one.change.writes.end(), [&](const Write& w) {
      return w.group == ruled.group && w.value != ruled.value;
    });
  });
  if (other == history.end()) return desk.failure(Errc::not_found, "conflict.no_other");
  const auto value = std::find_if(other->change.writes.begin(), other->change.writes.end(),
                                  [&](const Write& w) { return w.group == ruled.group; });
  Step step;
  step.kind = ChangeKind::amend;
  step.ledger = view->ledger;
  step.record = view->record;
  step.writes = {*value};
  step.reason = options.reason;
  const auto recorded = (*replica)->record(Act{view->compartment, {step}});
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica, desk.text("conflict.undone"), {view->record});
}

}  // namespace

void add_conflict(Menu& menu) {
  menu.add<ConflictOptions>("conflict list", declare_list, list);
  menu.add<ConflictOptions>("conflict show", declare_show, show);
  menu.add<ConflictOptions>("conflict resolve", declare_resolve, resolve);
  menu.add<ConflictOptions>("conflict undo", declare_undo, undo);
}

}  // namespace jiyao
