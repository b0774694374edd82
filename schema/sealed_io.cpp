// schema/sealed_io.cpp - sealing and opening on the way between SQLite and the base VFS.
#include "schema/sealed_io.h"

#include <cstring>

namespace jiyao {
namespace {

int base_read(SealedHandle& handle, std::uint64_t offset, std::span<std::uint8_t> out) {
  return handle.base->pMethods->xRead(handle.base, out.data(), static_cast<int>(out.size()),
                                      static_cast<sqlite3_int64>(offset));
}

int base_write(SealedHandle& handle, std::uint64_t offset, ByteView bytes) {
  return handle.base->pMethods->xWrite(handle.base, bytes.data(), static_cast<int>(bytes.size()),
                                       static_cast<sqlite3_int64>(offset));
}

int odd_shape(SealedHandle& handle, int code) {
  ++handle.file->odd_shapes;
  return code;
}

int not_authentic(SealedHandle& handle) {
  ++handle.file->refusals;
  return SQLITE_IOERR_DATA;
}

// Where in the log SQLite is reading or writing.
struct FramePlace {
  std::uint64_t frame;
  std::size_t within;  // the frame: 0..23 header, 24.. page
};

FramePlace place_of(std::uint64_t offset) {
  const std::uint64_t from_first = offset - kWalHeaderBytes;
  return {from_first / kFrameBytes, static_cast<std::size_t>(from_first % kFrameBytes)};
}

std::uint64_t page_slot_offset(std::uint64_t frame) {
  return frame_slot_offset(frame) + kFrameHeaderSlotBytes;
}

int load_wal_header(SealedHandle& handle, WalHeader& out) {
  SealedFile& file = *handle.file;
  if (file.wal_header) {
    out = *file.wal_header;
    return SQLITE_OK;
  }
  std::array<std::uint8_t, kWalHeaderSlotBytes> slot;
  const int code = base_read(handle, 0, slot);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
  const std::optional<WalHeader> header =
      code == SQLITE_OK ? file.wal.open_header(slot) : std::nullopt;
  if (!header) return not_authentic(handle);
  file.wal_header = out = *header;
  return SQLITE_OK;
}

int read_wal_header(SealedHandle& handle, std::size_t within, std::span<std::uint8_t> out) {
  const std::lock_guard lock(handle.file->mutex);
  WalHeader header;
  const int code = load_wal_header(handle, header);
  if (code == SQLITE_OK) {
    std::memcpy(out.data(), header.data() + within, out.size());
    return SQLITE_OK;
  }
  if (code != SQLITE_IOERR_DATA || handle.file->has_written_wal) return code;
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  return SQLITE_OK;
}

int load_frame_header(SealedHandle& handle, std::uint64_t frame, FrameHeader& out) {
  const auto slot = std::span(handle.buffer).first<kFrameHeaderSlotBytes>();
  const int code = base_read(handle, frame_slot_offset(frame), slot);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
  const std::optional<FrameHeader> header =
      code == SQLITE_OK ? handle.file->wal.open_frame_header(frame, slot) : std::nullopt;
  if (!header) return not_authentic(handle);
  out = *header;
  return SQLITE_OK;
}

// Both slots of a frame; the page ends up in handle.buffer behind its nonce.
int load_frame(SealedHandle& handle, std::uint64_t frame, FrameHeader& out) {
  WalHeader log;
  {
    const std::lock_guard lock(handle.file->mutex);
    const int code = load_wal_header(handle, log);
    if (code != SQLITE_OK) return code;
  }
  const int code = base_read(handle, frame_slot_offset(frame), handle.buffer);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
  if (code == SQLITE_IOERR_SHORT_READ) return not_authentic(handle);
  const std::span all(handle.buffer);
  const std::optional<FrameHeader> header =
      handle.file->wal.open_frame_header(frame, all.first<kFrameHeaderSlotBytes>());
  if (!header) return not_authentic(handle);
  if (!handle.file->wal.open_page(frame, page_number_of(*header), salts_of(log),
                                  all.last<kFramePageSlotBytes>()))
    return not_authentic(handle);
  out = *header;
  return SQLITE_OK;
}

bool is_recovering(SealedHandle& handle) {
  const std::lock_guard lock(handle.file->mutex);
  return !handle.file->has_written_wal;
}

int read_frame(SealedHandle& handle, FramePlace place, std::span<std::uint8_t> out) {
  FrameHeader header;
  const int code = load_frame(handle, place.frame, header);
  if (code == SQLITE_IOERR_DATA && place.within == 0 && is_recovering(handle)) {
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    return SQLITE_OK;
  }
  if (code != SQLITE_OK) return code;
  if (place.within == 0) {
    std::memcpy(out.data(), header.data(), header.size());
    out = out.subspan(header.size());
  }
  const std::size_t page_begin = kFrameHeaderSlotBytes + kNonceBytes;
  std::memcpy(out.data(), handle.buffer.data() + page_begin, kPageBytes);
  return SQLITE_OK;
}

int write_wal_header(SealedHandle& handle, ByteView bytes) {
  const std::lock_guard lock(handle.file->mutex);
  SealedFile& file = *handle.file;
  WalHeader header;
  std::memcpy(header.data(), bytes.data(), header.size());
  std::array<std::uint8_t, kWalHeaderSlotBytes> slot;
  file.wal.seal_header(header, slot);
  file.has_written_wal = true;
  file.wal_header.reset();  // a write that fails may still have changed it
  const int code = base_write(handle, 0, slot);
  if (code == SQLITE_OK) file.wal_header = header;
  return code;
}

int write_frame_header(SealedHandle& handle, std::uint64_t frame, ByteView bytes) {
  FrameHeader header;
  std::memcpy(header.data(), bytes.data(), header.size());
  handle.file->wal.seal_frame_header(frame, header, handle.header);
  handle.last_frame = frame;
  handle.last_page = page_number_of(header);
  handle.owes_header = true;
  return SQLITE_OK;
}

int write_frame_page(SealedHandle& handle, std::uint64_t frame, ByteView page) {
  std::uint32_t page_number = handle.last_frame == frame ? handle.last_page : 0;
  if (page_number == 0) {
    FrameHeader header;
    const int code = load_frame_header(handle, frame, header);
    if (code != SQLITE_OK) return code;
    page_number = page_number_of(header);
  }
  WalHeader log;
  {
    const std::lock_guard lock(handle.file->mutex);
    handle.file->has_written_wal = true;
    const int code = load_wal_header(handle, log);
    if (code != SQLITE_OK) return code;
  }
  const auto slot = std::span(handle.buffer).last<kFramePageSlotBytes>();
  handle.file->wal.seal_page(frame, page_number, salts_of(log), page.first<kPageBytes>(), slot);
  if (!handle.owes_header) return base_write(handle, page_slot_offset(frame), slot);
  std::memcpy(handle.buffer.data(), handle.header.data(), handle.header.size());
  handle.owes_header = false;
  return base_write(handle, frame_slot_offset(frame), handle.buffer);
}

}  // namespace

int read_page(SealedHandle& handle, std::uint64_t offset, std::span<std::uint8_t> out) {
  const std::array<std::uint8_t, 100> header = plain_header();
  if (offset == 0 && out.size() == header.size()) {
    std::memcpy(out.data(), header.data(), header.size());
    return SQLITE_OK;
  }
  const auto within = static_cast<std::size_t>(offset % kPageBytes);
  if (within + out.size() > kPageBytes) return odd_shape(handle, SQLITE_IOERR_READ);
  const auto page = std::span(handle.buffer).first<kPageBytes>();
  const auto page_number = static_cast<std::uint32_t>(offset / kPageBytes + 1);
  const int code = base_read(handle, offset - within, page);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
  // A page that is cut off reads as an error, never as zeros: those could pass for content.
  if (code == SQLITE_IOERR_SHORT_READ) return not_authentic(handle);
  if (!handle.file->pages.open(page_number, page)) return not_authentic(handle);
  std::memcpy(out.data(), page.data() + within, out.size());
  return SQLITE_OK;
}

int write_page(SealedHandle& handle, std::uint64_t offset, ByteView page) {
  const std::uint64_t number = offset / kPageBytes + 1;
  const bool is_page = page.size() == kPageBytes && offset % kPageBytes == 0;
  if (!is_page || number == kLockPage) return odd_shape(handle, SQLITE_IOERR_WRITE);
  const auto sealed = std::span(handle.buffer).first<kPageBytes>();
  std::memcpy(sealed.data(), page.data(), page.size());
  if (!handle.file->pages.seal(static_cast<std::uint32_t>(number), sealed))
    return odd_shape(handle, SQLITE_IOERR_WRITE);
  return base_write(handle, offset, sealed);
}

int settle_wal(SealedHandle& handle) {
  if (!handle.owes_header) return SQLITE_OK;
  handle.owes_header = false;
  const int code = base_write(handle, frame_slot_offset(handle.last_frame), handle.header);
  if (code != SQLITE_OK) handle.last_page = 0;
  return code;
}

int read_wal(SealedHandle& handle, std::uint64_t offset, std::span<std::uint8_t> out) {
  if (const int code = settle_wal(handle); code != SQLITE_OK) return code;
  if (offset < kWalHeaderBytes) {
    if (offset + out.size() > kWalHeaderBytes) return odd_shape(handle, SQLITE_IOERR_READ);
    return read_wal_header(handle, static_cast<std::size_t>(offset), out);
  }
  const FramePlace place = place_of(offset);
  const bool is_whole = place.within == 0 && out.size() == kFrameBytes;
  const bool is_page = place.within == kFrameHeaderBytes && out.size() == kPageBytes;
  if (is_whole || is_page) return read_frame(handle, place, out);
  if (place.within + out.size() > kFrameHeaderBytes) return odd_shape(handle, SQLITE_IOERR_READ);
  FrameHeader header;
  const int code = load_frame_header(handle, place.frame, header);
  if (code == SQLITE_OK) std::memcpy(out.data(), header.data() + place.within, out.size());
  return code;
}

int write_wal(SealedHandle& handle, std::uint64_t offset, ByteView bytes) {
  const std::uint64_t page_of_last = handle.last_frame * kFrameBytes + kFrameHeaderBytes;
  if (offset != kWalHeaderBytes + page_of_last || bytes.size() != kPageBytes)
    if (const int code = settle_wal(handle); code != SQLITE_OK) return code;
  if (offset == 0 && bytes.size() == kWalHeaderBytes) return write_wal_header(handle, bytes);
  if (offset < kWalHeaderBytes) return odd_shape(handle, SQLITE_IOERR_WRITE);
  const FramePlace place = place_of(offset);
  if (place.within == 0 && bytes.size() == kFrameHeaderBytes)
    return write_frame_header(handle, place.frame, bytes);
  if (place.within == kFrameHeaderBytes && bytes.size() == kPageBytes)
    return write_frame_page(handle, place.frame, bytes);
  return odd_shape(handle, SQLITE_IOERR_WRITE);
}

}  // namespace jiyao
