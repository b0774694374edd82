// sync/batch_log.h - the contract of every log of sealed batches: log.jdb, a hub's store, the model
// in memory.
//
// One contract suite (tests/contract) runs over all of them. A log holds sealed batches, the
// roster, grants, receipts and hub heads, exactly as received. It holds no content key and opens
// nothing.
#pragma once

#include <optional>
#include <span>

#include "schema/frames.h"
#include "schema/papers.h"
#include "sync/roster.h"

namespace jiyao {

enum class Appended : std::uint8_t {
  stored,
  held_already,  ///< identity is the hash: a repeat costs nothing and changes nothing
  waiting,       ///< its author is unknown to our roster yet; kept aside, bounded per peer
};

/// What a peer lacks, each stream oldest first, cut at a byte budget.
struct Missing {
  std::vector<BatchId> batches;
  bool is_complete = true;  ///< false: the budget ended it
};

class BatchLog : public Ancestry {
 public:
  /// Checks in the order of design.md section 4 up to the ceiling, then stores. Durable on return.
  /// A batch whose author lacks the right is stored all the same: standing() quarantines it.
  ///   errors: malformed, not_for_us (realm), not_authentic, above_ceiling, need_roster (it names a
  ///   roster point we do not hold), too_large (waiting room full)
  virtual Result<Appended> append(const SealedBatch& batch, const Route& route,
                                  const NodeId& from_peer) = 0;
  virtual bool holds(const BatchId& id) const = 0;
  virtual Result<SealedBatch> batch(const BatchId& id) const = 0;  ///< errors: not_found
  virtual Frontier frontier(const CompartmentId& compartment) const = 0;
  virtual std::vector<BatchId> batches(const CompartmentId& compartment) const = 0;  ///< by arrival
  virtual std::vector<CompartmentId> compartments() const = 0;  ///< that hold a batch
  /// Everything in `scope` that a peer with these frontiers does not hold, as far as we can tell. A
  /// compartment not named in `theirs` is taken as empty there. A tip of theirs that we do not know
  /// tells nothing: then all but the ancestors of known tips is named (a repeat costs bytes only).
  virtual Missing missing(const Scope& scope, std::span<const CompartmentFrontier> theirs,
                          std::size_t bytes_max) const = 0;

  virtual Roster roster() const = 0;
  virtual Result<void> extend_roster(ByteView record) = 0;  ///< held already is success
  virtual std::vector<Bytes> roster_records(std::uint64_t after_seq) const = 0;

  /// Signatures are checked against the roster.   errors: not_authentic, not_for_us
  virtual Result<void> put(const Receipt& receipt) = 0;
  virtual Result<void> put(const Grant& grant) = 0;   ///< keeps the newest per (node, compartment)
  virtual Result<void> put(const HubHead& head) = 0;  ///< keeps the newest per hub incarnation
  /// Keeps the newest per keeper, as long as the roster leaves something of it to sign.
  virtual Result<void> put(const EpochRequest& request) = 0;
  virtual std::vector<Receipt> receipts(const Scope& scope) const = 0;
  virtual std::vector<Grant> grants(const Scope& scope) const = 0;
  virtual std::vector<HubHead> heads() const = 0;
  virtual std::vector<EpochRequest> epoch_requests() const = 0;  ///< by keeper; of any compartment
  /// Digest over the grants and receipts of this scope, and the requests, for Have.
  virtual Digest papers(const Scope& scope) const = 0;

  /// Batches set aside because our roster does not name their author yet; tried again by
  /// extend_roster(). At most kHeldBytesPerPeerMax from one peer.
  virtual std::size_t waiting() const = 0;
};

}  // namespace jiyao
