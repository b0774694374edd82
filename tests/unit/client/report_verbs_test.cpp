// tests/unit/client/report_verbs_test.cpp - reports and the sheets that count: what stands on them
// is what the ledgers say, and whatever is classified is registered like any print.
#include "client/forms/form_views.h"
#include "schema/dates.h"
#include "unit/client/ledger_walk.h"

namespace jiyao {
namespace {

using testing::HasSubstr;
using testing::Not;

class ReportVerbs : public InOffices {
 protected:
  ReportVerbs() : archive_(new_archive()), desk_(folder_ / "R", "passphrase of R") {}
  Said good(const Words& words) { return must(desk_.run(words)); }
  std::string printed(Words words) {
    words.insert(words.begin(), "print");
    words.insert(words.end(), {"--out", path("page.html")});
    good(words);
    return read(path("page.html"));
  }
  /// Two numbered copies of a 机密 paper that came today.
  std::string secret_paper(const Words& more = {}) {
    Words words{"收文",   "登记",  "--标题", "关于值班的通知", "--来文单位", "省厅",
                "--文号", kSecret, "--密级", "机密",           "--份数",     "2",
                "--页数", "5",     "--份号", "000123-000124"};
    words.insert(words.end(), more.begin(), more.end());
    good(words);
    return kSecret;
  }
  void add_paper(const std::string& title, const Words& more = {}) {
    Words words{"收文", "登记", "--标题", title, "--来文单位", "市局"};
    words.insert(words.end(), more.begin(), more.end());
    good(words);
  }
  static std::string today() { return date_at(RealClock().wall_ms()); }
  static std::string day(int from_today) { return add_days(today(), from_today); }
  static std::string row(const Words& cells) {
    std::string html;
    for (const std::string& cell : cells) html += "<td>" + cell + "</td>";
    return html;
  }

  static constexpr const char* kSecret = "省厅〔2026〕3号";
  OfficeMachine archive_;
  OpenDesk desk_;
};

TEST_F(ReportVerbs, EveryReportPrintsWithHeadsEmptyRowsPagesAndPlacesToSign) {
  std::size_t reports = 0;
  for (const Form& form : built_in_forms()) {
    if (!form.is_report()) continue;
    SCOPED_TRACE(form.id);
    const std::string page = printed({form.id});
    EXPECT_THAT(page, HasSubstr("<h1>" + form.zh + "</h1>"));
    EXPECT_THAT(page, HasSubstr("第 1 页 共 "));
    EXPECT_THAT(page, HasSubstr("<thead>"));
    EXPECT_THAT(page, HasSubstr("<td></td><td></td></tr>")) << "places for the pen";
    for (const std::string& sign : form.signs) EXPECT_THAT(page, HasSubstr(sign + "：<i>"));
    ++reports;
  }
  EXPECT_EQ(reports, 11U);
}

TEST_F(ReportVerbs, EverySheetPrintsWhereItsLedgerHasARow) {
  SampleRows rows(desk_);
  std::set<std::string> drawn;
  for (const Form& form : built_in_forms()) {
    if (form.is_report()) continue;
    const LedgerDefinition& ledger = *Definitions::built_in().ledger(form.ledger);
    const std::string id = rows.row(ledger);
    if (id.empty()) continue;
    SCOPED_TRACE(form.id);
    const std::string page = printed(form.is_register ? Words{form.id} : Words{form.id, id});
    EXPECT_THAT(page, HasSubstr("<h1>" + form.zh + "</h1>"));
    drawn.insert(form.id);
  }
  for (const char* id :
       {"F09", "F21", "F21H", "F21P", "F22", "F22A", "F22E", "F22N", "F22S", "F23"})
    EXPECT_TRUE(drawn.contains(id)) << id << rows.last_failure;
}

TEST_F(ReportVerbs, F07NamesWhoKeepsWhatSinceWhenAndWhoHasToAsk) {
  secret_paper();
  good({"借阅", "借出", "000123", "--借阅人", "张三", "--借出时间", day(-6) + " 09:00",
        "--应还日期", day(-4), "--批准"});
  good({"借阅", "借出", "000124", "--借阅人", "李四", "--批准"});
  const std::string page = printed({"F07"});
  EXPECT_THAT(page, HasSubstr("<td>催还</td><td>借阅</td>"));
  EXPECT_THAT(page, HasSubstr("<td>张三</td><td>" + day(-4) + "</td><td>4</td>"));
  EXPECT_THAT(page, Not(HasSubstr("李四"))) << "due today is not overdue";
  EXPECT_THAT(page, HasSubstr("<div class=\"mark\">机密</div>"));
}

TEST_F(ReportVerbs, F08CountsWhatCameWhatIsInTheSafeAndWhatIsOut) {
  secret_paper();
  add_paper("内部件");
  add_paper("重登件");
  good({"收文", "作废", "2026-0002", "--原因", "重复"});
  good({"借阅", "借出", "000123", "--借阅人", "张三", "--批准"});
  const std::string page = printed({"F08"});
  EXPECT_THAT(page, HasSubstr("<td>本月登记收文</td><td>2</td>")) << "a void row is none";
  EXPECT_THAT(page, HasSubstr("其中涉密收文</td><td>1</td>"));
  EXPECT_THAT(page, HasSubstr("在册的涉密文件份数</td><td>2</td>"));
  EXPECT_THAT(page, HasSubstr("在库</td><td>1</td>"));
  EXPECT_THAT(page, HasSubstr("送修送印）</td><td>1</td>"));
  EXPECT_THAT(page, HasSubstr(row({"关于值班的通知", "000123", "机密", "借出", "张三", ""})));
  EXPECT_THAT(page, HasSubstr(today().substr(0, 8) + "01 — "));
  EXPECT_THAT(printed({"F08", "--自", "2001-01-01", "--至", "2001-12-31"}),
              HasSubstr("<td>本月登记收文</td><td>0</td>"));
}

TEST_F(ReportVerbs, F09HasWhatShouldBeThereBesideWhatWasSeen) {
  secret_paper();
  good({"文件份", "修改", "000123", "--柜架", "1号柜"});
  good({"文件份", "修改", "000124", "--柜架", "1号柜"});
  const auto made = good({"stocktake", "add", "--周期", "季", "--范围", "1号柜", "--计划日期",
                          today(), "--密级", "机密"});
  const std::string id = made.json->getArray("records")->getObject(0)->getValue<std::string>("id");
  good({"stocktake", "修改", id, "--在库的份", "000123", "--所在", "1号柜", "--清点时间",
        today() + " 10:00"});
  good({"stocktake", "修改", id, "--未见的份", "000124", "--说明", "查找中"});
  const std::string page = printed({"F09", id});
  EXPECT_THAT(page, HasSubstr(row({"机密", "1号柜", "2", "1", "1", "1"})))
      << "two expected, one seen, one short, one missing";
  EXPECT_THAT(page, HasSubstr("查找中"));
  EXPECT_THAT(page, HasSubstr("合计"));
}

TEST_F(ReportVerbs, F14CountsByMonthSenderAndLevelAndOnlyWhatIsAskedFor) {
  secret_paper();
  add_paper("甲", {"--收文日期", today().substr(0, 4) + "-01-05", "--份数", "3"});
  add_paper("乙", {"--收文日期", today().substr(0, 4) + "-01-09", "--份数", "4"});
  add_paper("去年件", {"--收文日期", "2001-01-09"});
  const std::string page = printed({"F14"});
  EXPECT_THAT(page, HasSubstr(row({today().substr(0, 4) + "-01", "2", "0", "7", "0"})));
  EXPECT_THAT(page, HasSubstr(row({"市局", "2", "0"})));
  EXPECT_THAT(page, HasSubstr(row({"合计", "3", "1", "9", "0"})));
  EXPECT_LT(page.find(row({"内部", "2", "7"})), page.find(row({"机密", "1", "2"})));
  EXPECT_THAT(page, HasSubstr("<div class=\"mark\">机密</div>")) << "its counts tell of them";
  const std::string open = printed({"F14", "--密级", "内部"});
  EXPECT_THAT(open, HasSubstr(row({"合计", "2", "0", "7", "0"})));
  EXPECT_THAT(open, HasSubstr("<div class=\"mark\">内部</div>"));
  EXPECT_EQ(good({"find", "F14", "--ledger", "print_log"}).json->getArray("records")->size(), 1U)
      << "the one with classified rows, not the other";
}

TEST_F(ReportVerbs, F15ListsTermsThatEndNextYear) {
  const std::string year = std::to_string(year_of(today()) + 1 - 10);
  secret_paper({"--成文日期", year + "-05-31", "--保密期限", "10年"});
  const std::string page = printed({"F15"});
  EXPECT_THAT(page, HasSubstr("<td>" + std::to_string(year_of(today()) + 1) + "-05-31</td>"));
  EXPECT_THAT(page, HasSubstr(row({"机密", "2", "2", "0"}))) << "two copies in the safe";
  EXPECT_THAT(printed({"F15", "--自", "2001-01-01", "--至", "2001-12-31"}),
              Not(HasSubstr("-05-31</td><td></td>")));
}

TEST_F(ReportVerbs, F16ListsWhoKnowsAPaper) {
  secret_paper();
  good({"借阅", "借出", "000123", "--借阅人", "张三", "--批准"});
  const std::string page = printed({"F16", kSecret});
  EXPECT_THAT(page, HasSubstr("<td>张三</td><td>借阅</td>"));
  EXPECT_THAT(page, HasSubstr("关于值班的通知"));
}

TEST_F(ReportVerbs, F25LAndF26NameWhatIsOpenAndWhichNumbersAreNotInForce) {
  add_paper("甲", {"--文号", "市局〔2026〕9号"});
  add_paper("甲", {"--文号", "市局〔2026〕9号"});
  good({"收文", "作废", "2026-0001", "--原因", "重复登记"});
  add_paper("乙", {"--文号", "市局〔2026〕9号"});
  EXPECT_THAT(printed({"F25L"}), HasSubstr("<td>N2</td>"));
  const std::string page = printed({"F26"});
  EXPECT_THAT(page, HasSubstr("<td>2026-0001</td><td>1</td><td>作废：重复登记</td>"));
  EXPECT_THAT(page, HasSubstr(row({"50", "2", "1", "0", "47"})));
}

TEST_F(ReportVerbs, F24HAndF29ShowThePackagesThatLeft) {
  desk_.close();
  enrolled(archive_, "A", "档案室");
  fs::create_directories(path("stick"));
  must(archive_.run({"bundle", "export", "--to", "A", "--label", "机密", "--out", path("stick")}));
  for (const char* form : {"F24H", "F29"}) {
    must(archive_.run({"print", form, "--out", path("page.html")}));
    EXPECT_THAT(read(path("page.html")), HasSubstr("<td>送出</td>")) << form;
    EXPECT_THAT(read(path("page.html")), HasSubstr("<td>已写出</td>")) << form;
  }
}

TEST(Periods, RunAndFollowOneAnother) {
  const auto text = [](const Period& period) { return period.from + " " + period.to; };
  EXPECT_EQ(text(running_period("month", "2026-02-10")), "2026-02-01 2026-02-28");
  EXPECT_EQ(text(running_period("quarter", "2026-11-30")), "2026-10-01 2026-12-31");
  EXPECT_EQ(text(running_period("half_year", "2026-06-30")), "2026-01-01 2026-06-30");
  EXPECT_EQ(text(running_period("year", "2024-02-29")), "2024-01-01 2024-12-31");
  EXPECT_EQ(text(next_period("year", running_period("year", "2026-05-05"))),
            "2027-01-01 2027-12-31");
  EXPECT_EQ(text(next_period("month", {"2026-12-01", "2026-12-31"})), "2027-01-01 2027-01-31");
  EXPECT_EQ(text(running_period("", "2026-02-10")), " ");
}

}  // namespace
}  // namespace jiyao
