// client/print_register.h - what is classified and leaves the ledger on paper or as a plain file is
// registered first (domain.md section 7, L15).
#pragma once

#include <string>
#include <vector>

#include "client/desk.h"

namespace jiyao {

/// What leaves.
struct Printed {
  std::string form;  ///< "F02 涉密收文登记簿"
  Level highest = Level::public_;
  std::size_t rows = 0, pages = 0;
  std::string rows_text;  ///< which
  Digest content;         ///< of the pages
  std::string purpose;    ///< may be empty
};

/// "2026-0001、2026-0002 等 300 条", as much of it as a field holds.
std::string rows_text(const Catalogue& words, const Replica& replica,
                      const std::vector<View>& rows);

std::string rows_text(const Catalogue& words, const Replica& replica,
                      const std::vector<RecordId>& records);

/// A row of the print log, durable on return, in this machine's office at the highest level.
///   errors: those of Replica::record()
Result<RecordId> register_print(Desk& desk, Replica& replica, const Printed& printed);

}  // namespace jiyao
