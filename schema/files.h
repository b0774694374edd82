// schema/files.h - the outside world as the engine sees it: files, clock, chance, alarms.
//
// Everything that touches a disk or a clock goes through these, so that the same code runs over
// real files (schema/real_files.h) and in the deterministic simulator. Databases live in the same
// tree: Files names the encrypting SQLite VFS that stands over it (schema/sealed_vfs.h).
//
// One thread at a time. A path never has a trailing slash.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace jiyao {

using Path = std::string;  ///< UTF-8, absolute or relative to the working folder

/// Wall time reminds and is shown; it never decides about data (P12). Steady time measures waits.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t wall_ms() const = 0;    ///< Unix milliseconds, UTC; may jump years
  virtual std::int64_t steady_ms() const = 0;  ///< never runs backwards
};

/// Jitter and test choices only. Keys, nonces and ids come from crypto/random.h.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;
};

/// Something a person should hear about soon; also kept in log.jdb by those who raise it.
class Alarms {
 public:
  virtual ~Alarms() = default;
  virtual void raise(const std::string& code, const std::string& detail) = 0;
};

/// One open file. Offsets and sizes in bytes. Throws StorageFailure when the medium fails.
class File {
 public:
  virtual ~File() = default;
  /// Reads up to out.size() bytes; returns how many there were (short only at the end).
  virtual std::size_t read(std::uint64_t offset, std::span<std::uint8_t> out) = 0;
  virtual void write(std::uint64_t offset, ByteView bytes) = 0;  ///< whole or StorageFailure
  virtual void truncate(std::uint64_t size) = 0;
  /// Durable on return. After a failed sync nothing is known: close, open again, read back.
  virtual void sync() = 0;
  virtual std::uint64_t size() = 0;
};

/// create opens what is there or makes an empty file; create_new refuses what is there.
enum class OpenMode : std::uint8_t { read, read_write, create, create_new };

/// A tree of files. One writer process per replica folder: lock() is how that is kept.
/// Throws StorageFailure full (no space, quota), read_only, or io for everything else.
class Files {
 public:
  virtual ~Files() = default;
  /// errors: not_found, exists (create_new), not_allowed.   New files are made 0600.
  /// Never open a database file here while it is open as a Database: closing this handle would
  /// let go of SQLite's POSIX locks on it.
  virtual Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) = 0;
  virtual bool exists(const Path& path) = 0;
  virtual void remove(const Path& path) = 0;  ///< absent is success; durable after sync_folder
  /// Replaces `to` in one step; durable after sync_folder.
  virtual void rename(const Path& from, const Path& to) = 0;
  virtual void make_folder(const Path& path) = 0;  ///< with parents, 0700; present is success
  virtual void sync_folder(const Path& path) = 0;  ///< the names in it are durable on return
  /// Names of files and folders, sorted; empty if absent.
  virtual std::vector<std::string> list(const Path& folder) = 0;
  virtual std::uint64_t free_bytes(const Path& folder) = 0;
  /// Which file this is (device and inode, hashed), to notice copies; 0 if absent or unknown.
  virtual std::uint64_t identity(const Path& path) = 0;
  /// Which machine this is; opaque, stable across boots; empty if unknown.
  virtual std::string machine_id() = 0;
  /// An exclusive lock for this process, let go when the handle or the process ends.
  ///   errors: busy (detail = the holder's pid), not_allowed
  virtual Result<std::unique_ptr<File>> lock(const Path& path) = 0;
  /// The name of the encrypting SQLite VFS over this tree (schema/sealed_vfs.h), registered for
  /// as long as this object lives.
  virtual const char* vfs_name() const = 0;
};

/// The folder a path is in: "." for a bare name, "/" for a name in the root.
Path folder_of(const Path& path);

/// Reads a whole file of at most `bytes_max`.   errors: not_found, too_large
Result<Bytes> read_file(Files& files, const Path& path, std::size_t bytes_max);
/// Writes beside (path + ".new"), syncs, renames, syncs the folder: after a crash the old or the
/// new content, never half. A failed write leaves no ".new"; that of a crash goes with the next
/// call, and is never followed if it is a link.
void replace_file(Files& files, const Path& path, ByteView content);

/// Everything the engine may ask of the world outside it. Lives longer than all that uses it.
struct Env {
  Clock& clock;
  Random& random;
  Files& files;
  Alarms& alarms;
};

}  // namespace jiyao
