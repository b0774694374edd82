// client/request_pace.cpp - see request_pace.h.
#include "client/request_pace.h"

#include <algorithm>

namespace jiyao {

namespace {

constexpr std::int64_t kWantedMs = 4000, kWantedMsCut = 1000;
constexpr std::size_t kPushes = 4;  ///< answers' worth of bytes in one push

std::size_t bounded(std::size_t bytes) {
  return std::clamp(bytes, kPaceBytesMin, kPaceBytesMax);
}

}  // namespace

RequestPace::RequestPace(std::size_t bytes)
    : wanted_ms_(kWantedMs), bytes_(bounded(bytes == 0 ? kPaceBytesFirst : bytes)) {}

void RequestPace::passed(std::size_t sent, std::size_t got, std::int64_t took_ms) {
  const std::size_t moved = sent + got;
  const auto took = static_cast<std::size_t>(std::max<std::int64_t>(took_ms, 1));
  const std::size_t wanted = moved * static_cast<std::size_t>(wanted_ms_) / took;
  // A small message says how far away the hub is, not how wide the way there is.
  if (moved < bytes_ / 2 && (wanted > bytes_ || took_ms <= wanted_ms_)) return;
  has_passed_ = true;
  bytes_ = bounded(std::clamp(wanted, bytes_ / 2, bytes_ * 4));
}

std::size_t RequestPace::push_bytes() const {
  return has_passed_ ? bounded(kPushes * bytes_) : bytes_;
}

void RequestPace::failed() {
  wanted_ms_ = kWantedMsCut;
  has_passed_ = false;
  bytes_ = bounded(bytes_ / 2);
}

}  // namespace jiyao
