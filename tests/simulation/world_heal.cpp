// tests/simulation/world_heal.cpp - all faults end, links come up, couriers run until nothing
// moves.
#include "simulation/world.h"
#include "sync/keeper.h"
#include "sync/log_file.h"

namespace jiyao::simulation {
namespace {

/// P6: with every link up, this many rounds settle any world.
constexpr std::size_t kRoundsMax = 12;

}  // namespace

void World::stop_all_faults() {
  Chance chance(plan_.seed, "heal");
  late_.clear();
  hub_back_at_ = 0;
  for (auto& each : stations_) {
    each->disk.crash_at(0);
    each->disk.set_bytes_max(std::uint64_t{1} << 40);
    each->person = 0;
    recover(*each, false, chance);
  }
  hub_->disk().crash_at(0);
  recover_hub(chance);
}

// Everything that says how far the realm has come.
std::string World::state_of_all() {
  std::string text;
  for (auto& each : stations_) {
    const BatchLog& log = each->replica->log();
    text +=
        std::to_string(log.roster().point().seq) + ":" + std::to_string(each->replica->unsealed());
    const Scope all =
        log.roster().scope(each->replica->node(), {RouteKind::local, Level::top_secret});
    for (const CompartmentId& one : all.compartments)
      text += digest_of(log.frontier(one)).hex().substr(0, 8);
    for (const auto& [one, counts] : each->replica->counts())
      text += "," + std::to_string(counts.applied) + "/" + std::to_string(counts.known);
  }
  return text;
}

// One contact over every link that the realm has, in both directions.
bool World::round_of_healing() {
  Chance chance(plan_.seed + outcome_.rounds_to_heal, "round");
  const std::string before = state_of_all();
  spread_roster();
  bool is_settled = true;
  for (auto& each : stations_) {
    catch_up(*each, 100'000);
    draw_from(*each);
    const Identity& self = settlement_.at(each->place);
    (void)issue_grants(dynamic_cast<LogFile&>(each->replica->log()),
                       {self.node, *self.sign, *self.box});
    (void)each->replica->seal_pending();
    (void)each->replica->issue_receipts();
    const NodeEntry* node = settlement_.roster().node(self.node);
    const bool meets_hub = node->record.kind == NodeKind::networked && !node->is_revoked;
    if (meets_hub && !sync(*each, std::nullopt, chance)) is_settled = false;
    catch_up(*each, 100'000);
  }
  for (auto& each : stations_)
    for (const Lane& lane : lanes_from(*each)) {
      draw_from(*each);
      give_up_on_sets(*each, lane);
      export_set(*each, lane, std::nullopt, chance);
    }
  std::vector<Medium> all = std::move(media_);
  media_.clear();
  for (const Medium& medium : all)
    for (auto& each : stations_)
      if (each->place == medium.to) take_in(*each, medium);
  for (auto& each : stations_) catch_up(*each, 100'000);
  return is_settled && before == state_of_all();
}

void World::heal() {
  stop_all_faults();
  // A calm round may still have carried word of what the other side holds: two in a row are calm.
  for (int calm = 0; calm < 2;) {
    calm = round_of_healing() ? calm + 1 : 0;
    ++outcome_.rounds_to_heal;
    promise(outcome_.rounds_to_heal < kRoundsMax, "P6", "the realm does not settle");
  }
}

}  // namespace jiyao::simulation
