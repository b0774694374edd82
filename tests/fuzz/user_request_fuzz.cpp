// tests/fuzz/user_request_fuzz.cpp - libFuzzer's door to the decoder of "user_request".
#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const jiyao::fuzz::Feed feed = jiyao::fuzz::feed_of("user_request");
  feed({bytes, size});
  return 0;
}
