// client/commands/backup.cpp - backup create|restore: the encrypted files of a closed ledger, with
// digests, into a folder of their own and back.
//
// The files are ciphertext as they lie; nothing is opened. The anchor is never in a backup, so a
// restored ledger finds out by itself that it is one (design.md 11).
#include <algorithm>
#include <map>
#include <set>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/desk.h"
#include "client/directory.h"
#include "client/records.h"
#include "client/registration.h"
#include "schema/hand_over.h"
#include "schema/told_failure.h"

namespace jiyao {

namespace {

struct BackupOptions {
  std::string folder;
};

constexpr const char* kListName = "/backup.list";
constexpr const char* kListBeside = "backup.list.new";
constexpr const char* kUnfinishedName = "backup.unfinished";
constexpr const char* kKeyringName = "keyring.jyk";
constexpr const char* kBeside = ".restoring";

void declare(CLI::App& app, BackupOptions& options, const Catalogue& words) {
  app.add_option("folder", options.folder, words.text("opt.backup_file"))->required();
}

bool is_ours(const std::string& name) {
  return name.ends_with(".jdb") || name.ends_with(".jdb-wal") || name == kKeyringName;
}

/// Copies in pieces; returns the digest of what was read.
Result<Digest> copy_file(Files& files, const Path& from, const Path& to) {
  const auto in = files.open(from, OpenMode::read);
  if (!in) return Error{in.code(), from};
  const auto out = files.open(to, OpenMode::create_new);
  if (!out) return Error{out.code(), to};
  FileDigest digest;
  std::vector<std::uint8_t> piece(256 * 1024);
  std::uint64_t offset = 0;
  for (std::size_t got = (*in)->read(0, piece); got > 0; got = (*in)->read(offset, piece)) {
    const ByteView bytes = ByteView(piece).first(got);
    (*out)->write(offset, bytes);
    digest.add(bytes);
    offset += got;
  }
  (*out)->sync();
  return digest.finish();
}

/// Empty but for a lock, which holds nothing; or with what a backup that was cut short has left.
/// Its mark says so: without it the same files may be somebody's only ledger.
bool is_free_folder(Files& files, const Path& folder) {
  const std::vector<std::string> names = files.list(folder);
  const bool is_unfinished = std::find(names.begin(), names.end(), kUnfinishedName) != names.end();
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return name == kLockName || name == kUnfinishedName ||
           (is_unfinished && (is_ours(name) || name == kListBeside));
  });
}

/// Marks it as unfinished, durably, before the first file comes.
Result<void> begin_folder(Files& files, const Path& folder) {
  files.make_folder(folder);
  const auto mark = files.open(folder + "/" + kUnfinishedName, OpenMode::create);
  if (!mark) return Error{mark.code(), folder};
  files.sync_folder(folder);
  for (const std::string& name : files.list(folder))
    if (is_ours(name)) files.remove(folder + "/" + name);
  return {};
}

void finish_folder(Files& files, const Path& folder, const std::string& list) {
  replace_file(files, folder + kListName, as_bytes(list));
  files.remove(folder + "/" + kUnfinishedName);
  files.sync_folder(folder);
}

/// The highest level of which there is a file: what the carrier has to be kept as.
Level highest_of(const std::map<std::string, Digest>& copied) {
  Level highest = Level::internal;
  for (const auto& [name, digest] : copied)
    if (const auto level = level_from(name.substr(0, name.find('.'))))
      highest = std::max(highest, *level);
  return highest;
}

Result<Digest> digest_of(Files& files, const Path& path) {
  const auto in = files.open(path, OpenMode::read);
  if (!in) return Error{in.code(), path};
  FileDigest digest;
  std::vector<std::uint8_t> piece(256 * 1024);
  std::uint64_t offset = 0;
  for (std::size_t got = (*in)->read(0, piece); got > 0; got = (*in)->read(offset, piece)) {
    digest.add(ByteView(piece).first(got));
    offset += got;
  }
  return digest.finish();
}

/// Reads the ledger's file again after copying: the medium it lies on may be failing.
Result<void> check_unchanged(Files& files, const Path& home, const std::string& name,
                             const Digest& copied) {
  const auto again = digest_of(files, home + "/" + name);
  if (!again) return again.error();
  if (*again != copied) return {Errc::storage, home + "/" + name};
  return {};
}

/// A row of the ledger of backups, made when the copy is complete; so it is not in the copy.
Result<void> record_backup(Desk& desk, const Path& folder, std::size_t count) {
  const auto list = digest_of(desk.env().files, folder + kListName);
  if (!list) return list.error();
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  auto act = Registration(desk, **replica, {}, "backup_log")
                 .act_for({{"made_at", desk.now()},
                           {"place", folder},
                           {"file_count", std::to_string(count)},
                           {"list_hash", list->hex()}},
                          {});
  if (!act) return act.error();
  const auto recorded = (*replica)->record(*act);
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return {};
}

Result<Answer> create(Desk& desk, const BackupOptions& options) {
  if (const auto folder = check_folder(desk, options.folder); !folder) return folder.error();
  Files& files = desk.env().files;
  if (!is_free_folder(files, options.folder))
    return desk.failure(Errc::exists, "backup.taken", {{"folder", options.folder}});
  {  // opening recovers and checkpoints what a crash may have left, and proves the passphrase
    const auto replica = desk.replica();
    if (!replica) return replica.error();
    desk.close_replica();  // still held: nobody writes while the files are copied
  }
  if (const auto begun = begin_folder(files, options.folder); !begun) return begun.error();
  const Path& home = desk.choices().data_dir;
  std::map<std::string, Digest> copied;
  for (const std::string& name : files.list(home)) {
    if (!is_ours(name)) continue;
    const auto digest = copy_file(files, home + "/" + name, options.folder + "/" + name);
    if (!digest) return digest.error();
    copied[name] = *digest;
  }
  std::string list;
  for (const auto& [name, digest] : copied) {
    if (const auto same = check_unchanged(files, home, name, digest); !same) return same.error();
    list += digest.hex() + " " + name + "\n";
  }
  const std::size_t count = copied.size();
  finish_folder(files, options.folder, list);
  Answer answer{
      .text = desk.text("backup.done", {{"folder", options.folder},
                                        {"files", std::to_string(count)},
                                        {"level", level_text(desk.words(), highest_of(copied))}}),
      .json = json_object()};
  answer.json->set("folder", options.folder);
  answer.json->set("files", count);
  answer.json->set("level", std::string(name_of(highest_of(copied))));
  if (const auto noted = record_backup(desk, options.folder, count); !noted)
    answer.text +=
        "\n" + desk.text("backup.unrecorded", {{"why", told(desk.words(), noted.error()).message}});
  return answer;
}

/// Name and digest of each file; the keyring last, for it makes a folder a ledger.
using BackupList = std::vector<std::pair<std::string, std::string>>;

Result<BackupList> read_list(Files& files, const Path& folder) {
  const auto bytes = read_file(files, folder + kListName, 64 * 1024);
  if (!bytes) return bytes.error();
  BackupList list;
  std::string_view rest = as_text(*bytes);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return {Errc::malformed, std::string(kListName)};
    const std::string name(line.substr(blank + 1));
    if (!is_ours(name) || name.find('/') != std::string::npos) return {Errc::malformed, name};
    list.emplace_back(name, line.substr(0, blank));
  }
  std::stable_partition(list.begin(), list.end(),
                        [](const auto& one) { return one.first != kKeyringName; });
  return list;
}

/// What a restore that was cut short has put in place already; nullopt: the folder holds something
/// else, which stays as it is.
std::optional<std::set<std::string>> restored_before(Files& files, const Path& home,
                                                     const BackupList& list) {
  std::set<std::string> done;
  for (const std::string& name : files.list(home)) {
    if (name == kLockName || name.ends_with(kBeside)) continue;
    const auto known =
        std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.first == name; });
    if (known == list.end()) return std::nullopt;
    const auto digest = digest_of(files, home + "/" + name);
    if (!digest || digest->hex() != known->second) return std::nullopt;
    done.insert(name);
  }
  return done;
}

/// Every file beside its place first, then all into theirs: cut short anywhere, it can be repeated.
Result<Answer> restore(Desk& desk, const BackupOptions& options) {
  if (const auto folder = check_folder(desk, options.folder); !folder) return folder.error();
  Files& files = desk.env().files;
  const Path& home = desk.choices().data_dir;
  const auto list = read_list(files, options.folder);
  if (!list && list.code() == Errc::not_found)
    return desk.failure(Errc::not_found, "backup.none", {{"folder", options.folder}});
  if (!list) return list.error();
  const auto done = restored_before(files, home, *list);
  if (!done) return desk.failure(Errc::exists, "backup.exists", {{"folder", home}});
  files.make_folder(home);
  for (const auto& [name, digest] : *list) {
    if (done->contains(name)) continue;
    const Path beside = home + "/" + name + kBeside;
    if (files.exists(beside)) files.remove(beside);
    const auto copied = copy_file(files, options.folder + "/" + name, beside);
    if (!copied) return copied.error();
    if (copied->hex() == digest) continue;
    files.remove(beside);
    return desk.failure(Errc::not_authentic, "backup.bad", {{"file", name}});
  }
  for (const auto& [name, digest] : *list)
    if (!done->contains(name)) files.rename(home + "/" + name + kBeside, home + "/" + name);
  files.sync_folder(home);
  Answer answer{.text = desk.text("backup.restored", {{"folder", home}}), .json = json_object()};
  answer.json->set("folder", home);
  return answer;
}

}  // namespace

void add_backup(Menu& menu) {
  menu.add<BackupOptions>("backup create", declare, create);
  menu.add<BackupOptions>("backup restore", declare, restore);
}

}  // namespace jiyao
