// schema/frames.h - the words of the exchange: frames, Have, frontiers (design.md section 7).
//
// A message is frames, `type u8 | length u32 LE | bytes`, in the order of FrameType. The same
// frames stand in an HTTP body and inside a bundle.
#pragma once

#include <vector>

#include "crypto/result.h"
#include "schema/level.h"

namespace jiyao {

enum class FrameType : std::uint8_t {
  hub_head = 1,  ///< hub's signed head
  roster = 2,    ///< one roster record
  grant = 3,
  receipt = 4,
  residue = 5,
  batch = 6,
  have = 7,
  frontiers = 8,       ///< Frontiers: of the compartments that differ
  refused = 9,         ///< sorted batch ids the speaker heard and would not keep: send others first
  end = 10,            ///< last frame of a message; empty
  epoch_request = 11,  ///< stands among the papers, after the receipts
};

struct Frame {
  FrameType type;
  ByteView bytes;  ///< into the message
};

/// Appends one frame. `bytes` is at most kFrameBytesMax.
void put_frame(Bytes& message, FrameType type, ByteView bytes);

inline constexpr std::size_t kFrameHeadBytes = 5;

/// Reads frames one by one; a cut message gives whole frames, then malformed. Says nothing about
/// their order; that is the exchange's.
class FrameReader {
 public:
  explicit FrameReader(ByteView message) : rest_(message) {}
  bool at_end() const { return rest_.empty(); }
  /// errors: newer (a type above ours), malformed (cut, no type, too long, an `end` that is not
  /// empty); the reader then stays where it is
  Result<Frame> next();

 private:
  ByteView rest_;
};

/// Which batches of a compartment one side holds: sorted held batches without held successor (tips)
/// and without held predecessor (floors).
struct Frontier {
  std::vector<BatchId> tips, floors;
  friend bool operator==(const Frontier&, const Frontier&) = default;
};
Digest digest_of(const Frontier& frontier);

struct CompartmentFrontier {
  CompartmentId compartment;
  Frontier frontier;
  friend bool operator==(const CompartmentFrontier&, const CompartmentFrontier&) = default;
};

/// Sorted compartments a node may hear of over a route (access ∩ ceiling).
struct Scope {
  std::vector<CompartmentId> compartments;
  friend bool operator==(const Scope&, const Scope&) = default;
};
Digest digest_of(const Scope& scope);

/// What one side holds, in one breath. Equal at equal roster: nothing to do.
struct Have {
  RosterPoint roster;
  Digest scope, frontiers, papers;
  friend bool operator==(const Have&, const Have&) = default;
};
Bytes encode_have(const Have& have);
Result<Have> decode_have(ByteView bytes);

struct FrontierDigest {
  CompartmentId compartment;
  Digest frontier;  ///< digest_of(Frontier)
  friend bool operator==(const FrontierDigest&, const FrontierDigest&) = default;
};

/// What the speaker holds: a digest of every compartment in its scope, and the whole frontier of
/// those in which it believes the other side to differ. Both sorted by compartment, unique; `full`
/// names only compartments of `digests`. Several frames may share one message; each stands alone.
struct Frontiers {
  std::vector<FrontierDigest> digests;
  std::vector<CompartmentFrontier> full;
  friend bool operator==(const Frontiers&, const Frontiers&) = default;
};
Bytes encode_frontiers(const Frontiers& frontiers);
Result<Frontiers> decode_frontiers(ByteView bytes);

/// Batches the speaker heard and would not keep. Sorted, unique, 0..kRefusedBatchesMax.
struct Refused {
  std::vector<BatchId> batches;
  friend bool operator==(const Refused&, const Refused&) = default;
};
Bytes encode_refused(const Refused& refused);
Result<Refused> decode_refused(ByteView bytes);

/// H over all frontiers of a scope, in compartment order, whatever order they come in. An empty
/// frontier counts for nothing: holding none of a compartment and not naming it are the same.
Digest digest_of(const std::vector<CompartmentFrontier>& all);

}  // namespace jiyao
