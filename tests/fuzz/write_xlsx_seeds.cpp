// tests/fuzz/write_xlsx_seeds.cpp - seed corpus of xlsx_fuzz.cpp: write_xlsx_seeds FOLDER
#include <filesystem>
#include <fstream>
#include <iostream>

#include "support/zip_maker.h"

namespace {

using jiyao::test::MadeBook;

const MadeBook kBooks[] = {
    {.rows = R"(<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>46353.4</v></c></row>)",
     .strings = "<si><r><t>文</t></r><rPh><t>w</t></rPh></si>",
     .formats = R"(<xf numFmtId="0"/><xf numFmtId="176"/>)",
     .custom = R"(<numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;"/>)",
     .properties = R"(<workbookPr date1904="1"/>)"},
    {.rows =
         R"(<row hidden="1"><c t="inlineStr"><is><t>_x000D_a</t></is></c><c t="e"><v>#N/A</v></c>)"
         R"(<c t="b"><v>1</v></c><c t="d"><v>2026-11-27T00:00:00</v></c><c><f>A1</f></c></row>)",
     .sheets = R"(<sheet name="a" state="hidden" r:id="rId1"/><sheet name="b" r:id="rId2"/>)"},
};

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::cerr << "write_xlsx_seeds FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = words[1];
  std::filesystem::create_directories(folder);
  int book_number = 0;
  for (const MadeBook& book : kBooks) {
    const std::string name = "book" + std::to_string(++book_number);
    std::ofstream(folder / name, std::ios::binary) << '\0' << jiyao::test::xlsx_of(book);
    char choice = 0;
    for (const jiyao::test::MadePart& part : jiyao::test::parts_of(book)) {
      ++choice;  // which part it is laid over does not matter: the fuzzer changes it
      std::ofstream(folder / (name + "_" + std::to_string(choice)), std::ios::binary)
          << choice << part.content;
    }
  }
  return 0;
}
