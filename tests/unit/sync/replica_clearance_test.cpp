// tests/unit/sync/replica_clearance_test.cpp - who sees what: clearance, approval, rows that were
// raised, and links between levels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/random.h"
#include "support/realm_fixture.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class ReplicaClearance : public testing::Test {
 protected:
  RealmFixture realm_;

  RecordId record(Replica& replica, const Act& act) {
    return good(replica.record(act)).records.front();
  }
};

TEST_F(ReplicaClearance, ARowRaisedAboveItsReaderIsOutOfSight) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  const RecordId id = record(*a, incoming(realm_.a_internal, "升密件"));
  record(*a, amend(realm_.a_internal, id, "level", "secret"));
  EXPECT_EQ(a->count(Query{}), 1U) << "its reader is cleared for it";
  a.reset();
  auto visitors = realm_.open(*realm_.a, realm_.visitor, Level::internal);
  ASSERT_TRUE(visitors->view(id));
  EXPECT_TRUE(visitors->view(id)->is_hidden);
  EXPECT_TRUE(visitors->view(id)->state.groups.empty());
  EXPECT_EQ(visitors->count(Query{}), 0U);
  EXPECT_THAT(visitors->search(Query{}).rows, SizeIs(0));
  EXPECT_THAT(visitors->history(id), SizeIs(0));
}

// user add gives the keys that were asked for; the archive has not said yes to them.
TEST_F(ReplicaClearance, WhoTheRosterDoesNotNameOpensNoLevelFile) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  const RecordId id = record(*a, incoming(realm_.a_internal, "通知"));
  a.reset();
  const Clerk stranger{random_block<UserId>(), realm_.visitor.sign};
  auto strangers = realm_.open(*realm_.a, stranger);
  EXPECT_THAT(strangers->open_levels(), SizeIs(0));
  EXPECT_FALSE(strangers->view(id));
  EXPECT_THAT(strangers->search(Query{}).rows, SizeIs(0));
  strangers.reset();
  EXPECT_THAT(realm_.open(*realm_.a, realm_.visitor)->open_levels(),
              ElementsAre(Level::public_, Level::internal));
}

TEST_F(ReplicaClearance, AClearanceThatIsLoweredHidesWhatIsOpenAlready) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  const RecordId low = record(*a, incoming(realm_.a_internal, "内部件"));
  Step task;  // no row of this ledger says its level
  task.ledger = "task";
  task.writes = {{"assigned_by", realm_.clerk_a.user.hex()},
                 {"assigned_on", "2026-11-20"},
                 {"content", "秘密事项"},
                 {"owner", realm_.clerk_a.user.hex()},
                 {"state", "assigned"}};
  const RecordId high = record(*a, {realm_.a_secret, {task}});
  ASSERT_EQ(a->count(Query{}), 2U);
  UserRecord lowered = *a->roster().user(realm_.clerk_a.user);
  lowered.clearance = Level::internal;
  realm_.add({lowered});
  realm_.teach(a->log());
  EXPECT_EQ(a->count(Query{}), 1U);
  EXPECT_TRUE(a->view(high)->is_hidden);
  EXPECT_FALSE(a->view(low)->is_hidden);
  EXPECT_THAT(a->history(high), SizeIs(0));
}

// domain.md 3.6.4: a link from a low row to a higher row is kept on the higher side.
TEST_F(ReplicaClearance, ARowMayNameOneOfItsOwnLevelOrALowerOneOnly) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  const RecordId low = record(*a, incoming(realm_.a_internal, "内部件"));
  const RecordId high = record(*a, incoming(realm_.a_secret, "秘密件"));
  const auto document_of = [&](const CompartmentId& place, const RecordId& registered) {
    Step step;
    step.ledger = "document";
    step.writes = {{"incoming", registered.hex()},
                   {"issuer_org", "省委办公厅"},
                   {"level", std::string(name_of(place.level))},
                   {"state", "in_use"},
                   {"title", "通知"}};
    return a->record({place, {step}});
  };
  EXPECT_EQ(document_of(realm_.a_internal, high).code(), Errc::not_allowed);
  EXPECT_EQ(a->count(Query{}), 2U);
  EXPECT_TRUE(document_of(realm_.a_internal, low));
  EXPECT_TRUE(document_of(realm_.a_secret, low));
  EXPECT_TRUE(document_of(realm_.a_secret, high));
}

}  // namespace
}  // namespace jiyao
