// tests/unit/client/list_verbs_test.cpp - find, list and export narrow a ledger by the same
// filters, and a list goes on where its page ended.
#include "unit/client/verbs_fixture.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Titles = std::vector<std::string>;

class ListVerbs : public InOffices {
 protected:
  ListVerbs() : archive_(new_archive()) {
    write(path("in.csv"),
          "收文日期,来文单位,文号,标题,密级,份号,份数,页数,承办部门,状态\n"
          "2026-01-05,省厅,厅发〔2026〕1号,防汛甲,内部,,1,2,,已办结\n"
          "2026-02-28,市局,市发〔2026〕2号,防汛乙,内部,,1,2,省厅,已登记\n"
          "2026-03-01,省厅,厅发〔2026〕3号,防汛丙,秘密,000301,1,2,,已登记\n"
          "2026-06-30,省厅,厅发〔2026〕4号,抗旱丁,秘密,000401,1,2,,已登记\n");
    must(archive_.run({"import", "incoming", path("in.csv"), "--set", "保密期限=10年"}));
  }
  static Titles titles_in(const Said& said) {
    Titles titles;
    const auto rows = said.json->getArray("records");
    for (unsigned i = 0; i < rows->size(); ++i)
      titles.push_back(rows->getObject(i)->getObject("fields")->getValue<std::string>("title"));
    return titles;
  }
  /// Asked of a list, in English and in Chinese; of find among those with the word; of export.
  Titles asked(const std::vector<std::string>& english,
               const std::vector<std::string>& chinese) const {
    std::vector<std::string> words{"incoming", "list"};
    words.insert(words.end(), english.begin(), english.end());
    const Titles listed = sorted(titles_in(must(archive_.run(words))));
    words = {"收文", "列表"};
    words.insert(words.end(), chinese.begin(), chinese.end());
    EXPECT_EQ(sorted(titles_in(must(archive_.run(words)))), listed);
    words = {"查找", "省厅 or", "--ledger", "收文"};
    words[1] = "2026";
    words.insert(words.end(), chinese.begin(), chinese.end());
    const Said found = archive_.run(words);
    EXPECT_EQ(found.error.empty() ? sorted(titles_in(found)) : Titles(), listed);
    words = {"export", "incoming", "--force", "-o", path("out.jsonl")};
    words.insert(words.end(), english.begin(), english.end());
    must(archive_.run(words));
    const std::string exported = read(path("out.jsonl"));
    EXPECT_EQ(std::count(exported.begin(), exported.end(), '\n'),
              static_cast<std::ptrdiff_t>(listed.size()));
    return listed;
  }
  static Titles sorted(Titles titles) {
    std::sort(titles.begin(), titles.end());
    return titles;
  }
  /// The page, and what its last line says to type for the next.
  struct Page {
    Titles titles;
    std::string after;
  };
  Page page(std::vector<std::string> words, const std::string& after) const {
    if (!after.empty()) words.insert(words.end(), {"--接着", after});
    const Said said = must(archive_.run(words));
    Page page{titles_in(said), said.json->getValue<std::string>("after")};
    const std::string next = "下一页：jiyao ";
    EXPECT_EQ(said.text.find(next) != std::string::npos, !page.after.empty()) << said.text;
    if (!page.after.empty()) {
      EXPECT_THAT(said.text, testing::EndsWith(" --接着 " + page.after));
      EXPECT_THAT(said.text.substr(said.text.find(next)), HasSubstr(words[0] + " " + words[1]));
      EXPECT_EQ(said.text.find("--接着"), said.text.rfind("--接着")) << said.text;
    }
    return page;
  }
  Titles all_pages(const std::vector<std::string>& words) const {
    Titles all;
    std::string after;
    do {
      const Page one = page(words, after);
      all.insert(all.end(), one.titles.begin(), one.titles.end());
      after = one.after;
    } while (!after.empty() && all.size() < 100);
    return all;
  }

  OfficeMachine archive_;
};

TEST_F(ListVerbs, TheSameFiltersNarrowListFindAndExportInBothLanguages) {
  EXPECT_THAT(asked({}, {}), ElementsAre("抗旱丁", "防汛丙", "防汛乙", "防汛甲"));
  EXPECT_THAT(asked({"--from", "2026-02-28"}, {"--起", "2026年2月28日"}),
              ElementsAre("抗旱丁", "防汛丙", "防汛乙"));
  EXPECT_THAT(asked({"--from", "2026-02-01", "--to", "2026-03-01"},
                    {"--起", "2026-02-01", "--止", "2026-03-01"}),
              ElementsAre("防汛丙", "防汛乙"));
  EXPECT_THAT(asked({"--unit", "省厅"}, {"--往来单位", "省厅"}),
              ElementsAre("抗旱丁", "防汛丙", "防汛乙", "防汛甲"));
  EXPECT_THAT(asked({"--unit", "市局"}, {"--往来单位", "市局"}), ElementsAre("防汛乙"));
  EXPECT_THAT(asked({"--where", "sender_org=省厅"}, {"--条件", "来文单位=省厅"}),
              ElementsAre("抗旱丁", "防汛丙", "防汛甲"));
  EXPECT_THAT(asked({"--level", "secret"}, {"--密级", "秘密"}), ElementsAre("抗旱丁", "防汛丙"));
  EXPECT_THAT(asked({"--state", "done"}, {"--状态", "已办结"}), ElementsAre("防汛甲"));
  EXPECT_THAT(asked({"--owner", "档案室", "--to", "2026-01-31"},
                    {"--单位", "档案室", "--止", "2026-01-31"}),
              ElementsAre("防汛甲"));
  EXPECT_THAT(asked({"--holder", "周敏"}, {"--保管人", "周敏"}), ElementsAre("抗旱丁", "防汛丙"));
  EXPECT_THAT(
      asked({"--holder", "周敏", "--to", "2026-05-01"}, {"--保管人", "周敏", "--止", "2026-05-01"}),
      ElementsAre("防汛丙"));
  EXPECT_THAT(asked({"--holder", "无此人"}, {"--保管人", "无此人"}), IsEmpty());
}

TEST_F(ListVerbs, WhoHasThePaperNowIsWhoItIsListedUnder) {
  must(archive_.run({"借阅", "借出", "厅发〔2026〕3号", "--借阅人", "郑十二", "--批准"}));
  EXPECT_THAT(asked({"--holder", "郑十二"}, {"--保管人", "郑十二"}), ElementsAre("防汛丙"));
  EXPECT_THAT(asked({"--holder", "周敏"}, {"--保管人", "周敏"}), ElementsAre("抗旱丁"));
  const Said copies = must(archive_.run({"document-copy", "list", "--holder", "郑十二"}));
  EXPECT_EQ(copies.json->getArray("records")->size(), 1U) << copies.text;
  must(archive_.run({"借阅", "归还", "厅发〔2026〕3号", "--清点结果", "相符"}));
  EXPECT_THAT(asked({"--holder", "郑十二"}, {"--保管人", "郑十二"}), IsEmpty());
  const Said refused = archive_.run({"会议", "列表", "--保管人", "周敏"});
  EXPECT_EQ(refused.error, "USAGE");
  EXPECT_THAT(refused.text, HasSubstr("不记在谁手里"));
}

TEST_F(ListVerbs, APageEndsWithTheCommandForTheNext) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"收文", "列表", "--limit", "1"},
        {"收文", "列表", "--limit", "3", "--往来单位", "省厅"},
        {"查找", "2026", "--limit", "2"}}) {
    std::vector<std::string> whole = words;
    whole[static_cast<std::size_t>(std::find(whole.begin(), whole.end(), "--limit") -
                                   whole.begin()) +
          1] = "50";
    EXPECT_EQ(all_pages(words), titles_in(must(archive_.run(whole)))) << words[1];
  }
  EXPECT_THAT(sorted(all_pages({"收文", "列表", "--limit", "1", "--保管人", "周敏"})),
              ElementsAre("抗旱丁", "防汛丙"));
  const Said named =
      must(archive_.run({"收文", "列表", "--接着", "厅发〔2026〕4号", "--limit", "9"}));
  EXPECT_THAT(titles_in(named), Not(testing::Contains("抗旱丁"))) << "a page may end at any name";
}

TEST_F(ListVerbs, ARowIsCalledByWhatItsListShowsHoweverManyBearTheWord) {
  const std::string heads = "会议名称,形式,密级,会议日期,地点,承办单位,人数,会期半天数\n";
  std::string rows = heads;
  for (int i = 0; i < 70; ++i)
    rows += "例会之" + std::to_string(i) + ",现场,内部,2026-11-22,厅,一处,10,1\n";
  write(path("meetings.csv"), heads + "例会,现场,内部,2026-11-20,厅,一处,10,1\n");
  must(archive_.run({"import", "meeting", path("meetings.csv")}));
  write(path("more.csv"), rows);
  must(archive_.run({"import", "meeting", path("more.csv")}));
  EXPECT_THAT(must(archive_.run({"会议", "查看", "例会"})).text, HasSubstr("2026-11-20"));
}

}  // namespace
}  // namespace jiyao
