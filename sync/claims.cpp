// sync/claims.cpp - by which keys a record meets others, and what an approval binds to.
#include "sync/claims.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "schema/search.h"
#include "sync/check.h"

namespace jiyao {

namespace {

std::string compatible(const std::string& text) {
  if (auto plain = fold_plain(text)) return *std::move(plain);
  utf8proc_uint8_t* mapped = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                      UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
  const Bytes bytes = to_bytes(text);
  const auto size =
      utf8proc_map(bytes.data(), static_cast<utf8proc_ssize_t>(bytes.size()), &mapped, options);
  if (size < 0) return text;
  std::string result(as_text(ByteView(mapped, static_cast<std::size_t>(size))));
  std::free(mapped);
  return result;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string without_leading_zeros(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts = text[i] == '0' && (i == 0 || !is_digit(text[i - 1]));
    std::size_t end = i;
    while (starts && end + 1 < text.size() && text[end] == '0' && is_digit(text[end + 1])) ++end;
    i = end;
    result += text[i];
  }
  return result;
}

}  // namespace

std::string normalised(const std::string& text) {
  constexpr std::array<std::string_view, 14> kBrackets = {"[",  "]",  "(",  ")",  "{",  "}",  "〔",
                                                          "〕", "【", "】", "〈", "〉", "《", "》"};
  constexpr std::array<std::string_view, 4> kNoise = {" ", "\t", "　", "第"};
  constexpr std::string_view kFirstBytes = "[](){} \t\xE3\xE7";  // of all of these
  const std::string compared = compatible(text);
  std::string key;
  key.reserve(compared.size());
  for (std::string_view rest = compared; !rest.empty();) {
    if (kFirstBytes.find(rest.front()) == std::string_view::npos) {
      key.push_back(rest.front());
      rest.remove_prefix(1);
      continue;
    }
    const auto starts = [rest](std::string_view mark) { return rest.starts_with(mark); };
    const auto* bracket = std::find_if(kBrackets.begin(), kBrackets.end(), starts);
    const auto* noise = std::find_if(kNoise.begin(), kNoise.end(), starts);
    if (bracket != kBrackets.end()) {
      key.push_back('|');
      rest.remove_prefix(bracket->size());
    } else if (noise != kNoise.end()) {
      rest.remove_prefix(noise->size());
    } else {
      key.push_back(rest.front());
      rest.remove_prefix(1);
    }
  }
  return without_leading_zeros(key);
}

std::string unique_claim(const LedgerDefinition& definition, const UniqueKey& key,
                         const RecordState& state) {
  std::string claim = "u:" + definition.name;
  for (const std::size_t field : key.fields) {
    const std::string value = state.field(definition, field);
    const bool may_be_empty = definition.fields[field].name == "series_name";
    if (value.empty() && !may_be_empty) return {};
    claim += ':';
    claim += normalised(value);
  }
  const Lookup own = [&](std::string_view, std::string_view name) {
    return std::optional<std::string>(state.field(definition, name));
  };
  return key.when.holds(own, true) == Holds::no ? std::string() : claim;
}

std::string exclusive_claim(const LedgerDefinition& definition, const ExclusiveKey& key,
                            const RecordState& state) {
  const std::string cited = state.field(definition, key.field);
  const Lookup own = [&](std::string_view, std::string_view name) {
    return std::optional<std::string>(state.field(definition, name));
  };
  if (cited.empty() || key.when.holds(own, true) != Holds::yes) return {};
  return "x:" + cited;
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
  if (rule.series) number.series = state.field(definition, *rule.series);
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
    add(Claim::shares, exclusive_claim(definition, key, state));
  for (std::size_t field = 0; field < definition.fields.size(); ++field) {
    if (definition.fields[field].type != FieldType::ref) continue;
    const std::string cited = state.field(definition, field);
    if (!cited.empty()) add(Claim::shares, std::string(kRecordKey) + cited);
  }
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

}  // namespace jiyao
