// crypto/digest.h - BLAKE2b-256 with a label, over length-prefixed parts.
#pragma once

#include <initializer_list>
#include <memory>

#include "crypto/bytes.h"
#include "crypto/labels.h"

namespace jiyao {

using Digest = Block<struct DigestTag, 32>;

/// BLAKE2b-256, personal = label, over each part preceded by its length (u64 LE). Cannot fail.
/// Length prefixes make ("ab","c") and ("a","bc") differ. Safe from any thread.
Digest digest(Label label, std::initializer_list<ByteView> parts);

/// The same, fed piece by piece: add(x) is one part.
class Hasher {
 public:
  explicit Hasher(Label label);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();
  Hasher& add(ByteView part);
  Hasher& add(std::uint64_t number);  ///< as 8 bytes LE
  Digest finish();                    ///< once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
