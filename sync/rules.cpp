// sync/rules.cpp - rules, bars and rulings of a neighbourhood.
#include "sync/rules.h"

#include <algorithm>

#include "sync/claims.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

std::vector<ChangeId> held_changes(const Neighbour& record, std::size_t group_index) {
  std::vector<ChangeId> changes;
  if (const GroupState* group = record.state->group(group_index))
    for (const HeldWrite& held : group->held) changes.push_back(held.change);
  return changes;
}

std::optional<std::size_t> group_of(const LedgerDefinition& ledger, std::string_view name) {
  const auto term = term_of(name);
  const std::string_view of = term ? term->of : name;
  const auto field = ledger.field_index(of);
  return field ? std::optional(ledger.fields[*field].group) : ledger.group_index(of);
}

FindingKind kind_of(Rule::Kind kind) {
  switch (kind) {
    case Rule::Kind::clash:
      return FindingKind::clash;
    case Rule::Kind::incident:
      return FindingKind::incident;
    case Rule::Kind::hold:
      return FindingKind::hold;
    default:
      return FindingKind::task;
  }
}

}  // namespace

std::vector<std::size_t> states_before(const LedgerDefinition& ledger, const RecordState& state) {
  std::vector<std::size_t> before;
  const auto now = ledger.state_index(state.state);
  if (!now) return before;
  for (const std::size_t passed : state.passed)
    if (!ledger.states[passed].is_terminal && ledger.states[passed].rank < ledger.states[*now].rank)
      before.push_back(passed);
  std::sort(before.begin(), before.end(), [&](std::size_t a, std::size_t b) {
    return ledger.states[a].rank > ledger.states[b].rank;
  });
  return before;
}

bool is_broken(const Rule& rule, const Lookup& lookup) {
  return rule.when.holds(lookup) == Holds::yes && rule.must.holds(lookup) == Holds::no;
}

void RuleCheck::enter(const Neighbour& record) {
  const LedgerDefinition& ledger = *record.ledger;
  for (const ExclusiveKey& key : ledger.exclusive)
    for (const std::string& claim : exclusive_claims(ledger, key, *record.state))
      claimants_[claim].push_back({&record, &key});
  if (record.state->is_closed) return;
  for (const Bar& bar : ledger.bars)
    for (const std::string& claim : bar_claims(ledger, bar, *record.state))
      bars_[claim].push_back({&record, &bar});
  if (!ledger.settles ||
      ledger.settles->when.holds(own_words(ledger, *record.state), true) != Holds::yes)
    return;
  std::set<RecordId> cited;
  for (std::size_t field = 0; field < ledger.fields.size(); ++field)
    if (ledger.fields[field].type == FieldType::ref)
      for (const std::string& id : field_values(ledger, *record.state, field))
        if (const auto bytes = from_hex(id))
          if (const auto named = RecordId::from(*bytes)) cited.insert(*named);
  rulings_[record.state->field(ledger, ledger.settles->field)].push_back(std::move(cited));
}

bool RuleCheck::is_ruled(const Finding& finding) const {
  const auto rulings = rulings_.find(finding.id.hex());
  if (rulings == rulings_.end()) return false;
  return std::any_of(rulings->second.begin(), rulings->second.end(), [&](const auto& cited) {
    return std::all_of(finding.records.begin(), finding.records.end(),
                       [&](const RecordId& record) { return cited.contains(record); });
  });
}

std::vector<const Neighbour*> RuleCheck::cited_by(const Neighbour& record, const Rule& rule) const {
  std::set<std::string> refs;
  for (const Condition* condition : {&rule.when, &rule.must})
    for (const Clause& clause : condition->clauses())
      for (const std::string& ref : {clause.ref, clause.literal_ref})
        if (!ref.empty()) refs.insert(ref);
  std::vector<const Neighbour*> cited;
  for (const std::string& ref : refs)
    for (const std::string& id :
         field_values(*record.ledger, *record.state, *record.ledger->field_index(ref)))
      if (const auto found = records_.find(id); found != records_.end())
        cited.push_back(found->second);
  return cited;
}

// Of a ref that names several records: what each of them says. One that is not held: unknown.
Lookup RuleCheck::words_of(const Neighbour& record, const std::string& state) const {
  return [this, &record, state](std::string_view ref,
                                std::string_view name) -> std::optional<std::string> {
    if (ref.empty())
      return name == "state" ? state : shown_word(*record.ledger, *record.state, name);
    std::vector<std::string> said;
    for (const std::string& id :
         field_values(*record.ledger, *record.state, *record.ledger->field_index(ref))) {
      const auto cited = records_.find(id);
      if (cited == records_.end()) return std::nullopt;
      const std::string word = shown_word(*cited->second->ledger, *cited->second->state, name);
      for (const std::string& item : list_items(word)) said.push_back(item);
    }
    return joined_list(said);
  };
}

// The last state on the way in which the rule is kept; the record is shown there until it is.
std::string RuleCheck::state_before(const Neighbour& record, const Rule& rule) const {
  const LedgerDefinition& ledger = *record.ledger;
  const std::vector<std::size_t> before = states_before(ledger, *record.state);
  for (const std::size_t state : before)
    if (!is_broken(rule, words_of(record, ledger.states[state].name)))
      return ledger.states[state].name;
  return before.empty() ? std::string() : ledger.states[before.back()].name;
}

void RuleCheck::add(const Neighbour& record, const Rule& rule) {
  std::vector<const Neighbour*> concerned = cited_by(record, rule);
  concerned.push_back(&record);
  std::vector<ChangeId> changes;
  for (const Clause& clause : rule.must.clauses()) {
    if (!clause.ref.empty()) continue;
    if (const auto group = group_of(*record.ledger, clause.field))
      for (const ChangeId& change : held_changes(record, *group)) changes.push_back(change);
  }
  const bool is_hold = rule.kind == Rule::Kind::hold;
  Finding& finding = findings_.add(rule.code, kind_of(rule.kind),
                                   record.record.hex() + (is_hold ? ":state" : ":" + rule.code),
                                   concerned, std::move(changes));
  if (is_hold) finding.shown_state = state_before(record, rule);
  if (rule.gravity) finding.gravity = static_cast<Gravity>(*rule.gravity);
}

void RuleCheck::rules(const Neighbour& record) {
  if (record.state->is_void) return;
  for (const Rule& rule : record.ledger->rules)
    if (is_broken(rule, words_of(record, record.state->state))) add(record, rule);
}

void RuleCheck::bars(const Neighbour& record) {
  for (const Bar& bar : record.ledger->bars) {
    for (const std::string& claim : bar_claims(*record.ledger, bar, *record.state)) {
      for (const Barring& other : bars_[claim]) {
        if (other.record->record == record.record) continue;
        if (bar.finding.empty() == other.bar->finding.empty()) continue;
        const std::string& code = bar.finding.empty() ? other.bar->finding : bar.finding;
        std::vector<ChangeId> changes;
        for (const Barring& one : {Barring{&record, &bar}, other})
          for (const ChangeId& change :
               held_changes(*one.record, one.record->ledger->fields[one.bar->field].group))
            changes.push_back(change);
        findings_.add(code, FindingKind::task, claim, {&record, other.record}, changes);
      }
    }
  }
}

// Two ledgers may have a word of their own for meeting each other: lent and to be destroyed is U5.
// The same whichever of the two was touched.
std::string RuleCheck::code_between(const Neighbour& a, const ExclusiveKey& key_a,
                                    const Neighbour& b, const ExclusiveKey& key_b) {
  const auto own_word = [](const ExclusiveKey& key, const Neighbour& other) {
    for (const auto& [ledger, code] : key.with)
      if (ledger == other.ledger->name) return code;
    return std::string();
  };
  std::string code = std::max(own_word(key_a, b), own_word(key_b, a));
  return code.empty() ? std::max(key_a.finding, key_b.finding) : code;
}

void RuleCheck::exclusive(const Neighbour& record) {
  for (const ExclusiveKey& key : record.ledger->exclusive) {
    for (const std::string& claim : exclusive_claims(*record.ledger, key, *record.state)) {
      for (const Claimant& other : claimants_[claim]) {
        if (other.record->record == record.record) continue;
        std::vector<ChangeId> changes;
        for (const Neighbour* one : {&record, other.record})
          if (one->ledger->state_group)
            for (const ChangeId& change : held_changes(*one, *one->ledger->state_group))
              changes.push_back(change);
        const std::string code = code_between(record, key, *other.record, *other.key);
        // What is done cannot be taken off a list: then two facts exclude each other.
        const bool is_fact = findings_.gravity_of(code) == Gravity::freeze ||
                             record.state->is_terminal || other.record->state->is_terminal;
        Finding& finding = findings_.add(code, is_fact ? FindingKind::incident : FindingKind::task,
                                         claim, {&record, other.record}, changes);
        if (is_fact) finding.gravity = Gravity::freeze;
      }
    }
  }
}

std::vector<const Neighbour*> RuleCheck::sharing_claims(const Neighbour& record) const {
  std::vector<const Neighbour*> others;
  for (const ExclusiveKey& key : record.ledger->exclusive)
    for (const std::string& claim : exclusive_claims(*record.ledger, key, *record.state))
      if (const auto found = claimants_.find(claim); found != claimants_.end())
        for (const Claimant& other : found->second) others.push_back(other.record);
  return others;
}

void RuleCheck::apart(const Neighbour& record) {
  for (const ApartEntries& pair : record.state->apart) {
    const Group& group = record.ledger->groups[pair.group];
    const std::string& code = pair.is_same ? group.apart_same : group.apart_differs;
    if (!code.empty())
      findings_.add(code, FindingKind::task, record.record.hex() + ':' + group.name, {&record},
                    {pair.a, pair.b});
  }
}

}  // namespace jiyao
