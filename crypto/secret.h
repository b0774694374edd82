// crypto/secret.h - N secret bytes in guarded, locked memory, zeroed when the owner goes.
#pragma once

#include <memory>

#include "crypto/bytes.h"

namespace jiyao {

/// Move-only: a key has one owner, and a copy of it is a decision somebody has to write down.
/// Stops the program if the memory cannot be locked (raise RLIMIT_MEMLOCK).
template <std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kBytes = N;
  Secret();                ///< zeros
  static Secret random();  ///< from the kernel
  static Secret copy_of(ByteView n_bytes);
  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&&) noexcept = default;
  Secret duplicate() const;  ///< the written-down decision

  /// Reading a secret is visible in the code that does it.
  std::span<const std::uint8_t, N> reveal() const {
    return std::span<const std::uint8_t, N>(bytes_.get(), N);
  }
  std::span<std::uint8_t, N> write() { return std::span<std::uint8_t, N>(bytes_.get(), N); }

 private:
  struct Wipe {
    void operator()(std::uint8_t* bytes) const noexcept;
  };
  std::unique_ptr<std::uint8_t[], Wipe> bytes_;
};

extern template class Secret<32>;
extern template class Secret<64>;

/// Overwrites memory in a way the compiler keeps.
void wipe(std::span<std::uint8_t> bytes);
void wipe(std::string& text);

}  // namespace jiyao
