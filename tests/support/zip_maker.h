// tests/support/zip_maker.h - zip files and workbooks made by hand, honest ones and others.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace jiyao::test {

/// One part as it is written; what is left empty is true.
struct MadePart {
  std::string name = {}, content = {};
  bool is_deflated = true;
  std::string raw = {};            ///< these packed bytes instead of the content's own
  std::int64_t size_lie = 0;       ///< added to the size the directory states
  std::uint32_t checksum_lie = 0;  ///< xored
  std::uint16_t flags = 0;
  std::string local_name = {};  ///< another name in the local header
  std::int64_t place_lie = 0;   ///< added to the place the directory states
};

std::string deflated(const std::string& content);
std::string zip_of(const std::vector<MadePart>& parts);

/// A workbook by its parts; an empty text is left out.
struct MadeBook {
  std::string rows = {};     ///< inside <sheetData>
  std::string strings = {};  ///< inside <sst>
  std::string formats = {};  ///< <xf .../> of cellXfs
  std::string custom = {};   ///< <numFmt .../>
  std::string sheets = R"(<sheet name="登记" sheetId="1" r:id="rId1"/>)";
  std::string properties = {};                                     ///< <workbookPr .../>
  std::string head = R"(<?xml version="1.0" encoding="UTF-8"?>)";  ///< of the sheet
  std::map<std::string, std::string> more = {};                    ///< parts by name
};
std::vector<MadePart> parts_of(const MadeBook& book);
std::string xlsx_of(const MadeBook& book);

}  // namespace jiyao::test
