// tests/cli/lock_test.cpp - two jiyao at one folder: the second waits its turn, or ends with 9 and
// says who has it; nothing is changed by a command that did not get in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "support/field_realm.h"

namespace jiyao {
namespace {

using testing::HasSubstr;

class TwoAtOneFolder : public testing::Test {
 protected:
  TwoAtOneFolder() : machine(folder.path(), "R") { machine.found_alone(); }

  /// Has the folder, and waits for a passphrase that nobody has given yet.
  std::unique_ptr<Child> holder() {
    Start start = machine.start({"passphrase", "change"});
    start.passphrases.clear();
    start.keeps_asking = true;
    auto child = std::make_unique<Child>(start);
    const std::string pid = std::to_string(child->pid());
    while (read_text(machine.data() / "lock") != pid)  // written once it is held
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return child;
  }
  static Words with(Words words, const Words& more) {
    words.insert(words.begin(), more.begin(), more.end());
    return words;
  }

  TestFolder folder;
  FieldMachine machine;
  const Words add = {"incoming", "add", "--title", "第二个人的一件", "--sender-org", "省厅"};
};

TEST_F(TwoAtOneFolder, TheSecondEndsWithNineSaysWhoHasItAndChangesNothing) {
  const auto first = holder();
  const std::string pid = std::to_string(first->pid());
  const auto before = FolderImage({machine.data(), machine.state()}).files();
  Child chinese(machine.start(add));  // all four wait the same 10 s
  Child english(machine.start(with(add, {"--lang", "en"})));
  Child coded(machine.start(with(add, {"--json"})));
  std::filesystem::create_directory_symlink(machine.data(), folder / "another name");
  Start by_link = machine.start(add);
  for (std::string& word : by_link.words)
    if (word == machine.data().string()) word = folder / "another name";
  Child linked(by_link);
  const Ran zh = chinese.wait();
  const Ran en = english.wait();
  const Ran json = coded.wait();
  const Ran other = linked.wait();
  for (const Ran* ran : {&zh, &en, &json, &other}) EXPECT_EQ(ran->exit_code, 9) << ran->said();
  EXPECT_EQ(zh.out + en.out, "");
  EXPECT_THAT(zh.err, HasSubstr("另一个 jiyao 正在使用本机台账：进程 " + pid));
  EXPECT_THAT(zh.err, HasSubstr("等它结束"));
  EXPECT_THAT(en.err, HasSubstr("another jiyao is using this replica: process " + pid));
  EXPECT_THAT(en.err, HasSubstr("Wait for it to end"));
  EXPECT_EQ(json.error_code(), "BUSY");
  EXPECT_EQ(json.json()->getObject("error")->getValue<int>("exit"), 9);
  EXPECT_TRUE(FolderImage({machine.data(), machine.state()}).files() == before)
      << "a command that did not get in changed a file";
  first->give("not the passphrase\n");
  EXPECT_EQ(first->wait().exit_code, 11);
  machine.expect_whole();
  EXPECT_EQ(machine.rows(), 0U);
}

TEST_F(TwoAtOneFolder, TheSecondWaitsForOneThatEndsInTime) {
  const auto first = holder();
  Child second(machine.start(with(add, {"--json"})));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(second.out_so_far(), "");
  first->give(machine.passphrase() + "\n" + machine.passphrase() + "\n");
  EXPECT_EQ(first->wait().exit_code, 0);
  const Ran ran = second.wait();
  EXPECT_EQ(ran.exit_code, 0) << ran.said();
  EXPECT_EQ(machine.rows(), 1U);
}

// What the first one wrote while the second waited is not the second's to replace.
TEST_F(TwoAtOneFolder, AnExportThatWaitedDoesNotReplaceWhatIsThereByThen) {
  const auto first = holder();
  Child second(machine.start({"export", "incoming", "--out", folder / "out.csv", "--json"}));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  write_text(folder / "out.csv", "of the first");
  first->give(machine.passphrase() + "\n" + machine.passphrase() + "\n");
  EXPECT_EQ(first->wait().exit_code, 0);
  const Ran ran = second.wait();
  EXPECT_EQ(ran.error_code(), "EXISTS") << ran.said();
  EXPECT_EQ(read_text(folder / "out.csv"), "of the first");
}

TEST_F(TwoAtOneFolder, AKilledOneLeavesNoLockBehind) {
  const auto first = holder();
  first->signal(SIGKILL);
  EXPECT_EQ(first->wait().signal, SIGKILL);
  EXPECT_TRUE(std::filesystem::exists(machine.data() / "lock"));
  machine.good(add);
  EXPECT_EQ(machine.rows(), 1U);
}

}  // namespace
}  // namespace jiyao
