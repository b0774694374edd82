// schema/store_rows.h - lists packed into one column of a level file's row. For store*.cpp only.
//
// The file is authenticated page by page, so a row that does not unpack means a broken machine:
// StorageFailure.
#pragma once

#include <string>
#include <vector>

#include "schema/change.h"

namespace jiyao {

/// 32 bytes each, in order.
Bytes packed(const std::vector<ChangeId>& ids);
std::vector<ChangeId> unpacked_ids(ByteView bytes);
/// group length u8 | group | value length u32 LE | value, in order.
Bytes packed(const std::vector<Write>& writes);
std::vector<Write> unpacked_writes(ByteView bytes);
/// Separated by NUL.
Bytes packed(const std::vector<std::string>& keys);
std::vector<std::string> unpacked_keys(ByteView bytes);

}  // namespace jiyao
