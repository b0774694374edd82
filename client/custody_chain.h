// client/custody_chain.h - who has a copy, since when, until when; and who had it before.
#pragma once

#include <vector>

#include "client/desk.h"
#include "client/directory.h"

namespace jiyao {

/// One hand: where the copy was and who held it.
struct Hand {
  std::string state;      ///< 在库, 借出 ...
  std::string custodian;  ///< a name, or the id of a person
  std::int64_t since_ms = 0;
  UserId by;  ///< who registered it
  NodeId node;
};

struct CustodyChain {
  View copy;
  std::vector<Hand> hands;  ///< oldest first; the last is the shown one
  std::string due_on;       ///< of the open row that holds it; empty: none
  std::optional<View> row;  ///< that row: a loan, a circulation ...
};

/// The copies that `typed` names: by copy number, else those of the paper it names (any register).
/// Empty: the paper is there and has no copies yet. By key.
///   errors: not_found, invalid (several papers)
Result<std::vector<View>> copies_named(Desk& desk, Replica& replica, const std::string& typed);

/// From the copy's history and the open rows that cite it.
CustodyChain custody_of(const Replica& replica, const View& copy);

/// "000123  张三（借出，自 2026-11-22 09:30，应还 2026-11-25）" and the hands before, a line each.
std::string text_of(Desk& desk, const Directory& directory, const CustodyChain& chain);
Poco::JSON::Object::Ptr json_of(const Replica& replica, const Directory& directory,
                                const CustodyChain& chain);

}  // namespace jiyao
