// bench/print_rows.cpp - the register as JSON, one row a line, for the programs of bench/peers. Its
// words need no escaping.
#include <cstdio>

#include "bench/register.h"
#include "bench/workloads.h"

namespace jiyao {

void print_rows(const Order& order) {
  for (std::uint64_t n = 0; n < order.rows; ++n) {
    std::printf("{\"_id\":\"%010llu\"", static_cast<unsigned long long>(n));
    for (const Write& write : register_row(n))
      std::printf(",\"%s\":\"%s\"", write.group.c_str(), write.value.c_str());
    std::printf("}\n");
  }
}

}  // namespace jiyao
