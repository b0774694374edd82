// tests/support/memory_log.h - the model of a batch log: everything in memory, nothing clever.
//
// The contract suite runs over it and over every log that stores; the bench uses it as the log that
// costs nothing. A copy of it is a backup: put the copy back and the machine is restored.
#pragma once

#include "sync/log_core.h"

namespace jiyao {

/// One thread at a time.
class MemoryLog : public BatchLog {
 public:
  /// A node's log: its device ceiling is what the roster says of `self`.
  explicit MemoryLog(const NodeId& self) : self_(self) {}
  /// A hub's: the ceiling is its own.
  explicit MemoryLog(Level ceiling) : ceiling_(ceiling) {}

  Result<Appended> append(const SealedBatch& batch, const Route& route,
                          const NodeId& from_peer) override;
  bool holds(const BatchId& id) const override { return index_.holds(id); }
  Result<SealedBatch> batch(const BatchId& id) const override;
  Frontier frontier(const CompartmentId& compartment) const override;
  std::vector<BatchId> batches(const CompartmentId& compartment) const override;
  std::vector<CompartmentId> compartments() const override { return index_.compartments(); }
  Missing missing(const Scope& scope, std::span<const CompartmentFrontier> theirs,
                  std::size_t bytes_max) const override;
  bool reaches(const BatchId& batch, const BatchId& ancestor) const override;

  Roster roster() const override { return roster_; }
  Result<void> extend_roster(ByteView record) override;
  std::vector<Bytes> roster_records(std::uint64_t after_seq) const override;

  Result<void> put(const Receipt& receipt) override;
  Result<void> put(const Grant& grant) override;
  Result<void> put(const HubHead& head) override;
  Result<void> put(const EpochRequest& request) override;
  std::vector<Receipt> receipts(const Scope& scope) const override;
  std::vector<Grant> grants(const Scope& scope) const override;
  std::vector<HubHead> heads() const override { return papers_.heads(); }
  std::vector<EpochRequest> epoch_requests() const override { return papers_.epoch_requests(); }
  Digest papers(const Scope& scope) const override { return papers_.digest(scope); }

  std::size_t waiting() const override { return room_.size(); }
  const BatchIndex& index() const { return index_; }

 private:
  struct Guest {
    Bytes bytes;
    Route route;
  };
  Level device_ceiling() const;
  void store(const SealedBatch& batch);
  void try_waiting_again();
  template <class Paper>
  Result<void> put_paper(const Paper& paper);

  NodeId self_;
  Level ceiling_ = Level::internal;
  Roster roster_;
  std::vector<Bytes> records_;
  std::map<BatchId, Bytes> batches_;
  BatchIndex index_;
  PaperShelf papers_;
  WaitingRoom room_;
  std::map<BatchId, Guest> guests_;
};

}  // namespace jiyao
