// schema/ids.h - identities: types that cannot be mixed up, and how fresh ones are drawn.
//
// Ids are 16 random bytes. Those that are table keys (records, acts) use the UUIDv7 layout: a
// 48-bit millisecond stamp first, so that inserts go to the end of the index. The stamp orders
// storage only; nothing is ever decided by it (P12).
#pragma once

#include <cstdint>

#include "crypto/bytes.h"
#include "crypto/digest.h"

namespace jiyao {

using RealmId = Block<struct RealmIdTag, 16>;
using OfficeId = Block<struct OfficeIdTag, 16>;
using NodeId = Block<struct NodeIdTag, 16>;
using IncarnationId = Block<struct IncarnationIdTag, 16>;
using HubId = Block<struct HubIdTag, 16>;
using UserId =
    Block<struct UserIdTag, 16>;  ///< a person; the name is a row of the directory ledger
using RecordId = Block<struct RecordIdTag, 16>;
using ActId = Block<struct ActIdTag, 16>;
using BundleId = Block<struct BundleIdTag, 16>;
using SetId = Block<struct SetIdTag, 16>;  ///< the volumes of one export
using RequestId = Block<struct RequestIdTag, 16>;

using ChangeId = Block<struct ChangeIdTag, 32>;
using BatchId = Block<struct BatchIdTag, 32>;
using FindingId = Block<struct FindingIdTag, 32>;

/// A digest as an id of kind B, and back.
template <class B, class From>
B id_from(const From& digest) {
  static_assert(B::kBytes == From::kBytes);
  B id;
  id.bytes = digest.bytes;
  return id;
}

/// UUIDv7 layout: 48-bit Unix milliseconds, version and variant bits, 74 random bits.
template <class B>
B time_ordered_id(std::int64_t wall_ms);
extern template RecordId time_ordered_id<RecordId>(std::int64_t);
extern template ActId time_ordered_id<ActId>(std::int64_t);

/// One change's place in its author's life: strictly increasing `n` per (node, incarnation).
struct Origin {
  NodeId node;
  IncarnationId incarnation;
  std::uint64_t n = 0;
  friend auto operator<=>(const Origin&, const Origin&) = default;
};

/// The batches of one (node, incarnation, compartment) form a stream; the compartment is elsewhere.
struct Author {
  NodeId node;
  IncarnationId incarnation;
  friend auto operator<=>(const Author&, const Author&) = default;
};

/// A point of the one linear roster: its sequence number and hash. {0, none} = empty roster.
struct RosterPoint {
  std::uint64_t seq = 0;
  Digest hash;
  friend auto operator<=>(const RosterPoint&, const RosterPoint&) = default;
};

/// Hybrid logical clock: shown to people, never used to decide. (wall_ms << 16 | counter)
using Hlc = std::uint64_t;

}  // namespace jiyao
