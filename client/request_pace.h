// client/request_pace.h - how much one request and its answer carry: a few seconds of this link.
#pragma once

#include <cstddef>
#include <cstdint>

namespace jiyao {

inline constexpr std::size_t kPaceBytesFirst = 256 * 1024;
inline constexpr std::size_t kPaceBytesMin = 16 * 1024;  ///< one batch may always pass it (P6)
inline constexpr std::size_t kPaceBytesMax = 4 * 1024 * 1024;  ///< both ends hold it in memory

/// A good link is asked for few, large requests; of a poor one that is cut, little is lost. Pure:
/// what time it took is told.
class RequestPace {
 public:
  /// `bytes`: what served the last time; 0: nothing is known.
  explicit RequestPace(std::size_t bytes = 0);
  /// For one direction.
  std::size_t bytes() const { return bytes_; }
  /// A request of `sent` bytes and its answer of `got` took `took_ms`. Grows at most fourfold, and
  /// only when there was something to carry; shrinks at most by half.
  void passed(std::size_t sent, std::size_t got, std::int64_t took_ms);
  /// The link was cut on the way.
  void failed();

 private:
  std::int64_t wanted_ms_;  ///< one second at first, up to four while the link holds
  bool was_cut_ = false;    ///< then one second it stays
  std::size_t bytes_;
};

}  // namespace jiyao
