// tests/cli/leaving_test.cpp - what the archive takes back, with the real programs: clearance and
// roles of a person, the keys on the machines they used; and who hands over first.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "cli/refusal.h"
#include "crypto/keyring.h"
#include "sync/replica.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Words incoming(const std::string& title, const Words& more = {}) {
  Words words = {"incoming", "add", "--title", title, "--sender-org", "省厅"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}
const Words kAtSecret = {"--level", "秘密", "--copies", "1", "--pages", "1"};

class Leaving : public testing::Test {
 protected:
  Leaving() : r(folder.path(), "R") {
    r.found_alone({"--ceiling", "机密"});
    enter("李四", li, "秘密", "confidential_clerk,handler");
  }
  void enter(const std::string& name, const std::string& passphrase, const std::string& clearance,
             const std::string& roles) const {
    const Ran added = as(r.passphrase(),
                         {"user", "add", name, "--clearance", clearance, "--roles", roles,
                          "--recovery-sheet", folder / (passphrase + ".sheet")},
                         passphrase + "\n" + root + "\n");
    ASSERT_EQ(added.exit_code, 0) << added.said();
  }
  Ran as(const std::string& passphrase, const Words& words, const std::string& more = {}) const {
    Start start = r.start(words);
    start.passphrases = passphrase + "\n" + more;
    return run(start);
  }
  std::string ring() const { return read_text(r.data() / "keyring.jyk"); }
  std::uint64_t roster() const { return r.good({"status"})->getValue<std::uint64_t>("roster"); }
  /// The levels whose files this person has the key of, as the keyring shows.
  std::vector<int> levels_of(const std::string& user) const {
    const std::string file = ring();
    const auto keyring = Keyring::parse(as_bytes(file), TestSlots::accept);
    std::vector<int> levels;
    if (!keyring) return levels;
    for (const KeyringEntry& entry : keyring->contents().entries)
      if (entry.kind == EntryKind::file_key && entry.owner.hex() == user &&
          entry.level != kLogFileMark)
        levels.push_back(entry.level);
    std::sort(levels.begin(), levels.end());
    return levels;
  }
  std::string id_of(const std::string& name) const {
    const auto users = r.good({"user", "list"})->getArray("users");
    for (unsigned i = 0; i < users->size(); ++i)
      if (users->getObject(i)->getValue<std::string>("name") == name)
        return users->getObject(i)->getValue<std::string>("id");
    return {};
  }

  TestFolder folder;
  FieldMachine r;
  const std::string root = "the realm's root for tests";
  const std::string li = "passphrase of Li Si";
};

TEST_F(Leaving, ALoweredClearanceEndsTheHigherLevelsAndWhatWasDoneStays) {
  EXPECT_EQ(as(li, incoming("降前秘密件", kAtSecret)).exit_code, 0);
  const Ran lowered = r.run({"用户", "变更", "李四", "--涉密等级", "内部"});
  EXPECT_EQ(lowered.exit_code, 0) << lowered.said();
  for (const char* part : {"李四", "内部", "不再", "user keys"})
    EXPECT_THAT(lowered.out, HasSubstr(part));
  EXPECT_EQ(as(li, incoming("降后秘密件", kAtSecret)).exit_code, 7);
  EXPECT_THAT(as(li, {"find", "降前秘密件"}).out, Not(HasSubstr("降前秘密件")));
  EXPECT_EQ(as(li, incoming("降后内部件")).exit_code, 0);
  EXPECT_EQ(r.good({"find", "降前秘密件"})->getArray("records")->size(), 1U);
  EXPECT_THAT(r.run({"--lang", "en", "user", "change", "李四", "--clearance", "secret"}).out,
              HasSubstr("user keys"))
      << "raised again: the key may have to be given";
  EXPECT_EQ(as(li, incoming("升后秘密件", kAtSecret)).exit_code, 0);
  r.expect_whole();
}

TEST_F(Leaving, RolesAreReplacedAndNoRoleMeansNothingMoreIsRecorded) {
  const auto changed = r.good({"user", "change", "李四", "--roles", "收文员"});
  EXPECT_TRUE(changed->getValue<bool>("changed"));
  EXPECT_EQ(changed->getValue<unsigned>("roles"), 1U);
  EXPECT_EQ(changed->getValue<std::string>("clearance"), "secret") << "what is not named stays";
  const auto gone = r.good({"user", "change", "李四", "--roles", "无", "--clearance", "公开"});
  EXPECT_EQ(gone->getValue<unsigned>("roles"), 0U);
  EXPECT_EQ(gone->getValue<std::string>("clearance"), "public");
  EXPECT_EQ(as(li, incoming("离岗以后")).exit_code, 7);
  EXPECT_THAT(as(li, {"incoming", "list"}).err, HasSubstr("已没有涉密等级"));
  EXPECT_THAT(r.run({"incoming", "list"}).err, Not(HasSubstr("已没有涉密等级")));
}

TEST_F(Leaving, AChangeOfNothingOrAWrongOneSignsNothing) {
  const std::uint64_t before = roster();
  const Ran same = r.run({"user", "change", "李四", "--clearance", "秘密"});
  EXPECT_EQ(same.exit_code, 0);
  EXPECT_THAT(same.out, HasSubstr("没有改动"));
  for (const Refusal& refusal : std::vector<Refusal>{
           {"what", {"user", "change", "李四"}, 2, "USAGE", {"--clearance", "--roles"}},
           {"whom", {"user", "change", "王五", "--roles", "handler"}, 4, "NOT_FOUND", {"王五"}},
           {"no level", {"user", "change", "李四", "--clearance", "绝对"}, 1, "INVALID", {"绝对"}},
           {"no role",
            {"user", "change", "李四", "--roles", "承办人、emperor"},
            1,
            "INVALID",
            {"没有这个角色：emperor", "承办人 handler"}},
           {"empty role",
            {"user", "change", "李四", "--roles", ""},
            1,
            "INVALID",
            {"没有写角色", "承办人 handler"}},
           {"the last one",
            {"user", "change", "周敏", "--roles", "handler"},
            7,
            "NOT_ALLOWED",
            {"周敏", "先增加"}}}) {
    SCOPED_TRACE(refusal.name);
    expect_refused(r, refusal);
  }
  EXPECT_EQ(
      as(r.passphrase(), {"user", "change", "李四", "--roles", "none"}, "wrong root\n").exit_code,
      11);
  enter("李四", "passphrase of the other Li", "内部", "handler");
  expect_refused(r, {"which of two",
                     {"user", "change", "李四", "--roles", "none"},
                     4,
                     "NOT_FOUND",
                     {"不止一人"}});
  EXPECT_EQ(roster(), before + 1) << "the other Li, and nothing else";
  enter("吴芳", "passphrase of Wu Fang", "机密", "archivist,registrar");
  r.good({"user", "change", "周敏", "--roles", "handler"});
}

TEST_F(Leaving, KeysOnAMachineFollowTheRosterWhenAColleagueSaysSo) {
  const std::string id = id_of("李四");
  EXPECT_THAT(levels_of(id), ElementsAre(1, 2));
  r.good({"user", "change", "李四", "--clearance", "内部"});
  const auto taken = r.good({"用户", "钥匙", "李四"});
  EXPECT_THAT(strings_of(taken->getArray("taken")), ElementsAre("secret"));
  EXPECT_THAT(levels_of(id), ElementsAre(1));
  EXPECT_EQ(as(li, {"incoming", "list"}).exit_code, 0);
  r.good({"user", "change", "李四", "--clearance", "机密"});
  const auto given = r.good({"user", "keys", "李四"});
  EXPECT_THAT(strings_of(given->getArray("given")), ElementsAre("secret", "highly_secret"));
  EXPECT_EQ(as(li, incoming("升后秘密件", kAtSecret)).exit_code, 0);
  const std::string before = ring();
  EXPECT_THAT(r.run({"user", "keys", "李四"}).out, HasSubstr("一致"));
  expect_refused(r, {"oneself", {"user", "keys", "周敏"}, 7, "NOT_ALLOWED", {"同事"}});
  expect_refused(r, {"nobody", {"user", "keys", "王五"}, 4, "NOT_FOUND", {"王五"}});
  EXPECT_EQ(as("not the passphrase", {"user", "keys", "李四"}).exit_code, 11);
  EXPECT_TRUE(ring() == before);
}

TEST_F(Leaving, WhoHasLeftCannotLogInAnyMoreAndTheOnlyKeyOfALevelStays) {
  enter("吴芳", "passphrase of Wu Fang", "秘密", "archivist,registrar");
  r.good({"user", "change", "李四", "--roles", "none", "--clearance", "公开"});
  EXPECT_EQ(as(li, {"status"}).exit_code, 0) << "until a colleague has seen to the keys";
  EXPECT_TRUE(r.good({"user", "keys", "李四"})->getValue<bool>("ended"));
  EXPECT_EQ(as(li, {"status"}).exit_code, 11);
  // 周敏 alone has the key of 机密.
  r.good({"user", "change", "周敏", "--clearance", "秘密"});
  const Ran kept = as("passphrase of Wu Fang", {"user", "keys", "周敏"});
  EXPECT_EQ(kept.exit_code, 0) << kept.said();
  EXPECT_THAT(kept.out, HasSubstr("最后一把钥匙不收回"));
  EXPECT_THAT(levels_of(id_of("周敏")), ElementsAre(1, 2, 3));
  r.good({"user", "change", "周敏", "--roles", "none", "--clearance", "公开"});
  const std::string before = ring();
  const Ran only = as("passphrase of Wu Fang", {"--json", "user", "keys", "周敏"});
  EXPECT_EQ(only.error_code(), "CONFLICT") << only.said();
  EXPECT_TRUE(ring() == before);
}

TEST_F(Leaving, WhoIsNotClearedAnyMoreIsNobodyWhoKeepsTheKeyForAnother) {
  enter("吴芳", "passphrase of Wu Fang", "机密", "archivist,registrar");
  r.good({"user", "change", "吴芳", "--clearance", "内部"});  // and holds the key still
  r.good({"user", "change", "周敏", "--clearance", "秘密"});
  const auto kept = as(li, {"--json", "user", "keys", "周敏"}).json();
  EXPECT_THAT(strings_of(kept->getArray("kept")), ElementsAre("highly_secret"));
  EXPECT_THAT(strings_of(kept->getArray("taken")), IsEmpty());
  const auto hers = as(li, {"--json", "user", "keys", "吴芳"}).json();
  EXPECT_THAT(strings_of(hers->getArray("kept")), ElementsAre("highly_secret"));
  EXPECT_THAT(strings_of(hers->getArray("taken")), ElementsAre("secret"));
  r.good({"user", "change", "吴芳", "--roles", "none", "--clearance", "公开"});
  EXPECT_EQ(as(li, {"--json", "user", "keys", "吴芳"}).error_code(), "CONFLICT");
  r.good({"user", "change", "周敏", "--clearance", "机密"});
  EXPECT_EQ(as(li, {"user", "keys", "吴芳"}).exit_code, 0) << "周敏 may open it again";
}

TEST_F(Leaving, WhoComesBackToAMachineWhereTheyWereEndedIsEnteredAnew) {
  r.good({"user", "change", "李四", "--roles", "none", "--clearance", "公开"});
  r.good({"user", "keys", "李四"});
  EXPECT_THAT(r.run({"user", "change", "李四", "--roles", "handler", "--clearance", "秘密"}).out,
              HasSubstr("user add"));
  expect_refused(r, {"ended here", {"user", "keys", "李四"}, 4, "NOT_FOUND", {"user add"}});
}

TEST_F(Leaving, AListOfPeopleShowsEveryRoleAndWhoHasLeft) {
  enter("吴芳", "passphrase of Wu Fang", "公开", "handler");
  const auto row = [&](const std::string& name) {
    const auto users = r.good({"user", "list"})->getArray("users");
    for (unsigned i = 0; i < users->size(); ++i)
      if (users->getObject(i)->getValue<std::string>("name") == name) return users->getObject(i);
    throw std::runtime_error("nobody of this name: " + name);
  };
  const Ran list = r.run({"user", "list"});
  for (const char* part : {"角色", "机要员、承办人"}) EXPECT_THAT(list.out, HasSubstr(part));
  EXPECT_EQ(row("李四")->getValue<std::string>("role_names"), "confidential_clerk,handler");
  EXPECT_THAT(r.run({"user", "change", "李四", "--roles", "Handler"}).out, HasSubstr("承办人"));
  r.good({"user", "change", "李四", "--roles", "　None "});
  EXPECT_THAT(r.run({"user", "list"}).out, Not(HasSubstr("已离岗"))) << "still cleared";
  r.good({"user", "change", "李四", "--clearance", "公开"});
  EXPECT_THAT(r.run({"user", "list"}).out, HasSubstr("已离岗"));
  EXPECT_TRUE(row("李四")->getValue<bool>("left"));
  EXPECT_FALSE(row("吴芳")->getValue<bool>("left"));
}

TEST_F(Leaving, AHandOverIsFinishedOnlyWhenTheRosterGivesNothingMore) {
  const auto begun = r.good({"handover", "add", "--person", "李四", "--leaves-on", "2026-12-01"});
  const std::string id = begun->getArray("records")->getObject(0)->getValue<std::string>("id");
  r.good({"handover", "count", id, "--to-person", "周敏", "--item-note", "钥匙一把"});
  EXPECT_EQ(as(li, {"handover", "initial", id, "--field", "given_sign"}).exit_code, 0);
  r.good({"handover", "initial", id, "--field", "taken_sign"});
  r.good({"handover", "sign", id});
  const Words finish = {"handover", "finish", id, "--access-ended", "2026-12-01"};
  expect_refused(r, {"still there", finish, 5, "CONFLICT", {"李四", "秘密", "user change"}});
  r.good({"user", "change", "李四", "--clearance", "公开"});
  expect_refused(r, {"roles", finish, 5, "CONFLICT", {"李四", "机要员、承办人"}});
  r.good({"user", "change", "李四", "--roles", "none"});
  const Ran done = r.run(finish);
  EXPECT_EQ(done.exit_code, 0) << done.said();
  r.expect_whole();
}

}  // namespace
}  // namespace jiyao
