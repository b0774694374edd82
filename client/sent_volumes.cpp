// client/sent_volumes.cpp - copying files in pieces, and which sets are still wanted.
#include "client/sent_volumes.h"

#include <algorithm>
#include <set>

#include "client/lanes.h"
#include "sync/bundle.h"

namespace jiyao {

namespace {

constexpr std::size_t kOneWayKept = 3;

template <class Take>
bool each_piece(Files& files, const Path& path, const Take& take) {
  const auto in = files.open(path, OpenMode::read);
  if (!in) return false;
  std::vector<std::uint8_t> piece(256 * 1024);
  std::uint64_t offset = 0;
  for (std::size_t got = (*in)->read(0, piece); got > 0; got = (*in)->read(offset, piece)) {
    take(offset, ByteView(piece).first(got));
    offset += got;
  }
  return true;
}

bool is_file(Files& files, const Path& path, const Digest& wanted) {
  FileDigest digest;
  const bool is_there =
      each_piece(files, path, [&](std::uint64_t, ByteView bytes) { digest.add(bytes); });
  return is_there && digest.finish() == wanted;
}

/// Beside it first, then in its place.
bool copy(Files& files, const Path& from, const Path& to) {
  const Path beside = to + ".new";
  {
    files.remove(beside);  // what a crash left, or a link that somebody put on the medium
    const auto out = files.open(beside, OpenMode::create_new);
    if (!out) return false;
    const bool is_there = each_piece(
        files, from, [&](std::uint64_t offset, ByteView bytes) { (*out)->write(offset, bytes); });
    if (!is_there) return false;
    (*out)->sync();
  }
  files.rename(beside, to);
  files.sync_folder(folder_of(to));
  return true;
}

}  // namespace

SentVolumes::SentVolumes(Desk& desk, Replica& replica)
    : desk_(desk), replica_(replica), folder_(desk.choices().data_dir + "/sent") {}

Path SentVolumes::kept(const HandOver& fact) const {
  return folder_ + "/" + fact.set.hex() + "-" + volume_name(fact.set, fact.volume);
}

void SentVolumes::keep(const HandOver& fact, const Path& volume) {
  Files& files = desk_.env().files;
  files.make_folder(folder_);
  copy(files, volume, kept(fact));
}

Result<Path> SentVolumes::put_back(const HandOver& fact, const Path& folder) {
  Files& files = desk_.env().files;
  if (!is_file(files, kept(fact), fact.file)) return {Errc::not_found, kept(fact)};
  const Path to = folder + "/" + volume_name(fact.set, fact.volume);
  if (!copy(files, kept(fact), to) || !is_file(files, to, fact.file)) return {Errc::storage, to};
  return to;
}

std::size_t SentVolumes::prune() {
  std::set<std::string> wanted;
  for (const NodeId& peer : replica_.roster().nodes()) {
    const LaneBook book = lane_with(replica_, peer);
    std::size_t one_way = 0;
    for (auto set = book.sets().rbegin(); set != book.sets().rend(); ++set) {
      const bool is_newest = set->state == SetState::one_way && ++one_way <= kOneWayKept;
      if (set->state == SetState::open || is_newest) wanted.insert(set->set.hex());
    }
  }
  Files& files = desk_.env().files;
  std::size_t gone = 0;
  for (const std::string& name : files.list(folder_)) {
    if (wanted.contains(name.substr(0, name.find('-')))) continue;
    files.remove(folder_ + "/" + name);
    ++gone;
  }
  if (gone > 0) files.sync_folder(folder_);
  return gone;
}

}  // namespace jiyao
