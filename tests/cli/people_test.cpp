// tests/cli/people_test.cpp - who may sit at a machine, with the real programs: another person,
// a new passphrase, the recovery sheet; and what each must not do.
#include <Poco/JSON/Array.h>

#include <filesystem>

#include "cli/refusal.h"

namespace jiyao {
namespace {

using testing::HasSubstr;

class People : public testing::Test {
 protected:
  People() : r(folder.path(), "R") { r.found_alone(); }

  /// As this passphrase's owner, who gives `more` lines when asked.
  Ran as(const std::string& passphrase, const Words& words, const std::string& more = {}) const {
    Start start = r.start(words);
    start.passphrases = passphrase + "\n" + more;
    return run(start);
  }
  std::string path(const std::string& name) const { return folder / name; }
  std::string ring() const { return read_text(r.data() / "keyring.jyk"); }
  void expect_opens(const std::string& passphrase, bool opens) const {
    EXPECT_EQ(as(passphrase, {"status"}).exit_code, opens ? 0 : 11) << passphrase;
  }

  TestFolder folder;
  FieldMachine r;
  const std::string old_one = r.passphrase();
  const std::string root = "the realm's root for tests";
  const std::string fresh = "five new words for me";
};

TEST_F(People, APassphraseIsChangedAndTheOldOneOpensNothingMore) {
  const Ran changed = as(old_one, {"passphrase", "change"}, fresh + "\n");
  EXPECT_EQ(changed.exit_code, 0) << changed.said();
  EXPECT_THAT(changed.out, HasSubstr("口令已更换"));
  expect_opens(fresh, true);
  expect_opens(old_one, false);
  EXPECT_EQ(as(fresh, {"office", "add", "甲局"}, root + "\n").exit_code, 0) << "the root's stays";
}

TEST_F(People, AWrongChangeOfThePassphraseChangesNothing) {
  const std::string before = ring();
  EXPECT_EQ(as("not the passphrase", {"passphrase", "change"}, fresh + "\n").exit_code, 11);
  const Ran weak = as(old_one, {"passphrase", "change"}, "short\n");
  EXPECT_EQ(weak.exit_code, 1) << weak.said();
  EXPECT_THAT(weak.err, HasSubstr("至少 12 个字符"));
  const Ran none = as(old_one, {"--json", "passphrase", "change"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_EQ(none.error_code(), "USAGE");
  EXPECT_TRUE(ring() == before) << "a refused change wrote the keyring";
  expect_opens(old_one, true);
}

TEST_F(People, TheRecoverySheetOpensForWhoeverForgot) {
  const std::string sheet = r.data().string() + ".sheet";
  Start start = r.start({"unlock", "--code-file", sheet});
  start.passphrases = fresh + "\n";
  const Ran unlocked = run(start);
  EXPECT_EQ(unlocked.exit_code, 0) << unlocked.said();
  expect_opens(fresh, true);
  expect_opens(old_one, false);
  std::string code;  // typed by hand: the line of the sheet that is the code
  const std::string text = read_text(sheet);
  for (std::size_t at = 0; at < text.size() && code.empty(); at = text.find('\n', at) + 1) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    if (line.find("用户") == std::string::npos && line.find('=') == std::string::npos) code = line;
  }
  EXPECT_EQ(as(code, {"unlock"}, old_one + "\n").exit_code, 0) << "the sheet is good twice";
  expect_opens(old_one, true);
}

TEST_F(People, ASheetNamesItsOwnerInWordsAndLeavesRoomForWhatIsNotKnown) {
  EXPECT_THAT(read_text(r.data().string() + ".sheet"), HasSubstr("用户：周敏　　机器：R\n"));
  const Ran added = as(old_one, {"user", "add", "李四", "--recovery-sheet", path("li.sheet")},
                       fresh + "\n" + root + "\n");
  EXPECT_EQ(added.exit_code, 0) << added.said();
  EXPECT_THAT(read_text(path("li.sheet")), HasSubstr("用户：李四　　机器：____"));
}

TEST_F(People, AWrongSheetOpensNothing) {
  const std::string before = ring();
  const FieldMachine other(folder.path(), "other");
  other.found_alone();
  write_text(path("shopping.list"), "milk\nbread\n");
  const auto unlock = [&](const std::string& file) {
    Start start = r.start({"--json", "unlock", "--code-file", file});
    start.passphrases = fresh + "\n";
    return run(start);
  };
  const Ran strange = unlock(other.data().string() + ".sheet");
  EXPECT_EQ(strange.exit_code, 11) << strange.said();
  EXPECT_EQ(strange.error_code(), "WRONG_KEY");
  const Ran no_code = unlock(path("shopping.list"));
  EXPECT_EQ(no_code.exit_code, 8) << no_code.said();
  EXPECT_THAT(no_code.out, HasSubstr("没有恢复码"));
  EXPECT_EQ(unlock(path("no.sheet")).error_code(), "NOT_FOUND");
  const Ran mistyped = as("ABCDE-FGHJK", {"unlock"}, fresh + "\n");
  EXPECT_EQ(mistyped.exit_code, 11) << mistyped.said();
  EXPECT_THAT(mistyped.err, HasSubstr("抄错"));
  EXPECT_TRUE(ring() == before);
  expect_opens(old_one, true);
}

TEST_F(People, AnotherPersonComesInWorksAndIsKeptToTheirClearance) {
  const std::string li = "passphrase of Li Si";
  const Ran added = as(old_one,
                       {"user", "add", "李四", "--clearance", "内部", "--roles", "intake_clerk",
                        "--recovery-sheet", path("li.sheet")},
                       li + "\n" + root + "\n");
  EXPECT_EQ(added.exit_code, 0) << added.said();
  EXPECT_THAT(added.out, HasSubstr("已增加 李四"));
  const Ran users = as(li, {"user", "list"});
  EXPECT_THAT(users.out, HasSubstr("李四"));
  EXPECT_THAT(users.out, HasSubstr("周敏"));
  EXPECT_EQ(as(li, {"incoming", "add", "--title", "李四登记的", "--sender-org", "省厅"}).exit_code,
            0);
  EXPECT_THAT(as(old_one, {"history", "2026-1"}).out, HasSubstr("李四"));
  EXPECT_EQ(as(li, {"--json", "office", "add", "甲局"}, li + "\n").error_code(), "WRONG_KEY")
      << "a clerk's passphrase is not the root's";
}

TEST_F(People, AWrongAdditionAddsNobody) {
  const std::string before = ring();
  const std::string li = "passphrase of Li Si\n";
  const auto add = [&](const Words& more, const std::string& lines) {
    Words words = {"--json", "user", "add", "李四"};
    words.insert(words.end(), more.begin(), more.end());
    return as(old_one, words, lines);
  };
  const Words sheet = {"--recovery-sheet", path("li.sheet")};
  EXPECT_EQ(add({"--clearance", "绝对"}, li + root + "\n").error_code(), "INVALID");
  EXPECT_EQ(add({"--roles", "emperor"}, li + root + "\n").error_code(), "INVALID");
  EXPECT_EQ(add({}, li + root + "\n").error_code(), "USAGE") << "no sheet, nobody to show it to";
  EXPECT_EQ(add(sheet, "short\n" + root + "\n").error_code(), "INVALID");
  EXPECT_FALSE(std::filesystem::exists(path("li.sheet")));
  write_text(path("taken.sheet"), "somebody else's");
  EXPECT_EQ(add({"--recovery-sheet", path("taken.sheet")}, li + root + "\n").error_code(),
            "EXISTS");
  EXPECT_EQ(read_text(path("taken.sheet")), "somebody else's");
  EXPECT_TRUE(ring() == before) << "a refused addition wrote the keyring";
  EXPECT_EQ(
      as(old_one, {"--json", "user", "approve", path("no.req"), "--person", "李四"}).error_code(),
      "NOT_FOUND");
  write_text(path("junk.req"), "not a request");
  const Ran junk = as(old_one, {"--json", "user", "approve", path("junk.req"), "--person", "李四"});
  EXPECT_EQ(junk.exit_code, 8) << junk.said();
  EXPECT_EQ(r.good({"user", "list"})->getArray("users")->size(), 1U);
}

// The root's passphrase is asked for last: when it is wrong, the person must not be left half in.
TEST_F(People, AWrongRootPassphraseLeavesNobodyHalfIn) {
  const std::string before = ring();
  const Ran ran =
      as(old_one, {"--json", "user", "add", "李四", "--recovery-sheet", path("li.sheet")},
         "passphrase of Li Si\nnot the root's\n");
  EXPECT_EQ(ran.exit_code, 11) << ran.said();
  EXPECT_EQ(r.good({"user", "list"})->getArray("users")->size(), 1U);
  EXPECT_TRUE(ring() == before) << "keys of somebody nobody approved";
}

void write_secret(const FieldMachine& at, const std::string& title) {
  at.good({"incoming", "add", "--title", title, "--sender-org", "省厅", "--level", "秘密",
           "--copies", "1", "--pages", "1"});
}

TEST(PeopleOfOneMachine, WhoIsClearedSeesWhatCameWhileAnotherWasThere) {
  FieldRealm realm;
  const FieldMachine& r = realm.archive;
  const FieldMachine a = realm.enrol({.name = "A", .office = "甲局"});
  const FieldMachine b = realm.enrol({.name = "B", .office = "甲局", .person = "王五"});
  const std::string li = "passphrase of Li Si";
  Start ask = a.start({"--json", "user", "add", "李四", "--clearance", "内部", "--recovery-sheet",
                       realm.folder / "li.sheet", "--out", realm.folder / "li.req"});
  ask.passphrases = a.passphrase() + "\n" + li + "\n";
  const Ran asked = run(ask);
  ASSERT_EQ(asked.exit_code, 0) << asked.said();
  r.good({"user", "approve", realm.folder / "li.req", "--person", "李四", "--clearance", "内部",
          "--digits", asked.json()->getValue<std::string>("digits")});
  for (const FieldMachine* one : {&r, &a, &b}) one->good({"sync"});
  write_secret(b, "李四看不到的秘密件");
  b.good({"sync"});
  Start sync = a.start({"sync"});
  sync.passphrases = li + "\n";
  const Ran synced = run(sync);
  ASSERT_EQ(synced.exit_code, 0) << synced.said();
  EXPECT_EQ(a.good({"find", "李四看不到"})->getArray("records")->size(), 1U)
      << "without another sync";

  const std::string stick = realm.folder / "stick";
  std::filesystem::create_directory(stick);
  write_secret(b, "盘上的秘密件");
  const auto out = b.good({"bundle", "export", "--to", "A", "--label", "秘密", "--out", stick});
  const auto volume = out->getArray("volumes")->getObject(0)->getValue<std::string>("file");
  Start import = a.start({"bundle", "import", volume});
  import.passphrases = li + "\n";
  EXPECT_THAT(run(import).out, HasSubstr("密级您不能打开"));
  EXPECT_EQ(a.good({"find", "盘上的秘密件"})->getArray("records")->size(), 1U);
}

}  // namespace
}  // namespace jiyao
