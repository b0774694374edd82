// client/commands/user_keys.cpp - user keys: the keyring of this machine follows what the archive
// has decided on a person: keys of level files given and taken; of somebody who has left, all.
//
// A colleague does it, at the machine, in person: a key is sealed to whoever the keyring says the
// person is, so that it is nothing to be done unasked at a login.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/directory.h"
#include "client/roles.h"
#include "client/setup.h"

namespace jiyao {

namespace {

struct KeysOptions {
  std::string name;
};

void declare_keys(CLI::App& app, KeysOptions& options, const Catalogue& words) {
  app.add_option("name", options.name, words.text("opt.person"))->check(not_blank())->required();
}

/// The keys of level files that `owner` holds, by level. That of log.jdb is not among them.
std::vector<KeyringEntry> level_keys(const KeyringContents& contents, const KeyringOwner& owner) {
  std::vector<KeyringEntry> keys;
  for (const KeyringEntry& entry : contents.entries)
    if (entry.kind == EntryKind::file_key && entry.owner == owner && entry.level < kLevels)
      keys.push_back(entry);
  std::ranges::sort(keys, {}, &KeyringEntry::level);
  return keys;
}

/// May whoever this slot belongs to open files of this level, as the roster has it?
bool may_open(const Keyring& keyring, const Roster& roster, const KeyringOwner& owner,
              std::uint8_t level) {
  const UserRecord* user = roster.user(same_bytes<UserId>(owner));
  const KeyringSlot* slot = keyring.slot(owner);
  return user != nullptr && slot != nullptr && slot->sign_key == user->sign &&
         static_cast<std::uint8_t>(user->clearance) >= level;
}

/// Does nobody else who may open this file hold its key? Then it stays: the file could never be
/// opened again.
bool is_only_key(const Keyring& keyring, const Roster& roster, const KeyringEntry& key) {
  return std::ranges::none_of(keyring.contents().entries, [&](const KeyringEntry& entry) {
    return entry.kind == EntryKind::file_key && entry.object == key.object &&
           entry.owner != key.owner && may_open(keyring, roster, entry.owner, key.level);
  });
}

/// Which levels' keys were given, taken, or stay though they are above the clearance.
struct Moved {
  std::vector<Level> given, taken, kept;
};

Result<Moved> fit_to_clearance(Keyring& keyring, const Roster& roster, const OpenedSlot& by,
                               const UserRecord& user) {
  const auto owner = same_bytes<KeyringOwner>(user.user);
  Moved moved;
  const auto his = level_keys(keyring.contents(), owner);
  for (const KeyringEntry& key : level_keys(keyring.contents(), by.owner())) {
    const auto level = static_cast<Level>(key.level);
    const bool has_it =
        std::ranges::any_of(his, [&](const KeyringEntry& one) { return one.object == key.object; });
    if (level > user.clearance || has_it) continue;
    const auto file = keyring.file_key(by, key.object);
    if (!file) return file.error();
    const auto given = keyring.grant_file_key(by, owner, key.object, file->level, file->key);
    if (!given) return given.error();
    moved.given.push_back(level);
  }
  for (const KeyringEntry& key : his) {
    const auto level = static_cast<Level>(key.level);
    if (level <= user.clearance) continue;
    const bool stays = is_only_key(keyring, roster, key);
    (stays ? moved.kept : moved.taken).push_back(level);
    if (stays) continue;
    if (const auto taken = keyring.remove_file_key(by, owner, key.object); !taken)
      return taken.error();
  }
  return moved;
}

std::string list_of(Desk& desk, const std::vector<Level>& levels) {
  std::string text;
  for (const Level level : levels)
    text += (text.empty() ? "" : desk.text("list.and")) + level_text(desk.words(), level);
  return text;
}

Answer told(Desk& desk, const UserRecord& user, const std::string& name, const Moved& moved,
            bool is_ended) {
  Answer answer{.json = json_object()};
  answer.json->set("user", user.user.hex());
  answer.json->set("name", name);
  answer.json->set("ended", is_ended);
  const auto tell = [&](const char* key, const char* message, const std::vector<Level>& levels) {
    Poco::JSON::Array::Ptr names = json_array();
    for (const Level level : levels) names->add(std::string(name_of(level)));
    answer.json->set(key, names);
    if (levels.empty()) return;
    answer.text += (answer.text.empty() ? "" : "\n") +
                   desk.text(message, {{"name", name}, {"levels", list_of(desk, levels)}});
  };
  tell("given", "user.keys_given", moved.given);
  tell("taken", "user.keys_taken", moved.taken);
  tell("kept", "user.keys_kept", moved.kept);
  if (is_ended) answer.text = desk.text("user.ended_here", {{"name", name}});
  if (answer.text.empty()) answer.text = desk.text("user.keys_same", {{"name", name}});
  return answer;
}

/// What the keyring has to become, as the roster has it.
Result<Answer> follow(Desk& desk, Replica& replica, Keyring& keyring, const OpenedSlot& by,
                      const std::string& typed) {
  const Directory directory(replica);
  const auto id = directory.person_named(typed);
  if (!id) return desk.failure(Errc::not_found, "user.none", {{"name", typed}});
  const Roster roster = replica.roster();
  const UserRecord& user = *roster.user(*id);
  const std::string name = directory.person(*id);
  const auto owner = same_bytes<KeyringOwner>(*id);
  const KeyringSlot* slot = keyring.slot(owner);
  if (slot == nullptr || slot->sign_key != user.sign)
    return desk.failure(Errc::not_found, "user.not_here", {{"name", name}});
  if (owner == by.owner()) return desk.failure(Errc::not_allowed, "user.not_oneself");
  if (!has_left(user)) {
    const auto moved = fit_to_clearance(keyring, roster, by, user);
    if (!moved) return moved.error();
    return told(desk, user, name, *moved, false);
  }
  for (const KeyringEntry& key : level_keys(keyring.contents(), owner))
    if (is_only_key(keyring, roster, key))
      return desk.failure(
          Errc::conflict, "user.only_key",
          {{"name", name}, {"level", level_text(desk.words(), static_cast<Level>(key.level))}});
  if (const auto removed = keyring.remove_user(by, owner); !removed) return removed.error();
  return told(desk, user, name, {}, true);
}

Result<Answer> set_keys(Desk& desk, const KeysOptions& options) {
  if (!desk.has_keyring()) return desk.keyring().error();
  if (const auto held = desk.hold(); !held) return held.error();
  auto keyring = desk.keyring();
  if (!keyring) return keyring.error();
  const auto passphrase = desk.prompt().passphrase(desk.text("desk.passphrase"));
  if (!passphrase) return passphrase.error();
  const auto by = keyring->unlock_any(passphrase->reveal());
  if (!by) return Error{by.code(), {}};
  auto again = keyring->unlock(by->owner(), passphrase->reveal());  // the replica keeps this one
  if (!again) return again.error();
  const auto replica = desk.replica(*keyring, *std::move(again));
  if (!replica) return replica.error();
  const Bytes before = keyring->bytes();
  auto answer = follow(desk, **replica, *keyring, *by, options.name);
  if (answer && keyring->bytes() != before) desk.save(*keyring);
  return answer;
}

}  // namespace

void add_user_keys(Menu& menu) {
  menu.add<KeysOptions>("user keys", declare_keys, set_keys);
}

}  // namespace jiyao
