// schema/files.h - the outside world as the engine sees it: files, clock, chance, alarms.
//
// Everything that touches a disk or a clock goes through these, so that the same code runs over
// real files and in the deterministic simulator. The encrypting SQLite VFS (schema/sealed_files.h)
// stands on Files too.
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
  virtual void sync() = 0;  ///< durable on return
  virtual std::uint64_t size() = 0;
};

enum class OpenMode : std::uint8_t { read, read_write, create, create_new };

/// A tree of files. One writer process per replica folder: lock() is how that is kept.
class Files {
 public:
  virtual ~Files() = default;
  /// errors: not_found, exists (create_new), not_allowed.   New files are made 0600.
  virtual Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) = 0;
  virtual bool exists(const Path& path) = 0;
  virtual void remove(const Path& path) = 0;  ///< absent is success
  virtual void rename(const Path& from,
                      const Path& to) = 0;         ///< replaces; durable after sync_folder
  virtual void make_folder(const Path& path) = 0;  ///< with parents, 0700; present is success
  virtual void sync_folder(const Path& path) = 0;
  virtual std::vector<std::string> list(
      const Path& folder) = 0;  ///< names, sorted; empty if absent
  virtual std::uint64_t free_bytes(const Path& folder) = 0;
  /// Which file this is (device and inode), to notice copies; 0 if the file system cannot say.
  virtual std::uint64_t identity(const Path& path) = 0;
  /// Which machine this is; opaque, stable across boots; empty if unknown.
  virtual std::string machine_id() = 0;
  /// An exclusive lock for this process, let go when the handle or the process ends.
  ///   errors: busy, detail = the holder's pid
  virtual Result<std::unique_ptr<File>> lock(const Path& path) = 0;
  /// The name under which a SQLite VFS over this tree is registered (schema/sealed_files.h).
  virtual const char* vfs_name() const = 0;
};

/// Reads a whole file of at most `bytes_max`.   errors: not_found, too_large
Result<Bytes> read_file(Files& files, const Path& path, std::size_t bytes_max);
/// Writes beside, syncs, renames, syncs the folder: the old or the new content, never half.
void replace_file(Files& files, const Path& path, ByteView content);

/// Everything the engine may ask of the world outside it. Lives longer than all that uses it.
struct Env {
  Clock& clock;
  Random& random;
  Files& files;
  Alarms& alarms;
};

}  // namespace jiyao
