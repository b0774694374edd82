// schema/bundle_format.h - the bytes around a bundle: the exchange in a file, sealed to its
// recipients. Writing and reading files is sync/bundle.h.
//
//   head      fixed 128 bytes | slots x 120 | MAC 32          readable by anyone, but for the key
//   chunk     sealed length u32 | secretstream message        the first: manifest | signature 64
//   chunk...                                                  the rest: exchange frames, cut
//   anywhere
//
// Every volume is a whole bundle with its own key; volumes of one export share `set`. A reader
// checks in this order and stops at the first failure: magic, version (newer), realm and hint
// (not_for_us), slot, MAC, manifest's signature, label and levels against its ceilings, then each
// chunk. Only when that pass is through does it store anything (design.md section 7). A cut file
// fails at the chunk where it is cut; every chunk before it is authentic.
#pragma once

#include <optional>
#include <vector>

#include "crypto/box.h"
#include "crypto/sign.h"
#include "crypto/stream.h"
#include "schema/level.h"
#include "schema/limits.h"

namespace jiyao {

inline constexpr std::size_t kBundleFixedBytes = 128;
inline constexpr std::size_t kBundleSlotBytes = 120;
inline constexpr std::size_t kBundleMacBytes = 32;
inline constexpr std::size_t kBundleHeadBytesMax =
    kBundleFixedBytes + kRecipientsMax * kBundleSlotBytes + kBundleMacBytes;
inline constexpr std::size_t kChunkLengthBytes = 4;  ///< before each sealed chunk
inline constexpr std::size_t kManifestBytesMax = kChunkBytesMax - Signature::kBytes;
inline constexpr std::size_t kManifestCompartmentsMax = 1024;  ///< in one volume

using StreamHeader = Block<struct StreamHeaderTag, kStreamHeaderBytes>;

/// What anyone may read.
struct BundleOuter {
  RealmId realm;
  SetId set;
  BundleId bundle;                ///< this volume
  std::uint32_t volume = 1;       ///< 1..
  Level label = Level::internal;  ///< the medium's level: nothing inside is above it
  NodeId sender;
  std::uint64_t lane_seq = 0;  ///< of the set, +1 each per (sender, lane); shows loss
  std::int64_t made_ms = 0;    ///< shown only
  StreamHeader stream;
  friend bool operator==(const BundleOuter&, const BundleOuter&) = default;
};

/// The file key for one recipient, or random bytes that hide how many there are.
struct BundleSlot {
  Block<struct SlotHintTag, 8> hint;        ///< first bytes of H("hint" | box key | bundle)
  Block<struct SlotSealedTag, 112> sealed;  ///< seal_box(file key | context hash)
  friend bool operator==(const BundleSlot&, const BundleSlot&) = default;
};

struct BundleHead {
  BundleOuter outer;
  std::vector<BundleSlot> slots;  ///< 1..kRecipientsMax
  Digest mac;                     ///< over all before it, under the file key
  Bytes bytes;                    ///< exactly as read or made
};

/// The slot that gives `file_key` to the holder of `to`; bound to this volume's outer header.
BundleSlot seal_slot(const BundleOuter& outer, const BoxPublicKey& to, const BodyKey& file_key);
/// A slot nobody can open.
BundleSlot decoy_slot();
/// The whole head. 1..kRecipientsMax slots.
BundleHead make_head(const BundleOuter& outer, const std::vector<BundleSlot>& slots,
                     const BodyKey& file_key);

/// How long the head is, from the first kBundleFixedBytes.   errors: malformed, newer
Result<std::size_t> head_length(ByteView fixed);
/// Exactly one head.   errors: malformed, newer
Result<BundleHead> parse_head(ByteView bytes);
/// Finds my slot, opens it, checks the MAC.   errors: not_for_us (other realm, no slot of mine;
/// nothing was decrypted), not_authentic
Result<BodyKey> open_head(const BundleHead& head, const RealmId& realm, const BoxKey& mine);

/// Batches of one compartment in this volume.
struct ManifestEntry {
  CompartmentId compartment;
  std::uint32_t batches = 0;
  std::uint64_t changes = 0;
  friend bool operator==(const ManifestEntry&, const ManifestEntry&) = default;
};

/// The first message of the stream, signed by the sender.
struct BundleManifest {
  std::uint32_t volumes = 0;           ///< of the set; 0: not known when this was written
  IncarnationId incarnation;           ///< the sender's replica
  RosterPoint roster;                  ///< the sender's
  std::vector<NodeId> recipients;      ///< sorted, unique, 1..kRecipientsMax
  Level highest = Level::public_;      ///< of all entries; at most the label
  std::vector<ManifestEntry> entries;  ///< sorted by compartment
  std::uint64_t frames_bytes = 0;      ///< exchange frames that follow, as plain bytes
  SetId before;                        ///< the set before in this lane, none for the first
  bool is_two_way = true;              ///< lane policy as the sender sees it
  std::vector<SetId> closes;           ///< sets taken in from the recipient: a first receipt
  friend bool operator==(const BundleManifest&, const BundleManifest&) = default;
};
Bytes encode_manifest(const BundleManifest& manifest);
/// errors: malformed (also `highest` not the highest entry), too_large, newer
Result<BundleManifest> decode_manifest(ByteView bytes);

/// The first message: manifest | signature over H("bundle" | head | manifest).
Bytes sign_manifest(const BundleManifest& manifest, const BundleHead& head, const SigningKey& key);
struct SignedManifest {
  BundleManifest manifest;
  Digest digest;  ///< what was signed
  Signature signature;
  bool signed_by(const VerifyKey& key) const;
};
/// errors: as decode_manifest; above_ceiling: an entry is above the label outside
Result<SignedManifest> parse_manifest(ByteView first_message, const BundleHead& head);

}  // namespace jiyao
