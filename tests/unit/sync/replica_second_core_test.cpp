// tests/unit/sync/replica_second_core_test.cpp - a replica that somebody lends a hand seals and
// shows what one that works alone does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/second_core.h"
#include "support/realm_fixture.h"
#include "sync/log_file.h"

namespace jiyao {
namespace {

/// As late as it may: only when it is waited for.
class LateHelper final : public Helper {
 public:
  explicit LateHelper(int& pieces) : pieces_(pieces) {}
  std::future<void> begin(std::function<void()> work) override {
    ++pieces_;
    return std::async(std::launch::deferred, std::move(work));
  }

 private:
  int& pieces_;
};

class ThreadHelper final : public Helper {
 public:
  std::future<void> begin(std::function<void()> work) override {
    return std::async(std::launch::async, std::move(work));
  }
};

/// Text that no compressor makes much smaller.
std::string noise(std::uint64_t seed, std::size_t characters) {
  std::string text;
  for (std::size_t i = 0; i < characters; ++i) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto c = static_cast<unsigned>(0x4E00 + (seed >> 40) % 0x5000);
    text += static_cast<char>(0xE0 | c >> 12);
    text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  }
  return text;
}

class ReplicaHelperTest : public testing::Test {
 protected:
  RealmFixture realm_;

  std::vector<Act> rows(std::uint64_t count, std::size_t characters) {
    std::vector<Act> acts;
    for (std::uint64_t n = 0; n < count; ++n) {
      if (n % 5 == 0) acts.push_back({realm_.a_internal, {}});
      Act one = incoming(realm_.a_internal, "第" + std::to_string(n) + "件");
      one.steps.front().writes.push_back({"remarks", noise(n, characters)});
      acts.back().steps.push_back(std::move(one.steps.front()));
    }
    return acts;
  }
  void record(Replica& replica, const std::vector<Act>& acts) {
    for (const auto& done : replica.record_many(acts)) good(done);
  }
  Digest state(const Replica& replica) { return replica.digests()[realm_.a_internal].state; }
  std::size_t hits(const Replica& replica, const std::string& typed) {
    Query query;
    query.text = typed;
    return replica.search(query).rows.size();
  }
  /// One unbroken chain of so many batches.
  void expect_chain(Replica& replica, std::size_t batches) {
    const auto held = replica.log().batches(realm_.a_internal);
    ASSERT_EQ(held.size(), batches);
    BatchId prev;
    for (std::size_t i = 0; i < batches; ++i) {
      const SealedBatch batch = good(replica.log().batch(held[i]));
      EXPECT_EQ(batch.core().seq, i + 1);
      EXPECT_EQ(batch.core().prev, prev);
      prev = batch.id();
    }
  }
};

TEST_F(ReplicaHelperTest, SealsOneChainAndShowsWhatOneWithoutHelpShows) {
  int sealed = 0, opened = 0;
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  auto archive = realm_.open(*realm_.archive, realm_.archivist);
  auto b = realm_.open(*realm_.b, realm_.clerk_b);
  record(*a, rows(3200, 4));
  a->work_with(std::make_unique<LateHelper>(sealed));
  archive->work_with(std::make_unique<LateHelper>(opened));
  const int made = good(a->seal_pending());
  EXPECT_GE(made, 4);
  EXPECT_EQ(sealed, made);
  expect_chain(*a, static_cast<std::size_t>(made));
  EXPECT_EQ(a->unsealed(), 0U);
  realm_.meet(*a, *archive);
  realm_.meet(*a, *b);
  EXPECT_GT(opened, made);  // and its records are merged by the helper, too
  EXPECT_EQ(state(*archive), state(*a));
  EXPECT_EQ(state(*b), state(*a));
  expect_all_applied(*archive, realm_.a_internal, 3200);
  for (const char* title : {"第7件", "第1777件", "第3199件"}) {  // found by its own words
    EXPECT_EQ(hits(*archive, title), 1U) << title;
    EXPECT_EQ(hits(*b, title), 1U) << title;
  }
}

TEST_F(ReplicaHelperTest, WhatDoesNotFitABatchIsCutInTwoAndTheChainStaysWhole) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  auto archive = realm_.open(*realm_.archive, realm_.archivist);
  a->work_with(std::make_unique<ThreadHelper>());
  archive->work_with(std::make_unique<ThreadHelper>());
  record(*a, rows(50, 8));
  record(*a, rows(100, 4500));
  record(*a, rows(50, 8));
  const int made = good(a->seal_pending());
  EXPECT_GE(made, 6);  // 1.4 MB of noise, at most 256 KiB each
  expect_chain(*a, static_cast<std::size_t>(made));
  realm_.meet(*a, *archive);
  EXPECT_EQ(state(*archive), state(*a));
  expect_all_applied(*archive, realm_.a_internal, 200);
}

TEST_F(ReplicaHelperTest, AFewBatchesAtATimeComeToTheSameEnd) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  auto archive = realm_.open(*realm_.archive, realm_.archivist);
  a->work_with(std::make_unique<ThreadHelper>());
  archive->work_with(std::make_unique<ThreadHelper>());
  record(*a, rows(3200, 4));
  int made = 0;
  for (int some = good(a->seal_pending(1)); some > 0; some = good(a->seal_pending(1))) made += some;
  expect_chain(*a, static_cast<std::size_t>(made));
  realm_.exchange(*a, *archive);
  while (!good(archive->catch_up(1)).is_complete) {
  }
  EXPECT_EQ(state(*archive), state(*a));
}

TEST_F(ReplicaHelperTest, WorkThatFailsIsTheFailureOfWhoeverGaveIt) {
  int pieces = 0;
  LateHelper helper(pieces);
  {
    Beside beside(&helper);
    beside.begin([] { throw std::runtime_error("broken"); });
    EXPECT_THROW(beside.wait(), std::runtime_error);
    beside.wait();  // nothing is under way
    bool is_done = false;
    beside.begin([&] { is_done = true; });
    beside.wait();
    EXPECT_TRUE(is_done);
  }
  bool is_done = false;
  {
    Beside(&helper).begin([&] { is_done = true; });
  }
  EXPECT_TRUE(is_done);  // waited for at the end
  EXPECT_EQ(pieces, 3);
}

TEST(MakeAhead, TakesEveryPieceOnceAndInOrderWhoeverMakesIt) {
  int pieces = 0;
  LateHelper late(pieces);
  ThreadHelper thread;
  for (Helper* helper :
       {static_cast<Helper*>(nullptr), static_cast<Helper*>(&late), static_cast<Helper*>(&thread)})
    for (const std::size_t count : {0U, 1U, 64U, 65U, 200U}) {
      std::vector<std::size_t> wanted(count), taken;
      for (std::size_t i = 0; i < count; ++i) wanted[i] = 3 * i;
      make_ahead(
          helper, count, [](std::size_t i) { return 3 * i; },
          [&](std::size_t i, std::size_t made) {
            EXPECT_EQ(i, taken.size());
            taken.push_back(made);
          });
      EXPECT_EQ(taken, wanted) << count;
    }
  EXPECT_EQ(pieces, 2 + 4);  // of 65 and of 200: a few are not worth a helper
}

TEST(MakeAhead, WhatFailsToBeMadeOrTakenIsThrown) {
  ThreadHelper helper;
  std::size_t taken = 0;
  const auto fails_at = [](std::size_t bad) {
    return [bad](std::size_t i) { return i == bad ? throw std::runtime_error("broken") : i; };
  };
  const auto count = [&](std::size_t, std::size_t) { ++taken; };
  EXPECT_THROW(make_ahead(&helper, 200, fails_at(70), count), std::runtime_error);
  EXPECT_EQ(taken, 64U);
  const auto refuse = [](std::size_t, std::size_t) { throw std::logic_error("full"); };
  EXPECT_THROW(make_ahead(&helper, 200, fails_at(70), refuse), std::logic_error);
}

}  // namespace
}  // namespace jiyao
