// tests/unit/schema/database_crash_test.cpp - power cuts, full and failing disks under a database.
//
// Goal: an acknowledged commit survives whatever the machine does, and no crash ever looks like
// tampering. Method: a fixed workload over a simulated disk, stopped at every change it makes.
#include <gmock/gmock.h>

#include "support/failing_memory.h"
#include "support/simulated_disk.h"
#include "unit/schema/database_fixture.h"

namespace jiyao {
namespace {

using Access = Database::Access;
using Fate = SimulatedDisk::Fate;
constexpr int kTransactions = 10;
constexpr int kRowsEach = 3;
[[maybe_unused]] const bool memory_can_fail = FailingMemory::install();

// Commits 3 notes per transaction; counts in `acknowledged` what commit() returned from. Some
// transactions rewrite every row with a cache so small that pages spill into the log.
void work(const Notes& notes, int& acknowledged) {
  Result<Database> database =
      notes.open(notes.files.exists(notes.path) ? Access::read_write : Access::create);
  ASSERT_TRUE(database) << database.error().detail;
  ASSERT_TRUE(database->migrate(migrations("test")));
  database->run("PRAGMA cache_size=4");
  for (int i = 0; i < kTransactions; ++i) {
    Transaction transaction(*database);
    for (int row = 0; row < kRowsEach; ++row)
      insert_note(*database, i * kRowsEach + row, "title", 1200);
    if (i % 5 == 3) {
      database->run("UPDATE note SET title = title || n");
      database->run("SAVEPOINT s; UPDATE note SET body = zeroblob(1500); ROLLBACK TO s; RELEASE s");
    }
    transaction.commit();
    acknowledged = i + 1;
    if (i % 5 == 4) database->checkpoint();
    if (i % 6 == 5) {
      Transaction abandoned(*database);
      database->run("UPDATE note SET body = zeroblob(2000)");
    }
  }
}

void work_until_it_fails(const Notes& notes, int& acknowledged) {
  try {
    work(notes, acknowledged);
  } catch (const Crash&) {
  } catch (const StorageFailure&) {
  }
}

// Opens what is left and compares it with what was acknowledged.
void expect_whole(const Notes& notes, int acknowledged) {
  if (!notes.files.exists(notes.path)) {
    EXPECT_EQ(acknowledged, 0);
    return;
  }
  Result<Database> database = notes.open();
  ASSERT_TRUE(database) << database.error().detail;
  EXPECT_NE(database->wal_verdict(), WalVerdict::tampered);
  ASSERT_TRUE(database->migrate(migrations("test")));
  const std::int64_t rows = count_notes(*database);
  EXPECT_EQ(rows % kRowsEach, 0);
  EXPECT_GE(rows, acknowledged * kRowsEach);
  EXPECT_LE(rows, (acknowledged + 1) * kRowsEach);
  const PageReport report = database->verify_pages();
  EXPECT_THAT(report.bad_pages, testing::IsEmpty());
  EXPECT_THAT(report.bad_frames, testing::IsEmpty());
  EXPECT_THAT(report.malformed, testing::IsEmpty());
}

std::uint64_t changes_of_a_whole_run() {
  SimulatedDisk disk(1);
  int acknowledged = 0;
  work({disk, "r/notes.jdb"}, acknowledged);
  EXPECT_EQ(acknowledged, kTransactions);
  return disk.op_count();
}

TEST(DatabaseCrash, NoPowerCutTakesBackAnAcknowledgedCommit) {
  const std::uint64_t changes = changes_of_a_whole_run();
  ASSERT_GE(changes, 500U);
  const std::uint64_t stride = changes / 500;
  for (std::uint64_t n = 1; n <= changes; n += stride) {  // 500 points or more
    SCOPED_TRACE("crash at change " + std::to_string(n));
    SimulatedDisk disk(n);
    const Notes notes{disk, "r/notes.jdb"};
    int acknowledged = 0;
    disk.crash_at(n);
    work_until_it_fails(notes, acknowledged);
    ASSERT_TRUE(disk.is_dead());
    disk.restart(n % 8 == 0 ? Fate::killed : Fate::power_cut);
    expect_whole(notes, acknowledged);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(DatabaseCrash, NoPowerCutDuringRecoveryTakesBackAnAcknowledgedCommit) {
  const std::uint64_t changes = changes_of_a_whole_run();
  for (std::uint64_t n = 40; n <= changes; n += 29) {
    SCOPED_TRACE("crash at change " + std::to_string(n));
    SimulatedDisk disk(n);
    const Notes notes{disk, "r/notes.jdb"};
    int acknowledged = 0;
    disk.crash_at(n);
    work_until_it_fails(notes, acknowledged);
    for (std::uint64_t again = 1; again <= 3; ++again) {
      disk.restart(Fate::power_cut);
      disk.crash_at(again * 2);
      try {
        const Result<Database> opened = notes.open();
        ASSERT_TRUE(opened || disk.is_dead()) << opened.error().detail;
      } catch (const StorageFailure&) {
        ASSERT_TRUE(disk.is_dead());
      }
    }
    disk.restart(Fate::power_cut);
    expect_whole(notes, acknowledged);
    if (testing::Test::HasFailure()) return;
  }
}

/// Every `stride`-th call of a whole run fails once; `and_then` is what happens before it is
/// opened.
void expect_whole_after_failing_calls(std::uint64_t stride,
                                      const std::function<void(SimulatedDisk&)>& and_then) {
  SimulatedDisk whole(1);
  int all = 0;
  work({whole, "r/notes.jdb"}, all);
  for (std::uint64_t n = 1; n <= whole.io_count(); n += stride) {
    SCOPED_TRACE("I/O error at call " + std::to_string(n));
    SimulatedDisk disk(n);
    const Notes notes{disk, "r/notes.jdb"};
    int acknowledged = 0;
    disk.fail_at(n);
    work_until_it_fails(notes, acknowledged);
    EXPECT_TRUE(disk.has_failed());
    and_then(disk);
    expect_whole(notes, acknowledged);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(DatabaseCrash, AFailingCallIsReportedAndLosesNothingAcknowledged) {
  expect_whole_after_failing_calls(41, [](SimulatedDisk& disk) { disk.restart(Fate::power_cut); });
}

TEST(DatabaseCrash, AFailingCallLosesNothingWhenTheProgramIsStartedAgainAtOnce) {
  expect_whole_after_failing_calls(37, [](SimulatedDisk& disk) { disk.fail_at(0); });
}

// A log that cannot be read for once is no damaged log: what it holds must not be given up.
TEST(DatabaseCrash, AnErrorWhileALeftOverLogIsReadTakesNothingBack) {
  for (const std::uint64_t crash : {211U, 402U})
    for (std::uint64_t n = 1; n <= 60; n += 2) {
      SCOPED_TRACE("crash at change " + std::to_string(crash) + ", error at " + std::to_string(n));
      SimulatedDisk disk(crash);
      const Notes notes{disk, "r/notes.jdb"};
      int acknowledged = 0;
      disk.crash_at(crash);
      work_until_it_fails(notes, acknowledged);
      disk.restart(Fate::killed);
      disk.fail_at(n);
      try {
        (void)notes.open();
      } catch (const StorageFailure&) {
      }
      disk.fail_at(0);
      expect_whole(notes, acknowledged);
      if (testing::Test::HasFailure()) return;
    }
}

// A disk that fails while a file is opened is no proof of tampering, nor of a log that is gone.
TEST(DatabaseCrash, AnErrorWhileAFileIsOpenedIsNotTakenForDamage) {
  SimulatedDisk crashed(402);
  int acknowledged = 0;
  crashed.crash_at(402);
  work_until_it_fails({crashed, "r/notes.jdb"}, acknowledged);
  for (const Access access : {Access::read_write, Access::read_only}) {
    bool has_failed = true;
    for (std::uint64_t n = 1; has_failed; ++n) {
      SCOPED_TRACE("error at call " + std::to_string(n));
      const std::unique_ptr<SimulatedDisk> disk = crashed.found_after(Fate::killed, n);
      disk->fail_at(n);
      try {
        const Result<Database> opened = Notes{*disk, "r/notes.jdb"}.open(access);
        ASSERT_TRUE(opened) << opened.error().detail;
        EXPECT_TRUE(opened->wal_verdict() == WalVerdict::clean ||
                    opened->wal_verdict() == WalVerdict::torn_tail)
            << name_of(opened->wal_verdict());
      } catch (const StorageFailure& failure) {
        EXPECT_EQ(failure.kind(), StorageFailure::Kind::io) << failure.what();
      }
      has_failed = disk->has_failed();
    }
  }
}

// What stood in the log before a crash is in the file afterwards: an error soon after takes
// nothing.
TEST(DatabaseCrash, AnErrorSoonAfterARecoveryTakesNothingBack) {
  for (const std::uint64_t crash : {150U, 211U, 305U, 402U})
    for (std::uint64_t n = 1; n <= 90; n += 3) {
      SCOPED_TRACE("crash at change " + std::to_string(crash) + ", error at " + std::to_string(n));
      SimulatedDisk disk(crash);
      const Notes notes{disk, "r/notes.jdb"};
      int acknowledged = 0;
      disk.crash_at(crash);
      work_until_it_fails(notes, acknowledged);
      disk.restart(n % 2 == 0 ? Fate::killed : Fate::power_cut);
      {
        Result<Database> database = notes.open();
        ASSERT_TRUE(database) << database.error().detail;
        disk.fail_at(n);
        try {
          Transaction transaction(*database);
          database->run("UPDATE note SET title = title || n");
          transaction.commit();
        } catch (const StorageFailure&) {
        }
      }
      disk.fail_at(0);
      expect_whole(notes, acknowledged);
      if (testing::Test::HasFailure()) return;
    }
}

TEST(DatabaseCrash, AFullDiskIsSaidAndTheFileGoesOnOnceThereIsRoom) {
  SimulatedDisk disk(3);
  const Notes notes{disk, "r/notes.jdb"};
  disk.set_bytes_max(200'000);
  Database database = notes.make();
  std::int64_t n = 0;
  try {
    for (; n < 1000; ++n) insert_note(database, n, "title", 2500);
    FAIL() << "it all fitted";
  } catch (const StorageFailure& failure) {
    EXPECT_EQ(failure.kind(), StorageFailure::Kind::full);
  }
  EXPECT_EQ(count_notes(database), n);
  disk.set_bytes_max(10'000'000);
  insert_note(database, n, "title", 2500);
  EXPECT_EQ(count_notes(database), n + 1);
  EXPECT_TRUE(database.verify_pages().is_clean());
}

TEST(DatabaseCrash, ADiskThatTurnsReadOnlyIsSaidAndCanStillBeRead) {
  SimulatedDisk disk(4);
  const Notes notes{disk, "r/notes.jdb"};
  const auto expect_read_only = [](const auto& act) {
    try {
      act();
      FAIL() << "written";
    } catch (const StorageFailure& failure) {
      EXPECT_EQ(failure.kind(), StorageFailure::Kind::read_only);
    }
  };
  {
    Database database = notes.make();
    insert_note(database, 1, "title");
    disk.set_read_only(true);
    expect_read_only([&] { insert_note(database, 2, "title"); });
    EXPECT_EQ(count_notes(database), 1);
  }
  disk.set_read_only(false);
  {
    Result<Database> again = notes.open();
    ASSERT_TRUE(again);
    EXPECT_EQ(count_notes(*again), 1);
  }
  disk.set_read_only(true);
  expect_read_only([&] { (void)notes.open(); });
}

// A roll-back needs memory. Where that is wanting too, what comes next must not become part of a
// transaction that nobody will commit.
TEST(DatabaseCrash, ATransactionWhoseRollBackFailsIsUndoneBeforeAnythingElse) {
  SimulatedDisk disk(6);
  const Notes notes{disk, "r/notes.jdb"};
  Database database = notes.make();
  insert_note(database, 1, "acknowledged");
  {
    Transaction abandoned(database);
    insert_note(database, 2, "abandoned");
    FailingMemory::the().fail_at(1, true);
  }
  EXPECT_THROW(count_notes(database), std::bad_alloc);
  FailingMemory::the().fail_at(0);
  insert_note(database, 3, "acknowledged");
  EXPECT_EQ(count_notes(database), 2);
  const auto left = disk.found_after(Fate::power_cut, 6);
  Result<Database> again = Notes{*left, "r/notes.jdb"}.open();
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(count_notes(*again), 2);
}

// The state a crash in the middle of a checkpoint leaves: the log is whole, the file is not.
TEST(DatabaseCrash, TornPagesAreRepairedFromAGoodLog) {
  SimulatedDisk disk(5);
  const Notes notes{disk, "r/notes.jdb"};
  SimulatedDisk::Image image;
  {
    Database database = notes.make();
    for (int n = 0; n < 40; ++n) insert_note(database, n, "title", 2500);
    database.checkpoint();
    database.run("UPDATE note SET title = 'again'; CREATE TABLE more(a INT) STRICT");
    image = disk.snapshot("r");
  }
  const Bytes& log = image["notes.jdb-wal"];
  const WalScan scan = scan_wal(WalSeal(notes.id, notes.key), log.size(),
                                [&](std::uint64_t offset, std::span<std::uint8_t> out) {
                                  std::copy_n(log.begin() + static_cast<std::ptrdiff_t>(offset),
                                              out.size(), out.begin());
                                  return out.size();
                                });
  ASSERT_GT(scan.committed_pages.size(), 5U);
  ASSERT_THAT(scan.committed_pages, testing::Contains(1U));
  Bytes& file = image["notes.jdb"];
  for (const std::uint32_t page : scan.committed_pages) {
    const std::size_t begin = (page - 1) * kPageBytes;
    if (begin < file.size())
      std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(begin + 512), 1024, 0xee);
  }
  disk.put_back("r", image);
  Result<Database> database = notes.open();
  ASSERT_TRUE(database) << database.error().detail;
  EXPECT_EQ(database->wal_verdict(), WalVerdict::clean);
  EXPECT_EQ(count_notes(*database), 40);
  EXPECT_TRUE(database->verify_pages().is_clean());
}

TEST(DatabaseCrash, OneSeedGivesOneHistory) {
  const auto history = [](std::uint64_t seed) {
    SimulatedDisk disk(seed);
    disk.seed_sqlite();
    int acknowledged = 0;
    disk.crash_at(300);
    work_until_it_fails({disk, "r/notes.jdb"}, acknowledged);
    disk.restart(Fate::power_cut);
    std::uint8_t salt = 0;
    return std::tuple(acknowledged, disk.content("r/notes.jdb").size(),
                      disk.content("r/notes.jdb-wal").size(), disk.chance()(), salt);
  };
  EXPECT_EQ(history(9), history(9));
  EXPECT_NE(history(9), history(10));
}

}  // namespace
}  // namespace jiyao
