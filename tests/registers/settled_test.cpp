// tests/registers/settled_test.cpp - serial numbers, marks, replies, catalogues, calendars and
// limits: rows of domain.md 6.4 that end in a note, a task or nothing to do at all.
#include <gmock/gmock.h>

#include <algorithm>

#include "registers/apart.h"
#include "schema/dates.h"

namespace jiyao {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Settled : public Apart {
 protected:
  /// What a clock says of this row on that day, at every replica the same.
  std::vector<std::string> reminded(const RecordId& record, const char* today) {
    std::vector<std::vector<std::string>> said;
    for (Party* side : {&a, &b, &r}) {
      const View view = *side->replica().view(record);
      const LedgerDefinition& ledger = *side->replica().definitions().ledger(view.ledger);
      said.push_back(reminders(ledger, view.state, today, side->replica().calendar()));
    }
    EXPECT_EQ(said[0], said[1]);
    EXPECT_EQ(said[0], said[2]);
    return said[0];
  }
  RecordId paper() {
    return a.make("incoming", "registered",
                  {{"received_on", "2026-03-01"},
                   {"sender_org", "省委办公厅"},
                   {"title", "关于报送情况的通知"},
                   {"level", "internal"}});
  }
  static Fields supervised(const char* number) {
    return {{"title", "落实"}, {"received_on", "2026-03-01"}, {"item_no", number}};
  }
  /// An item that went out to the unit, due on 2026-04-01.
  RecordId notified() {
    const RecordId item = a.make("supervision", "proposed", supervised("2026-0001"));
    a.write(item, {{"unit", "一处"}, {"due_on", "2026-04-01"}});
    a.write(item, {{"state", "submitted"}});
    a.sit(leader);
    a.write(item, {{"approval", "sign"}});
    a.sit(realm.clerk_a);
    a.write(item, {{"state", "set_up"}});
    a.write(item, {{"assigned_on", "2026-03-02"}, {"state", "notified"}});
    return item;
  }
};

// --- numbers -------------------------------------------------------------------------------------

TEST_P(Settled, N8OneSerialNumberOnTwoRows) {
  const RecordId here = a.make("supervision", "proposed", supervised("2026-0007"));
  const RecordId there = b.make("supervision", "proposed", supervised("2026-0007"));
  const RecordId other_year =
      b.make("supervision", "proposed",
             {{"title", "落实"}, {"received_on", "2025-03-01"}, {"item_no", "2025-0007"}});
  together();
  EXPECT_EQ(codes(here), "N8");
  EXPECT_EQ(codes(there), "N8");
  EXPECT_EQ(codes(other_year), "");
  EXPECT_EQ(a.findings(here).front().gravity, Gravity::note);
  b.write(there, {{"void_reason", "重复"}, {"state", "void"}});
  together();
  EXPECT_EQ(shown(there, "item_no"), "2026-0007") << "a voided number stays listed";
}

TEST_P(Settled, N8OnTwoMediaAndTwoReturnLists) {
  const Fields medium{
      {"medium_no", "2026-0003"}, {"registered_on", "2026-03-01"}, {"kind", "U盘"},
      {"label", "internal"},      {"owner_dept", "一处"},          {"place", "在库"},
      {"custodian", "甲"}};
  const Fields list{{"batch_no", "2026-0001"},
                    {"made_on", "2026-06-01"},
                    {"to_org", "省委办公厅"},
                    {"listed_by", "乙"}};
  const RecordId medium_here = a.make("medium", "in_store", medium);
  const RecordId medium_there = b.make("medium", "in_store", medium);
  const RecordId list_here = a.make("return_list", "drafting", list);
  const RecordId list_there = b.make("return_list", "drafting", list);
  together();
  for (const RecordId& row : {medium_here, medium_there, list_here, list_there})
    EXPECT_EQ(codes(row), "N8");
}

// --- levels and copies ---------------------------------------------------------------------------

TEST_P(Settled, C12AMarkChangedHereStaysATaskForTheCopyThere) {
  const RecordId one = copy("internal", "000001"), other = copy("internal", "000002");
  const RecordId document = document_of(one), document_there = document_of(other);
  for (const RecordId& paper : {one, other}) a.write(paper, {{"marked_level", "internal"}});
  together();
  EXPECT_EQ(codes(one), "");
  a.write(document, {{"level", "secret"}});
  a.write(one, {{"marked_level", "secret"}});
  b.write(document_there, {{"level", "secret"}});
  together();
  EXPECT_EQ(codes(one), "");
  EXPECT_EQ(codes(other), "C12");
  b.write(other, {{"marked_level", "secret"}});
  together();
  EXPECT_EQ(codes(other), "");
}

TEST_P(Settled, D9RaisedAfterItWasDestroyedIsReportedUnderTheHigherLevel) {
  const RecordId paper = copy("internal");
  const RecordId list =
      a.make("destruction", "listing", {{"made_on", "2026-12-01"}, {"listed_by", "甲"}});
  a.write(list, {{"item_copy", paper.hex()}, {"item_level", "internal"}});
  a.write(list, {{"appraisal", "sign"}});
  a.write(list, {{"state", "counted"}});
  a.sit(leader);
  a.write(list, {{"unit", "保密局"},
                 {"place", "销毁中心"},
                 {"method", "化浆"},
                 {"approval", "sign"},
                 {"state", "approved"}});
  for (const Clerk& who : {first_witness, second_witness}) {
    a.sit(who);
    a.write(list, {{"witness", who.user.hex()}, {"witness_sign", "sign"}});
  }
  together();
  a.write(list, {{"done_at", "2026-12-20T10:00"}, {"state", "destroyed"}});
  b.write(paper, {{"level", "secret"}});
  together();
  EXPECT_EQ(state(list), "destroyed") << "the fact stands";
  EXPECT_EQ(codes(list), "D9");
  EXPECT_EQ(b.findings(list).front().gravity, Gravity::freeze);
}

TEST_P(Settled, C13WhatWasNotSentYetIsSealedBeforeTheRecordIsPurged) {
  const RecordId paper = copy();
  together();
  b.write(paper, {{"location", "2号柜"}});
  const std::uint64_t known = b.replica().counts().at(compartment).known;
  ASSERT_EQ(b.replica().unsealed(), 1U);
  realm.add({PurgeRecord{compartment, {paper}, "升密清除"}});
  a.sit(realm.clerk_a);
  b.sit(realm.clerk_b);
  r.sit(realm.archivist);
  EXPECT_EQ(b.replica().unsealed(), 0U) << "carried on, for whoever may still hold it";
  together();
  for (Party* side : {&a, &b, &r}) {
    const Counts counts = side->replica().counts().at(compartment);
    EXPECT_EQ(counts.known, known);
    EXPECT_EQ(counts.purged, 2U) << "the copy and its edit";
    EXPECT_EQ(counts.applied + counts.purged, counts.known) << "nothing is lost from the sum";
    const auto view = side->replica().view(paper);
    EXPECT_TRUE(!view || view->state.groups.empty()) << "and no word of it is shown";
  }
}

// --- replies and instructions --------------------------------------------------------------------

TEST_P(Settled, R5TwoLeadersDisagreeAndTheMainApproversWordsCount) {
  const RecordId sheet = a.make("handling", "opened", {{"intake", paper().hex()}});
  a.write(sheet, {{"proposal_by", "主任"}, {"proposal", "拟同意"}, {"state", "proposed"}});
  a.write(sheet, {{"request", "有"}, {"main_approver", "王"}});
  together();
  a.write(sheet, {{"instruction_by", "王"}, {"instruction", "同意"}});
  b.write(sheet, {{"instruction_by", "李"}, {"instruction", "不同意"}});
  together();
  EXPECT_EQ(codes(sheet), "") << "two people may think differently: no conflict of data";
  EXPECT_EQ(shown(sheet, "instruction"), "2") << "both are printed";
  b.write(sheet, {{"state", "instructed"}});
  together();
  EXPECT_EQ(state(sheet), "instructed");
}

TEST_P(Settled, R5WithoutTheMainApproverNothingIsInstructed) {
  const RecordId sheet = a.make("handling", "opened", {{"intake", paper().hex()}});
  a.write(sheet, {{"proposal_by", "主任"}, {"proposal", "拟同意"}, {"state", "proposed"}});
  together();
  a.write(sheet, {{"instruction_by", "李"}, {"instruction", "不同意"}});
  a.write(sheet, {{"state", "instructed"}});
  b.write(sheet, {{"request", "有"}, {"main_approver", "王"}});
  together();
  EXPECT_EQ(state(sheet), "proposed");
  EXPECT_EQ(codes(sheet), "M06");
}

TEST_P(Settled, R17TwoRepliesToOnePaperAreAskedAbout) {
  const RecordId paper = this->paper();
  together();
  const auto reply = [&](Party& side, const char* number) {
    return side.make("outgoing", "registered",
                     {{"reply_to", paper.hex()},
                      {"organ_code", "甲办函"},
                      {"doc_no", number},
                      {"title", "关于报送情况的复函"},
                      {"level", "internal"},
                      {"lead_dept", "一处"},
                      {"signed_by", "李"},
                      {"registered_on", "2026-03-05"}});
  };
  const RecordId here = reply(a, "2026-0011"), there = reply(b, "2026-0031");
  together();
  EXPECT_EQ(codes(here), "R17");
  EXPECT_EQ(codes(there), "R17");
  EXPECT_EQ(r.findings(here).front().gravity, Gravity::question);
  b.write(there, {{"void_reason", "以甲办函11号为准"}, {"state", "void"}});
  together();
  EXPECT_EQ(codes(here), "");
  EXPECT_EQ(state(here), "registered");
}

// --- the locked catalogue ------------------------------------------------------------------------

class LockedCatalogue : public Settled {
 protected:
  static Fields item(const char* number, const char* title) {
    return {
        {"fonds_no", "J012"},     {"archive_year", "2026"}, {"retention", "30年"},
        {"unit_code", "办公室"},  {"item_no", number},      {"catalogue_no", "2026-30年-办公室"},
        {"author_org", "本单位"}, {"title", title},         {"level", "internal"},
        {"original", "原件"},     {"part", "正本"},         {"filed_on", "2027-02-01"},
        {"received_by", "档案员"}};
  }
  RecordId prefiled(Party& side, const char* number, const char* title) {
    const RecordId entry = side.make("archive_entry", "gathered", item(number, title));
    side.write(entry, {{"state", "prefiled"}});
    return entry;
  }
};

TEST_P(LockedCatalogue, D6WhatIsPrefiledAfterTheCatalogueWasLockedGoesToItsSupplement) {
  const RecordId locked = prefiled(a, "2026-0001", "甲");
  together();
  for (const char* state : {"received", "arranged", "sealed"}) a.write(locked, {{"state", state}});
  const RecordId late = prefiled(b, "2026-0002", "乙");
  together();
  EXPECT_EQ(codes(late), "D6");
  EXPECT_EQ(state(locked), "sealed");
  b.write(late, {{"catalogue_no", "2026-30年-办公室-补1"}});
  together();
  EXPECT_EQ(codes(late), "");
  EXPECT_EQ(codes(locked), "");
}

TEST_P(LockedCatalogue, D6ACatalogueThatIsSealedWholeLeavesNothingBehind) {
  const RecordId one = prefiled(a, "2026-0001", "甲"), other = prefiled(a, "2026-0002", "乙");
  together();
  for (const RecordId& entry : {one, other})
    for (const char* state : {"received", "arranged", "sealed"}) a.write(entry, {{"state", state}});
  b.write(one, {{"remark", "有附件"}});
  together();
  EXPECT_EQ(codes(one), "");
  EXPECT_EQ(codes(other), "");
}

// --- limits and clocks ---------------------------------------------------------------------------

TEST_P(Settled, U10ADispatchWithoutAReceiptIsListedAfterItsLimit) {
  const RecordId sent = a.make("dispatch", "sent",
                               {{"copy", copy().hex()},
                                {"level", "secret"},
                                {"to_org", "市委办"},
                                {"count", "1"},
                                {"channel", "机要交通"},
                                {"handed_by", "甲"},
                                {"sent_at", "2026-03-01T09:00"}});
  together();
  EXPECT_THAT(reminded(sent, "2026-03-16"), IsEmpty());
  EXPECT_THAT(reminded(sent, "2026-03-17"), ElementsAre("逾期未回执"));
  EXPECT_EQ(codes(sent), "") << "silence is no finding: only a reminder";
  b.write(sent, {{"receiver", "丁"}, {"receipt_at", "2026-03-17T09:00"}, {"receipt_count", "1"}});
  b.write(sent, {{"state", "received"}});
  together();
  EXPECT_THAT(reminded(sent, "2026-03-20"), IsEmpty());
}

TEST_P(Settled, X2AnApprovedExtensionWinsOverAnUrgeMadeApart) {
  const RecordId item = notified();
  together();
  a.sit(leader);
  a.write(item, {{"extended_to", "2026-04-20"}});
  b.write(item, {{"urge_at", "2026-04-02T09:00"}, {"urge", "已逾期，请速办"}});
  EXPECT_THAT(reminders(*b.replica().definitions().ledger("supervision"),
                        b.replica().view(item)->state, "2026-04-02"),
              ElementsAre("督查逾期"));
  together();
  EXPECT_EQ(codes(item), "");
  EXPECT_EQ(shown(item, "urge"), "1") << "the urge stays";
  EXPECT_THAT(reminded(item, "2026-04-02"), IsEmpty());
  EXPECT_THAT(reminded(item, "2026-04-21"), ElementsAre("延期已满"));
}

TEST_P(Settled, X5OneEventEnteredTwiceIsASuggestionUntilTheMonthIsLocked) {
  const Fields event{{"happened_on", "2026-03-08"}, {"event", "省厅来检查"}, {"recorder", "甲"}};
  const RecordId here = a.make("chronicle", "entered", event);
  const RecordId there = b.make("chronicle", "entered", event);
  together();
  EXPECT_EQ(codes(here), "X5");
  EXPECT_EQ(a.findings(here).front().gravity, Gravity::question);
  a.write(here, {{"event", "省厅来检查（上午）"}});
  together();
  EXPECT_EQ(codes(there), "") << "two events after all";
}

TEST_P(Settled, X5ALockedMonthTakesNoMoreText) {
  const RecordId entry =
      a.make("chronicle", "entered",
             {{"happened_on", "2026-03-08"}, {"event", "省厅来检查"}, {"recorder", "甲"}});
  together();
  a.write(entry, {{"state", "locked"}});
  b.write(entry, {{"event", "市局来检查"}});
  together();
  EXPECT_EQ(state(entry), "locked");
  EXPECT_EQ(shown(entry, "event"), "省厅来检查");
  EXPECT_EQ(b.proposals(entry, "event"), 1U) << "a wish, to be taken up as a correction";
}

// The table a machine has decides what its clerk is told, never what two machines show.
TEST_P(Settled, T3CalendarsThatDifferAgreeOnEverythingThatWasRecorded) {
  const std::string other = R"({"year": 2026, "notice": "样本", "number": "样1号",
    "dated_on": "2025-11-30", "typed_from": "样本",
    "off": [{"zh": "样", "from": "2026-03-02", "to": "2026-03-13"}], "worked": []})";
  ASSERT_TRUE(b.replica().import_holidays(other));
  const RecordId sheet =
      a.make("countersign", "to_send",
             {{"party", "财政局"}, {"party_kind", "局外"}, {"level", "internal"}});
  a.write(sheet, {{"draft_hash", "h1"},
                  {"sent_at", "2026-03-02T09:00"},
                  {"due_on", "2026-03-09"},
                  {"state", "sent"}});
  together();
  EXPECT_EQ(shown(sheet, "due_on"), "2026-03-09") << "the day is recorded, not reckoned anew";
  const auto told = [&](Party& side) {
    const View view = *side.replica().view(sheet);
    return reminders(*side.replica().definitions().ledger("countersign"), view.state, "2026-03-10",
                     side.replica().calendar());
  };
  EXPECT_EQ(told(a).size(), 1U) << "five working days have passed here";
  EXPECT_THAT(told(b), IsEmpty()) << "and not there";
  a.write(sheet, {{"silent_on", "2026-03-10"}, {"state", "silent"}});
  b.write(sheet, {{"remarks", "本机节假日表不同"}});
  together();
  EXPECT_EQ(state(sheet), "silent");
  EXPECT_EQ(codes(sheet), "");
}

TEST_P(Settled, T4TheSameStampIsSettledByTheChangeAlike) {
  const RecordId paper = copy();
  together();
  b.desk().clock.now_ms = a.desk().clock.now_ms;
  a.write(paper, {{"location", "1号柜"}});
  b.write(paper, {{"location", "2号柜"}});
  together();
  EXPECT_EQ(codes(paper), "");
  const std::string kept = shown(paper, "location");
  EXPECT_TRUE(kept == "1号柜" || kept == "2号柜") << kept;
  a.desk().clock.now_ms += 60'000;
  a.write(paper, {{"location", "3号柜"}});
  together();
  EXPECT_EQ(shown(paper, "location"), "3号柜");
}

INSTANTIATE_TEST_SUITE_P(Ways, Settled, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });
INSTANTIATE_TEST_SUITE_P(Ways, LockedCatalogue, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });

}  // namespace
}  // namespace jiyao
