// client/commands/loan.cpp - 借阅: lend a copy (back the same day, at most 3 days), take it back.
#include "client/commands/commands.h"
#include "client/custody.h"
#include "client/records.h"
#include "client/registration.h"
#include "schema/dates.h"

namespace jiyao {

namespace {

struct LoanOptions {
  std::string record, borrower, dept, purpose, due, copy, check = "相符", reason;
};

void declare_add(CLI::App& app, LoanOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--borrower,--借阅人", options.borrower, words.text("opt.borrower"))->required();
  app.add_option("--dept,--部门", options.dept, words.text("opt.dept"));
  app.add_option("--purpose,--用途", options.purpose, words.text("opt.purpose"));
  app.add_option("--due,--应还", options.due, words.text("opt.due"));
  app.add_option("--copy,--份号", options.copy, words.text("opt.copy"));
}

void declare_return(CLI::App& app, LoanOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--copy,--份号", options.copy, words.text("opt.copy"));
  app.add_option("--check,--清点", options.check, words.text("opt.check"))
      ->check(CLI::IsMember({"相符", "短缺", "损坏"}));
}

Result<Answer> lend(Desk& desk, const LoanOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto incoming = find_record(desk, **replica, "incoming", options.record);
  if (!incoming) return incoming.error();
  auto paper = paper_of(desk, **replica, *incoming, options.copy);
  if (!paper) return paper.error();
  std::string due = desk.today();
  if (!options.due.empty()) {
    const auto typed = parse_date(options.due);
    if (!typed) return desk.failure(Errc::invalid, "value.date", {{"typed", options.due}});
    due = *typed;
  }
  FieldValues values = {{"copy", paper->copy.hex()},
                        {"document", paper->document.hex()},
                        {"incoming", incoming->record.hex()},
                        {"borrower", options.borrower},
                        {"lent_at", desk.now()},
                        {"lent_by", (*replica)->person().user.hex()},
                        {"due_on", due},
                        {"state", "out"}};
  if (!options.dept.empty()) values["dept"] = options.dept;
  if (!options.purpose.empty()) values["purpose"] = options.purpose;
  const RecordId loan = (*replica)->new_record_id();
  auto lent = create_step((*replica)->definitions(), "loan", loan, values);
  if (!lent) return lent.error();
  auto moved = custody_step(**replica, paper->copy, "借出", options.borrower);
  if (!moved) return moved.error();
  Act act{incoming->compartment, std::move(paper->made)};
  act.steps.push_back(*std::move(lent));
  act.steps.push_back(*std::move(moved));
  const auto recorded = (*replica)->record(act);
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica, desk.text("loan.lent", {{"due", due}}), {loan});
}

Result<Answer> take_back(Desk& desk, const LoanOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto incoming = find_record(desk, **replica, "incoming", options.record);
  if (!incoming) return incoming.error();
  const auto loan = open_row(desk, **replica, "loan", *incoming, options.copy);
  if (!loan) return loan.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger("loan");
  const bool is_whole = options.check == "相符";
  const std::string person = (*replica)->person().user.hex();
  auto act = amend_act(ledger, *loan,
                       {{"state", is_whole ? "returned" : "short"},
                        {"returned_at", desk.now()},
                        {"returned_to", person},
                        {"check", options.check}},
                       {}, {});
  if (!act) return act.error();
  const auto copy = from_hex(loan->state.field(ledger, "copy"));
  JIYAO_ASSERT(copy && copy->size() == RecordId::kBytes);
  auto moved = custody_step(**replica, *RecordId::from(*copy), is_whole ? "在库" : "短缺", person);
  if (!moved) return moved.error();
  act->steps.push_back(*std::move(moved));
  const auto recorded = (*replica)->record(*act);
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica, desk.text(is_whole ? "loan.returned" : "loan.short"),
                         {loan->record});
}

}  // namespace

void add_loan(Menu& menu) {
  menu.add<LoanOptions>("loan add", declare_add, lend);
  menu.add<LoanOptions>("loan return", declare_return, take_back);
}

}  // namespace jiyao
