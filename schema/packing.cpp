// schema/packing.cpp - zstd with hard limits, and padding.
#include "schema/packing.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <new>

#include "schema/limits.h"

namespace jiyao {

namespace {

constexpr int kZstdLevel = 3;
constexpr int kWindowLogMax = 22;  // 4 MiB = kBatchOpenedBytesMax: no honest frame asks for more
constexpr std::size_t kLengthsBytes = 8;
static_assert(std::size_t{1} << kWindowLogMax == kBatchOpenedBytesMax);

void put_u32(Bytes& bytes, std::size_t at, std::size_t number) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(number >> (8 * i));
}

std::size_t get_u32(ByteView bytes, std::size_t at) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number |= std::size_t{bytes[at + i]} << (8 * i);
  return number;
}

// For want of memory nothing is said about the bytes: it is thrown as everywhere.
std::size_t checked(std::size_t result) {
  if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) throw std::bad_alloc();
  return result;
}

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

}  // namespace

std::size_t padded_bytes(std::size_t bytes) {
  constexpr std::size_t kKib = 1024;
  if (bytes <= 64 * kKib) return std::max(kKib, std::bit_ceil(bytes));
  const std::size_t step = std::bit_floor(bytes) / 8;
  return (bytes + step - 1) & ~(step - 1);
}

Bytes pack(ByteView plain) {
  JIYAO_ASSERT(plain.size() <= kBatchOpenedBytesMax);
  Bytes packed(kLengthsBytes + ZSTD_compressBound(plain.size()));
  const std::size_t frame_bytes =
      checked(ZSTD_compress(packed.data() + kLengthsBytes, packed.size() - kLengthsBytes,
                            plain.data(), plain.size(), kZstdLevel));
  JIYAO_ASSERT(ZSTD_isError(frame_bytes) == 0);
  put_u32(packed, 0, plain.size());
  put_u32(packed, 4, frame_bytes);
  packed.resize(kLengthsBytes + frame_bytes);
  packed.resize(padded_bytes(packed.size()), 0);
  return packed;
}

Result<Bytes> unpack(ByteView packed) {
  if (packed.size() < kLengthsBytes) return {Errc::malformed, "packed body"};
  const std::size_t opened_bytes = get_u32(packed, 0);
  const std::size_t frame_bytes = get_u32(packed, 4);
  if (opened_bytes > kBatchOpenedBytesMax) return {Errc::too_large, "opened body"};
  if (frame_bytes > packed.size() - kLengthsBytes ||
      padded_bytes(kLengthsBytes + frame_bytes) != packed.size())
    return {Errc::malformed, "packed body"};
  const ByteView padding = packed.subspan(kLengthsBytes + frame_bytes);
  if (!std::all_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte == 0; }))
    return {Errc::malformed, "padding"};

  const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  if (context == nullptr) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kWindowLogMax);
  const ByteView frame = packed.subspan(kLengthsBytes, frame_bytes);
  Bytes opened(opened_bytes);
  const std::size_t got = checked(
      ZSTD_decompressDCtx(context.get(), opened.data(), opened.size(), frame.data(), frame.size()));
  if (ZSTD_isError(got) != 0 || got != opened_bytes) return {Errc::malformed, "zstd frame"};
  return opened;
}

}  // namespace jiyao
