// tests/registers/persons_test.cpp - persons and offices: whose decision counts, who may stand in
// for whom, and offices that are merged or split (domain.md 6.4 A5, A6, P3; M06).
#include <gmock/gmock.h>

#include "registers/apart.h"
#include "sync/successors.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Persons : public Apart {
 protected:
  Persons() : deputy(realm.enrol(realm.office_a, role_bit(Role::deputy_director), Level::secret)) {
    a.sit(realm.clerk_a);  // everybody learns who she is
    b.sit(realm.clerk_b);
    r.sit(realm.archivist);
  }

  // --- decisions
  RecordId request() {
    const RecordId paper = copy();
    const RecordId loan = a.make(
        "loan", "requested",
        {{"copy", paper.hex()}, {"document", a.shown(paper, "document")}, {"borrower", "赵"}});
    together();
    return loan;
  }
  static void refuse(Party& side, const Clerk& person, const RecordId& loan) {
    side.sit(person);
    side.write(loan, {{"state", "refused"}});
  }
  static void approve(Party& side, const Clerk& person, const RecordId& loan) {
    side.sit(person);
    side.write(loan, {{"approver", "sign"}, {"state", "approved"}});
  }
  static Fields out() {
    return {{"lent_at", "2026-03-01T09:30"}, {"due_on", "2026-03-02"}, {"state", "out"}};
  }

  // --- substitutes
  RecordId listed() {
    return a.make("substitution", "valid",
                  {{"leader", "王"},
                   {"stand_in", "李"},
                   {"from_on", "2026-03-01"},
                   {"until_on", "2026-03-31"}});
  }
  /// A sheet that asks 王 for a decision.
  RecordId asking_sheet() {
    const RecordId paper = a.make("incoming", "registered",
                                  {{"received_on", "2026-03-01"},
                                   {"sender_org", "省委办公厅"},
                                   {"title", "请示"},
                                   {"level", "secret"},
                                   {"copies", "1"},
                                   {"pages", "3"}});
    const RecordId sheet = a.make("handling", "opened", {{"intake", paper.hex()}});
    a.write(sheet, {{"proposal_by", "主任"},
                    {"proposal", "请阅示"},
                    {"request", "有"},
                    {"main_approver", "王"},
                    {"state", "proposed"}});
    return sheet;
  }
  static Fields stands_in(const RecordId& list, const char* who, const char* on) {
    return {{"instruction_by", who}, {"instruction", "代批：同意"}, {"stood_in_by", who},
            {"stood_in_on", on},     {"listed_as", list.hex()},     {"state", "instructed"}};
  }

  // --- offices
  RecordId unit(const std::string& id, const char* name) {
    return a.make("directory", "valid", {{"entry", "机构"}, {"subject", id}, {"name", name}});
  }
  static Successors successors(Party& side) {
    Successors known;
    Query query;
    query.ledger = "directory";
    for (const View& row : side.replica().search(query).rows)
      known.add(*side.replica().definitions().ledger("directory"), row.state);
    return known;
  }

  Clerk deputy;
};

TEST_P(Persons, A5TheSeniorPersonsApprovalCountsAndWorkGoesOn) {
  const RecordId loan = request();
  refuse(a, deputy, loan);
  approve(b, leader, loan);
  together();
  EXPECT_EQ(state(loan), "approved");
  EXPECT_EQ(codes(loan), "A5");
  EXPECT_EQ(asked(loan, "A5"), "n office_director");
  a.sit(realm.clerk_a);
  a.write(loan, out());
  together();
  EXPECT_EQ(state(loan), "out") << "nobody has to rule first";
  EXPECT_EQ(codes(loan), "");
}

TEST_P(Persons, A5TheSeniorPersonsRefusalCounts) {
  const RecordId loan = request();
  approve(a, deputy, loan);
  refuse(b, leader, loan);
  together();
  EXPECT_EQ(state(loan), "refused");
  EXPECT_EQ(asked(loan, "A5"), "n office_director");
  b.sit(realm.clerk_b);
  EXPECT_NE(b.refusal_of(loan, out()), "");
}

TEST_P(Persons, A5BetweenEqualsTheRefusalHoldsUntilSomebodyIsAsked) {
  const RecordId loan = request();
  refuse(a, deputy, loan);
  approve(b, deputy, loan);
  together();
  EXPECT_EQ(asked(loan, "S2"), "q office_director");
  EXPECT_EQ(state(loan), "requested");
  b.sit(realm.clerk_b);
  EXPECT_NE(b.refusal_of(loan, out()), "");
  b.resolve(loan, {{"state", "approved"}});
  together();
  EXPECT_EQ(state(loan), "approved");
}

TEST_P(Persons, A5WhatIsCarriedOutAlreadyIsAskedAbout) {
  const RecordId loan = request();
  approve(a, deputy, loan);
  a.sit(realm.clerk_a);
  a.write(loan, out());
  refuse(b, leader, loan);
  together();
  EXPECT_EQ(asked(loan, "S2"), "q office_director") << "it is lent: nobody decides that by rank";
}

TEST_P(Persons, M06ASubstituteOnTheListAdvancesARequest) {
  const RecordId list = listed(), sheet = asking_sheet(), other = asking_sheet();
  together();
  for (const auto& [who, on] : {std::pair("李", "2026-02-28"), std::pair("李", "2026-04-01"),
                                std::pair("赵", "2026-03-10")})
    EXPECT_THAT(a.refusal_of(sheet, stands_in(list, who, on)), HasSubstr("名单")) << who << on;
  a.write(sheet, stands_in(list, "李", "2026-03-10"));
  b.write(other, stands_in(list, "李", "2026-03-31"));
  together();
  for (const RecordId& one : {sheet, other}) {
    EXPECT_EQ(state(one), "instructed");
    EXPECT_EQ(codes(one), "");
  }
}

TEST_P(Persons, M06AListThatEndedElsewhereBindsFromTheDayItEnded) {
  const RecordId list = listed(), before = asking_sheet(), after = asking_sheet();
  together();
  a.write(list, {{"ended_on", "2026-03-05"}, {"state", "ended"}});
  b.write(before, stands_in(list, "李", "2026-03-05"));
  b.write(after, stands_in(list, "李", "2026-03-06"));
  together();
  EXPECT_EQ(state(before), "instructed");
  EXPECT_EQ(state(after), "proposed");
  EXPECT_EQ(codes(after), "M06");
  a.write(after, {{"instruction_by", "王"}, {"instruction", "同意"}});
  together();
  EXPECT_EQ(state(after), "instructed") << "the main approver's own words";
}

TEST_P(Persons, M06AListThatIsVoidedElsewhereNeverCounted) {
  const RecordId list = listed(), sheet = asking_sheet();
  together();
  a.write(list, {{"void_reason", "错列"}, {"state", "void"}});
  b.write(sheet, stands_in(list, "李", "2026-03-10"));
  together();
  EXPECT_EQ(state(sheet), "proposed");
  EXPECT_EQ(codes(sheet), "M06");
}

TEST_P(Persons, A6TheLeadersWordsCountBesideTheSubstitutes) {
  const RecordId list = listed(), sheet = asking_sheet();
  together();
  a.write(sheet, {{"instruction_by", "王"}, {"instruction", "不同意"}});
  b.write(sheet, stands_in(list, "李", "2026-03-10"));
  together();
  EXPECT_EQ(codes(sheet), "A6");
  EXPECT_EQ(asked(sheet, "A6"), "n office_director leader top_leader");
  EXPECT_EQ(shown(sheet, "instruction"), "2") << "both are printed";
}

TEST_P(Persons, A6WhatTheSubstituteSetGoingAlreadyIsAskedAbout) {
  const RecordId list = listed(), sheet = asking_sheet();
  together();
  a.write(sheet, {{"instruction_by", "王"}, {"instruction", "不同意"}});
  b.write(sheet, stands_in(list, "李", "2026-03-10"));
  b.write(sheet, {{"state", "in_hand"}});
  together();
  EXPECT_EQ(state(sheet), "in_hand");
  EXPECT_EQ(asked(sheet, "A6"), "q office_director leader top_leader");
}

TEST_P(Persons, A6TheSubstituteNamedOnTheSheetIsOneToo) {
  const RecordId sheet = asking_sheet();
  a.write(sheet, {{"substitute", "李"}});
  together();
  a.write(sheet, {{"instruction_by", "李"}, {"instruction", "同意"}, {"state", "instructed"}});
  b.write(sheet, {{"instruction_by", "王"}, {"instruction", "不同意"}});
  together();
  EXPECT_EQ(asked(sheet, "A6"), "n office_director leader top_leader");
}

TEST_P(Persons, P3RowsKeepTheirOfficeAndItsSuccessorsFindThem) {
  const std::string north = realm.office_a.hex(), south = realm.office_b.hex();
  const RecordId entry = unit(north, "北局");
  unit(south, "南局");
  unit("x", "西局");
  together();
  a.write(entry, {{"successors", "南局"}, {"succeeded_on", "2026-03-01"}, {"state", "former"}});
  b.write(entry, {{"successors", "西局"}});
  const RecordId paper = b.make("incoming", "registered",
                                {{"received_on", "2026-03-02"},
                                 {"sender_org", "北局"},
                                 {"title", "通知"},
                                 {"level", "internal"}});
  together();
  EXPECT_EQ(codes(entry), "") << "class a: nobody is asked";
  for (Party* side : {&a, &b, &r}) {
    const Successors known = successors(*side);
    EXPECT_THAT(known.after(north), ElementsAre("南局", "西局"));
    EXPECT_THAT(known.after(south), ElementsAre());
    Query query;
    query.ledger = "incoming";
    query.units = known.with_predecessors("西局");
    const RecordPage named = side->replica().search(query);
    ASSERT_EQ(named.rows.size(), 1U);
    EXPECT_EQ(named.rows.front().record, paper);
    EXPECT_EQ(named.rows.front().compartment.office, realm.office_a) << "it stays where it was";
    EXPECT_THAT(known.with_predecessors(south), testing::Contains(north));
    EXPECT_THAT(known.with_predecessors(north), Not(testing::Contains(south)));
  }
}

TEST_P(Persons, P3OfficesThatSucceedOneAnotherInARingAnswerForThemselves) {
  const RecordId east = unit("e", "东局"), west = unit("w", "西局");
  together();
  a.write(east, {{"successors", "西局"}, {"state", "former"}});
  b.write(west, {{"successors", "东局"}, {"state", "former"}});
  together();
  for (Party* side : {&a, &b, &r}) {
    EXPECT_THAT(successors(*side).after("e"), ElementsAre());
    EXPECT_THAT(successors(*side).with_predecessors("东局"), ElementsAre("e", "w", "东局", "西局"));
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, Persons, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });

}  // namespace
}  // namespace jiyao
