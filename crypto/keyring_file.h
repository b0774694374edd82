// crypto/keyring_file.h - the bytes of a keyring file: docs/formats/keyring.md, in code.
#pragma once

#include "crypto/box.h"
#include "crypto/passphrase.h"
#include "crypto/sign.h"

namespace jiyao {

using KeyringRealm = Block<struct KeyringRealmTag, 16>;    ///< the realm's id
using KeyringNode = Block<struct KeyringNodeTag, 16>;      ///< the node's id
using KeyringOwner = Block<struct KeyringOwnerTag, 16>;    ///< a user's id; none for the root slot
using KeyringObject = Block<struct KeyringObjectTag, 16>;  ///< what an entry is for: node or file

enum class SlotKind : std::uint8_t { passphrase = 1, recovery = 2, root = 3 };
enum class EntryKind : std::uint16_t { node_seed = 1, file_key = 2 };

inline constexpr std::size_t kKeyringHeaderBytes = 128;
inline constexpr std::size_t kKeyringSlotBytes = 256;
inline constexpr std::size_t kKeyringEntryBytes = 160;
inline constexpr std::size_t kKeyringSlotsMax = 64;
inline constexpr std::size_t kKeyringEntriesMax = 4096;
inline constexpr std::size_t kKeyringBytesMax =
    kKeyringHeaderBytes + kKeyringSlotsMax * kKeyringSlotBytes +
    kKeyringEntriesMax * kKeyringEntryBytes + Digest::kBytes;

/// What every slot and entry is bound to, so that none can be carried into another keyring, and no
/// foreign node seed can be slipped under a user's passphrase.
struct KeyringHome {
  KeyringRealm realm;
  KeyringNode node;
  VerifyKey node_key;
};

/// One way in: a passphrase or a recovery code gives a seed.
struct KeyringSlot {
  SlotKind kind{};
  bool is_test = false;
  PassphraseCost cost{};
  PassphraseSalt salt;
  KeyringOwner owner;
  VerifyKey sign_key;    ///< of the user, or the realm root
  BoxPublicKey box_key;  ///< of the user; none for the root
  Digest commitment;
  Block<struct SealedSeedTag, 32 + kSealOverheadBytes> sealed_seed;
};

/// One secret, sealed to its owner's box key.
struct KeyringEntry {
  EntryKind kind{};
  std::uint8_t level = 0;  ///< of a file; 0 for the node seed
  KeyringObject object;
  KeyringOwner owner;
  Block<struct SealedEntryTag, 64 + kBoxOverheadBytes> sealed;  ///< key | digest(entry_context)
};

/// Everything but the MAC. Slots strictly ascend by (owner, kind), entries by (owner, kind,
/// object).
struct KeyringContents {
  KeyringHome home;
  std::uint64_t generation = 0;
  std::vector<KeyringSlot> slots;
  std::vector<KeyringEntry> entries;
};

/// The bytes the MAC covers. Same contents, same bytes.
Bytes encode_keyring(const KeyringContents& contents);

struct ReadKeyring {
  KeyringContents contents;
  Digest mac;
};
/// Accepts only what encode_keyring() | mac produces, with every cost within bounds and every user
/// having his node seed. Nothing is authenticated yet.
///   errors   too_large   over kKeyringBytesMax
///            newer       a version or suite above 1
///            malformed   anything else; also a test slot where `tests` refuses them
Result<ReadKeyring> decode_keyring(ByteView bytes, TestSlots tests);

/// Checks order, owners and node seeds: what decode_keyring() asks beyond single fields.
bool is_consistent(const KeyringContents& contents);

/// What a slot's commitment and AEAD, and an entry's inner digest, are bound to.
Bytes slot_context(const KeyringHome& home, const KeyringSlot& slot);
Bytes entry_context(const KeyringHome& home, const KeyringEntry& entry);

}  // namespace jiyao
