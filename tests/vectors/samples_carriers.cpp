// tests/vectors/samples_carriers.cpp - golden vectors of frames, bundles, enrolment, hand-overs and
// texts: fixed keys, counted-up ids, one fault each in the bad ones.
#include "schema/bundle_format.h"
#include "schema/enrolment.h"
#include "schema/frames.h"
#include "schema/hand_over.h"
#include "schema/value.h"
#include "vectors/sample_parts.h"

namespace jiyao::vectors {
namespace {

Vectors haves() {
  const Have have{{4, block<Digest>(1)}, block<Digest>(2), block<Digest>(3), block<Digest>(4)};
  Vectors out = {{"an_office", "good", encode_have(have)}};
  add_common(out, encode_have(have));
  return out;
}

Vectors all_frontiers() {
  const Frontier frontier{{block<BatchId>(1), block<BatchId>(2)}, {block<BatchId>(3)}};
  Frontiers frontiers;
  frontiers.digests = {{sample::kCompartment, digest_of(frontier)}};
  frontiers.full = {{sample::kCompartment, frontier}};
  const Bytes good = encode_frontiers(frontiers);
  Vectors out = {{"one_compartment", "good", good}};
  Frontiers bad = frontiers;
  bad.digests.clear();
  out.push_back({"full_without_digest", "malformed", encode_frontiers(bad)});
  bad = frontiers;
  bad.digests[0].frontier = block<Digest>(9);
  out.push_back({"digest_of_another", "malformed", encode_frontiers(bad)});
  bad = frontiers;
  bad.digests.push_back(bad.digests[0]);
  out.push_back({"one_compartment_twice", "malformed", encode_frontiers(bad)});
  bad = frontiers;
  std::swap(bad.full[0].frontier.tips[0], bad.full[0].frontier.tips[1]);
  out.push_back({"unsorted_tips", "malformed", encode_frontiers(bad)});
  add_common(out, good);
  return out;
}

Vectors refusals() {
  const Bytes good = encode_refused({{block<BatchId>(1), block<BatchId>(2)}});
  Vectors out = {
      {"two_batches", "good", good},
      {"unsorted", "malformed", encode_refused({{block<BatchId>(2), block<BatchId>(1)}})},
      {"oversize_count", "malformed", patched(good, 11, 0xFF)}};
  add_common(out, good);
  return out;
}

Vectors messages() {
  Bytes good;
  put_frame(good, FrameType::have, Bytes{1, 2, 3});
  put_frame(good, FrameType::end, {});
  Bytes loud;
  put_frame(loud, FrameType::end, Bytes{1});
  return {{"have_and_end", "good", good},
          {"nothing", "good", {}},
          {"type_above_ours", "newer", patched(good, 0, 12)},
          {"type_zero", "malformed", patched(good, 0, 0)},
          {"end_with_bytes", "malformed", loud},
          {"cut_in_a_frame", "malformed", Bytes(good.begin(), good.begin() + 6)},
          {"cut_in_a_length", "malformed", Bytes(good.begin(), good.begin() + 3)},
          {"over_512_KiB", "malformed", patched(good, 3, 0x09)}};
}

BundleOuter sample_outer() {
  BundleOuter outer;
  outer.realm = sample::kRealm;
  outer.set = block<SetId>(1);
  outer.bundle = block<BundleId>(2);
  outer.volume = 2;
  outer.label = Level::secret;
  outer.sender = block<NodeId>(3);
  outer.lane_seq = 4;
  outer.made_ms = 1711000000000;
  outer.stream = block<StreamHeader>(5);
  return outer;
}

Vectors bundle_heads() {
  const BundleSlot slot{block<decltype(BundleSlot::hint)>(6),
                        block<decltype(BundleSlot::sealed)>(7)};
  const BodyKey key = BodyKey::copy_of(block<Digest>(8).view());
  const Bytes good = make_head(sample_outer(), {slot}, key).bytes;
  Vectors out = {
      {"one_recipient", "good", good},
      {"four_recipients", "good", make_head(sample_outer(), {slot, slot, slot, slot}, key).bytes},
      {"volume_zero", "malformed", patched(good, 64, 0)},
      {"unknown_label", "malformed", patched(good, 68, 5)},
      {"slots_lie", "malformed", patched(good, 69, 2)},
      {"length_lies", "malformed", patched(good, 12, 0)},
      {"reserved_after_slots", "malformed", patched(good, 70, 1)}};
  add_cuts(out, good);
  add_preamble(out, good, 8);
  return out;
}

Vectors manifests() {
  BundleManifest manifest;
  manifest.volumes = 3;
  manifest.incarnation = block<IncarnationId>(1);
  manifest.roster = {2, block<Digest>(2)};
  manifest.recipients = {block<NodeId>(3)};
  manifest.highest = Level::secret;
  manifest.entries = {{sample::kCompartment, 2, 40}};
  manifest.frames_bytes = 70000;
  manifest.closes = {block<SetId>(4)};
  const Bytes good = encode_manifest(manifest);
  Vectors out = {{"volume_of_three", "good", good}};
  BundleManifest bad = manifest;
  bad.recipients.clear();
  out.push_back({"for_nobody", "malformed", encode_manifest(bad)});
  bad = manifest;
  bad.highest = Level::internal;
  out.push_back({"highest_too_low", "malformed", encode_manifest(bad)});
  bad = manifest;
  bad.entries.push_back(bad.entries[0]);
  out.push_back({"one_compartment_twice", "malformed", encode_manifest(bad)});
  add_common(out, good);
  return out;
}

Invitation sample_invitation() {
  Invitation invitation;
  invitation.realm = sample::kRealm;
  invitation.invite = block<RequestId>(1);
  invitation.secret = block<InvitationSecret>(2);
  invitation.root_print = block<Digest>(3);
  invitation.hub_address = "https://hub.example:8443";
  invitation.hub_certificate = block<Digest>(4);
  invitation.office = block<OfficeId>(0x20);
  invitation.accesses = {{sample::kCompartment, AccessRight::write}};
  invitation.expires_ms = 1711259200000;
  return invitation;
}

Vectors invitations() {
  const Invitation networked = sample_invitation();
  Invitation alone = networked;
  alone.kind = NodeKind::standalone;
  alone.hub_address.clear();
  alone.hub_certificate = {};
  Vectors out = {{"networked", "good", encode_invitation(networked)},
                 {"standalone", "good", encode_invitation(alone)}};
  Invitation bad = networked;
  bad.hub_certificate = {};
  out.push_back({"address_without_certificate", "malformed", encode_invitation(bad)});
  bad = networked;
  bad.accesses[0].right = AccessRight::none;
  out.push_back({"gives_no_right", "malformed", encode_invitation(bad)});
  bad = networked;
  bad.hub_address = "https://hub\xFF";
  out.push_back({"address_not_utf8", "malformed", encode_invitation(bad)});
  add_common(out, encode_invitation(networked));
  return out;
}

Vectors printed_invitations() {
  const std::string good = print_invitation(sample_invitation());
  std::string lower = good;
  for (char& c : lower) c = c == '0' ? 'o' : c == '1' ? 'l' : static_cast<char>(std::tolower(c));
  std::string mistyped = good;
  mistyped[2] = mistyped[2] == 'A' ? 'B' : 'A';
  return {{"as_printed", "good", to_bytes(good)},
          {"typed_in_small_letters", "good", to_bytes(lower)},
          {"mistyped", "malformed", to_bytes(mistyped)},
          {"letter_u", "malformed", to_bytes("U" + good)},
          {"half", "malformed", to_bytes(good.substr(0, good.size() / 2))},
          {"empty", "malformed", {}}};
}

Vectors enrol_requests() {
  EnrolRequest request;
  request.realm = sample::kRealm;
  request.invite = block<RequestId>(1);
  request.request = block<RequestId>(2);
  request.office = block<OfficeId>(0x20);
  request.node = block<NodeId>(3);
  request.node_sign = key_of(4)->verify_key();
  request.node_box = box_key_from(Secret<32>::copy_of(block<Digest>(5).view()))->public_key();
  request.user = block<UserId>(6);
  request.user_sign = key_of(7)->verify_key();
  request.roles = role_bit(Role::intake_clerk);
  request.made_ms = 1711000000000;
  const auto made = [&] {
    EnrolRequest copy = request;
    sign_request(copy, block<InvitationSecret>(2), *key_of(7), *key_of(4));
    return encode_request(copy);
  };
  const Bytes good = made();
  Vectors out = {{"first_machine", "good", good}};
  request.roles = kEveryRole + 1;
  out.push_back({"unknown_role", "malformed", made()});
  request.roles = 0;
  request.node_box = {};
  out.push_back({"box_key_nobody_holds", "not_authentic", made()});
  out.push_back({"office_changed", "not_authentic", patched(good, 60, 0xEE)});
  out.push_back({"node_signature_changed", "not_authentic",
                 patched(good, good.size() - 1, static_cast<std::uint8_t>(good.back() ^ 1))});
  add_common(out, good);
  return out;
}

Vectors user_requests() {
  UserRequest request;
  request.realm = sample::kRealm;
  request.request = block<RequestId>(2);
  request.office = block<OfficeId>(0x20);
  request.node = block<NodeId>(3);
  request.user = block<UserId>(6);
  request.user_sign = key_of(7)->verify_key();
  request.roles = role_bit(Role::secretary);
  sign_request(request, *key_of(7), *key_of(4));
  const Bytes good = encode_user_request(request);
  Vectors out = {{"second_person", "good", good},
                 {"clearance_raised", "not_authentic",
                  patched(good, 8 + 16 * 5 + 32 + 4, static_cast<std::uint8_t>(Level::secret))}};
  add_common(out, good);
  return out;
}

Vectors hand_overs() {
  HandOver fact;
  fact.set = block<SetId>(1);
  fact.bundle = block<BundleId>(2);
  fact.volume = 1;
  fact.volumes = 3;
  fact.peers = {block<NodeId>(3)};
  fact.label = Level::highly_secret;
  fact.highest = Level::secret;
  fact.batches = 4;
  fact.changes = 400;
  fact.bytes = 131072;
  fact.file = block<Digest>(5);
  fact.person = block<UserId>(6);
  fact.medium = "机密盘 07";
  fact.at_ms = 1711000000000;
  const Bytes good = encode_hand_over(fact);
  HandOver bad = fact;
  bad.volume = 0;
  HandOver sticker = fact;
  sticker.medium = "\xED\xB0\x80";
  Vectors out = {{"export", "good", good},
                 {"volume_zero", "malformed", encode_hand_over(bad)},
                 {"lone_surrogate", "malformed", encode_hand_over(sticker)}};
  add_common(out, good);
  return out;
}

Vectors fields() {
  const std::string good = pack_fields({{"check", "相符"}, {"returned_at", "2024-03-01"}});
  return {{"return_of_a_loan", "good", to_bytes(good)},
          {"no_fields", "good", {}},
          {"text_with_marks", "good", to_bytes(pack_fields({{"a", ";b:1:c;"}}))},
          {"unsorted", "malformed", to_bytes("b:1:x;a:1:x;")},
          {"one_name_twice", "malformed", to_bytes("a:1:x;a:1:x;")},
          {"leading_zero", "malformed", to_bytes("a:01:x;")},
          {"length_passes_end", "malformed", to_bytes("a:99999999999999999999:x;")},
          {"no_end_mark", "malformed", to_bytes("a:1:x")},
          {"capital_name", "malformed", to_bytes("A:1:x;")},
          {"cut_character", "malformed", to_bytes("a:1:\xE7;")}};
}

Vectors texts() {
  return {{"chinese", "good", to_bytes("关于涉密文件清退工作的通知")},
          {"extension_b_ideograph", "good", to_bytes("𠮷")},
          {"combining_mark_composed", "good", to_bytes("é")},
          {"combining_mark_apart", "malformed", to_bytes("e\xCC\x81")},
          {"compatibility_ideograph", "malformed", to_bytes("\xEF\xA4\x80")},
          {"angstrom_sign", "malformed", to_bytes("\xE2\x84\xAB")},
          {"lone_surrogate", "malformed", to_bytes("\xED\xA0\x80")},
          {"overlong_slash", "malformed", to_bytes("\xC0\xAF")},
          {"past_the_last_plane", "malformed", to_bytes("\xF4\x90\x80\x80")},
          {"cut_character", "malformed", to_bytes("\xE7\xA7")},
          {"nul", "malformed", Bytes{'a', 0, 'b'}}};
}

}  // namespace

Samples carrier_samples() {
  return {{"have", haves},
          {"frontiers", all_frontiers},
          {"refused", refusals},
          {"frames", messages},
          {"bundle_head", bundle_heads},
          {"manifest", manifests},
          {"invitation", invitations},
          {"printed_invitation", printed_invitations},
          {"enrol_request", enrol_requests},
          {"user_request", user_requests},
          {"hand_over", hand_overs},
          {"packed_fields", fields},
          {"text", texts}};
}

}  // namespace jiyao::vectors
