// tests/unit/client/xlsx_hostile_test.cpp - workbooks made to lie, to swell or to hang: each is
// refused with its code and says where.
#include <gmock/gmock.h>

#include "client/messages.h"
#include "client/sheet_limits.h"
#include "client/xlsx_reader.h"
#include "support/zip_maker.h"
#include "unit/client/memory_file.h"

namespace jiyao {
namespace {

using test::MadeBook;
using test::MadePart;
using testing::HasSubstr;

const Catalogue& words() {
  static const Catalogue catalogue(Language::zh, kClientMessages);
  return catalogue;
}

/// Reads all there is; the first error.
std::optional<Error> fault_of(const std::string& bytes) {
  MemoryFile file(bytes);
  const auto book = XlsxBook::open(words(), file);
  if (!book) return book.error();
  for (const BookSheet& sheet : (*book)->sheets()) {
    if (sheet.part.empty()) continue;
    const auto reader = (*book)->rows(sheet);
    if (!reader) return reader.error();
    while (true) {
      const auto row = (*reader)->next();
      if (!row) return row.error();
      if (!*row) break;
    }
  }
  return std::nullopt;
}

void expect_fault(const std::string& bytes, Errc code, const std::string& says,
                  const std::string& what) {
  const auto fault = fault_of(bytes);
  ASSERT_TRUE(fault) << what << " was taken";
  EXPECT_EQ(fault->code, code) << what << ": " << fault->detail;
  EXPECT_THAT(fault->detail, HasSubstr(says)) << what;
}

void expect_rows_fault(const std::string& rows, Errc code, const std::string& says) {
  expect_fault(test::xlsx_of({.rows = rows}), code, says, rows.substr(0, 80));
}

constexpr const char* kGoodRow = R"(<row r="1"><c r="A1"><v>1</v></c></row>)";

/// Letters that do not pack well.
std::string noise(std::size_t size, std::uint32_t seed) {
  std::string text;
  for (std::uint32_t i = seed * 2654435761U + 1; text.size() < size; i = i * 1103515245U + 12345U)
    text += static_cast<char>('a' + (i >> 16U) % 26);
  return text;
}

/// A good book with one change to the part of its sheet.
std::string with_sheet(void (*change)(MadePart&)) {
  std::vector<MadePart> parts = test::parts_of({.rows = kGoodRow});
  change(parts.back());
  return test::zip_of(parts);
}

TEST(HostileZip, IsMalformedWhereTheDirectoryLies) {
  EXPECT_EQ(fault_of(test::xlsx_of({.rows = kGoodRow})), std::nullopt);
  const std::string sheet = "xl/worksheets/sheet1.xml";
  expect_fault(with_sheet([](MadePart& part) { part.size_lie = 1; }), Errc::malformed, sheet,
               "more than there is");
  expect_fault(with_sheet([](MadePart& part) { part.size_lie = -1; }), Errc::malformed, sheet,
               "less than there is");
  expect_fault(with_sheet([](MadePart& part) { part.checksum_lie = 1; }), Errc::malformed, sheet,
               "another checksum");
  expect_fault(with_sheet([](MadePart& part) { part.local_name = "xl/worksheets/sheet9.xml"; }),
               Errc::malformed, sheet, "another name");
  expect_fault(with_sheet([](MadePart& part) { part.place_lie = -40; }), Errc::malformed, "",
               "parts over each other");
  expect_fault(with_sheet([](MadePart& part) { part.place_lie = 1 << 30; }), Errc::malformed, sheet,
               "a place outside the file");
  expect_fault(with_sheet([](MadePart& part) { part.raw = "not deflated at all"; }),
               Errc::malformed, sheet, "no deflate");
  expect_fault(with_sheet([](MadePart& part) { part.raw = test::deflated(part.content) + "more"; }),
               Errc::malformed, sheet, "bytes behind the end");
  std::vector<MadePart> twice = test::parts_of({.rows = kGoodRow});
  twice.push_back(twice.back());
  twice.back().name = "XL/Worksheets/Sheet1.xml";
  expect_fault(test::zip_of(twice), Errc::malformed, "sheet1.xml", "two parts of one name");
}

TEST(HostileZip, IsMalformedAtEveryLength) {
  const std::string whole = test::xlsx_of({.rows = kGoodRow, .strings = "<si><t>文</t></si>"});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto fault = fault_of(whole.substr(0, size));
    ASSERT_TRUE(fault) << size;
    EXPECT_EQ(fault->code, Errc::malformed) << size;
  }
}

TEST(HostileZip, ChangedInOneByteIsRefusedOrReadsTheSame) {
  const std::string whole = test::xlsx_of({.rows = kGoodRow});
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string other = whole;
    other[i] = static_cast<char>(other[i] ^ 0x21);
    const auto fault = fault_of(other);
    if (fault) {
      EXPECT_TRUE(fault->code == Errc::malformed || fault->code == Errc::too_large) << i;
    }
  }
}

TEST(HostileZip, ThatUnfoldsWithoutEndIsTooLarge) {
  const std::string blanks(12 << 20, ' ');
  expect_rows_fault(blanks + kGoodRow, Errc::too_large, "sheet1.xml");
  MadeBook strings{.rows = kGoodRow,
                   .strings = "<si><t>" + std::string(12 << 20, 'a') + "</t></si>"};
  expect_fault(test::xlsx_of(strings), Errc::too_large, "sharedStrings.xml", "texts");
  std::vector<MadePart> parts = test::parts_of({.rows = kGoodRow, .formats = "<xf/>"});
  for (MadePart& part : parts)
    if (part.name == "xl/styles.xml") part.size_lie = 17 << 20;
  expect_fault(test::zip_of(parts), Errc::too_large, "styles.xml", "styles");
}

TEST(HostileZip, OfTooManyPartsOrOfFourGigabytesIsTooLarge) {
  std::vector<MadePart> parts = test::parts_of({.rows = kGoodRow});
  for (std::size_t i = 0; i < kSheetPartsMax; ++i) parts.push_back({"x" + std::to_string(i), ""});
  expect_fault(test::zip_of(parts), Errc::too_large, "zip", "many parts");
  std::string zip64 = test::xlsx_of({.rows = kGoodRow});
  zip64.replace(zip64.size() - 6, 4, "\xFF\xFF\xFF\xFF");
  expect_fault(zip64, Errc::too_large, "zip64", "zip64");
}

TEST(HostileZip, ThatIsLockedOrNoWorkbookIsToldHowToSave) {
  expect_fault(with_sheet([](MadePart& part) { part.flags = 1; }), Errc::malformed, "另存为",
               "locked part");
  expect_fault(test::zip_of({{"content.xml", "<x/>"}}), Errc::malformed, "另存为", "an .ods");
  std::vector<MadePart> parts = test::parts_of({.rows = kGoodRow});
  parts.pop_back();
  expect_fault(test::zip_of(parts), Errc::malformed, "sheet1.xml", "without its sheet");
  MemoryFile old_book("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on");
  EXPECT_TRUE(is_compound_file(old_book));
  EXPECT_FALSE(is_zip(old_book));
}

TEST(HostileXml, WithEntitiesDepthOrAnEndlessTagIsMalformed) {
  MadeBook book{.rows = kGoodRow};
  book.head = R"(<!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>)";
  expect_fault(test::xlsx_of(book), Errc::malformed, "文档类型", "entities");
  book.head = R"(<!DOCTYPE x SYSTEM "file:///etc/passwd">)";
  expect_fault(test::xlsx_of(book), Errc::malformed, "文档类型", "outside entity");
  std::string deep;
  for (std::size_t i = 0; i < 1000; ++i) deep += "<a>";
  expect_rows_fault(deep, Errc::malformed, "嵌套太深");
  const std::string endless = noise(400'000, 1);
  expect_rows_fault("<row r=\"1\" x=\"" + endless + "\"></row>", Errc::malformed, "sheet1.xml");
  expect_rows_fault("<!--" + endless + "-->" + kGoodRow, Errc::malformed, "sheet1.xml");
  expect_rows_fault("<row r=\"1\"><c></row>", Errc::malformed, "sheet1.xml");
  expect_rows_fault("<row r=\"1\"><c>\xFF</c></row>", Errc::malformed, "sheet1.xml");
}

TEST(HostileSheet, ThatNamesPlacesThereAreNotIsRefusedWithThePlace) {
  expect_rows_fault(R"(<row r="1"><c r="XFE1"><v>1</v></c></row>)", Errc::malformed, "sheet1.xml");
  expect_rows_fault(R"(<row r="1"><c r="AAAAAAAAAAAA1"><v>1</v></c></row>)", Errc::malformed, "");
  expect_rows_fault(R"(<row r="1"><c r="A2"><v>1</v></c></row>)", Errc::malformed, "A1");
  expect_rows_fault(R"(<row r="1000000000"><c><v>1</v></c></row>)", Errc::too_large, "1000000000");
  expect_rows_fault(R"(<row r="99999999999999999999999"/>)", Errc::malformed, "");
  expect_rows_fault(R"(<row r="0"/>)", Errc::malformed, "");
  expect_rows_fault(R"(<row r="2"/><row r="2"/>)", Errc::malformed, "2");
  expect_rows_fault(R"(<row r="1"><c r="B1"/><c r="A1"/></row>)", Errc::malformed, "sheet1.xml");
  expect_rows_fault(R"(<row r="3"><c r="XFD3"><v>1</v></c></row>)", Errc::too_large, "XFD3");
  EXPECT_EQ(fault_of(test::xlsx_of({.rows = R"(<row r="3"><c r="XFD3" s="1"/></row>)"})),
            std::nullopt)
      << "a cell without content stands wherever it likes";
  expect_rows_fault(R"(<row r="1"><c t="s"><v>0</v></c></row>)", Errc::malformed, "A1");
  expect_rows_fault(R"(<row r="1"><c t="s"><v>-1</v></c></row>)", Errc::malformed, "A1");
  expect_rows_fault(R"(<row r="1"><c><v>1e999</v></c></row>)", Errc::malformed, "A1");
  expect_rows_fault(R"(<row r="1"><c><v>一</v></c></row>)", Errc::malformed, "A1");
  expect_rows_fault(R"(<row r="1"><c t="x"><v>1</v></c></row>)", Errc::malformed, "A1");
  expect_rows_fault(R"(<row r="1"><row r="2"/></row>)", Errc::malformed, "");
}

TEST(HostileSheet, FloodingWithTextsNeedsNoMoreMemoryThanItMay) {
  constexpr std::size_t kMost = 256 << 10;
  PackedStrings strings(kMost);
  std::size_t taken = 0;
  while (taken < 10'000 && strings.add(noise(1000, static_cast<std::uint32_t>(taken)))) ++taken;
  EXPECT_LT(taken, 1000U) << "10 MB of noise were taken";
  EXPECT_LT(strings.packed_bytes(), kMost + (64U << 10));
}

}  // namespace
}  // namespace jiyao
