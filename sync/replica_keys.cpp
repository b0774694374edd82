// sync/replica_keys.cpp - what a record is found by (sync/replica_state.h).
#include <algorithm>

#include "sync/replica_state.h"

namespace jiyao {
namespace {

/// Shown value, entries and rival values of one field.
std::vector<std::string> values_of(const LedgerDefinition& definition, const RecordState& state,
                                   std::size_t field_index) {
  std::vector<std::string> values;
  const GroupState* group = state.group(definition.fields[field_index].group);
  if (group == nullptr) return values;
  const auto add = [&](const std::string& packed) {
    std::string value = definition.field_value(field_index, packed);
    if (!value.empty() && std::find(values.begin(), values.end(), value) == values.end())
      values.push_back(std::move(value));
  };
  add(group->value);
  for (const HeldWrite& held : group->held)
    if (held.value != group->value) add(held.value);
  return values;
}

// Long texts make poor keys; their digest says the same about being equal.
constexpr std::size_t kKeyBytesMax = 120;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string stored_key(char mark, std::string_view key) {
  if (key.size() <= kKeyBytesMax && key.find('\0') == std::string_view::npos)
    return mark + std::string(key);
  return mark + ("#" + digest(Label::state, {as_bytes(key)}).hex());
}

bool is_indexed(const LedgerDefinition& definition, std::size_t field_index) {
  const Field& field = definition.fields[field_index];
  if (field.type == FieldType::number || field.name.ends_with("_no")) return true;
  for (const UniqueKey& unique : definition.unique)
    if (std::find(unique.fields.begin(), unique.fields.end(), field_index) != unique.fields.end())
      return true;
  return std::any_of(definition.numbers.begin(), definition.numbers.end(),
                     [&](const NumberRule& rule) { return rule.field == field_index; });
}

std::string field_key(std::string_view field, std::string_view value) {
  // Folding makes every bracket, dash and space one space; then leading zeros of a number go.
  const std::string folded = fold_for_search(value);
  std::string key = std::string(field) + '=';
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const bool starts_number = is_digit(folded[i]) && (i == 0 || !is_digit(folded[i - 1]));
    if (starts_number)
      while (folded[i] == '0' && i + 1 < folded.size() && is_digit(folded[i + 1])) ++i;
    key.push_back(folded[i]);
  }
  return stored_key(kFieldMark, key);
}

std::vector<std::string> record_keys(const LedgerDefinition& definition, const RecordId& record,
                                     const RecordState& state) {
  std::vector<std::string> keys;
  for (const ClaimedKey& claim : claimed_keys(definition, record, state)) {
    const char mark = claim.claim == Claim::shares  ? kSharesMark
                      : claim.claim == Claim::seeks ? kSeeksMark
                                                    : kProvidesMark;
    keys.push_back(stored_key(mark, claim.key));
  }
  for (std::size_t field = 0; field < definition.fields.size(); ++field) {
    if (!is_indexed(definition, field)) continue;
    for (const std::string& value : values_of(definition, state, field))
      keys.push_back(field_key(definition.fields[field].name, value));
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::vector<std::string> kept_keys(const RecordId& record, std::vector<std::string> keys) {
  const std::string own = citation_key(record);
  std::erase_if(keys,
                [&](const std::string& key) { return key.front() == kSeeksMark || key == own; });
  return keys;
}

std::string citation_key(const RecordId& record) {
  return stored_key(kSharesMark, std::string(kRecordKey) + record.hex());
}

std::optional<RecordId> cited_record(std::string_view stored_key) {
  if (stored_key.front() != kSharesMark || !stored_key.substr(1).starts_with(kRecordKey))
    return std::nullopt;
  const std::optional<Bytes> bytes = from_hex(stored_key.substr(1 + kRecordKey.size()));
  return bytes ? RecordId::from(*bytes) : std::nullopt;
}

std::string search_text(const LedgerDefinition& definition, const RecordState& state) {
  std::string text;
  for (const std::size_t field : definition.search)
    for (const std::string& value : values_of(definition, state, field)) text += value + '\n';
  return fold_for_search(text);
}

Digest state_digest(const LedgerDefinition& definition, const RecordState& state) {
  return digest(Label::state, {canonical(state, definition)});
}

}  // namespace jiyao
