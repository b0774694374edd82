// tests/unit/crypto/sign_test.cpp - Ed25519 over label | digest.
#include "crypto/sign.h"

#include "unit/crypto/vectors.h"

namespace jiyao {
namespace {

using test::secret_from_hex;

Digest vector_digest() {
  Digest digest;
  for (std::size_t i = 0; i < 32; ++i) digest.bytes[i] = static_cast<std::uint8_t>(32 + i);
  return digest;
}

struct Rfc8032 {
  const char* seed;
  const char* public_key;
};

TEST(Signatures, ComeFromTheKeysOfRfc8032) {
  const Rfc8032 vectors[] = {{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                              "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"},
                             {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                              "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"},
                             {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                              "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"}};
  for (const Rfc8032& vector : vectors)
    EXPECT_EQ(signing_key_from(secret_from_hex(vector.seed))->verify_key().hex(),
              vector.public_key);
}

// OpenSSL's Ed25519 over b"batch".ljust(32, b"\0") + bytes(range(32, 64)).
TEST(Signatures, AreWhatAnIndependentEd25519Makes) {
  const auto key = signing_key_from(
      secret_from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  EXPECT_EQ(key->sign(Label::batch, vector_digest()).hex(), test::vector_hex("signature_batch"));
  EXPECT_EQ(key->sign(Label::root_print, vector_digest()).hex(),
            test::vector_hex("signature_root_print"));
}

TEST(Signatures, HoldForOneKeyLabelDigestAndNoOther) {
  const auto key = signing_key_from(Secret<32>::random());
  const auto other = signing_key_from(Secret<32>::random());
  const Digest digest = vector_digest();
  const Signature signature = key->sign(Label::batch, digest);
  EXPECT_TRUE(verify(key->verify_key(), Label::batch, digest, signature));
  EXPECT_FALSE(verify(other->verify_key(), Label::batch, digest, signature));
  EXPECT_FALSE(verify(key->verify_key(), Label::receipt, digest, signature));
}

TEST(Signatures, FailWithAnyBitChangedInKeyDigestOrSignature) {
  const auto key = signing_key_from(Secret<32>::random());
  const Digest digest = vector_digest();
  const VerifyKey verify_key = key->verify_key();
  const Signature signature = key->sign(Label::batch, digest);
  const auto view_of = [](const auto& block) {
    return Bytes(block.bytes.begin(), block.bytes.end());
  };
  test::for_each_flipped_bit(view_of(signature), [&](const Bytes& changed, std::size_t bit) {
    EXPECT_FALSE(verify(verify_key, Label::batch, digest, *Signature::from(changed))) << bit;
  });
  test::for_each_flipped_bit(view_of(digest), [&](const Bytes& changed, std::size_t bit) {
    EXPECT_FALSE(verify(verify_key, Label::batch, *Digest::from(changed), signature)) << bit;
  });
  test::for_each_flipped_bit(view_of(verify_key), [&](const Bytes& changed, std::size_t bit) {
    EXPECT_FALSE(verify(*VerifyKey::from(changed), Label::batch, digest, signature)) << bit;
  });
}

// With the neutral element as key, R = neutral and S = 0 satisfy the equation for every message.
TEST(Signatures, OfAKeyOfSmallOrderAreRefused) {
  const VerifyKey neutral{{1}};
  const Signature signature{{1}};
  EXPECT_FALSE(verify(neutral, Label::batch, vector_digest(), signature));
  EXPECT_FALSE(verify(VerifyKey{}, Label::batch, vector_digest(), Signature{}));
}

}  // namespace
}  // namespace jiyao
