// tests/fuzz/roster_record_fuzz.cpp - libFuzzer's door to the decoder of "roster_record".
#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const jiyao::fuzz::Feed feed = jiyao::fuzz::feed_of("roster_record");
  feed({bytes, size});
  return 0;
}
