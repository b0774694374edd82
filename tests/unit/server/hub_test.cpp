// tests/unit/server/hub_test.cpp - the hub's rules: who may ask, what it keeps, what it signs,
// restores.
#include "schema/limits.h"
#include "support/hub_at_home.h"
#include "support/memory_log.h"
#include "sync/exchange.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;

/// In a realm with two networked offices.
class HubRules : public HubAtHome {
 protected:
  HubRules() {
    archive_ = realm_.add_node(realm_.add_office(true), Level::secret, true, NodeKind::networked);
    office_ = realm_.add_office();
    a_ = realm_.add_node(office_, Level::secret, false, NodeKind::networked);
    internal_ = realm_.open(office_, Level::internal);
    secret_ = realm_.open(office_, Level::secret);
    for (const CompartmentId& compartment : {internal_, secret_}) realm_.give(a_, compartment);
    joined_ = join();
  }
  static Machine stranger_of_another_realm() {
    SmallRealm other(12);
    return other.add_node(other.add_office(), Level::secret);
  }
  /// One whole conversation of `machine`; how many batches were new to it.
  std::size_t talk(const Machine& machine, BatchLog& log) {
    Exchange exchange(log, {Side::caller,
                            {RouteKind::network, Level::internal},
                            machine.node,
                            machine.incarnation,
                            NodeId{},
                            realm_.root()});
    std::size_t news = 0;
    for (int round = 0; round < 20; ++round) {
      const Result<Bytes> answer =
          hub_->exchange(signed_by(machine, exchange.say(1 << 20), ++counter_));
      EXPECT_TRUE(answer) << answer.error().detail;
      if (!answer) break;
      const Result<Heard> heard = exchange.hear(*answer);
      EXPECT_TRUE(heard);
      news += exchange.so_far().batches_new;
      if (!exchange.wants_more()) break;
    }
    return news;
  }

  Machine archive_, a_;
  OfficeId office_;
  CompartmentId internal_, secret_;
  Result<void> joined_;
};

using HubOutside = HubAtHome;

TEST_F(HubOutside, OfARealmThatNamesAnotherHubNothingStaysInTheStore) {
  SmallRealm other(12);
  other.add({HubRecord{random_block<HubId>(), card_.sign, Level::internal, card_.certificate,
                       card_.address}});
  Bytes frames;
  for (const Bytes& record : other.records()) put_frame(frames, FrameType::roster, record);
  open();
  EXPECT_EQ(home_->join(frames).code(), Errc::not_for_us);
  EXPECT_EQ(home_->store().roster().point().seq, 0U);
  open();
  EXPECT_EQ(home_->store().roster().point().seq, 0U) << "nor on the disk";
  const Result<void> joined = join();
  ASSERT_TRUE(joined) << joined.error().detail;
  open();
  EXPECT_EQ(home_->join(frames).code(), Errc::not_for_us);
  EXPECT_EQ(home_->store().roster().realm(), realm_.roster().realm());
}

TEST_F(HubOutside, OfARealmFileThatIsCutNothingStaysInTheStore) {
  realm_.add_office();
  realm_.add({HubRecord{card_.hub, card_.sign, Level::internal, card_.certificate, card_.address}});
  realm_.add_office();
  open();
  const Bytes whole = realm_file();
  EXPECT_EQ(home_->join(ByteView(whole).first(whole.size() - 1)).code(), Errc::malformed);
  EXPECT_EQ(home_->store().roster().point().seq, 0U);
  EXPECT_TRUE(home_->join(whole));
}

TEST_F(HubRules, ABatchIsStoredOnceAndReceiptedAtTheNextPosition) {
  ASSERT_TRUE(joined_);
  MemoryLog log(a_.node);
  realm_.teach(log);
  const SealedBatch batch = realm_.write(a_, internal_);
  ASSERT_TRUE(log.append(batch, {}, {}));
  talk(a_, log);
  talk(a_, log);
  EXPECT_EQ(home_->store().positions(), 1U);
  EXPECT_EQ(hub_->head().head, next_head(Digest{}, batch.id()));
  const std::vector<Receipt> receipts = log.receipts(Scope{{internal_}});
  ASSERT_EQ(receipts.size(), 1U);
  EXPECT_EQ(receipts.front().grade, Grade::archived);
  EXPECT_EQ(receipts.front().batches, std::vector<BatchId>{batch.id()});
}

// What the log holds is on the disk twice.
TEST_F(HubRules, TheLogInFrontOfTheStoreStaysShort) {
  constexpr std::size_t kBatchBytes = 128 * 1024, kMegabyte = std::size_t{1} << 20;
  std::size_t pushed = 0;
  while (pushed < 5 * kMegabyte) {
    Bytes message;
    for (int i = 0; i < 12; ++i) {
      const SealedBatch batch = realm_.write(a_, internal_, kBatchBytes);
      put_frame(message, FrameType::batch, batch.bytes());
    }
    ASSERT_TRUE(hub_->exchange(signed_by(a_, message, ++counter_)));
    pushed += message.size();
  }
  const auto size_of = [this](const char* name) { return fs::file_size(paths().data + name); };
  EXPECT_GT(size_of("/hub.jdb"), pushed);
  EXPECT_LT(size_of("/hub.jdb-wal"), kMegabyte);
}

TEST_F(HubRules, ARequestOfAStrangerOfAnotherHubOrSeenBeforeIsRefused) {
  const Machine stranger = stranger_of_another_realm();
  EXPECT_EQ(hub_->exchange(signed_by(stranger, {}, 1)).code(), Errc::not_allowed);
  Machine thief = a_;
  thief.sign = stranger.sign;
  EXPECT_EQ(hub_->exchange(signed_by(thief, {}, 1)).code(), Errc::not_authentic);
  RequestAuth elsewhere;
  elsewhere.hub = random_block<HubId>();
  elsewhere.node = a_.node;
  EXPECT_EQ(hub_->exchange(signed_request(elsewhere, *a_.sign, {})).code(), Errc::not_for_us);
  EXPECT_TRUE(hub_->exchange(signed_by(a_, {}, 7)));
  EXPECT_EQ(hub_->exchange(signed_by(a_, {}, 7)).code(), Errc::not_authentic);
  EXPECT_EQ(hub_->exchange(signed_by(a_, {}, 6)).code(), Errc::not_authentic);
}

TEST_F(HubRules, StartedAnewItTakesNoCounterOfAWindowItHasSeen) {
  EXPECT_TRUE(hub_->exchange(signed_by(a_, {}, 7)));
  EXPECT_TRUE(hub_->exchange(signed_by(a_, {}, 8)));
  open();
  for (const std::uint64_t seen :
       {std::uint64_t{7}, std::uint64_t{8}, std::uint64_t{9}, last_of_window(7)})
    EXPECT_EQ(hub_->exchange(signed_by(a_, {}, seen)).code(), Errc::not_authentic) << seen;
  EXPECT_TRUE(hub_->exchange(signed_by(a_, {}, last_of_window(7) + 1)));
}

TEST_F(HubRules, AnAnswerIsAboutAsLongAsTheCallerWishes) {
  MemoryLog log(a_.node);
  realm_.teach(log);
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(log.append(realm_.write(a_, internal_), {}, {}));
  talk(a_, log);
  MemoryLog empty(a_.node);  // a machine of the same node that holds nothing yet
  realm_.teach(empty);
  Parley parley;
  parley.route = {RouteKind::network, Level::internal};
  parley.self = a_.node;
  Exchange exchange(empty, parley);
  const Bytes hello = exchange.say(1 << 20);
  const Result<Bytes> small = hub_->exchange(signed_by(a_, hello, ++counter_), 4096);
  const Result<Bytes> large = hub_->exchange(signed_by(a_, hello, ++counter_), 1 << 20);
  ASSERT_TRUE(small && large);
  EXPECT_LT(small->size(), 8192U);
  EXPECT_GT(large->size(), 4 * small->size());
}

TEST_F(HubRules, ABatchAboveTheCeilingOfTheNetworkIsNotStored) {
  Bytes message;
  put_frame(message, FrameType::batch, realm_.write(a_, secret_).bytes());
  (void)hub_->exchange(signed_by(a_, message, 1));
  EXPECT_EQ(home_->store().positions(), 0U);
}

TEST_F(HubRules, WhatWasStoredIsThereAfterReopeningWithTheSameHead) {
  MemoryLog log(a_.node);
  realm_.teach(log);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(log.append(realm_.write(a_, internal_), {}, {}));
  talk(a_, log);
  const HubHead before = hub_->head();
  open();
  EXPECT_EQ(hub_->head().head, before.head);
  EXPECT_EQ(hub_->head().incarnation, before.incarnation);
  EXPECT_TRUE(home_->store().verify().empty());
}

TEST_F(HubRules, ARestoredHubStartsANewIncarnationAndIsRefilledByTheOffice) {
  MemoryLog log(a_.node);
  realm_.teach(log);
  ASSERT_TRUE(log.append(realm_.write(a_, internal_), {}, {}));
  talk(a_, log);
  const Path copy = (folder_ / "copy.jdb").string();
  ASSERT_TRUE(home_->store().backup_to(copy));
  ASSERT_TRUE(log.append(realm_.write(a_, internal_), {}, {}));
  talk(a_, log);
  const HubHead lost = hub_->head();
  hub_.reset();
  home_.reset();
  fs::remove(paths().data + "/hub.jdb-wal");
  fs::copy_file(copy, paths().data + "/hub.jdb", fs::copy_options::overwrite_existing);
  open();
  EXPECT_NE(hub_->head().incarnation, lost.incarnation);
  EXPECT_EQ(hub_->head().former.head, lost.head);
  talk(a_, log);
  EXPECT_EQ(home_->store().positions(), 2U);
  EXPECT_EQ(hub_->head().head, lost.head);
}

TEST_F(HubRules, AHubThatLostItsStoreIsMadeAnewWithItsKeysAndNamesTheHeadItLastShowed) {
  EXPECT_TRUE(hub_->head().former.incarnation == IncarnationId{}) << "its first life";
  MemoryLog log(a_.node);
  realm_.teach(log);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(log.append(realm_.write(a_, internal_), {}, {}));
  talk(a_, log);
  const HubHead lost = hub_->head();
  hub_.reset();
  home_.reset();
  const Path gone = paths().store();
  fs::rename(gone, gone + ".gone");  // its log in front stays behind, as after a bad disk
  EXPECT_EQ(HubHome::open(files_, paths()).code(), Errc::not_found);
  const Result<HubCard> card = HubHome::make(files_, paths(), card_.address);
  ASSERT_TRUE(card) << card.error().detail;
  EXPECT_EQ(encode_hub_card(*card), encode_hub_card(card_));
  EXPECT_EQ(HubHome::make(files_, paths(), card_.address).code(), Errc::exists);
  open();
  ASSERT_TRUE(home_->join(realm_file()));
  EXPECT_TRUE(home_->has_begun_anew());
  EXPECT_EQ(home_->store().positions(), 0U);
  EXPECT_NE(hub_->head().incarnation, lost.incarnation);
  EXPECT_EQ(hub_->head().former.incarnation, lost.incarnation);
  EXPECT_EQ(hub_->head().former.head, lost.head);
  talk(a_, log);
  EXPECT_EQ(home_->store().positions(), 3U);
  const IncarnationId second = hub_->head().incarnation;
  open();
  EXPECT_EQ(hub_->head().incarnation, second) << "begun once";
  EXPECT_TRUE(home_->store().verify().empty());
}

TEST_F(HubRules, AHeadOfItsOwnThatItLacksTellsTheHubThatItWasRestored) {
  HubHead shown = hub_->head();
  shown.position = 9;
  shown.head = next_head(Digest{}, random_block<BatchId>());
  shown.signature = home_->identity().key.sign(Label::head_sign, digest_to_sign(shown));
  const IncarnationId before = hub_->head().incarnation;
  ASSERT_TRUE(home_->store().put(shown));
  EXPECT_NE(hub_->head().incarnation, before);
  EXPECT_EQ(hub_->head().former.position, 9U);
}

TEST_F(HubRules, TheMailboxIsBoundedAndOnlyTheArchiveReadsIt) {
  for (std::size_t i = 0; i < kMailboxMax; ++i)
    ASSERT_TRUE(hub_->enrol(as_bytes("request " + std::to_string(i))));
  EXPECT_EQ(hub_->enrol(as_bytes("one too many")).code(), Errc::unavailable);
  EXPECT_EQ(hub_->enrol(Bytes(kEnrolBytesMax + 1)).code(), Errc::too_large);
  EXPECT_EQ(hub_->mailbox(signed_by(a_, {}, 1)).code(), Errc::not_allowed);
  const Result<Bytes> letters = hub_->mailbox(signed_by(archive_, {}, 1));
  ASSERT_TRUE(letters);
  EXPECT_GT(letters->size(), kMailboxMax * 8);
}

TEST_F(HubRules, AKeyFileThatIsNotOneIsRefused) {
  hub_.reset();
  home_.reset();
  replace_file(files_, paths().key, as_bytes("not a key"));
  EXPECT_EQ(HubHome::open(files_, paths()).code(), Errc::malformed);
}

}  // namespace
}  // namespace jiyao
