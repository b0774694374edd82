// tests/unit/crypto/secret_test.cpp - keys have one owner, and a seed replays every random byte.
#include "crypto/secret.h"

#include <type_traits>

#include "crypto/box.h"
#include "unit/crypto/vectors.h"

namespace jiyao {
namespace {

static_assert(!std::is_copy_constructible_v<Secret<32>>);
static_assert(!std::is_copy_assignable_v<Secret<32>>);
static_assert(std::is_nothrow_move_constructible_v<Secret<32>>);
static_assert(std::is_nothrow_move_assignable_v<Secret<64>>);

TEST(Secrets, StartAsZerosAndAreCopiedOnlyOnPurpose) {
  const Secret<32> zeros;
  EXPECT_TRUE(equal(zeros.reveal(), Bytes(32)));
  const Secret<32> key = Secret<32>::random();
  EXPECT_FALSE(equal(key.reveal(), zeros.reveal()));
  const Secret<32> copy = key.duplicate();
  EXPECT_TRUE(equal(key.reveal(), copy.reveal()));
  EXPECT_NE(key.reveal().data(), copy.reveal().data());
}

TEST(Secrets, LeaveNoPassphraseBehindInAString) {
  std::string text = "a passphrase longer than any small string optimisation";
  text.resize(12);  // the rest still lies in its memory
  const char* memory = text.data();
  wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(std::string(memory + 1, 50), std::string(50, '\0'));
}

TEST(SecretsDeathTest, StopTheProgramWhenAByteBeyondTheirEndIsRead) {
  const Secret<32> key = Secret<32>::random();
  const volatile std::uint8_t* end = key.reveal().data() + 32;
  EXPECT_DEATH(static_cast<void>(*end), "");
}

TEST(Random, RepeatsWithATestsSourceEvenInsideTheLibrary) {
  const Secret<32> seed = Secret<32>::random();
  const auto draw = [&] {
    test::FixedRandom fixed(Bytes(200, 7));
    Bytes drawn = seal_box(box_key_from(seed)->public_key(), as_bytes("same"));
    const Bytes sealed = seal(seed, as_bytes("same"), as_bytes("context"));
    drawn.insert(drawn.end(), sealed.begin(), sealed.end());
    return drawn;
  };
  EXPECT_EQ(draw(), draw());
}

TEST(Random, ComesFromTheKernelAgainAfterwards) {
  using Id = Block<struct IdTag, 16>;
  Id during;
  {
    test::FixedRandom fixed(Bytes(16, 9));
    during = random_block<Id>();
  }
  EXPECT_EQ(during.hex(), "09090909090909090909090909090909");
  EXPECT_NE(random_block<Id>(), random_block<Id>());
}

}  // namespace
}  // namespace jiyao
