// tests/unit/client/office_verbs_test.cpp - what passes between an archive and its offices:
// numbers, people, bundles, contacts; by folder and through a hub.
#include <chrono>
#include <thread>

#include "client/back_off.h"
#include "unit/client/verbs_fixture.h"

namespace jiyao {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class OfficeVerbs : public InOffices {
 protected:
  static Said add(const OfficeMachine& at, const std::string& title,
                  const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"incoming",     "add",  "--title",       title,
                                   "--sender-org", "省厅", "--received-on", "2026-11-20"};
    words.insert(words.end(), more.begin(), more.end());
    return must(at.run(words));
  }
};

TEST_F(OfficeVerbs, OnlyTheLeadOfTheOfficeGivesNumbersAndOthersWaitForTheirBlock) {
  const OfficeMachine archive = new_archive();
  must(root(archive, {"office", "add", "甲局"}));
  const OfficeMachine a = enrolled(archive, "A", "甲局");
  // The archive writes 甲局's ledger too, and is lead of its own office only.
  const Said waits = add(archive, "档案室代登", {"--owner", "甲局"});
  const std::string provisional = number_of(waits);
  EXPECT_THAT(provisional, StartsWith("临-"));
  EXPECT_EQ(number_of(add(a, "甲局自登")), "2026-0001");
  must(carry(archive, a, "A"));  // A grants what was asked for
  EXPECT_THAT(must(a.run({"series", "list"})).text, HasSubstr("R "));
  must(carry(a, archive, "R"));  // R numbers its row
  const Said shown = must(archive.run({"incoming", "show", provisional}));
  EXPECT_EQ(shown.json->getObject("fields")->getValue<std::string>("intake_no"), "2026-0051");
  EXPECT_EQ(number_of(add(archive, "第二件", {"--owner", "甲局"})), "2026-0052");
  EXPECT_EQ(number_of(add(archive, "本室")), "2026-0001");
  // Two offices, one number: the archive shows them apart and finds each.
  EXPECT_THAT(must(archive.run({"incoming", "list"})).text, HasSubstr("甲局 2026-0001"));
  EXPECT_EQ(archive.run({"incoming", "show", "2026-1"}).exit_code, 1);
  EXPECT_THAT(must(archive.run({"incoming", "show", "甲局收〔2026〕0001"})).text,
              HasSubstr("甲局自登"));
  EXPECT_EQ(archive.run({"series", "grant", "--owner", "甲局", "--to", "A"}).exit_code, 7);
  must(a.run({"series", "grant", "--to", "A", "--count", "7"}));
}

TEST_F(OfficeVerbs, TwoMachinesThatBeginASeriesApartBeginTheSame) {
  const OfficeMachine archive = new_archive();
  must(root(archive, {"office", "add", "甲局"}));
  const OfficeMachine a = enrolled(archive, "A", "甲局");
  add(archive, "先问", {"--owner", "甲局"});
  add(a, "先登");
  must(carry(archive, a, "A"));
  const Said list = must(a.run({"series", "list", "--owner", "甲局"}));
  EXPECT_EQ(list.json->getArray("series")->size(), 1U);
  EXPECT_EQ(must(a.run({"conflict", "list"})).json->getArray("findings")->size(), 0U);
}

TEST_F(OfficeVerbs, ABackupIsOfOneMachineAndADutyOfOneOffice) {
  const OfficeMachine archive = new_archive();
  must(root(archive, {"office", "add", "甲局"}));
  const OfficeMachine b = enrolled(archive, "B", "档案室");
  const OfficeMachine a = enrolled(archive, "A", "甲局");
  const auto today = [](const OfficeMachine& at) { return must(at.run({"today", "--all"})).text; };
  must(archive.run({"backup", "create", path("of archive")}));
  must(archive.run({"inspection", "add", "--unit", "档案室"}));
  must(carry(archive, b, "B"));
  must(carry(archive, a, "A"));
  EXPECT_THAT(today(archive), Not(HasSubstr("每月备份")));
  EXPECT_THAT(must(b.run({"backup-log", "list"})).text, HasSubstr("of archive"));
  EXPECT_THAT(today(b), HasSubstr("每月备份")) << "nobody made one here";
  EXPECT_THAT(today(b), Not(HasSubstr("半年保密检查"))) << "its office has done it";
  must(b.run({"backup", "create", path("of B")}));
  EXPECT_THAT(today(b), Not(HasSubstr("每月备份")));
}

TEST_F(OfficeVerbs, WhatAnotherOfficeDidIsStillDueInTheOwn) {
  const OfficeMachine archive = new_archive();
  must(root(archive, {"office", "add", "甲局"}));
  const OfficeMachine a = enrolled(archive, "A", "甲局");
  const auto today = [](const OfficeMachine& at) { return must(at.run({"today", "--all"})).text; };
  must(a.run({"inspection", "add", "--unit", "甲局"}));
  must(a.run({"backup", "create", path("of A")}));
  must(carry(archive, a, "A"));
  must(carry(a, archive, "R"));
  EXPECT_THAT(must(archive.run({"inspection", "list"})).text, HasSubstr("甲局"));
  EXPECT_THAT(today(a), Not(HasSubstr("半年保密检查")));
  EXPECT_THAT(today(archive), HasSubstr("半年保密检查"));
  EXPECT_THAT(today(archive), HasSubstr("每月备份"));
}

TEST_F(OfficeVerbs, APersonOfABranchAsksAndTheArchiveApproves) {
  const OfficeMachine archive = new_archive();
  must(root(archive, {"office", "add", "甲局"}));
  const OfficeMachine a = enrolled(archive, "A", "甲局");
  const Said asked = must(a.run({"用户", "新增", "李四", "--涉密等级", "秘密", "--recovery-sheet",
                                 path("li.sheet"), "--out", path("li.req")},
                                {"passphrase of Li Si"}));
  const OfficeMachine li(folder_ / "A", "passphrase of Li Si");
  EXPECT_EQ(li.run({"incoming", "add", "--title", "早了", "--sender-org", "省厅"}).exit_code, 3);
  const std::string digits = asked.json->getValue<std::string>("digits");
  EXPECT_EQ(root(archive, {"user", "approve", path("li.req"), "--person", "李四", "--digits",
                           "1" + digits.substr(1) + "0"})
                .exit_code,
            8);
  must(root(archive, {"user", "approve", path("li.req"), "--person", "李四", "--digits", digits}));
  EXPECT_EQ(
      root(archive, {"user", "approve", path("li.req"), "--person", "李四", "--digits", digits})
          .error,
      "EXISTS");
  must(carry(archive, a, "A"));
  EXPECT_THAT(must(li.run({"用户", "列表"})).text, HasSubstr("李四"));
  must(li.run({"incoming", "add", "--title", "李四登记", "--sender-org", "省厅"}));
  EXPECT_EQ(li.run({"incoming", "list", "--level", "机密"}).exit_code, 0);
  EXPECT_EQ(li.run({"incoming", "add", "--title", "过高", "--sender-org", "省厅", "--level", "机密",
                    "--copies", "1", "--pages", "1"})
                .exit_code,
            7);
}

TEST_F(OfficeVerbs, ALostVolumeIsMadeAgainByteForByteUntilItsReceiptIsHere) {
  const OfficeMachine archive = new_archive();
  must(root(archive, {"office", "add", "甲局"}));
  const OfficeMachine a = enrolled(archive, "A", "甲局", "standalone");
  must(carry(archive, a, "A"));
  add(a, "甲");
  fs::create_directories(path("one"));
  fs::create_directories(path("two"));
  const Said out =
      must(a.run({"bundle", "export", "--to", "R", "--label", "机密", "--out", path("one")}));
  const std::string set = out.json->getValue<std::string>("set");
  must(a.run({"bundle", "export", "--again", set.substr(0, 8), "--out", path("two")}));
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path("one")))
    names.push_back(entry.path().filename().string());
  ASSERT_EQ(names.size(), 1U);
  RealFiles files;
  EXPECT_EQ(*read_file(files, path("one/" + names.front()), 1 << 24),
            *read_file(files, path("two/" + names.front()), 1 << 24));
  const Said seen = must(archive.run({"bundle", "inspect", path("two/" + names.front())}));
  EXPECT_THAT(seen.text, HasSubstr("A"));
  must(archive.run({"bundle", "import", path("two/" + names.front())}));
  EXPECT_THAT(must(archive.run({"bundle", "import", path("one/" + names.front())})).text,
              HasSubstr("已导入过"));
  EXPECT_EQ(std::distance(fs::directory_iterator(a.data() + "/sent"), {}), 1);
  must(carry(archive, a, "A"));  // brings the receipt
  EXPECT_EQ(std::distance(fs::directory_iterator(a.data() + "/sent"), {}), 0);
  EXPECT_THAT(must(a.run({"bundle", "list"})).text, HasSubstr("已回执"));
  // What is no longer kept is exported anew, as a set of its own.
  fs::create_directories(path("three"));
  const Said anew =
      must(a.run({"bundle", "export", "--again", set.substr(0, 8), "--out", path("three")}));
  EXPECT_NE(anew.json->getValue<std::string>("set"), set);
  must(a.run({"bundle", "lost", anew.json->getValue<std::string>("set").substr(0, 8)}));
  EXPECT_EQ(std::distance(fs::directory_iterator(a.data() + "/sent"), {}), 0);
  EXPECT_EQ(a.run({"bundle", "lost", "ffffffff"}).exit_code, 4);
}

// One archive and one machine that meets it by sticks only.
class BySticks : public OfficeVerbs {
 protected:
  BySticks() : archive_(new_archive()), a_(with_office()) { must(carry(archive_, a_, "A")); }
  /// A stick of A's for the archive: its one file.   `set`: what it is called
  std::string stick(std::string* set = nullptr, bool is_one_way = false) {
    const std::string folder = path("from-a-" + std::to_string(++sticks_));
    fs::create_directories(folder);
    std::vector<std::string> words{"bundle",  "export", "--to",  "R",
                                   "--label", "机密",   "--out", folder};
    if (is_one_way) words.push_back("--one-way");
    const Said out = must(a_.run(words));
    if (set != nullptr) *set = out.json->getValue<std::string>("set");
    return out.json->getArray("volumes")->getObject(0)->getValue<std::string>("file");
  }
  void take(const std::string& file) const { must(archive_.run({"bundle", "import", file})); }
  std::string listed() const { return must(archive_.run({"bundle", "list"})).text; }
  std::string last_contact() const {
    const Said status = must(archive_.run({"status"}));
    return status.json->getArray("contacts")->getObject(0)->getValue<std::string>("last_contact");
  }
  OfficeMachine archive_, a_;

 private:
  OfficeMachine with_office() const {
    must(root(archive_, {"office", "add", "甲局"}));
    return enrolled(archive_, "A", "甲局", "standalone");
  }
  int sticks_ = 0;
};

TEST_F(BySticks, ALostSetIsMissingNoMoreOnceALaterOneBroughtWhatWasInIt) {
  add(a_, "丢了的");
  std::string set;
  stick(&set);
  must(a_.run({"bundle", "lost", set}));
  add(a_, "后来的");
  take(stick());
  EXPECT_THAT(must(archive_.run({"find", "丢了的"})).text, HasSubstr("丢了的"));
  EXPECT_THAT(listed(), Not(HasSubstr("缺包")));
}

TEST_F(BySticks, ASetWhoseContentNeverCameStaysMissing) {
  for (const char* title : {"甲", "乙", "丙"}) {
    add(a_, title);
    stick(nullptr, true);
  }
  add(a_, "丁");
  const std::string last = stick(nullptr, true);  // repeats what the two before it held
  take(last);
  EXPECT_EQ(archive_.run({"find", "甲"}).exit_code, 4);
  EXPECT_THAT(listed(), HasSubstr("缺包：A 的第 1 套"));
}

TEST_F(BySticks, AnOldStickSaysNothingNewOfWhoMadeIt) {
  const auto after_a_second = [] { std::this_thread::sleep_for(std::chrono::milliseconds(1100)); };
  add(a_, "甲");
  const std::string old = stick();
  take(old);
  const std::string heard = last_contact();
  EXPECT_NE(heard, "");
  after_a_second();
  take(old);
  EXPECT_EQ(last_contact(), heard);
  take(stick());  // brings nothing new either, but was made since
  EXPECT_NE(last_contact(), heard);
}

TEST_F(OfficeVerbs, ThroughAHubTheArchiveKnowsWhoWasHeardOfAndWhoIsOverdue) {
  RealFiles files;
  LoopbackHub hub(path("hub"), files);
  const OfficeMachine archive =
      new_archive({"--hub-card", hub.card(), "--realm-file", path("realm")});
  hub.join(path("realm"));
  hub.start();
  must(root(archive, {"office", "add", "甲局"}));
  const OfficeMachine a = machine("A");
  must(archive.run(
      {"enrol", "invite", "--office", "甲局", "--ceiling", "机密", "--out", path("A.inv")}));
  must(a.run({"init", "--invitation", path("A.inv"), "--recovery-sheet", path("A.sheet")}));
  const Said asked = must(a.run({"enrol", "request"}));
  must(archive.run({"sync"}));
  EXPECT_EQ(root(archive, {"user", "approve", "--person", "x"}).exit_code, 4);
  must(root(archive, {"enrol", "approve", "--digits", asked.json->getValue<std::string>("digits"),
                      "--node", "A", "--person", "张三"}));
  must(archive.run({"sync"}));
  must(a.run({"enrol", "complete"}));
  const auto row_of_a = [&] {
    const Said status = must(archive.run({"status"}));
    const auto contacts = status.json->getArray("contacts");
    EXPECT_EQ(contacts->size(), 1U);
    return contacts->getObject(0);
  };
  EXPECT_EQ(row_of_a()->getValue<std::string>("last_contact"), "");
  EXPECT_TRUE(row_of_a()->getValue<bool>("overdue"));
  add(a, "甲局文件");
  must(a.run({"sync"}));
  must(archive.run({"sync"}));
  EXPECT_NE(row_of_a()->getValue<std::string>("last_contact"), "");
  EXPECT_FALSE(row_of_a()->getValue<bool>("overdue"));
  EXPECT_THAT(must(archive.run({"find", "甲局文件"})).text, HasSubstr("甲局"));
  // A person asks through the mailbox.
  const Said li = must(a.run({"user", "add", "李四", "--recovery-sheet", path("li.sheet")},
                             {"passphrase of Li Si"}));
  const OfficeMachine as_li(fs::path(a.data()).parent_path(), "passphrase of Li Si");
  must(a.run(
      {"大事记", "记录", "--日期", "2026-11-20", "--事件", "整理资料室", "--记录人", "周敏"}));
  EXPECT_THAT(must(as_li.run({"大事记", "list"})).text, Not(HasSubstr("整理资料室")))
      << "nobody approved";
  EXPECT_THAT(root(archive, {"enrol", "approve"}).text, HasSubstr("user approve"));
  must(root(archive, {"user", "approve", "--person", "李四", "--digits",
                      li.json->getValue<std::string>("digits")}));
  must(archive.run({"sync"}));
  must(a.run({"sync"}));
  EXPECT_THAT(must(a.run({"user", "list"})).text, HasSubstr("李四"));
  EXPECT_THAT(must(as_li.run({"大事记", "list"})).text, HasSubstr("整理资料室"));
  hub.stop();
  const Said away = a.run({"sync"});
  EXPECT_EQ(away.exit_code, 6);
  must(a.run({"incoming", "list"}));
}

TEST_F(OfficeVerbs, PeopleAndOfficesAreListedAsTheirNamesAreRead) {
  const OfficeMachine archive = new_archive();
  for (const char* office : {"水利局", "财政局", "重点办"})
    must(root(archive, {"office", "add", office}));
  const auto names_of = [](const Said& said, const char* list, const char* key) {
    std::vector<std::string> names;
    const auto rows = said.json->getArray(list);
    for (const auto& row : *rows)
      names.push_back(row.extract<Poco::JSON::Object::Ptr>()->getValue<std::string>(key));
    return names;
  };
  EXPECT_THAT(names_of(must(archive.run({"office", "list"})), "offices", "name"),
              testing::ElementsAre("财政局", "档案室", "水利局", "重点办"));
  for (const char* person : {"单明", "曾静", "安平"})
    must(archive.run(
        {"user", "add", person, "--recovery-sheet", path(std::string(person) + ".sheet")},
        {"a passphrase of theirs", "root root root root"}));
  EXPECT_THAT(names_of(must(archive.run({"user", "list"})), "users", "name"),
              testing::ElementsAre("安平", "单明", "曾静", "周敏"));
}

class Dice final : public Random {
 public:
  explicit Dice(std::uint64_t n) : n_(n) {}
  std::uint64_t next() override { return n_; }

 private:
  std::uint64_t n_;
};

TEST(BackOff, GrowsFromSecondsToAQuarterOfAnHourAndForgetsAfterSuccess) {
  Dice none(0);
  EXPECT_EQ(rest_ms(60'000, 0, 0, none), 60'000);
  EXPECT_EQ(rest_ms(60'000, 90'000, 0, none), 90'000);
  EXPECT_EQ(rest_ms(60'000, 0, 1, none), 5'000);
  EXPECT_EQ(rest_ms(60'000, 0, 3, none), 20'000);
  EXPECT_EQ(rest_ms(60'000, 0, 1'000'000, none), 900'000);
  EXPECT_EQ(rest_ms(3'600'000, 0, 100, none), 3'600'000);
  Dice much(~std::uint64_t{0});
  for (int failures = 0; failures < 12; ++failures) {
    const std::int64_t least = rest_ms(1'000, 0, failures, none);
    EXPECT_GE(rest_ms(1'000, 0, failures, much), least);
    EXPECT_LE(rest_ms(1'000, 0, failures, much), least + least / 4);
  }
}

}  // namespace
}  // namespace jiyao
