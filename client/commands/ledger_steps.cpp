// client/commands/ledger_steps.cpp - one function for each thing a definition says about a step.
#include "client/commands/ledger_steps.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>

#include "client/findings.h"
#include "client/records.h"
#include "client/roles.h"
#include "schema/mandatory.h"
#include "sync/check.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

constexpr const char* kCustodyField = "custody_state";

std::string filled(Desk& desk, const Replica& replica, const std::string& value) {
  if (value == "me") return replica.person().user.hex();
  if (value == "now") return desk.now();
  if (value == "today") return desk.today();
  return value;
}

/// What a cited record shows; of a copy made in this act, what it will show.
std::optional<std::string> cited_value(const Replica& replica, const StepAtHand& at,
                                       std::string_view ref, std::string_view field) {
  const Field* ref_field = at.ledger.field(ref);
  const auto id = record_from(at.shown(ref));
  if (ref_field == nullptr || !id) return std::nullopt;
  if (const auto view = replica.view(*id))
    return view->state.field(*replica.definitions().ledger(view->ledger), field);
  if (at.about == nullptr) return std::nullopt;
  const auto made = at.about->made_copy.find(std::string(field));
  if (made == at.about->made_copy.end()) return std::nullopt;
  return made->second;
}

Lookup lookup_for(const Replica& replica, const StepAtHand& at) {
  return [&replica, &at](std::string_view ref, std::string_view field) {
    return ref.empty() ? std::optional(at.shown(field)) : cited_value(replica, at, ref, field);
  };
}

bool may_sign(const LedgerDefinition& ledger, const Transition& step, const Field& field) {
  const Roles writers = ledger.groups[field.group].writers;
  return writers == 0 || step.by == 0 || (writers & step.by) != 0;
}

/// Does a rule that holds in this state ask who signed this column ("signers(approval) >= 1")?
bool is_asked_for(const LedgerDefinition& ledger, std::size_t state, const Field& field) {
  const std::string& name = ledger.states[state].name;
  const std::string& group = ledger.groups[field.group].name;
  const auto is_in_state = [&](const Clause& clause) {
    return clause.field == "state" &&
           (clause.literal == name ||
            std::count(clause.choices.begin(), clause.choices.end(), name));
  };
  const auto asks = [&](const Clause& clause) {
    const auto term = term_of(clause.field);
    return clause.ref.empty() && term && term->what == "signers" &&
           (term->of == field.name || term->of == group);
  };
  return std::any_of(ledger.rules.begin(), ledger.rules.end(), [&](const Rule& rule) {
    const auto& when = rule.when.clauses();
    const auto& must = rule.must.clauses();
    return std::any_of(when.begin(), when.end(), is_in_state) &&
           std::any_of(must.begin(), must.end(), asks);
  });
}

/// What this step's signature is for: the row with all the step writes.
Digest content_signed(const StepAtHand& at, const Field& signature) {
  std::vector<Write> writes;
  const auto add = [&](const FieldValues& values) {
    const auto some = writes_of(at.ledger, values, &at.row->state);
    if (some) writes.insert(writes.end(), some->begin(), some->end());
  };
  add(at.values);
  for (const FieldValues& entry : at.entries) add(entry);
  return content_to_sign(at.ledger, &at.row->state, std::move(writes),
                         at.ledger.groups[signature.group]);
}

/// A decisive step signs the content as it is shown: the signature of its own state, else those the
/// rules of that state ask for, else of the next state that asks for one. Never more: whoever
/// approves a destruction is no witness of it.
void sign(const StepAtHand& at) {
  if (!at.step.is_decisive || at.row == nullptr) return;
  const std::function<bool(const Field&)> wanted[] = {
      [&](const Field& field) { return field.from == at.step.to; },
      [&](const Field& field) { return is_asked_for(at.ledger, at.step.to, field); },
      [&](const Field& field) {
        return !field.from || at.ledger.reaches(at.step.to, *field.from);
      }};
  for (const auto& is_wanted : wanted) {
    bool is_found = false;
    for (const Field& field : at.ledger.fields) {
      const bool is_theirs = field.type == FieldType::signature && is_wanted(field) &&
                             may_sign(at.ledger, at.step, field);
      if (!is_theirs) continue;
      is_found = true;
      if (at.shown(field.name).empty()) at.values[field.name] = content_signed(at, field).hex();
    }
    if (is_found) return;
  }
}

std::string default_custodian(const Replica& replica, const StepAtHand& at,
                              const LedgerDefinition& cited, const std::string& custody) {
  const Field* field = cited.field(kCustodyField);
  const bool is_in_safe = field != nullptr && field->choices.front() == custody;
  if (!is_in_safe)
    for (const Field& own : at.ledger.fields)
      if (own.type == FieldType::person && own.from &&
          at.ledger.groups[own.group].kind != GroupKind::set && !at.shown(own.name).empty())
        return at.shown(own.name);
  return replica.person().user.hex();
}

std::string also_value(const Replica& replica, const StepAtHand& at, const std::string& value) {
  if (value == "=me") return replica.person().user.hex();
  return value.starts_with('=') ? at.shown(std::string_view(value).substr(1)) : value;
}

/// The records a ref names: of a set, those of every entry, typed now or there already.
std::vector<RecordId> cited_by(const StepAtHand& at, const std::string& ref) {
  const std::size_t index = *at.ledger.field_index(ref);
  const std::size_t group = at.ledger.fields[index].group;
  std::vector<std::string> named;
  if (at.ledger.groups[group].kind != GroupKind::set) {
    named.push_back(at.shown(ref));
  } else {
    for (const FieldValues& entry : at.entries)
      if (const auto found = entry.find(ref); found != entry.end()) named.push_back(found->second);
    const GroupState* held = at.row == nullptr ? nullptr : at.row->state.group(group);
    if (held != nullptr)
      for (const HeldWrite& write : held->held)
        named.push_back(at.ledger.field_value(index, write.value));
  }
  std::set<RecordId> records;
  for (const std::string& hex : named)
    if (const auto id = record_from(hex)) records.insert(*id);
  return {records.begin(), records.end()};
}

/// One write into a record that the step cites; where a copy goes, its custodian goes with it.
Result<void> add_to_cited(const Replica& replica, const StepAtHand& at, const std::string& ref,
                          const RecordId& cited, FieldValues values, Act& act) {
  const auto view = replica.view(cited);
  const LedgerName name = view ? view->ledger : at.ledger.field(ref)->ref_ledger;
  const LedgerDefinition* ledger = replica.definitions().ledger(name);
  if (ledger == nullptr) return {};
  if (values.contains(kCustodyField) && ledger->field("custodian") != nullptr)
    values.emplace("custodian", default_custodian(replica, at, *ledger, values[kCustodyField]));
  auto writes = writes_of(*ledger, values, view ? &view->state : nullptr);
  if (!writes) return writes.error();
  Step step;
  step.kind = ChangeKind::amend;
  step.ledger = name;
  step.record = cited;
  step.writes = *std::move(writes);
  act.steps.push_back(std::move(step));
  return {};
}

/// As check() judges it: what its definition calls open, else while it holds a copy.
bool keeps_from_ends(const LedgerDefinition& ledger, const View& row) {
  const Lookup own = own_words(ledger, row.state);
  if (ledger.open) return ledger.open->holds(own, true) == Holds::yes;
  return std::any_of(
      ledger.exclusive.begin(), ledger.exclusive.end(),
      [&](const ExclusiveKey& key) { return key.when.holds(own, true) == Holds::yes; });
}

Result<void> still_out(Desk& desk, Replica& replica, const StepAtHand& at) {
  if (at.row == nullptr) return {};
  for (const LedgerName& other : at.step.clear_of) {
    const LedgerDefinition& ledger = *replica.definitions().ledger(other);
    const auto rows = citing(replica, other, at.row->record);
    const bool is_open = std::any_of(rows.begin(), rows.end(),
                                     [&](const View& row) { return keeps_from_ends(ledger, row); });
    if (!is_open) continue;
    const bool is_zh = desk.words().language() == Language::zh;
    return desk.failure(Errc::conflict, "ledger.still_out",
                        {{"step", step_text(desk.words(), at.step)},
                         {"ledger", is_zh ? ledger.noun_zh : ledger.en}});
  }
  return {};
}

Error lacks(Desk& desk, const Field& field) {
  return desk.failure(Errc::invalid, "ledger.lacks",
                      {{"field", label_of(desk.words(), field)}, {"option", option_of(field)}});
}

/// "values(checked_point) >= 8": those that are still lacking are named.
Result<void> enough_values(Desk& desk, const StepAtHand& at, const Clause& clause) {
  const auto term = term_of(clause.field);
  const auto index =
      term && term->what == "values" ? at.ledger.field_index(term->of) : std::nullopt;
  if (!index || clause.comparison != Comparison::at_least) return {};
  const Field& field = at.ledger.fields[*index];
  std::vector<std::string> values;
  if (at.row != nullptr) values = field_values(at.ledger, at.row->state, *index);
  for (const FieldValues& entry : at.entries)
    if (const auto typed = entry.find(field.name); typed != entry.end())
      values.push_back(typed->second);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::size_t wanted = 0;  // 0: not a plain number; the engine judges it alone
  std::from_chars(clause.literal.data(), clause.literal.data() + clause.literal.size(), wanted);
  if (values.size() >= wanted) return {};
  std::string lacking;
  for (const std::string& choice : field.choices)
    if (!std::binary_search(values.begin(), values.end(), choice))
      lacking += (lacking.empty() ? "" : desk.text("list.and")) + choice;
  return desk.failure(Errc::not_allowed, "ledger.too_few",
                      {{"field", label_of(desk.words(), field)},
                       {"count", clause.literal},
                       {"option", option_of(field)},
                       {"lacking", lacking}});
}

/// "unless": what was found about the row, or a record it cites, is settled first.
Result<void> nothing_found(Desk& desk, Replica& replica, const StepAtHand& at) {
  if (at.step.unless.empty()) return {};
  std::set<RecordId> concerned;
  if (at.row != nullptr) concerned.insert(at.row->record);
  for (const std::size_t ref : refs_of(at.ledger))
    for (const RecordId& cited : cited_by(at, at.ledger.fields[ref].name)) concerned.insert(cited);
  const auto is_concerned = [&](const RecordId& record) { return concerned.contains(record); };
  for (const Finding& finding : replica.findings()) {
    const bool bars = std::count(at.step.unless.begin(), at.step.unless.end(), finding.code) != 0 &&
                      std::any_of(finding.records.begin(), finding.records.end(), is_concerned);
    if (bars)
      return desk.failure(Errc::conflict, "ledger.found_first",
                          {{"step", step_text(desk.words(), at.step)},
                           {"finding", finding_line(desk, replica, Directory(replica), finding)}});
  }
  return {};
}

/// The first field that the guard wants set, or the state needs, and that has no value.
Result<void> nothing_lacks(Desk& desk, const Replica& replica, const StepAtHand& at) {
  const auto check = [&](std::size_t index) -> Result<void> {
    const Field& field = at.ledger.fields[index];
    const auto reason = reason_field(at.ledger, at.step);
    const bool is_askable = is_typed(at.ledger, index) || reason == index;
    if (!is_askable || !at.shown(field.name).empty()) return {};
    return lacks(desk, field);
  };
  for (const Clause& clause : at.step.when.clauses()) {
    if (const auto enough = enough_values(desk, at, clause); !enough) return enough;
    if (!clause.ref.empty() || clause.comparison != Comparison::is_set) continue;
    auto index = at.ledger.field_index(clause.field);
    const Group* group = at.ledger.group(clause.field);
    if (!index && group != nullptr) index = group->fields.front();
    if (!index) continue;
    if (const auto is_there = check(*index); !is_there) return is_there;
  }
  for (std::size_t i = 0; i < at.ledger.fields.size() && !at.stays(); ++i) {
    const Field& field = at.ledger.fields[i];
    if (at.ledger.states[at.step.to].is_void || !is_due(at.ledger, field, at.step.to)) continue;
    if (field.from_if.holds(lookup_for(replica, at)) != Holds::yes) continue;
    if (const auto is_there = check(i); !is_there) return is_there;
  }
  return {};
}

/// A hand-over says that access has ended; the roster is where it ends.
Result<void> rights_left(Desk& desk, Replica& replica, const StepAtHand& at) {
  const Field* ended = at.ledger.field("access_ended");
  const bool is_said = ended != nullptr && !at.ledger.states[at.step.to].is_void &&
                       is_due(at.ledger, *ended, at.step.to);
  if (!is_said) return {};
  const Directory directory(replica);
  const auto leaver = directory.person_named(at.shown("person"));
  const Roster roster = replica.roster();
  const UserRecord* user = leaver ? roster.user(*leaver) : nullptr;
  if (user == nullptr || (user->roles == 0 && user->clearance == Level::public_)) return {};
  return desk.failure(Errc::conflict, "ledger.still_has_rights",
                      {{"name", directory.person(*leaver)},
                       {"clearance", level_text(desk.words(), user->clearance)},
                       {"roles", role_list(desk.words(), user->roles)}});
}

}  // namespace

std::string StepAtHand::shown(std::string_view field) const {
  if (const auto typed = values.find(std::string(field)); typed != values.end())
    return typed->second;
  const Group* group = ledger.group(field);
  for (const FieldValues& entry : entries) {
    if (const auto found = entry.find(std::string(field)); found != entry.end())
      return found->second;
    const Field* first = ledger.field(entry.begin()->first);
    if (group != nullptr && first != nullptr && &ledger.groups[first->group] == group)
      return entry.begin()->second;
  }
  if (about != nullptr)
    if (const auto ref = about->refs.find(std::string(field)); ref != about->refs.end())
      return ref->second;
  return row == nullptr ? std::string() : row->state.field(ledger, field);
}

bool StepAtHand::stays() const {
  return row != nullptr && row->state.state == ledger.states[step.to].name;
}

std::string step_text(const Catalogue& words, const Transition& step) {
  if (words.language() == Language::zh) return step.zh;
  std::string text = step.verb;
  std::replace(text.begin(), text.end(), '_', ' ');
  return text.ends_with(" new") ? text.substr(0, text.size() - 4) : text;
}

std::string state_text(const Catalogue& words, const LedgerDefinition& ledger,
                       std::string_view state) {
  const auto index = ledger.state_index(state);
  if (!index || words.language() != Language::zh) return std::string(state);
  return ledger.states[*index].zh;
}

void fill_step(Desk& desk, Replica& replica, const StepAtHand& at) {
  for (const auto& [name, value] : at.step.fills)
    if (at.shown(name).empty()) at.values[name] = filled(desk, replica, value);
  for (const Field& field : at.ledger.fields) {
    const bool is_now = field.type == FieldType::stamp && field.from == at.step.to &&
                        at.ledger.groups[field.group].kind != GroupKind::set;
    if (is_now && at.shown(field.name).empty()) at.values[field.name] = desk.now();
  }
  sign(at);
}

Result<void> check_step(Desk& desk, Replica& replica, const StepAtHand& at) {
  if (const auto whole = nothing_lacks(desk, replica, at); !whole) return whole;
  if (const auto clear = still_out(desk, replica, at); !clear) return clear;
  if (const auto ended = rights_left(desk, replica, at); !ended) return ended;
  return nothing_found(desk, replica, at);
}

std::optional<std::size_t> missing_signature(Replica& replica, const StepAtHand& at) {
  for (std::size_t i = 0; i < at.ledger.fields.size() && !at.stays(); ++i) {
    const Field& field = at.ledger.fields[i];
    if (field.type != FieldType::signature || !is_due(at.ledger, field, at.step.to)) continue;
    if (field.from_if.holds(lookup_for(replica, at)) != Holds::yes) continue;
    if (at.shown(field.name).empty()) return i;
  }
  return std::nullopt;
}

Error kept_elsewhere(Desk& desk, const Replica& replica, const View& cited,
                     const CompartmentId& place) {
  const Directory directory(replica);
  const LedgerDefinition& ledger = *replica.definitions().ledger(cited.ledger);
  return desk.failure(Errc::conflict, "ledger.kept_elsewhere",
                      {{"name", called(desk.words(), directory, ledger, cited)},
                       {"place", directory.compartment(desk.words(), cited.compartment)},
                       {"list", directory.compartment(desk.words(), place)}});
}

Result<void> add_also(Desk& desk, Replica& replica, const StepAtHand& at, Act& act) {
  std::map<std::string, FieldValues> by_ref;
  for (const auto& [target, value] : at.step.also) {
    const std::size_t dot = target.find('.');
    const std::string text = also_value(replica, at, value);
    if (!text.empty()) by_ref[target.substr(0, dot)][target.substr(dot + 1)] = text;
  }
  for (const auto& [ref, values] : by_ref)
    for (const RecordId& cited : cited_by(at, ref)) {
      const auto view = replica.view(cited);
      if (view && view->compartment != act.compartment)
        return kept_elsewhere(desk, replica, *view, act.compartment);
      if (const auto added = add_to_cited(replica, at, ref, cited, values, act); !added)
        return added;
    }
  return {};
}

}  // namespace jiyao
