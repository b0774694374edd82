// crypto/keyring.h - the secrets of one node in one sealed file: bytes in, bytes out; no file
// access here.
//
// A user's passphrase (Argon2id) opens his slot and gives his user seed; the user seed opens the
// entries sealed to him: the node seed, the file key of log.jdb and of every level he is cleared
// for, and on the archive the root key (its own slot, its own passphrase). A recovery slot is the
// same with a printed code of 160 random bits. Layout and bounds: docs/formats.md, "Keyring".
#pragma once

#include <vector>

#include "crypto/box.h"
#include "crypto/sign.h"

namespace jiyao {

using KeyringOwner = Block<struct KeyringOwnerTag, 16>;  ///< user id, or the id of a recovery slot
using KeyringObject =
    Block<struct KeyringObjectTag, 16>;  ///< what an entry is for: node, file, root

struct PassphraseCost {  ///< Argon2id 1.3
  std::uint32_t ops;
  std::uint64_t memory_bytes;
};
inline constexpr PassphraseCost kShippedCost{3, 256ULL << 20};
inline constexpr PassphraseCost kTestCost{
    1, 8192};  ///< accepted only when the slot's test flag is set
inline constexpr PassphraseCost kCostMax{10, 2ULL << 30};

enum class SlotKind : std::uint8_t { passphrase = 1, recovery = 2, root = 3 };
enum class EntryKind : std::uint16_t { node_seed = 1, file_key = 2, root_seed = 3 };

/// What unlock() gives: keys as handles, nothing readable by accident.
class OpenedSlot;

}  // namespace jiyao
