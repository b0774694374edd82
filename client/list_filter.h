// client/list_filter.h - which rows of a ledger somebody wants to see, and page by page: the
// filters of find, list and export are these, all of them.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <vector>

#include "client/desk.h"

namespace jiyao {

/// As typed.
struct FilterOptions {
  std::string owner, level, state, unit, holder, from, to, after;
  std::vector<std::string> where;
};

void declare_filter(CLI::App& app, FilterOptions& options, const Catalogue& words);
/// --after: where the page before ended.
void declare_after(CLI::App& app, FilterOptions& options, const Catalogue& words);

/// Rows of one ledger, newest first.
struct Filter {
  const LedgerDefinition* ledger = nullptr;
  Query query;
  /// Rows whose papers one of these has now, in the order of the papers; empty: any, in their own.
  std::vector<std::string> holders_of_papers;
  std::optional<RecordId> after;  ///< the row, or the paper, at which the page before ended
  /// Can the rows be counted without looking at them?
  bool has_total = true;
};
/// errors: invalid (a value), not_found (an owner, the end of a page), usage (this ledger has no
/// such column)
Result<Filter> filter_of(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                         const FilterOptions& options);

/// The next `filter.query.limit` rows behind `filter.after`, and where to go on. Rows that come
/// between two pages move none of the others.
RecordPage next_page(const Replica& replica, const Filter& filter);

/// The rows for programs; where more follow, the command for the next page: what was typed, from
/// where this one ended.
void add_page(Desk& desk, const Replica& replica, const RecordPage& page, Answer& answer);

}  // namespace jiyao
