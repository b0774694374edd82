// crypto/sign.h - Ed25519 over a labelled digest. The private key may live in a module.
#pragma once

#include "crypto/digest.h"
#include "crypto/result.h"
#include "crypto/secret.h"

namespace jiyao {

using Signature = Block<struct SignatureTag, 64>;
using VerifyKey = Block<struct VerifyKeyTag, 32>;

/// What is signed is always exactly 64 bytes: label (32, zero padded) | digest (32).
class SigningKey {
 public:
  virtual ~SigningKey() = default;
  virtual Signature sign(Label label, const Digest& digest) const = 0;
  virtual VerifyKey verify_key() const = 0;
};

/// Suite 1: a key in locked memory, made from a 32-byte seed.
std::unique_ptr<SigningKey> signing_key_from(const Secret<32>& seed);

/// False for any other key, label, digest or bit; false for keys of small order.
bool verify(const VerifyKey& key, Label label, const Digest& digest, const Signature& signature);

}  // namespace jiyao
