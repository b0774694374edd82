// tests/simulation/small_model.cpp - ancestors by walking, no cleverness.
#include "simulation/small_model.h"

namespace jiyao::simulation {
namespace {

using Changes = std::map<ChangeId, const Change*>;

std::set<ChangeId> ancestors_of(const ChangeId& change, const Changes& changes) {
  std::set<ChangeId> found;
  std::vector<ChangeId> unvisited = {change};
  while (!unvisited.empty()) {
    const auto at = changes.find(unvisited.back());
    unvisited.pop_back();
    if (at == changes.end()) continue;
    for (const ChangeId& parent : at->second->parents)
      if (found.insert(parent).second) unvisited.push_back(parent);
  }
  return found;
}

bool writes(const Change& change, const GroupName& group) {
  return std::any_of(change.writes.begin(), change.writes.end(),
                     [&](const Write& write) { return write.group == group; });
}

}  // namespace

ModelRecord model_of(const Changes& all, const std::set<ChangeId>& without_effect,
                     const std::set<GroupName>& sets) {
  Changes changes;
  for (const auto& each : all)
    if (!without_effect.contains(each.first)) changes.insert(each);
  std::map<ChangeId, std::set<ChangeId>> ancestors;
  std::set<ChangeId> withdrawn;
  for (const auto& [id, change] : changes) {
    ancestors[id] = ancestors_of(id, all);
    if (change->kind == ChangeKind::withdraw)
      withdrawn.insert(change->settles.begin(), change->settles.end());
  }
  ModelRecord model;
  for (const auto& [id, change] : changes) {
    if (change->kind == ChangeKind::withdraw) continue;
    for (const Write& write : change->writes) {
      bool is_gone = sets.contains(write.group) && withdrawn.contains(id);
      if (!sets.contains(write.group))
        for (const auto& [other_id, other] : changes)
          is_gone = is_gone || (other->kind != ChangeKind::withdraw &&
                                ancestors[other_id].contains(id) && writes(*other, write.group));
      if (!is_gone) model.visible[write.group].push_back({id, write.value});
    }
  }
  return model;
}

}  // namespace jiyao::simulation
