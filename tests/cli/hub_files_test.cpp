// tests/cli/hub_files_test.cpp - the files of a hub, each of them lost, altered or not yet made:
// what is said, what is not done, and that what is said to do helps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "support/field_realm.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kMade = "已建中心";
constexpr const char* kMadeAnew = "沿用";
constexpr const char* kOtherHub = "名册里写的不是这个中心";

void expect_done(const Ran& ran, const char* says) {
  EXPECT_EQ(ran.exit_code, 0) << ran.said();
  EXPECT_THAT(ran.out, HasSubstr(says));
}

/// Refused for this file, with something to do that is about `help`; in English alike.
void expect_refused(const FieldHub& hub, const std::string& verb, Words words, int exit_code,
                    const std::string& file, const std::string& help) {
  SCOPED_TRACE(verb);
  const Ran told = hub.verb(verb, words);
  EXPECT_EQ(told.exit_code, exit_code) << told.said();
  EXPECT_EQ(told.out, "");
  EXPECT_THAT(told.err, AllOf(HasSubstr(file), HasSubstr(help)));
  words.insert(words.end(), {"--lang", "en"});
  EXPECT_THAT(hub.verb(verb, words).err, AllOf(HasSubstr(file), Not(HasSubstr("。"))));
}

/// `jiyao-server init --address` only: no realm yet.
class HubHalfMade : public testing::Test {
 protected:
  HubHalfMade() : hub_(folder_.path()) { expect_done(make(), kMade); }
  Ran make() { return hub_.verb("init", {"--address", hub_.address()}); }
  Ran join(const std::string& realm) { return hub_.verb("init", {"--realm", folder_ / realm}); }
  /// An archive whose realm names this hub.
  void found(const std::string& name) {
    FieldMachine(folder_.path(), name)
        .found_alone({"--network", "classified", "--network-level", "秘密", "--hub-card",
                      hub_.data() + "/hub.card", "--realm-file", folder_ / (name + ".realm")});
  }

  TestFolder folder_;
  FieldHub hub_;
};

TEST_F(HubHalfMade, CutOffBeforeItsCardItGetsItFromARepeat) {
  const std::string card = read_text(hub_.data() + "/hub.card");
  fs::remove(hub_.data() + "/hub.card");
  expect_done(make(), kMade);
  EXPECT_EQ(read_text(hub_.data() + "/hub.card"), card);
  EXPECT_EQ(make().exit_code, 1) << "made already";
  found("R");
  expect_done(join("R.realm"), "已加入");
  fs::remove(hub_.data() + "/hub.card");
  EXPECT_EQ(make().exit_code, 1) << "a hub at work is not made again";
  EXPECT_FALSE(fs::exists(hub_.data() + "/hub.card"));
}

TEST_F(HubHalfMade, CutOffBeforeItsCertificateItIsANewHubAllTheSame) {
  const std::string key = read_text(hub_.data() + ".key");
  fs::remove_all(hub_.data());
  fs::remove(hub_.certificate());
  const Ran made = make();
  expect_done(made, kMade);
  EXPECT_THAT(made.out, Not(HasSubstr(kMadeAnew)));
  EXPECT_EQ(read_text(hub_.data() + ".key"), key);
  found("R");
  expect_done(join("R.realm"), "已加入");
}

TEST_F(HubHalfMade, ARealmOfAnotherHubIsRefusedWholeAndTheRightOneTaken) {
  const std::string other = folder_ / "other";
  fs::create_directory(other);
  const FieldHub another(other);
  ASSERT_EQ(another.verb("init", {"--address", "https://127.0.0.1:1"}).exit_code, 0);
  FieldMachine(folder_.path(), "O")
      .found_alone({"--network", "classified", "--network-level", "秘密", "--hub-card",
                    another.data() + "/hub.card", "--realm-file", folder_ / "O.realm"});
  found("R");
  expect_refused(hub_, "init", {"--realm", folder_ / "O.realm"}, 7, hub_.data() + ".key",
                 kOtherHub);
  expect_done(join("R.realm"), "已加入");
}

/// A hub that has shown an office a head, stopped.
class HubWithALife : public testing::Test {
 protected:
  HubWithALife() : hub_(realm_.hub) {
    add("第一件");
    stop();
  }
  void stop() { EXPECT_EQ(hub_.stop(SIGTERM).exit_code, 0); }
  void add(const std::string& title) {
    realm_.archive.good({"incoming", "add", "--title", title, "--sender-org", "省厅"});
    realm_.archive.good({"sync"});
  }
  Ran make() { return hub_.verb("init", {"--address", hub_.address()}); }
  Ran join(const std::string& realm) { return hub_.verb("init", {"--realm", path(realm)}); }
  std::string path(const std::string& name) { return realm_.folder / name; }
  std::string key() { return hub_.data() + ".key"; }
  /// Out of the way, as from a copy that comes back.
  void lose(const std::string& file) { fs::rename(file, path("copy")); }
  void put_back(const std::string& file) { fs::rename(path("copy"), file); }

  FieldRealm realm_;
  FieldHub& hub_;
};

TEST_F(HubWithALife, WithoutStoreAndCertificateItIsNotMadeWithAnother) {
  fs::remove_all(hub_.data());
  lose(hub_.certificate());
  expect_refused(hub_, "init", {"--address", hub_.address()}, 4, hub_.certificate(), "副本");
  fs::rename(hub_.data() + ".anchor", path("anchor"));  // the key was put back from its copy
  expect_refused(hub_, "init", {"--address", hub_.address()}, 4, hub_.certificate(), "副本");
  EXPECT_FALSE(fs::exists(hub_.data()));
  EXPECT_FALSE(fs::exists(hub_.certificate()));
  fs::rename(path("anchor"), hub_.data() + ".anchor");
  put_back(hub_.certificate());
  expect_done(make(), kMadeAnew);
  expect_done(join("realm"), "新的一次生命");
  hub_.serve();
  realm_.archive.good({"sync"});
}

TEST_F(HubWithALife, WithoutItsCertificateItDoesNotServeAndSaysWhatToDo) {
  lose(hub_.certificate());
  expect_refused(hub_, "serve", {}, 4, hub_.certificate(), "副本");
  write_text(hub_.certificate(), "not a certificate");
  expect_refused(hub_, "serve", {}, 8, hub_.certificate(), "副本");
  put_back(hub_.certificate());
  hub_.serve();
  realm_.archive.good({"sync"});
}

TEST_F(HubWithALife, WithoutItsKeyEveryVerbSaysWhatToDo) {
  ASSERT_EQ(hub_.verb("backup", {"--to", path("backup")}).exit_code, 0);
  const std::vector<std::pair<std::string, Words>> verbs = {
      {"serve", {}},
      {"verify", {}},
      {"backup", {"--to", path("x")}},
      {"restore", {"--from", path("backup")}},
      {"init", {"--realm", path("realm")}},
      {"init", {"--address", hub_.address()}}};
  lose(key());
  for (const auto& [verb, words] : verbs) expect_refused(hub_, verb, words, 4, key(), "副本");
  EXPECT_FALSE(fs::exists(key()));
  write_text(key(), "half a key");
  for (const auto& [verb, words] : verbs)
    if (words != Words{"--address", hub_.address()})
      expect_refused(hub_, verb, words, 8, key(), "副本");
  put_back(key());
  hub_.serve();
  realm_.archive.good({"sync"});
}

TEST_F(HubWithALife, AKeyThatWasAlteredIsNamedWhereTheRealmDoesNotKnowIt) {
  fs::remove_all(hub_.data());
  const std::string whole = read_text(key());
  std::string altered = whole;
  altered[40] = static_cast<char>(altered[40] ^ 1);
  write_text(key(), altered);
  expect_done(make(), kMadeAnew);
  expect_refused(hub_, "init", {"--realm", path("realm")}, 7, key(), kOtherHub);
  write_text(key(), whole);
  fs::rename(hub_.data(), path("moved"));
  expect_done(make(), kMadeAnew);
  expect_done(join("realm"), "新的一次生命");
}

TEST_F(HubWithALife, ItsStoreRestoredIsServedWithoutAnyOtherFileOfItsFolder) {
  ASSERT_EQ(hub_.verb("backup", {"--to", path("backup")}).exit_code, 0);
  fs::remove_all(hub_.data());
  ASSERT_EQ(hub_.verb("restore", {"--from", path("backup")}).exit_code, 0);
  hub_.serve_at_its_address();
  add("恢复之后的一件");
}

TEST_F(HubWithALife, MadeAnewAtAnotherAddressItsMachinesTakeTheNewRealmFile) {
  const FieldMachine office = realm_.enrol({.name = "A", .office = "甲局"});
  fs::remove_all(hub_.data());
  const std::string moved =
      "https://127.0.0.1:" +
      std::to_string(ChaosProxy("127.0.0.1", std::uint16_t{0}, LinkWeather{}).port());
  const Ran made = hub_.verb("init", {"--address", moved});
  expect_done(made, kMadeAnew);
  EXPECT_THAT(made.out, AllOf(HasSubstr("地址与原来相同的"), HasSubstr("enrol complete")));
  realm_.archive.good({"hub", "add", hub_.data() + "/hub.card", "--out", path("realm.new")});
  expect_done(join("realm.new"), "新的一次生命");
  hub_.serve_at_its_address();
  add("新地址上的一件");
  EXPECT_EQ(office.run({"sync"}).exit_code, 6) << "nobody is at the former address";
  office.good({"enrol", "complete", path("realm.new")});
  office.good({"sync"});
}

}  // namespace
}  // namespace jiyao
