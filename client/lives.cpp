// client/lives.cpp - incarnations of machines, as their batches came in.
#include "client/lives.h"

#include <algorithm>

#include "client/keeping.h"

namespace jiyao {

Lives::Lives(Replica& replica) {
  const auto note = [this](const std::string& incarnation, const NodeId& node) {
    nodes_[incarnation] = node;
    std::vector<std::string>& lives = lives_[node.hex()];
    std::erase(lives, incarnation);
    lives.push_back(incarnation);
  };
  const LogFile& log = log_file(replica);
  for (const CompartmentId& compartment : log.compartments())
    for (const BatchId& id : log.batches(compartment))
      if (const auto line = log.find(id)) note(line->author.incarnation.hex(), line->author.node);
  note(replica.author().incarnation.hex(), replica.node());
}

std::string Lives::name(const Directory& directory, const std::string& incarnation) const {
  const auto found = nodes_.find(incarnation);
  const std::string digits = incarnation.substr(0, 8);
  return found == nodes_.end() ? digits : directory.node(found->second) + " " + digits;
}

std::optional<std::string> Lives::incarnation(const Directory& directory, const std::string& typed,
                                              const std::vector<NumberAsk>& asks) const {
  const auto bytes = from_hex(typed);
  if (bytes && bytes->size() == IncarnationId::kBytes) return typed;
  std::vector<std::string> fitting;
  for (const NumberAsk& ask : asks)
    if (typed.size() >= 4 && ask.incarnation.starts_with(typed)) fitting.push_back(ask.incarnation);
  if (fitting.size() == 1) return fitting.front();
  const auto node = directory.node_named(typed);
  const auto lives = node ? lives_.find(node->hex()) : lives_.end();
  if (!fitting.empty() || lives == lives_.end()) return std::nullopt;
  const auto asks_here = [&](const std::string& life) {
    return std::any_of(asks.begin(), asks.end(),
                       [&](const NumberAsk& ask) { return ask.incarnation == life; });
  };
  const auto asking = std::find_if(lives->second.rbegin(), lives->second.rend(), asks_here);
  return asking != lives->second.rend() ? *asking : lives->second.back();
}

}  // namespace jiyao
