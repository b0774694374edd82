// sync/keeper.cpp - opening grants, and making those that are due.
#include "sync/keeper.h"

#include "sync/counted_streams.h"
#include "sync/log_core.h"
#include "sync/log_file.h"
#include "sync/realm.h"

namespace jiyao {

void wipe(EpochSecrets& secrets) {
  for (EpochSecret& secret : secrets.secrets) wipe(secret.seed.bytes);
}

namespace {

std::unique_ptr<BoxKey> key_of(const EpochSecret& secret) {
  return box_key_from(Secret<32>::copy_of(secret.seed.view()));
}

Result<EpochSecrets> open_secrets(const BoxKey& box, ByteView sealed) {
  Result<Bytes> encoded = box.open_box(sealed);
  if (!encoded) return encoded.error();
  Result<EpochSecrets> secrets = decode_secrets(*encoded);
  wipe(*encoded);
  return secrets;
}

bool are_of_roster(const EpochSecrets& secrets, const Roster& roster) {
  const std::vector<EpochEntry> epochs = roster.epochs(secrets.compartment);
  for (const EpochSecret& secret : secrets.secrets) {
    if (secret.epoch == 0 || secret.epoch > epochs.size()) return false;
    if (key_of(secret)->public_key() != epochs[secret.epoch - 1].key) return false;
  }
  return true;
}

}  // namespace

Result<void> GrantedKeys::take(const Grant& grant, const Roster& roster) {
  if (grant.node != self_) return {Errc::not_for_us, "a grant to another node"};
  const auto held = grants_.find(grant.compartment);
  if (held != grants_.end() && held->second == grant) return {};
  Result<EpochSecrets> secrets = open_secrets(box_, grant.sealed);
  if (!secrets) return secrets.error();
  const bool is_right =
      secrets->compartment == grant.compartment && are_of_roster(*secrets, roster);
  wipe(*secrets);
  if (!is_right) return {Errc::not_authentic, "granted secrets are not the roster's epochs"};
  grants_.insert_or_assign(grant.compartment, grant);
  kept_.remove_if([&](const Kept& kept) { return kept.compartment == grant.compartment; });
  return {};
}

std::size_t GrantedKeys::take_all(const BatchLog& log) {
  const Roster roster = log.roster();
  std::size_t refused = 0;
  for (const Grant& grant : log.grants({.compartments = roster.compartments()}))
    if (grant.node == self_ && !take(grant, roster)) ++refused;
  return refused;
}

const BoxKey* GrantedKeys::key(const CompartmentId& compartment, std::uint32_t epoch) const {
  for (auto kept = kept_.begin(); kept != kept_.end(); ++kept) {
    if (kept->compartment != compartment || kept->epoch != epoch) continue;
    kept_.splice(kept_.begin(), kept_, kept);
    return kept->key.get();
  }
  EpochSecrets all = secrets(compartment);
  const auto found = std::find_if(all.secrets.begin(), all.secrets.end(),
                                  [&](const EpochSecret& one) { return one.epoch == epoch; });
  if (found == all.secrets.end()) {
    wipe(all);
    return nullptr;
  }
  kept_.push_front({.compartment = compartment, .epoch = epoch, .key = key_of(*found)});
  wipe(all);
  if (kept_.size() > kKeptMax) kept_.pop_back();
  return kept_.front().key.get();
}

EpochSecrets GrantedKeys::secrets(const CompartmentId& compartment) const {
  const auto grant = grants_.find(compartment);
  if (grant == grants_.end()) return {.compartment = compartment, .secrets = {}};
  Result<EpochSecrets> secrets = open_secrets(box_, grant->second.sealed);
  JIYAO_ASSERT(secrets);  // take() opened it before
  return std::move(secrets).value();
}

// --- granting ----------------------------------------------------------------------------------

namespace {

// Every epoch of the compartment whose secret is ours: granted to us, or drafted by us.
EpochSecrets known_secrets(const LogFile& log, const GrantedKeys& granted, const BoxKey& box,
                           const CompartmentId& compartment) {
  EpochSecrets known = granted.secrets(compartment);
  for (const EpochEntry& epoch : log.roster().epochs(compartment)) {
    const bool is_granted =
        std::any_of(known.secrets.begin(), known.secrets.end(),
                    [&](const EpochSecret& secret) { return secret.epoch == epoch.epoch; });
    const std::optional<Bytes> draft = is_granted ? std::nullopt : log.epoch_draft(epoch.key);
    if (!draft) continue;
    Result<EpochSecrets> drafted = open_secrets(box, *draft);
    if (!drafted || drafted->secrets.size() != 1) continue;
    // The record may have been numbered again since it was drafted; the key is what counts.
    if (key_of(drafted->secrets.front())->public_key() == epoch.key)
      known.secrets.push_back({.epoch = epoch.epoch, .seed = drafted->secrets.front().seed});
    wipe(*drafted);
  }
  std::sort(known.secrets.begin(), known.secrets.end(),
            [](const EpochSecret& a, const EpochSecret& b) { return a.epoch < b.epoch; });
  return known;
}

Grant make_grant(const Roster& roster, const KeeperKeys& keys, const NodeRecord& to,
                 const EpochSecrets& secrets) {
  Bytes encoded = encode_secrets(secrets);
  Grant grant{.realm = roster.realm(),
              .node = to.node,
              .compartment = secrets.compartment,
              .roster = roster.point(),
              .keeper = keys.self,
              .sealed = seal_box(to.box, encoded),
              .signature = {}};
  wipe(encoded);
  grant.signature = keys.sign.sign(Label::grant, digest_to_sign(grant));
  return grant;
}

std::map<NodeId, std::uint64_t> granted_seqs(const LogFile& log, const CompartmentId& compartment) {
  std::map<NodeId, std::uint64_t> seqs;
  for (const Grant& grant : log.grants({.compartments = {compartment}}))
    seqs[grant.node] = grant.roster.seq;
  return seqs;
}

std::vector<NodeId> due_nodes(const LogFile& log, const Roster& roster, const NodeId& self,
                              const CompartmentId& compartment) {
  const std::map<NodeId, std::uint64_t> granted = granted_seqs(log, compartment);
  std::vector<NodeId> due;
  for (const NodeId& node : roster.nodes()) {
    if (roster.node(node)->is_revoked) continue;
    if (node != self && roster.access(node, compartment) == AccessRight::none) continue;
    const auto held = granted.find(node);
    if (held == granted.end() || held->second < roster.grant_due_seq(node, compartment))
      due.push_back(node);
  }
  return due;
}

}  // namespace

Result<Granted> issue_grants(LogFile& log, const KeeperKeys& keys) {
  const Roster roster = log.roster();
  GrantedKeys own(keys.self, keys.box);
  own.take_all(log);
  Granted granted;
  LogFile::Group group(log);
  for (const CompartmentId& compartment : roster.compartments()) {
    if (roster.keeper(compartment) != keys.self) continue;
    const std::vector<NodeId> due = due_nodes(log, roster, keys.self, compartment);
    if (due.empty()) continue;
    EpochSecrets secrets = known_secrets(log, own, keys.box, compartment);
    const bool has_newest = !secrets.secrets.empty() &&
                            secrets.secrets.back().epoch == roster.epoch(compartment)->epoch;
    if (!has_newest) granted.without_secret.push_back(compartment);
    for (const NodeId& node : has_newest ? due : std::vector<NodeId>{}) {
      const auto put = log.put(make_grant(roster, keys, roster.node(node)->record, secrets));
      JIYAO_ASSERT(put);  // signed by the keeper of this very roster point
      ++granted.grants;
    }
    wipe(secrets);
  }
  group.commit();
  return granted;
}

// --- asking the root ---------------------------------------------------------------------------

namespace {

// What we asked for last, without what has been answered, is no longer due, or has lost its secret.
EpochRequest standing_request(const LogFile& log, const Roster& roster, const NodeId& self,
                              const std::set<CompartmentId>& due) {
  EpochRequest request{.realm = roster.realm(),
                       .keeper = self,
                       .serial = 0,
                       .epochs = {},
                       .kept = {},
                       .signature = {}};
  for (const EpochRequest& held : log.epoch_requests())
    if (held.keeper == self) request = held;
  request.kept = open_streams(request, roster);
  request.epochs = open_epochs(request, roster);
  std::erase_if(request.epochs, [&](const EpochRecord& epoch) {
    return !due.contains(epoch.compartment) || !log.epoch_draft(epoch.key);
  });
  return request;
}

auto stream_of(const KeptStream& kept) {
  return std::tuple(kept.node, kept.cut.incarnation, kept.cut.compartment);
}

// Adds what the roster says nothing of and was not asked for.   returns: how many
std::size_t add_streams(EpochRequest& request, std::vector<KeptStream> counted,
                        const Roster& roster) {
  EpochRequest fresh{.realm = request.realm,
                     .keeper = request.keeper,
                     .serial = 0,
                     .epochs = {},
                     .kept = std::move(counted),
                     .signature = {}};
  const std::size_t before = request.kept.size();
  for (const KeptStream& stream : open_streams(fresh, roster)) {
    if (request.kept.size() == kCutsAskedMax) break;
    const auto at = std::ranges::lower_bound(request.kept, stream_of(stream), {}, stream_of);
    if (at == request.kept.end() || stream_of(*at) != stream_of(stream))
      request.kept.insert(at, stream);
  }
  return request.kept.size() - before;
}

}  // namespace

Result<std::size_t> request_epochs(LogFile& log, const KeeperKeys& keys,
                                   const std::vector<CompartmentId>& without_secret) {
  const Roster roster = log.roster();
  std::set<CompartmentId> due(without_secret.begin(), without_secret.end());
  for (const CompartmentId& compartment : roster.epochs_due(keys.self)) due.insert(compartment);
  EpochRequest request = standing_request(log, roster, keys.self, due);
  for (const EpochRecord& epoch : request.epochs) due.erase(epoch.compartment);
  std::size_t asked = add_streams(request, counted_streams(log, roster), roster);
  if (due.empty() && asked == 0) return std::size_t{0};
  LogFile::Group group(log);
  for (const CompartmentId& compartment : due) {
    if (request.epochs.size() == kEpochsAskedMax) break;
    const auto next = static_cast<std::uint32_t>(roster.epochs(compartment).size() + 1);
    const EpochDraft draft = draft_epoch(compartment, next, keys.box.public_key());
    log.keep_epoch_draft(draft.record.key, draft.sealed);
    request.epochs.push_back(draft.record);
    ++asked;
  }
  std::ranges::sort(request.epochs, {}, &EpochRecord::compartment);
  // Above whatever we said before: an answer is a roster record, and nothing else empties the
  // shelf.
  request.serial = std::max(request.serial, roster.point().seq) + 1;
  request.signature = keys.sign.sign(Label::epoch_request, digest_to_sign(request));
  if (const auto put = log.put(request); !put) return put.error();
  group.commit();
  return asked;
}

}  // namespace jiyao
