// tests/vectors/samples_changes.cpp - golden vectors of changes, batches and their bodies:
// fixed keys, counted-up ids, one fault each in the bad ones.
#include "schema/batch.h"
#include "schema/columns.h"
#include "vectors/sample_parts.h"

namespace jiyao::vectors {
namespace {

Change odd_texts(const std::string& value) {
  Change change = sample::registered(1);
  change.writes = {{"title", value}};
  return change;
}

Vectors changes() {
  const Change first = sample::registered(1);
  Change signed_one = sample::amended(first, 2, "订正");
  signed_one.person = block<Signature>(0x90);
  Vectors out = {{"create", "good", canonical(first)},
                 {"amend", "good", canonical(sample::amended(first, 2, "订正"))},
                 {"amend_signed_by_a_person", "good", canonical(signed_one)},
                 {"lone_surrogate", "malformed", canonical(odd_texts("\xED\xA0\x80"))},
                 {"overlong_utf8", "malformed", canonical(odd_texts("\xC0\xAF"))},
                 {"not_nfc", "malformed", canonical(odd_texts("e\xCC\x81"))},
                 {"nul_in_text", "malformed", canonical(odd_texts(std::string("a\0b", 3)))},
                 {"newer_version", "newer", patched(canonical(first), 0, 2)}};
  Change bad = first;
  std::swap(bad.writes[0], bad.writes[1]);
  out.push_back({"unsorted_groups", "malformed", canonical(bad)});
  bad = first;
  bad.writes[1] = bad.writes[0];
  out.push_back({"duplicate_group", "malformed", canonical(bad)});
  bad = first;
  bad.ledger = "Incoming";
  out.push_back({"ledger_in_capitals", "malformed", canonical(bad)});
  bad = first;
  bad.parents = {block<ChangeId>(1)};
  out.push_back({"create_with_a_parent", "malformed", canonical(bad)});
  bad = sample::amended(first, 2, "x");
  bad.parents = {block<ChangeId>(2), block<ChangeId>(1)};
  out.push_back({"unsorted_parents", "malformed", canonical(bad)});
  bad.parents = {block<ChangeId>(1)};
  bad.settles = {block<ChangeId>(1)};
  out.push_back({"amend_that_settles", "malformed", canonical(bad)});
  out.push_back({"value_over_16_KiB", "malformed", canonical(odd_texts(std::string(16385, 'a')))});
  Bytes endless = canonical(first);
  const std::size_t ledger_length = 2 + 16 + 17 + 40 + 16 + 16;
  endless = patched(endless, ledger_length + 3, 0xFF);
  out.push_back({"oversize_length", "malformed", endless});
  out.push_back({"person_flag_two", "malformed", [&] {
                   Bytes bytes = canonical(first);
                   bytes.back() = 2;
                   return bytes;
                 }()});
  add_cuts(out, canonical(first));
  return out;
}

Bytes sealed(BatchCore core, Envelope envelope, const Bytes& body) {
  envelope.body_bytes = static_cast<std::uint32_t>(body.size());
  envelope.body_hash = body_hash(body);
  Bytes bytes = core_bytes(core);
  const Bytes rest = envelope_bytes(envelope);
  const BatchId id = batch_id(bytes, rest);
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  const Signature signature = key_of(7)->sign(Label::batch, id_from<Digest>(id));
  bytes.insert(bytes.end(), signature.bytes.begin(), signature.bytes.end());
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

Vectors batches() {
  BatchCore core;
  core.realm = sample::kRealm;
  core.node = block<NodeId>(0x30);
  core.incarnation = block<IncarnationId>(0x40);
  core.compartment = sample::kCompartment;
  core.seq = 1;
  core.count = 2;
  core.roster = {3, block<Digest>(0x50)};
  core.content_root = block<Digest>(0x60);
  Envelope envelope;
  envelope.wraps[0] = {sample::kCompartment, 1, block<KeyWrapBytes>(0x70)};
  envelope.key_commitment = block<Digest>(0x80);
  const Bytes body(64, 0xAB);
  const Bytes good = sealed(core, envelope, body);
  BatchCore second = core;
  second.seq = 2;
  second.prev = block<BatchId>(0x90);
  second.cite = {block<HubId>(1), block<IncarnationId>(2), 9, block<Digest>(3)};
  Envelope letter = envelope;
  letter.wraps[1] = {{block<OfficeId>(0xA0), Level::internal}, 4, block<KeyWrapBytes>(0x11)};
  Vectors out = {{"first_of_a_stream", "good", good},
                 {"second_citing_a_head", "good", sealed(second, envelope, body)},
                 {"letter_with_two_wraps", "good", sealed(second, letter, body)}};
  BatchCore bad = core;
  bad.count = 0;
  out.push_back({"no_changes", "malformed", sealed(bad, envelope, body)});
  bad.count = 1001;
  out.push_back({"1001_changes", "malformed", sealed(bad, envelope, body)});
  bad = core;
  bad.prev = block<BatchId>(1);
  out.push_back({"first_with_prev", "malformed", sealed(bad, envelope, body)});
  bad = core;
  bad.seq = 2;
  out.push_back({"second_without_prev", "malformed", sealed(bad, envelope, body)});
  bad = core;
  bad.roster.seq = 0;
  out.push_back({"roster_zero_with_hash", "malformed", sealed(bad, envelope, body)});
  bad = core;
  bad.cite.position = 5;
  out.push_back({"cite_without_hub", "malformed", sealed(bad, envelope, body)});
  Envelope loose = letter;
  loose.wraps[0] = {};
  out.push_back({"second_wrap_without_first", "malformed", sealed(core, loose, body)});
  out.push_back({"unknown_level", "malformed", patched(good, 72, 5)});
  out.push_back({"reserved_in_core", "malformed", patched(good, 271, 1)});
  out.push_back({"reserved_in_envelope", "malformed", patched(good, 551, 1)});
  out.push_back({"body_changed", "malformed", patched(good, good.size() - 1, 0)});
  out.push_back({"body_length_lies", "malformed", patched(good, 548, 65)});
  add_common(out, good);
  return out;
}

// The fuzz target opens bodies of the realm and compartment that are all zero.
std::vector<Change> of_no_realm(std::vector<Change> changes) {
  std::vector<Change> out;
  for (Change& change : changes) {
    change.realm = {};
    change.compartment = {};
    if (!change.parents.empty()) change.parents = {id_of(out.back())};
    out.push_back(change);
  }
  return out;
}

Vectors bodies() {
  const BodySalt salt = block<BodySalt>(0x80);
  const Change first = sample::registered(1);
  const std::vector<Change> two = of_no_realm({first, sample::amended(first, 2, "订正")});
  const std::vector<Change> one = of_no_realm({first});
  const Bytes good = encode_columns(two, salt);
  Vectors out = {{"one_paper", "good", encode_columns(one, salt)},
                 {"a_paper_and_its_amendment", "good", good}};
  const std::size_t count_at = 8 + 16;
  out.push_back({"no_changes", "malformed", patched(good, count_at, 0)});
  out.push_back({"more_changes_than_columns", "malformed", patched(good, count_at, 3)});
  out.push_back({"unknown_kind", "malformed", patched(good, count_at + 2, 8)});
  out.push_back({"ledger_before_the_first", "malformed", patched(good, count_at + 4, 0)});
  out.push_back(
      {"one_change_twice", "malformed", encode_columns(of_no_realm({first, first}), salt)});
  add_common(out, good);
  return out;
}

}  // namespace

Samples change_samples() {
  return {{"change", changes}, {"batch", batches}, {"columns", bodies}};
}

}  // namespace jiyao::vectors
