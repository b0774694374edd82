// client/back_off.h - how long `sync --watch` rests between two meetings.
#pragma once

#include <cstdint>

#include "schema/files.h"

namespace jiyao {

inline constexpr std::int64_t kFirstRetryMs = 5'000;
inline constexpr std::int64_t kRetryMsMax = 15 * 60 * 1000;

/// After a good meeting the wish of the person (`every_ms`) or of the hub, whichever is longer.
/// After the n-th failure in a row 5 s, 10 s, 20 s ... up to 15 minutes or `every_ms`, whichever is
/// longer: a link that came back is noticed soon, one that is gone costs little. Up to a quarter
/// more by chance, so that offices do not return all at once.
std::int64_t rest_ms(std::int64_t every_ms, std::int64_t hub_wish_ms, int failures, Random& random);

}  // namespace jiyao
