// crypto/passphrase.h - from what a person knows or has printed to a key: Argon2id and recovery
// codes.
#pragma once

#include "crypto/result.h"
#include "crypto/secret.h"

namespace jiyao {

struct PassphraseCost {  ///< Argon2id 1.3, one lane
  std::uint32_t ops;
  std::uint64_t memory_bytes;  ///< a multiple of 1024

  friend bool operator==(const PassphraseCost&, const PassphraseCost&) = default;
};

inline constexpr PassphraseCost kShippedCost{3, 256ULL << 20};
inline constexpr PassphraseCost kCostMin{3, 64ULL << 20};
inline constexpr PassphraseCost kCostMax{10, 2ULL << 30};
/// What a slot marked as a test's may cost; small, so that tests and fuzzers stay quick whatever a
/// damaged file asks for.
inline constexpr PassphraseCost kTestCost{1, 8192};
inline constexpr PassphraseCost kTestCostMax{3, 1ULL << 20};

/// Whether slots marked as a test's are taken at all. Only a test passes `accept`.
enum class TestSlots : bool { refuse, accept };

/// Between kCostMin and kCostMax, or for a test slot between kTestCost and kTestCostMax. Asked
/// before any hashing, so a hostile file cannot cost 64 GiB.
bool is_within_bounds(const PassphraseCost& cost, bool is_test);

using PassphraseSalt = Block<struct PassphraseSaltTag, 16>;
inline constexpr std::size_t kPassphraseBytesMax = 1024;

/// Argon2id(passphrase, salt, cost) to 64 bytes. `passphrase` is NFC-normalised UTF-8; whoever owns
/// it wipes it. About 0.6 s and 256 MiB at kShippedCost.
///   errors   too_large    no character, or over kPassphraseBytesMax
///            unavailable  this machine has not that much memory free
Result<Secret<64>> stretch(std::string_view passphrase, const PassphraseSalt& salt,
                           const PassphraseCost& cost);

/// A new recovery code as it is printed: 160 random bits in 32 Crockford base32 characters and 4
/// check characters, "XXXX-XXXX-..." in nine groups. The caller prints and wipes it.
std::string make_recovery_code();

/// What somebody typed from the sheet -> the 32 characters that are stretched. Case, dashes and
/// spaces do not matter; O reads as 0, I and L as 1. The caller wipes the value.
///   errors   malformed: other characters, wrong length, or the check characters do not agree (a
///            slip of the pen, told apart from a code of another keyring)
Result<std::string> normalise_recovery_code(std::string_view typed);

}  // namespace jiyao
