// schema/batch.h - 1..1000 changes of one stream, sealed and signed once, relayed verbatim for
// ever.
//
// The header is a fixed little-endian layout parsed by hand; signed bytes are kept and forwarded
// exactly as received (docs/formats.md "Batch"). Sealing and opening is sync/seal.h.
#pragma once

#include <array>

#include "crypto/box.h"
#include "crypto/sign.h"
#include "schema/level.h"

namespace jiyao {

/// The last head its author saw of a hub; all none if it never met one.
struct HeadCite {
  HubId hub;
  IncarnationId incarnation;
  std::uint64_t position = 0;
  Digest head;
  friend bool operator==(const HeadCite&, const HeadCite&) = default;
};

/// What stays for ever, even after a purge.
struct BatchCore {
  RealmId realm;
  NodeId node;
  IncarnationId incarnation;
  CompartmentId compartment;
  std::uint64_t seq = 0;  ///< 1.. in its stream; a hint, `prev` is the truth
  BatchId prev;           ///< none for the first
  RosterPoint roster;     ///< the point the author's level file had applied
  HeadCite cite;
  std::uint16_t count = 0;  ///< changes inside, 1..kBatchChangesMax
  Digest content_root;      ///< H(salt | change ids): lets a purge prove the rest
  friend bool operator==(const BatchCore&, const BatchCore&) = default;
};

/// The body key, wrapped to a compartment's epoch key. Unused slot: all zero.
struct WrapSlot {
  CompartmentId compartment;
  std::uint32_t epoch = 0;
  KeyWrapBytes wrapped;
  friend bool operator==(const WrapSlot&, const WrapSlot&) = default;
};

struct Envelope {
  std::array<WrapSlot, 2> wraps;  ///< letters use both
  Digest key_commitment;
  Digest body_hash;              ///< H("body" | sealed body)
  std::uint32_t body_bytes = 0;  ///< length of the sealed body
  friend bool operator==(const Envelope&, const Envelope&) = default;
};

struct BatchHeader {
  BatchCore core;
  Envelope envelope;
  Signature node;  ///< by the author node over batch id, Label::batch
};

inline constexpr std::size_t kBatchCoreBytes = 272;
inline constexpr std::size_t kEnvelopeBytes = 280;
inline constexpr std::size_t kBatchHeaderBytes =
    kBatchCoreBytes + kEnvelopeBytes + Signature::kBytes;

/// Exactly these bytes; SealedBatch::parse undoes them. A sound header: count 1..1000; seq 1 has no
/// prev, every other has one; roster point {0, none} or both set; cite all none or with a hub; a
/// wrap slot all zero or with an epoch >= 1, and the second one used only after the first.
Bytes core_bytes(const BatchCore& core);
Bytes envelope_bytes(const Envelope& envelope);
/// H("batch" | core | envelope): the name of a batch, and what its node signs under Label::batch.
BatchId batch_id(ByteView core, ByteView envelope);
Digest body_hash(ByteView sealed_body);  ///< H("body" | sealed body)

/// Exact bytes as received: header parsed and bounded, body length and hash right, nothing else
/// trusted.
class SealedBatch {
 public:
  /// errors: malformed, too_large, newer (version or suite above ours)
  static Result<SealedBatch> parse(ByteView bytes);
  static Result<SealedBatch> parse(Bytes&& bytes);

  const BatchId& id() const { return id_; }  ///< H("batch" | core | envelope)
  const BatchHeader& header() const { return header_; }
  const BatchCore& core() const { return header_.core; }
  ByteView bytes() const { return bytes_; }
  ByteView core_view() const { return bytes().first(kBatchCoreBytes); }
  ByteView envelope_view() const { return bytes().subspan(kBatchCoreBytes, kEnvelopeBytes); }
  ByteView body() const { return bytes().subspan(kBatchHeaderBytes); }
  Author author() const { return {core().node, core().incarnation}; }

  /// Signed by this key? Separate from parse: the key comes from the roster, never from the bytes.
  bool signed_by(const VerifyKey& key) const;

 private:
  SealedBatch() = default;
  Bytes bytes_;
  BatchHeader header_;
  BatchId id_;
};

}  // namespace jiyao
