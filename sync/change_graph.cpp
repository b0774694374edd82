// sync/change_graph.cpp - chains and reaches: ancestry without a table of all pairs.
#include "sync/change_graph.h"

#include <algorithm>

namespace jiyao {

namespace {

const std::vector<ChangeId>& parents_of(const JudgedChange& judged) {
  static const std::vector<ChangeId> none;
  return judged.change == nullptr ? none : judged.change->parents;
}

// One change may arrive in several batches with different standing; it counts if any of them does.
void take_best(JudgedChange& kept, const JudgedChange& repeat) {
  if (kept.change == nullptr) kept.change = repeat.change;
  kept.effect = std::min(kept.effect, repeat.effect);
  kept.roles |= repeat.roles;
  kept.is_owner = kept.is_owner || repeat.is_owner;
  kept.is_authority = kept.is_authority || repeat.is_authority;
}

}  // namespace

ChangeGraph::ChangeGraph(std::span<const JudgedChange> changes) {
  std::vector<const JudgedChange*> sorted;
  sorted.reserve(changes.size());
  for (const JudgedChange& change : changes) sorted.push_back(&change);
  if (sorted.size() > 1)
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto* a, const auto* b) { return a->id < b->id; });
  nodes_.reserve(sorted.size());
  for (const JudgedChange* change : sorted) {
    JIYAO_ASSERT(change->change != nullptr || change->effect == Effect::transparent);
    if (!nodes_.empty() && nodes_.back().judged.id == change->id) {
      take_best(nodes_.back().judged, *change);
    } else {
      nodes_.push_back(Node{*change, {}, false, false, 0, 0, {}});
    }
  }
}

std::optional<std::size_t> ChangeGraph::find(const ChangeId& id) const {
  const auto found = std::lower_bound(
      nodes_.begin(), nodes_.end(), id,
      [](const Node& node, const ChangeId& wanted) { return node.judged.id < wanted; });
  if (found == nodes_.end() || found->judged.id != id) return std::nullopt;
  return static_cast<std::size_t>(found - nodes_.begin());
}

void ChangeGraph::link_parents() {
  for (Node& node : nodes_) {
    for (const ChangeId& parent : parents_of(node.judged)) {
      const auto held = find(parent);
      if (held) {
        node.parents.push_back(*held);
      } else {
        node.lacks_parent = true;
      }
    }
  }
}

void ChangeGraph::sort_by_ancestry() {
  std::vector<std::vector<std::size_t>> children(nodes_.size());
  std::vector<std::size_t> waits_for(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    waits_for[i] = nodes_[i].parents.size();
    for (const std::size_t parent : nodes_[i].parents) children[parent].push_back(i);
  }
  const auto can_go = [&](std::size_t i) {
    return waits_for[i] == 0 && !nodes_[i].lacks_parent &&
           nodes_[i].judged.effect != Effect::wait_program;
  };
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (can_go(i)) order_.push_back(i);
  for (std::size_t next = 0; next < order_.size(); ++next) {
    nodes_[order_[next]].is_ready = true;
    for (const std::size_t child : children[order_[next]]) {
      --waits_for[child];
      if (can_go(child)) order_.push_back(child);
    }
  }
}

void ChangeGraph::place_on_chain(std::size_t index) {
  Node& node = nodes_[index];
  Reach joined;
  bool has_chain = false;
  for (const std::size_t parent_index : node.parents) {
    const Node& parent = nodes_[parent_index];
    Reach next;
    next.reserve(joined.size() + parent.reach.size());
    auto a = joined.begin();
    for (const auto& [chain, length] : parent.reach) {
      while (a != joined.end() && a->first < chain) next.push_back(*a++);
      const bool is_both = a != joined.end() && a->first == chain;
      next.emplace_back(chain, is_both ? std::max(a->second, length) : length);
      if (is_both) ++a;
    }
    next.insert(next.end(), a, joined.end());
    joined = std::move(next);
    if (!has_chain && chain_ends_[parent.chain] == parent_index) {
      node.chain = parent.chain;
      node.place = parent.place + 1;
      has_chain = true;
    }
  }
  if (!has_chain) {
    node.chain = static_cast<std::uint32_t>(chain_ends_.size());
    node.place = 1;
    chain_ends_.push_back(index);
  }
  chain_ends_[node.chain] = index;
  const auto own = std::lower_bound(joined.begin(), joined.end(), std::pair{node.chain, 0U});
  if (own != joined.end() && own->first == node.chain) {
    own->second = node.place;
  } else {
    joined.insert(own, std::pair{node.chain, node.place});
  }
  node.reach = std::move(joined);
}

void ChangeGraph::connect() {
  if (nodes_.size() == 1) {  // nearly every record begins and ends here
    Node& only = nodes_.front();
    only.lacks_parent = !parents_of(only.judged).empty();
    only.is_ready = !only.lacks_parent && only.judged.effect != Effect::wait_program;
    if (only.is_ready) order_.push_back(0);
    return;
  }
  link_parents();
  sort_by_ancestry();
  for (const std::size_t node : order_) place_on_chain(node);
}

bool ChangeGraph::is_applied(std::size_t node) const {
  const Effect effect = nodes_[node].judged.effect;
  return nodes_[node].is_ready && (effect == Effect::counts || effect == Effect::proposal_only);
}

bool ChangeGraph::is_before(std::size_t a, std::size_t b) const {
  if (a == b) return false;
  const Node& earlier = nodes_[a];
  const Reach& reach = nodes_[b].reach;
  const auto found = std::lower_bound(reach.begin(), reach.end(), std::pair{earlier.chain, 0U});
  return found != reach.end() && found->first == earlier.chain && found->second >= earlier.place;
}

std::vector<ChangeId> ChangeGraph::missing_parents(std::size_t node) const {
  std::vector<ChangeId> missing;
  for (const ChangeId& parent : parents_of(nodes_[node].judged))
    if (!find(parent)) missing.push_back(parent);
  std::sort(missing.begin(), missing.end());
  return missing;
}

std::vector<ChangeId> ChangeGraph::heads() const {
  std::vector<bool> is_known(nodes_.size(), false);  // by an applied descendant
  std::vector<ChangeId> heads;
  for (auto node = order_.rbegin(); node != order_.rend(); ++node) {
    const bool passes_on = is_known[*node] || is_applied(*node);
    if (passes_on)
      for (const std::size_t parent : nodes_[*node].parents) is_known[parent] = true;
    if (is_applied(*node) && !is_known[*node]) heads.push_back(nodes_[*node].judged.id);
  }
  std::sort(heads.begin(), heads.end());
  return heads;
}

}  // namespace jiyao
