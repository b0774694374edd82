// client/lanes.cpp - lane books as named values of this machine.
#include "client/lanes.h"

#include "schema/hand_over.h"

namespace jiyao {

namespace {

std::string note_of(const NodeId& peer) {
  return "lane/" + peer.hex();
}

}  // namespace

LaneBook lane_with(Replica& replica, const NodeId& peer) {
  const auto note = replica.recall(note_of(peer));
  auto kept = note ? LaneBook::decode(*note) : Result<LaneBook>(LaneBook(peer));
  LaneBook book = kept ? *std::move(kept) : LaneBook(peer);
  const BatchLog& log = replica.log();
  std::vector<Receipt> theirs = log.receipts(Scope{replica.roster().compartments()});
  std::erase_if(theirs, [&](const Receipt& one) { return one.issuer.bytes != peer.bytes; });
  book.close_by(theirs);
  return book;
}

void keep_lane(Replica& replica, const LaneBook& book) {
  replica.remember(note_of(book.peer()), book.encode());
}

std::optional<SetId> set_named(const Replica& replica, std::string_view digits) {
  std::optional<SetId> found;
  for (const HandOver& fact : replica.hand_overs()) {
    if (fact.direction != Direction::out || !fact.set.hex().starts_with(digits)) continue;
    if (found && *found != fact.set) return std::nullopt;
    found = fact.set;
  }
  return digits.size() < 4 ? std::nullopt : found;
}

std::optional<SetState> set_state(Replica& replica, const NodeId& peer, const SetId& set) {
  if (peer.is_none()) return std::nullopt;
  const LaneBook book = lane_with(replica, peer);
  for (const LaneSet& one : book.sets())
    if (one.set == set) return one.state;
  return std::nullopt;
}

}  // namespace jiyao
