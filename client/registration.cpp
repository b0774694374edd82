// client/registration.cpp - from a clerk's values to the steps of one act.
#include "client/registration.h"

#include <algorithm>
#include <set>

#include "client/commands/ledger_verbs.h"
#include "client/custody.h"
#include "client/named_place.h"
#include "client/records.h"
#include "schema/dates.h"
#include "schema/mandatory.h"
#include "sync/check.h"

namespace jiyao {

namespace {

Level level_of(const FieldValues& values) {
  const auto found = values.find("level");
  if (found == values.end()) return Level::internal;
  return level_from(found->second).value_or(Level::internal);
}

std::string value_of(const FieldValues& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? std::string() : found->second;
}

/// The group that an entry belongs to.
std::size_t group_of(const LedgerDefinition& ledger, const FieldValues& entry) {
  JIYAO_ASSERT(!entry.empty());
  const Field* field = ledger.field(entry.begin()->first);
  JIYAO_ASSERT(field != nullptr);
  return field->group;
}

/// The first entry of each set goes with the other values; the rest are changes of their own.
SetEntries first_entries(const LedgerDefinition& ledger, const SetEntries& entries,
                         FieldValues& values) {
  std::set<std::size_t> seen;
  SetEntries later;
  for (const FieldValues& entry : entries) {
    if (seen.insert(group_of(ledger, entry)).second)
      values.insert(entry.begin(), entry.end());
    else
      later.push_back(entry);
  }
  return later;
}

}  // namespace

Result<Step> create_step(const Definitions& definitions, const LedgerName& ledger,
                         const RecordId& record, const FieldValues& values) {
  const LedgerDefinition* definition = definitions.ledger(ledger);
  JIYAO_ASSERT(definition != nullptr);
  Step step;
  step.ledger = ledger;
  step.record = record;
  auto writes = writes_of(*definition, values, nullptr);
  if (!writes) return writes.error();
  step.writes = *std::move(writes);
  return step;
}

std::vector<std::string> copy_numbers(std::string_view typed) {
  const std::size_t dash = typed.find('-');
  const std::string_view first = typed.substr(0, dash);
  const std::string_view last =
      dash == std::string_view::npos ? std::string_view() : typed.substr(dash + 1);
  const auto digits = [](std::string_view text) {
    return !text.empty() && text.size() <= 9 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!digits(first) || !digits(last)) return {std::string(typed)};
  const long from = std::stol(std::string(first));
  const long to = std::stol(std::string(last));
  if (to < from && last.size() < first.size()) return {std::string(typed)};  // as in 2026-3
  if (to < from || to - from >= kCopiesAtOnceMax) return {};
  std::vector<std::string> numbers;
  for (long n = from; n <= to; ++n) {
    std::string text = std::to_string(n);
    while (text.size() < first.size()) text.insert(text.begin(), '0');
    numbers.push_back(text);
  }
  return numbers;
}

namespace {

/// What the number, and what else a step brings with it, may weigh beside what is drafted here.
constexpr std::size_t kActReserveBytes = 2 * 1024;

/// As the engine counts it when it records the act.
std::size_t bytes_of(const Definitions& definitions, const Act& act) {
  std::size_t bytes = kActReserveBytes;
  for (const Step& step : act.steps) {
    Change change;
    change.ledger = step.ledger;
    change.kind = step.kind;
    change.writes = step.writes;
    change.reason = step.reason;
    if (step.kind != ChangeKind::create) change.parents.emplace_back();
    if (is_decisive(*definitions.ledger(step.ledger), change)) change.person.emplace();
    bytes += canonical_bytes(change);
  }
  return bytes;
}

}  // namespace

Registration::Registration(Desk& desk, Replica& replica, std::string owner,
                           const LedgerName& ledger)
    : desk_(desk),
      replica_(replica),
      owner_(std::move(owner)),
      ledger_(*replica.definitions().ledger(ledger)),
      numbers_(replica) {}

Result<CompartmentId> Registration::compartment(const FieldValues& values) {
  const Level level = std::max(level_of(values), Level::internal);
  const auto office = named_office(desk_, replica_, owner_);
  if (!office) return office.error();
  return CompartmentId{*office, level};
}

void Registration::fill(FieldValues& values) const {
  const Transition* step = making_step(ledger_);
  const auto state = ledger_.state_index(value_of(values, "state"));
  for (const Transition& one : ledger_.steps)
    if (state && makes(one) && one.to == *state) step = &one;
  if (step == nullptr) return;
  values.emplace("state", ledger_.states[step->to].name);
  for (const auto& [name, value] : step->fills)
    if (value != "now" && value != "today")
      values.emplace(name, value == "me" ? replica_.person().user.hex() : value);
  if (const Field* level = ledger_.field("level"); level != nullptr && level->from)
    if (is_due(ledger_, *level, step->to)) values.emplace("level", name_of(Level::internal));
  const std::string usual = default_series(level_of(values));
  for (const std::size_t index : series_fields(ledger_)) {
    const Field& series = ledger_.fields[index];
    if (std::count(series.choices.begin(), series.choices.end(), usual) == 1)
      values.emplace(series.name, usual);
  }
}

Result<void> Registration::add_copies(Act& act, const RecordId& record, const FieldValues& values,
                                      const std::vector<std::string>& copy_nos) {
  const FieldLookup source = [&](std::string_view name) {
    return value_of(values, std::string(name));
  };
  const RecordId document = replica_.new_record_id();
  auto made = document_step(replica_, ledger_, record, source, document);
  if (!made) return made.error();
  act.steps.push_back(*std::move(made));
  for (const std::string& number : copy_nos) {
    auto copy =
        copy_step(replica_, document, number, value_of(values, "level"), replica_.new_record_id());
    if (!copy) return copy.error();
    act.steps.push_back(*std::move(copy));
  }
  return {};
}

Result<void> Registration::add_steps(Act& act, const FieldValues& values,
                                     const SetEntries& entries) {
  SetEntries all;
  std::vector<std::string> copy_nos;
  for (const FieldValues& entry : entries) {
    if (!entry.contains("copy_nos")) {
      all.push_back(entry);
      continue;
    }
    const std::vector<std::string> numbers = copy_numbers(entry.at("copy_nos"));
    if (numbers.empty())
      return desk_.failure(
          Errc::invalid, "paper.copy_range",
          {{"range", entry.at("copy_nos")}, {"most", std::to_string(kCopiesAtOnceMax)}});
    for (const std::string& number : numbers) {
      all.push_back({{"copy_nos", number}});
      copy_nos.push_back(number);
    }
  }
  FieldValues first = values;
  const SetEntries later = first_entries(ledger_, all, first);
  const RecordId record = replica_.new_record_id();
  auto made = create_step(replica_.definitions(), ledger_.name, record, first);
  if (!made) return made.error();
  act.steps.push_back(*std::move(made));
  for (const FieldValues& entry : later) {
    auto more = create_step(replica_.definitions(), ledger_.name, record, entry);
    if (!more) return more.error();
    more->kind = ChangeKind::amend;
    act.steps.push_back(*std::move(more));
  }
  const bool has_document = document_field_for(replica_, ledger_.name) != nullptr;
  if (has_document && level_of(values) >= Level::secret && !copy_nos.empty())
    return add_copies(act, record, values, copy_nos);
  return {};
}

/// By what one copy and a second weigh; at least one.
Result<std::size_t> Registration::copies_at_once(const Act& begun, const FieldValues& values,
                                                 SetEntries entries, const std::string& number) {
  Act one = begun, two = begun;
  entries.push_back({{"copy_nos", number}});
  if (const auto added = add_steps(one, values, entries); !added) return added.error();
  entries.push_back({{"copy_nos", number}});
  if (const auto added = add_steps(two, values, entries); !added) return added.error();
  const std::size_t first = bytes_of(replica_.definitions(), one);
  const std::size_t more = bytes_of(replica_.definitions(), two) - first;
  if (first > kActBytesMax) return std::size_t{1};
  const std::size_t by_bytes = 1 + (kActBytesMax - first) / more;
  const std::size_t by_steps =
      1 + (kActChangesMax - one.steps.size()) / (two.steps.size() - one.steps.size());
  return std::min({by_bytes, by_steps, std::size_t{kCopiesAtOnceMax}});
}

/// A paper and its copies are one act: said before a number is drawn for it.
Result<void> Registration::copies_fit(const Act& begun, const FieldValues& values,
                                      const SetEntries& entries) {
  SetEntries others;
  std::string range;
  std::size_t copies = 0;
  bool is_right = true;
  for (const FieldValues& entry : entries) {
    if (!entry.contains("copy_nos")) {
      others.push_back(entry);
      continue;
    }
    range = entry.at("copy_nos");
    const std::size_t count = copy_numbers(range).size();
    is_right = is_right && count > 0;
    copies += count;
  }
  if (is_right && copies <= 1) return {};
  const auto most = copies_at_once(begun, values, others, range.substr(0, range.find('-')));
  if (!most) return most.error();
  if (is_right && copies <= *most) return {};
  return desk_.failure(Errc::invalid, "paper.copy_range",
                       {{"range", range}, {"most", std::to_string(*most)}});
}

/// What the ledger refuses must not use up a number: what is drawn is never drawn again.
Result<void> Registration::check_first(const CompartmentId& place, FieldValues values,
                                       const SetEntries& entries, const View* row) {
  for (const NumberRule& rule : ledger_.numbers)
    values.emplace(ledger_.fields[rule.field].name, "2000-0001");
  Act act{place, {}};
  if (row == nullptr) {
    if (const auto added = add_steps(act, values, entries); !added) return added;
  } else {
    auto amended = amend_act(ledger_, *row, values, entries, {});
    if (!amended) return amended.error();
    act = *std::move(amended);
  }
  Change change;
  change.ledger = ledger_.name;
  change.kind = act.steps.front().kind;
  change.writes = act.steps.front().writes;
  const auto valid = validate(ledger_, row == nullptr ? nullptr : &row->state, change);
  if (!valid) return in_words(desk_, replica_, valid.error());
  return check_role(desk_, replica_, ledger_, change);
}

Result<void> Registration::draw_numbers(const CompartmentId& place, FieldValues& values,
                                        const SetEntries& entries, const View* row) {
  const auto shown = [&](std::size_t index) {
    const std::string typed = value_of(values, ledger_.fields[index].name);
    return typed.empty() && row != nullptr ? row->state.field(ledger_, index) : typed;
  };
  const auto state = ledger_.state_index(value_of(values, "state"));
  bool is_checked = false;
  for (const NumberRule& rule : ledger_.numbers) {
    const Field& field = ledger_.fields[rule.field];
    if (!shown(rule.field).empty()) continue;
    const bool is_due_now = state && is_due(ledger_, field, *state);
    const bool waits_for_its_state = field.from.has_value() || row != nullptr;
    if (waits_for_its_state && !is_due_now) continue;
    if (!is_checked)
      if (const auto right = check_first(place, values, entries, row); !right) return right;
    is_checked = true;
    const auto numbers =
        numbers_.draw(series_key(place, ledger_.name, rule, shown, desk_.today()), 1);
    if (!numbers) return numbers.error();
    values[field.name] = numbers->front();
  }
  return {};
}

Result<void> Registration::draw_for_step(const View& row, FieldValues& values,
                                         const SetEntries& entries) {
  return draw_numbers(row.compartment, values, entries, &row);
}

Result<Act> Registration::act_for(FieldValues values, const SetEntries& entries,
                                  std::optional<Act> begun) {
  fill(values);
  if (!begun) {
    const auto place = compartment(values);
    if (!place) return place.error();
    begun = Act{*place, {}};
  }
  if (const auto fit = copies_fit(*begun, values, entries); !fit) return fit.error();
  if (const auto drawn = draw_numbers(begun->compartment, values, entries, nullptr); !drawn)
    return drawn.error();
  const auto added = add_steps(*begun, values, entries);
  if (!added) return added.error();
  return *std::move(begun);
}

Level level_of_entry(const LedgerDefinition& ledger, const FieldValues& entry) {
  Level highest = Level::public_;
  for (const auto& [name, value] : entry)
    if (ledger.field(name)->type == FieldType::level)
      highest = std::max(highest, level_from(value).value_or(Level::public_));
  return highest;
}

Result<void> entry_fits(const LedgerDefinition& ledger, const View& list,
                        const FieldValues& entry) {
  if (level_of_entry(ledger, entry) <= jiyao::level_of(list)) return {};
  return {Errc::not_allowed,
          "an entry of a higher level than its list (make one list for each level)"};
}

Result<Act> amend_act(const LedgerDefinition& definition, const View& view,
                      const FieldValues& values, const SetEntries& entries,
                      const std::string& reason) {
  for (const FieldValues& entry : entries)
    if (const auto fits = entry_fits(definition, view, entry); !fits) return fits.error();
  Act act{view.compartment, {}};
  FieldValues different;
  for (const auto& [name, value] : values)
    if (name == "state" || view.state.field(definition, name) != value) different[name] = value;
  const SetEntries later = first_entries(definition, entries, different);
  const auto add = [&](const FieldValues& some) -> Result<void> {
    Step step;
    step.kind = ChangeKind::amend;
    step.ledger = definition.name;
    step.record = view.record;
    step.reason = reason;
    auto writes = writes_of(definition, some, &view.state);
    if (!writes) return writes.error();
    step.writes = *std::move(writes);
    act.steps.push_back(std::move(step));
    return {};
  };
  // A step may ask for several entries of a set: they are there before it is taken.
  for (const FieldValues& entry : later)
    if (const auto added = add(entry); !added) return added.error();
  if (!different.empty())
    if (const auto added = add(different); !added) return added.error();
  return act;
}

}  // namespace jiyao
