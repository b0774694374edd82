// client/commands/keys.cpp - passphrase change, unlock with the recovery sheet, user add.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/keeping.h"
#include "client/records.h"
#include "client/setup.h"
#include "crypto/random.h"

namespace jiyao {

namespace {

struct KeyOptions {
  std::string code_file, name, roles = kClerkRoles, clearance = "internal", sheet;
};

void declare_change(CLI::App&, KeyOptions&, const Catalogue&) {}

void declare_unlock(CLI::App& app, KeyOptions& options, const Catalogue& words) {
  app.add_option("--code-file", options.code_file, words.text("opt.code_file"));
}

void declare_user(CLI::App& app, KeyOptions& options, const Catalogue& words) {
  app.add_option("name", options.name, words.text("opt.person"))->required();
  app.add_option("--roles", options.roles, words.text("opt.roles"));
  app.add_option("--clearance", options.clearance, words.text("opt.clearance"));
  app.add_option("--recovery-sheet", options.sheet, words.text("opt.sheet"));
}

Result<Answer> change(Desk& desk, const KeyOptions&) {
  auto in = desk.login();
  if (!in) return in.error();
  const auto fresh = desk.prompt().new_passphrase(desk.text("init.passphrase"));
  if (!fresh) return fresh.error();
  const auto changed = in->keyring.change_passphrase(in->slot, fresh->reveal(), slot_cost());
  if (!changed) return changed.error();
  desk.save(in->keyring);
  return Answer{.text = desk.text("keys.changed")};
}

/// The sheet's code: typed, or the line of the sheet file that is one.
Result<TypedSecret> recovery_code(Desk& desk, const KeyOptions& options) {
  if (options.code_file.empty()) return desk.prompt().passphrase(desk.text("recovery.ask"));
  auto text = read_file(desk.env().files, options.code_file, 64 * 1024);
  if (!text) return Error{text.code(), options.code_file};
  TypedSecret code;
  std::string_view rest = as_text(*text);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    auto good = normalise_recovery_code(line);
    if (good) {
      code.write().assign(line);
      wipe(*good);
      wipe(std::span<std::uint8_t>(*text));
      return code;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  wipe(std::span<std::uint8_t>(*text));
  return desk.failure(Errc::malformed, "recovery.no_code");
}

Result<Answer> unlock(Desk& desk, const KeyOptions& options) {
  auto keyring = desk.keyring();
  if (!keyring) return keyring.error();
  const auto code = recovery_code(desk, options);
  if (!code) return code.error();
  Error last{Errc::wrong_key, {}};
  for (const KeyringSlot& slot : keyring->contents().slots) {
    if (slot.kind != SlotKind::recovery) continue;
    const auto opened = keyring->unlock_recovery(slot.owner, code->reveal());
    if (!opened) {
      last = Error{opened.code() == Errc::malformed ? Errc::wrong_key : opened.code(),
                   opened.code() == Errc::malformed ? desk.text("recovery.mistyped") : ""};
      continue;
    }
    const auto fresh = desk.prompt().new_passphrase(desk.text("init.passphrase"));
    if (!fresh) return fresh.error();
    const auto changed = keyring->change_passphrase(*opened, fresh->reveal(), slot_cost());
    if (!changed) return changed.error();
    desk.save(*keyring);
    return Answer{.text = desk.text("keys.unlocked")};
  }
  return last;
}

/// The keys the person is cleared for: log.jdb, and every level up to the clearance.
Result<void> share_files(Keyring& keyring, const OpenedSlot& by, const KeyringOwner& owner,
                         Level clearance) {
  for (const KeyringEntry& entry : std::vector(keyring.contents().entries)) {
    if (entry.kind != EntryKind::file_key || entry.owner != by.owner()) continue;
    const bool is_log = entry.level == kLogFileMark;
    if (!is_log && entry.level > static_cast<std::uint8_t>(clearance)) continue;
    const auto file = keyring.file_key(by, entry.object);
    if (!file) return file.error();
    const auto given = keyring.grant_file_key(by, owner, entry.object, file->level, file->key);
    if (!given) return given.error();
  }
  return {};
}

/// A second person on this machine. Only the archive's own machine has the root to sign them in.
Result<Answer> add_user(Desk& desk, const KeyOptions& options) {
  const auto clearance = level_from(options.clearance);
  const auto roles = roles_from(options.roles);
  if (!clearance || !roles)
    return desk.failure(Errc::invalid, "enrol.bad_roles", {{"roles", options.roles}});
  auto in = desk.login();
  if (!in) return in.error();
  const auto passphrase =
      desk.prompt().new_passphrase(desk.text("user.passphrase", {{"name", options.name}}));
  if (!passphrase) return passphrase.error();
  const auto user = random_block<UserId>();
  const auto owner = same_bytes<KeyringOwner>(user);
  Keyring& keyring = in->keyring;
  auto added = keyring.add_user(in->slot, {owner, passphrase->reveal(), slot_cost()});
  if (!added) return added.error();
  if (const auto shared = share_files(keyring, in->slot, owner, *clearance); !shared)
    return shared.error();
  const auto slot = keyring.unlock(owner, passphrase->reveal());
  if (!slot) return slot.error();
  if (const auto sheet = make_recovery_sheet(desk, keyring, *slot, options.sheet); !sheet)
    return sheet.error();
  const VerifyKey key = slot->sign().verify_key();
  const auto replica = desk.replica(keyring, std::move(in->slot));
  if (!replica) return replica.error();
  const auto office = own_office(**replica);
  if (!office) return office.error();
  RosterDraft draft = draft_here(desk, **replica);
  draft.add_user({user, *office, key, *roles, *clearance});
  if (const auto applied = sign_and_apply(desk, **replica, draft); !applied) return applied.error();
  desk.save(keyring);
  const auto named =
      record_names(**replica, {directory_step(**replica, "人员", user.hex(), options.name)});
  if (!named) return named.error();
  Answer answer{.text = desk.text("user.added", {{"name", options.name}}), .json = json_object()};
  answer.json->set("user", user.hex());
  return answer;
}

}  // namespace

void add_keys(Menu& menu) {
  menu.add<KeyOptions>("user add", declare_user, add_user);
  menu.add<KeyOptions>("passphrase change", declare_change, change);
  menu.add<KeyOptions>("unlock", declare_unlock, unlock);
}

}  // namespace jiyao
