// tests/simulation/chance.h - named streams of random numbers, all from the seed of a world.
//
// A stream depends on (seed, name) only: taking one step out of a plan leaves every other stream as
// it was. The same numbers on every compiler: no std distribution is used.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "schema/files.h"

namespace jiyao::simulation {

class Chance final : public Random {
 public:
  Chance(std::uint64_t seed, std::string_view name) : state_(seed) {
    for (const char letter : name)
      state_ = (state_ ^ static_cast<std::uint8_t>(letter)) * 0x100000001b3ULL;
  }

  // splitmix64
  std::uint64_t next() override {
    std::uint64_t x = state_ += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : next() % bound; }
  bool percent(unsigned chance) { return below(100) < chance; }
  void fill(std::span<std::uint8_t> out) {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(next() >> 24);
  }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }
  template <class B>
  B block() {
    B drawn;
    fill(drawn.bytes);
    return drawn;
  }

 private:
  std::uint64_t state_;
};

}  // namespace jiyao::simulation
