// client/lanes.h - what this machine remembers of each lane of media, in log.jdb.
#pragma once

#include <optional>
#include <string_view>

#include "sync/lane.h"
#include "sync/replica.h"

namespace jiyao {

/// The book with this peer, newest receipts taken into account; a new one if there is none.
LaneBook lane_with(Replica& replica, const NodeId& peer);
void keep_lane(Replica& replica, const LaneBook& book);

/// An exported set by the first digits of its id, if exactly one begins so.
std::optional<SetId> set_named(const Replica& replica, std::string_view digits);
/// none: not in the book (any more)
std::optional<SetState> set_state(Replica& replica, const NodeId& peer, const SetId& set);

}  // namespace jiyao
