// tests/unit/crypto/digest_test.cpp - labels, digests, MACs and derived keys against other code.
#include "crypto/digest.h"

#include <set>

#include "crypto/aead.h"
#include "unit/crypto/vectors.h"

namespace jiyao {
namespace {

using test::counting_key;
using test::vector_hex;

constexpr int kLabels = static_cast<int>(Label::epoch_request) + 1;

TEST(Labels, AreUniqueAndFitThePersonalisation) {
  std::set<std::string_view> names;
  for (int i = 0; i < kLabels; ++i) {
    const std::string_view name = name_of(static_cast<Label>(i));
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_GE(name.size(), 1u);
    EXPECT_LE(name.size(), 10u) << name;
  }
}

TEST(Labels, KeepEqualPartsApart) {
  std::set<Digest> digests;
  for (int i = 0; i < kLabels; ++i)
    EXPECT_TRUE(digests.insert(digest(static_cast<Label>(i), {as_bytes("same")})).second);
}

// python3: hashlib.blake2b(b"".join(len(p).to_bytes(8, "little") + p for p in parts),
//          digest_size=32, person=b"jiyao batch").hexdigest()
TEST(Digests, AreWhatAnIndependentBlake2bComputes) {
  EXPECT_EQ(digest(Label::batch, {as_bytes("abc"), {}, as_bytes("d")}).hex(),
            vector_hex("digest_batch_abc_empty_d"));
  EXPECT_EQ(digest(Label::change, {}).hex(), vector_hex("digest_change_nothing"));
  Bytes thousand(1000);
  for (std::size_t i = 0; i < thousand.size(); ++i)
    thousand[i] = static_cast<std::uint8_t>(i % 251);
  EXPECT_EQ(digest(Label::body, {thousand}).hex(), vector_hex("digest_body_1000"));
}

TEST(Digests, AreTheSameFedPieceByPiece) {
  Hasher hasher(Label::batch);
  hasher.add(as_bytes("abc")).add(ByteView()).add(as_bytes("d"));
  EXPECT_EQ(hasher.finish(), digest(Label::batch, {as_bytes("abc"), {}, as_bytes("d")}));
  const Bytes number{0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01};
  EXPECT_EQ(Hasher(Label::head).add(std::uint64_t{0x0102030405060708}).finish(),
            digest(Label::head, {number}));
}

TEST(Digests, KnowWhereOnePartEnds) {
  EXPECT_NE(digest(Label::batch, {as_bytes("ab"), as_bytes("c")}),
            digest(Label::batch, {as_bytes("a"), as_bytes("bc")}));
  EXPECT_NE(digest(Label::batch, {as_bytes("ab")}), digest(Label::batch, {as_bytes("ab"), {}}));
}

// python3: the same with key=bytes(range(32)); derive() adds salt=b"derive".
TEST(Macs, AreWhatAnIndependentKeyedBlake2bComputes) {
  EXPECT_EQ(mac(counting_key(), Label::reply, {as_bytes("one"), as_bytes("two")}).hex(),
            vector_hex("mac_reply"));
  const Secret<32> derived = derive(counting_key(), Label::file_page, as_bytes("0123456789abcdef"));
  EXPECT_EQ(to_hex(derived.reveal()), vector_hex("derive_file_page"));
}

TEST(Macs, DependOnKeyLabelPartsAndPurpose) {
  const Secret<32> key = counting_key();
  const Digest one = mac(key, Label::reply, {as_bytes("one")});
  EXPECT_NE(one, mac(Secret<32>::random(), Label::reply, {as_bytes("one")}));
  EXPECT_NE(one, mac(key, Label::request, {as_bytes("one")}));
  EXPECT_NE(one, mac(key, Label::reply, {as_bytes("onf")}));
  EXPECT_NE(one, digest(Label::reply, {as_bytes("one")}));
  EXPECT_FALSE(equal(one.view(), derive(key, Label::reply, as_bytes("one")).reveal()));
}

}  // namespace
}  // namespace jiyao
