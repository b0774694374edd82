// client/xlsx_whole.h - has a workbook that we wrote arrived on the disk, whole?
//
// The library that writes it looks at few of its own writes: on a full disk it can end well and
// leave a sheet without its last rows, or a part that is empty. So what is there is read once more.
#pragma once

#include "schema/files.h"

namespace jiyao {

/// Every part reads back to its closing tag, and the sheet has `rows` rows.
bool is_whole_workbook(File& file, std::size_t rows);

}  // namespace jiyao
