// tests/unit/schema/database_test.cpp - the face of SQLite: statements, transactions, schema,
// copies.
#include "schema/database.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include "unit/schema/database_fixture.h"

namespace jiyao {
namespace {

using Access = Database::Access;

class DatabaseTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  RealFiles files_;
  Notes notes_{files_, folder_ / "notes.jdb"};
};

TEST_F(DatabaseTest, WhatWasCommittedIsThereAfterReopening) {
  {
    Database database = notes_.make();
    Transaction transaction(database);
    insert_note(database, 1, "关于印发年度计划的通知", 9000);
    transaction.commit();
  }
  EXPECT_THAT(files_.list(folder_.path()), testing::ElementsAre("notes.jdb"));
  Result<Database> again = notes_.open();
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->wal_verdict(), WalVerdict::none);
  Statement read(*again, "SELECT id, n, title, body FROM note");
  ASSERT_TRUE(read.step());
  EXPECT_EQ(Bytes(read.blob(0).begin(), read.blob(0).end()), note_id(1));
  EXPECT_EQ(read.integer(1), 1);
  EXPECT_EQ(read.text(2), "关于印发年度计划的通知");
  EXPECT_EQ(read.blob(3).size(), 9000U);
  EXPECT_FALSE(read.step());
}

TEST_F(DatabaseTest, ATransactionThatIsNotCommittedHasNotHappened) {
  Database database = notes_.make();
  {
    Transaction transaction(database);
    insert_note(database, 1, "draft");
    EXPECT_EQ(database.changes(), 1);
  }
  EXPECT_EQ(count_notes(database), 0);
}

TEST_F(DatabaseTest, ValuesComeBackAsTheyWereBoundAndEmptyIsNotNull) {
  Database database = notes_.make();
  insert_note(database, 1, "");
  {
    Statement update(database, "UPDATE note SET body = :body WHERE n = :n");
    update.bind(":body", ByteView()).bind(":n", true).run();
  }
  Statement read(database, "SELECT title, body, NULL, n FROM note");
  ASSERT_TRUE(read.step());
  EXPECT_EQ(read.text(0), "");
  EXPECT_FALSE(read.is_null(1));
  EXPECT_TRUE(read.blob(1).empty());
  EXPECT_TRUE(read.is_null(2));
  EXPECT_THROW((void)read.text(3), StorageFailure);
  EXPECT_THROW((void)read.block<FileId>(1), StorageFailure);
}

TEST_F(DatabaseTest, OneStatementTextMayBeReadWhileItIsReadAgain) {
  Database database = notes_.make();
  for (int n = 1; n <= 3; ++n) insert_note(database, n, "a");
  std::int64_t pairs = 0;
  Statement outer(database, "SELECT n FROM note");
  while (outer.step()) {
    Statement inner(database, "SELECT n FROM note");
    while (inner.step()) ++pairs;
  }
  EXPECT_EQ(pairs, 9);
}

TEST_F(DatabaseTest, AFileOfANewerProgramIsLeftAlone) {
  {
    Database database = notes_.make();
    EXPECT_EQ(database.schema_version(), 1);
    database.run("PRAGMA user_version=2");
  }
  Result<Database> again = notes_.open();
  ASSERT_TRUE(again);
  const Result<void> migrated = again->migrate(migrations("test"));
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.code(), Errc::newer);
  EXPECT_EQ(again->schema_version(), 2);
}

TEST_F(DatabaseTest, AMigrationThatFailsHalfWayLeavesTheOldSchema) {
  Database database = notes_.make();
  const std::vector<Migration> steps = {
      {1, "test/001_notes.sql", ""},
      {2, "test/002_more.sql", "CREATE TABLE more(a INT) STRICT; broken"},
  };
  EXPECT_DEATH((void)database.migrate(steps), "syntax error");
  EXPECT_EQ(database.schema_version(), 1);
}

TEST_F(DatabaseTest, OpeningTellsWhatIsWrongWithTheFile) {
  { notes_.make(); }
  EXPECT_EQ(notes_.open(Access::create).code(), Errc::exists);
  EXPECT_EQ((Notes{files_, folder_ / "absent.jdb"}.open().code()), Errc::not_found);
  EXPECT_EQ((Notes{files_, notes_.path, test_id(), test_key(99)}.open().code()),
            Errc::not_authentic);
  EXPECT_EQ((Notes{files_, notes_.path, test_id(99)}.open().code()), Errc::not_authentic);
  EXPECT_EQ((Notes{files_, "file:" + notes_.path + "?psow=0"}.open().code()), Errc::not_found);
  replace_file(files_, folder_ / "short.jdb", as_bytes("short"));
  EXPECT_EQ((Notes{files_, folder_ / "short.jdb"}.open().code()), Errc::malformed);
}

TEST_F(DatabaseTest, ASecondOpenerIsToldThatTheFileIsBusy) {
  Database database = notes_.make();
  EXPECT_EQ(notes_.open().code(), Errc::busy);
  EXPECT_EQ((Notes{files_, folder_.path() + "//notes.jdb"}.open().code()), Errc::busy);
}

TEST_F(DatabaseTest, AnotherProcessFindsTheFileBusyByItsLock) {
  // The child opens first and holds the file until it is told to go.
  int ready[2];
  int done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  { notes_.make(); }
  const pid_t child = ::fork();
  char byte = 0;
  if (child == 0) {
    const Result<Database> held = notes_.open();
    const bool is_told = ::write(ready[1], held ? "y" : "n", 1) == 1;
    ::_exit(is_told && ::read(done[0], &byte, 1) == 1 ? 0 : 1);
  }
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  const Result<Database> second = notes_.open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.code(), Errc::busy);
  ASSERT_EQ(::write(done[1], "x", 1), 1);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(notes_.open());
}

TEST_F(DatabaseTest, BigramsFindTwoChineseCharacters) {
  Database database = notes_.make();
  Statement insert(database, "INSERT INTO note_search(rowid, grams) VALUES (:rowid, :grams)");
  insert.bind(":rowid", 1).bind(":grams", "机要 要文 文件").run();
  insert.bind(":rowid", 2).bind(":grams", "会议 议纪 纪要").run();
  Statement find(database, "SELECT rowid FROM note_search WHERE note_search MATCH :words");
  find.bind(":words", "\"文件\"");
  ASSERT_TRUE(find.step());
  EXPECT_EQ(find.integer(0), 1);
  EXPECT_FALSE(find.step());
}

TEST_F(DatabaseTest, ACopyHoldsTheSameUnderItsOwnKey) {
  Database database = notes_.make();
  for (int n = 0; n < 200; ++n) insert_note(database, n, "title", 500);
  const Notes copy{files_, folder_ / "copy.jdb", test_id(8), test_key(50)};
  ASSERT_TRUE(database.backup_to(files_, copy.path, copy.id, copy.key));
  EXPECT_EQ(database.backup_to(files_, copy.path, copy.id, copy.key).code(), Errc::exists);
  EXPECT_THAT(files_.list(folder_.path()),
              testing::ElementsAre("copy.jdb", "notes.jdb", "notes.jdb-wal"));
  Result<Database> opened = copy.open(Access::read_only);
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ(count_notes(*opened), 200);
  EXPECT_TRUE(opened->verify_pages().is_clean());
  EXPECT_EQ((Notes{files_, copy.path, copy.id, test_key()}.open().code()), Errc::busy);
}

TEST_F(DatabaseTest, CompactingKeepsTheRowsAndGivesBackThePages) {
  Database database = notes_.make();
  for (int n = 0; n < 300; ++n) insert_note(database, n, "title", 2000);
  database.run("DELETE FROM note WHERE n >= 10");
  const std::uint64_t before = database.verify_pages().pages;
  database.compact();
  const PageReport report = database.verify_pages();
  EXPECT_TRUE(report.is_clean());
  EXPECT_LT(report.pages, before / 4);
  EXPECT_EQ(count_notes(database), 10);
}

TEST_F(DatabaseTest, SortsTemporaryTablesAndSpillsMakeNoOtherFile) {
  Database database = notes_.make();
  Transaction transaction(database);
  for (int n = 0; n < 3000; ++n) insert_note(database, n * 7919 % 3001, "title", 1500);
  database.run(
      "SAVEPOINT s; UPDATE note SET title = title || n; CREATE TEMP TABLE t AS SELECT * FROM note;"
      "CREATE INDEX temp.ti ON t(title, body); ROLLBACK TO s; RELEASE s;");
  Statement sort(database, "SELECT n FROM note ORDER BY body, title DESC, n DESC");
  while (sort.step()) {
  }
  EXPECT_THAT(files_.list(folder_.path()), testing::ElementsAre("notes.jdb", "notes.jdb-wal"));
  transaction.commit();
  EXPECT_EQ(database.refusals(), 0U);
  EXPECT_TRUE(database.verify_pages().is_clean());
}

TEST_F(DatabaseTest, AReaderWritesNothing) {
  { notes_.make(); }
  const Result<Bytes> before = read_file(files_, notes_.path, 1 << 20);
  {
    Result<Database> reader = notes_.open(Access::read_only);
    ASSERT_TRUE(reader);
    EXPECT_THROW(insert_note(*reader, 1, "no"), StorageFailure);
  }
  EXPECT_EQ(*before, *read_file(files_, notes_.path, 1 << 20));
}

using DatabaseDeathTest = DatabaseTest;

TEST_F(DatabaseDeathTest, MistakesInOurOwnStatementsStopTheProgram) {
  Database database = notes_.make();
  EXPECT_DEATH(Statement(database, "SELECT a FROM nowhere"), "no such table");
  EXPECT_DEATH(Statement(database, "SELECT :a").bind(":b", 1), "internal error");
  EXPECT_DEATH(database.run("ATTACH 'other.jdb' AS other"), "too many attached");
  insert_note(database, 1, "a");
  EXPECT_DEATH(insert_note(database, 1, "b"), "UNIQUE");
}

}  // namespace
}  // namespace jiyao
