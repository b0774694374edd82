// schema/mandatory.cpp - see schema/mandatory.h.
#include "schema/mandatory.h"

namespace jiyao {

bool is_due(const LedgerDefinition& ledger, const Field& field, std::size_t state) {
  if (!field.from || *field.from == state) return field.from.has_value();
  return ledger.reaches(*field.from, state) &&
         ledger.states[*field.from].rank < ledger.states[state].rank;
}

}  // namespace jiyao
