// tests/cli/bad_bundle_test.cpp - bundles that are cut, changed, newer than we are or somebody
// else's: refused whole, with the reason, and the good one still goes in afterwards.
#include <Poco/JSON/Array.h>

#include "cli/refusal.h"

namespace jiyao {
namespace {

class BadBundle : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    realm_ = std::make_unique<FieldRealm>();
    const Joining alone{.name = "S", .office = "甲局", .kind = "standalone"};
    s_ = std::make_unique<FieldMachine>(realm_->enrol(alone));
    v_ = std::make_unique<FieldMachine>(
        realm_->enrol({.name = "V", .office = "档案室", .kind = "standalone"}));
    s_->good({"incoming", "add", "--title", "关于防汛的通知", "--sender-org", "省厅"});
    good_ = written_by(realm_->archive, "S");
  }
  static void TearDownTestSuite() {
    v_.reset();
    s_.reset();
    realm_.reset();
  }
  /// One volume for this machine; its path.
  static std::string written_by(const FieldMachine& sender, const std::string& to) {
    const std::string medium = realm_->folder / ("medium-" + to);
    std::filesystem::create_directory(medium);
    const auto volumes =
        sender.good({"bundle", "export", "--to", to, "--out", medium})->getArray("volumes");
    if (volumes->size() != 1) throw std::runtime_error("more than one volume");
    return volumes->getObject(0)->getValue<std::string>("file");
  }
  static std::string changed(const std::string& name, const std::string& content) {
    const std::string path = realm_->folder / name;
    write_text(path, content);
    return path;
  }
  void expect_refused_with(const std::string& path, int exit_code, const std::string& code,
                           const std::string& what, const std::string& advice) {
    for (const char* verb : {"import", "inspect"}) {
      SCOPED_TRACE(path + " " + verb);
      expect_refused(*s_, {verb, {"bundle", verb, path}, exit_code, code, {path, what, advice}});
    }
  }

  static std::unique_ptr<FieldRealm> realm_;
  static std::unique_ptr<FieldMachine> s_, v_;
  static std::string good_;
};
std::unique_ptr<FieldRealm> BadBundle::realm_;
std::unique_ptr<FieldMachine> BadBundle::s_, BadBundle::v_;
std::string BadBundle::good_;

TEST_F(BadBundle, ForSomebodyElseShowsNothing) {
  expect_refused_with(written_by(realm_->archive, "V"), 7, "NOT_FOR_US", "不是给本机的",
                      "收件单位");
}

TEST_F(BadBundle, CutShortSaysSo) {
  const std::string whole = read_text(good_);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{20}, std::size_t{127}, std::size_t{200}, std::size_t{300}})
    expect_refused_with(changed("cut-" + std::to_string(size) + ".jyb", whole.substr(0, size)), 8,
                        "MALFORMED", "不完整或已损坏", "重新");
}

TEST_F(BadBundle, CutAtItsEndGivesWhatPrecedesTheTearAndSaysSo) {
  const std::string whole = read_text(good_);
  const std::string torn = changed("torn.jyb", whole.substr(0, whole.size() - 1));
  const Ran ran = v_->run({"bundle", "inspect", torn});
  EXPECT_EQ(ran.exit_code, 7) << "another machine's, torn or not: " << ran.said();
  const Ran own = s_->json({"bundle", "import", torn});
  EXPECT_TRUE(own.exit_code == 3 || own.exit_code == 8) << own.said();
}

TEST_F(BadBundle, OfANewerProgramAsksForAnUpgrade) {
  std::string newer = read_text(good_);
  newer[8] = 2;
  expect_refused_with(changed("newer.jyb", newer), 10, "NEWER", "更新版本", "升级");
}

TEST_F(BadBundle, ChangedAnywhereIsRefused) {
  const std::string whole = read_text(good_);
  for (const std::size_t at :
       {std::size_t{40}, std::size_t{130}, whole.size() / 2, whole.size() - 1}) {
    std::string bent = whole;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    const Ran ran = s_->json({"bundle", "import", changed("bent.jyb", bent)});
    EXPECT_TRUE(ran.exit_code == 8 || ran.exit_code == 7) << at << ": " << ran.said();
  }
  expect_refused_with(changed("text.jyb", "not a bundle, only words on a stick, and long enough"),
                      8, "MALFORMED", "不完整或已损坏", "重新");
}

TEST_F(BadBundle, OfSeveralRefusalsTheGravestIsTold) {
  const std::string bent = changed("grave.jyb", "not a bundle");
  const std::string other = written_by(realm_->archive, "V");
  for (const Words& files : {Words{bent, other}, Words{other, bent}}) {
    Words words = {"bundle", "import"};
    words.insert(words.end(), files.begin(), files.end());
    const Ran ran = s_->json(words);
    EXPECT_EQ(ran.exit_code, 8) << ran.said();
  }
}

TEST_F(BadBundle, BesideAGoodOneDoesNotKeepItOut) {
  const std::string bad = changed("beside.jyb", "not a bundle");
  const Ran ran = s_->json({"bundle", "import", bad, good_});
  EXPECT_EQ(ran.exit_code, 8) << ran.said();
  const auto bundles = ran.json()->getArray("bundles");
  EXPECT_EQ(bundles->getObject(0)->getValue<std::string>("outcome"), "refused");
  EXPECT_NE(bundles->getObject(1)->getValue<std::string>("outcome"), "refused") << ran.said();
  const Ran again = s_->json({"bundle", "import", good_});
  EXPECT_EQ(again.exit_code, 0) << again.said();
}

}  // namespace
}  // namespace jiyao
