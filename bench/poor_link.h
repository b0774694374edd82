// bench/poor_link.h - a link of 1 Mbit/s, 300 ms and 5 % loss on loopback, a process of its own.
//
// Stands between as TCP and knows segments only by their size: what a lost one costs is that it and
// all behind it arrive a round trip later, as with a sender that keeps the link full meanwhile.
#pragma once

#include <memory>

#include "bench/measure.h"

namespace jiyao {

struct LinkShape {
  double bytes_per_s = 125'000;  ///< each way
  double one_way_s = 0.15;
  double loss = 0.05;  ///< of segments of 1,448 bytes
  double up_s = 0;     ///< then it is cut for `down_s`, again and again; 0: never
  double down_s = 1;
};

/// Listens at once; leads to a port of this machine.
class PoorLink {
 public:
  PoorLink(int port, const LinkShape& shape);
  ~PoorLink();
  PoorLink(const PoorLink&) = delete;
  PoorLink& operator=(const PoorLink&) = delete;

  int port() const { return server_->port(); }
  /// Passed the narrow place so far, also what a cut took then: not what still waits before it.
  std::uint64_t bytes_up() const;
  std::uint64_t bytes_down() const;

  struct Passed;

 private:
  Passed* passed_;  ///< shared with the process of the link
  std::unique_ptr<Server> server_;
};

}  // namespace jiyao
