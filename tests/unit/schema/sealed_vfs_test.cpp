// tests/unit/schema/sealed_vfs_test.cpp - what the process can open through SQLite, and what not.
#include "schema/sealed_vfs.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "schema/sealed_handle.h"
#include "unit/schema/database_fixture.h"

namespace jiyao {
namespace {

class SealedVfsTest : public testing::Test {
 protected:
  // As a library would open it: by path, with URIs, through whatever VFS is the default.
  int open_plainly(const Path& path) {
    sqlite3* opened = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI;
    const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    connection_.reset(opened, sqlite3_close);
    return code;
  }
  int execute(const char* sql) {
    return sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  }

  TemporaryFolder folder_;
  RealFiles files_;
  Path path_ = folder_ / "hub.jdb";
  std::shared_ptr<sqlite3> connection_;
};

TEST_F(SealedVfsTest, NothingThatWasNotAnnouncedOpens) {
  EXPECT_EQ(open_plainly(path_), SQLITE_CANTOPEN);
  EXPECT_EQ(open_plainly("file:" + path_ + "?vfs=sealed"), SQLITE_CANTOPEN);
  EXPECT_EQ(open_plainly("file:" + path_ + "?psow=0"), SQLITE_CANTOPEN);
  EXPECT_THAT(files_.list(folder_.path()), testing::IsEmpty());
}

TEST_F(SealedVfsTest, AnAnnouncedPathOpensOnlyIfOurFileIsThere) {
  const auto announced = announce_sealed_file(files_, path_, test_id(), test_key());
  ASSERT_TRUE(announced);
  EXPECT_EQ(open_plainly(path_), SQLITE_CANTOPEN);
  replace_file(files_, path_, {});
  EXPECT_EQ(open_plainly(path_), SQLITE_NOTADB);
  EXPECT_THAT(files_.list(folder_.path()), testing::ElementsAre("hub.jdb"));
}

TEST_F(SealedVfsTest, ALibraryThatOpensByPathWorksSealed) {
  ASSERT_TRUE(create_sealed_file(files_, path_, test_id(), test_key()));
  {
    const auto announced = announce_sealed_file(files_, path_, test_id(), test_key());
    ASSERT_TRUE(announced);
    ASSERT_EQ(open_plainly(path_), SQLITE_OK);
    ASSERT_EQ(
        execute("PRAGMA temp_store=MEMORY; CREATE TABLE t(a TEXT); INSERT INTO t VALUES('机要');"
                "BEGIN; UPDATE t SET a = a || a; ROLLBACK;"),
        SQLITE_OK);
    EXPECT_EQ(execute("ATTACH 'other.jdb' AS other"), SQLITE_CANTOPEN);
    const auto first = connection_;
    ASSERT_EQ(open_plainly(path_), SQLITE_OK) << "a pool has several connections";
    ASSERT_EQ(execute("INSERT INTO t SELECT a FROM t"), SQLITE_OK);
    EXPECT_EQ(announced->file().odd_shapes, 0U);
    EXPECT_EQ(announced->file().refusals, 0U);
    EXPECT_THAT(files_.list(folder_.path()), testing::ElementsAre("hub.jdb", "hub.jdb-wal"));
    connection_.reset();
  }
  EXPECT_EQ(open_plainly(path_), SQLITE_CANTOPEN) << "no longer announced";
  Result<Database> database = Notes{files_, path_}.open();
  ASSERT_TRUE(database);
  Statement count(*database, "SELECT count(*) FROM t WHERE a = '机要'");
  ASSERT_TRUE(count.step());
  EXPECT_EQ(count.integer(0), 2);
}

TEST_F(SealedVfsTest, AJournalPutBesideAFileIsNotReplayed) {
  { Notes{files_, path_}.make(); }
  replace_file(files_, path_ + "-journal", Bytes(2000, 0xd9));
  Result<Database> database = Notes{files_, path_}.open();
  ASSERT_TRUE(database);
  EXPECT_TRUE(database->verify_pages().is_clean());
  EXPECT_TRUE(files_.exists(path_ + "-journal"));
}

TEST_F(SealedVfsTest, AnotherJournalModeCannotBeSet) {
  const Notes notes{files_, path_};
  {
    Database database = notes.make();
    insert_note(database, 1, "title");
    EXPECT_THROW(database.run("PRAGMA journal_mode=DELETE"), StorageFailure);
  }
  EXPECT_FALSE(files_.exists(path_ + "-journal"));
  Result<Database> again = notes.open();
  ASSERT_TRUE(again);
  EXPECT_EQ(count_notes(*again), 1);
  EXPECT_TRUE(again->verify_pages().is_clean());
}

TEST(SealedWal, SizesMapBothWays) {
  EXPECT_EQ(wal_logical_size(0), 0U);
  EXPECT_EQ(wal_logical_size(kWalHeaderSlotBytes - 1), 0U);
  for (const std::uint64_t logical : {std::uint64_t{32}, std::uint64_t{32 + 24},
                                      std::uint64_t{32 + 4120}, std::uint64_t{32 + 4120 * 7 + 24}})
    EXPECT_EQ(wal_logical_size(wal_stored_size(logical)), logical);
  EXPECT_EQ(frame_slot_offset(2), 96U + 2 * 4200U);
}

TEST(SealedPages, AFirstPageThatIsNotOursIsNeverWritten) {
  const PageSeal seal(test_id(), test_key());
  std::array<std::uint8_t, kPageBytes> page = empty_database();
  page[20] = 0;  // no reserved bytes
  EXPECT_FALSE(seal.seal(1, page));
  page = empty_database();
  ASSERT_TRUE(seal.seal(1, page));
  EXPECT_TRUE(seal.open(1, page));
  EXPECT_EQ(page, empty_database());
}

}  // namespace
}  // namespace jiyao
