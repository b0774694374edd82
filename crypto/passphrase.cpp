// crypto/passphrase.cpp - Argon2id within bounds, and codes a person can copy from paper.
#include "crypto/passphrase.h"

#include <sodium.h>

#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/sodium_ready.h"

namespace jiyao {
namespace {

static_assert(PassphraseSalt::kBytes == crypto_pwhash_argon2id_SALTBYTES);

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kCodeCharacters = 32;
constexpr std::size_t kCheckCharacters = 4;
constexpr std::size_t kGroupCharacters = 4;

/// The character of 5 bits of `bytes`, most significant first.
char character_at(ByteView bytes, std::size_t index) {
  unsigned value = 0;
  for (std::size_t bit = index * 5; bit < index * 5 + 5; ++bit)
    value = value << 1 | (bytes[bit / 8] >> (7 - bit % 8) & 1U);
  return kAlphabet[value];
}

std::string check_characters(std::string_view code) {
  const Digest sum = digest(Label::recovery, {as_bytes(code)});
  std::string check;
  for (std::size_t i = 0; i < kCheckCharacters; ++i) check += character_at(sum.view(), i);
  return check;
}

/// 0 for what may stand between characters, '?' for what may not stand at all.
char read_character(char typed) {
  if (typed == '-' || typed == ' ' || typed == '\t' || typed == '\r' || typed == '\n') return 0;
  if (typed >= 'a' && typed <= 'z') typed = static_cast<char>(typed - 'a' + 'A');
  if (typed == 'O') return '0';
  if (typed == 'I' || typed == 'L') return '1';
  return typed != 0 && kAlphabet.find(typed) != std::string_view::npos ? typed : '?';
}

bool is_between(const PassphraseCost& cost, const PassphraseCost& low, const PassphraseCost& high) {
  return cost.ops >= low.ops && cost.ops <= high.ops && cost.memory_bytes >= low.memory_bytes &&
         cost.memory_bytes <= high.memory_bytes;
}

}  // namespace

bool is_within_bounds(const PassphraseCost& cost, bool is_test) {
  if (cost.memory_bytes % 1024 != 0) return false;  // Argon2 counts KiB; one spelling per cost
  return is_test ? is_between(cost, kTestCost, kTestCostMax) : is_between(cost, kCostMin, kCostMax);
}

Result<Secret<64>> stretch(std::string_view passphrase, const PassphraseSalt& salt,
                           const PassphraseCost& cost) {
  ready_sodium();
  JIYAO_ASSERT(is_within_bounds(cost, false) || is_within_bounds(cost, true));
  if (passphrase.empty()) return Error{Errc::too_large, "empty passphrase"};
  if (passphrase.size() > kPassphraseBytesMax) return Error{Errc::too_large, "passphrase"};
  Secret<64> stretched;
  // Named, never libsodium's default, which a later version may change under our files.
  if (crypto_pwhash(stretched.write().data(), stretched.write().size(), passphrase.data(),
                    passphrase.size(), salt.bytes.data(), cost.ops,
                    static_cast<std::size_t>(cost.memory_bytes), crypto_pwhash_ALG_ARGON2ID13) != 0)
    return Error{Errc::unavailable, "not enough memory to check a passphrase"};
  return stretched;
}

std::string make_recovery_code() {
  std::array<std::uint8_t, kCodeCharacters * 5 / 8> bits;
  random_bytes(bits);
  std::string code;
  code.reserve(kCodeCharacters + kCheckCharacters);  // so that growing leaves no copies behind
  for (std::size_t i = 0; i < kCodeCharacters; ++i) code += character_at(bits, i);
  code += check_characters(code);
  wipe(bits);
  std::string printed;
  printed.reserve(code.size() + code.size() / kGroupCharacters);
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i != 0 && i % kGroupCharacters == 0) printed += '-';
    printed += code[i];
  }
  wipe(code);
  return printed;
}

Result<std::string> normalise_recovery_code(std::string_view typed) {
  std::string code;
  code.reserve(kCodeCharacters + kCheckCharacters);
  bool is_readable = true;
  for (const char letter : typed) {
    const char read = read_character(letter);
    if (read == 0) continue;
    is_readable = is_readable && read != '?' && code.size() < kCodeCharacters + kCheckCharacters;
    if (is_readable) code += read;
  }
  is_readable = is_readable && code.size() == kCodeCharacters + kCheckCharacters;
  const std::string check = code.substr(std::min(code.size(), kCodeCharacters));
  code.resize(std::min(code.size(), kCodeCharacters));
  if (is_readable && check_characters(code) == check) return code;
  wipe(code);
  return Error{Errc::malformed, "recovery code"};
}

}  // namespace jiyao
