// tests/unit/sync/seal_test.cpp - a sealed batch opens to what went in, for its readers only.
#include "sync/seal.h"

#include <gtest/gtest.h>

#include <map>

#include "schema/packing.h"
#include "unit/schema/sample_changes.h"

namespace jiyao {
namespace {

class Keys final : public EpochKeys {
 public:
  const BoxKey* key(const CompartmentId& compartment, std::uint32_t epoch) const override {
    const auto found = keys_.find({compartment, epoch});
    return found == keys_.end() ? nullptr : found->second.get();
  }
  EpochEntry add(const CompartmentId& compartment, std::uint32_t epoch) {
    auto& key = keys_[{compartment, epoch}];
    key = box_key_from(Secret<32>::random());
    return {.epoch = epoch, .key = key->public_key()};
  }

 private:
  std::map<std::pair<CompartmentId, std::uint32_t>, std::unique_ptr<BoxKey>> keys_;
};

class Sealing : public testing::Test {
 protected:
  Sealing() {
    core.realm = sample::kRealm;
    core.node = sample::registered(1).origin.node;
    core.incarnation = sample::registered(1).origin.incarnation;
    core.compartment = sample::kCompartment;
    core.seq = 1;
    for (std::uint64_t n = 1; n <= 5; ++n) changes.push_back(sample::registered(n));
    epoch = readers.add(core.compartment, 1);
  }
  Result<SealedBatch> seal() const {
    return seal_batch({.node = *node,
                       .core = core,
                       .epoch = epoch,
                       .changes = changes,
                       .letter_from = letter_from});
  }
  std::unique_ptr<SigningKey> node = signing_key_from(Secret<32>::random());
  BatchCore core;
  std::vector<Change> changes;
  Keys readers;
  EpochEntry epoch;
  std::optional<LetterSlot> letter_from;
};

TEST_F(Sealing, OpensToTheChangesThatWentIn) {
  const Result<SealedBatch> batch = seal();
  ASSERT_TRUE(batch) << batch.error().detail;
  EXPECT_TRUE(batch->signed_by(node->verify_key()));
  EXPECT_FALSE(batch->signed_by(signing_key_from(Secret<32>::random())->verify_key()));
  EXPECT_EQ(batch->core().count, 5);
  const Result<OpenedBody> body = open_batch(*batch, readers);
  ASSERT_TRUE(body) << body.error().detail;
  EXPECT_EQ(body->changes, changes);
  EXPECT_EQ(body->ids.front(), id_of(changes.front()));
}

TEST_F(Sealing, WithoutTheEpochsSecretNothingOpens) {
  Keys others;
  EXPECT_EQ(open_batch(*seal(), others).code(), Errc::unavailable);
  others.add(core.compartment, 1);  // a secret, but not this epoch's
  EXPECT_EQ(open_batch(*seal(), others).code(), Errc::not_authentic);
}

TEST_F(Sealing, NoByteCanBeChanged) {
  const Result<SealedBatch> batch = seal();
  Bytes bytes(batch->bytes().begin(), batch->bytes().end());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 1;
    const Result<SealedBatch> parsed = SealedBatch::parse(ByteView(bytes));
    EXPECT_FALSE(parsed && parsed->signed_by(node->verify_key())) << "byte " << i;
    // The core is the body's context, so it does not even open; the signature covers the rest.
    if (parsed && i < kBatchCoreBytes) {
      EXPECT_FALSE(open_batch(*parsed, readers)) << "byte " << i;
    }
    bytes[i] ^= 1;
  }
}

TEST_F(Sealing, ALetterOpensForBothOffices) {
  const CompartmentId mine{sample::block<OfficeId>(0x99), core.compartment.level};
  Keys senders;
  letter_from = LetterSlot{.compartment = mine, .epoch = senders.add(mine, 4)};
  const Result<SealedBatch> letter = seal();
  ASSERT_TRUE(letter);
  EXPECT_TRUE(open_batch(*letter, readers));
  EXPECT_TRUE(open_batch(*letter, senders));
}

TEST_F(Sealing, ChangesOfAnotherNodeAreRefusedOnOpening) {
  core.node.bytes[0] ^= 1;
  EXPECT_EQ(open_batch(*seal(), readers).code(), Errc::malformed);
}

TEST_F(Sealing, TooMuchIsSaidBeforeAnythingIsSigned) {
  changes.clear();
  for (std::uint64_t n = 1; n <= 40; ++n) {
    Change change = sample::registered(n);
    std::string noise;  // hex of fresh keys does not compress below a half
    for (int i = 0; i < 480; ++i) noise += to_hex(Secret<32>::random().reveal()).substr(0, 32);
    for (Write& write : change.writes)
      if (write.group == "remark") write.value = noise;
    changes.push_back(change);
  }
  EXPECT_EQ(seal().code(), Errc::too_large);
}

TEST(Padding, StepsAreDoublingsThenEighths) {
  EXPECT_EQ(padded_bytes(1), 1024U);
  EXPECT_EQ(padded_bytes(1025), 2048U);
  EXPECT_EQ(padded_bytes(65536), 65536U);
  EXPECT_EQ(padded_bytes(65537), 73728U);
  EXPECT_EQ(padded_bytes(131073), 147456U);
  for (std::size_t bytes = 65536; bytes < 250000; bytes += 777) {
    EXPECT_GE(padded_bytes(bytes), bytes);
    EXPECT_LE(padded_bytes(bytes), bytes + bytes / 8);
    EXPECT_EQ(padded_bytes(padded_bytes(bytes)), padded_bytes(bytes));
  }
}

TEST(Padding, APackedBodyIsTakenBackExactlyOrNotAtAll) {
  const Bytes plain(5000, 'x');
  const Bytes packed = pack(plain);
  EXPECT_EQ(packed.size(), 1024U);
  ASSERT_TRUE(unpack(packed));
  EXPECT_EQ(*unpack(packed), plain);
  Bytes changed = packed;
  changed.back() = 1;
  EXPECT_EQ(unpack(changed).code(), Errc::malformed) << "padding that says something";
  changed = packed;
  changed[3] = 0x7f;  // claims two gigabytes
  EXPECT_EQ(unpack(changed).code(), Errc::too_large);
  changed = packed;
  changed[0] ^= 1;
  EXPECT_EQ(unpack(changed).code(), Errc::malformed) << "not the frame's length";
  changed = packed;
  changed.resize(2048);
  EXPECT_EQ(unpack(changed).code(), Errc::malformed) << "more padding than its step";
  EXPECT_EQ(unpack({}).code(), Errc::malformed);
}

}  // namespace
}  // namespace jiyao
