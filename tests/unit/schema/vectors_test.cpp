// tests/unit/schema/vectors_test.cpp - the golden vectors, and what is near them.
#include <gtest/gtest.h>

#include "fuzz/targets.h"
#include "support/source_folder.h"
#include "vectors/vector_file.h"

namespace jiyao {
namespace {

const std::string kFolder = test::source_folder() + "/tests/vectors";

class Vectors : public testing::TestWithParam<fuzz::Target> {
 protected:
  std::vector<vectors::Vector> read() const {
    return vectors::read_file_of(kFolder, GetParam().object);
  }
};

TEST_P(Vectors, EndAsTheirFileSays) {
  const auto all = read();
  std::map<std::string, int> seen;
  for (const vectors::Vector& vector : all) {
    const std::optional<Errc> refused = GetParam().feed(vector.bytes);
    EXPECT_EQ(refused ? vectors::outcome_of(*refused) : "good", vector.outcome) << vector.name;
    ++seen[vector.outcome];
  }
  EXPECT_GE(seen["good"], 1);
  EXPECT_GE(all.size(), 4U);
}

TEST_P(Vectors, AreStillWhatThisProgramWrites) {
  const auto today = vectors::samples_of(GetParam().object);
  EXPECT_EQ(read(), today);
}

// Not a fuzzer: a fixed walk around each vector, so that every build of the tests looks there.
TEST_P(Vectors, ChangedAtAFewPlacesNeverBreakTheDecoder) {
  std::uint64_t state = 88172645463325252ULL;
  const auto next = [&state](std::size_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<std::size_t>(state % below);
  };
  int refused = 0;
  for (const vectors::Vector& vector : read()) {
    for (int round = 0; round < 150; ++round) {
      Bytes bytes = vector.bytes;
      for (std::size_t steps = 1 + next(3); steps > 0; --steps) {
        const std::size_t at = next(bytes.size() + 1);
        const auto byte = static_cast<std::uint8_t>(next(256));
        const std::size_t kind = bytes.empty() ? 0 : next(4);
        if (kind == 0) bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), byte);
        if (kind == 1) bytes.resize(at);
        if (kind == 2) bytes[at % bytes.size()] = byte;
        if (kind == 3) bytes[at % bytes.size()] ^= static_cast<std::uint8_t>(1 << byte % 8);
      }
      refused += GetParam().feed(bytes) ? 1 : 0;
    }
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(Objects, Vectors,
                         testing::ValuesIn(fuzz::targets().begin(), fuzz::targets().end()),
                         [](const auto& target) { return std::string(target.param.object); });

}  // namespace
}  // namespace jiyao
