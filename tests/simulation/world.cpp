// tests/simulation/world.cpp - founding a world, and bringing machines up again.
#include "simulation/world.h"

#include "crypto/random.h"

namespace jiyao::simulation {

World::World(Plan plan)
    : plan_(std::move(plan)), settlement_(plan_.seed, plan_.is_large), god_(settlement_) {
  outcome_.seed = plan_.seed;
}

World::~World() {
  for (auto& station : stations_) close(*station);
  set_random_source_for_tests(nullptr);
}

void World::promise(bool holds, const char* name, const std::string& what) const {
  if (!holds) throw BrokenPromise{name, what};
}

// FNV-1a: every decision and every byte that crosses a wire goes in.
void World::note_bytes(ByteView bytes) {
  for (const std::uint8_t byte : bytes) outcome_.trace = (outcome_.trace ^ byte) * 0x100000001b3ULL;
}
void World::note(std::string_view text) {
  note_bytes(as_bytes(text));
}

void World::fire(Fault fault) {
  const auto kind = static_cast<std::size_t>(fault);
  ++outcome_.fired[kind];
  ++outcome_.struck[kind][verb_now_];
}

void World::draw_from(Station& station) {
  set_random_source_for_tests(
      [&station](std::span<std::uint8_t> out) { station.chance.fill(out); });
}
void World::draw_from_hub() {
  set_random_source_for_tests([this](std::span<std::uint8_t> out) { hub_->chance().fill(out); });
}

void World::add_station(const std::string& name, unsigned place) {
  stations_.push_back(std::make_unique<Station>(
      name, place, Chance(plan_.seed, name + std::to_string(stations_.size())).next()));
}

void World::found() {
  for (unsigned place = 0; place < settlement_.places(); ++place) {
    add_station(kPlaceNames[place], place);
    stations_.back()->disk.seed_sqlite();
  }
  hub_ = std::make_unique<HubStation>(settlement_, Chance(plan_.seed, "hub").next());
  draw_from_hub();
  hub_->open();
  for (const Bytes& record : settlement_.records())
    promise(bool(hub_->store().extend_roster(record)), "setup", "the hub learns the roster");
  for (auto& station : stations_) open(*station);
  spread_roster();
  for (auto& station : stations_) catch_up(*station, 1000);
}

void World::close(Station& station) {
  station.replica.reset();
  station.is_caught_up = false;
}

void World::open(Station& station) {
  close(station);
  draw_from(station);
  Result<std::unique_ptr<Replica>> opened = Replica::open(
      station.env, kFolder, kStateFolder, settlement_.unlocked(station.place, station.person));
  promise(bool(opened), "P1",
          station.name + " does not open: " + (opened ? "" : opened.error().detail));
  station.replica = std::move(*opened);
  ++station.lives;
}

// A machine comes back after a crash; now and then the power goes again while it does.
void World::recover(Station& station, bool with_crashes, Chance& chance) {
  for (int tries = 0;; ++tries) {
    close(station);
    if (station.disk.is_dead())
      station.disk.restart(chance.percent(80) ? SimulatedDisk::Fate::power_cut
                                              : SimulatedDisk::Fate::killed);
    const bool cuts_again = with_crashes && tries < 3 && chance.percent(40);
    station.disk.crash_at(cuts_again ? 1 + chance.below(25) : 0);
    try {
      open(station);
      station.disk.crash_at(0);
      break;
    } catch (const Crash&) {
      fire(Fault::node_crash_while_recovering);
    } catch (const StorageFailure& failure) {
      if (station.disk.is_dead()) {
        fire(Fault::node_crash_while_recovering);
        continue;
      }
      if (failure.kind() == StorageFailure::Kind::full) return;  // stays closed until there is room
      promise(false, "P1", station.name + " is broken: " + failure.what());
    }
  }
  check_acknowledged(station);
}

void World::recover_hub(Chance& chance) {
  hub_->close();
  if (hub_->disk().is_dead())
    hub_->disk().restart(chance.percent(80) ? SimulatedDisk::Fate::power_cut
                                            : SimulatedDisk::Fate::killed);
  hub_->disk().crash_at(0);
  draw_from_hub();
  try {
    hub_->open();
  } catch (const StorageFailure& failure) {
    promise(false, "P1", std::string("the hub does not come back: ") + failure.what());
  }
}

// Whatever stopped in this step is started again.
void World::bury(const PlannedStep& step) {
  Chance chance(step.seed, "recover");
  for (auto& station : stations_) {
    station->disk.crash_at(0);
    if (!station->disk.is_dead()) continue;
    fire(Fault::node_crash);
    recover(*station, true, chance);
  }
  hub_->disk().crash_at(0);
  if (!hub_->disk().is_dead()) return;
  fire(Fault::hub_crash);
  recover_hub(chance);
}

Outcome World::run() {
  try {
    found();
    for (const PlannedStep& step : plan_.steps) run_step(step), ++step_no_;
    verb_now_ = kVerbs;
    heal();
    check_end();
    if (told_ != nullptr) tell_end(*told_);
  } catch (const BrokenPromise& broken) {
    outcome_.promise = broken.promise;
    outcome_.failure = "seed " + std::to_string(plan_.seed) + " step " + std::to_string(step_no_) +
                       (step_no_ < plan_.steps.size() ? " (" + describe(plan_.steps[step_no_]) + ")"
                                                      : std::string(" (healing)")) +
                       ": " + broken.promise + ": " + broken.what;
  } catch (const StorageFailure& failure) {
    outcome_.promise = "storage";
    outcome_.failure = "seed " + std::to_string(plan_.seed) + " step " + std::to_string(step_no_) +
                       ": storage without a fault: " + failure.what();
  }
  outcome_.excused = god_.excused();
  return outcome_;
}

Outcome run_seed(std::uint64_t seed, std::size_t steps) {
  return World(plan(seed, steps)).run();
}

}  // namespace jiyao::simulation
