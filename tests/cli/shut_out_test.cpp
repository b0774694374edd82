// tests/cli/shut_out_test.cpp - a machine that the archive takes back, with the real programs: what
// it gets, what of it counts, who goes on in its place.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/refusal.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Words incoming(const std::string& title) {
  return {"incoming", "add", "--title", title, "--sender-org", "省厅"};
}

class TakenBack : public testing::Test {
 protected:
  void carry(const FieldMachine& from, const FieldMachine& to) {
    const bool with_r = &from == &r || &to == &r;
    jiyao::carry(from, to, realm.folder / ("medium-" + std::to_string(++carried_)),
                 {"--label", with_r ? "秘密" : "机密"});
  }
  /// A request of this machine's to the root, and the answer back.
  void with_root(const FieldMachine& from) {
    carry(from, r);
    r.good({"access", "sign"});
    carry(r, from);
  }
  FieldMachine archive_machine(const std::string& name) {
    return realm.enrol({.name = name,
                        .office = "档案室",
                        .kind = "standalone",
                        .ceiling = "机密",
                        .person = "郑洁",
                        .is_archive = true});
  }
  static void secret_paper(const FieldMachine& at, const std::string& title) {
    at.good({"incoming", "add", "--title", title, "--sender-org", "省厅", "--level", "机密",
             "--copies", "1", "--pages", "1"});
  }
  FieldMachine join(const std::string& name, const std::string& person) {
    return realm.enrol({.name = name, .office = "甲局", .person = person});
  }
  FieldRealm realm;
  const FieldMachine& r = realm.archive;
  int carried_ = 0;
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
  EXPECT_EQ(found(b, "停用前送到的"), 1U);
  b.good(incoming("停用以后的"));
  b.good({"sync"});
  r.good({"sync"});
  a.json({"sync"});
  EXPECT_EQ(found(r, "停用前送到的"), 1U);
  EXPECT_EQ(found(r, "停用以后的"), 1U);
  EXPECT_EQ(found(r, "一直没有送的"), 0U);
  EXPECT_EQ(found(a, "停用以后的"), 0U);
  expect_refused(r, {"no bundle for it",
                     {"bundle", "export", "--to", "A", "--out", stick},
                     7,
                     "REVOKED",
                     {"A 已停用"}});
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
  EXPECT_EQ(found(c, "接着编的"), 1U);
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
    expect_refused(r, {"named first", words, 2, "USAGE", {lost, "隔离", "。\n都接受"}});
  expect_refused(r, {"sure?", {"enrol", "revoke", "S", "--accept-loss"}, 2, "USAGE", {"--yes"}});
  const Ran done = r.run({"入网", "停用", "S", "--确认", "--接受损失"});
  EXPECT_EQ(done.exit_code, 0) << done.said();
  for (const std::string& part : {lost, std::string("隔离")})
    EXPECT_THAT(done.out, HasSubstr(part));
  EXPECT_THAT(done.out, Not(HasSubstr("照旧有效")));
}

// R holds nothing of 机密: K, which keeps it, says how far S had delivered.
TEST_F(TakenBack, WhatAStandAloneMachineDeliveredToItsKeeperGoesOnCounting) {
  const FieldMachine k = archive_machine("K");
  const FieldMachine s = realm.enrol(
      {.name = "S", .office = "甲局", .kind = "standalone", .ceiling = "机密", .person = "李四"});
  carry(r, k);
  expect_refused(
      k, {"R stands lower",
          {"bundle", "export", "--to", "R", "--label", "机密", "--out", realm.folder.path()},
          7,
          "ABOVE_CEILING",
          {"R", "秘密"}});
  with_root(k);
  for (const FieldMachine* to : {&s, &k}) carry(r, *to);
  carry(k, s);
  secret_paper(s, "送到过的机密件");
  carry(s, k);
  EXPECT_EQ(found(k, "送到过的机密件"), 1U);
  secret_paper(s, "没有送到的机密件");

  const Ran done = r.run({"enrol", "revoke", "S", "--yes"});
  EXPECT_EQ(done.exit_code, 0) << done.said();
  EXPECT_THAT(done.out, HasSubstr("由管钥的机器说明收到了哪里：甲局 · 机密"));
  carry(r, k);
  EXPECT_EQ(found(k, "送到过的机密件"), 0U) << "until the root has signed";
  EXPECT_THAT(k.run({"status"}).out, HasSubstr("待档案室的根签署后恢复有效"));
  carry(k, r);
  EXPECT_THAT(r.run({"status"}).out, HasSubstr("说明已停用的 S"));
  const auto signed_ = r.good({"access", "sign"})->getArray("kept");
  ASSERT_EQ(signed_->size(), 1U);
  EXPECT_EQ(signed_->getObject(0)->getValue<std::string>("node"), "S");
  carry(r, k);
  EXPECT_EQ(found(k, "送到过的机密件"), 1U);
  EXPECT_EQ(found(k, "没有送到的机密件"), 0U);
  EXPECT_THAT(r.run({"access", "sign"}).out, HasSubstr("没有待签署的申请"));
  k.expect_whole();
}

// Two stand-alone archives: the one that keeps the keys is shut out with the machine.
TEST_F(TakenBack, WhoKeepsALedgerNextSaysWhatHadCountedThere) {
  const FieldMachine k = archive_machine("K"), l = archive_machine("L");
  const FieldMachine s = realm.enrol(
      {.name = "S", .office = "甲局", .kind = "standalone", .ceiling = "机密", .person = "李四"});
  carry(r, k);
  with_root(k);
  for (const FieldMachine* to : {&s, &l, &k}) carry(r, *to);
  for (const FieldMachine* to : {&s, &l}) carry(k, *to);
  secret_paper(s, "两个馆都有的机密件");
  carry(s, k);
  carry(k, l);
  EXPECT_EQ(found(l, "两个馆都有的机密件"), 1U);
  for (const char* gone : {"K", "S"}) r.good({"enrol", "revoke", gone, "--yes"});
  carry(r, l);
  EXPECT_EQ(found(l, "两个馆都有的机密件"), 0U);
  with_root(l);
  EXPECT_EQ(found(l, "两个馆都有的机密件"), 1U);
  l.expect_whole();
}

TEST_F(TakenBack, TheOnlyKeeperOfALevelGoesWhenAnotherHasCome) {
  archive_machine("K");
  join("A", "张三");
  realm.enrol(
      {.name = "S", .office = "甲局", .kind = "standalone", .ceiling = "机密", .person = "李四"});
  const std::string kept = "甲局 · 机密";
  const std::string no_keeper = "没有管钥的机器：" + kept;
  expect_refused(
      r, {"alone", {"enrol", "revoke", "K", "--yes"}, 2, "USAGE", {no_keeper, "--accept-loss"}});
  archive_machine("L");
  const auto followed = r.good({"enrol", "revoke", "K", "--yes"});
  EXPECT_THAT(strings_of(followed->getArray("without_keeper")), IsEmpty());
  EXPECT_THAT(strings_of(followed->getArray("lost")), IsEmpty()) << "L says how far it came";
  EXPECT_THAT(strings_of(followed->getArray("kept_elsewhere")), testing::Contains(kept));
  EXPECT_THAT(strings_of(followed->getArray("keys_waiting")), IsEmpty()) << "none was made yet";
  const Ran last = r.run({"enrol", "revoke", "L", "--yes", "--accept-loss"});
  EXPECT_EQ(last.exit_code, 0) << last.said();
  EXPECT_THAT(last.out, HasSubstr("没有管钥的机器，密钥没有换：" + kept));
  EXPECT_THAT(last.out, Not(HasSubstr("的新密钥"))) << "nobody makes one";
}

}  // namespace
}  // namespace jiyao
