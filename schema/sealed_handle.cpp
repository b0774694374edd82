// schema/sealed_handle.cpp - what SQLite asks of an open file: the calls that are not page I/O,
// and the judgement of a log before SQLite sees it.
#include "schema/sealed_handle.h"

#include <cstring>
#include <new>

#include "schema/sealed_io.h"

namespace jiyao {
namespace {

SealedHandle& self(sqlite3_file* file) {
  return static_cast<SealedHandle&>(*file);
}
sqlite3_file* base_of(sqlite3_file* file) {
  return self(file).base;
}

int file_close(sqlite3_file* file) {
  SealedHandle& handle = self(file);
  if (handle.is_wal) {
    settle_wal(handle);  // of a transaction that did not commit: whether it succeeds is no matter
    leave_wal(handle);
  }
  const int code = handle.base->pMethods->xClose(handle.base);
  handle.pMethods = nullptr;
  handle.~SealedHandle();
  return code;
}

int file_read(sqlite3_file* file, void* out, int bytes, sqlite3_int64 offset) {
  const std::span span(static_cast<std::uint8_t*>(out), static_cast<std::size_t>(bytes));
  SealedHandle& handle = self(file);
  const auto at = static_cast<std::uint64_t>(offset);
  return handle.is_wal ? read_wal(handle, at, span) : read_page(handle, at, span);
}

int file_write(sqlite3_file* file, const void* in, int bytes, sqlite3_int64 offset) {
  const ByteView span(static_cast<const std::uint8_t*>(in), static_cast<std::size_t>(bytes));
  SealedHandle& handle = self(file);
  const auto at = static_cast<std::uint64_t>(offset);
  return handle.is_wal ? write_wal(handle, at, span) : write_page(handle, at, span);
}

int file_truncate(sqlite3_file* file, sqlite3_int64 size) {
  SealedHandle& handle = self(file);
  const bool is_known = handle.is_wal ? size == 0 : size > 0 && size % int{kPageBytes} == 0;
  if (!is_known) {
    ++handle.file->odd_shapes;
    return SQLITE_IOERR_TRUNCATE;
  }
  if (const int code = settle_wal(handle); code != SQLITE_OK) return code;
  return handle.base->pMethods->xTruncate(handle.base, size);
}

int file_sync(sqlite3_file* file, int flags) {
  if (const int code = settle_wal(self(file)); code != SQLITE_OK) return code;
  return base_of(file)->pMethods->xSync(base_of(file), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* out) {
  if (const int code = settle_wal(self(file)); code != SQLITE_OK) return code;
  const int code = base_of(file)->pMethods->xFileSize(base_of(file), out);
  if (code == SQLITE_OK && self(file).is_wal)
    *out = static_cast<sqlite3_int64>(wal_logical_size(static_cast<std::uint64_t>(*out)));
  return code;
}

int file_lock(sqlite3_file* file, int level) {
  return base_of(file)->pMethods->xLock(base_of(file), level);
}
int file_unlock(sqlite3_file* file, int level) {
  return base_of(file)->pMethods->xUnlock(base_of(file), level);
}
int file_check_lock(sqlite3_file* file, int* out) {
  return base_of(file)->pMethods->xCheckReservedLock(base_of(file), out);
}

int file_control(sqlite3_file* file, int what, void* argument) {
  switch (what) {
    case SQLITE_FCNTL_SIZE_HINT:  // would make pages of zeros
    case SQLITE_FCNTL_CHUNK_SIZE:
      return SQLITE_OK;
    case SQLITE_FCNTL_MMAP_SIZE:  // mapped pages would be seen sealed
      *static_cast<sqlite3_int64*>(argument) = 0;
      return SQLITE_OK;
    case SQLITE_FCNTL_LOCKSTATE:
    case SQLITE_FCNTL_LAST_ERRNO:
    case SQLITE_FCNTL_HAS_MOVED:
    case SQLITE_FCNTL_PERSIST_WAL:
    case SQLITE_FCNTL_SYNC:
    case SQLITE_FCNTL_COMMIT_PHASETWO:
      return base_of(file)->pMethods->xFileControl(base_of(file), what, argument);
    default:
      return SQLITE_NOTFOUND;
  }
}

int file_sector_size(sqlite3_file* file) {
  return base_of(file)->pMethods->xSectorSize(base_of(file));
}

// A sealed page is 4096 bytes, but a log slot is not: nothing about atomic writes holds here.
int file_traits(sqlite3_file* file) {
  return base_of(file)->pMethods->xDeviceCharacteristics(base_of(file)) &
         (SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN);
}

int shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** out) {
  return base_of(file)->pMethods->xShmMap(base_of(file), region, bytes, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return base_of(file)->pMethods->xShmLock(base_of(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
  base_of(file)->pMethods->xShmBarrier(base_of(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
  return base_of(file)->pMethods->xShmUnmap(base_of(file), remove);
}

sqlite3_io_methods methods_of_version(int version) {
  sqlite3_io_methods methods{};
  methods.iVersion = version;  // never 3: no xFetch, so SQLite cannot map the file
  methods.xClose = file_close;
  methods.xRead = file_read;
  methods.xWrite = file_write;
  methods.xTruncate = file_truncate;
  methods.xSync = file_sync;
  methods.xFileSize = file_size;
  methods.xLock = file_lock;
  methods.xUnlock = file_unlock;
  methods.xCheckReservedLock = file_check_lock;
  methods.xFileControl = file_control;
  methods.xSectorSize = file_sector_size;
  methods.xDeviceCharacteristics = file_traits;
  if (version < 2) return methods;
  methods.xShmMap = shm_map;
  methods.xShmLock = shm_lock;
  methods.xShmBarrier = shm_barrier;
  methods.xShmUnmap = shm_unmap;
  return methods;
}

}  // namespace

const sqlite3_io_methods* sealed_methods(const sqlite3_io_methods& base) {
  static const sqlite3_io_methods without_memory = methods_of_version(1);
  static const sqlite3_io_methods with_memory = methods_of_version(2);
  return base.iVersion >= 2 && base.xShmMap != nullptr ? &with_memory : &without_memory;
}

int read_stored(sqlite3_file* base, std::uint64_t offset, std::span<std::uint8_t> out) {
  return base->pMethods->xRead(base, out.data(), static_cast<int>(out.size()),
                               static_cast<sqlite3_int64>(offset));
}

int stored_size(sqlite3_file* base, std::uint64_t& out) {
  sqlite3_int64 size = 0;
  const int code = base->pMethods->xFileSize(base, &size);
  out = code == SQLITE_OK ? static_cast<std::uint64_t>(size) : 0;
  return code;
}

int scan_open_wal(SealedHandle* handle, WalScan& out) {
  out = {};
  if (handle == nullptr) return SQLITE_OK;
  std::uint64_t size = 0;
  int code = stored_size(handle->base, size);
  if (code != SQLITE_OK) return code;
  const auto read = [&](std::uint64_t offset, std::span<std::uint8_t> slot) {
    const int got = read_stored(handle->base, offset, slot);
    if (got != SQLITE_OK && got != SQLITE_IOERR_SHORT_READ) code = got;
    return got == SQLITE_OK ? slot.size() : 0;
  };
  out = scan_wal(handle->file->wal, size, read);
  return code;
}

int enter_wal(SealedHandle& handle) {
  SealedFile& file = *handle.file;
  const std::lock_guard lock(file.mutex);
  if (file.wal_handles == 0) {
    file.wal_header.reset();
    file.has_written_wal = false;
    try {
      const int code = scan_open_wal(&handle, file.wal_scan);
      if (code != SQLITE_OK) return code;
    } catch (const std::bad_alloc&) {  // who asks is SQLite: nothing may be thrown through it
      return SQLITE_NOMEM;
    }
    if (file.wal_scan.verdict == WalVerdict::tampered && !file.accepts_tampered_wal)
      return SQLITE_IOERR_DATA;
  }
  ++file.wal_handles;
  return SQLITE_OK;
}

void leave_wal(SealedHandle& handle) {
  const std::lock_guard lock(handle.file->mutex);
  --handle.file->wal_handles;
}

}  // namespace jiyao
