// tests/cli/walk_test.cpp - a realm's first weeks through the verbs of the README: enrolment by
// file and through the hub, a register, a disagreement, bundles there and back, a restored disk, a
// hub that is stopped in the middle; and at the end no word of it in any file.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iconv.h>

#include <csignal>
#include <thread>

#include "support/field_realm.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kTitle = "关于做好汛期值守工作的通知";
constexpr const char* kSender = "沿江防汛指挥部";
constexpr const char* kNumber = "沿汛发〔2026〕17号";

std::string in_encoding(const std::string& text, const char* encoding, const char* from = "UTF-8") {
  const std::unique_ptr<void, int (*)(iconv_t)> door(::iconv_open(encoding, from), ::iconv_close);
  std::string in = text;
  std::string out(text.size() * 4 + 8, '\0');
  char* from_at = in.data();
  char* to_at = out.data();
  std::size_t left = in.size();
  std::size_t room = out.size();
  if (::iconv(door.get(), &from_at, &left, &to_at, &room) == static_cast<std::size_t>(-1))
    throw std::runtime_error(std::string("not in ") + encoding);
  out.resize(out.size() - room);
  return out;
}

class Walk : public testing::Test {
 protected:
  Walk() { fs::create_directory(realm.folder / "clear"); }
  /// Files a clerk made or took out on purpose: their content is in clear.
  std::string clear(const std::string& name) const { return realm.folder / ("clear/" + name); }
  std::string made_folder(const std::string& name) const {
    fs::create_directory(realm.folder / name);
    return realm.folder / name;
  }
  void sync(const std::vector<const FieldMachine*>& machines) {
    for (const FieldMachine* machine : machines) machine->good({"sync"});
  }
  static std::string title_of(const FieldMachine& machine) {
    return machine.good({"incoming", "show", kNumber})
        ->getObject("fields")
        ->getValue<std::string>("title");
  }
  /// From one stand-alone machine to another, by hand.
  void carry(const FieldMachine& from, const FieldMachine& to) {
    jiyao::carry(from, to, realm.folder / ("medium-" + std::to_string(++carried_)));
  }
  void add(const FieldMachine& machine, const std::string& title) {
    machine.good({"incoming", "add", "--title", title, "--sender-org", kSender});
  }
  /// One volume on a medium of its own; its path.
  std::string written(const FieldMachine& from, const FieldMachine& to, const Words& more = {}) {
    Words words = exporting(to, "medium-" + std::to_string(++carried_));
    words.insert(words.end(), more.begin(), more.end());
    const auto volumes = from.good(words)->getArray("volumes");
    return volumes->getObject(0)->getValue<std::string>("file");
  }
  Words exporting(const FieldMachine& to, const std::string& medium) const {
    return {"bundle", "export", "--to", to.name(), "--out", made_folder(medium)};
  }
  static std::vector<std::string> sets_out(const FieldMachine& machine) {
    std::vector<std::string> sets;
    const auto facts = machine.good({"bundle", "list"})->getArray("hand_overs");
    for (const auto& one : *facts) {
      const auto row = one.extract<Poco::JSON::Object::Ptr>();
      if (row->getValue<std::string>("direction") == "out")
        sets.push_back(row->getValue<std::string>("set"));
    }
    return sets;
  }
  /// Exports; the set's id.
  std::string export_to(const FieldMachine& to, const FieldMachine& from, const Words& more = {}) {
    written(from, to, more);
    return sets_out(from).back();
  }
  /// Of `bundle list`.
  static Poco::JSON::Object::Ptr row_of(const FieldMachine& machine, const std::string& set) {
    const auto facts = machine.good({"bundle", "list"})->getArray("hand_overs");
    for (const auto& one : *facts) {
      const auto row = one.extract<Poco::JSON::Object::Ptr>();
      if (row->getValue<std::string>("set") == set) return row;
    }
    throw std::runtime_error("no set " + set);
  }
  static std::string outcome_of(const FieldMachine& machine, const std::string& file) {
    const auto bundles = machine.good({"bundle", "import", file})->getArray("bundles");
    return bundles->getObject(0)->getValue<std::string>("outcome");
  }
  /// A stand-alone machine of 甲局 that has had its first bundle from the archive.
  FieldMachine with_the_roster(const std::string& name) {
    FieldMachine machine =
        realm.enrol({.name = name, .office = "甲局", .kind = "standalone", .person = "李四"});
    carry(realm.archive, machine);
    return machine;
  }
  FieldMachine with_the_paper() {
    const FieldMachine a = realm.enrol({.name = "A", .office = "甲局", .by_file = false});
    a.good({"incoming", "add", "--title", kTitle, "--doc-no", kNumber, "--sender-org", kSender});
    sync({&a, &realm.archive});
    return a;
  }

  FieldRealm realm;
  int carried_ = 0;
};

TEST_F(Walk, ADisagreementIsShownRuledAndTheRulingTakenBack) {
  const FieldMachine a = with_the_paper();
  const FieldMachine b = realm.enrol({.name = "B", .office = "乙局", .person = "王五"});
  realm.archive.good({"access", "give", "--node", "B", "--owner", "甲局", "--level", "内部"});
  sync({&realm.archive, &a, &b});
  EXPECT_EQ(title_of(b), kTitle);
  a.good({"incoming", "edit", kNumber, "--title", "甲的标题"});
  b.good({"incoming", "edit", kNumber, "--title", "乙的标题", "--urgency", "加急"});
  sync({&a, &b, &a});
  for (const FieldMachine* machine : {&a, &b}) {
    EXPECT_EQ(machine->good({"conflict", "list"})->getValue<int>("open"), 1);
    const Ran shown = machine->run({"conflict", "show", kNumber});
    EXPECT_EQ(shown.exit_code, 0) << shown.said();
    for (const char* part : {"甲的标题", "乙的标题", kTitle, "张三", "王五", "[1]", "[2]"})
      EXPECT_THAT(shown.out, HasSubstr(part));
  }
  a.good({"conflict", "resolve", kNumber, "--field", "title", "--take", "1", "--reason", "原件"});
  sync({&a, &b});
  EXPECT_EQ(title_of(a), title_of(b));
  const std::string ruled = title_of(a);
  EXPECT_EQ(a.good({"conflict", "list"})->getValue<int>("open"), 0);
  b.good({"conflict", "undo", kNumber, "--field", "title", "--reason", "看错"});
  sync({&b, &a});
  EXPECT_NE(title_of(a), ruled);
  EXPECT_EQ(title_of(a), title_of(b));
  const Ran history = a.run({"history", kNumber});
  for (const char* part : {"甲的标题", "乙的标题", "裁定", "看错"})
    EXPECT_THAT(history.out, HasSubstr(part));
}

TEST_F(Walk, ARegisterComesInAndGoesOutInBothEncodings) {
  const FieldMachine a = with_the_paper();
  std::string text = "序号,来文单位,文号,标题,成文日期,收文日期\r\n";
  for (int i = 1; i <= 30; ++i)
    text += std::to_string(i) + ",省厅,厅发〔2026〕" + std::to_string(i) + "号,\"第" +
            std::to_string(i) + "项, 带引号\",2026-11-01,2026-11-20\r\n";
  write_text(clear("gb.csv"), in_encoding(text, "GB18030"));
  EXPECT_EQ(a.good({"import", "incoming", clear("gb.csv")})->getValue<int>("recorded"), 30);
  a.good({"export", "incoming", "-o", clear("utf8.csv")});
  a.good({"export", "incoming", "--encoding", "gb18030", "-o", clear("gb-out.csv")});
  const std::string utf8 = read_text(clear("utf8.csv"));
  EXPECT_THAT(utf8, HasSubstr(kTitle));
  EXPECT_THAT(utf8, HasSubstr("\"第30项, 带引号\""));
  EXPECT_EQ("\xEF\xBB\xBF" + in_encoding(read_text(clear("gb-out.csv")), "UTF-8", "GB18030"), utf8);
  const auto again = a.good({"import", "incoming", clear("gb.csv")});
  EXPECT_EQ(again->getValue<int>("recorded"), 0);
  EXPECT_EQ(again->getValue<int>("already_there"), 30);
}

TEST_F(Walk, ALoanIsSeenWhereThePaperIs) {
  const FieldMachine a = with_the_paper();
  EXPECT_THAT(a.run({"where", kNumber}).out, HasSubstr("登记处"));
  a.good({"loan", "add", kNumber, "--borrower", "赵六", "--purpose", "核对"});
  EXPECT_THAT(a.run({"where", kNumber}).out, HasSubstr("赵六"));
  a.good({"loan", "return", kNumber});
  const Ran back = a.run({"where", kNumber});
  EXPECT_THAT(back.out, HasSubstr("（在库，自 "));
  EXPECT_THAT(back.out, HasSubstr("此前 赵六（借出"));
  a.expect_whole();
}

TEST_F(Walk, BundlesGoThereAndBack) {
  const FieldMachine s =
      realm.enrol({.name = "S", .office = "甲局", .kind = "standalone", .person = "李四"});
  carry(realm.archive, s);
  add(s, "单机登记的一件");
  carry(s, realm.archive);
  EXPECT_EQ(found(realm.archive, "单机登记"), 1U);
  carry(realm.archive, s);
  EXPECT_EQ(s.good({"status"})->getValue<int>("undelivered"), 0);
  EXPECT_THAT(s.run({"bundle", "list"}).out, HasSubstr("已回执"));
  EXPECT_THAT(s.run({"incoming", "list"}).out, HasSubstr("单机登记的一件"));
  s.expect_whole();
  realm.archive.expect_whole();
}

TEST_F(Walk, AOneWaySetIsNeitherOpenNorReceiptedAndTheNextOnesAreOrdinary) {
  const FieldMachine s = with_the_roster("S");
  add(s, "单机登记的一件");
  const std::string once = export_to(realm.archive, s, {"--one-way"});
  const std::string first = export_to(realm.archive, s);
  EXPECT_EQ(s.good({"status"})->getValue<int>("open_media"), 1);
  for (const auto& [set, is_one_way] : {std::pair{once, true}, {first, false}}) {
    const auto row = row_of(s, set);
    EXPECT_EQ(row->getValue<bool>("one_way"), is_one_way);
    EXPECT_FALSE(row->getValue<bool>("returned")) << "nobody signed for it";
    s.good({"bundle", "export", "--again", set, "--out", made_folder("again")});
  }
  EXPECT_THAT(s.run({"bundle", "list"}).out,
              AllOf(HasSubstr("已写出，单向，不等回执"), Not(HasSubstr("已回执"))));
  const Ran lost = s.run({"bundle", "lost", once});
  EXPECT_EQ(lost.exit_code, 0) << lost.said();
  EXPECT_THAT(lost.out, AllOf(HasSubstr("不等回执"), Not(HasSubstr("已声明丢失"))));
  EXPECT_FALSE(s.good({"bundle", "lost", once})->getValue<bool>("declared"));
  for (int i = 0; i < 2; ++i) export_to(realm.archive, s);
  EXPECT_NE(s.run(exporting(realm.archive, "full")).exit_code, 0) << "three sets are open";
  EXPECT_TRUE(s.good({"bundle", "lost", first})->getValue<bool>("declared"));
}

TEST_F(Walk, OfOneWaySetsTheNewestThreeAreKeptAndAnOlderOneIsMadeAnewOneWay) {
  const FieldMachine s = with_the_roster("S");
  std::vector<std::string> sets;
  for (int i = 0; i < 4; ++i) sets.push_back(export_to(realm.archive, s, {"--one-way"}));
  const auto again = [&](const std::string& set) {
    return s.good({"bundle", "export", "--again", set, "--out", made_folder("again")})
        ->getValue<std::string>("set");
  };
  for (std::size_t i = 1; i < sets.size(); ++i) EXPECT_EQ(again(sets[i]), sets[i]);
  const std::string anew = again(sets[0]);
  EXPECT_NE(anew, sets[0]);
  EXPECT_TRUE(row_of(s, anew)->getValue<bool>("one_way"));
  EXPECT_EQ(s.good({"status"})->getValue<int>("open_media"), 0);
}

TEST_F(Walk, ASetThatCameBackIsNotDeclaredLost) {
  const FieldMachine s = with_the_roster("S");
  add(s, "单机登记的一件");
  carry(s, realm.archive);
  carry(realm.archive, s);
  const std::string set = sets_out(s).back();
  EXPECT_TRUE(row_of(s, set)->getValue<bool>("returned"));
  const Ran lost = s.run({"bundle", "lost", set});
  EXPECT_EQ(lost.exit_code, 0) << lost.said();
  EXPECT_THAT(lost.out, AllOf(HasSubstr("已回执"), Not(HasSubstr("已声明丢失"))));
  EXPECT_TRUE(row_of(s, set)->getValue<bool>("returned"));
}

TEST_F(Walk, AMachineWhoseRosterIsTooOldIsToldToAskForAllOfIt) {
  const FieldMachine s = with_the_roster("S");
  carry(s, realm.archive);
  s.good({"backup", "create", realm.folder / "copy"});
  realm.archive.good({"office", "add", "丁局"});
  carry(realm.archive, s);
  carry(s, realm.archive);
  fs::remove_all(s.data());
  s.good({"backup", "restore", realm.folder / "copy"});
  realm.archive.good({"office", "add", "戊局"});
  const Words import = {"bundle", "import", written(realm.archive, s)};
  for (int i = 0; i < 2; ++i) {
    const Ran ran = s.run(import);
    EXPECT_EQ(ran.exit_code, 3) << ran.said();
    EXPECT_THAT(ran.out, AllOf(HasSubstr("--full"), Not(HasSubstr("等待同套"))));
  }
  const auto row = s.json(import).json()->getArray("bundles")->getObject(0);
  EXPECT_EQ(row->getValue<std::string>("outcome"), "roster_old");
  s.good({"bundle", "import", written(realm.archive, s, {"--full"})});
  s.expect_whole();
}

TEST_F(Walk, AStickOfReceiptsIsNotCalledImportedBefore) {
  const FieldMachine s = with_the_roster("S");
  add(s, "单机登记的一件");
  carry(s, realm.archive);
  const std::string later = written(s, realm.archive);
  EXPECT_EQ(outcome_of(realm.archive, later), "nothing_new") << "its content came with another set";
  EXPECT_EQ(outcome_of(realm.archive, later), "repeated");
  carry(realm.archive, s);
  const std::string again = written(s, realm.archive);
  realm.archive.good({"bundle", "import", again});
  const std::string receipts = written(realm.archive, s);
  const Ran first = s.run({"bundle", "import", receipts});
  EXPECT_THAT(first.out, AllOf(HasSubstr("回执已收"), Not(HasSubstr("已导入过"))));
  EXPECT_EQ(s.good({"status"})->getValue<int>("open_media"), 0);
  EXPECT_THAT(s.run({"bundle", "import", receipts}).out, HasSubstr("已导入过，未做任何改动"));
  EXPECT_THAT(s.run({"bundle", "list"}).out, Not(HasSubstr("已入账")));
}

TEST_F(Walk, WhatNoKeyIsHereForIsNotCalledRecorded) {
  const FieldMachine s = with_the_roster("S");
  const FieldMachine v =
      realm.enrol({.name = "V", .office = "乙局", .kind = "standalone", .person = "王五"});
  const FieldMachine t = realm.enrol({.name = "T", .office = "乙局", .kind = "standalone"});
  realm.archive.good({"access", "give", "--node", "V", "--owner", "甲局", "--level", "内部"});
  // By way of a machine that may not read 甲局 the roster comes, and no grant.
  carry(realm.archive, t);
  carry(t, s);
  add(s, "单机登记的一件");
  const Ran ran = v.run({"bundle", "import", written(s, v)});
  EXPECT_EQ(ran.exit_code, 0) << ran.said();
  const auto counts = v.good({"status"})->getObject("counts");
  EXPECT_THAT(ran.out,
              HasSubstr("其中 " + counts->getValue<std::string>("pending") + " 条等待密钥"));
  EXPECT_NE(counts->getValue<std::string>("pending"), "0");
  EXPECT_THAT(ran.out, AllOf(HasSubstr("已收 "), Not(HasSubstr("已入账"))));
}

TEST_F(Walk, ARestoredDiskBeginsANewLifeAndFetchesWhatItLost) {
  const FieldMachine a = with_the_paper();
  const std::string life = a.good({"status"})->getValue<std::string>("incarnation");
  a.good({"backup", "create", realm.folder / "copy"});
  add(a, "备份之后的一件");
  sync({&a});
  fs::remove_all(a.data());
  a.good({"backup", "restore", realm.folder / "copy"});
  EXPECT_NE(a.good({"status"})->getValue<std::string>("incarnation"), life);
  sync({&a});
  EXPECT_EQ(found(a, "备份之后"), 1U);
  add(a, "恢复之后的一件");
  sync({&a, &realm.archive});
  EXPECT_EQ(found(realm.archive, "恢复之后"), 1U);
  a.expect_whole();
}

TEST_F(Walk, AHubThatIsStoppedInARequestEndsCleanAndServesAgain) {
  const FieldMachine a = with_the_paper();
  std::string text = "序号,来文单位,标题,收文日期\n";
  for (int i = 1; i <= 2000; ++i)
    text +=
        std::to_string(i) + "," + kSender + ",第" + std::to_string(i * 7919) + "项,2026-11-20\n";
  write_text(clear("large.csv"), text);
  a.good({"import", "incoming", clear("large.csv")});
  realm.hub.link().set({.bytes_per_second = 20'000});
  const std::uint64_t before = realm.hub.link().passed_bytes();
  Child syncing(a.start({"--json", "sync"}));
  // Well into the body of its first large request.
  while (realm.hub.link().passed_bytes() < before + 12'000)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  realm.hub.child().signal(SIGTERM);
  realm.hub.link().set({});
  const Ran stopped = realm.hub.stop(SIGTERM);
  EXPECT_EQ(stopped.exit_code, 0) << stopped.said();
  EXPECT_THAT(stopped.out, HasSubstr("中心已停止"));
  const Ran synced = syncing.wait();
  EXPECT_TRUE(synced.exit_code == 0 || synced.exit_code == 6) << synced.said();
  const Ran verified = realm.hub.verb("verify");
  EXPECT_EQ(verified.exit_code, 0) << verified.said();
  realm.hub.serve();
  sync({&a, &realm.archive});
  EXPECT_EQ(found(realm.archive, "汛期值守"), 1U);
  EXPECT_EQ(a.good({"status"})->getValue<int>("undelivered"), 0);
  a.expect_whole();
}

// After a real run: no title, sender or number in any file of replica, bundle, backup, hub store,
// state or log, in the encodings people would find it in.
TEST_F(Walk, NoWordOfARecordIsInAnyFile) {
  const FieldMachine a = with_the_paper();
  const FieldMachine s = realm.enrol({.name = "S", .office = "甲局", .kind = "standalone"});
  carry(realm.archive, s);
  s.good({"incoming", "add", "--title", kTitle, "--doc-no", kNumber, "--sender-org", kSender});
  carry(s, realm.archive);
  a.good({"incoming", "edit", kNumber, "--urgency", "加急"});
  a.good({"backup", "create", realm.folder / "copy"});
  sync({&a, &realm.archive});
  Child left(a.start({"--json", "incoming", "list"}));  // a log left behind is searched as well
  Ran killed;
  left.kill_after(std::chrono::milliseconds(25), killed);
  const Ran hub = realm.hub.stop(SIGTERM);
  std::size_t bytes = 0;
  for (const char* word : {kTitle, kSender, kNumber, "张三"}) {
    for (const char* encoding : {"UTF-8", "UTF-16LE", "UTF-16BE", "GB18030"}) {
      const std::string part = in_encoding(word, encoding);
      EXPECT_EQ((hub.out + hub.err).find(part), std::string::npos) << "the hub's log: " << word;
      for (const auto& entry : fs::recursive_directory_iterator(realm.folder.path())) {
        if (!entry.is_regular_file() || entry.path().parent_path().filename() == "clear") continue;
        std::string content = read_text(entry.path());
        bytes += content.size();
        // Meant for paper, a recovery sheet says whose it is, and nothing else of anybody.
        if (entry.path().extension() == ".sheet") content.erase(0, content.find("编号"));
        EXPECT_EQ(content.find(part), std::string::npos)
            << word << " as " << encoding << " in " << entry.path();
      }
    }
  }
  EXPECT_GT(bytes, 1U << 20) << "nothing was searched";
  realm.hub.serve();
}

}  // namespace
}  // namespace jiyao
