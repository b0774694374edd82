// tests/unit/crypto/aead_test.cpp - XChaCha20-Poly1305 as we call it, and its key commitment.
#include "crypto/aead.h"

#include "unit/crypto/vectors.h"

namespace jiyao {
namespace {

using test::counting_key;
using test::vector_hex;
using test::vector_named;

TEST(Sealing, GivesTheBytesOfTheXChaChaDraft) {
  const BodyKey key = BodyKey::copy_of(vector_named("xchacha_key"));
  const Bytes text = vector_named("xchacha_text");
  const Bytes context = vector_named("xchacha_ad");
  const test::FixedRandom nonce(vector_named("xchacha_nonce"));
  const Bytes sealed = seal(key, text, context);
  EXPECT_EQ(to_hex(sealed), vector_hex("xchacha_sealed"));
  EXPECT_EQ(*open(key, sealed, context), text);
  EXPECT_EQ(to_hex(ByteView(sealed).last(16)), "c0875924c1c7987947deafd8780acf49");
  EXPECT_EQ(commitment(key, sealed).hex(), vector_hex("commitment"));
}

TEST(Sealing, OpensWhatItSealedAtEverySizeAndNeverRepeatsANonce) {
  const BodyKey key = counting_key();
  Bytes last_nonce;
  for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 64u, 4096u, 70000u}) {
    const Bytes text(size, 0x5a);
    const Bytes sealed = seal(key, text, as_bytes("here"));
    EXPECT_EQ(sealed.size(), size + kSealOverheadBytes);
    EXPECT_EQ(*open(key, sealed, as_bytes("here")), text);
    const Bytes nonce(sealed.begin(), sealed.begin() + kNonceBytes);
    EXPECT_NE(nonce, last_nonce);
    last_nonce = nonce;
  }
}

TEST(Sealing, RefusesAnyFlippedBitAndAnyMissingByte) {
  const BodyKey key = counting_key();
  const Bytes sealed = seal(key, as_bytes("one ledger row"), as_bytes("here"));
  test::for_each_flipped_bit(sealed, [&](const Bytes& changed, std::size_t bit) {
    EXPECT_EQ(open(key, changed, as_bytes("here")).code(), Errc::not_authentic) << bit;
  });
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_EQ(open(key, ByteView(sealed).first(size), as_bytes("here")).code(),
              Errc::not_authentic);
  EXPECT_FALSE(open(key, sealed, as_bytes("there")));
  EXPECT_FALSE(open(Secret<32>::random(), sealed, as_bytes("here")));
}

TEST(Sealing, InPlaceLeavesZerosWhenItFails) {
  const BodyKey key = counting_key();
  Bytes page(4056, 0x11);
  std::array<std::uint8_t, kNonceBytes> nonce{};
  std::array<std::uint8_t, kTagBytes> tag{};
  seal_in_place(key, page, as_bytes("page 1"), nonce, tag);
  EXPECT_NE(page, Bytes(4056, 0x11));
  Bytes opened = page;
  EXPECT_TRUE(open_in_place(key, opened, as_bytes("page 1"), nonce, tag));
  EXPECT_EQ(opened, Bytes(4056, 0x11));
  Bytes moved = page;
  EXPECT_FALSE(open_in_place(key, moved, as_bytes("page 2"), nonce, tag));
  EXPECT_EQ(moved, Bytes(4056));
  Bytes cut = page;
  EXPECT_FALSE(open_in_place(key, cut, as_bytes("page 1"), nonce, ByteView(tag).first(15)));
  EXPECT_EQ(cut, Bytes(4056));
}

TEST(Commitments, NameOneKeyAndOneNonce) {
  const BodyKey key = counting_key();
  const Bytes sealed = seal(key, as_bytes("row"), as_bytes("here"));
  EXPECT_EQ(commitment(key, sealed), commitment(key, ByteView(sealed).first(kNonceBytes)));
  EXPECT_NE(commitment(key, sealed), commitment(Secret<32>::random(), sealed));
  EXPECT_NE(commitment(key, sealed), commitment(key, seal(key, as_bytes("row"), as_bytes("here"))));
  EXPECT_NE(commitment(key, ByteView()), commitment(key, ByteView(sealed).first(3)));
}

}  // namespace
}  // namespace jiyao
