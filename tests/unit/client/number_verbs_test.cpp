// tests/unit/client/number_verbs_test.cpp - numbers given twice, numbers that wait, steps of many
// rows, and the hour a business day ends, as a clerk types them.
#include "client/typed_value.h"
#include "schema/dates.h"
#include "unit/client/ledger_walk.h"

namespace jiyao {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string made(const Said& said) {
  return said.json->getArray("records")->getObject(0)->getValue<std::string>("id");
}

/// The archive, which leads its office's series, and a second machine of the same office.
class NumberVerbs : public InOffices {
 protected:
  NumberVerbs() : r_(new_archive()), b_(enrolled(r_, "B", "档案室")) { must(carry(r_, b_, "B")); }
  void meet() {
    must(carry(b_, r_, "R"));
    must(carry(r_, b_, "B"));
  }
  static Said add(const OfficeMachine& at, const std::string& title) {
    return must(at.run({"收文", "登记", "--标题", title, "--来文单位", "省厅"}));
  }
  /// A row with a number that no block gave: what a machine says that was put back to an older
  /// copy.
  std::string numbered(const std::string& home, const std::string& title,
                       const std::string& number) {
    OpenDesk desk(folder_ / home, "passphrase of " + home);
    const LedgerDefinition& ledger = *Definitions::built_in().ledger("incoming");
    const auto writes = writes_of(ledger,
                                  {{"intake_no", number},
                                   {"title", title},
                                   {"sender_org", "省厅"},
                                   {"series", "普通"},
                                   {"level", "internal"},
                                   {"received_on", "2026-11-20"},
                                   {"state", "registered"}},
                                  nullptr);
    EXPECT_TRUE(writes);
    Query own;
    own.ledger = ledger.name;
    const auto rows = desk.replica().search(own).rows;
    EXPECT_FALSE(rows.empty());
    Step step;
    step.ledger = ledger.name;
    step.writes = *writes;
    const auto recorded = desk.replica().record(Act{rows.front().compartment, {step}});
    EXPECT_TRUE(recorded) << recorded.error().detail;
    return recorded->records.front().hex();
  }
  static std::string shown(const OfficeMachine& at, const std::string& row,
                           const std::string& ledger = "收文") {
    return must(at.run({ledger, "查看", row})).text;
  }

  OfficeMachine r_, b_;
};

TEST_F(NumberVerbs, N1TheLeadMachineRenumbersTheRowThatDoesNotOwnTheNumber) {
  const std::string first = made(add(r_, "主机所登"));
  must(carry(r_, b_, "B"));
  const std::string second = numbered("B", "另一台所登", "2026-0001");
  meet();
  EXPECT_THAT(must(r_.run({"冲突", "列表"})).text, HasSubstr("N1"));
  EXPECT_EQ(r_.run({"收文", "改编", "2026-0001"}).error, "INVALID") << "two are called so";
  EXPECT_EQ(b_.run({"收文", "改编", second}).error, "NOT_ALLOWED");
  const Said keeps = r_.run({"收文", "改编", first});
  EXPECT_EQ(keeps.error, "CONFLICT");
  EXPECT_THAT(keeps.text, HasSubstr(second)) << "the other one is named";
  EXPECT_THAT(must(r_.run({"收文", "改编", second})).text, HasSubstr("原编号 2026-0001"));
  meet();
  for (const OfficeMachine* machine : {&r_, &b_}) {
    EXPECT_THAT(shown(*machine, second),
                AllOf(HasSubstr("2026-0002"), HasSubstr("原编号 2026-0001，离线重号改编"),
                      HasSubstr("待重盖")));
    EXPECT_THAT(shown(*machine, first), HasSubstr("2026-0001"));
    EXPECT_THAT(must(machine->run({"冲突", "列表"})).text, Not(HasSubstr("N1")));
    EXPECT_THAT(must(machine->run({"今天", "--全部"})).text, HasSubstr("重盖收文章"));
  }
  must(r_.run({"收文", "修改", second, "--收文章", "已重盖"}));
  EXPECT_THAT(must(r_.run({"今天", "--全部"})).text, Not(HasSubstr("重盖收文章")));
  const Said again = r_.run({"收文", "改编", second});
  EXPECT_EQ(again.error, "NOT_FOUND");
  EXPECT_THAT(again.text, HasSubstr("不必改编"));
}

TEST_F(NumberVerbs, N1TheOwnerOfTheNumberIsRenumberedForAReasonOnly) {
  const std::string first = made(add(r_, "主机所登"));
  must(carry(r_, b_, "B"));
  numbered("B", "另一台所登", "2026-0001");
  meet();
  must(r_.run({"收文", "改编", first, "--原因", "另一件已经盖章"}));
  EXPECT_THAT(shown(r_, first), HasSubstr("2026-0002"));
  EXPECT_THAT(must(r_.run({"冲突", "列表"})).text, Not(HasSubstr("N1")));
}

TEST_F(NumberVerbs, EveryLedgerThatWaitsForANumberGetsItsOwn) {
  const std::string item = made(must(b_.run({"督查督办", "拟办", "--事项", "落实防汛责任",
                                             "--接收日期", "2026-11-20", "--承办单位", "一处"})));
  EXPECT_THAT(shown(b_, item, "督查督办"), HasSubstr("临-"));
  must(carry(b_, r_, "R"));
  must(carry(r_, b_, "B"));
  EXPECT_THAT(shown(b_, item, "督查督办"), AllOf(HasSubstr("2026-0001"), HasSubstr("原编号 临-")));
}

TEST_F(NumberVerbs, N7ACopyWhoseNumberIsOnTwoPapersIsNotSentUntilItIsSettled) {
  must(
      r_.run({"收文", "登记", "--标题", "机密件", "--来文单位", "省厅", "--文号", "省厅〔2026〕7号",
              "--密级", "机密", "--份数", "1", "--页数", "3", "--份号", "000001"}));
  must(carry(r_, b_, "B"));
  const Words number{"文件份", "编份号", "省厅〔2026〕7号", "--份号", "000002", "--密级", "机密"};
  const std::string here = made(must(r_.run(number))), there = made(must(b_.run(number)));
  meet();
  const auto send = [&](const std::string& copy) {
    return r_.run({"发送", "发出", "省厅〔2026〕7号", "--份", copy, "--收件单位", "乙局", "--份数",
                   "1", "--渠道", "机要交通", "--经办人", "周敏"});
  };
  const Said refused = send(here);
  EXPECT_EQ(refused.error, "CONFLICT");
  EXPECT_THAT(refused.text, AllOf(HasSubstr("先处理待查事项"), HasSubstr("N7")));
  must(r_.run({"文件份", "作废", there, "--原因", "同一份登了两次"}));
  must(send(here));
}

class StepsOfMany : public InOffices {
 protected:
  StepsOfMany() : archive_(new_archive()), desk_(folder_ / "R", "passphrase of R") {}
  std::string arranged(const std::string& title, const std::string& year,
                       const std::string& part = "正本") {
    Words words{"归档文件目录", "收集", "--题名", title,    "--责任者",       "本厅",
                "--密级",       "内部", "--年度", year,     "--原件或复制件", "原件",
                "--保管期限",   "30年", "--机构", "办公室", "--组成",         part};
    const std::string id = made(must(desk_.run(words)));
    must(desk_.run({"归档文件目录", "预归档", id}));
    must(desk_.run({"归档文件目录", "接收", id, "--全宗号", "J012", "--移交日期", "2027-02-01",
                    "--接收人", "周敏"}));
    return id;
  }
  std::string state(const std::string& id) {
    return must(desk_.run({"归档文件目录", "查看", id})).json->getValue<std::string>("state");
  }

  OfficeMachine archive_;
  OpenDesk desk_;
};

TEST_F(StepsOfMany, M29ACatalogueIsArrangedAndClosedAsAWhole) {
  const std::string one = arranged("甲", "2026"), two = arranged("乙", "2026"),
                    other = arranged("丙", "2025");
  const Said arrange = must(desk_.run({"归档文件目录", "整编", "--where", "年度=2026"}));
  EXPECT_THAT(arrange.text, HasSubstr("2 条"));
  EXPECT_EQ(arrange.json->getArray("records")->size(), 2U);
  must(desk_.run({"归档文件目录", "封册", "--条件", "年度=2026", "--条件", "保管期限=30年"}));
  EXPECT_EQ(state(one), "sealed");
  EXPECT_EQ(state(two), "sealed");
  EXPECT_EQ(state(other), "received") << "of another year";
  EXPECT_THAT(must(desk_.run({"归档文件目录", "查看", one})).text, HasSubstr("2026-0001"))
      << "numbered in the order they were gathered";
  EXPECT_THAT(must(desk_.run({"归档文件目录", "查看", two})).text, HasSubstr("2026-0002"));
}

TEST_F(StepsOfMany, WhatOneRowLacksKeepsAllOfThemWhereTheyAre) {
  const std::string whole = arranged("齐全", "2026");
  const std::string lacking =
      made(must(desk_.run({"归档文件目录", "收集", "--题名", "缺全宗", "--责任者", "本厅", "--密级",
                           "内部", "--年度", "2026", "--原件或复制件", "原件", "--组成", "正本"})));
  must(desk_.run({"归档文件目录", "预归档", lacking}));
  must(desk_.run({"归档文件目录", "接收", lacking, "--全宗号", "J012", "--移交日期", "2027-02-01",
                  "--接收人", "周敏"}));
  const Said refused = desk_.run({"归档文件目录", "整编", "--where", "年度=2026"});
  EXPECT_EQ(refused.error, "INVALID");
  EXPECT_THAT(refused.text, AllOf(HasSubstr(lacking), HasSubstr("保管期限")));
  EXPECT_EQ(state(whole), "received");
}

TEST_F(StepsOfMany, RowsOfTwoLevelsAreNotMovedTogether) {
  must(desk_.run({"收文", "登记", "--标题", "内部件", "--来文单位", "省厅"}));
  must(desk_.run({"收文", "登记", "--标题", "机密件", "--来文单位", "省厅", "--密级", "机密",
                  "--份数", "1", "--页数", "3"}));
  const Said refused = desk_.run({"收文", "初审", "--where", "来文单位=省厅"});
  EXPECT_EQ(refused.error, "CONFLICT");
  EXPECT_THAT(refused.text, AllOf(HasSubstr("内部"), HasSubstr("机密"), HasSubstr("--where")));
  const auto reviewed = [&] {
    return must(desk_.run({"收文", "列表", "--状态", "已初审"})).json->getValue<int>("total");
  };
  EXPECT_EQ(reviewed(), 0) << "neither is";
  must(desk_.run({"收文", "初审", "--where", "来文单位=省厅", "--where", "密级=内部"}));
  EXPECT_EQ(reviewed(), 1);
}

TEST_F(StepsOfMany, ARowOrAConditionIsNamedNotBothNorNeither) {
  const std::string one = arranged("甲", "2026");
  EXPECT_EQ(desk_.run({"归档文件目录", "整编"}).error, "USAGE");
  EXPECT_EQ(desk_.run({"归档文件目录", "整编", one, "--where", "年度=2026"}).error, "USAGE");
  EXPECT_EQ(desk_.run({"归档文件目录", "整编", "--where", "年度=1999"}).error, "NOT_FOUND");
  EXPECT_EQ(desk_.run({"归档文件目录", "整编", "--where", "没有的=1"}).error, "INVALID");
  EXPECT_EQ(state(one), "received");
}

TEST_F(StepsOfMany, AListMovesWhatIsOfOneLevelAndNamesWhatIsNot) {
  for (const auto& [level, number] : {std::pair("机密", "000001"), std::pair("秘密", "000002")})
    must(desk_.run({"收文", "登记", "--标题", level, "--来文单位", "省厅", "--文号",
                    std::string("省厅〔2026〕") + number + "号", "--密级", level, "--份数", "1",
                    "--页数", "3", "--份号", number}));
  const Words list{"清退清单", "拟制清单", "--拟制日期", "2026-11-20", "--接收机关",
                   "省厅",     "--拟制人", "周敏",       "--份",       "000001"};
  Words both = list;
  both.insert(both.end(), {"--份", "000002"});
  const Said refused = desk_.run(both);
  EXPECT_EQ(refused.error, "CONFLICT");
  EXPECT_THAT(refused.text, AllOf(HasSubstr("000002"), HasSubstr("秘密"), HasSubstr("机密")));
  must(desk_.run(list));
  must(desk_.run({"清退清单", "修改", "省厅", "--份", "000002"}));
  const Said later = desk_.run({"清退清单", "核对", "省厅"});
  EXPECT_EQ(later.error, "CONFLICT");
  EXPECT_THAT(later.text, HasSubstr("000002"));
  must(desk_.run(
      {"清退清单", "更正", "省厅", "--份", "000001", "--原为", "000002", "--原因", "另列"}));
}

class BusinessDay : public StepsOfMany {};

TEST_F(BusinessDay, T5EndsAtTheHourThatIsSetAndOnlyReminds) {
  RealClock clock;
  const auto day_before = [&] { return date_at(clock.wall_ms() - (11 * 60 + 59) * 60'000); };
  EXPECT_THAT(must(desk_.run({"节假日", "日终"})).text, HasSubstr("00:00"));
  const std::string earlier = day_before();
  const Said set = must(desk_.run({"节假日", "日终", "11:59"}));
  EXPECT_THAT(set.json->getValue<std::string>("today"), AnyOf(earlier, day_before()));
  const Said due = must(desk_.run({"今天"}));
  EXPECT_THAT(due.json->getValue<std::string>("today"), AnyOf(earlier, day_before()));
  for (const char* hour : {"12", "24:00", "2:60", "-1", "二点", "2:", ":30", "02:00:00"})
    EXPECT_EQ(desk_.run({"节假日", "日终", hour}).error, "INVALID") << hour;
  desk_.close();
  EXPECT_THAT(must(archive_.run({"节假日", "日终"})).text, HasSubstr("11:59")) << "it stays";
  must(archive_.run({"节假日", "日终", "0"}));
  EXPECT_THAT(must(archive_.run({"节假日", "日终"})).text, HasSubstr("00:00"));
}

}  // namespace
}  // namespace jiyao
