// client/request_pace.cpp - see request_pace.h.
#include "client/request_pace.h"

#include <algorithm>

namespace jiyao {

namespace {

constexpr std::size_t kWantedMs = 1000;

std::size_t bounded(std::size_t bytes) {
  return std::clamp(bytes, kPaceBytesMin, kPaceBytesMax);
}

}  // namespace

RequestPace::RequestPace(std::size_t bytes)
    : bytes_(bounded(bytes == 0 ? kPaceBytesFirst : bytes)) {}

void RequestPace::passed(std::size_t sent, std::size_t got, std::int64_t took_ms) {
  const std::size_t moved = sent + got;
  const auto took = static_cast<std::size_t>(std::max<std::int64_t>(took_ms, 1));
  const std::size_t in_a_second = moved * kWantedMs / took;
  // A small message says how far away the hub is, not how wide the way there is.
  if (moved < bytes_ / 2 && (in_a_second > bytes_ || took <= kWantedMs)) return;
  bytes_ = bounded(std::clamp(in_a_second, bytes_ / 2, bytes_ * 4));
}

void RequestPace::failed() {
  bytes_ = bounded(bytes_ / 2);
}

}  // namespace jiyao
