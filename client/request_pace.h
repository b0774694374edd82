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
  /// For what is pushed: the hub keeps every whole batch of a request that is cut, so that a longer
  /// one risks nothing and spares round trips. As bytes() until something has passed.
  std::size_t push_bytes() const;
  /// A request of `sent` bytes and its answer of `got` took `took_ms`. Grows at most fourfold, and
  /// only when there was something to carry; shrinks at most by half.
  void passed(std::size_t sent, std::size_t got, std::int64_t took_ms);
  /// The link was cut on the way, and nothing of what it carried arrived.
  void failed();

 private:
  std::int64_t wanted_ms_;  ///< four seconds of the link; behind a cut, one
  bool has_passed_ = false;
  std::size_t bytes_;
};

}  // namespace jiyao
