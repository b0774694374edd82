// tests/fuzz/packed_fields_fuzz.cpp - libFuzzer's door to the decoder of "packed_fields".
#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const jiyao::fuzz::Feed feed = jiyao::fuzz::feed_of("packed_fields");
  feed({bytes, size});
  return 0;
}
