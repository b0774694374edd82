// tests/unit/sync/bundle_test.cpp - bundles that are whole, torn, changed, repeated, misaddressed.
#include <gtest/gtest.h>

#include "support/simulated_disk.h"
#include "support/two_offices.h"
#include "sync/bundle_reader.h"
#include "sync/bundle_writer.h"
#include "sync/intake.h"

namespace jiyao {
namespace {

const Path kStick = "/stick";

class BundleTest : public testing::Test, protected TwoOffices {
 protected:
  BundleTest() {
    teach_both();
    stick.make_folder(kStick);
  }
  BundleOrder order(Level label = Level::secret) {
    Result<BundleOrder> order = order_for(LaneBook(r.node), a.node, a.incarnation, *a.sign);
    EXPECT_TRUE(order);
    order->label = label;
    return std::move(*order);
  }
  /// Writes all volumes; returns their paths.
  std::vector<Path> write(BundleOrder what) {
    const Result<BundleWriter> writer = BundleWriter::plan(*log_a, std::move(what));
    EXPECT_TRUE(writer) << writer.error().detail;
    std::vector<Path> paths;
    if (!writer) return paths;
    const Result<std::vector<HandOver>> facts = writer->write_all(stick, kStick);
    EXPECT_TRUE(facts) << facts.error().detail;
    for (const HandOver& fact : *facts) {
      EXPECT_EQ(stick.content(kStick + "/" + volume_name(fact.set, fact.volume)).size(),
                fact.bytes);
      paths.push_back(kStick + "/" + volume_name(fact.set, fact.volume));
    }
    return paths;
  }
  BundleSelf as(const Machine& machine) const {
    return {machine.node, machine.incarnation, *machine.box, realm.roster().realm(), realm.root()};
  }
  Result<BundleTaken> take(const Path& path, BatchLog& log, const Machine& machine) {
    Result<BundleReader> reader = BundleReader::open(stick, path, as(machine));
    if (!reader) return reader.error();
    return reader->import(log);
  }
  Result<BundleTaken> take(const Path& path) { return take(path, *log_r, r); }
  std::size_t held() const {
    return log_r->batches(internal).size() + log_r->batches(secret).size();
  }

  SimulatedDisk stick{1, SimulatedDisk::Kind::medium};
};

TEST_F(BundleTest, WhatWasWrittenIsTakenInAndARepeatChangesNothing) {
  for (int i = 0; i < 8; ++i) keep(*log_a, realm.write(a, i % 2 ? internal : secret));
  const std::vector<Path> paths = write(order());
  ASSERT_EQ(paths.size(), 1u);
  const Result<BundleTaken> taken = take(paths[0]);
  ASSERT_TRUE(taken) << taken.error().detail;
  EXPECT_EQ(held(), 8u);
  EXPECT_EQ(taken->fact.outcome, HandOverOutcome::taken_in);
  EXPECT_EQ(taken->fact.batches, 8u);
  const Result<BundleTaken> again = take(paths[0]);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->fact.outcome, HandOverOutcome::repeated);
  EXPECT_EQ(again->fact.file, taken->fact.file);
  EXPECT_EQ(held(), 8u);
}

TEST_F(BundleTest, NamesFitTheOldestFileSystem) {
  SetId set;
  set.bytes[14] = 0x3f;
  set.bytes[15] = 0x2a;
  EXPECT_EQ(volume_name(set, 1), "JY3F2A01.JYB");
  EXPECT_EQ(volume_name(set, 99), "JY3F2A99.JYB");
  EXPECT_EQ(volume_name(set, 100), "JY3F2AA0.JYB");
  std::set<std::string> names;
  for (std::uint32_t volume = 1; volume <= kVolumesMax; ++volume)
    names.insert(volume_name(set, volume));
  EXPECT_EQ(names.size(), kVolumesMax);
}

TEST_F(BundleTest, VolumesComeInInAnyOrderAndEachStaysWithinItsSize) {
  for (int i = 0; i < 12; ++i) keep(*log_a, realm.write(a, internal, 100'000));
  BundleOrder small = order();
  small.volume_bytes_max = kVolumeBytesMin;
  const std::vector<Path> paths = write(std::move(small));
  ASSERT_GE(paths.size(), 4u);
  for (auto path = paths.rbegin(); path != paths.rend(); ++path) {
    EXPECT_LE(stick.content(*path).size(), kVolumeBytesMin);
    const Result<BundleTaken> taken = take(*path);
    ASSERT_TRUE(taken) << taken.error().detail;
    EXPECT_EQ(taken->heard.refused, 0u);
  }
  EXPECT_EQ(log_r->frontier(internal), log_a->frontier(internal));
}

// A machine restored to before it knew the roster; its peer still takes it for the one it was.
TEST_F(BundleTest, BatchesOfARosterThatIsNotHereAreCountedEveryOne) {
  const Machine later = realm.add_node(office, Level::secret);
  realm.teach(*log_a);
  PeerView base;
  const Result<BundleWriter> told = BundleWriter::plan(*log_a, order());
  ASSERT_TRUE(told);
  ASSERT_TRUE(base.decode(told->lane_set().held));
  const int batches = static_cast<int>(Intake::kRefusalsKept) + 50;
  for (int i = 0; i < batches; ++i) keep(*log_a, realm.write(a, internal));
  BundleOrder news = order();
  news.base = base;
  const Result<BundleTaken> taken = take(write(std::move(news))[0]);
  ASSERT_TRUE(taken) << taken.error().detail;
  EXPECT_EQ(taken->need_roster, static_cast<std::uint64_t>(batches));
  EXPECT_EQ(taken->fact.outcome, HandOverOutcome::partly);
  EXPECT_EQ(held(), 0u);
  const Result<BundleTaken> all = take(write(order())[0]);
  ASSERT_TRUE(all) << all.error().detail;
  EXPECT_EQ(all->need_roster, 0u);
  EXPECT_EQ(held(), static_cast<std::size_t>(batches));
}

TEST_F(BundleTest, TheLargestBatchFitsTheSmallestVolume) {
  const std::size_t largest = kBatchBytesMax - kBatchHeaderBytes;
  for (int i = 0; i < 2; ++i) keep(*log_a, realm.write(a, internal, largest));
  BundleOrder small = order();
  small.volume_bytes_max = kVolumeBytesMin;
  EXPECT_EQ(write(std::move(small)).size(), 2u);
  BundleOrder smaller = order();
  smaller.volume_bytes_max = kVolumeBytesMin - 1;
  EXPECT_EQ(BundleWriter::plan(*log_a, std::move(smaller)).error().code, Errc::usage);
}

TEST_F(BundleTest, AMachineThatHoldsNothingLearnsItsRealmFromABundle) {
  keep(*log_a, realm.write(a, internal));
  MemoryLog empty(r.node);
  const std::vector<Path> paths = write(order());
  const Result<BundleTaken> taken = take(paths[0], empty, r);
  ASSERT_TRUE(taken) << taken.error().detail;
  EXPECT_EQ(empty.roster().point(), realm.roster().point());
  EXPECT_EQ(empty.batches(internal).size(), 1u);
  MemoryLog uninvited(r.node);
  BundleSelf self = as(r);
  self.root = {};
  Result<BundleReader> reader = BundleReader::open(stick, paths[0], self);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->import(uninvited).error().code, Errc::not_for_us);
  EXPECT_EQ(uninvited.roster().point().seq, 0u);
}

TEST_F(BundleTest, EveryChangedByteIsFoundAndNothingOfItIsStored) {
  keep(*log_a, realm.write(a, internal, 300));
  const std::vector<Path> paths = write(order());
  const Bytes whole = stick.content(paths[0]);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    // Slots of others and decoys are only bound by the MAC, which our slot's key checks.
    Bytes changed = whole;
    changed[at] ^= 0x10;
    stick.set_content(paths[0], changed);
    const Result<BundleTaken> taken = take(paths[0]);
    ASSERT_FALSE(taken) << "byte " << at;
    ASSERT_EQ(held(), 0u) << "byte " << at;
  }
  stick.set_content(paths[0], whole);
  EXPECT_TRUE(take(paths[0]));
}

TEST_F(BundleTest, ATornVolumeGivesWhatPrecedesTheTearAndSaysSo) {
  for (int i = 0; i < 6; ++i) keep(*log_a, realm.write(a, internal, 50'000));
  const std::vector<Path> paths = write(order());
  const Bytes whole = stick.content(paths[0]);
  std::size_t at_most = 0;
  for (std::size_t size = 0; size < whole.size(); size += 4099) {
    stick.set_content(paths[0], Bytes(whole.begin(), whole.begin() + std::ptrdiff_t(size)));
    MemoryLog fresh(r.node);
    realm.teach(fresh);
    const Result<BundleTaken> taken = take(paths[0], fresh, r);
    const std::size_t kept = fresh.batches(internal).size();
    if (taken) {
      EXPECT_TRUE(taken->is_torn);
      EXPECT_EQ(taken->fact.outcome, HandOverOutcome::partly);
    } else {
      EXPECT_EQ(taken.code(), Errc::malformed);
      EXPECT_EQ(kept, 0u);
    }
    EXPECT_GE(kept, at_most);
    at_most = kept;
  }
  EXPECT_GE(at_most, 4u);
  Bytes longer = whole;
  longer.push_back(0);
  stick.set_content(paths[0], longer);
  EXPECT_EQ(take(paths[0]).error().code, Errc::not_authentic);
}

TEST_F(BundleTest, SomebodyElsesBundleSaysSoAndShowsNothing) {
  const std::vector<Path> paths = write(order());
  const Machine other = realm.add_node(office, Level::secret);
  realm.teach(*log_r);
  const Result<BundleReader> reader = BundleReader::open(stick, paths[0], as(other));
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, Errc::not_for_us);
}

TEST_F(BundleTest, ABundleOfANewerProgramSaysSo) {
  const std::vector<Path> paths = write(order());
  Bytes content = stick.content(paths[0]);
  content[8] = 200;
  stick.set_content(paths[0], content);
  EXPECT_EQ(take(paths[0]).error().code, Errc::newer);
}

TEST_F(BundleTest, TwoRecipientsEachOpenItAndGetOnlyWhatBothMayRead) {
  const Machine other = realm.add_node(office, Level::secret);
  realm.give(other, internal);
  teach_both();
  MemoryLog log_other(other.node);
  keep(*log_a, realm.write(a, internal));
  keep(*log_a, realm.write(a, secret));
  BundleOrder both = order();
  both.recipients.push_back(other.node);
  const std::vector<Path> paths = write(std::move(both));
  ASSERT_TRUE(take(paths[0]));
  ASSERT_TRUE(take(paths[0], log_other, other));
  EXPECT_EQ(log_other.batches(internal).size(), 1u);
  EXPECT_EQ(held(), 1u);
}

TEST_F(BundleTest, ALabelAboveTheDeviceIsRefusedWholeByBothSides) {
  const Machine low = realm.add_node(office, Level::internal);
  realm.give(low, internal);
  teach_both();
  BundleOrder refused = order(Level::secret);
  refused.recipients = {low.node};
  EXPECT_EQ(BundleWriter::plan(*log_a, std::move(refused)).error().code, Errc::above_ceiling);
  // The roster lowers the device after the medium was written.
  keep(*log_a, realm.write(a, internal));
  const std::vector<Path> paths = write(order(Level::secret));
  NodeRecord lowered = realm.roster().node(r.node)->record;
  lowered.device_ceiling = Level::internal;
  realm.add({lowered});
  realm.teach(*log_r);
  Result<BundleReader> reader = BundleReader::open(stick, paths[0], as(r));
  ASSERT_TRUE(reader);
  const Result<BundleTaken> taken = reader->import(*log_r);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.code(), Errc::above_ceiling);
  EXPECT_EQ(held(), 0u);
  const HandOver incident = reader->refused(taken.error());
  EXPECT_EQ(incident.outcome, HandOverOutcome::refused);
  EXPECT_EQ(incident.label, Level::secret);
  EXPECT_FALSE(incident.note.empty());
}

/// A log that names batches nobody asked for: a sender with a broken or hostile selection.
class LeakyLog : public MemoryLog {
 public:
  using MemoryLog::MemoryLog;
  Missing missing(const Scope&, std::span<const CompartmentFrontier>, std::size_t) const override {
    Missing all;
    for (const CompartmentId& compartment : compartments())
      for (const BatchId& id : batches(compartment)) all.batches.push_back(id);
    return all;
  }
};

TEST_F(BundleTest, TheWriterKeepsBackWhatIsAboveTheLabelEvenIfTheLogDoesNot) {
  auto leaky = std::make_unique<LeakyLog>(a.node);
  realm.teach(*leaky);
  log_a = std::move(leaky);
  keep(*log_a, realm.write(a, secret));
  keep(*log_a, realm.write(a, internal));
  const std::vector<Path> paths = write(order(Level::internal));
  ASSERT_TRUE(take(paths[0]));
  EXPECT_EQ(held(), 1u);
  EXPECT_EQ(log_r->batches(internal).size(), 1u);
}

TEST_F(BundleTest, AFullStickKeepsNothingHalf) {
  for (int i = 0; i < 12; ++i) keep(*log_a, realm.write(a, internal, 100'000));
  BundleOrder small = order();
  small.volume_bytes_max = kVolumeBytesMin;
  const Result<BundleWriter> writer = BundleWriter::plan(*log_a, std::move(small));
  ASSERT_TRUE(writer);
  stick.set_bytes_max(700'000);
  const Result<std::vector<HandOver>> facts = writer->write_all(stick, kStick);
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, Errc::storage);
  EXPECT_TRUE(stick.list(kStick).empty());
}

TEST_F(BundleTest, AMediumThatFailsAtAnyMomentKeepsNothingUnproven) {
  keep(*log_a, realm.write(a, internal));
  const Result<BundleWriter> writer = BundleWriter::plan(*log_a, order());
  ASSERT_TRUE(writer);
  int failures = 0;
  for (std::uint64_t call = 1; call < 60; ++call) {
    SimulatedDisk medium(call, SimulatedDisk::Kind::medium);
    medium.make_folder(kStick);
    medium.fail_at(call);
    bool is_written = false;
    try {
      is_written = bool(writer->write(medium, kStick, 1));
    } catch (const StorageFailure&) {
      is_written = false;
    }
    medium.fail_at(0);
    failures += medium.has_failed() ? 1 : 0;
    EXPECT_EQ(volumes_in(medium, kStick).size(), is_written ? 1u : 0u) << "call " << call;
    EXPECT_EQ(medium.list(kStick).size(), is_written ? 1u : 0u) << "call " << call;
    if (!medium.has_failed()) break;
  }
  EXPECT_GE(failures, 5);
}

TEST_F(BundleTest, AReadOnlyMediumIsAStorageFailureAndStaysAsItWas) {
  const Result<BundleWriter> writer = BundleWriter::plan(*log_a, order());
  ASSERT_TRUE(writer);
  stick.set_read_only(true);
  EXPECT_THROW((void)writer->write_all(stick, kStick), StorageFailure);
  EXPECT_TRUE(stick.list(kStick).empty());
}

TEST_F(BundleTest, AnotherFileOfTheSameNameIsLeftAlone) {
  const Result<BundleWriter> writer = BundleWriter::plan(*log_a, order());
  ASSERT_TRUE(writer);
  const Path path = kStick + "/" + volume_name(writer->set(), 1);
  stick.set_content(path, to_bytes("somebody's holiday"));
  EXPECT_EQ(writer->write_all(stick, kStick).error().code, Errc::exists);
  EXPECT_EQ(stick.content(path), to_bytes("somebody's holiday"));
}

TEST_F(BundleTest, ALostVolumeIsMadeUpForByTheNextSet) {
  LaneBook lane(r.node);
  for (int i = 0; i < 3; ++i) keep(*log_a, realm.write(a, internal));
  write(order());  // never arrives
  keep(*log_a, realm.write(a, internal));
  const std::vector<Path> paths = write(order());
  ASSERT_TRUE(take(paths[0]));
  EXPECT_EQ(held(), 4u);
}

}  // namespace
}  // namespace jiyao
