// crypto/random.h - random bytes from the kernel, and the one place a test may make them
// repeatable.
#pragma once

#include <functional>

#include "crypto/bytes.h"

namespace jiyao {

void random_bytes(std::span<std::uint8_t> out);

template <class B>
B random_block() {
  B block;
  random_bytes(block.bytes);
  return block;
}

/// The simulator's door: every random byte of the process, libsodium's own nonces and keys too,
/// then comes from `fill`. Call while no other thread draws. Call with nullptr to go back to the
/// kernel. Tests only; never from floors 2-4 (the tidy test checks).
void set_random_source_for_tests(std::function<void(std::span<std::uint8_t>)> fill);

}  // namespace jiyao
