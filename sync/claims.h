// sync/claims.h - the keys under which records meet. Inside of check.
#pragma once

#include <string>
#include <string_view>

#include "sync/check.h"

namespace jiyao {

inline constexpr std::string_view kSeriesLedger = "series";  ///< its rows grant blocks of numbers

/// The key a record claims under this rule, of values as schema/number_key.h folds them (N10);
/// empty: none (a field is unset, or `when` fails).
std::string unique_claim(const LedgerDefinition& definition, const UniqueKey& key,
                         const RecordState& state);
/// One a record that is cited; of a set, one an entry.
std::vector<std::string> exclusive_claims(const LedgerDefinition& definition,
                                          const ExclusiveKey& key, const RecordState& state);
std::vector<std::string> bar_claims(const LedgerDefinition& definition, const Bar& bar,
                                    const RecordState& state);

struct SeriesNumber {
  std::string text, year, series;
  std::string key;  ///< of the series
  std::uint64_t n = 0;
};
/// nullopt: no number yet, or a provisional one.
std::optional<SeriesNumber> series_number(const LedgerDefinition& definition,
                                          const NumberRule& rule, const RecordState& state);
std::string series_key(std::string_view ledger, std::string_view series, std::string_view year);

/// A block of numbers, as the fields of a series record say it.
struct GrantedBlock {
  std::string incarnation, first, last;
};
using GrantedBlocks = std::vector<GrantedBlock>;
/// What a record of the series ledger grants. Read once: every row of an import asks.
GrantedBlocks granted_blocks(const LedgerDefinition& definition, const RecordState& series);
bool is_granted(const GrantedBlocks& blocks, const IncarnationId& incarnation, std::uint64_t n);

}  // namespace jiyao
