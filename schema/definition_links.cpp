// schema/definition_links.cpp - what the ledgers of one rule set say of one another.
#include <algorithm>

#include "schema/definition.h"

namespace jiyao {

namespace {

Error fault(const LedgerDefinition& definition, const std::string& where, const std::string& why) {
  return {Errc::invalid, definition.name + '.' + where + ": " + why};
}

/// Has the ledger that `ref` cites this field, group or term? Of "any" nothing is known.
bool is_cited_name(const Definitions& definitions, const LedgerDefinition& definition,
                   const std::string& ref, std::string_view name) {
  const std::string& cited = definition.field(ref)->ref_ledger;
  if (cited == kAnyLedger) return true;
  const LedgerDefinition& other = *definitions.ledger(cited);
  const auto term = term_of(name);
  const std::string_view wanted = term ? term->of : name;
  return other.field(wanted) != nullptr || other.group(wanted) != nullptr;
}

Result<void> check_refs(const Definitions& definitions, const LedgerDefinition& definition) {
  for (const Field& field : definition.fields)
    if (field.type == FieldType::ref && field.ref_ledger != kAnyLedger &&
        definitions.ledger(field.ref_ledger) == nullptr)
      return fault(definition, field.name, "cites no ledger of ours, " + field.ref_ledger);
  for (const auto& [where, condition] : conditions_of(definition))
    for (const Clause& clause : condition->clauses())
      for (const auto& [ref, name] :
           {std::pair(clause.ref, clause.field), std::pair(clause.literal_ref, clause.literal)})
        if (!ref.empty() && !is_cited_name(definitions, definition, ref, name))
          return fault(definition, where, "there is no field " + ref + '.' + name);
  return {};
}

Result<void> check_steps(const Definitions& definitions, const LedgerDefinition& definition) {
  for (const Transition& step : definition.steps) {
    for (const LedgerName& other : step.clear_of)
      if (definitions.ledger(other) == nullptr)
        return fault(definition, "steps." + step.verb, "there is no ledger " + other);
    for (const auto& [target, value] : step.also) {
      const std::size_t dot = target.find('.');
      const std::string ref = target.substr(0, dot), name = target.substr(dot + 1);
      if (!is_cited_name(definitions, definition, ref, name))
        return fault(definition, "steps." + step.verb, "there is no field " + target);
    }
  }
  return {};
}

/// A proposal fills and reads columns that are there, with values that fit.
Result<void> check_proposal(const Definitions& definitions, const LedgerDefinition& definition,
                            const Proposal& proposal) {
  const LedgerDefinition* to = definitions.ledger(proposal.to);
  if (to == nullptr) return fault(definition, "proposes", "there is no ledger " + proposal.to);
  const auto no_field = [&](const std::string& name) {
    return fault(definition, "proposes", "there is no field " + proposal.to + '.' + name);
  };
  const auto no_fit = [&](const std::string& name) {
    return fault(definition, "proposes", "of another type: " + proposal.to + '.' + name);
  };
  for (const auto& [own, theirs] : proposal.match) {
    const Field* field = to->field(theirs);
    if (field == nullptr) return no_field(theirs);
    const FieldType type = definition.fields[own].type;
    if (type != FieldType::text && type != field->type) return no_fit(theirs);
  }
  for (const auto& [theirs, own] : proposal.fills) {
    const Field* field = to->field(theirs);
    if (field == nullptr) return no_field(theirs);
    if (definition.fields[own].type != field->type) return no_fit(theirs);
  }
  if (!proposal.cites.empty()) {
    const Field* field = to->field(proposal.cites);
    if (field == nullptr) return no_field(proposal.cites);
    if (field->ref_ledger != definition.name) return no_fit(proposal.cites);
  }
  if (!proposal.day.empty()) {
    const Field* field = to->field(proposal.day);
    if (field == nullptr) return no_field(proposal.day);
    if (field->type != FieldType::date) return no_fit(proposal.day);
  }
  return {};
}

/// One catalogue id means one thing, whichever file explains it.
Result<void> check_findings(const Definitions& definitions, const LedgerDefinition& definition) {
  for (const FindingWords& words : definition.findings)
    if (!(*definitions.finding(words.code) == words))
      return fault(definition, "findings." + words.code, "means something else in another ledger");
  return {};
}

}  // namespace

std::vector<std::pair<std::string, const Condition*>> conditions_of(
    const LedgerDefinition& definition) {
  std::vector<std::pair<std::string, const Condition*>> all;
  for (const Field& field : definition.fields) all.emplace_back(field.name, &field.from_if);
  for (const Transition& step : definition.steps)
    all.emplace_back("steps." + step.verb, &step.when);
  for (const UniqueKey& key : definition.unique) all.emplace_back("unique", &key.when);
  for (const ExclusiveKey& key : definition.exclusive) all.emplace_back("exclusive", &key.when);
  for (const NumberRule& rule : definition.numbers) all.emplace_back("numbers", &rule.printed);
  for (const Reminder& reminder : definition.reminders) all.emplace_back("remind", &reminder.when);
  for (const Bar& bar : definition.bars) all.emplace_back("bars", &bar.when);
  for (const Recurring& duty : definition.recurring) all.emplace_back("recurring", &duty.done);
  for (const Rule& rule : definition.rules) {
    all.emplace_back("rules." + rule.code, &rule.when);
    all.emplace_back("rules." + rule.code, &rule.must);
  }
  if (definition.settles) all.emplace_back("settles", &definition.settles->when);
  if (definition.open) all.emplace_back("open", &*definition.open);
  return all;
}

std::vector<LedgerName> ledgers_asked_by(const LedgerDefinition& definition) {
  std::vector<LedgerName> asked;
  for (const Rule& rule : definition.rules)
    for (const Condition* condition : {&rule.when, &rule.must})
      for (const Clause& clause : condition->clauses())
        for (const std::string& ref : {clause.ref, clause.literal_ref})
          if (!ref.empty()) asked.push_back(definition.field(ref)->ref_ledger);
  return asked;
}

std::vector<std::string> codes_of(const LedgerDefinition& definition) {
  std::vector<std::string> codes;
  for (const Group& group : definition.groups)
    for (const std::string& code : {group.late, group.apart_differs, group.apart_same})
      codes.push_back(code);
  for (const UniqueKey& key : definition.unique)
    codes.insert(codes.end(), {key.finding, key.apart_finding});
  for (const ExclusiveKey& key : definition.exclusive) {
    codes.push_back(key.finding);
    for (const auto& [ledger, code] : key.with) codes.push_back(code);
  }
  for (const NumberRule& rule : definition.numbers) codes.push_back(rule.finding);
  for (const Bar& bar : definition.bars) codes.push_back(bar.finding);
  for (const Rule& rule : definition.rules) codes.push_back(rule.code);
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  std::erase(codes, "");
  return codes;
}

Result<void> check_links(const Definitions& definitions) {
  for (const LedgerDefinition& definition : definitions.all()) {
    if (auto refs = check_refs(definitions, definition); !refs) return refs;
    if (auto steps = check_steps(definitions, definition); !steps) return steps;
    if (auto findings = check_findings(definitions, definition); !findings) return findings;
    for (const Proposal& proposal : definition.proposals)
      if (auto fits = check_proposal(definitions, definition, proposal); !fits) return fits;
  }
  return {};
}

}  // namespace jiyao
