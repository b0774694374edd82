// client/contacts.cpp - noting arrivals in log.jdb, by node.
#include "client/contacts.h"

#include <algorithm>

#include "client/keeping.h"
#include "schema/hand_over.h"

namespace jiyao {

namespace {

std::string note_of(const NodeId& node) {
  return "contact/" + node.hex();
}

}  // namespace

std::int64_t noted_number(const Replica& replica, const std::string& name) {
  const auto note = replica.recall(name);
  std::int64_t n = 0;
  if (note)
    for (const std::uint8_t c : *note)
      if (c >= '0' && c <= '9') n = n * 10 + (c - '0');
  return n;
}

Arrivals::Arrivals(Replica& replica)
    : replica_(replica), batches_before_(batches()), receipts_before_(receipts()) {}

std::map<CompartmentId, std::size_t> Arrivals::batches() const {
  std::map<CompartmentId, std::size_t> held;
  for (const CompartmentId& compartment : replica_.log().compartments())
    held[compartment] = replica_.log().batches(compartment).size();
  return held;
}

std::set<Arrivals::Said> Arrivals::receipts() const {
  std::set<Said> said;
  const Scope all{replica_.roster().compartments()};
  for (const Receipt& receipt : replica_.log().receipts(all)) {
    if (receipt.grade == Grade::archived) continue;  // a hub's
    Bytes who(receipt.issuer.bytes.begin(), receipt.issuer.bytes.end());
    who.insert(who.end(), receipt.incarnation.bytes.begin(), receipt.incarnation.bytes.end());
    said.emplace(std::move(who), receipt.serial);
  }
  return said;
}

void Arrivals::note(std::int64_t now_ms) {
  std::set<NodeId> heard;
  const LogFile& log = log_file(replica_);
  for (const auto& [compartment, count] : batches()) {
    const std::vector<BatchId> held = log.batches(compartment);  // by arrival
    const auto known = static_cast<std::ptrdiff_t>(std::min(batches_before_[compartment], count));
    for (auto batch = held.begin() + known; batch != held.end(); ++batch)
      if (const auto line = log.find(*batch)) heard.insert(line->author.node);
  }
  for (const Said& said : receipts())
    if (!receipts_before_.contains(said))
      heard.insert(*NodeId::from(ByteView(said.first).first(NodeId::kBytes)));
  heard.erase(replica_.node());
  for (const NodeId& node : heard)
    replica_.remember(note_of(node), to_bytes(std::to_string(now_ms)));
}

std::map<NodeId, std::int64_t> last_heard(const Replica& replica) {
  std::map<NodeId, std::int64_t> heard;
  const auto later = [&](const NodeId& node, std::int64_t at_ms) {
    if (at_ms > 0) heard[node] = std::max(heard[node], at_ms);
  };
  std::set<BundleId> known;  // what comes a second time says nothing of its sender
  for (const HandOver& fact : replica.hand_overs())
    if (fact.direction == Direction::in && fact.outcome != HandOverOutcome::refused &&
        known.insert(fact.bundle).second)
      for (const NodeId& node : fact.peers) later(node, fact.at_ms);
  for (const NodeId& node : replica.roster().nodes())
    later(node, noted_number(replica, note_of(node)));
  return heard;
}

}  // namespace jiyao
