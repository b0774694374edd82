// tests/unit/server/group_commit_test.cpp - many askers, one sync of the disk: nothing is answered
// before it is durable, nothing half of a group is left, nobody waits for one who asks much.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <future>
#include <thread>

#include "crypto/random.h"
#include "schema/real_files.h"
#include "schema/request_auth.h"
#include "server/hub.h"
#include "server/sqlite_store.h"
#include "support/simulated_disk.h"
#include "support/small_realm.h"

namespace jiyao {
namespace {

constexpr const char* kFolder = "/hub";
constexpr std::size_t kOffices = 6;

/// A hub on a disk that can lose power, and offices with one batch each to push.
class GroupCommit : public testing::Test {
 protected:
  GroupCommit() {
    for (std::size_t i = 0; i < kOffices; ++i) {
      offices_.push_back(
          realm_.add_node(realm_.add_office(i == 0), Level::secret, i == 0, NodeKind::networked));
      places_.push_back(realm_.open(offices_.back().office, Level::internal));
      realm_.give(offices_.back(), places_.back());
    }
    hub_identity_ = realm_.add_hub(Level::internal);
    disk_ = std::make_unique<SimulatedDisk>(0);  // it prepares SQLite
    usual_vfs_ = sqlite3_vfs_find(nullptr);
  }
  ~GroupCommit() override {
    close();
    sqlite3_vfs_register(usual_vfs_, 1);
  }
  void new_disk(std::uint64_t seed) {
    close();
    disk_ = std::make_unique<SimulatedDisk>(seed);
    disk_->make_folder(kFolder);
    disk_->sync_folder("/");
    open(true);
    realm_.teach(*store_);
    reopen();  // a hub learns its realm before it serves
  }
  void open(bool make_new) {
    sqlite3_vfs_register(sqlite3_vfs_find(disk_->vfs_name()), 1);
    const HubIdentity identity{hub_identity_.hub, *hub_identity_.sign};
    auto opened = SqliteStore::open(*disk_, kFolder, file_key_, identity, make_new);
    ASSERT_TRUE(opened) << opened.error().detail;
    store_ = std::move(*opened);
    hub_ = std::make_unique<Hub>(*store_, identity, clock_, [this] { in_the_strand(); });
  }
  void close() {
    hub_.reset();
    store_.reset();
  }
  void reopen() {
    close();
    open(false);
  }

  static Bytes frames_of(const SealedBatch& batch) {
    Bytes frames;
    put_frame(frames, FrameType::batch, batch.bytes());
    return frames;
  }
  RequestAuth auth_of(const Machine& machine, std::uint64_t counter) const {
    return {hub_identity_.hub, machine.node, machine.incarnation, counter, {}};
  }
  Bytes push_of(std::size_t office, const SealedBatch& batch, std::uint64_t counter) const {
    const Machine& machine = offices_[office];
    Bytes frames = frames_of(batch);
    put_frame(frames, FrameType::end, {});
    return signed_request(auth_of(machine, counter), *machine.sign, frames);
  }

  // Called inside the strand after the first group: the others come to wait for it, and then what
  // is to go wrong with them is set.
  void in_the_strand() {
    if (!gate_) return;
    const auto set_up = std::exchange(gate_, {});
    inside_.set_value();
    while (hub_->counts().requests < asked_ + kOffices)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // their signatures are looked at
    set_up();
  }
  /// Office 0 pushes alone; the others push while it is in the strand, and become one group. Which
  /// of the batches was answered.
  std::vector<bool> push_all(std::function<void()> set_up) {
    gate_ = std::move(set_up);
    inside_ = {};
    asked_ = hub_->counts().requests;
    batches_.clear();
    for (std::size_t i = 0; i < kOffices; ++i)
      batches_.push_back(realm_.write(offices_[i], places_[i]));
    std::vector<std::future<bool>> coming;
    const auto push = [this](std::size_t office) {
      try {
        return bool{hub_->exchange(push_of(office, batches_[office], 1))};
      } catch (const StorageFailure&) {
        return false;
      }
    };
    coming.push_back(std::async(std::launch::async, push, 0));
    inside_.get_future().wait();
    for (std::size_t i = 1; i < kOffices; ++i)
      coming.push_back(std::async(std::launch::async, push, i));
    std::vector<bool> answered;
    for (std::future<bool>& one : coming) answered.push_back(one.get());
    return answered;
  }
  std::vector<bool> held() const {
    std::vector<bool> all;
    for (const SealedBatch& batch : batches_) all.push_back(store_->holds(batch.id()));
    return all;
  }

  SmallRealm realm_{21};
  TestHub hub_identity_;
  std::vector<Machine> offices_;
  std::vector<CompartmentId> places_;
  std::vector<SealedBatch> batches_;
  sqlite3_vfs* usual_vfs_ = nullptr;
  Secret<32> file_key_;
  RealClock clock_;
  std::unique_ptr<SimulatedDisk> disk_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<Hub> hub_;
  std::function<void()> gate_;
  std::promise<void> inside_;
  std::uint64_t asked_ = 0;
};

TEST_F(GroupCommit, WhoWaitsTogetherIsStoredAndReceiptedTogether) {
  new_disk(1);
  EXPECT_THAT(push_all([] {}), testing::Each(true));
  EXPECT_THAT(held(), testing::Each(true));
  EXPECT_EQ(hub_->counts().groups, 2U);
  EXPECT_EQ(store_->receipts(Scope{store_->compartments()}).size(), kOffices);
  EXPECT_TRUE(store_->verify().empty());
}

TEST_F(GroupCommit, APowerCutAtAnyStepTakesNothingThatWasAnsweredAndLeavesNoHalfGroup) {
  bool was_whole = false;
  for (std::uint64_t step = 1; !was_whole; ++step) {
    ASSERT_LT(step, 200U);
    new_disk(step);
    const std::vector<bool> answered = push_all([&] { disk_->crash_at(step); });
    was_whole = !disk_->is_dead();
    close();
    disk_->restart(SimulatedDisk::Fate::power_cut);
    open(false);
    const std::vector<bool> kept = held();
    EXPECT_TRUE(kept[0]) << "answered before the cut, step " << step;
    for (std::size_t i = 1; i < kOffices; ++i) {
      EXPECT_TRUE(kept[i] || !answered[i]) << "office " << i << ", step " << step;
      EXPECT_EQ(kept[i], kept[1]) << "half a group, step " << step;
    }
    EXPECT_TRUE(store_->verify().empty()) << step;
  }
}

TEST_F(GroupCommit, AGroupThatFailsIsForgottenAndStoredWhenItComesAgain) {
  bool has_failed = true;
  for (std::uint64_t call = 1; has_failed; ++call) {
    ASSERT_LT(call, 200U);
    new_disk(call);
    const std::vector<bool> answered = push_all([&] { disk_->fail_at(call); });
    has_failed = disk_->has_failed();
    EXPECT_EQ(store_->positions(), answered[1] ? kOffices : 1U) << call;
    for (std::size_t i = 1; i < kOffices; ++i) {
      EXPECT_EQ(answered[i], answered[1]) << call;
      EXPECT_TRUE(hub_->exchange(push_of(i, batches_[i], 2))) << call;
    }
    EXPECT_THAT(held(), testing::Each(true)) << call;
    EXPECT_EQ(store_->positions(), kOffices);
    EXPECT_TRUE(store_->verify().empty()) << call;
    reopen();
    EXPECT_THAT(held(), testing::Each(true)) << call;
  }
}

TEST_F(GroupCommit, OfATornRequestTheWholeBatchesStayAndTheWholeOneIsStillWelcome) {
  new_disk(3);
  const Machine& office = offices_[1];
  std::vector<SealedBatch> batches;
  Bytes frames;
  for (int i = 0; i < 3; ++i) {
    batches.push_back(realm_.write(office, places_[1]));
    put_frame(frames, FrameType::batch, batches.back().bytes());
  }
  const Bytes request = signed_request(auth_of(office, 5), *office.sign, frames);
  const ByteView block = ByteView(request).first(kRequestAuthBytes);
  const Digest hash = digest(Label::body, {frames});
  const ByteView torn = ByteView(frames).first(frames.size() - 1);
  const Result<std::size_t> whole = hub_->keep_torn(block, hash, torn);
  ASSERT_TRUE(whole);
  EXPECT_EQ(*whole, kFrameHeadBytes * 2 + batches[0].bytes().size() + batches[1].bytes().size());
  reopen();
  EXPECT_TRUE(store_->holds(batches[0].id()) && store_->holds(batches[1].id()));
  EXPECT_FALSE(store_->holds(batches[2].id()));
  EXPECT_EQ(store_->receipts(Scope{{places_[1]}}).size(), 1U);
  EXPECT_TRUE(hub_->exchange(request)) << "its counter was not used up";
  EXPECT_TRUE(store_->holds(batches[2].id()));
}

TEST_F(GroupCommit, ATornRequestThatNobodySignedKeepsNothing) {
  new_disk(4);
  const Machine& office = offices_[1];
  const SealedBatch batch = realm_.write(office, places_[1]);
  const Bytes frames = frames_of(batch);
  const Bytes request = signed_request(auth_of(office, 5), *offices_[2].sign, frames);
  const ByteView block = ByteView(request).first(kRequestAuthBytes);
  const Digest hash = digest(Label::body, {frames});
  EXPECT_EQ(hub_->keep_torn(block, hash, frames).code(), Errc::not_authentic);
  EXPECT_EQ(hub_->keep_torn(block, hash, {}).code(), Errc::not_authentic);
  EXPECT_EQ(hub_->keep_torn(block, Digest{}, frames).code(), Errc::not_authentic);
  EXPECT_FALSE(store_->holds(batch.id()));
}

TEST_F(GroupCommit, ABatchIsNotTrustedForTheSignatureOfAnother) {
  new_disk(5);
  const SealedBatch batch = realm_.write(offices_[1], places_[1]);
  Bytes forged(batch.bytes().begin(), batch.bytes().end());
  forged[kBatchCoreBytes + kEnvelopeBytes + 3] ^=
      1;  // the same id: it does not cover the signature
  const SealedBatch other = *SealedBatch::parse(forged);
  ASSERT_EQ(other.id(), batch.id());
  store_->trust(CheckedSigners(frames_of(batch), store_->roster()));
  EXPECT_EQ(store_->append(other, {RouteKind::network, Level::internal}, {}).code(),
            Errc::not_authentic);
  EXPECT_TRUE(store_->append(batch, {RouteKind::network, Level::internal}, {}));
}

struct Numbered : Job {
  Numbered(int number_in, std::size_t bytes) : Job(bytes), number(number_in) {}
  int number;
};

TEST(Strand, NodesTakeTurnsAndOneNodeKeepsItsOrder) {
  const auto busy = random_block<NodeId>(), other = random_block<NodeId>();
  std::vector<int> order;
  std::promise<void> inside, all_wait;
  bool is_first = true;
  Strand strand([&](Strand::Group group) {
    if (std::exchange(is_first, false)) {
      inside.set_value();
      all_wait.get_future().wait();
    }
    for (Job* job : group) order.push_back(static_cast<Numbered*>(job)->number);
  });
  std::vector<std::thread> threads;
  const auto pass = [&](int number, const NodeId& who) {
    threads.emplace_back([&strand, number, who] {
      Numbered job(number, Strand::kGroupBytes / 2 - 1);  // two make a group
      strand.pass(job, who);
    });
  };
  pass(0, busy);
  inside.get_future().wait();
  for (int i = 1; i <= 4; ++i) {
    pass(i, busy);
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
  }
  pass(9, other);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  all_wait.set_value();
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(order, testing::AnyOf(testing::ElementsAre(0, 1, 9, 2, 3, 4),
                                    testing::ElementsAre(0, 9, 1, 2, 3, 4)));
}

TEST(Strand, WhatTheWorkThrowsIsThrownToEachThatWasNotDone) {
  Strand* self = nullptr;
  Strand strand([&](Strand::Group group) {
    if (static_cast<Numbered*>(group[0])->number == 1) self->done(*group[0]);
    throw StorageFailure(StorageFailure::Kind::full, "full");
  });
  self = &strand;
  Numbered done(1, 0), failed(2, 0);
  EXPECT_NO_THROW(strand.pass(done, {}));
  EXPECT_THROW(strand.pass(failed, {}), StorageFailure);
}

}  // namespace
}  // namespace jiyao
