// tests/simulation/settlement.cpp - founding the realm, and the root's signature.
#include "simulation/settlement.h"

#include <cstdio>
#include <cstdlib>

#include "crypto/random.h"

namespace jiyao::simulation {
namespace {

constexpr Roles kAllRoles = (Roles{1} << 17) - 1;

template <class T>
T must(Result<T> result, const char* what) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "settlement: %s: %s\n", what, result.error().detail.c_str());
  std::abort();
}

}  // namespace

Settlement::Settlement(std::uint64_t seed, bool large)
    : chance_(seed, "settlement"), identities_(large ? kPlaces : kSmallPlaces) {
  set_random_source_for_tests([this](std::span<std::uint8_t> out) { chance_.fill(out); });
  realm_ = chance_.block<RealmId>();
  root_ = {chance_.block<UserId>(), draw_sign()};
  hub_ = {chance_.block<HubId>(), draw_sign(), Level::secret};
  const auto centre = chance_.block<OfficeId>();
  const auto north = chance_.block<OfficeId>();
  const auto south = chance_.block<OfficeId>();
  make_identity(kR, centre, Level::secret);
  make_identity(kV, centre, Level::highly_secret);
  make_identity(kA, north, Level::secret);
  make_identity(kS, north, Level::highly_secret);
  make_identity(kB, south, Level::secret);
  link(kR, kV, Level::secret);
  link(kA, kS, Level::secret);
  link(kV, kS, Level::highly_secret);
  if (is_large()) {
    const auto west = chance_.block<OfficeId>();
    make_identity(kD, north, Level::internal);
    make_identity(kT, south, Level::highly_secret);
    make_identity(kW, west, Level::secret);
    make_identity(kX, west, Level::highly_secret);
    link(kB, kT, Level::secret);
    link(kW, kX, Level::secret);
    link(kV, kT, Level::highly_secret);
    link(kV, kX, Level::highly_secret);
  }
  enrol_all();
}

void Settlement::link(unsigned one, unsigned other, Level label) {
  lanes_.push_back({one, other, label});
  lanes_.push_back({other, one, label});
}

std::shared_ptr<const SigningKey> Settlement::draw_sign() {
  return signing_key_from(Secret<32>::copy_of(chance_.block<Block<struct SeedTag, 32>>().view()));
}

void Settlement::make_identity(unsigned place, const OfficeId& office, Level ceiling) {
  Identity& one = identities_[place];
  one.place = place;
  one.node = chance_.block<NodeId>();
  one.office = office;
  one.device_ceiling = ceiling;
  one.sign = draw_sign();
  one.box = box_key_from(Secret<32>::copy_of(chance_.block<Block<struct SeedTag, 32>>().view()));
  chance_.fill(one.anchor_key);
  chance_.fill(one.file_key);
  one.log_file = chance_.block<FileId>();
  for (std::uint8_t rank = 0; rank <= static_cast<std::uint8_t>(ceiling); ++rank)
    one.level_files[static_cast<Level>(rank)] = chance_.block<FileId>();
}

NodeRecord Settlement::record_of(unsigned place, NodeKind kind, bool is_archive) const {
  const Identity& one = at(place);
  NodeRecord record;
  record.node = one.node;
  record.office = one.office;
  record.kind = kind;
  record.is_archive = is_archive;
  record.device_ceiling = one.device_ceiling;
  record.sign = one.sign->verify_key();
  record.box = one.box->public_key();
  return record;
}

Keys Settlement::add_user(RosterDraft& draft, const OfficeId& office, Roles roles,
                          Level clearance) {
  Keys keys{chance_.block<UserId>(), draw_sign()};
  UserRecord user;
  user.user = keys.user;
  user.office = office;
  user.sign = keys.sign->verify_key();
  user.roles = roles;
  user.clearance = clearance;
  draft.add_user(user);
  return keys;
}

RosterDraft Settlement::draft(unsigned drafter) const {
  return RosterDraft(roster_, at(drafter).node, at(drafter).box->public_key(), 0);
}

void Settlement::enrol_all() {
  RealmRecord realm;
  realm.roots = {{root_.user, root_.sign->verify_key()}};
  realm.realm_office = at(kR).office;
  realm.network_ceiling = Level::secret;
  realm.medium_ceiling = Level::highly_secret;
  RosterDraft first(realm_, realm, at(kR).node, at(kR).box->public_key(), 0);
  first.add_office(at(kR).office, at(kR).node, true);
  first.add_office(at(kA).office, at(kA).node);
  first.add_office(at(kB).office, at(kB).node);
  const std::vector<Level> open = {Level::internal, Level::secret};
  first.enrol(record_of(kR, NodeKind::networked, true), {});
  first.enrol(record_of(kA, NodeKind::networked, false), open);
  first.enrol(record_of(kB, NodeKind::networked, false), open);
  const CompartmentId shared{at(kA).office, Level::secret};
  first.give_access(at(kB).node, shared, AccessRight::write);
  if (is_large()) {
    first.add_office(at(kW).office, at(kW).node);
    first.enrol(record_of(kD, NodeKind::networked, false), std::span(open).first(1));
    first.enrol(record_of(kW, NodeKind::networked, false), open);
    first.give_access(at(kW).node, shared, AccessRight::read);
  }
  HubRecord hub;
  hub.hub = hub_.hub;
  hub.sign = hub_.sign->verify_key();
  hub.ceiling = hub_.ceiling;
  hub.address = "https://hub.example:8443";
  first.add(hub);
  first.activate({Definitions::built_in().number(), Definitions::built_in().hash()});
  for (Identity& one : identities_) {
    one.people.push_back(add_user(first, one.office, kAllRoles, one.device_ceiling));
    one.people.push_back(add_user(first, one.office, kAllRoles, Level::internal));
    one.stranger = add_user(first, one.office, 0, one.device_ceiling);
  }
  sign(std::move(first), kR);
  // The vault keeps 机密: it drafts those epochs itself, and its request reached the root by hand.
  RosterDraft second = draft(kV);
  const std::vector<Level> all = {Level::internal, Level::secret, Level::highly_secret};
  second.enrol(record_of(kV, NodeKind::standalone, true), {});
  second.enrol(record_of(kS, NodeKind::standalone, false), all);
  if (is_large())
    for (const Place place : {kT, kX})
      second.enrol(record_of(place, NodeKind::standalone, false), all);
  for (const Lane& lane : lanes_)
    second.add(LaneRecord{at(lane.from).node, at(lane.to).node, true});
  sign(std::move(second), kV);
  compartments_ = roster_.compartments();
}

std::vector<Bytes> Settlement::sign(RosterDraft draft, unsigned drafter) {
  for (const EpochDraft& epoch : draft.epochs()) {
    learn_secrets(epoch, drafter);
    drafts_[drafter].push_back(epoch);
  }
  std::vector<Bytes> made;
  for (RosterRecord record : draft.records()) {
    sign_record(record, root_.user, *root_.sign);
    made.push_back(encode_record(record));
    roster_ = must(roster_.append(made.back()), "record");
    records_.push_back(made.back());
  }
  return made;
}

void Settlement::learn_secrets(const EpochDraft& draft, unsigned drafter) {
  const Bytes opened = must(at(drafter).box->open_box(draft.sealed), "draft");
  const EpochSecrets secrets = must(decode_secrets(opened), "secrets");
  for (const EpochSecret& one : secrets.secrets)
    keys_[{draft.record.compartment, one.epoch}] =
        box_key_from(Secret<32>::copy_of(one.seed.view()));
}

const BoxKey* Settlement::key(const CompartmentId& compartment, std::uint32_t epoch) const {
  const auto found = keys_.find({compartment, epoch});
  return found == keys_.end() ? nullptr : found->second.get();
}

Unlocked Settlement::unlocked(unsigned place, std::size_t person) const {
  const Identity& one = at(place);
  const Keys& who = one.people[person % one.people.size()];
  const auto access = [&](const FileId& id) {
    return FileAccess{id, Secret<32>::copy_of(one.file_key)};
  };
  Unlocked unlocked{realm_,
                    one.node,
                    Person{who.user, who.sign},
                    one.sign,
                    one.box,
                    std::make_shared<Secret<32>>(Secret<32>::copy_of(one.anchor_key)),
                    access(one.log_file),
                    {}};
  for (const auto& [level, file] : one.level_files)
    if (person % one.people.size() == 0 || level <= Level::internal)
      unlocked.levels.emplace(level, access(file));
  return unlocked;
}

}  // namespace jiyao::simulation
