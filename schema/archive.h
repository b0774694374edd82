// schema/archive.h - canonical, bounded archives of our own for cereal: one encoding per value.
//
// cereal's stock archives believe length fields and accept many spellings of one value; they never
// see outside bytes. These write fixed little-endian integers, bool as 0 or 1, u32 lengths, and
// have no overload for pointers, floats or unordered containers, so such a field does not compile.
// Every text, blob and list names its bound in the serialize function:
//
//   template <class Archive> void serialize(Archive& archive, Receipt& receipt) {
//     archive(Preamble{"JYRC"}, receipt.realm, enumerated(receipt.grade, Grade::applied),
//             sorted_set(receipt.batches, kReceiptBatchesMax), ...);
//
// decode() accepts only what encode() produces: it encodes again and compares. What is read grows
// with bytes actually there, never with a number that was only promised. Failures of cereal and of
// these archives end in decode().
#pragma once

#include <algorithm>
#include <cereal/cereal.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "schema/level.h"
#include "schema/limits.h"
#include "schema/text.h"
#include "schema/wire.h"

namespace jiyao {

/// Thrown by CanonicalInput, caught by decode(); never leaves this header.
class ArchiveFailure : public cereal::Exception {
 public:
  ArchiveFailure(Errc code, const char* what) : cereal::Exception(what), code_(code) {}
  Errc code() const { return code_; }

 private:
  Errc code_;
};

class CanonicalOutput
    : public cereal::OutputArchive<CanonicalOutput, cereal::AllowEmptyClassElision> {
 public:
  explicit CanonicalOutput(Bytes& out) : OutputArchive(this), wire(out) {}
  WireWriter wire;
};

class CanonicalInput : public cereal::InputArchive<CanonicalInput, cereal::AllowEmptyClassElision> {
 public:
  explicit CanonicalInput(ByteView bytes) : InputArchive(this), wire(bytes) {}
  void require(bool is_good, const char* otherwise) const {
    if (!is_good || wire.has_failed()) throw ArchiveFailure(Errc::malformed, otherwise);
  }
  WireReader wire;
};

// --- the words a serialize function may use ------------------------------------------------------

/// Canonical UTF-8 text of at most `bytes_max` bytes.
struct Text {
  std::string& text;
  std::size_t bytes_max;
};
inline Text text(std::string& value, std::size_t bytes_max) {
  return {value, bytes_max};
}
/// [a-z0-9_]+: a ledger, group or field name.
struct Name {
  std::string& name;
};
inline Name name(std::string& value) {
  return {value};
}
/// Bytes without a meaning here, at most `bytes_max`.
struct Blob {
  Bytes& bytes;
  std::size_t bytes_max;
};
inline Blob blob(Bytes& value, std::size_t bytes_max) {
  return {value, bytes_max};
}
/// 0..count_max elements that `is_before` allows to follow one another.
template <class T, class Before>
struct List {
  std::vector<T>& items;
  std::size_t count_max;
  Before is_before;
};
/// In any order.
template <class T>
auto list(std::vector<T>& items, std::size_t count_max) {
  const auto any = [](const T&, const T&) { return true; };
  return List<T, decltype(any)>{items, count_max, any};
}
/// Strictly ascending.
template <class T>
auto sorted_set(std::vector<T>& items, std::size_t count_max) {
  const auto ascending = [](const T& a, const T& b) { return a < b; };
  return List<T, decltype(ascending)>{items, count_max, ascending};
}
/// Strictly ascending by a part of each element.
template <class T, class Key>
auto sorted_by(std::vector<T>& items, std::size_t count_max, Key key) {
  const auto ascending = [key](const T& a, const T& b) { return key(a) < key(b); };
  return List<T, decltype(ascending)>{items, count_max, ascending};
}
/// An enumerator `first`..`last`, all values between are used.
template <class E>
struct Enumerated {
  E& value;
  E first, last;
};
template <class E>
Enumerated<E> enumerated(E& value, E first, E last) {
  return {value, first, last};
}
inline Enumerated<Level> level(Level& value) {
  return {value, Level::public_, Level::top_secret};
}
/// 0, or 1 and the value.
template <class T>
struct Maybe {
  std::optional<T>& value;
};
template <class T>
Maybe<T> maybe(std::optional<T>& value) {
  return {value};
}

// --- output --------------------------------------------------------------------------------------

template <class T>
std::enable_if_t<std::is_integral_v<T>> save(CanonicalOutput& archive, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    archive.wire.u8(value ? 1 : 0);
  } else {
    const auto bits = static_cast<std::make_unsigned_t<T>>(value);
    if constexpr (sizeof(T) == 1) archive.wire.u8(bits);
    if constexpr (sizeof(T) == 2) archive.wire.u16(bits);
    if constexpr (sizeof(T) == 4) archive.wire.u32(bits);
    if constexpr (sizeof(T) == 8) archive.wire.u64(bits);
  }
}

template <class Tag, std::size_t N>
void save(CanonicalOutput& archive, const Block<Tag, N>& block) {
  archive.wire.raw(block.view());
}

inline void save(CanonicalOutput& archive, const Preamble& preamble) {
  put_preamble(archive.wire, preamble);
}

inline void save(CanonicalOutput& archive, const Text& value) {
  JIYAO_ASSERT(value.text.size() <= value.bytes_max);
  archive.wire.u32(static_cast<std::uint32_t>(value.text.size()));
  archive.wire.raw(as_bytes(value.text));
}

inline void save(CanonicalOutput& archive, const Name& value) {
  archive.wire.u32(static_cast<std::uint32_t>(value.name.size()));
  archive.wire.raw(as_bytes(value.name));
}

inline void save(CanonicalOutput& archive, const Blob& value) {
  JIYAO_ASSERT(value.bytes.size() <= value.bytes_max);
  archive.wire.u32(static_cast<std::uint32_t>(value.bytes.size()));
  archive.wire.raw(value.bytes);
}

template <class T, class Before>
void save(CanonicalOutput& archive, const List<T, Before>& list) {
  JIYAO_ASSERT(list.items.size() <= list.count_max);
  archive.wire.u32(static_cast<std::uint32_t>(list.items.size()));
  for (const T& item : list.items) archive(item);
}

template <class E>
void save(CanonicalOutput& archive, const Enumerated<E>& value) {
  static_assert(sizeof(E) == 1);
  archive.wire.u8(static_cast<std::uint8_t>(value.value));
}

template <class T>
void save(CanonicalOutput& archive, const Maybe<T>& value) {
  archive.wire.u8(value.value ? 1 : 0);
  if (value.value) archive(*value.value);
}

// --- input ---------------------------------------------------------------------------------------

template <class T>
std::enable_if_t<std::is_integral_v<T>> load(CanonicalInput& archive, T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    const std::uint8_t byte = archive.wire.u8();
    archive.require(byte <= 1, "a bool is 0 or 1");
    value = byte == 1;
  } else {
    if constexpr (sizeof(T) == 1) value = static_cast<T>(archive.wire.u8());
    if constexpr (sizeof(T) == 2) value = static_cast<T>(archive.wire.u16());
    if constexpr (sizeof(T) == 4) value = static_cast<T>(archive.wire.u32());
    if constexpr (sizeof(T) == 8) value = static_cast<T>(archive.wire.u64());
    archive.require(true, "cut off in a number");
  }
}

template <class Tag, std::size_t N>
void load(CanonicalInput& archive, Block<Tag, N>& block) {
  block = archive.wire.block<Block<Tag, N>>();
  archive.require(true, "cut off in an id");
}

inline void load(CanonicalInput& archive, Preamble& preamble) {
  const Result<void> taken = take_preamble(archive.wire, preamble);
  if (!taken) throw ArchiveFailure(taken.code(), taken.error().detail.c_str());
}

inline ByteView load_bytes(CanonicalInput& archive, std::size_t bytes_max) {
  const std::uint32_t length = archive.wire.u32();
  archive.require(length <= bytes_max, "a length passes its limit");
  const ByteView bytes = archive.wire.take(length);
  archive.require(true, "a length passes the end");
  return bytes;
}

inline void load(CanonicalInput& archive, Text& value) {
  value.text = as_text(load_bytes(archive, value.bytes_max));
  archive.require(is_canonical_text(value.text), "text is not canonical UTF-8");
}

inline void load(CanonicalInput& archive, Name& value) {
  value.name = as_text(load_bytes(archive, kNameBytesMax));
  archive.require(is_name(value.name), "not a name");
}

inline void load(CanonicalInput& archive, Blob& value) {
  const ByteView bytes = load_bytes(archive, value.bytes_max);
  value.bytes.assign(bytes.begin(), bytes.end());
}

template <class T, class Before>
void load(CanonicalInput& archive, List<T, Before>& list) {
  const std::uint32_t count = archive.wire.u32();
  archive.require(count <= list.count_max, "a count passes its limit");
  archive.require(count <= archive.wire.left(), "a count passes the end");
  list.items.clear();  // grows with what is there: every element takes bytes
  for (std::uint32_t i = 0; i < count; ++i) {
    archive(list.items.emplace_back());
    if (i > 0)
      archive.require(list.is_before(list.items[i - 1], list.items[i]),
                      "a set is not sorted or repeats");
  }
}

template <class E>
void load(CanonicalInput& archive, Enumerated<E>& value) {
  const std::uint8_t number = archive.wire.u8();
  archive.require(number >= static_cast<std::uint8_t>(value.first) &&
                      number <= static_cast<std::uint8_t>(value.last),
                  "an unknown enumerator");
  value.value = static_cast<E>(number);
}

template <class T>
void load(CanonicalInput& archive, Maybe<T>& value) {
  bool is_there = false;
  archive(is_there);
  value.value.reset();
  if (is_there) archive(value.value.emplace());
}

// --- ids that many objects share -----------------------------------------------------------------

template <class Archive>
void serialize(Archive& archive, CompartmentId& compartment) {
  archive(compartment.office, level(compartment.level));
}
template <class Archive>
void serialize(Archive& archive, RosterPoint& point) {
  archive(point.seq, point.hash);
}

// --- whole objects -------------------------------------------------------------------------------

template <class T>
Bytes encode(const T& value) {
  Bytes out;
  CanonicalOutput archive(out);
  archive(value);
  return out;
}

/// errors: too_large (over `bytes_max`), malformed (anything encode() would not have produced),
/// newer (version or suite above ours)
template <class T>
Result<T> decode(ByteView bytes, std::size_t bytes_max) {
  if (bytes.size() > bytes_max) return {Errc::too_large, "object passes its limit"};
  T value{};
  try {
    CanonicalInput archive(bytes);
    archive(value);
    if (!archive.wire.is_at_end()) return {Errc::malformed, "bytes after the end"};
  } catch (const ArchiveFailure& failure) {
    return {failure.code(), failure.what()};
  }
  // Always, not only in tests: a second spelling of a value would be a second hash of it.
  if (!std::ranges::equal(encode(value), bytes)) return {Errc::malformed, "not canonical"};
  return value;
}

}  // namespace jiyao
