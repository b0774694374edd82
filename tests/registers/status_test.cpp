// tests/registers/status_test.cpp - one record moved on in two places: forward, back, ended,
// voided, refused; loans ended and renewed (domain.md 6.4 S, R10, R15, R16, U2, U3, U8, U11; worked
// example 10).
#include "registers/apart.h"

namespace jiyao {
namespace {

class Status : public Apart {
 protected:
  /// A paper in the register of A, taken this far; everybody knows it.
  RecordId paper(const std::vector<const char*>& states) {
    const RecordId paper = a.make("incoming", "registered",
                                  {{"received_on", "2026-03-01"},
                                   {"sender_org", "省委办公厅"},
                                   {"title", "通知"},
                                   {"level", "internal"},
                                   {"archive_code", "2026-永久-1"}});
    for (const char* state : states) a.write(paper, {{"state", state}});
    together();
    return paper;
  }
  /// Lent at A; everybody knows it.
  RecordId loan() {
    const RecordId loan = lend(a, paper_copy = copy(), "赵");
    together();
    return loan;
  }
  void give_back(Party& side, const RecordId& loan, const char* at, const char* to) {
    side.write(
        loan, {{"returned_at", at}, {"returned_to", to}, {"check", "相符"}, {"state", "returned"}});
    side.write(paper_copy, {{"custody_state", "在库"}, {"custodian", to}});
  }
  RecordId paper_copy;
};

TEST_P(Status, S1MovedForwardOnBothSidesTheFartherStateHolds) {
  const RecordId paper = this->paper({"reviewed"});
  a.write(paper, {{"state", "proposed"}});
  b.write(paper, {{"state", "proposed"}});
  b.write(paper, {{"state", "instructed"}});
  together();
  EXPECT_EQ(state(paper), "instructed");
  EXPECT_EQ(codes(paper), "");
}

TEST_P(Status, S1Example10FiledWhileItIsLentWaitsUntilTheLoanIsBack) {
  const RecordId paper = this->paper({"done"});
  const RecordId document = a.make("document", "in_use",
                                   {{"incoming", paper.hex()},
                                    {"issuer_org", "省厅"},
                                    {"title", "通知"},
                                    {"level", "internal"}});
  paper_copy = a.make("document_copy", "on_register",
                      {{"document", document.hex()},
                       {"level", "internal"},
                       {"copy_kind", "正本"},
                       {"custody_state", "在库"}});
  together();
  a.write(paper, {{"state", "filed"}});
  const RecordId loan = b.make("loan", "out",
                               {{"copy", paper_copy.hex()},
                                {"document", document.hex()},
                                {"incoming", paper.hex()},
                                {"borrower", "赵"},
                                {"lent_at", "2026-03-01T09:30"},
                                {"due_on", "2026-03-02"}});
  b.write(paper_copy, {{"custody_state", "借出"}});
  together();
  EXPECT_EQ(state(paper), "done");
  EXPECT_EQ(asked(paper, "S1"), "n archivist") << "the task: get the copy back";
  EXPECT_EQ(codes(loan), "S1");
  give_back(b, loan, "2026-03-02T09:00", "乙");
  together();
  EXPECT_EQ(state(paper), "filed") << "by itself";
  EXPECT_EQ(codes(paper), "");
}

TEST_P(Status, S2AVoidedRowStaysVoidWhateverIsDescribedElsewhere) {
  const RecordId paper = this->paper({});
  a.write(paper, {{"void_reason", "重复"}, {"state", "void"}});
  b.write(paper, {{"title", "关于防汛的通知"}});
  together();
  EXPECT_EQ(state(paper), "void");
  EXPECT_EQ(shown(paper, "title"), "关于防汛的通知");
  EXPECT_EQ(codes(paper), "");
}

TEST_P(Status, S2AnOpinionOrAStepMadeApartSuspendsTheVoiding) {
  const RecordId by_opinion = this->paper({"reviewed"}), by_step = this->paper({"reviewed"});
  for (const RecordId& paper : {by_opinion, by_step})
    a.write(paper, {{"void_reason", "重复"}, {"state", "void"}});
  b.write(by_opinion, {{"opinions", "请办公室阅"}});
  b.write(by_step, {{"state", "proposed"}});
  together();
  for (const RecordId& paper : {by_opinion, by_step}) {
    EXPECT_EQ(asked(paper, "S2"), "q office_director");
    EXPECT_EQ(state(paper), "reviewed");
  }
  a.resolve(by_step, {{"state", "void"}});
  together();
  EXPECT_EQ(state(by_step), "void");
  EXPECT_EQ(codes(by_step), "");
}

TEST_P(Status, S3TwoEndsAreBothShownAndTheRowStandsStill) {
  const RecordId paper = this->paper({"done"});
  a.write(paper, {{"state", "filed"}});
  b.write(paper, {{"state", "returned"}});
  together();
  EXPECT_EQ(asked(paper, "S3"), "f archivist secrecy_officer");
  EXPECT_EQ(state(paper), "done");
  EXPECT_EQ(b.refusal_of(paper, {{"state", "transferred"}}), "incoming.state: resolve it first");
  a.resolve(paper, {{"state", "returned"}});
  together();
  EXPECT_EQ(state(paper), "returned");
  EXPECT_EQ(codes(paper), "");
}

TEST_P(Status, S4AnEditOfWhatWasFiledIsARequest) {
  const RecordId paper = this->paper({"reviewed", "done"});
  a.write(paper, {{"state", "filed"}});
  b.write(paper, {{"pages", "4"}});
  b.write(paper, {{"opinions", "请补附件"}});
  together();
  EXPECT_EQ(state(paper), "filed");
  EXPECT_EQ(shown(paper, "pages"), "");
  EXPECT_EQ(proposals(paper, "pages"), 1U);
  EXPECT_EQ(asked(paper, "S4"), "q archivist");
}

TEST_P(Status, S5AFiledRowIsReopenedByTheArchivistsRulingOnly) {
  const RecordId paper = this->paper({"done"});
  a.write(paper, {{"state", "filed"}});
  together();
  EXPECT_NE(b.refusal_of(paper, {{"state", "in_hand"}}), "");
  a.resolve(paper, {{"state", "in_hand"}});
  b.write(paper, {{"remarks", "借阅三次"}});
  together();
  EXPECT_EQ(state(paper), "in_hand");
  EXPECT_EQ(codes(paper), "");
}

TEST_P(Status, R16HandedBackWinsOverWhatWasAssignedFurtherApart) {
  const RecordId paper = this->paper({"reviewed", "proposed", "instructed"});
  a.write(paper, {{"state", "handed_back"}});
  b.write(paper, {{"main_dept", "二处"}});
  b.write(paper, {{"state", "in_hand"}});
  together();
  EXPECT_EQ(state(paper), "handed_back");
  EXPECT_EQ(shown(paper, "main_dept"), "二处") << "the assignment is kept";
  EXPECT_EQ(asked(paper, "R16"), "q office_director");
  EXPECT_EQ(codes(paper), "R16");
  a.resolve(paper, {{"state", "proposed"}});
  together();
  EXPECT_EQ(state(paper), "proposed");
  EXPECT_EQ(codes(paper), "");
}

TEST_P(Status, R10TheEarlierDueDateHolds) {
  const RecordId paper = this->paper({"reviewed"});
  a.write(paper, {{"due_on", "2026-05-01"}});
  together();
  a.write(paper, {{"due_on", "2026-04-20"}});
  b.write(paper, {{"due_on", "2026-04-10"}});
  together();
  EXPECT_EQ(shown(paper, "due_on"), "2026-04-10");
  EXPECT_EQ(codes(paper), "");
  a.write(paper, {{"due_on", "2026-06-01"}});
  together();
  EXPECT_EQ(shown(paper, "due_on"), "2026-06-01") << "an extension by who knew the date";
}

TEST_P(Status, U2RenewedWhileItCameBackIsAskedAbout) {
  const RecordId loan = this->loan();
  give_back(a, loan, "2026-03-02T09:00", "甲");
  b.write(loan, {{"renewals", "再借三日"}});
  together();
  EXPECT_EQ(state(loan), "returned");
  EXPECT_EQ(asked(loan, "U2"), "q records_keeper");
  EXPECT_EQ(shown(loan, "renewals"), "1");
}

TEST_P(Status, U3OneReturnRegisteredTwiceIsOneReturn) {
  const RecordId loan = this->loan();
  give_back(a, loan, "2026-03-02T09:00", "甲");
  give_back(b, loan, "2026-03-02T11:00", "乙");
  together();
  EXPECT_EQ(state(loan), "returned");
  EXPECT_EQ(shown(loan, "returned_at"), "2026-03-02T09:00");
  EXPECT_EQ(codes(loan), "");
  EXPECT_EQ(shown(paper_copy, "custody_state"), "在库");
  EXPECT_EQ(codes(paper_copy), "");
}

TEST_P(Status, U3TwoCountsThatDifferFreezeTheLoan) {
  const RecordId loan = this->loan();
  give_back(a, loan, "2026-03-02T09:00", "甲");
  b.write(loan, {{"returned_at", "2026-03-02T11:00"},
                 {"returned_to", "乙"},
                 {"check", "短缺"},
                 {"state", "short"}});
  together();
  EXPECT_EQ(codes(loan), "S3 U1");
  EXPECT_EQ(state(loan), "out");
}

TEST_P(Status, U8AShelfChangedOnBothSidesFreezesNothing) {
  const RecordId paper = copy();
  together();
  a.write(paper, {{"location", "1号柜"}});
  b.write(paper, {{"location", "2号柜"}});
  together();
  EXPECT_EQ(codes(paper), "");
  const std::string kept = shown(paper, "location");
  EXPECT_TRUE(kept == "1号柜" || kept == "2号柜") << kept;
  EXPECT_EQ(b.refusal_of(paper, {{"location", "3号柜"}}), "");
}

TEST_P(Status, U11RefusedHereAndApprovedThereNothingIsLentUntilSomebodyRules) {
  const RecordId paper = copy();
  const RecordId loan =
      a.make("loan", "requested",
             {{"copy", paper.hex()}, {"document", a.shown(paper, "document")}, {"borrower", "赵"}});
  together();
  a.write(loan, {{"state", "refused"}});
  b.write(loan, {{"state", "approved"}});
  together();
  EXPECT_EQ(asked(loan, "S2"), "q office_director");
  EXPECT_EQ(state(loan), "requested");
  EXPECT_NE(b.refusal_of(loan, {{"lent_at", "2026-03-01T09:30"},
                                {"due_on", "2026-03-02"},
                                {"approver", "sign"},
                                {"state", "out"}}),
            "");
  a.resolve(loan, {{"state", "refused"}});
  together();
  EXPECT_EQ(state(loan), "refused");
}

INSTANTIATE_TEST_SUITE_P(Ways, Status, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });

}  // namespace
}  // namespace jiyao
