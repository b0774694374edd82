// tests/cli/bad_machine_test.cpp - a replica held by somebody else, made by a newer program, on a
// full disk or on one that cannot be written: said, and nothing half.
#include <Poco/JSON/Array.h>

#include <thread>

#include "cli/refusal.h"
#include "crypto/keyring.h"
#include "schema/database.h"
#include "schema/real_files.h"
#include "support/small_disk.h"
#include "sync/replica.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class BadMachine : public testing::Test {
 protected:
  std::string register_of(int rows) const {
    std::string text = "序号,来文单位,文号,标题,收文日期\n";
    for (int i = 1; i <= rows; ++i)
      text += std::to_string(i) + ",省厅,厅发〔2026〕" + std::to_string(i) + "号,关于第" +
              std::to_string(i) + "项工作的通知及其相当长的标题,2026-11-20\n";
    const std::string path = folder_ / "register.csv";
    write_text(path, text);
    return path;
  }

  TestFolder folder_;
};

/// Holds the replica: `office add` has it open while it waits for the root's passphrase.
class Holder {
 public:
  explicit Holder(const FieldMachine& machine) : child_(start(machine)) {
    // The log appears with the first write after opening.
    while (!fs::exists(machine.data() / "log.jdb-wal") ||
           !fs::exists(machine.data() / "internal.jdb-wal"))
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  pid_t pid() const { return child_.pid(); }
  Ran let_go() {
    child_.give("the realm's root for tests\n");
    return child_.wait();
  }

 private:
  static Start start(const FieldMachine& machine) {
    Start start = machine.start({"office", "add", "乙局"});
    start.passphrases = machine.passphrase() + "\n";
    start.keeps_asking = true;
    return start;
  }
  Child child_;
};

TEST_F(BadMachine, ASecondOpenerWaitsAndThenNamesWhoHoldsTheReplica) {
  const FieldMachine machine(folder_.path(), "R");
  machine.found_alone();
  Holder holder(machine);
  const Ran refused = machine.run({"status"});
  EXPECT_EQ(refused.exit_code, 9) << refused.said();
  EXPECT_THAT(refused.err, HasSubstr(std::to_string(holder.pid())));
  EXPECT_THAT(refused.err, HasSubstr("等它结束"));
  Child waiting(machine.start({"--json", "status"}));
  const Ran held = holder.let_go();
  EXPECT_EQ(held.exit_code, 0) << held.said();
  const Ran after = waiting.wait();
  EXPECT_EQ(after.exit_code, 0) << "it did not wait: " << after.said();
}

TEST_F(BadMachine, AReplicaOfANewerProgramIsLeftAlone) {
  const FieldMachine machine(folder_.path(), "R");
  machine.found_alone();
  RealFiles files;
  const std::string ring = read_text(machine.data() / "keyring.jyk");
  const auto keyring = Keyring::parse(as_bytes(ring), TestSlots::accept);
  ASSERT_TRUE(keyring);
  auto slot = keyring->unlock_any(machine.passphrase());
  ASSERT_TRUE(slot);
  const auto unlocked = unlocked_by(*keyring, std::move(*slot));
  ASSERT_TRUE(unlocked);
  const FileAccess& level = unlocked->levels.at(Level::internal);
  for (const auto& [name, access] :
       {std::pair("internal.jdb", &level), std::pair("log.jdb", &unlocked->log)}) {
    SCOPED_TRACE(name);
    auto database = Database::open(files, (machine.data() / name).string(), access->id, access->key,
                                   Database::Access::read_write);
    ASSERT_TRUE(database);
    database->run("PRAGMA user_version = 999");
    database->checkpoint();
    { const Database closed = std::move(*database); }
    const std::string before = read_text(machine.data() / name);
    const Ran ran = machine.run({"status"});
    EXPECT_EQ(ran.exit_code, 10) << ran.said();
    EXPECT_THAT(ran.err, HasSubstr("更新版本"));
    EXPECT_THAT(ran.err,
                HasSubstr("更新版本的程序制作：" + (machine.data() / name).string() + " (999 > "))
        << "English in a Chinese sentence";
    EXPECT_THAT(ran.err, HasSubstr("升级"));
    EXPECT_EQ(machine.json({"incoming", "list"}).error_code(), "NEWER");
    EXPECT_EQ(read_text(machine.data() / name), before) << "a newer file was touched";
  }
}

// Whoever verifies is told what was looked into, and of what lies there closed.
TEST_F(BadMachine, AFileThatThePersonCannotOpenIsNotVerifiedAndSaidSo) {
  const FieldMachine machine(folder_.path(), "R");
  machine.found_alone({"--network", "classified", "--network-level", "秘密"});
  const std::string li = "passphrase of Li Si";
  Start adding = machine.start({"user", "add", "李四", "--clearance", "内部", "--roles",
                                "intake_clerk", "--recovery-sheet", folder_ / "li.sheet"});
  adding.passphrases = machine.passphrase() + "\n" + li + "\nthe realm's root for tests\n";
  ASSERT_EQ(run(adding).exit_code, 0);
  const Ran own = machine.json({"verify"});
  EXPECT_EQ(own.exit_code, 0) << own.said();
  EXPECT_THAT(own.out, HasSubstr("\"unverified\":[]"));
  std::string secret = read_text(machine.data() / "secret.jdb");
  for (std::size_t at = 100; at < secret.size(); at += 100) secret[at] ^= 1;
  write_text(machine.data() / "secret.jdb", secret);
  for (const Words& words : {Words{"verify"}, Words{"verify", "--full"}}) {
    Start start = machine.start(words);
    start.passphrases = li + "\n";
    const Ran told = run(start);
    EXPECT_EQ(told.exit_code, 3) << told.said();
    EXPECT_THAT(told.out, HasSubstr("未核验：秘密"));
    EXPECT_THAT(told.out, HasSubstr("打开了的部分没有发现问题"));
    EXPECT_THAT(told.out, testing::Not(HasSubstr("核验通过")));
    start.words.push_back("--json");
    const auto levels = run(start).json()->getArray("unverified");
    ASSERT_FALSE(levels.isNull());
    ASSERT_GE(levels->size(), 1U);
    EXPECT_EQ(levels->getElement<std::string>(0), "secret");
  }
}

TEST_F(BadMachine, AKeyringOfANewerProgramIsLeftAlone) {
  const FieldMachine machine(folder_.path(), "R");
  machine.found_alone();
  std::string ring = read_text(machine.data() / "keyring.jyk");
  ring[8] = 2;
  write_text(machine.data() / "keyring.jyk", ring);
  const Ran ran = machine.run({"status"});
  EXPECT_EQ(ran.exit_code, 10) << ran.said();
  EXPECT_THAT(ran.err, HasSubstr("keyring.jyk"));
  EXPECT_THAT(ran.err, HasSubstr("升级"));
  EXPECT_EQ(machine.json({"passphrase", "change"}).error_code(), "NEWER");
  EXPECT_EQ(read_text(machine.data() / "keyring.jyk"), ring) << "a newer keyring was touched";
}

TEST_F(BadMachine, AFileThatMayNotGrowTakesPartOfARegisterAndNamesTheFile) {
  const FieldMachine machine(folder_.path(), "R");
  machine.found_alone();
  const std::string path = register_of(3000);
  write_text(path, read_text(path) + "3001,省厅,厅发〔2026〕3001号,坏的一行,昨天\n");
  const std::string rejects = folder_ / "rejects.csv";
  Start start = machine.start({"--json", "import", "incoming", path, "--rejects", rejects});
  start.file_bytes_max = 2000 << 10;
  const Ran full = run(start);
  EXPECT_EQ(full.exit_code, 12) << full.said();
  EXPECT_EQ(full.error_code(), "STORAGE");
  EXPECT_THAT(full.out, HasSubstr("internal.jdb"));
  EXPECT_THAT(full.out, HasSubstr("剩余空间"));
  machine.expect_whole();
  EXPECT_LT(machine.rows(), 3000U);
  EXPECT_GT(machine.rows(), 0U);
  EXPECT_EQ(full.json()->optValue<std::uint64_t>("recorded", 9999), machine.rows());
  EXPECT_TRUE(fs::exists(rejects)) << "the bad row found before is lost";
  Start again = machine.start({"import", "incoming", path});
  again.file_bytes_max = 2000 << 10;
  const Ran told = run(again);
  EXPECT_EQ(told.exit_code, 12) << told.said();
  EXPECT_THAT(told.out, HasSubstr("没有做完就停下了"));
  EXPECT_THAT(told.out, HasSubstr("已入账"));
  EXPECT_THAT(told.err, HasSubstr("internal.jdb"));
  EXPECT_EQ(machine.json({"import", "incoming", path}).exit_code, 3);
  EXPECT_EQ(machine.rows(), 3000U);
  machine.expect_whole();
}

// "| head -1": whoever read the answer has what they wanted.
TEST_F(BadMachine, AReaderThatLeavesIsNoFailureOfTheDisk) {
  const FieldMachine machine(folder_.path(), "R");
  machine.found_alone();
  for (const Words& words : {Words{"incoming", "list"}, Words{"--json", "incoming", "list"}}) {
    Start start = machine.start(words);
    start.is_unread = true;
    const Ran ran = run(start);
    EXPECT_EQ(ran.exit_code, 0) << ran.said();
    EXPECT_THAT(ran.err, Not(HasSubstr("失败")));
    EXPECT_THAT(ran.err, Not(HasSubstr("错")));
  }
}

TEST_F(BadMachine, AFullDiskKeepsWhatWasRecordedAndGoesOnWhenThereIsRoom) {
  SmallDisk disk(folder_ / "disk", 2 << 20);
  if (!disk.is_there()) GTEST_SKIP() << disk.why_not();
  const FieldMachine machine(folder_ / "disk", "R");
  machine.found_alone();
  machine.good({"incoming", "add", "--title", "先登记的一件", "--sender-org", "省厅"});
  const std::string path = register_of(2000);
  const Ran full = machine.run({"import", "incoming", path});
  EXPECT_EQ(full.exit_code, 12) << full.said();
  EXPECT_THAT(full.err, HasSubstr("磁盘已满"));
  EXPECT_THAT(full.err, HasSubstr("剩余空间"));
  EXPECT_THAT(full.out, HasSubstr("没有做完就停下了"));
  disk.grow_to(64 << 20);
  machine.expect_whole();
  EXPECT_EQ(machine.good({"find", "先登记"})->getArray("records")->size(), 1U);
  const std::uint64_t before = machine.rows();
  EXPECT_LT(before, 2001U);
  EXPECT_THAT(full.out, HasSubstr("已入账 " + std::to_string(before - 1) + " 行"));
  const auto completed = machine.good({"import", "incoming", path});
  EXPECT_EQ(completed->getValue<std::uint64_t>("recorded") + before, 2001U);
  EXPECT_EQ(machine.rows(), 2001U);
  machine.expect_whole();
}

TEST_F(BadMachine, AReadOnlyDiskIsSaidAndStaysAsItWas) {
  SmallDisk disk(folder_ / "disk", 16 << 20);
  if (!disk.is_there()) GTEST_SKIP() << disk.why_not();
  const FieldMachine machine(folder_ / "disk", "R");
  machine.found_alone();
  const std::string before = machine.shown_state();
  disk.set_read_only(true);
  const Ran refused = machine.run({"incoming", "add", "--title", "甲", "--sender-org", "省厅"});
  EXPECT_EQ(refused.exit_code, 12) << refused.said();
  EXPECT_THAT(refused.err, HasSubstr("只读"));
  EXPECT_EQ(machine.json({"status"}).error_code(), "STORAGE");
  disk.set_read_only(false);
  EXPECT_EQ(machine.shown_state(), before);
}

TEST_F(BadMachine, AMediumThatIsReadOnlyOrFullGetsNoBundleAndIsNotUnplugged) {
  SmallDisk medium(folder_ / "medium", 32 << 10);
  if (!medium.is_there()) GTEST_SKIP() << medium.why_not();
  FieldRealm realm;
  realm.enrol({.name = "S", .office = "甲局", .kind = "standalone"});
  const FieldMachine& r = realm.archive;
  r.good({"import", "incoming", register_of(1500), "--owner", "档案室"});
  const std::string before = r.shown_state();
  const Words words = {"bundle", "export", "--to", "S", "--out", folder_ / "medium"};
  r.good(
      {"access", "give", "--node", "S", "--owner", "档案室", "--level", "内部", "--right", "read"});
  for (const bool is_read_only : {false, true}) {
    SCOPED_TRACE(is_read_only ? "read-only" : "full");
    if (is_read_only) medium.grow_to(64 << 20);
    medium.set_read_only(is_read_only);
    const Ran refused = r.run(words);
    EXPECT_EQ(refused.exit_code, 12) << refused.said();
    EXPECT_THAT(refused.err, HasSubstr(folder_ / "medium"));
    EXPECT_THAT(refused.err, HasSubstr(is_read_only ? "只读" : "已满"));
    EXPECT_THAT(refused.out, testing::Not(HasSubstr("可以拔出")));
    EXPECT_TRUE(fs::is_empty(folder_ / "medium")) << "something half was left";
  }
  EXPECT_NE(before, "");
  medium.set_read_only(false);
  medium.grow_to(64 << 20);
  EXPECT_THAT(r.run(words).out, HasSubstr("可以拔出"));
}

// Its disk put back under a machine that cannot notice, anchor and all.
TEST_F(BadMachine, WhoSignedTwoHistoriesIsNamed) {
  FieldRealm realm;
  const FieldMachine a = realm.enrol({.name = "A", .office = "甲局"});
  const FieldMachine& r = realm.archive;
  r.good({"sync"});
  a.good({"sync"});
  const FolderImage before({a.data(), a.state()});
  for (const char* title : {"一种历史", "另一种历史"}) {
    before.put_back();
    a.good({"incoming", "add", "--title", title, "--sender-org", "省厅"});
    a.json({"sync"});
    r.good({"sync"});
  }
  const Ran status = r.run({"status"});
  EXPECT_EQ(status.exit_code, 0) << status.said();
  EXPECT_THAT(status.out, HasSubstr("两份互相矛盾的历史，请查明该机并报保密员（A）"));
}

// The library that writes workbooks sees only some of its failed writes; a sheet that lacks its
// last rows is worse than none.
TEST_F(BadMachine, ADiskThatIsFullGetsAWholeWorkbookOrNone) {
  SmallDisk medium(folder_ / "medium", 64 << 10);
  if (!medium.is_there()) GTEST_SKIP() << medium.why_not();
  const FieldMachine machine(folder_.path(), "R");
  machine.found_alone();
  machine.good({"import", "incoming", register_of(400)});
  const std::string whole = folder_ / "whole.xlsx";
  machine.good({"export", "incoming", "--out", whole});
  const std::string place = folder_ / "medium/made.xlsx";
  int refusals = 0;
  for (std::uint64_t size = 64 << 10; !fs::exists(place); size += 16 << 10) {
    medium.grow_to(size);
    const Ran ran = machine.run({"export", "incoming", "--out", place});
    if (ran.exit_code == 0) continue;
    ++refusals;
    SCOPED_TRACE(size);
    EXPECT_EQ(ran.exit_code, 12) << ran.said();
    EXPECT_THAT(ran.err, HasSubstr("磁盘已满：" + place));
    EXPECT_THAT(ran.err, testing::Not(HasSubstr("ERROR")));
    EXPECT_TRUE(fs::is_empty(folder_ / "medium")) << "something half was left";
  }
  EXPECT_GT(refusals, 2);
  const auto bytes = static_cast<double>(fs::file_size(whole));
  EXPECT_NEAR(static_cast<double>(fs::file_size(place)), bytes, 64) << "rows are missing";
}

}  // namespace
}  // namespace jiyao
