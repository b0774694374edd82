// client/number_blocks.h - the next numbers of a register, from the blocks of its series record.
//
// A series is one record of its compartment; its id follows from its key, so that two machines that
// begin it apart begin the same. Only the lead node of the compartment's office grants blocks: to
// itself as it needs them, to others that asked by an entry on the record (client/number_asks.h).
// Blocks belong to incarnations. Without a block a record gets a provisional number, 临-<node>-n,
// and a block is asked for. What was drawn is remembered before it is used: a crash leaves a gap,
// never a number twice. Sources: design.md 6 (Numbers), domain.md 6.6.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/desk.h"
#include "client/typed_value.h"
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

/// The register a document goes into when nobody says otherwise: 涉密 from secret on (domain.md
/// L01).
inline const char* default_series(Level level) {
  return level >= Level::secret ? "涉密" : "普通";
}

struct NumberBlock {
  std::string incarnation;  ///< 32 hex digits
  std::uint32_t first = 0, last = 0;
};

/// A machine that waits for a block.
struct NumberAsk {
  std::string incarnation;
  std::uint32_t count = 0;  ///< the greatest it asked for
  std::uint32_t times = 0;  ///< asks without a block
};

/// "2026-0137"
std::string numbered(int year, std::uint32_t n);
/// The series that a row's number is of, and the fields that name it.
std::vector<std::size_t> series_fields(const LedgerDefinition& ledger);
std::string series_of(const LedgerDefinition& ledger, const View& row);
/// The values of the fields that name a series, as one name (SeriesNumber::series).
std::string joined_series(const NumberRule& rule,
                          const std::function<std::string(std::size_t field)>& value);

/// The series that a row with these values draws a number of this rule from; `today` where no day
/// or year says which.
SeriesKey series_key(const CompartmentId& place, const LedgerName& ledger, const NumberRule& rule,
                     const std::function<std::string(std::size_t field)>& value,
                     const std::string& today);
/// The same for a row that is there.
SeriesKey series_key(const LedgerDefinition& ledger, const NumberRule& rule, const View& row,
                     const std::string& today);

/// The record of a series.
RecordId series_id(const SeriesKey& key);

class NumberBlocks {
 public:
  explicit NumberBlocks(Replica& replica) : replica_(replica) {}

  /// `count` numbers, "2026-0137" each; provisional where no block reaches, and then a block is
  /// asked for. The lead node grants itself what is missing: one block of max(count, 50).
  ///   errors: as Replica::record()
  Result<std::vector<std::string>> draw(const SeriesKey& key, std::size_t count);
  /// At most `count` numbers, from this machine's blocks only.
  std::vector<std::string> take(const SeriesKey& key, std::size_t count);
  /// The lead node makes sure that `count` more numbers lie in one block; others do nothing.
  Result<void> reserve(const SeriesKey& key, std::size_t count);
  /// Grants a block to an incarnation, after all blocks there are.   errors: as Replica::record()
  Result<NumberBlock> grant(const SeriesKey& key, const std::string& incarnation,
                            std::uint32_t count);
  /// Asks for a block, once until it is granted.   errors: as Replica::record()
  Result<void> ask(const SeriesKey& key, std::size_t count);
  /// All blocks of a series, by first number; nullopt: there is no such series yet.
  std::optional<std::vector<NumberBlock>> blocks(const SeriesKey& key) const;
  std::vector<NumberAsk> asks(const SeriesKey& key) const;  ///< those without a block yet
  /// Is this machine the authority of the series of this compartment?
  bool is_lead(const CompartmentId& compartment) const;
  /// How provisional numbers of this incarnation begin.
  std::string provisional_start() const;
  /// Did this incarnation give one?
  bool gave_provisional() const;

 private:
  std::optional<View> series(const SeriesKey& key) const;
  Result<Step> entry(const SeriesKey& key, FieldValues values) const;
  std::vector<std::uint32_t> free_numbers(const SeriesKey& key, std::size_t count) const;
  std::vector<std::string> provisional(std::size_t count);

  Replica& replica_;
};

}  // namespace jiyao
