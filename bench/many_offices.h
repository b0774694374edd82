// bench/many_offices.h - a realm of many offices, each with one machine and its own compartment.
//
// A machine here is the client without its replica: the log in memory, the exchange, the signed
// requests and the TLS of the real one. Its changes are sealed before it is measured.
#pragma once

#include "bench/hub_process.h"
#include "client/http_transport.h"
#include "support/memory_log.h"
#include "sync/peer_memory.h"

namespace jiyao {

struct Contact {
  bool is_settled = false;    ///< hub and office hold the same
  std::uint64_t refused = 0;  ///< answered "busy, later"
  std::uint64_t dropped = 0;  ///< ended without an answer
};

class SmallOffice {
 public:
  SmallOffice(const NodeId& node, std::shared_ptr<const SigningKey> key,
              const CompartmentId& compartment, const EpochEntry& epoch, MemoryLog log);

  /// `count` changes more, sealed, a hundred a batch.
  void write(std::uint64_t count);
  /// One meeting over a connection of its own, until both hold the same or something fails. One
  /// thread at a time.
  Contact meet(const HubAt& hub);
  std::size_t batches() const { return seq_; }

 private:
  void seal(std::uint64_t count);

  NodeId node_;
  IncarnationId incarnation_;
  std::shared_ptr<const SigningKey> key_;
  CompartmentId compartment_;
  EpochEntry epoch_;
  MemoryLog log_;
  Bytes hint_;
  BatchId last_;
  std::uint64_t seq_ = 0, changes_ = 0, counter_ = 0;
};

class ManyOffices {
 public:
  ManyOffices(const Path& folder, const std::string& server_program, std::uint64_t count);

  std::vector<std::unique_ptr<SmallOffice>> offices;
  const HubProcess& hub() const { return *hub_; }

 private:
  std::unique_ptr<HubProcess> hub_;
};

}  // namespace jiyao
