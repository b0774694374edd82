// sync/seal.h - from changes to one sealed, signed batch, and back.
#pragma once

#include <span>

#include "schema/batch.h"
#include "schema/columns.h"
#include "sync/roster.h"

namespace jiyao {

/// The sender's side of a letter: its own compartment of the same level, which reads it too.
struct LetterSlot {
  CompartmentId compartment;
  EpochEntry epoch;
};

/// What a batch is made of. `core.count` and `core.content_root` are filled in by seal_batch().
struct SealInput {
  const SigningKey& node;
  BatchCore core;
  EpochEntry epoch;                 ///< of core.compartment: the body key is wrapped to it
  std::span<const Change> changes;  ///< whole acts, 1..kBatchChangesMax, of core.compartment
  std::optional<LetterSlot> letter_from = std::nullopt;  ///< letters only
};

/// Columns, zstd, padding, a fresh body key, AEAD with the core as context, wrap, commitment,
/// signature.
///   errors: too_large (sealed above kBatchBytesMax: pack fewer acts)
Result<SealedBatch> seal_batch(const SealInput& input);

/// One epoch secret a node holds; from its newest grant.
class EpochKeys {
 public:
  virtual ~EpochKeys() = default;
  /// nullptr: not granted (yet).
  virtual const BoxKey* key(const CompartmentId& compartment, std::uint32_t epoch) const = 0;
};

/// Undoes seal_batch(): commitment, AEAD, limits, canonical decode, count and content_root.
///   errors: unavailable (no key for either wrap), not_authentic, malformed, too_large
Result<OpenedBody> open_batch(const SealedBatch& batch, const EpochKeys& keys);
/// Its first half, which needs the keys: the body key of the first slot that yields the committed
/// one.   errors: unavailable, not_authentic
Result<BodyKey> body_key(const SealedBatch& batch, const EpochKeys& keys);
/// Its second half, which needs nothing else: any thread may do it.
///   errors: not_authentic, malformed, too_large
Result<OpenedBody> open_body(const SealedBatch& batch, const BodyKey& key);

}  // namespace jiyao
