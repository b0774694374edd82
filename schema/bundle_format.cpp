// schema/bundle_format.cpp - heads, slots and manifests of bundles.
#include "schema/bundle_format.h"

#include "crypto/random.h"
#include "schema/archive.h"

namespace jiyao {

template <class Archive>
void serialize(Archive& archive, ManifestEntry& entry) {
  archive(entry.compartment, entry.batches, entry.changes);
}

template <class Archive>
void serialize(Archive& archive, BundleManifest& manifest) {
  archive(Preamble{"JYMF"}, manifest.volumes, manifest.incarnation, manifest.roster,
          sorted_set(manifest.recipients, kRecipientsMax), level(manifest.highest),
          sorted_by(manifest.entries, kManifestCompartmentsMax,
                    [](const ManifestEntry& entry) { return entry.compartment; }),
          manifest.frames_bytes, manifest.before, manifest.is_two_way,
          sorted_set(manifest.closes, kReceiptSetsMax));
}

namespace {

// Eight bytes, so that the kind of file shows in any viewer; version and suite come after it.
constexpr std::string_view kBundleMagic{"JYBNDL1\0", 8};

std::size_t length_with(std::size_t slots) {
  return kBundleFixedBytes + slots * kBundleSlotBytes + kBundleMacBytes;
}

Bytes fixed_bytes(const BundleOuter& outer, std::size_t slots) {
  Bytes bytes;
  WireWriter out(bytes);
  out.raw(as_bytes(kBundleMagic));
  out.u8(kFormatVersion);
  out.u8(kSuite);
  out.u16(0);
  out.u32(static_cast<std::uint32_t>(length_with(slots)));
  out.raw(outer.realm.view());
  out.raw(outer.set.view());
  out.raw(outer.bundle.view());
  out.u32(outer.volume);
  out.u8(static_cast<std::uint8_t>(outer.label));
  out.u8(static_cast<std::uint8_t>(slots));
  out.u16(0);
  out.raw(outer.sender.view());
  out.u64(outer.lane_seq);
  out.u64(static_cast<std::uint64_t>(outer.made_ms));
  out.raw(outer.stream.view());
  JIYAO_ASSERT(bytes.size() == kBundleFixedBytes);
  return bytes;
}

// Magic, version, suite and length; leaves the reader at the realm.
Result<std::size_t> take_start(WireReader& in) {
  if (as_text(in.take(kBundleMagic.size())) != kBundleMagic)
    return {Errc::malformed, "not a bundle"};
  const std::uint8_t version = in.u8();
  const std::uint8_t suite = in.u8();
  const std::uint16_t reserved = in.u16();
  const std::uint32_t length = in.u32();
  if (in.has_failed()) return {Errc::malformed, "cut off in the head"};
  if (version > kFormatVersion || suite > kSuite) return {Errc::newer, "version or suite"};
  if (version == 0 || suite == 0 || reserved != 0)
    return {Errc::malformed, "version, suite or reserved bytes"};
  const std::size_t slots_bytes = length - std::min<std::size_t>(length, length_with(0));
  if (slots_bytes == 0 || slots_bytes % kBundleSlotBytes != 0 || length > kBundleHeadBytesMax)
    return {Errc::malformed, "a head of impossible length"};
  return length;
}

// Not the slots' number: a slot is made before all of them are.
Digest slot_context(const BundleOuter& outer, const BoxPublicKey& to) {
  return digest(Label::bundle_hint, {to.view(), fixed_bytes(outer, 0)});
}

Block<struct SlotHintTag, 8> hint_of(const BundleId& bundle, const BoxPublicKey& to) {
  const Digest whole = digest(Label::bundle_hint, {to.view(), bundle.view()});
  return *Block<struct SlotHintTag, 8>::from(whole.view().first(8));
}

Digest mac_of(const BodyKey& file_key, ByteView before_mac) {
  return mac(file_key, Label::bundle_mac, {before_mac});
}

Result<BodyKey> open_slot(const BundleSlot& slot, const BundleOuter& outer, const BoxKey& mine) {
  Result<Bytes> opened = mine.open_box(slot.sealed.view());
  if (!opened) return {Errc::not_authentic, "slot"};
  Bytes& plain = *opened;
  const Digest context = slot_context(outer, mine.public_key());
  const bool is_ours = plain.size() == BodyKey::kBytes + Digest::kBytes &&
                       equal(ByteView(plain).subspan(BodyKey::kBytes), context.view());
  if (!is_ours) {
    wipe(plain);
    return {Errc::not_authentic, "slot of another bundle"};
  }
  BodyKey key = BodyKey::copy_of(ByteView(plain).first(BodyKey::kBytes));
  wipe(plain);
  return key;
}

}  // namespace

BundleSlot seal_slot(const BundleOuter& outer, const BoxPublicKey& to, const BodyKey& file_key) {
  Bytes plain(file_key.reveal().begin(), file_key.reveal().end());
  const Digest context = slot_context(outer, to);
  plain.insert(plain.end(), context.bytes.begin(), context.bytes.end());
  BundleSlot slot;
  slot.hint = hint_of(outer.bundle, to);
  const auto sealed = decltype(slot.sealed)::from(seal_box(to, plain));
  JIYAO_ASSERT(sealed.has_value());
  slot.sealed = *sealed;
  wipe(plain);
  return slot;
}

BundleSlot decoy_slot() {
  return {random_block<decltype(BundleSlot::hint)>(), random_block<decltype(BundleSlot::sealed)>()};
}

BundleHead make_head(const BundleOuter& outer, const std::vector<BundleSlot>& slots,
                     const BodyKey& file_key) {
  JIYAO_ASSERT(!slots.empty() && slots.size() <= kRecipientsMax && outer.volume >= 1);
  BundleHead head{outer, slots, {}, fixed_bytes(outer, slots.size())};
  WireWriter out(head.bytes);
  for (const BundleSlot& slot : slots) {
    out.raw(slot.hint.view());
    out.raw(slot.sealed.view());
  }
  head.mac = mac_of(file_key, head.bytes);
  out.raw(head.mac.view());
  return head;
}

Result<std::size_t> head_length(ByteView fixed) {
  WireReader in(fixed);
  return take_start(in);
}

Result<BundleHead> parse_head(ByteView bytes) {
  WireReader in(bytes);
  const Result<std::size_t> length = take_start(in);
  if (!length) return length.error();
  if (bytes.size() != *length) return {Errc::malformed, "head is not as long as it says"};
  BundleHead head;
  BundleOuter& outer = head.outer;
  outer.realm = in.block<RealmId>();
  outer.set = in.block<SetId>();
  outer.bundle = in.block<BundleId>();
  outer.volume = in.u32();
  const std::uint8_t rank = in.u8();
  const std::uint8_t slots = in.u8();
  in.zeros(2);
  outer.sender = in.block<NodeId>();
  outer.lane_seq = in.u64();
  outer.made_ms = static_cast<std::int64_t>(in.u64());
  outer.stream = in.block<StreamHeader>();
  if (in.has_failed() || outer.volume == 0 || rank >= kLevels || length_with(slots) != *length)
    return {Errc::malformed, "head is not canonical"};
  outer.label = static_cast<Level>(rank);
  for (std::uint8_t i = 0; i < slots; ++i) {
    BundleSlot& slot = head.slots.emplace_back();
    slot.hint = in.block<decltype(slot.hint)>();
    slot.sealed = in.block<decltype(slot.sealed)>();
  }
  head.mac = in.block<Digest>();
  JIYAO_ASSERT(!in.has_failed() && in.is_at_end());
  head.bytes.assign(bytes.begin(), bytes.end());
  return head;
}

Result<BodyKey> open_head(const BundleHead& head, const RealmId& realm, const BoxKey& mine) {
  if (head.outer.realm != realm) return {Errc::not_for_us, "another realm"};
  const auto hint = hint_of(head.outer.bundle, mine.public_key());
  Result<BodyKey> key{Errc::not_for_us, "no slot of ours"};
  for (const BundleSlot& slot : head.slots) {
    if (slot.hint != hint) continue;
    key = open_slot(slot, head.outer, mine);
    if (key) break;  // a decoy may have our hint by chance
  }
  if (!key) return key;
  const ByteView before_mac = ByteView(head.bytes).first(head.bytes.size() - kBundleMacBytes);
  if (!equal(mac_of(*key, before_mac).view(), head.mac.view()))
    return {Errc::not_authentic, "head"};
  return key;
}

Bytes encode_manifest(const BundleManifest& manifest) {
  return encode(manifest);
}

Result<BundleManifest> decode_manifest(ByteView bytes) {
  Result<BundleManifest> manifest = decode<BundleManifest>(bytes, kManifestBytesMax);
  if (!manifest) return manifest;
  if (manifest->recipients.empty()) return {Errc::malformed, "a bundle for nobody"};
  Level highest = Level::public_;
  for (const ManifestEntry& entry : manifest->entries)
    highest = std::max(highest, entry.compartment.level);
  if (highest != manifest->highest) return {Errc::malformed, "highest level is another"};
  return manifest;
}

Bytes sign_manifest(const BundleManifest& manifest, const BundleHead& head, const SigningKey& key) {
  Bytes message = encode_manifest(manifest);
  JIYAO_ASSERT(message.size() <= kManifestBytesMax);
  const Signature signature = key.sign(Label::bundle, digest(Label::bundle, {head.bytes, message}));
  message.insert(message.end(), signature.bytes.begin(), signature.bytes.end());
  return message;
}

bool SignedManifest::signed_by(const VerifyKey& key) const {
  return verify(key, Label::bundle, digest, signature);
}

Result<SignedManifest> parse_manifest(ByteView first_message, const BundleHead& head) {
  if (first_message.size() < Signature::kBytes) return {Errc::malformed, "no signature"};
  const ByteView plain = first_message.first(first_message.size() - Signature::kBytes);
  Result<BundleManifest> manifest = decode_manifest(plain);
  if (!manifest) return manifest.error();
  if (manifest->highest > head.outer.label) return {Errc::above_ceiling, "above its own label"};
  SignedManifest parsed;
  parsed.manifest = std::move(*manifest);
  parsed.digest = digest(Label::bundle, {head.bytes, plain});
  parsed.signature = *Signature::from(first_message.last(Signature::kBytes));
  return parsed;
}

}  // namespace jiyao
