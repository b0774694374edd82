// tests/support/small_realm.h - a realm for tests: a root, machines with keys, a roster that grows,
// and sealed batches with the right header and a body nobody needs to open.
#pragma once

#include <map>
#include <memory>
#include <random>

#include "sync/batch_log.h"

namespace jiyao {

/// One office machine as the tests know it: all of its keys.
struct Machine {
  NodeId node;
  OfficeId office;
  IncarnationId incarnation;
  std::shared_ptr<const SigningKey> sign;
  std::shared_ptr<const BoxKey> box;
};

struct TestHub {
  HubId hub;
  IncarnationId incarnation;
  std::shared_ptr<const SigningKey> sign;
};

/// Everything is drawn from the seed: the same calls make the same realm.
class SmallRealm {
 public:
  explicit SmallRealm(std::uint64_t seed);

  OfficeId add_office(bool is_archive = false);
  Machine add_node(const OfficeId& office, Level device_ceiling, bool is_archive = false,
                   NodeKind kind = NodeKind::standalone);
  TestHub add_hub(Level ceiling);
  /// Names a hub of the same id and key as the machine, so that a hub's store may stand in for its
  /// log.
  void add_hub_of(const Machine& machine, Level ceiling);
  /// Opens a compartment (its first epoch).
  CompartmentId open(const OfficeId& office, Level level);
  void give(const Machine& machine, const CompartmentId& compartment,
            AccessRight right = AccessRight::write);
  void add(std::vector<RosterBody> bodies);  ///< one record, signed by the root

  /// The same record offered and not taken: what the roster says to it.
  Result<Roster> offer(std::vector<RosterBody> bodies) const;

  const Roster& roster() const { return roster_; }
  const std::vector<Bytes>& records() const { return records_; }
  Digest root() const { return roster_.root_fingerprint(); }
  /// Tells `log` the roster up to record `seq`; 0: all.
  void teach(BatchLog& log, std::uint64_t seq = 0) const;

  /// The next batch of this machine's stream in `compartment`: about `body_bytes` long, at the
  /// roster point of now.
  SealedBatch write(const Machine& machine, const CompartmentId& compartment,
                    std::size_t body_bytes = 200);
  /// One onto a given predecessor: for forks.
  SealedBatch write_after(const Machine& machine, const CompartmentId& compartment,
                          const BatchId& prev, std::uint64_t seq, std::size_t body_bytes = 200);
  Receipt archived(const TestHub& hub, const CompartmentId& compartment,
                   std::vector<BatchId> batches, std::uint64_t serial);
  Receipt applied(const Machine& machine, const CompartmentId& compartment,
                  std::vector<BatchId> batches, std::uint64_t serial, std::vector<SetId> sets = {});
  EpochRequest request(const Machine& keeper, const CompartmentId& compartment,
                       std::uint64_t serial);
  Grant grant(const Machine& keeper, const Machine& to, const CompartmentId& compartment);

  template <class B>
  B draw() {
    B block;
    for (std::uint8_t& byte : block.bytes) byte = static_cast<std::uint8_t>(random_());
    return block;
  }

 private:
  struct End {
    BatchId tip;
    std::uint64_t seq = 0;
  };
  Secret<32> draw_seed();
  Bytes signed_record(std::vector<RosterBody> bodies) const;

  std::mt19937_64 random_;
  RealmId realm_;
  UserId root_person_;
  std::shared_ptr<const SigningKey> root_key_;
  Roster roster_;
  std::vector<Bytes> records_;
  std::map<std::pair<Author, CompartmentId>, End> ends_;
};

}  // namespace jiyao
