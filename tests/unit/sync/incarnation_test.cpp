// tests/unit/sync/incarnation_test.cpp - restored, cloned and crashed replicas, and their lives.
#include "sync/incarnation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/disk_world.h"
#include "support/small_realm.h"

namespace jiyao {
namespace {

class ALife : public testing::Test {
 protected:
  ALife() {
    office = realm.add_office();
    me = realm.add_node(office, Level::secret);
    compartment = realm.open(office, Level::internal);
    realm.give(me, compartment);
  }
  Life open(const Path& anchor = "/state/anchor") {
    log.reset();
    log = world.log(me.node);
    realm.teach(*log);
    Life life = Life::begin(world.env, *log, {anchor, "/replica/log.jdb"}, mac_key);
    me.incarnation = life.incarnation();
    return life;
  }
  void close() { log.reset(); }
  SealedBatch seal(Life& life) {
    const SealedBatch batch = realm.write(me, compartment);
    EXPECT_TRUE(log->append(batch, {}, me.node));
    life.note_sealed();
    return batch;
  }

  SmallRealm realm{5};
  DiskWorld world;
  OfficeId office;
  Machine me;
  CompartmentId compartment;
  Secret<32> mac_key = Secret<32>::copy_of(Bytes(32, 9));
  std::unique_ptr<LogFile> log;
};

TEST_F(ALife, GoesOnOverRestarts) {
  Life first = open();
  EXPECT_EQ(first.doubt(), Doubt::first_life);
  seal(first);
  for (int i = 0; i < 3; ++i) {
    const Life again = open();
    EXPECT_EQ(again.doubt(), Doubt::none);
    EXPECT_EQ(again.incarnation(), first.incarnation());
  }
  EXPECT_TRUE(log->incidents().empty());
}

TEST_F(ALife, BeginsAnewWithoutItsAnchor) {
  const IncarnationId before = open().incarnation();
  world.disk.remove("/state/anchor");
  const Life after = open();
  EXPECT_EQ(after.doubt(), Doubt::no_anchor);
  EXPECT_NE(after.incarnation(), before);
  EXPECT_THAT(after.incarnations(), testing::ElementsAre(before, after.incarnation()));
  EXPECT_EQ(log->incidents().back().code, "new_incarnation");
  EXPECT_EQ(open().doubt(), Doubt::none) << "once";
}

TEST_F(ALife, BeginsAnewWhenAnyByteOfTheAnchorIsChanged) {
  open();
  const Bytes anchor = world.disk.content("/state/anchor");
  for (std::size_t at = 0; at < anchor.size(); ++at) {
    Bytes changed = anchor;
    changed[at] ^= 1;
    EXPECT_FALSE(decode_anchor(changed, mac_key)) << "byte " << at;
  }
  world.disk.flip_bit("/state/anchor", anchor.size() / 2, 0);
  EXPECT_EQ(open().doubt(), Doubt::no_anchor);
}

TEST_F(ALife, BeginsAnewInARestoredFolder) {
  Life life = open();
  seal(life);
  close();
  const auto backup = world.disk.snapshot("/replica");
  open();
  close();
  world.disk.put_back("/replica", backup);
  EXPECT_EQ(open().doubt(), Doubt::other_session);
}

TEST_F(ALife, BeginsAnewWhenACopyOfTheSameSessionIsPutBack) {
  open();
  close();
  world.disk.put_back("/replica", world.disk.snapshot("/replica"));
  EXPECT_EQ(open().doubt(), Doubt::other_file);
}

TEST_F(ALife, BeginsAnewWhenABatchSealedInThisSessionIsGone) {
  // The anchor of later and the log of earlier, in one session: only the heads can tell.
  Life life = open();
  const IncarnationId before = life.incarnation();
  close();
  const Bytes early = world.disk.content("/replica/log.jdb");
  {
    // The same session goes on: its mark and its anchor are put back to what they were.
    const Bytes anchor = world.disk.content("/state/anchor");
    log = world.log(me.node);
    EXPECT_TRUE(log->append(realm.write(me, compartment), {}, me.node));
    const Result<Anchor> decoded = decode_anchor(anchor, mac_key);
    ASSERT_TRUE(decoded);
    Anchor later = *decoded;
    later.heads = log->frontier(compartment).tips;
    later.files.front().identity = 0;  // as where the file system cannot say
    close();
    world.disk.set_content("/state/anchor", encode_anchor(later, mac_key));
  }
  world.disk.set_content("/replica/log.jdb", early);
  const Life after = open();
  EXPECT_EQ(after.doubt(), Doubt::head_lost);
  EXPECT_NE(after.incarnation(), before);
}

TEST_F(ALife, BeginsAnewOnAnotherMachine) {
  open();
  world.disk.set_machine_id("another");
  EXPECT_EQ(open().doubt(), Doubt::other_machine);
}

TEST_F(ALife, BeginsAnewWhenSomebodyShowsABatchItNeverMade) {
  Life life = open();
  const IncarnationId before = life.incarnation();
  Machine twin = me;  // a clone went on in our name
  const SealedBatch unknown = realm.write(twin, compartment);
  NodeId hub;
  hub.bytes.fill(1);
  ASSERT_TRUE(log->append(unknown, {}, hub));
  EXPECT_TRUE(life.renew_if_shown_foreign());
  EXPECT_NE(life.incarnation(), before);
  EXPECT_TRUE(log->holds(unknown.id())) << "it is ordinary data";
  EXPECT_FALSE(life.renew_if_shown_foreign()) << "once";
  ASSERT_TRUE(log->append(realm.write(twin, compartment), {}, hub));
  EXPECT_FALSE(life.renew_if_shown_foreign()) << "a batch of an earlier life is not a doubt";
  EXPECT_EQ(open().doubt(), Doubt::none);
}

TEST_F(ALife, FindsTheShownBatchAtTheNextOpeningToo) {
  open();
  NodeId hub;
  hub.bytes.fill(1);
  ASSERT_TRUE(log->append(realm.write(me, compartment), {}, hub));
  EXPECT_EQ(open().doubt(), Doubt::foreign_own);
}

TEST_F(ALife, ALevelFileMayBeOpenedSeldomAndIsStillKnown) {
  Life life = open();
  const SessionMark first = life.judge("secret", "/replica/secret.jdb", std::nullopt);
  life.marked("secret");
  for (int i = 0; i < 3; ++i) open();
  Life later = open();
  const SessionMark second = later.judge("secret", "/replica/secret.jdb", first);
  EXPECT_EQ(later.doubt(), Doubt::none);
  EXPECT_EQ(second.previous, first.session);
  later.marked("secret");

  Life restored = open();
  restored.judge("secret", "/replica/secret.jdb", first);
  EXPECT_EQ(restored.doubt(), Doubt::other_session) << "an older copy of this file alone";
}

TEST_F(ALife, ACrashBetweenFileAndAnchorIsNoDoubt) {
  Life life = open();
  const SessionMark first = life.judge("secret", "/replica/secret.jdb", std::nullopt);
  life.marked("secret");
  SessionMark stored = first;
  for (int i = 0; i < 2; ++i) {  // marked in the file, twice, and never in the anchor
    Life again = open();
    stored = again.judge("secret", "/replica/secret.jdb", stored);
    EXPECT_EQ(again.doubt(), Doubt::none);
  }
}

// Goal: a crash anywhere while opening never keeps a lost life, nor starts a new one needlessly.
TEST_F(ALife, NoCrashWhileOpeningIsTakenForARestore) {
  Life life = open();
  const IncarnationId before = life.incarnation();
  seal(life);
  close();
  for (std::uint64_t at = 1;; ++at) {
    world.disk.crash_at(at);
    try {
      open();
    } catch (const StorageFailure&) {
    } catch (const std::runtime_error&) {
    } catch (const Crash&) {
    }
    const bool has_crashed = world.disk.is_dead();
    try {
      close();
    } catch (const Crash&) {
    }
    world.disk.restart(SimulatedDisk::Fate::power_cut);
    world.disk.crash_at(0);
    const Life after = open();
    ASSERT_EQ(after.doubt(), Doubt::none) << "crash at " << at;
    ASSERT_EQ(after.incarnation(), before);
    close();
    if (!has_crashed) break;
  }
}

}  // namespace
}  // namespace jiyao
