// server/hub_store.h - what a hub keeps: a batch log with positions, chained heads and lives.
//
// head(p) = H(head(p-1) | batch id), signed with (hub, incarnation, p, roster point). A hub that is
// shown its own signature for a position it lacks, or has with another hash, was restored: it
// starts a new incarnation by itself, and its first head names the last old one (design.md section
// 8).
#pragma once

#include <functional>

#include "sync/checked_signers.h"

namespace jiyao {

/// Who this hub is. The key outlives the store and lies outside of it.
struct HubIdentity {
  HubId hub;
  const SigningKey& key;
};

class HubStore : public BatchLog {
 public:
  /// The current head, signed.
  virtual HubHead head() const = 0;
  /// Batch ids from `from` (1 = the first), for the archive, which recomputes the chain.
  virtual std::vector<BatchId> ids(std::uint64_t from, std::size_t count_max) const = 0;
  /// Head of an earlier position of this incarnation; nullopt if not reached.
  virtual std::optional<Digest> head_at(std::uint64_t position) const = 0;
  /// Cumulative `archived` receipts for every compartment that grew since its last one. Idempotent.
  virtual void issue_receipts() = 0;
  /// What append() need not look at again, until told anew.
  virtual void trust(CheckedSigners checked) = 0;
  /// All that `act` stores becomes durable together, with one sync of the disk, before this
  /// returns; until then it may be taken back. After StorageFailure the store is what the disk
  /// holds.
  virtual void as_one(const std::function<void()>& act) = 0;

  /// Rising counters of requests: false if `counter` was seen or passed before. Durable by windows
  /// (kCounterWindow): opened anew, a store takes all of a window as seen that it has seen one of.
  virtual bool accept_counter(const Author& who, std::uint64_t counter) = 0;
  /// Enrolment requests, opaque, waiting for the archive.   errors: unavailable (mailbox full)
  virtual Result<void> post_mail(const Digest& id, ByteView request) = 0;
  virtual std::vector<Bytes> mail() const = 0;
  virtual void drop_mail(const Digest& id) = 0;
};

}  // namespace jiyao
