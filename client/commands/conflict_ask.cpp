// client/commands/conflict_ask.cpp - 冲突 提请: what was found across records becomes a row of the
// ledger of rulings, with its question, both sides and who is asked (domain.md 6.7).
#include <algorithm>

#include "client/commands/commands.h"
#include "client/findings.h"
#include "client/records.h"
#include "client/registration.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr std::size_t kIdDigitsMin = 4;
constexpr int kQuestionWorkingDays = 3;  // a frozen case: the same day (domain.md 6.7)

struct AskOptions {
  std::string finding;
};

void declare(CLI::App& app, AskOptions& options, const Catalogue& words) {
  app.add_option("finding", options.finding, words.text("opt.finding"))->required();
}

/// By the first digits of its id, or by its row of the catalogue where that is the only one.
///   errors: not_found; invalid (several are meant)
Result<Finding> finding_named(Desk& desk, const Replica& replica, const std::string& typed) {
  std::optional<Finding> found;
  for (Finding& finding : findings_across(replica)) {
    const bool is_id = typed.size() >= kIdDigitsMin && finding.id.hex().starts_with(typed);
    if (!is_id && finding.code != typed) continue;
    if (found) return desk.failure(Errc::invalid, "conflict.several", {{"id", typed}});
    found = std::move(finding);
  }
  if (!found) return desk.failure(Errc::not_found, "conflict.no_finding", {{"id", typed}});
  return *std::move(found);
}

/// What this side says: "收文登记簿 2026-0001  标题 关于…  份数 3", the columns of its list.
std::string side_of(Desk& desk, const Directory& directory, const LedgerDefinition& ledger,
                    const View& view) {
  std::string text = (desk.words().language() == Language::zh ? ledger.zh : ledger.en) + " " +
                     called(desk.words(), directory, ledger, view);
  for (const std::size_t field : ledger.list) {
    const std::string value = field_text(desk.words(), directory, ledger, view, field);
    if (!value.empty() && text.find(value) == std::string::npos)
      text += "  " + label_of(desk.words(), ledger.fields[field]) + " " + value;
  }
  return text;
}

const char* class_of(Gravity gravity) {
  if (gravity == Gravity::freeze) return "冻结";
  return gravity == Gravity::question ? "询问" : "告知";
}

/// The last day for an answer; empty: that year's holidays are not known here.
std::string answer_by(const Replica& replica, const std::string& today, Gravity gravity) {
  if (gravity == Gravity::freeze) return today;
  const auto day = add_working_days(replica.calendar(), today, kQuestionWorkingDays);
  return day ? *day : std::string();
}

/// What the ruling names, and as what it has to be kept: all that its sides say is copied into it.
struct Asked {
  SetEntries entries;
  Level level = Level::internal;
};

Asked what_is_asked(Desk& desk, const Replica& replica, const Directory& directory,
                    const Finding& finding) {
  Asked asked;
  for (const RecordId& record : finding.records) {
    const auto view = replica.view(record);
    if (!view || view->is_hidden) continue;
    asked.level = std::max(asked.level, level_with_cited(replica, *view));
    asked.entries.push_back({{"record", record.hex()}});
    asked.entries.push_back(
        {{"sides", side_of(desk, directory, *replica.definitions().ledger(view->ledger), *view)}});
  }
  return asked;
}

/// A ruling stands with what it quotes, or nowhere.   errors: of Replica::may_record()
Result<void> may_be_kept(Desk& desk, const Replica& replica, Level level) {
  const auto office = own_office(replica);
  if (!office) return office.error();
  const auto may = replica.may_record({*office, level});
  if (may) return {};
  return desk.failure(may.code(), "conflict.kept_above",
                      {{"level", level_text(desk.words(), level)},
                       {"why", desk.words().engine_words(may.error().detail)}});
}

Result<Answer> ask(Desk& desk, const AskOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto finding = finding_named(desk, **replica, options.finding);
  if (!finding) return finding.error();
  const Directory directory(**replica);
  const std::string asked = asked_words(desk, **replica, directory, *finding);
  FieldValues values = {{"finding", finding->id.hex()},
                        {"code", finding->code},
                        {"class", class_of(finding->gravity)},
                        {"question", finding_sentence(desk, *finding)},
                        {"asked_role", asked},
                        {"asked_at", desk.now()},
                        {"due_on", answer_by(**replica, desk.today(), finding->gravity)}};
  std::erase_if(values, [](const auto& one) { return one.second.empty(); });
  const Asked what = what_is_asked(desk, **replica, directory, *finding);
  if (const auto kept = may_be_kept(desk, **replica, what.level); !kept) return kept.error();
  values.emplace("level", name_of(what.level));
  auto act = Registration(desk, **replica, {}, "ruling").act_for(values, what.entries);
  if (!act) return act.error();
  const auto recorded = (*replica)->record(*act);
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica, desk.text("conflict.asked", {{"roles", asked}}),
                         {recorded->records.front()});
}

}  // namespace

void add_conflict_ask(Menu& menu) {
  menu.add<AskOptions>("conflict ask", declare, ask);
}

}  // namespace jiyao
