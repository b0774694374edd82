// client/ledger_choice.cpp - titles and their starts.
#include "client/ledger_choice.h"

namespace jiyao {

const LedgerDefinition* ledger_called(const Definitions& definitions, std::string_view text) {
  const LedgerDefinition* begins = nullptr;
  int count = 0;
  for (const LedgerDefinition& ledger : definitions.all()) {
    const bool is_it = text == ledger.name || text == ledger.zh || text == ledger.en ||
                       text == ledger.noun || text == ledger.noun_zh;
    if (is_it) return &ledger;
    if (text.empty() || !ledger.zh.starts_with(text)) continue;
    begins = &ledger;
    ++count;
  }
  return count == 1 ? begins : nullptr;
}

}  // namespace jiyao
