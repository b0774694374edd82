// schema/sealed_io.h - reads and writes of an open sealed file, in the few shapes SQLite uses.
// Private to schema/sealed_*.cpp. Each returns an SQLite result code; any other shape is an error
// and is counted (SealedFile::odd_shapes).
#pragma once

#include "schema/sealed_handle.h"

namespace jiyao {

/// Anything within one page. Not authentic, or cut short: SQLITE_IOERR_DATA. The first 100 bytes,
/// asked for before any lock, are answered without the file: page 1 may be torn while the log
/// holds the good copy, and refusing here would lock people out of it.
int read_page(SealedHandle& handle, std::uint64_t offset, std::span<std::uint8_t> out);
/// One whole page, never the lock page.
int write_page(SealedHandle& handle, std::uint64_t offset, ByteView page);

/// The log header, a frame header or part of one, a page, or a whole frame. Not authentic:
/// while recovering, the log header or a whole frame reads as zeros, which SQLite takes for the
/// log's end; everything else, and everything after recovery, is SQLITE_IOERR_DATA.
int read_wal(SealedHandle& handle, std::uint64_t offset, std::span<std::uint8_t> out);
/// The log header, a frame header, or a page. A frame header waits for its page, so that both go in
/// one write; anything else asked of the log calls settle_wal() first.
int write_wal(SealedHandle& handle, std::uint64_t offset, ByteView bytes);
/// Writes the frame header that waits, if one does.
int settle_wal(SealedHandle& handle);

}  // namespace jiyao
