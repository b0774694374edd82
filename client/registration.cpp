// client/registration.cpp - from a clerk's values to the steps of one act.
#include "client/registration.h"

#include <algorithm>

#include "client/directory.h"
#include "client/records.h"
#include "schema/dates.h"
#include "sync/check.h"

namespace jiyao {

namespace {

Level level_of(const FieldValues& values) {
  const auto found = values.find("level");
  if (found == values.end()) return Level::internal;
  return level_from(found->second).value_or(Level::internal);
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
  if (to < from || to - from > 500) return {std::string(typed)};
  std::vector<std::string> numbers;
  for (long n = from; n <= to; ++n) {
    std::string text = std::to_string(n);
    while (text.size() < first.size()) text.insert(text.begin(), '0');
    numbers.push_back(text);
  }
  return numbers;
}

Registration::Registration(Desk& desk, Replica& replica, std::string owner)
    : desk_(desk), replica_(replica), owner_(std::move(owner)), numbers_(replica) {}

Result<CompartmentId> Registration::compartment(const FieldValues& values) {
  const Level level = std::max(level_of(values), Level::internal);
  if (owner_.empty()) {
    const auto office = own_office(replica_);
    if (!office) return office.error();
    return CompartmentId{*office, level};
  }
  const auto office = Directory(replica_).office_named(owner_);
  if (!office) return desk_.failure(Errc::not_found, "office.none", {{"name", owner_}});
  return CompartmentId{*office, level};
}

void Registration::fill(FieldValues& values) const {
  const std::string person = replica_.person().user.hex();
  values.emplace("level", name_of(Level::internal));
  values.emplace("series", default_series(level_of(values)));
  values.emplace("carrier_form", "纸质");
  values.emplace("signed_for_by", person);
  values.emplace("registered_by", person);
  values.emplace("state", "registered");
}

Result<void> Registration::add_copies(Act& act, const RecordId& incoming, const FieldValues& values,
                                      const std::vector<std::string>& copy_nos) {
  const auto value = [&](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
  const RecordId document = replica_.new_record_id();
  auto made = create_step(replica_.definitions(), "document", document,
                          {{"incoming", incoming.hex()},
                           {"issuer_org", value("sender_org")},
                           {"doc_no", value("doc_no")},
                           {"title", value("title")},
                           {"level", value("level")},
                           {"state", "in_use"}});
  if (!made) return made.error();
  act.steps.push_back(*std::move(made));
  for (const std::string& number : copy_nos) {
    auto copy = create_step(replica_.definitions(), "document_copy", replica_.new_record_id(),
                            {{"document", document.hex()},
                             {"copy_no", number},
                             {"level", value("level")},
                             {"copy_kind", "正本"},
                             {"custody_state", "在库"},
                             {"custodian", replica_.person().user.hex()},
                             {"state", "on_register"}});
    if (!copy) return copy.error();
    act.steps.push_back(*std::move(copy));
  }
  return {};
}

Result<void> Registration::add_steps(Act& act, const FieldValues& values,
                                     const SetEntries& entries) {
  SetEntries all;
  std::vector<std::string> copy_nos;
  for (const auto& [field, value] : entries) {
    if (field != "copy_nos") {
      all.emplace_back(field, value);
      continue;
    }
    for (const std::string& number : copy_numbers(value)) {
      all.emplace_back(field, number);
      copy_nos.push_back(number);
    }
  }
  FieldValues first = values;
  SetEntries later;
  for (const auto& [field, value] : all)
    if (!first.emplace(field, value).second) later.emplace_back(field, value);
  const RecordId record = replica_.new_record_id();
  auto made = create_step(replica_.definitions(), "incoming", record, first);
  if (!made) return made.error();
  act.steps.push_back(*std::move(made));
  for (const auto& [field, value] : later) {
    auto more = create_step(replica_.definitions(), "incoming", record, {{field, value}});
    if (!more) return more.error();
    more->kind = ChangeKind::amend;
    act.steps.push_back(*std::move(more));
  }
  if (level_of(values) >= Level::secret && !copy_nos.empty())
    return add_copies(act, record, values, copy_nos);
  return {};
}

/// A row that the ledger refuses must not use up a number: what is drawn is never drawn again.
Result<void> Registration::check_first(const CompartmentId& place, const FieldValues& values,
                                       const SetEntries& entries) {
  Act act{place, {}};
  if (const auto added = add_steps(act, values, entries); !added) return added;
  Change change;
  change.ledger = act.steps.front().ledger;
  change.writes = act.steps.front().writes;
  const auto valid = validate(*replica_.definitions().ledger(change.ledger), nullptr, change);
  if (!valid) return in_words(desk_, replica_, valid.error());
  return {};
}

Result<Act> Registration::act_for(FieldValues values, const SetEntries& entries) {
  fill(values);
  const auto place = compartment(values);
  if (!place) return place.error();
  if (!values.contains("intake_no")) {
    if (const auto right = check_first(*place, values, entries); !right) return right.error();
    const auto numbers =
        numbers_.draw({*place, "incoming", values["series"], year_of(values["received_on"])}, 1);
    if (!numbers) return numbers.error();
    values["intake_no"] = numbers->front();
  }
  Act act{*place, {}};
  const auto added = add_steps(act, values, entries);
  if (!added) return added.error();
  return act;
}

Result<Act> amend_act(const LedgerDefinition& definition, const View& view,
                      const FieldValues& values, const SetEntries& entries,
                      const std::string& reason) {
  Act act{view.compartment, {}};
  FieldValues different;
  for (const auto& [name, value] : values)
    if (view.state.field(definition, name) != value) different[name] = value;
  SetEntries later;
  for (const auto& [field, value] : entries)
    if (!different.emplace(field, value).second) later.emplace_back(field, value);
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
  if (!different.empty())
    if (const auto added = add(different); !added) return added.error();
  for (const auto& [field, value] : later)
    if (const auto added = add({{field, value}}); !added) return added.error();
  return act;
}

}  // namespace jiyao
