// tests/unit/schema/columns_test.cpp - bodies of batches: what goes in comes out, and nothing else
// is accepted.
#include "schema/columns.h"

#include <gtest/gtest.h>

#include "unit/schema/sample_changes.h"

namespace jiyao {
namespace {

const BodySalt kSalt = sample::block<BodySalt>(0x80);
const BodyContext kContext{sample::kRealm, sample::kCompartment};

std::vector<Change> busy_day() {
  std::vector<Change> changes;
  for (std::uint64_t n = 1; n <= 7; ++n) changes.push_back(sample::registered(n));
  changes.push_back(sample::amended(changes[3], 21, "关于涉密载体清退的通知"));
  changes.push_back(sample::amended(changes.back(), 22, "关于涉密载体清退工作的通知"));
  Change ruling = sample::amended(changes[5], 23, "以纸质为准");
  ruling.kind = ChangeKind::resolve;
  ruling.settles = {sample::block<ChangeId>(0x01), sample::block<ChangeId>(0x02)};
  ruling.person = sample::block<Signature>(0x03);
  changes.push_back(ruling);
  Change older_life = sample::registered(17);
  older_life.origin.incarnation = sample::block<IncarnationId>(0x99);
  older_life.ledger = "loan";
  older_life.hlc = 5;
  changes.push_back(older_life);
  return changes;
}

TEST(Columns, GiveBackEveryChangeOfABusyDayAndItsName) {
  const std::vector<Change> changes = busy_day();
  const Result<OpenedBody> opened = decode_columns(encode_columns(changes, kSalt), kContext);
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ(opened->changes, changes);
  EXPECT_EQ(opened->salt, kSalt);
  ASSERT_EQ(opened->ids.size(), changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) EXPECT_EQ(opened->ids[i], id_of(changes[i]));
}

TEST(Columns, OfAnotherCompartmentNameOtherChanges) {
  const Bytes body = encode_columns(busy_day(), kSalt);
  BodyContext other = kContext;
  other.compartment.level = Level::internal;
  const Result<OpenedBody> opened = decode_columns(body, other);
  // The chain of parents inside the batch still holds, so it opens; the names all differ, and with
  // them the content root in the signed header.
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_NE(opened->ids.front(), id_of(busy_day().front()));
}

TEST(Columns, CutAnywhereAreRefused) {
  const Bytes body = encode_columns(busy_day(), kSalt);
  for (std::size_t length = 0; length < body.size(); ++length)
    EXPECT_FALSE(decode_columns(ByteView(body).first(length), kContext)) << length;
}

TEST(Columns, WithAnyByteChangedOpenToOtherChangesOrNotAtAll) {
  const std::vector<Change> changes = busy_day();
  const Bytes body = encode_columns(changes, kSalt);
  for (std::size_t at = 0; at < body.size(); ++at) {
    Bytes broken = body;
    broken[at] = static_cast<std::uint8_t>(broken[at] ^ 1);
    const Result<OpenedBody> opened = decode_columns(broken, kContext);
    if (!opened) continue;
    EXPECT_TRUE(opened->changes != changes || opened->salt != kSalt) << at;
    EXPECT_EQ(encode_columns(opened->changes, opened->salt), broken) << at;
  }
}

TEST(Columns, RefuseOneChangeTwice) {
  const std::vector<Change> twice = {sample::registered(1), sample::registered(1)};
  const Result<OpenedBody> opened = decode_columns(encode_columns(twice, kSalt), kContext);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.code(), Errc::malformed);
}

TEST(Columns, OfAThousandPapersTakeTwoThirdsOfTheirCanonicalBytesOrLess) {
  std::vector<Change> changes;
  std::size_t canonical_total = 0;
  for (std::uint64_t n = 1; n <= 1000; ++n) {
    changes.push_back(sample::registered(n));
    canonical_total += canonical_bytes(changes.back());
  }
  const Bytes body = encode_columns(changes, kSalt);
  EXPECT_LT(body.size(), canonical_total * 2 / 3);  // before zstd
  EXPECT_TRUE(decode_columns(body, kContext));
}

TEST(ContentRoot, DependsOnSaltAndOnOrder) {
  const ChangeId a = sample::block<ChangeId>(1), b = sample::block<ChangeId>(2);
  const std::vector<ChangeId> ab = {a, b}, ba = {b, a};
  EXPECT_NE(content_root(kSalt, ab), content_root(kSalt, ba));
  EXPECT_NE(content_root(kSalt, ab), content_root(BodySalt{}, ab));
}

}  // namespace
}  // namespace jiyao
