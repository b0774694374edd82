// tests/unit/sync/log_file_test.cpp - log.jdb: what it refuses, keeps, and shows after a restart.
#include "sync/log_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/disk_world.h"
#include "support/small_realm.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class InALog : public testing::Test {
 protected:
  InALog() {
    archive_office = realm.add_office(true);
    north = realm.add_office();
    archive = realm.add_node(archive_office, Level::highly_secret, true);
    me = realm.add_node(north, Level::secret);
    other = realm.add_node(north, Level::secret);
    hub = realm.add_hub(Level::secret);
    internal = realm.open(north, Level::internal);
    secret = realm.open(north, Level::secret);
    for (const Machine& machine : {archive, me, other})
      for (const CompartmentId& compartment : {internal, secret}) realm.give(machine, compartment);
  }
  void open() {
    log.reset();
    log = world.log(me.node);
  }
  void teach() {
    if (!log) open();
    realm.teach(*log);
  }
  Errc refusal(const SealedBatch& batch, const Route& route = {}) {
    const Result<Appended> appended = log->append(batch, route, other.node);
    EXPECT_FALSE(appended);
    EXPECT_FALSE(log->holds(batch.id()));
    return appended ? Errc{} : appended.code();
  }
  Appended keep(const SealedBatch& batch) {
    const Result<Appended> appended = log->append(batch, {}, other.node);
    EXPECT_TRUE(appended) << (appended ? "" : appended.error().detail);
    return appended ? *appended : Appended::waiting;
  }

  SmallRealm realm{3};
  DiskWorld world;
  OfficeId archive_office, north;
  Machine archive, me, other;
  TestHub hub;
  CompartmentId internal, secret;
  std::unique_ptr<LogFile> log;
};

TEST_F(InALog, ABatchIsStoredOnceAndStaysOverARestart) {
  teach();
  const SealedBatch first = realm.write(other, internal);
  const SealedBatch second = realm.write(other, internal);
  EXPECT_EQ(keep(first), Appended::stored);
  EXPECT_EQ(keep(first), Appended::held_already);
  EXPECT_EQ(keep(second), Appended::stored);
  const Frontier before = log->frontier(internal);
  open();
  EXPECT_EQ(log->frontier(internal), before);
  EXPECT_THAT(log->batches(internal), ElementsAre(first.id(), second.id()));
  const Result<SealedBatch> held = log->batch(second.id());
  ASSERT_TRUE(held);
  EXPECT_TRUE(std::ranges::equal(held->bytes(), second.bytes()));
  EXPECT_EQ(log->roster().point(), realm.roster().point());
  EXPECT_EQ(log->tip({other.node, other.incarnation}, internal)->id, second.id());
  EXPECT_EQ(log->batch(BatchId{}).code(), Errc::not_found);
  EXPECT_THAT(log->verify(), IsEmpty());
}

TEST_F(InALog, NoByteOfABatchCanBeChanged) {
  teach();
  const SealedBatch batch = realm.write(other, internal, 64);
  Bytes bytes(batch.bytes().begin(), batch.bytes().end());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 0x10;
    const Result<SealedBatch> parsed = SealedBatch::parse(ByteView(bytes));
    const Result<Appended> appended =
        parsed ? log->append(*parsed, {}, other.node) : Result<Appended>(parsed.error());
    // A changed node id is somebody unknown: kept aside, never counted.
    EXPECT_FALSE(appended && *appended == Appended::stored) << "byte " << i;
    bytes[i] ^= 0x10;
  }
  EXPECT_THAT(log->compartments(), IsEmpty());
  EXPECT_EQ(keep(batch), Appended::stored);
}

TEST_F(InALog, NothingAboveACeilingComesIn) {
  teach();
  const SealedBatch batch = realm.write(other, secret);
  EXPECT_EQ(refusal(batch, {RouteKind::medium, Level::internal}), Errc::above_ceiling);
  EXPECT_EQ(keep(batch), Appended::stored);
  const CompartmentId above = realm.open(north, Level::highly_secret);
  realm.give(archive, above);
  realm.teach(*log);
  EXPECT_EQ(refusal(realm.write(archive, above)), Errc::above_ceiling) << "this device's";
}

TEST_F(InALog, AnotherRealmsBatchIsNotForUs) {
  teach();
  SmallRealm elsewhere(4);
  const Machine stranger = elsewhere.add_node(elsewhere.add_office(), Level::secret);
  EXPECT_EQ(refusal(elsewhere.write(stranger, internal)), Errc::not_for_us);
}

TEST_F(InALog, ABatchThatNamesANewerRosterHasToWaitForIt) {
  teach();
  realm.add_office();
  const SealedBatch batch = realm.write(other, internal);
  EXPECT_EQ(refusal(batch), Errc::need_roster);
  realm.teach(*log);
  EXPECT_EQ(keep(batch), Appended::stored);
}

TEST_F(InALog, ABatchWithoutAccessIsStoredAndQuarantined) {
  teach();
  const CompartmentId foreign{archive_office, Level::internal};
  const SealedBatch batch = realm.write(other, foreign);
  EXPECT_EQ(keep(batch), Appended::stored);
  EXPECT_EQ(log->roster().standing(batch, *log).ground, Ground::no_access);
}

TEST_F(InALog, AnUnknownAuthorWaitsOverARestartUntilTheRosterNamesHim) {
  const std::uint64_t known = realm.roster().point().seq;
  const Machine late = realm.add_node(north, Level::secret);
  realm.give(late, internal);
  const SealedBatch batch = realm.write(late, internal);
  open();
  realm.teach(*log, known);
  EXPECT_EQ(keep(batch), Appended::waiting);
  EXPECT_EQ(keep(batch), Appended::waiting);
  open();
  EXPECT_EQ(log->waiting(), 1U);
  EXPECT_FALSE(log->holds(batch.id()));
  realm.teach(*log);
  EXPECT_EQ(log->waiting(), 0U);
  EXPECT_TRUE(log->holds(batch.id()));
  open();
  EXPECT_EQ(log->waiting(), 0U);
  EXPECT_TRUE(log->holds(batch.id()));
}

TEST_F(InALog, AForgedBatchThatWaitedIsRefusedWithAName) {
  const std::uint64_t known = realm.roster().point().seq;
  Machine late = realm.add_node(north, Level::secret);
  late.sign = me.sign;  // somebody else signs in his name
  const SealedBatch forged = realm.write(late, internal);
  open();
  realm.teach(*log, known);
  EXPECT_EQ(keep(forged), Appended::waiting);
  realm.teach(*log);
  EXPECT_FALSE(log->holds(forged.id()));
  EXPECT_EQ(log->waiting(), 0U);
  ASSERT_EQ(log->incidents().size(), 1U);
  EXPECT_EQ(log->incidents()[0].code, "refused_after_waiting");
}

TEST_F(InALog, OnePeerCannotFillTheWaitingRoom) {
  WaitingRoom room;
  BatchId id;
  const NodeId peer = other.node;
  room.enter(id, peer, kHeldBytesPerPeerMax - 10);
  EXPECT_TRUE(room.has_room(peer, 10));
  EXPECT_FALSE(room.has_room(peer, 11));
  EXPECT_TRUE(room.has_room(me.node, 11)) << "others still can";
  room.leave(id);
  EXPECT_TRUE(room.has_room(peer, 11));
}

TEST_F(InALog, BothSidesOfAForkAreKeptAndNamed) {
  teach();
  const SealedBatch first = realm.write(other, internal);
  const SealedBatch one = realm.write_after(other, internal, first.id(), 2);
  const SealedBatch two = realm.write_after(other, internal, first.id(), 2);
  for (const SealedBatch& batch : {first, one, two}) EXPECT_EQ(keep(batch), Appended::stored);
  EXPECT_EQ(log->frontier(internal).tips.size(), 2U);
  ASSERT_EQ(log->forks().size(), 1U);
  EXPECT_EQ(log->forks()[0].lesser, std::min(one.id(), two.id()));
  EXPECT_EQ(log->forks()[0].greater, std::max(one.id(), two.id()));
  EXPECT_THAT(world.alarms.codes, ElementsAre("fork"));
  open();
  EXPECT_EQ(log->forks().size(), 1U);
  EXPECT_THAT(world.alarms.codes, ElementsAre("fork")) << "told once";
}

TEST_F(InALog, TwoFirstBatchesOrTwoOfOneNumberAreAFork) {
  teach();
  keep(realm.write_after(other, internal, {}, 1));
  keep(realm.write_after(other, internal, {}, 1));
  EXPECT_EQ(log->forks().size(), 1U) << "two firsts";
  const BatchId nobody = realm.draw<BatchId>();
  keep(realm.write_after(other, secret, nobody, 5));
  keep(realm.write_after(other, secret, realm.draw<BatchId>(), 5));
  EXPECT_EQ(log->forks().size(), 2U) << "one number twice";
}

TEST_F(InALog, IslandsGrowTogetherInAnyOrder) {
  teach();
  std::vector<SealedBatch> stream;
  for (int i = 0; i < 5; ++i) stream.push_back(realm.write(other, internal));
  for (const std::size_t i : {4U, 0U, 2U, 3U, 1U}) keep(stream[i]);
  EXPECT_THAT(log->frontier(internal).tips, ElementsAre(stream[4].id()));
  EXPECT_THAT(log->frontier(internal).floors, ElementsAre(stream[0].id()));
  EXPECT_TRUE(log->reaches(stream[4].id(), stream[0].id()));
  EXPECT_FALSE(log->reaches(stream[0].id(), stream[4].id()));
  EXPECT_THAT(log->forks(), IsEmpty());
}

TEST_F(InALog, WhatAPeerLacksComesOldestFirstAndWithinTheBudget) {
  teach();
  std::vector<SealedBatch> stream;
  for (int i = 0; i < 4; ++i) stream.push_back(realm.write(other, internal));
  for (const std::size_t i : {3U, 2U, 1U, 0U}) keep(stream[i]);
  const Scope scope{{internal}};
  EXPECT_THAT(log->missing(scope, {}, 1 << 20).batches,
              ElementsAre(stream[0].id(), stream[1].id(), stream[2].id(), stream[3].id()));
  const Missing cut = log->missing(scope, {}, stream[0].bytes().size() * 2);
  EXPECT_THAT(cut.batches, ElementsAre(stream[0].id(), stream[1].id()));
  EXPECT_FALSE(cut.is_complete);
  const std::vector<CompartmentFrontier> theirs{
      {internal, {.tips = {stream[2].id()}, .floors = {stream[1].id()}}}};
  EXPECT_THAT(log->missing(scope, theirs, 1 << 20).batches,
              ElementsAre(stream[0].id(), stream[3].id()))
      << "their island has a hole below it";
}

TEST_F(InALog, APeerThatIsMerelyAheadIsNotSentItsOwnPast) {
  teach();
  const SealedBatch first = realm.write(other, internal);
  const SealedBatch second = realm.write(other, internal);
  const SealedBatch third = realm.write(other, internal);
  keep(first);
  keep(second);
  const std::vector<CompartmentFrontier> ahead{
      {internal, {.tips = {third.id()}, .floors = {first.id()}}}};
  EXPECT_THAT(log->missing({{internal}}, ahead, 1 << 20).batches, IsEmpty());
  keep(realm.write_after(other, internal, first.id(), 2));  // now that stream is known to fork
  EXPECT_EQ(log->missing({{internal}}, ahead, 1 << 20).batches.size(), 2U) << "no guess any more";
}

TEST_F(InALog, OnlyTheNewestPapersAreKeptAndOnlySignedOnes) {
  teach();
  const Receipt older = realm.archived(hub, internal, {}, 1);
  const Receipt newer = realm.archived(hub, internal, {realm.draw<BatchId>()}, 2);
  Receipt forged = newer;
  forged.serial = 3;
  EXPECT_TRUE(log->put(newer));
  EXPECT_TRUE(log->put(older));
  EXPECT_EQ(log->put(forged).code(), Errc::not_authentic);
  const Scope scope{{internal}};
  EXPECT_THAT(log->receipts(scope), ElementsAre(newer));
  const Digest papers = log->papers(scope);
  open();
  EXPECT_EQ(log->papers(scope), papers);
  EXPECT_NE(log->papers({{secret}}), papers);

  const Grant grant = realm.grant(archive, me, internal);
  EXPECT_TRUE(log->put(grant));
  EXPECT_NE(log->papers(scope), papers);
  EXPECT_EQ(log->put(realm.grant(other, me, internal)).code(), Errc::not_authentic)
      << "not the keeper";
  realm.add_office();
  EXPECT_EQ(log->put(realm.grant(archive, me, internal)).code(), Errc::need_roster);
}

TEST_F(InALog, OnlyTheKeepersWordTurnsAStatusGreen) {
  const Roster& roster = realm.roster();
  EXPECT_TRUE(advances(realm.applied(archive, internal, {}, 1), roster));
  EXPECT_FALSE(advances(realm.applied(other, internal, {}, 1), roster));
  EXPECT_TRUE(advances(realm.archived(hub, internal, {}, 1), roster));
}

TEST_F(InALog, AHubThatSignsTwoHistoriesIsAnIncident) {
  teach();
  const auto head = [&](std::uint64_t position) {
    HubHead made{.realm = realm.roster().realm(),
                 .hub = hub.hub,
                 .incarnation = hub.incarnation,
                 .position = position,
                 .head = realm.draw<Digest>(),
                 .roster = {},
                 .former = {},
                 .signature = {}};
    made.signature = hub.sign->sign(Label::head_sign, digest_to_sign(made));
    return made;
  };
  EXPECT_TRUE(log->put(head(4)));
  EXPECT_TRUE(log->put(head(3)));
  EXPECT_THAT(log->incidents(), IsEmpty());
  EXPECT_TRUE(log->put(head(4)));
  ASSERT_EQ(log->incidents().size(), 1U);
  EXPECT_EQ(log->incidents()[0].code, "hub_contradicts");
  EXPECT_EQ(log->heads().size(), 1U);
}

TEST_F(InALog, NamedValuesAndHandOversStay) {
  open();
  EXPECT_FALSE(log->recall("peer"));
  log->remember("peer", as_bytes("one"));
  log->remember("peer", as_bytes("two"));
  log->remember("gone", as_bytes("x"));
  log->forget("gone");
  log->add_hand_over(as_bytes("first"));
  log->add_hand_over(as_bytes("second"));
  open();
  EXPECT_EQ(log->recall("peer"), to_bytes("two"));
  EXPECT_FALSE(log->recall("gone"));
  EXPECT_THAT(log->hand_overs(), ElementsAre(to_bytes("first"), to_bytes("second")));
}

TEST_F(InALog, TheLogOfOneNodeIsNotOpenedByAnother) {
  open();
  log.reset();
  EXPECT_EQ(world.open_log(other.node).code(), Errc::not_for_us);
}

TEST_F(InALog, AGroupIsDurableTogetherOrNotAtAll) {
  teach();
  const SealedBatch one = realm.write(other, internal);
  const SealedBatch two = realm.write(other, internal);
  {
    LogFile::Group group(*log);
    keep(one);
    group.commit();
  }
  {
    LogFile::Group group(*log);
    keep(two);
  }
  EXPECT_THROW(static_cast<void>(log->append(two, {}, other.node)), StorageFailure)
      << "memory is ahead of the file";
  open();
  EXPECT_THAT(log->batches(internal), ElementsAre(one.id()));
}

TEST_F(InALog, ADamagedPageIsFoundAndNamed) {
  teach();
  for (int i = 0; i < 40; ++i) keep(realm.write(other, internal, 4000));
  log.reset();
  world.disk.flip_bit("/replica/log.jdb", world.disk.content("/replica/log.jdb").size() - 2000, 3);
  open();
  EXPECT_FALSE(log->verify().empty());
}

// Goal: what append() returned from is there after a power cut, and nothing that never came.
// Method: the same work is cut at every change of the disk, in turn.
TEST_F(InALog, EveryCrashLeavesWhatWasAcknowledgedAndNothingElse) {
  std::vector<SealedBatch> stream;
  for (int i = 0; i < 3; ++i) stream.push_back(realm.write(other, internal));
  for (std::uint64_t at = 1;; ++at) {
    DiskWorld crashing(at);
    crashing.log(me.node).reset();
    crashing.disk.crash_at(at);
    std::size_t acknowledged = 0;
    bool is_taught = false;
    try {
      const std::unique_ptr<LogFile> writing = crashing.log(me.node);
      for (const Bytes& record : realm.records())
        if (!writing->extend_roster(record)) break;
      is_taught = true;
      for (const SealedBatch& batch : stream)
        if (writing->append(batch, {}, other.node)) ++acknowledged;
    } catch (const StorageFailure&) {
    } catch (const std::runtime_error&) {
    } catch (const Crash&) {
    }
    const bool has_crashed = crashing.disk.is_dead();
    crashing.disk.restart(SimulatedDisk::Fate::power_cut);
    const std::unique_ptr<LogFile> after = crashing.log(me.node);
    const std::vector<BatchId> held = after->batches(internal);
    ASSERT_GE(held.size(), acknowledged) << "crash at " << at;
    ASSERT_LE(held.size(), acknowledged + 1) << "crash at " << at;
    for (std::size_t i = 0; i < held.size(); ++i) ASSERT_EQ(held[i], stream[i].id());
    if (is_taught) {
      ASSERT_EQ(after->roster().point(), realm.roster().point());
    }
    ASSERT_THAT(after->verify(), IsEmpty());
    if (!has_crashed) break;
  }
}

}  // namespace
}  // namespace jiyao
