// tests/registers/paper_test.cpp - drafts, signatures, numbers, classification, rulings
// (domain.md 6.4 N, C, A; 6.7; worked examples 4 and 11).
#include "registers/apart.h"

namespace jiyao {
namespace {

class Paper : public Apart {
 protected:
  RecordId draft() {
    const RecordId draft = a.make("draft", "drafting",
                                  {{"title", "关于防汛的通知"},
                                   {"level", "internal"},
                                   {"lead_dept", "一处"},
                                   {"drafter", "甲"},
                                   {"text_hash", "h1"},
                                   {"disclosure", "不予公开"}});
    a.write(draft, {{"dept_review", "sign"}});
    a.write(draft, {{"state", "dept_reviewed"}});
    a.write(draft, {{"office_check", "sign"}});
    a.write(draft, {{"state", "checked"}});
    return draft;
  }
  static void review(Party& by, const RecordId& record) {
    by.write(record, {{"dept_review", "sign"}, {"office_check", "sign"}});
  }
  void sign(Party& side, const RecordId& draft, const Clerk& who) {
    side.sit(who);
    side.write(draft, {{"sign_off", "sign"}, {"state", "signed"}});
  }
  RecordId registered(Party& side, const std::string& title) {
    return side.make("outgoing", "registered",
                     {{"organ_code", "甲办发"},
                      {"doc_no", "2026-0007"},
                      {"title", title},
                      {"level", "internal"},
                      {"lead_dept", "一处"},
                      {"signed_by", "李"},
                      {"registered_on", "2026-03-01"}});
  }
  static void recheck(Party& side, const RecordId& paper) {
    for (const char* point : {"签发手续", "附件", "标题和文种", "密级和期限", "缓急", "主送和抄送",
                              "格式", "文号和日期"})
      side.write(paper, {{"checked_point", point}});
    side.write(paper, {{"rechecked_by", "丙"}, {"state", "rechecked"}});
  }
  static Fields printed() {
    return {{"printed_on", "2026-03-02"}, {"print_run", "10"}, {"state", "printed"}};
  }
};

TEST_P(Paper, A1NothingIsSignedWithoutASignatureOverThisText) {
  const RecordId draft = this->draft();
  a.sit(leader);
  EXPECT_NE(a.refusal_of(draft, {{"state", "signed"}}).find("须重新批准"), std::string::npos);
  EXPECT_NE(a.refusal_of(draft, {{"sign_off", Digest{}.hex()}, {"state", "signed"}}), "");
  sign(a, draft, leader);
  together();
  EXPECT_EQ(state(draft), "signed");
}

TEST_P(Paper, A2Example04AnEditFromAnOlderBaseIsARequestToTheSigner) {
  const RecordId draft = this->draft();
  together();
  b.desk().clock.now_ms -= 2 * 3'600'000;  // and not knowing of the signature
  sign(a, draft, leader);
  b.write(draft, {{"text_hash", "h2"}, {"title", "关于防汛的紧急通知"}});
  together();
  EXPECT_EQ(state(draft), "signed");
  EXPECT_EQ(shown(draft, "text_hash"), "h1");
  EXPECT_EQ(b.proposals(draft, "text_hash"), 1U);
  EXPECT_EQ(codes(draft), "");
  // Later, knowing the signature: still a request. Only who signed may change it, and signs anew.
  b.write(draft, {{"text_hash", "h3"}});
  together();
  EXPECT_EQ(shown(draft, "text_hash"), "h1");
  a.write(draft, {{"text_hash", "h3"}});
  together();
  EXPECT_EQ(shown(draft, "text_hash"), "h3");
  EXPECT_EQ(codes(draft), "A1");
  EXPECT_EQ(state(draft), "checked");
  a.write(draft, {{"sign_off", "sign"}});
  together();
  EXPECT_EQ(codes(draft), "");
  EXPECT_EQ(state(draft), "signed");
}

TEST_P(Paper, A3TwoVersionsSignedByTwoPersonsIssueNothing) {
  const RecordId draft = this->draft();
  together();
  a.write(draft, {{"text_hash", "h2"}});
  EXPECT_EQ(a.state(draft), "drafting") << "a text that changed is reviewed again";
  review(a, draft);
  sign(a, draft, leader);
  b.write(draft, {{"text_hash", "h3"}});
  review(b, draft);
  sign(b, draft, other_leader);
  together();
  EXPECT_NE(codes(draft).find("A1"), std::string::npos) << codes(draft);
  EXPECT_NE(state(draft), "signed");
}

TEST_P(Paper, R12TwoVersionsOfADraftAreBothKeptAndAPersonChooses) {
  const RecordId draft = this->draft();
  together();
  a.write(draft, {{"text_hash", "h2"}});
  b.write(draft, {{"text_hash", "h3"}});
  together();
  EXPECT_EQ(codes(draft), "value");
  EXPECT_EQ(state(draft), "checked") << "the last text both knew";
  a.resolve(draft, {{"text_hash", "h3"}});
  together();
  EXPECT_EQ(shown(draft, "text_hash"), "h3");
  EXPECT_EQ(codes(draft), "S1") << "to be reviewed again";
}

TEST_P(Paper, M48OpenCountersignsKeepADraftFromBeingSigned) {
  const RecordId draft = this->draft();
  together();
  sign(a, draft, leader);
  const RecordId party = b.make(
      "countersign", "to_send",
      {{"draft", draft.hex()}, {"party", "财政局"}, {"party_kind", "局外"}, {"level", "internal"}});
  together();
  EXPECT_EQ(codes(draft), "S1");
  EXPECT_EQ(state(draft), "checked");
  EXPECT_EQ(state(party), "to_send");
}

TEST_P(Paper, N4OneDocumentNumberOnTwoPapers) {
  const RecordId here = registered(a, "甲文");
  const RecordId there = registered(b, "乙文");
  together();
  EXPECT_EQ(codes(here), "N4");
  EXPECT_EQ(a.findings(here).front().gravity, Gravity::note) << "neither is printed";
  recheck(a, here);
  a.write(here, printed());
  together();
  EXPECT_EQ(b.findings(there).front().gravity, Gravity::question) << "one is";
  recheck(b, there);
  b.write(there, printed());
  together();
  EXPECT_EQ(r.findings(there).front().gravity, Gravity::freeze) << "both are";
  EXPECT_EQ(codes(there), "N4");
}

TEST_P(Paper, N6OneItemNumberInTheCatalogue) {
  const Fields entry{{"fonds_no", "12"},        {"archive_year", "2026"}, {"retention", "30年"},
                     {"unit_code", "办公室"},   {"item_no", "2026-0005"}, {"author_org", "本单位"},
                     {"title", "通知"},         {"level", "internal"},    {"original", "原件"},
                     {"filed_on", "2026-02-01"}};
  const RecordId here = a.make("archive_entry", "gathered", entry);
  const RecordId there = b.make("archive_entry", "gathered", entry);
  together();
  EXPECT_EQ(codes(here), "N6");
  EXPECT_EQ(codes(there), "N6");
}

TEST_P(Paper, D4TheLongerRetentionWinsAndD5OneOriginalOfAJointPaper) {
  const Fields entry{{"archive_year", "2026"},       {"retention", "10年"},
                     {"author_org", "本单位"},       {"title", "联合通知"},
                     {"level", "internal"},          {"original", "原件"},
                     {"joint_no", "甲发〔2026〕1号"}};
  const RecordId here = a.make("archive_entry", "gathered", entry);
  together();
  const RecordId there = b.make("archive_entry", "gathered", entry);
  a.write(here, {{"retention", "30年"}});
  b.write(here, {{"retention", "永久"}});
  together();
  EXPECT_EQ(shown(here, "retention"), "永久");
  EXPECT_EQ(codes(there), "D5");
}

TEST_P(Paper, N14APaperThatCameByMistakeIsTwoValidRows) {
  const Fields row{{"received_on", "2026-03-01"},
                   {"sender_org", "省委办公厅"},
                   {"title", "通知"},
                   {"doc_no", "省发〔2026〕3号"},
                   {"level", "internal"}};
  b.turn_to(realm.b_internal);
  const RecordId theirs = b.make("incoming", "registered", row);
  const RecordId ours = a.make("incoming", "registered", row);
  b.write(theirs, {{"state", "done"}});
  b.write(theirs, {{"state", "transferred"}});
  together();
  EXPECT_EQ(b.codes(theirs), "") << "another office's register: no duplicate of ours";
  EXPECT_EQ(b.state(theirs), "transferred");
  EXPECT_EQ(codes(ours), "");
  EXPECT_EQ(state(ours), "registered") << "at every machine";
}

TEST_P(Paper, C3ADisputedLevelIsProtectedAtTheHighestClaim) {
  const RecordId copy = this->copy("internal");
  const RecordId document = document_of(copy);
  together();
  const RecordId action = a.make("classification", "drafted",
                                 {{"document", document.hex()},
                                  {"action", "异议"},
                                  {"basis", "范围目录"},
                                  {"proposed_by", "甲"},
                                  {"to_level", "secret"}});
  a.write(action, {{"state", "disputed"}, {"remarks", "应为秘密"}});
  b.write(document, {{"remarks", "已复印给二处"}});
  together();
  EXPECT_EQ(codes(action), "C3") << "still shown below what is claimed";
  b.write(document, {{"level", "secret"}});
  together();
  EXPECT_EQ(codes(action), "");
  EXPECT_EQ(shown(document, "level"), "secret");
}

TEST_P(Paper, C5Example11AnEndedTermOpensNothingByAnyClock) {
  const RecordId document = document_of(copy());
  a.write(document, {{"term", "2026-03-01"}});
  together();
  a.desk().clock.now_ms += std::int64_t{20} * 365 * 86'400'000;  // A's clock is far ahead
  a.write(document, {{"remarks", "到期"}});
  b.write(document, {{"term", "2036-03-01"}});
  together();
  EXPECT_EQ(shown(document, "term"), "2036-03-01");
  EXPECT_EQ(shown(document, "level"), "secret");
  const LedgerDefinition& ledger = *a.replica().definitions().ledger("document");
  const View view = *a.replica().view(document);
  EXPECT_TRUE(reminders(ledger, view.state, "2036-02-28").empty());
  EXPECT_EQ(reminders(ledger, view.state, "2036-03-02").size(), 1U) << "待确认";
}

TEST_P(Paper, T1T2AClockFarAheadOrBehindDecidesNothing) {
  const RecordId document = document_of(copy());
  together();
  a.desk().clock.now_ms += std::int64_t{1000} * 86'400'000;
  b.desk().clock.now_ms -= std::int64_t{1000} * 86'400'000;
  a.write(document, {{"title", "甲改"}});
  b.write(document, {{"title", "乙改"}});
  together();
  EXPECT_EQ(codes(document), "value") << "neither is later";
  EXPECT_EQ(shown(document, "title"), "通知");
}

TEST_P(Paper, C10ADerivedDraftBelowItsRaisedSourceIsTold) {
  const RecordId source = document_of(copy("internal"));
  const RecordId draft = this->draft();
  a.write(draft, {{"derived_from", source.hex()}});
  together();
  b.write(source, {{"level", "secret"}});
  a.write(draft, {{"summary", "要点"}});
  together();
  EXPECT_EQ(codes(draft), "C10");
}

TEST_P(Paper, M33ATermAboveTheMaximumOfItsLevel) {
  const RecordId document = document_of(copy());
  EXPECT_NE(a.refusal_of(document, {{"term", "15y"}}).find("最长期限"), std::string::npos);
  a.write(document, {{"special_basis", "条例"}, {"term", "15y"}});
  together();
  EXPECT_EQ(codes(document), "");
}

TEST_P(Paper, M08AScanOfAPaperThatIsClassifiedElsewhere) {
  const RecordId paper = a.make("incoming", "registered",
                                {{"received_on", "2026-03-01"},
                                 {"sender_org", "省委办公厅"},
                                 {"title", "通知"},
                                 {"copies", "1"},
                                 {"pages", "2"},
                                 {"level", "internal"}});
  together();
  a.write(paper, {{"scan", "扫描件.pdf"}});
  b.write(paper, {{"level", "secret"}});
  together();
  EXPECT_EQ(codes(paper), "M08");
  EXPECT_NE(b.refusal_of_making("incoming", "registered",
                                {{"received_on", "2026-03-01"},
                                 {"sender_org", "省委办公厅"},
                                 {"title", "通知"},
                                 {"copies", "1"},
                                 {"pages", "2"},
                                 {"level", "secret"},
                                 {"scan", "x.pdf"}})
                .find("不得扫描"),
            std::string::npos);
}

TEST_P(Paper, M34OnlyTheOwnersClassificationAuthorityApproves) {
  const RecordId action = a.make("classification", "drafted",
                                 {{"document", document_of(copy()).hex()},
                                  {"action", "延长"},
                                  {"basis", "目录"},
                                  {"proposed_by", "甲"},
                                  {"to_level", "secret"},
                                  {"to_term", "10y"},
                                  {"to_scope", "甲"}});
  together();
  b.write(action, {{"approval", "sign"}});  // of another office: a proposal
  together();
  EXPECT_EQ(b.proposals(action, "approval"), 1U);
  EXPECT_NE(b.refusal_of(action, {{"effective_on", "2026-03-01"}, {"state", "approved"}}), "");
  a.sit(authority);
  a.write(action, {{"approval", "sign"}, {"effective_on", "2026-03-01"}, {"state", "approved"}});
  together();
  EXPECT_EQ(state(action), "approved");
}

class Ruling : public Paper {
 protected:
  /// Two rows of one paper, and the finding that asks about them.
  void SetUp() override {
    const Fields row{{"received_on", "2026-03-01"},
                     {"sender_org", "省委办公厅"},
                     {"title", "通知"},
                     {"doc_no", "省发〔2026〕3号"},
                     {"level", "internal"}};
    here = a.make("incoming", "registered", row);
    there = b.make("incoming", "registered", row);
    together();
    ASSERT_EQ(codes(here), "N2");
    asked = a.findings(here).front();
  }
  RecordId opened(Party& side, const std::string& gravity) {
    const RecordId ruling = side.make("ruling", "open",
                                      {{"finding", asked.id.hex()},
                                       {"code", asked.code},
                                       {"class", gravity},
                                       {"level", "internal"},
                                       {"record", here.hex()}});
    side.write(ruling, {{"record", there.hex()}});
    return ruling;
  }
  static Fields decision(const char* decision) {
    return {{"decision", decision},
            {"grounds", "两份不同的文"},
            {"decided_by", "sign"},
            {"state", "decided"}};
  }
  RecordId here, there;
  Finding asked;
};

TEST_P(Ruling, L23WhatIsRuledOnIsNotAskedAgainUntilTheValuesChange) {
  const RecordId ruling = opened(a, "询问");
  together();
  EXPECT_EQ(codes(here), "N2") << "open is not decided";
  a.sit(leader);
  a.write(ruling, decision("属实不改"));
  together();
  EXPECT_EQ(codes(here), "");
  EXPECT_EQ(codes(there), "");
  b.write(there, {{"remarks", "无关的备注"}});
  together();
  EXPECT_EQ(codes(there), "") << "the same values";
  b.write(there, {{"doc_no", "省发〔2026〕3 号"}});
  together();
  EXPECT_NE(codes(there), "") << "other values: a new question";
}

TEST_P(Ruling, L23AFrozenObjectTakesTwoPersons) {
  const RecordId ruling = opened(a, "冻结");
  a.sit(leader);
  a.write(ruling, decision("属实不改"));
  together();
  EXPECT_EQ(codes(here), "N2") << "one person is not enough";
  a.sit(other_leader);
  a.write(ruling, {{"decided_by", "sign"}});
  together();
  EXPECT_EQ(codes(here), "");
}

TEST_P(Ruling, L23TwoRulingsOnOneFindingAreAskedAbout) {
  const RecordId one = opened(a, "询问");
  const RecordId other = opened(b, "询问");
  together();
  EXPECT_EQ(codes(one), "L23");
  EXPECT_EQ(codes(other), "L23");
}

INSTANTIATE_TEST_SUITE_P(Ways, Paper, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });
INSTANTIATE_TEST_SUITE_P(Ways, Ruling, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });

}  // namespace
}  // namespace jiyao
