// crypto/box.cpp - X25519 sealed boxes.
#include "crypto/box.h"

#include <sodium.h>

#include "crypto/sodium_ready.h"

namespace jiyao {
namespace {

static_assert(kBoxOverheadBytes == crypto_box_SEALBYTES);
static_assert(kWrapBytes == BodyKey::kBytes + crypto_box_SEALBYTES);

class LockedBoxKey final : public BoxKey {
 public:
  explicit LockedBoxKey(const Secret<32>& seed) {
    const int failed = crypto_box_seed_keypair(public_key_.bytes.data(), key_.write().data(),
                                               seed.reveal().data());
    JIYAO_ASSERT(failed == 0);
  }

  BoxPublicKey public_key() const override { return public_key_; }

  Result<Bytes> open_box(ByteView sealed) const override {
    if (sealed.size() < kBoxOverheadBytes) return Errc::not_authentic;
    if (sealed.size() > kBoxedBytesMax + kBoxOverheadBytes) return Errc::not_authentic;
    Bytes plaintext(sealed.size() - kBoxOverheadBytes);
    if (crypto_box_seal_open(plaintext.data(), sealed.data(), sealed.size(),
                             public_key_.bytes.data(), key_.reveal().data()) != 0)
      return Errc::not_authentic;
    return plaintext;
  }

 private:
  Secret<32> key_;
  BoxPublicKey public_key_;
};

}  // namespace

std::unique_ptr<BoxKey> box_key_from(const Secret<32>& seed) {
  ready_sodium();
  return std::make_unique<LockedBoxKey>(seed);
}

bool is_usable(const BoxPublicKey& key) {
  ready_sodium();
  // Any scalar shows it: a point of small order times a multiple of eight is nothing.
  std::array<std::uint8_t, crypto_scalarmult_BYTES> shared{};
  std::array<std::uint8_t, crypto_scalarmult_SCALARBYTES> scalar{};
  scalar[0] = 8;
  return crypto_scalarmult(shared.data(), scalar.data(), key.bytes.data()) == 0;
}

Bytes seal_box(const BoxPublicKey& to, ByteView plaintext) {
  ready_sodium();
  JIYAO_ASSERT(plaintext.size() <= kBoxedBytesMax);
  Bytes sealed(plaintext.size() + kBoxOverheadBytes);
  const int failed =
      crypto_box_seal(sealed.data(), plaintext.data(), plaintext.size(), to.bytes.data());
  JIYAO_ASSERT(failed == 0);  // only a key that is not is_usable() fails
  return sealed;
}

KeyWrapBytes wrap(const BoxPublicKey& to, const BodyKey& key) {
  const Bytes sealed = seal_box(to, key.reveal());
  KeyWrapBytes wrapped;
  std::copy(sealed.begin(), sealed.end(), wrapped.bytes.begin());
  return wrapped;
}

Result<BodyKey> unwrap(const BoxKey& mine, const KeyWrapBytes& wrapped) {
  Result<Bytes> opened = mine.open_box(wrapped.view());
  if (!opened) return opened.error();
  BodyKey key = BodyKey::copy_of(*opened);
  wipe(*opened);
  return key;
}

}  // namespace jiyao
