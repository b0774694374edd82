// client/commands/ledger_rows.h - which row somebody means, by its own name or by the paper it is
// about, and what a new row is about. Everything by key; nothing is scanned.
#pragma once

#include <optional>
#include <vector>

#include "client/commands/ledger_options.h"
#include "client/custody.h"

namespace jiyao {

/// The row of `ledger` that `typed` names: its own number or id, else the one that is not ended
/// among those about what `typed` names (a copy number, a document number ...). `states`: rows in
/// other states are passed over; empty: any that is no end. `refs` narrows ("copy" -> "000123").
///   errors: not_found; invalid (several fit)
Result<View> find_row(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                      const std::string& typed, const std::vector<std::string>& states = {},
                      const FieldValues& refs = {});

/// As find_row(); where no row about it is open, one that ended will do: to show or correct it.
Result<View> find_any_row(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                          const std::string& typed);

/// What a new row cites, and where it goes.
struct About {
  std::optional<CompartmentId> place;  ///< of the record it is about
  FieldValues refs;                    ///< ref field -> id
  std::vector<Step> made;              ///< document and copy, where the register had none
  Level level = Level::internal;       ///< of what it is about
  FieldValues made_copy;               ///< what the copy made here shows
  bool is_known = false;               ///< it is about something
};
/// From the record named by `typed` (may be empty) and refs given by name. Refs that follow from
/// others are filled in: a copy names its document, a document where it was registered.
///   errors: not_found, invalid
Result<About> about_what(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                         const std::string& typed, const FieldValues& refs);

/// Names in ref columns of set entries become ids.   errors: not_found, invalid
Result<void> settle_entries(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                            SetEntries& entries);

}  // namespace jiyao
