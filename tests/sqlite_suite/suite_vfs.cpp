// tests/sqlite_suite/suite_vfs.cpp - makes SQLite's own test program work over our VFS.
//
// Our VFS opens only what was announced and never makes a file; SQLite's tests open what they
// like. So a default VFS stands before it that makes and announces whatever database is asked for
// and hands the call on: every page and frame goes through schema/sealed_*.cpp as in the product.
//
// JIYAO_SUITE=plain     SQLite as it comes: the VFS "unix"
//            =settings  our settings without the seal: WAL, 4096-byte pages of which 40 are
//                       reserved, over "unix-excl"
//            =sealed    the same, sealed
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "schema/real_files.h"
#include "schema/sealed_vfs.h"

namespace jiyao {
namespace {

enum class Mode : std::uint8_t { plain, settings, sealed };

Mode mode() {
  const char* set = std::getenv("JIYAO_SUITE");
  const std::string_view name = set == nullptr ? "" : set;
  if (name == "settings") return Mode::settings;
  if (name == "sealed") return Mode::sealed;
  JIYAO_ASSERT(name == "plain");
  return Mode::plain;
}

// One id and one key for all files and processes: the tests copy databases about and start others.
const FileId& id() {
  static const FileId all = [] {
    FileId id;
    id.bytes.fill(0x6a);
    return id;
  }();
  return all;
}
const Secret<32>& key() {
  static const auto* const all = [] {
    auto* key = new Secret<32>;
    for (std::size_t i = 0; i < 32; ++i) key->write()[i] = static_cast<std::uint8_t>(i);
    return key;
  }();
  return *all;
}

RealFiles& files() {
  static auto* const all = new RealFiles;
  return *all;
}

// SQLite takes an empty file for an empty database; for us one page is the least.
void make_if_empty(const Path& path, int flags) {
  struct stat status {};
  const bool is_there = ::stat(path.c_str(), &status) == 0;
  const bool may_make = (flags & SQLITE_OPEN_CREATE) != 0;
  if (is_there ? !S_ISREG(status.st_mode) || status.st_size > 0 : !may_make) return;
  std::array<std::uint8_t, kPageBytes> page = empty_database();
  if (mode() == Mode::sealed) JIYAO_ASSERT(PageSeal(id(), key()).seal(1, page));
  ::unlink((path + "-wal").c_str());
  replace_file(files(), path, page);
}

void announce(const Path& path) {
  static std::mutex mutex;
  static auto* const announced = new std::map<Path, Announcement>;
  const std::lock_guard lock(mutex);
  if (announced->contains(path)) return;
  Result<Announcement> made = announce_sealed_file(files(), path, id(), key());
  if (made) announced->emplace(path, std::move(*made));
}

sqlite3_vfs* next_vfs() {
  static sqlite3_vfs* const next = [] {
    files();  // registers "sealed"
    return sqlite3_vfs_find(mode() == Mode::sealed ? "sealed" : "unix-excl");
  }();
  return next;
}

const sqlite3_io_methods*& next_methods() {
  static const sqlite3_io_methods* next = nullptr;  // the same for every database of a mode
  return next;
}

// There is no journal mode but ours: asked for another, SQLite says which it stays with. (Our VFS
// itself refuses the change of page 1, and the statement fails; then little of a test would run.)
int suite_control(sqlite3_file* file, int what, void* argument) {
  if (what == SQLITE_FCNTL_PRAGMA) {
    char** const words = static_cast<char**>(argument);
    if (sqlite3_stricmp(words[1], "journal_mode") == 0 && words[2] != nullptr) {
      words[0] = sqlite3_mprintf("wal");
      return SQLITE_OK;
    }
  }
  return next_methods()->xFileControl(file, what, argument);
}

int suite_open(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  out->pMethods = nullptr;
  const bool is_database = name != nullptr && (flags & SQLITE_OPEN_MAIN_DB) != 0;
  if (is_database) try {
      make_if_empty(name, flags);
      if (mode() == Mode::sealed) announce(name);
    } catch (const StorageFailure&) {
      return SQLITE_CANTOPEN;
    }
  const int code = next_vfs()->xOpen(next_vfs(), name, out, flags, out_flags);
  if (code != SQLITE_OK || !is_database) return code;
  next_methods() = out->pMethods;
  static sqlite3_io_methods methods = [&] {
    sqlite3_io_methods copied = *out->pMethods;
    copied.xFileControl = suite_control;
    return copied;
  }();
  out->pMethods = &methods;
  return SQLITE_OK;
}

// The tests make system calls fail below us.
int set_call(sqlite3_vfs*, const char* name, sqlite3_syscall_ptr call) {
  sqlite3_vfs* unix_vfs = sqlite3_vfs_find("unix");
  return unix_vfs->xSetSystemCall(unix_vfs, name, call);
}
sqlite3_syscall_ptr get_call(sqlite3_vfs*, const char* name) {
  sqlite3_vfs* unix_vfs = sqlite3_vfs_find("unix");
  return unix_vfs->xGetSystemCall(unix_vfs, name);
}
const char* next_call(sqlite3_vfs*, const char* name) {
  sqlite3_vfs* unix_vfs = sqlite3_vfs_find("unix");
  return unix_vfs->xNextSystemCall(unix_vfs, name);
}

sqlite3_vfs make_suite_vfs() {
  sqlite3_vfs vfs = *next_vfs();  // what it says of itself and its own data stay
  vfs.iVersion = 3;
  vfs.zName = "suite";
  vfs.pNext = nullptr;
  vfs.xOpen = suite_open;
  if (next_vfs()->iVersion < 2) vfs.xCurrentTimeInt64 = nullptr;
  vfs.xSetSystemCall = set_call;
  vfs.xGetSystemCall = get_call;
  vfs.xNextSystemCall = next_call;
  return vfs;
}

// Before anybody uses SQLite: its memory is ours to set only then.
[[maybe_unused]] const bool is_prepared = [] {
  if (mode() != Mode::plain) prepare_sqlite();
  return true;
}();

}  // namespace
}  // namespace jiyao

/// SQLITE_EXTRA_INIT: the tests shut SQLite down and start it again, and then "unix" comes first.
extern "C" int jiyao_suite_init(const char*) {
  using namespace jiyao;
  if (mode() == Mode::plain) return SQLITE_OK;
  static sqlite3_vfs vfs = make_suite_vfs();
  return sqlite3_vfs_register(&vfs, 1);
}
