// client/register_intake.cpp - states by their steps, numbers by their series.
#include "client/register_intake.h"

#include <algorithm>

#include "client/records.h"
#include "schema/dates.h"
#include "sync/check.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

constexpr std::size_t kCitedKeptMax = 10'000;

std::string value_of(const FieldValues& values, const Field& field) {
  const auto found = values.find(field.name);
  return found == values.end() ? std::string() : found->second;
}

const Field* level_field(const LedgerDefinition& ledger) {
  if (!ledger.level_group) return nullptr;
  return &ledger.fields[ledger.groups[*ledger.level_group].fields.front()];
}

/// A step that somebody's register may stand behind: it does nothing to other records and needs
/// nobody's signature.
bool is_plain(const Transition& step) {
  return step.also.empty() && !step.is_decisive;
}

}  // namespace

RegisterIntake::RegisterIntake(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                               std::string owner, std::string level)
    : desk_(desk),
      replica_(replica),
      ledger_(ledger),
      level_(level.empty() ? std::string(name_of(Level::internal)) : std::move(level)),
      registration_(desk, replica, std::move(owner)) {
  // Of several ways to begin, the one that leads furthest: 登记, not 签收.
  int rank = -1;
  for (const Transition& step : ledger_.steps) {
    const State& to = ledger_.states[step.to];
    if (!step.from.empty() || !is_plain(step) || to.rank <= rank) continue;
    rank = to.rank;
    first_state_ = to.name;
  }
}

void RegisterIntake::fill(FieldValues& values) const {
  if (const Field* level = level_field(ledger_)) values.emplace(level->name, level_);
  if (!first_state_.empty()) values.emplace("state", first_state_);
  if (ledger_.name == "incoming") registration_.fill(values);
}

Result<CompartmentId> RegisterIntake::compartment(const RegisterRow& row) {
  const Field* field = level_field(ledger_);
  const std::string own = field == nullptr ? std::string() : value_of(row.values, *field);
  std::string level = own.empty() ? level_ : own;
  for (const auto& [group, entry] : row.entries)
    if (const Level listed = level_of_entry(ledger_, entry); level_from(level) < listed)
      level = name_of(listed);
  return registration_.compartment({{"level", level}});
}

/// The states from a new record to this one, by plain steps; empty: no way leads there.
std::vector<std::string> RegisterIntake::path_to(const std::string& state) const {
  const auto wanted = ledger_.state_index(state);
  if (!wanted) return {};
  std::map<std::size_t, std::size_t> came_from;  // a first state comes from itself
  std::vector<std::size_t> queue;
  const auto reach = [&](std::size_t to, std::size_t from) {
    if (came_from.emplace(to, from).second) queue.push_back(to);
  };
  if (const auto first = ledger_.state_index(first_state_)) reach(*first, *first);
  for (const Transition& step : ledger_.steps)
    if (step.from.empty() && is_plain(step)) reach(step.to, step.to);
  for (std::size_t i = 0; i < queue.size(); ++i)
    for (const Transition& step : ledger_.steps)
      if (is_plain(step) &&
          std::find(step.from.begin(), step.from.end(), queue[i]) != step.from.end())
        reach(step.to, queue[i]);
  if (!came_from.contains(*wanted)) return {};
  std::vector<std::string> path;
  for (std::size_t at = *wanted;; at = came_from.at(at)) {
    path.insert(path.begin(), ledger_.states[at].name);
    if (came_from.at(at) == at) return path;
  }
}

RowReason RegisterIntake::in_reason(const Error& error) const {
  const Error told = in_words(desk_, replica_, error);
  const std::size_t colon = told.detail.find(':');
  const bool names_field = error.detail.find('.') < error.detail.find(':');
  if (!names_field || colon == std::string::npos)
    return {{}, desk_.words().engine_words(told.detail)};
  const std::size_t begin = told.detail.find_first_not_of(' ', colon + 1);
  return {told.detail.substr(0, colon),
          desk_.words().engine_words(told.detail.substr(std::min(begin, told.detail.size())))};
}

std::optional<RowReason> RegisterIntake::resolve(const Field& field, FieldValues& values) {
  const auto found = values.find(field.name);
  if (field.type != FieldType::ref || found == values.end()) return std::nullopt;
  if (cited_.size() > kCitedKeptMax) cited_.clear();
  const auto [known, is_new] =
      cited_.try_emplace({field.ref_ledger, found->second}, std::optional<std::string>());
  if (is_new)
    if (const auto record = record_called(replica_, field.ref_ledger, found->second))
      known->second = record->hex();
  if (!known->second)
    return RowReason{label_of(desk_.words(), field),
                     desk_.text("record.none", {{"name", found->second}})};
  found->second = *known->second;
  return std::nullopt;
}

std::optional<RowReason> RegisterIntake::complete(RegisterRow& row) {
  for (const Field& field : ledger_.fields) {
    if (auto reason = resolve(field, row.values)) return reason;
    for (auto& [group, entry] : row.entries)
      if (auto reason = resolve(field, entry)) return reason;
  }
  FieldValues values = row.values;
  if (const auto state = values.find("state"); state != values.end()) {
    const std::vector<std::string> path = path_to(state->second);
    if (path.empty()) {
      const std::size_t index = *ledger_.field_index("state");
      return RowReason{
          label_of(desk_.words(), *ledger_.field("state")),
          desk_.text("import.no_way",
                     {{"state", shown_value(desk_.words(), ledger_, index, state->second)}})};
    }
    state->second = path.front();
  }
  for (const auto& [group, entry] : row.entries) values.insert(entry.begin(), entry.end());
  Change change;
  change.ledger = ledger_.name;
  auto writes = writes_of(ledger_, values, nullptr);
  if (!writes) return RowReason{{}, writes.error().detail};
  change.writes = *std::move(writes);
  const auto valid = validate(ledger_, nullptr, change);
  if (valid) return std::nullopt;
  return in_reason(valid.error());
}

Result<std::optional<RowReason>> RegisterIntake::closed(const CompartmentId& place) {
  if (const auto known = closed_.find(place); known != closed_.end()) return known->second;
  std::optional<RowReason> reason;
  if (const auto open = replica_.may_record(place); !open) {
    if (!concerns_one_row(open.code())) return open.error();
    reason = in_reason(open.error());
    const Field* level = open.code() == Errc::not_allowed ? nullptr : level_field(ledger_);
    if (level != nullptr) reason->column = label_of(desk_.words(), *level);
  }
  const Roster roster = replica_.roster();
  const NodeEntry* node = roster.node(replica_.node());
  if (ledger_.only_standalone && node != nullptr && node->record.kind != NodeKind::standalone)
    reason = in_reason({Errc::not_allowed, "only a stand-alone machine keeps this ledger"});
  closed_.emplace(place, reason);
  return reason;
}

/// `states`: of the records that the steps before made, as they will be shown.
std::optional<RowReason> RegisterIntake::refused_step(const Step& step,
                                                      std::map<RecordId, RecordState>& states) {
  const LedgerDefinition& definition = *replica_.definitions().ledger(step.ledger);
  Change change;
  change.ledger = step.ledger;
  change.kind = step.kind;
  change.actor = replica_.person().user;
  change.writes = step.writes;
  if (const auto right = check_role(desk_, replica_, definition, change); !right)
    return RowReason{{}, right.error().detail};
  const auto before = states.find(step.record);
  const RecordState* state = before == states.end() ? nullptr : &before->second;
  const auto valid = validate(definition, state, change, {}, replica_.calendar());
  if (!valid) return in_reason(valid.error());
  states[step.record] = with_change(definition, state, change);
  return std::nullopt;
}

Result<std::optional<RowReason>> RegisterIntake::refused(const RegisterRow& row) {
  const auto place = compartment(row);
  if (!place) return place.error();
  auto reason = closed(*place);
  if (!reason || *reason) return reason;
  RegisterRow numbered = row;  // its numbers are drawn when all else is right
  for (const NumberRule& rule : ledger_.numbers)
    numbered.values.emplace(ledger_.fields[rule.field].name, "2000-0001");
  Act act{*place, {}};
  if (const auto added = add_steps(act, numbered); !added)
    return std::optional(in_reason(added.error()));
  std::map<RecordId, RecordState> states;
  for (const Step& step : act.steps)
    if (auto refusal = refused_step(step, states)) return refusal;
  return std::optional<RowReason>();
}

Result<std::vector<std::pair<SeriesKey, std::string>>> RegisterIntake::needs_of(
    const RegisterRow& row) {
  std::vector<std::pair<SeriesKey, std::string>> needs;
  for (const NumberRule& rule : ledger_.numbers) {
    const Field& field = ledger_.fields[rule.field];
    if (row.values.contains(field.name)) continue;
    const auto place = compartment(row);
    if (!place) return place.error();
    const std::string series = joined_series(
        rule, [&](std::size_t index) { return value_of(row.values, ledger_.fields[index]); });
    std::string day =
        rule.year_of ? value_of(row.values, ledger_.fields[*rule.year_of]) : std::string();
    if (day.empty()) day = desk_.today();
    needs.push_back({{*place, ledger_.name, series, year_of(day)}, field.name});
  }
  return needs;
}

Result<void> RegisterIntake::count_needs(const RegisterRow& row, Needs& needs) {
  const auto some = needs_of(row);
  if (!some) return some.error();
  for (const auto& need : *some) ++needs[need];
  return {};
}

Result<void> RegisterIntake::reserve(const Needs& needs) {
  for (const auto& [need, count] : needs)
    if (const auto done = registration_.numbers().reserve(need.first, count); !done) return done;
  return {};
}

Result<void> RegisterIntake::number(std::span<RegisterRow> rows) {
  std::map<std::pair<SeriesKey, std::string>, std::vector<RegisterRow*>> by_series;
  for (RegisterRow& row : rows) {
    const auto needs = needs_of(row);
    if (!needs) return needs.error();
    for (const auto& need : *needs) by_series[need].push_back(&row);
  }
  for (const auto& [need, some] : by_series) {
    const auto numbers = registration_.numbers().draw(need.first, some.size());
    if (!numbers) return numbers.error();
    for (std::size_t i = 0; i < some.size(); ++i) some[i]->values[need.second] = (*numbers)[i];
  }
  return {};
}

/// The record with the first entry of each set, then a step for every other entry.
Result<void> RegisterIntake::add_record(Act& act, const FieldValues& values,
                                        const RegisterRow& row) {
  if (ledger_.name == "incoming") {
    SetEntries entries;
    for (const auto& [group, entry] : row.entries)
      if (!entry.empty()) entries.push_back(entry);
    return registration_.add_steps(act, values, entries);
  }
  FieldValues first = values;
  std::set<std::size_t> seen;
  std::vector<const FieldValues*> later;
  for (const auto& [group, entry] : row.entries) {
    if (seen.insert(group).second)
      first.insert(entry.begin(), entry.end());
    else
      later.push_back(&entry);
  }
  const RecordId record = replica_.new_record_id();
  auto made = create_step(replica_.definitions(), ledger_.name, record, first);
  if (!made) return made.error();
  act.steps.push_back(*std::move(made));
  for (const FieldValues* entry : later) {
    auto more = create_step(replica_.definitions(), ledger_.name, record, *entry);
    if (!more) return more.error();
    more->kind = ChangeKind::amend;
    act.steps.push_back(*std::move(more));
  }
  return {};
}

Result<void> RegisterIntake::add_steps(Act& act, const RegisterRow& row) {
  FieldValues values = row.values;
  std::vector<std::string> path;
  if (const auto state = values.find("state"); state != values.end()) {
    path = path_to(state->second);
    if (!path.empty()) state->second = path.front();
  }
  const std::size_t first = act.steps.size();
  if (const auto added = add_record(act, values, row); !added) return added;
  const RecordId record = act.steps[first].record;
  for (std::size_t i = 1; i < path.size(); ++i) {
    auto step = create_step(replica_.definitions(), ledger_.name, record, {{"state", path[i]}});
    if (!step) return step.error();
    step->kind = ChangeKind::amend;
    act.steps.push_back(*std::move(step));
  }
  return {};
}

bool concerns_one_row(Errc code) {
  switch (code) {
    case Errc::invalid:
    case Errc::exists:
    case Errc::not_found:
    case Errc::conflict:
    case Errc::too_large:
    case Errc::not_allowed:
    case Errc::not_cleared:
    case Errc::above_ceiling:
      return true;
    default:
      return false;
  }
}

std::vector<const Field*> naming_fields(const LedgerDefinition& ledger) {
  std::vector<const Field*> fields;
  for (const NumberRule& rule : ledger.numbers) fields.push_back(&ledger.fields[rule.field]);
  for (const UniqueKey& key : ledger.unique)
    if (ledger.fields[key.fields.back()].type == FieldType::text)
      fields.push_back(&ledger.fields[key.fields.back()]);
  for (const std::size_t index : ledger.search) {
    const Field& field = ledger.fields[index];
    const bool is_name = field.type == FieldType::text || field.type == FieldType::number;
    const bool is_one = is_name && ledger.groups[field.group].kind != GroupKind::set;
    if (is_one && std::find(fields.begin(), fields.end(), &field) == fields.end())
      fields.push_back(&field);
  }
  return fields;
}

std::optional<RecordId> record_called(const Replica& replica, const LedgerName& ledger,
                                      const std::string& text) {
  const LedgerDefinition* definition = replica.definitions().ledger(ledger);
  if (definition == nullptr || text.empty()) return std::nullopt;
  if (const auto bytes = from_hex(text); bytes && bytes->size() == RecordId::kBytes) {
    const auto view = replica.view(*RecordId::from(*bytes));
    const bool is_there = view && view->ledger == ledger && !view->is_hidden;
    return is_there ? std::optional(view->record) : std::nullopt;
  }
  for (const Field* field : naming_fields(*definition)) {
    Query query;
    query.ledger = ledger;
    query.equals[field->name] = text;
    query.limit = 2;
    const std::vector<View> rows = replica.search(query).rows;
    if (!rows.empty()) return rows.size() == 1 ? std::optional(rows[0].record) : std::nullopt;
  }
  return std::nullopt;
}

std::string call_of(const Replica& replica, const RecordId& record) {
  const auto view = replica.view(record);
  if (!view || view->is_hidden) return record.hex();
  const LedgerDefinition* definition = replica.definitions().ledger(view->ledger);
  if (definition == nullptr) return record.hex();
  for (const Field* field : naming_fields(*definition)) {
    const std::string value = view->state.field(*definition, field->name);
    if (!value.empty() && record_called(replica, view->ledger, value) == record) return value;
  }
  return record.hex();
}

std::vector<const Field*> identity_fields(const LedgerDefinition& ledger,
                                          const RegisterReader& reader,
                                          const FieldValues& defaults) {
  std::set<std::size_t> wanted(ledger.search.begin(), ledger.search.end());
  for (const UniqueKey& key : ledger.unique) wanted.insert(key.fields.begin(), key.fields.end());
  std::vector<const Field*> some, all;
  for (std::size_t i = 0; i < ledger.fields.size(); ++i) {
    const Field& field = ledger.fields[i];
    const GroupKind kind = ledger.groups[field.group].kind;
    if (kind != GroupKind::value && kind != GroupKind::fixed) continue;
    if (!reader.has(field) && !defaults.contains(field.name)) continue;
    all.push_back(&field);
    if (wanted.contains(i) || field.type == FieldType::date) some.push_back(&field);
  }
  return some.empty() ? all : some;
}

}  // namespace jiyao
