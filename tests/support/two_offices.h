// tests/support/two_offices.h - the realm most tests of the exchange begin with: an office machine
// A and the archive's R, which share two compartments of A's office, each with a log in memory.
#pragma once

#include <gtest/gtest.h>

#include "support/memory_log.h"
#include "support/small_realm.h"
#include "sync/exchange.h"

namespace jiyao {

struct TwoOffices {
  explicit TwoOffices(std::uint64_t seed = 5) : realm(seed) {
    const OfficeId archive_office = realm.add_office(true);
    office = realm.add_office();
    r = realm.add_node(archive_office, Level::highly_secret, true);
    a = realm.add_node(office, Level::highly_secret);
    internal = realm.open(office, Level::internal);
    secret = realm.open(office, Level::secret);
    for (const CompartmentId& compartment : {internal, secret})
      for (const Machine& machine : {a, r}) realm.give(machine, compartment);
    log_a = std::make_unique<MemoryLog>(a.node);
    log_r = std::make_unique<MemoryLog>(r.node);
  }
  void teach_both() {
    realm.teach(*log_a);
    realm.teach(*log_r);
  }
  SealedBatch keep(BatchLog& log, const SealedBatch& batch) {
    const Result<Appended> appended = log.append(batch, {}, {});
    EXPECT_TRUE(appended) << appended.error().detail;
    return batch;
  }
  Parley as_caller(Level ceiling = Level::secret) const {
    return {Side::caller, {RouteKind::network, ceiling}, a.node, a.incarnation, {}, realm.root()};
  }
  Parley as_hub(Level ceiling = Level::secret) const {
    return {Side::answerer, {RouteKind::network, ceiling}, {}, {}, a.node, realm.root()};
  }

  SmallRealm realm;
  OfficeId office;
  Machine a, r;
  CompartmentId internal, secret;
  std::unique_ptr<MemoryLog> log_a, log_r;  ///< log_r plays the hub where one is asked for
};

}  // namespace jiyao
