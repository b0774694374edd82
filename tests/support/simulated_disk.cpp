// tests/support/simulated_disk.cpp - the page store, its faults, and Files over it.
#include "support/simulated_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>

#include "support/own_memory.h"

namespace jiyao {
namespace {

constexpr std::size_t kSectorBytes = 512;

bool is_in(const Path& path, const Path& folder) {
  return folder_of(path) == folder;
}

void put(Bytes& content, std::uint64_t offset, ByteView bytes) {
  const auto end = static_cast<std::size_t>(offset) + bytes.size();
  if (content.size() < end) content.resize(end);
  std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(offset));
}

class DiskFile final : public File {
 public:
  DiskFile(SimulatedDisk& disk, SimulatedDisk::InodePtr inode, bool is_lock)
      : disk_(disk), inode_(std::move(inode)), life_(disk.life()), is_lock_(is_lock) {}
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;
  ~DiskFile() override {
    if (is_lock_ && inode_->locked_in_life == life_) inode_->locked_in_life = 0;
  }
  std::size_t read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    take(disk_.read(*inode_, life_));
    const std::size_t size = inode_->view.size();
    if (offset >= size) return 0;
    const std::size_t count = std::min(out.size(), size - static_cast<std::size_t>(offset));
    std::memcpy(out.data(), inode_->view.data() + offset, count);
    return count;
  }
  void write(std::uint64_t offset, ByteView bytes) override {
    take(disk_.write(*inode_, life_, offset, bytes));
  }
  void truncate(std::uint64_t size) override { take(disk_.truncate(*inode_, life_, size)); }
  void sync() override { take(disk_.sync(*inode_, life_)); }
  std::uint64_t size() override { return inode_->view.size(); }

  static void take(SimulatedDisk::Answer answer) {
    using Answer = SimulatedDisk::Answer;
    using Kind = StorageFailure::Kind;
    if (answer == Answer::crash) throw Crash{};
    if (answer == Answer::io) throw StorageFailure(Kind::io, "simulated");
    if (answer == Answer::full) throw StorageFailure(Kind::full, "simulated");
    if (answer == Answer::read_only) throw StorageFailure(Kind::read_only, "simulated");
  }

 private:
  SimulatedDisk& disk_;
  SimulatedDisk::InodePtr inode_;
  std::uint64_t life_;
  bool is_lock_;
};

std::string next_name() {
  static int count = 0;
  return "disk-" + std::to_string(++count);
}

}  // namespace

SimulatedDisk::SimulatedDisk(std::uint64_t seed, Kind kind)
    : chance_(seed), kind_(kind), base_name_(next_name()) {
  prepare_sqlite();
  base_ = make_disk_vfs(*this, base_name_);
  sealed_ = std::make_unique<SealedVfs>("sealed-" + base_name_, base_name_.c_str(), false);
}

SimulatedDisk::~SimulatedDisk() {
  sealed_.reset();
  sqlite3_vfs_unregister(base_.get());
}

// `kind` is how this call can fail besides an I/O error.
SimulatedDisk::Answer SimulatedDisk::begin_call(std::uint64_t life, Failure kind) {
  if (is_dead_ || life != life_) return Answer::crash;
  ++calls_;
  const bool is_struck = is_sticky_ ? fail_at_ != 0 && calls_ >= fail_at_ : calls_ == fail_at_;
  if (!is_struck || failure_ > kind) return Answer::ok;
  has_failed_ = true;
  return failure_ == Failure::io ? Answer::io : Answer::full;
}

// The crash comes before or after the change takes place; who asked never learns which.
SimulatedDisk::Answer SimulatedDisk::change(std::uint64_t life,
                                            const std::function<void()>& take_place, Failure kind) {
  const OwnMemory::Spared spared;  // it takes place as a whole
  const Answer begun = begin_call(life, kind);
  if (begun == Answer::crash) return begun;
  if (watcher_) watcher_();
  const bool is_crash = ++changes_ == crash_at_;
  is_dead_ = is_crash;
  if (is_crash && draw(2) == 0) return Answer::crash;
  if (begun != Answer::ok) return begun;
  if (is_read_only_) return Answer::read_only;
  take_place();
  return is_crash ? Answer::crash : Answer::ok;
}

SimulatedDisk::Answer SimulatedDisk::read(const Inode&, std::uint64_t life) {
  return begin_call(life);
}

SimulatedDisk::Answer SimulatedDisk::write(Inode& inode, std::uint64_t life, std::uint64_t offset,
                                           ByteView bytes) {
  const OwnMemory::Spared spared;
  bool is_full = false;
  const auto take_place = [&] {
    const std::uint64_t end = offset + bytes.size();
    const std::uint64_t growth = end > inode.view.size() ? end - inode.view.size() : 0;
    is_full = growth > 0 && used_bytes() + growth > bytes_max_;
    if (!is_full) take_write(inode, offset, bytes);
  };
  const Answer answer = change(life, take_place, Failure::short_write);
  if (answer == Answer::full && failure_ == Failure::short_write)
    take_write(inode, offset, bytes.first(static_cast<std::size_t>(draw(bytes.size()))));
  return answer == Answer::ok && is_full ? Answer::full : answer;
}

void SimulatedDisk::take_write(Inode& inode, std::uint64_t offset, ByteView bytes) {
  put(inode.view, offset, bytes);
  inode.unsynced.push_back({offset, Bytes(bytes.begin(), bytes.end()), false});
}

SimulatedDisk::Answer SimulatedDisk::truncate(Inode& inode, std::uint64_t life,
                                              std::uint64_t size) {
  return change(life, [&] {
    inode.view.resize(static_cast<std::size_t>(size));
    inode.unsynced.push_back({size, {}, true});
  });
}

SimulatedDisk::Answer SimulatedDisk::sync(Inode& inode, std::uint64_t life) {
  return change(life, [&] {
    inode.durable = inode.view;
    inode.unsynced.clear();
  });
}

SimulatedDisk::Answer SimulatedDisk::create(const Path& path, InodePtr& out) {
  return change(
      life_,
      [&] {
        out = std::make_shared<Inode>();
        out->number = next_inode_++;
        unsynced_names_.push_back({{}, path, out});
        apply(names_, unsynced_names_.back());
      },
      Failure::full);
}

SimulatedDisk::Answer SimulatedDisk::unlink(const Path& path) {
  return change(life_, [&] {
    unsynced_names_.push_back({path, {}, nullptr});
    apply(names_, unsynced_names_.back());
  });
}

SimulatedDisk::InodePtr SimulatedDisk::find(const Path& path) const {
  const auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

void SimulatedDisk::apply(std::map<Path, InodePtr>& names, const Naming& naming) {
  if (!naming.from.empty()) names.erase(naming.from);
  if (!naming.to.empty()) names[naming.to] = naming.inode;
}

SimulatedDisk::Answer SimulatedDisk::sync_names(const Path& folder) {
  return change(life_, [&] {
    std::vector<Naming> rest;
    for (const Naming& naming : unsynced_names_) {
      const bool is_rename = !naming.from.empty() && !naming.to.empty();
      const bool is_here = is_in(naming.to.empty() ? naming.from : naming.to, folder);
      if (is_here && !(is_rename && kind_ == Kind::medium))
        apply(durable_names_, naming);
      else
        rest.push_back(naming);
    }
    unsynced_names_ = std::move(rest);
  });
}

void SimulatedDisk::cut_power_of(Inode& inode) {
  Bytes after = inode.durable;
  for (const Change& change : inode.unsynced) {
    const std::uint64_t fate = draw(3);  // lost, kept, torn
    if (fate == 0) continue;
    if (change.is_truncate) {
      after.resize(static_cast<std::size_t>(change.offset));
      continue;
    }
    std::size_t begin = 0;
    while (begin < change.bytes.size()) {
      const std::size_t to_sector_end =
          kSectorBytes - static_cast<std::size_t>((change.offset + begin) % kSectorBytes);
      const std::size_t count = std::min(to_sector_end, change.bytes.size() - begin);
      if (fate == 1 || draw(2) == 0)
        put(after, change.offset + begin, ByteView(change.bytes).subspan(begin, count));
      begin += count;
    }
  }
  inode.durable = inode.view = std::move(after);
  inode.unsynced.clear();
}

void SimulatedDisk::cut_power() {
  for (const Naming& naming : unsynced_names_) {
    const bool is_rename = !naming.from.empty() && !naming.to.empty();
    if (draw(2) == 0) {
      apply(durable_names_, naming);
    } else if (is_rename && kind_ == Kind::medium && draw(2) == 0) {
      durable_names_.erase(naming.to);  // neither the old nor the new is there any more
    }
  }
  unsynced_names_.clear();
  names_ = durable_names_;
  std::set<Inode*> seen;
  for (auto& [path, inode] : names_)
    if (seen.insert(inode.get()).second) cut_power_of(*inode);
}

void SimulatedDisk::restart(Fate fate) {
  if (fate == Fate::power_cut) cut_power();
  for (auto& [path, inode] : names_) inode->sqlite_locks.clear();
  ++life_;
  is_dead_ = false;
  crash_at_ = fail_at_ = 0;
}

// A file may have several names, durable and not: each copy is made once.
SimulatedDisk::InodePtr SimulatedDisk::copy_of(const InodePtr& inode,
                                               std::map<const Inode*, InodePtr>& copies) const {
  if (!inode) return nullptr;
  InodePtr& copy = copies[inode.get()];
  if (copy) return copy;
  copy = std::make_shared<Inode>();
  copy->number = inode->number;
  copy->durable = inode->durable;
  copy->view = inode->view;
  copy->unsynced = inode->unsynced;
  return copy;
}

std::unique_ptr<SimulatedDisk> SimulatedDisk::found_after(Fate fate, std::uint64_t seed) const {
  auto disk = std::make_unique<SimulatedDisk>(seed, kind_);
  std::map<const Inode*, InodePtr> copies;
  for (const auto& [path, inode] : names_) disk->names_[path] = copy_of(inode, copies);
  for (const auto& [path, inode] : durable_names_)
    disk->durable_names_[path] = copy_of(inode, copies);
  for (const Naming& naming : unsynced_names_)
    disk->unsynced_names_.push_back({naming.from, naming.to, copy_of(naming.inode, copies)});
  disk->folders_ = folders_;
  disk->next_inode_ = next_inode_;
  disk->machine_id_ = machine_id_;
  disk->restart(fate);
  return disk;
}

void SimulatedDisk::eject() {
  durable_names_ = names_;
  unsynced_names_.clear();
  for (auto& [path, inode] : names_) {
    inode->durable = inode->view;
    inode->unsynced.clear();
  }
}

std::uint64_t SimulatedDisk::used_bytes() const {
  std::uint64_t used = 0;
  for (const auto& [path, inode] : names_) used += inode->view.size();
  return used;
}

SimulatedDisk::Image SimulatedDisk::snapshot(const Path& folder) const {
  Image image;
  for (const auto& [path, inode] : names_)
    if (path.starts_with(folder + "/")) image[path.substr(folder.size() + 1)] = inode->view;
  return image;
}

void SimulatedDisk::put_back(const Path& folder, const Image& image) {
  std::erase_if(names_, [&](const auto& entry) { return entry.first.starts_with(folder + "/"); });
  folders_.insert(folder);
  for (const auto& [name, content] : image) set_content(folder + "/" + name, content);
  eject();
}

SimulatedDisk::Identities SimulatedDisk::identities() const {
  Identities all;
  for (const auto& [path, inode] : names_) all[path] = inode->number;
  return all;
}

void SimulatedDisk::set_identities(const Identities& identities) {
  for (const auto& [path, number] : identities) {
    if (const InodePtr inode = find(path)) inode->number = number;
    next_inode_ = std::max(next_inode_, number + 1);
  }
}

Bytes SimulatedDisk::content(const Path& path) const {
  const InodePtr inode = find(path);
  return inode ? inode->view : Bytes();
}

void SimulatedDisk::set_content(const Path& path, const Bytes& content) {
  const InodePtr inode = std::make_shared<Inode>();
  inode->number = next_inode_++;
  inode->durable = inode->view = content;
  names_[path] = durable_names_[path] = inode;
}

void SimulatedDisk::flip_bit(const Path& path, std::uint64_t offset, unsigned bit) {
  const InodePtr inode = find(path);
  const auto mask = static_cast<std::uint8_t>(1U << bit);
  inode->view.at(static_cast<std::size_t>(offset)) ^= mask;
  if (offset < inode->durable.size()) inode->durable[static_cast<std::size_t>(offset)] ^= mask;
}

void SimulatedDisk::seed_sqlite() {
  sqlite3_vfs* usual = sqlite3_vfs_find(nullptr);
  sqlite3_vfs_register(base_.get(), 1);
  sqlite3_randomness(0, nullptr);  // forget; the next call asks the default VFS
  std::uint8_t first = 0;
  sqlite3_randomness(1, &first);
  sqlite3_vfs_register(usual, 1);
}

Result<std::unique_ptr<File>> SimulatedDisk::open(const Path& path, OpenMode mode) {
  const OwnMemory::Spared spared;
  DiskFile::take(begin_call(life_));
  InodePtr inode = find(path);
  const bool makes = mode == OpenMode::create || mode == OpenMode::create_new;
  if (inode && mode == OpenMode::create_new) return {Errc::exists, path};
  if (!inode && !makes) return {Errc::not_found, path};
  if (!inode) DiskFile::take(create(path, inode));
  return std::unique_ptr<File>(std::make_unique<DiskFile>(*this, inode, false));
}

bool SimulatedDisk::exists(const Path& path) {
  return find(path) != nullptr || folders_.contains(path);
}

void SimulatedDisk::remove(const Path& path) {
  if (find(path)) DiskFile::take(unlink(path));
}

void SimulatedDisk::rename(const Path& from, const Path& to) {
  const InodePtr inode = find(from);
  if (!inode) throw StorageFailure(StorageFailure::Kind::io, "rename " + from);
  DiskFile::take(change(life_, [&] {
    unsynced_names_.push_back({from, to, inode});
    apply(names_, unsynced_names_.back());
  }));
}

void SimulatedDisk::make_folder(const Path& path) {
  DiskFile::take(begin_call(life_));
  for (Path folder = path; folder != "." && folder != "/"; folder = folder_of(folder))
    folders_.insert(folder);
}

void SimulatedDisk::sync_folder(const Path& path) {
  DiskFile::take(sync_names(path));
}

std::vector<std::string> SimulatedDisk::list(const Path& folder) {
  DiskFile::take(begin_call(life_));
  std::vector<std::string> names;
  const auto add = [&](const Path& path) {
    if (is_in(path, folder)) names.push_back(path.substr(path.rfind('/') + 1));
  };
  for (const auto& [path, inode] : names_) add(path);
  for (const Path& path : folders_) add(path);
  std::sort(names.begin(), names.end());
  return names;
}

std::uint64_t SimulatedDisk::free_bytes(const Path&) {
  const std::uint64_t used = used_bytes();
  return used > bytes_max_ ? 0 : bytes_max_ - used;
}

std::uint64_t SimulatedDisk::identity(const Path& path) {
  const InodePtr inode = find(path);
  return inode ? inode->number : 0;
}

Result<std::unique_ptr<File>> SimulatedDisk::lock(const Path& path) {
  InodePtr inode = find(path);
  if (!inode) DiskFile::take(create(path, inode));
  if (inode->locked_in_life == life_) return {Errc::busy, "1"};
  inode->locked_in_life = life_;
  return std::unique_ptr<File>(std::make_unique<DiskFile>(*this, inode, true));
}

}  // namespace jiyao
