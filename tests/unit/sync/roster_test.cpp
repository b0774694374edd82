// tests/unit/sync/roster_test.cpp - what the roster lets in, and what it says at each point.
#include "sync/roster.h"

#include <gtest/gtest.h>

#include "support/small_realm.h"
#include "sync/log_core.h"
#include "sync/realm.h"

namespace jiyao {
namespace {

struct Person {
  UserId id;
  std::unique_ptr<SigningKey> key = signing_key_from(Secret<32>::random());
  explicit Person(std::uint8_t n) { id.bytes.fill(n); }
  RootKey root() const { return {.person = id, .key = key->verify_key()}; }
};

RosterRecord first_record(const std::vector<const Person*>& roots, std::uint8_t threshold) {
  RealmRecord realm;
  for (const Person* person : roots) realm.roots.push_back(person->root());
  realm.threshold = threshold;
  realm.realm_office.bytes.fill(9);
  RosterRecord record;
  record.realm.bytes.fill(1);
  record.seq = 1;
  record.bodies = {realm, OfficeRecord{.office = realm.realm_office, .lead = {}}};
  return record;
}

RosterRecord next_record(const Roster& roster, std::vector<RosterBody> bodies) {
  RosterRecord record;
  record.realm = roster.realm();
  record.seq = roster.point().seq + 1;
  record.prev = roster.point().hash;
  record.bodies = std::move(bodies);
  return record;
}

Result<Roster> append(const Roster& roster, RosterRecord record,
                      const std::vector<const Person*>& signers) {
  for (const Person* person : signers) sign_record(record, person->id, *person->key);
  return roster.append(encode_record(record));
}

OfficeRecord office(std::uint8_t n) {
  OfficeRecord record;
  record.office.bytes.fill(n);
  return record;
}

class Roots : public testing::Test {
 protected:
  Person a{1}, b{2}, c{3}, stranger{4};
  Roster two_of_three() {
    const Result<Roster> made = append({}, first_record({&a, &b, &c}, 2), {&a, &b});
    EXPECT_TRUE(made) << (made ? "" : made.error().detail);
    return *made;
  }
};

TEST_F(Roots, ARecordNeedsTheThresholdOfDistinctPersons) {
  const Roster roster = two_of_three();
  const RosterRecord next = next_record(roster, {office(20)});
  EXPECT_EQ(append(roster, next, {}).code(), Errc::not_authentic);
  EXPECT_EQ(append(roster, next, {&a}).code(), Errc::not_authentic);
  EXPECT_TRUE(append(roster, next, {&a, &c}));
  EXPECT_TRUE(append(roster, next, {&a, &b, &c}));
}

TEST_F(Roots, AStrangersSignatureCountsForNothing) {
  const Roster roster = two_of_three();
  EXPECT_EQ(append(roster, next_record(roster, {office(20)}), {&a, &stranger}).code(),
            Errc::not_authentic);
  EXPECT_EQ(append({}, first_record({&a, &b}, 1), {&stranger}).code(), Errc::not_authentic);
}

TEST_F(Roots, OnePersonsSignatureUnderAnothersNameDoesNotCount) {
  const Roster roster = two_of_three();
  RosterRecord record = next_record(roster, {office(20)});
  sign_record(record, a.id, *a.key);
  sign_record(record, b.id, *a.key);  // a signs for b as well
  EXPECT_EQ(roster.append(encode_record(record)).code(), Errc::not_authentic);
}

TEST_F(Roots, SigningTwiceIsStillOnePerson) {
  const Roster roster = two_of_three();
  RosterRecord record = next_record(roster, {office(20)});
  sign_record(record, a.id, *a.key);
  sign_record(record, a.id, *b.key);  // another person's key under a's name
  EXPECT_EQ(roster.append(encode_record(record)).code(), Errc::not_authentic);
}

TEST_F(Roots, OneKeyForTwoPersonsIsNoRoot) {
  Person twin{5};
  twin.key = signing_key_from(Secret<32>::copy_of(Bytes(32, 7)));
  Person other{6};
  other.key = signing_key_from(Secret<32>::copy_of(Bytes(32, 7)));
  EXPECT_EQ(append({}, first_record({&twin, &other}, 2), {&twin, &other}).code(), Errc::malformed);
}

TEST_F(Roots, AThresholdOfZeroOrAboveTheRootsIsMalformed) {
  EXPECT_EQ(append({}, first_record({&a}, 0), {&a}).code(), Errc::malformed);
  EXPECT_EQ(append({}, first_record({&a}, 2), {&a}).code(), Errc::malformed);
}

TEST_F(Roots, ChangingRootKeysNeedsTheOldThresholdAndTheNew) {
  const Roster roster = two_of_three();
  RealmRecord realm = roster.realm_record();
  realm.roots = {stranger.root()};
  realm.threshold = 1;
  const RosterRecord change = next_record(roster, {realm});
  EXPECT_EQ(append(roster, change, {&stranger}).code(), Errc::not_authentic);
  EXPECT_EQ(append(roster, change, {&a, &b}).code(), Errc::not_authentic);
  EXPECT_EQ(append(roster, change, {&a, &stranger}).code(), Errc::not_authentic);
  const Result<Roster> changed = append(roster, change, {&a, &b, &stranger});
  ASSERT_TRUE(changed) << changed.error().detail;
  EXPECT_TRUE(append(*changed, next_record(*changed, {office(20)}), {&stranger}));
  EXPECT_EQ(append(*changed, next_record(*changed, {office(20)}), {&a, &b}).code(),
            Errc::not_authentic);
  EXPECT_EQ(changed->root_fingerprint(), roster.root_fingerprint()) << "the realm's name stays";
}

TEST_F(Roots, APersonMayChangeHisOwnRootKeyBySigningWithBoth) {
  const Result<Roster> roster = append({}, first_record({&a}, 1), {&a});
  ASSERT_TRUE(roster);
  Person renewed{1};
  RealmRecord realm = roster->realm_record();
  realm.roots = {renewed.root()};
  EXPECT_TRUE(append(*roster, next_record(*roster, {realm}), {&a, &renewed}));
  EXPECT_EQ(append(*roster, next_record(*roster, {realm}), {&renewed}).code(), Errc::not_authentic);
}

TEST_F(Roots, TheChainAllowsNoGapNoBranchAndNoOtherRealm) {
  const Roster roster = two_of_three();
  RosterRecord record = next_record(roster, {office(20)});
  record.seq += 1;
  EXPECT_EQ(append(roster, record, {&a, &b}).code(), Errc::need_roster);
  record = next_record(roster, {office(20)});
  record.prev.bytes[0] ^= 1;
  EXPECT_EQ(append(roster, record, {&a, &b}).code(), Errc::not_authentic);
  record = next_record(roster, {office(20)});
  record.realm.bytes[0] ^= 1;
  EXPECT_EQ(append(roster, record, {&a, &b}).code(), Errc::not_for_us);

  const Result<Roster> next = append(roster, next_record(roster, {office(20)}), {&a, &b});
  ASSERT_TRUE(next);
  EXPECT_EQ(append(*next, next_record(roster, {office(20)}), {&a, &b}).code(), Errc::exists);
  EXPECT_EQ(append(*next, next_record(roster, {office(21)}), {&a, &b}).code(), Errc::not_authentic);
}

TEST_F(Roots, NoByteOfARecordCanBeChanged) {
  const Roster roster = two_of_three();
  RosterRecord record = next_record(roster, {office(20)});
  for (const Person* person : {&a, &b}) sign_record(record, person->id, *person->key);
  Bytes bytes = encode_record(record);
  ASSERT_TRUE(roster.append(bytes));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= 1;
    EXPECT_FALSE(roster.append(bytes)) << "byte " << i;
    bytes[i] ^= 1;
  }
}

// --- what it says ------------------------------------------------------------------------------

class InARealm : public testing::Test {
 protected:
  InARealm() {
    archive_office = realm.add_office(true);
    north = realm.add_office();
    archive = realm.add_node(archive_office, Level::secret, true);
    node = realm.add_node(north, Level::secret);
    compartment = realm.open(north, Level::internal);
  }
  Standing standing(const SealedBatch& batch) const {
    return realm.roster().standing(batch, index);
  }
  SealedBatch held(const SealedBatch& batch) {
    index.add(line_of(batch));
    return batch;
  }
  SmallRealm realm{1};
  BatchIndex index;
  OfficeId archive_office, north;
  Machine archive, node;
  CompartmentId compartment;
};

TEST_F(InARealm, ABatchCountsIfItsAuthorMightWriteAtThePointItNames) {
  const SealedBatch early = held(realm.write(node, compartment));
  realm.give(node, compartment);
  const SealedBatch in_time = held(realm.write(node, compartment));
  realm.give(node, compartment, AccessRight::read);
  const SealedBatch late = held(realm.write(node, compartment));
  EXPECT_EQ(standing(early).ground, Ground::no_access);
  EXPECT_EQ(standing(in_time), Standing{}) << "an offline author is judged by what it knew";
  EXPECT_EQ(standing(late).ground, Ground::no_access);
}

TEST_F(InARealm, ExactlyTheAncestorsOfTheCutCount) {
  realm.give(node, compartment);
  const SealedBatch first = held(realm.write(node, compartment));
  const SealedBatch last = held(realm.write(node, compartment));
  const SealedBatch after = held(realm.write(node, compartment));
  RevokeRecord revoke{.node = node.node, .cuts = {{node.incarnation, compartment, last.id()}}};
  realm.add({revoke});
  EXPECT_EQ(standing(first), Standing{});
  EXPECT_EQ(standing(last), Standing{});
  EXPECT_EQ(standing(after), (Standing{Verdict::quarantined, Ground::cut_off}));

  realm.add({AdmitRecord{.batches = {after.id()}}});
  EXPECT_EQ(standing(after), Standing{}) << "admitted by the root";
}

TEST_F(InARealm, ARevocationThatDoesNotNameAStreamCutsAllOfIt) {
  realm.give(node, compartment);
  const SealedBatch batch = held(realm.write(node, compartment));
  realm.add({RevokeRecord{.node = node.node, .cuts = {}}});
  EXPECT_EQ(standing(batch).ground, Ground::cut_off);
  EXPECT_TRUE(realm.roster().scope(node.node, {}).compartments.empty());
}

TEST_F(InARealm, TheScopeIsAccessUpToTheLowestCeiling) {
  const CompartmentId secret = realm.open(north, Level::secret);
  realm.give(node, compartment, AccessRight::read);
  realm.give(node, secret);
  const auto scope = [&](RouteKind kind, Level ceiling) {
    return realm.roster().scope(node.node, {kind, ceiling}).compartments.size();
  };
  EXPECT_EQ(scope(RouteKind::local, Level::top_secret), 2U);
  EXPECT_EQ(scope(RouteKind::network, Level::internal), 1U);
  EXPECT_EQ(scope(RouteKind::medium, Level::public_), 0U);
  RealmRecord lowered = realm.roster().realm_record();
  lowered.network_ceiling = Level::internal;
  realm.add({lowered});
  EXPECT_EQ(scope(RouteKind::network, Level::top_secret), 1U) << "the realm's ceiling";
  EXPECT_EQ(scope(RouteKind::medium, Level::highly_secret), 2U);
}

TEST_F(InARealm, TheKeeperIsTheArchiveUpToItsCeilingElseTheLeadNode) {
  OfficeRecord led = *realm.roster().office(north);
  led.lead = node.node;
  realm.add({led});
  EXPECT_EQ(realm.roster().keeper({north, Level::secret}), archive.node);
  EXPECT_TRUE(realm.roster().keeper({north, Level::highly_secret}).is_none())
      << "its lead may not hold that level";
  const auto safe = realm.add_node(north, Level::top_secret);
  led.lead = safe.node;
  realm.add({led});
  EXPECT_EQ(realm.roster().keeper({north, Level::highly_secret}), safe.node);
  EXPECT_EQ(realm.roster().keeper({north, Level::top_secret}), safe.node);
  realm.add_node(archive_office, Level::secret, true);
  EXPECT_EQ(realm.roster().keeper({north, Level::secret}), archive.node)
      << "a second takes nothing";
  const std::uint64_t before = realm.roster().point().seq;
  realm.add({RevokeRecord{.node = archive.node, .cuts = {}}});
  EXPECT_NE(realm.roster().keeper({north, Level::secret}), archive.node);
  EXPECT_EQ(realm.roster().keeper_at({north, Level::secret}, before), archive.node);
}

TEST_F(InARealm, ImpossibleBodiesAreMalformed) {
  const auto refused = [&](RosterBody body) { return realm.offer({std::move(body)}).code(); };
  const NodeRecord known = realm.roster().node(node.node)->record;
  NodeRecord twin = known;
  twin.node.bytes[0] ^= 1;
  EXPECT_EQ(refused(twin), Errc::malformed) << "one key for two nodes";
  NodeRecord moved = known;
  moved.office = archive_office;
  EXPECT_EQ(refused(moved), Errc::malformed);
  EXPECT_EQ(refused(EpochRecord{compartment, 3, known.box}), Errc::malformed) << "a gap of epochs";
  EXPECT_EQ(refused(AccessRecord{node.node, {north, Level::top_secret}, AccessRight::read}),
            Errc::malformed)
      << "above the device's ceiling";
  EXPECT_EQ(refused(OfficeRecord{north, archive.node, false}), Errc::malformed)
      << "a lead node of another office";
}

TEST_F(InARealm, PersonsAreJudgedByTheirRoleAndClearanceAtThatPoint) {
  Person clerk{7};
  UserRecord user{.user = clerk.id,
                  .office = north,
                  .sign = clerk.key->verify_key(),
                  .roles = role_bit(Role::intake_clerk),
                  .clearance = Level::internal};
  Change change;
  change.compartment = compartment;
  change.actor = clerk.id;
  const RosterPoint before = realm.roster().point();
  realm.add({user});
  const RosterPoint as_clerk = realm.roster().point();
  user.roles = role_bit(Role::archivist);
  realm.add({user});
  const RosterPoint as_archivist = realm.roster().point();
  const auto ground = [&](const RosterPoint& at, Roles roles, bool is_decisive = false) {
    return realm.roster().standing(change, at, roles, is_decisive).ground;
  };
  EXPECT_EQ(ground(before, 0), Ground::no_role);
  EXPECT_EQ(ground(as_clerk, role_bit(Role::intake_clerk)), Ground::none);
  EXPECT_EQ(ground(as_archivist, role_bit(Role::intake_clerk)), Ground::no_role);
  EXPECT_EQ(ground({}, role_bit(Role::archivist)), Ground::none) << "now";
  EXPECT_EQ(ground(as_clerk, 0, true), Ground::no_person_signature);
  change.person = clerk.key->sign(Label::change_person, digest_to_sign(change));
  EXPECT_EQ(ground(as_clerk, 0, true), Ground::none);
  change.reason = "altered";
  EXPECT_EQ(ground(as_clerk, 0, true), Ground::bad_person_signature);
  change.compartment.level = Level::secret;
  EXPECT_EQ(ground(as_clerk, 0), Ground::not_cleared);
}

}  // namespace
}  // namespace jiyao
