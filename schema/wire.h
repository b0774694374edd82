// schema/wire.h - little-endian numbers and bounded reading, for the layouts parsed by hand.
//
// For the sources of schema/ that read headers, columns and frames. Objects made of many small
// fields use schema/archive.h.
#pragma once

#include <array>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace jiyao {

/// Appends to `out`, which outlives it.
class WireWriter {
 public:
  explicit WireWriter(Bytes& out) : out_(out) {}
  void u8(std::uint8_t value) { out_.push_back(value); }
  void u16(std::uint16_t value) { fixed(value, 2); }
  void u32(std::uint32_t value) { fixed(value, 4); }
  void u64(std::uint64_t value) { fixed(value, 8); }
  void raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void zeros(std::size_t count) { out_.insert(out_.end(), count, 0); }
  /// LEB128: seven bits a byte, least first, no needless last byte.
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<std::uint8_t>(value | 0x80));
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  /// A signed difference, small ones of either sign short.
  void zigzag(std::uint64_t difference) {
    varint(difference << 1 ^ (difference >> 63 != 0 ? ~std::uint64_t{0} : 0));
  }

 private:
  void fixed(std::uint64_t value, unsigned width) {
    std::array<std::uint8_t, 8> bytes;
    for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(value >> 8 * i);
    out_.insert(out_.end(), bytes.begin(), bytes.begin() + width);
  }
  Bytes& out_;
};

/// Reads from the front. The first read past the end, or the first fail(), makes it failed for
/// good: from then on every read gives zero or empty, so a caller looks once, at the end or before
/// it allocates.
class WireReader {
 public:
  explicit WireReader(ByteView bytes) : rest_(bytes) {}
  bool has_failed() const { return has_failed_; }
  bool is_at_end() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }
  void fail() {
    has_failed_ = true;
    rest_ = {};
  }

  /// Exactly `count` bytes, into the input; empty after a failure.
  ByteView take(std::uint64_t count) {
    if (count > rest_.size()) {
      fail();
      return {};
    }
    const ByteView front = rest_.first(static_cast<std::size_t>(count));
    rest_ = rest_.subspan(static_cast<std::size_t>(count));
    return front;
  }
  std::uint8_t u8() { return static_cast<std::uint8_t>(fixed(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(fixed(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(fixed(4)); }
  std::uint64_t u64() { return fixed(8); }
  template <class B>
  B block() {
    B block;
    const ByteView bytes = take(B::kBytes);
    std::copy(bytes.begin(), bytes.end(), block.bytes.begin());
    return block;
  }
  /// Refuses more than 64 bits and a needless last byte: each number has one spelling.
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = u8();
      const std::uint64_t bits = byte & 0x7f;
      if (shift == 63 && bits > 1) break;
      value |= bits << shift;
      if (byte < 0x80) {
        if (byte == 0 && shift > 0) break;
        return value;
      }
    }
    fail();
    return 0;
  }
  std::uint64_t zigzag() {
    const std::uint64_t value = varint();
    return value >> 1 ^ ((value & 1) != 0 ? ~std::uint64_t{0} : 0);
  }
  /// A varint of at most `most`.
  std::size_t count(std::uint64_t most) {
    const std::uint64_t value = varint();
    if (value <= most) return static_cast<std::size_t>(value);
    fail();
    return 0;
  }
  /// True once: `count` reserved bytes, all zero.
  void zeros(std::size_t count) {
    for (const std::uint8_t byte : take(count))
      if (byte != 0) return fail();
  }

 private:
  std::uint64_t fixed(unsigned width) {
    const ByteView bytes = take(width);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) value |= std::uint64_t{bytes[i]} << 8 * i;
    return value;
  }
  ByteView rest_;
  bool has_failed_ = false;
};

/// The first eight bytes of every object: magic (4) | version u8 | suite u8 | zero u16.
inline constexpr std::uint8_t kFormatVersion = 1;  ///< of all kinds that have had one version
struct Preamble {
  std::string_view magic;  ///< four characters
  std::uint8_t version = kFormatVersion;
};
inline constexpr std::size_t kPreambleBytes = 8;
inline constexpr std::uint8_t kSuite = 1;

void put_preamble(WireWriter& out, const Preamble& preamble);
/// errors: malformed (magic, a version below this one, zero suite, reserved bytes), newer (version
/// or suite above ours: never a fall-back)
Result<void> take_preamble(WireReader& in, const Preamble& preamble);

}  // namespace jiyao
