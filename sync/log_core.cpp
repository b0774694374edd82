// sync/log_core.cpp - how batches hang together, and what a peer lacks of them.
#include "sync/log_core.h"

namespace jiyao {

BatchLine line_of(const SealedBatch& batch) {
  const BatchCore& core = batch.core();
  return {.id = batch.id(),
          .compartment = core.compartment,
          .author = batch.author(),
          .seq = core.seq,
          .prev = core.prev,
          .bytes = static_cast<std::uint32_t>(batch.bytes().size())};
}

BatchIndex::Place BatchIndex::stream_of(const StreamName& name) {
  const auto [at, is_new] = stream_places_.try_emplace(name, static_cast<Place>(streams_.size()));
  if (is_new) {
    streams_.emplace_back();
    streams_.back().name = name;
  }
  return at->second;
}

void BatchIndex::note_fork(Stream& stream, Place one, Place other) {
  const auto [lesser, greater] = std::minmax(entries_[one].id, entries_[other].id);
  const Fork fork{.compartment = stream.name.compartment,
                  .author = stream.name.author,
                  .lesser = lesser,
                  .greater = greater};
  if (std::find(forks_.begin(), forks_.end(), fork) == forks_.end()) forks_.push_back(fork);
  stream.is_forked = true;
}

bool BatchIndex::add(const BatchLine& line) {
  const auto place = static_cast<Place>(entries_.size());
  if (!by_id_.try_emplace(line.id, place).second) return false;
  const Place stream = stream_of({.compartment = line.compartment, .author = line.author});
  entries_.push_back({.id = line.id,
                      .prev = line.prev,
                      .seq = line.seq,
                      .stream = stream,
                      .parent = kNowhere,
                      .child = kNowhere,
                      .bytes = line.bytes});
  compartments_[line.compartment].arrival.push_back(place);
  link(place);
  const auto [same_seq, is_first] = streams_[stream].by_seq.try_emplace(line.seq, place);
  if (!is_first) note_fork(streams_[stream], same_seq->second, place);
  return true;
}

// Ties a new batch to its predecessor and to those that waited for it, and moves the frontier.
void BatchIndex::link(Place place) {
  Entry& entry = entries_[place];
  Stream& stream = streams_[entry.stream];
  Compartment& compartment = compartments_[stream.name.compartment];
  const auto parent = by_id_.find(entry.prev);
  if (parent != by_id_.end() && entries_[parent->second].stream == entry.stream) {
    Entry& before = entries_[parent->second];
    entry.parent = parent->second;
    compartment.tips.erase(before.id);
    if (before.child == kNowhere)
      before.child = place;
    else
      note_fork(stream, before.child, place);
  } else {
    const auto sibling = stream.floors.find(entry.prev);
    if (sibling != stream.floors.end()) note_fork(stream, sibling->second, place);
    stream.floors.emplace(entry.prev, place);
    compartment.floors.insert(entry.id);
  }
  const auto [first, last] = stream.floors.equal_range(entry.id);
  for (auto child = first; child != last; ++child) {
    entries_[child->second].parent = place;
    if (entry.child == kNowhere) entry.child = child->second;
    compartment.floors.erase(entries_[child->second].id);
  }
  stream.floors.erase(first, last);
  if (entry.child == kNowhere) compartment.tips.insert(entry.id);
}

std::optional<BatchLine> BatchIndex::find(const BatchId& id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  const Entry& entry = entries_[found->second];
  const StreamName& name = streams_[entry.stream].name;
  return BatchLine{.id = id,
                   .compartment = name.compartment,
                   .author = name.author,
                   .seq = entry.seq,
                   .prev = entry.prev,
                   .bytes = entry.bytes};
}

bool BatchIndex::reaches(const BatchId& batch, const BatchId& ancestor) const {
  const auto from = by_id_.find(batch);
  const auto to = by_id_.find(ancestor);
  if (from == by_id_.end() || to == by_id_.end()) return false;
  // No cycle can exist: each id is a hash over the predecessor's.
  for (Place at = from->second; at != kNowhere; at = entries_[at].parent)
    if (at == to->second) return true;
  return false;
}

Frontier BatchIndex::frontier(const CompartmentId& compartment) const {
  const auto found = compartments_.find(compartment);
  if (found == compartments_.end()) return {};
  const Compartment& held = found->second;
  return {.tips = {held.tips.begin(), held.tips.end()},
          .floors = {held.floors.begin(), held.floors.end()}};
}

std::vector<BatchId> BatchIndex::batches(const CompartmentId& compartment) const {
  std::vector<BatchId> ids;
  const auto found = compartments_.find(compartment);
  if (found == compartments_.end()) return ids;
  ids.reserve(found->second.arrival.size());
  for (const Place place : found->second.arrival) ids.push_back(entries_[place].id);
  return ids;
}

std::vector<CompartmentId> BatchIndex::compartments() const {
  std::vector<CompartmentId> ids;
  for (const auto& [id, held] : compartments_) ids.push_back(id);
  return ids;
}

std::optional<BatchLine> BatchIndex::tip(const Author& author,
                                         const CompartmentId& compartment) const {
  const auto found = stream_places_.find({.compartment = compartment, .author = author});
  if (found == stream_places_.end()) return std::nullopt;
  const std::map<std::uint64_t, Place>& by_seq = streams_[found->second].by_seq;
  return find(entries_[by_seq.rbegin()->second].id);
}

std::vector<BatchId> BatchIndex::whole_prefix_ends(const CompartmentId& compartment) const {
  std::vector<BatchId> ends;
  const auto held = compartments_.find(compartment);
  if (held == compartments_.end()) return ends;
  for (const BatchId& tip : held->second.tips) {
    const Stream& stream = streams_[entries_[by_id_.at(tip)].stream];
    if (stream.floors.count(BatchId{}) == stream.floors.size()) ends.push_back(tip);
  }
  for (const Stream& stream : streams_) {
    if (stream.name.compartment != compartment) continue;
    const auto [first, last] = stream.floors.equal_range(BatchId{});
    if (stream.floors.count(BatchId{}) == stream.floors.size()) continue;
    for (auto start = first; start != last; ++start) {
      Place end = start->second;
      while (entries_[end].child != kNowhere) end = entries_[end].child;
      ends.push_back(entries_[end].id);
    }
  }
  std::sort(ends.begin(), ends.end());
  return ends;
}

BatchIndex::Place BatchIndex::place_of(const BatchId& id, const CompartmentId& compartment) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return kNowhere;
  const Stream& stream = streams_[entries_[found->second].stream];
  return stream.name.compartment == compartment ? found->second : kNowhere;
}

void BatchIndex::mark_ancestors(Place tip, const std::set<BatchId>& floors,
                                std::vector<bool>& marked) const {
  for (Place at = tip; at != kNowhere && !marked[at]; at = entries_[at].parent) {
    marked[at] = true;
    if (floors.contains(entries_[at].id)) return;  // below it the peer holds nothing
  }
}

void BatchIndex::mark_held_by_peer(const CompartmentFrontier& theirs,
                                   std::vector<bool>& marked) const {
  const std::set<BatchId> floors(theirs.frontier.floors.begin(), theirs.frontier.floors.end());
  std::size_t tips_unknown = 0;
  for (const BatchId& tip : theirs.frontier.tips) {
    const Place place = place_of(tip, theirs.compartment);
    if (place == kNowhere)
      ++tips_unknown;
    else
      mark_ancestors(place, floors, marked);
  }
  std::vector<Place> unexplained;  // floors that no known tip of theirs stands on
  for (const BatchId& floor : floors) {
    const Place place = place_of(floor, theirs.compartment);
    if (place != kNowhere && !marked[place]) unexplained.push_back(place);
  }
  for (const Place floor : unexplained) {
    marked[floor] = true;
    const bool may_guess =
        unexplained.size() <= tips_unknown && !streams_[entries_[floor].stream].is_forked;
    for (Place at = entries_[floor].child; may_guess && at != kNowhere; at = entries_[at].child)
      marked[at] = true;
  }
}

Missing BatchIndex::missing(const Scope& scope, std::span<const CompartmentFrontier> theirs,
                            std::size_t bytes_max) const {
  std::vector<bool> marked(entries_.size(), false);
  for (const CompartmentFrontier& frontier : theirs) mark_held_by_peer(frontier, marked);
  Missing missing;
  std::size_t bytes = 0;
  std::vector<bool> seen(entries_.size(), false);
  std::vector<Place> chain;
  for (const CompartmentId& compartment : scope.compartments) {
    const auto held = compartments_.find(compartment);
    if (held == compartments_.end()) continue;
    for (const Place place : held->second.arrival) {
      chain.clear();  // predecessors that came later go first all the same
      for (Place at = place; at != kNowhere && !seen[at]; at = entries_[at].parent) {
        seen[at] = true;
        if (!marked[at]) chain.push_back(at);
      }
      for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
        bytes += entries_[*at].bytes;
        if (bytes > bytes_max && !missing.batches.empty()) {
          missing.is_complete = false;
          return missing;
        }
        missing.batches.push_back(entries_[*at].id);
      }
    }
  }
  return missing;
}

}  // namespace jiyao
