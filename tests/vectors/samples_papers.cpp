// tests/vectors/samples_papers.cpp - golden vectors of roster records, heads, receipts, grants and
// requests for epochs:
// fixed keys, counted-up ids, one fault each in the bad ones.
#include "schema/papers.h"
#include "schema/roster_record.h"
#include "vectors/sample_parts.h"

namespace jiyao::vectors {
namespace {

RosterRecord realm_record() {
  RosterRecord record;
  record.realm = sample::kRealm;
  record.seq = 1;
  record.made_ms = 1711000000000;
  RealmRecord realm;
  realm.roots = {{block<UserId>(1), key_of(1)->verify_key()},
                 {block<UserId>(2), key_of(2)->verify_key()}};
  realm.threshold = 2;
  realm.realm_office = block<OfficeId>(0x20);
  OfficeRecord office{block<OfficeId>(0x20), {}, true};
  record.bodies = {realm, office};
  for (const std::uint8_t person : {std::uint8_t{1}, std::uint8_t{2}})
    record.signatures.push_back(
        {block<UserId>(person), key_of(person)->sign(Label::roster, digest_of(record))});
  return record;
}

RosterRecord every_kind() {
  RosterRecord record;
  record.realm = sample::kRealm;
  record.seq = 2;
  record.prev = digest_of(realm_record());
  const CompartmentId compartment = sample::kCompartment;
  NodeRecord node;
  node.node = block<NodeId>(0x30);
  node.office = compartment.office;
  node.sign = key_of(3)->verify_key();
  node.box = block<BoxPublicKey>(4);
  UserRecord user{block<UserId>(5), compartment.office, key_of(5)->verify_key(),
                  role_bit(Role::intake_clerk) | role_bit(Role::registrar), Level::secret};
  HubRecord hub{block<HubId>(6), key_of(6)->verify_key(), Level::internal, block<Digest>(7),
                "https://hub.example:8443"};
  RevokeRecord revoke{node.node, {{block<IncarnationId>(0x40), compartment, block<BatchId>(8)}}};
  record.bodies = {node,
                   user,
                   AccessRecord{node.node, compartment, AccessRight::write},
                   EpochRecord{compartment, 1, block<BoxPublicKey>(9)},
                   hub,
                   RulesetRecord{1, block<Digest>(10)},
                   revoke,
                   AdmitRecord{{block<BatchId>(11)}},
                   PurgeRecord{compartment, {block<RecordId>(12)}, "销毁清册2024-3"},
                   LaneRecord{node.node, block<NodeId>(13), false}};
  return record;
}

Vectors roster_records() {
  const RosterRecord realm = realm_record();
  const Bytes good = encode_record(realm);
  Vectors out = {{"realm_of_two_roots", "good", good},
                 {"every_other_kind", "good", encode_record(every_kind())}};
  const auto bad = [&](const char* name, const std::function<void(RosterRecord&)>& spoil) {
    RosterRecord record = realm_record();
    spoil(record);
    out.push_back({name, "malformed", encode_record(record)});
  };
  const auto realm_of = [](RosterRecord& record) -> RealmRecord& {
    return std::get<RealmRecord>(record.bodies[0]);
  };
  bad("threshold_zero", [&](RosterRecord& r) { realm_of(r).threshold = 0; });
  bad("threshold_above_roots", [&](RosterRecord& r) { realm_of(r).threshold = 3; });
  bad("two_persons_one_key",
      [&](RosterRecord& r) { realm_of(r).roots[1].key = realm_of(r).roots[0].key; });
  bad("unsorted_roots",
      [&](RosterRecord& r) { std::swap(realm_of(r).roots[0], realm_of(r).roots[1]); });
  bad("one_signer_twice", [](RosterRecord& r) { r.signatures[1] = r.signatures[0]; });
  bad("sequence_zero", [](RosterRecord& r) { r.seq = 0; });
  bad("first_with_prev", [](RosterRecord& r) { r.prev = block<Digest>(1); });
  bad("says_nothing", [](RosterRecord& r) { r.bodies.clear(); });
  bad("lane_to_itself", [](RosterRecord& r) { r.bodies = {LaneRecord{}}; });
  bad("unknown_role", [](RosterRecord& r) {
    r.bodies = {UserRecord{{}, {}, {}, kEveryRole + 1, {}}};
  });
  const std::size_t kind_at = 8 + 16 + 8 + 32 + 8 + 4;
  out.push_back({"kind_of_a_later_program", "newer", patched(good, kind_at, 13)});
  out.push_back({"no_kind", "malformed", patched(good, kind_at, 0)});
  out.push_back({"oversize_count", "malformed", patched(good, kind_at - 1, 0xFF)});
  add_common(out, good);
  return out;
}

HubHead sample_head() {
  HubHead head;
  head.realm = sample::kRealm;
  head.hub = block<HubId>(1);
  head.incarnation = block<IncarnationId>(2);
  head.position = 1;
  head.head = next_head({}, block<BatchId>(3));
  head.roster = {1, block<Digest>(4)};
  head.signature = key_of(6)->sign(Label::head_sign, digest_to_sign(head));
  return head;
}

Vectors heads() {
  const HubHead head = sample_head();
  HubHead second_life = head;
  second_life.former = {block<HubId>(1), block<IncarnationId>(9), 77, block<Digest>(5)};
  HubHead odd = head;
  odd.position = 0;
  HubHead orphan = head;
  orphan.former.position = 3;
  Vectors out = {{"first_batch", "good", encode_head(head)},
                 {"second_life", "good", encode_head(second_life)},
                 {"position_zero_with_head", "malformed", encode_head(odd)},
                 {"former_without_hub", "malformed", encode_head(orphan)}};
  add_common(out, encode_head(head));
  return out;
}

Receipt sample_receipt() {
  Receipt receipt;
  receipt.realm = sample::kRealm;
  receipt.grade = Grade::archived;
  receipt.issuer = block<decltype(receipt.issuer)>(1);
  receipt.incarnation = block<IncarnationId>(2);
  receipt.serial = 3;
  receipt.compartment = sample::kCompartment;
  receipt.batches = {block<BatchId>(4), block<BatchId>(5)};
  receipt.head = sample_head();
  receipt.sets = {block<SetId>(6)};
  receipt.signature = key_of(6)->sign(Label::receipt, digest_to_sign(receipt));
  return receipt;
}

Vectors receipts() {
  const Receipt archived = sample_receipt();
  Receipt applied = archived;
  applied.grade = Grade::applied;
  applied.head.reset();
  applied.states = {{sample::kCompartment, block<Digest>(7), block<Digest>(8)}};
  Vectors out = {{"archived", "good", encode_receipt(archived)},
                 {"applied", "good", encode_receipt(applied)}};
  Receipt bad = archived;
  std::swap(bad.batches[0], bad.batches[1]);
  out.push_back({"unsorted_batches", "malformed", encode_receipt(bad)});
  bad = archived;
  bad.batches[1] = bad.batches[0];
  out.push_back({"one_batch_twice", "malformed", encode_receipt(bad)});
  bad = applied;
  bad.grade = Grade::carried;
  out.push_back({"carried_with_a_state", "malformed", encode_receipt(bad)});
  bad = applied;
  bad.states[0].compartment.level = Level::internal;
  out.push_back({"state_of_another_compartment", "malformed", encode_receipt(bad)});
  bad = archived;
  bad.grade = Grade::applied;
  out.push_back({"applied_with_a_head", "malformed", encode_receipt(bad)});
  const Bytes good = encode_receipt(archived);
  out.push_back({"unknown_grade", "malformed", patched(good, 24, 4)});
  add_common(out, good);
  return out;
}

Vectors grants() {
  Grant grant;
  grant.realm = sample::kRealm;
  grant.node = block<NodeId>(1);
  grant.compartment = sample::kCompartment;
  grant.roster = {2, block<Digest>(2)};
  grant.keeper = block<NodeId>(3);
  grant.sealed = Bytes(100, 0xCD);
  grant.signature = key_of(3)->sign(Label::grant, digest_to_sign(grant));
  const Bytes good = encode_grant(grant);
  Grant bad = grant;
  bad.roster.seq = 0;
  Vectors out = {{"one_compartment", "good", good},
                 {"roster_zero_with_hash", "malformed", encode_grant(bad)},
                 {"oversize_length", "malformed", patched(good, 8 + 32 + 17 + 40 + 16 + 3, 0x7F)}};
  add_common(out, good);
  return out;
}

// Version 2: streams of machines that were shut out.
void add_kept_streams(Vectors& out, EpochRequest request) {
  request.kept = {
      {block<NodeId>(4), {block<IncarnationId>(5), sample::kCompartment, block<BatchId>(6)}},
      {block<NodeId>(5), {block<IncarnationId>(5), sample::kCompartment, block<BatchId>(7)}}};
  const auto resigned = [](EpochRequest spoilt) {
    spoilt.signature = key_of(3)->sign(Label::epoch_request, digest_to_sign(spoilt));
    return encode_epoch_request(spoilt);
  };
  const Bytes good = resigned(request);
  out.push_back({"kept_streams", "good", good});
  EpochRequest streams_only = request;
  streams_only.epochs.clear();
  out.push_back({"kept_streams_alone", "good", resigned(streams_only)});
  std::swap(request.kept[0], request.kept[1]);
  out.push_back({"kept_unsorted", "malformed", resigned(request)});
  request.kept[0] = request.kept[1];
  out.push_back({"one_stream_twice", "malformed", resigned(request)});
  out.push_back({"kept_in_version_one", "malformed", patched(good, 4, 1)});
  Bytes none(good.begin(), good.begin() + 8 + 16 + 16 + 8);
  none.resize(none.size() + 4 + 4 + Signature::kBytes);
  out.push_back({"kept_nothing", "malformed", none});
}

Vectors epoch_requests() {
  EpochRequest two;
  two.realm = sample::kRealm;
  two.keeper = block<NodeId>(3);
  two.serial = 7;
  CompartmentId above = sample::kCompartment;
  above.level = Level::top_secret;
  two.epochs = {
      {sample::kCompartment, 1,
       box_key_from(Secret<32>::copy_of(block<Digest>(1).view()))->public_key()},
      {above, 2, box_key_from(Secret<32>::copy_of(block<Digest>(2).view()))->public_key()}};
  two.signature = key_of(3)->sign(Label::epoch_request, digest_to_sign(two));
  const Bytes good = encode_epoch_request(two);
  Vectors out = {{"two_compartments", "good", good}};
  const auto bad = [&](const char* name, const std::function<void(EpochRequest&)>& spoil) {
    EpochRequest request = two;
    spoil(request);
    out.push_back({name, "malformed", encode_epoch_request(request)});
  };
  bad("unsorted", [](EpochRequest& r) { std::swap(r.epochs[0], r.epochs[1]); });
  bad("one_compartment_twice",
      [](EpochRequest& r) { r.epochs[1].compartment = r.epochs[0].compartment; });
  bad("epoch_zero", [](EpochRequest& r) { r.epochs[0].epoch = 0; });
  bad("key_nobody_holds", [](EpochRequest& r) { r.epochs[0].key = {}; });
  bad("asks_for_nothing", [](EpochRequest& r) { r.epochs.clear(); });
  out.push_back({"oversize_count", "malformed", patched(good, 8 + 16 + 16 + 8 + 3, 0x7F)});
  add_cuts(out, good);
  add_preamble(out, good, 4, 2);
  add_kept_streams(out, two);
  return out;
}

Vectors secrets() {
  EpochSecrets two;
  two.compartment = sample::kCompartment;
  two.secrets = {{1, block<decltype(EpochSecret::seed)>(1)},
                 {2, block<decltype(EpochSecret::seed)>(2)}};
  const Bytes good = encode_secrets(two);
  EpochSecrets zero = two;
  zero.secrets[0].epoch = 0;
  EpochSecrets twice = two;
  twice.secrets[1].epoch = 1;
  Vectors out = {{"two_epochs", "good", good},
                 {"epoch_zero", "malformed", encode_secrets(zero)},
                 {"one_epoch_twice", "malformed", encode_secrets(twice)}};
  add_common(out, good);
  return out;
}

}  // namespace

Samples paper_samples() {
  return {{"roster_record", roster_records},
          {"hub_head", heads},
          {"receipt", receipts},
          {"grant", grants},
          {"epoch_request", epoch_requests},
          {"epoch_secrets", secrets}};
}

}  // namespace jiyao::vectors
