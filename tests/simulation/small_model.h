// tests/simulation/small_model.h - who may still be seen: P4 computed a second time, simply.
//
// Knows nothing of how groups merge. A write is superseded only by a change that descends from it
// and writes the same group; an entry of a set only by a withdrawal that names it. Whatever is left
// has to be on the table: in effect, in conflict, beside it, or as a proposal.
#pragma once

#include <map>
#include <set>

#include "simulation/god_ledger.h"

namespace jiyao::simulation {

struct ModelWrite {
  ChangeId change;
  std::string value;
  friend auto operator<=>(const ModelWrite&, const ModelWrite&) = default;
};

struct ModelRecord {
  std::map<GroupName, std::vector<ModelWrite>> visible;
};

/// `changes`: all of one record. `without_effect`: those that neither show nor supersede; what
/// their authors knew still counts for whoever built on them. `sets`: groups of kind `set`.
ModelRecord model_of(const std::map<ChangeId, const Change*>& changes,
                     const std::set<ChangeId>& without_effect, const std::set<GroupName>& sets);

}  // namespace jiyao::simulation
