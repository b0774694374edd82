// tests/unit/crypto/keyring_test.cpp - who opens what, and that no byte can be changed unnoticed.
#include "crypto/keyring.h"

#include <gtest/gtest.h>

#include "crypto/random.h"

namespace jiyao {
namespace {

constexpr std::string_view kLi = "li, who keeps the register";
constexpr std::string_view kWang = "wang, who works upstairs";

const KeyringRealm kRealm{{1}};
const KeyringNode kNode{{2}};
const KeyringOwner kLiId{{3}};
const KeyringOwner kWangId{{4}};
const KeyringObject kInternal{{5}};
const KeyringObject kSecret{{6}};

Keyring make_keyring() {
  return *Keyring::create(kRealm, kNode, {kLiId, kLi, kTestCost}, TestSlots::accept);
}

/// Li with a recovery sheet, Wang, a root, and three file keys.
struct Office {
  Keyring ring = make_keyring();
  std::string sheet = make_recovery_code();
  Secret<32> root_seed = Secret<32>::random();
  Secret<32> internal = Secret<32>::random();
  Secret<32> secret = Secret<32>::random();

  Office() {
    const OpenedSlot li = *ring.unlock(kLiId, kLi);
    EXPECT_TRUE(ring.add_user(li, {kWangId, kWang, kTestCost}));
    EXPECT_TRUE(ring.set_recovery(li, sheet, kTestCost));
    EXPECT_TRUE(ring.set_root(li, root_seed, "the root's own words", kTestCost));
    EXPECT_TRUE(ring.grant_file_key(li, kLiId, kInternal, 1, internal));
    EXPECT_TRUE(ring.grant_file_key(li, kLiId, kSecret, 2, secret));
    EXPECT_TRUE(ring.grant_file_key(li, kWangId, kInternal, 1, internal));
  }
};

bool same(const Secret<32>& a, const Secret<32>& b) {
  return equal(a.reveal(), b.reveal());
}

TEST(Keyring, OpensForItsUserWithTheSameKeysEveryTime) {
  const Keyring ring = make_keyring();
  const OpenedSlot first = *ring.unlock(kLiId, kLi);
  const Keyring again = *Keyring::parse(ring.bytes(), TestSlots::accept);
  const OpenedSlot second = *again.unlock(kLiId, kLi);
  EXPECT_EQ(first.sign().verify_key(), second.sign().verify_key());
  EXPECT_EQ(first.box().public_key(), second.box().public_key());
  EXPECT_EQ(first.node().sign().verify_key(), second.node().sign().verify_key());
  EXPECT_EQ(first.node().box().public_key(), second.node().box().public_key());
  EXPECT_TRUE(same(first.node().mac_key(), second.node().mac_key()));
  EXPECT_NE(first.sign().verify_key(), first.node().sign().verify_key());
  EXPECT_EQ(again.bytes(), ring.bytes());
}

TEST(Keyring, RefusesAWrongPassphraseAndAnUnknownUser) {
  const Keyring ring = make_keyring();
  EXPECT_EQ(ring.unlock(kLiId, "li, who keeps the registeR").code(), Errc::wrong_key);
  EXPECT_EQ(ring.unlock(kWangId, kLi).code(), Errc::not_found);
  EXPECT_EQ(ring.unlock_any(kWang).code(), Errc::wrong_key);
  EXPECT_EQ(ring.unlock(kLiId, "").code(), Errc::too_large);
}

TEST(Keyring, GivesAUserExactlyTheFileKeysGrantedToHim) {
  const Office office;
  const OpenedSlot li = *office.ring.unlock(kLiId, kLi);
  const OpenedSlot wang = *office.ring.unlock_any(kWang);
  EXPECT_EQ(wang.owner(), kWangId);
  EXPECT_TRUE(same(office.ring.file_key(li, kSecret)->key, office.secret));
  EXPECT_EQ(office.ring.file_key(li, kSecret)->level, 2);
  EXPECT_TRUE(same(office.ring.file_key(wang, kInternal)->key, office.internal));
  EXPECT_EQ(office.ring.file_key(wang, kSecret).code(), Errc::not_found);
}

}  // namespace
}  // namespace jiyao
