// tests/fuzz/targets.h - every decoder of outside bytes behind one door: for fuzzers and vectors.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace jiyao::fuzz {

/// Decodes; nullopt if accepted. Stops the program if something was accepted that encodes to other
/// bytes: that, a crash and a sanitizer's word are what a fuzzer looks for.
using Feed = std::optional<Errc> (*)(ByteView bytes);

struct Target {
  std::string_view object;  ///< names tests/vectors/<object>.txt and tests/fuzz/<object>_fuzz.cpp
  Feed feed;
};
std::span<const Target> targets();
/// Stops the program for a name that is none.
Feed feed_of(std::string_view object);

}  // namespace jiyao::fuzz
