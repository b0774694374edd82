// client/commands/loan.cpp - 借阅: lend a copy (back the same day, at most 3 days), take it back.
#include "client/commands/commands.h"
#include "client/custody.h"
#include "client/records.h"
#include "client/registration.h"
#include "schema/dates.h"
#include "sync/check.h"

namespace jiyao {

namespace {

struct LoanOptions {
  std::string record, borrower, dept, purpose, due, copy, check = "相符", reason;
  bool approve = false;
};

void declare_add(CLI::App& app, LoanOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--borrower,--借阅人", options.borrower, words.text("opt.borrower"))->required();
  app.add_option("--dept,--部门", options.dept, words.text("opt.dept"));
  app.add_option("--purpose,--用途", options.purpose, words.text("opt.purpose"));
  app.add_option("--due,--应还", options.due, words.text("opt.due"));
  app.add_option("--copy,--份号", options.copy, words.text("opt.copy"));
  app.add_flag("--approve,--批准", options.approve, words.text("opt.approve"));
}

void declare_approve(CLI::App& app, LoanOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--copy,--份号", options.copy, words.text("opt.copy"));
}

void declare_return(CLI::App& app, LoanOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--copy,--份号", options.copy, words.text("opt.copy"));
  app.add_option("--check,--清点", options.check, words.text("opt.check"))
      ->check(CLI::IsMember({"相符", "短缺", "损坏"}));
}

/// Due today unless said otherwise.
Result<std::string> due_date(Desk& desk, const LoanOptions& options) {
  if (options.due.empty()) return desk.today();
  const auto typed = parse_date(options.due);
  if (!typed) return desk.failure(Errc::invalid, "value.date", {{"typed", options.due}});
  return *typed;
}

bool needs_approval(const Replica& replica, const View& incoming) {
  const LedgerDefinition& ledger = *replica.definitions().ledger("incoming");
  return level_from(incoming.state.field(ledger, "level")).value_or(Level::secret) >= Level::secret;
}

/// The row of a loan in its first state: 申请 for classified papers, else 借出 at once.
Result<Act> first_act(Desk& desk, Replica& replica, const View& incoming, Paper paper,
                      const LoanOptions& options, const RecordId& loan) {
  const bool is_request = needs_approval(replica, incoming);
  const auto due = due_date(desk, options);
  if (!due) return due.error();
  FieldValues values = {{"copy", paper.copy.hex()},
                        {"document", paper.document.hex()},
                        {"incoming", incoming.record.hex()},
                        {"borrower", options.borrower},
                        {"due_on", *due},
                        {"state", is_request ? "requested" : "out"}};
  if (!options.dept.empty()) values["dept"] = options.dept;
  if (!options.purpose.empty()) values["purpose"] = options.purpose;
  if (!is_request)
    values.insert({{"lent_at", desk.now()}, {"lent_by", replica.person().user.hex()}});
  auto row = create_step(replica.definitions(), "loan", loan, values);
  if (!row) return row.error();
  Act act{incoming.compartment, std::move(paper.made)};
  act.steps.push_back(*std::move(row));
  if (is_request) return act;
  auto moved = custody_step(replica, paper.copy, "借出", options.borrower);
  if (!moved) return moved.error();
  act.steps.push_back(*std::move(moved));
  return act;
}

/// The approval binds to the content of the request as it is shown now.
Result<void> approve_row(Replica& replica, const RecordId& loan) {
  const auto view = replica.view(loan);
  if (!view) return view.error();
  const LedgerDefinition& ledger = *replica.definitions().ledger("loan");
  const auto act =
      amend_act(ledger, *view,
                {{"approver", content_hash(ledger, view->state, *ledger.group("approver")).hex()},
                 {"state", "approved"}},
                {}, {});
  if (!act) return act.error();
  const auto recorded = replica.record(*act);
  if (!recorded) return recorded.error();
  return {};
}

Result<void> lend_row(Desk& desk, Replica& replica, const RecordId& loan) {
  const auto view = replica.view(loan);
  if (!view) return view.error();
  const LedgerDefinition& ledger = *replica.definitions().ledger("loan");
  auto act = amend_act(
      ledger, *view,
      {{"state", "out"}, {"lent_at", desk.now()}, {"lent_by", replica.person().user.hex()}}, {},
      {});
  if (!act) return act.error();
  const auto copy = from_hex(view->state.field(ledger, "copy"));
  JIYAO_ASSERT(copy && copy->size() == RecordId::kBytes);
  auto moved =
      custody_step(replica, *RecordId::from(*copy), "借出", view->state.field(ledger, "borrower"));
  if (!moved) return moved.error();
  act->steps.push_back(*std::move(moved));
  const auto recorded = replica.record(*act);
  if (!recorded) return recorded.error();
  return {};
}

Result<Answer> lent_answer(Desk& desk, Replica& replica, const RecordId& loan) {
  const LedgerDefinition& ledger = *replica.definitions().ledger("loan");
  const auto view = replica.view(loan);
  if (!view) return view.error();
  return recorded_answer(desk, replica,
                         desk.text("loan.lent", {{"due", view->state.field(ledger, "due_on")}}),
                         {loan});
}

/// A request that was approved meanwhile is lent now; a new one of a classified paper waits for
/// somebody who may approve it, or is approved by the person at the keyboard (--approve).
Result<Answer> lend(Desk& desk, const LoanOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto incoming = find_record(desk, **replica, "incoming", options.record);
  if (!incoming) return incoming.error();
  const auto open = open_row(desk, **replica, "loan", *incoming, options.copy);
  if (open && open->state.state == "requested" && !options.approve)
    return desk.failure(Errc::conflict, "loan.not_approved");
  if (open && open->state.state == "out") return desk.failure(Errc::exists, "loan.is_out");
  RecordId loan = open ? open->record : (*replica)->new_record_id();
  if (!open) {
    auto paper = paper_of(desk, **replica, *incoming, options.copy);
    if (!paper) return paper.error();
    const auto act = first_act(desk, **replica, *incoming, *std::move(paper), options, loan);
    if (!act) return act.error();
    const auto recorded = (*replica)->record(*act);
    if (!recorded) return in_words(desk, **replica, recorded.error());
    if (!needs_approval(**replica, *incoming)) return lent_answer(desk, **replica, loan);
    if (!options.approve)
      return recorded_answer(desk, **replica, desk.text("loan.requested"), {loan});
  }
  const auto view = (*replica)->view(loan);
  if (view && view->state.state == "requested")
    if (const auto approved = approve_row(**replica, loan); !approved)
      return in_words(desk, **replica, approved.error());
  if (const auto lent = lend_row(desk, **replica, loan); !lent)
    return in_words(desk, **replica, lent.error());
  return lent_answer(desk, **replica, loan);
}

Result<Answer> approve(Desk& desk, const LoanOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto incoming = find_record(desk, **replica, "incoming", options.record);
  if (!incoming) return incoming.error();
  const auto open = open_row(desk, **replica, "loan", *incoming, options.copy);
  if (!open) return open.error();
  if (const auto approved = approve_row(**replica, open->record); !approved)
    return in_words(desk, **replica, approved.error());
  return recorded_answer(desk, **replica, desk.text("loan.approved"), {open->record});
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
  menu.add<LoanOptions>("loan approve", declare_approve, approve);
  menu.add<LoanOptions>("loan return", declare_return, take_back);
}

}  // namespace jiyao
