// tests/registers/handling_test.cpp - sheets, circulation, countersigning, urging, seals, duty
// (domain.md 6.4 R, C7, C8, S6, A7, A8, X; worked examples 5 and 9).
#include "registers/apart.h"

namespace jiyao {
namespace {

class Handling : public Apart {
 protected:
  RecordId paper() {
    return a.make("incoming", "registered",
                  {{"received_on", "2026-03-01"},
                   {"sender_org", "省委办公厅"},
                   {"title", "通知"},
                   {"level", "secret"},
                   {"copies", "1"},
                   {"pages", "3"}});
  }
  RecordId sheet() {
    const RecordId sheet = a.make("handling", "opened", {{"intake", paper().hex()}});
    a.write(sheet, {{"proposal_by", "主任"}, {"proposal", "拟请二处办"}, {"state", "proposed"}});
    return sheet;
  }
  RecordId slip(const RecordId& copy) {
    const RecordId slip =
        a.make("circulation", "planned",
               {{"copy", copy.hex()}, {"document", a.shown(copy, "document")}, {"mode", "传阅"}});
    for (const char* reader : {"甲", "乙"}) a.write(slip, {{"reader", reader}});
    return slip;
  }
  static Fields leg(const char* reader, const char* event) {
    return {{"leg_reader", reader}, {"leg_event", event}, {"leg_at", "2026-03-02T09:00"}};
  }
};

TEST_P(Handling, R4TwoOpinionsOfOneLeaderEnteredApartAreAskedAbout) {
  const RecordId sheet = this->sheet();
  together();
  a.write(sheet, {{"instruction_by", "李"}, {"instruction", "请一处办"}});
  b.write(sheet, {{"instruction_by", "李"}, {"instruction", "请三处办"}});
  together();
  EXPECT_EQ(codes(sheet), "R4");
  EXPECT_EQ(shown(sheet, "instruction"), "2");
  a.write(sheet, {{"instruction_by", "李"}, {"instruction", "以一处为准"}});
  together();
  EXPECT_EQ(codes(sheet), "") << "he was asked, and knew both";
}

TEST_P(Handling, N12OneOpinionEnteredTwiceIsASuggestion) {
  const RecordId sheet = this->sheet();
  together();
  for (Party* side : {&a, &b})
    side->write(sheet, {{"instruction_by", "李"}, {"instruction", "同意"}});
  together();
  EXPECT_EQ(codes(sheet), "N12");
}

TEST_P(Handling, R8TwoLeadDepartmentsAreAConflictAndNobodyLeads) {
  const RecordId sheet = this->sheet();
  together();
  a.write(sheet, {{"lead_dept", "一处"}});
  b.write(sheet, {{"lead_dept", "二处"}});
  together();
  EXPECT_EQ(codes(sheet), "value");
  EXPECT_EQ(shown(sheet, "lead_dept"), "");
  a.resolve(sheet, {{"lead_dept", "二处"}});
  together();
  EXPECT_EQ(codes(sheet), "");
  EXPECT_EQ(shown(sheet, "lead_dept"), "二处");
}

TEST_P(Handling, R9TwoSheetsForOnePaper) {
  const RecordId paper = this->paper();
  together();
  const RecordId here = a.make("handling", "opened", {{"intake", paper.hex()}});
  const RecordId there = b.make("handling", "opened", {{"intake", paper.hex()}});
  together();
  EXPECT_EQ(codes(here), "R9");
  EXPECT_EQ(codes(there), "R9");
}

TEST_P(Handling, R11OneDepartmentIsDoneAndTheOtherStillOpen) {
  const RecordId sheet = this->sheet();
  a.write(sheet, {{"lead_dept", "一处"}});
  a.write(sheet, {{"result_dept", "一处"}, {"result", "已办"}});
  together();
  a.write(sheet, {{"state", "done"}});
  b.write(sheet, {{"co_depts", "二处"}});
  together();
  EXPECT_EQ(codes(sheet), "R11");
  EXPECT_EQ(state(sheet), "proposed");
  b.write(sheet, {{"result_dept", "二处"}, {"result", "已会同办理"}});
  together();
  EXPECT_EQ(codes(sheet), "");
  EXPECT_EQ(state(sheet), "done");
}

TEST_P(Handling, M06ARequestNeedsTheMainApproversOwnWords) {
  const RecordId sheet = this->sheet();
  a.write(sheet, {{"request", "有"}, {"main_approver", "王"}});
  a.write(sheet, {{"instruction_by", "李"}, {"instruction", "已阅"}});
  EXPECT_NE(a.refusal_of(sheet, {{"state", "instructed"}}).find("主批人"), std::string::npos);
  a.write(sheet, {{"instruction_by", "王"}, {"instruction", "同意"}});
  a.write(sheet, {{"state", "instructed"}});
  together();
  EXPECT_EQ(state(sheet), "instructed");
}

TEST_P(Handling, R6ASecretCopyIsNotPassedOnBeforeItCameBack) {
  const RecordId slip = this->slip(copy());
  together();
  a.write(slip, leg("甲", "送出"));
  EXPECT_NE(a.refusal_of(slip, leg("乙", "送出")).find("横传"), std::string::npos);
  b.write(slip, leg("乙", "送出"));
  together();
  EXPECT_EQ(codes(slip), "R6");
  b.write(slip, leg("甲", "退回"));
  together();
  EXPECT_EQ(codes(slip), "") << "the first leg came back";
}

TEST_P(Handling, C7RemovingAReaderBeatsAGrantMadeApart) {
  const RecordId slip = this->slip(copy());
  together();
  a.write(slip, {{"reader", "丙"}});
  a.withdraw(slip, "reader", "乙");
  b.write(slip, {{"reader", "乙"}, {"reader_rank", "2"}});
  b.write(slip, {{"reader", "丁"}});
  together();
  EXPECT_EQ(shown(slip, "reader"), "3") << "甲, 丙 and 丁";
  a.write(slip, {{"reader", "乙"}});
  together();
  EXPECT_EQ(shown(slip, "reader"), "4") << "whoever knows the removal may grant again";
}

TEST_P(Handling, C8AReaderWhoIsRemovedWhileHoldingTheCopyHasToGiveItBack) {
  const RecordId slip = this->slip(copy());
  together();
  a.withdraw(slip, "reader", "乙");
  b.write(slip, leg("乙", "送出"));
  together();
  EXPECT_EQ(codes(slip), "C8 R2");
  EXPECT_EQ(shown(slip, "leg_reader"), "1") << "the record of it stays";
  b.write(slip, leg("乙", "退回"));
  together();
  EXPECT_EQ(codes(slip), "R2");
}

TEST_P(Handling, C8ABorrowerWhoIsNotInTheScopeHasToGiveTheCopyBack) {
  const RecordId copy = this->copy(), other = this->copy();
  together();
  const RecordId loan = lend(a, copy, "乙"), free = lend(a, other, "乙");
  b.write(document_of(copy), {{"scope", "甲"}});
  together();
  EXPECT_EQ(codes(loan), "C8");
  EXPECT_EQ(codes(free), "") << "nobody narrowed its scope";
  b.write(document_of(copy), {{"scope", "乙"}});
  together();
  EXPECT_EQ(codes(loan), "");
}

TEST_P(Handling, M20AReaderNobodyApprovedGetsNoCopy) {
  const RecordId slip = this->slip(copy());
  EXPECT_NE(a.refusal_of(slip, leg("外人", "送出")).find("知悉范围"), std::string::npos);
}

TEST_P(Handling, M20TheScopeOfTheIssuerIsNotWidenedHere) {
  const RecordId copy = this->copy();
  const RecordId slip = this->slip(copy);
  together();
  const RecordId document = document_of(copy);
  for (const char* person : {"甲", "乙"}) a.write(document, {{"scope", person}});
  b.write(slip, {{"reader", "丙"}});
  together();
  EXPECT_EQ(codes(slip), "M20");
}

class Countersign : public Handling {
 protected:
  RecordId sent() {
    return a.make("countersign", "to_send",
                  {{"party", "财政局"}, {"party_kind", "局外"}, {"level", "internal"}});
  }
  void send(const RecordId& sheet) {
    a.write(sheet, {{"draft_hash", "h1"},
                    {"sent_at", "2026-03-02T09:00"},
                    {"due_on", "2026-03-09"},
                    {"state", "sent"}});
  }
  static Fields answer(const char* on, const char* state) {
    return {
        {"answered_on", on}, {"opinion_by", "局长"}, {"opinion", "请改第三条"}, {"state", state}};
  }
};

TEST_P(Countersign, R13Example05AnAnswerSignedInTimeReplacesSilenceRecordedElsewhere) {
  const RecordId sheet = sent();
  send(sheet);
  together();
  a.write(sheet, {{"silent_on", "2026-03-10"}, {"state", "silent"}});
  b.write(sheet, answer("2026-03-08", "objected"));
  together();
  EXPECT_EQ(state(sheet), "objected");
  EXPECT_EQ(shown(sheet, "silent_on"), "2026-03-10") << "and what was recorded stays";
}

TEST_P(Countersign, R13AnAnswerSignedTooLateDoesNotUndoConsent) {
  const RecordId sheet = sent();
  send(sheet);
  EXPECT_NE(a.refusal_of(sheet, answer("2026-03-12", "objected")), "");
  together();
  a.write(sheet, {{"silent_on", "2026-03-10"}, {"state", "silent"}});
  b.write(sheet, {{"opinion_by", "局长"}, {"opinion", "请改第三条"}});
  together();
  EXPECT_EQ(state(sheet), "silent");
  EXPECT_EQ(shown(sheet, "opinion"), "1");
}

TEST_P(Countersign, R15AnExtensionAgreedApartBeatsSilence) {
  const RecordId sheet = sent();
  send(sheet);
  together();
  a.write(sheet, {{"silent_on", "2026-03-10"}, {"state", "silent"}});
  b.write(sheet, {{"extended_to", "2026-03-20"}});
  together();
  EXPECT_EQ(state(sheet), "sent");
  EXPECT_EQ(codes(sheet), "S1") << "the silence waits";
}

TEST_P(Countersign, R14OnePartyAnswersTwiceDifferently) {
  const RecordId sheet = sent();
  send(sheet);
  together();
  a.write(sheet, {{"opinion_by", "局长"}, {"opinion", "同意"}});
  b.write(sheet, {{"opinion_by", "局长"}, {"opinion", "不同意"}});
  together();
  EXPECT_EQ(codes(sheet), "R14");
}

class Office : public Handling {
 protected:
  RecordId seal_request() {
    const RecordId seal = a.make("seal_use", "requested",
                                 {{"asked_on", "2026-03-01"},
                                  {"seal", "办公室印"},
                                  {"doc_name", "函"},
                                  {"using_unit", "一处"},
                                  {"reason", "报送"},
                                  {"applicant", "甲"}});
    a.sit(leader);
    a.write(seal, {{"approved_count", "2"}, {"approval", "sign"}, {"state", "approved"}});
    a.sit(realm.clerk_a);
    return seal;
  }
  static Fields use(const char* count) {
    return {{"use_count", count}, {"use_at", "2026-03-02T09:00"}, {"use_by", "管印人"}};
  }
};

TEST_P(Office, A7ImpressionsOnBothSidesExceedWhatWasApproved) {
  const RecordId seal = seal_request();
  together();
  a.write(seal, use("2"));
  EXPECT_NE(a.refusal_of(seal, use("1")).find("超过核准次数"), std::string::npos);
  b.write(seal, use("1"));
  together();
  EXPECT_EQ(codes(seal), "A7");
  EXPECT_EQ(b.findings(seal).front().gravity, Gravity::freeze);
}

TEST_P(Office, A8AnApprovalWithdrawnHereWhileTheSealWasUsedThere) {
  const RecordId seal = seal_request();
  together();
  a.write(seal, {{"remarks", "暂缓"}});
  a.withdraw(seal, "approval", [&] {
    const View view = *a.replica().view(seal);
    const LedgerDefinition& ledger = *a.replica().definitions().ledger("seal_use");
    return view.state.group(*ledger.group_index("approval"))->held.front().value;
  }());
  b.write(seal, use("1"));
  together();
  EXPECT_EQ(codes(seal), "A1 A8");
  EXPECT_EQ(shown(seal, "use_count"), "1") << "what was done stays recorded";
}

TEST_P(Office, S6AnOpenSubItemKeepsItsParentFromBeingDone) {
  const Fields item{{"title", "落实"}, {"received_on", "2026-03-01"}};
  const RecordId parent = a.make("supervision", "proposed", item);
  a.write(parent, {{"unit", "一处"}, {"due_on", "2026-04-01"}});
  a.write(parent, {{"state", "submitted"}});
  a.sit(leader);
  a.write(parent, {{"approval", "sign"}});
  a.sit(realm.clerk_a);
  a.write(parent, {{"state", "set_up"}});
  a.write(parent, {{"assigned_on", "2026-03-02"}, {"state", "notified"}});
  a.write(parent, {{"report", "已办"}, {"state", "reported"}});
  together();
  a.write(parent, {{"result", "办结"}, {"state", "done"}});
  Fields part = item;
  part.emplace_back("parent", parent.hex());
  const RecordId sub = b.make("supervision", "proposed", part);
  together();
  EXPECT_EQ(state(parent), "reported");
  EXPECT_EQ(codes(parent), "S1");
  b.write(sub, {{"void_reason", "并入"}, {"state", "void"}});
  together();
  EXPECT_EQ(state(parent), "done");
}

TEST_P(Office, X1OneDocumentAsTwoItems) {
  const RecordId paper = this->paper();
  together();
  const Fields item{
      {"title", "落实"}, {"received_on", "2026-03-01"}, {"intake", paper.hex()}, {"unit", "一处"}};
  const RecordId here = a.make("supervision", "proposed", item);
  const RecordId there = b.make("supervision", "proposed", item);
  together();
  EXPECT_EQ(codes(here), "X1");
  EXPECT_EQ(codes(there), "X1");
}

TEST_P(Office, X3OneShiftOnTwoMachines) {
  const Fields shift{
      {"shift_on", "2026-03-01"}, {"shift", "夜班"}, {"post", "总值班室"}, {"staff", "甲"}};
  const RecordId here = a.make("duty_log", "on", shift);
  const RecordId there = b.make("duty_log", "on", shift);
  together();
  EXPECT_EQ(codes(here), "X3");
  EXPECT_EQ(codes(there), "X3");
}

TEST_P(Office, X4SignInsAtTwoDoorsUnite) {
  const RecordId meeting = a.make("meeting", "planned",
                                  {{"name", "例会"},
                                   {"kind", "现场"},
                                   {"level", "internal"},
                                   {"host", "办公室"},
                                   {"meets_on", "2026-03-05"},
                                   {"head_count", "20"},
                                   {"half_days", "1"}});
  together();
  a.write(meeting, {{"attendee", "甲"}, {"attended_at", "2026-03-05T08:50"}});
  b.write(meeting, {{"attendee", "乙"}, {"attended_at", "2026-03-05T08:55"}});
  together();
  EXPECT_EQ(shown(meeting, "attendee"), "2");
  EXPECT_EQ(codes(meeting), "");
}

TEST_P(Office, X6OnePrintedStubNumberRecordedTwice) {
  const Fields stub{{"serial_no", "0031"}, {"to_org", "档案馆"},        {"bearer", "甲"},
                    {"purpose", "查阅"},   {"issued_on", "2026-03-01"}, {"valid_days", "7"},
                    {"issuer", "乙"},      {"approval", "sign"}};
  const RecordId here = a.make("intro_letter", "issued", stub);
  const RecordId there = b.make("intro_letter", "issued", stub);
  together();
  EXPECT_EQ(codes(here), "X6");
  EXPECT_EQ(codes(there), "X6");
}

INSTANTIATE_TEST_SUITE_P(Ways, Handling, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });
INSTANTIATE_TEST_SUITE_P(Ways, Countersign, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });
INSTANTIATE_TEST_SUITE_P(Ways, Office, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });

}  // namespace
}  // namespace jiyao
