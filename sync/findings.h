// sync/findings.h - the list check fills: one finding per fact, with who decides and how grave it
// is.
#pragma once

#include <map>

#include "sync/check.h"

namespace jiyao {

class Findings {
 public:
  explicit Findings(const Definitions& definitions) : definitions_(definitions) {}
  /// Gravity and decider come from the catalogue by `code`, or from the definition that brings it;
  /// else `decider`. The same fact again gives the finding that is there.
  Finding& add(const std::string& code, FindingKind kind, std::string key,
               const std::vector<const Neighbour*>& records, std::vector<ChangeId> changes,
               Roles decider = 0);
  /// How grave a finding of this code is; nullopt: nobody says.
  std::optional<Gravity> gravity_of(std::string_view code) const;
  /// What a person has ruled on is not asked again: `is_ruled` of a finding that is no hold.
  std::vector<Finding> sorted(const std::function<bool(const Finding&)>& is_ruled) &&;

 private:
  const Definitions& definitions_;
  std::map<FindingId, Finding> by_id_;
};

}  // namespace jiyao
