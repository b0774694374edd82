// client/commands/ledger_verbs.h - the verbs of a ledger, read out of its definition.
//
// A new file in schema/ledgers/ is a new noun with all of these; nothing is written here for it.
// Steps that say the same word (登记, made new or after 签收) are one verb. Pure.
#pragma once

#include <string>
#include <vector>

#include "schema/definition.h"

namespace jiyao {

enum class VerbKind { step, end, list, show, edit, correct, initial, renumber };

struct LedgerVerb {
  VerbKind kind = VerbKind::step;
  std::string word;                  ///< "add", "return"; unique in its ledger
  std::vector<std::string> aliases;  ///< "register-new", "登记"
  std::vector<std::size_t>
      steps;  ///< indexes into steps; empty for list, show, edit, correct, initial, renumber
  std::vector<std::size_t> fields;  ///< indexes of the fields it offers as options
};

/// Steps first, in the definition's order, then list, show, edit, correct, initial where several
/// persons may sign a row, and renumber where rows have numbers. The last verb that makes a record
/// is called "add".
std::vector<LedgerVerb> verbs_of(const LedgerDefinition& ledger);

bool makes(const Transition& step);
bool starts_at(const LedgerDefinition& ledger, const Transition& step, std::string_view state);
/// The text field a void must fill: its guard says so. nullopt: the reason stands in the change.
std::optional<std::size_t> reason_field(const LedgerDefinition& ledger, const Transition& step);
/// The step that makes records when nobody names one: that of "add".
const Transition* making_step(const LedgerDefinition& ledger);
/// May people type it: not counted, not drawn from a series, not signed, no reason of a void?
bool is_typed(const LedgerDefinition& ledger, std::size_t field);
/// Columns that each person signs for themselves, whatever step comes next.
std::vector<std::size_t> signed_columns(const LedgerDefinition& ledger);
/// The field of its kind `number`; nullopt: rows of this ledger have none.
std::optional<std::size_t> number_field(const LedgerDefinition& ledger);

}  // namespace jiyao
