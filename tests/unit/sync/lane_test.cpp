// tests/unit/sync/lane_test.cpp - which sets are out, what the next export repeats, what never
// came.
#include "sync/lane.h"

#include <gtest/gtest.h>

#include "support/two_offices.h"
#include "sync/bundle_writer.h"

namespace jiyao {
namespace {

class LaneTest : public testing::Test, protected TwoOffices {
 protected:
  LaneTest() { teach_both(); }
  /// Exports what the lane says is due; returns how many batches went out.
  std::uint64_t export_now(SetKind kind = {}) {
    Result<BundleOrder> order = order_for(lane, a.node, a.incarnation, *a.sign, kind);
    EXPECT_TRUE(order);
    if (!order) return 0;
    order->label = Level::secret;
    const Result<BundleWriter> writer = BundleWriter::plan(*log_a, std::move(*order));
    EXPECT_TRUE(writer) << writer.error().detail;
    if (!writer) return 0;
    lane.exported(writer->lane_set());
    return writer->batches();
  }
  std::uint64_t export_one_way(bool is_full = false) {
    return export_now({.is_two_way = false, .is_full = is_full});
  }
  BundleOuter volume_of(std::uint64_t seq, std::uint32_t volume, const SetId& set) const {
    BundleOuter outer;
    outer.set = set;
    outer.volume = volume;
    outer.lane_seq = seq;
    return outer;
  }
  static BundleManifest of_volumes(std::uint32_t volumes) {
    BundleManifest manifest;
    manifest.volumes = volumes;
    return manifest;
  }
  /// One life of the peer sends a set, saying that it holds what our last one told of us.
  void hear_from(const IncarnationId& life) {
    BundleManifest manifest = of_volumes(1);
    manifest.incarnation = life;
    lane.took_in(volume_of(++heard_, 1, realm.draw<SetId>()), manifest, lane.sets().back().held);
    for (const SetId& set : lane.open_sets()) lane.returned(set);
  }

  std::uint64_t heard_ = 0;

  LaneBook lane{r.node};
};

TEST_F(LaneTest, ATwoWayLaneRepeatsAllThatWasNotConfirmed) {
  for (std::uint64_t i = 1; i <= kOpenSetsMax; ++i) {
    keep(*log_a, realm.write(a, internal));
    EXPECT_EQ(export_now(), i);
  }
}

TEST_F(LaneTest, ATwoWayLaneStopsAtThreeOpenSetsUntilOneReturnsOrIsLost) {
  for (std::size_t i = 0; i < kOpenSetsMax; ++i) export_now();
  const Result<PeerView> stopped = lane.base();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.code(), Errc::conflict);
  EXPECT_NE(stopped.error().detail.find(lane.open_sets().front().hex()), std::string::npos);
  ASSERT_TRUE(lane.declare_lost(lane.open_sets().front()));
  EXPECT_TRUE(lane.base());
  export_now();
  EXPECT_FALSE(lane.base());
  lane.returned(lane.open_sets().front());
  EXPECT_TRUE(lane.base());
}

TEST_F(LaneTest, AnUnknownSetCannotBeLost) {
  EXPECT_EQ(lane.declare_lost(SetId{}).code(), Errc::not_found);
}

TEST_F(LaneTest, WhatWasInALostSetGoesOutAgain) {
  keep(*log_a, realm.write(a, internal));
  EXPECT_EQ(export_now(), 1u);
  ASSERT_TRUE(lane.declare_lost(lane.open_sets().front()));
  EXPECT_EQ(export_now(), 1u);
}

TEST_F(LaneTest, TwoLivesThatSpeakInTurnAreBothGivenEverything) {
  keep(*log_a, realm.write(a, internal));
  const auto one = realm.draw<IncarnationId>(), other = realm.draw<IncarnationId>();
  EXPECT_EQ(export_now(), 1u);
  hear_from(one);
  EXPECT_EQ(export_now(), 0u) << "it holds all";
  hear_from(other);
  EXPECT_EQ(export_now(), 0u) << "a new life after a restore";
  hear_from(one);
  EXPECT_EQ(export_now(), 1u) << "a copied disk: what the last speaker holds the other may lack";
  for (std::size_t i = 0; i < LaneBook::kWordsKept; ++i) hear_from(one);
  EXPECT_EQ(export_now(), 0u) << "only one of them still speaks";
}

TEST_F(LaneTest, AReceiptOfThePeerClosesTheSetsItNames) {
  export_now();
  const SetId set = lane.open_sets().front();
  lane.close_by({realm.applied(a, internal, {}, 1, {set})});
  EXPECT_EQ(lane.open_sets().size(), 1u) << "only the peer's own word counts";
  lane.close_by({realm.applied(r, internal, {}, 1, {set})});
  EXPECT_TRUE(lane.open_sets().empty());
}

TEST_F(LaneTest, AOneWayLaneRepeatsTheTwoExportsBefore) {
  std::vector<std::uint64_t> sent;
  for (int i = 0; i < 6; ++i) {
    keep(*log_a, realm.write(a, internal));
    sent.push_back(export_one_way());
  }
  EXPECT_EQ(sent, (std::vector<std::uint64_t>{1, 2, 3, 3, 3, 3}));
  EXPECT_EQ(export_one_way(true), 6u);
  EXPECT_TRUE(lane.open_sets().empty());
}

TEST_F(LaneTest, OneWayIsSaidOfOneExportAndNoneOfThemIsEverReturned) {
  keep(*log_a, realm.write(a, internal));
  EXPECT_EQ(export_one_way(), 1u);
  const SetId first = lane.last_set();
  EXPECT_EQ(export_now(), 1u) << "nobody signed for it";
  EXPECT_EQ(lane.open_sets(), std::vector<SetId>{lane.last_set()});
  lane.returned(first);
  ASSERT_TRUE(lane.declare_lost(first));
  EXPECT_EQ(lane.sets().front().state, SetState::one_way);
  for (std::size_t i = 1; i < kOpenSetsMax; ++i) export_now();
  EXPECT_EQ(lane.base().code(), Errc::conflict) << "one-way sets do not loosen the brake";
  EXPECT_TRUE(lane.base({.is_two_way = false})) << "nor are they held by it";
}

TEST_F(LaneTest, OneWayExportsDoNotRelyOnALostSet) {
  for (int i = 0; i < 3; ++i) {
    keep(*log_a, realm.write(a, internal));
    i == 1 ? export_now() : export_one_way();
  }
  ASSERT_TRUE(lane.declare_lost(lane.open_sets().front()));
  EXPECT_EQ(export_one_way(), 3u);
}

TEST_F(LaneTest, OfABookOfBeforeThatWentOneWayNothingIsTakenAsReturned) {
  keep(*log_a, realm.write(a, internal));
  export_now();
  lane.returned(lane.last_set());
  export_now();
  Bytes bytes = lane.encode();
  bytes[1 + NodeId::kBytes] = 0;  // the policy such a book kept
  const Result<LaneBook> book = LaneBook::decode(bytes);
  ASSERT_TRUE(book);
  ASSERT_EQ(book->sets().size(), 2u);
  EXPECT_EQ(book->sets()[0].state, SetState::one_way);
  EXPECT_EQ(book->sets()[1].state, SetState::open);
}

TEST_F(LaneTest, SetsThatNeverCameShowAsGaps) {
  for (const std::uint64_t seq : {1u, 2u, 5u, 7u})
    lane.took_in(volume_of(seq, 1, realm.draw<SetId>()), of_volumes(1), {});
  EXPECT_EQ(lane.gaps(), (std::vector<std::uint64_t>{3, 4, 6}));
  lane.took_in(volume_of(4, 1, realm.draw<SetId>()), of_volumes(1), {});
  EXPECT_EQ(lane.gaps(), (std::vector<std::uint64_t>{3, 6}));
}

TEST_F(LaneTest, ASetIsTakenInOnceAllOfItsVolumesCameInAnyOrderAndAnyNumberOfTimes) {
  const SetId set = realm.draw<SetId>();
  for (const std::uint32_t volume : {3u, 1u, 3u, 1u})
    lane.took_in(volume_of(1, volume, set), of_volumes(3), {});
  EXPECT_TRUE(lane.taken_in().empty());
  ASSERT_EQ(lane.partial_sets().size(), 1u);
  EXPECT_EQ(lane.partial_sets().front().got, (std::vector<std::uint32_t>{1, 3}));
  lane.took_in(volume_of(1, 2, set), of_volumes(3), {});
  EXPECT_EQ(lane.taken_in(), std::vector<SetId>{set});
  lane.took_in(volume_of(1, 2, set), of_volumes(3), {});
  EXPECT_EQ(lane.taken_in().size(), 1u);
  EXPECT_TRUE(lane.partial_sets().empty());
}

TEST_F(LaneTest, ABookComesBackFromItsBytesAndNonsenseDoesNot) {
  keep(*log_a, realm.write(a, internal));
  export_now();
  export_one_way();
  lane.took_in(volume_of(3, 1, realm.draw<SetId>()), of_volumes(2), to_bytes("view"));
  lane.took_in(volume_of(2, 1, realm.draw<SetId>()), of_volumes(1), {});
  const Bytes bytes = lane.encode();
  const Result<LaneBook> again = LaneBook::decode(bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, lane);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(LaneBook::decode(ByteView(bytes).first(size))) << size;
}

}  // namespace
}  // namespace jiyao
