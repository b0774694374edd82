// client/commands/ledger_change.cpp - edit, and correct: what stood there is struck through, never
// erased (domain.md 2.0).
#include <algorithm>

#include "client/commands/ledger.h"
#include "client/raising.h"
#include "client/records.h"

namespace jiyao {

namespace {

/// A ref that was named becomes an id.
Result<void> settle_refs(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                         TypedValues& typed) {
  for (const auto& [name, text] : typed.refs) {
    const auto cited = find_cited(desk, replica, ledger.field(name)->ref_ledger, text);
    if (!cited) return cited.error();
    typed.values[name] = cited->record.hex();
  }
  return settle_entries(desk, replica, ledger, typed.entries);
}

struct RowAndValues {
  View row;
  TypedValues typed;
};
Result<RowAndValues> row_and_values(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                                    const LedgerOptions& options) {
  auto typed = read_typed(desk, ledger, options);
  if (!typed) return typed.error();
  if (const auto settled = settle_refs(desk, replica, ledger, *typed); !settled)
    return settled.error();
  auto row = find_any_row(desk, replica, ledger, options.record);
  if (!row) return row.error();
  return RowAndValues{*std::move(row), *std::move(typed)};
}

/// Is `typed` what people read in this column, or what it holds?
bool reads_as(Desk& desk, const Replica& replica, const LedgerDefinition& ledger, std::size_t field,
              const std::string& value, const std::string& typed) {
  if (value.empty()) return false;
  const FieldType type = ledger.fields[field].type;
  if (type == FieldType::ref && cited_name(replica, value) == typed) return true;
  if (type == FieldType::person && Directory(replica).person_text(value) == typed) return true;
  return plain_value(desk.words(), ledger, field, value) == typed;
}

/// The entry of a set that shows `was`.
Result<ChangeId> struck_entry(Desk& desk, const Replica& replica, const LedgerDefinition& ledger,
                              const View& row, const FieldValues& entry, const std::string& was) {
  const Field& field = *ledger.field(entry.begin()->first);
  const GroupState* group = row.state.group(field.group);
  std::vector<ChangeId> fitting;
  if (group != nullptr)
    for (const HeldWrite& held : group->held)
      for (const std::size_t index : ledger.groups[field.group].fields)
        if (reads_as(desk, replica, ledger, index, ledger.field_value(index, held.value), was)) {
          fitting.push_back(held.change);
          break;
        }
  if (was.empty() || fitting.empty())
    return desk.failure(Errc::not_found, "correct.which",
                        {{"field", label_of(desk.words(), field)}, {"was", was}});
  if (fitting.size() > 1)
    return desk.failure(Errc::invalid, "correct.several",
                        {{"field", label_of(desk.words(), field)}, {"was", was}});
  return fitting.front();
}

/// Records the change of a row, and what else it raises.   errors: usage (neither)
Result<Answer> recorded_with_its_paper(Desk& desk, Replica& replica, const Act& act,
                                       std::string_view message, const RowAndValues& given,
                                       const std::string& reason) {
  const Raised raised =
      raise_whole_paper(desk, replica, act, given.row, given.typed.values, reason);
  if (act.steps.empty() && raised.steps.empty())
    return Error{Errc::usage, desk.text("incoming.nothing_given") + raised.told};
  if (const auto recorded = record_raising(replica, act, raised.steps); !recorded)
    return in_words(desk, replica, recorded.error());
  Answer answer = recorded_answer(desk, replica, desk.text(message), {given.row.record});
  answer.text += raised.told;
  return answer;
}

class Correcting {
 public:
  Correcting(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
             const LedgerOptions& options, RowAndValues given)
      : desk_(desk),
        replica_(replica),
        ledger_(ledger),
        options_(options),
        given_(std::move(given)),
        act_{given_.row.compartment, {}} {}

  Result<Answer> run() {
    FieldValues amended;
    FieldValues ruled;
    for (const auto& [name, value] : given_.typed.values) {
      if (given_.row.state.field(ledger_, name) == value) continue;
      (is_written_once(name) ? ruled : amended)[name] = value;
    }
    if (!amended.empty())
      if (const auto added = add(ChangeKind::amend, amended, {}); !added) return added.error();
    for (const auto& [name, value] : ruled)
      if (const auto added = rule(name, value); !added) return added.error();
    for (const FieldValues& entry : given_.typed.entries)
      if (const auto added = replace(entry); !added) return added.error();
    return recorded_with_its_paper(desk_, replica_, act_, "ledger.corrected", given_,
                                   options_.reason);
  }

 private:
  bool is_written_once(const std::string& name) const {
    const Group& group = ledger_.groups[ledger_.field(name)->group];
    return group.kind == GroupKind::fixed && !given_.row.state.field(ledger_, name).empty();
  }
  Result<void> add(ChangeKind kind, const FieldValues& values, std::vector<ChangeId> settles) {
    Step step;
    step.kind = kind;
    step.ledger = ledger_.name;
    step.record = given_.row.record;
    step.reason = options_.reason;
    step.settles = std::move(settles);
    auto writes = writes_of(ledger_, values, &given_.row.state);
    if (!writes) return writes.error();
    step.writes = *std::move(writes);
    act_.steps.push_back(std::move(step));
    return {};
  }
  /// What is written once only a ruling corrects: it names the write it settles.
  Result<void> rule(const std::string& name, const std::string& value) {
    const GroupState* group = given_.row.state.group(ledger_.field(name)->group);
    JIYAO_ASSERT(group != nullptr);
    std::vector<ChangeId> settles = group->to_settle;
    if (settles.empty())
      for (const HeldWrite& held : group->held) settles.push_back(held.change);
    return add(ChangeKind::resolve, {{name, value}}, std::move(settles));
  }
  Result<void> replace(const FieldValues& entry) {
    if (const auto fits = entry_fits(ledger_, given_.row, entry); !fits) return fits;
    const auto struck = struck_entry(desk_, replica_, ledger_, given_.row, entry, options_.was);
    if (!struck) return struck.error();
    Step withdrawn;
    withdrawn.kind = ChangeKind::withdraw;
    withdrawn.ledger = ledger_.name;
    withdrawn.record = given_.row.record;
    withdrawn.reason = options_.reason;
    withdrawn.settles = {*struck};
    const Field& field = *ledger_.field(entry.begin()->first);
    withdrawn.writes = {{ledger_.groups[field.group].name, {}}};
    act_.steps.push_back(std::move(withdrawn));
    return add(ChangeKind::amend, entry, {});
  }

  Desk& desk_;
  Replica& replica_;
  const LedgerDefinition& ledger_;
  const LedgerOptions& options_;
  RowAndValues given_;
  Act act_;
};

}  // namespace

Result<Answer> edit_row(Desk& desk, const LedgerCommand& command, const LedgerOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition& ledger = *command.ledger;
  auto given = row_and_values(desk, **replica, ledger, options);
  if (!given) return given.error();
  if (const auto sure = sure_to_hide(desk, **replica, ledger, given->typed.values, options.is_sure);
      !sure)
    return sure.error();
  if (!options.step.empty()) {
    std::vector<std::size_t> steps;
    for (std::size_t i = 0; i < ledger.steps.size(); ++i) {
      const Transition& step = ledger.steps[i];
      const bool is_void = ledger.states[step.to].is_void;
      if (!makes(step) && !is_void && (step.verb == options.step || step.zh == options.step))
        steps.push_back(i);
    }
    if (steps.empty())
      return desk.failure(Errc::invalid, "incoming.no_step", {{"step", options.step}});
    return move_row(desk, **replica, ledger, steps, given->row, std::move(given->typed),
                    options.reason, false);
  }
  auto act =
      amend_act(ledger, given->row, given->typed.values, given->typed.entries, options.reason);
  if (!act) return act.error();
  return recorded_with_its_paper(desk, **replica, *act, "incoming.edited", *given, options.reason);
}

Result<Answer> correct_row(Desk& desk, const LedgerCommand& command, const LedgerOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  if (without_blanks_around(options.reason).empty())
    return desk.failure(Errc::invalid, "value.blank", {{"field", desk.text("opt.reason")}});
  auto given = row_and_values(desk, **replica, *command.ledger, options);
  if (!given) return given.error();
  if (const auto sure =
          sure_to_hide(desk, **replica, *command.ledger, given->typed.values, options.is_sure);
      !sure)
    return sure.error();
  return Correcting(desk, **replica, *command.ledger, options, *std::move(given)).run();
}

}  // namespace jiyao
