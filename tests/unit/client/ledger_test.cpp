// tests/unit/client/ledger_test.cpp - a ledger's commands come from its definition alone;
// corrections stay to be seen; whereabouts, limits, histories and holes are told from the ledgers.
#include "client/commands/ledger.h"

#include <cstdlib>
#include <cstring>
#include <sstream>

#include "client/help_text.h"
#include "schema/dates.h"
#include "unit/client/ledger_walk.h"

namespace jiyao {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kMadeUp = R"json({ "ledger": "key_box", "zh": "钥匙登记簿", "en": "Keys",
  "source": "made up", "fields": {
    "key_no": {"zh": "钥匙号", "en": "Key", "type": "text", "kind": "value", "from": "hanging"},
    "taker":  {"zh": "领用人", "en": "Taken by", "type": "person", "kind": "value", "from": "taken"},
    "back_at": {"zh": "交还时间", "en": "Back at", "type": "stamp", "kind": "value", "from": "back"},
    "note":   {"zh": "备注", "en": "Note", "type": "text", "kind": "set"},
    "void_reason": {"zh": "作废原因", "en": "Why void", "type": "text", "kind": "value"} },
  "states": {"hanging": "10 在挂", "taken": "20 领出", "back": "30 已交还*", "void": "99 作废* void"},
  "steps": [
    {"verb": "hang", "zh": "入挂", "from": [], "to": "hanging"},
    {"verb": "take", "zh": "领出", "from": ["hanging"], "to": "taken"},
    {"verb": "take_new", "zh": "领出", "from": [], "to": "taken"},
    {"verb": "bring_back", "zh": "交还", "from": ["taken"], "to": "back", "fills": {"back_at": "now"}},
    {"verb": "void", "zh": "作废", "from": ["*"], "to": "void", "when": "void_reason is set"} ],
  "list": ["key_no", "state"] })json";

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back(name);
  return names;
}

TEST(LedgerCommands, OfANewDefinitionAreThereWithoutALineWrittenForThem) {
  const auto ledger = LedgerDefinition::parse(kMadeUp);
  ASSERT_TRUE(ledger) << ledger.error().detail;
  std::vector<std::string> words;
  for (const LedgerVerb& verb : verbs_of(*ledger)) words.push_back(verb.word);
  EXPECT_THAT(words,
              ElementsAre("hang", "add", "bring-back", "void", "list", "show", "edit", "correct"));
  const Catalogue catalogue(Language::zh, kClientMessages);
  Menu menu(catalogue);
  add_ledger(menu, *ledger);
  for (const auto& [chinese, english] :
       {std::pair("入挂", "hang"), std::pair("领出", "add"), std::pair("交还", "bring-back"),
        std::pair("作废", "void"), std::pair("列表", "list"), std::pair("更正", "correct")})
    EXPECT_EQ(menu.command({"钥匙", chinese}), menu.command({"key-box", english})) << chinese;
  EXPECT_EQ(menu.command({"key-box", "take"}), menu.command({"key-box", "add"}));
  const CLI::App* back = menu.command({"钥匙", "交还"});
  ASSERT_NE(back, nullptr);
  EXPECT_THAT(option_names(*back), Contains("交还时间"));
  EXPECT_THAT(option_names(*back), Not(Contains("key-no"))) << "it stands there already";
  EXPECT_THAT(help_of(*back), HasSubstr("交还（领出 → 已交还）"));
  EXPECT_THAT(option_names(*menu.command({"钥匙", "入挂"})), Not(Contains("taker")));
}

TEST(LedgerCommands, OfEveryLedgerCanBeCalledInBothLanguages) {
  const Catalogue catalogue(Language::zh, kClientMessages);
  Menu menu(catalogue);
  add_commands(menu);
  for (const LedgerDefinition& ledger : Definitions::built_in().all()) {
    EXPECT_NE(menu.command({ledger.noun_zh}), nullptr) << ledger.name;
    for (const LedgerVerb& verb : verbs_of(ledger)) {
      const CLI::App* app = menu.command({ledger.noun, verb.word});
      ASSERT_NE(app, nullptr) << ledger.noun << " " << verb.word;
      EXPECT_THAT(help_of(*app), HasSubstr(catalogue.text("help.examples"))) << verb.word;
    }
  }
}

class LedgerDay : public InOffices {
 protected:
  LedgerDay() : archive_(new_archive()), desk_(folder_ / "R", "passphrase of R") {}
  Said good(const Words& words) { return must(desk_.run(words)); }
  std::string secret_paper() {
    good({"收文", "登记", "--标题", "关于值班的通知", "--来文单位", "省厅", "--文号",
          "省厅〔2026〕3号", "--密级", "机密", "--份数", "2", "--页数", "5", "--份号",
          "000123-000124"});
    return "省厅〔2026〕3号";
  }
  static std::string day(int from_today) {
    return add_days(date_at(RealClock().wall_ms()), from_today);
  }

  /// The lines under this head of `today` or `due`, up to the next head.
  static std::string part_of(const std::string& text, const std::string& head) {
    std::istringstream lines(text);
    std::string line, part;
    while (std::getline(lines, line) && line != head) continue;
    while (std::getline(lines, line) && line.starts_with("  ")) part += line + "\n";
    return part;
  }

  OfficeMachine archive_;
  OpenDesk desk_;
};

TEST_F(LedgerDay, ARangeOfCopiesThatIsNoneIsRefusedAndNothingRegistered) {
  for (const char* range : {"000001-000600", "1-600", "000124-000123"}) {
    SCOPED_TRACE(range);
    const Said said =
        desk_.run({"收文", "登记", "--标题", "多份的一件", "--来文单位", "省厅", "--密级", "机密",
                   "--份数", "600", "--页数", "5", "--份号", range});
    EXPECT_EQ(said.exit_code, 1);
    EXPECT_THAT(said.text, HasSubstr(range));
  }
  EXPECT_EQ(desk_.run({"find", "多份的一件"}).exit_code, 4);
}

// One act, recorded whole or not at all: what it holds depends on what is written of the paper.
TEST_F(LedgerDay, CopiesThatOneActDoesNotHoldAreRefusedWithHowManyItHoldsAndNoNumberIsLost) {
  const auto registered = [&](const std::string& title, const std::string& level, int copies) {
    return desk_.run({"收文", "登记", "--标题", title, "--来文单位", "省厅", "--收文日期",
                      "2026-11-20", "--密级", level, "--份数", "500", "--页数", "5", "--份号",
                      "1-" + std::to_string(copies)});
  };
  const auto most_of = [](const Said& said) {
    const std::size_t at = said.text.find("最多 ");
    return at == std::string::npos ? 0 : std::atoi(said.text.c_str() + at + std::strlen("最多 "));
  };
  for (const std::string level : {"内部", "机密"}) {
    for (const std::string& title : {std::string("多份"), std::string(12000, 'x')}) {
      SCOPED_TRACE(level + " " + title.substr(0, 9));
      const Said before = must(registered(title, level, 1));
      const Said all = registered(title, level, 600);
      const int most = most_of(all);
      EXPECT_THAT(all.error, "INVALID") << all.text;
      ASSERT_GT(most, 150) << all.text;
      EXPECT_EQ(most_of(registered(title, level, most + 1)), most);
      const Said held = must(registered(title, level, most));
      const auto number = [](const Said& said) {
        const auto row = said.json->getArray("records")->getObject(0);
        return row->getObject("fields")->getValue<std::string>("intake_no");
      };
      EXPECT_EQ(std::stoi(number(held).substr(5)), std::stoi(number(before).substr(5)) + 1);
    }
  }
}

TEST_F(LedgerDay, EveryVerbGivesItsDocumentWithTheSameKeys) {
  SampleRows rows(desk_);
  std::size_t made = 0;
  for (const LedgerDefinition& ledger : Definitions::built_in().all()) {
    const std::string row = rows.row(ledger);
    if (row.empty()) continue;
    ++made;
    SCOPED_TRACE(ledger.name);
    for (const char* key : {"total", "records"}) {
      if (ledger.name == "series") continue;  // its list is of blocks
      EXPECT_TRUE(good({ledger.noun, "list"}).json->has(key)) << key;
    }
    for (const char* key : {"id", "ledger", "fields", "state", "stage", "corrections", "findings"})
      EXPECT_TRUE(good({ledger.noun, "show", row}).json->has(key)) << key;
    for (const Transition& step : ledger.steps) {
      if (makes(step) || ledger.states[step.to].is_void) continue;
      std::string word = step.verb;
      std::replace(word.begin(), word.end(), '_', '-');
      const Said said = desk_.run({ledger.noun, word, row});
      if (!said.error.empty()) continue;
      for (const char* key : {"records", "proposed", "undelivered"})
        EXPECT_TRUE(said.json->has(key)) << step.verb << " " << key;
    }
  }
  EXPECT_GE(made, 6U) << rows.last_failure;
}

TEST_F(LedgerDay, ACopyIsFoundByItsNumberWithEveryHandItWentThrough) {
  secret_paper();
  good({"借阅", "借出", "000123", "--借阅人", "张三", "--批准"});
  good({"借阅", "归还", "000123"});
  good({"借阅", "借出", "000123", "--借阅人", "李四", "--应还日期", day(2), "--批准"});
  const Said where = good({"where", "000123"});
  EXPECT_THAT(where.text, HasSubstr("李四（借出，自 "));
  EXPECT_THAT(where.text, HasSubstr("应还 " + day(2)));
  EXPECT_THAT(where.text, HasSubstr("此前 张三"));
  EXPECT_THAT(where.text, Not(HasSubstr("000124")));
  const auto chain = where.json->getArray("copies")->getObject(0)->getArray("chain");
  EXPECT_EQ(chain->size(), 4U) << "in the safe, lent, back, lent";
  EXPECT_EQ(good({"where", "省厅〔2026〕3号"}).json->getArray("copies")->size(), 2U);
  EXPECT_EQ(desk_.run({"where", "000999"}).error, "NOT_FOUND");
  EXPECT_EQ(desk_.run({"借阅", "借出", "000123", "--借阅人", "王五", "--批准"}).error, "EXISTS");
}

TEST_F(LedgerDay, WhatIsOverdueDueTodayAndSoonIsToldToTheRoleThatActs) {
  secret_paper();
  good({"借阅", "借出", "000123", "--借阅人", "张三", "--批准"});
  good({"借阅", "借出", "000124", "--借阅人", "李四", "--应还日期", day(2), "--批准"});
  const Said today = good({"today"});
  // Duties of the month stand there too, on its last days before the loans.
  EXPECT_THAT(part_of(today.text, "今天"), HasSubstr("催还  借阅  张三"));
  EXPECT_THAT(today.text, Not(HasSubstr("李四")));
  const Said soon = good({"due", "--days", "2"});
  EXPECT_THAT(part_of(soon.text, "将到期"), HasSubstr("催还  借阅  李四"));
  EXPECT_THAT(soon.text, HasSubstr("还有 2 天"));
  EXPECT_GE(soon.json->getArray("items")->size(), 2U);
  good({"借阅", "归还", "000123"});
  EXPECT_THAT(good({"today"}).text, Not(HasSubstr("催还")));
}

TEST_F(LedgerDay, M07AnUrgentPaperIsUrgedEveryDayAndAnImportantOneEveryWeek) {
  const auto paper = [&](const char* number, const char* urgency) {
    good({"收文", "登记", "--标题", std::string("来文") + urgency, "--来文单位", "省厅", "--文号",
          number, "--缓急", urgency, "--收文日期", day(-8)});
    good({"文件批办单", "开单", number});
    good({"文件批办单", "拟办", number, "--拟办人", "周敏", "--拟办意见", "请办"});
  };
  const auto urge = [&](const char* number, int from_today) {
    good({"文件批办单", "修改", number, "--催办时间", day(from_today) + " 09:00", "--催办情况",
          "电话"});
  };
  const auto today = [&] { return good({"today", "--all"}).text; };
  paper("省厅〔2026〕11号", "特急");
  paper("省厅〔2026〕12号", "急件");
  paper("省厅〔2026〕13号", "平件");
  EXPECT_THAT(today(), HasSubstr("紧急件每日催办  文件批办单  2026-0001  来文特急"));
  EXPECT_THAT(today(), HasSubstr("重要件每周催办  文件批办单  2026-0002  来文急件"));
  EXPECT_THAT(today(), Not(HasSubstr("来文平件")));
  urge("省厅〔2026〕11号", 0);
  urge("省厅〔2026〕12号", -6);
  EXPECT_THAT(today(), Not(HasSubstr("催办  文件批办单")));
  urge("省厅〔2026〕11号", -1);
  EXPECT_THAT(today(), Not(HasSubstr("催办  文件批办单"))) << "the last one counts";
}

TEST_F(LedgerDay, ATermOfALengthIsRemindedOfWhenItEnds) {
  good({"收文",       "登记",    "--标题",     "旧密件",
        "--来文单位", "省厅",    "--文号",     "省厅〔2015〕3号",
        "--密级",     "秘密",    "--保密期限", "1年",
        "--成文日期", day(-400), "--份数",     "1",
        "--页数",     "5",       "--份号",     "000125"});
  good({"收文",       "登记",   "--标题",     "新密件",
        "--来文单位", "省厅",   "--文号",     "省厅〔2026〕4号",
        "--密级",     "秘密",   "--保密期限", "1年",
        "--成文日期", day(-10), "--份数",     "1",
        "--页数",     "5",      "--份号",     "000126"});
  const std::string today = good({"today", "--all"}).text;
  EXPECT_THAT(today, HasSubstr("保密期限届满待确认，不自动解密  文件  省厅〔2015〕3号"));
  EXPECT_THAT(today, Not(HasSubstr("省厅〔2026〕4号")));
}

TEST_F(LedgerDay, ADocumentNumberIsReadTypedAndFoundAsItIsPrinted) {
  for (const char* code : {"甲办发", "甲办函"})
    good({"发文", "编号登记", "--机关代字", code, "--标题", std::string("标题") + code,
          "--主办处室", "一处", "--签发人", "李四", "--登记日期", "2026-11-20"});
  EXPECT_THAT(good({"发文", "列表"}).text, HasSubstr("甲办函〔2026〕1号"));
  for (const char* typed : {"甲办函〔2026〕1号", "甲办函[2026]001号", "甲办函（２０２６）１号"}) {
    SCOPED_TRACE(typed);
    EXPECT_THAT(good({"发文", "查看", typed}).text, HasSubstr("标题甲办函"));
  }
  EXPECT_THAT(good({"find", "甲办函〔2026〕1号", "--ledger", "发文"}).text,
              HasSubstr("标题甲办函"));
  EXPECT_EQ(desk_.run({"发文", "查看", "甲办令〔2026〕1号"}).error, "NOT_FOUND");
}

TEST_F(LedgerDay, ACorrectionIsStruckThroughAndStays) {
  const std::string paper = secret_paper();
  good({"收文", "更正", paper, "--标题", "关于防汛值班的通知", "--原因", "抄错"});
  good({"收文", "修改", paper, "--备注", "左边第二份缺页"});
  good({"收文", "更正", paper, "--备注", "右边第二份缺页", "--原为", "左边第二份缺页", "--原因",
        "看反"});
  const Said shown = good({"收文", "查看", paper});
  EXPECT_THAT(shown.text,
              HasSubstr("更正 标题：~~关于值班的通知~~ → 关于防汛值班的通知（抄错；周敏"));
  EXPECT_THAT(shown.text, HasSubstr("~~左边第二份缺页~~"));
  EXPECT_THAT(shown.text, HasSubstr("备注  右边第二份缺页"));
  EXPECT_EQ(shown.json->getArray("corrections")->size(), 2U);
  EXPECT_EQ(
      desk_.run({"收文", "更正", paper, "--备注", "x", "--原为", "没有", "--原因", "y"}).error,
      "NOT_FOUND");
}

TEST_F(LedgerDay, WhatIsWrittenOnceIsCorrectedByARuling) {
  const std::string paper = secret_paper();
  good({"借阅", "借出", "000123", "--借阅人", "张三", "--批准"});
  EXPECT_EQ(desk_.run({"借阅", "修改", "000123", "--借阅人", "李四"}).error, "NOT_ALLOWED");
  good({"借阅", "更正", "000123", "--借阅人", "李四", "--原因", "写错人"});
  EXPECT_THAT(good({"借阅", "查看", "000123"}).text, HasSubstr("~~张三~~ → 李四"));
}

TEST_F(LedgerDay, TheTimelineTellsEveryActOnThePaperAndOnTheRowsAboutIt) {
  const std::string paper = secret_paper();
  good({"借阅", "借出", "000123", "--借阅人", "张三", "--批准"});
  good({"收文", "更正", paper, "--标题", "另一标题", "--原因", "抄错"});
  const Said told = good({"timeline", paper});
  for (const char* part :
       {"周敏 · R", "收文 机密 2026-0001", "借阅 张三", "文件份 000123", "~~关于值班的通知~~"})
    EXPECT_THAT(told.text, HasSubstr(part));
  EXPECT_EQ(told.json->getArray("acts")->size(), 5U)
      << "registered with its copies, asked, approved, lent with the copy moved, corrected";
}

TEST_F(LedgerDay, WhoHasSeenAPaperIsKnownFromTheRowsThatGaveIt) {
  const std::string paper = secret_paper();
  good({"借阅", "申请", "000123", "--借阅人", "张三"});
  EXPECT_EQ(good({"access", "log", paper}).json->getArray("readers")->size(), 0U)
      << "asked for is not seen";
  good({"借阅", "借出", "000123", "--批准"});
  good({"借阅", "归还", "000123"});
  good({"传阅", "送出", paper, "--份号", "000124", "--阅读人", "李四"});
  const Said known = good({"access", "log", paper});
  EXPECT_THAT(known.text, HasSubstr("须逐人登记"));
  EXPECT_THAT(known.text, HasSubstr("张三"));
  EXPECT_THAT(known.text, HasSubstr("李四"));
  EXPECT_EQ(known.json->getArray("readers")->size(), 2U);
}

TEST_F(LedgerDay, APaperGoesByRankAndBackwardsForInstructions) {
  const std::string paper = secret_paper();
  const auto approve = [&](const char* copy, const char* mode) {
    good({"传阅", "批准", paper, "--份号", copy, "--方式", mode, "--阅读人", "厅长", "--排序", "1",
          "--阅读人", "处长", "--排序", "3", "--阅读人", "副厅长", "--排序", "2"});
  };
  approve("000123", "传阅");
  EXPECT_THAT(good({"传阅", "送出", paper, "--份号", "000123"}).text, HasSubstr("厅长"));
  good({"传阅", "收回", paper, "--份号", "000123"});
  const Words early{"传阅", "送出", paper, "--份号", "000123", "--阅读人", "处长"};
  const Said refused = desk_.run(early);
  EXPECT_EQ(refused.error, "NOT_ALLOWED");
  EXPECT_THAT(refused.text, HasSubstr("副厅长"));
  Words with_reason = early;
  with_reason.insert(with_reason.end(), {"--原因", "副厅长出差"});
  good(with_reason);
  approve("000124", "传批");
  EXPECT_THAT(good({"传阅", "送出", paper, "--份号", "000124"}).text, HasSubstr("处长"));
}

TEST_F(LedgerDay, HolesAreNamedWithTheirReasonAndBlocksWithTheirUse) {
  for (const char* title : {"甲", "乙", "丙"})
    good({"收文", "登记", "--标题", title, "--来文单位", "省厅"});
  EXPECT_THAT(good({"gaps"}).text, HasSubstr("没有空号"));
  good({"收文", "作废", "2026-0002", "--原因", "重复登记"});
  EXPECT_THAT(good({"gaps"}).text, HasSubstr("2026-0002  作废：重复登记"));
  const auto series = good({"series", "report"}).json->getArray("series")->getObject(0);
  const auto block = series->getArray("blocks")->getObject(0);
  EXPECT_EQ(block->getValue<int>("used"), 2);
  EXPECT_EQ(block->getValue<int>("void"), 1);
  EXPECT_EQ(block->getValue<int>("free"), 47);
  EXPECT_EQ(block->getValue<int>("holes"), 0);
}

TEST_F(LedgerDay, NamesOfNothingAreRefused) {
  EXPECT_EQ(archive_.run({"office", "add", "   "}).error, "USAGE");
  EXPECT_EQ(desk_.run({"收文", "登记", "--标题", "\xE2\x80\x8B", "--来文单位", "省厅"}).error,
            "INVALID");
  EXPECT_EQ(archive_.run({"version", "--lang", "fr"}).error, "USAGE");
}

}  // namespace
}  // namespace jiyao
