// sync/terms.cpp - lists of a shown record.
#include "sync/terms.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "schema/term.h"
#include "sync/check.h"

namespace jiyao {

namespace {

using Items = std::vector<std::string>;

Items sorted_once(Items items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  std::erase(items, std::string());
  return items;
}

/// Writes in effect: entries of a set; of any other group what is shown, if anything is.
std::vector<HeldWrite> effective(const Group& group, const GroupState& state) {
  if (group.kind == GroupKind::set) return state.held;
  std::vector<HeldWrite> shown;
  for (const HeldWrite& held : state.held)
    if (held.value == state.value && !held.value.empty()) shown.push_back(held);
  return shown;
}

Items writers_of(const std::vector<HeldWrite>& writes) {
  Items writers;
  for (const HeldWrite& write : writes) writers.push_back(write.actor.hex());
  return sorted_once(std::move(writers));
}

Items signers_of(const LedgerDefinition& definition, const RecordState& state, const Group& group,
                 std::vector<HeldWrite> writes) {
  const auto signature = signature_of(definition, group);
  if (!signature) return writers_of(writes);
  const std::string now = content_hash(definition, state, group).hex();
  std::erase_if(writes, [&](const HeldWrite& write) {
    return definition.field_value(*signature, write.value) != now;
  });
  return writers_of(writes);
}

Items out_of(const LedgerDefinition& definition, const GroupState& state, const Group& group) {
  if (!group.moves_who || !group.moves_event) return {};
  std::map<std::string, int> away;
  const std::string& out = definition.fields[*group.moves_event].choices.front();
  for (const HeldWrite& entry : state.held)
    away[definition.field_value(*group.moves_who, entry.value)] +=
        definition.field_value(*group.moves_event, entry.value) == out ? 1 : -1;
  Items who;
  for (const auto& [name, count] : away)
    if (count > 0) who.push_back(name);
  return who;
}

// Entries hold numbers of at most nine digits, and a record at most as many as fit into memory.
std::string sum_of(const LedgerDefinition& definition, const GroupState& state, std::size_t field) {
  std::int64_t sum = 0;
  for (const HeldWrite& entry : state.held)
    sum += std::strtoll(definition.field_value(field, entry.value).c_str(), nullptr, 10);
  return std::to_string(sum);
}

Items list_of(const LedgerDefinition& definition, const RecordState& state, const Term& term) {
  const auto field = definition.field_index(term.of);
  const auto index =
      field ? std::optional(definition.fields[*field].group) : definition.group_index(term.of);
  const GroupState* held = index ? state.group(*index) : nullptr;
  if (held == nullptr) return {};
  const Group& group = definition.groups[*index];
  if (term.what == "writers") return writers_of(effective(group, *held));
  if (term.what == "signers") return signers_of(definition, state, group, effective(group, *held));
  if (term.what == "out") return out_of(definition, *held, group);
  if (!field) return {};
  if (term.what == "ends") {
    const std::string day =
        term_end(state.field(definition, *field), state.field(definition, "dated_on"));
    return day.empty() ? Items() : Items{day};
  }
  if (term.what == "sum") return {sum_of(definition, *held, *field)};
  Items items = field_values(definition, state, *field);
  if (term.what == "ever")
    for (const HeldWrite& entry : held->withdrawn)
      items.push_back(definition.field_value(*field, entry.value));
  return sorted_once(std::move(items));
}

void apply_write(const LedgerDefinition& definition, RecordState& state, const Change& change,
                 const Write& write) {
  const auto index = definition.group_index(write.group);
  if (!index) return;
  auto at = std::lower_bound(
      state.groups.begin(), state.groups.end(), *index,
      [](const GroupState& held, std::size_t wanted) { return held.group < wanted; });
  if (at == state.groups.end() || at->group != *index) {
    at = state.groups.insert(at, GroupState{});
    at->group = *index;
  }
  const HeldWrite held{{}, write.value, change.actor, change.origin, change.hlc};
  const Group& group = definition.groups[*index];
  if (change.kind == ChangeKind::withdraw) {
    const auto is_named = [&](const HeldWrite& entry) {
      return std::binary_search(change.settles.begin(), change.settles.end(), entry.change);
    };
    std::copy_if(at->held.begin(), at->held.end(), std::back_inserter(at->withdrawn), is_named);
    std::erase_if(at->held, is_named);
  } else if (group.kind == GroupKind::set) {
    at->held.push_back(held);
  } else {
    at->value = write.value;
    at->held = {held};
    at->mark = Mark::none;
    if (group.kind == GroupKind::state) state.state = write.value;
  }
}

}  // namespace

std::optional<std::size_t> signature_of(const LedgerDefinition& definition, const Group& group) {
  const auto signature = std::find_if(
      group.fields.begin(), group.fields.end(),
      [&](std::size_t index) { return definition.fields[index].type == FieldType::signature; });
  if (signature == group.fields.end()) return std::nullopt;
  return *signature;
}

std::vector<std::string> field_values(const LedgerDefinition& definition, const RecordState& state,
                                      std::size_t field_index) {
  const std::size_t group = definition.fields[field_index].group;
  if (definition.groups[group].kind != GroupKind::set)
    return sorted_once({state.field(definition, field_index)});
  Items values;
  if (const GroupState* held = state.group(group))
    for (const HeldWrite& entry : held->held)
      values.push_back(definition.field_value(field_index, entry.value));
  return sorted_once(std::move(values));
}

std::string shown_word(const LedgerDefinition& definition, const RecordState& state,
                       std::string_view word) {
  const auto term = term_of(word);
  return term ? joined_list(list_of(definition, state, *term)) : state.field(definition, word);
}

std::string document_number(const LedgerDefinition& definition, const RecordState& state) {
  for (const NumberRule& rule : definition.numbers) {
    if (!rule.is_document_number) continue;
    const std::string number = state.field(definition, rule.field);  // 2026-0001
    const std::size_t dash = number.find('-');
    const std::size_t digits =
        dash == std::string::npos ? dash : number.find_first_not_of('0', dash + 1);
    if (dash != 4 || digits == std::string::npos) return {};
    return state.field(definition, rule.series.front()) + "〔" + number.substr(0, dash) + "〕" +
           number.substr(digits) + "号";
  }
  return {};
}

Lookup own_words(const LedgerDefinition& definition, const RecordState& state) {
  return [&definition, &state](std::string_view ref,
                               std::string_view name) -> std::optional<std::string> {
    if (!ref.empty()) return std::nullopt;
    return shown_word(definition, state, name);
  };
}

RecordState with_change(const LedgerDefinition& definition, const RecordState* before,
                        const Change& change) {
  RecordState state = before == nullptr ? RecordState{} : *before;
  for (const Write& write : change.writes) apply_write(definition, state, change, write);
  return state;
}

}  // namespace jiyao
