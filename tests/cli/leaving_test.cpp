// tests/cli/leaving_test.cpp - what the archive takes back, with the real programs: clearance and
// roles of a person, the keys on the machines they used, a whole machine; and who hands over first.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
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

Words strings_of(const Poco::JSON::Array::Ptr& array) {
  Words texts;
  for (const auto& one : *array) texts.push_back(one.toString());
  return texts;
}

Words incoming(const std::string& title, const Words& more = {}) {
  Words words = {"incoming", "add", "--title", title, "--sender-org", "省厅"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}
const Words kAtSecret = {"--level", "秘密", "--copies", "1", "--pages", "1"};

// --- a person --------------------------------------------------------------------------------

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
  for (const char* part : {"角色", "confidential_clerk,handler"})
    EXPECT_THAT(list.out, HasSubstr(part));
  EXPECT_EQ(row("李四")->getValue<std::string>("role_names"), "confidential_clerk,handler");
  r.good({"user", "change", "李四", "--roles", "none"});
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
  expect_refused(r, {"roles", finish, 5, "CONFLICT", {"李四", "handler"}});
  r.good({"user", "change", "李四", "--roles", "none"});
  const Ran done = r.run(finish);
  EXPECT_EQ(done.exit_code, 0) << done.said();
  r.expect_whole();
}

// --- a machine -------------------------------------------------------------------------------

class TakenBack : public testing::Test {
 protected:
  std::size_t finds(const FieldMachine& at, const std::string& title) const {
    const Ran ran = at.json({"find", title});
    return ran.exit_code == 0 ? ran.json()->getArray("records")->size() : 0;
  }
  FieldMachine join(const std::string& name, const std::string& person) {
    return realm.enrol({.name = name, .office = "甲局", .person = person});
  }
  FieldRealm realm;
  const FieldMachine& r = realm.archive;
};

TEST_F(TakenBack, AMachineIsRefusedGetsNothingNewAndWhatItDeliveredStays) {
  const FieldMachine a = join("A", "张三");
  const FieldMachine b = join("B", "王五");
  r.good({"sync"});
  a.good(incoming("停用前送到的"));
  for (const FieldMachine* one : {&a, &r, &b}) one->good({"sync"});
  a.good(incoming("一直没有送的"));

  expect_refused(r, {"asked first", {"enrol", "revoke", "A"}, 2, "USAGE", {"--yes"}});
  expect_refused(r, {"itself", {"enrol", "revoke", "R", "--yes"}, 7, "NOT_ALLOWED", {"本机"}});
  expect_refused(r, {"whom", {"enrol", "revoke", "Z", "--yes"}, 4, "NOT_FOUND", {"Z"}});
  expect_refused(b, {"a branch", {"enrol", "revoke", "A", "--yes"}, 7, "NOT_ALLOWED", {"档案室"}});
  const auto done = r.good({"入网", "停用", "A", "--yes"});
  EXPECT_GE(done->getValue<int>("keys_renewed"), 2) << "every ledger it could read";
  EXPECT_THAT(strings_of(done->getArray("keys_waiting")), IsEmpty());
  expect_refused(r, {"again", {"enrol", "revoke", "A", "--yes"}, 1, "EXISTS", {"已经停用"}});
  r.good({"sync"});

  EXPECT_THAT(a.run({"status"}).err, Not(HasSubstr("本机已停用"))) << "it does not know yet";
  const Ran push = a.run({"sync"});
  EXPECT_EQ(push.exit_code, 7) << push.said();
  EXPECT_THAT(push.err, HasSubstr("停用"));
  EXPECT_EQ(a.json({"sync"}).error_code(), "REVOKED");
  for (const Words& words : {incoming("停用后登记的"), Words{"status"}, Words{"verify"}}) {
    const Ran ran = a.run(words);
    EXPECT_EQ(ran.exit_code, 0) << "the hub's word is no proof: " << ran.said();
    EXPECT_THAT(ran.err, HasSubstr("中心答复本机已停用")) << words.front();
  }
  const std::string stick = realm.folder / "stick";
  std::filesystem::create_directory(stick);
  const auto out = a.good({"bundle", "export", "--to", "R", "--out", stick});
  const auto volume = out->getArray("volumes")->getObject(0)->getValue<std::string>("file");
  EXPECT_EQ(r.json({"bundle", "import", volume}).error_code(), "REVOKED");

  b.good({"sync"});
  EXPECT_EQ(finds(b, "停用前送到的"), 1U);
  b.good(incoming("停用以后的"));
  b.good({"sync"});
  r.good({"sync"});
  a.json({"sync"});
  EXPECT_EQ(finds(r, "停用前送到的"), 1U);
  EXPECT_EQ(finds(r, "停用以后的"), 1U);
  EXPECT_EQ(finds(r, "一直没有送的"), 0U);
  EXPECT_EQ(finds(a, "停用以后的"), 0U);
  EXPECT_EQ(r.json({"bundle", "export", "--to", "A", "--out", stick}).error_code(), "REVOKED");
  EXPECT_THAT(r.run({"office", "list"}).out, HasSubstr("已停用"));
  EXPECT_EQ(r.good({"status"})->getArray("contacts")->size(), 1U) << "B; of A nothing is due";
  for (const FieldMachine* one : {&r, &b}) one->expect_whole();
}

TEST_F(TakenBack, WhoIsApprovedForLessThanWasAskedForLosesTheKeysOfTheRest) {
  const FieldMachine a = join("A", "张三");
  Start ask = a.start({"--json", "user", "add", "李四", "--clearance", "秘密", "--recovery-sheet",
                       realm.folder / "li.sheet", "--out", realm.folder / "li.req"});
  ask.passphrases = a.passphrase() + "\npassphrase of Li Si\n";
  const Ran asked = run(ask);
  ASSERT_EQ(asked.exit_code, 0) << asked.said();
  const Ran approved =
      r.run({"user", "approve", realm.folder / "li.req", "--person", "李四", "--clearance", "内部",
             "--digits", asked.json()->getValue<std::string>("digits")});
  EXPECT_EQ(approved.exit_code, 0) << approved.said();
  EXPECT_THAT(approved.out, HasSubstr("user keys"));
  for (const FieldMachine* one : {&r, &a}) one->good({"sync"});
  EXPECT_THAT(strings_of(a.good({"user", "keys", "李四"})->getArray("taken")),
              ElementsAre("secret"));
}

TEST_F(TakenBack, AnOfficeGoesOnNumberingWithAnotherMachineOrTheNextOne) {
  const auto number_at = [](const FieldMachine& at, const std::string& title) {
    const auto records = at.good(incoming(title))->getArray("records");
    return records->getObject(0)->getObject("fields")->getValue<std::string>("intake_no");
  };
  const FieldMachine a = join("A", "张三");  // the office's first: it numbers
  const FieldMachine b = join("B", "王五");
  EXPECT_THAT(number_at(b, "要等的"), testing::StartsWith("临"));
  r.good({"enrol", "revoke", "A", "--yes"});
  for (const FieldMachine* one : {&r, &b}) one->good({"sync"});
  EXPECT_THAT(number_at(b, "接着编的"), Not(testing::StartsWith("临")));
  b.good({"sync"});
  r.good({"sync"});
  r.good({"enrol", "revoke", "B", "--yes"});
  r.good({"sync"});
  const FieldMachine c = join("C", "赵六");
  for (const FieldMachine* one : {&r, &c}) one->good({"sync"});
  EXPECT_EQ(finds(c, "接着编的"), 1U);
  EXPECT_THAT(number_at(c, "新机器编的"), Not(testing::StartsWith("临")));
}

TEST_F(TakenBack, AStandAloneMachineDoesNotFollowANetworkedOneAsTheOneThatGivesNumbers) {
  join("A", "张三");
  for (const char* name : {"S", "T"})
    realm.enrol({.name = name, .office = "甲局", .kind = "standalone", .person = "李四"});
  join("B", "王五");
  EXPECT_EQ(r.good({"enrol", "revoke", "A", "--yes"})->getValue<std::string>("lead"), "B");
  const Ran none = r.run({"enrol", "revoke", "B", "--yes"});
  EXPECT_EQ(none.exit_code, 0) << none.said();
  EXPECT_THAT(none.out, HasSubstr("甲局现在没有分号的机器"));
  EXPECT_FALSE(r.good({"enrol", "revoke", "S", "--yes"})->has("lead")) << "it did not lead";
  const FieldMachine c = join("C", "赵六");
  const auto made = c.good(incoming("新机器编的"))->getArray("records")->getObject(0);
  EXPECT_THAT(made->getObject("fields")->getValue<std::string>("intake_no"),
              Not(testing::StartsWith("临")));
}

TEST_F(TakenBack, WhatAMachineWritesAboveThisOneIsNamedBeforeItIsLost) {
  realm.enrol(
      {.name = "S", .office = "甲局", .kind = "standalone", .ceiling = "机密", .person = "李四"});
  const std::string lost = "甲局 · 机密";
  for (const Words& words :
       std::vector<Words>{{"enrol", "revoke", "S"}, {"enrol", "revoke", "S", "--yes"}})
    expect_refused(r, {"named first", words, 2, "USAGE", {lost, "隔离", "--accept-loss"}});
  expect_refused(r, {"sure?", {"enrol", "revoke", "S", "--accept-loss"}, 2, "USAGE", {"--yes"}});
  const Ran done = r.run({"入网", "停用", "S", "--确认", "--接受损失"});
  EXPECT_EQ(done.exit_code, 0) << done.said();
  for (const std::string& part : {lost, std::string("隔离")})
    EXPECT_THAT(done.out, HasSubstr(part));
  EXPECT_THAT(done.out, Not(HasSubstr("照旧有效")));
}

TEST_F(TakenBack, TheOnlyKeeperOfALevelGoesWhenAnotherHasCome) {
  const auto archive_machine = [&](const std::string& name) {
    realm.enrol({.name = name,
                 .office = "档案室",
                 .kind = "standalone",
                 .ceiling = "机密",
                 .person = "郑洁",
                 .is_archive = true});
  };
  archive_machine("K");
  join("A", "张三");
  realm.enrol(
      {.name = "S", .office = "甲局", .kind = "standalone", .ceiling = "机密", .person = "李四"});
  const std::string kept = "甲局 · 机密";
  const std::string no_keeper = "没有管钥的机器：" + kept;
  expect_refused(
      r, {"alone", {"enrol", "revoke", "K", "--yes"}, 2, "USAGE", {no_keeper, "--accept-loss"}});
  archive_machine("L");
  const Words go = {"enrol", "revoke", "K", "--yes", "--accept-loss"};
  EXPECT_THAT(r.run({"enrol", "revoke", "K", "--yes"}).err, Not(HasSubstr(no_keeper)));
  const auto followed = r.good(go);
  EXPECT_THAT(strings_of(followed->getArray("without_keeper")), IsEmpty());
  EXPECT_THAT(strings_of(followed->getArray("lost")), testing::Contains(kept));
  EXPECT_THAT(strings_of(followed->getArray("keys_waiting")), IsEmpty()) << "none was made yet";
  const Ran last = r.run({"enrol", "revoke", "L", "--yes", "--accept-loss"});
  EXPECT_EQ(last.exit_code, 0) << last.said();
  EXPECT_THAT(last.out, HasSubstr("没有管钥的机器，密钥没有换：" + kept));
  EXPECT_THAT(last.out, Not(HasSubstr("的新密钥"))) << "nobody makes one";
}

}  // namespace
}  // namespace jiyao
