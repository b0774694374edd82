// client/lanes.h - what this machine remembers of each lane of media, in log.jdb.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sync/lane.h"
#include "sync/replica.h"

namespace jiyao {

/// The book with this peer, newest receipts taken into account; a new one if there is none.
LaneBook lane_with(Replica& replica, const NodeId& peer);
void keep_lane(Replica& replica, const LaneBook& book);

/// Numbers of sets that never came and whose content did not come otherwise either (缺包): a set
/// that was lost is no loss any more once a later one has brought what was in it. What they hold is
/// known from their newest word; as long as it is not, every set that never came counts.
std::vector<std::uint64_t> missing_sets(Replica& replica, const NodeId& peer);

/// An exported set by the first digits of its id, if exactly one begins so.
std::optional<SetId> set_named(const Replica& replica, std::string_view digits);
/// none: not in the book (any more)
std::optional<SetState> set_state(Replica& replica, const NodeId& peer, const SetId& set);

}  // namespace jiyao
