// tests/fuzz/xlsx_fuzz.cpp - libFuzzer's door to XlsxBook: any bytes as the file, or as one part of
// a good book, so that the readers behind the zip are reached too.
#include "client/messages.h"
#include "client/sheet_limits.h"
#include "client/xlsx_reader.h"
#include "schema/text.h"
#include "support/zip_maker.h"
#include "unit/client/memory_file.h"

namespace {

using namespace jiyao;

constexpr const char* kParts[] = {
    "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",       "xl/styles.xml",
    "xl/workbook.xml",          "xl/_rels/workbook.xml.rels", "_rels/.rels"};

/// First byte: 0 the file itself, else which part the rest is; odd ones stored, even ones packed.
std::string file_from(std::string_view input) {
  if (input.empty()) return {};
  const auto choice = static_cast<unsigned char>(input[0]);
  input.remove_prefix(1);
  if (choice == 0) return std::string(input);
  std::vector<test::MadePart> parts =
      test::parts_of({.rows = R"(<row r="1"><c s="1"><v>46353</v></c><c t="s"><v>0</v></c></row>)",
                      .strings = "<si><t>a</t></si>",
                      .formats = R"(<xf numFmtId="0"/><xf numFmtId="14"/>)"});
  for (test::MadePart& part : parts)
    if (part.name == kParts[choice % std::size(kParts)]) {
      part.content = std::string(input);
      part.is_deflated = choice % 2 == 0;
    }
  return test::zip_of(parts);
}

void read_all(XlsxBook& book, const BookSheet& sheet) {
  const auto rows = book.rows(sheet);
  if (!rows) return;
  for (std::size_t last = 0;;) {
    const auto row = (*rows)->next();
    if (!row || !*row) return;
    JIYAO_ASSERT((*row)->line > last && (*row)->line <= kSheetRowsMax);
    JIYAO_ASSERT((*row)->cells.size() <= kSheetColumnsMax && !(*row)->is_blank());
    for (const std::string& cell : (*row)->cells) JIYAO_ASSERT(is_utf8(cell));
    last = (*row)->line;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const Catalogue words(Language::en, kClientMessages);
  MemoryFile file(file_from({reinterpret_cast<const char*>(bytes), size}));
  const auto book = XlsxBook::open(words, file);
  if (!book) {
    JIYAO_ASSERT(book.code() == Errc::malformed || book.code() == Errc::too_large);
    return 0;
  }
  for (const BookSheet& sheet : (*book)->sheets())
    if (!sheet.part.empty()) read_all(**book, sheet);
  return 0;
}
