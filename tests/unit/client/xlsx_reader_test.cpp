// tests/unit/client/xlsx_reader_test.cpp - workbooks as Excel, WPS and libraries write them.
#include "client/xlsx_reader.h"

#include <gmock/gmock.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <filesystem>

#include "client/messages.h"
#include "schema/real_files.h"
#include "support/zip_maker.h"
#include "unit/client/memory_file.h"

namespace jiyao {
namespace {

using test::MadeBook;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Catalogue& words() {
  static const Catalogue catalogue(Language::zh, kClientMessages);
  return catalogue;
}

struct Read {
  std::vector<SheetRow> rows;
  std::vector<BookSheet> sheets;
};

Read read_book(File& file, std::size_t sheet = 0) {
  const auto book = XlsxBook::open(words(), file);
  if (!book) {
    ADD_FAILURE() << book.error().detail;
    return {};
  }
  Read read{{}, (*book)->sheets()};
  const auto reader = (*book)->rows(read.sheets.at(sheet));
  if (!reader) {
    ADD_FAILURE() << reader.error().detail;
    return read;
  }
  while (true) {
    auto row = (*reader)->next();
    if (!row) ADD_FAILURE() << row.error().detail;
    if (!row || !*row) return read;
    read.rows.push_back(**row);
  }
}

std::vector<SheetRow> rows_of(const MadeBook& book) {
  MemoryFile file(test::xlsx_of(book));
  return read_book(file).rows;
}

TEST(XlsxReader, ReadsWhatALibraryWrites) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("jiyao-xlsx-" + std::to_string(::getpid()));
  lxw_workbook* book = ::workbook_new(path.c_str());
  lxw_worksheet* sheet = ::workbook_add_worksheet(book, "收文");
  lxw_format* date = ::workbook_add_format(book);
  ::format_set_num_format(date, "yyyy\"年\"m\"月\"d\"日\"");
  ::worksheet_write_string(sheet, 0, 0, "文号", nullptr);
  ::worksheet_write_string(sheet, 2, 0, "国函〔2023〕98号", nullptr);
  ::worksheet_write_number(sheet, 2, 1, 137, nullptr);
  lxw_datetime day{2026, 11, 27, 9, 30, 0};
  ::worksheet_write_datetime(sheet, 2, 3, &day, date);
  ::worksheet_write_string(sheet, 2, 4, "国函〔2023〕98号", nullptr);
  ASSERT_EQ(::workbook_close(book), LXW_NO_ERROR);
  RealFiles files;
  const auto file = files.open(path, OpenMode::read);
  const Read read = read_book(**file);
  std::filesystem::remove(path);
  ASSERT_EQ(read.sheets.size(), 1U);
  EXPECT_EQ(read.sheets[0].name, "收文");
  ASSERT_EQ(read.rows.size(), 2U);
  EXPECT_EQ(read.rows[1].line, 3U);
  EXPECT_THAT(read.rows[1].cells,
              ElementsAre("国函〔2023〕98号", "137", "", "2026-11-27T09:30", "国函〔2023〕98号"));
  EXPECT_EQ(read.rows[1].kind(1), CellKind::number);
  EXPECT_EQ(read.rows[1].kind(3), CellKind::date);
}

TEST(XlsxReader, ReadsEveryKindOfCell) {
  const auto rows = rows_of(
      {.rows =
           R"(<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>行</t><rPh>)"
           R"(<t>x</t></rPh><r><t xml:space="preserve">内 </t></r></is></c><c r="C1" t="str"><f>A1)"
           R"(</f><v>算</v></c><c r="D1" t="b"><v>1</v></c><c r="E1" t="d"><v>2026-11-27T00:00:00)"
           R"(</v></c><c r="F1"><v>1E3</v></c><c r="G1"><v>0.30000000000000004</v></c><c r="H1">)"
           R"(<v>12345678901</v></c></row>)",
       .strings = R"(<si><r><t>富</t></r><r><t>文_x000D_本</t></r><rPh><t>y</t></rPh></si>)"});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_THAT(rows[0].cells, ElementsAre("富文\r本", "行内 ", "算", "TRUE", "2026-11-27", "1000",
                                         "0.3", "12345678901"));
  EXPECT_EQ(rows[0].kind(4), CellKind::date);
}

TEST(XlsxReader, NamesAFormulaWithoutAResultAndOneInError) {
  const auto rows =
      rows_of({.rows = R"(<row r="1"><c r="A1"><v>1</v></c><c r="C1"><f>X()</f></c></row>)"
                       R"(<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>)"});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].fault.kind, CellFault::formula_error);
  EXPECT_EQ(rows[0].fault.column, 2U);
  EXPECT_EQ(rows[1].fault.kind, CellFault::formula_error);
  EXPECT_THAT(rows[1].cells, ElementsAre("#N/A"));
}

TEST(XlsxReader, SpoilsOnlyTheRowWithACellThatIsTooLong) {
  const std::string text(20'000, 'a');
  const auto rows = rows_of(
      {.rows = R"(<row r="1"><c t="s"><v>0</v></c></row><row r="2"><c t="inlineStr"><is><t>)" +
               text + R"(</t></is></c></row><row r="3"><c><v>1</v></c></row>)",
       .strings = "<si><t>" + text + "</t></si>"});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].fault.kind, CellFault::too_long);
  EXPECT_EQ(rows[1].fault.kind, CellFault::too_long);
  EXPECT_EQ(rows[1].fault.bytes, 20'000U);
  EXPECT_EQ(rows[1].cells[0].size(), 16'384U + 3);
  EXPECT_EQ(rows[2].fault.kind, CellFault::none);
}

TEST(XlsxReader, PassesOverEmptyRowsAndMarksHiddenOnes) {
  const auto rows = rows_of(
      {.rows = R"(<row r="2"/><row r="4" hidden="1"><c r="B4"><v>4</v></c></row>)"
               R"(<row><c/><c><v>5</v></c></row><row r="9" spans="1:3"><c r="A9" s="1"/></row>)"});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].line, 4U);
  EXPECT_TRUE(rows[0].is_hidden);
  EXPECT_EQ(rows[1].line, 5U) << "a row without its number follows the one before";
  EXPECT_THAT(rows[1].cells, ElementsAre("", "5"));
}

TEST(XlsxReader, ListsSheetsWithTheHiddenOnesMarkedAndChartsWithoutATable) {
  MemoryFile file(test::xlsx_of(
      {.rows = "",
       .sheets =
           R"(<sheet name="一" r:id="rId1"/><sheet name="二" state="veryHidden" r:id="rId2"/>)"
           R"(<sheet name="图" r:id="rId7"/>)",
       .more = {{"xl/worksheets/sheet2.xml",
                 R"(<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c><x:v>2</x:v></x:c></x:row>)"
                 R"(</x:sheetData></x:worksheet>)"}}}));
  const Read read = read_book(file, 1);
  ASSERT_EQ(read.sheets.size(), 3U);
  EXPECT_FALSE(read.sheets[0].is_hidden);
  EXPECT_TRUE(read.sheets[1].is_hidden);
  EXPECT_THAT(read.sheets[2].part, IsEmpty());
  ASSERT_EQ(read.rows.size(), 1U) << "a prefix before each name";
  EXPECT_THAT(read.rows[0].cells, ElementsAre("2"));
}

TEST(XlsxReader, KnowsTheDatesOfBothSystemsAndOfEveryFormat) {
  const std::string formats = R"(<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="31"/>)"
                              R"(<xf numFmtId="176"/><xf numFmtId="177"/>)";
  const std::string custom =
      R"(<numFmt numFmtId="176" formatCode="[$-804]yyyy&quot;年&quot;m&quot;月&quot;"/>)"
      R"(<numFmt numFmtId="177" formatCode="0.00&quot;d&quot;"/>)";
  const std::string rows =
      R"(<row><c s="0"><v>46353</v></c><c s="1"><v>46353</v></c><c s="2"><v>46353.4)"
      R"(</v></c><c s="3"><v>60</v></c><c s="4"><v>46353</v></c><c s="99"><v>7</v></c></row>)";
  const auto from_1900 = rows_of({.rows = rows, .formats = formats, .custom = custom});
  EXPECT_THAT(from_1900.at(0).cells,
              ElementsAre("46353", "2026-11-27", "2026-11-27T09:36", "1900-02-29", "46353", "7"));
  const auto from_1904 = rows_of({.rows = rows,
                                  .formats = formats,
                                  .custom = custom,
                                  .properties = R"(<workbookPr date1904="1"/>)"});
  EXPECT_THAT(from_1904.at(0).cells,
              ElementsAre("46353", "2030-11-28", "2030-11-28T09:36", "1904-03-01", "46353", "7"));
}

struct SerialCase {
  double serial;
  DateSystem system;
  const char* date;  ///< nullptr: none
};

TEST(SheetDates, CountAsTheSpreadsheetsDo) {
  constexpr DateSystem k1900 = DateSystem::from_1900, k1904 = DateSystem::from_1904;
  for (const SerialCase& one :
       std::initializer_list<SerialCase>{{1, k1900, "1900-01-01"},
                                         {59, k1900, "1900-02-28"},
                                         {60, k1900, "1900-02-29"},
                                         {61, k1900, "1900-03-01"},
                                         {36526, k1900, "2000-01-01"},
                                         {46353.999999, k1900, "2026-11-28"},
                                         {0, k1900, nullptr},
                                         {0.5, k1900, nullptr},
                                         {-3, k1900, nullptr},
                                         {20261127, k1900, nullptr},
                                         {1e300, k1900, nullptr},
                                         {0, k1904, "1904-01-01"},
                                         {44891, k1904, "2026-11-27"},
                                         {46353, DateSystem::none, nullptr}}) {
    const auto date = date_of_serial(one.serial, one.system);
    EXPECT_EQ(date.value_or("none"), one.date == nullptr ? "none" : one.date) << one.serial;
  }
}

TEST(SheetDates, AreShownByFormatsOfDaysOnly) {
  for (const char* code : {"yyyy-mm-dd", "m/d/yy", "[$-804]yyyy\"年\"m\"月\"d\"日\";@", "aaaa",
                           "[DBNum1]yyyy\"年\"", "dd\\-mmm"})
    EXPECT_TRUE(is_date_format(code)) << code;
  for (const char* code : {"General", "@", "0.00", "\"day\"0", "[h]:mm:ss", "h:mm", "mm:ss",
                           "0.00E+00", "#,##0\\d", "[Red]0", "", "\"yy", "[yy"})
    EXPECT_FALSE(is_date_format(code)) << code;
}

TEST(SheetTexts, SpellWhatXmlCannotHoldAndComeBack) {
  for (const char* text :
       {"\r行", "_x000D_", "__x000D_x", "\x01\x1f", "a\tb\nc", "\xEF\xBF\xBF", "_x00"}) {
    const std::string escaped = escaped_controls(text);
    EXPECT_EQ(escaped.find('\r'), std::string::npos);
    EXPECT_EQ(unescaped_controls(escaped), text);
  }
  EXPECT_EQ(unescaped_controls("_xD800_"), "_xD800_") << "half a character is none";
}

TEST(PackedStrings, GivesBackEveryTextInAnyOrder) {
  PackedStrings strings;
  const auto text = [](std::size_t i) { return "关于第" + std::to_string(i * 7919) + "号的通知"; };
  constexpr std::size_t kCount = 400'000;  // more blocks than stay open
  for (std::size_t i = 0; i < kCount; ++i) ASSERT_TRUE(strings.add(i % 1000 == 0 ? "" : text(i)));
  EXPECT_LT(strings.packed_bytes(), kCount * 12);
  for (std::size_t step = 0; step < 3000; ++step) {
    const std::size_t i = step * 104'729 % kCount;
    ASSERT_EQ(strings.at(i), i % 1000 == 0 ? "" : text(i)) << i;
  }
  EXPECT_EQ(strings.at(kCount - 1), text(kCount - 1));
  EXPECT_EQ(strings.at(kCount), std::nullopt);
}

}  // namespace
}  // namespace jiyao
