// crypto/aead.h - authenticated encryption of one message that fits in memory, with key commitment.
#pragma once

#include "crypto/digest.h"
#include "crypto/result.h"
#include "crypto/secret.h"

namespace jiyao {

inline constexpr std::size_t kNonceBytes = 24;
inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kSealOverheadBytes = kNonceBytes + kTagBytes;

using BodyKey = Secret<32>;

/// XChaCha20-Poly1305. Binds `context`, which is authenticated but not stored; never empty.
///   returns    nonce || ciphertext || tag: plaintext.size() + kSealOverheadBytes bytes
/// Cannot fail. Safe from any thread. The nonce is drawn here, so no caller can repeat one.
Bytes seal(const BodyKey& key, ByteView plaintext, ByteView context);

/// Undoes seal().   errors: not_authentic: wrong key, wrong context, any byte changed or missing
Result<Bytes> open(const BodyKey& key, ByteView sealed, ByteView context);

/// H("commit" | key | nonce of `sealed`): XChaCha20-Poly1305 does not commit to its key, this does.
/// Checked in constant time (equal()) before open(). Shorter than a nonce is hashed as it is: it
/// has a commitment, and no open() accepts it.
Digest commitment(const BodyKey& key, ByteView sealed);

/// One page of a file, sealed in place by the VFS: caller owns the layout.
/// out_nonce and out_tag are written; `text` is encrypted in place.
void seal_in_place(const BodyKey& key, std::span<std::uint8_t> text, ByteView context,
                   std::span<std::uint8_t, kNonceBytes> out_nonce,
                   std::span<std::uint8_t, kTagBytes> out_tag);
/// False if not authentic; `text` is then all zeros.
[[nodiscard]] bool open_in_place(const BodyKey& key, std::span<std::uint8_t> text, ByteView context,
                                 ByteView nonce, ByteView tag);

/// A sub-key of `key` for one labelled purpose and one salt of any length: BLAKE2b-256, key =
/// `key`, salt field = "derive", over the length-prefixed salt.
Secret<32> derive(const Secret<32>& key, Label label, ByteView salt);
/// Keyed BLAKE2b-256 with a label over length-prefixed parts: a MAC. Compare with equal().
Digest mac(const Secret<32>& key, Label label, std::initializer_list<ByteView> parts);

}  // namespace jiyao
