// tests/support/simulated_disk_vfs.cpp - SQLite's view of the simulated disk, below the seal.
//
// A real disk needs none of the program's memory: where it is made to fail, the disk is spared.
#include <sqlite3.h>

#include <cstring>
#include <new>

#include "support/own_memory.h"
#include "support/simulated_disk.h"

namespace jiyao {
namespace {

using Answer = SimulatedDisk::Answer;

struct DiskHandle : sqlite3_file {
  SimulatedDisk* disk = nullptr;
  SimulatedDisk::InodePtr inode;
  std::uint64_t life = 0;
  Path unsynced_in;  // like "unix": the first sync of a new file syncs its folder
};

DiskHandle& self(sqlite3_file* file) {
  return static_cast<DiskHandle&>(*file);
}
SimulatedDisk& disk_of(sqlite3_vfs* vfs) {
  return *static_cast<SimulatedDisk*>(vfs->pAppData);
}

int code_of(Answer answer, int io_code) {
  switch (answer) {
    case Answer::ok:
      return SQLITE_OK;
    case Answer::full:
      return SQLITE_FULL;
    case Answer::read_only:
      return SQLITE_READONLY;
    default:
      return io_code;
  }
}

int disk_close(sqlite3_file* file) {
  self(file).inode->sqlite_locks.erase(file);
  self(file).~DiskHandle();
  return SQLITE_OK;
}

int disk_read(sqlite3_file* file, void* out, int bytes, sqlite3_int64 offset) {
  DiskHandle& handle = self(file);
  const Answer answer = handle.disk->read(*handle.inode, handle.life);
  if (answer != Answer::ok) return SQLITE_IOERR_READ;
  const auto want = static_cast<std::size_t>(bytes);
  const auto begin = static_cast<std::size_t>(offset);
  const Bytes& view = handle.inode->view;
  const std::size_t have = begin < view.size() ? std::min(want, view.size() - begin) : 0;
  std::memset(out, 0, want);
  if (have > 0) std::memcpy(out, view.data() + begin, have);
  return have == want ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int disk_write(sqlite3_file* file, const void* in, int bytes, sqlite3_int64 offset) {
  const OwnMemory::Spared spared;
  DiskHandle& handle = self(file);
  const ByteView content(static_cast<const std::uint8_t*>(in), static_cast<std::size_t>(bytes));
  return code_of(
      handle.disk->write(*handle.inode, handle.life, static_cast<std::uint64_t>(offset), content),
      SQLITE_IOERR_WRITE);
}

int disk_truncate(sqlite3_file* file, sqlite3_int64 size) {
  const OwnMemory::Spared spared;
  DiskHandle& handle = self(file);
  return code_of(
      handle.disk->truncate(*handle.inode, handle.life, static_cast<std::uint64_t>(size)),
      SQLITE_IOERR_TRUNCATE);
}

int disk_sync(sqlite3_file* file, int) {
  const OwnMemory::Spared spared;
  DiskHandle& handle = self(file);
  const int code = code_of(handle.disk->sync(*handle.inode, handle.life), SQLITE_IOERR_FSYNC);
  if (code != SQLITE_OK || handle.unsynced_in.empty()) return code;
  const int named = code_of(handle.disk->sync_names(handle.unsynced_in), SQLITE_IOERR_DIR_FSYNC);
  if (named == SQLITE_OK) handle.unsynced_in.clear();
  return named;
}

int disk_size(sqlite3_file* file, sqlite3_int64* out) {
  DiskHandle& handle = self(file);
  if (handle.disk->read(*handle.inode, handle.life) != Answer::ok) return SQLITE_IOERR_FSTAT;
  *out = static_cast<sqlite3_int64>(handle.inode->view.size());
  return SQLITE_OK;
}

int disk_lock(sqlite3_file* file, int level) {
  const OwnMemory::Spared spared;
  DiskHandle& handle = self(file);
  const int refused_from = level == SQLITE_LOCK_SHARED     ? SQLITE_LOCK_PENDING
                           : level == SQLITE_LOCK_RESERVED ? SQLITE_LOCK_RESERVED
                                                           : SQLITE_LOCK_SHARED;
  for (const auto& [other, held] : handle.inode->sqlite_locks)
    if (other != file && held >= refused_from) return SQLITE_BUSY;
  int& mine = handle.inode->sqlite_locks[file];
  mine = std::max(mine, level);
  return SQLITE_OK;
}

int disk_unlock(sqlite3_file* file, int level) {
  const OwnMemory::Spared spared;
  self(file).inode->sqlite_locks[file] = level;
  return SQLITE_OK;
}

int disk_check_lock(sqlite3_file* file, int* out) {
  *out = 0;
  for (const auto& [other, held] : self(file).inode->sqlite_locks)
    if (held >= SQLITE_LOCK_RESERVED) *out = 1;
  return SQLITE_OK;
}

int disk_control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}
int disk_sector_size(sqlite3_file*) {
  return 4096;
}
int disk_traits(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// Version 1: no shared memory, so a database opens only with locking_mode=EXCLUSIVE.
sqlite3_io_methods disk_methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = disk_close;
  methods.xRead = disk_read;
  methods.xWrite = disk_write;
  methods.xTruncate = disk_truncate;
  methods.xSync = disk_sync;
  methods.xFileSize = disk_size;
  methods.xLock = disk_lock;
  methods.xUnlock = disk_unlock;
  methods.xCheckReservedLock = disk_check_lock;
  methods.xFileControl = disk_control;
  methods.xSectorSize = disk_sector_size;
  methods.xDeviceCharacteristics = disk_traits;
  return methods;
}

int disk_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  const OwnMemory::Spared spared;
  static const sqlite3_io_methods methods = disk_methods();
  out->pMethods = nullptr;
  SimulatedDisk& disk = disk_of(vfs);
  if (disk.is_dead()) return SQLITE_IOERR;
  if (name == nullptr) return SQLITE_CANTOPEN;
  SimulatedDisk::InodePtr inode = disk.find(name);
  const bool is_new = !inode;
  if (is_new && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
  if (is_new) {
    const Answer answer = disk.create(name, inode);
    if (answer != Answer::ok) return code_of(answer, SQLITE_IOERR);
  }
  auto* handle = new (static_cast<void*>(out)) DiskHandle;
  handle->pMethods = &methods;
  handle->disk = &disk;
  handle->inode = std::move(inode);
  handle->life = disk.life();
  if (is_new) handle->unsynced_in = folder_of(name);
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int disk_delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  const OwnMemory::Spared spared;
  SimulatedDisk& disk = disk_of(vfs);
  if (!disk.find(name)) return SQLITE_IOERR_DELETE_NOENT;
  const int code = code_of(disk.unlink(name), SQLITE_IOERR_DELETE);
  if (code != SQLITE_OK || sync_folder == 0) return code;
  return code_of(disk.sync_names(folder_of(name)), SQLITE_IOERR_DIR_FSYNC);
}

int disk_access(sqlite3_vfs* vfs, const char* name, int, int* out) {
  const OwnMemory::Spared spared;
  const SimulatedDisk::InodePtr inode = disk_of(vfs).find(name);
  *out = inode && !inode->view.empty() ? 1 : 0;
  return SQLITE_OK;
}

int disk_full_path(sqlite3_vfs*, const char* name, int out_bytes, char* out) {
  sqlite3_snprintf(out_bytes, out, "%s", name);
  return SQLITE_OK;
}

int disk_randomness(sqlite3_vfs* vfs, int bytes, char* out) {
  for (int i = 0; i < bytes; ++i) out[i] = static_cast<char>(disk_of(vfs).chance()());
  return bytes;
}
int disk_sleep(sqlite3_vfs*, int microseconds) {
  return microseconds;
}
int disk_time(sqlite3_vfs*, double* out) {
  *out = 2461000.5;  // one day in 2025, for ever
  return SQLITE_OK;
}
int disk_last_error(sqlite3_vfs*, int, char*) {
  return 0;
}

}  // namespace

std::unique_ptr<sqlite3_vfs> make_disk_vfs(SimulatedDisk& disk, const std::string& name) {
  auto vfs = std::make_unique<sqlite3_vfs>();
  vfs->iVersion = 1;
  vfs->szOsFile = sizeof(DiskHandle);
  vfs->mxPathname = 512;
  vfs->zName = name.c_str();
  vfs->pAppData = &disk;
  vfs->xOpen = disk_open;
  vfs->xDelete = disk_delete;
  vfs->xAccess = disk_access;
  vfs->xFullPathname = disk_full_path;
  vfs->xRandomness = disk_randomness;
  vfs->xSleep = disk_sleep;
  vfs->xCurrentTime = disk_time;
  vfs->xGetLastError = disk_last_error;
  JIYAO_ASSERT(sqlite3_vfs_register(vfs.get(), 0) == SQLITE_OK);
  return vfs;
}

}  // namespace jiyao
