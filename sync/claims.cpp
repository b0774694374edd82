// sync/claims.cpp - by which keys a record meets others, and what an approval binds to.
#include "sync/claims.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "schema/number_key.h"
#include "sync/check.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string unique_claim(const LedgerDefinition& definition, const UniqueKey& key,
                         const RecordState& state) {
  std::string claim = "u:" + definition.name;
  for (const std::size_t field : key.fields) {
    const std::string value = state.field(definition, field);
    const bool may_be_empty = definition.fields[field].name == "series_name";
    if (value.empty() && !may_be_empty) return {};
    claim += ':';
    claim += number_key(value);
  }
  return key.when.holds(own_words(definition, state), true) == Holds::no ? std::string() : claim;
}

std::vector<std::string> exclusive_claims(const LedgerDefinition& definition,
                                          const ExclusiveKey& key, const RecordState& state) {
  std::vector<std::string> claims = field_values(definition, state, key.field);
  if (claims.empty() || key.when.holds(own_words(definition, state), true) != Holds::yes) return {};
  for (std::string& claim : claims) claim.insert(0, kHeldKey);
  return claims;
}

std::vector<std::string> bar_claims(const LedgerDefinition& definition, const Bar& bar,
                                    const RecordState& state) {
  std::vector<std::string> claims = field_values(definition, state, bar.field);
  if (claims.empty() || bar.when.holds(own_words(definition, state), true) != Holds::yes) return {};
  for (std::string& claim : claims) claim = "b:" + bar.as + ':' + number_key(claim);
  return claims;
}

std::string series_key(std::string_view ledger, std::string_view series, std::string_view year) {
  return "s:" + std::string(ledger) + ':' + std::string(series) + ':' + std::string(year);
}

std::optional<SeriesNumber> series_number(const LedgerDefinition& definition,
                                          const NumberRule& rule, const RecordState& state) {
  SeriesNumber number;
  number.text = state.field(definition, rule.field);
  const std::size_t dash = number.text.find('-');
  if (number.text.empty() || dash != 4 || number.text.size() > 20) return std::nullopt;
  const std::string digits = number.text.substr(dash + 1);
  if (digits.empty() || digits.size() > 9 || !std::all_of(digits.begin(), digits.end(), is_digit))
    return std::nullopt;  // provisional: 临-<node>-n claims nothing
  if (!std::all_of(number.text.begin(), number.text.begin() + 4, is_digit)) return std::nullopt;
  number.year = number.text.substr(0, dash);
  number.n = std::strtoull(digits.c_str(), nullptr, 10);
  for (std::size_t i = 0; i < rule.series.size(); ++i)
    number.series += (i == 0 ? "" : "/") + state.field(definition, rule.series[i]);
  number.key = series_key(definition.name, number.series, number.year);
  return number;
}

GrantedBlocks granted_blocks(const LedgerDefinition& definition, const RecordState& series) {
  GrantedBlocks blocks;
  const auto group = definition.group_index("blocks");
  const GroupState* held = group ? series.group(*group) : nullptr;
  if (held == nullptr) return blocks;
  for (const HeldWrite& block : held->held) {
    const auto field = [&](std::string_view name) {
      return definition.field_value(*definition.field_index(name), block.value);
    };
    blocks.push_back({field("block_incarnation"), field("block_first"), field("block_last")});
  }
  return blocks;
}

bool is_granted(const GrantedBlocks& blocks, const IncarnationId& incarnation, std::uint64_t n) {
  const std::string owner = incarnation.hex(), number = std::to_string(n);
  return std::any_of(blocks.begin(), blocks.end(), [&](const GrantedBlock& block) {
    if (block.incarnation != owner) return false;
    const auto first = compare_values(number, block.first);
    const auto last = compare_values(number, block.last);
    return first && last && *first >= 0 && *last <= 0;
  });
}

std::vector<ClaimedKey> claimed_keys(const LedgerDefinition& definition, const RecordId& record,
                                     const RecordState& state) {
  std::vector<ClaimedKey> keys{{Claim::shares, std::string(kRecordKey) + record.hex()}};
  const auto add = [&](Claim claim, std::string key) {
    if (!key.empty()) keys.push_back({claim, std::move(key)});
  };
  for (const UniqueKey& key : definition.unique)
    add(Claim::shares, unique_claim(definition, key, state));
  for (const ExclusiveKey& key : definition.exclusive)
    for (std::string& claim : exclusive_claims(definition, key, state))
      add(Claim::shares, std::move(claim));
  for (const Bar& bar : definition.bars)
    for (std::string& claim : bar_claims(definition, bar, state))
      add(Claim::shares, std::move(claim));
  for (std::size_t field = 0; field < definition.fields.size(); ++field)
    if (definition.fields[field].type == FieldType::ref)
      for (const std::string& cited : field_values(definition, state, field))
        add(Claim::shares, std::string(kRecordKey) + cited);
  for (const NumberRule& rule : definition.numbers) {
    const auto number = series_number(definition, rule, state);
    if (!number) continue;
    add(Claim::shares, number->key + ':' + std::to_string(number->n));
    add(Claim::seeks, number->key);
  }
  if (definition.name == kSeriesLedger)
    add(Claim::provides,
        series_key(state.field(definition, "of_ledger"), state.field(definition, "series_name"),
                   state.field(definition, "year")));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

Digest content_hash(const LedgerDefinition& definition, const RecordState& state) {
  Hasher hasher(Label::act);
  hasher.add(as_bytes(definition.name));
  for (const GroupState& held : state.groups) {
    const Group& group = definition.groups[held.group];
    const FieldType type = definition.fields[group.fields.front()].type;
    const bool is_content = group.kind != GroupKind::set && group.kind != GroupKind::state &&
                            group.kind != GroupKind::custody && type != FieldType::signature &&
                            type != FieldType::opinion;
    if (!is_content || held.value.empty()) continue;
    hasher.add(as_bytes(group.name));
    hasher.add(as_bytes(held.value));
  }
  return hasher.finish();
}

Digest content_hash(const LedgerDefinition& definition, const RecordState& state,
                    const Group& group) {
  if (group.binds.empty()) return content_hash(definition, state);
  Hasher hasher(Label::act);
  hasher.add(as_bytes(definition.name));
  for (const GroupName& name : group.binds) {
    const std::size_t index = *definition.group_index(name);
    const GroupState* held = state.group(index);
    if (held == nullptr) continue;
    std::set<std::string> values;
    if (definition.groups[index].kind == GroupKind::set)
      for (const HeldWrite& entry : held->held) values.insert(entry.value);
    else if (!held->value.empty())
      values.insert(held->value);
    for (const std::string& value : values) {
      hasher.add(as_bytes(name));
      hasher.add(as_bytes(value));
    }
  }
  return hasher.finish();
}

Digest content_to_sign(const LedgerDefinition& definition, const RecordState* before,
                       std::vector<Write> writes, const Group& group) {
  Change change;
  change.writes = std::move(writes);
  return content_hash(definition, with_change(definition, before, change), group);
}

}  // namespace jiyao
