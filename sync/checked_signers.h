// sync/checked_signers.h - who signed the batches of a message, found out before it is heard.
//
// Looking at a signature is the dear part of admitting a batch and needs no log: many threads can
// do it while one stores.
#pragma once

#include <set>
#include <tuple>

#include "sync/log_core.h"

namespace jiyao {

/// An immutable value. Says nothing of batches it was not shown.
class CheckedSigners {
 public:
  CheckedSigners() = default;
  /// Looks at every batch of these frames with the key `roster` has for its author. Stops where the
  /// framing breaks.
  CheckedSigners(ByteView message, const Roster& roster);

  /// Was this very signature found to be this key's?
  bool has(const SealedBatch& batch, const VerifyKey& key) const;

 private:
  using Seen = std::tuple<BatchId, Signature, VerifyKey>;
  static Seen seen(const SealedBatch& batch, const VerifyKey& key) {
    return {batch.id(), batch.header().node, key};
  }
  std::set<Seen> seen_;
};

/// As admit() in log_core.h; what `checked` has seen is not looked at again.
Result<Admitted> admit(const SealedBatch& batch, const Roster& roster, const Route& route,
                       Level device_ceiling, const CheckedSigners& checked);

}  // namespace jiyao
