// tests/oracle/worlds_main.cpp - what every machine of some worlds holds and shows at the end.
//
//   python3 tests/oracle/compare.py schema/ledgers oracle_worlds FIRST COUNT [STEPS]
#include <cstdlib>
#include <iostream>

#include "simulation/world.h"

int main(int argc, char** argv) {
  using namespace jiyao::simulation;
  if (argc < 3) {
    std::cerr << "usage: oracle_worlds FIRST COUNT [STEPS]\n";
    return 1;
  }
  std::ios::sync_with_stdio(false);
  const std::uint64_t first = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t count = std::strtoull(argv[2], nullptr, 10);
  const std::size_t steps = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 400;
  bool has_failed = false;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    World world(plan(seed, steps));
    world.tell_end_to(std::cout);
    const Outcome outcome = world.run();
    if (outcome.failure.empty()) continue;
    std::cerr << outcome.failure << '\n';
    has_failed = true;
  }
  return has_failed ? 1 : 0;
}
