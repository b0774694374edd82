// client/raising.cpp - the rows of one paper, along the refs of the definitions.
#include "client/raising.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "client/custody.h"
#include "client/directory.h"
#include "client/records.h"
#include "sync/check.h"

namespace jiyao {

namespace {

/// What a paper is entered as; rows of other ledgers are about one of these.
constexpr std::array<std::string_view, 7> kPaperLedgers = {
    "document", "document_copy", "incoming", "outgoing", "draft", "telegram", "archive_entry"};
constexpr std::array<std::string_view, 2> kOtherPapers = {"reply_to", "derived_from"};

bool is_one_of(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The rows of one paper, found from any row it is entered as; what is merely about it (a dispatch,
/// an incident) goes up with it and raises nothing itself. And the rulings that quote one of them,
/// or a row that shows one (they were made of the level_with_cited() of what they name).
class PaperRows {
 public:
  explicit PaperRows(const Replica& replica) : replica_(replica) {}

  std::vector<View> from(const View& row) {
    take(row);
    for (std::size_t i = 0; i < found_.size(); ++i) {
      const View at = found_[i];
      if (is_one_of(kPaperLedgers, at.ledger)) take_cited(at);
      take_citing(at);
    }
    return std::move(found_);
  }

 private:
  void take(const View& row) {
    if (row.is_hidden || !seen_.insert(row.record).second) return;
    if (replica_.definitions().ledger(row.ledger) != nullptr) found_.push_back(row);
  }
  void take_cited(const View& row) {
    const LedgerDefinition& ledger = *replica_.definitions().ledger(row.ledger);
    for (const Field& field : ledger.fields) {
      const auto id = is_of_same_paper(field) && !is_set(ledger, field)
                          ? record_from(row.state.field(ledger, field.name))
                          : std::nullopt;
      if (!id) continue;
      if (const auto cited = replica_.view(*id)) take(*cited);
    }
  }
  void take_citing(const View& at) {
    const bool is_paper = is_one_of(kPaperLedgers, at.ledger);
    for_each_citing(at.record, [&](const View& row) {
      if (quotes(row) || (is_paper && names_in_its_own(row, at.record))) return take(row);
      for_each_citing(row.record, [&](const View& about) {
        if (quotes(about)) take(about);
      });
    });
  }
  void for_each_citing(const RecordId& record, const auto& visit) const {
    Query query;
    query.cites = record;
    query.limit = 500;
    std::optional<RecordId> after;
    do {
      const RecordPage page = replica_.search(query, after);
      for (const View& row : page.rows) visit(row);
      after = page.after;
    } while (after);
  }
  /// Was what the rows it names say copied into it?
  bool quotes(const View& row) const {
    const LedgerDefinition* ledger = replica_.definitions().ledger(row.ledger);
    return ledger != nullptr && ledger->settles.has_value();
  }
  /// In a column of the row, not in one entry of a list of many papers.
  bool names_in_its_own(const View& row, const RecordId& record) const {
    const LedgerDefinition* ledger = replica_.definitions().ledger(row.ledger);
    return ledger != nullptr && ledger->level_group &&
           std::any_of(ledger->fields.begin(), ledger->fields.end(), [&](const Field& field) {
             return is_of_same_paper(field) && !is_set(*ledger, field) &&
                    row.state.field(*ledger, field.name) == record.hex();
           });
  }
  static bool is_set(const LedgerDefinition& ledger, const Field& field) {
    return ledger.groups[field.group].kind == GroupKind::set;
  }

  const Replica& replica_;
  std::vector<View> found_;
  std::set<RecordId> seen_;
};

std::optional<Level> level_named(const LedgerDefinition& ledger, const FieldValues& values) {
  if (!ledger.level_group) return std::nullopt;
  const auto found = values.find("level");
  return found == values.end() ? std::nullopt : level_from(found->second);
}

class Raising {
 public:
  Raising(Desk& desk, const Replica& replica, const Act& act)
      : desk_(desk), replica_(replica), directory_(replica), act_(act) {}

  Raised run(const View& row, const FieldValues& named, const std::string& reason) {
    for (const Step& step : act_.steps)
      if (level_written(step)) settled_.insert(step.record);
    for (const Step& step : act_.steps)
      if (const auto level = level_written(step))
        if (const auto written = replica_.view(step.record))
          raise_paper_of(*written, *level, step.reason);
    const auto level = level_named(*replica_.definitions().ledger(row.ledger), named);
    if (level && !settled_.contains(row.record)) raise_paper_of(row, *level, reason);
    Raised all{std::move(steps_), {}};
    if (!raised_.empty()) all.told += "\n" + desk_.text("level.raised_with", {{"names", raised_}});
    if (!left_.empty()) all.told += "\n" + desk_.text("level.not_raised_with", {{"names", left_}});
    return all;
  }

 private:
  std::optional<Level> level_written(const Step& step) const {
    const LedgerDefinition* ledger = replica_.definitions().ledger(step.ledger);
    if (ledger == nullptr || !ledger->level_group) return std::nullopt;
    for (const Write& write : step.writes)
      if (write.group == ledger->groups[*ledger->level_group].name) return level_from(write.value);
    return std::nullopt;
  }
  void raise_paper_of(const View& row, Level level, const std::string& reason) {
    if (row.is_hidden || level < own_level(row)) return;
    for (const View& other : PaperRows(replica_).from(row)) raise(other, level, reason);
  }
  void raise(const View& row, Level level, const std::string& reason) {
    const LedgerDefinition& ledger = *replica_.definitions().ledger(row.ledger);
    if (!ledger.level_group || own_level(row) >= level || !settled_.insert(row.record).second)
      return;
    auto step = raising_step(ledger, row, level, reason);
    std::string& told = step ? raised_ : left_;
    told += (told.empty() ? "" : desk_.text("list.and")) +
            (desk_.words().language() == Language::zh ? ledger.zh : ledger.en) + " " +
            called(desk_.words(), directory_, ledger, row);
    if (step) steps_.push_back(*std::move(step));
  }
  /// errors: whatever keeps this person from raising it in this act
  Result<Step> raising_step(const LedgerDefinition& ledger, const View& row, Level level,
                            const std::string& reason) const {
    if (row.compartment != act_.compartment) return Error{Errc::conflict, {}};
    auto writes = writes_of(ledger, {{"level", std::string(name_of(level))}}, &row.state);
    if (!writes) return writes.error();
    Step step;
    step.kind = ChangeKind::amend;
    step.ledger = ledger.name;
    step.record = row.record;
    step.reason = reason;
    step.writes = *std::move(writes);
    Change change;
    change.ledger = ledger.name;
    change.kind = step.kind;
    change.writes = step.writes;
    if (const auto role = check_role(desk_, replica_, ledger, change); !role) return role.error();
    if (const auto valid = validate(ledger, &row.state, change); !valid) return valid.error();
    return step;
  }

  Desk& desk_;
  const Replica& replica_;
  Directory directory_;
  const Act& act_;
  std::vector<Step> steps_;
  std::set<RecordId> settled_;  ///< the act says their level, or this did
  std::string raised_, left_;
};

/// Halves what no act holds.
Result<void> record_in_parts(Replica& replica, const CompartmentId& place,
                             std::span<const Step> steps) {
  const auto recorded = replica.record(Act{place, {steps.begin(), steps.end()}});
  if (recorded) return {};
  if (recorded.code() != Errc::too_large || steps.size() < 2) return recorded.error();
  const std::size_t half = steps.size() / 2;
  if (const auto first = record_in_parts(replica, place, steps.first(half)); !first) return first;
  return record_in_parts(replica, place, steps.subspan(half));
}

}  // namespace

bool is_of_same_paper(const Field& field) {
  return field.type == FieldType::ref && is_one_of(kPaperLedgers, field.ref_ledger) &&
         !is_one_of(kOtherPapers, field.name);
}

Raised raise_whole_paper(Desk& desk, const Replica& replica, const Act& act, const View& row,
                         const FieldValues& named, const std::string& reason) {
  return Raising(desk, replica, act).run(row, named, reason);
}

// Rows are found from the paper outwards. Backwards, none is hidden from whoever repeats it before
// all that it leads to has gone up.
Result<void> record_raising(Replica& replica, const Act& act, const std::vector<Step>& raised) {
  Act whole = act;
  whole.steps.insert(whole.steps.end(), raised.begin(), raised.end());
  const auto recorded = replica.record(whole);
  if (recorded) return {};
  if (recorded.code() != Errc::too_large || raised.empty()) return recorded.error();
  const std::vector<Step> outermost_first(raised.rbegin(), raised.rend());
  const auto up = record_in_parts(replica, act.compartment, outermost_first);
  if (!up || act.steps.empty()) return up;
  if (const auto last = replica.record(act); !last) return last.error();
  return {};
}

Result<void> sure_to_hide(Desk& desk, const Replica& replica, const LedgerDefinition& ledger,
                          const FieldValues& named, bool is_sure) {
  const auto level = level_named(ledger, named);
  const Roster roster = replica.roster();
  const UserRecord* user = roster.user(replica.person().user);
  if (is_sure || !level || user == nullptr || *level <= user->clearance) return {};
  const std::string question =
      desk.text("level.sure", {{"level", level_text(desk.words(), *level)},
                               {"own", level_text(desk.words(), user->clearance)}});
  const auto yes = desk.prompt().yes(question, "--yes");
  if (!yes && yes.code() == Errc::usage)
    return Error{Errc::usage, yes.error().detail + "\n" + question};
  if (!yes) return yes.error();
  if (!*yes) return desk.failure(Errc::interrupted, "level.left");
  return {};
}

}  // namespace jiyao
