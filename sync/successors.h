// sync/successors.h - which units took over from which, as the directory says (domain.md 6.4 P3).
//
// A row keeps the unit it was made in or names; nothing is rewritten when units are merged, renamed
// or split. Whoever asks for a unit asks for those before it too, and for an old unit's rows its
// successors answer. Pure: the same rows of the directory, in any order, give the same answers.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sync/merge.h"

namespace jiyao {

class Successors {
 public:
  /// One row of the directory ledger; rows that are no unit (机构) say nothing here.
  void add(const LedgerDefinition& directory, const RecordState& row);

  /// Under what names and ids rows of `unit` and of all units before it are kept; sorted, `unit`
  /// among them. `unit`: a name or an id, as a column holds it.
  std::vector<std::string> with_predecessors(const std::string& unit) const;
  /// Who answers for this unit's rows now: names, sorted; empty: the unit itself. Units that
  /// succeed one another in a ring have nobody after them.
  std::vector<std::string> after(const std::string& unit) const;

 private:
  using Units = std::set<std::string>;  ///< ids; of a unit without a row, its name

  Units named(const std::string& unit) const;
  Units next(const Units& units) const;

  std::map<std::string, std::string> names_;                    ///< by id
  std::multimap<std::string, std::string> ids_;                 ///< by name
  std::map<std::string, std::vector<std::string>> successors_;  ///< by id, as typed
};

}  // namespace jiyao
