// tests/unit/sync/replica_shut_out_test.cpp - what a keeper says of a machine that was shut out
// where the root sees nothing: what had counted there when it heard of it, and nothing that came
// later.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/realm_fixture.h"
#include "sync/counted_streams.h"
#include "sync/keeper.h"
#include "sync/log_core.h"
#include "sync/log_file.h"
#include "sync/realm.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ShutOut : public testing::Test {
 protected:
  /// B writes ledgers of A, and the archive, their keeper, has shown one row of it.
  void SetUp() override {
    b_ = realm_.open(*realm_.b, realm_.clerk_b);
    archive_ = realm_.open(*realm_.archive, realm_.archivist);
    shown_ = good(b_->record(incoming(realm_.a_internal, "送到过的"))).records.front();
    realm_.meet(*archive_, *b_);
    good(archive_->issue_receipts());
  }

  LogFile& log() { return dynamic_cast<LogFile&>(archive_->log()); }
  /// What a keeper does when something has come.   returns: the streams it newly asks for
  std::size_t keep(const std::vector<CompartmentId>& without_secret = {}) {
    const KeeperKeys keys{archive_->node(), archive_->node_key(), archive_->node_box()};
    const std::size_t before = kept().size();
    good(archive_->catch_up(100));
    good(request_epochs(log(), keys, without_secret));
    good(archive_->issue_receipts());
    return kept().size() - before;
  }
  std::vector<KeptStream> kept() {
    const auto requests = log().epoch_requests();
    return requests.empty() ? std::vector<KeptStream>{} : requests.front().kept;
  }
  /// The root shuts B out and knows no stream of it; the archive hears of it.
  void shut_out() {
    realm_.add({RevokeRecord{b_->node(), {}}});
    realm_.teach(archive_->log());
  }
  RecordId comes_late() {
    const RecordId late = good(b_->record(incoming(realm_.a_internal, "后来的"))).records.front();
    good(b_->seal_pending());
    const BatchId last = b_->log().batches(realm_.a_internal).back();
    good(archive_->log().append(good(b_->log().batch(last)), {RouteKind::medium, Level::secret},
                                b_->node()));
    return late;
  }
  void sign() {
    RosterDraft draft(realm_.roster(), archive_->node(), archive_->node_box().public_key(), 0);
    for (const EpochRequest& request : log().epoch_requests()) draft.confirm(request);
    for (const RosterRecord& record : draft.records()) realm_.add(record.bodies);
    realm_.teach(archive_->log());
  }

  RealmFixture realm_;
  std::unique_ptr<Replica> b_, archive_;
  RecordId shown_;
};

TEST_F(ShutOut, WhatItsKeeperHadShownCountsAgainWhenTheRootHasSigned) {
  const BatchId last = b_->log().batches(realm_.a_internal).front();
  shut_out();
  EXPECT_EQ(keep(), 1U);
  EXPECT_FALSE(archive_->view(shown_)) << "the root has said nothing of it";
  ASSERT_THAT(kept(), SizeIs(1));
  EXPECT_EQ(kept().front(),
            (KeptStream{b_->node(), {b_->author().incarnation, realm_.a_internal, last}}));
  good(archive_->record(incoming(realm_.a_internal, "档案室的")));
  good(archive_->seal_pending());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(keep(), 0U) << "asked for once";
  EXPECT_EQ(keep({realm_.a_secret}), 0U);
  ASSERT_THAT(kept(), SizeIs(1)) << "the next request names it again";
  sign();
  good(archive_->catch_up(100));
  EXPECT_TRUE(archive_->view(shown_));
  EXPECT_THAT(log().epoch_requests(), IsEmpty()) << "answered";
  EXPECT_EQ(keep(), 0U);
  EXPECT_THAT(realm_.roster().node(b_->node())->cuts,
              ElementsAre(StreamCut{b_->author().incarnation, realm_.a_internal, last}));
}

TEST_F(ShutOut, WhatComesBehindTheNewsIsNotAskedFor) {
  shut_out();
  const RecordId late = comes_late();
  EXPECT_EQ(keep(), 1U);
  const auto asked = kept();
  comes_late();
  EXPECT_EQ(keep(), 0U);
  EXPECT_EQ(kept(), asked);
  sign();
  EXPECT_EQ(keep(), 0U);
  EXPECT_TRUE(archive_->view(shown_));
  EXPECT_FALSE(archive_->view(late));
}

TEST_F(ShutOut, OneOfWhichNothingHadComeStaysShutOut) {
  const RecordId other = good(b_->record(incoming(realm_.b_internal, "自己的"))).records.front();
  good(b_->seal_pending());
  shut_out();
  keep();
  const BatchId own = b_->log().batches(realm_.b_internal).front();
  good(archive_->log().append(good(b_->log().batch(own)), {RouteKind::medium, Level::secret},
                              b_->node()));
  EXPECT_EQ(keep(), 0U);
  sign();
  keep();
  EXPECT_FALSE(archive_->view(other));
}

TEST_F(ShutOut, WhatCameBeforeTheNewsCountsAlsoWhenItIsOpenedWithThem) {
  const RecordId unopened = comes_late();
  EXPECT_FALSE(archive_->view(unopened));
  ASSERT_TRUE(archive_->before_roster({}));  // as every carrier does
  shut_out();
  keep();
  sign();
  keep();
  EXPECT_TRUE(archive_->view(unopened));
}

// `applied` says that its keeper shows it.
TEST_F(ShutOut, TheReceiptsOfTheKeeperNameNothingBehindTheCut) {
  const BatchId cut_off = b_->log().batches(realm_.a_internal).front();
  shut_out();
  good(archive_->record(incoming(realm_.a_internal, "档案室的")));
  good(archive_->seal_pending());
  keep();
  const auto names = [&] {
    const auto receipts = log().receipts(Scope{{realm_.a_internal}});
    return std::ranges::any_of(receipts, [&](const Receipt& receipt) {
      return std::ranges::find(receipt.batches, cut_off) != receipt.batches.end();
    });
  };
  EXPECT_FALSE(names());
  sign();
  keep();
  EXPECT_TRUE(names()) << "it counts again";
}

TEST_F(ShutOut, EveryMachineNotesItForItMayBeTheNextToKeepTheLedger) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  realm_.meet(*a, *archive_);
  EXPECT_TRUE(a->view(shown_));
  shut_out();
  realm_.teach(a->log());
  good(a->catch_up(100));
  EXPECT_FALSE(a->view(shown_));
  EXPECT_EQ(keep(), 1U);
  EXPECT_THAT(counted_streams(dynamic_cast<LogFile&>(a->log()), realm_.roster()),
              testing::ElementsAreArray(kept()));
}

TEST_F(ShutOut, TheWordOfAKeeperThatIsShutOutItselfIsSignedFirst) {
  shut_out();
  keep();
  RosterDraft draft(realm_.roster(), realm_.a->node, realm_.a->box->public_key(), 0);
  draft.revoke(archive_->node(), {});
  EXPECT_EQ(draft.confirm(log().epoch_requests().front()), 1U) << "and no key of its making";
  for (const RosterRecord& record : draft.records()) realm_.add(record.bodies);
  EXPECT_THAT(realm_.roster().node(b_->node())->cuts, SizeIs(1));
}

TEST_F(ShutOut, OnlyTheKeeperOfALedgerIsAskedAndWhatIsNamedStays) {
  shut_out();
  keep();
  EpochRequest foreign = log().epoch_requests().front();
  foreign.keeper = realm_.a->node;
  EXPECT_THAT(open_streams(foreign, realm_.roster()), IsEmpty());
  foreign = log().epoch_requests().front();
  foreign.kept.front().node = realm_.a->node;
  EXPECT_THAT(open_streams(foreign, realm_.roster()), IsEmpty()) << "it is in service";
  realm_.add({RevokeRecord{b_->node(), {{b_->author().incarnation, realm_.a_internal, {}}}}});
  EXPECT_THAT(open_streams(log().epoch_requests().front(), realm_.roster()), IsEmpty())
      << "the root has said that nothing counts";
}

}  // namespace
}  // namespace jiyao
