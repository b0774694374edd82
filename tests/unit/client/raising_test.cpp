// tests/unit/client/raising_test.cpp - a paper goes up as a whole, and what was raised leaves no
// word with whoever is not cleared for it, whichever verb is asked (design.md 6, Move;
// domain.md 3.6.4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/client/two_clearances.h"

namespace jiyao {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Raisings = TwoClearances;

TEST_F(Raisings, APaperIsRaisedAsAWholeAndNoVerbTellsOfItBelow) {
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

TEST_F(Raisings, APaperIsRaisedFromWhicheverOfItsRowsAndByCorrectionToo) {
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

TEST_F(Raisings, ARulingAskedBeforeAPaperWasRaisedGoesUpWithIt) {
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
TEST_F(Raisings, APaperOfMoreRowsThanOneActHoldsIsRaisedInSeveral) {
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
TEST_F(Raisings, ARulingWithdrawnBeforeItsPaperWasRaisedGoesUpToo) {
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
TEST_F(Raisings, ARulingOnARowThatShowsThePaperGoesUpToo) {
  const std::string raised = paper("秘密工程", "省厅〔2026〕8号");
  const std::string loan = made(
      good({"借阅", "借出", "省厅〔2026〕8号", "--借阅人", "张三", "--应还日期", "2026-11-04"}));
  good({"ruling", "add", "--涉及的登记", loan, "--各方所记", "借出 秘密工程", "--发现标识", "1",
        "--code", "N2", "--class", "询问", "--question", "重号", "--密级", "内部"});
  good({"收文", "修改", raised, "--密级", "机密"});
  EXPECT_EQ(must(low_.run({"ruling", "list"})).json->getArray("records")->size(), 0U);
}

// A loan made elsewhere meanwhile, or an older program, leaves rows of the paper below.
TEST_F(Raisings, WhatLagsBehindGoesUpWhenTheLevelIsNamedAgain) {
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

TEST_F(Raisings, WhatLagsBehindGoesUpByCorrectionAndByAStepToo) {
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

TEST_F(Raisings, WhatLagsBehindAndIsNotThisPersonsToRaiseIsNamed) {
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

TEST_F(Raisings, WhatThisPersonMayNotRaiseIsNamed) {
  paper("秘密工程", "省厅〔2026〕8号");
  good({"借阅", "借出", "省厅〔2026〕8号", "--借阅人", "张三"});
  must(archive_.run({"user", "add", "王五", "--roles", "secretary", "--clearance", "机密",
                     "--recovery-sheet", path("wang.sheet")},
                    {"the passphrase of Wang", archive_.passphrase_of_root}));
  const Said edited = must(OfficeMachine(folder_ / "R", "the passphrase of Wang")
                               .run({"收文", "修改", "省厅〔2026〕8号", "--密级", "秘密"}));
  EXPECT_THAT(edited.text, AllOf(HasSubstr("没有一并提级"), HasSubstr("文件份")));
}

TEST_F(Raisings, TheNumberOfARaisedRowIsNoHole) {
  const std::string raised = paper("秘密工程", "省厅〔2026〕8号");
  paper("防汛通知", "省厅〔2026〕7号");
  good({"收文", "修改", raised, "--密级", "机密"});
  EXPECT_THAT(must(low_.run({"gaps"})).text, HasSubstr("没有空号"));
}

// Absent, not masked (domain.md 3.6.4): its id says no more than one that nobody has.
TEST_F(Raisings, ARaisedRowIsNotThereForWhoeverTypesItsIdOrName) {
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

// Nobody approved the lending of an open paper; its raising is no reason to leave it out.
TEST_F(Raisings, WhatWasLentBeforeItWasRaisedIsRenewedAndComesBackWithoutAnApproval) {
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

}  // namespace
}  // namespace jiyao
