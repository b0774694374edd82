// client/back_off.cpp - see back_off.h.
#include "client/back_off.h"

#include <algorithm>

namespace jiyao {

std::int64_t rest_ms(std::int64_t every_ms, std::int64_t hub_wish_ms, int failures,
                     Random& random) {
  std::int64_t rest = std::max(every_ms, hub_wish_ms);
  if (failures > 0) {
    const std::int64_t most = std::max(every_ms, kRetryMsMax);
    rest = kFirstRetryMs;
    for (int i = 1; i < failures && rest < most; ++i) rest *= 2;
    rest = std::min(rest, most);
  }
  return rest + static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(rest / 4 + 1));
}

}  // namespace jiyao
