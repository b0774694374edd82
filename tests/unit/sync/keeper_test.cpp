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

// --- a keeper without the root's key -----------------------------------------------------------

constexpr std::array kLevels3{Level::internal, Level::secret, Level::highly_secret};

/// R signs and may hold `secret`; the stand-alone archive V keeps what is above it; north holds
/// both.
class Asking : public testing::Test {
 protected:
  Asking() {
    NodeRecord networked = realm.archive.record;
    networked.device_ceiling = Level::secret;
    RosterDraft draft = realm.draft();
    draft.add(networked);
    realm.apply(draft);
    vault = realm.enrol(realm.archive.office, 5, {}, true);
    north = realm.enrol_office(2, kLevels3);
    above = {north.office, Level::highly_secret};
    open_vault();
  }
  void open_vault() {
    log.reset();
    log = vault_world->log(vault.record.node);
    bring_roster();
  }
  void lose_the_disk() {
    log.reset();
    vault_world = std::make_unique<DiskWorld>(2);
    open_vault();
  }
  void bring_roster() {
    for (const Bytes& record : realm.log->roster_records(log->roster().point().seq))
      ASSERT_TRUE(log->extend_roster(record));
  }
  std::size_t ask() {
    const KeeperKeys keys{vault.record.node, *vault.sign, *vault.box};
    const Result<Granted> granted = issue_grants(*log, keys);
    const Result<std::size_t> asked = request_epochs(*log, keys, granted->without_secret);
    EXPECT_TRUE(asked);
    return *asked;
  }
  void bring_requests() {
    for (const EpochRequest& request : log->epoch_requests()) ASSERT_TRUE(realm.log->put(request));
  }
  std::size_t sign() {
    RosterDraft draft = realm.draft();
    std::size_t confirmed = 0;
    for (const EpochRequest& request : realm.log->epoch_requests())
      confirmed += draft.confirm(request);
    realm.apply(draft);
    return confirmed;
  }
  void ask_and_sign() {
    ask();
    bring_requests();
    sign();
    bring_roster();
    ask();
  }
  bool can_read(const TestMachine& machine, std::uint32_t epoch) const {
    GrantedKeys keys(machine.record.node, *machine.box);
    EXPECT_EQ(keys.take_all(*log), 0U);
    return keys.key(above, epoch) != nullptr;
  }

  RealmOnDisk realm;
  TestMachine vault, north;
  CompartmentId above;
  std::unique_ptr<DiskWorld> vault_world = std::make_unique<DiskWorld>(2);
  std::unique_ptr<LogFile> log;
};

TEST_F(Asking, ItsEpochIsSignedByTheRootAndReadByTheReadersAndNobodyElse) {
  EXPECT_EQ(realm.log->roster().keeper(above), vault.record.node);
  EXPECT_THAT(log->roster().epochs_due(vault.record.node), testing::ElementsAre(above));
  EXPECT_EQ(ask(), 1U);
  ASSERT_EQ(log->epoch_requests().size(), 1U);
  const BoxPublicKey key = log->epoch_requests().front().epochs.front().key;
  bring_requests();
  EXPECT_EQ(sign(), 1U);
  EXPECT_EQ(realm.log->roster().epoch(above)->key, key);
  EXPECT_FALSE(realm.log->epoch_draft(key)) << "the root's machine never has the secret";
  bring_roster();
  ask();
  EXPECT_TRUE(can_read(north, 1));
  EXPECT_TRUE(can_read(vault, 1));
  EXPECT_FALSE(can_read(realm.archive, 1));
}

TEST_F(Asking, WhatWasAskedForIsNotDraftedAgain) {
  EXPECT_EQ(ask(), 1U);
  const std::vector<EpochRequest> asked = log->epoch_requests();
  EXPECT_EQ(ask(), 0U);
  RosterDraft other = realm.draft();
  other.add_office(random_block_for_tests<OfficeId>(30));
  realm.apply(other);
  bring_roster();
  open_vault();
  EXPECT_EQ(ask(), 0U);
  EXPECT_EQ(log->epoch_requests(), asked);
}

TEST_F(Asking, AnAnsweredRequestIsGoneAndDoesNotComeBack) {
  ask();
  const EpochRequest asked = log->epoch_requests().front();
  bring_requests();
  sign();
  EXPECT_TRUE(realm.log->epoch_requests().empty());
  bring_roster();
  EXPECT_TRUE(log->epoch_requests().empty());
  EXPECT_TRUE(log->put(asked));
  EXPECT_TRUE(log->epoch_requests().empty());
  open_vault();
  EXPECT_TRUE(log->epoch_requests().empty());
  EXPECT_EQ(ask(), 0U);
}

TEST_F(Asking, ALaterLevelIsAskedForBesideTheFirst) {
  ask();
  const TestMachine south = realm.enrol_office(4, kLevels3);
  bring_roster();
  EXPECT_EQ(ask(), 1U);
  bring_requests();
  EXPECT_EQ(sign(), 2U);
  EXPECT_TRUE(realm.log->roster().epoch({south.office, Level::highly_secret}));
}

TEST_F(Asking, ADraftThatIsLostIsMadeAnewAndTheNewerRequestWins) {
  ask();
  const EpochRequest lost = log->epoch_requests().front();
  bring_requests();
  lose_the_disk();
  ASSERT_TRUE(log->put(lost));  // somebody shows it what it once asked for
  EXPECT_EQ(ask(), 1U);
  bring_requests();
  ASSERT_EQ(realm.log->epoch_requests().size(), 1U);
  EXPECT_NE(realm.log->epoch_requests().front().epochs, lost.epochs);
  sign();
  bring_roster();
  ask();
  EXPECT_TRUE(can_read(north, 1));
}

TEST_F(Asking, ASecretLostAfterItWasSignedGivesWayToTheNextEpoch) {
  ask();
  bring_requests();
  sign();
  lose_the_disk();
  ask_and_sign();
  EXPECT_FALSE(can_read(north, 1));
  EXPECT_TRUE(can_read(north, 2));
}

TEST_F(Asking, WhenAReaderLeavesTheKeeperAsksForAFreshEpoch) {
  const TestMachine second = realm.enrol(north.office, 3, kLevels3);
  bring_roster();
  ask_and_sign();
  EXPECT_THAT(log->roster().epochs_due(vault.record.node), testing::IsEmpty());
  RosterDraft draft = realm.draft();
  draft.give_access(second.record.node, above, AccessRight::none);
  realm.apply(draft);
  bring_roster();
  EXPECT_THAT(log->roster().epochs_due(vault.record.node), testing::ElementsAre(above));
  ask_and_sign();
  EXPECT_TRUE(can_read(north, 2));
  EXPECT_FALSE(can_read(second, 2));
  RosterDraft again = realm.draft();
  again.revoke(north.record.node, {});
  realm.apply(again);
  EXPECT_THAT(realm.log->roster().epochs_due(vault.record.node), testing::ElementsAre(above));
}

TEST_F(Asking, OnlyTheKeepersOwnRequestIsOpenToTheRoot) {
  EpochRequest stranger{.realm = log->roster().realm(),
                        .keeper = north.record.node,
                        .serial = 9,
                        .epochs = {draft_epoch(above, 1, north.record.box).record},
                        .kept = {},
                        .signature = {}};
  stranger.signature = north.sign->sign(Label::epoch_request, digest_to_sign(stranger));
  EXPECT_TRUE(realm.log->put(stranger));
  EXPECT_TRUE(realm.log->epoch_requests().empty()) << "nothing of it is theirs to ask for";
  RosterDraft draft = realm.draft();
  EXPECT_EQ(draft.confirm(stranger), 0U);
  ask();
  EpochRequest forged = log->epoch_requests().front();
  forged.epochs.front().key = stranger.epochs.front().key;
  EXPECT_EQ(realm.log->put(forged).code(), Errc::not_authentic);
  forged = log->epoch_requests().front();
  draft.revoke(vault.record.node, {});
  EXPECT_EQ(draft.confirm(forged), 0U) << "not together with its revocation";
}

TEST_F(Asking, AMachineBelowTheLevelDraftsNothing) {
  TestMachine strong = make_machine(north.office, 7);
  strong.record.device_ceiling = Level::top_secret;
  RosterDraft draft = realm.draft();
  draft.enrol(strong.record, std::array{Level::top_secret});
  realm.apply(draft);
  const Roster roster = realm.log->roster();
  EXPECT_TRUE(roster.keeper({north.office, Level::top_secret}).is_none());
  EXPECT_THAT(roster.epochs_due(north.record.node), testing::IsEmpty());
}

}  // namespace
}  // namespace jiyao
