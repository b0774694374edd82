// client/commands/ledger_verbs.cpp - steps grouped by their word, and the columns each may fill.
#include "client/commands/ledger_verbs.h"

#include <algorithm>

namespace jiyao {

namespace {

constexpr std::string_view kMakesNew = "_new";
constexpr const char* kAdd = "add";
constexpr const char* kInitial = "initial";
constexpr const char* kInitialZh = "签字";
constexpr const char* kRenumber = "renumber";
constexpr const char* kRenumberZh = "改编";

std::string dashed(std::string_view verb) {
  std::string word(verb);
  std::replace(word.begin(), word.end(), '_', '-');
  return word;
}

bool has_word(const std::vector<LedgerVerb>& verbs, const std::string& word) {
  return std::any_of(verbs.begin(), verbs.end(),
                     [&](const LedgerVerb& verb) { return verb.word == word; });
}

/// What somebody did or got at a later moment is not known earlier.
bool is_of_its_moment(const LedgerDefinition& ledger, const Field& field) {
  return field.type == FieldType::stamp || field.type == FieldType::person ||
         ledger.groups[field.group].kind == GroupKind::custody;
}

bool is_named_in(const Condition& condition, const LedgerDefinition& ledger, const Field& field) {
  return condition.speaks_of(field.name) || condition.speaks_of(ledger.groups[field.group].name);
}

bool is_filled_by(const Transition& step, const Field& field) {
  return std::any_of(step.fills.begin(), step.fills.end(),
                     [&](const auto& fill) { return fill.first == field.name; });
}

/// A column is offered where the step can sensibly fill it: its own, those of its guard, and those
/// that are never or not yet due; not what was due before and stands there already.
bool is_offered(const LedgerDefinition& ledger, const Transition& step, std::size_t index) {
  const Field& field = ledger.fields[index];
  if (!is_typed(ledger, index)) return false;
  if (is_named_in(step.when, ledger, field) || is_filled_by(step, field)) return true;
  if (!field.from || *field.from == step.to) return makes(step) || field.type != FieldType::ref;
  if (makes(step)) return !is_of_its_moment(ledger, field) || ledger.reaches(*field.from, step.to);
  return false;
}

void add_step(const LedgerDefinition& ledger, std::size_t index, std::vector<LedgerVerb>& verbs) {
  const Transition& step = ledger.steps[index];
  const auto kind = ledger.states[step.to].is_void ? VerbKind::end : VerbKind::step;
  auto known = std::find_if(verbs.begin(), verbs.end(), [&](const LedgerVerb& verb) {
    return verb.kind == kind && (kind == VerbKind::end || verb.aliases.back() == step.zh);
  });
  std::string word = dashed(step.verb);
  if (known != verbs.end()) {
    known->steps.push_back(index);
    known->aliases.insert(known->aliases.begin(), word);
    return;
  }
  LedgerVerb verb;
  verb.kind = kind;
  const bool is_made_new = step.verb.ends_with(kMakesNew);
  const std::string without = word.substr(0, word.size() - (is_made_new ? kMakesNew.size() : 0));
  if (is_made_new && !has_word(verbs, without)) {
    verb.aliases.push_back(word);
    word = without;
  }
  while (has_word(verbs, word)) word += "-step";
  verb.word = word;
  verb.aliases.push_back(step.zh);
  verb.steps.push_back(index);
  verbs.push_back(std::move(verb));
}

void name_the_maker(const LedgerDefinition& ledger, std::vector<LedgerVerb>& verbs) {
  const auto maker = std::find_if(verbs.rbegin(), verbs.rend(), [&](const LedgerVerb& verb) {
    return std::any_of(verb.steps.begin(), verb.steps.end(),
                       [&](std::size_t step) { return makes(ledger.steps[step]); });
  });
  if (maker == verbs.rend() || has_word(verbs, kAdd)) return;
  maker->aliases.insert(maker->aliases.begin(), maker->word);
  maker->word = kAdd;
}

}  // namespace

bool makes(const Transition& step) {
  return step.from.empty();
}

bool starts_at(const LedgerDefinition& ledger, const Transition& step, std::string_view state) {
  return std::any_of(step.from.begin(), step.from.end(),
                     [&](std::size_t from) { return ledger.states[from].name == state; });
}

std::optional<std::size_t> reason_field(const LedgerDefinition& ledger, const Transition& step) {
  if (!ledger.states[step.to].is_void) return std::nullopt;
  for (const Clause& clause : step.when.clauses()) {
    const auto field = clause.ref.empty() ? ledger.field_index(clause.field) : std::nullopt;
    if (field && clause.comparison == Comparison::is_set &&
        ledger.fields[*field].type == FieldType::text)
      return field;
  }
  return std::nullopt;
}

const Transition* making_step(const LedgerDefinition& ledger) {
  const auto last = std::find_if(ledger.steps.rbegin(), ledger.steps.rend(), makes);
  return last == ledger.steps.rend() ? nullptr : &*last;
}

bool is_typed(const LedgerDefinition& ledger, std::size_t index) {
  const Field& field = ledger.fields[index];
  const GroupKind kind = ledger.groups[field.group].kind;
  if (kind == GroupKind::number || kind == GroupKind::state || kind == GroupKind::computed)
    return false;
  if (field.type == FieldType::signature || field.name == "legacy_no") return false;
  return std::none_of(ledger.steps.begin(), ledger.steps.end(),
                      [&](const Transition& step) { return reason_field(ledger, step) == index; });
}

std::vector<std::size_t> signed_columns(const LedgerDefinition& ledger) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < ledger.fields.size(); ++i)
    if (ledger.fields[i].type == FieldType::signature &&
        ledger.groups[ledger.fields[i].group].kind == GroupKind::set)
      columns.push_back(i);
  return columns;
}

std::optional<std::size_t> number_field(const LedgerDefinition& ledger) {
  if (ledger.numbers.empty()) return std::nullopt;
  return ledger.numbers.front().field;
}

std::vector<LedgerVerb> verbs_of(const LedgerDefinition& ledger) {
  std::vector<LedgerVerb> verbs;
  for (std::size_t i = 0; i < ledger.steps.size(); ++i) add_step(ledger, i, verbs);
  name_the_maker(ledger, verbs);
  for (const auto& [kind, word] :
       {std::pair(VerbKind::list, "list"), std::pair(VerbKind::show, "show"),
        std::pair(VerbKind::edit, "edit"), std::pair(VerbKind::correct, "correct")}) {
    for (LedgerVerb& step : verbs)
      if (step.word == word) step.word += "-step";
    LedgerVerb verb;
    verb.kind = kind;
    verb.word = word;
    verbs.push_back(std::move(verb));
  }
  if (!signed_columns(ledger).empty())
    verbs.push_back({VerbKind::initial, kInitial, {kInitialZh}, {}, {}});
  if (number_field(ledger)) verbs.push_back({VerbKind::renumber, kRenumber, {kRenumberZh}, {}, {}});
  for (LedgerVerb& verb : verbs)
    for (std::size_t field = 0; field < ledger.fields.size(); ++field) {
      const bool is_change = verb.kind == VerbKind::edit || verb.kind == VerbKind::correct;
      const bool is_offered_by_step =
          std::any_of(verb.steps.begin(), verb.steps.end(), [&](std::size_t step) {
            return verb.kind == VerbKind::step && is_offered(ledger, ledger.steps[step], field);
          });
      if (is_offered_by_step || (is_change && is_typed(ledger, field)))
        verb.fields.push_back(field);
    }
  return verbs;
}

}  // namespace jiyao
