// tests/fuzz/decoder_fuzz.cpp - libFuzzer's door to one decoder; the build names it by
// JIYAO_OBJECT.
#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const jiyao::fuzz::Feed feed = jiyao::fuzz::feed_of(JIYAO_OBJECT);
  feed({bytes, size});
  return 0;
}
