// client/commands/ledger_move.cpp - a row's next step: what it needs, what it does besides, one
// act.
#include <algorithm>

#include "client/commands/ledger.h"
#include "client/commands/ledger_proposals.h"
#include "client/records.h"
#include "client/roles.h"

namespace jiyao {

namespace {

/// The steps that start here, for somebody who asked for one that does not.
std::string possible(const Catalogue& words, const LedgerDefinition& ledger, const View& row) {
  std::string steps;
  for (const Transition& step : ledger.steps)
    if (starts_at(ledger, step, row.state.state))
      steps += (steps.empty() ? "" : words.text("list.and")) + step_text(words, step);
  return steps.empty() ? words.text("list.none") : steps;
}

/// A decisive step from here to where `step` starts.
std::optional<std::size_t> approving_step(const LedgerDefinition& ledger, const Transition& step,
                                          std::string_view state) {
  for (std::size_t i = 0; i < ledger.steps.size(); ++i) {
    const Transition& one = ledger.steps[i];
    const bool leads_there = std::count(step.from.begin(), step.from.end(), one.to) != 0;
    if (one.is_decisive && leads_there && starts_at(ledger, one, state)) return i;
  }
  return std::nullopt;
}

Error not_signed(Desk& desk, const LedgerDefinition& ledger, std::size_t field, const View& row) {
  const Roles who = ledger.groups[ledger.fields[field].group].writers;
  return desk.failure(Errc::conflict, "ledger.not_signed",
                      {{"field", label_of(desk.words(), ledger.fields[field])},
                       {"name", name_of(ledger, row)},
                       {"roles", role_words(desk.words(), who)}});
}

/// The step that is meant: of several that start here, the first whose guard does not fail.
std::optional<std::size_t> step_from(const LedgerDefinition& ledger,
                                     const std::vector<std::size_t>& steps, const View& row,
                                     const TypedValues& typed) {
  std::optional<std::size_t> first;
  for (const std::size_t index : steps) {
    const Transition& step = ledger.steps[index];
    if (!starts_at(ledger, step, row.state.state)) continue;
    if (!first) first = index;
    FieldValues values = typed.values;
    const StepAtHand at{ledger, step, &row, values, typed.entries};
    const Lookup own = [&](std::string_view ref, std::string_view name) {
      return ref.empty() ? std::optional(at.shown(name)) : std::nullopt;
    };
    if (step.when.holds(own, true) == Holds::yes) return index;
  }
  return first;
}

}  // namespace

Result<Answer> move_row(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                        const std::vector<std::size_t>& steps, const View& row, TypedValues typed,
                        const std::string& reason, bool may_sign) {
  const auto chosen = step_from(ledger, steps, row, typed);
  if (!chosen)
    return desk.failure(Errc::not_allowed, "ledger.not_from_here",
                        {{"step", step_text(desk.words(), ledger.steps[steps.front()])},
                         {"state", state_text(desk.words(), ledger, row.state.state)},
                         {"possible", possible(desk.words(), ledger, row)}});
  const Transition& step = ledger.steps[*chosen];
  FieldValues values = typed.values;
  values["state"] = ledger.states[step.to].name;
  const StepAtHand at{ledger, step, &row, values, typed.entries};
  const std::string filled = fill_from_lists(desk, replica, row.compartment, at);
  fill_step(desk, replica, at);
  if (const auto field = missing_signature(replica, at)) {
    const auto approve = approving_step(ledger, step, row.state.state);
    if (!may_sign || !approve) return not_signed(desk, ledger, *field, row);
    const auto approved =
        move_row(desk, replica, ledger, {*approve}, row, TypedValues{}, reason, false);
    if (!approved) return approved.error();
    const auto now = replica.view(row.record);
    if (!now) return now.error();
    return move_row(desk, replica, ledger, steps, *now, std::move(typed), reason, false);
  }
  if (const auto right = check_step(desk, replica, at); !right) return right.error();
  Registration registration(desk, replica, {}, ledger.name);
  if (const auto drawn = registration.draw_for_step(row, values, typed.entries); !drawn)
    return drawn.error();
  auto act = amend_act(ledger, row, values, typed.entries, reason);
  if (!act) return act.error();
  if (const auto also = add_also(replica, at, *act); !also) return also.error();
  const auto recorded = replica.record(*act);
  if (!recorded) return in_words(desk, replica, recorded.error());
  Answer moved = recorded_answer(
      desk, replica,
      desk.text("ledger.moved", {{"step", step_text(desk.words(), step)},
                                 {"state", state_text(desk.words(), ledger, values["state"])}}),
      {row.record});
  moved.text += filled;
  return moved;
}

Result<Answer> take_step(Desk& desk, const LedgerCommand& command, const LedgerOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition& ledger = *command.ledger;
  auto typed = read_typed(desk, ledger, options);
  if (!typed) return typed.error();
  if (const auto settled = settle_entries(desk, **replica, ledger, typed->entries); !settled)
    return settled.error();
  if (options.record.empty() || !can_move(ledger, command.verb))
    return make_row(desk, **replica, command, options, *std::move(typed));
  std::vector<std::string> states;
  for (const std::size_t step : command.verb.steps)
    for (const std::size_t from : ledger.steps[step].from)
      states.push_back(ledger.states[from].name);
  const auto row = find_row(desk, **replica, ledger, options.record, states, typed->refs);
  if (row)
    return move_row(desk, **replica, ledger, command.verb.steps, *row, *std::move(typed),
                    options.reason, options.approve);
  const bool makes_one =
      row.code() == Errc::not_found && can_make(ledger, command.verb) && !refs_of(ledger).empty();
  if (!makes_one) return row.error();
  return make_row(desk, **replica, command, options, *std::move(typed));
}

Result<Answer> end_row(Desk& desk, const LedgerCommand& command, const LedgerOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition& ledger = *command.ledger;
  const std::string reason = without_blanks_around(options.reason);
  if (reason.empty())
    return desk.failure(Errc::invalid, "value.blank", {{"field", desk.text("opt.reason")}});
  const auto row = find_row(desk, **replica, ledger, options.record);
  if (!row) return row.error();
  TypedValues typed;
  for (const std::size_t step : command.verb.steps)
    if (const auto field = reason_field(ledger, ledger.steps[step]))
      typed.values[ledger.fields[*field].name] = reason;
  return move_row(desk, **replica, ledger, command.verb.steps, *row, std::move(typed), reason,
                  false);
}

}  // namespace jiyao
