// client/named_place.h - whose ledger, and of what level: `--owner` and `--level` of every command.
#pragma once

#include "client/desk.h"

namespace jiyao {

/// The office of this name; empty: this machine's own.   errors: not_found
Result<OfficeId> named_office(Desk& desk, const Replica& replica, const std::string& owner);

/// The same with a level; empty: internal.   errors: these, and invalid
Result<CompartmentId> named_place(Desk& desk, const Replica& replica, const std::string& owner,
                                  const std::string& level);

}  // namespace jiyao
