// client/number_asks.h - what happens to number series whenever news came in: the lead node answers
// those who asked for a block, and a machine that got one gives its provisional records their
// numbers. The provisional number stays as a remark (原编号), so that a search finds both.
#pragma once

#include "client/number_blocks.h"

namespace jiyao {

struct SettledNumbers {
  std::size_t granted = 0;   ///< blocks given to others
  std::size_t numbered = 0;  ///< own records that had a provisional number
};

/// Idempotent; after catching up. A series this person may not write is left alone.
///   errors: those of Replica::record() but not_allowed and not_cleared
Result<SettledNumbers> settle_numbers(const Desk& desk, Replica& replica);

/// Every series this machine shows.
std::vector<SeriesKey> all_series(const Replica& replica);

}  // namespace jiyao
