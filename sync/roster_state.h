// sync/roster_state.h - what a Roster keeps inside: every entry with the records that changed it.
//
// Only roster.cpp and roster_rules.cpp include this. Histories are kept because authority is judged
// at the roster point a batch names, not at the newest one.
#pragma once

#include <map>
#include <set>
#include <utility>

#include "sync/roster.h"

namespace jiyao {

/// One thing through time: the value set last at or before a roster sequence number.
template <class T>
class Versions {
 public:
  void set(std::uint64_t seq, T value) {
    if (!list_.empty() && list_.back().first == seq)
      list_.back().second = std::move(value);
    else
      list_.emplace_back(seq, std::move(value));
  }
  const T* at(std::uint64_t seq) const {
    const T* found = nullptr;
    for (const auto& [since, value] : list_)
      if (since <= seq) found = &value;
    return found;
  }
  const std::vector<std::pair<std::uint64_t, T>>& all() const { return list_; }
  std::uint64_t since() const { return list_.empty() ? 0 : list_.back().first; }
  const T* now() const { return list_.empty() ? nullptr : &list_.back().second; }

 private:
  std::vector<std::pair<std::uint64_t, T>>
      list_;  // rising; a thing changes a few times in its life
};

struct NodeHistory {
  NodeEntry entry;  ///< as of now
  Versions<NodeRecord> records;
  std::optional<std::uint64_t> revoked_seq;  ///< of the first revocation
};

struct Roster::State {
  RosterPoint point;
  RealmId realm;
  RealmRecord realm_record;
  Digest root_fingerprint;
  std::vector<Digest> hashes;  ///< of record 1, 2, ...

  std::map<NodeId, NodeHistory> nodes;
  std::vector<NodeId> enrolled;  ///< in roster order
  std::map<OfficeId, Versions<OfficeRecord>> offices;
  std::map<UserId, Versions<UserRecord>> users;
  std::map<HubId, HubRecord> hubs;
  HubId newest_hub;
  std::map<std::pair<NodeId, CompartmentId>, Versions<AccessRight>> access;
  std::map<CompartmentId, std::vector<EpochEntry>> epochs;
  std::optional<RulesetRecord> ruleset;
  std::set<BatchId> admitted;
  std::vector<PurgeRecord> purges;
  std::map<std::pair<NodeId, NodeId>, LaneRecord> lanes;

  std::map<VerifyKey, NodeId> node_keys;
  std::map<VerifyKey, UserId> user_keys;  ///< every key a person ever had: never another's
  std::set<BoxPublicKey> epoch_keys;

  AccessRight access_at(const NodeId& node, const CompartmentId& compartment,
                        std::uint64_t seq) const {
    const auto found = access.find({node, compartment});
    if (found == access.end()) return AccessRight::none;
    const AccessRight* right = found->second.at(seq);
    return right == nullptr ? AccessRight::none : *right;
  }
  /// The record that last took this node's access away, by name or with the node; 0: none did.
  std::uint64_t left_seq(const NodeId& node, const CompartmentId& compartment) const {
    std::uint64_t left = 0;
    AccessRight before = AccessRight::none;
    for (const auto& [seq, right] : access.at({node, compartment}).all()) {
      if (right == AccessRight::none && before != AccessRight::none) left = seq;
      before = right;
    }
    const std::optional<std::uint64_t>& revoked = nodes.at(node).revoked_seq;
    return before != AccessRight::none && revoked ? *revoked : left;
  }
};

/// The rules of one record over the state before it; `state` is a copy the caller throws away on
/// error.   errors: malformed
Result<void> apply(const RosterRecord& record, Roster::State& state);

}  // namespace jiyao
