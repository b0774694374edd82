// sync/log_admission.cpp - who and what comes into a log: batches at the door, and papers.
#include "sync/checked_signers.h"

namespace jiyao {

namespace {

bool is_unused(const WrapSlot& slot) {
  return slot == WrapSlot{};
}

// The first slot is the compartment's own; a letter's second names its sender's, of the same level:
// otherwise a header could claim one level and be sealed for readers of another.
bool are_sane(const BatchCore& core, const Envelope& envelope) {
  if (envelope.wraps[0].compartment != core.compartment || envelope.wraps[0].epoch == 0)
    return false;
  const WrapSlot& second = envelope.wraps[1];
  if (is_unused(second)) return true;
  return second.epoch != 0 && second.compartment.level == core.compartment.level &&
         second.compartment.office != core.compartment.office;
}

Digest hash_of(ByteView encoded) {
  return digest(Label::papers, {encoded});
}

bool is_in(const CompartmentId& compartment, const Scope& scope) {
  return std::binary_search(scope.compartments.begin(), scope.compartments.end(), compartment);
}

}  // namespace

Level device_ceiling_of(const Roster& roster, const NodeId& node) {
  const NodeEntry* entry = roster.node(node);
  return entry == nullptr ? Level::internal : entry->record.device_ceiling;
}

CheckedSigners::CheckedSigners(ByteView message, const Roster& roster) {
  FrameReader reader(message);
  while (!reader.at_end()) {
    const Result<Frame> frame = reader.next();
    if (!frame) return;
    if (frame->type != FrameType::batch) continue;
    const Result<SealedBatch> batch = SealedBatch::parse(frame->bytes);
    const NodeEntry* author = batch ? roster.node(batch->core().node) : nullptr;
    if (author != nullptr && batch->signed_by(author->record.sign))
      seen_.insert(seen(*batch, author->record.sign));
  }
}

bool CheckedSigners::has(const SealedBatch& batch, const VerifyKey& key) const {
  return seen_.contains(seen(batch, key));
}

Result<Admitted> admit(const SealedBatch& batch, const Roster& roster, const Route& route,
                       Level device_ceiling) {
  return admit(batch, roster, route, device_ceiling, CheckedSigners());
}

Result<Admitted> admit(const SealedBatch& batch, const Roster& roster, const Route& route,
                       Level device_ceiling, const CheckedSigners& checked) {
  const BatchCore& core = batch.core();
  if (!are_sane(core, batch.header().envelope)) return {Errc::malformed, "wrap slots"};
  if (roster.point().seq != 0 && core.realm != roster.realm())
    return {Errc::not_for_us, "another realm"};
  const bool is_above = core.compartment.level > std::min(device_ceiling, roster.ceiling(route));
  const NodeEntry* author = roster.node(core.node);
  if (author == nullptr) {
    if (is_above) return {Errc::above_ceiling, std::string(name_of(core.compartment.level))};
    return Admitted::wait;
  }
  const VerifyKey& key = author->record.sign;
  if (!checked.has(batch, key) && !batch.signed_by(key))
    return {Errc::not_authentic, "node signature"};
  if (is_above) return {Errc::above_ceiling, std::string(name_of(core.compartment.level))};
  if (core.roster.seq > roster.point().seq)
    return {Errc::need_roster, std::to_string(core.roster.seq)};
  if (roster.point_at(core.roster.seq) != core.roster)
    return {Errc::not_authentic, "another roster than ours"};
  return Admitted::store;
}

bool WaitingRoom::has_room(const NodeId& peer, std::size_t bytes) const {
  const auto found = bytes_.find(peer);
  return bytes + (found == bytes_.end() ? 0 : found->second) <= kHeldBytesPerPeerMax;
}

void WaitingRoom::enter(const BatchId& id, const NodeId& peer, std::size_t bytes) {
  if (guests_.try_emplace(id, Guest{.peer = peer, .bytes = bytes}).second) bytes_[peer] += bytes;
}

void WaitingRoom::leave(const BatchId& id) {
  const auto guest = guests_.find(id);
  if (guest == guests_.end()) return;
  bytes_[guest->second.peer] -= guest->second.bytes;
  guests_.erase(guest);
}

Result<void> check_paper(const HubHead& head, const Roster& roster) {
  if (head.realm != roster.realm()) return {Errc::not_for_us, "another realm"};
  const HubRecord* hub = roster.hub(head.hub);
  if (hub == nullptr || !verify(hub->sign, Label::head_sign, digest_to_sign(head), head.signature))
    return {Errc::not_authentic, "hub head"};
  return {};
}

namespace {

Result<void> check_archived(const Receipt& receipt, const Roster& roster) {
  const HubRecord* hub = roster.hub(id_of_hub(receipt));
  if (hub == nullptr ||
      !verify(hub->sign, Label::receipt, digest_to_sign(receipt), receipt.signature))
    return {Errc::not_authentic, "receipt of a hub"};
  if (!receipt.head) return {};
  if (receipt.head->hub != id_of_hub(receipt) || receipt.head->incarnation != receipt.incarnation)
    return {Errc::not_authentic, "head of another hub"};
  return check_paper(*receipt.head, roster);
}

}  // namespace

HubId id_of_hub(const Receipt& receipt) {
  return {.bytes = receipt.issuer.bytes};
}
NodeId id_of_node(const Receipt& receipt) {
  return {.bytes = receipt.issuer.bytes};
}

Result<void> check_paper(const Receipt& receipt, const Roster& roster) {
  if (receipt.realm != roster.realm()) return {Errc::not_for_us, "another realm"};
  if (receipt.grade == Grade::archived) return check_archived(receipt, roster);
  const NodeEntry* node = roster.node(id_of_node(receipt));
  if (node == nullptr ||
      !verify(node->record.sign, Label::receipt, digest_to_sign(receipt), receipt.signature))
    return {Errc::not_authentic, "receipt of a node"};
  return {};
}

Result<void> check_paper(const Grant& grant, const Roster& roster) {
  if (grant.realm != roster.realm()) return {Errc::not_for_us, "another realm"};
  if (grant.roster.seq > roster.point().seq)
    return {Errc::need_roster, std::to_string(grant.roster.seq)};
  if (roster.point_at(grant.roster.seq) != grant.roster)
    return {Errc::not_authentic, "another roster than ours"};
  const NodeEntry* keeper = roster.node(grant.keeper);
  if (keeper == nullptr || roster.keeper_at(grant.compartment, grant.roster.seq) != grant.keeper)
    return {Errc::not_authentic, "not its keeper"};
  if (!verify(keeper->record.sign, Label::grant, digest_to_sign(grant), grant.signature))
    return {Errc::not_authentic, "grant"};
  return {};
}

Result<void> check_paper(const EpochRequest& request, const Roster& roster) {
  if (request.realm != roster.realm()) return {Errc::not_for_us, "another realm"};
  const NodeEntry* keeper = roster.node(request.keeper);
  if (keeper == nullptr || !verify(keeper->record.sign, Label::epoch_request,
                                   digest_to_sign(request), request.signature))
    return {Errc::not_authentic, "request for epochs"};
  return {};
}

std::vector<EpochRecord> open_epochs(const EpochRequest& request, const Roster& roster) {
  std::vector<EpochRecord> open;
  for (const EpochRecord& epoch : request.epochs)
    if (roster.keeper(epoch.compartment) == request.keeper &&
        epoch.epoch == roster.epochs(epoch.compartment).size() + 1)
      open.push_back(epoch);
  return open;
}

std::vector<KeptStream> open_streams(const EpochRequest& request, const Roster& roster) {
  std::vector<KeptStream> open;
  for (const KeptStream& stream : request.kept) {
    const NodeEntry* node = roster.node(stream.node);
    const auto is_same = [&](const StreamCut& cut) {
      return cut.incarnation == stream.cut.incarnation && cut.compartment == stream.cut.compartment;
    };
    if (node != nullptr && node->is_revoked && std::ranges::none_of(node->cuts, is_same) &&
        roster.keeper(stream.cut.compartment) == request.keeper)
      open.push_back(stream);
  }
  return open;
}

bool is_open(const EpochRequest& request, const Roster& roster) {
  return !open_epochs(request, roster).empty() || !open_streams(request, roster).empty();
}

bool advances(const Receipt& receipt, const Roster& roster) {
  switch (receipt.grade) {
    case Grade::carried:
      return false;
    case Grade::archived:
      return roster.hub(id_of_hub(receipt)) != nullptr;
    case Grade::applied:
      return id_of_node(receipt) == roster.keeper(receipt.compartment);
  }
  return false;
}

PaperShelf::Put PaperShelf::put(const Receipt& receipt) {
  const ReceiptKey key{.compartment = receipt.compartment,
                       .grade = receipt.grade,
                       .issuer = receipt.issuer,
                       .incarnation = receipt.incarnation};
  const auto held = receipts_.find(key);
  const Digest bytes = hash_of(encode_receipt(receipt));
  // Equal serials of one incarnation are a clone's doing; the greater hash, so that all agree.
  if (held != receipts_.end() &&
      std::pair(held->second.paper.serial, held->second.bytes) >= std::pair(receipt.serial, bytes))
    return Put::held_newer;
  receipts_.insert_or_assign(key, Shelved<Receipt>{.paper = receipt, .bytes = bytes});
  return Put::newest;
}

PaperShelf::Put PaperShelf::put(const Grant& grant) {
  const std::pair key(grant.compartment, grant.node);
  const auto held = grants_.find(key);
  const Bytes encoded = encode_grant(grant);
  if (held != grants_.end()) {
    const Grant& before = held->second.paper;
    if (std::pair(before.roster.seq, encode_grant(before)) >= std::pair(grant.roster.seq, encoded))
      return Put::held_newer;
  }
  grants_.insert_or_assign(key, Shelved<Grant>{.paper = grant, .bytes = hash_of(encoded)});
  return Put::newest;
}

PaperShelf::Put PaperShelf::put(const HubHead& head) {
  const auto [held, is_new] = heads_.try_emplace({head.hub, head.incarnation}, head);
  if (is_new) return Put::newest;
  HubHead& before = held->second;
  if (head.position == before.position && head.head != before.head) return Put::contradicts;
  if (std::pair(before.position, before.roster.seq) >= std::pair(head.position, head.roster.seq))
    return Put::held_newer;
  before = head;
  return Put::newest;
}

PaperShelf::Put PaperShelf::put(const EpochRequest& request) {
  const Digest bytes = hash_of(encode_epoch_request(request));
  const auto held = requests_.find(request.keeper);
  if (held != requests_.end() &&
      std::pair(held->second.paper.serial, held->second.bytes) >= std::pair(request.serial, bytes))
    return Put::held_newer;
  requests_.insert_or_assign(request.keeper,
                             Shelved<EpochRequest>{.paper = request, .bytes = bytes});
  return Put::newest;
}

void PaperShelf::drop_answered(const Roster& roster) {
  std::erase_if(requests_,
                [&](const auto& shelved) { return !is_open(shelved.second.paper, roster); });
}

std::vector<Receipt> PaperShelf::receipts(const Scope& scope) const {
  std::vector<Receipt> found;
  for (const auto& [key, shelved] : receipts_)
    if (is_in(key.compartment, scope)) found.push_back(shelved.paper);
  return found;
}

std::vector<Grant> PaperShelf::grants(const Scope& scope) const {
  std::vector<Grant> found;
  for (const auto& [key, shelved] : grants_)
    if (is_in(key.first, scope)) found.push_back(shelved.paper);
  return found;
}

std::vector<HubHead> PaperShelf::heads() const {
  std::vector<HubHead> found;
  for (const auto& [key, head] : heads_) found.push_back(head);
  return found;
}

std::vector<EpochRequest> PaperShelf::epoch_requests() const {
  std::vector<EpochRequest> found;
  for (const auto& [keeper, shelved] : requests_) found.push_back(shelved.paper);
  return found;
}

const HubHead* PaperShelf::head(const HubId& hub, const IncarnationId& incarnation) const {
  const auto found = heads_.find({hub, incarnation});
  return found == heads_.end() ? nullptr : &found->second;
}

const Grant* PaperShelf::grant(const NodeId& node, const CompartmentId& compartment) const {
  const auto found = grants_.find({compartment, node});
  return found == grants_.end() ? nullptr : &found->second.paper;
}

Digest PaperShelf::digest(const Scope& scope) const {
  Hasher hasher(Label::papers);
  for (const auto& [key, shelved] : grants_)
    if (is_in(key.first, scope)) hasher.add(shelved.bytes.view());
  hasher.add(std::uint64_t{0});  // between the two kinds
  for (const auto& [key, shelved] : receipts_)
    if (is_in(key.compartment, scope)) hasher.add(shelved.bytes.view());
  hasher.add(std::uint64_t{0});
  for (const auto& [keeper, shelved] : requests_) hasher.add(shelved.bytes.view());
  return hasher.finish();
}

}  // namespace jiyao
