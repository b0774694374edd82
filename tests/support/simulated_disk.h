// tests/support/simulated_disk.h - a disk in memory that can lose power, fill up, fail and age.
//
// Files and a SQLite base VFS over one page store, with the product's own sealing VFS above it.
// Each file has what is durable, and writes that were not synced yet, in order; each folder the
// names that were not synced. Everything is decided by the seed; one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "schema/files.h"
#include "schema/sealed_vfs.h"

struct sqlite3_vfs;

namespace jiyao {

/// The process stops here. Thrown by Files calls; inside SQLite the call fails instead, and so does
/// every later one until restart(). Not a std::exception: nothing in the product catches it.
struct Crash {};

class SimulatedDisk final : public Files {
 public:
  enum class Kind : std::uint8_t {
    disk,    ///< sync_folder makes names durable
    medium,  ///< FAT-like: a rename is safe only after eject(); a pull may lose the target
  };
  explicit SimulatedDisk(std::uint64_t seed, Kind kind = Kind::disk);
  ~SimulatedDisk() override;

  // --- faults -------------------------------------------------------------------------------
  /// Changes asked for so far: writes, truncates, syncs, creates, removes, renames.
  std::uint64_t op_count() const { return changes_; }
  /// Those and reads and opens.
  std::uint64_t io_count() const { return calls_; }
  /// Stop at the n-th change from now (1 = the next), before or after it takes place. 0 = never.
  void crash_at(std::uint64_t n) { crash_at_ = n == 0 ? 0 : changes_ + n; }
  enum class Failure : std::uint8_t {
    io,           ///< any call
    full,         ///< a write or a new file: there is no room
    short_write,  ///< a write: there was room for a part of it
  };
  /// The n-th call from now fails if it is of that kind; sticky: so does every later one until
  /// the next fail_at(). 0 = never.
  void fail_at(std::uint64_t n, Failure failure = Failure::io, bool is_sticky = false) {
    fail_at_ = n == 0 ? 0 : calls_ + n;
    failure_ = failure;
    is_sticky_ = is_sticky;
    has_failed_ = has_failed_ && n == 0;
  }
  bool has_failed() const { return has_failed_; }  ///< since fail_at() was last given a number
  void set_bytes_max(std::uint64_t bytes_max) { bytes_max_ = bytes_max; }
  void set_read_only(bool is_read_only) { is_read_only_ = is_read_only; }
  bool is_dead() const { return is_dead_; }

  enum class Fate : std::uint8_t {
    killed,     ///< the process ended: what it wrote is there, locks are gone
    power_cut,  ///< each unsynced write lost, kept or torn at 512 bytes; each unsynced name by half
  };
  /// The machine comes back; all open handles are dead for ever.
  void restart(Fate fate);
  /// Everything becomes durable (a medium is taken out properly).
  void eject();
  /// Another disk: this one, as the machine would find it if `fate` came now. This one goes on.
  std::unique_ptr<SimulatedDisk> found_after(Fate fate, std::uint64_t seed) const;
  /// Called before each change takes place; it may look, not touch. None: nobody looks.
  void watch_changes(std::function<void()> watcher) { watcher_ = std::move(watcher); }

  // --- copies and damage --------------------------------------------------------------------
  using Image = std::map<std::string, Bytes>;  ///< path below the folder -> content
  Image snapshot(const Path& folder) const;    ///< as another process would see it now
  /// Replaces the folder by a copy: new identities, all durable.
  void put_back(const Path& folder, const Image& image);
  /// Which file is which. With those of the disk that the copy was made of, a folder put back is no
  /// copy any more: it is the disk itself, as an image of it shows it.
  using Identities = std::map<Path, std::uint64_t>;
  Identities identities() const;
  void set_identities(const Identities& identities);
  Bytes content(const Path& path) const;  ///< empty if absent
  void set_content(const Path& path, const Bytes& content);
  void flip_bit(const Path& path, std::uint64_t offset, unsigned bit);
  void set_machine_id(std::string id) { machine_id_ = std::move(id); }
  /// From now on SQLite's own chance (log salts) comes from this disk's seed.
  void seed_sqlite();

  // --- Files --------------------------------------------------------------------------------
  Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override;
  bool exists(const Path& path) override;
  void remove(const Path& path) override;
  void rename(const Path& from, const Path& to) override;
  void make_folder(const Path& path) override;
  void sync_folder(const Path& path) override;
  std::vector<std::string> list(const Path& folder) override;
  std::uint64_t free_bytes(const Path& folder) override;
  std::uint64_t identity(const Path& path) override;
  std::string machine_id() override { return machine_id_; }
  Result<std::unique_ptr<File>> lock(const Path& path) override;
  const char* vfs_name() const override { return sealed_->name().c_str(); }

  // --- what the file and VFS handles use ----------------------------------------------------
  struct Change {
    std::uint64_t offset;  ///< or the new size
    Bytes bytes;
    bool is_truncate;
  };
  struct Inode {
    std::uint64_t number = 0;
    Bytes durable;
    Bytes view;
    std::vector<Change> unsynced;
    std::uint64_t locked_in_life = 0;  ///< life of the disk whose process holds the lock
    std::map<const void*, int> sqlite_locks;
  };
  using InodePtr = std::shared_ptr<Inode>;  // a file lives while a name or a handle needs it
  enum class Answer : std::uint8_t { ok, crash, io, full, read_only };
  Answer read(const Inode& inode, std::uint64_t life);
  Answer write(Inode& inode, std::uint64_t life, std::uint64_t offset, ByteView bytes);
  Answer truncate(Inode& inode, std::uint64_t life, std::uint64_t size);
  Answer sync(Inode& inode, std::uint64_t life);
  Answer create(const Path& path, InodePtr& out);
  Answer unlink(const Path& path);
  InodePtr find(const Path& path) const;
  /// The names in a folder become durable.
  Answer sync_names(const Path& folder);
  std::uint64_t life() const { return life_; }
  std::mt19937_64& chance() { return chance_; }

 private:
  struct Naming {  // link: to; unlink: from; rename: both
    Path from;
    Path to;
    InodePtr inode;
  };
  Answer begin_call(std::uint64_t life, Failure kind = Failure::io);
  Answer change(std::uint64_t life, const std::function<void()>& take_place,
                Failure kind = Failure::io);
  void take_write(Inode& inode, std::uint64_t offset, ByteView bytes);
  static void apply(std::map<Path, InodePtr>& names, const Naming& naming);
  InodePtr copy_of(const InodePtr& inode, std::map<const Inode*, InodePtr>& copies) const;
  void cut_power();
  void cut_power_of(Inode& inode);
  std::uint64_t used_bytes() const;
  std::uint64_t draw(std::uint64_t below) { return chance_() % below; }

  std::mt19937_64 chance_;
  Kind kind_;
  std::map<Path, InodePtr> names_;
  std::map<Path, InodePtr> durable_names_;
  std::vector<Naming> unsynced_names_;
  std::set<Path> folders_;
  std::uint64_t next_inode_ = 1;
  std::uint64_t life_ = 1;
  std::uint64_t changes_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t crash_at_ = 0;
  std::uint64_t fail_at_ = 0;
  Failure failure_ = Failure::io;
  bool is_sticky_ = false;
  std::uint64_t bytes_max_ = std::uint64_t{1} << 40;
  bool is_read_only_ = false;
  bool is_dead_ = false;
  bool has_failed_ = false;
  std::function<void()> watcher_;
  std::string machine_id_ = "machine";
  std::string base_name_;
  std::unique_ptr<sqlite3_vfs> base_;
  std::unique_ptr<SealedVfs> sealed_;
};

/// The base VFS over one disk (simulated_disk_vfs.cpp).
std::unique_ptr<sqlite3_vfs> make_disk_vfs(SimulatedDisk& disk, const std::string& name);

}  // namespace jiyao
