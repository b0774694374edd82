// tests/unit/sync/replica_findings_test.cpp - what is found across records does not depend on which
// of them came first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/store.h"
#include "schema/value.h"
#include "support/realm_fixture.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> codes(const Replica& replica) {
  std::vector<std::string> found;
  for (const Finding& finding : replica.findings()) found.push_back(finding.code);
  return found;
}

Step make(const std::string& ledger, const RecordId& record, std::vector<Write> writes) {
  Step step;
  step.ledger = ledger;
  step.record = record;
  step.writes = std::move(writes);
  return step;
}

/// A finished paper of A with one copy in the safe, known to A and B, which are then apart: A files
/// the paper, B lends its copy.
class FiledWhileLent : public testing::Test {
 protected:
  FiledWhileLent()
      : a(realm.open(*realm.a, realm.clerk_a)), b(realm.open(*realm.b, realm.clerk_b)) {
    paper = a->new_record_id(), document = a->new_record_id(), copy = a->new_record_id();
    Act arrival = incoming(realm.a_internal, "会议纪要");
    arrival.steps[0].record = paper;
    arrival.steps.push_back(make("document", document,
                                 {{"incoming", paper.hex()},
                                  {"issuer_org", "省委办公厅"},
                                  {"title", "会议纪要"},
                                  {"level", "internal"},
                                  {"state", "in_use"}}));
    arrival.steps.push_back(make("document_copy", copy,
                                 {{"document", document.hex()},
                                  {"level", "internal"},
                                  {"copy_kind", "正本"},
                                  {"custody", pack_fields({{"custody_state", "在库"}})},
                                  {"state", "on_register"}}));
    good(a->record(arrival));
    good(a->record(amend(realm.a_internal, paper, "state", "done")));
    realm.meet(*a, *b);
  }

  void file() {
    Act filing = amend(realm.a_internal, paper, "state", "filed");
    filing.steps[0].writes.insert(filing.steps[0].writes.begin(), {"archive_code", "2026-1"});
    good(a->record(filing));
  }
  void lend() {
    loan = b->new_record_id();
    Act lending{
        realm.a_internal,
        {make("loan", loan,
              {{"borrower", "赵六"},
               {"copy", copy.hex()},
               {"document", document.hex()},
               {"due_on", "2026-03-02"},
               {"incoming", paper.hex()},
               {"lent_at", "2026-03-01T09:30"},
               {"state", "out"}}),
         make("document_copy", copy, {{"custody", pack_fields({{"custody_state", "借出"}})}})}};
    lending.steps[1].kind = ChangeKind::amend;
    good(b->record(lending));
  }
  void of_the_loan(std::vector<Write> writes) {
    Step step = make("loan", loan, std::move(writes));
    step.kind = ChangeKind::amend;
    good(b->record({realm.a_internal, {step}}));
  }

  RealmFixture realm;
  std::unique_ptr<Replica> a, b;
  RecordId paper, document, copy, loan;
};

TEST_F(FiledWhileLent, IsFoundWhicheverCameFirst) {
  file();
  lend();
  realm.meet(*a, *b);
  EXPECT_THAT(codes(*b), ElementsAre("S1")) << "the loan was here, the filing came";
  EXPECT_THAT(codes(*a), ElementsAre("S1")) << "the filing was here, the loan came";
  EXPECT_EQ(a->view(paper)->shown_state, b->view(paper)->shown_state);
}

TEST_F(FiledWhileLent, StaysFoundWhileTheLoanIsOnlyWrittenTo) {
  file();
  lend();
  realm.meet(*a, *b);
  of_the_loan({{"remarks", "电话催过"}});
  realm.meet(*a, *b);
  EXPECT_THAT(codes(*b), ElementsAre("S1"));
  EXPECT_THAT(codes(*a), ElementsAre("S1"));
}

TEST_F(FiledWhileLent, IsListedInTheStateItShowsAndInNoOther) {
  file();
  const auto listed = [&](const std::string& state) {
    Query query;
    query.ledger = "incoming";
    query.state = state;
    EXPECT_EQ(a->count(query), a->search(query).rows.size()) << state;
    EXPECT_EQ(a->among(query, {&paper, 1}).size(), a->search(query).rows.size()) << state;
    return a->search(query).rows.size();
  };
  EXPECT_EQ(listed("filed"), 1U);
  lend();
  realm.meet(*a, *b);
  const std::string shown = a->view(paper)->shown_state;
  ASSERT_NE(shown, "filed");
  EXPECT_EQ(listed("filed"), 0U);
  EXPECT_EQ(listed(shown), 1U);
}

TEST_F(FiledWhileLent, EndsEverywhereWhenTheCopyIsBack) {
  file();
  lend();
  realm.meet(*a, *b);
  Act back{realm.a_internal,
           {make("loan", loan,
                 {{"check", "相符"},
                  {"returned_at", "2026-03-02T09:00"},
                  {"returned_to", "张三"},
                  {"state", "returned"}}),
            make("document_copy", copy, {{"custody", pack_fields({{"custody_state", "在库"}})}})}};
  for (Step& step : back.steps) step.kind = ChangeKind::amend;
  good(b->record(back));
  realm.meet(*a, *b);
  EXPECT_THAT(codes(*b), IsEmpty());
  EXPECT_THAT(codes(*a), IsEmpty());
  EXPECT_EQ(a->view(paper)->shown_state, "filed");
}

// What an older program wrote, or did not: nobody sees it, not even before the first catching up.
TEST_F(FiledWhileLent, IsFoundAnewWhenAProgramWithOtherRulesOpens) {
  file();
  lend();
  realm.meet(*a, *b);
  a.reset();
  Desk& desk = *realm.a;
  {
    auto store =
        good(Store::open(desk.disk, "/replica/internal.jdb", desk.file_ids.at(Level::internal),
                         desk.file_keys.at("internal"), realm.realm, Level::internal));
    StoreWriter writer(store);
    for (const std::int64_t no : store.record_nos()) writer.remove_findings_of(no);
    writer.set_own("definitions", {});
    writer.commit();
  }
  a = good(desk.open(realm.realm, realm.clerk_a, Level::secret));
  EXPECT_THAT(codes(*a), ElementsAre("S1"));
}

}  // namespace
}  // namespace jiyao
