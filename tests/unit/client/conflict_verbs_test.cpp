// tests/unit/client/conflict_verbs_test.cpp - a question as a clerk meets it: who is asked, what
// both sides say in words, and the sheet a ruling leaves (domain.md 6.4 and 6.7).
#include "unit/client/verbs_fixture.h"

namespace jiyao {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

/// The archive and a second machine of its office, both at one register.
class ConflictVerbs : public InOffices {
 protected:
  ConflictVerbs() : a_(new_archive()), b_(enrolled(a_, "B", "档案室")) {
    must(carry(a_, b_, "B"));  // who is called R is known there from now on
  }
  void meet() {
    must(carry(b_, a_, "R"));
    must(carry(a_, b_, "B"));
  }
  static std::string paper(const OfficeMachine& at, const std::string& doc_no,
                           const Words& more = {}) {
    Words words{"收文", "登记", "--标题", "关于防汛的通知", "--来文单位", "省厅", "--文号", doc_no};
    words.insert(words.end(), more.begin(), more.end());
    must(at.run(words));
    return doc_no;
  }
  static void steps(const OfficeMachine& at, const std::string& paper, const Words& verbs) {
    for (const std::string& verb : verbs) must(at.run({"收文", verb, paper}));
  }
  static std::string shown(const OfficeMachine& at, const std::string& record,
                           const std::string& ledger = "incoming") {
    return must(at.run({"conflict", "show", record, "--ledger", ledger})).text;
  }
  static std::string made(const Said& said) {
    return said.json->getArray("records")->getObject(0)->getValue<std::string>("id");
  }

  OfficeMachine a_, b_;
};

TEST_F(ConflictVerbs, AStateThatDiffersNamesTheDirectorAndBothPeopleAndIsRuled_R16_S3) {
  const std::string back = paper(a_, "省厅〔2026〕1号"), ended = paper(a_, "省厅〔2026〕2号");
  steps(a_, back, {"初审", "拟办", "批办"});
  steps(a_, ended, {"办结"});
  meet();
  steps(a_, back, {"退回分办"});
  must(a_.run({"收文", "归档", ended, "--归卷号", "2026-永久-1"}));
  steps(b_, back, {"承办"});
  steps(b_, ended, {"清退"});
  meet();
  for (const OfficeMachine* machine : {&a_, &b_}) {
    EXPECT_THAT(
        shown(*machine, back),
        AllOf(HasSubstr(
                  "R16  一处退回，另一处已往下办；先按退回处理，请重新分办（请办公室主任处理）"),
              HasSubstr("退回分办"), HasSubstr("承办中"), HasSubstr("周敏 · R"),
              HasSubstr("人员B · B")));
    EXPECT_THAT(shown(*machine, ended),
                AllOf(HasSubstr("S3  两处登记了不同的终结状态，已冻结"), HasSubstr("档案管理员"),
                      HasSubstr("已归档"), HasSubstr("已清退")));
    EXPECT_THAT(must(machine->run({"conflict", "list"})).text,
                AllOf(HasSubstr("R16"), HasSubstr("S3")));
  }
  must(a_.run({"conflict", "resolve", back, "--value", "已分办", "--reason", "重新分办"}));
  must(a_.run({"conflict", "resolve", ended, "--take", "1", "--reason", "以实物为准"}));
  meet();
  for (const OfficeMachine* machine : {&a_, &b_}) {
    EXPECT_THAT(shown(*machine, back), HasSubstr("没有待裁定的冲突"));
    EXPECT_THAT(shown(*machine, ended), HasSubstr("没有待裁定的冲突"));
  }
}

TEST_F(ConflictVerbs, ACopyLentTwiceNamesBothLoansAndBothFacts_U1) {
  paper(a_, "省厅〔2026〕3号",
        {"--密级", "机密", "--份数", "1", "--页数", "3", "--份号", "000123"});
  const auto approved = [&](const char* borrower) {
    const std::string loan = made(must(a_.run({"借阅", "申请", "000123", "--借阅人", borrower})));
    must(a_.run({"借阅", "批准", loan}));
    return loan;
  };
  const std::string here = approved("张三"), there = approved("李四");
  meet();
  must(a_.run({"借阅", "借出", here}));
  must(b_.run({"借阅", "借出", there}));
  meet();
  for (const OfficeMachine* machine : {&a_, &b_}) {
    EXPECT_THAT(shown(*machine, "000123", "document_copy"),
                AllOf(HasSubstr("U1  同一份文件有两处去向，存疑，请核对实物（请文管人员处理）"),
                      HasSubstr("借出 / 张三"), HasSubstr("借出 / 李四")));
    EXPECT_THAT(must(machine->run({"conflict", "list"})).text,
                AllOf(HasSubstr("借阅登记  张三"), HasSubstr("借阅登记  李四")));
  }
}

TEST_F(ConflictVerbs, AValueThatDiffersNamesWhoRulesInItsLedger) {
  const std::string row = paper(a_, "省厅〔2026〕4号");
  meet();
  must(a_.run({"收文", "修改", row, "--承办部门", "一处"}));
  must(b_.run({"收文", "修改", row, "--承办部门", "二处"}));
  meet();
  for (const OfficeMachine* machine : {&a_, &b_})
    EXPECT_THAT(shown(*machine, row), AllOf(HasSubstr("两处填写不同，请裁定（请收文员"),
                                            HasSubstr("一处"), HasSubstr("二处")));
}

TEST_F(ConflictVerbs, ARulingOnAQuestionEndsItAndPrintsOnOneSheet_N2_L23) {
  const std::string first = made(must(a_.run(
      {"收文", "登记", "--标题", "防汛通知", "--来文单位", "省厅", "--文号", "省厅〔2026〕7号"})));
  const std::string second = made(must(a_.run({"收文", "登记", "--标题", "防汛的通知", "--来文单位",
                                               "省厅", "--文号", "省厅〔2026〕7号"})));
  EXPECT_THAT(shown(a_, first), AllOf(HasSubstr("N2"), HasSubstr("请文管人员处理"),
                                      HasSubstr("防汛通知"), HasSubstr("防汛的通知")));
  const auto finding = must(a_.run({"conflict", "list"})).json->getArray("findings")->getObject(0);
  const std::string ruling = made(
      must(a_.run({"ruling", "open", "--finding", finding->getValue<std::string>("id"), "--code",
                   "N2", "--class", "询问", "--level", "内部", "--record", first, "--question",
                   "同一文件是否登记了两次", "--sides", "2026-0001：防汛通知"})));
  must(a_.run({"ruling", "edit", ruling, "--record", second, "--sides", "2026-0002：防汛的通知"}));
  must(a_.run({"ruling", "decide", ruling, "--decision", "属实不改", "--grounds", "两份不同的文"}));
  EXPECT_THAT(must(a_.run({"conflict", "list"})).text, Not(HasSubstr("N2")));
  must(a_.run({"print", "F25", ruling, "--out", path("ruling.html")}));
  EXPECT_THAT(
      read(path("ruling.html")),
      AllOf(HasSubstr("冲突裁定单"), HasSubstr("同一文件是否登记了两次"), HasSubstr("属实不改"),
            HasSubstr("两份不同的文"), HasSubstr("2026-0001：防汛通知"),
            HasSubstr("2026-0002：防汛的通知"), HasSubstr("周敏")));
}

}  // namespace
}  // namespace jiyao
