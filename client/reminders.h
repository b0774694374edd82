// client/reminders.h - what falls due: every reminder of every ledger, by urgency.
//
// Rows that a reminder may name are found by key (Query::is_watched), so a morning's list costs the
// open work, not the register. The clock only reminds (P12).
#pragma once

#include <vector>

#include "client/desk.h"
#include "client/directory.h"

namespace jiyao {

struct DueItem {
  std::optional<View> row;  ///< nullopt: a duty of this period that no row shows done
  const LedgerDefinition* ledger = nullptr;
  std::string what;          ///< 催还, as the definition says
  std::string due_on;        ///< the last day in time; empty: the reminder names none
  int days_left = 0;         ///< negative: overdue
  bool lacks_table = false;  ///< its working days are of a year without a notice: not reckoned
  Roles to = 0;              ///< 0: everybody
};

/// Overdue, due today, and due within `days` from `today` on; the most urgent first; then duties of
/// the running period (month, quarter ...) that no row of the own office shows done, a backup none
/// made at this machine. `roles`: only what is for one of them; 0: everything.
std::vector<DueItem> due_items(const Replica& replica, const std::string& today, int days,
                               Roles roles);

/// The paper a row is about: "000123 2026-0137 关于…"; empty: none.
std::string paper_text(const Catalogue& words, const Directory& directory, const Replica& replica,
                       const LedgerDefinition& ledger, const View& row);

}  // namespace jiyao
