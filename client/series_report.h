// client/series_report.h - a year's numbers of a register: whose blocks, which were used, which are
// holes and why.
#pragma once

#include <string>
#include <vector>

#include "client/number_blocks.h"

namespace jiyao {

/// Why a number is not in force: one below the last used of its block, or any of the block of a
/// machine's life that is over (a disk put back to an older copy): nobody will use it any more.
enum class GapReason : std::uint8_t {
  voided,       ///< its record is void; the reason is told
  not_arrived,  ///< of another machine's block: used there and not here yet, or never
  unused,       ///< of this machine's block: drawn, and what was to be recorded was not
  declared,     ///< the authority wrote it down as empty
  unknown,      ///< in no block
};

struct Gap {
  std::uint32_t first = 0, last = 0;  ///< a run with one reason
  GapReason reason = GapReason::unknown;
  std::string void_reason;  ///< of a voided number
  std::string incarnation;  ///< whose block
};

struct BlockUse {
  NumberBlock block;
  std::uint32_t used = 0, voided = 0;
  std::uint32_t highest = 0;  ///< the last used number, of a life that is over the last; 0: none
};

struct SeriesReport {
  SeriesKey key;
  std::vector<BlockUse> blocks;
  std::vector<Gap> gaps;
  std::vector<NumberAsk> asks;
};

/// Number by number, by key: as long as its blocks, however long the register is.
SeriesReport series_report(Replica& replica, const SeriesKey& key);

}  // namespace jiyao
