// tests/unit/schema/decoder_memory_test.cpp - no decoder takes more than 16 MiB for a megabyte.
//
// Goal: whoever sends lengths and counts that are not true costs us nothing. Method: this program
// counts what operator new gives; every decoder is fed its golden vectors with long tails, with
// each of their bytes made as large as it can be, and megabytes of one byte.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "fuzz/targets.h"
#include "support/source_folder.h"
#include "vectors/vector_file.h"

namespace {

// In front of every block: how long it is.
constexpr std::size_t kHead = alignof(std::max_align_t);
std::atomic<std::size_t> held{0}, most{0};

void* counted_new(std::size_t bytes) {
  void* block = std::malloc(bytes + kHead);
  if (block == nullptr) throw std::bad_alloc();
  *static_cast<std::size_t*>(block) = bytes;
  const std::size_t now = held += bytes;
  if (now > most) most = now;
  return static_cast<char*>(block) + kHead;
}

void counted_delete(void* block) {
  if (block == nullptr) return;
  void* whole = static_cast<char*>(block) - kHead;
  held -= *static_cast<std::size_t*>(whole);
  std::free(whole);
}

}  // namespace

void* operator new(std::size_t bytes) {
  return counted_new(bytes);
}
void* operator new[](std::size_t bytes) {
  return counted_new(bytes);
}
void operator delete(void* block) noexcept {
  counted_delete(block);
}
void operator delete(void* block, std::size_t) noexcept {
  counted_delete(block);
}
void operator delete[](void* block) noexcept {
  counted_delete(block);
}
void operator delete[](void* block, std::size_t) noexcept {
  counted_delete(block);
}

namespace jiyao {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// What it took at once.
std::size_t memory_of(fuzz::Feed feed, const Bytes& bytes) {
  const std::size_t before = held;
  most = before;
  (void)feed(bytes);
  return most - before;
}

class DecoderMemory : public testing::TestWithParam<fuzz::Target> {
 protected:
  void feed(const Bytes& bytes) { peak_ = std::max(peak_, memory_of(GetParam().feed, bytes)); }
  std::size_t peak_ = 0;
};

TEST_P(DecoderMemory, StaysUnder16MiBForAnyMegabyte) {
  for (const int byte : {0x00, 0x01, 0x41, 0x7F, 0x80, 0xFF})
    feed(Bytes(kMiB, static_cast<std::uint8_t>(byte)));
  for (const vectors::Vector& vector :
       vectors::read_file_of(test::source_folder() + "/tests/vectors", GetParam().object)) {
    Bytes bytes = vector.bytes;
    const std::size_t length = bytes.size();
    for (const int filler : {0x00, 0x01, 0xFF}) {
      bytes.resize(length);
      bytes.resize(kMiB, static_cast<std::uint8_t>(filler));
      feed(bytes);
      if (GetParam().object == "text") continue;  // has no lengths, and every letter is looked at
      // A length or a count may stand anywhere: four bytes of it, as large as they go.
      for (std::size_t at = 0; at + 4 <= std::min<std::size_t>(length, 200); ++at) {
        const Bytes kept(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                         bytes.begin() + static_cast<std::ptrdiff_t>(at + 4));
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), 4, std::uint8_t{0xFF});
        feed(bytes);
        std::copy(kept.begin(), kept.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
  }
  EXPECT_GT(peak_, 0U) << "nothing was counted";
  EXPECT_LE(peak_, 16 * kMiB);
}

// The counting itself: a decoder that believes the length it is told.
TEST(DecoderMemoryItself, SeesWhoBelievesALength) {
  const fuzz::Feed believes = [](ByteView bytes) -> std::optional<Errc> {
    const Bytes room(bytes.size() * std::size_t{bytes[0]});
    return room.empty() ? std::nullopt : std::optional(Errc::malformed);
  };
  EXPECT_GT(memory_of(believes, Bytes(kMiB, 0xFF)), 16 * kMiB);
  EXPECT_LE(memory_of(believes, Bytes(kMiB, 0x01)), 2 * kMiB);
}

INSTANTIATE_TEST_SUITE_P(Objects, DecoderMemory,
                         testing::ValuesIn(fuzz::targets().begin(), fuzz::targets().end()),
                         [](const auto& target) { return std::string(target.param.object); });

}  // namespace
}  // namespace jiyao
