// bench/measure_sync.cpp - A -> hub -> B over real TLS on loopback, against the floor.
#include <algorithm>

#include "bench/two_offices.h"
#include "bench/workloads.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"

namespace jiyao {
namespace {

constexpr std::uint64_t kChanged = 1000;
constexpr int kMeetings = 100;

/// What unlocking takes before all this, once: no Argon2id is in the other figures.
void print_unlocking(std::uint64_t rows) {
  const Done unlocked = in_own_process([] {
    must(stretch("一个相当长的口令", random_block<PassphraseSalt>(), kShippedCost), "Argon2id");
    return Done{};
  });
  print(rows, {"unlocking (Argon2id), peak memory", "MB", unlocked.cost.peak_mb});
  print(rows, {"unlocking (Argon2id), wall", "s", unlocked.cost.wall_s});
}

void print_first(std::uint64_t rows, const BenchRealm& realm, const Pair& ours, const Floor& floor,
                 const Pair& least) {
  const auto bytes = [](const Done& side, const char* figure) {
    return side.figures.at(figure) / 1e6;
  };
  print(rows, {"first sync, wall", "s", ours.wall_s(), "floor", least.wall_s()},
        {growing(at_most(1.9)), ratio_at_most(0.9)});
  print(rows, {"first sync, A: seal and send", "s", ours.up.figures.at("s"), "floor",
               least.up.cost.wall_s});
  print(rows, {"first sync, B: receive and show", "s", ours.down.figures.at("s"), "floor",
               least.down.cost.wall_s});
  print(rows, {"first sync, CPU of A, B and hub", "s", ours.cpu_s, "floor", least.cpu_s},
        {growing(at_most(3.2)), ratio_at_most(1.15)});
  print(rows,
        {"first sync, bytes up", "MB", bytes(ours.up, "bytes_out"), "floor: zstd -3 of the columns",
         bytes(least.up, "bytes")},
        {growing(at_most(13.5))});
  print(rows,
        {"first sync, bytes down", "MB", bytes(ours.down, "bytes_in"),
         "floor: zstd -3 of the columns", bytes(least.down, "bytes")},
        {growing(at_most(13.5))});
  print(
      rows,
      {"first sync, round trips of both", "", ours.sum("requests"), "floor", least.sum("requests")},
      {at_most(16)});
  print(
      rows,
      {"first sync, peak memory of A", "MB", ours.up.cost.peak_mb, "floor", least.up.cost.peak_mb},
      {of_rows(0, at_most(64))});
  print(rows,
        {"first sync, peak memory of B", "MB", ours.down.cost.peak_mb, "floor",
         least.down.cost.peak_mb},
        {of_rows(0, at_most(64))});
  print(rows,
        {"first sync, peak memory of hub", "MB", realm.hub().cost().peak_mb, "floor",
         floor.hub().cost().peak_mb},
        {of_rows(0, at_most(48))});
  print_unlocking(rows);
  print(rows, {"hub's disk", "MB", realm.hub_disk_mb(), "floor", bytes(least.up, "bytes")},
        {growing(at_most(15))});
}

void print_changed(std::uint64_t rows, const Pair& ours, const Pair& least) {
  print(
      rows,
      {"1,000 changed records, wall, meetings alone", "s", ours.sum("s"), "floor", least.sum("s")},
      {at_most(0.045)});
  print(rows, {"1,000 changed records, wall, open to close", "s", ours.wall_s(), "floor",
               least.wall_s()});
  print(rows,
        {"1,000 changed records, bytes up", "kB", ours.up.figures.at("bytes_out") / 1e3, "floor",
         least.up.figures.at("bytes") / 1e3},
        {at_most(80)});
  print(rows,
        {"1,000 changed records, bytes down", "kB", ours.down.figures.at("bytes_in") / 1e3, "floor",
         least.down.figures.at("bytes") / 1e3},
        {at_most(80)});
  print(rows, {"1,000 changed records, round trips of both", "", ours.sum("requests"), "floor",
               least.sum("requests")});
}

void print_idle(std::uint64_t rows, const Done& idle, double echo_s) {
  print(
      rows,
      {"no-op, warm connection", "ms", idle.figures.at("s") * 1e3, "bare HTTPS POST", echo_s * 1e3},
      {of_rows(0, at_most(0.5))});
  print(rows, {"no-op, bytes up", "B", idle.figures.at("bytes_out")}, {of_rows(0, at_most(400))});
  print(rows, {"no-op, bytes down", "B", idle.figures.at("bytes_in")}, {of_rows(0, at_most(400))});
  print(rows, {"no-op, round trips", "", idle.figures.at("requests")}, {of_rows(0, at_most(1))});
}

}  // namespace

void measure_sync(const Order& order) {
  const BenchRealm realm(order.folder, order.server_program);
  const Floor floor(order.folder);
  import_rows(realm, order.rows);
  fill_floor(order.folder + "/floor-a.db", order.rows);
  print_first(order.rows, realm, meet_both(realm), floor, floor_both(floor, order.folder, 0));

  const std::uint64_t changed = std::min(kChanged, order.rows);
  change_rows(realm, realm.a, changed, 1);
  const Pair ours = meet_both(realm);
  print_changed(order.rows, ours, floor_both(floor, order.folder, order.rows - changed));

  meet_both(realm);  // receipts of the last meeting
  const Done idle = idle_meetings(realm, realm.a, realm.hub_at(), kMeetings);
  const auto bytes = static_cast<std::size_t>(idle.figures.at("bytes_out"));
  print_idle(order.rows, idle, floor.echo_s(bytes, kMeetings));
}

}  // namespace jiyao
