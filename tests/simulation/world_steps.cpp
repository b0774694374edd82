// tests/simulation/world_steps.cpp - what clerks and administrators do, and what happens to them.
#include "crypto/random.h"
#include "simulation/clerk.h"
#include "simulation/world.h"
#include "sync/keeper.h"
#include "sync/log_file.h"

namespace jiyao::simulation {
namespace {

constexpr std::int64_t kYearMs = 365LL * 24 * 3600 * 1000;

LogFile& log_file(Station& station) {
  return dynamic_cast<LogFile&>(station.replica->log());
}

}  // namespace

void World::run_step(const PlannedStep& step) {
  Station& who = station(step.who);
  Chance chance(step.seed, "step");
  note(std::to_string(step_no_) + describe(step));
  for (auto& each : stations_) each->clock.pass(60'000);
  hub_->clock().pass(60'000);
  verb_now_ = static_cast<std::size_t>(step.verb);
  begin_faults(step, who, chance);
  if (!late_.empty() && chance.percent(20)) deliver_late(chance);
  try {
    if (who.replica || step.verb == Verb::free_disk) do_step(step, who, chance);
  } catch (const Crash&) {
    note("crash");
  } catch (const StorageFailure& failure) {
    face(failure, step, who);
  }
  who.disk.fail_at(0);
  hub_->disk().fail_at(0);
  bury(step);
  check_step();
}

void World::begin_faults(const PlannedStep& step, Station& who, Chance& chance) {
  if (step.fault == Fault::node_crash) who.disk.crash_at(1 + chance.below(60));
  if (step.fault == Fault::hub_crash) hub_->disk().crash_at(1 + chance.below(40));
  if (step.fault == Fault::io_error_node) who.disk.fail_at(1 + chance.below(60));
  if (step.fault == Fault::io_error_hub) hub_->disk().fail_at(1 + chance.below(40));
}

bool World::has_io_error(const PlannedStep& step, const Station& who) const {
  return (step.fault == Fault::io_error_node && who.disk.has_failed()) ||
         (step.fault == Fault::io_error_hub && hub_->disk().has_failed());
}

// A disk said no. The program ends there and is started again; what it had said stays true.
void World::face(const StorageFailure& failure, const PlannedStep& step, Station& who) {
  note("storage");
  const bool is_full = failure.kind() == StorageFailure::Kind::full;
  const bool is_io = has_io_error(step, who);
  promise(who.disk.is_dead() || hub_->disk().is_dead() || is_full || is_io, "P1",
          who.name + ": storage failed by itself: " + failure.what());
  if (who.disk.is_dead() || hub_->disk().is_dead()) return;
  fire(is_io ? *step.fault : Fault::disk_full_node);
  Chance again(step.seed, "full");
  who.disk.crash_at(0);
  who.disk.fail_at(0);
  hub_->disk().fail_at(0);
  if (step.fault == Fault::io_error_hub) recover_hub(again);
  recover(who, false, again);
  // A roster record is signed at R, whoever asked for it.
  if (step.verb == Verb::roster && !stations_[kR]->disk.is_dead())
    recover(*stations_[kR], false, again);
}

// R25: whoever comes second is told so and changes nothing.
void World::open_twice(Station& station) {
  const Result<std::unique_ptr<Replica>> second = Replica::open(
      station.env, kFolder, kStateFolder, settlement_.unlocked(station.place, station.person));
  promise(!second && second.code() == Errc::busy, "P1",
          station.name + ": a second program opened the replica while the first one runs");
  fire(Fault::program_twice);
}

void World::do_step(const PlannedStep& step, Station& who, Chance& chance) {
  draw_from(who);
  switch (step.verb) {
    case Verb::act:
      return act(who, chance);
    case Verb::seal:
      (void)who.replica->seal_pending();
      return;
    case Verb::sync:
      (void)sync(who, step.fault, chance);
      return;
    case Verb::export_set: {
      const std::vector<Lane> lanes = lanes_from(who);
      return lanes.empty() ? void()
                           : export_set(who, lanes[step.whom % lanes.size()], step.fault, chance);
    }
    case Verb::import_set:
      return import_set(who, step.fault, chance);
    case Verb::catch_up:
      return catch_up(who, chance.percent(70) ? 1000 : 1 + chance.below(3));
    case Verb::receipts:
      (void)who.replica->issue_receipts();
      return;
    case Verb::roster:
      return change_roster(chance);
    case Verb::reopen: {
      if (step.fault == Fault::program_twice) open_twice(who);
      who.person = chance.percent(25) ? 1 : 0;
      close(who);
      if (step.fault == Fault::node_crash_while_recovering) return recover(who, true, chance);
      return open(who);
    }
    case Verb::backup:
      return back_up(who);
    case Verb::restore:
      return restore(who, step.fault == Fault::machine_imaged);
    case Verb::clone:
      return clone(who, step.fault == Fault::machine_imaged);
    case Verb::backup_hub:
      return hub_->back_up();
    case Verb::restore_hub:
      return restore_hub();
    case Verb::clock:
      return jump_clock(who, step, chance);
    case Verb::fill_disk:
      return who.disk.set_bytes_max(1 + chance.below(2000) * 1000);
    case Verb::free_disk:
      who.disk.set_bytes_max(std::uint64_t{1} << 40);
      if (!who.replica) recover(who, false, chance);
      return;
    case Verb::rogue:
      return rogue(who, chance);
  }
}

void World::act(Station& station, Chance& chance) {
  Replica& replica = *station.replica;
  const Roster roster = replica.roster();
  const UserRecord* person = roster.user(replica.person().user);
  const Level clearance = person == nullptr ? Level::public_ : person->clearance;
  std::vector<CompartmentId> may;
  for (const CompartmentId& one : settlement_.compartments())
    if (roster.access(replica.node(), one) == AccessRight::write &&
        one != settlement_.directory() && (one.level <= clearance || chance.percent(5)))
      may.push_back(one);
  if (may.empty()) return;
  // The shared ledger is where they meet.
  const CompartmentId shared{settlement_.at(kA).office, Level::secret};
  const bool is_shared = std::find(may.begin(), may.end(), shared) != may.end();
  const CompartmentId compartment = is_shared && chance.percent(45) ? shared : chance.pick(may);
  Clerk clerk(replica, chance);
  const std::vector<RecordId>& known = god_.records(compartment);
  std::optional<Act> act;
  if (!known.empty() && !chance.percent(18)) {
    const std::size_t hot = std::min<std::size_t>(known.size(), plan_.hot_records);
    const RecordId record =
        known[chance.percent(65) ? chance.below(hot) : chance.below(known.size())];
    const Result<View> view = replica.view(record);
    if (view && !view->is_hidden) act = clerk.work_on(*view);
  }
  if (!act) act = clerk.create(compartment);
  const Result<Recorded> recorded = replica.record(*act);
  note(recorded ? "recorded" : "refused" + recorded.error().detail);
  if (!recorded) {
    ++outcome_.refused_acts;
    return;
  }
  ++outcome_.acts;
  for (std::size_t i = 0; i < recorded->changes.size(); ++i) {
    station.acknowledged.push_back(
        {recorded->changes[i], recorded->records[i], act->compartment, step_no_});
    god_.acknowledge(recorded->changes[i], recorded->records[i], act->compartment);
    note_bytes(recorded->changes[i].view());
  }
}

void World::catch_up(Station& station, std::size_t batches_max) {
  draw_from(station);
  const Result<CaughtUp> done = station.replica->catch_up(batches_max);
  promise(bool(done), "P7",
          station.name + " cannot catch up: " + (done ? "" : done.error().detail));
  station.is_caught_up = done->is_complete;
}

// --- the roster ----------------------------------------------------------------------------------

// The root's holder keeps every record signed and every epoch drafted on paper, and puts back
// what a restored archive has forgotten.
void World::spread_roster() {
  for (auto& station : stations_) {
    if (!station->replica || (step_no_ > 0 && station->place != kR)) continue;
    draw_from(*station);
    LogFile& log = log_file(*station);
    for (const EpochDraft& draft : settlement_.drafts(station->place))
      log.keep_epoch_draft(draft.record.key, draft.sealed);
    for (const Bytes& record : settlement_.records()) {
      const Result<RosterRecord> decoded = decode_record(record);
      if (decoded->seq <= log.roster().point().seq) continue;
      if (!station->replica->before_roster(record)) return;
      (void)log.extend_roster(record);
      station->is_caught_up = false;
    }
    const Identity& self = settlement_.at(station->place);
    (void)issue_grants(log, {self.node, *self.sign, *self.box});
  }
}

void World::change_roster(Chance& chance) {
  RosterDraft draft = settlement_.draft(kR);
  const CompartmentId shared{settlement_.at(kA).office, Level::secret};
  const std::size_t kind = chance.below(100);
  if (kind < 35) {
    draft.rotate(chance.percent(50) ? shared : chance.pick(settlement_.compartments()));
  } else if (kind < 60) {
    (void)settlement_.add_user(draft, settlement_.at(kB).office, role_bit(Role::intake_clerk),
                               Level::internal);
  } else if (kind < 85) {
    const CompartmentId other{settlement_.at(kB).office, Level::internal};
    const bool gives = chance.percent(70);
    draft.give_access(settlement_.at(kA).node, other,
                      gives ? AccessRight::write : AccessRight::read);
  } else if (!is_revoked_[kB] && chance.percent(40)) {
    Station& archive = *stations_[kR];
    if (!archive.replica) return;
    is_revoked_[kB] = true;
    draft.revoke(settlement_.at(kB).node,
                 cuts_at_tips(archive.replica->log(), settlement_.at(kB).node));
  } else {
    draft.rotate(shared);
  }
  settlement_.sign(std::move(draft), kR);
  spread_roster();
}

// --- copies of machines --------------------------------------------------------------------------

std::set<ChangeId> World::held_anywhere() {
  std::set<ChangeId> all = god_.changes_of(hub_->store());
  for (auto& each : stations_) {
    for (const Acknowledged& one : each->acknowledged) all.insert(one.change);
    if (!each->replica) continue;
    const std::set<ChangeId> here = god_.changes_of(each->replica->log());
    all.insert(here.begin(), here.end());
  }
  return all;
}

// What stood only where the copy was put back is gone; nobody can be blamed for it.
void World::excuse_what_only(const std::set<ChangeId>& before) {
  const std::set<ChangeId> after = held_anywhere();
  for (const ChangeId& change : before)
    if (!after.contains(change)) god_.excuse(change);
}

void World::back_up(Station& station) {
  station.backup = Backup{station.disk.snapshot(kFolder), station.disk.snapshot(kStateFolder),
                          station.disk.identities(), station.acknowledged.size()};
}

// The folder alone, or the disk as a whole: the machine of then, which knows nothing of since.
void World::restore(Station& station, bool is_image) {
  if (!station.backup) return;
  const std::set<ChangeId> before = held_anywhere();
  close(station);
  station.disk.put_back(kFolder, station.backup->folder);
  if (is_image) {
    station.disk.put_back(kStateFolder, station.backup->state);
    station.disk.set_identities(station.backup->identities);
    imaged_.insert(settlement_.at(station.place).node);
  }
  station.acknowledged.resize(std::min(station.backup->acknowledged, station.acknowledged.size()));
  fire(is_image ? Fault::machine_imaged : Fault::node_restored);
  open(station);
  check_acknowledged(station);
  excuse_what_only(before);
}

void World::clone(Station& original, bool is_image) {
  if (stations_.size() > settlement_.places()) return;
  const std::size_t index = static_cast<std::size_t>(
      std::find_if(stations_.begin(), stations_.end(),
                   [&](const auto& each) { return each.get() == &original; }) -
      stations_.begin());
  add_station(std::string(kPlaceNames[original.place]) + "'", original.place);
  Station& from = *stations_[index];
  Station& twin = *stations_.back();
  Chance chance(plan_.seed, "clone");
  // A copied folder, or the image of the whole machine.
  twin.disk.put_back(kFolder, from.disk.snapshot(kFolder));
  if (chance.percent(50) || is_image) {
    twin.disk.put_back(kStateFolder, from.disk.snapshot(kStateFolder));
    twin.disk.set_machine_id(from.disk.machine_id());
  }
  if (is_image) {
    twin.disk.set_identities(from.disk.identities());
    imaged_.insert(settlement_.at(from.place).node);
  }
  twin.acknowledged = from.acknowledged;
  fire(is_image ? Fault::machine_imaged : Fault::node_cloned);
  open(twin);
  check_acknowledged(twin);
}

void World::restore_hub() {
  if (!hub_->has_backup()) return;
  const std::set<ChangeId> before = held_anywhere();
  remember_hub();
  draw_from_hub();
  hub_->restore();
  fire(Fault::hub_restored);
  excuse_what_only(before);
}

void World::jump_clock(Station& station, const PlannedStep& step, Chance& chance) {
  if (!step.fault) return;
  const std::int64_t years = static_cast<std::int64_t>(1 + chance.below(30));
  const bool is_back = step.fault == Fault::clock_back;
  station.clock.jump((is_back ? -years : years) * kYearMs);
  fire(*step.fault);
}

// --- a machine that does what it may not ---------------------------------------------------------

// Signed by a real machine, in a life of its own, so that nothing of the honest one is touched:
// a person without a role writes the shared ledger, or A writes what it may only read.
void World::rogue(Station& station, Chance& chance) {
  Replica& replica = *station.replica;
  const Identity& self = settlement_.at(station.place);
  const Roster roster = replica.roster();
  const bool is_reader = roster.access(self.node, settlement_.directory()) == AccessRight::read;
  const bool may_not_write = is_reader && chance.percent(50);
  const CompartmentId target =
      may_not_write ? settlement_.directory() : CompartmentId{self.office, Level::internal};
  const std::optional<EpochEntry> epoch = roster.epoch(target);
  if (!epoch) return;
  Clerk clerk(replica, chance);
  Change change;
  const Act act = clerk.create(target);
  change.realm = roster.realm();
  change.compartment = target;
  change.origin = {self.node, random_block<IncarnationId>(), 1};
  change.act = time_ordered_id<ActId>(station.clock.wall_ms());
  change.record = act.steps.front().record;
  change.ledger = act.steps.front().ledger;
  change.kind = ChangeKind::create;
  change.ruleset = replica.definitions().number();
  change.writes = act.steps.front().writes;
  std::sort(change.writes.begin(), change.writes.end(),
            [](const Write& a, const Write& b) { return a.group < b.group; });
  change.actor = may_not_write ? self.people.front().user : self.stranger.user;
  SealInput input{.node = *self.sign, .core = {}, .epoch = *epoch, .changes = {&change, 1}};
  input.core.realm = change.realm;
  input.core.node = self.node;
  input.core.incarnation = change.origin.incarnation;
  input.core.compartment = target;
  input.core.seq = 1;
  input.core.roster = roster.point();
  const Result<SealedBatch> batch = seal_batch(input);
  promise(bool(batch), "setup", "a rogue batch cannot be sealed");
  const Route here{RouteKind::local, Level::top_secret};
  const Result<Appended> appended = replica.log().append(*batch, here, self.node);
  note(appended ? "rogue" : "rogue refused");
  if (appended && *appended == Appended::stored) rogue_.insert(id_of(change));
  station.is_caught_up = false;
}

}  // namespace jiyao::simulation
