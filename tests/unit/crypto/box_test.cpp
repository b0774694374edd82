// tests/unit/crypto/box_test.cpp - sealed boxes, with the keys of RFC 7748.
#include "crypto/box.h"

#include "unit/crypto/vectors.h"

namespace jiyao {
namespace {

using test::counting_key;
using test::vector_hex;
using test::vector_named;

constexpr std::string_view kAliceSecret =
    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
constexpr std::string_view kAlicePublic =
    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
constexpr std::string_view kBobPublic =
    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";

// The ephemeral key is Alice's of RFC 7748, 6.1, so the box starts with her public key and is
// sealed under the secret the RFC says the two share.
TEST(Boxes, AgreeOnTheSecretOfRfc7748) {
  Bytes message(100);
  for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<std::uint8_t>(i);
  const test::FixedRandom ephemeral(*from_hex(kAliceSecret));
  const Bytes sealed = seal_box(*BoxPublicKey::from(*from_hex(kBobPublic)), message);
  EXPECT_EQ(to_hex(ByteView(sealed).first(32)), kAlicePublic);
  EXPECT_EQ(to_hex(sealed), vector_hex("box_alice_to_bob"));
}

TEST(Boxes, OpenWhatAnIndependentSealedBoxMade) {
  const auto key = box_key_from(counting_key());
  EXPECT_EQ(key->public_key().hex(), vector_hex("box_seed_public"));
  EXPECT_EQ(as_text(*key->open_box(vector_named("box_to_seed"))), "a key for one machine");
}

TEST(Boxes, RefuseAnyFlippedBitAnyCutAndAnyOtherKey) {
  const auto key = box_key_from(counting_key());
  const Bytes sealed = seal_box(key->public_key(), as_bytes("row"));
  EXPECT_EQ(as_text(*key->open_box(sealed)), "row");
  test::for_each_flipped_bit(sealed, [&](const Bytes& changed, std::size_t bit) {
    // X25519 ignores the top bit of a public key, but the nonce is a hash of all of it.
    EXPECT_EQ(key->open_box(changed).code(), Errc::not_authentic) << bit;
  });
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_EQ(key->open_box(ByteView(sealed).first(size)).code(), Errc::not_authentic);
  EXPECT_EQ(box_key_from(Secret<32>::random())->open_box(sealed).code(), Errc::not_authentic);
}

TEST(Boxes, HoldAtMostWhatTheirLimitSays) {
  const auto key = box_key_from(counting_key());
  const Bytes largest(kBoxedBytesMax, 1);
  EXPECT_EQ(*key->open_box(seal_box(key->public_key(), largest)), largest);
  EXPECT_EQ(*key->open_box(seal_box(key->public_key(), {})), Bytes());
  EXPECT_EQ(key->open_box(Bytes(kBoxedBytesMax + kBoxOverheadBytes + 1)).code(),
            Errc::not_authentic);
}

TEST(Boxes, WrapAKeyInEightyBytes) {
  const auto mine = box_key_from(Secret<32>::random());
  const BodyKey key = BodyKey::random();
  KeyWrapBytes wrapped = wrap(mine->public_key(), key);
  EXPECT_TRUE(equal(unwrap(*mine, wrapped)->reveal(), key.reveal()));
  wrapped.bytes[79] ^= 1;
  EXPECT_EQ(unwrap(*mine, wrapped).code(), Errc::not_authentic);
}

TEST(Boxes, AreNotSealedToKeysNobodyHolds) {
  EXPECT_FALSE(is_usable(BoxPublicKey{}));
  EXPECT_FALSE(is_usable(BoxPublicKey{{1}}));
  EXPECT_FALSE(is_usable(*BoxPublicKey::from(
      *from_hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"))));
  EXPECT_TRUE(is_usable(*BoxPublicKey::from(*from_hex(kBobPublic))));
}

}  // namespace
}  // namespace jiyao
