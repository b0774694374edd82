// tests/unit/client/clearance_test.cpp - no word stands on paper, in a file or in a row under a
// lower mark than its own, and nobody records what they or their machine may not hold
// (domain.md 3.6.4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "unit/client/two_clearances.h"

namespace jiyao {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Clearances = TwoClearances;

// A list that moves what it names is kept with it; one that only names may be kept above it.
TEST_F(Clearances, AListIsKeptAtTheLevelThatWasNamedOrWithWhatItMoves) {
  const Words copies{"--密级", "秘密", "--份数", "1", "--页数", "3"};
  const auto with_copy = [&](const std::string& title, const std::string& no,
                             const std::string& copy) {
    Words words = copies;
    words.insert(words.end(), {"--份号", copy});
    paper(title, no, words);
  };
  with_copy("秘密件", "省厅〔2026〕1号", "000001");
  const Words counting{"清点核对记录", "计划",       "--周期",     "月",
                       "--计划日期",   "2026-11-20", "--在库的份", "000001"};
  const auto kept_at = [&](const char* place, const char* level) {
    Words words = counting;
    words.insert(words.end(), {"--范围", place, "--密级", level});
    return good(words).json->getArray("records")->getObject(0)->getValue<std::string>(
        "compartment_level");
  };
  EXPECT_EQ(kept_at("1号柜", "机密"), "highly_secret");
  EXPECT_EQ(kept_at("2号柜", "内部"), "secret") << "not below what it names";
  const Said destroyed = archive_.run({"destruction", "add", "--份", "000001", "--level", "机密"});
  EXPECT_EQ(destroyed.exit_code, 5) << destroyed.text;
  EXPECT_THAT(destroyed.text, HasSubstr("请按单位、密级分别列"));
}

TEST_F(Clearances, ARulingIsOfTheLevelOfAllItQuotes) {
  paper("防汛通知", "省厅〔2026〕7号");
  const std::string raised = paper("秘密工程", "省厅〔2026〕7号");
  good({"收文", "修改", raised, "--密级", "机密"});
  const Said asked = good({"冲突", "提请", finding(archive_, "N2")});
  EXPECT_EQ(field(asked, "level"), "highly_secret");
  EXPECT_THAT(said(asked), HasSubstr("秘密工程"));
  EXPECT_EQ(
      asked.json->getArray("records")->getObject(0)->getValue<std::string>("compartment_level"),
      "highly_secret");
  EXPECT_EQ(must(low_.run({"ruling", "list"})).json->getArray("records")->size(), 0U);
}

TEST_F(Clearances, WhereARulingOfThatLevelMayNotBeKeptNothingIsAskedAndNothingRecorded) {
  const OfficeMachine b = machine("B");
  must(archive_.run({"enrol", "invite", "--office", "档案室", "--kind", "networked", "--ceiling",
                     "内部", "--out", path("B.inv")}));
  must(b.run({"init", "--invitation", path("B.inv"), "--recovery-sheet", path("B.sheet")}));
  const Said request = must(b.run({"enrol", "request", "--out", path("B.req")}));
  must(root(archive_, {"enrol", "approve", path("B.req"), "--digits",
                       request.json->getValue<std::string>("digits"), "--node", "B", "--person",
                       "赵六", "--clearance", "机密", "--out", path("B.realm")}));
  must(b.run({"enrol", "complete", path("B.realm")}));
  paper("防汛通知", "省厅〔2026〕7号");
  const std::string raised = paper("秘密工程", "省厅〔2026〕7号");
  good({"收文", "修改", raised, "--密级", "机密"});
  must(carry(archive_, b, "B", "内部"));
  const Said refused = b.run({"冲突", "提请", finding(b, "N2")});
  EXPECT_EQ(refused.error, "ABOVE_CEILING");
  EXPECT_THAT(refused.text, AllOf(HasSubstr("涉及机密的内容"), Not(HasSubstr("秘密工程"))));
  EXPECT_EQ(must(b.run({"ruling", "list"})).json->getArray("records")->size(), 0U);
  EXPECT_EQ(low_.run({"冲突", "提请", "N2"}).error, "NOT_FOUND") << "not even what was found";
}

TEST_F(Clearances, ARuleOfAHigherLevelFillsNothingBelowIt) {
  good({"分办规则", "列入", "--规则名称", "专案", "--标题用词", "工程", "--承办部门", "专案处",
        "--密级", "机密"});
  Words words{"收文", "登记", "--标题", "关于工程的通知", "--来文单位", "省厅"};
  const Said below = good(words);
  EXPECT_EQ(field(below, "main_dept"), "");
  EXPECT_THAT(below.text, Not(HasSubstr("专案")));
  words.insert(words.end(), {"--密级", "机密", "--份数", "1", "--页数", "2"});
  EXPECT_EQ(field(good(words), "main_dept"), "专案处") << "of its own level it does";
}

TEST_F(Clearances, ALevelAboveOnesOwnIsAskedAboutFirst) {
  const std::string row = paper("秘密工程", "省厅〔2026〕8号");
  for (const Words& words : {Words{"收文", "修改", row, "--密级", "绝密"},
                             Words{"收文", "更正", row, "--密级", "秘密", "--原因", "定密"},
                             Words{"收文", "修改", row, "--办理", "初审", "--密级", "秘密"}}) {
    const Said asked = low_.run(words);
    EXPECT_EQ(asked.exit_code, 2) << words[1];
    EXPECT_EQ(asked.error, "USAGE");
    EXPECT_THAT(asked.text, AllOf(HasSubstr("--yes"), HasSubstr("高于您的涉密等级（内部）")));
    EXPECT_THAT(said(must(low_.run({"收文", "查看", row}))), HasSubstr("\"internal\""));
  }
  must(low_.run({"收文", "修改", row, "--密级", "秘密", "--份数", "1", "--页数", "2", "--确认"}));
  EXPECT_THAT(said(low_.run({"收文", "查看", row})), Not(HasSubstr("秘密工程")));
  EXPECT_THAT(said(good({"收文", "查看", row})), HasSubstr("\"secret\""));
}

TEST_F(Clearances, AStepThatWritesALevelAboveOnesOwnIsAskedAboutFirst) {
  const std::string row = made(good({"收文", "签收", "--来文单位", "省厅", "--标题", "秘密工程"}));
  Words step{"收文", "登记", row, "--密级", "秘密", "--份数", "1", "--页数", "2"};
  EXPECT_EQ(low_.run(step).error, "USAGE");
  Words where{"收文", "登记", "--where", "标题=秘密工程", "--密级", "秘密"};
  EXPECT_EQ(low_.run(where).error, "USAGE");
  EXPECT_THAT(said(must(low_.run({"收文", "查看", row}))), HasSubstr("\"received\""));
  step.push_back("--yes");
  must(low_.run(step));
  EXPECT_THAT(said(low_.run({"收文", "查看", row})), Not(HasSubstr("秘密工程")));
}

TEST_F(Clearances, APageIsMarkedAsTheHighestWordOnIt) {
  const std::string raised = paper("秘密工程", "省厅〔2026〕8号");
  good({"借阅", "借出", "省厅〔2026〕8号", "--借阅人", "张三"});
  EXPECT_THAT(printed(archive_, {"F06"}), HasSubstr("<div class=\"mark\">内部</div>"));
  good({"收文", "修改", raised, "--密级", "机密"});
  EXPECT_THAT(printed(archive_, {"F06"}),
              AllOf(HasSubstr("秘密工程"), HasSubstr("<div class=\"mark\">机密</div>")));
  Said done;
  exported(archive_, "借阅", &done);
  EXPECT_EQ(done.json->getValue<std::string>("level"), "highly_secret");
}

TEST_F(Clearances, APaperThatWasLoweredIsMarkedAsWhereItIsKept) {
  const std::string row =
      paper("秘密工程", "省厅〔2026〕8号", {"--密级", "机密", "--份数", "1", "--页数", "2"});
  good({"收文", "修改", row, "--密级", "内部"});
  EXPECT_THAT(printed(archive_, {"F02"}),
              AllOf(HasSubstr("秘密工程"), HasSubstr("<div class=\"mark\">机密")));
  EXPECT_THAT(printed(archive_, {"F01"}), Not(HasSubstr("秘密工程"))) << "the open register";
}

TEST_F(Clearances, AnExportOfNothingIsOfNoLevel) {
  Said done;
  exported(archive_, "借阅", &done);
  EXPECT_THAT(done.text, Not(HasSubstr("公开")));
  EXPECT_EQ(done.json->getValue<std::string>("level"), "");
}

TEST_F(Clearances, AnArchiveEntryIsNotBelowItsPaperAndTakesNoWordFromAboveIt) {
  paper("秘密工程", "省厅〔2026〕8号", {"--密级", "机密", "--份数", "1", "--页数", "2"});
  const auto entry = [&](const std::string& doc_no, const Words& more) {
    Words words{"归档文件目录", "收集", "--incoming",     doc_no,   "--题名", "目录题名",
                "--责任者",     "本厅", "--年度",         "2026",   "--组成", "正本",
                "--保管期限",   "30年", "--机构",         "办公室", "--日期", "2026-03-05",
                "--页数",       "4",    "--原件或复制件", "原件"};
    words.insert(words.end(), more.begin(), more.end());
    return archive_.run(words);
  };
  const Said refused = entry("省厅〔2026〕8号", {"--密级", "内部"});
  EXPECT_EQ(refused.error, "NOT_ALLOWED");
  EXPECT_THAT(refused.text, HasSubstr("现为机密"));
  const std::string source = paper("来文", "省厅〔2026〕9号");
  const std::string id = made(must(entry("省厅〔2026〕9号", {"--密级", "内部"})));
  good({"归档文件目录", "预归档", id});
  good({"归档文件目录", "接收", id, "--全宗号", "J012", "--移交日期", "2027-02-01", "--接收人",
        "周敏"});
  good({"归档文件目录", "整编", id});
  good({"归档文件目录", "封册", id});
  good({"archive", "export", "--out", path("before")});
  EXPECT_THAT(read(path("before/metadata.xml")), HasSubstr("省厅</发文机关标志"));
  raise_alone(source);
  good({"archive", "export", "--out", path("after")});
  EXPECT_THAT(read(path("after/metadata.xml")), Not(HasSubstr("省厅</发文机关标志")));
}

// Neither does a new row, on the way from a row below to what that names.
TEST_F(Clearances, ANewRowNamesNoRowThatIsHiddenFromWhoeverMakesIt) {
  paper("秘密工程", "省厅〔2026〕8号");
  good({"借阅", "借出", "省厅〔2026〕8号", "--借阅人", "张三"});
  const auto only = [&](const std::string& ledger) { return made(good({ledger, "列表"})); };
  const std::string copy = only("文件份"), document = only("文件");
  const auto copied = [&] {
    return must(low_.run({"复制登记", "申请", copy, "--方式", "复印", "--页数", "1", "--份数", "1",
                          "--事由", "会议用"}));
  };
  const auto told_of = [&](const Said& row) { return said(good({"复制登记", "查看", made(row)})); };
  EXPECT_THAT(told_of(copied()), HasSubstr(document));
  raise_alone(document);
  const std::string after = told_of(copied());
  EXPECT_THAT(after, AllOf(HasSubstr(copy), Not(HasSubstr(document))));
}

TEST_F(Clearances, AListIsKeptNoLowerThanTheLevelOfWhatItLists) {
  const auto kept_at = [&](const Words& more) {
    Words words{"return-list", "add",        "--接收机关", "省厅",
                "--拟制日期",  "2026-11-20", "--拟制人",   "周敏"};
    words.insert(words.end(), more.begin(), more.end());
    return good(words).json->getArray("records")->getObject(0);
  };
  EXPECT_EQ(kept_at({"--item-title", "公开件"})->getValue<std::string>("compartment_level"),
            "internal");
  EXPECT_EQ(kept_at({"--item-title", "秘密件", "--item-level", "秘密"})
                ->getValue<std::string>("compartment_level"),
            "secret");
  const auto list = kept_at({"--item-title", "内部件", "--item-level", "内部"});
  const std::string id = list->getValue<std::string>("id");
  EXPECT_EQ(list->getValue<std::string>("compartment_level"), "internal");
  const Words higher{"--item-title", "机密件", "--item-level", "机密"};
  for (const char* verb : {"修改", "核对"}) {
    Words words{"清退清单", verb, id};
    words.insert(words.end(), higher.begin(), higher.end());
    const Said refused = archive_.run(words);
    EXPECT_EQ(refused.error, "NOT_ALLOWED") << verb << refused.text;
    EXPECT_THAT(refused.text, HasSubstr("请按密级分别列")) << verb;
  }
  good({"清退清单", "修改", id, "--item-title", "又一件", "--item-level", "内部"});
  const Said corrected =
      archive_.run({"清退清单", "更正", id, "--item-title", "机密件", "--item-level", "机密",
                    "--was", "又一件", "--原因", "写错"});
  EXPECT_EQ(corrected.error, "NOT_ALLOWED") << corrected.text;
  EXPECT_THAT(corrected.text, HasSubstr("请按密级分别列"));
  good({"清退清单", "更正", id, "--item-title", "第三件", "--item-level", "内部", "--was", "又一件",
        "--原因", "写错"});
}

// Whatever the level stands on: the row's own column, or an entry of a list.
TEST_F(Clearances, AnImportedRowAboveWhoImportsItOrTheMachineIsABadRow) {
  const auto imported = [&](const OfficeMachine& at, const std::string& level) {
    std::ofstream(path("list.csv"))
        << "拟制日期,接收机关,拟制人,标题,密级\n2026-11-20,省厅,周敏,名单 " << level << "," << level
        << "\n";
    return at.run({"import", "清退清单", path("list.csv")});
  };
  const Said above_person = imported(low_, "机密");
  EXPECT_THAT(above_person.text, AllOf(HasSubstr("第 2 行"), HasSubstr("涉密等级")));
  EXPECT_EQ(above_person.json->getValue<int>("rejected_rows"), 1);
  EXPECT_EQ(imported(archive_, "绝密").json->getValue<int>("rejected_rows"), 1) << "the machine";
  EXPECT_EQ(imported(archive_, "机密").json->getValue<int>("recorded"), 1);
  EXPECT_EQ(imported(archive_, "机密").json->getValue<int>("already_there"), 1);
  EXPECT_EQ(imported(archive_, "内部").json->getValue<int>("recorded"), 1);
  const std::string shown = said(must(low_.run({"清退清单", "列表"})));
  EXPECT_THAT(shown, AllOf(HasSubstr("名单 内部"), Not(HasSubstr("名单 机密")))) << shown;
}

// It would be gone from sight the moment it is made; what it is about stays where it is.
TEST_F(Clearances, ANewRowAboveWhoMakesItOrTheMachineIsRefused) {
  paper("防汛通知", "省厅〔2026〕7号");
  good({"借阅", "借出", "省厅〔2026〕7号", "--借阅人", "张三"});
  const auto asked = [&](const OfficeMachine& at, const std::string& level) {
    return at.run({"复制登记", "申请", "省厅〔2026〕7号", "--密级", level, "--方式", "复印",
                   "--页数", "1", "--份数", "1", "--事由", "专案"});
  };
  EXPECT_EQ(asked(low_, "机密").error, "NOT_CLEARED") << asked(low_, "机密").text;
  EXPECT_EQ(asked(archive_, "绝密").error, "ABOVE_CEILING");
  EXPECT_EQ(must(archive_.run({"复制登记", "列表"})).json->getArray("records")->size(), 0U);
  must(asked(low_, "内部"));
  must(asked(archive_, "机密"));
  EXPECT_EQ(low_.run({"收文", "登记", "--标题", "专案", "--来文单位", "省厅", "--密级", "机密",
                      "--份数", "1", "--页数", "2"})
                .error,
            "NOT_CLEARED");
}

}  // namespace
}  // namespace jiyao
