// sync/roster.cpp - what the roster answers at its newest point and at earlier ones.
#include "sync/roster.h"

#include "sync/roster_state.h"

namespace jiyao {

Roster::Roster() : state_(std::make_shared<State>()) {}
Roster::Roster(std::shared_ptr<const State> state) : state_(std::move(state)) {}

RosterPoint Roster::point() const {
  return state_->point;
}
const RealmId& Roster::realm() const {
  return state_->realm;
}
const RealmRecord& Roster::realm_record() const {
  return state_->realm_record;
}
Digest Roster::root_fingerprint() const {
  return state_->root_fingerprint;
}

std::optional<RosterPoint> Roster::point_at(std::uint64_t seq) const {
  if (seq == 0) return RosterPoint{};
  if (seq > state_->hashes.size()) return std::nullopt;
  return RosterPoint{.seq = seq, .hash = state_->hashes[static_cast<std::size_t>(seq - 1)]};
}

const NodeEntry* Roster::node(const NodeId& id) const {
  const auto found = state_->nodes.find(id);
  return found == state_->nodes.end() ? nullptr : &found->second.entry;
}

const UserRecord* Roster::user(const UserId& id) const {
  const auto found = state_->users.find(id);
  return found == state_->users.end() ? nullptr : found->second.now();
}

const OfficeRecord* Roster::office(const OfficeId& id) const {
  const auto found = state_->offices.find(id);
  return found == state_->offices.end() ? nullptr : found->second.now();
}

const HubRecord* Roster::hub(const HubId& id) const {
  const auto found = state_->hubs.find(id);
  return found == state_->hubs.end() ? nullptr : &found->second;
}

const HubRecord* Roster::newest_hub() const {
  return hub(state_->newest_hub);
}

namespace {

template <class Map>
auto keys_of(const Map& map) {
  std::vector<typename Map::key_type> keys;
  keys.reserve(map.size());
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

}  // namespace

std::vector<NodeId> Roster::nodes() const {
  return keys_of(state_->nodes);
}
std::vector<OfficeId> Roster::offices() const {
  return keys_of(state_->offices);
}
std::vector<UserId> Roster::users() const {
  return keys_of(state_->users);
}
std::vector<HubId> Roster::hubs() const {
  return keys_of(state_->hubs);
}
std::vector<CompartmentId> Roster::compartments() const {
  return keys_of(state_->epochs);
}

std::vector<CompartmentId> Roster::named_compartments() const {
  std::set<CompartmentId> named;
  for (const auto& [compartment, epochs] : state_->epochs) named.insert(compartment);
  for (const auto& [key, rights] : state_->access)
    if (*rights.now() != AccessRight::none && !state_->nodes.at(key.first).revoked_seq)
      named.insert(key.second);
  return {named.begin(), named.end()};
}

std::vector<CompartmentId> Roster::epochs_due(const NodeId& keeper) const {
  const NodeEntry* self = node(keeper);
  if (self == nullptr) return {};
  const auto is_kept = [&](const CompartmentId& compartment) {  // and may be read where it is kept
    return this->keeper(compartment) == keeper && compartment.level <= self->record.device_ceiling;
  };
  std::set<CompartmentId> due;
  for (const CompartmentId& compartment : named_compartments())
    if (!state_->epochs.contains(compartment) && is_kept(compartment)) due.insert(compartment);
  for (const auto& [key, rights] : state_->access) {
    const CompartmentId& compartment = key.second;
    const std::optional<EpochEntry> newest = epoch(compartment);
    if (newest && state_->left_seq(key.first, compartment) > newest->since_seq &&
        is_kept(compartment))
      due.insert(compartment);
  }
  return {due.begin(), due.end()};
}

std::vector<EpochEntry> Roster::epochs(const CompartmentId& compartment) const {
  const auto found = state_->epochs.find(compartment);
  return found == state_->epochs.end() ? std::vector<EpochEntry>{} : found->second;
}

std::optional<EpochEntry> Roster::epoch(const CompartmentId& compartment) const {
  const auto found = state_->epochs.find(compartment);
  if (found == state_->epochs.end()) return std::nullopt;
  return found->second.back();
}

AccessRight Roster::access(const NodeId& node, const CompartmentId& compartment) const {
  return state_->access_at(node, compartment, state_->point.seq);
}

std::uint64_t Roster::grant_due_seq(const NodeId& node, const CompartmentId& compartment) const {
  const std::optional<EpochEntry> newest = epoch(compartment);
  const auto access = state_->access.find({node, compartment});
  return std::max(newest ? newest->since_seq : 0,
                  access == state_->access.end() ? 0 : access->second.since());
}

NodeId Roster::keeper(const CompartmentId& compartment) const {
  return keeper_at(compartment, state_->point.seq);
}

NodeId Roster::keeper_at(const CompartmentId& compartment, std::uint64_t seq) const {
  const auto is_in_service = [&](const NodeId& id) {
    const auto found = state_->nodes.find(id);
    return found != state_->nodes.end() && found->second.records.at(seq) != nullptr &&
           (!found->second.revoked_seq || *found->second.revoked_seq > seq);
  };
  if (compartment.level != Level::top_secret) {
    for (const NodeId& id : state_->enrolled) {
      if (!is_in_service(id)) continue;
      const NodeRecord& node = *state_->nodes.at(id).records.at(seq);
      if (node.is_archive && node.device_ceiling >= compartment.level) return id;
    }
  }
  const auto office = state_->offices.find(compartment.office);
  if (office == state_->offices.end()) return {};
  const OfficeRecord* record = office->second.at(seq);
  if (record == nullptr || !is_in_service(record->lead)) return {};
  const NodeRecord& lead = *state_->nodes.at(record->lead).records.at(seq);
  return lead.device_ceiling >= compartment.level ? record->lead : NodeId{};
}

std::optional<RulesetRecord> Roster::ruleset() const {
  return state_->ruleset;
}
bool Roster::is_admitted(const BatchId& batch) const {
  return state_->admitted.contains(batch);
}
const std::vector<PurgeRecord>& Roster::purges() const {
  return state_->purges;
}

std::optional<LaneRecord> Roster::lane(const NodeId& from, const NodeId& to) const {
  const auto found = state_->lanes.find({from, to});
  if (found == state_->lanes.end()) return std::nullopt;
  return found->second;
}

Level Roster::ceiling(const Route& route) const {
  if (route.kind == RouteKind::local || state_->point.seq == 0) return route.ceiling;
  const RealmRecord& realm = state_->realm_record;
  return std::min(route.ceiling,
                  route.kind == RouteKind::network ? realm.network_ceiling : realm.medium_ceiling);
}

Scope Roster::scope(const NodeId& node, const Route& route) const {
  Scope scope;
  const NodeEntry* entry = this->node(node);
  if (entry == nullptr || entry->is_revoked) return scope;
  const Level highest = std::min(ceiling(route), entry->record.device_ceiling);
  for (auto at = state_->access.lower_bound({node, CompartmentId{}});
       at != state_->access.end() && at->first.first == node; ++at) {
    const CompartmentId& compartment = at->first.second;
    if (compartment.level <= highest && *at->second.now() != AccessRight::none)
      scope.compartments.push_back(compartment);
  }
  return scope;
}

Scope Roster::scope_of_hub(const HubId& hub) const {
  Scope scope;
  const HubRecord* record = this->hub(hub);
  if (record == nullptr) return scope;
  const Level highest = ceiling({.kind = RouteKind::network, .ceiling = record->ceiling});
  for (const auto& [compartment, epochs] : state_->epochs)
    if (compartment.level <= highest) scope.compartments.push_back(compartment);
  return scope;
}

namespace {

constexpr Standing kCounts{};

Standing quarantined(Ground ground) {
  return {.verdict = Verdict::quarantined, .ground = ground};
}

}  // namespace

// A letter goes where its author may not write: then the second slot names a compartment of the
// same level where it may. That it only creates is judged when it is opened.
bool Roster::may_write(const SealedBatch& batch) const {
  const BatchCore& core = batch.core();
  const std::uint64_t seq = core.roster.seq;
  if (state_->access_at(core.node, core.compartment, seq) == AccessRight::write) return true;
  const WrapSlot& second = batch.header().envelope.wraps[1];
  return second.epoch != 0 && second.compartment.level == core.compartment.level &&
         state_->access_at(core.node, second.compartment, seq) == AccessRight::write;
}

Standing Roster::standing(const SealedBatch& batch, const Ancestry& ancestry) const {
  const BatchCore& core = batch.core();
  const NodeEntry* author = node(core.node);
  if (author == nullptr) return quarantined(Ground::unknown_node);
  if (is_admitted(batch.id())) return kCounts;
  if (core.roster.seq > state_->point.seq) return {.verdict = Verdict::held, .ground = {}};
  if (point_at(core.roster.seq) != core.roster || !may_write(batch))
    return quarantined(Ground::no_access);
  if (!author->is_revoked) return kCounts;
  for (const StreamCut& cut : author->cuts) {
    if (cut.incarnation != core.incarnation || cut.compartment != core.compartment) continue;
    const bool is_before_cut = !cut.last.is_none() && ancestry.reaches(cut.last, batch.id());
    return is_before_cut ? kCounts : quarantined(Ground::cut_off);
  }
  return quarantined(Ground::cut_off);  // a stream the revocation does not name
}

const NodeRecord* Roster::node_at(const NodeId& id, std::uint64_t seq) const {
  const auto found = state_->nodes.find(id);
  if (found == state_->nodes.end()) return nullptr;
  return seq == 0 ? found->second.records.now() : found->second.records.at(seq);
}

const UserRecord* Roster::user_at(const UserId& id, std::uint64_t seq) const {
  const auto found = state_->users.find(id);
  if (found == state_->users.end()) return nullptr;
  return seq == 0 ? found->second.now() : found->second.at(seq);
}

const OfficeRecord* Roster::office_at(const OfficeId& id, std::uint64_t seq) const {
  const auto found = state_->offices.find(id);
  if (found == state_->offices.end()) return nullptr;
  return seq == 0 ? found->second.now() : found->second.at(seq);
}

Standing Roster::standing(const Change& change, const RosterPoint& at, Roles roles_needed,
                          bool is_decisive) const {
  if (at.seq > state_->point.seq) return {.verdict = Verdict::held, .ground = {}};
  const std::uint64_t seq = at.seq == 0 ? state_->point.seq : at.seq;
  const auto found = state_->users.find(change.actor);
  const UserRecord* user = found == state_->users.end() ? nullptr : found->second.at(seq);
  if (user == nullptr || user->roles == 0) return quarantined(Ground::no_role);
  if (roles_needed != 0 && (user->roles & roles_needed) == 0) return quarantined(Ground::no_role);
  if (user->clearance < change.compartment.level) return quarantined(Ground::not_cleared);
  if (!change.person) return is_decisive ? quarantined(Ground::no_person_signature) : kCounts;
  if (!verify(user->sign, Label::change_person, digest_to_sign(change), *change.person))
    return quarantined(Ground::bad_person_signature);
  return kCounts;
}

}  // namespace jiyao
