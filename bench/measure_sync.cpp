// bench/measure_sync.cpp - A -> hub -> B over real TLS on loopback, against the floor.
#include <algorithm>

#include "bench/two_offices.h"
#include "bench/workloads.h"

namespace jiyao {
namespace {

constexpr std::uint64_t kChanged = 1000;
constexpr int kMeetings = 100;
constexpr std::size_t kFrameRoom = 256 * 1024;

/// Meetings with nothing to say, over one connection that stands.
Done idle_meetings(const BenchRealm& realm, const Machine& machine) {
  return in_own_process([&] {
    Office office(realm, machine);
    const HubAt hub = realm.hub_at();
    HttpTransport transport(must(HubAddress::from(hub.address, hub.certificate), "address"), {});
    HubCaller caller(office.replica(), hub.hub, transport);
    Bytes hint;
    std::vector<double> times;
    Traffic before;
    for (int i = 0; i <= kMeetings; ++i) {
      if (i == 1) before = transport.traffic(), times.clear();  // the first one connects
      const double begin = now_s();
      Parley parley;
      parley.route = {RouteKind::network, hub.ceiling};
      parley.self = office.replica().node();
      parley.incarnation = office.replica().author().incarnation;
      Exchange talk(office.replica().log(), parley, &office.replica());
      talk.recall(hint);
      const Bytes answer = must(caller.ask("/exchange", talk.say(kFrameRoom)), "no-op");
      if (!must(talk.hear(answer), "no-op").is_settled)
        throw std::runtime_error("something was left to say");
      hint = talk.hint();
      times.push_back(now_s() - begin);
    }
    std::nth_element(times.begin(), times.begin() + kMeetings / 2, times.end());
    const Traffic after = transport.traffic();
    return Done{{},
                {{"s", times[kMeetings / 2]},
                 {"bytes_out", static_cast<double>(after.bytes_out - before.bytes_out) / kMeetings},
                 {"bytes_in", static_cast<double>(after.bytes_in - before.bytes_in) / kMeetings}},
                {}};
  });
}

void print_first(const Order& order, const BenchRealm& realm, const Pair& ours, const Floor& floor,
                 const Pair& least) {
  print(
      {"first sync, wall", "s", ours.wall_s(), "floor", least.wall_s(), per_100k(1.9, order.rows)});
  print({"  A: seal and send", "s", ours.up.figures.at("s"), "floor", least.up.cost.wall_s});
  print({"  B: receive and show", "s", ours.down.figures.at("s"), "floor", least.down.cost.wall_s});
  print({"first sync, CPU of A, B and hub", "s", ours.cpu_s, "floor", least.cpu_s,
         per_100k(3.2, order.rows)});
  print({"first sync, bytes up", "MB", ours.up.figures.at("bytes_out") / 1e6, "floor",
         least.up.figures.at("bytes") / 1e6, per_100k(13.5, order.rows)});
  print({"first sync, bytes down", "MB", ours.down.figures.at("bytes_in") / 1e6, "floor",
         least.down.figures.at("bytes") / 1e6, per_100k(13.5, order.rows)});
  print({"first sync, round trips of both", "", ours.sum("requests"), "floor",
         least.sum("requests"), "<= 16"});
  print({"first sync, peak memory of A", "MB", ours.up.cost.peak_mb, "floor", least.up.cost.peak_mb,
         "<= 64"});
  print({"first sync, peak memory of B", "MB", ours.down.cost.peak_mb, "floor",
         least.down.cost.peak_mb, "<= 64"});
  print({"first sync, peak memory of hub", "MB", realm.hub().cost().peak_mb, "floor",
         floor.hub().cost().peak_mb, "<= 48"});
  print({"hub's disk", "MB", realm.hub_disk_mb(), "floor", least.up.figures.at("bytes") / 1e6,
         per_100k(15, order.rows)});
}

}  // namespace

void measure_sync(const Order& order) {
  const BenchRealm realm(order.folder, order.server_program);
  const Floor floor(order.folder);
  import_rows(realm, order.rows);
  fill_floor(order.folder + "/floor-a.db", order.rows);
  print_first(order, realm, meet_both(realm), floor, floor_both(floor, order.folder, 0));

  const std::uint64_t changed = std::min(kChanged, order.rows);
  change_rows(realm, realm.a, changed, 1);
  const Pair ours = meet_both(realm);
  const Pair least = floor_both(floor, order.folder, order.rows - changed);
  print({"changed records, wall, open to close", "s", ours.wall_s(), "floor", least.wall_s()});
  print({"changed records, wall, meetings alone", "s", ours.sum("s"), "", 0, "<= 0.045"});
  print({"changed records, bytes up", "kB", ours.up.figures.at("bytes_out") / 1e3, "floor",
         least.up.figures.at("bytes") / 1e3, "<= 80"});
  print({"changed records, bytes down", "kB", ours.down.figures.at("bytes_in") / 1e3, "floor",
         least.down.figures.at("bytes") / 1e3, "<= 80"});
  print({"changed records, round trips of both", "", ours.sum("requests"), "floor",
         least.sum("requests")});

  meet_both(realm);  // receipts of the last meeting
  const Done idle = idle_meetings(realm, realm.a);
  const double bytes = idle.figures.at("bytes_out");
  print({"no-op, warm connection", "ms", idle.figures.at("s") * 1e3, "bare HTTPS echo",
         floor.echo_s(static_cast<std::size_t>(bytes), kMeetings) * 1e3, "<= 0.5"});
  print({"no-op, bytes up", "B", bytes, "", 0, "<= 400"});
  print({"no-op, bytes down", "B", idle.figures.at("bytes_in"), "", 0, "<= 400"});
}

}  // namespace jiyao
