// client/commands/ledger_move.cpp - a row's next step: what it needs, what it does besides, one
// act.
#include <algorithm>
#include <iterator>

#include "client/commands/ledger.h"
#include "client/commands/ledger_proposals.h"
#include "client/raising.h"
#include "client/records.h"
#include "client/roles.h"

namespace jiyao {

namespace {

/// Rows of one step with --where: their changes fit into one act.
constexpr std::size_t kRowsAtOnceMax = 300;

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

/// Where the steps of a verb start.
std::vector<std::string> states_before(const LedgerDefinition& ledger, const LedgerVerb& verb) {
  std::vector<std::string> states;
  for (const std::size_t step : verb.steps)
    for (const std::size_t from : ledger.steps[step].from) {
      const std::string& state = ledger.states[from].name;
      if (std::find(states.begin(), states.end(), state) == states.end()) states.push_back(state);
    }
  return states;
}

/// A step that starts here, with what it fills in.
struct NextStep {
  const Transition* step;
  FieldValues values;
  std::string told;  ///< which lists of the office filled what, and what it raises besides
  std::vector<Step> raised;
};

/// errors: not_allowed (none of these steps starts where the row stands)
Result<NextStep> next_step(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                           const std::vector<std::size_t>& steps, const View& row,
                           const TypedValues& typed) {
  const auto chosen = step_from(ledger, steps, row, typed);
  if (!chosen)
    return desk.failure(Errc::not_allowed, "ledger.not_from_here",
                        {{"step", step_text(desk.words(), ledger.steps[steps.front()])},
                         {"state", state_text(desk.words(), ledger, row.state.state)},
                         {"possible", possible(desk.words(), ledger, row)}});
  NextStep next{&ledger.steps[*chosen], typed.values, {}, {}};
  next.values["state"] = ledger.states[next.step->to].name;
  const StepAtHand at{ledger, *next.step, &row, next.values, typed.entries};
  next.told = fill_from_lists(desk, replica, row.compartment, at);
  fill_step(desk, replica, at);
  return next;
}

/// The act of a step that may be taken; its number is drawn now.
Result<Act> act_of_step(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                        const View& row, NextStep& next, const TypedValues& typed,
                        const std::string& reason) {
  Registration registration(desk, replica, {}, ledger.name);
  if (const auto drawn = registration.draw_for_step(row, next.values, typed.entries); !drawn)
    return drawn.error();
  auto act = amend_act(ledger, row, next.values, typed.entries, reason);
  if (!act) return act.error();
  const StepAtHand at{ledger, *next.step, &row, next.values, typed.entries};
  if (const auto also = add_also(desk, replica, at, *act); !also) return also.error();
  Raised raised = raise_whole_paper(desk, replica, *act, row, next.values, reason);
  next.told += raised.told;
  next.raised = std::move(raised.steps);
  return act;
}

/// Every row that the conditions name and one of the steps starts at, oldest first; of one
/// compartment.
Result<std::vector<View>> rows_where(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                                     const std::vector<std::string>& states,
                                     const LedgerOptions& options) {
  auto filter = filter_of(desk, replica, ledger, options.filter);
  if (!filter) return filter.error();
  filter->query.limit = kRowsAtOnceMax + 1;
  std::vector<View> rows;
  for (const std::string& state : states) {
    filter->query.state = state;
    for (View& row : next_page(replica, *filter).rows)
      if (!row.is_hidden) rows.push_back(std::move(row));
  }
  if (rows.empty()) return desk.failure(Errc::not_found, "ledger.none_such");
  if (rows.size() > kRowsAtOnceMax)
    return desk.failure(Errc::too_large, "ledger.too_many",
                        {{"most", std::to_string(kRowsAtOnceMax)}});
  std::sort(rows.begin(), rows.end(),
            [](const View& a, const View& b) { return a.record < b.record; });
  const Directory directory(replica);
  const CompartmentId& place = rows.front().compartment;
  for (const View& row : rows)  // an act is of one compartment
    if (row.compartment != place)
      return desk.failure(Errc::conflict, "ledger.two_places",
                          {{"place", directory.compartment(desk.words(), place)},
                           {"other", directory.compartment(desk.words(), row.compartment)}});
  return rows;
}

/// One act: a step is taken with all of the rows or with none.
class MovingMany {
 public:
  MovingMany(Desk& desk, Replica& replica, const LedgerCommand& command,
             const LedgerOptions& options, const TypedValues& typed)
      : desk_(desk),
        replica_(replica),
        ledger_(*command.ledger),
        steps_(command.verb.steps),
        options_(options),
        typed_(typed) {}

  Result<Answer> run(const std::vector<View>& rows) {
    std::vector<NextStep> next;
    for (const View& row : rows) {
      auto one = may_take(row);
      if (!one) return about(row, one.error());
      next.push_back(*std::move(one));
    }
    Act act{rows.front().compartment, {}};
    std::vector<Step> raised;
    std::vector<RecordId> moved;
    std::string told;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto one = act_of_step(desk_, replica_, ledger_, rows[i], next[i], typed_, options_.reason);
      if (!one) return about(rows[i], one.error());
      std::move(one->steps.begin(), one->steps.end(), std::back_inserter(act.steps));
      std::move(next[i].raised.begin(), next[i].raised.end(), std::back_inserter(raised));
      moved.push_back(rows[i].record);
      told += next[i].told;
    }
    if (const auto recorded = record_raising(replica_, act, raised); !recorded)
      return in_words(desk_, replica_, recorded.error());
    Answer answer = recorded_answer(
        desk_, replica_,
        desk_.text("ledger.moved_many", {{"step", step_text(desk_.words(), *next.front().step)},
                                         {"count", std::to_string(rows.size())}}),
        moved);
    answer.text += told;
    return answer;
  }

 private:
  Result<NextStep> may_take(const View& row) {
    auto next = next_step(desk_, replica_, ledger_, steps_, row, typed_);
    if (!next) return next;
    const StepAtHand at{ledger_, *next->step, &row, next->values, typed_.entries};
    if (const auto field = missing_signature(replica_, at))
      return not_signed(desk_, ledger_, *field, row);
    if (const auto right = check_step(desk_, replica_, at); !right) return right.error();
    return next;
  }
  Error about(const View& row, const Error& error) const {
    const Directory directory(replica_);
    return {error.code, called(desk_.words(), directory, ledger_, row) + " " + row.record.hex() +
                            ": " + error.detail};
  }

  Desk& desk_;
  Replica& replica_;
  const LedgerDefinition& ledger_;
  const std::vector<std::size_t>& steps_;
  const LedgerOptions& options_;
  const TypedValues& typed_;
};

}  // namespace

Result<Answer> move_row(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                        const std::vector<std::size_t>& steps, const View& row, TypedValues typed,
                        const std::string& reason, bool may_sign) {
  auto next = next_step(desk, replica, ledger, steps, row, typed);
  if (!next) return next.error();
  const Transition& step = *next->step;
  const StepAtHand at{ledger, step, &row, next->values, typed.entries};
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
  const auto act = act_of_step(desk, replica, ledger, row, *next, typed, reason);
  if (!act) return act.error();
  if (const auto recorded = record_raising(replica, *act, next->raised); !recorded)
    return in_words(desk, replica, recorded.error());
  const std::string now = state_text(desk.words(), ledger, ledger.states[step.to].name);
  Answer moved = recorded_answer(
      desk, replica,
      desk.text("ledger.moved", {{"step", step_text(desk.words(), step)}, {"state", now}}),
      {row.record});
  moved.text += next->told;
  return moved;
}

Result<Answer> take_step(Desk& desk, const LedgerCommand& command, const LedgerOptions& options) {
  const bool is_nothing_named = options.record.empty() && options.filter.where.empty();
  if (is_nothing_named && !can_make(*command.ledger, command.verb))
    return desk.failure(Errc::usage, "ledger.which_row");
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition& ledger = *command.ledger;
  auto typed = read_typed(desk, ledger, options);
  if (!typed) return typed.error();
  if (const auto settled = settle_entries(desk, **replica, ledger, typed->entries); !settled)
    return settled.error();
  const std::vector<std::string> states = states_before(ledger, command.verb);
  if (!options.filter.where.empty()) {
    if (!options.record.empty() || !typed->refs.empty())
      return desk.failure(Errc::usage, "ledger.row_or_where");
    const auto rows = rows_where(desk, **replica, ledger, states, options);
    if (!rows) return rows.error();
    if (const auto sure = sure_to_hide(desk, **replica, ledger, typed->values, options.is_sure);
        !sure)
      return sure.error();
    return MovingMany(desk, **replica, command, options, *typed).run(*rows);
  }
  if (options.record.empty() || !can_move(ledger, command.verb))
    return make_row(desk, **replica, command, options, *std::move(typed));
  const auto row = find_row(desk, **replica, ledger, options.record, states, typed->refs);
  if (row) {
    if (const auto sure = sure_to_hide(desk, **replica, ledger, typed->values, options.is_sure);
        !sure)
      return sure.error();
    return move_row(desk, **replica, ledger, command.verb.steps, *row, *std::move(typed),
                    options.reason, options.approve);
  }
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
