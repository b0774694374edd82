// client/commands/ledger_renumber.cpp - 改编: two rows were given one number while apart, and the
// authority of the series gives one of them its next (domain.md 6.4 N1).
#include <algorithm>

#include "client/commands/ledger.h"
#include "client/findings.h"
#include "client/records.h"

namespace jiyao {

namespace {

constexpr const char* kReason = "离线重号改编";  // as the register says it, in every language

class Renumbering {
 public:
  Renumbering(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
              const LedgerOptions& options, const View& row)
      : desk_(desk),
        replica_(replica),
        ledger_(ledger),
        options_(options),
        row_(row),
        rule_(ledger.numbers.front()) {}

  Result<Answer> run() {
    if (!NumberBlocks(replica_).is_lead(row_.compartment))
      return desk_.failure(Errc::not_allowed, "renumber.not_lead");
    if (const auto may = may_renumber(); !may) return may.error();
    const std::string before = row_.state.field(ledger_, rule_.field);
    auto act = drafted();
    if (!act) return act.error();
    const auto recorded = replica_.record(*act);
    if (!recorded) return in_words(desk_, replica_, recorded.error());
    return recorded_answer(desk_, replica_, desk_.text("renumber.done", {{"before", before}}),
                           {row_.record});
  }

 private:
  const std::string& number_name() const { return ledger_.fields[rule_.field].name; }

  /// Only what two rows share, never what is on paper twice; and not the row that owns its number.
  Result<void> may_renumber() {
    for (const Finding& finding : findings_about(replica_, row_.record)) {
      if (finding.code != rule_.finding || finding.kind != FindingKind::clash) continue;
      if (finding.gravity == Gravity::freeze)
        return desk_.failure(
            Errc::conflict, "renumber.printed",
            {{"finding", finding_line(desk_, replica_, Directory(replica_), finding)}});
      if (finding.keeps == row_.record && without_blanks_around(options_.reason).empty())
        return desk_.failure(Errc::conflict, "renumber.keeps", {{"other", other_of(finding)}});
      return check_role(desk_, replica_, ledger_, change({{number_name(), "2000-0001"}}));
    }
    return desk_.failure(Errc::not_found, "renumber.no_clash",
                         {{"number", row_.state.field(ledger_, rule_.field)}});
  }
  std::string other_of(const Finding& finding) const {
    const auto other = std::find_if(finding.records.begin(), finding.records.end(),
                                    [&](const RecordId& record) { return record != row_.record; });
    return other == finding.records.end() ? std::string() : other->hex();
  }
  Change change(const FieldValues& values) const {
    Change change;
    change.ledger = ledger_.name;
    change.kind = ChangeKind::renumber;
    if (const auto writes = writes_of(ledger_, values, &row_.state)) change.writes = *writes;
    return change;
  }

  /// The number by itself, then what else is written of a renumbered row. Drawn last: a number that
  /// was drawn is never drawn again.
  Result<Act> drafted() {
    const auto drawn =
        NumberBlocks(replica_).draw(series_key(ledger_, rule_, row_, desk_.today()), 1);
    if (!drawn) return drawn.error();
    const std::string before = row_.state.field(ledger_, rule_.field);
    const std::string reason = without_blanks_around(options_.reason);
    Step step;
    step.kind = ChangeKind::renumber;
    step.ledger = ledger_.name;
    step.record = row_.record;
    step.reason = reason.empty() ? kReason : reason;
    auto writes = writes_of(ledger_, {{number_name(), drawn->front()}}, &row_.state);
    if (!writes) return writes.error();
    step.writes = *std::move(writes);
    const FieldValues rest(rule_.renumbered.begin(), rule_.renumbered.end());
    SetEntries entries;
    if (ledger_.field("remarks") != nullptr)
      entries.push_back({{"remarks", "原编号 " + before + "，" + kReason}});
    auto act = amend_act(ledger_, row_, rest, entries, step.reason);
    if (!act) return act.error();
    act->steps.insert(act->steps.begin(), std::move(step));
    return act;
  }

  Desk& desk_;
  Replica& replica_;
  const LedgerDefinition& ledger_;
  const LedgerOptions& options_;
  const View& row_;
  const NumberRule& rule_;
};

}  // namespace

Result<Answer> renumber_row(Desk& desk, const LedgerCommand& command,
                            const LedgerOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto row = find_any_row(desk, **replica, *command.ledger, options.record);
  if (!row) return row.error();
  return Renumbering(desk, **replica, *command.ledger, options, *row).run();
}

}  // namespace jiyao
