// client/commands/ledger_proposals.h - what the lists an office keeps propose for a row: who
// handles a paper of such a sender, who may stand in for an absent leader (Proposal of a
// definition).
#pragma once

#include <string>

#include "client/commands/ledger_steps.h"

namespace jiyao {

/// Fills columns that nobody typed and that say nothing yet, from the rows in force of the lists of
/// the office, and tells which list said so, a line each; empty: none did. Of several rows that fit
/// the one with the most words in common is taken, of equal ones that of the same compartment,
/// which every replica can judge; if such rows differ, none. A row of a list that is of a higher
/// level than the row at hand fills nothing.
///   place   where the row at hand is kept
std::string fill_from_lists(Desk& desk, const Replica& replica, const CompartmentId& place,
                            const StepAtHand& at);

}  // namespace jiyao
