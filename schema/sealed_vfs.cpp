// schema/sealed_vfs.cpp - registration, announcements, and which files may open at all.
#include "schema/sealed_vfs.h"

#include <sqlite3.h>

#include <cstring>
#include <new>

#include "schema/sealed_handle.h"

namespace jiyao {
namespace {

constexpr std::string_view kWalEnding = "-wal";

SealedVfs& self(sqlite3_vfs* vfs) {
  return *static_cast<SealedVfs*>(vfs->pAppData);
}

// The announced file that `name` is, or is the log of.
std::shared_ptr<SealedFile> announced(sqlite3_vfs* vfs, const char* name, bool is_wal) {
  if (name == nullptr) return nullptr;
  std::string_view path = name;
  if (is_wal) {
    if (!path.ends_with(kWalEnding)) return nullptr;
    path.remove_suffix(kWalEnding.size());
  }
  return self(vfs).find(path);
}

int refuse_open(SealedHandle* handle, int code) {
  if (handle->base->pMethods != nullptr) handle->base->pMethods->xClose(handle->base);
  handle->~SealedHandle();
  return code;
}

int open_base(sqlite3_vfs* vfs, const char* name, SealedHandle& handle, int flags, int* out_flags) {
  // A database is made by create_sealed_file() only; SQLite makes no file but the log.
  const int base_flags = handle.is_wal ? flags : flags & ~SQLITE_OPEN_CREATE;
  sqlite3_vfs* base = self(vfs).base();
  const int code = base->xOpen(base, name, handle.base, base_flags, out_flags);
  if (code != SQLITE_OK) return code;
  // Without this promise SQLite splits page writes, and half a slot is no slot.
  const int traits = handle.base->pMethods->xDeviceCharacteristics(handle.base);
  if ((traits & SQLITE_IOCAP_POWERSAFE_OVERWRITE) == 0) return SQLITE_CANTOPEN;
  if (handle.is_wal) return enter_wal(handle);
  std::uint64_t size = 0;
  if (const int sized = stored_size(handle.base, size); sized != SQLITE_OK) return sized;
  return size < kPageBytes ? SQLITE_NOTADB : SQLITE_OK;
}

int vfs_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  out->pMethods = nullptr;
  const bool is_wal = (flags & SQLITE_OPEN_WAL) != 0;
  if (!is_wal && (flags & SQLITE_OPEN_MAIN_DB) == 0) return SQLITE_CANTOPEN;
  std::shared_ptr<SealedFile> file = announced(vfs, name, is_wal);
  if (!file) return SQLITE_CANTOPEN;
  auto* handle = new (static_cast<void*>(out)) SealedHandle;
  handle->base = static_cast<sqlite3_file*>(
      static_cast<void*>(static_cast<std::uint8_t*>(static_cast<void*>(out)) + kBaseHandleOffset));
  std::memset(handle->base, 0, static_cast<std::size_t>(self(vfs).base()->szOsFile));
  handle->file = std::move(file);
  handle->is_wal = is_wal;
  handle->pMethods = nullptr;
  const int code = open_base(vfs, name, *handle, flags, out_flags);
  if (code != SQLITE_OK) return refuse_open(handle, code);
  handle->pMethods = sealed_methods(*handle->base->pMethods);
  return SQLITE_OK;
}

int vfs_delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  if (!announced(vfs, name, true)) return SQLITE_IOERR_DELETE;
  return self(vfs).base()->xDelete(self(vfs).base(), name, sync_folder);
}

// A journal that somebody put beside a database does not exist for SQLite: it would replay it.
int vfs_access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  *out = 0;
  if (!announced(vfs, name, true) && !announced(vfs, name, false)) return SQLITE_OK;
  return self(vfs).base()->xAccess(self(vfs).base(), name, flags, out);
}

int vfs_full_path(sqlite3_vfs* vfs, const char* name, int out_bytes, char* out) {
  return self(vfs).base()->xFullPathname(self(vfs).base(), name, out_bytes, out);
}

void* no_library(sqlite3_vfs*, const char*) {
  return nullptr;
}
void no_library_error(sqlite3_vfs*, int out_bytes, char* out) {
  sqlite3_snprintf(out_bytes, out, "libraries are not loaded here");
}
void (*no_symbol(sqlite3_vfs*, void*, const char*))(void) {
  return nullptr;
}
void no_library_close(sqlite3_vfs*, void*) {}

int vfs_randomness(sqlite3_vfs* vfs, int bytes, char* out) {
  return self(vfs).base()->xRandomness(self(vfs).base(), bytes, out);
}
int vfs_sleep(sqlite3_vfs* vfs, int microseconds) {
  return self(vfs).base()->xSleep(self(vfs).base(), microseconds);
}
int vfs_time(sqlite3_vfs* vfs, double* out) {
  return self(vfs).base()->xCurrentTime(self(vfs).base(), out);
}
int vfs_last_error(sqlite3_vfs* vfs, int bytes, char* out) {
  return self(vfs).base()->xGetLastError(self(vfs).base(), bytes, out);
}

}  // namespace

SealedVfs::SealedVfs(std::string name, const char* base_name, bool is_default)
    : name_(std::move(name)), vfs_(std::make_unique<sqlite3_vfs>()) {
  prepare_sqlite();
  base_ = sqlite3_vfs_find(base_name);
  JIYAO_ASSERT(base_ != nullptr);
  vfs_->iVersion = 1;
  vfs_->szOsFile = static_cast<int>(kBaseHandleOffset) + base_->szOsFile;
  vfs_->mxPathname = base_->mxPathname;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->xOpen = vfs_open;
  vfs_->xDelete = vfs_delete;
  vfs_->xAccess = vfs_access;
  vfs_->xFullPathname = vfs_full_path;
  vfs_->xDlOpen = no_library;
  vfs_->xDlError = no_library_error;
  vfs_->xDlSym = no_symbol;
  vfs_->xDlClose = no_library_close;
  vfs_->xRandomness = vfs_randomness;
  vfs_->xSleep = vfs_sleep;
  vfs_->xCurrentTime = vfs_time;
  vfs_->xGetLastError = vfs_last_error;
  JIYAO_ASSERT(sqlite3_vfs_register(vfs_.get(), is_default ? 1 : 0) == SQLITE_OK);
}

SealedVfs::~SealedVfs() {
  sqlite3_vfs_unregister(vfs_.get());
}

std::shared_ptr<SealedFile> SealedVfs::find(std::string_view full_path) {
  const std::lock_guard lock(mutex_);
  const auto found = announced_.find(full_path);
  return found == announced_.end() ? nullptr : found->second;
}

SealedVfs* SealedVfs::named(const std::string& name) {
  sqlite3_vfs* vfs = sqlite3_vfs_find(name.c_str());
  return vfs != nullptr && vfs->xOpen == vfs_open ? &self(vfs) : nullptr;
}

Announcement::Announcement(std::string vfs_name, Path full_path, std::shared_ptr<SealedFile> file)
    : vfs_name_(std::move(vfs_name)), full_path_(std::move(full_path)), file_(std::move(file)) {}

Announcement::~Announcement() {
  if (!file_) return;  // moved from
  // By name: the disk a simulation made may be gone before the last announcement.
  SealedVfs* vfs = SealedVfs::named(vfs_name_);
  if (vfs == nullptr) return;
  const std::lock_guard lock(vfs->mutex_);
  vfs->announced_.erase(full_path_);
}

Result<Announcement> announce_sealed_file(const Files& files, const Path& path, const FileId& id,
                                          const Secret<32>& key) {
  const bool is_plain = !path.empty() && path.find('\0') == Path::npos &&
                        !path.starts_with("file:") && !path.starts_with(":memory:");
  if (!is_plain) return {Errc::malformed, "not a path for a database"};
  SealedVfs* vfs = SealedVfs::named(files.vfs_name());
  JIYAO_ASSERT(vfs != nullptr);
  std::string full_path(static_cast<std::size_t>(vfs->base_->mxPathname) + 1, '\0');
  const int code = vfs->base_->xFullPathname(vfs->base_, path.c_str(),
                                             static_cast<int>(full_path.size()), full_path.data());
  if ((code & 0xff) != SQLITE_OK) return {Errc::malformed, "not a path for a database: " + path};
  full_path.resize(std::strlen(full_path.c_str()));
  auto file = std::make_shared<SealedFile>(id, key);
  const std::lock_guard lock(vfs->mutex_);
  if (!vfs->announced_.emplace(full_path, file).second) return {Errc::busy, path};
  return Announcement(vfs->name_, std::move(full_path), std::move(file));
}

Result<void> create_sealed_file(Files& files, const Path& path, const FileId& id,
                                const Secret<32>& key) {
  if (files.exists(path)) return {Errc::exists, path};
  // A log left without its database belongs to an earlier file of this name.
  files.remove(path + std::string(kWalEnding));
  std::array<std::uint8_t, kPageBytes> page = empty_database();
  JIYAO_ASSERT(PageSeal(id, key).seal(1, page));
  replace_file(files, path, page);
  return {};
}

}  // namespace jiyao
