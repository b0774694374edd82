// bench/realm.cpp - see realm.h.
#include "bench/realm.h"

#include <filesystem>

#include "client/menu.h"
#include "client/messages.h"
#include "client/number_blocks.h"
#include "client/second_thread.h"
#include "crypto/random.h"

namespace jiyao {
namespace {

std::shared_ptr<const SigningKey> fresh_key() {
  return signing_key_from(Secret<32>::random());
}

NodeRecord node_record(const Machine& machine, const OfficeId& office) {
  NodeRecord record;
  record.node = machine.node;
  record.office = office;
  record.sign = machine.sign->verify_key();
  record.box = machine.box->public_key();
  return record;
}

UserRecord user_record(const Machine& machine, const OfficeId& office) {
  UserRecord record;
  record.user = machine.person;
  record.office = office;
  record.sign = machine.person_sign->verify_key();
  record.roles = kEveryRole;
  return record;
}

// The same key for every file of a machine: what it costs does not depend on it.
Secret<32> file_key() {
  return Secret<32>::copy_of(Bytes(32, 0x42));
}

Choices choices_of(const Machine& machine) {
  Choices choices;
  choices.data_dir = machine.folder;
  choices.state_dir = machine.folder + "-state";
  choices.output.is_quiet = true;
  choices.prompt.may_ask = false;
  return choices;
}

}  // namespace

BenchRealm::BenchRealm(const Path& folder, const std::string& server_program) : folder_(folder) {
  std::filesystem::create_directories(folder);
  a = make_machine("a");
  b = make_machine("b");
  place = {random_block<OfficeId>(), Level::internal};
  if (!server_program.empty()) hub_ = std::make_unique<HubProcess>(folder + "/hub", server_program);
  write_roster();
  for (const Machine* machine : {&a, &b}) grant(*machine);
  if (hub_) hub_->serve(writer_.records());
}

Machine BenchRealm::make_machine(const std::string& name) const {
  return {folder_ + "/" + name,
          random_block<NodeId>(),
          random_block<UserId>(),
          fresh_key(),
          fresh_key(),
          box_key_from(Secret<32>::random()),
          random_block<FileId>(),
          random_block<FileId>()};
}

void BenchRealm::write_roster() {
  writer_.add({writer_.realm_body(place.office), OfficeRecord{place.office, {}, true}});
  EpochSecret secret;
  secret.epoch = 1;
  random_bytes(secret.seed.bytes);
  secrets_ = {place, {secret}};
  const auto epoch = box_key_from(Secret<32>::copy_of(secret.seed.view()));
  NodeRecord keeper = node_record(a, place.office);
  keeper.is_archive = true;
  std::vector<RosterBody> bodies{keeper,
                                 node_record(b, place.office),
                                 OfficeRecord{place.office, a.node, true},
                                 user_record(a, place.office),
                                 user_record(b, place.office),
                                 EpochRecord{place, 1, epoch->public_key()},
                                 AccessRecord{a.node, place, AccessRight::write},
                                 AccessRecord{b.node, place, AccessRight::write}};
  if (hub_) bodies.push_back(hub_->record());
  writer_.add(std::move(bodies));
}

void BenchRealm::grant(const Machine& machine) {
  Grant grant;
  grant.realm = realm();
  grant.node = machine.node;
  grant.compartment = place;
  grant.roster = roster().point();
  grant.keeper = a.node;
  grant.sealed = seal_box(machine.box->public_key(), encode_secrets(secrets_));
  grant.signature = a.sign->sign(Label::grant, digest_to_sign(grant));
  grants_.push_back(std::move(grant));
}

void BenchRealm::teach(Replica& replica) const {
  for (std::size_t seq = replica.roster().point().seq; seq < writer_.records().size(); ++seq)
    must(replica.log().extend_roster(writer_.records()[seq]), "roster");
  for (const Grant& grant : grants_) must(replica.log().put(grant), "grant");
}

Office::Office(const BenchRealm& realm, const Machine& machine)
    : realm_(realm), words_(Language::zh, kClientMessages), menu_(words_) {
  const Choices choices = choices_of(machine);
  desk_ = std::make_unique<Desk>(choices, words_, menu_);
  Unlocked unlocked;
  unlocked.realm = realm.realm();
  unlocked.node = machine.node;
  unlocked.person = {machine.person, machine.person_sign};
  unlocked.node_sign = machine.sign;
  unlocked.node_box = machine.box;
  unlocked.anchor_key = std::make_shared<const Secret<32>>(file_key());
  unlocked.log = {machine.log_file, file_key()};
  unlocked.levels.emplace(Level::internal, FileAccess{machine.level_file, file_key()});
  replica_ =
      must(Replica::open(desk_->env(), choices.data_dir, choices.state_dir, std::move(unlocked)),
           "open");
  replica_->work_with(std::make_unique<SecondThread>());
  if (replica_->roster().point().seq == 0) realm.teach(*replica_);
  catch_up();
}

Office::~Office() = default;

void Office::open_series(std::uint64_t numbers) {
  NumberBlocks blocks(*replica_);
  must(blocks.reserve({realm_.place, "incoming", "", 2026}, numbers), "series");
}

void Office::catch_up() {
  while (!must(replica_->catch_up(64), "catch up").is_complete) {
  }
}

std::string Office::digest() {
  const Counts counts = replica_->counts()[realm_.place];
  return std::to_string(counts.applied) + " " + replica_->digests()[realm_.place].state.hex();
}

}  // namespace jiyao
