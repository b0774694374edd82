// client/readers.h - who has seen a paper (domain.md L20, M35): the persons whom rows about it name
// in columns that say so ("knows"), from the moment the paper went to them.
#pragma once

#include <string>
#include <vector>

#include "sync/replica.h"

namespace jiyao {

struct Reader {
  std::string person;  ///< a name, or the id of a person
  LedgerName ledger;   ///< how: a loan, a circulation, an entry of the access register
  RecordId record;
  std::int64_t at_ms = 0;
  UserId by;  ///< who registered it
};
/// By time; a person as often as the paper went there. `paper`: a register's row, a document or a
/// copy. By key.
std::vector<Reader> readers_of(const Replica& replica, const View& paper);

}  // namespace jiyao
