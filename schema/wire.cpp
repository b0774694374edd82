// schema/wire.cpp - the preamble all objects share.
#include "schema/wire.h"

namespace jiyao {

void put_preamble(WireWriter& out, const Preamble& preamble) {
  JIYAO_ASSERT(preamble.magic.size() == 4);
  out.raw(as_bytes(preamble.magic));
  out.u8(preamble.version);
  out.u8(kSuite);
  out.u16(0);
}

Result<void> take_preamble(WireReader& in, const Preamble& preamble) {
  const ByteView magic = in.take(4);
  const std::uint8_t version = in.u8();
  const std::uint8_t suite = in.u8();
  const std::uint16_t reserved = in.u16();
  if (in.has_failed()) return {Errc::malformed, "shorter than a preamble"};
  if (as_text(magic) != preamble.magic) return {Errc::malformed, "wrong magic"};
  // A newer version may use the reserved bytes, so it is asked first.
  if (version > preamble.version) return {Errc::newer, "version above ours"};
  if (suite > kSuite) return {Errc::newer, "suite above ours"};
  if (version < preamble.version || suite == 0)
    return {Errc::malformed, "a version below, or suite zero"};
  if (reserved != 0) return {Errc::malformed, "reserved bytes are not zero"};
  return {};
}

}  // namespace jiyao
