// sync/roster_rules.cpp - what may come next in the roster, and what each kind of record needs.
//
// Threshold rules follow the accidents of others: persons and keys are counted, both distinct; a
// threshold of 0 does not parse; a change of root keys is signed by the old threshold and the new.
#include "sync/roster_state.h"

namespace jiyao {

namespace {

Error refused(const char* why) {
  return {Errc::malformed, why};
}

// --- one rule per kind of record ---------------------------------------------------------------

Result<void> check_roots(const RealmRecord& realm) {
  if (realm.roots.empty() || realm.roots.size() > kSignaturesMax) return refused("root keys");
  if (realm.threshold < 1 || realm.threshold > realm.roots.size()) return refused("threshold");
  std::set<UserId> persons;
  std::set<VerifyKey> keys;
  for (const RootKey& root : realm.roots) {
    if (root.person.is_none() || root.key.is_none()) return refused("root key of nobody");
    if (!persons.insert(root.person).second) return refused("one person with two root keys");
    if (!keys.insert(root.key).second) return refused("one root key for two persons");
  }
  return {};
}

class Rules {
 public:
  explicit Rules(Roster::State& state, std::uint64_t seq) : state_(state), seq_(seq) {}

  Result<void> operator()(const RealmRecord& realm) {
    if (const auto sound = check_roots(realm); !sound) return sound;
    if (realm.network_ceiling > Level::highly_secret || realm.medium_ceiling > Level::highly_secret)
      return refused("top_secret stays on its device");
    if (seq_ == 1) {
      Hasher print(Label::root_print);
      for (const RootKey& root : realm.roots) print.add(root.key.view());
      state_.root_fingerprint = print.finish();
    }
    state_.realm_record = realm;
    return {};
  }

  Result<void> operator()(const OfficeRecord& office) {
    if (office.office.is_none()) return refused("office without id");
    state_.offices[office.office].set(seq_, office);
    return {};
  }

  Result<void> operator()(const NodeRecord& node) {
    if (node.node.is_none() || node.sign.is_none()) return refused("node without id or key");
    if (!state_.offices.contains(node.office)) return refused("node of an unknown office");
    if (!is_usable(node.box)) return refused("box key nobody holds");
    const auto owner = state_.node_keys.try_emplace(node.sign, node.node).first;
    if (owner->second != node.node) return refused("one node key for two nodes");
    NodeHistory& history = state_.nodes[node.node];
    if (const NodeRecord* before = history.records.now(); before != nullptr) {
      if (history.entry.is_revoked) return refused("a revoked node enrols anew");
      if (before->sign != node.sign || before->box != node.box || before->office != node.office)
        return refused("keys and office of a node stay");
    } else {
      state_.enrolled.push_back(node.node);
    }
    history.entry.record = node;
    history.records.set(seq_, node);
    return {};
  }

  Result<void> operator()(const UserRecord& user) {
    if (user.user.is_none() || user.sign.is_none()) return refused("user without id or key");
    if (!state_.offices.contains(user.office)) return refused("user of an unknown office");
    const auto owner = state_.user_keys.try_emplace(user.sign, user.user).first;
    if (owner->second != user.user) return refused("one key for two persons");
    state_.users[user.user].set(seq_, user);
    return {};
  }

  Result<void> operator()(const AccessRecord& access) {
    const auto node = state_.nodes.find(access.node);
    if (node == state_.nodes.end()) return refused("access of an unknown node");
    if (!state_.offices.contains(access.compartment.office))
      return refused("access to an unknown office");
    if (access.right != AccessRight::none) {
      if (node->second.entry.is_revoked) return refused("access of a revoked node");
      if (access.compartment.level > node->second.entry.record.device_ceiling)
        return refused("access above the device ceiling");
    }
    state_.access[{access.node, access.compartment}].set(seq_, access.right);
    return {};
  }

  Result<void> operator()(const EpochRecord& epoch) {
    if (!state_.offices.contains(epoch.compartment.office))
      return refused("epoch of an unknown office");
    if (!is_usable(epoch.key)) return refused("epoch key nobody holds");
    std::vector<EpochEntry>& epochs = state_.epochs[epoch.compartment];
    if (epoch.epoch != epochs.size() + 1) return refused("epochs count by one");
    if (!state_.epoch_keys.insert(epoch.key).second) return refused("an epoch key used before");
    epochs.push_back({.epoch = epoch.epoch, .key = epoch.key, .since_seq = seq_});
    return {};
  }

  Result<void> operator()(const HubRecord& hub) {
    if (hub.hub.is_none() || hub.sign.is_none()) return refused("hub without id or key");
    if (hub.ceiling > Level::highly_secret) return refused("top_secret has no hub");
    const auto [held, is_new] = state_.hubs.try_emplace(hub.hub, hub);
    if (!is_new && held->second.sign != hub.sign) return refused("the key of a hub stays");
    held->second = hub;
    state_.newest_hub = hub.hub;
    return {};
  }

  Result<void> operator()(const RulesetRecord& ruleset) {
    if (state_.ruleset && ruleset.number <= state_.ruleset->number)
      return refused("rule sets count upwards");
    state_.ruleset = ruleset;
    return {};
  }

  Result<void> operator()(const RevokeRecord& revoke) {
    const auto node = state_.nodes.find(revoke.node);
    if (node == state_.nodes.end()) return refused("revocation of an unknown node");
    std::set<std::pair<IncarnationId, CompartmentId>> streams;
    for (const StreamCut& cut : revoke.cuts)
      if (!streams.insert({cut.incarnation, cut.compartment}).second)
        return refused("two cuts of one stream");
    NodeHistory& history = node->second;
    if (!history.revoked_seq) history.revoked_seq = seq_;
    history.entry.is_revoked = true;
    history.entry.cuts = revoke.cuts;  // a later ruling on the same node replaces the earlier
    return {};
  }

  Result<void> operator()(const AdmitRecord& admit) {
    state_.admitted.insert(admit.batches.begin(), admit.batches.end());
    return {};
  }

  Result<void> operator()(const PurgeRecord& purge) {
    if (!state_.offices.contains(purge.compartment.office) || purge.records.empty())
      return refused("purge of nothing we know");
    state_.purges.push_back(purge);
    return {};
  }

  Result<void> operator()(const LaneRecord& lane) {
    if (!state_.nodes.contains(lane.from) || !state_.nodes.contains(lane.to))
      return refused("lane of an unknown node");
    state_.lanes.insert_or_assign({lane.from, lane.to}, lane);
    return {};
  }

 private:
  Roster::State& state_;
  std::uint64_t seq_;
};

// What only the whole record can satisfy: an office may be named before its lead enrols in it.
Result<void> check_whole(const RosterRecord& record, const Roster::State& state) {
  for (const RosterBody& body : record.bodies) {
    const auto* office = std::get_if<OfficeRecord>(&body);
    if (office == nullptr || office->lead.is_none()) continue;
    const auto lead = state.nodes.find(office->lead);
    if (lead == state.nodes.end() || lead->second.entry.record.office != office->office)
      return refused("the lead node is one of the office's own");
  }
  if (!state.offices.contains(state.realm_record.realm_office))
    return refused("realm office unknown");
  return {};
}

// --- signatures --------------------------------------------------------------------------------

const VerifyKey* key_of(const RealmRecord& realm, const UserId& person) {
  for (const RootKey& root : realm.roots)
    if (root.person == person) return &root.key;
  return nullptr;
}

std::set<UserId> signers(const RosterRecord& record, const Digest& digest,
                         const RealmRecord& realm) {
  std::set<UserId> persons;
  for (const RootSignature& signature : record.signatures) {
    const VerifyKey* key = key_of(realm, signature.person);
    if (key != nullptr && verify(*key, Label::roster, digest, signature.signature))
      persons.insert(signature.person);
  }
  return persons;
}

Result<void> check_signatures(const RosterRecord& record, const Digest& digest,
                              const RealmRecord* before, const RealmRecord* after) {
  if (record.signatures.size() > 2 * kSignaturesMax) return refused("too many signatures");
  for (const RealmRecord* realm : {before, after}) {
    if (realm == nullptr) continue;
    if (signers(record, digest, *realm).size() < realm->threshold)
      return {Errc::not_authentic, "fewer root signatures than the threshold"};
  }
  return {};
}

}  // namespace

Result<void> apply(const RosterRecord& record, Roster::State& state) {
  if (record.bodies.empty()) return refused("a record of nothing");
  Rules rules(state, record.seq);
  for (std::size_t i = 0; i < record.bodies.size(); ++i) {
    const bool is_realm = std::holds_alternative<RealmRecord>(record.bodies[i]);
    if (is_realm != (i == 0) && (is_realm || record.seq == 1))
      return refused("the realm record comes first, once");
    if (const auto applied = std::visit(rules, record.bodies[i]); !applied) return applied;
  }
  return check_whole(record, state);
}

Result<Roster> Roster::append(ByteView bytes) const {
  const Result<RosterRecord> record = decode_record(bytes);
  if (!record) return record.error();
  const Digest hash = digest_of(*record);
  if (record->realm.is_none()) return refused("no realm");
  if (state_->point.seq != 0 && record->realm != state_->realm)
    return {Errc::not_for_us, "another realm"};
  if (record->seq == 0) return refused("records count from 1");
  if (record->seq <= state_->point.seq) {
    if (point_at(record->seq)->hash == hash) return {Errc::exists, "record already applied"};
    return {Errc::not_authentic, "another record of this number"};
  }
  if (record->seq != state_->point.seq + 1)
    return {Errc::need_roster, std::to_string(state_->point.seq + 1)};
  if (record->prev != state_->point.hash) return {Errc::not_authentic, "not our predecessor"};

  const RealmRecord* roots_after =
      record->bodies.empty() ? nullptr : std::get_if<RealmRecord>(&record->bodies.front());
  if (roots_after != nullptr)
    if (const auto sound = check_roots(*roots_after); !sound) return sound.error();
  const RealmRecord* roots_before = record->seq == 1 ? nullptr : &state_->realm_record;
  if (roots_before == nullptr && roots_after == nullptr) return refused("no realm record");
  if (const auto is_signed = check_signatures(*record, hash, roots_before, roots_after); !is_signed)
    return is_signed.error();

  auto next = std::make_shared<State>(*state_);
  if (const auto applied = apply(*record, *next); !applied) return applied.error();
  next->realm = record->realm;
  next->point = {.seq = record->seq, .hash = hash};
  next->hashes.push_back(hash);
  return Roster(std::move(next));
}

}  // namespace jiyao
