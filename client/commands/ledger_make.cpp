// client/commands/ledger_make.cpp - a new row: what it is about, its number, the copies made with
// it.
#include <algorithm>

#include "client/commands/ledger.h"
#include "client/commands/ledger_proposals.h"
#include "client/raising.h"
#include "client/records.h"
#include "client/roles.h"
#include "schema/mandatory.h"
#include "sync/check.h"

namespace jiyao {

namespace {

const Transition& making_step_of(const LedgerDefinition& ledger, const LedgerVerb& verb) {
  const Transition* found = nullptr;
  for (const std::size_t step : verb.steps)
    if (makes(ledger.steps[step])) found = &ledger.steps[step];
  JIYAO_ASSERT(found != nullptr);
  return *found;
}

/// The step that asks for what this verb needs signed: it makes a row where the verb can go on.
const Transition* asking_step(const LedgerDefinition& ledger, const LedgerVerb& verb) {
  for (const Transition& step : ledger.steps) {
    const std::string& state = ledger.states[step.to].name;
    const bool leads_on = std::any_of(verb.steps.begin(), verb.steps.end(), [&](std::size_t next) {
      return starts_at(ledger, ledger.steps[next], state);
    });
    if (makes(step) && leads_on) return &step;
  }
  return nullptr;
}

/// A row that holds the same copy already is named, before anything is made.
Result<void> nothing_holds(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                           const About& about) {
  for (const ExclusiveKey& key : ledger.exclusive) {
    const auto ref = about.refs.find(ledger.fields[key.field].name);
    const auto id = ref == about.refs.end() ? std::nullopt : record_from(ref->second);
    if (!id) continue;
    for (const View& row : citing(replica, ledger.name, *id, ref->first)) {
      const Lookup own = [&](std::string_view, std::string_view name) {
        return std::optional(row.state.field(ledger, name));
      };
      if (row.state.is_terminal || key.when.holds(own, true) != Holds::yes) continue;
      const Directory directory(replica);
      return desk.failure(Errc::exists, "ledger.is_open",
                          {{"name", called(desk.words(), directory, ledger, row)},
                           {"state", state_text(desk.words(), ledger, row.state.state)}});
    }
  }
  return {};
}

class Making {
 public:
  Making(Desk& desk, Replica& replica, const LedgerCommand& command, const LedgerOptions& options,
         TypedValues typed)
      : desk_(desk),
        replica_(replica),
        ledger_(*command.ledger),
        verb_(command.verb),
        options_(options),
        typed_(std::move(typed)),
        step_(&making_step_of(ledger_, verb_)) {}

  Result<Answer> run() {
    auto about = about_what(desk_, replica_, ledger_, options_.record, typed_.refs);
    if (!about) return about.error();
    about_ = *std::move(about);
    if (const auto free = nothing_holds(desk_, replica_, ledger_, about_); !free)
      return free.error();
    if (const auto named = least_level(); !named) return named.error();
    if (const auto placed = place_entries(); !placed) return placed.error();
    values_ = typed_.values;
    values_.insert(about_.refs.begin(), about_.refs.end());
    if (const auto level = take_level(); !level) return level.error();
    if (const auto turned = ask_first(); !turned) return turned.error();
    const StepAtHand at = at_hand();
    const auto place = kept_in();
    if (!place) return place.error();
    const std::string filled = fill_from_lists(desk_, replica_, *place, at);
    fill_step(desk_, replica_, at);
    Registration(desk_, replica_, options_.owner, ledger_.name).fill(values_);
    if (const auto right = check_step(desk_, replica_, at); !right) return right.error();
    const auto row = record(at);
    if (!row) return row.error();
    if (is_asking_) return asked(*row);
    Answer made = recorded_answer(
        desk_, replica_, desk_.text("ledger.made", {{"step", step_text(desk_.words(), *step_)}}),
        {*row});
    made.text += filled;
    return made;
  }

 private:
  StepAtHand at_hand() { return {ledger_, *step_, nullptr, values_, typed_.entries, &about_}; }

  /// A list is kept no lower than was named, nor than what it lists.
  Result<void> least_level() {
    for (const FieldValues& entry : typed_.entries)
      level_ = std::max(level_, level_of_entry(ledger_, entry));
    if (options_.level.empty()) return {};
    const auto level = level_from(options_.level);
    if (!level) return desk_.failure(Errc::invalid, "value.level", {{"typed", options_.level}});
    level_ = std::max(level_, *level);
    return {};
  }

  /// A list is kept where all that it names is kept: it moves them in the same act.
  Result<void> place_entries() {
    if (about_.place) return {};
    for (const FieldValues& entry : typed_.entries)
      for (const auto& [name, value] : entry) {
        const auto id =
            ledger_.field(name)->type == FieldType::ref ? record_from(value) : std::nullopt;
        const auto cited = id ? replica_.view(*id) : Result<View>(Errc::not_found);
        if (!cited) continue;
        const CompartmentId list = at_least(about_.place.value_or(cited->compartment));
        if (list != cited->compartment && moves(name))
          return kept_elsewhere(desk_, replica_, *cited, list);
        if (!about_.place || about_.place->level < cited->compartment.level)
          about_.place = cited->compartment;
      }
    return {};
  }
  bool moves(const std::string& ref) const {
    return std::any_of(ledger_.steps.begin(), ledger_.steps.end(), [&](const Transition& step) {
      return std::any_of(step.also.begin(), step.also.end(),
                         [&](const auto& also) { return also.first.starts_with(ref + "."); });
    });
  }

  /// A list that goes on to name more may be kept above what it names so far.
  CompartmentId at_least(CompartmentId place) const {
    place.level = std::max(place.level, level_);
    return place;
  }

  /// With what it is about, else where its level belongs.
  Result<CompartmentId> kept_in() {
    if (about_.place) return at_least(*about_.place);
    const auto place =
        Registration(desk_, replica_, options_.owner, ledger_.name).compartment(values_);
    if (!place) return place;
    return at_least(*place);
  }

  /// As its register and its copies say now: one that was lowered is what it was lowered to.
  Level level_of_its_paper() const {
    Level least = Level::public_;
    for (const auto& [name, hex] : about_.refs) {
      const auto id = is_of_same_paper(*ledger_.field(name)) ? record_from(hex) : std::nullopt;
      const auto cited = id ? replica_.view(*id) : Result<View>(Errc::not_found);
      if (cited && cited->state.level) least = std::max(least, *cited->state.level);
    }
    return least;
  }

  /// The level of what it is about, or the one that was named: never one below.
  Result<void> take_level() {
    values_["state"] = ledger_.states[step_->to].name;
    const Field* field = ledger_.field("level");
    if (field != nullptr && about_.is_known && is_due(ledger_, *field, step_->to))
      values_.emplace("level", name_of(about_.level));
    const auto named = values_.find("level");
    const Level least = level_of_its_paper();
    if (field == nullptr || named == values_.end()) return {};
    const Level level = level_from(named->second).value_or(least);
    if (level < least)
      return desk_.failure(Errc::not_allowed, "ledger.below_its_paper",
                           {{"level", level_text(desk_.words(), level)},
                            {"least", level_text(desk_.words(), least)}});
    return may_be_of(level);
  }
  /// It is kept with what it is about, but its own level may be above that: then this person at
  /// this machine could record it there too.
  Result<void> may_be_of(Level level) const {
    if (!about_.place || level <= std::max(about_.level, about_.place->level)) return {};
    const auto may = replica_.may_record({about_.place->office, level});
    if (!may) return in_words(desk_, replica_, may.error());
    return {};
  }

  /// What needs a signature that nobody gave is asked for, where the ledger knows how.
  Result<void> ask_first() {
    const auto field = missing_signature(replica_, at_hand());
    const Transition* ask = field ? asking_step(ledger_, verb_) : nullptr;
    if (ask == nullptr) return {};
    if (options_.approve)
      for (const Transition& step : ledger_.steps)
        if (step.is_decisive && starts_at(ledger_, step, ledger_.states[ask->to].name))
          if (const auto may = may_take(step); !may) return may;
    signers_ = ledger_.groups[ledger_.fields[*field].group].writers;
    is_asking_ = true;
    step_ = ask;
    values_["state"] = ledger_.states[ask->to].name;
    return {};
  }

  Result<void> may_take(const Transition& step) {
    Change change;
    change.ledger = ledger_.name;
    change.kind = ChangeKind::amend;
    change.writes = {{"state", ledger_.states[step.to].name}};
    return check_role(desk_, replica_, ledger_, change);
  }

  Result<RecordId> record(const StepAtHand& at) {
    Registration registration(desk_, replica_, options_.owner, ledger_.name);
    const auto place = kept_in();
    if (!place) return place.error();
    const std::size_t first = about_.made.size();
    auto act = registration.act_for(values_, typed_.entries, Act{*place, std::move(about_.made)});
    if (!act) return act.error();
    if (const auto also = add_also(desk_, replica_, at, *act); !also) return also.error();
    const auto recorded = replica_.record(*act);
    if (!recorded) return in_words(desk_, replica_, recorded.error());
    return recorded->records[first];
  }

  /// Signed at once by the person at the keyboard, or waiting for somebody who may.
  Result<Answer> asked(const RecordId& record) {
    if (options_.approve) {
      const auto row = replica_.view(record);
      if (!row) return row.error();
      TypedValues rest;
      rest.values = typed_.values;
      return move_row(desk_, replica_, ledger_, verb_.steps, *row, std::move(rest), options_.reason,
                      true);
    }
    return recorded_answer(
        desk_, replica_,
        desk_.text("ledger.asked", {{"step", step_text(desk_.words(), *step_)},
                                    {"roles", role_words(desk_.words(), signers_)}}),
        {record});
  }

  Desk& desk_;
  Replica& replica_;
  const LedgerDefinition& ledger_;
  const LedgerVerb& verb_;
  const LedgerOptions& options_;
  TypedValues typed_;
  const Transition* step_;
  About about_;
  FieldValues values_;
  Level level_ = Level::public_;
  Roles signers_ = 0;
  bool is_asking_ = false;
};

}  // namespace

Result<Answer> make_row(Desk& desk, Replica& replica, const LedgerCommand& command,
                        const LedgerOptions& options, TypedValues typed) {
  return Making(desk, replica, command, options, std::move(typed)).run();
}

}  // namespace jiyao
