// crypto/sign.cpp - Ed25519 over label | digest.
#include "crypto/sign.h"

#include <sodium.h>

#include "crypto/sodium_ready.h"

namespace jiyao {
namespace {

constexpr std::size_t kLabelBytes = 32;
using SignedMessage = std::array<std::uint8_t, kLabelBytes + Digest::kBytes>;

SignedMessage message_of(Label label, const Digest& digest) {
  SignedMessage message{};
  const std::string_view name = name_of(label);
  std::copy(name.begin(), name.end(), message.begin());
  std::copy(digest.bytes.begin(), digest.bytes.end(), message.begin() + kLabelBytes);
  return message;
}

class LockedSigningKey final : public SigningKey {
 public:
  explicit LockedSigningKey(const Secret<32>& seed) {
    const int failed = crypto_sign_ed25519_seed_keypair(verify_key_.bytes.data(),
                                                        key_.write().data(), seed.reveal().data());
    JIYAO_ASSERT(failed == 0);
  }

  Signature sign(Label label, const Digest& digest) const override {
    const SignedMessage message = message_of(label, digest);
    Signature signature;
    const int failed = crypto_sign_ed25519_detached(signature.bytes.data(), nullptr, message.data(),
                                                    message.size(), key_.reveal().data());
    JIYAO_ASSERT(failed == 0);
    return signature;
  }

  VerifyKey verify_key() const override { return verify_key_; }

 private:
  Secret<64> key_;  ///< seed | public key, made together, so a foreign public key cannot slip in
  VerifyKey verify_key_;
};

}  // namespace

std::unique_ptr<SigningKey> signing_key_from(const Secret<32>& seed) {
  ready_sodium();
  return std::make_unique<LockedSigningKey>(seed);
}

bool verify(const VerifyKey& key, Label label, const Digest& digest, const Signature& signature) {
  ready_sodium();
  const SignedMessage message = message_of(label, digest);
  return crypto_sign_ed25519_verify_detached(signature.bytes.data(), message.data(), message.size(),
                                             key.bytes.data()) == 0;
}

}  // namespace jiyao
