// tests/vectors/sample_parts.h - what the samples have in common, and their lists by kind.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "crypto/sign.h"
#include "unit/schema/sample_changes.h"
#include "vectors/vector_file.h"

namespace jiyao::vectors {

using sample::block;
using Vectors = std::vector<Vector>;

inline std::unique_ptr<SigningKey> key_of(std::uint8_t seed) {
  return signing_key_from(Secret<32>::copy_of(block<Digest>(seed).view()));
}

inline Bytes patched(Bytes bytes, std::size_t at, std::uint8_t value) {
  bytes.at(at) = value;
  return bytes;
}

// What every object refuses: a byte less, a byte more.
inline void add_cuts(Vectors& out, const Bytes& good) {
  out.push_back({"one_byte_short", "malformed", Bytes(good.begin(), good.end() - 1)});
  Bytes longer = good;
  longer.push_back(0);
  out.push_back({"one_byte_more", "malformed", longer});
  out.push_back({"empty", "malformed", {}});
}

// What every object with a preamble refuses.
inline void add_preamble(Vectors& out, const Bytes& good, std::size_t magic_bytes = 4,
                         std::uint8_t newest = 1) {
  out.push_back({"wrong_magic", "malformed", patched(good, 0, 'X')});
  out.push_back({"newer_version", "newer",
                 patched(good, magic_bytes, static_cast<std::uint8_t>(newest + 1))});
  out.push_back({"newer_suite", "newer", patched(good, magic_bytes + 1, 2)});
  out.push_back({"version_zero", "malformed", patched(good, magic_bytes, 0)});
  out.push_back({"reserved_not_zero", "malformed", patched(good, magic_bytes + 2, 1)});
}

inline void add_common(Vectors& out, const Bytes& good) {
  add_cuts(out, good);
  add_preamble(out, good);
}

// Vectors by object, e.g. "batch".
using Samples = std::map<std::string_view, Vectors (*)()>;
Samples change_samples();
Samples paper_samples();
Samples carrier_samples();

}  // namespace jiyao::vectors
