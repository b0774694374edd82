// crypto/bytes.h - owned and borrowed bytes, hex, and the fixed-size byte array every id is made
// of.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jiyao {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// The same bytes, seen as text or the other way round. No copy, no check.
ByteView as_bytes(std::string_view text);
std::string_view as_text(ByteView bytes);
Bytes to_bytes(std::string_view text);

/// Lower-case hex; and back: nullopt unless an even number of [0-9a-f].
std::string to_hex(ByteView bytes);
std::optional<Bytes> from_hex(std::string_view hex);

/// Constant-time in the content; lengths are public.
bool equal(ByteView a, ByteView b);

/// N bytes with a meaning of their own: two Tags never mix. Ordered by bytes. All-zero means
/// "none".
template <class Tag, std::size_t N>
struct Block {
  static constexpr std::size_t kBytes = N;
  std::array<std::uint8_t, N> bytes{};

  friend auto operator<=>(const Block&, const Block&) = default;
  bool is_none() const { return *this == Block{}; }
  ByteView view() const { return ByteView(bytes); }
  std::string hex() const { return to_hex(bytes); }
  /// nullopt unless exactly N bytes.
  static std::optional<Block> from(ByteView view) {
    if (view.size() != N) return std::nullopt;
    Block block;
    std::copy(view.begin(), view.end(), block.bytes.begin());
    return block;
  }
};

/// Hash for unordered containers that never reach any output (lookups only).
struct BlockHash {
  template <class Tag, std::size_t N>
  std::size_t operator()(const Block<Tag, N>& block) const {
    std::size_t hash = 0;
    constexpr std::size_t taken = std::min(sizeof(hash), N);
    for (std::size_t i = 0; i < taken; ++i) hash = hash << 8 | block.bytes[N - 1 - i];
    return hash;
  }
};

}  // namespace jiyao
