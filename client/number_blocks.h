// client/number_blocks.h - the next numbers of a register, from the blocks of its series record.
//
// Blocks belong to incarnations. The office's lead node grants them, to itself as it needs them;
// another machine asks (series grant). Without a block a record gets a provisional number,
// 临-<node>-n. What was drawn is remembered before it is used: a crash leaves a gap, never a number
// twice. Sources: design.md 6 (Numbers), domain.md 6.6.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/desk.h"
#include "schema/level.h"

namespace jiyao {

/// A year's numbers of one register in one compartment.
struct SeriesKey {
  CompartmentId compartment;
  LedgerName ledger;
  std::string series;  ///< 普通, 涉密 ...
  int year = 0;
  friend auto operator<=>(const SeriesKey&, const SeriesKey&) = default;
};

struct NumberBlock {
  std::string incarnation;  ///< 32 hex digits
  std::uint32_t first = 0, last = 0;
};

class NumberBlocks {
 public:
  NumberBlocks(const Desk& desk, Replica& replica) : desk_(desk), replica_(replica) {}

  /// `count` numbers, "2026-0137" each; provisional where no block reaches. The lead node grants
  /// itself what is missing: one block of max(count, 50).
  ///   errors: as Replica::record()
  Result<std::vector<std::string>> draw(const SeriesKey& key, std::size_t count);
  /// The lead node makes sure that `count` more numbers lie in one block; others do nothing.
  Result<void> reserve(const SeriesKey& key, std::size_t count);
  /// Grants a block to an incarnation, after all blocks there are.   errors: as Replica::record()
  Result<NumberBlock> grant(const SeriesKey& key, const std::string& incarnation,
                            std::uint32_t count);
  /// All blocks of a series, by first number; nullopt: there is no such series yet.
  std::optional<std::vector<NumberBlock>> blocks(const SeriesKey& key) const;
  bool is_lead() const;

 private:
  std::optional<View> series(const SeriesKey& key) const;
  std::vector<std::uint32_t> free_numbers(const SeriesKey& key, std::size_t count) const;
  std::vector<std::string> provisional(std::size_t count);

  const Desk& desk_;
  Replica& replica_;
};

}  // namespace jiyao
