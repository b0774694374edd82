// client/records.cpp - finding the record somebody means, and showing rows.
#include "client/records.h"

#include <algorithm>

#include "client/number_blocks.h"
#include "schema/text.h"

namespace jiyao {

namespace {

std::vector<View> with_field(const Replica& replica, const LedgerName& ledger,
                             const std::string& field, const std::string& value) {
  Query query;
  query.ledger = ledger;
  query.equals[field] = value;
  query.limit = 10;
  return replica.search(query).rows;
}

std::vector<View> with_id(const Replica& replica, std::string_view typed) {
  const auto bytes = from_hex(typed);
  if (!bytes || bytes->size() != RecordId::kBytes) return {};
  auto view = replica.view(*RecordId::from(*bytes));
  return view ? std::vector<View>{*std::move(view)} : std::vector<View>{};
}

/// 收〔2026〕0137, 2026-137, 临-...; a document number has its organ's letters in front.
bool looks_like_intake_number(std::string_view typed) {
  for (const std::string_view start : {"收", "临", "〔", "["})
    if (typed.starts_with(start)) return true;
  return !typed.empty() && typed.front() >= '0' && typed.front() <= '9';
}

std::vector<View> candidates(Desk& desk, const Replica& replica, const LedgerDefinition& ledger,
                             std::string_view typed) {
  std::vector<View> found = with_id(replica, typed);
  for (const char* name : {"intake_no", "doc_no", "legacy_no"}) {
    if (!found.empty()) break;
    const Field* field = ledger.field(name);
    if (field == nullptr) continue;
    std::string_view text = typed;
    if (std::string_view(name) == "intake_no" && !looks_like_intake_number(typed)) continue;
    if (std::string_view(name) == "legacy_no") {
      if (!text.starts_with("原")) continue;
      text.remove_prefix(std::string_view("原").size());
    }
    const auto value = canonical_value(desk.words(), *field, text);
    if (value) found = with_field(replica, ledger.name, name, *value);
  }
  return found;
}

/// What stands before a number that is not of this office's plain register.
struct NumberPlace {
  std::optional<OfficeId> office;
  std::optional<Level> level;
  std::string series;
  std::string rest;
  bool is_given() const { return office || level || !series.empty(); }
};

/// "甲局 机密 2026-0001" or "甲局收〔2026〕0001" -> place and number.
NumberPlace place_from(const Directory& directory, const Roster& roster,
                       const LedgerDefinition& ledger, std::string_view typed) {
  NumberPlace place;
  const auto skip = [&](std::string_view word) {
    if (word.empty() || !typed.starts_with(word)) return false;
    typed.remove_prefix(word.size());
    while (typed.starts_with(' ')) typed.remove_prefix(1);
    return true;
  };
  std::string longest;  // 甲局 and 甲局二处 may both be offices
  for (const OfficeId& id : roster.offices()) {
    const std::string name = directory.office(id);
    if (name.size() <= longest.size() || !typed.starts_with(name)) continue;
    longest = name;
    place.office = id;
  }
  skip(longest);
  for (const Level level : {Level::secret, Level::highly_secret, Level::top_secret})
    if (!place.level && (skip(chinese_of(level)) || skip(name_of(level)))) place.level = level;
  const Field* series = ledger.field("series");
  if (series != nullptr)
    for (const std::string& name : series->choices)
      if (place.series.empty() && skip(name)) place.series = name;
  place.rest = std::string(typed);
  return place;
}

bool is_in(const NumberPlace& place, const LedgerDefinition& ledger, const View& view) {
  if (place.office && view.compartment.office != *place.office) return false;
  if (place.level && view.compartment.level != *place.level) return false;
  return place.series.empty() || view.state.field(ledger, "series") == place.series;
}

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

/// Records whose provisional number this was (client/number_asks.h keeps it as a remark).
std::vector<View> once_called(const Replica& replica, const LedgerDefinition& ledger,
                              std::string_view typed) {
  Query query;
  query.ledger = ledger.name;
  query.text = std::string(typed);
  std::vector<View> found = replica.search(query).rows;
  const auto remarks = ledger.group_index("remarks");
  std::erase_if(found, [&](const View& view) {
    const GroupState* group = remarks ? view.state.group(*remarks) : nullptr;
    return group == nullptr ||
           std::none_of(group->held.begin(), group->held.end(), [&](const HeldWrite& write) {
             return write.value.ends_with(" " + std::string(typed));
           });
  });
  return found;
}

}  // namespace

std::string name_of(const LedgerDefinition& definition, const View& view) {
  for (const char* name : {"intake_no", "doc_no", "name", "borrower"}) {
    if (definition.field(name) == nullptr) continue;
    const std::string value = view.state.field(definition, name);
    if (!value.empty()) return terminal_safe(value);
  }
  return view.record.hex().substr(0, 8);
}

Result<View> find_record(Desk& desk, Replica& replica, const LedgerName& ledger,
                         std::string_view typed) {
  const LedgerDefinition* definition = replica.definitions().ledger(ledger);
  JIYAO_ASSERT(definition != nullptr);
  const Directory directory(replica);
  std::vector<View> found = candidates(desk, replica, *definition, typed);
  if (found.empty()) {
    const NumberPlace place = place_from(directory, replica.roster(), *definition, typed);
    if (place.is_given()) found = candidates(desk, replica, *definition, place.rest);
    std::erase_if(found, [&](const View& view) { return !is_in(place, *definition, view); });
  }
  if (found.empty() && typed.starts_with("临-")) found = once_called(replica, *definition, typed);
  if (found.empty())
    return desk.failure(Errc::not_found, "record.none", {{"name", std::string(typed)}});
  if (found.size() == 1) return std::move(found.front());
  std::string names;
  for (const View& view : found)
    names += (names.empty() ? "" : "、") + number_text(desk.words(), directory, *definition, view) +
             " " + view.record.hex();
  return desk.failure(Errc::invalid, "record.several",
                      {{"name", std::string(typed)}, {"names", names}});
}

std::string number_text(const Catalogue& words, const Directory& directory,
                        const LedgerDefinition& definition, const View& view) {
  const std::string number = view.state.field(definition, "intake_no");
  if (number.empty() || number.starts_with("临")) return terminal_safe(number);
  std::string text;
  if (!directory.is_own(view.compartment.office))
    text += directory.office(view.compartment.office) + " ";
  if (view.compartment.level >= Level::secret)
    text += level_text(words, view.compartment.level) + " ";
  const std::string series = view.state.field(definition, "series");
  if (!series.empty() && series != default_series(view.compartment.level)) text += series + " ";
  return terminal_safe(text + number);
}

std::string field_text(const Catalogue& words, const Directory& directory,
                       const LedgerDefinition& definition, const View& view, std::size_t field) {
  const Field& column = definition.fields[field];
  for (const auto& [index, text] : shown_fields(words, definition, view.state)) {
    if (index != field) continue;
    const GroupState* group = view.state.group(column.group);
    if (column.name == "intake_no" && group->mark != Mark::conflict)
      return number_text(words, directory, definition, view);
    if (column.type == FieldType::person || column.type == FieldType::org)
      return directory.person_text(text);
    if (column.type == FieldType::ref) return text.substr(0, 8);
    return text;
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
      names += (names.empty() ? "" : "、") +
               (definition->field("intake_no") != nullptr
                    ? number_text(desk.words(), directory, *definition, *view)
                    : name_of(*definition, *view));
    rows->add(json_of(replica, directory, *view));
    if (definition == nullptr) continue;
    const std::string fields =
        proposed_fields(desk.words(), *definition, *view, replica.person().user);
    if (!fields.empty()) proposed += "\n" + desk.text("record.proposed", {{"fields", fields}});
  }
  const std::uint64_t waiting = replica.unsealed();
  answer.text = desk.text(
      "record.done",
      {{"message", std::string(message)}, {"names", names}, {"waiting", std::to_string(waiting)}});
  answer.text += proposed;
  answer.json->set("records", rows);
  answer.json->set("proposed", !proposed.empty());
  answer.json->set("unsealed", waiting);
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

Error in_words(Desk& desk, const Replica& replica, const Error& error) {
  const std::size_t dot = error.detail.find('.');
  const std::size_t colon = error.detail.find(':');
  if (dot == std::string::npos || colon == std::string::npos || colon < dot) return error;
  const auto* ledger = replica.definitions().ledger(error.detail.substr(0, dot));
  if (ledger == nullptr) return error;
  const std::string name = error.detail.substr(dot + 1, colon - dot - 1);
  const Field* field = ledger->field(name);
  std::string reason = error.detail.substr(colon + 1);
  for (const Transition& step : ledger->steps)
    if (desk.words().language() == Language::zh && reason.ends_with(": " + step.verb))
      reason.replace(reason.size() - step.verb.size(), step.verb.size(), step.zh);
  const std::string label = field != nullptr  ? label_of(desk.words(), *field)
                            : name == "state" ? desk.text("record.state")
                                              : name;
  return Error{error.code, label + ":" + reason};
}

}  // namespace jiyao
