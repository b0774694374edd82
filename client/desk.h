// client/desk.h - what every command works with: words, console, prompt, files, and this office's
// replica, opened when it is first asked for.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

#include "client/menu.h"
#include "client/output.h"
#include "client/prompt.h"
#include "crypto/keyring.h"
#include "schema/real_files.h"
#include "sync/replica.h"

namespace jiyao {

class Desk {
 public:
  Desk(const Choices& choices, const Catalogue& words, const Menu& menu);
  ~Desk();

  const Choices& choices() const { return choices_; }
  const Catalogue& words() const { return words_; }
  std::string text(std::string_view id, std::initializer_list<Place> places = {}) const {
    return words_.text(id, places);
  }
  /// A failure whose first line is message `id`.
  Error failure(Errc code, std::string_view id, std::initializer_list<Place> places = {}) const {
    return Error{code, words_.text(id, places)};
  }
  const Console& console() const { return console_; }
  Prompt& prompt() { return prompt_; }
  const Menu& menu() const { return menu_; }
  Env& env() { return env_; }

  Path keyring_path() const { return choices_.data_dir + "/keyring.jyk"; }
  bool has_keyring();
  /// errors: not_found (no ledger in this folder: init first), and those of Keyring::parse()
  Result<Keyring> keyring();
  void save(const Keyring& keyring);  ///< replaces the file in one step

  /// Asks for the passphrase, unlocks, holds the folder and opens the replica; the second call
  /// gives the same one.
  ///   errors: as keyring(), Keyring::unlock_any() and Replica::open()
  Result<Replica*> replica();
  /// As replica(), with a slot that is unlocked already.
  Result<Replica*> replica(const Keyring& keyring, OpenedSlot slot);
  /// The keyring and the slot of the person at the keyboard, to change either.
  struct Login {
    Keyring keyring;
    OpenedSlot slot;
  };
  Result<Login> login();
  /// Keeps every other jiyao out of this folder until the program ends or lets go. Waits up to 10 s
  /// for one that has it. Held already is success.   errors: busy (names the holder's pid)
  Result<void> hold();
  /// Closes the files; the folder stays ours.
  void close_replica() { replica_.reset(); }
  /// Closes the files and lets others have the folder (sync --watch between two rounds).
  void let_go();

  /// "2026-11-22", of this machine, UTC+8: the business day, which goes on until day_end() in the
  /// morning (domain.md T5). It fills columns and reminds; no merge or check ever asks it.
  std::string today() const;
  int day_end() const { return day_end_; }  ///< minutes after midnight
  /// A local fact of this machine, durable on return. 0 <= minutes < 12 h; the replica is open.
  void set_day_end(int minutes);
  std::string now() const;  ///< "2026-11-22T09:30"

 private:
  class Bell;  // raises alarms on the console
  class Dice;

  Result<Replica*> open_replica();

  Choices choices_;
  const Catalogue& words_;
  Console console_;
  Prompt prompt_;
  const Menu& menu_;
  RealFiles files_;
  RealClock clock_;
  std::unique_ptr<Dice> dice_;
  std::unique_ptr<Bell> bell_;
  Env env_;
  std::unique_ptr<Unlocked> unlocked_;
  std::unique_ptr<File> hold_;  // outlives the replica
  std::unique_ptr<Replica> replica_;
  int day_end_ = 0;
};

/// The log of batches, in the ledger folder.
inline constexpr const char* kLogName = "log.jdb";
/// The lock of a ledger folder. No content, never in a backup.
inline constexpr const char* kLockName = "lock";

/// What new keyring slots cost: the shipped cost, or the least one in a program built for tests
/// when JIYAO_TEST_KEYRING_COST=least is set. Every command warns about a slot made so.
PassphraseCost slot_cost();
TestSlots test_slots();

}  // namespace jiyao
