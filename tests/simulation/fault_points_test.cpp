// tests/simulation/fault_points_test.cpp - every file call and allocation of an office's work
// fails.
//
// Goal: P1 and P2 on a machine that fails and goes on: what was acknowledged is there once the
// fault is lifted and the program is started anew, and it verifies clean. Method: each kind of step
// is done again and again, its n-th call failing, n rising until it ends before its n-th call; each
// time the office is opened and asked, and works on from there. Of the thousands of allocations,
// SQLite's and our own, every so-manieth fails (JIYAO_FAULT_POINTS of a step, usually 60).
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <new>

#include "server/strand.h"
#include "simulation/one_office.h"
#include "support/failing_memory.h"
#include "support/own_memory.h"
#include "support/two_offices.h"
#include "sync/bundle_writer.h"

namespace jiyao::simulation {
namespace {

using Depth = OneOffice::Depth;
using Failure = SimulatedDisk::Failure;
using Step = OneOffice::Step;

[[maybe_unused]] const bool is_installed = FailingMemory::install();

struct Fault {
  const char* name;
  std::optional<Failure> of_the_disk;
  bool is_sticky;
  FailingCalls* memory = nullptr;  // if it is not of the disk
};

std::uint64_t points_of_a_step() {
  const char* set = std::getenv("JIYAO_FAULT_POINTS");
  return set == nullptr ? 60 : std::strtoull(set, nullptr, 10);
}

class FaultPoints : public testing::TestWithParam<Fault> {
 protected:
  void strike(std::uint64_t n) {
    const Fault& fault = GetParam();
    if (fault.of_the_disk)
      office().disk.fail_at(n, *fault.of_the_disk, n != 0 && fault.is_sticky);
    else
      fault.memory->fail_at(n, fault.is_sticky);
  }
  bool has_struck() {
    return GetParam().of_the_disk ? office().disk.has_failed() : GetParam().memory->has_failed();
  }
  std::uint64_t calls() {
    return GetParam().of_the_disk ? office().disk.io_count() : GetParam().memory->calls();
  }
  Station& office() { return world_.office(); }

  bool is_done(Step step) {
    try {
      const OwnMemory::Counted counted;
      world_.work(step);
      return true;
    } catch (const StorageFailure&) {
      return false;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
  enum class Outcome : std::uint8_t { struck, spared, over };  // over: it has fewer than n calls
  Outcome step_failing_at(Step step, std::uint64_t n) {
    const std::uint64_t before = calls();
    strike(n);
    refused_ += is_done(step) ? 0 : 1;
    strike(0);
    if (has_struck()) return Outcome::struck;
    return calls() - before < n ? Outcome::over : Outcome::spared;
  }
  // Every other time the same process tries to work on before it ends: it may refuse (a log that
  // failed wants to be opened again), but not say yes to what is gone afterwards.
  void go_on_and_check() {
    if (++checks_ % 2 == 0 && office().replica) went_on_ += is_done(Step::record) ? 1 : 0;
    office().replica.reset();
    world_.check(office().disk, office().acknowledged.size(),
                 checks_ % 16 == 0 ? Depth::replayed : Depth::pages);
    if (!HasFatalFailure()) world_.work(Step::open);
  }

  void fail_every_call_of(Step step) {
    world_.work(Step::record);
    const std::uint64_t before = calls();
    ASSERT_TRUE(is_done(step));
    const std::uint64_t stride = (calls() - before) / points_of_a_step() + 1;
    // No two steps are of one length, and those that open all there is grow with it.
    const std::uint64_t most = 2 * (points_of_a_step() + 1) * stride;
    int times_over = 0;
    for (std::uint64_t n = 1; times_over < 3 && n < most && !HasFailure(); n += stride) {
      SCOPED_TRACE("step " + std::to_string(static_cast<int>(step)) + ", call " +
                   std::to_string(n));
      world_.work(Step::record);  // something to seal and to send
      const Outcome outcome = step_failing_at(step, n);
      times_over = outcome == Outcome::over ? times_over + 1 : 0;
      if (outcome != Outcome::struck) continue;
      ++points_;
      go_on_and_check();
    }
  }

  OneOffice world_{5};
  std::uint64_t points_ = 0, refused_ = 0, checks_ = 0, went_on_ = 0;
};

TEST_P(FaultPoints, LoseNothingAcknowledgedAndVerifyClean) {
  constexpr std::uint64_t kPointsMin = 40;  // writes that can be cut short are few: twice round
  for (int round = 0; round < 3 && points_ < kPointsMin; ++round)
    for (const Step step : OneOffice::kSteps) fail_every_call_of(step);
  std::cout << points_ << " points, " << refused_ << " steps refused, " << went_on_ << " went on\n";
  EXPECT_GE(points_, kPointsMin);
  EXPECT_GT(refused_, 20U);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultPoints,
    testing::Values(Fault{"ErrorOnce", Failure::io, false},
                    Fault{"ErrorFromThereOn", Failure::io, true},
                    Fault{"FullOnce", Failure::full, false},
                    Fault{"FullFromThereOn", Failure::full, true},
                    Fault{"ShortWriteOnce", Failure::short_write, false},
                    Fault{"ShortWritesFromThereOn", Failure::short_write, true},
                    Fault{"NoMemoryOnce", std::nullopt, false, &FailingMemory::the()},
                    Fault{"NoMemoryFromThereOn", std::nullopt, true, &FailingMemory::the()},
                    Fault{"NoMemoryOfOursOnce", std::nullopt, false, &OwnMemory::the()},
                    Fault{"NoMemoryOfOursFromThereOn", std::nullopt, true, &OwnMemory::the()}),
    [](const auto& fault) { return fault.param.name; });

// What is read once and kept is kept whole, or read again.
TEST(OwnMemoryOfAList, WhatWasReadHalfIsReadAgain) {
  OneOffice world(9);
  for (int i = 0; i < 60; ++i) world.work(Step::record);
  Query query;
  query.ledger = "incoming";
  const auto shown = [&] {
    const OwnMemory::Counted counted;
    const Replica& replica = *world.office().replica;
    return std::tuple(replica.count(query), replica.search(query).rows.size(),
                      replica.findings().size(), replica.conflicts(100).size());
  };
  OwnMemory& memory = OwnMemory::the();
  const std::uint64_t before = memory.calls();
  const auto expected = shown();
  EXPECT_GT(std::get<0>(expected), 10U);
  const std::uint64_t stride = (memory.calls() - before) / points_of_a_step() + 1;
  bool has_struck = true;
  std::size_t refused = 0;
  for (std::uint64_t n = 1; has_struck; n += stride) {
    world.work(Step::open);
    memory.fail_at(n);
    try {
      (void)shown();
    } catch (const std::bad_alloc&) {
      ++refused;
    }
    has_struck = memory.has_failed();
    memory.fail_at(0);
    EXPECT_EQ(shown(), expected) << "allocation " << n;
  }
  EXPECT_GT(refused, 20U);
}

// A medium for want of memory: a proven volume and its fact, or nothing.
class OwnMemoryOfABundle : public testing::Test, protected TwoOffices {};

TEST_F(OwnMemoryOfABundle, TheMediumHoldsWhatWasSaidAndNothingElse) {
  teach_both();
  for (int i = 0; i < 3; ++i) keep(*log_a, realm.write(a, internal, 60'000));
  Result<BundleOrder> order = order_for(LaneBook(r.node), a.node, a.incarnation, *a.sign);
  ASSERT_TRUE(order);
  order->label = Level::secret;
  const Result<BundleWriter> writer = BundleWriter::plan(*log_a, std::move(*order));
  ASSERT_TRUE(writer);
  std::uint64_t n = 0, points = 0;
  for (bool has_struck = true; has_struck; ++points, n += 1 + n / 40) {
    SimulatedDisk medium(n, SimulatedDisk::Kind::medium);
    medium.make_folder("/stick");
    std::size_t said = 0;
    OwnMemory::the().fail_at(n + 1);
    try {
      const OwnMemory::Counted counted;
      const auto facts = writer->write_all(medium, "/stick");
      said = facts ? facts->size() : 0;
    } catch (const std::bad_alloc&) {
      said = 0;
    }
    has_struck = OwnMemory::the().has_failed();
    OwnMemory::the().fail_at(0);
    EXPECT_EQ(medium.list("/stick").size(), said) << "allocation " << n + 1;
  }
  EXPECT_GT(points, 60U);
}

// The hub's writers: who waits is answered, whatever there was no memory for.
TEST(OwnMemoryOfTheHub, AStrandWithoutMemoryThrowsAndGoesOn) {
  std::size_t answered = 0;
  Strand strand([&](Strand::Group group) { answered += group.size(); });
  OwnMemory& memory = OwnMemory::the();
  std::size_t refused = 0;
  for (std::uint64_t n = 1; answered == refused; ++n) {  // until it has fewer than n
    Job job(100), next(100);
    memory.fail_at(n);
    try {
      const OwnMemory::Counted counted;
      strand.pass(job, NodeId{});
    } catch (const std::bad_alloc&) {
      ++refused;
    }
    memory.fail_at(0);
    strand.pass(next, NodeId{});
  }
  EXPECT_GT(refused, 0U);
  EXPECT_EQ(answered, refused + 2) << "who was thrown to waits no longer";
}

}  // namespace
}  // namespace jiyao::simulation
