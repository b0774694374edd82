// tests/unit/client/day_verbs_test.cpp - a clerk's day on one machine: every verb that needs no
// other.
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "unit/client/verbs_fixture.h"

namespace jiyao {
namespace {

using testing::HasSubstr;
using testing::Not;

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::trunc) << text;
}

class DayVerbs : public InOffices {
 protected:
  DayVerbs() : archive_(new_archive()) {}
  Said add(const std::string& title, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"收文", "登记", "--标题", title, "--来文单位", "省政府办公厅"};
    if (std::find(more.begin(), more.end(), "--doc-no") == more.end())
      words.insert(words.end(), {"--文号", title + "1号"});
    words.insert(words.end(), more.begin(), more.end());
    return must(archive_.run(words));
  }
  /// Another person at the same machine: neither director nor archivist.
  OfficeMachine new_clerk() const {
    const std::string phrase = "passphrase of Li Si";
    must(archive_.run({"user", "add", "李四", "--roles", "intake_clerk,confidential_clerk",
                       "--recovery-sheet", path("li.sheet")},
                      {phrase, archive_.passphrase_of_root}));
    return {folder_ / "R", phrase};
  }
  OfficeMachine archive_;
};

TEST_F(DayVerbs, WhatWasRegisteredIsFoundShownEditedAndListed) {
  const std::string number = number_of(add("防汛通知", {"--收文日期", "2026年11月2日"}));
  EXPECT_EQ(number, "2026-0001");
  EXPECT_THAT(archive_.run({"收文", "查看", "收〔2026〕1"}).text, HasSubstr("2026-11-02"));
  EXPECT_THAT(must(archive_.run({"查找", "防汛"})).text, HasSubstr("2026-0001"));
  EXPECT_THAT(must(archive_.run({"收文", "列表"})).text, HasSubstr("共 1 条"));
  must(archive_.run({"收文", "修改", number, "--标题", "防汛紧急通知"}));
  EXPECT_THAT(must(archive_.run({"history", number})).text, HasSubstr("修改"));
  EXPECT_THAT(must(archive_.run({"where", number})).text, HasSubstr("登记处"));
  EXPECT_EQ(archive_.run({"收文", "查看", "收〔2026〕0999"}).exit_code, 4);
  EXPECT_EQ(archive_.run({"收文", "修改", number, "--收文日期", "去年"}).exit_code, 1);
}

TEST_F(DayVerbs, AVoidedRowKeepsItsReasonAndItsNumber) {
  const std::string number = number_of(add("重复的通知"));
  EXPECT_EQ(archive_.run({"收文", "作废", number}).exit_code, 2);
  must(archive_.run({"收文", "作废", number, "--原因", "重复登记"}));
  const Said shown = must(archive_.run({"收文", "查看", number}));
  EXPECT_THAT(shown.text, HasSubstr("作废"));
  EXPECT_THAT(shown.text, HasSubstr("重复登记"));
  const Said refused = archive_.run({"收文", "修改", number, "--标题", "另一标题"});
  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.text, HasSubstr("已作废，不能再改"));
  EXPECT_EQ(number_of(add("下一件")), "2026-0002");
}

TEST_F(DayVerbs, WhatIsToBeCheckedIsNamedWithThePapersAndWhoIsAsked) {
  must(add("防汛通知", {"--doc-no", "省发〔2026〕7号"}));
  const std::string second = number_of(add("防汛的通知", {"--doc-no", "省发〔2026〕7号"}));
  const Said listed = must(archive_.run({"conflict", "list"}));
  EXPECT_THAT(listed.text, HasSubstr("N2  同一文件可能登记了两次（请文管人员处理）"));
  EXPECT_THAT(listed.text, HasSubstr("收文登记簿  2026-0001  省发〔2026〕7号  防汛通知"));
  EXPECT_THAT(listed.text, HasSubstr("防汛的通知"));
  const Said shown = must(archive_.run({"incoming", "show", second}));
  EXPECT_THAT(shown.text, HasSubstr("同一文件可能登记了两次"));
  EXPECT_THAT(must(archive_.run({"status"})).text, HasSubstr("待查 1 项"));
  must(archive_.run({"incoming", "void", second, "--reason", "重复登记"}));
  EXPECT_THAT(must(archive_.run({"conflict", "list"})).text, HasSubstr("待查 0 项"));
  EXPECT_THAT(must(archive_.run({"status"})).text, Not(HasSubstr("待查")));
}

TEST_F(DayVerbs, AClassifiedPaperIsLentOnlyAfterItsApproval) {
  const std::string number = number_of(
      add("机密件", {"--密级", "机密", "--份数", "1", "--页数", "3", "--份号", "000123"}));
  const std::string name = "机密 " + number;
  EXPECT_THAT(must(archive_.run({"借阅", "借出", name, "--借阅人", "张三"})).text,
              HasSubstr("待批准"));
  EXPECT_EQ(archive_.run({"借阅", "借出", name, "--借阅人", "张三"}).exit_code, 5);
  EXPECT_THAT(must(archive_.run({"借阅", "批准", name})).text, HasSubstr("已批准"));
  EXPECT_THAT(must(archive_.run({"借阅", "借出", name, "--借阅人", "张三"})).text,
              HasSubstr("已借出"));
  EXPECT_THAT(must(archive_.run({"where", name})).text, HasSubstr("张三"));
  EXPECT_EQ(archive_.run({"借阅", "借出", name, "--借阅人", "李四"}).error, "EXISTS");
  EXPECT_THAT(must(archive_.run({"借阅", "归还", name})).text, HasSubstr("已归还"));
  must(archive_.run({"传阅", "送出", name, "--阅读人", "李四"}));
  EXPECT_EQ(archive_.run({"传阅", "送出", name, "--阅读人", "王五"}).exit_code, 1);
  must(archive_.run({"传阅", "收回", name, "--意见", "已阅"}));
  must(archive_.run({"传阅", "送出", name, "--阅读人", "王五"}));
  must(archive_.run({"传阅", "收回", name, "--收回"}));
}

TEST_F(DayVerbs, AClerkPassesAPaperToTheReadersADirectorApproved) {
  const std::string number = number_of(add("防汛通知"));
  const OfficeMachine clerk = new_clerk();
  const Said refused = clerk.run({"传阅", "送出", number, "--阅读人", "王五"});
  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.text, HasSubstr("王五 不在批准的传阅范围内"));
  EXPECT_EQ(clerk.run({"传阅", "批准", number, "--阅读人", "王五"}).exit_code, 7);
  must(archive_.run({"传阅", "批准", number, "--阅读人", "王五", "--阅读人", "赵六"}));
  EXPECT_EQ(archive_.run({"传阅", "批准", number, "--阅读人", "赵六"}).error, "EXISTS");
  must(clerk.run({"传阅", "送出", number, "--阅读人", "赵六"}));
  must(clerk.run({"传阅", "收回", number, "--意见", "已阅"}));
  must(clerk.run({"传阅", "送出", number, "--阅读人", "王五"}));
  EXPECT_THAT(must(clerk.run({"where", number})).text, HasSubstr("王五"));
  must(clerk.run({"传阅", "收回", number, "--收回"}));
}

TEST_F(DayVerbs, AClerkIsToldThatALockedFieldKeepsItsValue) {
  const std::string number = number_of(add("防汛通知"));
  const OfficeMachine clerk = new_clerk();
  must(clerk.run({"收文", "修改", number, "--办理", "初审"}));
  const Said edited = must(clerk.run({"收文", "修改", number, "--标题", "另一标题"}));
  EXPECT_THAT(edited.text, HasSubstr("标题 不归您改：已记为建议"));
  EXPECT_THAT(must(clerk.run({"收文", "查看", number})).text, HasSubstr("防汛通知"));
  EXPECT_THAT(must(archive_.run({"收文", "修改", number, "--标题", "防汛的通知"})).text,
              Not(HasSubstr("建议")));
}

TEST_F(DayVerbs, TheRegisterGoesOutAsCsvAndComesInAgainWithoutDoubles) {
  add("甲");
  add("乙");
  must(archive_.run({"导出", "收文", "--output", path("out.csv")}));
  const Said again = must(archive_.run(
      {"import", "incoming", path("out.csv"), "--dry-run", "--rejects", path("rejects.csv")}));
  EXPECT_THAT(again.text, HasSubstr("已有 2 行"));
  EXPECT_THAT(must(archive_.run({"收文", "列表"})).text, HasSubstr("共 2 条"));
}

TEST_F(DayVerbs, AnotherProgramAtTheLedgerIsNamedAndNothingIsTouched) {
  RealFiles files;
  add("甲");
  const auto holder = files.lock(archive_.data() + "/" + kLockName);
  ASSERT_TRUE(holder);
  const std::string pid = std::to_string(::getpid());
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"收文", "列表"},
        {"备份", "制作", path("backup")},
        {"口令", "更换"},
        {"解锁"},
        {"用户", "新增", "李四", "--recovery-sheet", path("x")}}) {
    const Said said = archive_.run(words, {"another passphrase", "another passphrase"});
    EXPECT_EQ(said.exit_code, 9) << words.front();
    EXPECT_THAT(said.text, HasSubstr(pid)) << words.front();
  }
  EXPECT_FALSE(fs::exists(path("backup")));
}

TEST_F(DayVerbs, ABackupComesBackAsANewLifeWithEverythingInIt) {
  add("甲");
  const std::string before =
      must(archive_.run({"status"})).json->getValue<std::string>("incarnation");
  const auto today = [&] { return must(archive_.run({"today", "--all"})).text; };
  EXPECT_THAT(today(), HasSubstr("每月备份"));
  must(archive_.run({"备份", "制作", path("backup")}));
  EXPECT_FALSE(fs::exists(path("backup/lock")));
  EXPECT_THAT(must(archive_.run({"备份记录", "列表"})).text, HasSubstr(path("backup")));
  EXPECT_THAT(today(), Not(HasSubstr("每月备份")));
  fs::remove_all(archive_.data());
  must(archive_.run({"备份", "恢复", path("backup")}));
  EXPECT_THAT(must(archive_.run({"收文", "列表"})).text, HasSubstr("共 1 条"));
  const Said status = must(archive_.run({"status"}));
  EXPECT_NE(status.json->getValue<std::string>("incarnation"), before);
  EXPECT_THAT(status.text, HasSubstr("已自动另起一世")) << "what it was alarmed by stays listed";
  EXPECT_TRUE(must(archive_.run({"verify", "--full"})).json->getValue<bool>("clean"));
  // The number block of the former life is not drawn from again.
  EXPECT_EQ(number_of(add("乙")), "2026-0101");
  EXPECT_THAT(must(archive_.run({"gaps"})).text, HasSubstr("2026-0002 … 2026-0050  "))
      << "nobody will use them any more";
}

TEST_F(DayVerbs, ARestoredMachineDoesNotBeginASeriesAgainThatItsBackupDidNotKnow) {
  must(archive_.run({"backup", "create", path("backup")}));
  EXPECT_EQ(number_of(add("甲", {"--收文日期", "2020-01-02"})), "2020-0001");
  fs::remove_all(archive_.data());
  must(archive_.run({"backup", "restore", path("backup")}));
  EXPECT_EQ(number_of(add("乙", {"--收文日期", "2020-01-03"})), "2020-0051");
  EXPECT_EQ(number_of(add("丙", {"--收文日期", "2199-01-02"})), "2199-0001")
      << "a year that the former life never saw";
}

TEST_F(DayVerbs, ARestoreThatWasCutShortIsRepeatedAndOverwritesNothing) {
  add("甲");
  const Said made = must(archive_.run({"backup", "create", path("backup")}));
  EXPECT_THAT(made.text, HasSubstr("按机密载体"));
  const fs::path home = archive_.data();
  for (const auto& entry : fs::directory_iterator(path("backup")))  // a restore got this far
    if (entry.path().extension() == ".jdb")
      fs::copy_file(entry.path(), home / entry.path().filename(),
                    fs::copy_options::overwrite_existing);
  fs::remove(home / "keyring.jyk");
  fs::remove(home / "secret.jdb");
  write_file(home / "secret.jdb.restoring", "half of it");
  must(archive_.run({"backup", "restore", path("backup")}));
  EXPECT_THAT(must(archive_.run({"收文", "列表"})).text, HasSubstr("共 1 条"));
  EXPECT_FALSE(fs::exists(home / "secret.jdb.restoring"));

  fs::remove(home / "keyring.jyk");  // newer than the backup, and without its keyring
  const Said refused = archive_.run({"backup", "restore", path("backup")});
  EXPECT_EQ(refused.error, "EXISTS");
  EXPECT_TRUE(fs::exists(home / "internal.jdb"));
  EXPECT_FALSE(fs::exists(home / "keyring.jyk"));
}

TEST_F(DayVerbs, ABackupThatWasCutShortIsRepeatedAndWritesOverNothingElse) {
  fs::create_directories(path("backup"));
  for (const char* name : {"backup.unfinished", "backup.list.new", "log.jdb", "gone.jdb-wal"})
    write_file(path("backup") + "/" + name, "half of it");
  const std::string before = path("backup/log.jdb");
  write_file(path("backup/notes.txt"), "mine");
  EXPECT_EQ(archive_.run({"backup", "create", path("backup")}).error, "EXISTS");
  EXPECT_EQ(fs::file_size(before), 10U);
  fs::remove(path("backup/notes.txt"));
  must(archive_.run({"backup", "create", path("backup")}));
  for (const char* name : {"backup.unfinished", "backup.list.new", "gone.jdb-wal"})
    EXPECT_FALSE(fs::exists(path("backup") + "/" + name)) << name;
  const Said again = archive_.run({"backup", "create", path("backup")});
  EXPECT_EQ(again.error, "EXISTS");
  EXPECT_THAT(again.text, HasSubstr("另选一个空文件夹"));
  fs::remove(path("backup/backup.list"));  // like a ledger that somebody copied by hand
  EXPECT_EQ(archive_.run({"backup", "create", path("backup")}).error, "EXISTS");
  fs::remove(path("backup/keyring.jyk"));
  EXPECT_EQ(archive_.run({"backup", "create", path("backup")}).error, "EXISTS");
}

TEST_F(DayVerbs, ADamagedBackupLeavesNoLedgerBehind) {
  must(archive_.run({"backup", "create", path("backup")}));
  write_file(path("backup/log.jdb"), "not this");
  fs::remove_all(archive_.data());
  const Said refused = archive_.run({"backup", "restore", path("backup")});
  EXPECT_EQ(refused.exit_code, 8);
  EXPECT_THAT(refused.text, HasSubstr("log.jdb"));
  EXPECT_FALSE(fs::exists(fs::path(archive_.data()) / "keyring.jyk"));
}

TEST_F(DayVerbs, ALostPassphraseIsReplacedWithTheSheetAndAKnownOneByItself) {
  must(archive_.run({"口令", "更换"}, {"a second passphrase"}));
  EXPECT_EQ(archive_.run({"收文", "列表"}).exit_code, 11);
  const OfficeMachine unlocked(folder_ / "R", "a third passphrase 3");
  must(unlocked.run({"解锁", "--code-file", path("R.sheet")}));
  must(unlocked.run({"收文", "列表"}));
  EXPECT_EQ(unlocked.run({"解锁", "--code-file", path("R.inv")}).exit_code, 4);
}

TEST_F(DayVerbs, HelpTellsTheUseAndExamplesOfEveryCommandInChinese) {
  const Catalogue catalogue(Language::zh, kClientMessages);
  Menu menu(catalogue);
  add_commands(menu);
  EXPECT_GT(menu.paths().size(), 45U);
  for (const std::string& command : menu.paths()) {
    std::vector<std::string> words{"help"};
    const std::size_t space = command.find(' ');
    words.push_back(command.substr(0, space));
    if (space != std::string::npos) words.push_back(command.substr(space + 1));
    const Said said = must(archive_.run(words));
    EXPECT_THAT(said.text, HasSubstr("举例：\n  jiyao ")) << command;
    EXPECT_THAT(said.text, HasSubstr("用法")) << command;
    EXPECT_THAT(said.text, Not(HasSubstr("Usage"))) << command;
  }
  EXPECT_THAT(archive_.run({"help", "借阅", "归还"}).text, HasSubstr("--清点"));
  EXPECT_THAT(archive_.run({"help", "lona"}).text, HasSubstr("loan"));
}

TEST_F(DayVerbs, ARefusedRowUsesUpNoNumber) {
  EXPECT_EQ(archive_.run({"收文", "登记", "--来文单位", "省厅"}).exit_code, 1);
  EXPECT_EQ(archive_.run({"收文", "登记", "--标题", "无单位"}).exit_code, 1);
  EXPECT_EQ(number_of(add("防汛通知")), "2026-0001");
}

TEST_F(DayVerbs, NothingIsWrittenOverTheLedgerOrAPipe) {
  add("防汛通知");
  fs::create_symlink(archive_.data() + "/log.jdb", path("link.csv"));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  for (const std::string& target :
       {archive_.data() + "/keyring.jyk", archive_.data() + "/new.csv", path("link.csv"),
        path("R/state/jiyao/new.csv"), path("pipe"), path("")}) {
    const Said refused = archive_.run({"导出", "收文", "--output", target});
    EXPECT_EQ(refused.error, "USAGE") << target << refused.text;
  }
  EXPECT_TRUE(fs::is_fifo(path("pipe")));
  must(archive_.run({"verify"}));
}

TEST_F(DayVerbs, TheRejectsNeverTakeTheRegistersPlace) {
  const std::string file = path("登记.csv");
  write(file, "收文日期,来文单位,标题\n2026-11-01,省厅,好\n没有,省厅,坏\n");
  const Said refused = archive_.run({"import", "incoming", file, "--rejects", file});
  EXPECT_EQ(refused.error, "USAGE");
  EXPECT_EQ(
      archive_.run({"import", "incoming", file, "--rejects", path("no/rejects.csv")}).exit_code, 4);
  EXPECT_THAT(must(archive_.run({"收文", "列表"})).text, HasSubstr("共 0 条"))
      << "nothing is in yet";
  EXPECT_EQ(archive_.run({"import", "incoming", path("")}).error, "USAGE") << "a folder";
}

TEST_F(DayVerbs, AnExportHoldsWhatWasRecordedAndComesInAgain) {
  add("=1+1");
  add("两\n行");
  must(archive_.run({"导出", "收文", "--output", path("out.csv")}));
  const std::string text = read(path("out.csv"));
  EXPECT_THAT(text, HasSubstr(",'=1+1,"));
  EXPECT_THAT(text, HasSubstr("\"两\n行\""));
  EXPECT_THAT(must(archive_.run({"import", "incoming", path("out.csv")})).text,
              HasSubstr("已有 2 行跳过"));
}

TEST_F(DayVerbs, AColumnThatIsThereTwiceIsAskedAboutNotGuessed) {
  write(path("twice.csv"), "收文日期,来文单位,标题,题名\n2026-11-01,省厅,甲,乙\n");
  const Said refused = archive_.run({"import", "incoming", path("twice.csv")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.text, HasSubstr("“标题”和“题名”"));
}

TEST_F(DayVerbs, ARejectedRowKeepsItsExtraCellsAndIsRefusedAgain) {
  write(path("wide.csv"), "收文日期,来文单位,标题\n2026-11-01,省厅,题,多,余\n");
  const std::string rejects = path("rejects.csv");
  EXPECT_EQ(archive_.run({"import", "incoming", path("wide.csv"), "--rejects", rejects}).exit_code,
            1);
  EXPECT_THAT(read(rejects), HasSubstr("2026-11-01,省厅,题,"));
  EXPECT_THAT(read(rejects), HasSubstr(",多,余"));
  EXPECT_EQ(archive_.run({"import", "incoming", rejects}).exit_code, 1);
}

TEST_F(DayVerbs, WhatABorrowerIsCalledMovesNoCursor) {
  const std::string number = number_of(add("防汛通知"));
  must(archive_.run({"借阅", "借出", number, "--借阅人", "张\x1b[2J三"}));
  EXPECT_EQ(must(archive_.run({"where", number})).text.find('\x1b'), std::string::npos);
}

TEST_F(DayVerbs, AFileOfTheLedgerThatIsGoneIsSaidAndNotBegunAnew) {
  add("机密件", {"--密级", "机密", "--份数", "1", "--页数", "3"});
  must(archive_.run({"backup", "create", path("copy")}));
  const std::string file = archive_.data() + "/highly_secret.jdb";
  ASSERT_TRUE(fs::remove(file));
  EXPECT_EQ(archive_.run({"verify"}).exit_code, 12);
  write(file, "");
  EXPECT_EQ(archive_.run({"status"}).exit_code, 12);
  ASSERT_TRUE(fs::remove(archive_.data() + "/log.jdb"));
  EXPECT_EQ(archive_.run({"find", "机密件"}).exit_code, 12);
  fs::copy_file(path("copy/log.jdb"), archive_.data() + "/log.jdb");
  fs::copy_file(path("copy/highly_secret.jdb"), file, fs::copy_options::overwrite_existing);
  EXPECT_THAT(must(archive_.run({"find", "机密件"})).text, HasSubstr("机密件"));
}

TEST_F(DayVerbs, ALedgerThatLostItsKeyringIsNotFoundedOver) {
  add("防汛通知");
  const std::string ring = archive_.data() + "/keyring.jyk";
  fs::rename(ring, path("ring"));
  EXPECT_EQ(root(archive_, {"init", "--office", "x", "--person", "y", "--network", "office",
                            "--recovery-sheet", path("x.sheet")})
                .error,
            "EXISTS");
  fs::rename(path("ring"), ring);
  EXPECT_THAT(must(archive_.run({"find", "防汛"})).text, HasSubstr("防汛通知"));
}

}  // namespace
}  // namespace jiyao
