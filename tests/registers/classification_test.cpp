// tests/registers/classification_test.cpp - levels and terms set apart, and papers that are out
// when their level rises (domain.md 6.4 C; worked example 2).
#include "registers/apart.h"

namespace jiyao {
namespace {

class Levels : public Apart {
 protected:
  RecordId document(const std::string& level) { return document_of(copy(level)); }
  /// A person of office A who is named by id in a ledger.
  std::string person(Level clearance) {
    const Clerk one = realm.enrol(realm.office_a, role_bit(Role::handler), clearance);
    for (Party* side : {&a, &b, &r}) realm.teach(side->replica().log());
    return one.user.hex();
  }
};

TEST_P(Levels, C1TheStricterOfTwoLevelsTakesEffectAtOnceAndTheAuthorityIsAsked) {
  const RecordId document = this->document("public");
  together();
  a.write(document, {{"level", "internal"}});
  b.write(document, {{"level", "secret"}});
  together();
  EXPECT_EQ(shown(document, "level"), "secret");
  EXPECT_EQ(asked(document, "C1"), "q classification_authority");
  a.sit(authority);
  a.resolve(document, {{"level", "secret"}});
  together();
  EXPECT_EQ(codes(document), "");
}

TEST_P(Levels, C2Example02RaisedWhileItIsLentToSomebodyWhoIsNotCleared) {
  const std::string borrower = person(Level::internal), cleared = person(Level::secret);
  const RecordId paper = copy("internal", "000012"), other = copy("internal", "000013");
  together();
  const RecordId loan = lend(b, paper, borrower);
  const RecordId fine = lend(b, other, cleared);
  a.write(document_of(paper), {{"level", "secret"}});
  a.write(document_of(other), {{"level", "secret"}});
  together();
  EXPECT_EQ(asked(loan, "C2"), "f secrecy_officer");
  EXPECT_EQ(state(loan), "out") << "no automatic return";
  EXPECT_EQ(shown(paper, "custody_state"), "借出");
  EXPECT_EQ(codes(fine), "") << "cleared for what it is now";
  b.write(loan, {{"returned_at", "2026-03-01T17:00"},
                 {"returned_to", "乙"},
                 {"check", "相符"},
                 {"state", "returned"}});
  together();
  EXPECT_EQ(codes(loan), "");
}

TEST_P(Levels, C2RaisedAboveItsCompartmentIsRecalledWhoeverHoldsIt) {
  const RecordId paper = copy();
  together();
  const RecordId loan = lend(b, paper, "赵");
  a.write(document_of(paper), {{"level", "highly_secret"}});
  together();
  EXPECT_EQ(r.asked(loan, "C2"), "n secrecy_officer") << "recall it today";
  EXPECT_EQ(r.state(loan), "out");
}

TEST_P(Levels, C4OnlyTheAuthorityLowersAndARaiseMadeApartSuspendsIt) {
  const RecordId document = this->document("internal"), other = this->document("secret");
  together();
  b.sit(realm.enrol(realm.office_b, role_bit(Role::confidential_clerk), Level::secret));
  b.write(other, {{"level", "internal"}});
  a.sit(authority);
  a.resolve(document, {{"level", "public"}});
  b.sit(realm.clerk_b);
  b.write(document, {{"level", "secret"}});
  together();
  EXPECT_EQ(shown(other, "level"), "secret");
  EXPECT_EQ(proposals(other, "level"), 1U) << "lowering is only asked for";
  EXPECT_EQ(shown(document, "level"), "secret");
  EXPECT_EQ(asked(document, "C1"), "q classification_authority");
}

TEST_P(Levels, WhatTheAuthorityEntersLowersALevelAndIsSigned) {
  const RecordId document = this->document("secret");
  together();
  a.sit(authority);
  a.write(document, {{"level", "internal"}});
  together();
  EXPECT_EQ(shown(document, "level"), "internal");
  EXPECT_EQ(proposals(document, "level"), 0U);
}

TEST_P(Levels, C6TheLongerTermHoldsAndTermsNobodyCanCompareAreAsked) {
  const RecordId document = this->document("secret");
  a.write(document, {{"term", "1y"}});
  together();
  a.write(document, {{"term", "5y"}});
  b.write(document, {{"term", "10y"}});
  together();
  EXPECT_EQ(shown(document, "term"), "10y");
  EXPECT_EQ(codes(document), "");
  a.write(document, {{"term", "2031-01-01"}});
  b.write(document, {{"term", "8y"}});
  together();
  EXPECT_EQ(asked(document, "C6"), "q classification_authority");
  EXPECT_EQ(shown(document, "term"), "10y") << "the last both knew";
  a.resolve(document, {{"term", "2031-01-01"}});
  together();
  EXPECT_EQ(shown(document, "term"), "2031-01-01");
  EXPECT_EQ(codes(document), "");
}

TEST_P(Levels, C9ALevelAboveItsCompartmentIsFrozenAndOutOfSightBelow) {
  const RecordId document = this->document("secret");
  together();
  a.write(document, {{"remarks", "拟升密"}});
  b.write(document, {{"level", "highly_secret"}});
  together();
  EXPECT_EQ(r.asked(document, "C9"), "f secrecy_officer");
  EXPECT_EQ(r.shown(document, "level"), "highly_secret");
  for (Party* side : {&a, &b}) {
    EXPECT_TRUE(side->replica().view(document)->is_hidden);
    EXPECT_NE(side->refusal_of(document, {{"remarks", "看不到"}}), "");
  }
}

TEST_P(Levels, C11ALevelThatOnlyOneSideSetCounts) {
  const RecordId paper = a.make("incoming", "received", {{"received_on", "2026-03-01"}});
  together();
  a.write(paper, {{"title", "通知"}});
  b.write(paper, {{"level", "secret"}});
  together();
  EXPECT_EQ(shown(paper, "level"), "secret");
  EXPECT_EQ(shown(paper, "title"), "通知");
  EXPECT_EQ(codes(paper), "");
}

INSTANTIATE_TEST_SUITE_P(Ways, Levels, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });

}  // namespace
}  // namespace jiyao
