// tests/registers/custody_test.cpp - copies: lent, listed, returned, destroyed, counted, copied
// (domain.md 6.4 U and D, worked examples 3 and 12).
#include "registers/apart.h"

namespace jiyao {
namespace {

const Fields kMeans{{"unit", "保密局"}, {"place", "销毁中心"}, {"method", "化浆"}};

Fields operator+(Fields fields, const Fields& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

class Custody : public Apart {
 protected:
  RecordId list_for_destruction(Party& side, const RecordId& copy) {
    const RecordId list =
        side.make("destruction", "listing", {{"made_on", "2026-12-01"}, {"listed_by", "甲"}});
    side.write(list, {{"item_copy", copy.hex()}, {"item_level", "secret"}});
    return list;
  }
  /// Listed, counted and approved by the leader, at A.
  RecordId approved_list(const RecordId& copy) {
    const RecordId list = list_for_destruction(a, copy);
    a.write(list, {{"appraisal", "sign"}});
    a.write(list, {{"state", "counted"}});
    a.sit(leader);
    a.write(list, kMeans + Fields{{"approval", "sign"}, {"state", "approved"}});
    return list;
  }
  void witness(Party& side, const RecordId& list, const Clerk& who) {
    side.sit(who);
    side.write(list, {{"witness", who.user.hex()}, {"witness_sign", "sign"}});
  }
  RecordId return_list(Party& side, const RecordId& copy) {
    const RecordId list =
        side.make("return_list", "drafting",
                  {{"made_on", "2026-06-01"}, {"to_org", "省委办公厅"}, {"listed_by", "乙"}});
    side.write(list, {{"item_copy", copy.hex()}});
    return list;
  }
};

TEST_P(Custody, U1OneCopyLentTwiceFreezesAndKeepsBothLoans) {
  const RecordId paper = copy();
  together();
  const RecordId here = lend(a, paper, "赵");
  const RecordId there = lend(b, paper, "钱");
  together();
  EXPECT_EQ(codes(here), "U1");
  EXPECT_EQ(codes(there), "U1");
  EXPECT_EQ(state(here), "out");
  EXPECT_EQ(shown(paper, "custody_state"), "在库") << "the last fact both knew";
}

TEST_P(Custody, U4ALentCopyOnAReturnListIsRecalled) {
  const RecordId paper = copy();
  together();
  const RecordId loan = lend(a, paper, "赵");
  const RecordId list = return_list(b, paper);
  together();
  EXPECT_EQ(codes(list), "U4");
  EXPECT_EQ(codes(loan), "U4");
  EXPECT_EQ(r.findings(list).front().gravity, Gravity::note);
}

TEST_P(Custody, U5Example03ALentCopyThatIsDestroyedElsewhereKeepsTheBatchOpen) {
  const RecordId paper = copy();
  const RecordId list = approved_list(paper);
  witness(a, list, first_witness);
  witness(a, list, second_witness);
  together();
  a.write(list, {{"done_at", "2026-12-20T10:00"}, {"state", "destroyed"}});
  a.sit(realm.clerk_a);
  a.write(paper, {{"custody_state", "已销毁"}});
  const RecordId loan = lend(b, paper, "钱");
  together();
  EXPECT_EQ(codes(list), "S1 U5");
  EXPECT_EQ(asked(list, "U5"), "f secrecy_officer");
  EXPECT_EQ(codes(loan), "S1 U5");
  EXPECT_EQ(state(list), "approved") << "it cannot be closed";
  EXPECT_EQ(state(loan), "out");
  EXPECT_NE(codes(paper).find("U1"), std::string::npos) << "two facts about one paper";
}

TEST_P(Custody, D2OneCopyInTwoBatches) {
  const RecordId paper = copy();
  together();
  const RecordId here = list_for_destruction(a, paper);
  const RecordId there = list_for_destruction(b, paper);
  together();
  EXPECT_EQ(codes(here), "D2");
  EXPECT_EQ(codes(there), "D2");
}

TEST_P(Custody, D3AReturnListComesBeforeADestructionList) {
  const RecordId paper = copy();
  together();
  const RecordId destruction = list_for_destruction(a, paper);
  const RecordId returned = return_list(b, paper);
  together();
  EXPECT_EQ(codes(destruction), "D3");
  EXPECT_EQ(codes(returned), "D3");
}

TEST_P(Custody, D1AnItemAddedWhileTheListWasApprovedIsOnlyProposed) {
  const RecordId paper = copy("secret", "000001"), late = copy("secret", "000002");
  const RecordId list = list_for_destruction(a, paper);
  a.write(list, {{"appraisal", "sign"}});
  a.write(list, {{"state", "counted"}});
  together();
  a.sit(leader);
  a.write(list, kMeans + Fields{{"approval", "sign"}, {"state", "approved"}});
  b.write(list, {{"item_copy", late.hex()}});
  together();
  EXPECT_EQ(state(list), "approved") << "the approval stands for the list it was given for";
  EXPECT_EQ(shown(list, "item_copy"), "1");
  EXPECT_EQ(b.proposals(list, "items"), 1U);
  EXPECT_EQ(codes(list), "");
}

TEST_P(Custody, D1AListChangedAfterItsApprovalHasToBeApprovedAgain) {
  const RecordId paper = copy("secret", "000001"), more = copy("secret", "000002");
  const RecordId list = approved_list(paper);
  together();
  b.write(list, {{"item_copy", more.hex()}});
  together();
  EXPECT_EQ(codes(list), "A1");
  EXPECT_EQ(state(list), "counted");
  a.write(list, {{"approval", "sign"}});
  together();
  EXPECT_EQ(codes(list), "");
  EXPECT_EQ(state(list), "approved");
}

TEST_P(Custody, D8Example12OnePersonIsNotTwoWitnesses) {
  const RecordId list = approved_list(copy());
  together();
  witness(a, list, first_witness);
  EXPECT_NE(a.refusal_of(list, {{"done_at", "2026-12-20T10:00"}, {"state", "destroyed"}}), "");
  b.sit(first_witness);
  b.write(list, {{"witness", "另一个名字"}, {"witness_sign", "sign"}});
  together();
  EXPECT_NE(b.refusal_of(list, {{"done_at", "2026-12-20T10:00"}, {"state", "destroyed"}}), "");
  witness(a, list, second_witness);
  a.write(list, {{"done_at", "2026-12-20T10:00"}, {"state", "destroyed"}});
  together();
  EXPECT_EQ(state(list), "destroyed");
}

TEST_P(Custody, D8AWitnessWhoTakesTheSignatureBackApartKeepsTheBatchOpen) {
  const RecordId list = approved_list(copy());
  witness(a, list, first_witness);
  witness(a, list, second_witness);
  together();
  a.write(list, {{"done_at", "2026-12-20T10:00"}, {"state", "destroyed"}});
  b.sit(second_witness);
  b.withdraw(list, "witness", second_witness.user.hex());
  together();
  EXPECT_EQ(state(list), "approved");
  EXPECT_EQ(asked(list, "D8"), "n secrecy_officer");
  witness(b, list, second_witness);
  together();
  EXPECT_EQ(state(list), "destroyed");
}

TEST_P(Custody, D1AnItemTakenBackWhileTheBatchWasDestroyedIsOnlyProposed) {
  const RecordId paper = copy("secret", "000001");
  const RecordId list = approved_list(paper);
  witness(a, list, first_witness);
  witness(a, list, second_witness);
  together();
  a.write(list, {{"done_at", "2026-12-20T10:00"}, {"state", "destroyed"}});
  b.withdraw(list, "item_copy", paper.hex());
  together();
  EXPECT_EQ(state(list), "destroyed");
  EXPECT_EQ(shown(list, "item_copy"), "1");
}

TEST_P(Custody, D7TwoCountsOfOneCopyDisagree) {
  const RecordId paper = copy();
  together();
  const Fields count{{"period", "季"}, {"place", "1号柜"}, {"planned_on", "2026-03-31"}};
  const RecordId here = a.make("stocktake", "planned", count);
  a.write(here, {{"seen_copy", paper.hex()}, {"seen_at", "2026-03-31T10:00"}});
  const RecordId there = b.make("stocktake", "planned", count);
  b.write(there, {{"missing_copy", paper.hex()}});
  together();
  EXPECT_EQ(codes(here), "D7");
  EXPECT_EQ(codes(there), "D7");
}

TEST_P(Custody, U6CountedAsPresentWhileItIsOut) {
  const RecordId paper = copy();
  together();
  const RecordId count = a.make(
      "stocktake", "planned", {{"period", "季"}, {"place", "1号柜"}, {"planned_on", "2026-03-31"}});
  a.write(count, {{"seen_copy", paper.hex()}, {"seen_at", "2026-03-31T10:00"}});
  lend(b, paper, "钱");
  together();
  EXPECT_EQ(codes(count), "U6");
}

TEST_P(Custody, U7FoundAtBStaysBesideTheIncidentUntilAPersonClosesIt) {
  const RecordId paper = copy();
  together();
  const RecordId incident = a.make("incident", "found",
                                   {{"kind", "短缺"},
                                    {"found_at", "2026-03-31T10:00"},
                                    {"found_by", "甲"},
                                    {"level", "secret"},
                                    {"copy", paper.hex()},
                                    {"facts", "清点未见"}});
  together();
  a.write(incident, {{"state", "searching"}});
  b.write(incident, {{"measure", "在二号柜找到"}});
  together();
  EXPECT_EQ(shown(incident, "measure"), "1");
  EXPECT_EQ(state(incident), "searching");
  EXPECT_NE(a.refusal_of(incident, {{"state", "closed"}}), "");
}

TEST_P(Custody, U9CopiesSentAndReceivedDiffer) {
  const RecordId paper = copy();
  const RecordId sent = a.make("dispatch", "sent",
                               {{"copy", paper.hex()},
                                {"level", "secret"},
                                {"to_org", "市委办"},
                                {"count", "2"},
                                {"channel", "机要交通"},
                                {"handed_by", "甲"},
                                {"sent_at", "2026-03-01T09:00"}});
  together();
  b.write(sent, {{"receiver", "丁"}, {"receipt_at", "2026-03-02T09:00"}, {"receipt_count", "1"}});
  a.write(sent, {{"remarks", "电话告知已到"}});
  together();
  EXPECT_EQ(codes(sent), "U9");
  EXPECT_EQ(a.findings(sent).front().gravity, Gravity::freeze);
}

TEST_P(Custody, M17AClassifiedPaperNeverGoesByPost) {
  const Fields fields{{"level", "secret"},   {"to_org", "市委办"},
                      {"count", "1"},        {"channel", "普通邮寄"},
                      {"handed_by", "甲"},   {"sent_at", "2026-03-01T09:00"},
                      {"copy", copy().hex()}};
  EXPECT_NE(a.refusal_of_making("dispatch", "sent", fields).find("机要渠道"), std::string::npos);
  // An open paper sent by post here, classified there: nobody could refuse it.
  const RecordId sent =
      a.make("dispatch", "to_send", {{"level", "internal"}, {"to_org", "市委办"}, {"count", "1"}});
  together();
  a.write(sent, {{"channel", "普通邮寄"}});
  b.write(sent, {{"level", "secret"}});
  together();
  EXPECT_EQ(codes(sent), "M17");
}

TEST_P(Custody, U12ALoanToSomebodyWhoLeavesIsRecalled) {
  const RecordId paper = copy();
  together();
  const RecordId leaving =
      a.make("handover", "begun", {{"person", "钱某"}, {"leaves_on", "2026-03-31"}});
  const RecordId loan = lend(b, paper, "钱某");
  together();
  EXPECT_EQ(codes(loan), "U12");
  EXPECT_EQ(codes(leaving), "U12");
}

class Duplication : public Custody {
 protected:
  Fields request(const RecordId& paper, const std::string& level) {
    return {{"source_copy", paper.hex()},
            {"level", level},
            {"kind", "复印"},
            {"pages", "3"},
            {"count", "2"},
            {"reason", "会议用"}};
  }
  RecordId approved(const RecordId& paper, const std::string& level) {
    const RecordId job = a.make("duplication", "requested", request(paper, level));
    a.sit(leader);
    a.write(job, {{"approval", "sign"}, {"state", "approved"}});
    a.sit(realm.clerk_a);
    return job;
  }
};

TEST_P(Duplication, A4NobodyApprovesTheirOwnRequest) {
  const RecordId job = a.make("duplication", "requested", request(copy(), "secret"));
  const std::string why = a.refusal_of(job, {{"approval", "sign"}, {"state", "approved"}});
  EXPECT_NE(why.find("申请人不能批准自己的申请"), std::string::npos) << why;
}

TEST_P(Duplication, A1AnApprovalDiesWithTheCountItWasGivenFor) {
  const RecordId paper = copy();
  const RecordId job = a.make("duplication", "requested", request(paper, "secret"));
  together();
  a.sit(leader);
  a.write(job, {{"approval", "sign"}, {"state", "approved"}});
  b.write(job, {{"count", "20"}});
  together();
  EXPECT_EQ(codes(job), "A1");
  EXPECT_EQ(state(job), "requested");
}

TEST_P(Duplication, U13TheSourceIsRaisedWhileItIsCopied) {
  const RecordId paper = copy("internal");
  const RecordId job = approved(paper, "internal");
  together();
  a.write(job, {{"made_by", "甲"}, {"made_at", "2026-03-01T10:00"}, {"state", "made"}});
  b.write(paper, {{"level", "secret"}});
  together();
  EXPECT_EQ(codes(job), "U13");
}

INSTANTIATE_TEST_SUITE_P(Ways, Custody, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });
INSTANTIATE_TEST_SUITE_P(Ways, Duplication, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });

}  // namespace
}  // namespace jiyao
