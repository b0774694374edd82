// tests/unit/sync/merge_state_test.cpp - copies in two hands, states reached apart, locks, moves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/value.h"
#include "support/record_history.h"
#include "sync/merge.h"

namespace jiyao {
namespace {

using testing::RecordHistory;

std::string custody(const std::string& where, const std::string& who) {
  return pack_fields({{"custody_state", where}, {"custodian", who}});
}

// --- custody -----------------------------------------------------------------------------------

RecordHistory copy_in_safe() {
  RecordHistory record("document_copy");
  record.add("a", {}, {{"custody", custody("在库", "")}, {"state", "on_register"}});
  return record;
}

TEST(MergeCustody, U1ACopyLentInTwoPlacesIsAnIncidentAndKeepsBothFacts) {
  RecordHistory record = copy_in_safe();
  record.add("b", {"a"}, {{"custody", custody("借出", "甲")}});
  record.add("c", {"a"}, {{"custody", custody("借出", "乙")}});
  EXPECT_EQ(record.group("custody").mark, Mark::incident);
  EXPECT_EQ(record.held("custody"), "b c");
  EXPECT_EQ(record.group("custody").value, custody("在库", ""));
  EXPECT_TRUE(record.merged().is_frozen);
}

TEST(MergeCustody, NoFurtherCustodyWriteCountsUntilARuling) {
  RecordHistory record = copy_in_safe();
  record.add("b", {"a"}, {{"custody", custody("借出", "甲")}});
  record.add("c", {"a"}, {{"custody", custody("借出", "乙")}});
  record.add("d", {"b", "c"}, {{"custody", custody("在库", "")}});
  EXPECT_EQ(record.group("custody").mark, Mark::incident);
  EXPECT_EQ(record.settles("custody"), "b c d");
  record.settle("e", {"d"}, {"b", "c", "d"}, {{"custody", custody("在库", "丁")}});
  EXPECT_EQ(record.group("custody").mark, Mark::none);
  EXPECT_EQ(record.group("custody").value, custody("在库", "丁"));
  EXPECT_FALSE(record.merged().is_frozen);
}

TEST(MergeCustody, BothPuttingTheCopyBackDoesNotExplainHowItWasInTwoPlaces) {
  RecordHistory record = copy_in_safe();
  record.add("b", {"a"}, {{"custody", custody("借出", "甲")}});
  record.add("c", {"b"}, {{"custody", custody("在库", "")}});
  record.add("d", {"a"}, {{"custody", custody("借出", "乙")}});
  record.add("e", {"d"}, {{"custody", custody("在库", "")}});
  EXPECT_EQ(record.group("custody").mark, Mark::incident);
  EXPECT_EQ(record.settles("custody"), "c e");
  EXPECT_EQ(record.held("custody"), "b c d e");
  record.add("f", {"c", "e"}, {{"custody", custody("借出", "丙")}});
  EXPECT_EQ(record.group("custody").mark, Mark::incident);
  record.settle("g", {"f"}, {"c", "e", "f"}, {{"custody", custody("在库", "")}});
  EXPECT_EQ(record.group("custody").mark, Mark::none);
}

TEST(MergeCustody, U3TwoWhoTookOneCopyBackContradictNobody) {
  RecordHistory record = copy_in_safe();
  record.add("b", {"a"}, {{"custody", custody("借出", "甲")}});
  record.add("c", {"b"}, {{"custody", custody("在库", "丙")}});
  record.add("d", {"b"}, {{"custody", custody("在库", "丁")}});
  EXPECT_EQ(record.group("custody").mark, Mark::flagged) << "both are told";
  EXPECT_EQ(record.group("custody").value, custody("在库", "丁"));
  EXPECT_EQ(record.held("custody"), "c d");
  EXPECT_FALSE(record.merged().is_frozen);
  record.add("e", {"c", "d"}, {{"custody", custody("借出", "戊")}});
  EXPECT_EQ(record.group("custody").mark, Mark::none) << "it can be lent again";
  EXPECT_EQ(record.held("custody"), "e");
  record.add("f", {"c", "d"}, {{"custody", custody("在库", "己")}});
  EXPECT_EQ(record.group("custody").mark, Mark::incident) << "in the safe and lent";
}

TEST(MergeCustody, U3TheSameReturnRegisteredTwiceIsNothing) {
  RecordHistory record = copy_in_safe();
  record.add("b", {"a"}, {{"custody", custody("借出", "甲")}});
  record.add("c", {"b"}, {{"custody", custody("在库", "")}});
  record.add("d", {"b"}, {{"custody", custody("在库", "")}});
  EXPECT_EQ(record.group("custody").mark, Mark::none);
  EXPECT_FALSE(record.merged().is_frozen);
}

TEST(MergeCustody, I8ADestroyedCopyIsNeverLentAgain) {
  RecordHistory record = copy_in_safe();
  record.add("b", {"a"}, {{"custody", custody("已销毁", "")}});
  record.add("c", {"b"}, {{"custody", custody("借出", "甲")}});
  EXPECT_EQ(record.group("custody").mark, Mark::incident);
  EXPECT_EQ(record.held("custody"), "b c");
}

TEST(MergeCustody, U8AShelfChangedOnBothSidesFreezesNothing) {
  RecordHistory record = copy_in_safe();
  record.add("b", {"a"}, {{"location", "柜1"}});
  record.add("c", {"a"}, {{"location", "柜2"}});
  EXPECT_FALSE(record.merged().has_conflict);
  EXPECT_FALSE(record.merged().is_frozen);
}

// --- state -------------------------------------------------------------------------------------

struct StateCase {
  std::string name, base, left, right;
  std::string shown;
  Mark mark = Mark::none;
};

class MergeStateTable : public ::testing::TestWithParam<StateCase> {};

TEST_P(MergeStateTable, BothOrdersOfTheTwoSidesShowTheSame) {
  const StateCase& c = GetParam();
  for (const bool is_swapped : {false, true}) {
    RecordHistory record("incoming");
    record.add("a", {}, {{"state", c.base}, {"archive_code", "1"}});
    record.add("b", {"a"}, {{"state", is_swapped ? c.right : c.left}});
    record.add("c", {"a"}, {{"state", is_swapped ? c.left : c.right}});
    EXPECT_EQ(record.merged().state, c.shown);
    EXPECT_EQ(record.group("state").mark, c.mark);
    EXPECT_EQ(record.held("state"), "b c");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, MergeStateTable,
    ::testing::Values(StateCase{"S1_same_path_the_higher_rank", "reviewed", "proposed",
                                "instructed", "instructed", Mark::flagged},
                      StateCase{"different_branches_ask", "registered", "sent_back", "reviewed",
                                "registered", Mark::conflict},
                      StateCase{"S3_two_ends_freeze", "done", "filed", "returned", "done",
                                Mark::incident},
                      StateCase{"S3_returned_and_destroyed", "done", "returned", "destroyed",
                                "done", Mark::incident},
                      StateCase{"S2_void_and_progress_ask", "reviewed", "void", "instructed",
                                "reviewed", Mark::conflict},
                      StateCase{"R16_handed_back_wins_over_progress", "instructed", "handed_back",
                                "in_hand", "handed_back", Mark::flagged},
                      StateCase{"R16_handed_back_wins_over_done", "in_hand", "handed_back", "done",
                                "handed_back", Mark::flagged},
                      StateCase{"I8_an_end_is_not_left_by_handing_back", "in_hand", "handed_back",
                                "filed", "filed", Mark::flagged},
                      StateCase{"equal_states_are_one", "reviewed", "proposed", "proposed",
                                "proposed", Mark::none}),
    [](const auto& c) { return c.param.name; });

TEST(MergeState, S1AFilingWhoseOwnGuardBrokeIsHeldBackAndWaits) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"state", "done"}, {"archive_code", "1"}});
  record.add("b", {"a"}, {{"state", "filed"}});
  record.add("c", {"a"}, {{"archive_code", "2"}});
  record.add("d", {"a"}, {{"archive_code", ""}});
  const RecordState state = record.merged();
  EXPECT_EQ(state.state, "filed") << "a conflict shows the common ancestor, which is set";
  record.settle("e", {"c", "d"}, {"c", "d"}, {{"archive_code", ""}});
  EXPECT_EQ(record.merged().state, "done");
  EXPECT_TRUE(record.merged().is_held_back);
  EXPECT_FALSE(record.merged().is_terminal);
}

TEST(MergeState, S2VoidingStandsAgainstDescriptiveEdits) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"state", "registered"}, {"title", "一"}});
  record.add("b", {"a"}, {{"state", "void"}, {"void_reason", "重复"}});
  record.add("c", {"a"}, {{"title", "二"}});
  EXPECT_TRUE(record.merged().is_void);
  EXPECT_EQ(record.group("title").value, "二");
}

TEST(MergeState, S2AnOpinionUnknownToTheVoidingSuspendsIt) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"state", "registered"}});
  record.add("b", {"a"}, {{"state", "void"}, {"void_reason", "重复"}});
  record.add("c", {"a"}, {{"opinions", "请办公室阅"}});
  EXPECT_FALSE(record.merged().is_void);
  EXPECT_EQ(record.merged().state, "registered");
  EXPECT_EQ(record.group("state").mark, Mark::conflict);
  record.settle("d", {"b", "c"}, {"b"}, {{"state", "void"}});
  EXPECT_TRUE(record.merged().is_void);
}

TEST(MergeState, S4AnEditUnknownToTheFilingBecomesAProposal) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"state", "done"}, {"title", "一"}, {"archive_code", "1"}});
  record.add("b", {"a"}, {{"state", "filed"}});
  record.add("c", {"a"}, {{"title", "二"}}).roles = role_bit(Role::intake_clerk);
  EXPECT_EQ(record.group("title").value, "一");
  EXPECT_EQ(record.proposals("title"), "c");
}

TEST(MergeState, S5AnEndIsNotLeftByAPlainWriteButByARuling) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"state", "filed"}, {"archive_code", "1"}});
  record.add("b", {"a"}, {{"state", "in_hand"}});
  EXPECT_EQ(record.merged().state, "filed");
  EXPECT_EQ(record.proposals("state"), "b");
  record.settle("c", {"b"}, {"a"}, {{"state", "in_hand"}});
  EXPECT_EQ(record.merged().state, "in_hand");
  EXPECT_EQ(record.proposals("state"), "");
}

TEST(MergeState, U11ARefusalAndAnApprovalMadeApartAskThePerson) {
  RecordHistory record("loan");
  record.add("a", {}, {{"state", "requested"}});
  record.add("b", {"a"}, {{"state", "approved"}});
  record.add("c", {"a"}, {{"state", "refused"}});
  EXPECT_EQ(record.group("state").mark, Mark::conflict);
  EXPECT_EQ(record.merged().state, "requested") << "not lent until somebody ruled";
}

struct SeniorityCase {
  std::string name;
  Role approves, refuses;
  std::string shown;
  Mark mark;
};
class MergeSeniority : public ::testing::TestWithParam<SeniorityCase> {};

TEST_P(MergeSeniority, A5TheSeniorPersonsDecisionIsShownWhicheverCameFirst) {
  const SeniorityCase& c = GetParam();
  for (const bool is_swapped : {false, true}) {
    RecordHistory record("loan");
    record.add("a", {}, {{"state", "requested"}});
    record.add(is_swapped ? "c" : "b", {"a"}, {{"state", "approved"}}).roles = role_bit(c.approves);
    record.add(is_swapped ? "b" : "c", {"a"}, {{"state", "refused"}}).roles = role_bit(c.refuses);
    EXPECT_EQ(record.merged().state, c.shown);
    EXPECT_EQ(record.group("state").mark, c.mark);
    EXPECT_EQ(record.held("state"), "b c") << "both stay to be seen";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, MergeSeniority,
    ::testing::Values(SeniorityCase{"senior_approves", Role::leader, Role::deputy_director,
                                    "approved", Mark::flagged},
                      SeniorityCase{"senior_refuses", Role::office_director, Role::top_leader,
                                    "refused", Mark::flagged},
                      SeniorityCase{"equals_ask", Role::leader, Role::leader, "requested",
                                    Mark::conflict},
                      SeniorityCase{"outside_the_order_asks", Role::leader, Role::records_keeper,
                                    "requested", Mark::conflict}),
    [](const auto& c) { return c.param.name; });

TEST(MergeState, A5ADecisionThatNobodySeniorToOverrulesStaysBesideEqualOnes) {
  RecordHistory record("loan");
  record.add("a", {}, {{"state", "requested"}});
  record.add("b", {"a"}, {{"state", "approved"}}).roles = role_bit(Role::leader);
  record.add("c", {"a"}, {{"state", "refused"}}).roles = role_bit(Role::deputy_director);
  record.add("d", {"a"}, {{"state", "approved"}}).roles = role_bit(Role::deputy_director);
  EXPECT_EQ(record.merged().state, "approved");
  record.add("e", {"a"}, {{"state", "refused"}}).roles = role_bit(Role::leader);
  EXPECT_EQ(record.group("state").mark, Mark::conflict) << "two leaders differ";
  EXPECT_EQ(record.settles("state"), "b c d e") << "a ruling names all of them";
}

TEST(MergeState, A5WorkGoesOnFromTheDecisionThatCounts) {
  RecordHistory record("loan");
  record.add("a", {}, {{"state", "requested"}});
  record.add("b", {"a"}, {{"state", "approved"}}).roles = role_bit(Role::leader);
  record.add("c", {"a"}, {{"state", "refused"}}).roles = role_bit(Role::deputy_director);
  record.add("d", {"b", "c"}, {{"state", "out"}}).roles = role_bit(Role::records_keeper);
  EXPECT_EQ(record.merged().state, "out");
  RecordHistory lent("loan");
  lent.add("a", {}, {{"state", "requested"}});
  lent.add("b", {"a"}, {{"state", "approved"}}).roles = role_bit(Role::deputy_director);
  lent.add("c", {"b"}, {{"state", "out"}}).roles = role_bit(Role::records_keeper);
  lent.add("d", {"a"}, {{"state", "refused"}}).roles = role_bit(Role::leader);
  EXPECT_EQ(lent.group("state").mark, Mark::conflict) << "carried out already: a person decides";
}

TEST(MergeState, A5DecisionsAreOppositeThoughAStepLeadsFromOneToTheOther) {
  RecordHistory record("seal_use");
  record.add("a", {}, {{"state", "requested"}, {"refusal", "空白"}});
  record.add("b", {"a"}, {{"state", "approved"}}).roles = role_bit(Role::leader);
  record.add("c", {"a"}, {{"state", "refused"}}).roles = role_bit(Role::seal_keeper);
  EXPECT_EQ(record.group("state").mark, Mark::conflict);
  record.add("d", {"b"}, {{"state", "refused"}}).roles = role_bit(Role::seal_keeper);
  EXPECT_EQ(record.merged().state, "refused") << "whoever knew the approval may refuse";
}

TEST(MergeState, U2ARenewalUnknownToTheReturnIsNamed) {
  RecordHistory record("loan");
  record.add("a", {}, {{"state", "out"}});
  record.add("b", {"a"}, {{"state", "returned"}, {"check", "相符"}});
  record.add("c", {"a"}, {{"renewals", "再借三日"}});
  EXPECT_EQ(record.merged().state, "returned");
  EXPECT_EQ(RecordHistory::names(record.merged().late), "c");
}

TEST(MergeState, WhatIsTakenBackWhileTheRecordEndsIsNoLateEntry) {
  RecordHistory record("circulation");
  const std::string leg = pack_fields({{"leg_event", "送出"}, {"leg_reader", "甲"}});
  const std::string word = pack_fields({{"opinion", "阅"}, {"opinion_by", "甲"}});
  record.add("a", {}, {{"legs", leg}, {"state", "circulating"}});
  record.add("b", {"a"}, {{"state", "closed"}});
  record.settle("c", {"a"}, {"a"}, {{"legs", ""}}, ChangeKind::withdraw);
  record.add("d", {"a"}, {{"legs", leg}, {"opinions", word}});
  EXPECT_EQ(RecordHistory::names(record.merged().late), "d") << "and that one once";
}

TEST(MergeSet, EntriesWithoutAPersonAreNotAboutOnePerson) {
  RecordHistory record("handling");
  record.add("a", {}, {{"state", "opened"}});
  record.add("b", {"a"}, {{"instructions", pack_fields({{"instruction", "阅"}})}});
  record.add("c", {"a"}, {{"instructions", pack_fields({{"instruction", "办"}})}});
  EXPECT_TRUE(record.merged().apart.empty());
}

// --- locks, rights, moves ----------------------------------------------------------------------

TEST(MergeLock, ATitleAfterTheReviewChangesOnlyWithTheRightRole) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"state", "reviewed"}, {"title", "一"}});
  JudgedChange& edit = record.add("b", {"a"}, {{"title", "二"}});
  edit.roles = role_bit(Role::intake_clerk);
  EXPECT_EQ(record.group("title").value, "一");
  EXPECT_EQ(record.proposals("title"), "b");
  edit.roles = role_bit(Role::office_director);
  EXPECT_EQ(record.group("title").value, "二");
}

TEST(MergeLock, ATitleWrittenWhileTheReviewHappenedElsewhereIsAProposalWhateverTheRole) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"state", "registered"}, {"title", "一"}});
  record.add("b", {"a"}, {{"state", "reviewed"}});
  record.add("c", {"a"}, {{"title", "二"}}).roles = role_bit(Role::office_director);
  EXPECT_EQ(record.group("title").value, "一");
  EXPECT_EQ(record.proposals("title"), "c");
}

TEST(MergeLock, WhoTookAnApprovalBackIsNotWhoSigned) {
  RecordHistory record("draft");
  record.add("a", {}, {{"state", "drafting"}, {"title", "一"}});
  record.add("s1", {"a"}, {{"sign_off", Digest{}.hex()}});
  record.settle("t1", {"s1"}, {"s1"}, {{"sign_off", ""}}, ChangeKind::withdraw);
  record.add("b", {"t1"}, {{"state", "signed"}});
  record.add("t2", {"b"}, {{"title", "二"}});
  EXPECT_EQ(record.group("title").value, "一");
  EXPECT_EQ(record.proposals("title"), "t2");
  record.add("s2", {"b"}, {{"title", "三"}});
  EXPECT_EQ(record.group("title").value, "三");
}

TEST(MergeLock, AProposalIsAnsweredByAWriteThatKnewIt) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"state", "reviewed"}, {"title", "一"}});
  record.add("b", {"a"}, {{"title", "二"}}).roles = role_bit(Role::intake_clerk);
  record.add("c", {"b"}, {{"title", "二"}}).roles = role_bit(Role::office_director);
  EXPECT_EQ(record.group("title").value, "二");
  EXPECT_EQ(record.proposals("title"), "");
}

TEST(MergeMove, WhatIsWrittenAfterARecordMovedAwayIsAProposal) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("b", {"a"}, {}, ChangeKind::close);
  record.add("c", {"a"}, {{"title", "二"}});
  EXPECT_TRUE(record.merged().is_closed);
  EXPECT_EQ(record.group("title").value, "一");
  EXPECT_EQ(record.proposals("title"), "c");
}

}  // namespace
}  // namespace jiyao
