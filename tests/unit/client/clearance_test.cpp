// tests/unit/client/clearance_test.cpp - two people of different clearance at one ledger: what was
// raised leaves no word with the lower one, whichever verb is asked, and no word stands on paper
// or in a file under a lower mark than its own (design.md 6, Move; domain.md 3.6.4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "client/typed_value.h"
#include "unit/client/ledger_walk.h"

namespace jiyao {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Clearances : public InOffices {
 protected:
  Clearances() : archive_(new_archive()), low_(folder_ / "R", "the passphrase of Li") {
    must(archive_.run({"user", "add", "李四", "--roles",
                       "intake_clerk,confidential_clerk,records_keeper,secretary", "--clearance",
                       "内部", "--recovery-sheet", path("li.sheet")},
                      {"the passphrase of Li", archive_.passphrase_of_root}));
  }
  static std::string made(const Said& said) {
    return said.json->getArray("records")->getObject(0)->getValue<std::string>("id");
  }
  static std::string field(const Said& said, const std::string& name) {
    const auto fields = said.json->getArray("records")->getObject(0)->getObject("fields");
    return fields->has(name) ? fields->getValue<std::string>(name) : std::string();
  }
  static std::string said(const Said& said) {
    std::ostringstream json;
    if (said.json) said.json->stringify(json);
    return said.text + json.str();
  }
  Said good(const Words& words) const { return must(archive_.run(words)); }
  /// The id of its row.
  std::string paper(const std::string& title, const std::string& doc_no,
                    const Words& more = {}) const {
    Words words{"收文", "登记",   "--标题", title,        "--来文单位",
                "省厅", "--文号", doc_no,   "--收文日期", "2026-11-02"};
    words.insert(words.end(), more.begin(), more.end());
    return made(good(words));
  }
  std::string finding(const OfficeMachine& at, const std::string& code) const {
    const auto all = must(at.run({"冲突", "列表"})).json->getArray("findings");
    for (std::size_t i = 0; i < all->size(); ++i)
      if (all->getObject(static_cast<unsigned>(i))->getValue<std::string>("code") == code)
        return all->getObject(static_cast<unsigned>(i))->getValue<std::string>("id");
    return {};
  }
  /// This row's level alone, as a program that knows nothing of the rest of its paper would.
  void raise_alone(const std::string& id) const {
    OpenDesk desk(folder_ / "R", "passphrase of R");
    const auto view = desk.replica().view(*RecordId::from(*from_hex(id)));
    ASSERT_TRUE(view);
    const auto writes = writes_of(*desk.replica().definitions().ledger(view->ledger),
                                  {{"level", "highly_secret"}}, &view->state);
    ASSERT_TRUE(writes);
    Step step;
    step.kind = ChangeKind::amend;
    step.ledger = view->ledger;
    step.record = view->record;
    step.writes = *writes;
    ASSERT_TRUE(desk.replica().record(Act{view->compartment, {step}}));
  }
  std::string printed(const OfficeMachine& at, Words words) const {
    words.insert(words.begin(), "print");
    words.insert(words.end(), {"--out", path("page.html")});
    must(at.run(words));
    return read(path("page.html"));
  }
  std::string exported(const OfficeMachine& at, const std::string& ledger, Said* how = nullptr) {
    const Said done = must(at.run({"export", ledger, "--out", path("out.csv"), "--force"}));
    if (how != nullptr) *how = done;
    return read(path("out.csv"));
  }

  OfficeMachine archive_, low_;
};

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

TEST_F(Clearances, APaperIsRaisedAsAWholeAndNoVerbTellsOfItBelow) {
  const std::string raised = paper("秘密工程", "省厅〔2026〕8号");
  good({"借阅", "借出", "省厅〔2026〕8号", "--借阅人", "张三", "--借出时间", "2026-11-03 09:00",
        "--应还日期", "2026-11-04"});
  const Said edited = good({"收文", "修改", raised, "--密级", "机密"});
  EXPECT_THAT(edited.text, HasSubstr("一并提为同一密级：文件 省厅〔2026〕8号、文件份"));
  EXPECT_EQ(low_.run({"文件", "查看", "省厅〔2026〕8号"}).error, "NOT_FOUND");
  EXPECT_EQ(must(low_.run({"文件份", "列表"})).json->getArray("records")->size(), 0U);
  const std::string loan = must(low_.run({"借阅", "列表"}))
                               .json->getArray("records")
                               ->getObject(0)
                               ->getValue<std::string>("id");
  for (const Words& words :
       {Words{"借阅", "列表"}, Words{"借阅", "查看", loan}, Words{"今天", "--全部"},
        Words{"timeline", loan, "--ledger", "loan"}, Words{"find", "张三"}, Words{"催办"}}) {
    const std::string told = said(low_.run(words));
    EXPECT_THAT(told, AllOf(Not(HasSubstr("秘密工程")), Not(HasSubstr("8号")))) << words.front();
  }
  EXPECT_EQ(low_.run({"where", "省厅〔2026〕8号"}).error, "NOT_FOUND");
  for (const char* form : {"F06", "F07", "F01"})
    EXPECT_THAT(printed(low_, {form}), Not(HasSubstr("秘密工程"))) << form;
  EXPECT_THAT(exported(low_, "借阅"), Not(HasSubstr("8号")));
}

TEST_F(Clearances, APaperIsRaisedFromWhicheverOfItsRowsAndByCorrectionToo) {
  const std::string row = paper("秘密工程", "省厅〔2026〕8号");
  good({"借阅", "借出", "省厅〔2026〕8号", "--借阅人", "张三"});
  const Said corrected =
      good({"文件", "更正", "省厅〔2026〕8号", "--密级", "秘密", "--原因", "定密"});
  EXPECT_THAT(corrected.text, AllOf(HasSubstr("收文登记簿 2026-0001"), HasSubstr("文件份")));
  EXPECT_EQ(must(low_.run({"收文", "列表"})).json->getArray("records")->size(), 0U);
  EXPECT_THAT(good({"文件", "修改", "省厅〔2026〕8号", "--保密期限", "10年"}).text,
              Not(HasSubstr("一并提为")));
  static_cast<void>(row);
}

TEST_F(Clearances, ARulingAskedBeforeAPaperWasRaisedGoesUpWithIt) {
  paper("防汛通知", "省厅〔2026〕7号");
  const std::string raised = paper("秘密工程", "省厅〔2026〕7号");
  good({"冲突", "提请", finding(archive_, "N2")});
  const auto shown_below = [&] { return said(low_.run({"ruling", "list"})); };
  EXPECT_EQ(must(low_.run({"ruling", "list"})).json->getArray("records")->size(), 1U);
  EXPECT_THAT(exported(low_, "ruling"), HasSubstr("秘密工程"));
  const Said edited = good({"收文", "修改", raised, "--密级", "机密"});
  EXPECT_THAT(edited.text, AllOf(HasSubstr("一并提为"), HasSubstr("冲突处理台账"))) << edited.text;
  EXPECT_EQ(must(low_.run({"ruling", "list"})).json->getArray("records")->size(), 0U)
      << shown_below();
  EXPECT_THAT(exported(low_, "ruling"), Not(HasSubstr("秘密工程")));
}

// More than one act holds: what the paper leads to goes up first, the paper last.
TEST_F(Clearances, APaperOfMoreRowsThanOneActHoldsIsRaisedInSeveral) {
  const std::string raised =
      paper("秘密工程", "省厅〔2026〕8号",
            {"--密级", "秘密", "--份数", "40", "--页数", "2", "--份号", "000001-000040"});
  const std::string reason(6 * 1024, 'x');  // of every row: 250 KB
  const Said edited = good({"收文", "更正", raised, "--密级", "机密", "--原因", reason});
  EXPECT_THAT(edited.text, HasSubstr("一并提为"));
  const Said copies = good({"文件份", "列表", "--密级", "机密"});
  EXPECT_EQ(copies.json->getValue<int>("total"), 40);
  OpenDesk desk(folder_ / "R", "passphrase of R");
  const auto last_change = [&](const std::string& id) {
    return desk.replica().history(*RecordId::from(*from_hex(id))).back().change;
  };
  const Hlc paper_at = last_change(raised).hlc;
  const auto rows = copies.json->getArray("records");
  ASSERT_GT(rows->size(), 0U);
  for (std::size_t i = 0; i < rows->size(); ++i)
    EXPECT_LT(
        last_change(rows->getObject(static_cast<unsigned>(i))->getValue<std::string>("id")).hlc,
        paper_at);
}

// Withdrawn or not, it has the words it copied.
TEST_F(Clearances, ARulingWithdrawnBeforeItsPaperWasRaisedGoesUpToo) {
  paper("防汛通知", "省厅〔2026〕7号");
  const std::string raised = paper("秘密工程", "省厅〔2026〕7号");
  const std::string ruling = made(good({"冲突", "提请", finding(archive_, "N2")}));
  good({"ruling", "withdraw", ruling, "--reason", "提错了"});
  EXPECT_THAT(exported(low_, "ruling"), HasSubstr("秘密工程"));
  const Said edited = good({"收文", "修改", raised, "--密级", "机密"});
  EXPECT_THAT(edited.text, AllOf(HasSubstr("一并提为"), HasSubstr("冲突处理台账"))) << edited.text;
  EXPECT_THAT(edited.text, Not(HasSubstr("没有一并提级")));
  EXPECT_EQ(must(low_.run({"ruling", "list"})).json->getArray("records")->size(), 0U);
  EXPECT_THAT(exported(low_, "ruling"), Not(HasSubstr("秘密工程")));
  EXPECT_EQ(low_.run({"ruling", "show", ruling}).error, "NOT_FOUND");
}

// What a ruling says of a loan has the words of the paper that was lent.
TEST_F(Clearances, ARulingOnARowThatShowsThePaperGoesUpToo) {
  const std::string raised = paper("秘密工程", "省厅〔2026〕8号");
  const std::string loan = made(
      good({"借阅", "借出", "省厅〔2026〕8号", "--借阅人", "张三", "--应还日期", "2026-11-04"}));
  good({"ruling", "add", "--涉及的登记", loan, "--各方所记", "借出 秘密工程", "--发现标识", "1",
        "--code", "N2", "--class", "询问", "--question", "重号", "--密级", "内部"});
  good({"收文", "修改", raised, "--密级", "机密"});
  EXPECT_EQ(must(low_.run({"ruling", "list"})).json->getArray("records")->size(), 0U);
}

// A loan made elsewhere meanwhile, or an older program, leaves rows of the paper below.
TEST_F(Clearances, WhatLagsBehindGoesUpWhenTheLevelIsNamedAgain) {
  const Words edit{"收文", "修改", "省厅〔2026〕8号", "--密级", "机密"};
  const std::string raised = paper("秘密工程", "省厅〔2026〕8号");
  good({"借阅", "借出", "省厅〔2026〕8号", "--借阅人", "张三"});
  raise_alone(raised);
  EXPECT_EQ(must(low_.run({"文件份", "列表"})).json->getArray("records")->size(), 1U);
  const Said named = good(edit);
  EXPECT_THAT(named.text, HasSubstr("一并提为同一密级：文件 省厅〔2026〕8号、文件份"));
  EXPECT_EQ(must(low_.run({"文件份", "列表"})).json->getArray("records")->size(), 0U);
  const Said again = archive_.run(edit);
  EXPECT_EQ(again.error, "USAGE");
  EXPECT_THAT(again.text, HasSubstr("没有给出要改的内容"));
}

TEST_F(Clearances, WhatLagsBehindGoesUpByCorrectionAndByAStepToo) {
  for (const Words& words : {Words{"收文", "更正", "--原因", "补提"}, Words{"收文", "初审"}}) {
    const std::string no = "省厅〔2026〕" + std::to_string(words.size()) + "号";
    const std::string raised = paper("秘密工程", no);
    good({"借阅", "借出", no, "--借阅人", "张三"});
    raise_alone(raised);
    Words named = words;
    named.insert(named.begin() + 2, raised);
    if (words[1] == "更正") named.insert(named.end(), {"--密级", "机密"});
    if (words[1] == "初审")
      named = {"收文", "修改",   raised, "--办理", "初审", "--密级",
               "机密", "--份数", "1",    "--页数", "2"};
    EXPECT_THAT(good(named).text, HasSubstr("一并提为同一密级：文件 " + no + "、文件份"));
  }
}

TEST_F(Clearances, WhatLagsBehindAndIsNotThisPersonsToRaiseIsNamed) {
  const std::string raised = paper("秘密工程", "省厅〔2026〕8号");
  good({"借阅", "借出", "省厅〔2026〕8号", "--借阅人", "张三"});
  raise_alone(raised);
  must(archive_.run({"user", "add", "王五", "--roles", "leader", "--clearance", "机密",
                     "--recovery-sheet", path("wang.sheet")},
                    {"the passphrase of Wang", archive_.passphrase_of_root}));
  const Said named = OfficeMachine(folder_ / "R", "the passphrase of Wang")
                         .run({"收文", "修改", "省厅〔2026〕8号", "--密级", "机密"});
  EXPECT_EQ(named.error, "USAGE");
  EXPECT_THAT(named.text, AllOf(HasSubstr("没有一并提级"), HasSubstr("文件份")));
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

TEST_F(Clearances, WhatThisPersonMayNotRaiseIsNamed) {
  paper("秘密工程", "省厅〔2026〕8号");
  good({"借阅", "借出", "省厅〔2026〕8号", "--借阅人", "张三"});
  must(archive_.run({"user", "add", "王五", "--roles", "secretary", "--clearance", "机密",
                     "--recovery-sheet", path("wang.sheet")},
                    {"the passphrase of Wang", archive_.passphrase_of_root}));
  const Said edited = must(OfficeMachine(folder_ / "R", "the passphrase of Wang")
                               .run({"收文", "修改", "省厅〔2026〕8号", "--密级", "秘密"}));
  EXPECT_THAT(edited.text, AllOf(HasSubstr("没有一并提级"), HasSubstr("文件份")));
}

TEST_F(Clearances, TheNumberOfARaisedRowIsNoHole) {
  const std::string raised = paper("秘密工程", "省厅〔2026〕8号");
  paper("防汛通知", "省厅〔2026〕7号");
  good({"收文", "修改", raised, "--密级", "机密"});
  EXPECT_THAT(must(low_.run({"gaps"})).text, HasSubstr("没有空号"));
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

// Absent, not masked (domain.md 3.6.4): its id says no more than one that nobody has.
TEST_F(Clearances, ARaisedRowIsNotThereForWhoeverTypesItsIdOrName) {
  const std::string raised = paper("秘密工程", "省厅〔2026〕8号");
  good({"收文", "修改", raised, "--密级", "机密"});
  for (const std::string& typed :
       {raised, std::string("2026-0001"), std::string("省厅〔2026〕8号")})
    for (const Words& words :
         {Words{"收文", "查看"}, Words{"收文", "修改"}, Words{"handling", "add"},
          Words{"借阅", "借出"}, Words{"timeline"}}) {
      const auto asked = [&](const std::string& name) {
        Words all = words;
        all.push_back(name);
        if (words.back() == "修改") all.insert(all.end(), {"--承办部门", "一处"});
        if (words.back() == "借出") all.insert(all.end(), {"--借阅人", "张三"});
        return low_.run(all);
      };
      const std::string nobodys(32, 'a');
      const Said absent = asked(nobodys);
      std::string words_of_none = absent.text;
      for (std::size_t at = words_of_none.find(nobodys); at != std::string::npos;
           at = words_of_none.find(nobodys))
        words_of_none.replace(at, nobodys.size(), typed);
      const Said hidden = asked(typed);
      EXPECT_EQ(hidden.error, "NOT_FOUND") << words.front() << words.back() << typed << hidden.text;
      EXPECT_EQ(hidden.text, words_of_none) << words.front() << typed;
    }
  EXPECT_EQ(must(low_.run({"handling", "list"})).json->getArray("records")->size(), 0U);
  good({"收文", "查看", raised});
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

// Nobody approved the lending of an open paper; its raising is no reason to leave it out.
TEST_F(Clearances, WhatWasLentBeforeItWasRaisedIsRenewedAndComesBackWithoutAnApproval) {
  const auto lent = [&](const std::string& title, const std::string& doc_no) {
    const std::string id = paper(title, doc_no);
    good({"借阅", "借出", doc_no, "--借阅人", "张三", "--借出时间", "2026-11-03 09:00",
          "--应还日期", "2026-11-04"});
    good({"收文", "修改", id, "--密级", "机密"});
  };
  lent("秘密工程", "省厅〔2026〕8号");
  lent("秘密图纸", "省厅〔2026〕9号");
  good({"借阅", "修改", "省厅〔2026〕8号", "--催还记录", "已电话催还"});
  EXPECT_EQ(good({"借阅", "续借", "省厅〔2026〕8号", "--续借", "再借三天"})
                .json->getArray("records")
                ->getObject(0)
                ->getValue<std::string>("state"),
            "out");
  EXPECT_EQ(good({"借阅", "归还", "省厅〔2026〕8号"})
                .json->getArray("records")
                ->getObject(0)
                ->getValue<std::string>("state"),
            "returned");
  good({"借阅", "短缺立案", "省厅〔2026〕9号", "--清点结果", "短缺"});
  paper("另一件", "省厅〔2026〕10号",
        {"--密级", "机密", "--份数", "1", "--页数", "2", "--份号", "000010"});
  EXPECT_THAT(good({"借阅", "借出", "省厅〔2026〕10号", "--借阅人", "张三"}).text,
              Not(HasSubstr("已借出")))
      << "what is lent now waits for its approval";
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
