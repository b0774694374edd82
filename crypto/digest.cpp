// crypto/digest.cpp - labelled BLAKE2b.
#include "crypto/digest.h"

#include "crypto/blake2b.h"
#include "crypto/result.h"
#include "crypto/secret.h"
#include "crypto/sodium_ready.h"

namespace jiyao {
namespace {

constexpr std::string_view kPersonalStart = "jiyao ";

using LittleEndian64 = std::array<std::uint8_t, 8>;

// A loop, because g++ 12 sees an overflow in std::copy here that the lengths rule out.
void put(std::array<std::uint8_t, 16>& out, std::size_t at, std::string_view text) {
  for (const char letter : text) out.at(at++) = static_cast<std::uint8_t>(letter);
}

LittleEndian64 little_endian(std::uint64_t number) {
  LittleEndian64 bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return bytes;
}

}  // namespace

Blake2b::Blake2b(Label label, ByteView key, std::string_view salt) {
  ready_sodium();  // chooses the code for this processor
  std::array<std::uint8_t, crypto_generichash_blake2b_PERSONALBYTES> personal{};
  std::array<std::uint8_t, crypto_generichash_blake2b_SALTBYTES> padded{};
  const std::string_view name = name_of(label);
  JIYAO_ASSERT(kPersonalStart.size() + name.size() <= personal.size());
  JIYAO_ASSERT(salt.size() <= padded.size() && (key.empty() || key.size() == 32));
  put(personal, 0, kPersonalStart);
  put(personal, kPersonalStart.size(), name);
  put(padded, 0, salt);
  const int failed = crypto_generichash_blake2b_init_salt_personal(
      &state_, key.data(), key.size(), Digest::kBytes, padded.data(), personal.data());
  JIYAO_ASSERT(failed == 0);
}

Blake2b::~Blake2b() {
  sodium_memzero(&state_, sizeof(state_));
}

void Blake2b::add(ByteView part) {
  const LittleEndian64 length = little_endian(part.size());
  crypto_generichash_blake2b_update(&state_, length.data(), length.size());
  if (!part.empty()) crypto_generichash_blake2b_update(&state_, part.data(), part.size());
}

void Blake2b::finish(std::span<std::uint8_t, 32> out) {
  crypto_generichash_blake2b_final(&state_, out.data(), out.size());
}

Digest digest(Label label, std::initializer_list<ByteView> parts) {
  Blake2b hash(label, {}, {});
  for (const ByteView part : parts) hash.add(part);
  Digest digest;
  hash.finish(digest.bytes);
  return digest;
}

struct Hasher::State {
  explicit State(Label label) : hash(label, {}, {}) {}
  Blake2b hash;
};

Hasher::Hasher(Label label) : state_(std::make_unique<State>(label)) {}
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

Hasher& Hasher::add(ByteView part) {
  JIYAO_ASSERT(state_);
  state_->hash.add(part);
  return *this;
}

Hasher& Hasher::add(std::uint64_t number) {
  return add(ByteView(little_endian(number)));
}

Digest Hasher::finish() {
  JIYAO_ASSERT(state_);
  Digest digest;
  state_->hash.finish(digest.bytes);
  state_.reset();
  return digest;
}

}  // namespace jiyao
