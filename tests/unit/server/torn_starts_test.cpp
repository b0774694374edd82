// tests/unit/server/torn_starts_test.cpp - what the hub remembers of requests that were cut.
#include "server/torn_starts.h"

#include <gtest/gtest.h>

#include "crypto/random.h"

namespace jiyao {
namespace {

TEST(TornStarts, OneOfANodeAndOnlyForIt) {
  TornStarts starts;
  const NodeId one = random_block<NodeId>(), other = random_block<NodeId>();
  const Bytes first(5000, 1), second(6000, 2);
  starts.keep(one, first);
  EXPECT_EQ(starts.tell(one), frame_start(first));
  EXPECT_EQ(starts.find(one, *frame_start(first)), first);
  EXPECT_EQ(starts.tell(other), std::nullopt);
  EXPECT_EQ(starts.find(other, *frame_start(first)), std::nullopt);
  starts.keep(one, second);
  EXPECT_EQ(starts.find(one, *frame_start(first)), std::nullopt);
  EXPECT_EQ(starts.find(one, *frame_start(second)), second);
  starts.keep(one, Bytes(10));
  EXPECT_EQ(starts.tell(one), std::nullopt) << "too short to be worth its words";
  starts.keep(one, first);
  starts.drop(one);
  EXPECT_EQ(starts.tell(one), std::nullopt);
}

TEST(TornStarts, WhoNeverGoesOnIsToldSomeTimesOnly) {
  TornStarts starts;
  const NodeId node = random_block<NodeId>();
  starts.keep(node, Bytes(5000, 1));
  for (int i = 0; i < TornStarts::kTellingsMax; ++i) EXPECT_TRUE(starts.tell(node)) << i;
  EXPECT_FALSE(starts.tell(node));
}

TEST(TornStarts, TheOldestMakeRoom) {
  TornStarts starts;
  constexpr std::size_t kBytes = 512 * 1024;
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i <= TornStarts::kBytesMax / kBytes; ++i) {
    nodes.push_back(random_block<NodeId>());
    starts.keep(nodes.back(), Bytes(kBytes, static_cast<std::uint8_t>(i)));
  }
  EXPECT_FALSE(starts.tell(nodes.front()));
  EXPECT_TRUE(starts.tell(nodes[1]));
  EXPECT_TRUE(starts.tell(nodes.back()));
}

}  // namespace
}  // namespace jiyao
