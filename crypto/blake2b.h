// crypto/blake2b.h - BLAKE2b-256 as this project always calls it. For the sources of crypto/ only.
#pragma once

#include <sodium.h>

#include "crypto/digest.h"

namespace jiyao {

/// One BLAKE2b state: personal = "jiyao " + label, optional key, each part length-prefixed (u64
/// LE). Digests, MACs and derived keys all pass through here, so one vector checks them all. The
/// state may hold secrets and is wiped when it goes.
class Blake2b {
 public:
  /// `key` empty or 32 bytes. `salt` becomes BLAKE2b's 16-byte salt, zero padded; empty for most.
  Blake2b(Label label, ByteView key, std::string_view salt);
  Blake2b(const Blake2b&) = delete;
  Blake2b& operator=(const Blake2b&) = delete;
  ~Blake2b();

  void add(ByteView part);
  void finish(std::span<std::uint8_t, 32> out);

 private:
  crypto_generichash_blake2b_state state_;
};

}  // namespace jiyao
