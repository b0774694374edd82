// client/records.cpp - rows as people and programs read them.
#include "client/records.h"

#include <algorithm>

#include "client/commands/ledger_options.h"
#include "client/commands/ledger_verbs.h"
#include "client/custody.h"
#include "client/number_blocks.h"
#include "client/roles.h"
#include "schema/dates.h"
#include "schema/text.h"
#include "sync/check.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

std::string stage_name(Stage stage) {
  switch (stage) {
    case Stage::recorded:
      return "recorded";
    case Stage::sealed:
      return "sealed";
    case Stage::delivered:
      return "delivered";
    case Stage::applied_by_keeper:
      return "applied";
    case Stage::local_only:
      return "local_only";
  }
  return "recorded";
}
}  // namespace

Level own_level(const View& view) {
  return view.state.level.value_or(view.compartment.level);
}

Level level_of(const View& view) {
  return std::max(view.compartment.level, view.state.level.value_or(Level::public_));
}

Level level_with_cited(const Replica& replica, const View& view) {
  Level highest = level_of(view);
  const LedgerDefinition* ledger = replica.definitions().ledger(view.ledger);
  if (ledger == nullptr) return highest;
  for (const std::size_t ref : refs_of(*ledger)) {
    const GroupState* group = view.state.group(ledger->fields[ref].group);
    if (group == nullptr) continue;
    for (const HeldWrite& held : group->held) {
      const auto cited = record_from(ledger->field_value(ref, held.value));
      const auto row = cited ? replica.view(*cited) : Result<View>(Errc::not_found);
      if (row && !row->is_hidden) highest = std::max(highest, level_of(*row));
    }
  }
  return highest;
}

std::string number_text(const Catalogue& words, const Directory& directory,
                        const LedgerDefinition& definition, const View& view) {
  const auto field = number_field(definition);
  const std::string number = field ? view.state.field(definition, *field) : std::string();
  if (number.empty() || number.starts_with("临")) return terminal_safe(number);
  if (const std::string issued = document_number(definition, view.state); !issued.empty())
    return terminal_safe(issued);
  std::string text;
  if (!directory.is_own(view.compartment.office))
    text += directory.office(view.compartment.office) + " ";
  if (view.compartment.level >= Level::secret)
    text += level_text(words, view.compartment.level) + " ";
  const std::string series = view.state.field(definition, "series");
  if (!series.empty() && series != default_series(view.compartment.level)) text += series + " ";
  return terminal_safe(text + number);
}

namespace {

/// "000001；000002", "周敏 2026-11-22T09:30；李四 ..."
std::string one_by_one(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "；") + text;
  return all;
}

std::string cited_text(const Directory& directory, const LedgerDefinition& definition,
                       const View& view, std::size_t field) {
  const GroupState* state = view.state.group(definition.fields[field].group);
  std::vector<std::string> cited = field_values(definition, view.state, field);
  if (state->mark == Mark::conflict || state->mark == Mark::incident) {  // all that is claimed
    cited.clear();
    for (const HeldWrite& write : state->held)
      cited.push_back(definition.field_value(field, write.value));
  }
  for (std::string& one : cited) one = directory.person_text(cited_name(directory.replica(), one));
  return one_by_one(cited);
}

std::string signers_text(const Catalogue& words, const Directory& directory,
                         const LedgerDefinition& definition, const View& view, std::size_t field) {
  const Group& group = definition.groups[definition.fields[field].group];
  const GroupState* state = view.state.group(definition.fields[field].group);
  const std::string content = content_hash(definition, view.state, group).hex();
  std::vector<std::string> signers;
  for (const HeldWrite& write : state->held) {
    const std::string signature = definition.field_value(field, write.value);
    if (signature.empty()) continue;
    signers.push_back(directory.person(write.actor) + " " +
                      time_text(static_cast<std::int64_t>(write.hlc >> 16U)));
    if (signature != content) signers.back() += words.text("record.signed_before");
  }
  return one_by_one(signers);
}

}  // namespace

std::string field_text(const Catalogue& words, const Directory& directory,
                       const LedgerDefinition& definition, const View& view, std::size_t field) {
  const Field& column = definition.fields[field];
  for (const auto& [index, text] : shown_fields(words, definition, view.state)) {
    if (index != field) continue;
    const GroupState* group = view.state.group(column.group);
    const bool is_issued =
        column.type == FieldType::number && !document_number(definition, view.state).empty();
    if ((column.name == "intake_no" || is_issued) && group->mark != Mark::conflict)
      return number_text(words, directory, definition, view);
    if (column.type == FieldType::person || column.type == FieldType::org)
      return directory.person_text(text);
    if (column.type == FieldType::signature)
      return signers_text(words, directory, definition, view, field);
    if (column.type != FieldType::ref) return text;
    return cited_text(directory, definition, view, field);
  }
  return {};
}

Poco::JSON::Object::Ptr json_of(const Replica& replica, const Directory& directory,
                                const View& view) {
  Poco::JSON::Object::Ptr row = json_object();
  row->set("id", view.record.hex());
  row->set("ledger", view.ledger);
  row->set("office", directory.office(view.compartment.office));
  row->set("compartment_level", std::string(name_of(view.compartment.level)));
  row->set("stage", stage_name(view.stage));
  row->set("state", view.shown_state.empty() ? view.state.state : view.shown_state);
  row->set("conflict", view.state.has_conflict);
  row->set("hidden", view.is_hidden);
  const LedgerDefinition* definition = replica.definitions().ledger(view.ledger);
  if (definition == nullptr || view.is_hidden) return row;
  Poco::JSON::Object::Ptr fields = json_object();
  for (const Field& field : definition->fields) {
    const GroupState* group = view.state.group(field.group);
    if (group == nullptr || field.name == "state") continue;
    const std::size_t index = *definition->field_index(field.name);
    if (definition->groups[field.group].kind == GroupKind::set) {
      Poco::JSON::Array::Ptr entries = json_array();
      for (const HeldWrite& write : group->held)
        entries->add(definition->field_value(index, write.value));
      if (entries->size() > 0) fields->set(field.name, entries);
    } else if (const std::string value = view.state.field(*definition, field.name);
               !value.empty()) {
      fields->set(field.name, value);
    }
  }
  row->set("fields", fields);
  return row;
}

namespace {

/// Fields this person proposed a value for: somebody else's to change, so it is not in effect.
std::string proposed_fields(const Catalogue& words, const LedgerDefinition& definition,
                            const View& view, const UserId& person) {
  std::string labels;
  for (const GroupState& group : view.state.groups) {
    const bool is_theirs =
        std::any_of(group.proposals.begin(), group.proposals.end(),
                    [&](const HeldWrite& write) { return write.actor == person; });
    if (is_theirs)
      labels += (labels.empty() ? "" : "、") +
                label_of(words, definition.fields[definition.groups[group.group].fields.front()]);
  }
  return labels;
}

}  // namespace

std::string called(const Catalogue& words, const Directory& directory,
                   const LedgerDefinition& definition, const View& view) {
  const std::string number = number_text(words, directory, definition, view);
  return number.empty() ? directory.person_text(name_of(definition, view)) : number;
}

Result<void> check_role(Desk& desk, const Replica& replica, const LedgerDefinition& definition,
                        const Change& change) {
  const Roles needed = roles_needed(definition, change);
  const Roster roster = replica.roster();
  const UserRecord* person = roster.user(replica.person().user);
  if (needed == 0 || person == nullptr || (person->roles & needed) != 0) return {};
  return desk.failure(Errc::not_allowed, "ledger.no_role",
                      {{"roles", role_words(desk.words(), needed)}});
}

Answer recorded_answer(Desk& desk, const Replica& replica, std::string_view message,
                       const std::vector<RecordId>& records) {
  const Directory directory(replica);
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr rows = json_array();
  std::string names, proposed;
  for (const RecordId& id : records) {
    const auto view = replica.view(id);
    if (!view) continue;
    const LedgerDefinition* definition = replica.definitions().ledger(view->ledger);
    if (definition != nullptr)
      names += (names.empty() ? "" : "、") + called(desk.words(), directory, *definition, *view);
    rows->add(json_of(replica, directory, *view));
    if (definition == nullptr) continue;
    const std::string fields =
        proposed_fields(desk.words(), *definition, *view, replica.person().user);
    if (!fields.empty()) proposed += "\n" + desk.text("record.proposed", {{"fields", fields}});
  }
  const std::uint64_t waiting = replica.undelivered();
  answer.text = desk.text(
      "record.done",
      {{"message", std::string(message)}, {"names", names}, {"waiting", std::to_string(waiting)}});
  answer.text += proposed;
  answer.json->set("records", rows);
  answer.json->set("proposed", !proposed.empty());
  answer.json->set("undelivered", waiting);
  return answer;
}

std::string list_text(Desk& desk, const Replica& replica, const LedgerDefinition& definition,
                      const std::vector<View>& rows) {
  const Directory directory(replica);
  std::vector<std::string> heads;
  for (const std::size_t field : definition.list)
    heads.push_back(label_of(desk.words(), definition.fields[field]));
  Table table(heads);
  for (const View& view : rows) {
    std::vector<std::string> cells;
    for (const std::size_t field : definition.list)
      cells.push_back(view.is_hidden
                          ? std::string("■")
                          : field_text(desk.words(), directory, definition, view, field));
    if (view.state.has_conflict) cells.back() += desk.text("list.conflict_mark");
    table.add(cells);
  }
  return table.text(desk.console().columns());
}

}  // namespace jiyao
