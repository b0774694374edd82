// tests/unit/sync/exchange_test.cpp - what a conversation costs, and what a peer cannot make it do.
#include "sync/exchange.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "schema/wire.h"
#include "support/two_offices.h"

namespace jiyao {
namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 20;

std::vector<FrameType> types_in(const Bytes& message) {
  std::vector<FrameType> types;
  FrameReader reader(message);
  while (!reader.at_end()) {
    const Result<Frame> frame = reader.next();
    if (!frame) return {};
    types.push_back(frame->type);
  }
  return types;
}

std::size_t count_of(FrameType type, const Bytes& message) {
  const std::vector<FrameType> types = types_in(message);
  return static_cast<std::size_t>(std::count(types.begin(), types.end(), type));
}

Bytes message_of(FrameType type, ByteView bytes) {
  Bytes message;
  put_frame(message, type, bytes);
  put_frame(message, FrameType::end, {});
  return message;
}

class ExchangeTest : public testing::Test, protected TwoOffices {
 protected:
  /// One whole conversation of A with the hub; returns how many round trips it took.
  int talk(std::size_t bytes_max = kPlenty) {
    Exchange caller(*log_a, as_caller());
    caller.recall(hint);
    int round_trips = 0;
    do {
      const Bytes request = caller.say(bytes_max);
      Exchange hub(*log_r, as_hub(), nullptr, memory.get());
      EXPECT_TRUE(hub.hear(request));
      const Result<Heard> heard = caller.hear(hub.say(bytes_max));
      EXPECT_TRUE(heard);
      if (heard) last = *heard;
      ++round_trips;
    } while (caller.wants_more() && round_trips < 100);
    hint = caller.hint();
    return round_trips;
  }

  std::unique_ptr<PeerMemory> memory = std::make_unique<PeerMemory>();
  Bytes hint;
  Heard last;
};

TEST_F(ExchangeTest, ASmallPushIsOneRoundTripOnceTheTwoHaveMet) {
  teach_both();
  keep(*log_a, realm.write(a, internal));
  talk();
  keep(*log_a, realm.write(a, internal));
  EXPECT_EQ(talk(), 1);
  EXPECT_TRUE(last.is_settled);
  EXPECT_EQ(log_r->batches(internal).size(), 2u);
}

TEST_F(ExchangeTest, ASmallPullIsOneRoundTripOnceTheTwoHaveMet) {
  teach_both();
  keep(*log_a, realm.write(a, internal));
  talk();
  keep(*log_r, realm.write(r, internal));
  EXPECT_EQ(talk(), 1);
  EXPECT_TRUE(last.is_settled);
  EXPECT_EQ(last.batches_new, 1u);
}

TEST_F(ExchangeTest, AHubThatForgotEverythingCostsOneRoundTripMore) {
  teach_both();
  keep(*log_a, realm.write(a, internal));
  talk();
  memory = std::make_unique<PeerMemory>();
  keep(*log_r, realm.write(r, internal));
  EXPECT_EQ(talk(), 2);
  EXPECT_TRUE(last.is_settled);
}

TEST_F(ExchangeTest, AReceiptComesBackWithinTheRoundTripThatFetchesIt) {
  teach_both();
  const SealedBatch batch = keep(*log_a, realm.write(a, internal));
  talk();
  ASSERT_TRUE(log_r->put(realm.applied(r, internal, {batch.id()}, 1)));
  EXPECT_EQ(talk(), 1);
  EXPECT_TRUE(last.is_settled);
  EXPECT_EQ(log_a->receipts({{internal}}).size(), 1u);
}

TEST_F(ExchangeTest, OnlyPapersTheOtherLacksTravel) {
  teach_both();
  const SealedBatch one = keep(*log_a, realm.write(a, internal));
  const SealedBatch two = keep(*log_a, realm.write(a, secret));
  ASSERT_TRUE(log_r->put(realm.applied(r, internal, {one.id()}, 1)));
  talk();
  ASSERT_TRUE(log_r->put(realm.applied(r, secret, {two.id()}, 2)));
  talk();
  EXPECT_EQ(last.receipts, 1u);
}

TEST_F(ExchangeTest, ARestoredHubIsFilledAgainWhateverTheHintSays) {
  teach_both();
  for (int i = 0; i < 5; ++i) keep(*log_a, realm.write(a, internal));
  const MemoryLog backup = *log_r;
  talk();
  *log_r = backup;
  talk();
  EXPECT_TRUE(last.is_settled);
  EXPECT_EQ(log_r->batches(internal).size(), 5u);
}

TEST_F(ExchangeTest, AHintOfNonsenseIsForgotten) {
  teach_both();
  keep(*log_a, realm.write(a, internal));
  talk();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{3}, std::size_t{40}, hint.size() / 2}) {
    Bytes broken = hint;
    broken.resize(size);
    hint = broken;
    keep(*log_a, realm.write(a, internal));
    talk();
    EXPECT_TRUE(last.is_settled) << size;
  }
}

TEST_F(ExchangeTest, WhatWasCutOffIsKeptUpToTheLastWholeFrame) {
  teach_both();
  for (int i = 0; i < 3; ++i) keep(*log_a, realm.write(a, internal));
  Exchange caller(*log_a, as_caller());
  Exchange hub(*log_r, as_hub());
  ASSERT_TRUE(hub.hear(caller.say(kPlenty)));
  ASSERT_TRUE(caller.hear(hub.say(kPlenty)));
  const Bytes whole = caller.say(kPlenty);
  std::size_t at_most = 0;
  for (std::size_t size = 1; size < whole.size(); size += 13) {
    MemoryLog fresh(r.node);
    realm.teach(fresh);
    Exchange listener(fresh, as_hub());
    const Result<Heard> heard = listener.hear(ByteView(whole).first(size));
    const std::size_t kept = fresh.batches(internal).size();
    EXPECT_EQ(kept, listener.so_far().batches_new);
    EXPECT_EQ(listener.so_far().refused, 0u);
    EXPECT_GE(kept, at_most) << "a longer piece kept less";
    at_most = kept;
  }
  EXPECT_GE(at_most, 2u);
}

TEST_F(ExchangeTest, ABadBatchDelaysOnlyItself) {
  teach_both();
  Bytes message;
  SealedBatch good = realm.write(a, internal);
  const SealedBatch second = realm.write(a, internal);
  Bytes bad(good.bytes().begin(), good.bytes().end());
  bad[kBatchCoreBytes + kEnvelopeBytes] ^= 1;  // the signature
  put_frame(message, FrameType::batch, bad);
  put_frame(message, FrameType::receipt, as_bytes("not a receipt"));
  put_frame(message, FrameType::batch, second.bytes());
  Exchange hub(*log_r, as_hub());
  const Result<Heard> heard = hub.hear(message);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->batches_new, 1u);
  EXPECT_EQ(heard->refused, 2u);
  ASSERT_EQ(heard->refusals.size(), 2u);
  EXPECT_EQ(heard->refusals[0].second.code, Errc::not_authentic);
}

// The hub's roster says nothing against A's batches, but its door does: a log that refuses stands
// for a quota, a damaged file, a rule of tomorrow.
class PickyLog : public MemoryLog {
 public:
  using MemoryLog::MemoryLog;
  Result<Appended> append(const SealedBatch& batch, const Route& route,
                          const NodeId& from) override {
    if (unwanted.contains(batch.id())) return {Errc::not_authentic, "unwanted"};
    return MemoryLog::append(batch, route, from);
  }
  std::set<BatchId> unwanted;
};

TEST_F(ExchangeTest, BatchesTheOtherRefusesDoNotHoldUpThoseBehindThem) {
  auto picky = std::make_unique<PickyLog>(r.node);
  realm.teach(*log_a);
  for (int i = 0; i < 20; ++i) {
    const SealedBatch batch = realm.write(a, internal, 600);
    if (i < 10) picky->unwanted.insert(batch.id());
    keep(*log_a, batch);
  }
  realm.teach(*picky);
  PickyLog& hub_log = *picky;
  log_r = std::move(picky);
  talk(1500);
  EXPECT_EQ(hub_log.batches(internal).size(), 10u);
  EXPECT_FALSE(last.is_settled);
}

TEST_F(ExchangeTest, TheSenderKeepsBackWhatIsAboveTheRoute) {
  teach_both();
  keep(*log_a, realm.write(a, secret));
  keep(*log_a, realm.write(a, internal));
  // The other claims a scope with both, so only the sender's own look stands in the way.
  Exchange caller(*log_a, as_caller(Level::internal));
  Exchange wide(*log_r, as_hub(Level::secret));
  ASSERT_TRUE(wide.hear(caller.say(kPlenty)));
  ASSERT_TRUE(caller.hear(wide.say(kPlenty)));
  const Bytes push = caller.say(kPlenty);
  EXPECT_EQ(count_of(FrameType::batch, push), 1u);
}

// Each door is tried with the others open: a log that names batches nobody asked for and takes in
// whatever comes.
class OpenLog : public MemoryLog {
 public:
  using MemoryLog::MemoryLog;
  Missing missing(const Scope&, std::span<const CompartmentFrontier>, std::size_t) const override {
    Missing all;
    for (const CompartmentId& compartment : compartments())
      for (const BatchId& id : batches(compartment)) all.batches.push_back(id);
    return all;
  }
  Result<Appended> append(const SealedBatch& batch, const Route&, const NodeId& from) override {
    return MemoryLog::append(batch, {}, from);
  }
};

TEST_F(ExchangeTest, TheSenderAloneKeepsBackWhatIsAboveTheRoute) {
  log_a = std::make_unique<OpenLog>(a.node);
  teach_both();
  keep(*log_a, realm.write(a, secret));
  keep(*log_a, realm.write(a, internal));
  Exchange caller(*log_a, as_caller(Level::internal));
  Exchange hub(*log_r, as_hub(Level::internal));
  ASSERT_TRUE(hub.hear(caller.say(kPlenty)));
  ASSERT_TRUE(caller.hear(hub.say(kPlenty)));
  EXPECT_EQ(count_of(FrameType::batch, caller.say(kPlenty)), 1u);
}

TEST_F(ExchangeTest, TheReceiverAloneRefusesWhatIsAboveTheRoute) {
  log_r = std::make_unique<OpenLog>(r.node);
  teach_both();
  Exchange hub(*log_r, as_hub(Level::internal));
  const SealedBatch above = realm.write(a, secret);
  const Result<Heard> heard = hub.hear(message_of(FrameType::batch, above.bytes()));
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->refused, 1u);
  EXPECT_FALSE(log_r->holds(above.id()));
}

TEST_F(ExchangeTest, TheReceiverRefusesWhatIsAboveTheRouteWhateverTheSenderDoes) {
  teach_both();
  Exchange hub(*log_r, as_hub(Level::internal));
  const SealedBatch above = realm.write(a, secret);
  const Result<Heard> heard = hub.hear(message_of(FrameType::batch, above.bytes()));
  ASSERT_TRUE(heard);
  ASSERT_EQ(heard->refusals.size(), 1u);
  EXPECT_EQ(heard->refusals.front().second.code, Errc::above_ceiling);
  EXPECT_FALSE(log_r->holds(above.id()));
}

TEST_F(ExchangeTest, TheReceiverRefusesWhatTheSenderHasNoAccessTo) {
  const CompartmentId alone = realm.open(r.office, Level::internal);
  realm.give(r, alone);
  teach_both();
  Exchange hub(*log_r, as_hub());
  const SealedBatch foreign = realm.write(r, alone);
  const Result<Heard> heard = hub.hear(message_of(FrameType::batch, foreign.bytes()));
  ASSERT_TRUE(heard);
  ASSERT_EQ(heard->refusals.size(), 1u);
  EXPECT_EQ(heard->refusals.front().second.code, Errc::not_allowed);
  EXPECT_FALSE(log_r->holds(foreign.id()));
}

TEST_F(ExchangeTest, OwnWorkThisMachineDoesNotHoldIsNamed) {
  teach_both();
  keep(*log_a, realm.write(a, internal));
  const MemoryLog backup = *log_a;
  const SealedBatch lost = keep(*log_a, realm.write(a, internal));
  talk();
  *log_a = backup;
  hint.clear();
  Exchange caller(*log_a, as_caller());
  std::vector<BatchId> unknown;
  do {
    Exchange hub(*log_r, as_hub());
    ASSERT_TRUE(hub.hear(caller.say(kPlenty)));
    const Result<Heard> heard = caller.hear(hub.say(kPlenty));
    ASSERT_TRUE(heard);
    unknown.insert(unknown.end(), heard->own_unknown.begin(), heard->own_unknown.end());
  } while (caller.wants_more());
  EXPECT_EQ(unknown, std::vector<BatchId>{lost.id()});
  EXPECT_TRUE(log_a->holds(lost.id()));
}

TEST_F(ExchangeTest, AnEmptyMachineTakesNoRootButTheOneItWasInvitedBy) {
  realm.teach(*log_r);
  Exchange hub(*log_r, as_hub());
  for (const bool is_named : {false, true}) {
    Parley parley = as_caller();
    parley.root = is_named ? SmallRealm(99).root() : Digest{};
    Exchange caller(*log_a, parley);
    ASSERT_TRUE(hub.hear(caller.say(kPlenty)));
    ASSERT_TRUE(caller.hear(hub.say(kPlenty)));
    EXPECT_EQ(log_a->roster().point().seq, 0u);
  }
}

TEST_F(ExchangeTest, AnotherRealmIsRecognisedAndToldNothing) {
  teach_both();
  SmallRealm other(77);
  for (int i = 0; i < 3; ++i) other.add_office();
  MemoryLog foreign(Level::secret);
  other.teach(foreign);
  keep(*log_a, realm.write(a, internal));
  Exchange caller(*log_a, as_caller());
  Exchange hub(foreign, as_hub());
  ASSERT_TRUE(hub.hear(caller.say(kPlenty)));
  const Result<Heard> heard = caller.hear(hub.say(kPlenty));
  ASSERT_TRUE(heard);
  EXPECT_TRUE(heard->is_foreign);
  EXPECT_FALSE(caller.wants_more());
  EXPECT_EQ(types_in(caller.say(kPlenty)),
            (std::vector<FrameType>{FrameType::have, FrameType::end}));
}

class StubbornGate : public RosterGate {
 public:
  Result<void> before_roster(ByteView) override {
    ++asked;
    if (is_busy) return {Errc::busy, "sealing"};
    return {};
  }
  bool is_busy = false;
  int asked = 0;
};

TEST_F(ExchangeTest, TheGateIsAskedBeforeEachRosterRecordAndMayRefuseIt) {
  const std::uint64_t then = realm.roster().point().seq;
  realm.add_office();
  realm.add_office();
  StubbornGate gate;
  gate.is_busy = true;
  realm.teach(*log_a, then);
  realm.teach(*log_r);
  for (int round = 0; round < 2; ++round, gate.is_busy = false) {
    Exchange caller(*log_a, as_caller(), &gate);
    do {
      Exchange hub(*log_r, as_hub());
      ASSERT_TRUE(hub.hear(caller.say(kPlenty)));
      ASSERT_TRUE(caller.hear(hub.say(kPlenty)));
    } while (caller.wants_more());
    EXPECT_EQ(log_a->roster().point().seq, then + (round == 0 ? 0u : 2u));
  }
  EXPECT_GE(gate.asked, 3);
}

TEST_F(ExchangeTest, AMessageStaysWithinItsBudgetButAlwaysHoldsOneBatch) {
  teach_both();
  for (int i = 0; i < 40; ++i) keep(*log_a, realm.write(a, internal, 3000));
  Exchange caller(*log_a, as_caller());
  Exchange hub(*log_r, as_hub());
  ASSERT_TRUE(hub.hear(caller.say(kPlenty)));
  ASSERT_TRUE(caller.hear(hub.say(kPlenty)));
  for (const std::size_t budget : {std::size_t{1}, std::size_t{5000}, std::size_t{30000}}) {
    const Bytes message = caller.say(budget);
    EXPECT_GE(count_of(FrameType::batch, message), 1u);
    EXPECT_LE(message.size(), std::max<std::size_t>(budget, 6000));
  }
}

TEST(PeerMemory, ForgetsTheOldestWhenItIsFull) {
  PeerMemory memory(4000);
  std::vector<Digest> keys;
  for (std::uint8_t i = 0; i < 40; ++i) {
    Digest key;
    key.bytes[0] = i;
    keys.push_back(key);
    memory.keep_papers(key, {key, key});
  }
  EXPECT_LE(memory.bytes(), 4000u);
  EXPECT_EQ(memory.papers(keys.front()), nullptr);
  EXPECT_NE(memory.papers(keys.back()), nullptr);
}

// A machine that was not upgraded yet must say so, and go on with what it understands.
TEST_F(ExchangeTest, WhatANewerProgramMadeIsRefusedAsNewerAndHoldsUpNothing) {
  teach_both();
  for (const auto& [type, magic] :
       {std::pair(FrameType::hub_head, "JYHD"), std::pair(FrameType::roster, "JYRR"),
        std::pair(FrameType::grant, "JYGR"), std::pair(FrameType::receipt, "JYRC"),
        std::pair(FrameType::batch, "JYB1"), std::pair(FrameType::have, "JYHV"),
        std::pair(FrameType::frontiers, "JYFR"), std::pair(FrameType::refused, "JYRF"),
        std::pair(FrameType::epoch_request, "JYER")}) {
    SCOPED_TRACE(magic);
    Bytes thing = to_bytes(magic);
    thing.insert(thing.end(), {kFormatVersion + 2, kSuite, 0, 0});
    thing.resize(100);
    const SealedBatch good = realm.write(r, internal);
    Bytes message;
    put_frame(message, type, thing);
    put_frame(message, FrameType::batch, good.bytes());
    Exchange caller(*log_a, as_caller());
    const Result<Heard> heard = caller.hear(message);
    ASSERT_TRUE(heard) << heard.error().detail;
    ASSERT_EQ(heard->refused, 1u);
    EXPECT_EQ(heard->refusals.front().second.code, Errc::newer);
    EXPECT_TRUE(std::ranges::equal(log_a->batch(good.id())->bytes(), good.bytes()));
  }
}

TEST_F(ExchangeTest, AFrameAboveOursSaysWhoIsTheOldOneAndKeepsWhatCameBefore) {
  teach_both();
  const SealedBatch good = realm.write(r, internal);
  Bytes message = message_of(FrameType::batch, good.bytes());
  const std::size_t end = message.size() - kFrameHeadBytes;
  message[end] = static_cast<std::uint8_t>(FrameType::epoch_request) + 1;
  Exchange caller(*log_a, as_caller());
  EXPECT_EQ(caller.hear(message).code(), Errc::newer);
  EXPECT_TRUE(log_a->holds(good.id()));
}

}  // namespace
}  // namespace jiyao
