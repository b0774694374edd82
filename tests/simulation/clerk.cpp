// tests/simulation/clerk.cpp - how an act is put together from a definition.
#include "simulation/clerk.h"

namespace jiyao::simulation {
namespace {

using Fixed = std::vector<std::pair<std::string, std::string>>;

const std::string* fixed_value(const Fixed& fixed, const std::string& field) {
  for (const auto& [name, value] : fixed)
    if (name == field) return &value;
  return nullptr;
}

std::string two_digits(std::size_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

std::string Clerk::value(const LedgerDefinition&, const Field& field, const Level& level) {
  const std::string small = std::to_string(chance_.below(3));
  switch (field.type) {
    case FieldType::text:
      return "文" + small;
    case FieldType::opinion:
      return "意见" + std::to_string(chance_.below(1000));
    case FieldType::integer:
      return std::to_string(1 + chance_.below(3));
    case FieldType::date:
      return "2026-03-" + two_digits(1 + chance_.below(5));
    case FieldType::stamp:
      return "2026-03-0" + std::to_string(1 + chance_.below(3)) + "T09:30";
    case FieldType::choice:
      return field.choices[chance_.below(field.choices.size())];
    case FieldType::level:
      return std::string(name_of(level));
    case FieldType::term:
      return std::to_string(1 + chance_.below(3)) + "y";
    case FieldType::person:
      return "张" + small;
    case FieldType::org:
      return "局" + small;
    case FieldType::ref:
      return replica_.new_record_id().hex();
    case FieldType::signature:
      return Digest{}.hex();
    case FieldType::number:
      return "2026-000" + std::to_string(1 + chance_.below(9));
  }
  return small;
}

Write Clerk::write(const LedgerDefinition& ledger, std::size_t group, const Level& level,
                   const Fixed& fixed) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const std::size_t index : ledger.groups[group].fields) {
    const Field& field = ledger.fields[index];
    const std::string* given = fixed_value(fixed, field.name);
    fields.emplace_back(field.name, given != nullptr ? *given : value(ledger, field, level));
  }
  const Result<std::string> packed = group_value(ledger, ledger.groups[group], fields);
  return {ledger.groups[group].name, packed ? *packed : fields.front().second};
}

// All groups that may be asked for in this state, and some of the others.
Step Clerk::make(const LedgerDefinition& ledger, std::size_t state, const Fixed& fixed) {
  Step step;
  step.kind = ChangeKind::create;
  step.ledger = ledger.name;
  step.record = replica_.new_record_id();
  const std::string* level = fixed_value(fixed, "level");
  const Level row = level == nullptr ? Level::internal : *level_from(*level);
  for (std::size_t group = 0; group < ledger.groups.size(); ++group) {
    if (ledger.state_group == group) {
      step.writes.push_back({ledger.groups[group].name, ledger.states[state].name});
      continue;
    }
    bool is_wanted = false;
    for (const std::size_t index : ledger.groups[group].fields) {
      const Field& field = ledger.fields[index];
      is_wanted = is_wanted || fixed_value(fixed, field.name) != nullptr;
      is_wanted = is_wanted || (field.from && *field.from <= state);
    }
    if (ledger.groups[group].kind == GroupKind::number) is_wanted = chance_.percent(25);
    if (is_wanted) step.writes.push_back(write(ledger, group, row, fixed));
  }
  return step;
}

Act Clerk::create(const CompartmentId& compartment) {
  const Definitions& all = replica_.definitions();
  const LedgerDefinition& incoming = *all.ledger("incoming");
  const Fixed level = {{"level", std::string(name_of(compartment.level))}};
  Act act{compartment, {}};
  act.steps.push_back(make(incoming, *incoming.state_index("registered"), level));
  if (!chance_.percent(25)) return act;
  const LedgerDefinition* document = all.ledger("document");
  const LedgerDefinition* copy = all.ledger("document_copy");
  if (document == nullptr || copy == nullptr) return act;
  act.steps.push_back(make(*document, 0, level));
  const std::string named = act.steps.back().record.hex();
  act.steps.push_back(make(*copy, 0,
                           {{"document", named},
                            {"level", std::string(name_of(compartment.level))},
                            {"copy_no", "00000" + std::to_string(1 + chance_.below(3))},
                            {"copy_kind", "正本"},
                            {"custody_state", "在库"}}));
  return act;
}

std::optional<Step> Clerk::amend(const View& view, const LedgerDefinition& ledger) {
  Step step;
  step.kind = ChangeKind::amend;
  step.ledger = view.ledger;
  step.record = view.record;
  const std::size_t wanted = 1 + chance_.below(2);
  for (std::size_t tries = 0; tries < 6 && step.writes.size() < wanted; ++tries) {
    const std::size_t group = chance_.below(ledger.groups.size());
    const Group& chosen = ledger.groups[group];
    const bool is_there = std::any_of(step.writes.begin(), step.writes.end(),
                                      [&](const Write& one) { return one.group == chosen.name; });
    if (is_there || ledger.state_group == group || chosen.kind == GroupKind::computed) continue;
    if (chosen.kind == GroupKind::custody && !chance_.percent(30)) continue;
    if (chosen.kind == GroupKind::fixed && !chance_.percent(20)) continue;
    Level level = view.compartment.level;
    if (chance_.percent(10)) level = Level::secret;  // a raise, in place perhaps
    step.writes.push_back(write(ledger, group, level));
  }
  if (step.writes.empty()) return std::nullopt;
  return step;
}

std::optional<Step> Clerk::withdraw(const View& view, const LedgerDefinition& ledger) {
  for (const GroupState& state : view.state.groups) {
    if (ledger.groups[state.group].kind != GroupKind::set || state.held.empty()) continue;
    Step step;
    step.kind = ChangeKind::withdraw;
    step.ledger = view.ledger;
    step.record = view.record;
    step.writes = {{ledger.groups[state.group].name, ""}};
    step.settles = {state.held[chance_.below(state.held.size())].change};
    step.reason = "误记";
    return step;
  }
  return std::nullopt;
}

std::optional<Step> Clerk::resolve(const View& view, const LedgerDefinition& ledger) {
  for (const GroupState& state : view.state.groups) {
    if (state.to_settle.empty() || state.held.empty()) continue;
    Step step;
    step.kind = ChangeKind::resolve;
    step.ledger = view.ledger;
    step.record = view.record;
    step.writes = {
        {ledger.groups[state.group].name, state.held[chance_.below(state.held.size())].value}};
    step.settles = state.to_settle;
    step.reason = "核对原件";
    return step;
  }
  return std::nullopt;
}

std::optional<Act> Clerk::step(const View& view, const LedgerDefinition& ledger) {
  const std::optional<std::size_t> now = ledger.state_index(view.state.state);
  if (!now || !ledger.state_group) return std::nullopt;
  std::vector<const Transition*> may;
  for (const Transition& one : ledger.steps)
    if (std::find(one.from.begin(), one.from.end(), *now) != one.from.end()) may.push_back(&one);
  if (may.empty()) return std::nullopt;
  const Transition& chosen = *chance_.pick(may);
  if (ledger.states[chosen.to].is_void && !chance_.percent(20)) return std::nullopt;
  Act act{view.compartment, {}};
  Step step;
  step.kind = ChangeKind::amend;
  step.ledger = view.ledger;
  step.record = view.record;
  for (std::size_t group = 0; group < ledger.groups.size(); ++group) {
    if (ledger.state_group == group) {
      step.writes.push_back({ledger.groups[group].name, ledger.states[chosen.to].name});
      continue;
    }
    bool is_wanted = false;
    for (const std::size_t index : ledger.groups[group].fields) {
      const Field& field = ledger.fields[index];
      is_wanted = is_wanted || (field.from && *field.from > *now && *field.from <= chosen.to);
      is_wanted = is_wanted || chosen.when.speaks_of(field.name);
    }
    if (is_wanted && view.state.group(group) == nullptr)
      step.writes.push_back(write(ledger, group, view.compartment.level, {{"check", "相符"}}));
  }
  act.steps.push_back(std::move(step));
  for (const auto& [target, value] : chosen.also) {
    const std::size_t dot = target.find('.');
    const std::optional<Bytes> cited = from_hex(view.state.field(ledger, target.substr(0, dot)));
    const auto record = cited ? RecordId::from(*cited) : std::nullopt;
    const Result<View> other = record ? replica_.view(*record) : Result<View>(Errc::not_found, "");
    if (!other || other->compartment != view.compartment) return std::nullopt;
    const LedgerDefinition& theirs = *replica_.definitions().ledger(other->ledger);
    const std::optional<std::size_t> field = theirs.field_index(target.substr(dot + 1));
    if (!field) return std::nullopt;
    Step also;
    also.kind = ChangeKind::amend;
    also.ledger = other->ledger;
    also.record = *record;
    also.writes.push_back(write(theirs, theirs.fields[*field].group, view.compartment.level,
                                {{target.substr(dot + 1), value}}));
    act.steps.push_back(std::move(also));
  }
  return act;
}

std::optional<Act> Clerk::lend(const View& view) {
  const LedgerDefinition* loan = replica_.definitions().ledger("loan");
  const LedgerDefinition* copy = replica_.definitions().ledger("document_copy");
  if (loan == nullptr || view.ledger != "document_copy") return std::nullopt;
  const std::optional<std::size_t> out = loan->state_index("out");
  if (!out) return std::nullopt;
  Act act{view.compartment, {}};
  act.steps.push_back(make(*loan, *out,
                           {{"copy", view.record.hex()},
                            {"document", view.state.field(*copy, "document")},
                            {"lent_at", "2026-03-01T09:30"},
                            {"due_on", "2026-03-02"}}));
  Step custody;
  custody.kind = ChangeKind::amend;
  custody.ledger = view.ledger;
  custody.record = view.record;
  const std::size_t field = *copy->field_index("custody_state");
  custody.writes.push_back(
      write(*copy, copy->fields[field].group, view.compartment.level, {{"custody_state", "借出"}}));
  act.steps.push_back(std::move(custody));
  return act;
}

std::optional<Act> Clerk::work_on(const View& view) {
  const LedgerDefinition* ledger = replica_.definitions().ledger(view.ledger);
  if (ledger == nullptr) return std::nullopt;
  const std::size_t kind = chance_.below(100);
  std::optional<Step> one;
  if (view.state.has_conflict && kind < 45) one = resolve(view, *ledger);
  if (!one && kind < 25) {
    if (std::optional<Act> act = step(view, *ledger)) return act;
  }
  if (!one && kind < 35) {
    if (std::optional<Act> act = lend(view)) return act;
  }
  if (!one && kind >= 92) one = withdraw(view, *ledger);
  if (!one) one = amend(view, *ledger);
  if (!one) return std::nullopt;
  return Act{view.compartment, {*one}};
}

}  // namespace jiyao::simulation
