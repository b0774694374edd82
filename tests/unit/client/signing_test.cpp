// tests/unit/client/signing_test.cpp - whose signature a row gets: by `initial`, or with a step;
// and what the step does to every copy a list names.
#include "unit/client/ledger_walk.h"

namespace jiyao {
namespace {

using testing::HasSubstr;
using testing::Not;

class Signing : public InOffices {
 protected:
  Signing() : archive_(new_archive()) {
    for (const auto& [name, roles] :
         {std::pair("李四", "leader,handler,seal_keeper"), std::pair("王五", "records_keeper")})
      must(archive_.run({"user", "add", name, "--roles", roles, "--clearance", "机密",
                         "--recovery-sheet", path(std::string(name) + ".sheet")},
                        {phrase(name), archive_.passphrase_of_root}));
  }
  static std::string phrase(const std::string& name) { return "the passphrase of " + name; }
  OfficeMachine as(const std::string& name) const { return {folder_ / "R", phrase(name)}; }
  Said good(const Words& words) const { return must(archive_.run(words)); }
  void two_copies_on_a_list() const {
    good({"收文", "登记", "--标题", "到期的件", "--来文单位", "省厅", "--文号", "省厅〔2026〕9号",
          "--密级", "秘密", "--份数", "2", "--页数", "5", "--份号", "000901-000902"});
    good({"销毁清册", "拟入清册", "--拟册日期", "2026-11-20", "--拟册人", "周敏", "--份", "000901",
          "--份", "000902"});
  }
  void approved() const {
    good({"销毁清册", "签字", "000901", "--栏目", "鉴别"});
    good({"销毁清册", "清点登记", "000901"});
    must(as("李四").run({"销毁清册", "审批", "000901", "--承销单位", "保密局", "--地点", "中心",
                         "--方式", "化浆"}));
  }
  std::vector<std::string> fields_of(const Words& words) const {
    return good(words).json->getObject("fields")->getNames();
  }
  OfficeMachine archive_;
};

TEST_F(Signing, IsOncePerPersonColumnAndContent) {
  two_copies_on_a_list();
  EXPECT_EQ(archive_.run({"销毁清册", "清点登记", "000901"}).exit_code, 7) << "nobody appraised it";
  EXPECT_THAT(good({"销毁清册", "签字", "000901", "--栏目", "鉴别"}).text,
              HasSubstr("已签字（鉴别）"));
  EXPECT_EQ(archive_.run({"销毁清册", "签字", "000901", "--栏目", "鉴别"}).error, "EXISTS");
  good({"收文", "登记", "--标题", "又一件", "--来文单位", "省厅", "--密级", "秘密", "--份数", "1",
        "--页数", "5", "--份号", "000903"});
  good({"销毁清册", "修改", "000901", "--份", "000903"});
  good({"销毁清册", "签字", "000901", "--栏目", "鉴别"});  // another list: another signature
}

TEST_F(Signing, AsksWhichColumnAndRefusesOnesThatAreNotTheirs) {
  two_copies_on_a_list();
  const Said several = archive_.run({"销毁清册", "签字", "000901"});
  EXPECT_EQ(several.error, "USAGE");
  EXPECT_THAT(several.text, HasSubstr("鉴别、监销签字"));
  const Said unknown = archive_.run({"销毁清册", "签字", "000901", "--栏目", "盖章"});
  EXPECT_EQ(unknown.error, "NOT_FOUND");
  EXPECT_THAT(unknown.text, HasSubstr("审批"));
  const Said theirs = archive_.run({"销毁清册", "签字", "000901", "--栏目", "审批"});
  EXPECT_EQ(theirs.error, "NOT_ALLOWED");
  EXPECT_THAT(theirs.text, HasSubstr("分管领导"));
}

TEST_F(Signing, WhoApprovesIsNoWitnessAndTwoOthersAre) {
  two_copies_on_a_list();
  approved();
  EXPECT_THAT(fields_of({"销毁清册", "查看", "000901"}), Not(testing::Contains("witness_sign")));
  must(as("王五").run({"销毁清册", "签字", "000901", "--栏目", "监销签字"}));
  const Words destroy{"销毁清册", "销毁", "000901"};
  EXPECT_THAT(archive_.run(destroy).text, HasSubstr("监销须两人以上"));
  must(archive_.run({"user", "add", "赵六", "--roles", "secrecy_officer", "--recovery-sheet",
                     path("zhao.sheet"), "--clearance", "机密"},
                    {phrase("赵六"), archive_.passphrase_of_root}));
  must(as("赵六").run({"销毁清册", "签字", "000901", "--栏目", "监销签字"}));
  must(archive_.run(destroy));
  for (const char* copy : {"000901", "000902"})
    EXPECT_THAT(good({"where", copy}).text, HasSubstr("已销毁")) << copy;
}

TEST_F(Signing, AListMovesEveryCopyOnIt) {
  two_copies_on_a_list();
  approved();
  for (const char* copy : {"000901", "000902"})
    EXPECT_THAT(good({"where", copy}).text, HasSubstr("待销毁")) << copy;
}

TEST_F(Signing, AnApprovalIsForWhatItsOwnStepWrites) {
  good({"用印", "申请", "--申请日期", "2026-11-20", "--印章", "机关印", "--文件名称", "值班函",
        "--用印单位", "一处", "--事由", "报送", "--申请人", "王五"});
  must(as("李四").run({"用印", "批准", "值班函", "--核准次数", "2"}));
  EXPECT_EQ(good({"用印", "查看", "值班函"}).json->getValue<std::string>("state"), "approved");
  must(as("李四").run({"用印", "核对", "值班函"}));
}

TEST_F(Signing, ARowWithoutANumberIsCalledByWhatItsListShows) {
  const Words plan{"清点核对记录", "计划",   "--周期",     "月",
                   "--范围",       "一号柜", "--计划日期", "2026-10-20"};
  good(plan);
  good({"清点核对记录", "作废", "一号柜", "--原因", "改期"});
  good(plan);
  good({"清点核对记录", "开始清点", "一号柜", "--清点人", "周敏"});
  good(plan);
  const Said several = archive_.run({"清点核对记录", "修改", "一号柜", "--处理", "无"});
  EXPECT_EQ(several.error, "INVALID") << "two counts of it are open";
  EXPECT_EQ(archive_.run({"清点核对记录", "查看", "一号"}).error, "NOT_FOUND");
}

}  // namespace
}  // namespace jiyao
