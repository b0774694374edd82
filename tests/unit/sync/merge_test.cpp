// tests/unit/sync/merge_test.cpp - what a record shows when several people wrote to it.
#include "sync/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/value.h"
#include "support/record_history.h"

namespace jiyao {
namespace {

using testing::RecordHistory;

// --- value -------------------------------------------------------------------------------------

TEST(MergeValue, ALoneCreateShowsWhatItWrote) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "通知"}, {"level", "internal"}, {"state", "registered"}});
  const RecordState state = record.merged();
  EXPECT_EQ(state.field(record.definition(), "title"), "通知");
  EXPECT_EQ(state.state, "registered");
  EXPECT_EQ(state.level, Level::internal);
  EXPECT_EQ(RecordHistory::names(state.heads), "a");
  EXPECT_FALSE(state.has_conflict);
}

TEST(MergeValue, AnAmendmentThatKnewTheOldTitleReplacesIt) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("b", {"a"}, {{"title", "二"}});
  EXPECT_EQ(record.group("title").value, "二");
  EXPECT_EQ(record.held("title"), "b");
  EXPECT_EQ(record.group("title").mark, Mark::none);
}

TEST(MergeValue, TwoTitlesWrittenApartAreAConflictThatShowsBothAndTheCommonAncestor) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("b", {"a"}, {{"title", "二"}});
  record.add("c", {"a"}, {{"title", "三"}});
  const GroupState title = record.group("title");
  EXPECT_EQ(title.mark, Mark::conflict);
  EXPECT_EQ(record.held("title"), "b c");
  EXPECT_EQ(record.settles("title"), "b c");
  ASSERT_TRUE(title.ancestor);
  EXPECT_EQ(title.ancestor->value, "一");
  EXPECT_EQ(title.value, "一");
}

TEST(MergeValue, TheSameTitleWrittenApartIsNoConflictAndKeepsBothAuthors) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("b", {"a"}, {{"title", "二"}});
  record.add("c", {"a"}, {{"title", "二"}});
  EXPECT_EQ(record.group("title").mark, Mark::none);
  EXPECT_EQ(record.group("title").value, "二");
  EXPECT_EQ(record.held("title"), "b c");
}

TEST(MergeValue, DifferentFieldsWrittenApartBothStand) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}, {"doc_no", "1号"}});
  record.add("b", {"a"}, {{"title", "二"}});
  record.add("c", {"a"}, {{"doc_no", "2号"}});
  EXPECT_EQ(record.group("title").value, "二");
  EXPECT_EQ(record.group("doc_no").value, "2号");
  EXPECT_FALSE(record.merged().has_conflict);
}

RecordHistory conflicted_title() {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("b", {"a"}, {{"title", "二"}});
  record.add("c", {"a"}, {{"title", "三"}});
  return record;
}

TEST(MergeConflict, APlainWriteThatKnewBothJoinsTheConflict) {
  RecordHistory record = conflicted_title();
  record.add("d", {"b", "c"}, {{"title", "四"}});
  EXPECT_EQ(record.group("title").mark, Mark::conflict);
  EXPECT_EQ(record.held("title"), "b c d");
}

TEST(MergeConflict, ARulingThatNamesExactlyBothEndsIt) {
  RecordHistory record = conflicted_title();
  record.settle("d", {"b", "c"}, {"b", "c"}, {{"title", "三"}});
  EXPECT_EQ(record.group("title").mark, Mark::none);
  EXPECT_EQ(record.held("title"), "d");
}

TEST(MergeConflict, ARulingThatNamesOnlyOneSideJoins) {
  RecordHistory record = conflicted_title();
  record.settle("d", {"b", "c"}, {"b"}, {{"title", "三"}});
  EXPECT_EQ(record.held("title"), "b c d");
}

TEST(MergeConflict, ARulingThatNamesMoreThanTheMaximalWritesJoins) {
  RecordHistory record = conflicted_title();
  record.settle("d", {"b", "c"}, {"a", "b", "c"}, {{"title", "三"}});
  EXPECT_EQ(record.held("title"), "b c d");
}

TEST(MergeConflict, OneRulingMaySettleTwoGroups) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}, {"doc_no", "1"}});
  record.add("b", {"a"}, {{"title", "二"}, {"doc_no", "2"}});
  record.add("c", {"a"}, {{"title", "三"}});
  record.add("d", {"a"}, {{"doc_no", "3"}});
  record.settle("e", {"b", "c", "d"}, {"b", "c", "d"}, {{"title", "二"}, {"doc_no", "3"}});
  EXPECT_FALSE(record.merged().has_conflict);
}

TEST(MergeConflict, EqualRulingsMadeApartCollapse) {
  RecordHistory record = conflicted_title();
  record.settle("d", {"b", "c"}, {"b", "c"}, {{"title", "三"}});
  record.settle("e", {"b", "c"}, {"b", "c"}, {{"title", "三"}});
  EXPECT_EQ(record.group("title").mark, Mark::none);
  EXPECT_EQ(record.held("title"), "d e");
}

TEST(MergeConflict, DifferentRulingsMadeApartAreAConflictAgain) {
  RecordHistory record = conflicted_title();
  record.settle("d", {"b", "c"}, {"b", "c"}, {{"title", "二"}});
  record.settle("e", {"b", "c"}, {"b", "c"}, {{"title", "三"}});
  EXPECT_EQ(record.settles("title"), "d e");
}

TEST(MergeConflict, AWriteUnknownToTheRulingStaysBesideIt) {
  RecordHistory record = conflicted_title();
  record.settle("d", {"b", "c"}, {"b", "c"}, {{"title", "二"}});
  record.add("e", {"c"}, {{"title", "五"}});
  EXPECT_EQ(record.held("title"), "d e");
  EXPECT_EQ(record.group("title").mark, Mark::conflict);
}

// --- the other kinds ---------------------------------------------------------------------------

TEST(MergeNoteOnly, TheGreatestChangeIdIsShownAndTheOtherListedBeside) {
  RecordHistory record("document_copy");
  record.add("a", {}, {{"location", "柜1"}});
  record.add("b", {"a"}, {{"location", "柜2"}});
  record.add("c", {"a"}, {{"location", "柜3"}});
  EXPECT_EQ(record.group("location").value, "柜3");
  EXPECT_EQ(record.held("location"), "b c");
  EXPECT_EQ(record.group("location").mark, Mark::flagged);
}

TEST(MergeFixed, AnotherValueIsAnIncidentEvenFromSomebodyWhoKnew) {
  RecordHistory record("loan");
  record.add("a", {}, {{"borrower", "甲"}});
  record.add("b", {"a"}, {{"borrower", "乙"}});
  EXPECT_EQ(record.group("borrower").mark, Mark::incident);
  EXPECT_EQ(record.held("borrower"), "a b");
}

TEST(MergeFixed, TheSameValueAgainIsNothing) {
  RecordHistory record("loan");
  record.add("a", {}, {{"borrower", "甲"}});
  record.add("b", {"a"}, {{"borrower", "甲"}});
  EXPECT_EQ(record.group("borrower").mark, Mark::none);
}

TEST(MergeFixed, ARulingCorrectsIt) {
  RecordHistory record("loan");
  record.add("a", {}, {{"borrower", "甲"}});
  record.settle("b", {"a"}, {"a"}, {{"borrower", "乙"}});
  EXPECT_EQ(record.group("borrower").value, "乙");
  EXPECT_EQ(record.group("borrower").mark, Mark::none);
}

TEST(MergeSeverity, C1TheStricterLevelTakesEffectAtOnceAndTheOtherStaysListed) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"level", "internal"}});
  record.add("b", {"a"}, {{"level", "highly_secret"}});
  record.add("c", {"a"}, {{"level", "secret"}});
  EXPECT_EQ(record.merged().level, Level::highly_secret);
  EXPECT_EQ(record.held("level"), "b c");
  EXPECT_EQ(record.group("level").mark, Mark::flagged);
}

TEST(MergeSeverity, C4LoweringWithoutAuthorityIsOnlyAProposal) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"level", "secret"}});
  record.add("b", {"a"}, {{"level", "internal"}}).roles = role_bit(Role::intake_clerk);
  EXPECT_EQ(record.merged().level, Level::secret);
  EXPECT_EQ(record.proposals("level"), "b");
}

TEST(MergeSeverity, C4LoweringByTheClassificationAuthorityMustBeSigned) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"level", "secret"}});
  record.add("b", {"a"}, {{"level", "internal"}}).roles = role_bit(Role::classification_authority);
  EXPECT_EQ(record.merged().level, Level::secret);
  record.sign_last();
  EXPECT_EQ(record.merged().level, Level::internal);
}

TEST(MergeSeverity, C4ARaiseUnknownToTheLoweringSuspendsIt) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"level", "secret"}});
  record.add("b", {"a"}, {{"level", "internal"}});
  record.sign_last();
  record.add("c", {"a"}, {{"level", "highly_secret"}});
  EXPECT_EQ(record.merged().level, Level::highly_secret);
  EXPECT_EQ(record.held("level"), "b c");
}

TEST(MergeSeverity, C11ALevelSetOnOneSideOnlyCounts) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("b", {"a"}, {{"level", "secret"}});
  record.add("c", {"a"}, {{"title", "二"}});
  EXPECT_EQ(record.merged().level, Level::secret);
  EXPECT_FALSE(record.merged().has_conflict);
}

TEST(MergeLatest, C6TheLongerTermWinsAndTermsNobodyCanCompareAreAConflict) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"term", "5y"}});
  record.add("b", {"a"}, {{"term", "10y"}});
  record.add("c", {"a"}, {{"term", "18m"}});
  EXPECT_EQ(record.group("term").value, "10y");
  EXPECT_EQ(record.group("term").mark, Mark::flagged);
  record.add("d", {"a"}, {{"term", "2036-01-01"}});
  EXPECT_EQ(record.group("term").mark, Mark::conflict);
  EXPECT_EQ(record.group("term").value, "5y");
}

TEST(MergeEarliest, R10TheEarlierDueDateTakesEffect) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"due_on", "2026-05-01"}});
  record.add("b", {"a"}, {{"due_on", "2026-04-01"}});
  record.add("c", {"a"}, {{"due_on", "2026-06-01"}});
  EXPECT_EQ(record.group("due_on").value, "2026-04-01");
  EXPECT_EQ(record.held("due_on"), "b c");
}

TEST(MergeEarliest, R15AnExtensionByWhoeverKnewTheOldDateStands) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"due_on", "2026-05-01"}});
  record.add("b", {"a"}, {{"due_on", "2026-07-01"}});
  EXPECT_EQ(record.group("due_on").value, "2026-07-01");
}

TEST(MergeSet, EntriesUniteAndOnlyAChangeNamingOneTakesItBack) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"remarks", "一"}});
  record.add("b", {"a"}, {{"remarks", "二"}});
  record.add("c", {"a"}, {{"remarks", "三"}});
  EXPECT_EQ(record.held("remarks"), "a b c");
  record.settle("d", {"b"}, {"b"}, {{"remarks", ""}}, ChangeKind::withdraw);
  EXPECT_EQ(record.held("remarks"), "a c");
  EXPECT_EQ(RecordHistory::names(record.group("remarks").withdrawn), "b");
}

TEST(MergeSet, R1ReadersAddedInTwoPlacesUnite) {
  RecordHistory record("circulation");
  record.add("a", {}, {{"mode", "传阅"}});
  record.add("b", {"a"}, {{"readers", pack_fields({{"reader", "甲"}, {"reader_rank", "1"}})}});
  record.add("c", {"a"}, {{"readers", pack_fields({{"reader", "丙"}, {"reader_rank", "3"}})}});
  EXPECT_EQ(record.held("readers"), "b c");
  EXPECT_FALSE(record.merged().has_conflict);
}

TEST(MergeSet, C7AReaderAddedWithoutApprovalIsOnlyAProposal) {
  RecordHistory record("circulation");
  record.add("a", {}, {{"mode", "传阅"}});
  record.add("b", {"a"}, {{"readers", pack_fields({{"reader", "丙"}, {"reader_rank", "3"}})}})
      .roles = role_bit(Role::confidential_clerk);
  EXPECT_EQ(record.held("readers"), "");
  EXPECT_EQ(record.proposals("readers"), "b");
}

TEST(MergeNumber, TwoNumbersAreAConflictAndTheAuthoritysRenumberSupersedes) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"intake_no", "2026-0001"}});
  record.add("b", {"a"}, {{"intake_no", "2026-0002"}});
  record.add("c", {"a"}, {{"intake_no", "2026-0003"}});
  EXPECT_EQ(record.group("intake_no").mark, Mark::conflict);
  JudgedChange& renumber =
      record.add("d", {"b", "c"}, {{"intake_no", "2026-0004"}}, ChangeKind::renumber);
  EXPECT_EQ(record.group("intake_no").value, "2026-0004");
  EXPECT_EQ(record.group("intake_no").mark, Mark::none);
  renumber.is_authority = false;
  EXPECT_EQ(record.group("intake_no").mark, Mark::conflict);
  EXPECT_EQ(record.proposals("intake_no"), "d");
}

// --- standing, waiting, ancestry ---------------------------------------------------------------

TEST(MergeWaiting, AChangeWaitsForItsParentAndNamesIt) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("c", {"b"}, {{"title", "三"}});
  record.add("d", {"c"}, {{"title", "四"}});
  const RecordState state = record.merged();
  EXPECT_EQ(state.field(record.definition(), "title"), "一");
  ASSERT_EQ(state.pending.size(), 2U);
  EXPECT_EQ(RecordHistory::names(state.pending[0].missing), "b");
  EXPECT_EQ(RecordHistory::names(state.heads), "a");
}

TEST(MergeWaiting, AChangeOfANewerRuleSetFreezesTheRecordAndSaysSo) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("b", {"a"}, {{"title", "二"}}).effect = Effect::wait_program;
  const RecordState state = record.merged();
  EXPECT_TRUE(state.is_frozen);
  ASSERT_EQ(state.pending.size(), 1U);
  EXPECT_EQ(state.pending[0].reason, Waiting::program);
}

TEST(MergeStanding, AQuarantinedChangeIsSeenThrough) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("b", {"a"}, {{"title", "二"}}).effect = Effect::quarantined;
  record.add("c", {"b"}, {{"title", "三"}});
  const RecordState state = record.merged();
  EXPECT_EQ(state.field(record.definition(), "title"), "三");
  EXPECT_FALSE(state.has_conflict);
  EXPECT_EQ(RecordHistory::names(state.quarantined), "b");
  EXPECT_EQ(RecordHistory::names(state.heads), "c");
}

TEST(MergeStanding, AHeadBehindAQuarantinedChangeIsStillAHead) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("b", {"a"}, {{"title", "二"}}).effect = Effect::quarantined;
  EXPECT_EQ(RecordHistory::names(record.merged().heads), "a");
}

TEST(MergeStanding, APurgedParentIsSeenThroughAndALostOneEndsTheWaiting) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("b", {"a"}, {}).effect = Effect::transparent;
  record.add("c", {"b", "x"}, {{"title", "三"}});
  EXPECT_EQ(record.merged().pending.size(), 1U);
  std::vector<JudgedChange> judged = record.judged();
  judged.push_back({testing::change_named("x"), nullptr, Effect::transparent, 0, false, false});
  const RecordState state = merge(record.definition(), judged);
  EXPECT_TRUE(state.pending.empty());
  EXPECT_EQ(state.field(record.definition(), "title"), "三");
  EXPECT_FALSE(state.has_conflict);
}

TEST(MergeStanding, WhatTheLedgerCannotTakeIsQuarantinedAndNamed) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  record.add("b", {"a"}, {{"no_such_group", "二"}});
  record.add("c", {"a"}, {{"level", "confidential"}});
  record.add("d", {"a"}, {{"state", "no_such_state"}});
  const RecordState state = record.merged();
  EXPECT_EQ(RecordHistory::names(state.quarantined), "b c d");
  EXPECT_EQ(RecordHistory::names(state.applied), "a");
}

TEST(MergeStanding, AChangeHeldTwiceCountsIfOneOfItsBatchesDoes) {
  RecordHistory record("incoming");
  record.add("a", {}, {{"title", "一"}});
  std::vector<JudgedChange> judged = record.judged();
  judged.push_back(judged.front());
  judged.front().effect = Effect::quarantined;
  EXPECT_EQ(merge(record.definition(), judged).field(record.definition(), "title"), "一");
}

TEST(MergeParents, OfMoreThan64HeadsTheGreatest64AreCited) {
  RecordHistory record("incoming");
  for (int i = 0; i < 70; ++i)
    record.add("c" + std::to_string(100 + i), {}, {{"remarks", std::to_string(i)}});
  const RecordState state = record.merged();
  EXPECT_EQ(state.heads.size(), 70U);
  EXPECT_EQ(state.parents_for_next().size(), kParentsMax);
  EXPECT_EQ(testing::name_of(state.parents_for_next().front()), "c106");
}

}  // namespace
}  // namespace jiyao
