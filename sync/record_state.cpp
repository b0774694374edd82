// sync/record_state.cpp - what a merged record answers, and its bytes for the digest
// (sync/merge.h).
#include <algorithm>
#include <array>

#include "sync/merge.h"

namespace jiyao {
namespace {

void put(std::string& out, std::string_view text) {
  std::array<char, 4> size;
  for (std::size_t i = 0; i < 4; ++i) size[i] = static_cast<char>(text.size() >> (8 * i));
  out.append(size.data(), size.size()).append(text);
}

void put(std::string& out, const std::vector<HeldWrite>& writes) {
  put(out, std::to_string(writes.size()));
  for (const HeldWrite& write : writes) {
    put(out, as_text(write.change.view()));
    put(out, write.value);
  }
}

void put(std::string& out, const std::vector<ChangeId>& ids) {
  put(out, std::to_string(ids.size()));
  for (const ChangeId& id : ids) put(out, as_text(id.view()));
}

}  // namespace

const GroupState* RecordState::group(std::size_t index) const {
  const auto found = std::lower_bound(
      groups.begin(), groups.end(), index,
      [](const GroupState& held, std::size_t wanted) { return held.group < wanted; });
  return found == groups.end() || found->group != index ? nullptr : &*found;
}

std::string RecordState::field(const LedgerDefinition& definition, std::string_view name) const {
  if (const auto index = definition.field_index(name)) return field(definition, *index);
  if (name == "state") return state;
  const auto by_name = definition.group_index(name);
  const GroupState* held = by_name ? group(*by_name) : nullptr;
  const bool is_set = held != nullptr && definition.groups[*by_name].kind == GroupKind::set;
  return is_set && !held->held.empty() ? std::to_string(held->held.size()) : std::string();
}

std::string RecordState::field(const LedgerDefinition& definition, std::size_t field_index) const {
  const Field& field = definition.fields[field_index];
  if (field.name == "state") return state;
  const GroupState* held = group(field.group);
  if (held == nullptr) return {};
  if (definition.groups[field.group].kind == GroupKind::set)
    return held->held.empty() ? std::string() : std::to_string(held->held.size());
  if (held->value.empty()) return {};
  return definition.field_value(field_index, held->value);
}

std::vector<ChangeId> RecordState::parents_for_next() const {
  if (heads.size() <= kParentsMax) return heads;
  return {heads.end() - static_cast<std::ptrdiff_t>(kParentsMax), heads.end()};
}

Bytes canonical(const RecordState& state, const LedgerDefinition& definition) {
  std::string out;
  out.reserve(2048);
  put(out, definition.name);
  put(out, state.state);
  const int flags = state.is_closed | state.is_frozen << 1 | state.is_held_back << 2;
  put(out, std::to_string(flags));
  put(out, std::to_string(state.groups.size()));
  for (const GroupState& group : state.groups) {
    put(out, definition.groups[group.group].name);
    put(out, group.value);
    put(out, std::to_string(static_cast<int>(group.mark)));
    put(out, group.held);
    put(out, group.proposals);
    put(out, group.withdrawn);
  }
  put(out, state.heads);
  put(out, state.quarantined);
  return to_bytes(out);
}

}  // namespace jiyao
