// tests/unit/client/register_reader_test.cpp - registers as offices keep them: titles, two-line
// headings, headings on every page, days as numbers.
#include "client/register_reader.h"

#include <gmock/gmock.h>

#include "client/csv_reader.h"
#include "client/messages.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Catalogue& words() {
  static const Catalogue catalogue(Language::zh, kClientMessages);
  return catalogue;
}
const LedgerDefinition& incoming() {
  return *Definitions::built_in().ledger("incoming");
}

using Cells = std::vector<std::string>;

/// A sheet that is a list.
class ListSheet final : public SheetReader {
 public:
  ListSheet(std::vector<Cells> rows, DateSystem system) : system_(system) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      SheetRow& row = rows_.emplace_back();
      row.line = i + 1;
      row.cells = std::move(rows[i]);
    }
  }
  std::vector<SheetRow>& rows() { return rows_; }
  Result<std::optional<SheetRow>> next() override {
    if (at_ == rows_.size()) return std::optional<SheetRow>();
    return std::optional<SheetRow>(rows_[at_++]);
  }
  DateSystem date_system() const override { return system_; }
  std::pair<std::uint64_t, std::uint64_t> progress() const override { return {at_, rows_.size()}; }

 private:
  std::vector<SheetRow> rows_;
  DateSystem system_;
  std::size_t at_ = 0;
};

struct Read {
  std::vector<std::string> headings, unknown;
  std::vector<RegisterRow> rows;
  std::string error;
  std::size_t hidden = 0;
};

Read read(SheetReader& sheet, ColumnMap columns = {}) {
  auto reader = RegisterReader::open(words(), sheet, incoming(),
                                     {{{"level", "internal"}}, std::move(columns), "registered"});
  if (!reader) return {{}, {}, {}, reader.error().detail};
  Read result{reader->headings(), reader->unknown_headings(), {}, {}};
  while (auto row = *reader->next()) result.rows.push_back(*std::move(row));
  result.hidden = reader->hidden_rows();
  return result;
}
Read read(std::vector<Cells> rows, DateSystem system = DateSystem::from_1900,
          ColumnMap columns = {}) {
  ListSheet sheet(std::move(rows), system);
  return read(sheet, std::move(columns));
}

const Cells kHead = {"收文日期", "来文单位", "标题"};

TEST(RegisterReader, PassesTitlesAndFindsHeadingsWithBlanksStarsAndColons) {
  const Read all = read({{"××局收文登记簿"},
                         {},
                         {"二〇二六年度", "", "共 1 页"},
                         {"收 文 日 期*", " 来文单位：", "标\n题", "心情"},
                         {"2026-11-01", "省厅", "甲", "好"}});
  EXPECT_EQ(all.error, "");
  EXPECT_THAT(all.unknown, ElementsAre("心情"));
  ASSERT_EQ(all.rows.size(), 1U);
  EXPECT_EQ(all.rows[0].line, 5U);
  EXPECT_EQ(all.rows[0].values.at("received_on"), "2026-11-01");
}

TEST(RegisterReader, UnderstandsAHeadingOfTwoRows) {
  const Read all = read({{"2026 年"},
                         {"收文", "", "来文", "", "标题", "密级"},
                         {"日期", "编号", "单位", "文号", "", ""},
                         {"2026-11-01", "2026-0007", "省厅", "厅发〔2026〕1号", "甲", "内部"}});
  EXPECT_EQ(all.error, "");
  EXPECT_THAT(all.headings,
              ElementsAre("收文日期", "收文编号", "来文单位", "文号", "标题", "密级"));
  ASSERT_EQ(all.rows.size(), 1U);
  const FieldValues& values = all.rows[0].values;
  EXPECT_EQ(values.at("intake_no"), "2026-0007");
  EXPECT_EQ(values.at("sender_org"), "省厅");
  EXPECT_EQ(values.at("doc_no"), "厅发〔2026〕1号");
}

TEST(RegisterReader, TakesTheFirstRowOfTheRegisterForNoHeading) {
  const Read all = read({kHead, {"2026-11-01", "省厅", "文号"}, {"2026-11-02", "省厅", ""}});
  ASSERT_EQ(all.rows.size(), 2U);
  EXPECT_EQ(all.rows[0].values.at("title"), "文号");
}

TEST(RegisterReader, PassesOverTitlesAndHeadingsOfEveryPrintedPage) {
  const Read all = read({{"收文登记簿"},
                         kHead,
                         {"2026-11-01", "省厅", "甲"},
                         {"收文登记簿"},
                         kHead,
                         {"", "", ""},
                         {"2026-11-02", "省厅", "乙"}});
  ASSERT_EQ(all.rows.size(), 2U);
  EXPECT_EQ(all.rows[1].line, 7U);
  EXPECT_FALSE(all.rows[1].reason);
}

struct DayCase {
  const char* cell;
  CellKind kind;
  DateSystem system;
  const char* date;  ///< nullptr: refused
};

TEST(RegisterReader, TakesDaysAsNumbersAsTextsAndInChinese) {
  using enum CellKind;
  for (const DayCase& one : std::initializer_list<DayCase>{
           {"46353", number, DateSystem::from_1900, "2026-11-27"},
           {"46353.5", number, DateSystem::from_1900, "2026-11-27"},
           {"46353", text, DateSystem::from_1900, "2026-11-27"},
           {"44891", number, DateSystem::from_1904, "2026-11-27"},
           {"46353", text, DateSystem::none, nullptr},
           {"60", number, DateSystem::from_1900, nullptr},
           {"20261127", number, DateSystem::from_1900, "2026-11-27"},
           {"2026-11-27T09:30", date, DateSystem::from_1900, "2026-11-27"},
           {"２０２６年１１月２７日", text, DateSystem::none, "2026-11-27"},
           {"二〇二六年十一月二十七日", text, DateSystem::none, "2026-11-27"},
           {"二○二六年十月三十日", text, DateSystem::none, "2026-10-30"},
           {"二零二六年一月五日", text, DateSystem::none, "2026-01-05"},
           {"二〇二六年十三月一日", text, DateSystem::none, nullptr},
           {"昨天", text, DateSystem::from_1900, nullptr}}) {
    ListSheet sheet({kHead, {one.cell, "省厅", "甲"}}, one.system);
    sheet.rows()[1].kinds = {one.kind};
    const Read all = read(sheet);
    ASSERT_EQ(all.rows.size(), 1U) << one.cell;
    EXPECT_EQ(all.rows[0].reason.has_value(), one.date == nullptr) << one.cell;
    if (one.date != nullptr) {
      EXPECT_EQ(all.rows[0].values.at("received_on"), one.date);
    }
  }
}

TEST(RegisterReader, KeepsTheBlanksOfATextThatSaysSoOnly) {
  ListSheet sheet({kHead, {"2026-11-01", "省厅", "\r甲 "}, {"2026-11-01", "省厅", "\r甲 "}},
                  DateSystem::from_1900);
  sheet.rows()[1].kinds = {CellKind::text, CellKind::text, CellKind::exact};
  const Read all = read(sheet);
  EXPECT_EQ(all.rows[0].values.at("title"), "\r甲 ");
  EXPECT_EQ(all.rows[1].values.at("title"), "甲");
}

TEST(RegisterReader, TakesColumnsAsSomebodySaidBeforeTheDefinition) {
  const LedgerDefinition& ledger = incoming();
  const Read all =
      read({{"收文日期", "何处来", "标题", "题名"}, {"2026-11-01", "省厅", "甲", "乙"}},
           DateSystem::none, {{"何处来", ledger.field("sender_org")}, {"题名", nullptr}});
  EXPECT_EQ(all.error, "");
  ASSERT_EQ(all.rows.size(), 1U);
  EXPECT_EQ(all.rows[0].values.at("sender_org"), "省厅");
  EXPECT_EQ(all.rows[0].values.at("title"), "甲");
}

TEST(RegisterReader, ReadsTheEntriesOfASetBetweenEmptyLines) {
  const Read all = read(
      {{"收文日期", "来文单位", "标题", "备注"}, {"2026-11-01", "省厅", "甲", "一\n续\n\n二"}});
  ASSERT_EQ(all.rows.size(), 1U);
  ASSERT_EQ(all.rows[0].entries.size(), 2U);
  EXPECT_EQ(all.rows[0].entries[0].second.at("remarks"), "一\n续");
  EXPECT_EQ(all.rows[0].entries[1].second.at("remarks"), "二");
  for (const Cells& entries : std::vector<Cells>{
           {"一"}, {"一", "二"}, {"a\n\nb", "c"}, {"a\n　\nb\n", "", "\nc"}, {"", ""}, {"　", "x"}})
    EXPECT_EQ(split_entries(joined_entries(entries)), entries) << joined_entries(entries);
}

TEST(RegisterReader, CountsHiddenRowsAndTakesThem) {
  ListSheet sheet({kHead, {"2026-11-01", "省厅", "甲"}}, DateSystem::from_1900);
  sheet.rows()[1].is_hidden = true;
  const Read all = read(sheet);
  EXPECT_EQ(all.hidden, 1U);
  EXPECT_EQ(all.rows.size(), 1U);
}

TEST(RegisterReader, SaysWhatItSawWhereThereIsNoHeading) {
  EXPECT_THAT(read({{"甲", "乙"}, {"1", "2"}}).error, HasSubstr("甲,乙"));
  EXPECT_THAT(read({{"收文日期", "收到日期", "来文单位", "标题"}}).error, HasSubstr("收到日期"));
  EXPECT_THAT(read({{"收文日期", "来文单位"}}).error, HasSubstr("标题"));
}

}  // namespace
}  // namespace jiyao
