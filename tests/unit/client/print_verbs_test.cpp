// tests/unit/client/print_verbs_test.cpp - print and holidays, as a clerk says them.
#include "unit/client/verbs_fixture.h"

namespace jiyao {
namespace {

using testing::HasSubstr;
using testing::Not;

class PrintVerbs : public InOffices {
 protected:
  PrintVerbs() : archive_(new_archive()) {}
  std::string add(const std::string& title, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"收文",       "登记",         "--标题",     title,
                                   "--来文单位", "省政府办公厅", "--收文日期", "2026-11-02"};
    words.insert(words.end(), more.begin(), more.end());
    return number_of(must(archive_.run(words)));
  }
  std::string add_secret(const std::string& title) const {
    return add(title, {"--密级", "机密", "--份数", "1", "--页数", "4", "--份号", "000123"});
  }
  std::string printed(std::vector<std::string> words) const {
    words.insert(words.begin(), "print");
    words.insert(words.end(), {"--out", path("page.html")});
    must(archive_.run(words));
    return read(path("page.html"));
  }
  OfficeMachine archive_;
};

TEST_F(PrintVerbs, ARegisterShowsItsRowsOldestFirstAndVoidsStruckThrough) {
  add("甲件");
  const std::string second = add("<b>乙件</b>");
  add("丙件");
  must(archive_.run({"收文", "作废", second, "--原因", "重复登记"}));
  const std::string page = printed({"F01"});
  EXPECT_LT(page.find("甲件"), page.find("丙件"));
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;乙件"));
  EXPECT_THAT(page, HasSubstr("<tr class=\"void\""));
  EXPECT_THAT(page, HasSubstr("作废原因：重复登记"));
  EXPECT_THAT(page, HasSubstr("第 1 页 共 1 页"));
  EXPECT_THAT(page, HasSubstr("周敏"));
  EXPECT_THAT(printed({"F01", "--自", "2026-11-03"}), Not(HasSubstr("甲件")));
}

TEST_F(PrintVerbs, WhatIsSecretStandsOnItsOwnFormAndIsRegistered) {
  add("内部件");
  const std::string number = add_secret("涉密件");
  EXPECT_THAT(printed({"F01"}), Not(HasSubstr("涉密件"))) << "no trace in the open register";
  EXPECT_EQ(archive_.run({"find", "F01", "--ledger", "print_log"}).exit_code, 4);
  const Said said =
      must(archive_.run({"print", "F02", "--out", path("f02.html"), "--purpose", "月清点"}));
  EXPECT_THAT(said.text, HasSubstr("已记入打印登记"));
  EXPECT_EQ(said.json->getValue<std::string>("level"), "highly_secret");
  const std::string page = read(path("f02.html"));
  EXPECT_THAT(page, HasSubstr("<div class=\"mark\">机密</div>"));
  EXPECT_THAT(page, HasSubstr("涉密件"));
  EXPECT_THAT(page, HasSubstr("000123"));
  EXPECT_THAT(page, Not(HasSubstr("内部件")));
  const Said row = must(archive_.run({"find", "月清点", "--ledger", "print_log"}));
  const auto fields = row.json->getArray("records")->getObject(0)->getObject("fields");
  EXPECT_EQ(fields->getValue<std::string>("form"), "F02 涉密收文登记簿");
  EXPECT_THAT(fields->getValue<std::string>("printed_rows"), HasSubstr("2026-0001"));
  EXPECT_EQ(fields->getValue<std::string>("row_count"), "1");
  EXPECT_EQ(row.json->getArray("records")->getObject(0)->getValue<std::string>("compartment_level"),
            "highly_secret");
  EXPECT_THAT(printed({"打印登记"}), HasSubstr("F02 涉密收文登记簿")) << "the log itself prints";
  static_cast<void>(number);
}

TEST_F(PrintVerbs, NothingIsPrintedWhereNothingCanBeRegistered) {
  add_secret("涉密件");
  const Said refused = archive_.run({"print", "F02", "--out", path("nowhere/f02.html")});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_EQ(archive_.run({"find", "F02", "--ledger", "print_log"}).exit_code, 4);
}

TEST_F(PrintVerbs, OnePaperHasItsHandlingSheetItsSlipAndItsLoan) {
  const std::string number = add_secret("涉密件");
  EXPECT_THAT(printed({"F03", number}), HasSubstr("文件批办单"));
  EXPECT_EQ(archive_.run({"print", "F03", "--out", path("x.html")}).exit_code, 2);
  EXPECT_EQ(archive_.run({"print", "F03", "2026-0999", "--out", path("x.html")}).exit_code, 4);
  must(archive_.run({"传阅", "批准", number, "--reader", "李四"}));
  must(archive_.run({"传阅", "送出", number, "--reader", "李四"}));
  const std::string slip = printed({"F05", number});
  EXPECT_THAT(slip, HasSubstr("文件传阅单"));
  EXPECT_THAT(slip, HasSubstr("李四"));
  EXPECT_THAT(slip, HasSubstr("<td>送出</td>"));
  EXPECT_THAT(slip, HasSubstr("涉密件"));
  must(archive_.run({"传阅", "收回", number, "--close"}));
  must(archive_.run({"借阅", "借出", number, "--借阅人", "赵六"}));
  must(archive_.run({"借阅", "批准", number}));
  must(archive_.run({"借阅", "借出", number, "--借阅人", "赵六"}));
  EXPECT_THAT(printed({"F06"}), HasSubstr("赵六"));
  EXPECT_THAT(printed({"催还通知", number}), HasSubstr("000123"));
}

TEST_F(PrintVerbs, EveryLedgerPrintsAsAListAndAsASheet) {
  const std::string number = add("内部件");
  EXPECT_THAT(printed({"incoming"}), HasSubstr("内部件"));
  EXPECT_THAT(printed({"收文登记簿", number}), HasSubstr("内部件")) << "the title of a form";
  EXPECT_THAT(printed({"directory"}), HasSubstr("周敏"));
  const Said unknown = archive_.run({"print", "F99", "--out", path("x.html")});
  EXPECT_EQ(unknown.exit_code, 4);
  EXPECT_THAT(unknown.text, HasSubstr("F05  文件传阅单"));
  EXPECT_FALSE(fs::exists(path("x.html")));
  EXPECT_EQ(archive_.run({"print", "F01", "--自", "去年", "--out", path("x.html")}).exit_code, 1);
  EXPECT_EQ(archive_.run({"print", "F01", "--out", archive_.data() + "/log.jdb"}).exit_code, 2);
}

TEST_F(PrintVerbs, WithoutABrowserAPdfIsRefusedInWords) {
  add("内部件");
  const std::string path_before = std::getenv("PATH");
  ::setenv("PATH", folder_.c_str(), 1);
  const Said refused = archive_.run({"print", "F01", "--pdf", "--out", path("x.pdf")});
  ::setenv("PATH", path_before.c_str(), 1);
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_THAT(refused.text, HasSubstr("Chromium"));
  EXPECT_FALSE(fs::exists(path("x.pdf")));
}

// A program in the browser's place shows what it is asked, and that its folder is gone afterwards.
TEST_F(PrintVerbs, APdfIsMadeByTheBrowserAndNothingIsLeftBeside) {
  add("内部件");
  fs::create_directories(path("bin"));
  write(path("bin/chromium"),
        "#!/bin/sh\nfor a in \"$@\"; do case $a in --print-to-pdf=*) out=${a#*=};; esac; done\n"
        "printf '%s\\n' \"$@\" > '" +
            path("asked") + "'\nprintf '%%PDF-1.4 small' > \"$out\"\n");
  fs::permissions(path("bin/chromium"), fs::perms::owner_all);
  const std::string path_before = std::getenv("PATH");
  ::setenv("PATH", (path("bin") + ":" + path_before).c_str(), 1);
  fs::create_directories(path("out"));
  const Said said = archive_.run({"print", "F01", "--pdf", "--out", path("out/x.pdf")});
  ::setenv("PATH", path_before.c_str(), 1);
  must(said);
  EXPECT_THAT(read(path("out/x.pdf")), testing::StartsWith("%PDF"));
  EXPECT_EQ(std::distance(fs::directory_iterator(path("out")), fs::directory_iterator()), 1);
  const std::string asked = read(path("asked"));
  for (const char* flag : {"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                           "--no-first-run", "--disable-background-networking",
                           "--disable-component-update", "--disable-sync", "--user-data-dir="})
    EXPECT_THAT(asked, HasSubstr(flag));
}

TEST_F(PrintVerbs, HolidaysAreListedReadAndBroughtInByAFile) {
  const Said list = must(archive_.run({"节假日", "列表"}));
  EXPECT_THAT(list.text, HasSubstr("国办发明电〔2025〕7号"));
  const Said year = must(archive_.run({"节假日", "核对", "2026"}));
  EXPECT_THAT(year.text, HasSubstr("2026-02-15 – 2026-02-23"));
  EXPECT_THAT(year.text, HasSubstr("248 个工作日"));
  const Said none = archive_.run({"节假日", "核对", "2090"});
  EXPECT_EQ(none.exit_code, 4);
  EXPECT_THAT(none.text, HasSubstr("没有 2090 年的节假日安排"));
  const std::string table = R"({"year": 2090, "notice": "样本通知", "number": "样1号",
    "dated_on": "2089-11-30", "typed_from": "样本",
    "off": [{"zh": "元旦", "from": "2090-01-02", "to": "2090-01-02"}], "worked": []})";
  write(path("2090.json"), table);
  EXPECT_THAT(must(archive_.run({"节假日", "导入", path("2090.json")})).text,
              HasSubstr("请与通知原文逐日核对"));
  EXPECT_THAT(must(archive_.run({"节假日", "列表"})).text, HasSubstr("本机导入"));
  must(archive_.run({"节假日", "导入", path("2090.json")}));
  std::string wrong = table;
  wrong.replace(wrong.find("\"worked\": []"), 12, "\"worked\": [\"2090-01-03\"]");
  write(path("wrong.json"), wrong);
  const Said refused = archive_.run({"节假日", "导入", path("wrong.json")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.text, HasSubstr("列为调休上班，却不是星期六、星期日：2090-01-03"));
  must(archive_.run({"节假日", "核对", "2090"}));
}

}  // namespace
}  // namespace jiyao
