// tests/cli/conflict_test.cpp - a disagreement of two machines through conflict list, show,
// resolve and undo: who wrote what is shown on both, and a wrong ruling rules nothing.
#include <Poco/JSON/Array.h>

#include "cli/refusal.h"

namespace jiyao {
namespace {

using testing::HasSubstr;

class Disagreement : public testing::Test {
 protected:
  Disagreement() {
    realm.archive.good({"access", "give", "--node", "B", "--owner", "甲局", "--level", "内部"});
    a.good(
        {"incoming", "add", "--title", "原来的标题", "--doc-no", kPaper, "--sender-org", "省厅"});
    meet({&realm.archive, &a, &b});
    a.good({"incoming", "edit", kPaper, "--title", "甲写的标题", "--main-dept", "办公室"});
    b.good({"incoming", "edit", kPaper, "--title", "乙写的标题", "--main-dept", "值班室"});
    meet({&a, &b, &a});
  }
  static void meet(const std::vector<const FieldMachine*>& machines) {
    for (const FieldMachine* machine : machines) machine->good({"sync"});
  }
  static int open(const FieldMachine& machine) {
    return machine.good({"conflict", "list"})->getValue<int>("open");
  }
  static std::string title(const FieldMachine& machine) {
    return machine.good({"incoming", "show", kPaper})
        ->getObject("fields")
        ->getValue<std::string>("title");
  }
  /// The number `conflict show` gives this value on this machine.
  static std::string number_of(const FieldMachine& machine, const std::string& field,
                               const std::string& value) {
    const auto groups = machine.good({"conflict", "show", kPaper})->getArray("open");
    for (const auto& one : *groups) {
      const auto group = one.extract<Poco::JSON::Object::Ptr>();
      if (group->getValue<std::string>("field") != field) continue;
      const auto sides = group->getArray("values");
      for (std::size_t i = 0; i < sides->size(); ++i)
        if (sides->getObject(static_cast<unsigned>(i))->getValue<std::string>("value") == value)
          return std::to_string(i + 1);
    }
    throw std::runtime_error("no side says " + value);
  }
  static Words ruling(const std::string& verb, const Words& more) {
    Words words = {"conflict", verb, kPaper, "--reason", "以原件为准"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static constexpr const char* kPaper = "省厅〔2026〕8号";
  FieldRealm realm;
  FieldMachine a = realm.enrol({.name = "A", .office = "甲局"});
  FieldMachine b = realm.enrol({.name = "B", .office = "乙局", .person = "王五"});
};

TEST_F(Disagreement, NamesBothPeopleAndMachinesOnBothSides) {
  for (const FieldMachine* machine : {&a, &b}) {
    SCOPED_TRACE(machine->name());
    const Ran list = machine->run({"conflict", "list"});
    EXPECT_EQ(list.exit_code, 0);
    for (const char* part : {"标题", "承办部门", "甲写的标题", "乙写的标题", "待裁定 1 条"})
      EXPECT_THAT(list.out, HasSubstr(part));
    const Ran shown = machine->run({"conflict", "show", kPaper});
    for (const char* part : {"原值 原来的标题", "[1]", "[2]", "张三 · A", "王五 · B"})
      EXPECT_THAT(shown.out, HasSubstr(part));
    const Ran english = machine->run({"--lang", "en", "conflict", "show", kPaper});
    EXPECT_THAT(english.out, HasSubstr("before: 原来的标题"));
    EXPECT_THAT(machine->run({"incoming", "list"}).out, HasSubstr("待裁定"));
  }
}

TEST_F(Disagreement, APageOfTheListSaysHowManyThereAre) {
  a.good({"incoming", "add", "--title", "另一件", "--doc-no", "省厅〔2026〕9号", "--sender-org",
          "省厅"});
  meet({&a, &b});
  for (const FieldMachine* machine : {&a, &b})
    machine->good({"incoming", "edit", "省厅〔2026〕9号", "--title", machine->name() + " 的标题"});
  meet({&a, &b, &a});
  const Ran page = a.run({"conflict", "list", "--limit", "1"});
  EXPECT_THAT(page.out, HasSubstr("还有 1 条待裁定"));
  EXPECT_THAT(page.out, HasSubstr("待裁定 2 条"));
  EXPECT_THAT(a.run({"status"}).out, HasSubstr("待裁定 2"));
  EXPECT_THAT(a.run({"sync"}).out, HasSubstr("冲突 2"));
}

// The right was taken back while work of B was on its way.
TEST_F(Disagreement, WorkTheHubNoLongerTakesIsSaidAndStillWaits) {
  b.good({"incoming", "edit", kPaper, "--urgency", "急件"});
  realm.archive.good(
      {"access", "give", "--node", "B", "--owner", "甲局", "--level", "内部", "--right", "none"});
  realm.archive.good({"sync"});
  const Ran told = b.json({"sync"});
  EXPECT_EQ(told.exit_code, 3) << told.said();
  EXPECT_EQ(told.json()->getValue<int>("batches_sent"), 0);
  EXPECT_EQ(told.json()->getValue<int>("not_taken"), 1);
  EXPECT_EQ(b.good({"status"})->getValue<int>("undelivered"), 1);
}

TEST_F(Disagreement, IsRuledFieldByFieldAndARulingIsTakenBackForTheOtherValue) {
  a.good(ruling("resolve", {"--field", "title", "--take", number_of(a, "title", "乙写的标题")}));
  EXPECT_EQ(open(a), 1);
  a.good(ruling("resolve", {"--栏目", "承办部门", "--改为", "秘书处"}));  // a third value
  meet({&a, &b});
  for (const FieldMachine* machine : {&a, &b}) {
    EXPECT_EQ(open(*machine), 0);
    EXPECT_EQ(title(*machine), "乙写的标题");
    EXPECT_THAT(machine->run({"conflict", "show", kPaper}).out, HasSubstr("没有待裁定的冲突"));
    EXPECT_THAT(machine->run({"incoming", "show", kPaper}).out, HasSubstr("秘书处"));
  }
  const Ran undone = b.run(ruling("undo", {"--field", "title"}));
  EXPECT_EQ(undone.exit_code, 0) << undone.said();
  EXPECT_THAT(undone.out, HasSubstr("改用另一值"));
  meet({&b, &a});
  for (const FieldMachine* machine : {&a, &b}) EXPECT_EQ(title(*machine), "甲写的标题");
  const Ran history = a.run({"history", kPaper});
  for (const char* part : {"甲写的标题", "乙写的标题", "裁定", "以原件为准", "王五"})
    EXPECT_THAT(history.out, HasSubstr(part));
}

TEST_F(Disagreement, TwoRulingsApartAreADisagreementAgain) {
  a.good(ruling("resolve", {"--field", "title", "--take", number_of(a, "title", "甲写的标题")}));
  b.good(ruling("resolve", {"--field", "title", "--take", number_of(b, "title", "乙写的标题")}));
  meet({&a, &b, &a});
  for (const FieldMachine* machine : {&a, &b}) EXPECT_EQ(open(*machine), 2) << machine->name();
  EXPECT_EQ(number_of(a, "title", "甲写的标题"), number_of(b, "title", "甲写的标题"));
  b.good(ruling("resolve", {"--field", "title", "--take", number_of(b, "title", "甲写的标题")}));
  meet({&b, &a});
  for (const FieldMachine* machine : {&a, &b}) {
    EXPECT_EQ(open(*machine), 1);
    EXPECT_EQ(title(*machine), "甲写的标题");
  }
}

TEST_F(Disagreement, AFindingIsAskedForWithItsQuestionAndBothSides) {
  for (const char* title : {"重复的来文", "又登记了一次"})
    a.good({"incoming", "add", "--title", title, "--doc-no", "省厅〔2026〕9号", "--sender-org",
            "省厅"});
  const Ran list = a.run({"conflict", "list"});
  const std::size_t open_bracket = list.out.find('[');
  ASSERT_NE(open_bracket, std::string::npos) << list.said();
  const std::string id = list.out.substr(open_bracket + 1, 8);
  const Ran asked = a.run({"冲突", "提请", id});
  EXPECT_EQ(asked.exit_code, 0) << asked.said();
  EXPECT_THAT(asked.out, HasSubstr("已提请裁定"));
  const Ran ruling = a.run(
      {"冲突处理台账", "查看",
       a.good({"ruling", "list"})->getArray("records")->getObject(0)->getValue<std::string>("id")});
  for (const char* part : {"N2", "标题 重复的来文", "标题 又登记了一次", "请谁裁定", "裁定时限"})
    EXPECT_THAT(ruling.out, HasSubstr(part));
}

TEST_F(Disagreement, AWrongRulingRulesNothing) {
  for (const Refusal& refusal : std::vector<Refusal>{
           {"no field", ruling("resolve", {"--take", "1"}), 4, "NOT_FOUND", {"--field"}},
           {"other field",
            ruling("resolve", {"--field", "doc_no", "--take", "1"}),
            4,
            "NOT_FOUND",
            {"--field"}},
           {"no such number",
            ruling("resolve", {"--field", "title", "--take", "3"}),
            2,
            "USAGE",
            {"只有 2 个值"}},
           {"zero", ruling("resolve", {"--field", "title", "--take", "0"}), 2, "USAGE", {"--take"}},
           {"minus", ruling("resolve", {"--field", "title", "--take", "-1"}), 2, "USAGE", {}},
           {"word", ruling("resolve", {"--field", "title", "--take", "x"}), 2, "USAGE", {"--take"}},
           {"nothing", ruling("resolve", {"--field", "title"}), 2, "USAGE", {"--take", "--value"}},
           {"both",
            ruling("resolve", {"--field", "title", "--take", "1", "--value", "y"}),
            2,
            "USAGE",
            {}},
           {"no reason", {"conflict", "resolve", kPaper, "--take", "1"}, 2, "USAGE", {"--reason"}},
           {"no finding", {"conflict", "ask", "ffff0000"}, 4, "NOT_FOUND", {"ffff0000"}},
           {"too short", {"conflict", "ask", "f"}, 4, "NOT_FOUND", {"冲突 列表"}},
           {"no record", {"conflict", "show", "无此文号"}, 4, "NOT_FOUND", {"无此文号"}},
           {"no ruling", ruling("undo", {"--field", "title"}), 4, "NOT_FOUND", {"没有可撤销"}},
           {"edit before a ruling",
            {"incoming", "edit", kPaper, "--title", "第三个标题"},
            5,
            "CONFLICT",
            {"裁定"}}}) {
    SCOPED_TRACE(refusal.name);
    expect_refused(a, refusal);
  }
  EXPECT_EQ(open(a), 2);
}

}  // namespace
}  // namespace jiyao
