// schema/real_files.h - the files of this machine: POSIX calls, and the encrypting VFS over them.
//
// Making the first RealFiles registers the VFS "sealed" over SQLite's "unix-excl" as the default
// of this process, so it must happen before any other use of SQLite. It stays registered until
// the process ends: a connection that somebody forgot must not fall through to plaintext.
#pragma once

#include "schema/files.h"

namespace jiyao {

/// Opens /dev/null where descriptor 0, 1 or 2 is closed. Call it first in main(): else a file of
/// ours could get number 1, and what the program says would be written into it.
void hold_standard_streams();

/// No core is written, whatever this process dies of: its memory holds keys and plaintexts. Said
/// first in main(); a program that cores are piped to is told the limit and has to keep it.
void leave_no_core();

/// Only regular files are opened for reading: a folder, a device or a pipe is not_allowed, and
/// nothing waits for the other end of a pipe.
class RealFiles final : public Files {
 public:
  RealFiles();
  Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override;
  bool exists(const Path& path) override;
  void remove(const Path& path) override;
  void rename(const Path& from, const Path& to) override;
  void make_folder(const Path& path) override;
  void sync_folder(const Path& path) override;
  std::vector<std::string> list(const Path& folder) override;
  std::uint64_t free_bytes(const Path& folder) override;
  std::uint64_t identity(const Path& path) override;
  std::string machine_id() override;  ///< hash of /etc/machine-id, never the id itself
  /// flock() on a 0600 file that holds the holder's pid in decimal.
  Result<std::unique_ptr<File>> lock(const Path& path) override;
  const char* vfs_name() const override;
};

/// The clock of this machine.
class RealClock final : public Clock {
 public:
  std::int64_t wall_ms() const override;
  std::int64_t steady_ms() const override;
};

}  // namespace jiyao
