// tests/unit/client/paper_test.cpp - forms on paper: what is cut where, and that nothing is lost.
#include "client/forms/paper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/forms/form.h"

namespace jiyao {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

Printout register_of(std::size_t rows) {
  Printout paper;
  paper.sheet = Sheet::landscape;
  paper.title = "收文登记簿";
  paper.level_mark = "机密";
  PaperTable table;
  table.columns = {{"编号", 60}, {"标题", 147}, {"份数", 60}};
  for (std::size_t i = 1; i <= rows; ++i)
    table.rows.push_back({{"2026-" + std::to_string(i), "标题" + std::to_string(i), "2"}, false});
  table.totals = {2};
  table.fills_page = true;
  paper.blocks = {{{}, {table}, {}}, {{}, {}, {"登记人", "核对人"}}};
  return paper;
}

TEST(Paper, WhateverATitleHoldsIsOnlyText) {
  EXPECT_EQ(html_text("<script>\"&'\n\t\u202E"), "&lt;script&gt;&quot;&amp;&#39;<br>\\t\\u{202E}");
  Printout paper = register_of(1);
  paper.title = paper.office = paper.level_mark = paper.under_title = paper.printed = "<i>&";
  paper.blocks[0].table[0].title = "<i>";
  paper.blocks[0].table[0].columns[0].label = "<i>";
  paper.blocks[0].table[0].rows[0].cells[1] = "</td><img src=x onerror=y>";
  paper.blocks[1].signs = {"<i>"};
  paper.blocks.push_back({{{{"<i>", "</table><i>", 0, 1}}}, {}, {}});
  const std::string html = print_pages(paper).html;
  EXPECT_THAT(html, Not(HasSubstr("<i>&")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_EQ(count_of(html, "<i>"), 1U) << "the line to sign on is ours";
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  EXPECT_THAT(html, Not(HasSubstr("http:")));
  EXPECT_THAT(html, Not(HasSubstr("https:")));
}

TEST(Paper, EveryPageHasItsHeadItsMarkItsSumAndItsNumber) {
  const PrintedPages printed = print_pages(register_of(40));
  ASSERT_GT(printed.pages, 2U);
  EXPECT_EQ(count_of(printed.html, "<section>"), printed.pages);
  EXPECT_EQ(count_of(printed.html, "<thead>"), printed.pages);
  EXPECT_EQ(count_of(printed.html, "<div class=\"mark\">机密</div>"), printed.pages);
  EXPECT_EQ(count_of(printed.html, "本页合计"), printed.pages);
  EXPECT_EQ(count_of(printed.html, "累计"), 1U);
  EXPECT_THAT(printed.html, HasSubstr("<td>80</td>")) << "40 papers, two copies each";
  for (std::size_t page = 1; page <= printed.pages; ++page)
    EXPECT_THAT(printed.html, HasSubstr("第 " + std::to_string(page) + " 页 共 " +
                                        std::to_string(printed.pages) + " 页"));
  for (int row = 1; row <= 40; ++row)
    EXPECT_THAT(printed.html, HasSubstr("<td>标题" + std::to_string(row) + "</td>"));
  EXPECT_EQ(count_of(printed.html, "登记人"), 1U);
}

TEST(Paper, EmptyRowsFillTheLastPageAndSignsStandUnderThem) {
  const PrintedPages one = print_pages(register_of(1));
  EXPECT_EQ(one.pages, 1U);
  EXPECT_GT(count_of(one.html, "<td></td><td></td><td></td>"), 8U);
  const PrintedPages none = print_pages(register_of(0));
  EXPECT_EQ(none.pages, 1U);
  EXPECT_EQ(count_of(none.html, "<tr"), count_of(one.html, "<tr")) << "as many rows as with one";
}

TEST(Paper, AVoidedRowIsStruckThroughAndCountsNothing) {
  Printout paper = register_of(3);
  paper.blocks[0].table[0].rows[1].is_void = true;
  const std::string html = print_pages(paper).html;
  EXPECT_EQ(count_of(html, "<tr class=\"void\""), 1U);
  EXPECT_THAT(html, HasSubstr("tr.void td{text-decoration:line-through}"));
  EXPECT_THAT(html, HasSubstr("<td>4</td>")) << "two rows of two copies";
}

TEST(Paper, LongTextTakesMoreRoomAndNoneIsLost) {
  EXPECT_EQ(lines_in("", 40), 1U);
  EXPECT_EQ(lines_in("关于防汛", 40), 1U);
  EXPECT_EQ(lines_in("关于做好防汛抗旱工作的通知", 40), 2U) << "ten characters a line";
  EXPECT_EQ(lines_in("a\nb\n", 40), 3U);
  EXPECT_EQ(lines_in("甲", 1), 1U) << "a column too narrow for anything";
  Printout paper;
  std::string opinion;
  for (int i = 0; i < 90; ++i) opinion += "意见" + std::to_string(i) + "，请阅示。\n";
  paper.blocks = {{{{{"批办意见", opinion, 0, 10}}, {{"备注", "末尾", 0, 1}}}, {}, {}}};
  const PrintedPages printed = print_pages(paper);
  EXPECT_EQ(printed.pages, 3U);
  EXPECT_EQ(count_of(printed.html, "批办意见（续）"), 2U);
  for (int i = 0; i < 90; ++i)
    EXPECT_EQ(count_of(printed.html, "意见" + std::to_string(i) + "，"), 1U) << i;
  EXPECT_THAT(printed.html, HasSubstr("末尾"));
}

TEST(Forms, EveryBuiltInFormKnowsItsLedgersFields) {
  ASSERT_GE(built_in_forms().size(), 7U);
  std::set<std::string> ids;
  for (const Form& form : built_in_forms()) {
    EXPECT_EQ(form_fault(form, Definitions::built_in()), "");
    EXPECT_TRUE(ids.insert(form.id).second) << form.id;
    EXPECT_FALSE(form.signs.empty()) << form.id;
  }
}

TEST(Forms, EveryFormOfTheCatalogueIsDrawn) {
  for (int number = 1; number <= 29; ++number) {
    const std::string id = (number < 10 ? "F0" : "F") + std::to_string(number);
    EXPECT_TRUE(std::any_of(built_in_forms().begin(), built_in_forms().end(),
                            [&](const Form& form) { return form.id == id; }))
        << id;
  }
}

TEST(Forms, AReportsTablesAreCheckedLikeARegistersColumns) {
  const std::string good =
      R"json({"form": "F99", "zh": "表", "sheet": "portrait", "period": "month",
    "tables": [{"zh": "甲", "ledger": "incoming", "date": "received_on", "when": "level >= secret",
      "count_by": ["month(received_on)"],
      "columns": [{"of": "month(received_on)", "zh": "月", "mm": 90},
                  {"of": "@count", "zh": "件", "mm": 90, "when": "doc_no is set"}]}]})json";
  const auto fault = [&](const std::string& from, const std::string& to) {
    std::string json = good;
    json.replace(json.find(from), from.size(), to);
    const auto form = Form::parse(json);
    return form ? form_fault(*form, Definitions::built_in()) : form.error().detail;
  };
  EXPECT_EQ(fault("F99", "F99"), "");
  EXPECT_EQ(fault("\"month\"", "\"week\""), "F99: no such period");
  EXPECT_EQ(fault("level >=", "level =>"), "F99: no condition: when");
  EXPECT_EQ(fault("level >=", "colour >="), "F99: no field colour of incoming");
  EXPECT_EQ(fault("doc_no is", "colour is"), "F99: no field colour of incoming");
  EXPECT_EQ(fault("\"received_on\", \"when", "\"colour\", \"when"),
            "F99: no field colour of incoming");
  EXPECT_EQ(fault("\"@count\"", "\"@counts\""), "F99: no field @counts of incoming");
  EXPECT_EQ(fault("\"ledger\": \"incoming\"", "\"ledger\": \"weather\""), "F99: no ledger weather");
  EXPECT_EQ(fault("\"ledger\": \"incoming\"", "\"view\": \"weather\""), "F99: no view weather");
  EXPECT_EQ(fault("\"ledger\": \"incoming\"", "\"view\": \"readers\""),
            "F99: readers is about a record");
  EXPECT_EQ(fault("\"mm\": 90,", "\"mm\": 80,"), "F99: columns fill 170 of 180 mm");
  EXPECT_EQ(fault("\"period\": \"month\",", "\"boxes\": [[{\"zh\": \"甲\"}]],"),
            "F99: without a ledger it has tables alone");
}

TEST(Paper, ATableOfCountsHasOneSum) {
  Printout paper = register_of(40);
  paper.blocks[0].table[0].sum_label = "合计";
  const PrintedPages printed = print_pages(paper);
  EXPECT_EQ(count_of(printed.html, "<td>合计</td>"), 1U);
  EXPECT_EQ(count_of(printed.html, "本页合计"), 0U);
  EXPECT_THAT(printed.html, HasSubstr("<td>80</td>"));
}

TEST(Forms, EveryLedgerHasARegisterAndASheetOfItsOwn) {
  for (const LedgerDefinition& ledger : Definitions::built_in().all()) {
    const Form list = register_form_of(ledger);
    EXPECT_EQ(form_fault(list, Definitions::built_in()), "") << ledger.name;
    int wide = 0;
    for (const FormColumn& column : list.columns) wide += column.mm;
    EXPECT_EQ(wide, 267) << ledger.name;
    EXPECT_EQ(form_fault(record_form_of(ledger), Definitions::built_in()), "") << ledger.name;
  }
}

TEST(Forms, AWrongFormIsRefusedWithTheRule) {
  const std::string good = R"({"form": "F99", "zh": "表", "ledger": "incoming",
    "sheet": "portrait", "columns": [{"of": "title", "zh": "标题", "mm": 180}]})";
  ASSERT_TRUE(Form::parse(good));
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string json = good;
    json.replace(json.find(from), from.size(), to);
    const auto form = Form::parse(json);
    return form ? "taken: " + form_fault(*form, Definitions::built_in()) : form.error().detail;
  };
  EXPECT_EQ(refused("180", "170"), "F99: columns fill 170 of 180 mm");
  EXPECT_EQ(refused("\"of\": \"title\"", "\"of\": \"colour\""),
            "taken: F99: no field colour of incoming");
  EXPECT_EQ(refused("\"of\": \"title\"", "\"of\": \"title.x\""),
            "taken: F99: no field title.x of incoming");
  EXPECT_EQ(refused("incoming", "weather"), "taken: F99: no ledger weather");
  EXPECT_EQ(refused("portrait", "round"), "F99: no such sheet");
  EXPECT_EQ(refused("\"zh\": \"表\"", "\"colour\": \"表\""), "F99: knows no colour");
  EXPECT_EQ(refused("\"mm\": 180", "\"mm\": \"180\""), "F99: a number: mm");
  EXPECT_FALSE(Form::parse("[]"));
  EXPECT_FALSE(Form::parse("{"));
}

}  // namespace
}  // namespace jiyao
