// client/raising.h - a paper is raised as a whole: the rows that tell of it in other ledgers go up
// with the one somebody raised (design.md 6, Move).
#pragma once

#include <string>
#include <vector>

#include "client/desk.h"
#include "client/typed_value.h"

namespace jiyao {

/// Does a row that cites another in this column speak of the same paper? A reply and a derived
/// paper are papers of their own.
bool is_of_same_paper(const Field& field);

/// What goes up with a row, and a line each for what does and for what stays below and has to be
/// raised there; empty: neither.
struct Raised {
  std::vector<Step> steps;
  std::string told;
};

/// Where a step of the act raises the level of a row, or `named` says the level `row` has already
/// (its paper may lag behind: a loan made elsewhere meanwhile): its document, copies and all other
/// rows of that paper with a level column, and the rulings that quote them, are raised with it, as
/// far as this person may write them and they are kept where the act is.
Raised raise_whole_paper(Desk& desk, const Replica& replica, const Act& act, const View& row,
                         const FieldValues& named, const std::string& reason);

/// Records the act and what it raises as one act. What is too large for that goes up before it, in
/// several: the row that leads to others after them, what the act itself says last. Cut off between
/// two of them it can be repeated, and goes on.   errors: of Replica::record()
Result<void> record_raising(Replica& replica, const Act& act, const std::vector<Step>& raised);

/// Asks before a row goes up above the clearance of whoever is at the keyboard: they would not see
/// it on.   errors: usage (nobody to ask, and not `is_sure`), interrupted (no)
Result<void> sure_to_hide(Desk& desk, const Replica& replica, const LedgerDefinition& ledger,
                          const FieldValues& named, bool is_sure);

}  // namespace jiyao
