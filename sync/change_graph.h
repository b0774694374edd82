// sync/change_graph.h - who knew whom among the changes of one record.
//
// Every change gets a place on a chain; its reach says how far along each chain it looks back. A
// record edited in turn is one chain, so asking is O(1); only real concurrency costs more.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sync/merge.h"

namespace jiyao {

class ChangeGraph {
 public:
  /// Repeats collapse: an id counts as the best of its copies. Borrows the changes.
  explicit ChangeGraph(std::span<const JudgedChange> changes);

  std::size_t size() const { return nodes_.size(); }
  const JudgedChange& at(std::size_t node) const { return nodes_[node].judged; }
  /// Sets a change aside that this ledger cannot take. Its ancestry still counts.
  void quarantine(std::size_t node) { nodes_[node].judged.effect = Effect::quarantined; }

  /// Works out order and reach; call once, before what follows. Nodes are sorted by change id.
  void connect();
  /// Nodes whose parents are all there, parents first.
  std::span<const std::size_t> order() const { return order_; }
  bool is_ready(std::size_t node) const { return nodes_[node].is_ready; }
  bool is_applied(std::size_t node) const;
  /// Is `a` a strict ancestor of `b`? Both ready.
  bool is_before(std::size_t a, std::size_t b) const;
  bool is_concurrent(std::size_t a, std::size_t b) const {
    return a != b && !is_before(a, b) && !is_before(b, a);
  }
  std::vector<ChangeId> missing_parents(std::size_t node) const;
  /// Applied nodes without an applied descendant, by id.
  std::vector<ChangeId> heads() const;

 private:
  using Reach = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  ///< (chain, length), sorted
  struct Node {
    JudgedChange judged;
    std::vector<std::size_t> parents;  ///< those held
    bool is_ready = false;
    bool lacks_parent = false;
    std::uint32_t chain = 0;
    std::uint32_t place = 0;  ///< on its chain, from 1
    Reach reach;
  };

  std::optional<std::size_t> find(const ChangeId& id) const;
  void link_parents();
  void sort_by_ancestry();
  void place_on_chain(std::size_t node);

  std::vector<Node> nodes_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> chain_ends_;
};

}  // namespace jiyao
