// client/commands/ledger.h - what the verbs of a ledger do. One for all ledgers.
#pragma once

#include "client/commands/ledger_steps.h"

namespace jiyao {

/// Adds the noun of a ledger with all its verbs to the menu. `ledger` outlives the menu. A command
/// that is there already stays as it is.
void add_ledger(Menu& menu, const LedgerDefinition& ledger);

/// Makes a row, or moves one on: whichever the named record and the verb's steps allow.
Result<Answer> take_step(Desk& desk, const LedgerCommand& command, const LedgerOptions& options);
/// Makes a row about what `options.record` names.
Result<Answer> make_row(Desk& desk, Replica& replica, const LedgerCommand& command,
                        const LedgerOptions& options, TypedValues typed);
/// Takes whichever of these steps starts where the row stands. `may_sign`: first a decisive step
/// that gives the signature it needs (--approve).
Result<Answer> move_row(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                        const std::vector<std::size_t>& steps, const View& row, TypedValues typed,
                        const std::string& reason, bool may_sign);
Result<Answer> end_row(Desk& desk, const LedgerCommand& command, const LedgerOptions& options);
Result<Answer> edit_row(Desk& desk, const LedgerCommand& command, const LedgerOptions& options);
/// Strikes through and writes anew, with the reason: also what is written once (then it is a
/// ruling) and entries of sets (`--was` names the one that is struck).
Result<Answer> correct_row(Desk& desk, const LedgerCommand& command, const LedgerOptions& options);
/// Signs what the row shows now, in the one column that is this person's to sign or the one named.
Result<Answer> initial_row(Desk& desk, const LedgerCommand& command, const LedgerOptions& options);
/// The authority of the series gives a row whose number another row has too its next number (N1);
/// the old one stays in the remarks, and what the definition says of a renumbered row is written.
Result<Answer> renumber_row(Desk& desk, const LedgerCommand& command, const LedgerOptions& options);
Result<Answer> list_rows(Desk& desk, const LedgerCommand& command, const LedgerOptions& options);
Result<Answer> show_row(Desk& desk, const LedgerCommand& command, const LedgerOptions& options);

}  // namespace jiyao
