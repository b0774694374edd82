// tests/unit/crypto/passphrase_test.cpp - Argon2id, its bounds, and codes copied from paper.
#include "crypto/passphrase.h"

#include <set>

#include "unit/crypto/vectors.h"

namespace jiyao {
namespace {

const PassphraseSalt kSalt = *PassphraseSalt::from(as_bytes("somesaltsomesalt"));

// OpenSSL's Argon2id, one lane, checked by the vector of RFC 9106, 5.3.
TEST(Passphrases, AreStretchedAsAnIndependentArgon2idDoes) {
  EXPECT_EQ(to_hex(stretch("password", kSalt, kTestCost)->reveal()),
            test::vector_hex("argon2id_test"));
  EXPECT_EQ(to_hex(stretch("password", kSalt, kCostMin)->reveal()),
            test::vector_hex("argon2id_3_64mib"));
}

TEST(Passphrases, HaveALength) {
  EXPECT_EQ(stretch("", kSalt, kTestCost).code(), Errc::too_large);
  EXPECT_TRUE(stretch(std::string(1024, 'p'), kSalt, kTestCost));
  EXPECT_EQ(stretch(std::string(1025, 'p'), kSalt, kTestCost).code(), Errc::too_large);
}

TEST(Passphrases, CostWithinBoundsThatATestMayUndercut) {
  EXPECT_TRUE(is_within_bounds(kShippedCost, false));
  EXPECT_TRUE(is_within_bounds(kCostMin, false));
  EXPECT_TRUE(is_within_bounds(kCostMax, false));
  EXPECT_FALSE(is_within_bounds({2, 256ULL << 20}, false));
  EXPECT_FALSE(is_within_bounds({11, 256ULL << 20}, false));
  EXPECT_FALSE(is_within_bounds({3, (64ULL << 20) - 1024}, false));
  EXPECT_FALSE(is_within_bounds({3, (2ULL << 30) + 1024}, false));
  EXPECT_FALSE(is_within_bounds({3, (256ULL << 20) + 1}, false));
  EXPECT_FALSE(is_within_bounds(kTestCost, false));
  EXPECT_TRUE(is_within_bounds(kTestCost, true));
  EXPECT_FALSE(is_within_bounds(kShippedCost, true));
  EXPECT_FALSE(is_within_bounds({0, 8192}, true));
}

TEST(RecoveryCodes, ArePrintedInNineGroupsAndNeverRepeat) {
  std::set<std::string> codes;
  for (int i = 0; i < 100; ++i) {
    const std::string code = make_recovery_code();
    EXPECT_EQ(code.size(), 44u);
    EXPECT_EQ(code.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ-"), std::string::npos);
    EXPECT_EQ(normalise_recovery_code(code)->size(), 32u);
    EXPECT_TRUE(codes.insert(code).second);
  }
}

TEST(RecoveryCodes, SpellTheirBitsMostSignificantFirst) {
  Bytes bits(20);
  bits[0] = 0x08;   // 00001 000..
  bits[19] = 0x1f;  // ... 11111
  const test::FixedRandom fixed(bits);
  EXPECT_TRUE(make_recovery_code().starts_with("1000-0000-0000-0000-0000-0000-0000-000Z-"));
}

TEST(RecoveryCodes, AreReadAsAPersonWritesThem) {
  const test::FixedRandom fixed(Bytes(20, 0x01));
  const std::string code = make_recovery_code();
  const std::string normal = *normalise_recovery_code(code);
  std::string sloppy = "  ";
  for (const char letter : code) {
    if (letter == '-') continue;
    sloppy += letter == '0' ? 'o' : letter == '1' ? 'l' : letter;
    sloppy += ' ';
  }
  EXPECT_NE(sloppy.find('o'), std::string::npos);
  EXPECT_NE(sloppy.find('l'), std::string::npos);
  EXPECT_EQ(*normalise_recovery_code(sloppy), normal);
}

TEST(RecoveryCodes, TellASlipOfThePen) {
  const std::string code = make_recovery_code();
  std::size_t noticed = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '-') continue;
    std::string wrong = code;
    wrong[i] = code[i] == 'X' ? 'Y' : 'X';
    noticed += normalise_recovery_code(wrong) ? 0 : 1;
  }
  EXPECT_GE(noticed, 35u);  // a slip passes once in a million
  EXPECT_EQ(normalise_recovery_code("").code(), Errc::malformed);
  EXPECT_EQ(normalise_recovery_code(code + "0").code(), Errc::malformed);
  EXPECT_EQ(normalise_recovery_code(code.substr(1)).code(), Errc::malformed);
  EXPECT_EQ(normalise_recovery_code("U" + code.substr(1)).code(), Errc::malformed);
}

}  // namespace
}  // namespace jiyao
