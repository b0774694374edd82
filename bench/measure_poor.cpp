// bench/measure_poor.cpp - a first sync and 1,000 changes over a poor link, and over one that is
// cut every five seconds.
#include <algorithm>
#include <tuple>

#include "bench/poor_link.h"
#include "bench/two_offices.h"
#include "bench/workloads.h"

namespace jiyao {
namespace {

constexpr std::uint64_t kRowsMax = 10'000, kChanged = 1000;
constexpr int kIdleMeetings = 5;

HubAt behind(const PoorLink& link, HubAt hub) {
  hub.address = "https://127.0.0.1:" + std::to_string(link.port());
  return hub;
}

void print_changes(std::uint64_t rows, const Pair& changes, const LinkShape& shape) {
  for (const auto& [side, name, figure] :
       {std::tuple(&changes.up, "A", "bytes_out"), std::tuple(&changes.down, "B", "bytes_in")})
    print(rows,
          {std::string("poor link, 1,000 changed, ") + name, "s", side->figures.at("s"),
           "bytes / rate", side->figures.at(figure) / shape.bytes_per_s},
          {of_rows(kRowsMax, at_most(1.3))});
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
  print_changes(rows, meet_both(realm, hub), shape);
  meet_both(realm);  // receipts of the last meeting
  const Done idle = idle_meetings(realm, realm.a, hub, kIdleMeetings);
  print(rows,
        {"poor link, no-op, warm connection", "s", idle.figures.at("s"), "one round trip",
         2 * shape.one_way_s},
        {of_rows(0, at_most(0.32))});
  return first;
}

void print_first(std::uint64_t rows, const Pair& ours, const Pair& least, const LinkShape& shape) {
  const Goal wall = growing(of_rows(kRowsMax, at_most(13)));
  print(rows,
        {"poor link, first sync, A", "s", ours.up.figures.at("s"), "bytes / rate",
         ours.up.figures.at("bytes_out") / shape.bytes_per_s},
        {wall});
  print(rows,
        {"poor link, first sync, B", "s", ours.down.figures.at("s"), "bytes / rate",
         ours.down.figures.at("bytes_in") / shape.bytes_per_s},
        {wall});
  print(rows, {"poor link, first sync, A, beside the floor", "s", ours.up.figures.at("s"), "floor",
               least.up.figures.at("s")});
  print(rows, {"poor link, first sync, B, beside the floor", "s", ours.down.figures.at("s"),
               "floor", least.down.figures.at("s")});
}

void print_cut(std::uint64_t rows, const FirstSync& cut, const FirstSync& uncut) {
  const auto row = [&](const std::string& what, const char* unit, double value, double other,
                       double limit) {
    print(rows, {"cut every 5 s for 1 s, first sync, " + what, unit, value, "uncut", other},
          {of_rows(kRowsMax, ratio_at_most(limit))});
  };
  row("A", "s", cut.pair.up.figures.at("s"), uncut.pair.up.figures.at("s"), 1.35);
  row("B", "s", cut.pair.down.figures.at("s"), uncut.pair.down.figures.at("s"), 1.35);
  row("bytes over the link up", "MB", cut.mb_up, uncut.mb_up, 1.03);
  row("bytes over the link down", "MB", cut.mb_down, uncut.mb_down, 1.03);
}

}  // namespace

void measure_poor(const Order& order) {
  const std::uint64_t rows = std::min(kRowsMax, order.rows);
  const LinkShape uncut;
  const FirstSync ours = first_sync(order.folder + "/uncut", order, rows, uncut, true);
  const Floor floor(order.folder);
  fill_floor(order.folder + "/floor-a.db", rows);
  const PoorLink link(floor.hub().port(), uncut);
  floor.go_through(link.port());
  print_first(rows, ours.pair, floor_both(floor, order.folder, 0), uncut);
  LinkShape cut;
  cut.up_s = 5;
  print_cut(rows, first_sync(order.folder + "/cut", order, rows, cut, false), ours);
}

}  // namespace jiyao
