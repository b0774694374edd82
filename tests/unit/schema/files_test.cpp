// tests/unit/schema/files_test.cpp - real files and simulated ones keep the same contract.
#include "schema/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/simulated_disk.h"
#include "unit/schema/database_fixture.h"

namespace jiyao {
namespace {

// One contract, two trees.
class FilesContract : public testing::TestWithParam<bool> {
 protected:
  FilesContract() {
    if (GetParam()) {
      files_ = std::make_unique<RealFiles>();
      root_ = folder_.path();
    } else {
      files_ = std::make_unique<SimulatedDisk>(1);
      root_ = "root";
    }
  }
  TemporaryFolder folder_;
  std::unique_ptr<Files> files_;
  Path root_;
};

TEST_P(FilesContract, WhatIsWrittenIsReadAndShortOnlyAtTheEnd) {
  auto file = files_->open(root_ + "/a", OpenMode::create_new);
  ASSERT_TRUE(file);
  (*file)->write(3, as_bytes("机要"));
  (*file)->sync();
  Bytes out(100);
  EXPECT_EQ((*file)->read(1, out), 8U);
  EXPECT_EQ(as_text(ByteView(out).subspan(2, 6)), "机要");
  (*file)->truncate(4);
  EXPECT_EQ((*file)->size(), 4U);
  EXPECT_EQ(files_->open(root_ + "/a", OpenMode::create_new).code(), Errc::exists);
  EXPECT_EQ(files_->open(root_ + "/b", OpenMode::read).code(), Errc::not_found);
}

TEST_P(FilesContract, AReplacedFileHasTheNewContentAndNoLeftOver) {
  replace_file(*files_, root_ + "/a", as_bytes("a longer old content"));
  const std::uint64_t before = files_->identity(root_ + "/a");
  replace_file(*files_, root_ + "/a", as_bytes("new"));
  EXPECT_EQ(*read_file(*files_, root_ + "/a", 3), to_bytes("new"));
  EXPECT_EQ(read_file(*files_, root_ + "/a", 2).code(), Errc::too_large);
  EXPECT_NE(files_->identity(root_ + "/a"), before);
  EXPECT_EQ(files_->identity(root_ + "/b"), 0U);
  EXPECT_THAT(files_->list(root_), testing::ElementsAre("a"));
  files_->remove(root_ + "/a");
  files_->remove(root_ + "/a");
  EXPECT_FALSE(files_->exists(root_ + "/a"));
}

TEST_P(FilesContract, FoldersAreMadeWithTheirParents) {
  files_->make_folder(root_ + "/x/y");
  files_->make_folder(root_ + "/x/y");
  EXPECT_TRUE(files_->exists(root_ + "/x/y"));
  EXPECT_THAT(files_->list(root_), testing::ElementsAre("x"));
  EXPECT_THAT(files_->list(root_ + "/z"), testing::IsEmpty());
  EXPECT_GT(files_->free_bytes(root_), 1'000'000U);
}

TEST_P(FilesContract, ALockIsHeldUntilItsHandleGoes) {
  auto held = files_->lock(root_ + "/lock");
  ASSERT_TRUE(held);
  const auto second = files_->lock(root_ + "/lock");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.code(), Errc::busy);
  EXPECT_THAT(second.error().detail, testing::MatchesRegex("[0-9]+"));
  held->reset();
  EXPECT_TRUE(files_->lock(root_ + "/lock"));
}

INSTANTIATE_TEST_SUITE_P(Trees, FilesContract, testing::Values(true, false),
                         [](const auto& tree) { return tree.param ? "Real" : "Simulated"; });

TEST(ReplaceFile, ThatFailsLeavesTheOldContentAndNothingBeside) {
  using Failure = SimulatedDisk::Failure;
  for (const Failure failure : {Failure::full, Failure::short_write, Failure::io}) {
    int failed = 0;
    for (std::uint64_t call = 1; call <= 10; ++call) {
      SimulatedDisk disk(call);
      replace_file(disk, "r/a", as_bytes("old"));
      disk.fail_at(call, failure);
      try {
        replace_file(disk, "r/a", as_bytes("new, in plain text"));
      } catch (const StorageFailure&) {
        ++failed;
      }
      disk.fail_at(0);
      EXPECT_THAT(disk.list("r"), testing::ElementsAre("a")) << call;
    }
    EXPECT_GT(failed, 0);
  }
}

TEST(RealFilesTest, NobodyElseMayReadWhatWeMake) {
  const TemporaryFolder folder;
  RealFiles files;
  files.make_folder(folder / "f");
  replace_file(files, folder / "f/a", as_bytes("x"));
  struct stat status {};
  ASSERT_EQ(::stat((folder / "f/a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  ASSERT_EQ(::stat((folder / "f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST(RealFilesTest, AReplacedFileFollowsNoLinkThatWasPutBesideIt) {
  const TemporaryFolder folder;
  RealFiles files;
  replace_file(files, folder / "other", as_bytes("somebody's"));
  ASSERT_EQ(::symlink((folder / "other").c_str(), (folder / "a.new").c_str()), 0);
  replace_file(files, folder / "a", as_bytes("ours"));
  EXPECT_EQ(*read_file(files, folder / "other", 100), to_bytes("somebody's"));
  EXPECT_EQ(*read_file(files, folder / "a", 100), to_bytes("ours"));
  struct stat status {};
  ASSERT_EQ(::lstat((folder / "a").c_str(), &status), 0);
  EXPECT_TRUE(S_ISREG(status.st_mode));
}

TEST(RealFilesTest, AFullDeviceIsSaid) {
  RealFiles files;
  auto full = files.open("/dev/full", OpenMode::read_write);
  ASSERT_TRUE(full);
  try {
    (*full)->write(0, as_bytes("x"));
    FAIL() << "written";
  } catch (const StorageFailure& failure) {
    EXPECT_EQ(failure.kind(), StorageFailure::Kind::full);
  }
}

TEST(SimulatedDiskTest, AfterAPowerCutAReplacedFileIsOldOrNewNeverHalf) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SimulatedDisk disk(seed);
    const std::string old_content(1500, 'o');
    const std::string new_content(1300, 'n');
    replace_file(disk, "r/a", as_bytes(old_content));
    disk.crash_at(1 + seed % 7);
    bool is_acknowledged = false;
    try {
      replace_file(disk, "r/a", as_bytes(new_content));
      is_acknowledged = true;
    } catch (const Crash&) {
    }
    disk.restart(SimulatedDisk::Fate::power_cut);
    const std::string found(as_text(disk.content("r/a")));
    EXPECT_TRUE(found == new_content || (found == old_content && !is_acknowledged)) << seed;
    seen.insert(found);
  }
  EXPECT_EQ(seen.size(), 2U);
}

TEST(SimulatedDiskTest, OnAMediumARenameIsSafeOnlyOnceItIsTakenOut) {
  int lost = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimulatedDisk stick(seed, SimulatedDisk::Kind::medium);
    replace_file(stick, "m/bundle", as_bytes("content"));
    if (seed % 2 == 0) stick.eject();
    stick.restart(SimulatedDisk::Fate::power_cut);
    EXPECT_TRUE(seed % 2 != 0 || stick.exists("m/bundle"));
    lost += stick.exists("m/bundle") ? 0 : 1;
  }
  EXPECT_GT(lost, 10);
}

TEST(SimulatedDiskTest, UnsyncedWritesAreLostKeptOrTorn) {
  std::set<std::size_t> new_sectors;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SimulatedDisk disk(seed);
    disk.put_back("r", {{"a", Bytes(2048, 'o')}});
    (*disk.open("r/a", OpenMode::read_write))->write(0, Bytes(2048, 'n'));
    disk.restart(SimulatedDisk::Fate::power_cut);
    const Bytes content = disk.content("r/a");
    ASSERT_EQ(content.size(), 2048U);
    new_sectors.insert(static_cast<std::size_t>(std::ranges::count(content, 'n')) / 512);
  }
  EXPECT_THAT(new_sectors, testing::ElementsAre(0, 1, 2, 3, 4));
}

}  // namespace
}  // namespace jiyao
