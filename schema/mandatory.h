// schema/mandatory.h - from which state on a column has to be filled.
#pragma once

#include "schema/definition.h"

namespace jiyao {

/// Must this field be filled in this state, its `if` aside? From its state on, and not in an
/// earlier one that a step goes back to. Pure.
bool is_due(const LedgerDefinition& ledger, const Field& field, std::size_t state);

}  // namespace jiyao
