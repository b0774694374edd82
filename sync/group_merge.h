// sync/group_merge.h - the writes of one field group: which are proposals, which superseded which,
// and what their kind makes of those that remain. Inside of merge.
#pragma once

#include <functional>
#include <vector>

#include "sync/change_graph.h"

namespace jiyao {

struct WriteNode {
  std::size_t node = 0;  ///< in the graph
  const Write* write = nullptr;
  bool is_proposal = false;
  bool is_ruling = false;                  ///< a resolve that named exactly what it settles
  std::vector<std::size_t> superseded_by;  ///< indexes of writes of this group
};

/// The writes of one group, ancestors before descendants. settle() first, then finish().
class GroupMerge {
 public:
  GroupMerge(const LedgerDefinition& definition, std::size_t group, const ChangeGraph& graph)
      : definition_(definition), group_(group), graph_(graph) {}
  void add(WriteNode write) { writes_.push_back(std::move(write)); }
  bool empty() const { return writes_.empty(); }

  /// Supersession, write by write. `is_locked_out` says for a node whether its write to this group
  /// is only a proposal.
  void settle(const std::function<bool(std::size_t node)>& is_locked_out);
  /// Everything but the choice among several states, which needs the other groups first.
  GroupState finish() const;

  const std::vector<WriteNode>& writes() const { return writes_; }
  /// Effective writes nobody superseded, as seen by a node (all that came before it).
  std::vector<std::size_t> maximal_before(std::size_t node) const;
  std::vector<std::size_t> maximal() const;
  HeldWrite held(std::size_t write) const;
  const std::string& value(std::size_t write) const { return writes_[write].write->value; }
  /// The last value all of these knew.
  std::optional<HeldWrite> common_ancestor(const std::vector<std::size_t>& writes) const;
  std::size_t preferred(const std::vector<std::size_t>& by_id) const;

 private:
  using Indexes = std::vector<std::size_t>;
  struct Contradiction {
    std::size_t a, b;  ///< custody facts that did not know one another
  };

  const Group& group() const { return definition_.groups[group_]; }
  bool is_before(std::size_t a, std::size_t b) const {
    return graph_.is_before(writes_[a].node, writes_[b].node);
  }
  /// Do both say the same, or both that the copy is at home?
  bool agree(std::size_t a, std::size_t b) const;
  bool is_home(std::size_t write) const;
  bool differ(const Indexes& writes) const;
  bool names_exactly(std::size_t write, const Indexes& known) const;
  bool may_supersede(std::size_t write, const Indexes& known) const;
  bool may_lower(std::size_t write) const;
  bool is_lowering(std::size_t write, const Indexes& known) const;
  bool is_final(std::size_t write) const;
  bool is_frozen_before(std::size_t write) const;
  void note_contradictions(std::size_t write);
  bool is_ruled(const Contradiction& pair) const;
  void settle_one(std::size_t write);
  bool is_removed_apart(std::size_t entry, const WriteNode& withdrawal) const;
  void finish_set(GroupState& state) const;
  void finish_custody(GroupState& state, const Indexes& top) const;
  void finish_ordered(GroupState& state, const Indexes& top) const;
  void hold_up(GroupState& state, const Indexes& top, Mark mark) const;
  std::vector<HeldWrite> open_proposals() const;

  const LedgerDefinition& definition_;
  std::size_t group_;
  const ChangeGraph& graph_;
  std::vector<WriteNode> writes_;
  Indexes tips_;  ///< effective, not superseded, among those settled so far
  std::vector<Contradiction> contradictions_;
};

/// Order of two values of a severity, latest or earliest group; nullopt: not comparable.
std::optional<int> order_of(const LedgerDefinition& definition, const Group& group,
                            const std::string& a, const std::string& b);

}  // namespace jiyao
