// tests/simulation/hub_memory_test.cpp - the hub finds no memory while it takes batches in.
//
// Goal: P1 and P5 on a hub that runs out and goes on: what it answered is on its disk, who was not
// answered is told so and may come again, and it needs no restart. Method: an office says one new
// batch a request; the n-th allocation of the request fails, SQLite's or our own, n rising through
// all a request makes (some sixty of them), once or from there on; then the same batch again.
#include <iostream>

#include "schema/exit_code.h"
#include "support/failing_memory.h"
#include "support/hub_at_home.h"
#include "support/own_memory.h"

namespace jiyao::simulation {
namespace {

constexpr std::uint64_t kPoints = 60;

struct Want {
  const char* name;
  FailingCalls* memory;
  bool is_sticky;
};

class HubMemory : public HubAtHome, public testing::WithParamInterface<Want> {
 protected:
  HubMemory() {
    const OfficeId office = realm_.add_office();
    a_ = realm_.add_node(office, Level::secret, false, NodeKind::networked);
    place_ = realm_.open(office, Level::internal);
    realm_.give(a_, place_);
    EXPECT_TRUE(join());
  }
  // A hub whose store had to be read anew takes counters from the next window on, as behind a
  // start: who asks goes there, as client/hub_caller.h does.
  testing::AssertionResult is_answered(const SealedBatch& batch) {
    Result<Bytes> answer = asked(batch);
    if (!answer && answer.code() == Errc::not_authentic) {
      next_window();
      answer = asked(batch);
    }
    if (answer) return testing::AssertionSuccess();
    return testing::AssertionFailure()
           << name_of(answer.error().code) << " " << answer.error().detail;
  }
  Result<Bytes> asked(const SealedBatch& batch) {
    Bytes body;
    put_frame(body, FrameType::batch, batch.bytes());
    put_frame(body, FrameType::end, {});
    const Bytes request = signed_by(a_, body, ++counter_);
    try {
      const OwnMemory::Counted counted;
      return hub_->exchange(request);
    } catch (const std::bad_alloc&) {
      return {Errc::unavailable, "memory"};
    } catch (const StorageFailure& failure) {
      return {Errc::storage, failure.what()};
    }
  }

  Machine a_;
  CompartmentId place_;
};

TEST_P(HubMemory, WhoFindsNoneIsToldAndComesAgain) {
  FailingCalls& memory = *GetParam().memory;
  ASSERT_TRUE(is_answered(realm_.write(a_, place_)));
  const std::uint64_t before = memory.calls();
  ASSERT_TRUE(is_answered(realm_.write(a_, place_)));
  const std::uint64_t stride = (memory.calls() - before) / kPoints + 1;
  std::size_t written = 2, refused = 0, struck = 0;
  for (std::uint64_t n = 1; struck == written - 2; n += stride) {
    const SealedBatch batch = realm_.write(a_, place_);
    ++written;
    memory.fail_at(n, GetParam().is_sticky);
    const bool is_first_answered{is_answered(batch)};
    memory.fail_at(0);
    struck += memory.has_failed() ? 1 : 0;
    refused += is_first_answered ? 0 : 1;
    if (is_first_answered) {
      EXPECT_TRUE(home_->store().holds(batch.id())) << "allocation " << n;
    }
    ASSERT_TRUE(is_answered(batch)) << "allocation " << n << ": it does not go on";
    ASSERT_TRUE(home_->store().holds(batch.id())) << "allocation " << n;
    if (written % 8 == 0) open();
    ASSERT_EQ(home_->store().positions(), written) << "allocation " << n;
  }
  open();
  EXPECT_EQ(home_->store().positions(), written);
  std::cout << struck << " points, " << refused << " requests refused\n";
  EXPECT_GT(struck, kPoints / 2);
  EXPECT_GT(refused, 0U);
}

INSTANTIATE_TEST_SUITE_P(Wants, HubMemory,
                         testing::Values(Want{"sqlite_once", &FailingMemory::the(), false},
                                         Want{"sqlite_from_there", &FailingMemory::the(), true},
                                         Want{"own_once", &OwnMemory::the(), false},
                                         Want{"own_from_there", &OwnMemory::the(), true}),
                         [](const auto& want) { return std::string(want.param.name); });

}  // namespace
}  // namespace jiyao::simulation
