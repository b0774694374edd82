// schema/ids.cpp - drawing time-ordered ids.
#include "schema/ids.h"

#include "crypto/random.h"

namespace jiyao {

template <class B>
B time_ordered_id(std::int64_t wall_ms) {
  static_assert(B::kBytes == 16);
  B id = random_block<B>();
  const auto stamp = static_cast<std::uint64_t>(wall_ms < 0 ? 0 : wall_ms);
  for (unsigned i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(stamp >> (8 * (5 - i)));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0f));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

template RecordId time_ordered_id<RecordId>(std::int64_t);
template ActId time_ordered_id<ActId>(std::int64_t);

}  // namespace jiyao
