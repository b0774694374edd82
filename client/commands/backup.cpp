// client/commands/backup.cpp - backup create|restore: the encrypted files of a closed ledger, with
// digests, into a folder of their own and back.
//
// The files are ciphertext as they lie; nothing is opened. The anchor is never in a backup, so a
// restored ledger finds out by itself that it is one (design.md 11).
#include <algorithm>
#include <map>

#include "client/commands/commands.h"
#include "client/desk.h"
#include "schema/hand_over.h"

namespace jiyao {

namespace {

struct BackupOptions {
  std::string folder;
};

constexpr const char* kListName = "/backup.list";

void declare(CLI::App& app, BackupOptions& options, const Catalogue& words) {
  app.add_option("folder", options.folder, words.text("opt.backup_file"))->required();
}

bool is_ours(const std::string& name) {
  return name.ends_with(".jdb") || name.ends_with(".jdb-wal") || name == "keyring.jyk";
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

/// Empty but for a lock, which holds nothing.
bool is_empty_folder(Files& files, const Path& folder) {
  const std::vector<std::string> names = files.list(folder);
  return names.empty() || (names.size() == 1 && names.front() == kLockName);
}

/// Reads the ledger's file again after copying: the medium it lies on may be failing.
Result<void> check_unchanged(Files& files, const Path& home, const std::string& name,
                             const Digest& copied) {
  const auto in = files.open(home + "/" + name, OpenMode::read);
  if (!in) return Error{in.code(), name};
  FileDigest digest;
  std::vector<std::uint8_t> piece(256 * 1024);
  std::uint64_t offset = 0;
  for (std::size_t got = (*in)->read(0, piece); got > 0; got = (*in)->read(offset, piece)) {
    digest.add(ByteView(piece).first(got));
    offset += got;
  }
  if (digest.finish() != copied) return {Errc::storage, home + "/" + name};
  return {};
}

Result<Answer> create(Desk& desk, const BackupOptions& options) {
  Files& files = desk.env().files;
  if (!is_empty_folder(files, options.folder))
    return desk.failure(Errc::exists, "backup.exists", {{"folder", options.folder}});
  {  // opening recovers and checkpoints what a crash may have left, and proves the passphrase
    const auto replica = desk.replica();
    if (!replica) return replica.error();
    desk.close_replica();  // still held: nobody writes while the files are copied
  }
  files.make_folder(options.folder);
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
  replace_file(files, options.folder + kListName, as_bytes(list));
  Answer answer{.text = desk.text("backup.done",
                                  {{"folder", options.folder}, {"files", std::to_string(count)}}),
                .json = json_object()};
  answer.json->set("folder", options.folder);
  answer.json->set("files", count);
  return answer;
}

Result<Answer> restore(Desk& desk, const BackupOptions& options) {
  Files& files = desk.env().files;
  const Path& home = desk.choices().data_dir;
  if (!is_empty_folder(files, home))
    return desk.failure(Errc::exists, "backup.exists", {{"folder", home}});
  const auto list = read_file(files, options.folder + kListName, 64 * 1024);
  if (!list) return desk.failure(Errc::not_found, "backup.none", {{"folder", options.folder}});
  files.make_folder(home);
  std::string_view rest = as_text(*list);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    const std::string name(line.substr(blank + 1));
    if (!is_ours(name) || name.find('/') != std::string::npos) return {Errc::malformed, name};
    const auto digest = copy_file(files, options.folder + "/" + name, home + "/" + name);
    if (!digest) return digest.error();
    if (digest->hex() == line.substr(0, blank)) continue;
    files.remove(home + "/" + name);
    return desk.failure(Errc::not_authentic, "backup.bad", {{"file", name}});
  }
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
