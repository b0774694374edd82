// bench/goal.h - the goals of the project, word for word the numbers of its goal table, and where
// each is judged.
#pragma once

#include <cstdint>
#include <string>

namespace jiyao {

/// Most goals are stated for a register of so many rows.
inline constexpr std::uint64_t kGoalRows = 100'000;

/// A limit of the value, or of its ratio to the yardstick. It is judged where it was stated; at
/// another size it is only shown, scaled if it grows with the rows.
struct Goal {
  bool is_ratio = false, is_floor = false;  ///< is_floor: no less than the limit, else no more
  double limit = 0;
  std::uint64_t rows = kGoalRows;  ///< 0: stated for whatever was measured
  bool grows = false;

  /// For bench/run: "ratio <= 0.9", then "judged" or the rows it was stated for.
  std::string words(std::uint64_t measured_rows) const;
};

inline Goal at_most(double limit) {
  return {false, false, limit, kGoalRows, false};
}
inline Goal at_least(double limit) {
  return {false, true, limit, kGoalRows, false};
}
inline Goal ratio_at_most(double limit) {
  return {true, false, limit, kGoalRows, false};
}
inline Goal ratio_at_least(double limit) {
  return {true, true, limit, kGoalRows, false};
}
/// Stated for another size; 0: any.
inline Goal of_rows(std::uint64_t rows, Goal goal) {
  goal.rows = rows;
  return goal;
}
/// A size or a time that grows with the register.
inline Goal growing(Goal goal) {
  goal.grows = true;
  return goal;
}

}  // namespace jiyao
