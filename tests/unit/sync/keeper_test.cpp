// tests/unit/sync/keeper_test.cpp - who gets which epoch secrets, and when again.
#include "sync/keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/realm_on_disk.h"

namespace jiyao {
namespace {

constexpr std::array kLevels2{Level::internal, Level::secret};

class Granting : public testing::Test {
 protected:
  Granting() : north(realm.enrol_office(2, kLevels2)), secret{north.office, Level::secret} {}
  Granted issue() {
    const Result<Granted> granted = issue_grants(*realm.log, realm.keeper_keys());
    EXPECT_TRUE(granted);
    return *granted;
  }
  GrantedKeys keys_of(const TestMachine& machine) {
    GrantedKeys keys(machine.record.node, *machine.box);
    EXPECT_EQ(keys.take_all(*realm.log), 0U);
    return keys;
  }
  RealmOnDisk realm;
  TestMachine north;
  CompartmentId secret;
};

TEST_F(Granting, EveryReaderGetsTheSecretsAndNobodyElse) {
  EXPECT_EQ(issue().grants, 6U) << "north: its two and the directory; the archive: the same";
  const GrantedKeys reader = keys_of(north);
  const BoxKey* key = reader.key(secret, 1);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->public_key(), realm.log->roster().epoch(secret)->key);
  EXPECT_EQ(reader.key(secret, 2), nullptr);
  EXPECT_NE(keys_of(realm.archive).key(secret, 1), nullptr) << "the keeper reads its own grant";
  const TestMachine south = realm.enrol_office(4, kLevels2);
  issue();
  EXPECT_EQ(keys_of(south).key(secret, 1), nullptr);
}

TEST_F(Granting, NothingIsGrantedTwice) {
  issue();
  EXPECT_EQ(issue().grants, 0U);
}

TEST_F(Granting, ANewEpochIsGrantedAgainWithTheOldOnes) {
  issue();
  RosterDraft draft = realm.draft();
  draft.rotate(secret);
  realm.apply(draft);
  EXPECT_EQ(issue().grants, 2U);
  const GrantedKeys reader = keys_of(north);
  EXPECT_NE(reader.key(secret, 1), nullptr);
  EXPECT_NE(reader.key(secret, 2), nullptr);
  EXPECT_EQ(realm.log->grants({.compartments = {secret}}).size(), 2U) << "only the newest are kept";
}

TEST_F(Granting, ARevokedMachineDoesNotGetTheNextEpoch) {
  issue();
  RosterDraft draft = realm.draft();
  draft.revoke(north.record.node, {});
  realm.apply(draft);
  issue();
  const GrantedKeys reader = keys_of(north);
  EXPECT_NE(reader.key(secret, 1), nullptr) << "what it had it has";
  EXPECT_EQ(reader.key(secret, 2), nullptr);
  EXPECT_NE(keys_of(realm.archive).key(secret, 2), nullptr);
}

TEST_F(Granting, AKeeperWithoutTheSecretSaysSo) {
  RosterDraft draft = realm.draft();
  draft.rotate(secret);
  realm.apply(draft, false);  // the secret was lost before it was kept
  const Granted granted = issue();
  EXPECT_THAT(granted.without_secret, testing::ElementsAre(secret));
  RosterDraft again = realm.draft();
  again.rotate(secret);
  realm.apply(again);
  EXPECT_THAT(issue().without_secret, testing::IsEmpty());
  EXPECT_NE(keys_of(north).key(secret, 3), nullptr);
}

TEST_F(Granting, SecretsThatAreNotTheRostersAreRefused) {
  issue();
  const std::vector<Grant> grants = realm.log->grants({.compartments = {secret}});
  GrantedKeys reader(north.record.node, *north.box);
  for (Grant grant : grants) {
    if (grant.node != north.record.node) {
      EXPECT_EQ(reader.take(grant, realm.log->roster()).code(), Errc::not_for_us);
      continue;
    }
    EpochSecrets false_secrets{.compartment = secret, .secrets = {{.epoch = 1, .seed = {}}}};
    grant.sealed = seal_box(north.record.box, encode_secrets(false_secrets));
    EXPECT_EQ(reader.take(grant, realm.log->roster()).code(), Errc::not_authentic);
    grant.sealed.back() ^= 1;
    EXPECT_EQ(reader.take(grant, realm.log->roster()).code(), Errc::not_authentic);
  }
  EXPECT_EQ(reader.key(secret, 1), nullptr);
}

TEST_F(Granting, FewKeysAreHeldOpenAtOnce) {
  RosterDraft draft = realm.draft();
  for (std::size_t i = 0; i < GrantedKeys::kKeptMax; ++i) draft.rotate(secret);
  realm.apply(draft);
  issue();
  const GrantedKeys reader = keys_of(north);
  for (std::uint32_t epoch = 1; epoch <= GrantedKeys::kKeptMax + 1; ++epoch)
    ASSERT_EQ(reader.key(secret, epoch)->public_key(),
              realm.log->roster().epochs(secret)[epoch - 1].key);
  EXPECT_NE(reader.key(secret, 1), nullptr) << "opened again";
}

}  // namespace
}  // namespace jiyao
