// crypto/keyring.h - the secrets of one node in one sealed file: bytes in, bytes out; no file
// access here.
//
// A user's passphrase (Argon2id) opens his slot and gives his user seed: his signing key and his
// box key. Sealed to that box key lie the node seed and the file key of log.jdb and of every level
// he is cleared for; they can be added while he is away. A recovery slot gives the same user seed
// for a printed code of 160 random bits. The realm root has its own slot and passphrase, on the
// archive only. Layout and bounds: docs/formats/keyring.md.
#pragma once

#include "crypto/keyring_file.h"

namespace jiyao {

/// The keys of one machine, all from the node seed. Move-only.
class NodeKeys {
 public:
  const SigningKey& sign() const { return *sign_; }
  const BoxKey& box() const { return *box_; }
  const Secret<32>& mac_key() const { return mac_key_; }  ///< keyring and anchor; use with mac()

 private:
  friend class Keyring;
  NodeKeys(Secret<32> seed, const KeyringNode& node);

  Secret<32> seed_;
  std::unique_ptr<SigningKey> sign_;
  std::unique_ptr<BoxKey> box_;
  Secret<32> mac_key_;
};

/// One user, logged in. Keys as handles, nothing readable by accident. Move-only; logging out is
/// destroying it.
class OpenedSlot {
 public:
  const KeyringOwner& owner() const { return owner_; }
  SlotKind kind() const { return kind_; }  ///< recovery: ask for a new passphrase now
  const SigningKey& sign() const { return *sign_; }
  const BoxKey& box() const { return *box_; }
  const NodeKeys& node() const { return node_; }

 private:
  friend class Keyring;
  OpenedSlot(SlotKind kind, const KeyringOwner& owner, Secret<32> seed, NodeKeys node);

  SlotKind kind_;
  KeyringOwner owner_;
  Secret<32> seed_;
  std::unique_ptr<SigningKey> sign_;
  std::unique_ptr<BoxKey> box_;
  NodeKeys node_;
};

struct NewUser {
  KeyringOwner owner;           ///< not none
  std::string_view passphrase;  ///< NFC; the caller wipes it
  PassphraseCost cost = kShippedCost;
};

struct FileKey {
  Secret<32> key;
  std::uint8_t level;
};

/// A value: copy, change, write, and only then replace the old one. Every change is made by a
/// logged-in user of this keyring, raises the generation by one and renews the MAC; a change that
/// fails leaves the value as it was. The generation lets the anchor notice an older file.
/// Threads: const calls from any, changes by one owner.
class Keyring {
 public:
  /// A new node seed and its first user.   errors: of stretch(); invalid: owner or cost
  static Result<Keyring> create(const KeyringRealm& realm, const KeyringNode& node,
                                const NewUser& first, TestSlots tests = TestSlots::refuse);
  /// errors: of decode_keyring(). The MAC is checked by the unlock that follows.
  static Result<Keyring> parse(ByteView bytes, TestSlots tests = TestSlots::refuse);
  Bytes bytes() const;  ///< the whole file

  /// What is on show without any passphrase: ids, public keys, costs, levels.
  const KeyringContents& contents() const { return contents_; }
  const KeyringSlot* slot(const KeyringOwner& owner) const;  ///< any of his; nullptr: no such user

  /// Logs a user in and checks the MAC of the whole file.
  ///   errors   not_found      no slot of this kind and owner
  ///            wrong_key      wrong passphrase or code, or the slot was changed
  ///            not_authentic  the passphrase is right and the file was changed
  ///            malformed      not a recovery code (unlock_recovery only)
  ///            unavailable    not enough memory
  Result<OpenedSlot> unlock(const KeyringOwner& owner, std::string_view passphrase) const;
  /// Tries every passphrase slot: one Argon2id each.   errors: as unlock()
  Result<OpenedSlot> unlock_any(std::string_view passphrase) const;
  Result<OpenedSlot> unlock_recovery(const KeyringOwner& owner, std::string_view typed_code) const;
  /// The realm root. Needs no user; the file's MAC is not looked at.   errors: as unlock()
  Result<std::unique_ptr<SigningKey>> unlock_root(std::string_view passphrase) const;

  /// errors: not_found: no key of this file for this user; not_authentic: changed
  Result<FileKey> file_key(const OpenedSlot& user, const KeyringObject& file) const;

  // Changes. Errors of all: not_authentic: `by` is not of this keyring, or it was changed outside;
  // invalid: a cost or owner out of bounds; too_large: no room; and those of stretch().

  /// The new user gets the node seed and no file key yet.   errors: exists
  Result<void> add_user(const OpenedSlot& by, const NewUser& user);
  /// All slots and entries of a user.   errors: not_found; not_allowed: the last one
  Result<void> remove_user(const OpenedSlot& by, const KeyringOwner& owner);
  /// Replaces (or, after a recovery, makes) the passphrase slot of `user`; touches no other.
  Result<void> change_passphrase(const OpenedSlot& user, std::string_view passphrase,
                                 PassphraseCost cost = kShippedCost);
  /// Replaces or makes the recovery slot of `user`.   errors: malformed: not such a code
  Result<void> set_recovery(const OpenedSlot& user, std::string_view code,
                            PassphraseCost cost = kShippedCost);
  /// Replaces or makes the root slot: `seed` is what signing_key_from() takes.
  Result<void> set_root(const OpenedSlot& by, const Secret<32>& seed, std::string_view passphrase,
                        PassphraseCost cost = kShippedCost);
  /// Seals a file's key to a user, logged in or not. Whether he is cleared is the caller's
  /// decision.   errors: not_found: no such user; exists: he holds a key of this file
  Result<void> grant_file_key(const OpenedSlot& by, const KeyringOwner& owner,
                              const KeyringObject& file, std::uint8_t level, const Secret<32>& key);
  /// errors: not_found. What he has seen he has seen; a new file key is another file.
  Result<void> remove_file_key(const OpenedSlot& by, const KeyringOwner& owner,
                               const KeyringObject& file);

 private:
  Keyring(KeyringContents contents, TestSlots tests);
  Result<Secret<32>> open_slot(const KeyringSlot& slot, std::string_view passphrase) const;
  Result<OpenedSlot> log_in(const KeyringSlot& slot, std::string_view passphrase) const;
  Result<NodeKeys> open_node(const KeyringOwner& owner, const BoxKey& box) const;
  Result<KeyringSlot> make_slot(SlotKind kind, const KeyringOwner& owner, const Secret<32>& seed,
                                std::string_view passphrase, PassphraseCost cost) const;
  Digest mac_by(const NodeKeys& node) const;
  Result<void> may_change(const OpenedSlot& by) const;
  Result<void> commit(const OpenedSlot& by, KeyringContents changed);

  KeyringContents contents_;
  Digest mac_;
  TestSlots tests_;
};

}  // namespace jiyao
