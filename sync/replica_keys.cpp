// sync/replica_keys.cpp - what a record is found by (sync/replica_state.h).
#include <algorithm>

#include "schema/dates.h"
#include "schema/list_columns.h"
#include "schema/list_terms.h"
#include "schema/number_key.h"
#include "sync/replica_state.h"
#include "sync/terms.h"

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

/// On some day, however late or early: a row that will never be due must not be looked at each
/// morning. Two clauses about the day may leave a window between; then the day is left open.
bool may_remind(const LedgerDefinition& definition, const Reminder& reminder,
                const RecordState& state) {
  const auto on = [&](const std::optional<std::string>& today) {
    const Lookup own = [&](std::string_view ref,
                           std::string_view name) -> std::optional<std::string> {
      if (name == "today") return today;
      return ref.empty() ? std::optional(shown_word(definition, state, name)) : std::nullopt;
    };
    return reminder.when.holds(own, true) != Holds::no;
  };
  const auto& clauses = reminder.when.clauses();
  const auto asks = std::count_if(clauses.begin(), clauses.end(), [](const Clause& clause) {
    return clause.field == "today" || (clause.is_literal_a_field && clause.literal == "today");
  });
  return asks < 2 ? on("2199-12-31") || on("1900-01-01") : on(std::nullopt);
}

/// Rows of ledgers with duties that come round are few, and any may show one done.
bool is_watched(const LedgerDefinition& definition, const RecordState& state) {
  if (state.is_void) return false;
  if (!definition.recurring.empty()) return true;
  return !state.is_terminal && std::any_of(definition.reminders.begin(), definition.reminders.end(),
                                           [&](const Reminder& reminder) {
                                             return may_remind(definition, reminder, state);
                                           });
}

/// A row is listed under the state and level it shows, and under every rival day, unit and holder.
void add_list_terms(const LedgerDefinition& definition, const RecordState& state,
                    std::vector<std::string>& keys) {
  if (!state.state.empty()) keys.push_back(list_term("state", state.state));
  keys.push_back(list_term("level", state.level ? name_of(*state.level) : std::string_view()));
  const auto add = [&](std::string_view what, std::size_t field) {
    for (const std::string& value : values_of(definition, state, field))
      keys.push_back(list_term(what, value));
  };
  for (std::size_t field = 0; field < definition.fields.size(); ++field) {
    if (is_unit_column(definition, field)) add("unit", field);
    if (is_naming_column(definition, field)) add("name", field);
  }
  if (const auto holder = holder_column(definition)) add("holder", *holder);
  if (const auto day = day_column(definition))
    for (const std::string& value : values_of(definition, state, *day))
      if (is_date(value.substr(0, 10))) keys.push_back(kDayMark + value.substr(0, 10));
}

}  // namespace

std::string list_term(std::string_view what, std::string_view value) {
  return stored_key(kTermMark, std::string(what) + '=' + number_key(value));
}

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
  return stored_key(kFieldMark, std::string(field) + '=' + number_key(value));
}

std::string watch_key(std::string_view ledger) {
  return stored_key(kFieldMark, "today=" + std::string(ledger));
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
  if (is_watched(definition, state)) keys.push_back(watch_key(definition.name));
  add_list_terms(definition, state, keys);
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
  text += document_number(definition, state);
  return fold_for_search(text);
}

Digest state_digest(const LedgerDefinition& definition, const RecordState& state) {
  return digest(Label::state, {canonical(state, definition)});
}

// Whose rules ask a touched record, and who holds the same copy: what they show may change though
// nobody wrote to them.
std::set<std::int64_t> LevelWork::asking(const std::set<std::int64_t>& touched) {
  std::set<std::int64_t> found;
  for (const std::int64_t no : touched) {
    for (const std::string& key : keys_of(no))
      if (key.front() == kSharesMark && std::string_view(key).substr(1).starts_with(kHeldKey))
        for (const std::int64_t other : store_.with_key(key)) found.insert(other);
    const ShownRecord& row = load(no).before;
    if (!replica_.parts.definitions.is_asked(row.ledger)) continue;
    for (const std::int64_t other : store_.with_key(citation_key(row.record))) found.insert(other);
  }
  return found;
}

}  // namespace jiyao
