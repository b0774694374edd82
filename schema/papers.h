// schema/papers.h - the small signed objects that travel with batches: hub heads, receipts, grants,
// and a keeper's request to the root.
#pragma once

#include <optional>
#include <vector>

#include "schema/batch.h"
#include "schema/roster_record.h"

namespace jiyao {

/// A hub's signed word on its log: head(p) = H("head" | head(p-1) | batch id), head(0) = none.
struct HubHead {
  RealmId realm;
  HubId hub;
  IncarnationId incarnation;   ///< new after every restore; the first head names the last old one
  std::uint64_t position = 0;  ///< batches stored so far
  Digest head;
  RosterPoint roster;
  HeadCite former;  ///< last head shown of the incarnation before, none for the first life
  Signature signature;
  friend bool operator==(const HubHead&, const HubHead&) = default;
};

enum class Grade : std::uint8_t {
  carried = 1,   ///< on the way; advances nothing
  archived = 2,  ///< a hub has them on disk
  applied = 3,   ///< the keeper shows them
};

/// Digest of one compartment's shown state at one frontier (design.md 14).
struct CompartmentDigest {
  CompartmentId compartment;
  Digest frontier;
  Digest state;
  friend bool operator==(const CompartmentDigest&, const CompartmentDigest&) = default;
};

/// Signed word on named batches of one compartment. The issuer is a hub (archived) or a node
/// (carried, applied). Cumulative: each named batch speaks for itself and all before it in its
/// stream (the issuer names the end of each gap-free prefix), so only the newest per (issuer,
/// incarnation, grade, compartment) is kept and travels; newest = greatest serial.
struct Receipt {
  RealmId realm;
  Grade grade = Grade::archived;
  Block<struct IssuerTag, 16> issuer;  ///< HubId or NodeId bytes, as the grade says
  IncarnationId incarnation;           ///< of the hub or of the replica
  std::uint64_t serial = 0;            ///< strictly increasing per (issuer, incarnation)
  CompartmentId compartment;
  std::vector<BatchId> batches;           ///< sorted, unique, 0..kReceiptBatchesMax
  std::optional<HubHead> head;            ///< archived: the head after them
  std::vector<CompartmentDigest> states;  ///< applied: at most one, of `compartment`
  std::vector<SetId> sets;                ///< bundle sets taken in, newest 64, sorted, unique
  Signature signature;
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

/// One sealed object per (node, compartment): all epoch secrets it may read. Only the newest
/// travels.
struct Grant {
  RealmId realm;
  NodeId node;  ///< to whom
  CompartmentId compartment;
  RosterPoint roster;  ///< newest = greatest roster.seq, then greatest bytes
  NodeId keeper;       ///< who made it
  Bytes sealed;        ///< seal_box(node box key, encode(EpochSecrets))
  Signature signature;
  friend bool operator==(const Grant&, const Grant&) = default;
};

/// What a keeper held of one stream of a machine when it heard that this was shut out.
struct KeptStream {
  NodeId node;
  StreamCut cut;
  friend bool operator==(const KeptStream&, const KeptStream&) = default;
};

/// A keeper that has no root key asks the root to sign what only the keeper can say of compartments
/// it keeps: fresh epochs, and what still counts of a machine that was shut out where the root sees
/// nothing of them. Holds no secret: the keeper keeps those, and the roster names every compartment
/// anyway. One per keeper; only the newest travels, and none that the roster has answered.
struct EpochRequest {
  RealmId realm;
  NodeId keeper;
  std::uint64_t serial = 0;         ///< newest = greatest serial, then greatest bytes
  std::vector<EpochRecord> epochs;  ///< by compartment, 0..kEpochsAskedMax
  std::vector<KeptStream> kept;     ///< by (node, incarnation, compartment), 0..kCutsAskedMax
  Signature signature;
  friend bool operator==(const EpochRequest&, const EpochRequest&) = default;
};

/// Inside a grant. Sorted by epoch.
struct EpochSecret {
  std::uint32_t epoch = 0;
  Block<struct EpochSeedTag, 32> seed;
};
struct EpochSecrets {
  CompartmentId compartment;
  std::vector<EpochSecret> secrets;  ///< 0..kGrantEpochsMax, epochs 1..
};

// All of these encode with the canonical archives; the signature is over the bytes before it, under
// the label of its kind. decode: errors malformed, too_large, newer.
Bytes encode_head(const HubHead& head);
Result<HubHead> decode_head(ByteView bytes);
Digest digest_to_sign(const HubHead& head);
Bytes encode_receipt(const Receipt& receipt);
Result<Receipt> decode_receipt(ByteView bytes);
Digest digest_to_sign(const Receipt& receipt);
Bytes encode_grant(const Grant& grant);
Result<Grant> decode_grant(ByteView bytes);
Digest digest_to_sign(const Grant& grant);

Bytes encode_epoch_request(const EpochRequest& request);
Result<EpochRequest> decode_epoch_request(ByteView bytes);
Digest digest_to_sign(const EpochRequest& request);

/// The plain text of Grant::sealed. These bytes are keys: whoever holds them wipes them (wipe() in
/// crypto/secret.h).   errors: malformed, too_large, newer
Bytes encode_secrets(const EpochSecrets& secrets);
Result<EpochSecrets> decode_secrets(ByteView bytes);

/// H("head" | before | batch).
Digest next_head(const Digest& before, const BatchId& batch);

}  // namespace jiyao
