// crypto/box.h - giving a key to the holder of a public key: X25519 sealed box.
#pragma once

#include "crypto/aead.h"

namespace jiyao {

using BoxPublicKey = Block<struct BoxPublicKeyTag, 32>;
inline constexpr std::size_t kBoxOverheadBytes = 48;
inline constexpr std::size_t kBoxedBytesMax = 64 * 1024;
inline constexpr std::size_t kWrapBytes = 80;  ///< a wrapped 32-byte key
using KeyWrapBytes = Block<struct KeyWrapBytesTag, kWrapBytes>;

/// Opens what was sealed to one public key. The private key may live in a module.
class BoxKey {
 public:
  virtual ~BoxKey() = default;
  virtual BoxPublicKey public_key() const = 0;
  /// errors: not_authentic; also when `sealed` is over kBoxedBytesMax + kBoxOverheadBytes.
  /// Safe from any thread.
  virtual Result<Bytes> open_box(ByteView sealed) const = 0;
};

std::unique_ptr<BoxKey> box_key_from(const Secret<32>& seed);

/// False for the few public keys nobody holds (small order, also all-zero): what is sealed to one
/// anyone could open. Whoever takes a key from outside asks this before it enters the roster.
bool is_usable(const BoxPublicKey& key);

/// Anyone may seal to a public key. The result says nothing about who did. `to` is_usable();
/// plaintext is at most kBoxedBytesMax bytes.
Bytes seal_box(const BoxPublicKey& to, ByteView plaintext);

/// A body key for the holder of `to`; and back.   errors: not_authentic
KeyWrapBytes wrap(const BoxPublicKey& to, const BodyKey& key);
Result<BodyKey> unwrap(const BoxKey& mine, const KeyWrapBytes& wrapped);

}  // namespace jiyao
