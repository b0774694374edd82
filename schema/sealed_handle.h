// schema/sealed_handle.h - one file that SQLite has open through the sealing VFS. Private to
// schema/sealed_*.cpp and schema/database*.cpp.
#pragma once

#include <sqlite3.h>

#include "schema/sealed_vfs.h"

namespace jiyao {

/// Lies in memory that SQLite owns, followed by the base VFS's own handle.
struct SealedHandle : sqlite3_file {
  sqlite3_file* base = nullptr;
  std::shared_ptr<SealedFile> file;  // shared with the announcement
  bool is_wal = false;
  std::uint64_t last_frame = 0;  // whose header was written last through this handle ...
  std::uint32_t last_page = 0;   // ... and the page it names; 0 = none
  bool owes_header = false;      // its header lies sealed in `header` and goes with its page
  std::array<std::uint8_t, kFrameHeaderSlotBytes> header{};
  std::array<std::uint8_t, kFrameSlotBytes> buffer{};
};

/// Where the base handle begins, behind ours.
constexpr std::size_t kBaseHandleOffset = (sizeof(SealedHandle) + 15) / 16 * 16;

/// The calls SQLite makes on a SealedHandle; with shared memory if the base has it.
const sqlite3_io_methods* sealed_methods(const sqlite3_io_methods& base);

/// First handle on a log: looks at what it holds. SQLITE_OK, SQLITE_NOMEM, an error of the base
/// (then nothing is known of the log), or SQLITE_IOERR_DATA if it was tampered with and nobody said
/// to go on.
int enter_wal(SealedHandle& handle);
void leave_wal(SealedHandle& handle);

/// Reads below the seal. What the base answers: SQLITE_IOERR_SHORT_READ if the file is shorter.
int read_stored(sqlite3_file* base, std::uint64_t offset, std::span<std::uint8_t> out);
/// SQLITE_OK and the size, or the error of the base.
int stored_size(sqlite3_file* base, std::uint64_t& out);
/// What the log holds now; an absent log (no handle) is WalVerdict::none. SQLITE_OK, or the error
/// of the base: what cannot be read is not damaged.
int scan_open_wal(SealedHandle* handle, WalScan& out);

}  // namespace jiyao
