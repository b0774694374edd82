// schema/hand_over.h - the local fact of one export or import on a medium, for log.jdb.
//
// Never a change and never sent: the L17 register (介质交接) is a view over these facts, the signed
// bundle heads and the receipts.
#pragma once

#include <string>
#include <vector>

#include "crypto/digest.h"
#include "crypto/result.h"
#include "schema/level.h"

namespace jiyao {

enum class Direction : std::uint8_t { out = 1, in = 2 };

enum class HandOverOutcome : std::uint8_t {
  written = 1,   ///< on the medium and read back: 可以拔出
  taken_in = 2,  ///< wholly integrated
  partly = 3,    ///< torn or damaged: what precedes the tear is in
  refused = 4,   ///< nothing stored: above the ceiling, not authentic, not for us
  repeated = 5,  ///< everything in it was held already
  lost = 6,      ///< a person declared it lost
};

struct HandOver {
  SetId set;
  BundleId bundle;
  std::uint32_t volume = 0;   ///< 1..
  std::uint32_t volumes = 0;  ///< of the set; 0: not known
  Direction direction = Direction::out;
  HandOverOutcome outcome = HandOverOutcome::written;
  std::vector<NodeId> peers;  ///< sorted: recipients, or the one sender
  Level label = Level::internal;
  Level highest = Level::public_;
  std::uint32_t batches = 0;
  std::uint64_t changes = 0;
  std::uint64_t bytes = 0;  ///< of the file
  Digest file;              ///< file_digest()
  UserId person;            ///< who was logged in; none if nobody
  std::string medium;       ///< what is written on the medium's sticker; may be empty
  std::string note;         ///< why it was refused, or what a person added
  std::int64_t at_ms = 0;
  friend bool operator==(const HandOver&, const HandOver&) = default;
};

/// H("hand_over" | the whole file), fed piece by piece.
class FileDigest {
 public:
  FileDigest();
  void add(ByteView piece);  ///< the pieces' lengths do not matter
  Digest finish();           ///< once

 private:
  Hasher hash_;
  Bytes block_;  // hashed in blocks of 64 KiB, so that pieces of any length come to the same
};

/// Six characters both sides can compare on paper: "4F2-9KD". Thirty bits of the file digest.
std::string check_code(const Digest& file);

Bytes encode_hand_over(const HandOver& fact);
/// errors: malformed, too_large, newer
Result<HandOver> decode_hand_over(ByteView bytes);

}  // namespace jiyao
