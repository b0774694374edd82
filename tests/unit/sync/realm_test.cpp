// tests/unit/sync/realm_test.cpp - what is drafted is accepted, and epochs are never unreadable.
#include "sync/realm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/realm_on_disk.h"

namespace jiyao {
namespace {

using testing::IsEmpty;

constexpr std::array kLevels2{Level::internal, Level::secret};

class Drafting : public testing::Test {
 protected:
  RealmOnDisk realm;
};

TEST_F(Drafting, ANewRealmStandsAfterItsFirstRecord) {
  const Roster roster = realm.log->roster();
  EXPECT_EQ(roster.point().seq, 1U);
  const CompartmentId directory{realm.archive.office, Level::internal};
  EXPECT_EQ(roster.keeper(directory), realm.archive.record.node);
  EXPECT_EQ(roster.access(realm.archive.record.node, directory), AccessRight::write);
  ASSERT_TRUE(roster.epoch(directory));
  EXPECT_TRUE(realm.log->epoch_draft(roster.epoch(directory)->key)) << "its secret is kept";
}

TEST_F(Drafting, AnEnrolmentBringsAccessAndTheEpochsThatWereMissing) {
  const TestMachine north = realm.enrol_office(2, kLevels2);
  const Roster roster = realm.log->roster();
  const NodeId node = north.record.node;
  const CompartmentId internal{north.office, Level::internal};
  const CompartmentId secret{north.office, Level::secret};
  EXPECT_EQ(roster.access(node, internal), AccessRight::write);
  EXPECT_EQ(roster.access(node, secret), AccessRight::write);
  EXPECT_EQ(roster.access(node, {realm.archive.office, Level::internal}), AccessRight::read);
  EXPECT_EQ(roster.access(realm.archive.record.node, secret), AccessRight::write);
  EXPECT_EQ(roster.epoch(secret)->epoch, 1U);

  const TestMachine second = realm.enrol(north.office, 3, kLevels2);
  EXPECT_EQ(realm.log->roster().epochs(secret).size(), 1U) << "no needless epoch";
  EXPECT_EQ(realm.log->roster().access(second.record.node, secret), AccessRight::write);
}

TEST_F(Drafting, ASecondArchiveNodeMayWriteEverythingUpToItsCeiling) {
  const TestMachine north = realm.enrol_office(2, kLevels2);
  const TestMachine second = realm.enrol(realm.archive.office, 3, {}, true);
  const Roster roster = realm.log->roster();
  for (const CompartmentId& compartment : roster.compartments())
    EXPECT_EQ(roster.access(second.record.node, compartment), AccessRight::write)
        << compartment.text();
}

TEST_F(Drafting, ARevocationEndsAccessAndRotates) {
  const TestMachine north = realm.enrol_office(2, kLevels2);
  RosterDraft draft = realm.draft();
  draft.revoke(north.record.node, {});
  realm.apply(draft);
  const Roster roster = realm.log->roster();
  EXPECT_TRUE(roster.node(north.record.node)->is_revoked);
  for (const CompartmentId& compartment : roster.compartments()) {
    EXPECT_EQ(roster.access(north.record.node, compartment), AccessRight::none);
    EXPECT_EQ(roster.epochs(compartment).size(), 2U) << compartment.text();
  }
}

TEST_F(Drafting, AnEpochOfAnotherKeeperIsAskedForNotMade) {
  const TestMachine north = realm.enrol_office(2, kLevels2);
  RosterDraft draft = realm.draft();
  const CompartmentId top{north.office, Level::top_secret};
  draft.rotate(top);
  EXPECT_THAT(draft.epochs(), IsEmpty());
  EXPECT_THAT(draft.epochs_of_others(), testing::ElementsAre(top));
}

TEST_F(Drafting, AccessThatEndsRotates) {
  const TestMachine north = realm.enrol_office(2, kLevels2);
  const CompartmentId secret{north.office, Level::secret};
  RosterDraft draft = realm.draft();
  draft.give_access(north.record.node, secret, AccessRight::none);
  realm.apply(draft);
  EXPECT_EQ(realm.log->roster().epochs(secret).size(), 2U);
  EXPECT_THAT(realm.log->roster().epochs_due(realm.archive.record.node), IsEmpty());
}

TEST_F(Drafting, ALaterArchiveAlsoGetsWhatHasNoEpochYet) {
  TestMachine north = make_machine(random_block_for_tests<OfficeId>(102), 2);
  north.record.device_ceiling = Level::top_secret;
  NodeRecord networked = realm.archive.record;
  networked.device_ceiling = Level::secret;
  RosterDraft lowered = realm.draft();
  lowered.add(networked);
  realm.apply(lowered);
  RosterDraft first = realm.draft();
  first.add_office(north.office, north.record.node);
  first.enrol(north.record, std::array{Level::secret, Level::highly_secret});
  realm.apply(first);
  const CompartmentId above{north.office, Level::highly_secret};
  EXPECT_FALSE(realm.log->roster().epoch(above));
  const TestMachine vault = realm.enrol(realm.archive.office, 3, {}, true);
  EXPECT_EQ(realm.log->roster().access(vault.record.node, above), AccessRight::write);
}

TEST_F(Drafting, ALargeDraftBecomesSeveralRecordsInOneChain) {
  RosterDraft draft = realm.draft();
  for (int i = 0; i < 150; ++i) draft.add_office(random_block_for_tests<OfficeId>(i));
  EXPECT_EQ(draft.records().size(), 3U);
  realm.apply(draft);
  EXPECT_EQ(realm.log->roster().offices().size(), 151U);
}

}  // namespace
}  // namespace jiyao
