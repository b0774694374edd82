// sync/findings.h - the list check fills: one finding per fact, with who decides and how grave it
// is.
#pragma once

#include <map>

#include "sync/check.h"

namespace jiyao {

class Findings {
 public:
  /// Gravity and decider come from the catalogue by `code`; `decider` overrides. The same
  /// fact again gives the finding that is there.
  Finding& add(const std::string& code, FindingKind kind, std::string key,
               const std::vector<const Neighbour*>& records, std::vector<ChangeId> changes,
               Roles decider = 0);
  std::vector<Finding> sorted() &&;

 private:
  std::map<FindingId, Finding> by_id_;
};

}  // namespace jiyao
