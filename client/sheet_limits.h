// client/sheet_limits.h - every bound on a spreadsheet somebody hands in (client/xlsx_*); like
// schema/limits.h, for a format that only this floor reads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "schema/limits.h"

namespace jiyao {

inline constexpr std::size_t kSheetPartsMax = 4096;                    ///< of one package
inline constexpr std::size_t kSheetDirectoryBytesMax = 1024 * 1024;    ///< its zip directory
inline constexpr std::uint64_t kSheetPartBytesMax = 16 * 1024 * 1024;  ///< styles, relations
inline constexpr std::uint64_t kSheetBytesMax = 2ULL << 30;            ///< one sheet; the texts
inline constexpr std::uint64_t kSheetRatioMax = 250;  ///< inflated to packed, past the first ...
inline constexpr std::uint64_t kSheetRatioFreeBytes = 8 * 1024 * 1024;
inline constexpr std::size_t kSheetXmlDepthMax = 64;
inline constexpr std::size_t kSheetStringsPackedBytesMax = 40 * 1024 * 1024;  ///< in memory
inline constexpr std::size_t kSheetsMax = 1000;
inline constexpr std::size_t kSheetStylesMax = 65'536;
inline constexpr std::size_t kSheetRowsMax = 1'048'576;  ///< of the format
inline constexpr std::size_t kSheetColumnsMax = 1024;    ///< with something in them

}  // namespace jiyao
