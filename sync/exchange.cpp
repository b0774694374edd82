// sync/exchange.cpp - see exchange.h.
#include "sync/exchange.h"

#include <algorithm>

#include "schema/limits.h"
#include "sync/intake.h"
#include "sync/peer_view.h"

namespace jiyao {

namespace {

Scope common_part(const Scope& a, const Scope& b) {
  Scope both;
  std::set_intersection(a.compartments.begin(), a.compartments.end(), b.compartments.begin(),
                        b.compartments.end(), std::back_inserter(both.compartments));
  return both;
}

bool has_room(const Bytes& message, std::size_t more, std::size_t bytes_max) {
  return message.size() + more <= bytes_max;
}

}  // namespace

Scope scope_of(const Roster& roster, const Parley& parley) {
  if (!parley.self.is_none() && !parley.peer_node.is_none())
    return common_part(roster.scope(parley.self, parley.route),
                       roster.scope(parley.peer_node, parley.route));
  if (!parley.self.is_none()) return roster.scope(parley.self, parley.route);
  if (!parley.peer_node.is_none()) return roster.scope(parley.peer_node, parley.route);
  Scope all{roster.compartments()};
  std::erase_if(all.compartments,
                [&](const CompartmentId& one) { return one.level > parley.route.ceiling; });
  return all;
}

struct Exchange::State {
  BatchLog& log;
  Parley parley;
  RosterGate* gate;
  PeerMemory* memory;
  PeerView peer;
  Heard heard;
  std::set<BatchId> refused_by_them;  ///< in this conversation: others go first
  std::set<BatchId> not_kept;         ///< of theirs, in this conversation
  std::set<BatchId> tips_offered;     ///< in this conversation, see unexplained_tips()
  std::set<BatchId> said;             ///< in this conversation
  bool has_heard = false;
  bool has_moved = true;  ///< the last round changed something, or none was yet

  void learn(const Intake& intake, const Have& before);
  void remember(const OurView& ours) const;
  bool put_roster(Bytes& message, const OurView& ours, std::size_t bytes_max);
  void put_papers(Bytes& message, const OurView& ours, std::size_t bytes_max) const;
  void put_batches(Bytes& message, const OurView& ours, std::size_t bytes_max);
  std::vector<BatchId> unexplained_tips(const OurView& ours) const;
  std::vector<BatchId> batches_to_send(const OurView& ours, std::size_t room) const;
  std::size_t bytes_of_refused() const;
  Bytes closing(const OurView& ours) const;
};

Exchange::Exchange(BatchLog& log, Parley parley, RosterGate* gate, PeerMemory* memory)
    : state_(new State{log, parley, gate, memory, {}, {}, {}, {}, {}, {}, false, true}) {}
Exchange::Exchange(Exchange&&) noexcept = default;
Exchange::~Exchange() = default;

Bytes Exchange::say(std::size_t bytes_max) {
  State& state = *state_;
  const OurView ours = look_at(state.log, state.parley);
  state.remember(ours);
  const std::optional<Have>& theirs = state.peer.have();
  Bytes message;
  if (state.heard.is_foreign || (theirs && *theirs == ours.have)) {
    put_frame(message, FrameType::have, encode_have(ours.have));
    put_frame(message, FrameType::end, {});
    return message;
  }
  const Bytes closing = state.closing(ours);
  bytes_max = std::min(bytes_max, kMessageBytesMax - kFrameBytesMax);
  bytes_max -= std::min(bytes_max, closing.size());
  if (theirs) {
    message.reserve(bytes_max);  // growing would hold it twice
    for (const HubHead& head : state.log.heads())
      put_frame(message, FrameType::hub_head, encode_head(head));
    if (state.put_roster(message, ours, bytes_max)) {
      state.put_papers(message, ours, bytes_max);
      state.put_batches(message, ours, bytes_max);
    }
  }
  message.insert(message.end(), closing.begin(), closing.end());
  return message;
}

// What stands after the batches: it says what we held before the other side answers.
Bytes Exchange::State::closing(const OurView& ours) const {
  Bytes closing;
  put_frame(closing, FrameType::have, encode_have(ours.have));
  if (!peer.have() || peer.have()->frontiers != ours.have.frontiers)
    put_frontiers(closing, ours, peer);
  if (!not_kept.empty()) {
    const Refused refused{{not_kept.begin(), not_kept.end()}};
    put_frame(closing, FrameType::refused, encode_refused(refused));
  }
  put_frame(closing, FrameType::end, {});
  return closing;
}

// Roster first: without it the rest may not be understood. False: not all of it found room.
bool Exchange::State::put_roster(Bytes& message, const OurView& ours, std::size_t bytes_max) {
  const std::uint64_t theirs = peer.have()->roster.seq;
  if (theirs >= ours.have.roster.seq) return true;
  refused_by_them.clear();  // some of it may have been for want of these records
  bool is_first = true;
  for (const Bytes& record : log.roster_records(theirs)) {
    if (!is_first && !has_room(message, record.size(), bytes_max)) return false;
    put_frame(message, FrameType::roster, record);
    is_first = false;
  }
  return true;
}

// At most half of the room, so that batches move too. Where to begin follows from what the peer
// held last, so that a small budget does not offer the same first papers for ever.
void Exchange::State::put_papers(Bytes& message, const OurView& ours, std::size_t bytes_max) const {
  if (peer.have()->papers == ours.have.papers) return;
  std::vector<std::pair<FrameType, Bytes>> papers;
  for (const Grant& grant : log.grants(ours.scope))
    papers.emplace_back(FrameType::grant, encode_grant(grant));
  for (const Receipt& receipt : log.receipts(ours.scope))
    papers.emplace_back(FrameType::receipt, encode_receipt(receipt));
  for (const EpochRequest& request : log.epoch_requests())
    papers.emplace_back(FrameType::epoch_request, encode_epoch_request(request));
  std::erase_if(
      papers, [this](const auto& paper) { return peer.holds_paper(hash_of_paper(paper.second)); });
  if (papers.empty()) return;
  const Digest& seed = peer.have()->papers;
  const std::size_t first = (std::size_t{seed.bytes[0]} << 8 | seed.bytes[1]) % papers.size();
  const std::size_t room = message.size() + (bytes_max - std::min(bytes_max, message.size())) / 2;
  std::vector<bool> chosen(papers.size(), false);
  std::size_t bytes = message.size();
  for (std::size_t i = 0; i < papers.size(); ++i) {
    const std::size_t place = (first + i) % papers.size();
    bytes += papers[place].second.size();
    if (i > 0 && bytes > room) break;
    chosen[place] = true;
  }
  for (std::size_t i = 0; i < papers.size(); ++i)  // grants before receipts, as frames go
    if (chosen[i]) put_frame(message, papers[i].first, papers[i].second);
}

std::size_t Exchange::State::bytes_of_refused() const {
  std::size_t bytes = 0;
  for (const BatchId& id : refused_by_them) {
    const Result<SealedBatch> batch = log.batch(id);
    if (batch) bytes += batch->bytes().size();
  }
  return bytes;
}

// Two sides of a fork each see a tip they do not know above a floor they know, and each takes the
// other to be merely ahead: both would wait for ever. A caller that is stuck offers its own tips:
// who holds them can compare exactly.
std::vector<BatchId> Exchange::State::unexplained_tips(const OurView& ours) const {
  std::vector<BatchId> tips;
  const PeerView::Lacking lacking = peer.lacking(ours);
  for (const CompartmentFrontier& theirs : lacking.theirs) {
    const std::vector<BatchId>& listed = theirs.frontier.tips;
    for (const BatchId& tip : log.frontier(theirs.compartment).tips)
      if (!std::binary_search(listed.begin(), listed.end(), tip) && !tips_offered.contains(tip) &&
          !refused_by_them.contains(tip))
        tips.push_back(tip);
  }
  return tips;
}

std::vector<BatchId> Exchange::State::batches_to_send(const OurView& ours, std::size_t room) const {
  const PeerView::Lacking lacking = peer.lacking(ours);
  if (lacking.scope.compartments.empty()) return {};
  // Past those refused before there must be room for one more, whatever is left of the budget.
  const std::size_t bytes = room + bytes_of_refused() + kBatchBytesMax;
  std::vector<BatchId> ids = log.missing(lacking.scope, lacking.theirs, bytes).batches;
  std::erase_if(ids, [this](const BatchId& id) { return refused_by_them.contains(id); });
  return ids;
}

// At least one batch goes out, however small the budget (P6). The level and the scope are looked at
// once more for every batch: nothing above the ceiling of the route leaves by a slip in missing().
void Exchange::State::put_batches(Bytes& message, const OurView& ours, std::size_t bytes_max) {
  const std::size_t room = bytes_max - std::min(bytes_max, message.size());
  const std::vector<BatchId> ids = has_moved ? batches_to_send(ours, room) : unexplained_tips(ours);
  const std::vector<CompartmentId>& open = ours.scope.compartments;
  bool is_first = true;
  for (const BatchId& id : ids) {
    const Result<SealedBatch> batch = log.batch(id);
    if (!batch) continue;
    const CompartmentId& compartment = batch->core().compartment;
    if (compartment.level > parley.route.ceiling ||
        !std::binary_search(open.begin(), open.end(), compartment))
      continue;
    if (!is_first && !has_room(message, batch->bytes().size(), bytes_max)) break;
    put_frame(message, FrameType::batch, batch->bytes());
    if (!has_moved) tips_offered.insert(id);
    said.insert(id);
    is_first = false;
  }
}

void Exchange::State::remember(const OurView& ours) const {
  if (!memory) return;
  memory->keep_frontiers(ours.frontiers);
  if (!memory->papers(ours.have.papers))
    memory->keep_papers(ours.have.papers, paper_hashes(log, ours.scope));
}

Result<Heard> Exchange::hear(ByteView message) {
  State& state = *state_;
  const Have before = look_at(state.log, state.parley).have;
  Intake intake(state.log, state.parley, state.gate);
  FrameReader reader(message);
  std::optional<Error> broken;
  while (!reader.at_end() && !broken) {
    const Result<Frame> frame = reader.next();
    if (!frame)
      broken = frame.error();
    else
      intake.take(*frame);
  }
  state.learn(intake, before);
  if (broken) return *broken;
  return state.heard;
}

void Exchange::State::learn(const Intake& intake, const Have& before) {
  const OurView ours = look_at(log, parley);
  const std::optional<Have> peer_before = peer.have();
  const std::size_t set_aside_before = refused_by_them.size() + not_kept.size();
  peer.learn(intake, ours, log, memory);
  heard = intake.heard();
  if (heard.roster_records > 0) not_kept.clear();
  for (const BatchId& id : intake.not_kept())
    if (not_kept.size() < Intake::kRefusedToldMax) not_kept.insert(id);
  refused_by_them.insert(intake.refused_by_them().begin(), intake.refused_by_them().end());
  const std::optional<Have>& theirs = peer.have();
  heard.is_settled = intake.have() && *intake.have() == ours.have;
  heard.is_foreign = theirs && theirs->roster.seq <= ours.have.roster.seq &&
                     ours.roster.point_at(theirs->roster.seq) != theirs->roster;
  has_moved = !has_heard || ours.have != before || theirs != peer_before ||
              refused_by_them.size() + not_kept.size() > set_aside_before;
  has_heard = true;
}

const Heard& Exchange::so_far() const {
  return state_->heard;
}

const std::set<BatchId>& Exchange::said() const {
  return state_->said;
}

const std::set<BatchId>& Exchange::refused_by_peer() const {
  return state_->refused_by_them;
}

bool Exchange::is_settled() const {
  return state_->heard.is_settled;
}

bool Exchange::wants_more() const {
  const State& state = *state_;
  if (state.heard.is_settled || state.heard.is_foreign) return false;
  return state.has_moved || !state.unexplained_tips(look_at(state.log, state.parley)).empty();
}

Bytes Exchange::hint() const {
  return state_->peer.encode();
}

void Exchange::recall(ByteView hint) {
  if (!state_->peer.decode(hint)) state_->peer = PeerView();
}

}  // namespace jiyao
