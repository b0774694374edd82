// client/commands/keys.cpp - passphrase change, unlock with the recovery sheet.
#include <algorithm>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/desk.h"
#include "client/setup.h"

namespace jiyao {

namespace {

struct KeyOptions {
  std::string code_file;
};

void declare_change(CLI::App&, KeyOptions&, const Catalogue&) {}

void declare_unlock(CLI::App& app, KeyOptions& options, const Catalogue& words) {
  app.add_option("--code-file", options.code_file, words.text("opt.code_file"));
}

Result<Answer> change(Desk& desk, const KeyOptions&) {
  if (!desk.has_keyring()) return desk.keyring().error();
  if (const auto held = desk.hold(); !held) return held.error();
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
  if (!text) return not_readable(desk, text.code(), options.code_file);
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
  if (!desk.has_keyring()) return desk.keyring().error();
  if (const auto held = desk.hold(); !held) return held.error();
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

}  // namespace

void add_keys(Menu& menu) {
  menu.add<KeyOptions>("passphrase change", declare_change, change);
  menu.add<KeyOptions>("unlock", declare_unlock, unlock);
}

}  // namespace jiyao
