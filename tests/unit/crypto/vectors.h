// tests/unit/crypto/vectors.h - expected values made by other code: tests/vectors/crypto/.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "support/source_folder.h"

namespace jiyao::test {

/// One value of tests/vectors/crypto/vectors.txt; fails the test if it is not there.
inline Bytes vector_named(const std::string& name) {
  std::ifstream file(source_folder() + "/tests/vectors/crypto/vectors.txt");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + " = ")) return from_hex(line.substr(name.size() + 3)).value();
  ADD_FAILURE() << "no vector " << name;
  return {};
}

inline std::string vector_hex(const std::string& name) {
  return to_hex(vector_named(name));
}

/// 00 01 02 ... : the key of most vectors.
inline Secret<32> counting_key() {
  Secret<32> key;
  std::uint8_t next = 0;
  for (std::uint8_t& byte : key.write()) byte = next++;
  return key;
}

inline Secret<32> secret_from_hex(std::string_view hex) {
  return Secret<32>::copy_of(from_hex(hex).value());
}

/// While it lives, random bytes are these, then zeros.
class FixedRandom {
 public:
  explicit FixedRandom(Bytes bytes) : rest_(std::move(bytes)) {
    set_random_source_for_tests([this](std::span<std::uint8_t> out) {
      const std::size_t taken = std::min(out.size(), rest_.size());
      std::fill(out.begin(), out.end(), std::uint8_t{0});
      std::copy_n(rest_.begin(), taken, out.begin());
      rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(taken));
    });
  }
  FixedRandom(const FixedRandom&) = delete;
  FixedRandom& operator=(const FixedRandom&) = delete;
  ~FixedRandom() { set_random_source_for_tests(nullptr); }

 private:
  Bytes rest_;
};

/// Calls `check` with `bytes` once per bit, that bit turned over.
template <class Check>
void for_each_flipped_bit(const Bytes& bytes, Check check) {
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes changed = bytes;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    check(changed, bit);
  }
}

}  // namespace jiyao::test
