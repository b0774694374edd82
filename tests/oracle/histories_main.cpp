// tests/oracle/histories_main.cpp - random histories and what the engine makes of them, a line
// each; beside every second one, several records that meet.
//
//   python3 tests/oracle/compare.py schema/ledgers oracle_histories FIRST COUNT
#include <cstdlib>
#include <iostream>

#include "oracle/meeting.h"
#include "oracle/state_lines.h"

int main(int argc, char** argv) {
  using namespace jiyao;
  if (argc != 3) {
    std::cerr << "usage: oracle_histories FIRST COUNT\n";
    return 1;
  }
  std::ios::sync_with_stdio(false);
  const std::uint64_t first = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t count = std::strtoull(argv[2], nullptr, 10);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    oracle::HistoryMaker history(seed);
    const std::vector<JudgedChange> held = history.held();
    oracle::tell_record(std::cout, "history " + std::to_string(seed), history.ledger(), held,
                        merge(history.ledger(), held));
    if (seed % 2 == 0) oracle::Meeting(seed).tell(std::cout, "meeting " + std::to_string(seed));
  }
  return 0;
}
