// client/setup.h - a new machine's secrets and files, before it is in any roster.
#pragma once

#include <string>

#include "client/desk.h"
#include "sync/log_file.h"

namespace jiyao {

/// A keyring with its first person, the keys of log.jdb and of every level up to the device's
/// ceiling, and a recovery slot. Nothing is on disk yet.
struct NewMachine {
  Keyring keyring;
  OpenedSlot slot;
  UserId user;
  NodeId node;
  RealmId realm;
};

/// Asks for a new passphrase.   errors: exists (this folder holds a ledger), usage, invalid
Result<NewMachine> make_machine(Desk& desk, const RealmId& realm, Level device_ceiling);

/// Whose sheet it is, in words; what is empty is filled in by hand.
struct SheetOwner {
  std::string person, node;
};

/// Shows the recovery code on paper's behalf: to `sheet` (a 0600 file), or at the terminal with a
/// question whether it is printed; sets the recovery slot. Before anything can be recorded.
///   errors: usage (neither a file nor a terminal), interrupted (not printed), exists (the file)
Result<void> make_recovery_sheet(Desk& desk, Keyring& keyring, const OpenedSlot& slot,
                                 const SheetOwner& owner, const Path& sheet);

/// Opens or creates log.jdb with the key in the keyring, for the time before there is a replica.
Result<std::unique_ptr<LogFile>> make_log(Desk& desk, const NewMachine& machine);

/// The keys of log.jdb and all levels up to `ceiling` for `owner`, drawn now.
Result<void> give_new_files(Keyring& keyring, const OpenedSlot& by, const KeyringOwner& owner,
                            Level ceiling);

template <class To, class From>
To same_bytes(const From& from) {
  To to;
  to.bytes = from.bytes;
  return to;
}

}  // namespace jiyao
