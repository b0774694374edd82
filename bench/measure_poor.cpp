// bench/measure_poor.cpp - a first sync and 1,000 changes over a poor link, and over one that is
// cut every five seconds.
#include <algorithm>

#include "bench/poor_link.h"
#include "bench/two_offices.h"
#include "bench/workloads.h"

namespace jiyao {
namespace {

constexpr std::uint64_t kRowsMax = 10'000, kChanged = 1000;

HubAt behind(const PoorLink& link, HubAt hub) {
  hub.address = "https://127.0.0.1:" + std::to_string(link.port());
  return hub;
}

std::string share(double limit_s, std::uint64_t rows) {
  return "<= " + std::to_string(limit_s * static_cast<double>(rows) / kRowsMax);
}

/// Both meetings of a first sync, and what passed the link then.
struct FirstSync {
  Pair pair;
  double mb_up = 0, mb_down = 0;
};

/// The first sync over a link that never ends and over one that does: the same rows.
FirstSync first_sync(const Path& folder, const Order& order, std::uint64_t rows,
                     const LinkShape& shape, bool with_changes) {
  const BenchRealm realm(folder, order.server_program);
  import_rows(realm, rows);
  const PoorLink link(realm.hub().port(), shape);
  const HubAt hub = behind(link, realm.hub_at());
  FirstSync first{meet_both(realm, hub)};
  first.mb_up = static_cast<double>(link.bytes_up()) / 1e6;
  first.mb_down = static_cast<double>(link.bytes_down()) / 1e6;
  if (!with_changes) return first;
  change_rows(realm, realm.a, std::min(kChanged, rows), 1);
  const Pair changes = meet_both(realm, hub);
  print({"poor link, 1,000 changed, A", "s", changes.up.figures.at("s"), "", 0, "<= 1.3"});
  print({"poor link, 1,000 changed, B", "s", changes.down.figures.at("s"), "", 0, "<= 1.3"});
  return first;
}

}  // namespace

void measure_poor(const Order& order) {
  const std::uint64_t rows = std::min(kRowsMax, order.rows);
  const FirstSync ours = first_sync(order.folder + "/uncut", order, rows, {}, true);
  const Floor floor(order.folder);
  fill_floor(order.folder + "/floor-a.db", rows);
  const PoorLink link(floor.hub().port(), {});
  floor.go_through(link.port());
  const Pair least = floor_both(floor, order.folder, 0);
  print({"poor link, first sync, A", "s", ours.pair.up.figures.at("s"), "floor",
         least.up.cost.wall_s, share(13, rows)});
  print({"poor link, first sync, B", "s", ours.pair.down.figures.at("s"), "floor",
         least.down.cost.wall_s, share(13, rows)});

  LinkShape cut;
  cut.up_s = 5;
  const FirstSync broken = first_sync(order.folder + "/cut", order, rows, cut, false);
  print({"cut every 5 s for 1 s, first sync, A", "s", broken.pair.up.figures.at("s"), "uncut",
         ours.pair.up.figures.at("s"), "ratio <= 1.35"});
  print({"cut every 5 s for 1 s, first sync, B", "s", broken.pair.down.figures.at("s"), "uncut",
         ours.pair.down.figures.at("s"), "ratio <= 1.35"});
  print({"cut every 5 s for 1 s, bytes over the link up", "MB", broken.mb_up, "uncut", ours.mb_up,
         "ratio <= 1.03"});
  print({"cut every 5 s for 1 s, bytes over the link down", "MB", broken.mb_down, "uncut",
         ours.mb_down, "ratio <= 1.03"});
}

}  // namespace jiyao
