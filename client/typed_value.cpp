// client/typed_value.cpp - one reader a field type.
#include "client/typed_value.h"

#include <algorithm>

#include "schema/dates.h"
#include "schema/level.h"
#include "schema/limits.h"
#include "schema/term.h"
#include "schema/text.h"

namespace jiyao {

namespace {

/// What nobody sees: blanks of every width, and marks without any (U+200B and its like).
constexpr std::string_view kBlanks[] = {" ",
                                        "\t",
                                        "\n",
                                        "\r",
                                        "\xC2\xA0",
                                        "\xE2\x80\x80",
                                        "\xE2\x80\x81",
                                        "\xE2\x80\x82",
                                        "\xE2\x80\x83",
                                        "\xE2\x80\x84",
                                        "\xE2\x80\x85",
                                        "\xE2\x80\x86",
                                        "\xE2\x80\x87",
                                        "\xE2\x80\x88",
                                        "\xE2\x80\x89",
                                        "\xE2\x80\x8A",
                                        "\xE2\x80\x8B",
                                        "\xE2\x80\x8C",
                                        "\xE2\x80\x8D",
                                        "\xE2\x80\x8E",
                                        "\xE2\x80\x8F",
                                        "\xE2\x80\xAF",
                                        "\xE2\x81\xA0",
                                        "\xE3\x80\x80",
                                        "\xEF\xBB\xBF"};

}  // namespace

std::string without_blanks_around(std::string_view text) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view blank : kBlanks) {
      const bool is_before = text.starts_with(blank);
      if (is_before) text.remove_prefix(blank.size());
      const bool is_behind = text.ends_with(blank);
      if (is_behind) text.remove_suffix(blank.size());
      again = again || is_before || is_behind;
    }
  }
  return std::string(text);
}

namespace {

Error refused(const Catalogue& words, std::string_view id, std::string_view typed) {
  return Error{Errc::invalid, words.text(id, {{"typed", cut_to_width(terminal_safe(typed), 40)}})};
}

/// Digits that Excel or an input method made full-width.
std::string narrow_digits(std::string_view text) {
  std::string narrow;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_wide = text.substr(i).starts_with("\xEF\xBC") && i + 2 < text.size() &&
                         static_cast<unsigned char>(text[i + 2]) >= 0x90 &&
                         static_cast<unsigned char>(text[i + 2]) <= 0x99;
    if (is_wide) {
      narrow += static_cast<char>('0' + (static_cast<unsigned char>(text[i + 2]) - 0x90));
      i += 2;
    } else {
      narrow += text[i];
    }
  }
  return narrow;
}

Result<std::string> integer(const Catalogue& words, std::string_view typed) {
  std::string digits = narrow_digits(typed);
  for (const std::string_view unit : {"份", "页", "件"})
    if (digits.ends_with(unit)) digits.erase(digits.size() - unit.size());
  const bool is_number =
      !digits.empty() && digits.size() <= 9 &&
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return refused(words, "value.integer", typed);
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string::npos ? std::string("0") : digits.substr(first);
}

/// A state by the name people read; empty: none.
std::string state_named(const Field& field, std::string_view typed) {
  for (const LedgerDefinition& ledger : Definitions::built_in().all()) {
    const Field* state = ledger.field(field.name);
    if (field.name != "state" || state == nullptr || state->choices != field.choices) continue;
    for (const State& one : ledger.states)
      if (one.zh == typed) return one.name;
  }
  return {};
}

Result<std::string> choice(const Catalogue& words, const Field& field, std::string_view typed) {
  for (const std::string& one : field.choices)
    if (one == typed) return one;
  if (const std::string state = state_named(field, typed); !state.empty()) return state;
  std::string known;
  for (const std::string& one : field.choices) known += (known.empty() ? "" : "、") + one;
  return Error{Errc::invalid,
               words.text("value.choice", {{"typed", std::string(typed)}, {"known", known}})};
}

/// 收〔2026〕0137, 〔2026〕137, 2026-137 -> 2026-0137; provisional numbers stay.
std::string number(std::string_view typed) {
  const std::string text = narrow_digits(typed);
  std::vector<std::string> runs;
  bool is_inside = false;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (is_digit && !is_inside) runs.emplace_back();
    if (is_digit) runs.back() += c;
    is_inside = is_digit;
  }
  if (text.starts_with("临") || runs.size() != 2 || runs[0].size() != 4) return text;
  std::string& n = runs[1];
  while (n.size() < 4) n.insert(n.begin(), '0');
  return runs[0] + "-" + n;
}

}  // namespace

Result<std::string> canonical_value(const Catalogue& words, const Field& field,
                                    std::string_view typed) {
  const auto text = to_canonical_text(without_blanks_around(typed));
  if (!text) return refused(words, "value.no_text", typed);
  if (text->empty()) return *text;
  if (text->size() > kTextBytesMax) return Error{Errc::too_large, words.text("value.too_long")};
  switch (field.type) {
    case FieldType::integer:
      return integer(words, *text);
    case FieldType::choice:
      return choice(words, field, *text);
    case FieldType::number:
      return number(*text);
    case FieldType::date: {
      auto date = parse_date(*text);
      return date ? *date : Result<std::string>(refused(words, "value.date", *text));
    }
    case FieldType::stamp: {
      auto stamp = parse_stamp(*text);
      return stamp ? *stamp : Result<std::string>(refused(words, "value.stamp", *text));
    }
    case FieldType::level: {
      const auto level = level_from(*text);
      if (!level) return refused(words, "value.level", *text);
      return std::string(name_of(*level));
    }
    case FieldType::term: {
      auto term = parse_term(*text);
      return term ? *term : Result<std::string>(refused(words, "value.term", *text));
    }
    case FieldType::text:
    case FieldType::person:
    case FieldType::org:
    case FieldType::ref:
    case FieldType::signature:
    case FieldType::opinion:
      return *text;
  }
  return *text;
}

std::string plain_value(const Catalogue& words, const LedgerDefinition& definition,
                        std::size_t field_index, std::string_view value) {
  const Field& field = definition.fields[field_index];
  std::string text(value);
  const bool is_state = definition.groups[field.group].kind == GroupKind::state;
  if (is_state && words.language() == Language::zh) {
    const auto state = definition.state_index(value);
    if (state) text = definition.states[*state].zh;
  }
  if (field.type == FieldType::level) {
    const auto level = level_from(value);
    if (level && words.language() == Language::zh) return std::string(chinese_of(*level));
  }
  if (field.type == FieldType::stamp) std::replace(text.begin(), text.end(), 'T', ' ');
  return text;
}

std::string shown_value(const Catalogue& words, const LedgerDefinition& definition,
                        std::size_t field_index, std::string_view value) {
  return terminal_safe(plain_value(words, definition, field_index, value));
}

const std::string& label_of(const Catalogue& words, const Field& field) {
  return words.language() == Language::zh ? field.zh : field.en;
}

Result<std::vector<Write>> writes_of(const LedgerDefinition& definition, const FieldValues& values,
                                     const RecordState* before) {
  std::vector<Write> writes;
  for (const Group& group : definition.groups) {
    std::vector<std::pair<std::string, std::string>> parts;
    bool is_given = false;
    for (const std::size_t index : group.fields) {
      const Field& field = definition.fields[index];
      const auto given = values.find(field.name);
      is_given = is_given || given != values.end();
      const bool keeps = before != nullptr && group.kind != GroupKind::set;
      std::string value = keeps ? before->field(definition, field.name) : std::string();
      if (given != values.end()) value = given->second;
      if (!value.empty()) parts.emplace_back(field.name, value);
    }
    if (!is_given) continue;
    auto value = group_value(definition, group, parts);
    if (!value) return value.error();
    writes.push_back({group.name, *std::move(value)});
  }
  std::sort(writes.begin(), writes.end(),
            [](const Write& a, const Write& b) { return a.group < b.group; });
  return writes;
}

std::vector<std::pair<std::size_t, std::string>> plain_fields(const Catalogue& words,
                                                              const LedgerDefinition& definition,
                                                              const RecordState& state) {
  std::vector<std::pair<std::size_t, std::string>> shown;
  for (std::size_t i = 0; i < definition.fields.size(); ++i) {
    const Field& field = definition.fields[i];
    const GroupState* group = state.group(field.group);
    if (group == nullptr) continue;
    const GroupKind kind = definition.groups[field.group].kind;
    const bool is_open = group->mark == Mark::conflict || group->mark == Mark::incident;
    std::vector<std::string> values;
    if (kind == GroupKind::set || is_open) {
      for (const HeldWrite& write : group->held)
        values.push_back(definition.field_value(i, write.value));
    } else {
      values.push_back(definition.field_value(i, group->value));
    }
    std::string text;
    for (const std::string& value : values)
      if (!value.empty())
        text += (text.empty() ? ""
                 : is_open    ? " ⇄ "
                              : "；") +
                plain_value(words, definition, i, value);
    if (!text.empty()) shown.emplace_back(i, text);
  }
  return shown;
}

std::vector<std::pair<std::size_t, std::string>> shown_fields(const Catalogue& words,
                                                              const LedgerDefinition& definition,
                                                              const RecordState& state) {
  auto fields = plain_fields(words, definition, state);
  for (auto& [index, text] : fields) text = terminal_safe(text);
  return fields;
}

}  // namespace jiyao
