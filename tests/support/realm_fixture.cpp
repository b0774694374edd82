// tests/support/realm_fixture.cpp - see realm_fixture.h.
#include "support/realm_fixture.h"

#include <gtest/gtest.h>

#include "crypto/random.h"
#include "schema/papers.h"
#include "sync/replica_state.h"

namespace jiyao {
namespace {

// A realm that cannot be made is a broken test, not a failed one.
template <class T>
T must(Result<T> result, const char* what) {
  if (!result) throw std::runtime_error(std::string(what) + ": " + result.error().detail);
  return std::move(*result);
}
void must(const Result<void>& result, const char* what) {
  if (!result) throw std::runtime_error(std::string(what) + ": " + result.error().detail);
}

Clerk make_clerk() {
  return {random_block<UserId>(), signing_key_from(Secret<32>::random())};
}

UserRecord user_record(const Clerk& clerk, const OfficeId& office, Roles roles, Level clearance) {
  UserRecord record;
  record.user = clerk.user;
  record.office = office;
  record.sign = clerk.sign->verify_key();
  record.roles = roles;
  record.clearance = clearance;
  return record;
}

}  // namespace

Desk::Desk(const NodeId& node_in, const OfficeId& office_in, std::uint64_t disk_seed)
    : node(node_in),
      office(office_in),
      sign(signing_key_from(Secret<32>::random())),
      box(box_key_from(Secret<32>::random())),
      disk(disk_seed),
      env{clock, random, disk, alarms},
      log_id(random_block<FileId>()) {
  file_keys.emplace("log", Secret<32>::random());
  for (std::uint8_t level = 0; level < kLevels; ++level) {
    file_ids[static_cast<Level>(level)] = random_block<FileId>();
    file_keys.emplace(name_of(static_cast<Level>(level)), Secret<32>::random());
  }
}

Result<std::unique_ptr<Replica>> Desk::open(const RealmId& realm, const Clerk& clerk, Level up_to) {
  Unlocked unlocked;
  unlocked.realm = realm;
  unlocked.node = node;
  unlocked.person = {clerk.user, clerk.sign};
  unlocked.node_sign = sign;
  unlocked.node_box = box;
  unlocked.anchor_key = std::make_shared<const Secret<32>>(file_keys.at("log").duplicate());
  unlocked.log = {log_id, file_keys.at("log").duplicate()};
  for (const auto& [level, id] : file_ids)
    if (level <= up_to)
      unlocked.levels.emplace(
          level, FileAccess{id, file_keys.at(std::string(name_of(level))).duplicate()});
  if (!definitions) return Replica::open(env, "/replica", "/state", std::move(unlocked));
  disk.make_folder("/replica"), disk.make_folder("/state");
  const LogFileKey key{unlocked.log.id, unlocked.log.key};
  auto log = disk.exists("/replica/log.jdb") ? LogFile::open(env, "/replica/log.jdb", key, node)
                                             : LogFile::create(env, "/replica/log.jdb", key, node);
  if (!log) return log.error();
  auto state = assemble({.env = env,
                         .folder = "/replica",
                         .unlocked = std::move(unlocked),
                         .anchor = "/state/" + node.hex() + ".anchor",
                         .log = std::move(*log),
                         .definitions = *definitions});
  if (!state) return state.error();
  return std::make_unique<Replica>(std::move(*state));
}

RealmFixture::RealmFixture()
    : realm(random_block<RealmId>()),
      archive_office(random_block<OfficeId>()),
      office_a(random_block<OfficeId>()),
      office_b(random_block<OfficeId>()),
      archivist(make_clerk()),
      clerk_a(make_clerk()),
      clerk_b(make_clerk()),
      visitor(make_clerk()),
      a_internal{office_a, Level::internal},
      a_secret{office_a, Level::secret},
      b_internal{office_b, Level::internal},
      root_(make_clerk()) {
  make_desk(archive, archive_office, 1);
  make_desk(a, office_a, 2);
  make_desk(b, office_b, 3);
  RealmRecord realm_record;
  realm_record.roots = {{root_.user, root_.sign->verify_key()}};
  realm_record.realm_office = archive_office;
  realm_record.network_ceiling = Level::secret;
  add({realm_record, OfficeRecord{archive_office, {}, true}, OfficeRecord{office_a, {}, false},
       OfficeRecord{office_b, {}, false}});
  add({node_record(*archive, Level::highly_secret, true), node_record(*a, Level::secret, false),
       node_record(*b, Level::secret, false)});
  std::vector<RosterBody> bodies{
      OfficeRecord{archive_office, archive->node, true},
      OfficeRecord{office_a, a->node, false},
      OfficeRecord{office_b, b->node, false},
      user_record(archivist, archive_office, kEveryRole, Level::highly_secret),
      user_record(clerk_a, office_a, kEveryRole, Level::secret),
      user_record(clerk_b, office_b, kEveryRole, Level::secret),
      user_record(visitor, office_a, role_bit(Role::auditor), Level::internal)};
  for (const CompartmentId& compartment : {a_internal, a_secret, b_internal}) {
    open_compartment(compartment, bodies);
    bodies.push_back(AccessRecord{archive->node, compartment, AccessRight::write});
  }
  bodies.push_back(AccessRecord{a->node, a_internal, AccessRight::write});
  bodies.push_back(AccessRecord{a->node, a_secret, AccessRight::write});
  bodies.push_back(AccessRecord{b->node, b_internal, AccessRight::write});
  bodies.push_back(AccessRecord{b->node, a_internal, AccessRight::write});
  add(std::move(bodies));
  for (const CompartmentId& compartment : {a_internal, a_secret, b_internal})
    grant(*archive, compartment);
  grant(*a, a_internal), grant(*a, a_secret);
  grant(*b, b_internal), grant(*b, a_internal);
}

Desk& RealmFixture::make_desk(std::unique_ptr<Desk>& desk, const OfficeId& office,
                              std::uint64_t disk_seed) {
  desk = std::make_unique<Desk>(random_block<NodeId>(), office, disk_seed);
  return *desk;
}

NodeRecord RealmFixture::node_record(const Desk& desk, Level ceiling, bool is_archive) const {
  NodeRecord record;
  record.node = desk.node;
  record.office = desk.office;
  record.is_archive = is_archive;
  record.device_ceiling = ceiling;
  record.sign = desk.sign->verify_key();
  record.box = desk.box->public_key();
  return record;
}

void RealmFixture::open_compartment(const CompartmentId& compartment,
                                    std::vector<RosterBody>& bodies) {
  EpochSecret secret;
  secret.epoch = 1;
  random_bytes(secret.seed.bytes);
  secrets_[compartment] = {compartment, {secret}};
  const auto key = box_key_from(Secret<32>::copy_of(secret.seed.view()));
  bodies.push_back(EpochRecord{compartment, 1, key->public_key()});
}

void RealmFixture::renew(const CompartmentId& compartment) {
  EpochSecret secret;
  secret.epoch = secrets_.at(compartment).secrets.back().epoch + 1;
  random_bytes(secret.seed.bytes);
  const auto key = box_key_from(Secret<32>::copy_of(secret.seed.view()));
  add({EpochRecord{compartment, secret.epoch, key->public_key()}});
  secrets_.at(compartment).secrets.push_back(secret);
}

void RealmFixture::grant(const Desk& to, const CompartmentId& compartment) {
  Grant grant;
  grant.realm = realm;
  grant.node = to.node;
  grant.compartment = compartment;
  grant.roster = roster_.point();
  grant.keeper = archive->node;
  grant.sealed = seal_box(to.box->public_key(), encode_secrets(secrets_.at(compartment)));
  grant.signature = archive->sign->sign(Label::grant, digest_to_sign(grant));
  grants_.push_back(std::move(grant));
}

void RealmFixture::add(std::vector<RosterBody> bodies) {
  RosterRecord record;
  record.realm = realm;
  record.seq = roster_.point().seq + 1;
  record.prev = roster_.point().hash;
  record.bodies = std::move(bodies);
  record.signatures = {{root_.user, root_.sign->sign(Label::roster, digest_of(record))}};
  records_.push_back(encode_record(record));
  roster_ = must(roster_.append(records_.back()), "roster record");
}

void RealmFixture::give(const Desk& to, const CompartmentId& compartment) {
  add({AccessRecord{to.node, compartment, AccessRight::write}});
  grant(to, compartment);
}

Clerk RealmFixture::enrol(const OfficeId& office, Roles roles, Level clearance) {
  const Clerk clerk = make_clerk();
  add({user_record(clerk, office, roles, clearance)});
  return clerk;
}

void RealmFixture::teach(BatchLog& log) {
  for (std::size_t seq = log.roster().point().seq; seq < records_.size(); ++seq)
    must(log.extend_roster(records_[seq]), "extend_roster");
  for (const Grant& grant : grants_) must(log.put(grant), "put grant");
}

std::unique_ptr<Replica> RealmFixture::open(Desk& desk, const Clerk& clerk, Level up_to) {
  std::unique_ptr<Replica> replica = must(desk.open(realm, clerk, up_to), "open");
  const bool is_news = replica->roster().user(clerk.user) == nullptr;
  teach(replica->log());
  if (is_news && replica->roster().user(clerk.user) != nullptr) {
    replica.reset();  // level files open for whom the roster names
    replica = must(desk.open(realm, clerk, up_to), "open");
  }
  must(replica->catch_up(1'000'000), "catch_up");
  return replica;
}

void RealmFixture::exchange(Replica& one, Replica& other) {
  const auto parley = [](Side side, const Replica& self, const Replica& peer) {
    Parley made;
    made.side = side;
    made.route = {RouteKind::network, Level::secret};
    made.self = self.node();
    made.peer_node = peer.node();
    return made;
  };
  Exchange caller(one.log(), parley(Side::caller, one, other), &one);
  Exchange answerer(other.log(), parley(Side::answerer, other, one), &other);
  for (int round = 0; round < 20 && !caller.is_settled(); ++round) {
    must(answerer.hear(caller.say(1 << 20)), "answerer hears");
    must(caller.hear(answerer.say(1 << 20)), "caller hears");
  }
  if (!caller.is_settled()) throw std::runtime_error("the exchange does not settle");
}

void RealmFixture::meet(Replica& one, Replica& other) {
  must(one.seal_pending(), "seal");
  must(other.seal_pending(), "seal");
  exchange(one, other);
  must(one.catch_up(1'000'000), "catch_up");
  must(other.catch_up(1'000'000), "catch_up");
}

// --- shorthand -----------------------------------------------------------------------------------

Act incoming(const CompartmentId& compartment, const std::string& title,
             const std::string& doc_no) {
  Step step;
  step.ledger = "incoming";
  step.writes = {{"level", std::string(name_of(compartment.level))},
                 {"received_on", "2026-11-20"},
                 {"sender_org", "省委办公厅"},
                 {"state", "registered"},
                 {"title", title}};
  if (compartment.level >= Level::secret) {
    step.writes.push_back({"copies", "1"});
    step.writes.push_back({"pages", "3"});
  }
  if (!doc_no.empty()) step.writes.push_back({"doc_no", doc_no});
  return {compartment, {step}};
}

Act amend(const CompartmentId& compartment, const RecordId& record, const std::string& group,
          const std::string& value) {
  Step step;
  step.kind = ChangeKind::amend;
  step.ledger = "incoming";
  step.record = record;
  step.writes = {{group, value}};
  return {compartment, {step}};
}

std::string shown(const Replica& replica, const RecordId& record, const std::string& field) {
  const Result<View> view = replica.view(record);
  if (!view) return {};
  const LedgerDefinition* definition = replica.definitions().ledger(view->ledger);
  return definition == nullptr ? std::string() : view->state.field(*definition, field);
}

void expect_all_applied(const Replica& replica, const CompartmentId& compartment,
                        std::uint64_t changes) {
  const auto all = replica.counts();
  const auto found = all.find(compartment);
  ASSERT_NE(found, all.end()) << compartment.text();
  EXPECT_EQ(found->second.known, changes);
  EXPECT_EQ(found->second.applied, changes);
}

}  // namespace jiyao
