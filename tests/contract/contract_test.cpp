// tests/contract/contract_test.cpp - what every carrier and every log must do, whatever the
// weather.
#include <gtest/gtest.h>

#include <random>

#include "contract/carrier.h"

namespace jiyao {
namespace {

using Kinds = std::tuple<CarrierKind, LogKind>;

constexpr std::size_t kPlenty = std::size_t{1} << 20;

/// Drops and cuts at random, but lets a share of the messages through whole.
class BadWeather final : public Weather {
 public:
  explicit BadWeather(std::uint64_t seed) : random_(seed) {}
  std::size_t arriving(std::size_t size) override {
    const std::uint64_t dice = random_() % 10;
    if (dice < 2) return 0;
    if (dice < 5) return size == 0 ? 0 : random_() % size;
    return size;
  }
  bool repeats() override { return random_() % 4 == 0; }

 private:
  std::mt19937_64 random_;
};

/// An office machine A and the archive's R, which share two compartments of A's office.
class Contract : public testing::TestWithParam<Kinds> {
 protected:
  Contract() {
    const OfficeId archive_office = realm.add_office(true);
    office = realm.add_office();
    r = realm.add_node(archive_office, Level::highly_secret, true);
    a = realm.add_node(office, Level::highly_secret);
    internal = realm.open(office, Level::internal);
    secret = realm.open(office, Level::secret);
    for (const CompartmentId& compartment : {internal, secret})
      for (const Machine& machine : {a, r}) realm.give(machine, compartment);
    for (const Machine& machine : {a, r}) realm.add_hub_of(machine, Level::highly_secret);
    log_a = std::get<1>(GetParam()).make(a);
    log_r = std::get<1>(GetParam()).make(r);
  }
  void teach_both() {
    realm.teach(*log_a);
    realm.teach(*log_r);
  }
  static void keep(BatchLog& log, const SealedBatch& batch) {
    const Result<Appended> appended = log.append(batch, {}, {});
    ASSERT_TRUE(appended) << appended.error().detail;
  }
  Route route(Level ceiling = Level::secret) const {
    return {std::get<0>(GetParam()).route, ceiling};
  }
  Travelled meet(std::size_t bytes_max = kPlenty, Level ceiling = Level::secret) {
    Seat from{*log_a, a, realm.root(), nullptr};
    Seat to{*log_r, r, realm.root(), nullptr};
    return carrier->meet(from, to, route(ceiling), bytes_max, *weather);
  }
  /// Meets again and again; the number of meetings it took, or 0 if `meetings_max` did not do.
  int settle(int meetings_max, std::size_t bytes_max = kPlenty) {
    for (int meeting = 1; meeting <= meetings_max; ++meeting) {
      meet(bytes_max);
      if (are_equal()) return meeting;
    }
    return 0;
  }
  bool are_equal() const {
    const Scope both{{internal, secret}};
    return log_a->frontier(internal) == log_r->frontier(internal) &&
           log_a->frontier(secret) == log_r->frontier(secret) &&
           log_a->papers(both) == log_r->papers(both) &&
           log_a->roster().point() == log_r->roster().point();
  }

  SmallRealm realm{7};
  OfficeId office;
  Machine a, r;
  CompartmentId internal, secret;
  std::unique_ptr<BatchLog> log_a, log_r;
  std::unique_ptr<Carrier> carrier = std::get<0>(GetParam()).make();
  Weather fair;
  Weather* weather = &fair;
};

TEST_P(Contract, TwoMachinesThatMeetHoldTheSame) {
  teach_both();
  for (int i = 0; i < 5; ++i) keep(*log_a, realm.write(a, internal));
  for (int i = 0; i < 3; ++i) keep(*log_r, realm.write(r, secret));
  EXPECT_FALSE(are_equal());
  EXPECT_NE(settle(2), 0);
  EXPECT_EQ(log_r->batches(internal).size(), 5u);
  EXPECT_EQ(log_a->batches(secret).size(), 3u);
}

TEST_P(Contract, AMeetingRepeatedChangesNothing) {
  teach_both();
  for (int i = 0; i < 4; ++i) keep(*log_a, realm.write(a, internal));
  ASSERT_NE(settle(2), 0);
  const Travelled again = meet();
  EXPECT_EQ(again.by_answerer.batches_new + again.by_caller.batches_new, 0u);
  EXPECT_EQ(again.by_answerer.refused + again.by_caller.refused, 0u);
  EXPECT_TRUE(are_equal());
}

TEST_P(Contract, NothingNewCostsOneRoundTripOfAtMostTwoHundredBytesEachWay) {
  if (!carrier->keeps_hints()) GTEST_SKIP() << "a bundle always says all of it";
  teach_both();
  for (int i = 0; i < 4; ++i) keep(*log_a, realm.write(a, internal));
  ASSERT_NE(settle(2), 0);
  const Travelled again = meet();
  EXPECT_TRUE(again.is_settled);
  EXPECT_EQ(again.round_trips, 1);
  EXPECT_LE(again.bytes_out, 200u);
  EXPECT_LE(again.bytes_back, 200u);
}

TEST_P(Contract, LossCutsAndRepeatsCostBytesOnly) {
  teach_both();
  BadWeather bad(11);
  weather = &bad;
  for (int i = 0; i < 12; ++i) {
    keep(*log_a, realm.write(a, internal));
    keep(*log_r, realm.write(r, internal));
  }
  EXPECT_NE(settle(200, 2000), 0);
  EXPECT_EQ(log_a->batches(internal).size(), 24u);
}

TEST_P(Contract, ALongBacklogArrivesThroughATinyBudget) {
  teach_both();
  for (int i = 0; i < 120; ++i) keep(*log_a, realm.write(a, i % 2 ? internal : secret, 700));
  EXPECT_NE(settle(150, 1000), 0);
  EXPECT_EQ(log_r->batches(internal).size() + log_r->batches(secret).size(), 120u);
}

TEST_P(Contract, AGapInTheMiddleIsFilledFromEitherSide) {
  teach_both();
  std::vector<SealedBatch> life;
  for (int i = 0; i < 9; ++i) life.push_back(realm.write(a, internal));
  for (const std::size_t i : {0u, 1u, 4u, 8u}) keep(*log_a, life[i]);
  for (const std::size_t i : {2u, 3u, 5u, 7u, 6u}) keep(*log_r, life[i]);
  EXPECT_NE(settle(3), 0);
  EXPECT_EQ(log_a->batches(internal).size(), 9u);
  EXPECT_EQ(log_r->frontier(internal).floors.size(), 1u);
}

TEST_P(Contract, TwoLivesOfOneStreamAreBothKept) {
  teach_both();
  const SealedBatch first = realm.write_after(a, internal, {}, 1);
  const SealedBatch one = realm.write_after(a, internal, first.id(), 2);
  const SealedBatch other = realm.write_after(a, internal, first.id(), 2);
  for (const SealedBatch& batch : {first, one}) keep(*log_a, batch);
  for (const SealedBatch& batch : {first, other}) keep(*log_r, batch);
  EXPECT_NE(settle(3), 0);
  EXPECT_TRUE(log_a->holds(other.id()));
  EXPECT_TRUE(log_r->holds(one.id()));
}

TEST_P(Contract, NothingAboveTheCeilingOfTheRouteLeaves) {
  teach_both();
  keep(*log_a, realm.write(a, secret));
  keep(*log_a, realm.write(a, internal));
  for (int i = 0; i < 3; ++i) meet(kPlenty, Level::internal);
  EXPECT_EQ(log_r->batches(internal).size(), 1u);
  EXPECT_EQ(log_r->batches(secret).size(), 0u);
}

TEST_P(Contract, WhatTheOtherMayNotReadStaysHere) {
  const CompartmentId own = realm.open(office, Level::highly_secret);
  const CompartmentId alone = realm.open(r.office, Level::internal);
  realm.give(a, own);
  realm.give(r, alone);
  teach_both();
  keep(*log_a, realm.write(a, own));
  keep(*log_r, realm.write(r, alone));
  keep(*log_a, realm.write(a, internal));
  EXPECT_NE(settle(2), 0);
  EXPECT_TRUE(log_r->batches(own).empty());
  EXPECT_TRUE(log_a->batches(alone).empty());
}

TEST_P(Contract, TheOlderRosterCatchesUpBeforeAnythingElse) {
  const std::uint64_t then = realm.roster().point().seq;
  const Machine late = realm.add_node(office, Level::secret);
  realm.give(late, internal);
  realm.teach(*log_a);
  realm.teach(*log_r, then);
  keep(*log_a, realm.write(late, internal));
  keep(*log_a, realm.write(a, internal));
  EXPECT_NE(settle(3), 0);
  EXPECT_EQ(log_r->batches(internal).size(), 2u);
  EXPECT_EQ(log_r->waiting(), 0u);
}

TEST_P(Contract, AnEmptyMachineLearnsAllOfItsRealmFromTheOther) {
  realm.teach(*log_r);
  for (int i = 0; i < 6; ++i) keep(*log_r, realm.write(r, internal));
  EXPECT_NE(settle(3), 0);
  EXPECT_EQ(log_a->roster().point(), realm.roster().point());
  EXPECT_EQ(log_a->batches(internal).size(), 6u);
}

TEST_P(Contract, AnotherRealmGivesAndTakesNothing) {
  realm.teach(*log_a);
  SmallRealm other(8);
  const OfficeId office_there = other.add_office();
  const CompartmentId there = other.open(office_there, Level::internal);
  Machine stranger = other.add_node(office_there, Level::secret);
  other.give(stranger, there);
  other.add_hub_of(stranger, Level::highly_secret);
  const std::unique_ptr<BatchLog> log = std::get<1>(GetParam()).make(stranger);
  other.teach(*log);
  keep(*log, other.write(stranger, there));
  keep(*log_a, realm.write(a, internal));
  Seat from{*log_a, a, realm.root(), nullptr};
  Seat to{*log, stranger, other.root(), nullptr};
  carrier->meet(from, to, route(), kPlenty, fair);
  EXPECT_TRUE(log->batches(internal).empty());
  EXPECT_TRUE(log_a->batches(there).empty());
  EXPECT_EQ(log_a->roster().point(), realm.roster().point());
}

TEST_P(Contract, OnlyTheNewestReceiptIsKeptWhicheverComesFirst) {
  teach_both();
  const SealedBatch first = realm.write(a, internal);
  const SealedBatch second = realm.write(a, internal);
  for (const SealedBatch& batch : {first, second}) keep(*log_a, batch);
  const Receipt older = realm.applied(r, internal, {first.id()}, 1);
  const Receipt newer = realm.applied(r, internal, {second.id()}, 2);
  ASSERT_TRUE(log_r->put(newer));
  ASSERT_TRUE(log_a->put(older));
  EXPECT_NE(settle(3), 0);
  ASSERT_EQ(log_a->receipts({{internal}}).size(), 1u);
  EXPECT_EQ(log_a->receipts({{internal}}).front().serial, 2u);
}

TEST_P(Contract, GrantsTravelToTheMachineTheyAreFor) {
  teach_both();
  ASSERT_TRUE(log_r->put(realm.grant(r, a, internal)));
  EXPECT_NE(settle(2), 0);
  ASSERT_EQ(log_a->grants({{internal}}).size(), 1u);
  EXPECT_EQ(log_a->grants({{internal}}).front().node, a.node);
}

TEST_P(Contract, AKeepersRequestForAnEpochTravelsUntilTheRosterAnswersIt) {
  teach_both();
  const EpochRequest older = realm.request(r, secret, 1);
  const EpochRequest newer = realm.request(r, secret, 2);
  ASSERT_TRUE(log_a->put(older));
  ASSERT_TRUE(log_r->put(newer));
  EXPECT_NE(settle(3), 0);
  EXPECT_EQ(log_a->epoch_requests(), std::vector{newer});
  EXPECT_EQ(log_r->epoch_requests(), std::vector{newer});
  realm.add({newer.epochs.front()});
  realm.teach(*log_a);
  EXPECT_NE(settle(3), 0);
  EXPECT_TRUE(log_a->epoch_requests().empty());
  EXPECT_TRUE(log_r->epoch_requests().empty());
}

TEST_P(Contract, AnAuthorNobodyHereKnowsYetWaitsAndThenComesIn) {
  const std::uint64_t then = realm.roster().point().seq;
  const Machine late = realm.add_node(office, Level::secret);
  realm.give(late, internal);
  realm.teach(*log_r, then);
  const SealedBatch batch = realm.write(late, internal);
  const Result<Appended> appended = log_r->append(batch, route(), a.node);
  ASSERT_TRUE(appended);
  EXPECT_EQ(*appended, Appended::waiting);
  EXPECT_FALSE(log_r->holds(batch.id()));
  EXPECT_EQ(log_r->waiting(), 1u);
  realm.teach(*log_r);
  EXPECT_TRUE(log_r->holds(batch.id()));
  EXPECT_EQ(log_r->waiting(), 0u);
}

// Goal: whatever the two have done and whatever the way does to their messages, they end up equal.
// Method: histories, weather and budgets are all drawn from one seed.
TEST_P(Contract, RandomHistoriesOverABadWayEndEqual) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random(seed);
    log_a = std::get<1>(GetParam()).make(a);
    log_r = std::get<1>(GetParam()).make(r);
    carrier = std::get<0>(GetParam()).make();
    teach_both();
    BadWeather bad(seed);
    std::uint64_t serial = 0;
    for (int step = 0; step < 60; ++step) {
      const CompartmentId& where = random() % 2 ? internal : secret;
      const bool at_a = random() % 2;
      BatchLog& log = at_a ? *log_a : *log_r;
      if (random() % 6 == 0) {
        ASSERT_TRUE(log.put(
            realm.applied(at_a ? a : r, where, log.frontier(where).tips, seed * 1000 + ++serial)));
      } else if (random() % 4 != 0) {
        keep(log, realm.write(at_a ? a : r, where, random() % 900));
      }
      weather = random() % 2 ? static_cast<Weather*>(&bad) : &fair;
      if (random() % 3 == 0) meet(500 + random() % 4000);
    }
    weather = &fair;
    EXPECT_NE(settle(4), 0) << "seed " << seed;
    EXPECT_EQ(log_a->batches(internal).size(), log_r->batches(internal).size());
  }
}

std::string name_of_kinds(const testing::TestParamInfo<Kinds>& kinds) {
  return std::get<0>(kinds.param).name + "_over_" + std::get<1>(kinds.param).name;
}

INSTANTIATE_TEST_SUITE_P(Kinds, Contract,
                         testing::Combine(testing::ValuesIn(carrier_kinds()),
                                          testing::ValuesIn(log_kinds())),
                         name_of_kinds);

}  // namespace
}  // namespace jiyao
