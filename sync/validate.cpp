// sync/validate.cpp - whether a change may be made on a record as shown, before anything is stored.
#include <algorithm>

#include "schema/dates.h"
#include "schema/mandatory.h"
#include "schema/term.h"
#include "schema/value.h"
#include "sync/rules.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

bool is_hex(std::string_view text, std::size_t bytes) {
  const auto read = from_hex(text);
  return read && read->size() == bytes;
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.size() < 10 && (text.size() == 1 || text.front() != '0') &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Why this text is no value of the field; empty: it is one.
std::string fault_of(const Field& field, const std::string& value) {
  if (value.size() > kTextBytesMax) return "too long";
  switch (field.type) {
    case FieldType::integer:
      return is_integer(value) ? "" : "not a whole number";
    case FieldType::date:
      return is_date(value) ? "" : "not a date like 2026-11-22";
    case FieldType::stamp:
      return is_stamp(value) ? "" : "not a moment like 2026-11-22T09:30";
    case FieldType::choice:
      return std::find(field.choices.begin(), field.choices.end(), value) != field.choices.end()
                 ? ""
                 : "not one of its values";
    case FieldType::level: {
      const auto level = level_from(value);
      return level && name_of(*level) == value ? "" : "not a level";
    }
    case FieldType::term:
      return is_term(value) ? "" : "not a term like 10y";
    case FieldType::ref:
      return is_hex(value, RecordId::kBytes) ? "" : "not a record";
    case FieldType::signature:
      return is_hex(value, Digest::kBytes) ? "" : "not a content hash";
    default:
      return "";
  }
}

class Validation {
 public:
  Validation(const LedgerDefinition& definition, const RecordState* before, const Change& change,
             const Lookup& cited, const WorkCalendar& calendar)
      : definition_(definition),
        before_(before),
        change_(change),
        cited_(cited),
        calendar_(calendar),
        after_(with_change(definition, before, change)) {}

  Result<void> run() const {
    if (change_.ledger != definition_.name) return refuse("ledger", "another ledger");
    const bool makes = change_.kind == ChangeKind::create || change_.kind == ChangeKind::import;
    if (makes != (before_ == nullptr)) return refuse("record", makes ? "it exists" : "unknown");
    if (before_ != nullptr && before_->is_closed) return forbid("record", "moved away");
    if (before_ != nullptr && !before_->pending.empty() && before_->is_frozen)
      for (const PendingChange& pending : before_->pending)
        if (pending.reason == Waiting::program) return forbid("record", "needs a newer program");
    for (const Write& write : change_.writes)
      if (auto allowed = check_write(write); !allowed) return allowed;
    if (auto allowed = check_step(); !allowed) return allowed;
    if (change_.kind == ChangeKind::import) return {};
    if (auto bound = check_approvals(); !bound) return bound;
    if (auto kept = check_rules(); !kept) return kept;
    return check_mandatory();
  }

 private:
  Error refuse(const std::string& where, const std::string& why) const {
    return {Errc::invalid, definition_.name + '.' + where + ": " + why};
  }
  Error forbid(const std::string& where, const std::string& why) const {
    return {Errc::not_allowed, definition_.name + '.' + where + ": " + why};
  }
  Result<void> check_write(const Write& write) const;
  Result<void> check_values(const Group& group, const Write& write) const;
  Result<void> check_against(std::size_t group_index, const Write& write) const;
  bool reaches_void(std::size_t group_index, const Write& write) const;
  Result<void> check_step() const;
  Result<void> check_mandatory() const;
  Result<void> check_approvals() const;
  Result<void> check_rules() const;
  const Write* state_write() const;
  std::string shown(std::string_view name) const;
  Lookup after() const {
    return [this](std::string_view ref, std::string_view name) -> std::optional<std::string> {
      if (ref.empty()) return term_of(name) ? shown_word(definition_, after_, name) : shown(name);
      return cited_ ? cited_(ref, name) : std::nullopt;
    };
  }

  const LedgerDefinition& definition_;
  const RecordState* before_;
  const Change& change_;
  const Lookup& cited_;
  const WorkCalendar& calendar_;
  const RecordState after_;  ///< as it will be shown to the author
};

// The field as it will be shown once this change is made.
std::string Validation::shown(std::string_view name) const {
  return after_.field(definition_, name);
}

const Write* Validation::state_write() const {
  for (const Write& write : change_.writes)
    if (definition_.state_group && write.group == definition_.groups[*definition_.state_group].name)
      return &write;
  return nullptr;
}

Result<void> Validation::check_values(const Group& group, const Write& write) const {
  if (group.fields.size() > 1 && !write.value.empty()) {
    const auto packed = unpack_fields(write.value);
    if (!packed) return refuse(group.name, "not packed fields");
    for (const auto& [name, value] : *packed) {
      const auto index = definition_.field_index(name);
      if (!index || definition_.fields[*index].group != definition_.group_index(group.name))
        return refuse(group.name, "has no such field: " + name);
    }
  }
  for (const std::size_t index : group.fields) {
    const Field& field = definition_.fields[index];
    const std::string value = definition_.field_value(index, write.value);
    const std::string fault = value.empty() ? "" : fault_of(field, value);
    if (!fault.empty()) return refuse(field.name, fault);
  }
  return {};
}

Result<void> Validation::check_against(std::size_t group_index, const Write& write) const {
  const Group& group = definition_.groups[group_index];
  const GroupState* held = before_ == nullptr ? nullptr : before_->group(group_index);
  if (held == nullptr) return {};
  if (change_.kind == ChangeKind::resolve && !held->to_settle.empty()) {
    const bool names_all =
        std::all_of(held->to_settle.begin(), held->to_settle.end(), [&](const ChangeId& id) {
          return std::binary_search(change_.settles.begin(), change_.settles.end(), id);
        });
    if (!names_all) return refuse(group.name, "a ruling names every write it settles");
    return {};
  }
  if (change_.kind == ChangeKind::resolve || change_.kind == ChangeKind::renumber) return {};
  if (held->mark == Mark::conflict || held->mark == Mark::incident)
    return Error{Errc::conflict, definition_.name + '.' + group.name + ": resolve it first"};
  const bool is_changed = !held->value.empty() && held->value != write.value;
  if (group.kind == GroupKind::fixed && is_changed)
    return forbid(group.name, "is written once; only a ruling corrects it");
  return {};
}

// A remark still does; a signature would approve what is not. And a void record has all its words:
// it is raised like any other, never lowered.
bool Validation::reaches_void(std::size_t group_index, const Write& write) const {
  const Group& group = definition_.groups[group_index];
  if (definition_.level_group == group_index)
    return level_from(write.value) >= before_->level.value_or(Level::public_);
  return group.kind == GroupKind::set && !signature_of(definition_, group);
}

Result<void> Validation::check_write(const Write& write) const {
  const auto index = definition_.group_index(write.group);
  if (!index) return refuse(write.group, "no such group");
  const Group& group = definition_.groups[*index];
  if (group.kind == GroupKind::computed) return refuse(write.group, "is counted, never written");
  const bool is_withdrawal = change_.kind == ChangeKind::withdraw;
  if (is_withdrawal) {
    if (group.kind != GroupKind::set || !write.value.empty())
      return refuse(write.group, "only entries are withdrawn");
    return {};
  }
  const bool needs_value = group.kind == GroupKind::set || group.kind == GroupKind::severity ||
                           group.kind == GroupKind::latest || group.kind == GroupKind::earliest ||
                           group.kind == GroupKind::state;
  if (needs_value && write.value.empty()) return refuse(write.group, "needs a value");
  const bool is_void = before_ != nullptr && before_->is_void;
  if (is_void && change_.kind != ChangeKind::resolve && !reaches_void(*index, write))
    return forbid("state", "the record is void");
  if (auto values = check_values(group, write); !values) return values;
  return check_against(*index, write);
}

Result<void> Validation::check_step() const {
  const Write* write = state_write();
  if (write == nullptr || change_.kind == ChangeKind::import) return {};
  const auto to = definition_.state_index(write->value);
  if (!to) return refuse("state", "no such state");
  if (change_.kind == ChangeKind::resolve) return {};
  std::string reason = "no step leads there from here";
  for (const Transition& step : definition_.steps) {
    const bool is_new = before_ == nullptr || before_->state.empty();
    const bool starts_here =
        is_new ? step.from.empty()
               : std::any_of(step.from.begin(), step.from.end(), [&](std::size_t from) {
                   return definition_.states[from].name == before_->state;
                 });
    if (step.to != *to || !starts_here) continue;
    if (auto known = step.when.check_tables(after(), calendar_); !known) return known;
    if (step.when.holds(after(), false, &calendar_) != Holds::no) return {};
    reason = "the condition does not hold: " + step.verb;
  }
  return forbid("state", reason);
}

// An approval is given for one content: the one that is shown when it is given (I4).
Result<void> Validation::check_approvals() const {
  for (const Write& write : change_.writes) {
    const Group* group = definition_.group(write.group);
    if (group->binds.empty()) continue;
    const std::string content = content_hash(definition_, after_, *group).hex();
    for (const std::size_t index : group->fields) {
      if (definition_.fields[index].type != FieldType::signature) continue;
      const std::string signature = definition_.field_value(index, write.value);
      if (!signature.empty() && signature != content)
        return refuse(definition_.fields[index].name, "the approval is for another content");
    }
  }
  return {};
}

// What was broken before is no reason to refuse this change; a ruling may break what it has to. A
// hold keeps a step back, not what somebody writes later: that holds the record.
Result<void> Validation::check_rules() const {
  if (change_.kind == ChangeKind::resolve || change_.kind == ChangeKind::renumber) return {};
  const Lookup before = [this](std::string_view ref,
                               std::string_view name) -> std::optional<std::string> {
    if (ref.empty()) return shown_word(definition_, *before_, name);
    return cited_ ? cited_(ref, name) : std::nullopt;
  };
  for (const Rule& rule : definition_.rules) {
    const bool refuses = rule.kind != Rule::Kind::task &&
                         (rule.kind != Rule::Kind::hold || state_write() != nullptr);
    if (!refuses || !is_broken(rule, after())) continue;
    if (before_ != nullptr && is_broken(rule, before)) continue;
    const auto words = std::find_if(definition_.findings.begin(), definition_.findings.end(),
                                    [&](const FindingWords& one) { return one.code == rule.code; });
    return forbid("rule", "the ledger forbids it: " +
                              (words == definition_.findings.end() ? rule.code : words->zh));
  }
  return {};
}

Result<void> Validation::check_mandatory() const {
  const auto state = definition_.state_index(shown("state"));
  if (!state || definition_.states[*state].is_void || change_.kind == ChangeKind::withdraw)
    return {};
  // What its state asks for was asked when it came there: a renewal is no second lending.
  const Write* step = state_write();
  const bool moves = step != nullptr && (before_ == nullptr || before_->state != step->value);
  for (std::size_t i = 0; i < definition_.fields.size(); ++i) {
    const Field& field = definition_.fields[i];
    if (!is_due(definition_, field, *state)) continue;
    const std::string& group = definition_.groups[field.group].name;
    const bool is_written = std::any_of(change_.writes.begin(), change_.writes.end(),
                                        [&](const Write& write) { return write.group == group; });
    if ((!moves && !is_written) || field.from_if.holds(after()) != Holds::yes) continue;
    const bool is_open = before_ != nullptr && before_->group(field.group) != nullptr &&
                         !before_->group(field.group)->to_settle.empty();
    if (shown(field.name).empty() && !is_open) return refuse(field.name, "is needed");
  }
  return {};
}

}  // namespace

Result<void> validate(const LedgerDefinition& definition, const RecordState* before,
                      const Change& change, const Lookup& cited, const WorkCalendar& calendar) {
  return Validation(definition, before, change, cited, calendar).run();
}

}  // namespace jiyao
