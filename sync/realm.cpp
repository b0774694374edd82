// sync/realm.cpp - bodies of roster records, in an order that the rules accept.
#include "sync/realm.h"

#include <set>

#include "schema/limits.h"
#include "schema/papers.h"
#include "sync/batch_log.h"
#include "sync/log_core.h"

namespace jiyao {

EpochDraft draft_epoch(const CompartmentId& compartment, std::uint32_t epoch,
                       const BoxPublicKey& drafter) {
  const Secret<32> seed = Secret<32>::random();
  EpochSecrets secrets{.compartment = compartment, .secrets = {{.epoch = epoch, .seed = {}}}};
  std::ranges::copy(seed.reveal(), secrets.secrets.front().seed.bytes.begin());
  Bytes encoded = encode_secrets(secrets);
  EpochDraft draft{.record = {.compartment = compartment,
                              .epoch = epoch,
                              .key = box_key_from(seed)->public_key()},
                   .sealed = seal_box(drafter, encoded)};
  wipe(encoded);
  wipe(secrets.secrets.front().seed.bytes);
  return draft;
}

RosterDraft::RosterDraft(const Roster& roster, const NodeId& drafter, const BoxPublicKey& box,
                         std::int64_t made_ms)
    : roster_(roster),
      realm_(roster.realm()),
      drafter_(drafter),
      box_(box),
      made_ms_(made_ms),
      realm_office_(roster.realm_record().realm_office) {}

RosterDraft::RosterDraft(const RealmId& realm, const RealmRecord& first, const NodeId& drafter,
                         const BoxPublicKey& box, std::int64_t made_ms)
    : realm_(realm),
      drafter_(drafter),
      box_(box),
      made_ms_(made_ms),
      realm_office_(first.realm_office) {
  add(first);
}

RosterDraft& RosterDraft::add(RosterBody body) {
  bodies_.push_back(std::move(body));
  return *this;
}

RosterDraft& RosterDraft::add_office(const OfficeId& office, const NodeId& lead, bool is_archive) {
  return add(OfficeRecord{.office = office, .lead = lead, .is_archive = is_archive});
}

const NodeRecord* RosterDraft::node(const NodeId& id) const {
  for (auto body = bodies_.rbegin(); body != bodies_.rend(); ++body)
    if (const auto* drafted = std::get_if<NodeRecord>(&*body))
      if (drafted->node == id) return drafted;
  const NodeEntry* entry = roster_.node(id);
  return entry == nullptr ? nullptr : &entry->record;
}

// As Roster::keeper() will say once this draft is applied.
NodeId RosterDraft::keeper(const CompartmentId& compartment) const {
  const bool is_with_archive = compartment.level != Level::top_secret;
  const NodeId before = roster_.keeper(compartment);
  const NodeEntry* keeper = roster_.node(before);
  if (is_with_archive && keeper != nullptr && keeper->record.is_archive) return before;
  NodeId lead = before;
  for (const RosterBody& body : bodies_) {
    const auto* drafted = std::get_if<NodeRecord>(&body);
    if (is_with_archive && drafted != nullptr && drafted->is_archive &&
        drafted->device_ceiling >= compartment.level)
      return drafted->node;
    const auto* office = std::get_if<OfficeRecord>(&body);
    if (office != nullptr && office->office == compartment.office) lead = office->lead;
  }
  const NodeRecord* machine = node(lead);
  return machine != nullptr && machine->device_ceiling >= compartment.level ? lead : NodeId{};
}

std::uint32_t RosterDraft::newest_epoch(const CompartmentId& compartment) const {
  const std::optional<EpochEntry> held = roster_.epoch(compartment);
  std::uint32_t newest = held ? held->epoch : 0;
  for (const RosterBody& body : bodies_)
    if (const auto* drafted = std::get_if<EpochRecord>(&body))
      if (drafted->compartment == compartment) newest = std::max(newest, drafted->epoch);
  return newest;
}

void RosterDraft::add_epoch(const CompartmentId& compartment) {
  if (keeper(compartment) != drafter_) {
    epochs_of_others_.push_back(compartment);
    return;
  }
  epochs_.push_back(draft_epoch(compartment, newest_epoch(compartment) + 1, box_));
  add(epochs_.back().record);
}

RosterDraft& RosterDraft::rotate(const CompartmentId& compartment) {
  add_epoch(compartment);
  return *this;
}

RosterDraft& RosterDraft::give_access(const NodeId& node, const CompartmentId& compartment,
                                      AccessRight right) {
  const bool is_asked_for = std::find(epochs_of_others_.begin(), epochs_of_others_.end(),
                                      compartment) != epochs_of_others_.end();
  const bool has_left =
      right == AccessRight::none && roster_.access(node, compartment) != AccessRight::none;
  add(AccessRecord{.node = node, .compartment = compartment, .right = right});
  if ((newest_epoch(compartment) == 0 || has_left) && !is_asked_for) add_epoch(compartment);
  return *this;
}

std::vector<CompartmentId> RosterDraft::known_compartments() const {
  const std::vector<CompartmentId> held = roster_.named_compartments();
  std::set<CompartmentId> known(held.begin(), held.end());
  for (const RosterBody& body : bodies_) {
    if (const auto* epoch = std::get_if<EpochRecord>(&body)) known.insert(epoch->compartment);
    if (const auto* access = std::get_if<AccessRecord>(&body)) known.insert(access->compartment);
  }
  return {known.begin(), known.end()};
}

RosterDraft& RosterDraft::enrol(const NodeRecord& node, std::span<const Level> levels) {
  add(node);
  const auto may_hold = [](const NodeRecord& machine, const CompartmentId& compartment) {
    return compartment.level <= machine.device_ceiling;
  };
  std::set<NodeId> archives;
  for (const NodeId& id : roster_.nodes()) archives.insert(id);
  for (const RosterBody& body : bodies_)
    if (const auto* drafted = std::get_if<NodeRecord>(&body)) archives.insert(drafted->node);
  std::erase_if(archives, [this](const NodeId& id) {
    const NodeEntry* entry = roster_.node(id);
    return !this->node(id)->is_archive || (entry != nullptr && entry->is_revoked);
  });

  const CompartmentId directory{.office = realm_office_, .level = Level::internal};
  std::set<CompartmentId> own{directory};
  for (const Level level : levels) own.insert({.office = node.office, .level = level});
  for (const CompartmentId& compartment : own) {
    const bool is_writer = node.is_archive || compartment.office == node.office;
    if (may_hold(node, compartment))
      give_access(node.node, compartment, is_writer ? AccessRight::write : AccessRight::read);
    if (compartment.level == Level::top_secret) continue;  // its office's own business
    for (const NodeId& archive : archives)
      if (archive != node.node && may_hold(*this->node(archive), compartment) &&
          roster_.access(archive, compartment) != AccessRight::write)
        give_access(archive, compartment, AccessRight::write);
  }
  if (!node.is_archive) return *this;
  for (const CompartmentId& compartment : known_compartments())
    if (!own.contains(compartment) && may_hold(node, compartment) &&
        compartment.level != Level::top_secret)
      give_access(node.node, compartment, AccessRight::write);
  return *this;
}

std::size_t RosterDraft::confirm(const EpochRequest& request) {
  const bool is_shut_out = std::ranges::any_of(bodies_, [&](const RosterBody& body) {
    const auto* revoked = std::get_if<RevokeRecord>(&body);
    return revoked != nullptr && revoked->node == request.keeper;
  });
  std::size_t confirmed = 0;
  for (const EpochRecord& epoch : open_epochs(request, roster_)) {
    if (is_shut_out || keeper(epoch.compartment) != request.keeper ||
        epoch.epoch != newest_epoch(epoch.compartment) + 1)
      continue;
    add(epoch);
    ++confirmed;
  }
  for (const KeptStream& stream : open_streams(request, roster_)) {  // said while it was in service
    keep_stream(stream);
    ++confirmed;
  }
  return confirmed;
}

// A later ruling on a machine replaces the earlier, so it repeats what that one kept.
void RosterDraft::keep_stream(const KeptStream& stream) {
  RevokeRecord* ruling = nullptr;
  for (RosterBody& body : bodies_)
    if (auto* drafted = std::get_if<RevokeRecord>(&body); drafted != nullptr)
      if (drafted->node == stream.node) ruling = drafted;
  if (ruling == nullptr) {
    add(RevokeRecord{.node = stream.node, .cuts = roster_.node(stream.node)->cuts});
    ruling = &std::get<RevokeRecord>(bodies_.back());
  }
  const auto stream_of = [](const StreamCut& cut) {
    return std::pair(cut.incarnation, cut.compartment);
  };
  const auto at = std::ranges::lower_bound(ruling->cuts, stream_of(stream.cut), {}, stream_of);
  if (at == ruling->cuts.end() || stream_of(*at) != stream_of(stream.cut))
    ruling->cuts.insert(at, stream.cut);
}

RosterDraft& RosterDraft::revoke(const NodeId& node, std::vector<StreamCut> cuts) {
  add(RevokeRecord{.node = node, .cuts = std::move(cuts)});
  for (const CompartmentId& compartment : roster_.compartments()) {
    if (roster_.access(node, compartment) == AccessRight::none) continue;
    add(AccessRecord{.node = node, .compartment = compartment, .right = AccessRight::none});
    add_epoch(compartment);
  }
  return *this;
}

std::vector<RosterRecord> RosterDraft::records() const {
  std::vector<RosterRecord> records;
  RosterPoint before = roster_.point();
  const auto begin_record = [&] {
    records.push_back({.realm = realm_,
                       .seq = before.seq + 1,
                       .prev = before.hash,
                       .made_ms = made_ms_,
                       .bodies = {},
                       .signatures = {}});
  };
  for (const RosterBody& body : bodies_) {
    if (records.empty()) begin_record();
    if (records.back().bodies.size() == kRecordBodiesMax) {
      before = {.seq = records.back().seq, .hash = digest_of(records.back())};
      begin_record();
    }
    records.back().bodies.push_back(body);
  }
  return records;
}

void sign_record(RosterRecord& record, const UserId& person, const SigningKey& root) {
  record.signatures.push_back(
      {.person = person, .signature = root.sign(Label::roster, digest_of(record))});
  std::sort(record.signatures.begin(), record.signatures.end(),
            [](const RootSignature& a, const RootSignature& b) {
              return std::pair(a.person, a.signature) < std::pair(b.person, b.signature);
            });
}

std::vector<StreamCut> cuts_at_tips(const BatchLog& log, const NodeId& node) {
  std::vector<StreamCut> cuts;
  std::map<std::pair<IncarnationId, CompartmentId>, std::pair<std::uint64_t, BatchId>> greatest;
  for (const CompartmentId& compartment : log.compartments()) {
    for (const BatchId& tip : log.frontier(compartment).tips) {
      const Result<SealedBatch> batch = log.batch(tip);
      if (!batch || batch->core().node != node) continue;
      auto& held = greatest[{batch->core().incarnation, compartment}];
      held = std::max(held, std::pair(batch->core().seq, tip));
    }
  }
  for (const auto& [stream, tip] : greatest)
    cuts.push_back({.incarnation = stream.first, .compartment = stream.second, .last = tip.second});
  return cuts;
}

}  // namespace jiyao
