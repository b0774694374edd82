// client/setup.cpp - keys first, then the sheet of paper, then files.
#include "client/setup.h"

#include <algorithm>

#include "client/chosen_file.h"
#include "client/keeping.h"
#include "crypto/random.h"

namespace jiyao {

namespace {

constexpr const char* kByHand = "____________";

}  // namespace

Result<void> give_new_files(Keyring& keyring, const OpenedSlot& by, const KeyringOwner& owner,
                            Level ceiling) {
  const auto give = [&](std::uint8_t mark) {
    return keyring.grant_file_key(by, owner, random_block<KeyringObject>(), mark,
                                  Secret<32>::random());
  };
  if (const auto given = give(kLogFileMark); !given) return given.error();
  for (const Level level : levels_up_to(ceiling))
    if (const auto given = give(static_cast<std::uint8_t>(level)); !given) return given.error();
  return {};
}

Result<NewMachine> make_machine(Desk& desk, const RealmId& realm, Level device_ceiling) {
  if (desk.has_keyring())
    return desk.failure(Errc::exists, "init.exists", {{"folder", desk.choices().data_dir}});
  // Level files are made after the keyring: where they stand without one, the keyring was lost.
  for (const std::string& name : desk.env().files.list(desk.choices().data_dir))
    if (name.ends_with(".jdb") && name != kLogName)
      return Error{Errc::exists, desk.text("init.no_keyring", {{"file", desk.keyring_path()}}) +
                                     "\n" + desk.text("init.bring_keyring")};
  const auto passphrase = desk.prompt().new_passphrase(desk.text("init.passphrase"));
  if (!passphrase) return passphrase.error();
  const auto user = random_block<UserId>();
  const auto node = random_block<NodeId>();
  const auto owner = same_bytes<KeyringOwner>(user);
  auto keyring = Keyring::create(same_bytes<KeyringRealm>(realm), same_bytes<KeyringNode>(node),
                                 {owner, passphrase->reveal(), slot_cost()}, test_slots());
  if (!keyring) return keyring.error();
  auto slot = keyring->unlock(owner, passphrase->reveal());
  if (!slot) return slot.error();
  if (const auto given = give_new_files(*keyring, *slot, owner, device_ceiling); !given)
    return given.error();
  return NewMachine{*std::move(keyring), *std::move(slot), user, node, realm};
}

Result<void> make_recovery_sheet(Desk& desk, Keyring& keyring, const OpenedSlot& slot,
                                 const SheetOwner& owner, const Path& sheet) {
  if (sheet.empty() && !desk.prompt().can_ask())
    return desk.failure(Errc::usage, "prompt.needs_flag", {{"flag", "--recovery-sheet"}});
  std::string code = make_recovery_code();
  if (const auto set = keyring.set_recovery(slot, code, slot_cost()); !set) return set.error();
  const auto or_blank = [](const std::string& name) {
    return name.empty() ? std::string(kByHand) : name;
  };
  std::string text = desk.text("recovery.sheet", {{"person", or_blank(owner.person)},
                                                  {"node", or_blank(owner.node)},
                                                  {"user", slot.owner().hex()},
                                                  {"code", code}});
  Result<void> done;
  if (sheet.empty()) {
    desk.console().warn(text);
    const auto printed = desk.prompt().yes(desk.text("recovery.printed"), "--recovery-sheet");
    if (!printed) done = printed.error();
    if (printed && !*printed) done = desk.failure(Errc::interrupted, "recovery.not_printed");
  } else if (desk.env().files.exists(sheet)) {
    done = Error{Errc::exists, sheet};
  } else {
    done = write_answer(desk, sheet, as_bytes(text));
  }
  wipe(code);
  wipe(text);
  return done;
}

Result<std::unique_ptr<LogFile>> make_log(Desk& desk, const NewMachine& machine) {
  const auto& entries = machine.keyring.contents().entries;
  const auto entry = std::find_if(entries.begin(), entries.end(), [](const KeyringEntry& one) {
    return one.kind == EntryKind::file_key && one.level == kLogFileMark;
  });
  JIYAO_ASSERT(entry != entries.end());
  const auto key = machine.keyring.file_key(machine.slot, entry->object);
  if (!key) return key.error();
  const Path path = desk.choices().data_dir + "/" + kLogName;
  desk.env().files.remove(path);  // of an init that was cut off before its keyring was saved
  desk.env().files.remove(path + "-wal");
  return LogFile::create(desk.env(), path, {same_bytes<FileId>(entry->object), key->key},
                         machine.node);
}

}  // namespace jiyao
