// tests/cli/hub_verbs_test.cpp - jiyao-server init, serve, backup, restore, verify: a walk through
// them, and every wrong use of them that must change nothing.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "support/field_realm.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A refusal in Chinese, in English and as a document: one code, one exit, no answer beside it.
void expect_refused(const FieldHub& hub, const std::string& verb, const Words& words, int exit_code,
                    const std::string& code, const std::string& says) {
  SCOPED_TRACE(verb + " " + (words.empty() ? "" : words.back()));
  const auto with = [&](const Words& more) {
    Words all = words;
    all.insert(all.end(), more.begin(), more.end());
    return hub.verb(verb, all);
  };
  const Ran told = with({});
  EXPECT_EQ(told.exit_code, exit_code) << told.said();
  EXPECT_EQ(told.out, "");
  EXPECT_THAT(told.err, HasSubstr(says));
  const Ran english = with({"--lang", "en"});
  EXPECT_EQ(english.exit_code, exit_code);
  EXPECT_EQ(english.err.find("："), std::string::npos) << english.err;
  const Ran coded = with({"--json"});
  EXPECT_EQ(coded.exit_code, exit_code) << coded.said();
  const auto error = coded.json()->getObject("error");
  EXPECT_EQ(error->getValue<std::string>("code"), code);
  EXPECT_EQ(error->getValue<int>("exit"), exit_code);
  EXPECT_THAT(error->getValue<std::string>("message"), HasSubstr(says));
  EXPECT_TRUE(error->has("hint"));
}

/// The files of a stopped hub, to see that nothing was touched. Its anchor may be written again.
std::map<std::string, std::string> files_of(const FieldHub& hub) {
  std::map<std::string, std::string> files = FolderImage({hub.data()}).files();
  for (const char* beside : {".key", ".pem"}) files[beside] = read_text(hub.data() + beside);
  return files;
}

class HubVerbs : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    realm_ = std::make_unique<FieldRealm>();
    realm_->archive.good({"incoming", "add", "--title", "中心要存的一件", "--sender-org", "省厅"});
    realm_->archive.good({"sync"});
  }
  static void TearDownTestSuite() { realm_.reset(); }
  /// Every test begins and ends with a hub that serves.
  void stop() { ASSERT_EQ(hub().stop(SIGTERM).exit_code, 0); }
  void TearDown() override {
    if (!hub().is_serving()) hub().serve();
  }

  static FieldHub& hub() { return realm_->hub; }
  static std::string path(const std::string& name) { return realm_->folder / name; }
  static std::string batches() {
    const Ran ran = hub().verb("verify", {"--json"});
    EXPECT_EQ(ran.exit_code, 0) << ran.said();
    return ran.json()->getValue<std::string>("batches");
  }
  static void expect_wrong(const std::string& verb, const Words& words, int exit_code,
                           const std::string& code, const std::string& says) {
    expect_refused(hub(), verb, words, exit_code, code, says);
  }

  static std::unique_ptr<FieldRealm> realm_;
};
std::unique_ptr<FieldRealm> HubVerbs::realm_;

TEST_F(HubVerbs, BackUpVerifyAndRestoreAndServeAgain) {
  stop();
  const std::string before = batches();
  EXPECT_NE(before, "0");
  const Ran made = hub().verb("backup", {"--to", path("good.copy"), "--json"});
  EXPECT_EQ(made.exit_code, 0) << made.said();
  EXPECT_EQ(made.json()->getValue<std::string>("schema"), "jiyao-server/backup/1");
  EXPECT_EQ(made.json()->getValue<std::string>("file"), path("good.copy"));
  const Ran same = hub().verb("restore", {"--from", path("good.copy")});
  EXPECT_EQ(same.exit_code, 0) << same.said();
  EXPECT_THAT(same.out, AllOf(HasSubstr("中心照旧"), Not(HasSubstr("新的一次生命"))));
  hub().serve();
  realm_->archive.good({"incoming", "add", "--title", "副本之后的一件", "--sender-org", "省厅"});
  realm_->archive.good({"sync"});
  stop();
  EXPECT_NE(batches(), before);
  const Ran restored = hub().verb("restore", {"--from", path("good.copy")});
  EXPECT_EQ(restored.exit_code, 0) << restored.said();
  EXPECT_THAT(restored.out, AllOf(HasSubstr(before + " 批"), HasSubstr("新的一次生命")));
  EXPECT_EQ(batches(), before);
  EXPECT_FALSE(fs::exists(hub().data() + "/hub.jdb.restore"));
  hub().serve();
  const Ran refill = realm_->archive.run({"sync"});  // what the copy lacks
  EXPECT_EQ(refill.exit_code, 0) << refill.said();
  EXPECT_THAT(refill.out, HasSubstr("另起一世"));
  EXPECT_FALSE(realm_->archive.good({"sync"})->getValue<bool>("hub_renewed")) << "said once";
  stop();
  EXPECT_GT(std::stoi(batches()), std::stoi(before));
}

TEST_F(HubVerbs, AHubThatServesIsNotTouchedByAnother) {
  for (const auto& [verb, words] :
       std::vector<std::pair<std::string, Words>>{{"serve", {"--listen", "127.0.0.1:0"}},
                                                  {"backup", {"--to", path("busy.copy")}},
                                                  {"restore", {"--from", path("realm")}},
                                                  {"verify", {}},
                                                  {"init", {"--realm", path("realm")}}})
    expect_wrong(verb, words, 9, "BUSY", "另一个进程正在使用这个中心");
  EXPECT_FALSE(fs::exists(path("busy.copy")));
  realm_->archive.good({"sync"});
}

TEST_F(HubVerbs, AnExistingHubIsNotMadeAnewAndACopyNotWrittenOver) {
  stop();
  write_text(path("taken"), "somebody's file");
  const auto before = files_of(hub());
  expect_wrong("init", {"--address", hub().address()}, 1, "EXISTS", hub().data());
  expect_wrong("backup", {"--to", path("taken")}, 1, "EXISTS", path("taken"));
  expect_wrong("backup", {"--to", path("nowhere/copy")}, 4, "NOT_FOUND", path("nowhere"));
  EXPECT_EQ(read_text(path("taken")), "somebody's file");
  EXPECT_TRUE(files_of(hub()) == before) << "a refused command changed the hub's files";
}

TEST_F(HubVerbs, ACopyThatIsDamagedOrAStrangersLeavesTheStoreAsItIs) {
  stop();
  const std::string held = batches();
  ASSERT_EQ(hub().verb("backup", {"--to", path("copy")}).exit_code, 0);
  const std::string copy = read_text(path("copy"));
  std::string flipped = copy;
  flipped[copy.size() - 700] = static_cast<char>(flipped[copy.size() - 700] ^ 1);
  write_text(path("flipped.copy"), flipped);  // a page that opening does not read
  write_text(path("half.copy"), copy.substr(0, copy.size() / 2));
  write_text(path("junk.copy"), "not a copy");
  const fs::path elsewhere = path("elsewhere");
  fs::create_directory(elsewhere);
  const FieldHub stranger(elsewhere);
  ASSERT_EQ(stranger.verb("init", {"--address", "https://127.0.0.1:1"}).exit_code, 0);
  ASSERT_EQ(stranger.verb("backup", {"--to", path("stranger.copy")}).exit_code, 0);
  const auto before = files_of(hub());
  expect_wrong("restore", {"--from", path("flipped.copy")}, 8, "NOT_AUTHENTIC", "没有恢复");
  expect_wrong("restore", {"--from", path("half.copy")}, 8, "NOT_AUTHENTIC", "没有恢复");
  expect_wrong("restore", {"--from", path("junk.copy")}, 8, "MALFORMED", "没有恢复");
  expect_wrong("restore", {"--from", path("stranger.copy")}, 8, "NOT_AUTHENTIC", "没有恢复");
  expect_wrong("restore", {"--from", path("no.copy")}, 4, "NOT_FOUND", path("no.copy"));
  expect_wrong("restore", {}, 2, "USAGE", "--from");
  EXPECT_TRUE(files_of(hub()) == before) << "a refused command changed the hub's files";
  EXPECT_EQ(batches(), held);
}

TEST_F(HubVerbs, APortThatIsTakenOrAnAddressThatIsNoneIsSaid) {
  const std::string taken = "127.0.0.1:" + std::to_string(hub().link().port());
  stop();
  expect_wrong("serve", {"--listen", taken}, 6, "UNAVAILABLE", "端口已被占用");
  for (const char* wrong : {"localhost", ":8443", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x"})
    expect_wrong("serve", {"--listen", wrong}, 2, "USAGE", wrong);
}

TEST_F(HubVerbs, AHubOutsideTheRealmNeitherJoinsNorServes) {
  const fs::path other = path("other");
  fs::create_directory(other);
  const FieldHub fresh(other);
  const auto wrong = [&](const std::string& verb, const Words& words, int exit_code,
                         const std::string& code, const std::string& says) {
    expect_refused(fresh, verb, words, exit_code, code, says);
  };
  for (const char* verb : {"serve", "verify"}) wrong(verb, {}, 4, "NOT_FOUND", "hub.key");
  wrong("backup", {"--to", path("x")}, 4, "NOT_FOUND", "hub.key");
  wrong("restore", {"--from", path("x")}, 4, "NOT_FOUND", "hub.key");
  wrong("init", {"--realm", path("realm")}, 4, "NOT_FOUND", "hub.key");
  wrong("init", {}, 2, "USAGE", "--address");
  wrong("init", {"--address", "http://127.0.0.1:1"}, 2, "USAGE", "http://127.0.0.1:1");
  EXPECT_TRUE(fs::is_empty(other)) << "a refused command left something behind";
  ASSERT_EQ(fresh.verb("init", {"--address", "https://127.0.0.1:1"}).exit_code, 0);
  wrong("serve", {}, 7, "NOT_FOR_US", "还没有加入");
  wrong("init", {"--realm", path("realm")}, 7, "NOT_FOR_US", "名册里写的不是这个中心");
  write_text(path("junk.realm"), "not a realm file");
  wrong("init", {"--realm", path("junk.realm")}, 8, "MALFORMED", "不完整或已损坏");
  wrong("init", {"--realm", path("no.realm")}, 4, "NOT_FOUND", path("no.realm"));
  wrong("serve", {}, 7, "NOT_FOR_US", "还没有加入");
}

TEST_F(HubVerbs, AFolderThatIsNotThereIsNotMade) {
  const FieldHub nowhere(path("not/there"));
  for (const char* verb : {"serve", "verify"})
    expect_refused(nowhere, verb, {}, 4, "NOT_FOUND", "not/there");
  expect_refused(nowhere, "init", {"--address", "https://127.0.0.1:1"}, 4, "NOT_FOUND",
                 "not/there");
  EXPECT_FALSE(fs::exists(path("not")));
}

TEST(HubProgram, SaysHelpAndVersionInBothLanguagesAndToPrograms) {
  for (const char* language : {"zh", "en"}) {
    const Ran help = FieldHub::program({"help", "--lang", language});
    EXPECT_EQ(help.exit_code, 0);
    for (const char* verb : {"init", "serve", "backup", "restore", "verify"})
      EXPECT_THAT(help.out, HasSubstr(std::string("jiyao-server ") + verb)) << language;
  }
  for (const char* verb : {"help", "version"}) {
    const Ran ran = FieldHub::program({verb, "--json"});
    EXPECT_EQ(ran.json()->getValue<std::string>("schema"),
              "jiyao-server/" + std::string(verb) + "/1");
  }
  EXPECT_EQ(FieldHub::program({}).exit_code, 2);
  EXPECT_EQ(FieldHub::program({"--json"}).error_code(), "USAGE");
  EXPECT_EQ(FieldHub::program({"weather", "--json"}).error_code(), "USAGE");
}

TEST(HubProgram, EndsWithAnErrorWhenWhatItSaidWasNotWritten) {
  for (const char* word : {"help", "version", "--help"}) {
    const Ran ran = FieldHub::program_into("/dev/full", {word});
    EXPECT_EQ(ran.exit_code, 12) << word;
    EXPECT_THAT(ran.err, HasSubstr("读写失败：stdout")) << word;
  }
}

}  // namespace
}  // namespace jiyao
