// client/lanes.cpp - lane books as named values of this machine.
#include "client/lanes.h"

#include <algorithm>

#include "client/keeping.h"
#include "schema/hand_over.h"

namespace jiyao {

namespace {

std::string note_of(const NodeId& peer) {
  return "lane/" + peer.hex();
}

/// Is every batch here from which `theirs` begins to which it goes, and none missing between?
bool holds(const LogFile& log, const Frontier& ours, const Frontier& theirs) {
  const auto is_held = [&](const BatchId& id) { return log.find(id).has_value(); };
  const auto is_begin = [&](const BatchId& id) {
    const auto line = log.find(id);
    return (line && line->prev.is_none()) || std::ranges::count(theirs.floors, id) > 0;
  };
  return std::ranges::all_of(theirs.tips, is_held) && std::ranges::all_of(ours.floors, is_begin);
}

bool holds_all(Replica& replica, const PeerView& theirs) {
  const Roster roster = replica.roster();
  if (!theirs.have() || theirs.have()->roster.seq > roster.point().seq) return false;
  const LogFile& log = log_file(replica);
  for (const CompartmentId& compartment : roster.compartments()) {
    const PeerView::Known* known = theirs.known(compartment);
    if (known == nullptr) continue;
    const Frontier ours = log.frontier(compartment);
    if (known->digest == digest_of(ours)) continue;
    if (!known->full || !holds(log, ours, *known->full)) return false;
  }
  return true;
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

std::vector<std::uint64_t> missing_sets(Replica& replica, const NodeId& peer) {
  const LaneBook book = lane_with(replica, peer);
  std::vector<std::uint64_t> gaps = book.gaps();
  if (gaps.empty()) return gaps;
  const auto theirs = book.base();
  if (theirs && holds_all(replica, *theirs)) gaps.clear();
  return gaps;
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
