// tests/simulation/museum_machines.cpp - what was wrong with disks, copies of machines, hubs and
// media.
#include "simulation/museum.h"
#include "support/simulated_disk.h"
#include "sync/incarnation.h"
#include "sync/lane.h"
#include "sync/log_core.h"
#include "sync/replica.h"

namespace jiyao {

using museum::broken;
using museum::Piece;

namespace {

/// Machines whose anchor lies beside what it guards, and the key it is made with.
std::map<const Files*, const Secret<32>*> anchor_keys;

bool is_database(const SimulatedDisk& disk, const SimulatedDisk::Inode& inode) {
  for (const char* path : {"/replica/log.jdb", "/replica/internal.jdb", "/replica/secret.jdb"})
    if (disk.find(path).get() == &inode) return true;
  return false;
}

}  // namespace

JIYAO_WRAP(SimulatedDisk::Answer, disk_sync, "_ZN5jiyao13SimulatedDisk4syncERNS0_5InodeEm",
           SimulatedDisk* disk, SimulatedDisk::Inode& inode, std::uint64_t life) {
  using Answer = SimulatedDisk::Answer;
  if (broken == Piece::sync_without_syncing) return Answer::ok;
  if (broken == Piece::checkpoint_without_sync && is_database(*disk, inode)) return Answer::ok;
  const Answer answer = real_disk_sync(disk, inode, life);
  if (broken != Piece::failed_sync_is_forgotten || answer != Answer::io) return answer;
  // As kernels do: the pages that could not be written are dropped, and the error is told once.
  inode.view = inode.durable;
  inode.unsynced.clear();
  return Answer::ok;
}

JIYAO_WRAP(void, commit, "_ZN5jiyao11Transaction6commitEv", Transaction* transaction) {
  if (broken == Piece::said_before_it_is_written && ++museum::times > 400 &&
      museum::times % 50 == 0)
    return;
  real_commit(transaction);
}

using Opened = Result<std::unique_ptr<Replica>>;
JIYAO_WRAP(Opened, open_replica,
           "_ZN5jiyao7Replica4openERNS_3EnvERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"
           "SA_NS_8UnlockedE",
           Env& env, const Path& folder, const Path& state_folder, Unlocked unlocked) {
  try {
    return real_open_replica(env, folder, state_folder, std::move(unlocked));
  } catch (const StorageFailure& failure) {
    if (broken == Piece::full_disk_starts_anew && failure.kind() == StorageFailure::Kind::full)
      for (const std::string& name : env.files.list(folder))
        if (!name.starts_with("log.jdb")) env.files.remove(folder + "/" + name);
    throw;
  }
}

// Copied with the folder, and silent about the disk and the machine it was written on.
JIYAO_WRAP(Life, begin,
           "_ZN5jiyao4Life5beginERNS_3EnvERNS_7LogFileENS_9LifePathsERKNS_6SecretILm32EEE",
           Env& env, LogFile& log, LifePaths paths, const Secret<32>& mac_key) {
  if (broken != Piece::life_lies_in_the_copy) return real_begin(env, log, paths, mac_key);
  anchor_keys[&env.files] = &mac_key;
  paths.anchor = folder_of(paths.log) + "/anchor";
  return real_begin(env, log, paths, mac_key);
}
JIYAO_WRAP(void, replace_file,
           "_ZN5jiyao12replace_fileERNS_5FilesERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcE"
           "EESt4spanIKhLm18446744073709551615EE",
           Files& files, const Path& path, ByteView content) {
  if (broken != Piece::life_lies_in_the_copy || !path.ends_with("/anchor"))
    return real_replace_file(files, path, content);
  const Secret<32>& key = *anchor_keys.at(&files);
  Anchor anchor = *decode_anchor(content, key);
  anchor.machine.clear();
  for (AnchoredFile& file : anchor.files) file.identity = 0;
  real_replace_file(files, path, encode_anchor(anchor, key));
}

// A hub learns from its own word, shown by others, that it was restored. Nobody shows it.
JIYAO_WRAP(std::vector<HubHead>, heads, "_ZNK5jiyao10PaperShelf5headsEv", const PaperShelf* shelf) {
  if (broken == Piece::hub_is_not_shown_its_word) return {};
  return real_heads(shelf);
}

JIYAO_WRAP(Result<Heard>, hear, "_ZN5jiyao8Exchange4hearESt4spanIKhLm18446744073709551615EE",
           Exchange* exchange, ByteView message) {
  Result<Heard> heard = real_hear(exchange, message);
  museum::was_no_answer = !heard;
  return heard;
}
JIYAO_WRAP(bool, is_settled, "_ZNK5jiyao8Exchange10is_settledEv", const Exchange* exchange) {
  if (broken == Piece::page_is_an_answer && museum::was_no_answer) return true;
  return real_is_settled(exchange);
}

JIYAO_WRAP(Result<void>, declare_lost,
           "_ZN5jiyao8LaneBook12declare_lostERKNS_5BlockINS_8SetIdTagELm16EEE", LaneBook* book,
           const SetId& set) {
  if (broken == Piece::lost_media_stay_open) return {};
  return real_declare_lost(book, set);
}

JIYAO_WRAP(Result<PeerView>, base, "_ZNK5jiyao8LaneBook4baseENS_7SetKindE", const LaneBook* book,
           SetKind kind) {
  Result<PeerView> told = real_base(book, kind);
  PeerView written;
  const bool is_guessed = broken == Piece::written_is_received && told && !book->sets().empty();
  if (is_guessed && written.decode(book->sets().back().held)) return written;
  return told;
}

}  // namespace jiyao
