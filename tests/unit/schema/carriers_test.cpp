// tests/unit/schema/carriers_test.cpp - batches, bundles, enrolment and papers: who signed, for
// whom, and what people read out.
#include <gtest/gtest.h>

#include "schema/bundle_format.h"
#include "schema/crockford.h"
#include "schema/enrolment.h"
#include "schema/frames.h"
#include "schema/hand_over.h"
#include "schema/papers.h"
#include "schema/value.h"
#include "support/source_folder.h"
#include "unit/schema/sample_changes.h"
#include "vectors/vector_file.h"

namespace jiyao {
namespace {

using sample::block;

Secret<32> seed(std::uint8_t first) {
  return Secret<32>::copy_of(block<Digest>(first).view());
}

const std::string kFolder = test::source_folder() + "/tests/vectors";

Bytes golden(std::string_view object) {
  return vectors::read_file_of(kFolder, object).at(0).bytes;
}

TEST(Batch, IsSignedByItsNodeAndByNobodyElse) {
  const Result<SealedBatch> batch = SealedBatch::parse(golden("batch"));
  ASSERT_TRUE(batch);
  EXPECT_TRUE(batch->signed_by(signing_key_from(seed(7))->verify_key()));
  EXPECT_FALSE(batch->signed_by(signing_key_from(seed(8))->verify_key()));
}

TEST(Batch, WithAnyHeaderBitChangedIsRefusedOrNotItsNodes) {
  const Bytes good = golden("batch");
  const VerifyKey key = signing_key_from(seed(7))->verify_key();
  for (std::size_t at = 0; at < kBatchHeaderBytes; ++at) {
    Bytes bad = good;
    bad[at] = static_cast<std::uint8_t>(bad[at] ^ 1);
    const Result<SealedBatch> batch = SealedBatch::parse(bad);
    EXPECT_TRUE(!batch || !batch->signed_by(key)) << at;
  }
}

struct Sent {
  std::unique_ptr<BoxKey> mine = box_key_from(seed(1));
  std::unique_ptr<BoxKey> other = box_key_from(seed(2));
  BodyKey file_key = BodyKey::copy_of(block<Digest>(3).view());
  BundleOuter outer;
  BundleHead head;
  Sent() {
    outer.realm = sample::kRealm;
    outer.bundle = block<BundleId>(4);
    outer.label = Level::secret;
    head =
        make_head(outer, {decoy_slot(), seal_slot(outer, mine->public_key(), file_key)}, file_key);
  }
};

TEST(Bundle, OpensForItsRecipientOnly) {
  const Sent sent;
  const Result<BundleHead> head = parse_head(sent.head.bytes);
  ASSERT_TRUE(head);
  const Result<BodyKey> key = open_head(*head, sample::kRealm, *sent.mine);
  ASSERT_TRUE(key);
  EXPECT_TRUE(equal(key->reveal(), sent.file_key.reveal()));
  EXPECT_EQ(open_head(*head, sample::kRealm, *sent.other).code(), Errc::not_for_us);
  EXPECT_EQ(open_head(*head, block<RealmId>(9), *sent.mine).code(), Errc::not_for_us);
}

TEST(Bundle, WithAnyBitOfItsHeadChangedOpensForNobody) {
  const Sent sent;
  for (std::size_t at = 0; at < sent.head.bytes.size(); ++at) {
    Bytes bad = sent.head.bytes;
    bad[at] = static_cast<std::uint8_t>(bad[at] ^ 1);
    const Result<BundleHead> head = parse_head(bad);
    EXPECT_FALSE(head && open_head(*head, sample::kRealm, *sent.mine)) << at;
  }
}

TEST(Bundle, WhoseManifestLiesAboutItsLabelIsRefused) {
  const Sent sent;
  const auto key = signing_key_from(seed(5));
  BundleManifest manifest;
  manifest.recipients = {block<NodeId>(6)};
  manifest.entries = {{sample::kCompartment, 1, 1}};
  manifest.highest = Level::secret;
  const Bytes message = sign_manifest(manifest, sent.head, *key);
  const Result<SignedManifest> parsed = parse_manifest(message, sent.head);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->manifest, manifest);
  EXPECT_TRUE(parsed->signed_by(key->verify_key()));
  EXPECT_FALSE(parsed->signed_by(signing_key_from(seed(6))->verify_key()));
  BundleHead lower = sent.head;
  lower.outer.label = Level::internal;
  EXPECT_EQ(parse_manifest(message, lower).code(), Errc::above_ceiling);
}

TEST(Enrolment, DigitsAreTwelveGroupsOfFiveAndChangeWithRootAndRequest) {
  const Bytes request = golden("enrol_request");
  // The figures come from another BLAKE2b (Python's hashlib), following docs/formats.md.
  const std::string read_out = digits(request, block<Digest>(1));
  EXPECT_EQ(read_out, "77011 14214 44366 55937 68369 92405 73887 92581 34484 64825 23093 84179");
  EXPECT_NE(digits(request, block<Digest>(2)), read_out);
  EXPECT_NE(digits(ByteView(request).first(9), block<Digest>(1)), read_out);
}

TEST(Enrolment, RequestShowsWhetherItsMakerHeldTheInvitation) {
  const Result<EnrolRequest> request = decode_request(golden("enrol_request"));
  ASSERT_TRUE(request);
  EXPECT_TRUE(is_invited(*request, block<InvitationSecret>(2)));
  EXPECT_FALSE(is_invited(*request, block<InvitationSecret>(3)));
}

TEST(Frontiers, DigestIgnoresOrderAndCompartmentsWithoutBatches) {
  const CompartmentFrontier a{sample::kCompartment, {{block<BatchId>(1)}, {block<BatchId>(1)}}};
  const CompartmentFrontier b{{block<OfficeId>(1), Level::internal}, {{block<BatchId>(2)}, {}}};
  const CompartmentFrontier none{{block<OfficeId>(2), Level::internal}, {}};
  EXPECT_EQ(digest_of(std::vector{a, b}), digest_of(std::vector{b, none, a}));
  EXPECT_NE(digest_of(std::vector{a, b}), digest_of(std::vector{a}));
}

TEST(FileDigest, DoesNotDependOnHowAFileWasRead) {
  const Bytes file(150000, 7);
  FileDigest whole, pieces;
  whole.add(file);
  for (std::size_t at = 0; at < file.size(); at += 1000)
    pieces.add(ByteView(file).subspan(at, 1000));
  const Digest digest = whole.finish();
  EXPECT_EQ(digest, pieces.finish());
  EXPECT_EQ(check_code(digest).size(), 7U);
  EXPECT_EQ(check_code(digest)[3], '-');
}

TEST(Crockford, TextGivesItsBytesBackAndOnlyThen) {
  EXPECT_EQ(to_crockford(Bytes{0xFF, 0x00, 0x01}), "ZW002");
  for (std::size_t length = 0; length < 12; ++length) {
    const Bytes bytes(length, 0xA7);
    EXPECT_EQ(from_crockford(grouped(to_crockford(bytes), 4, 2)), bytes);
  }
  EXPECT_EQ(from_crockford("ZW003"), std::nullopt);
  EXPECT_EQ(from_crockford("A"), std::nullopt);
}

TEST(PackedFields, OfAReturnComeBackWhole) {
  const std::map<std::string, std::string> fields = {{"check", "相符"}, {"note", ""}};
  EXPECT_EQ(pack_fields(fields), "check:6:相符;note:0:;");
  const auto unpacked = unpack_fields(pack_fields(fields));
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(*unpacked, fields);
}

}  // namespace
}  // namespace jiyao
