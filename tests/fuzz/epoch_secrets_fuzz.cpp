// tests/fuzz/epoch_secrets_fuzz.cpp - libFuzzer's door to the decoder of "epoch_secrets".
#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const jiyao::fuzz::Feed feed = jiyao::fuzz::feed_of("epoch_secrets");
  feed({bytes, size});
  return 0;
}
