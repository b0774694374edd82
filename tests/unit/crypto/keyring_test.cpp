// tests/unit/crypto/keyring_test.cpp - who opens what, and that no byte can be changed unnoticed.
#include "crypto/keyring.h"

#include "unit/crypto/vectors.h"

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

TEST(Keyring, IsReadAsItsFormatPageSays) {
  // Written by make_vectors.py from docs/formats/keyring.md alone.
  const Bytes bytes = test::vector_named("keyring");
  const Keyring ring = *Keyring::parse(bytes, TestSlots::accept);
  EXPECT_EQ(ring.bytes(), bytes);
  EXPECT_EQ(ring.contents().generation, 7u);
  const OpenedSlot user = *ring.unlock_any("correct horse battery staple");
  const Secret<32> sign_seed = test::secret_from_hex(test::vector_hex("keyring_user_sign_seed"));
  EXPECT_EQ(user.sign().verify_key(), signing_key_from(sign_seed)->verify_key());
  EXPECT_EQ(to_hex(user.node().mac_key().reveal()), test::vector_hex("keyring_mac_key"));
  const FileKey key = *ring.file_key(user, *KeyringObject::from(Bytes(16, 'F')));
  EXPECT_EQ(to_hex(key.key.reveal()), test::vector_hex("keyring_file_key"));
  EXPECT_EQ(key.level, 3);
}

TEST(Keyring, ShipsWithTheCostItPromises) {
  const Keyring ring = *Keyring::create(kRealm, kNode, {kLiId, kLi});
  const KeyringSlot& slot = ring.contents().slots.at(0);
  EXPECT_EQ(slot.cost, (PassphraseCost{3, 256ULL << 20}));
  EXPECT_FALSE(slot.is_test);
  // Not only written down: the commitment is what exactly this cost gives.
  const Secret<64> stretched = *stretch(kLi, slot.salt, {3, 256ULL << 20});
  const auto half = Secret<32>::copy_of(ByteView(stretched.reveal()).last(32));
  EXPECT_EQ(slot.commitment,
            mac(half, Label::slot_commit, {slot_context(ring.contents().home, slot)}));
  EXPECT_TRUE(Keyring::parse(ring.bytes())) << "no test slot in it";
}

TEST(Keyring, TakesATestsSlotOnlyWhenTold) {
  EXPECT_EQ(Keyring::create(kRealm, kNode, {kLiId, kLi, kTestCost}).code(), Errc::invalid);
  EXPECT_EQ(Keyring::parse(make_keyring().bytes()).code(), Errc::malformed);
  EXPECT_EQ(Keyring::create(kRealm, kNode, {kLiId, kLi, {4, 8192}}, TestSlots::accept).code(),
            Errc::invalid);
  EXPECT_EQ(Keyring::create(kRealm, kNode, {{}, kLi, kTestCost}, TestSlots::accept).code(),
            Errc::invalid);
}

TEST(Keyring, LetsThePrintedSheetSetANewPassphrase) {
  Office office;
  const VerifyKey li_key = office.ring.slot(kLiId)->sign_key;
  std::string typed = office.sheet;
  for (char& letter : typed) letter = letter == '0' ? 'o' : letter == '-' ? ' ' : letter;
  const OpenedSlot li = *office.ring.unlock_recovery(kLiId, typed);
  EXPECT_EQ(li.kind(), SlotKind::recovery);
  EXPECT_EQ(li.sign().verify_key(), li_key);
  ASSERT_TRUE(office.ring.change_passphrase(li, "a new one, remembered this time", kTestCost));
  EXPECT_EQ(office.ring.unlock(kLiId, kLi).code(), Errc::wrong_key);
  const OpenedSlot again = *office.ring.unlock(kLiId, "a new one, remembered this time");
  EXPECT_TRUE(same(office.ring.file_key(again, kSecret)->key, office.secret));
  EXPECT_TRUE(office.ring.unlock_recovery(kLiId, office.sheet));
  EXPECT_EQ(office.ring.unlock_recovery(kLiId, make_recovery_code()).code(), Errc::wrong_key);
  EXPECT_EQ(office.ring.unlock_recovery(kLiId, "0000").code(), Errc::malformed);
  EXPECT_EQ(office.ring.unlock_recovery(kWangId, office.sheet).code(), Errc::not_found);
}

TEST(Keyring, ChangesAPassphraseWithoutTouchingAnyOtherSlot) {
  Office office;
  const Bytes before = office.ring.bytes();
  const OpenedSlot wang = *office.ring.unlock(kWangId, kWang);
  ASSERT_TRUE(office.ring.change_passphrase(wang, "another", kTestCost));
  const Bytes after = office.ring.bytes();
  ASSERT_EQ(before.size(), after.size());
  std::size_t slots_changed = 0;
  for (std::size_t i = 0; i < office.ring.contents().slots.size(); ++i) {
    const std::size_t at = kKeyringHeaderBytes + i * kKeyringSlotBytes;
    slots_changed += equal(ByteView(before).subspan(at, kKeyringSlotBytes),
                           ByteView(after).subspan(at, kKeyringSlotBytes))
                         ? 0
                         : 1;
  }
  EXPECT_EQ(slots_changed, 1u);
  EXPECT_TRUE(office.ring.unlock(kLiId, kLi));
  EXPECT_EQ(office.ring.unlock(kWangId, kWang).code(), Errc::wrong_key);
}

TEST(Keyring, GivesAnAbsentUserTheKeyOfANewLevel) {
  Office office;
  const OpenedSlot li = *office.ring.unlock(kLiId, kLi);
  const std::uint64_t generation = office.ring.contents().generation;
  ASSERT_TRUE(office.ring.grant_file_key(li, kWangId, kSecret, 2, office.secret));
  EXPECT_EQ(office.ring.contents().generation, generation + 1);
  EXPECT_EQ(office.ring.grant_file_key(li, kWangId, kSecret, 2, office.secret).code(),
            Errc::exists);
  const OpenedSlot wang = *office.ring.unlock(kWangId, kWang);
  EXPECT_TRUE(same(office.ring.file_key(wang, kSecret)->key, office.secret));
  ASSERT_TRUE(office.ring.remove_file_key(li, kWangId, kSecret));
  EXPECT_EQ(office.ring.file_key(wang, kSecret).code(), Errc::not_found);
  EXPECT_EQ(office.ring.remove_file_key(li, kWangId, kSecret).code(), Errc::not_found);
}

TEST(Keyring, KeepsTheRootUnderItsOwnPassphrase) {
  const Office office;
  EXPECT_EQ(office.ring.unlock_root(kLi).code(), Errc::wrong_key);
  const auto root = office.ring.unlock_root("the root's own words");
  EXPECT_EQ((*root)->verify_key(), signing_key_from(office.root_seed)->verify_key());
  EXPECT_EQ(make_keyring().unlock_root("the root's own words").code(), Errc::not_found);
}

TEST(Keyring, RemovesAUserWithAllHeHoldsButNeverTheLast) {
  Office office;
  const OpenedSlot li = *office.ring.unlock(kLiId, kLi);
  ASSERT_TRUE(office.ring.remove_user(li, kWangId));
  EXPECT_EQ(office.ring.unlock(kWangId, kWang).code(), Errc::not_found);
  EXPECT_EQ(office.ring.contents().entries.size(), 3u);
  EXPECT_EQ(office.ring.remove_user(li, kWangId).code(), Errc::not_found);
  EXPECT_EQ(office.ring.remove_user(li, kLiId).code(), Errc::not_allowed);
  EXPECT_TRUE(Keyring::parse(office.ring.bytes(), TestSlots::accept));
}

TEST(Keyring, IsChangedOnlyByItsOwnUsers) {
  Office office;
  Keyring other = make_keyring();
  const OpenedSlot stranger = *other.unlock(kLiId, kLi);
  const Bytes before = office.ring.bytes();
  EXPECT_EQ(office.ring.add_user(stranger, {{{9}}, kWang, kTestCost}).code(), Errc::not_authentic);
  EXPECT_EQ(office.ring.change_passphrase(stranger, "x", kTestCost).code(), Errc::not_authentic);
  EXPECT_EQ(office.ring.remove_user(stranger, kWangId).code(), Errc::not_authentic);
  EXPECT_EQ(office.ring.bytes(), before);
}

/// True if a changed file gets past parse and past Li's login, Wang's and the root's.
bool passes_unnoticed(const Bytes& changed, const std::string& sheet) {
  const Result<Keyring> ring = Keyring::parse(changed, TestSlots::accept);
  if (!ring) return false;
  return ring->unlock(kLiId, kLi) || ring->unlock(kWangId, kWang) ||
         ring->unlock_recovery(kLiId, sheet);
}

// Every user's login notices a change anywhere, be it in another user's slot: the MAC is his too.
TEST(Keyring, NoticesEveryChangedByteAtEveryLogin) {
  const Office office;
  const Bytes bytes = office.ring.bytes();
  ASSERT_TRUE(passes_unnoticed(bytes, office.sheet));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const unsigned flip : {0x01u, 0x80u}) {
      Bytes changed = bytes;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ flip);
      EXPECT_FALSE(passes_unnoticed(changed, office.sheet)) << "byte " << i << " ^ " << flip;
    }
  }
}

TEST(Keyring, NoticesEveryCutAndEveryAddedByte) {
  const Bytes bytes = make_keyring().bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(Keyring::parse(ByteView(bytes).first(size), TestSlots::accept).code(),
              Errc::malformed);
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(Keyring::parse(longer, TestSlots::accept).code(), Errc::malformed);
  EXPECT_EQ(Keyring::parse(Bytes(kKeyringBytesMax + 1), TestSlots::accept).code(), Errc::too_large);
}

TEST(Keyring, SaysWhenANewerProgramWroteIt) {
  Bytes bytes = make_keyring().bytes();
  bytes[8] = 2;
  EXPECT_EQ(Keyring::parse(bytes, TestSlots::accept).code(), Errc::newer);
  bytes[8] = 1;
  bytes[10] = 2;
  EXPECT_EQ(Keyring::parse(bytes, TestSlots::accept).code(), Errc::newer);
}

// The attack the node key in the header is for: sealing needs only public keys, so a thief can give
// Li a node seed of his own and renew the MAC with it.
TEST(Keyring, RefusesAForeignNodeSeedWithAFreshMac) {
  const Keyring ring = make_keyring();
  const Secret<32> foreign = Secret<32>::random();
  KeyringContents forged = ring.contents();
  KeyringEntry& entry = forged.entries.at(0);
  const Digest bound = digest(Label::keyring_ad, {entry_context(forged.home, entry)});
  Bytes plaintext(foreign.reveal().begin(), foreign.reveal().end());
  plaintext.insert(plaintext.end(), bound.bytes.begin(), bound.bytes.end());
  const Bytes sealed = seal_box(forged.slots.at(0).box_key, plaintext);
  std::copy(sealed.begin(), sealed.end(), entry.sealed.bytes.begin());
  const auto renewed = [&] {
    Bytes bytes = encode_keyring(forged);
    const Digest tag =
        mac(derive(foreign, Label::seed_mac, kNode.view()), Label::keyring_mac, {bytes});
    bytes.insert(bytes.end(), tag.bytes.begin(), tag.bytes.end());
    return *Keyring::parse(bytes, TestSlots::accept);
  };
  EXPECT_EQ(renewed().unlock(kLiId, kLi).code(), Errc::not_authentic);
  // With the header changed to fit, the slot no longer opens.
  forged.home.node_key =
      signing_key_from(derive(foreign, Label::seed_sign, kNode.view()))->verify_key();
  EXPECT_EQ(renewed().unlock(kLiId, kLi).code(), Errc::wrong_key);
}

TEST(Keyring, AsksForBoundsBeforeItHashes) {
  KeyringContents hostile = make_keyring().contents();
  hostile.slots.at(0).is_test = false;
  hostile.slots.at(0).cost = {3, 64ULL << 30};
  Bytes bytes = encode_keyring(hostile);
  bytes.resize(bytes.size() + 32);
  EXPECT_EQ(Keyring::parse(bytes, TestSlots::accept).code(), Errc::malformed);
}

TEST(Keyring, KeepsOneOrderSoThatOneContentHasOneFile) {
  KeyringContents swapped = Office().ring.contents();
  const auto parse = [](const KeyringContents& contents) {
    Bytes bytes = encode_keyring(contents);
    bytes.resize(bytes.size() + 32);
    return decode_keyring(bytes, TestSlots::accept);
  };
  EXPECT_TRUE(parse(swapped));
  std::swap(swapped.entries.at(0), swapped.entries.at(1));
  EXPECT_EQ(parse(swapped).code(), Errc::malformed);
  std::swap(swapped.entries.at(0), swapped.entries.at(1));
  std::swap(swapped.slots.at(1), swapped.slots.at(2));
  EXPECT_EQ(parse(swapped).code(), Errc::malformed);
  std::swap(swapped.slots.at(1), swapped.slots.at(2));
  swapped.entries.pop_back();  // a file key; a node seed may not be missing
  EXPECT_TRUE(parse(swapped));
  std::erase_if(swapped.entries, [](const auto& e) { return e.kind == EntryKind::node_seed; });
  EXPECT_EQ(parse(swapped).code(), Errc::malformed);
}

}  // namespace
}  // namespace jiyao
