// tests/cli/realm_verbs_test.cpp - the archive's decisions with the real programs: offices, the
// hub, access, what a person must not decide, and the list of who was heard of and who is overdue.
#include <Poco/JSON/Array.h>

#include "cli/refusal.h"

namespace jiyao {
namespace {

using testing::HasSubstr;
using testing::Not;

class RealmVerbs : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    realm_ = std::make_unique<FieldRealm>();
    a_ = std::make_unique<FieldMachine>(realm_->enrol({.name = "A", .office = "甲局"}));
    s_ = std::make_unique<FieldMachine>(
        realm_->enrol({.name = "S", .office = "乙局", .kind = "standalone", .person = "李四"}));
    r().good({"sync"});
    a_->good({"sync"});
  }
  static void TearDownTestSuite() {
    s_.reset();
    a_.reset();
    realm_.reset();
  }
  static const FieldMachine& r() { return realm_->archive; }
  static std::string path(const std::string& name) { return realm_->folder / name; }
  /// The row of this machine in `list`'s array.
  static Poco::JSON::Object::Ptr row_of(const Poco::JSON::Object::Ptr& document, const char* array,
                                        const std::string& node) {
    const auto rows = document->getArray(array);
    for (unsigned i = 0; i < rows->size(); ++i)
      if (rows->getObject(i)->getValue<std::string>("node") == node) return rows->getObject(i);
    throw std::runtime_error("no row of " + node);
  }
  static bool may(const std::string& node, const std::string& office, const std::string& level,
                  const std::string& right) {
    const auto rows = r().good({"access", "list"})->getArray("access");
    for (unsigned i = 0; i < rows->size(); ++i) {
      const auto row = rows->getObject(i);
      if (row->getValue<std::string>("node") == node &&
          row->getValue<std::string>("office") == office &&
          row->getValue<std::string>("level") == level &&
          row->getValue<std::string>("right") == right)
        return true;
    }
    return false;
  }
  static Words give(const Words& more) {
    Words words = {"access", "give"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static std::unique_ptr<FieldRealm> realm_;
  static std::unique_ptr<FieldMachine> a_, s_;
};
std::unique_ptr<FieldRealm> RealmVerbs::realm_;
std::unique_ptr<FieldMachine> RealmVerbs::a_, RealmVerbs::s_;

TEST_F(RealmVerbs, AnOfficeIsAddedOnceAndListedAlsoBeforeItHasAMachine) {
  EXPECT_THAT(r().run({"单位", "新增", "丙局"}).out, HasSubstr("已增加单位 丙局"));
  expect_refused(r(), {"twice", {"office", "add", "丙局"}, 1, "EXISTS", {"丙局", "office list"}});
  expect_refused(r(), {"no name", {"office", "add"}, 2, "USAGE", {"name"}});
  expect_refused(*a_, {"at a branch", {"office", "add", "丁局"}, 7, "NOT_ALLOWED", {"档案室"}});
  const Ran list = r().run({"office", "list"});
  for (const char* part : {"丙局", "甲局", "A", "单机", "联网·档案室", "秘密"})
    EXPECT_THAT(list.out, HasSubstr(part));
  const auto document = r().good({"office", "list"});
  EXPECT_TRUE(row_of(document, "nodes", "S")->getValue<bool>("standalone"));
  EXPECT_TRUE(row_of(document, "nodes", "R")->getValue<bool>("archive"));
  std::vector<std::string> names;
  const auto offices = document->getArray("offices");
  for (const auto& one : *offices)
    names.push_back(one.extract<Poco::JSON::Object::Ptr>()->getValue<std::string>("name"));
  EXPECT_THAT(names, testing::UnorderedElementsAre("档案室", "甲局", "乙局", "丙局"));
}

TEST_F(RealmVerbs, AccessIsGivenChangedAndTakenAwayAndReachesTheOther) {
  EXPECT_FALSE(may("A", "档案室", "secret", "read"));
  r().good(give({"--node", "A", "--owner", "档案室", "--level", "秘密", "--right", "read"}));
  EXPECT_TRUE(may("A", "档案室", "secret", "read"));
  r().good({"incoming", "add", "--title", "给甲局看的一件", "--sender-org", "省厅", "--level",
            "秘密", "--copies", "1", "--pages", "1"});
  r().good({"sync"});
  a_->good({"sync"});
  EXPECT_EQ(a_->good({"find", "给甲局看"})->getArray("records")->size(), 1U);
  expect_refused(*a_, {"reads only",
                       {"incoming", "add", "--title", "甲代登", "--sender-org", "省厅", "--owner",
                        "档案室", "--level", "秘密", "--copies", "1", "--pages", "1"},
                       7,
                       "NOT_ALLOWED",
                       {"无权写"}});
  r().good({"权限", "授予", "--机器", "A", "--单位", "档案室", "--密级", "秘密", "--权限", "none"});
  EXPECT_FALSE(may("A", "档案室", "secret", "read"));
  r().good({"incoming", "add", "--title", "不再给甲局看的", "--sender-org", "省厅", "--level",
            "秘密", "--copies", "1", "--pages", "1"});
  r().good({"sync"});
  a_->good({"sync"});
  EXPECT_EQ(a_->json({"find", "不再给甲局"}).error_code(), "NOT_FOUND");
  EXPECT_THAT(r().run({"access", "sign"}).out, HasSubstr("没有待签署"));
}

TEST_F(RealmVerbs, AWrongDecisionDecidesNothing) {
  const auto access = r().run({"access", "list"}).out;
  const Words on_a = {"--node", "A", "--owner", "档案室", "--level"};
  const auto at = [&](const std::string& level, const Words& more = {}) {
    Words words = give(on_a);
    words.push_back(level);
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  for (const Refusal& refusal : std::vector<Refusal>{
           {"no machine",
            give({"--node", "Z", "--owner", "档案室", "--level", "内部"}),
            4,
            "NOT_FOUND",
            {"没有这台机器：Z"}},
           {"no office",
            give({"--node", "A", "--owner", "丁局", "--level", "内部"}),
            4,
            "NOT_FOUND",
            {"没有这个单位：丁局"}},
           {"no level", at("绝对"), 1, "INVALID", {"绝对", "秘密"}},
           {"above the machine", at("机密"), 7, "ABOVE_CEILING", {"A"}},
           {"no such right", at("内部", {"--right", "all"}), 2, "USAGE", {"read", "none"}},
           {"no hub card",
            {"hub", "add", path("no.card"), "--out", path("x.realm")},
            4,
            "NOT_FOUND",
            {"no.card"}}}) {
    SCOPED_TRACE(refusal.name);
    expect_refused(r(), refusal);
  }
  write_text(path("junk.card"), "{\"schema\":\"jiyao/hub-card/1\"}");
  expect_refused(r(), {"junk card",
                       {"hub", "add", path("junk.card"), "--out", path("x.realm")},
                       8,
                       "MALFORMED",
                       {"junk.card"}});
  for (const Words& words : {at("内部"), Words{"access", "sign"}}) {
    const Ran ran = a_->json(words);
    if (words.back() == "sign")
      EXPECT_EQ(ran.exit_code, 0) << "nothing to sign is nothing to refuse";
    else
      EXPECT_EQ(ran.error_code(), "NOT_ALLOWED") << ran.said();
  }
  EXPECT_FALSE(std::filesystem::exists(path("x.realm")));
  EXPECT_EQ(r().run({"access", "list"}).out, access);
}

TEST_F(RealmVerbs, AWrongRootPassphraseSignsNothing) {
  const std::string before = r().run({"office", "list"}).out;
  Start start = r().start({"--json", "office", "add", "戊局"});
  start.passphrases = r().passphrase() + "\nnot the root's passphrase\n";
  const Ran wrong = run(start);
  EXPECT_EQ(wrong.exit_code, 11) << wrong.said();
  EXPECT_EQ(wrong.error_code(), "WRONG_KEY");
  start.passphrases = r().passphrase() + "\n";
  EXPECT_EQ(run(start).exit_code, 2) << "the root's passphrase was not asked for";
  EXPECT_EQ(r().run({"office", "list"}).out, before);
}

TEST_F(RealmVerbs, StatusAtTheArchiveListsEachOfficesLastContactAndWhoIsOverdue) {
  a_->good({"incoming", "add", "--title", "甲局来的一件", "--sender-org", "省厅"});
  a_->good({"sync"});
  r().good({"sync"});
  const auto status = r().good({"status"});
  EXPECT_EQ(status->getArray("contacts")->size(), 2U) << "every machine but the archive's own";
  const auto heard = row_of(status, "contacts", "A");
  EXPECT_EQ(heard->getValue<std::string>("office"), "甲局");
  EXPECT_NE(heard->getValue<std::string>("last_contact"), "");
  EXPECT_FALSE(heard->getValue<bool>("overdue"));
  const auto silent = row_of(status, "contacts", "S");
  EXPECT_EQ(silent->getValue<std::string>("office"), "乙局");
  EXPECT_EQ(silent->getValue<std::string>("last_contact"), "");
  EXPECT_TRUE(silent->getValue<bool>("overdue"));
  const Ran told = r().run({"status"});
  for (const char* part : {"上次联系", "甲局", "乙局", "从未", "超期 ⚠"})
    EXPECT_THAT(told.out, HasSubstr(part));
  EXPECT_THAT(r().run({"--lang", "en", "status"}).out, HasSubstr("never"));
  EXPECT_EQ(a_->good({"status"})->getArray("contacts")->size(), 0U) << "a branch watches nobody";
  EXPECT_THAT(a_->run({"status"}).out, Not(HasSubstr("超期")));
}

// Last: with two hubs in the roster the machines of this realm meet the newer one.
TEST_F(RealmVerbs, ZASecondHubComesInByItsCardAndServes) {
  const std::filesystem::path other = path("other");
  std::filesystem::create_directory(other);
  FieldHub second(other);
  ASSERT_EQ(second.verb("init", {"--address", second.address()}).exit_code, 0);
  const Ran added = r().run({"hub", "add", second.data() + "/hub.card", "-o", path("realm.2")});
  EXPECT_EQ(added.exit_code, 0) << added.said();
  EXPECT_THAT(added.out, HasSubstr(second.address()));
  EXPECT_EQ(second.verb("init", {"--realm", path("realm.2")}).exit_code, 0);
  second.serve();
  r().good({"sync"});
}

}  // namespace
}  // namespace jiyao
