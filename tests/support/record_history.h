// tests/support/record_history.h - a record's changes written down in a line each, for merge tests.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "sync/merge.h"

namespace jiyao::testing {

/// A change id that reads like its name: 'b' sorts after 'a'.
inline ChangeId change_named(const std::string& name) {
  ChangeId id;
  std::copy(name.begin(),
            name.begin() +
                static_cast<std::ptrdiff_t>(std::min<std::size_t>(name.size(), ChangeId::kBytes)),
            id.bytes.begin());
  return id;
}

inline std::string name_of(const ChangeId& id) {
  std::string name;
  for (const std::uint8_t byte : id.bytes)
    if (byte != 0) name += static_cast<char>(byte);
  return name;
}

/// The changes of one record of one ledger, added in any order.
class RecordHistory {
 public:
  explicit RecordHistory(std::string ledger)
      : definition_(*Definitions::built_in().ledger(ledger)) {}

  /// Adds a change that knew `parents`; returns it for what is unusual about it.
  JudgedChange& add(const std::string& name, const std::vector<std::string>& parents,
                    std::map<std::string, std::string> writes,
                    ChangeKind kind = ChangeKind::amend) {
    Change change;
    change.ledger = definition_.name;
    change.kind = parents.empty() && kind == ChangeKind::amend ? ChangeKind::create : kind;
    for (const std::string& parent : parents) change.parents.push_back(change_named(parent));
    std::sort(change.parents.begin(), change.parents.end());
    for (auto& [group, value] : writes) change.writes.push_back({group, value});
    change.actor.bytes[0] = static_cast<std::uint8_t>(name.front());
    changes_.push_back(std::move(change));
    judged_.push_back(
        {change_named(name), &changes_.back(), Effect::counts, ~Roles{0}, true, true});
    return judged_.back();
  }
  JudgedChange& settle(const std::string& name, const std::vector<std::string>& parents,
                       const std::vector<std::string>& settles,
                       std::map<std::string, std::string> writes,
                       ChangeKind kind = ChangeKind::resolve) {
    JudgedChange& judged = add(name, parents, std::move(writes), kind);
    for (const std::string& settled : settles)
      changes_.back().settles.push_back(change_named(settled));
    std::sort(changes_.back().settles.begin(), changes_.back().settles.end());
    return judged;
  }
  void sign_last() { changes_.back().person.emplace(); }
  Change& last() { return changes_.back(); }
  JudgedChange& last_judged() { return judged_.back(); }

  RecordState merged() const { return merge(definition_, judged()); }
  std::vector<JudgedChange> judged() const { return {judged_.begin(), judged_.end()}; }
  const LedgerDefinition& definition() const { return definition_; }

  /// The group as the merged record holds it; an empty one if nobody wrote it.
  GroupState group(const std::string& group) const {
    const RecordState state = merged();
    const GroupState* held = state.group(*definition_.group_index(group));
    return held == nullptr ? GroupState{} : *held;
  }
  /// "a b": names of the held writes of a group.
  std::string held(const std::string& group_name) const { return names(group(group_name).held); }
  std::string proposals(const std::string& group_name) const {
    return names(group(group_name).proposals);
  }
  std::string settles(const std::string& group_name) const {
    return names(group(group_name).to_settle);
  }
  static std::string names(const std::vector<HeldWrite>& writes) {
    std::vector<ChangeId> ids;
    for (const HeldWrite& write : writes) ids.push_back(write.change);
    return names(ids);
  }
  static std::string names(const std::vector<ChangeId>& ids) {
    std::string text;
    for (const ChangeId& id : ids) text += (text.empty() ? "" : " ") + name_of(id);
    return text;
  }

 private:
  const LedgerDefinition& definition_;
  std::deque<Change> changes_;
  std::deque<JudgedChange> judged_;
};

}  // namespace jiyao::testing
