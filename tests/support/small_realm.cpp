// tests/support/small_realm.cpp - see small_realm.h.
#include "support/small_realm.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace jiyao {

namespace {

// A realm that cannot be made is a broken test, not a failed one.
template <class T>
const T& must(const Result<T>& result, const char* what) {
  if (result) return *result;
  std::fprintf(stderr, "small_realm: %s: %s\n", what, result.error().detail.c_str());
  std::abort();
}

}  // namespace

SmallRealm::SmallRealm(std::uint64_t seed) : random_(seed) {
  realm_ = draw<RealmId>();
  root_person_ = draw<UserId>();
  root_key_ = signing_key_from(draw_seed());
  RealmRecord realm;
  realm.roots = {{root_person_, root_key_->verify_key()}};
  realm.realm_office = draw<OfficeId>();
  realm.network_ceiling = Level::secret;
  realm.medium_ceiling = Level::highly_secret;
  OfficeRecord office;
  office.office = realm.realm_office;
  add({realm, office});
}

Secret<32> SmallRealm::draw_seed() {
  return Secret<32>::copy_of(draw<Block<struct SeedTag, 32>>().view());
}

Bytes SmallRealm::signed_record(std::vector<RosterBody> bodies) const {
  RosterRecord record;
  record.realm = realm_;
  record.seq = roster_.point().seq + 1;
  record.prev = roster_.point().hash;
  record.bodies = std::move(bodies);
  record.signatures = {{root_person_, root_key_->sign(Label::roster, digest_of(record))}};
  return encode_record(record);
}

void SmallRealm::add(std::vector<RosterBody> bodies) {
  records_.push_back(signed_record(std::move(bodies)));
  roster_ = must(roster_.append(records_.back()), "roster record");
}

Result<Roster> SmallRealm::offer(std::vector<RosterBody> bodies) const {
  return roster_.append(signed_record(std::move(bodies)));
}

OfficeId SmallRealm::add_office(bool is_archive) {
  OfficeRecord office;
  office.office = draw<OfficeId>();
  office.is_archive = is_archive;
  add({office});
  return office.office;
}

Machine SmallRealm::add_node(const OfficeId& office, Level device_ceiling, bool is_archive,
                             NodeKind kind) {
  Machine machine{draw<NodeId>(), office, draw<IncarnationId>(), signing_key_from(draw_seed()),
                  box_key_from(draw_seed())};
  NodeRecord node;
  node.node = machine.node;
  node.office = office;
  node.kind = kind;
  node.is_archive = is_archive;
  node.device_ceiling = device_ceiling;
  node.sign = machine.sign->verify_key();
  node.box = machine.box->public_key();
  add({node});
  return machine;
}

TestHub SmallRealm::add_hub(Level ceiling) {
  TestHub hub{draw<HubId>(), draw<IncarnationId>(), signing_key_from(draw_seed())};
  HubRecord record;
  record.hub = hub.hub;
  record.sign = hub.sign->verify_key();
  record.ceiling = ceiling;
  record.address = "https://hub.example:8443";
  add({record});
  return hub;
}

void SmallRealm::add_hub_of(const Machine& machine, Level ceiling) {
  HubRecord record;
  record.hub = *HubId::from(machine.node.view());
  record.sign = machine.sign->verify_key();
  record.ceiling = ceiling;
  record.address = "https://127.0.0.1:1";
  add({record});
}

CompartmentId SmallRealm::open(const OfficeId& office, Level level) {
  EpochRecord epoch;
  epoch.compartment = {office, level};
  epoch.epoch = 1;
  epoch.key = box_key_from(draw_seed())->public_key();
  add({epoch});
  return epoch.compartment;
}

void SmallRealm::give(const Machine& machine, const CompartmentId& compartment, AccessRight right) {
  add({AccessRecord{machine.node, compartment, right}});
}

void SmallRealm::teach(BatchLog& log, std::uint64_t seq) const {
  const std::size_t end = seq == 0 ? records_.size() : static_cast<std::size_t>(seq);
  for (std::size_t i = 0; i < end; ++i) {
    const Result<void> taught = log.extend_roster(records_[i]);
    if (!taught) {
      std::fprintf(stderr, "small_realm: teach: %s\n", taught.error().detail.c_str());
      std::abort();
    }
  }
}

SealedBatch SmallRealm::write(const Machine& machine, const CompartmentId& compartment,
                              std::size_t body_bytes) {
  End& end = ends_[{Author{machine.node, machine.incarnation}, compartment}];
  SealedBatch batch = write_after(machine, compartment, end.tip, end.seq + 1, body_bytes);
  end = {batch.id(), end.seq + 1};
  return batch;
}

SealedBatch SmallRealm::write_after(const Machine& machine, const CompartmentId& compartment,
                                    const BatchId& prev, std::uint64_t seq,
                                    std::size_t body_bytes) {
  Bytes body(body_bytes);
  for (std::uint8_t& byte : body) byte = static_cast<std::uint8_t>(random_());
  BatchCore core;
  core.realm = realm_;
  core.node = machine.node;
  core.incarnation = machine.incarnation;
  core.compartment = compartment;
  core.seq = seq;
  core.prev = prev;
  core.roster = roster_.point();
  core.count = 1;
  core.content_root = draw<Digest>();
  Envelope envelope;
  envelope.wraps[0] = {compartment, 1, draw<KeyWrapBytes>()};
  envelope.key_commitment = draw<Digest>();
  envelope.body_hash = digest(Label::body, {body});
  envelope.body_bytes = static_cast<std::uint32_t>(body.size());
  Bytes bytes = core_bytes(core);
  const Bytes rest = envelope_bytes(envelope);
  const Digest id = digest(Label::batch, {bytes, rest});
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  const Signature signature = machine.sign->sign(Label::batch, id);
  bytes.insert(bytes.end(), signature.bytes.begin(), signature.bytes.end());
  bytes.insert(bytes.end(), body.begin(), body.end());
  return must(SealedBatch::parse(ByteView(bytes)), "batch");
}

Receipt SmallRealm::archived(const TestHub& hub, const CompartmentId& compartment,
                             std::vector<BatchId> batches, std::uint64_t serial) {
  Receipt receipt;
  receipt.realm = realm_;
  receipt.grade = Grade::archived;
  receipt.issuer.bytes = hub.hub.bytes;
  receipt.incarnation = hub.incarnation;
  receipt.serial = serial;
  receipt.compartment = compartment;
  receipt.batches = std::move(batches);
  std::sort(receipt.batches.begin(), receipt.batches.end());
  receipt.signature = hub.sign->sign(Label::receipt, digest_to_sign(receipt));
  return receipt;
}

Receipt SmallRealm::applied(const Machine& machine, const CompartmentId& compartment,
                            std::vector<BatchId> batches, std::uint64_t serial,
                            std::vector<SetId> sets) {
  Receipt receipt;
  receipt.realm = realm_;
  receipt.grade = Grade::applied;
  receipt.issuer.bytes = machine.node.bytes;
  receipt.incarnation = machine.incarnation;
  receipt.serial = serial;
  receipt.compartment = compartment;
  receipt.batches = std::move(batches);
  std::sort(receipt.batches.begin(), receipt.batches.end());
  receipt.sets = std::move(sets);
  std::sort(receipt.sets.begin(), receipt.sets.end());
  receipt.signature = machine.sign->sign(Label::receipt, digest_to_sign(receipt));
  return receipt;
}

EpochRequest SmallRealm::request(const Machine& keeper, const CompartmentId& compartment,
                                 std::uint64_t serial) {
  EpochRequest request;
  request.realm = realm_;
  request.keeper = keeper.node;
  request.serial = serial;
  const auto next = static_cast<std::uint32_t>(roster_.epochs(compartment).size() + 1);
  request.epochs = {{compartment, next, box_key_from(draw_seed())->public_key()}};
  request.signature = keeper.sign->sign(Label::epoch_request, digest_to_sign(request));
  return request;
}

Grant SmallRealm::grant(const Machine& keeper, const Machine& to,
                        const CompartmentId& compartment) {
  Grant grant;
  grant.realm = realm_;
  grant.node = to.node;
  grant.compartment = compartment;
  grant.roster = roster_.point();
  grant.keeper = keeper.node;
  grant.sealed = seal_box(to.box->public_key(), compartment.office.view());
  grant.signature = keeper.sign->sign(Label::grant, digest_to_sign(grant));
  return grant;
}

}  // namespace jiyao
