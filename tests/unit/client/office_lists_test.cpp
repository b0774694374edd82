// tests/unit/client/office_lists_test.cpp - lists that an office keeps, in the words of the command
// line: assignment rules, substitutes, offices that were reorganised.
#include "unit/client/verbs_fixture.h"

namespace jiyao {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

class OfficeLists : public InOffices {
 protected:
  OfficeLists() : desk_(new_archive()) {}

  Said paper(const std::string& doc_no, const std::string& title, const std::string& sender,
             const Words& more = {}) const {
    Words words{"收文", "登记", "--标题", title, "--来文单位", sender, "--文号", doc_no};
    words.insert(words.end(), more.begin(), more.end());
    return must(desk_.run(words));
  }
  static std::string field(const Said& said, const std::string& name) {
    const auto fields = said.json->getArray("records")->getObject(0)->getObject("fields");
    return fields->has(name) ? fields->getValue<std::string>(name) : std::string();
  }
  void rule(const std::string& name, const Words& more) const {
    Words words{"分办规则", "列入", "--规则名称", name};
    words.insert(words.end(), more.begin(), more.end());
    must(desk_.run(words));
  }
  /// A sheet about this paper that asks 王厅长 for a decision.
  void asks(const std::string& doc_no) const {
    paper(doc_no, "请示", "省厅");
    must(desk_.run({"文件批办单", "开单", doc_no}));
    must(desk_.run({"文件批办单", "拟办", doc_no, "--拟办人", "周敏", "--拟办意见", "请阅示",
                    "--请示事项", "有", "--主批人", "王厅长"}));
  }
  Said instruct(const std::string& doc_no, const std::string& who) const {
    return desk_.run({"文件批办单", "批办", doc_no, "--批示人", who, "--批示意见", "代批：同意"});
  }

  OfficeMachine desk_;
};

TEST_F(OfficeLists, M04ARuleProposesTheDepartmentBySenderOrTitleAndNeverOverrides) {
  rule("财政来文", {"--来文单位用词", "财政", "--承办部门", "财务处"});
  rule("防汛", {"--标题用词", "防汛", "--标题用词", "抗旱", "--承办部门", "应急处"});
  rule("财政防汛", {"--来文单位用词", "财政", "--标题用词", "防汛", "--承办部门", "资金处"});
  const Said by_sender = paper("省财〔2026〕1号", "关于预算的通知", "省财政厅");
  EXPECT_EQ(field(by_sender, "main_dept"), "财务处");
  EXPECT_THAT(by_sender.text, HasSubstr("按分办规则“财政来文”代填：承办部门 财务处"));
  EXPECT_EQ(field(paper("省水〔2026〕1号", "关于抗旱的通知", "省水利厅"), "main_dept"), "应急处");
  EXPECT_EQ(field(paper("省财〔2026〕2号", "关于防汛资金的通知", "省财政厅"), "main_dept"),
            "资金处")
      << "the rule that says most";
  const Said typed =
      paper("省财〔2026〕3号", "关于决算的通知", "省财政厅", {"--承办部门", "审计处"});
  EXPECT_EQ(field(typed, "main_dept"), "审计处");
  EXPECT_THAT(typed.text, Not(HasSubstr("代填")));
  EXPECT_EQ(field(paper("省教〔2026〕1号", "关于招生的通知", "省教育厅"), "main_dept"), "");
}

TEST_F(OfficeLists, M04RulesThatDisagreeOrEndedProposeNothing) {
  rule("甲", {"--标题用词", "防汛", "--承办部门", "一处"});
  rule("乙", {"--标题用词", "防汛", "--承办部门", "二处"});
  EXPECT_EQ(field(paper("省水〔2026〕1号", "关于防汛的通知", "省厅"), "main_dept"), "");
  must(desk_.run({"assignment", "end", "乙"}));
  EXPECT_EQ(field(paper("省水〔2026〕2号", "关于防汛的通知", "省厅"), "main_dept"), "一处");
  const Said empty = desk_.run({"分办规则", "列入", "--规则名称", "丙", "--承办部门", "一处"});
  EXPECT_EQ(empty.error, "INVALID") << empty.text;
  EXPECT_THAT(empty.text, HasSubstr("来文单位用词"));
}

TEST_F(OfficeLists, M04APaperSignedForFirstIsFilledWhenItIsRegistered) {
  rule("财政来文", {"--来文单位用词", "财政", "--承办部门", "财务处"});
  must(desk_.run({"收文", "签收", "--标题", "先签收的件", "--文号", "省财〔2026〕9号"}));
  const Said registered = must(
      desk_.run({"收文", "登记", "省财〔2026〕9号", "--来文单位", "省财政厅", "--密级", "内部"}));
  EXPECT_EQ(field(registered, "main_dept"), "财务处");
}

TEST_F(OfficeLists, M06ASubstituteOnTheListAdvancesARequestAndNobodyElseDoes) {
  must(desk_.run({"替批名单", "列入", "--主批人", "王厅长", "--替批人", "李副厅长", "--起始日期",
                  "2020-01-01", "--截止日期", "2199-12-31"}));
  must(desk_.run({"substitution", "add", "--leader", "王厅长", "--stand-in", "陈副厅长",
                  "--from-on", "2020-01-01", "--until-on", "2020-12-31"}));
  for (const char* doc_no : {"省厅〔2026〕1号", "省厅〔2026〕2号"}) asks(doc_no);
  for (const char* who : {"赵处长", "陈副厅长"})
    EXPECT_THAT(instruct("省厅〔2026〕1号", who).text, HasSubstr("名单上的替批人")) << who;
  const Said done = must(instruct("省厅〔2026〕1号", "李副厅长"));
  EXPECT_THAT(done.text, AllOf(HasSubstr("现为已批办"), HasSubstr("按替批名单“李副厅长”代填")));
  EXPECT_EQ(field(done, "stood_in_by"), "李副厅长");
  must(desk_.run(
      {"文件批办单", "修改", "省厅〔2026〕1号", "--批示人", "王厅长", "--批示意见", "不同意"}));
  EXPECT_THAT(must(desk_.run({"冲突", "列表"})).text,
              HasSubstr("A6  主批人与替批人都有批示，以主批人的明确意见为准"));
  must(desk_.run({"替批名单", "终止", "李副厅长"}));
  EXPECT_EQ(instruct("省厅〔2026〕2号", "李副厅长").error, "NOT_ALLOWED");
}

TEST_F(OfficeLists, ASubstitutionThatEndsBeforeItBeginsIsRefused) {
  const Said said = desk_.run({"替批名单", "列入", "--主批人", "王厅长", "--替批人", "李副厅长",
                               "--起始日期", "2026-05-01", "--截止日期", "2026-04-01"});
  EXPECT_EQ(said.error, "NOT_ALLOWED") << said.text;
}

TEST_F(OfficeLists, P3ReorganisedUnitsAreFoundByTheirSuccessor) {
  for (const char* name : {"工业处", "商业处", "经济处"})
    must(desk_.run({"名录", "列入", "--条目", "机构", "--标识", name, "--名称", name}));
  paper("工〔2026〕1号", "工业处的来文", "工业处");
  paper("商〔2026〕1号", "商业处的来文", "商业处");
  const Said lacking = desk_.run({"名录", "改组", "工业处"});
  EXPECT_THAT(lacking.text, HasSubstr("继任机构"));
  for (const char* name : {"工业处", "商业处"})
    must(desk_.run({"名录", "改组", name, "--继任机构", "经济处"}));
  const Said found = must(desk_.run({"收文", "列表", "--往来单位", "经济处"}));
  EXPECT_THAT(found.text, AllOf(HasSubstr("工业处的来文"), HasSubstr("商业处的来文")));
  EXPECT_THAT(must(desk_.run({"收文", "列表", "--往来单位", "工业处"})).text,
              Not(HasSubstr("商业处的来文")));
}

TEST_F(OfficeLists, P3TheSuccessorIsAskedForAnOldOfficesRowsAndFindsThemByOwner) {
  for (const char* office : {"甲局", "乙局"}) must(root(desk_, {"office", "add", office}));
  const OfficeMachine old = enrolled(desk_, "A", "甲局");
  enrolled(desk_, "B", "乙局");
  must(carry(desk_, old, "A"));
  for (int i = 0; i < 2; ++i)
    must(old.run({"收文", "登记", "--标题", "甲局的来文", "--来文单位", "省厅", "--文号",
                  "省厅〔2026〕8号"}));
  must(carry(old, desk_, "R"));
  EXPECT_THAT(must(desk_.run({"冲突", "列表"})).text, HasSubstr("（请文管人员处理）"));
  EXPECT_THAT(must(desk_.run({"收文", "列表", "--单位", "乙局"})).text,
              Not(HasSubstr("甲局的来文")));
  must(desk_.run({"名录", "改组", "甲局", "--继任机构", "乙局"}));
  EXPECT_THAT(must(desk_.run({"冲突", "列表"})).text, HasSubstr("（请乙局的文管人员处理）"));
  EXPECT_THAT(must(desk_.run({"收文", "列表", "--单位", "乙局"})).text, HasSubstr("甲局的来文"));
  EXPECT_THAT(must(desk_.run({"收文", "列表", "--单位", "甲局"})).text, HasSubstr("甲局的来文"));
}

}  // namespace
}  // namespace jiyao
