// schema/sealed_vfs.h - the SQLite VFS that seals every page it writes; there is no other way in.
//
// A file opens only after its exact path was announced with its id and key. Nothing else opens:
// no journal, no temporary file, no database by a mistyped path; and opening never creates. So
// no part of this process, Poco::Data included, can put a plaintext database on a disk.
// Everything unexpected (an I/O shape, a page that is not authentic) is an error to SQLite,
// never zeros or plaintext (docs/formats/files.md lists the answers).
//
// Announcing is safe from any thread; each open file belongs to its connection.
#pragma once

#include <atomic>
#include <map>
#include <mutex>

#include "schema/files.h"
#include "schema/sealed_wal.h"

struct sqlite3_vfs;

namespace jiyao {

class SealedVfs;

/// What the VFS knows about one announced file, and what it saw while the file was open.
struct SealedFile {
  SealedFile(const FileId& file_id, const Secret<32>& key)
      : id(file_id), pages(file_id, key), wal(file_id, key) {}
  const FileId id;
  const PageSeal pages;
  const WalSeal wal;
  /// Open a tampered log and use it as far as it is authentic, instead of refusing it.
  std::atomic<bool> accepts_tampered_wal{false};
  std::atomic<std::uint64_t> refusals{0};    ///< pages and slots that were not authentic
  std::atomic<std::uint64_t> odd_shapes{0};  ///< I/O outside the known shapes; 0 in health

  /// The log as the connections of this process share it. Guarded by `mutex`.
  std::mutex mutex;
  int wal_handles = 0;
  bool has_written_wal = false;  ///< since the first handle: recovery is over
  std::optional<WalHeader> wal_header;
  WalScan wal_scan;  ///< of the log found when the first handle opened
};

/// As long as this lives, its path can be opened through the VFS of its Files. Must outlive every
/// connection to the file.
class Announcement {
 public:
  Announcement(Announcement&&) noexcept = default;
  Announcement& operator=(Announcement&&) = delete;
  ~Announcement();
  SealedFile& file() const { return *file_; }
  /// The path as SQLite will know it. Never a URI.
  const Path& full_path() const { return full_path_; }

 private:
  friend Result<Announcement> announce_sealed_file(const Files&, const Path&, const FileId&,
                                                   const Secret<32>&);
  Announcement(std::string vfs_name, Path full_path, std::shared_ptr<SealedFile> file);
  std::string vfs_name_;
  Path full_path_;
  std::shared_ptr<SealedFile> file_;  // shared with open handles, which SQLite owns
};

/// errors: busy: this path is announced already; malformed: a path that SQLite would read
/// otherwise (a URI, a NUL byte)
Result<Announcement> announce_sealed_file(const Files& files, const Path& path, const FileId& id,
                                          const Secret<32>& key);

/// Makes an empty database with one sealed page, in WAL mode, whole and durable or not at all.
/// The only way a database file comes into being.   errors: exists
Result<void> create_sealed_file(Files& files, const Path& path, const FileId& id,
                                const Secret<32>& key);

/// Settings of SQLite that must precede its first use: freed memory is wiped, statement journals
/// stay in memory. Called by SealedVfs; whoever registers a base VFS calls it before. Idempotent.
void prepare_sqlite();

/// One sealing VFS over one base VFS. RealFiles keeps the process's default one; the simulator
/// makes one per disk.
class SealedVfs {
 public:
  /// `base_name` must be registered. Stops the program if SQLite refuses the registration.
  SealedVfs(std::string name, const char* base_name, bool is_default);
  ~SealedVfs();  ///< no file may be open
  SealedVfs(const SealedVfs&) = delete;
  SealedVfs& operator=(const SealedVfs&) = delete;

  const std::string& name() const { return name_; }
  sqlite3_vfs* base() const { return base_; }
  /// The announced file of this path, or none. Asked from within SQLite, which is no C++: it
  /// allocates nothing, so it throws nothing.
  std::shared_ptr<SealedFile> find(std::string_view full_path);

 private:
  friend class Announcement;
  friend Result<Announcement> announce_sealed_file(const Files&, const Path&, const FileId&,
                                                   const Secret<32>&);
  static SealedVfs* named(const std::string& name);

  std::string name_;
  sqlite3_vfs* base_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::mutex mutex_;
  /// Shared with the announcement.
  std::map<Path, std::shared_ptr<SealedFile>, std::less<>> announced_;
};

}  // namespace jiyao
