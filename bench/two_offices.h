// bench/two_offices.h - what A and B do in more than one workload: fill, change, meet; and the same
// for the floor.
#pragma once

#include "bench/floor.h"
#include "bench/realm.h"

namespace jiyao {

inline constexpr std::uint64_t kRowsPerCommit = 1000;

/// A registers rows [0, rows).
void import_rows(const BenchRealm& realm, std::uint64_t rows);
/// `machine` works on the newest `count` rows; another `hand` writes other values.
void change_rows(const BenchRealm& realm, const Machine& machine, std::uint64_t count,
                 std::uint64_t hand);

/// One machine meets the hub, as `jiyao sync` does: seal, exchange, catch up.
///   figures    s, cpu_s, requests, bytes_out, bytes_in
Done meet(const BenchRealm& realm, const Machine& machine, const HubAt& hub);

/// Says a digest of what a machine shows. figures: conflicts
Done shown(const BenchRealm& realm, const Machine& machine);

/// So many meetings with nothing to say, over one connection that stands.
///   figures    s (median), requests, bytes_out, bytes_in of one
Done idle_meetings(const BenchRealm& realm, const Machine& machine, const HubAt& hub, int count);

struct Pair {
  Done up, down;
  double cpu_s = 0;  ///< both machines and the hub
  double wall_s() const { return up.cost.wall_s + down.cost.wall_s; }
  double sum(const char* figure) const { return up.figures.at(figure) + down.figures.at(figure); }
};
/// A, then B; both must show the same.
Pair meet_both(const BenchRealm& realm);
Pair meet_both(const BenchRealm& realm, const HubAt& hub);
/// Rows from `from_row` on, A to B by the floor.
Pair floor_both(const Floor& floor, const Path& folder, std::uint64_t from_row);

/// The plain register of the floor's A.
void fill_floor(const Path& path, std::uint64_t rows);
/// Equal of registers that hold the same.
std::string digest_of_plain(const Path& path);

}  // namespace jiyao
