// tests/unit/client/csv_reader_test.cpp - registers as Excel and old programs really save them.
#include "client/csv_reader.h"

#include <gmock/gmock.h>

#include "unit/client/memory_file.h"

namespace jiyao {
namespace {

using testing::ElementsAre;

std::vector<CsvRow> rows_of(const std::string& bytes) {
  MemoryFile file(bytes);
  CsvReader reader(file, detect_encoding(file));
  std::vector<CsvRow> rows;
  while (auto row = reader.next()) rows.push_back(*row);
  return rows;
}

TEST(CsvReader, ReadsQuotesCommasLineBreaksAndDoubledQuotes) {
  const auto rows = rows_of("文号,标题\r\n1,\"关于\"\"试行\"\"的通知, 第一\n批\"\r\n2,\n");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_THAT(rows[0].cells, ElementsAre("文号", "标题"));
  EXPECT_THAT(rows[1].cells, ElementsAre("1", "关于\"试行\"的通知, 第一\n批"));
  EXPECT_EQ(rows[1].line, 2U);
  EXPECT_THAT(rows[2].cells, ElementsAre("2", ""));
  EXPECT_EQ(rows[2].line, 4U);
}

TEST(CsvReader, ReadsTheLastRowWithoutALineEndAndPassesTheMark) {
  const auto rows = rows_of("\xEF\xBB\xBF文号\n国函1号");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[0].cells, ElementsAre("文号"));
  EXPECT_THAT(rows[1].cells, ElementsAre("国函1号"));
}

TEST(CsvReader, ReadsChineseExcelFilesWithoutBeingTold) {
  const std::string utf8 = "文号,标题\n国函〔2023〕98号,关于㐀𠀀的批复\n";
  const std::string gb = encode_text(utf8, TextEncoding::gb18030);
  ASSERT_NE(gb, utf8);
  MemoryFile file(gb);
  EXPECT_EQ(detect_encoding(file), TextEncoding::gb18030);
  const auto rows = rows_of(gb);
  EXPECT_THAT(rows[1].cells, ElementsAre("国函〔2023〕98号", "关于㐀𠀀的批复"));
}

TEST(CsvReader, FindsUtf8EvenWhenACharacterLiesAcrossTwoPieces) {
  std::string bytes = "abc\n";
  while (bytes.size() < 64 * 1024 - 1) bytes += 'a';
  bytes += "文\n";
  MemoryFile file(bytes);
  EXPECT_EQ(detect_encoding(file), TextEncoding::utf8);
  EXPECT_EQ(rows_of(bytes)[1].fault.kind, CellFault::too_long);
}

TEST(CsvReader, SpoilsOnlyTheRowWithABrokenByteAndSaysWhere) {
  const auto rows = rows_of("文号,标题\n1,好\n2,好\xE5\xA5坏\n3,好\n");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[2].fault.kind, CellFault::broken_text);
  EXPECT_EQ(rows[2].fault.column, 1U);
  EXPECT_EQ(rows[2].fault.bytes, 4U);
  EXPECT_EQ(rows[3].fault.kind, CellFault::none);
}

TEST(CsvReader, RefusesACellOfAMegabyteWithoutKeepingIt) {
  const auto rows = rows_of("标题,号\n" + std::string(1 << 20, 'a') + ",1\n好,2\n");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].fault.kind, CellFault::too_long);
  EXPECT_EQ(rows[1].fault.bytes, std::size_t{1} << 20);
  EXPECT_EQ(rows[1].cells[0].size(), 16384U + 3) << "its start, and U+FFFD";
  EXPECT_THAT(rows[2].cells, ElementsAre("好", "2"));
}

TEST(CsvReader, SaysWhereAQuoteThatNeverClosesBegan) {
  const auto rows = rows_of("标题\n好\n\"没有\n完\n");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[2].fault.kind, CellFault::quote_not_closed);
  EXPECT_EQ(rows[2].line, 3U);
  EXPECT_EQ(rows[2].fault.bytes, 5U) << "the line it runs to";
}

TEST(CsvReader, KeepsOfAFaultyCellWhatCanBeReadAndRefusesItWrittenOutAgain) {
  for (const TextEncoding encoding : {TextEncoding::utf8, TextEncoding::gb18030}) {
    MemoryFile file(encode_text("标题,号\n", encoding) + "a\xFF" + "b,1\n");
    CsvReader reader(file, encoding);
    reader.next();
    const auto row = reader.next();
    ASSERT_EQ(row->fault.kind, CellFault::broken_text);
    EXPECT_THAT(row->cells[0], testing::StartsWith("a\uFFFD"));
    MemoryFile again(encode_text(csv_line(row->cells), encoding));
    CsvReader second(again, encoding);
    EXPECT_EQ(second.next()->fault.kind, CellFault::broken_text);
  }
}

TEST(CsvReader, GivesASpreadsheetNoFormulaAndTakesItsOwnApostropheOff) {
  for (const char* cell : {"=1+1", "+1", "-1", "@A1", "\t=1"}) {
    EXPECT_EQ(no_formula(cell), std::string("'") + cell);
    EXPECT_EQ(formula_undone(no_formula(cell)), cell);
  }
  for (const char* cell : {"", "'", "'quoted'", "关于=的通知"}) {
    EXPECT_EQ(no_formula(cell), cell);
    EXPECT_EQ(formula_undone(cell), cell);
  }
}

TEST(CsvReader, WritesWhatItReads) {
  const std::vector<std::string> cells = {"a", "b,c", "d\"e", "f\ng", ""};
  EXPECT_THAT(rows_of(csv_line(cells) + "\r\n")[0].cells, testing::ElementsAreArray(cells));
}

}  // namespace
}  // namespace jiyao
