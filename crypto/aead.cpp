// crypto/aead.cpp - XChaCha20-Poly1305, its key commitment, and keyed BLAKE2b.
#include "crypto/aead.h"

#include <sodium.h>

#include "crypto/blake2b.h"
#include "crypto/random.h"
#include "crypto/sodium_ready.h"

namespace jiyao {
namespace {

static_assert(kNonceBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(BodyKey::kBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

// Keeps derive() and mac() apart even if one label were ever used with both.
constexpr std::string_view kDeriveSalt = "derive";

}  // namespace

Bytes seal(const BodyKey& key, ByteView plaintext, ByteView context) {
  Bytes sealed(kNonceBytes);
  sealed.reserve(plaintext.size() + kSealOverheadBytes);
  sealed.insert(sealed.end(), plaintext.begin(), plaintext.end());
  sealed.resize(plaintext.size() + kSealOverheadBytes);
  const std::span all(sealed);
  seal_in_place(key, all.subspan(kNonceBytes, plaintext.size()), context, all.first<kNonceBytes>(),
                all.last<kTagBytes>());
  return sealed;
}

Result<Bytes> open(const BodyKey& key, ByteView sealed, ByteView context) {
  if (sealed.size() < kSealOverheadBytes) return Errc::not_authentic;
  const ByteView text = sealed.subspan(kNonceBytes, sealed.size() - kSealOverheadBytes);
  Bytes plaintext(text.begin(), text.end());
  if (!open_in_place(key, plaintext, context, sealed.first(kNonceBytes), sealed.last(kTagBytes)))
    return Errc::not_authentic;
  return plaintext;
}

Digest commitment(const BodyKey& key, ByteView sealed) {
  return digest(Label::commit, {key.reveal(), sealed.first(std::min(kNonceBytes, sealed.size()))});
}

void seal_in_place(const BodyKey& key, std::span<std::uint8_t> text, ByteView context,
                   std::span<std::uint8_t, kNonceBytes> out_nonce,
                   std::span<std::uint8_t, kTagBytes> out_tag) {
  JIYAO_ASSERT(!context.empty());
  random_bytes(out_nonce);
  std::uint8_t nothing = 0;
  std::uint8_t* const at = text.empty() ? &nothing : text.data();  // never null for libsodium
  const int failed = crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
      at, out_tag.data(), nullptr, at, text.size(), context.data(), context.size(), nullptr,
      out_nonce.data(), key.reveal().data());
  JIYAO_ASSERT(failed == 0);
}

bool open_in_place(const BodyKey& key, std::span<std::uint8_t> text, ByteView context,
                   ByteView nonce, ByteView tag) {
  JIYAO_ASSERT(!context.empty());
  ready_sodium();
  std::uint8_t nothing = 0;
  std::uint8_t* const at = text.empty() ? &nothing : text.data();  // never null for libsodium
  const bool is_whole = nonce.size() == kNonceBytes && tag.size() == kTagBytes;
  if (is_whole && crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
                      at, nullptr, at, text.size(), tag.data(), context.data(), context.size(),
                      nonce.data(), key.reveal().data()) == 0)
    return true;
  std::fill(text.begin(), text.end(), std::uint8_t{0});
  return false;
}

Secret<32> derive(const Secret<32>& key, Label label, ByteView salt) {
  Blake2b hash(label, key.reveal(), kDeriveSalt);
  hash.add(salt);
  Secret<32> derived;
  hash.finish(derived.write());
  return derived;
}

Digest mac(const Secret<32>& key, Label label, std::initializer_list<ByteView> parts) {
  Blake2b hash(label, key.reveal(), {});
  for (const ByteView part : parts) hash.add(part);
  Digest tag;
  hash.finish(tag.bytes);
  return tag;
}

}  // namespace jiyao
