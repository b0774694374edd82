// client/ledger_choice.h - the ledger a person means.
#pragma once

#include <string_view>

#include "schema/definition.h"

namespace jiyao {

/// By its name, its noun (发文), its Chinese or English title, or the start of the Chinese title if
/// that is the start of no other (收文).   nullptr: none, or several
const LedgerDefinition* ledger_called(const Definitions& definitions, std::string_view text);

}  // namespace jiyao
