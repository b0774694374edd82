// client/archive_code.h - the 档号 of a filed item, put together from its parts (DA/T 22-2015).
#pragma once

#include <string>

#include "sync/replica.h"

namespace jiyao {

/// 永久 -> Y, 30年 -> D30, 10年 -> D10; "": anything else.
std::string retention_code(const std::string& retention);

/// 全宗号-档案门类代码·年度-保管期限-机构(问题)代码-件号: "J001-WS·2026-D30-办公室-0005". The unit
/// is left out where a fonds has none. "": a part is missing, or the number is only provisional.
///   ledger     one with the columns of archive_entry
std::string archive_code(const LedgerDefinition& ledger, const View& item);

/// Has this ledger the columns that make one up?
bool has_archive_code(const LedgerDefinition& ledger);

}  // namespace jiyao
