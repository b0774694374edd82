// bench/measure_conflicts.cpp - the same 10,000 rows worked on at both ends before they meet,
// against a floor where the last writer wins.
#include <algorithm>

#include "bench/plain.h"
#include "bench/two_offices.h"
#include "bench/workloads.h"

namespace jiyao {
namespace {

constexpr std::uint64_t kConflicts = 10'000;

/// Last writer wins: both push their rows, both take everything that is new to them.
double floor_conflicts_s(const Floor& floor, const Path& folder, std::uint64_t from_row) {
  double s = 0;
  for (const char* side : {"/floor-a.db", "/floor-b.db"})
    s += floor.push(folder + side, from_row).cost.wall_s;
  for (const char* side : {"/floor-a.db", "/floor-b.db"})
    s += floor.pull(folder + side).cost.wall_s;
  if (digest_of_plain(folder + "/floor-a.db") != digest_of_plain(folder + "/floor-b.db"))
    throw std::runtime_error("the floor lost rows");
  return s;
}

void rewrite_remarks(const Path& path, std::uint64_t from_row, const std::string& by) {
  in_own_process([&] {
    std::vector<PlainRow> rows;
    std::uint64_t n = 0;
    PlainRegister plain(path);
    plain.each([&](PlainRow row) {
      if (n++ < from_row) return;
      row.values[7].value += by;
      rows.push_back(std::move(row));
    });
    plain.put(rows);
    return Done{};
  });
}

}  // namespace

void measure_conflicts(const Order& order) {
  const BenchRealm realm(order.folder, order.server_program);
  const Floor floor(order.folder);
  const std::uint64_t count = std::min(kConflicts, order.rows), from_row = order.rows - count;
  import_rows(realm, order.rows);
  meet_both(realm);
  meet_both(realm);  // and the receipts
  fill_floor(order.folder + "/floor-a.db", order.rows);
  floor_both(floor, order.folder, 0);
  change_rows(realm, realm.a, count, 1);
  change_rows(realm, realm.b, count, 2);
  rewrite_remarks(order.folder + "/floor-a.db", from_row, "甲");
  rewrite_remarks(order.folder + "/floor-b.db", from_row, "乙");

  const Done first = meet(realm, realm.a, realm.hub_at());
  const Done second = meet(realm, realm.b, realm.hub_at());
  const Done third = meet(realm, realm.a, realm.hub_at());
  const Done a = shown(realm, realm.a), b = shown(realm, realm.b);
  if (a.said != b.said) throw std::runtime_error("A and B show different registers");
  const auto conflicts = static_cast<std::uint64_t>(a.figures.at("conflicts"));
  if (conflicts != count) throw std::runtime_error("conflicts: " + std::to_string(conflicts));
  const double s = first.cost.wall_s + second.cost.wall_s + third.cost.wall_s;
  const Goal wall = growing(of_rows(kConflicts, at_most(0.7)));
  print(count,
        {"10,000 conflicts, wall", "s", s, "floor, last writer wins",
         floor_conflicts_s(floor, order.folder, from_row)},
        {wall, of_rows(kConflicts, ratio_at_most(1))});
  print(count, {"10,000 conflicts, CPU of A and B", "us/conflict",
                (first.cost.cpu_s + second.cost.cpu_s + third.cost.cpu_s) * 1e6 /
                    static_cast<double>(count)});
}

}  // namespace jiyao
