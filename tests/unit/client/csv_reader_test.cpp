// tests/unit/client/csv_reader_test.cpp - registers as Excel and old programs really save them.
#include "client/csv_reader.h"

#include <gmock/gmock.h>

#include "unit/client/memory_file.h"

namespace jiyao {
namespace {

using testing::ElementsAre;

std::vector<SheetRow> rows_of(const std::string& bytes) {
  MemoryFile file(bytes);
  CsvReader reader(file, detect_encoding(file));
  std::vector<SheetRow> rows;
  for (auto row = *reader.next(); row; row = *reader.next()) rows.push_back(*row);
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
    (void)reader.next();
    const auto row = *reader.next();
    ASSERT_EQ(row->fault.kind, CellFault::broken_text);
    EXPECT_THAT(row->cells[0], testing::StartsWith("a\uFFFD"));
    MemoryFile again(encode_text(csv_line(row->cells), encoding));
    CsvReader second(again, encoding);
    EXPECT_EQ((*second.next())->fault.kind, CellFault::broken_text);
  }
}

TEST(CsvReader, GivesASpreadsheetNoFormulaAndTakesItsOwnApostropheOff) {
  for (const char* cell : {"=1+1", "+1", "-1", "@A1", "\t=1", "\r行", " 前", "后\n", "　宽"}) {
    EXPECT_EQ(guarded(cell, Guarded::csv), std::string("'") + cell);
    const std::vector<SheetRow> rows = rows_of(csv_line({"'" + std::string(cell), "x"}) + "\n");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].cells[0], cell);
    EXPECT_EQ(rows[0].kind(0), CellKind::exact);
    EXPECT_EQ(rows[0].kind(1), CellKind::text);
  }
  for (const char* cell : {"", "'", "'quoted'", "关于=的通知", "两\n行"}) {
    EXPECT_EQ(guarded(cell, Guarded::csv), cell);
    EXPECT_EQ(unguarded(cell, Guarded::csv), std::nullopt);
  }
}

TEST(CsvReader, ATextThatOnlyLooksGuardedComesBackAsItWas) {
  for (const Guarded how : {Guarded::csv, Guarded::xlsx})
    for (const std::string cell : {"'=1", "''=1", "' x", "'x '", "=1", "'", "''", " ", "\r"}) {
      const std::string out = guarded(cell, how);
      EXPECT_EQ(std::string(unguarded(out, how).value_or(out)), cell);
    }
  EXPECT_EQ(guarded("=1", Guarded::xlsx), "=1") << "a text cell of a sheet is no formula";
}

TEST(CsvReader, ReadsTheUnicodeTextOfASpreadsheet) {
  const auto utf16 = [](std::u16string_view text, bool is_little) {
    std::string bytes = is_little ? "\xFF\xFE" : "\xFE\xFF";
    for (const char16_t unit : text) {
      const char low = static_cast<char>(unit & 0xFF), high = static_cast<char>(unit >> 8);
      bytes += is_little ? low : high;
      bytes += is_little ? high : low;
    }
    return bytes;
  };
  for (const bool is_little : {true, false}) {
    const auto rows =
        rows_of(utf16(u"文号\t标题\r\n1\t\"关于\t𠀀\"\r\n2\t坏\xD800字\r\n", is_little));
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_THAT(rows[0].cells, ElementsAre("文号", "标题"));
    EXPECT_THAT(rows[1].cells, ElementsAre("1", "关于\t𠀀"));
    EXPECT_EQ(rows[2].fault.kind, CellFault::broken_text);
  }
  std::u16string many = u"标题\n";
  for (int i = 0; i < 40'000; ++i) many += u"𠀀";  // pairs across every piece
  const auto rows =
      rows_of(utf16(many.substr(0, 3 + 2 * 2000) + u"\nx" + many.substr(3, 70'001), true));
  EXPECT_EQ(rows[1].fault.kind, CellFault::none);
  EXPECT_EQ(rows[1].cells[0].size(), 4U * 2000);
}

TEST(CsvReader, WritesWhatItReads) {
  const std::vector<std::string> cells = {"a", "b,c", "d\"e", "f\ng", ""};
  EXPECT_THAT(rows_of(csv_line(cells) + "\r\n")[0].cells, testing::ElementsAreArray(cells));
}

}  // namespace
}  // namespace jiyao
