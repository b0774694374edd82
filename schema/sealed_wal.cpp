// schema/sealed_wal.cpp - sealing the slots of a write-ahead log, and judging a left-over one.
#include "schema/sealed_wal.h"

#include <cstring>

namespace jiyao {
namespace {

constexpr std::array<std::uint8_t, 8> kFileMagic = {'J', 'Y', 'W', 'A', 'L', '1', 0, 0};
constexpr std::string_view kTop = "JYWALtop";
constexpr std::string_view kHdr = "JYWALhdr";
constexpr std::string_view kPag = "JYWALpag";
constexpr std::size_t kTopBytes = kFileMagic.size() + FileId::kBytes;

// magic | file id | frame u64 LE, and for a page: page number u32 LE | salts of the log header.
struct Context {
  std::array<std::uint8_t, 8 + FileId::kBytes + 8 + 4 + 8> bytes{};
  std::size_t size = 0;

  Context(std::string_view magic, const FileId& id, std::uint64_t frame) {
    add(as_bytes(magic));
    add(id.view());
    add_number(frame, 8);
  }
  Context& add(ByteView part) {
    std::memcpy(bytes.data() + size, part.data(), part.size());
    size += part.size();
    return *this;
  }
  Context& add_number(std::uint64_t number, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      bytes[size++] = static_cast<std::uint8_t>(number >> (8 * i));
    return *this;
  }
  ByteView view() const { return ByteView(bytes).first(size); }
};

Context page_context(const FileId& id, std::uint64_t frame, std::uint32_t page_number,
                     const WalSalts& salts) {
  return Context(kPag, id, frame).add_number(page_number, 4).add(salts);
}

// A slot is nonce | text | tag; `plain` is put in the text and sealed there.
void seal_slot(const Secret<32>& key, ByteView plain, const Context& context,
               std::span<std::uint8_t> slot) {
  const std::span<std::uint8_t> text = slot.subspan(kNonceBytes, plain.size());
  std::memcpy(text.data(), plain.data(), plain.size());
  seal_in_place(key, text, context.view(), slot.first<kNonceBytes>(), slot.last<kTagBytes>());
}

template <std::size_t N>
std::optional<std::array<std::uint8_t, N>> open_slot(const Secret<32>& key, ByteView slot,
                                                     const Context& context) {
  std::array<std::uint8_t, N> text;
  std::memcpy(text.data(), slot.data() + kNonceBytes, N);
  if (!open_in_place(key, text, context.view(), slot.first(kNonceBytes), slot.last(kTagBytes)))
    return std::nullopt;
  return text;
}

template <std::size_t N>
WalSalts eight_at(const std::array<std::uint8_t, N>& bytes, std::size_t offset) {
  WalSalts salts;
  std::memcpy(salts.data(), bytes.data() + offset, salts.size());
  return salts;
}

std::uint32_t big_endian_at(const FrameHeader& header, std::size_t offset) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | header[offset + i];
  return number;
}

}  // namespace

WalSalts salts_of(const WalHeader& header) {
  return eight_at(header, 16);
}
WalSalts salts_of(const FrameHeader& header) {
  return eight_at(header, 8);
}
std::uint32_t page_number_of(const FrameHeader& header) {
  return big_endian_at(header, 0);
}
std::uint32_t commit_size_of(const FrameHeader& header) {
  return big_endian_at(header, 4);
}

WalSeal::WalSeal(const FileId& id, const Secret<32>& file_key)
    : id_(id), key_(derive(file_key, Label::file_wal, id.view())) {}

void WalSeal::seal_header(const WalHeader& header,
                          std::span<std::uint8_t, kWalHeaderSlotBytes> slot) const {
  std::memcpy(slot.data(), kFileMagic.data(), kFileMagic.size());
  std::memcpy(slot.data() + kFileMagic.size(), id_.bytes.data(), FileId::kBytes);
  seal_slot(key_, header, Context(kTop, id_, 0), slot.subspan(kTopBytes));
}

std::optional<WalHeader> WalSeal::open_header(
    std::span<const std::uint8_t, kWalHeaderSlotBytes> slot) const {
  if (std::memcmp(slot.data(), kFileMagic.data(), kFileMagic.size()) != 0) return std::nullopt;
  if (std::memcmp(slot.data() + kFileMagic.size(), id_.bytes.data(), FileId::kBytes) != 0)
    return std::nullopt;
  return open_slot<kWalHeaderBytes>(key_, slot.subspan(kTopBytes), Context(kTop, id_, 0));
}

void WalSeal::seal_frame_header(std::uint64_t frame, const FrameHeader& header,
                                std::span<std::uint8_t, kFrameHeaderSlotBytes> slot) const {
  seal_slot(key_, header, Context(kHdr, id_, frame), slot);
}

std::optional<FrameHeader> WalSeal::open_frame_header(
    std::uint64_t frame, std::span<const std::uint8_t, kFrameHeaderSlotBytes> slot) const {
  return open_slot<kFrameHeaderBytes>(key_, slot, Context(kHdr, id_, frame));
}

void WalSeal::seal_page(std::uint64_t frame, std::uint32_t page_number, const WalSalts& salts,
                        PageView page, std::span<std::uint8_t, kFramePageSlotBytes> slot) const {
  seal_slot(key_, page, page_context(id_, frame, page_number, salts), slot);
}

bool WalSeal::open_page(std::uint64_t frame, std::uint32_t page_number, const WalSalts& salts,
                        std::span<std::uint8_t, kFramePageSlotBytes> slot) const {
  return open_in_place(key_, slot.subspan<kNonceBytes, kPageBytes>(),
                       page_context(id_, frame, page_number, salts).view(),
                       slot.first<kNonceBytes>(), slot.last<kTagBytes>());
}

std::uint64_t frame_slot_offset(std::uint64_t frame) {
  return kWalHeaderSlotBytes + frame * kFrameSlotBytes;
}

std::uint64_t wal_stored_size(std::uint64_t logical_size) {
  if (logical_size < kWalHeaderBytes) return 0;
  const std::uint64_t frames = (logical_size - kWalHeaderBytes) / kFrameBytes;
  const std::uint64_t rest = (logical_size - kWalHeaderBytes) % kFrameBytes;
  return frame_slot_offset(frames) + (rest >= kFrameHeaderBytes ? kFrameHeaderSlotBytes : 0);
}

std::uint64_t wal_logical_size(std::uint64_t stored_size) {
  if (stored_size < kWalHeaderSlotBytes) return 0;
  const std::uint64_t frames = (stored_size - kWalHeaderSlotBytes) / kFrameSlotBytes;
  const std::uint64_t rest = (stored_size - kWalHeaderSlotBytes) % kFrameSlotBytes;
  return kWalHeaderBytes + frames * kFrameBytes +
         (rest >= kFrameHeaderSlotBytes ? kFrameHeaderBytes : 0);
}

const char* name_of(WalVerdict verdict) {
  switch (verdict) {
    case WalVerdict::none:
      return "none";
    case WalVerdict::clean:
      return "clean";
    case WalVerdict::torn_tail:
      return "torn_tail";
    case WalVerdict::header_lost:
      return "header_lost";
    case WalVerdict::tampered:
      return "tampered";
  }
  JIYAO_ASSERT(false);
  return "";
}

}  // namespace jiyao
