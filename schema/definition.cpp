// schema/definition.cpp - asking a loaded definition.
#include "schema/definition.h"

#include <algorithm>
#include <set>

#include "schema/dates.h"
#include "schema/definition_names.h"
#include "schema/ledger_files.h"
#include "schema/term.h"
#include "schema/value.h"

namespace jiyao {

namespace {

template <class T>
std::optional<std::size_t> index_by_name(const std::vector<T>& items, std::string_view name) {
  for (std::size_t i = 0; i < items.size(); ++i)
    if (items[i].name == name) return i;
  return std::nullopt;
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool has_digits =
      !text.empty() && text.size() < 10 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return has_digits && (text.size() == 1 || text.front() != '0');
}

}  // namespace

std::optional<std::size_t> LedgerDefinition::group_index(std::string_view group_name) const {
  const auto found = std::lower_bound(
      groups.begin(), groups.end(), group_name,
      [](const Group& group, std::string_view wanted) { return group.name < wanted; });
  if (found == groups.end() || found->name != group_name) return std::nullopt;
  return static_cast<std::size_t>(found - groups.begin());
}

const Group* LedgerDefinition::group(std::string_view group_name) const {
  const auto index = group_index(group_name);
  return index ? &groups[*index] : nullptr;
}

std::optional<std::size_t> LedgerDefinition::field_index(std::string_view field_name) const {
  return index_by_name(fields, field_name);
}

const Field* LedgerDefinition::field(std::string_view field_name) const {
  const auto index = field_index(field_name);
  return index ? &fields[*index] : nullptr;
}

std::optional<std::size_t> LedgerDefinition::state_index(std::string_view state_name) const {
  return index_by_name(states, state_name);
}

const Field* LedgerDefinition::field_for_header(std::string_view header) const {
  for (const Field& field : fields) {
    const bool is_named =
        header == field.zh || header == field.name ||
        std::find(field.headers.begin(), field.headers.end(), header) != field.headers.end();
    if (is_named) return &field;
  }
  return nullptr;
}

bool LedgerDefinition::reaches(std::size_t from, std::size_t to) const {
  return reaches_[from * states.size() + to];
}

bool LedgerDefinition::is_ordered_value(const Group& group, std::string_view value) const {
  const Field& field = fields[group.fields.front()];
  switch (field.type) {
    case FieldType::integer:
      return is_integer(value);
    case FieldType::date:
      return is_date(value);
    case FieldType::stamp:
      return is_stamp(value);
    case FieldType::level: {
      const auto level = level_from(value);
      return level && name_of(*level) == value;
    }
    case FieldType::term:
      return is_term(value);
    case FieldType::choice:
      return std::find(field.choices.begin(), field.choices.end(), value) != field.choices.end();
    default:
      return false;
  }
}

std::string LedgerDefinition::field_value(std::size_t field_index,
                                          std::string_view group_value) const {
  const std::vector<std::size_t>& in_group = groups[fields[field_index].group].fields;
  if (in_group.size() == 1 || group_value.empty()) return std::string(group_value);
  const auto values = unpack_fields(group_value);
  if (!values) return {};
  const auto found = values->find(fields[field_index].name);
  return found == values->end() ? std::string() : found->second;
}

Result<std::string> group_value(const LedgerDefinition& definition, const Group& group,
                                std::span<const std::pair<std::string, std::string>> values) {
  std::map<std::string, std::string> by_name;
  for (const auto& [name, value] : values) {
    const auto index = definition.field_index(name);
    const bool is_its =
        index && std::find(group.fields.begin(), group.fields.end(), *index) != group.fields.end();
    if (!is_its)
      return {Errc::invalid, definition.name + "." + name + ": not a field of " + group.name};
    if (group.fields.size() == 1) return value;
    if (!value.empty()) by_name.emplace(name, value);
  }
  return pack_fields(by_name);
}

bool Seniority::is_decision(std::size_t state) const {
  return std::find(states.begin(), states.end(), state) != states.end();
}

std::size_t Seniority::rank_of(Roles roles) const {
  for (std::size_t rank = by.size(); rank > 0; --rank)
    if ((roles & role_bit(by[rank - 1])) != 0) return rank;
  return 0;
}

struct Definitions::Content {
  std::uint32_t number = 0;
  std::vector<LedgerDefinition> ledgers;  // sorted by name
  std::set<LedgerName, std::less<>> asked;
  Digest hash;
};

Result<Definitions> Definitions::parse(std::uint32_t number,
                                       std::span<const std::string_view> jsons) {
  std::vector<std::pair<LedgerDefinition, std::string_view>> parsed;
  for (const std::string_view json : jsons) {
    auto definition = LedgerDefinition::parse(json);
    if (!definition) return definition.error();
    parsed.emplace_back(std::move(*definition), json);
  }
  std::sort(parsed.begin(), parsed.end(),
            [](const auto& a, const auto& b) { return a.first.name < b.first.name; });
  auto content = std::make_shared<Content>();
  content->number = number;
  Hasher hasher(Label::ruleset);
  for (auto& [definition, json] : parsed) {
    if (!content->ledgers.empty() && content->ledgers.back().name == definition.name)
      return {Errc::invalid, definition.name + ": defined twice"};
    hasher.add(as_bytes(json));
    content->ledgers.push_back(std::move(definition));
  }
  content->hash = hasher.finish();
  for (const LedgerDefinition& definition : content->ledgers)
    for (LedgerName& name : ledgers_asked_by(definition)) content->asked.insert(std::move(name));
  Definitions definitions;
  definitions.content_ = std::move(content);
  if (auto linked = check_links(definitions); !linked) return linked.error();
  return definitions;
}

const Definitions& Definitions::built_in() {
  static const Definitions definitions = [] {
    auto parsed = parse(kRulesetNumber, kLedgerFiles);
    if (!parsed) stop_on_bug(parsed.error().detail.c_str(), "schema/ledgers", 0);
    return std::move(*parsed);
  }();
  return definitions;
}

const LedgerDefinition* Definitions::ledger(std::string_view name) const {
  for (const LedgerDefinition& definition : content_->ledgers)
    if (definition.name == name) return &definition;
  return nullptr;
}

bool Definitions::is_asked(std::string_view ledger_name) const {
  return content_->asked.contains(ledger_name) || content_->asked.contains(kAnyLedger);
}

const FindingWords* Definitions::finding(std::string_view code) const {
  for (const LedgerDefinition& definition : content_->ledgers)
    for (const FindingWords& words : definition.findings)
      if (words.code == code) return &words;
  return nullptr;
}

std::span<const LedgerDefinition> Definitions::all() const {
  return content_->ledgers;
}
std::uint32_t Definitions::number() const {
  return content_->number;
}
Digest Definitions::hash() const {
  return content_->hash;
}

namespace {

const Transition* step_to(const LedgerDefinition& definition, const Change& change) {
  if (!definition.state_group) return nullptr;
  const std::string& group = definition.groups[*definition.state_group].name;
  for (const Write& write : change.writes) {
    if (write.group != group) continue;
    for (const Transition& step : definition.steps)
      if (definition.states[step.to].name == write.value) return &step;
  }
  return nullptr;
}

}  // namespace

Roles roles_needed(const LedgerDefinition& definition, const Change& change) {
  if (change.kind == ChangeKind::resolve) return definition.rulers;
  const Transition* step = step_to(definition, change);
  if (step == nullptr) return definition.writers;
  Roles needed = 0;  // several steps may lead to one state: a role of any of them will do
  for (const Transition& other : definition.steps) {
    if (other.to != step->to) continue;
    if (other.by == 0 && definition.writers == 0) return 0;
    needed |= other.by != 0 ? other.by : definition.writers;
  }
  return needed;
}

bool is_decisive(const LedgerDefinition& definition, const Change& change) {
  if (change.kind == ChangeKind::resolve) {
    return std::any_of(change.writes.begin(), change.writes.end(), [&](const Write& write) {
      const Group* group = definition.group(write.group);
      return group != nullptr &&
             (group->kind == GroupKind::custody || group->kind == GroupKind::fixed ||
              group->kind == GroupKind::severity || group->kind == GroupKind::state);
    });
  }
  const Transition* step = step_to(definition, change);
  if (step != nullptr && step->is_decisive) return true;
  return std::any_of(definition.fields.begin(), definition.fields.end(), [&](const Field& field) {
    if (field.type != FieldType::signature) return false;
    const GroupName& group = definition.groups[field.group].name;
    return std::any_of(change.writes.begin(), change.writes.end(), [&](const Write& write) {
      return write.group == group && !write.value.empty();
    });
  });
}

}  // namespace jiyao
