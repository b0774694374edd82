// client/commands/ledger_steps.h - what a step does besides what was typed, as its definition says:
// fills, signatures, guards told in words, and what is written into cited records in the same act.
#pragma once

#include <optional>

#include "client/commands/ledger_rows.h"

namespace jiyao {

/// A step about to be taken: the row as it is (nullptr: it is made now) and what is to be written.
struct StepAtHand {
  const LedgerDefinition& ledger;
  const Transition& step;
  const View* row = nullptr;
  FieldValues& values;
  const SetEntries& entries;
  const About* about = nullptr;  ///< when it is made

  /// As it will be shown: typed, else as it is. Of a set: empty, or anything.
  std::string shown(std::string_view field) const;
  /// The row is in that state already (a renewal): what the state asks for was asked before.
  bool stays() const;
};

/// Fills, moments that fall due with this state, and signatures the step gives.
void fill_step(Desk& desk, Replica& replica, const StepAtHand& at);

/// What the guard or the state still lacks, in words, with the option that gives it; and whether
/// nothing that must be back is still out, nor anything found that must be settled first, nor the
/// roster still gives something to somebody whose access is said to have ended.
///   errors: invalid, conflict (still out, not settled, still has rights)
Result<void> check_step(Desk& desk, Replica& replica, const StepAtHand& at);

/// A signature that this state needs and nobody gave: its field.
std::optional<std::size_t> missing_signature(Replica& replica, const StepAtHand& at);

/// The writes into cited records that belong to the act.   errors: invalid, not_found; conflict
/// (kept_elsewhere)
Result<void> add_also(Desk& desk, Replica& replica, const StepAtHand& at, Act& act);

/// An act is of one compartment: what a list moves is of one office and level. Names the one that
/// is not.
Error kept_elsewhere(Desk& desk, const Replica& replica, const View& cited,
                     const CompartmentId& place);

/// "登记", or "register" for people who read English.
std::string step_text(const Catalogue& words, const Transition& step);
std::string state_text(const Catalogue& words, const LedgerDefinition& ledger,
                       std::string_view state);

}  // namespace jiyao
