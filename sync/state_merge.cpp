// sync/state_merge.cpp - same path: the higher rank; different branches: a person; two ends:
// freeze.
#include "sync/state_merge.h"

#include <algorithm>

namespace jiyao {

namespace {

class StateChoice {
 public:
  StateChoice(const LedgerDefinition& definition, const GroupMerge& states,
              const ChangeGraph& graph)
      : definition_(definition), states_(states), graph_(graph), top_(states.maximal()) {
    for (const std::size_t write : top_) {
      const std::size_t state = state_of(write);
      if (is_overruled(write))
        overruled_.push_back(write);
      else if (std::find(values_.begin(), values_.end(), state) == values_.end())
        values_.push_back(state);
    }
    std::sort(values_.begin(), values_.end(),
              [&](std::size_t a, std::size_t b) { return rank(a) > rank(b); });
  }

  Mark mark(const std::vector<std::size_t>& weighty) const;
  bool choose(const Lookup& own, GroupState& shown) const;
  void leave_open(GroupState& shown, Mark mark) const;
  bool empty() const { return top_.empty(); }

 private:
  std::size_t state_of(std::size_t write) const {
    return *definition_.state_index(states_.value(write));
  }
  int rank(std::size_t state) const { return definition_.states[state].rank; }
  bool is_void(std::size_t state) const { return definition_.states[state].is_void; }
  bool are_decisions(std::size_t a, std::size_t b) const;
  bool is_overruled(std::size_t write) const;
  bool is_void_suspended(const std::vector<std::size_t>& weighty) const;
  bool is_one_path() const;
  bool goes_back() const;
  bool may_enter(std::size_t state, const Lookup& own) const;

  const LedgerDefinition& definition_;
  const GroupMerge& states_;
  const ChangeGraph& graph_;
  std::vector<std::size_t> top_;        // maximal writes
  std::vector<std::size_t> overruled_;  // those of them that a senior person decided otherwise
  std::vector<std::size_t> values_;     // distinct states of the rest, highest rank first
};

/// Two different decisions that exclude each other, whatever steps lead from one to the other.
bool StateChoice::are_decisions(std::size_t a, std::size_t b) const {
  return a != b && definition_.seniority && definition_.seniority->is_decision(a) &&
         definition_.seniority->is_decision(b);
}

// Approved by one person and refused by another, apart: the senior one's decision counts (A5). Who
// has no place in the order neither overrules nor is overruled. The roles are those the roster gave
// where the change was sealed, so every replica knows the same.
bool StateChoice::is_overruled(std::size_t write) const {
  const auto rank = [&](std::size_t of) {
    return definition_.seniority->rank_of(graph_.at(states_.writes()[of].node).roles);
  };
  return std::any_of(top_.begin(), top_.end(), [&](std::size_t other) {
    return are_decisions(state_of(write), state_of(other)) && rank(write) != 0 &&
           rank(other) > rank(write);
  });
}

// Voiding beats only descriptive edits: what happened to the paper, or what somebody said about it,
// unknown to the one who voided, must be looked at first (S2).
bool StateChoice::is_void_suspended(const std::vector<std::size_t>& weighty) const {
  return std::any_of(top_.begin(), top_.end(), [&](std::size_t write) {
    return is_void(state_of(write)) &&
           std::any_of(weighty.begin(), weighty.end(), [&](std::size_t node) {
             return graph_.is_concurrent(node, states_.writes()[write].node);
           });
  });
}

bool StateChoice::is_one_path() const {
  for (const std::size_t a : values_)
    for (const std::size_t b : values_)
      if (are_decisions(a, b) ||
          (a != b && !definition_.reaches(a, b) && !definition_.reaches(b, a)))
        return false;
  return true;
}

Mark StateChoice::mark(const std::vector<std::size_t>& weighty) const {
  const bool has_void = std::any_of(values_.begin(), values_.end(),
                                    [&](std::size_t state) { return is_void(state); });
  if (has_void && (values_.size() > 1 || is_void_suspended(weighty))) return Mark::conflict;
  if (values_.size() < 2) return overruled_.empty() ? Mark::none : Mark::flagged;
  const auto ends = std::count_if(values_.begin(), values_.end(), [&](std::size_t state) {
    return definition_.states[state].is_terminal;
  });
  if (ends > 1) return Mark::incident;
  const bool has_return = std::any_of(values_.begin(), values_.end(), [&](std::size_t state) {
    return definition_.states[state].sends_back;
  });
  return (has_return && ends == 0) || is_one_path() ? Mark::flagged : Mark::conflict;
}

bool StateChoice::may_enter(std::size_t state, const Lookup& own) const {
  bool has_step = false;
  for (const Transition& step : definition_.steps) {
    if (step.to != state) continue;
    has_step = true;
    if (step.when.holds(own, true) != Holds::no) return true;
  }
  return !has_step;
}

// A paper handed back goes before progress, but no end is left by merging (I8).
bool StateChoice::goes_back() const {
  return std::none_of(values_.begin(), values_.end(),
                      [&](std::size_t state) { return definition_.states[state].is_terminal; });
}

// The highest state whose own guards hold on the merged row; if none of the newest, the last one
// before them (6.3: filed here, its condition broken there -> stays done, and a task).
bool StateChoice::choose(const Lookup& own, GroupState& shown) const {
  std::vector<std::size_t> candidates = values_;
  const auto back = std::find_if(candidates.begin(), candidates.end(), [&](std::size_t state) {
    return definition_.states[state].sends_back;
  });
  if (back != candidates.end() && goes_back()) std::rotate(candidates.begin(), back, back + 1);
  std::vector<std::size_t> earlier;
  for (std::size_t i = 0; i < states_.writes().size(); ++i)
    if (!states_.writes()[i].is_proposal &&
        std::find(overruled_.begin(), overruled_.end(), i) == overruled_.end())
      earlier.push_back(state_of(i));
  std::sort(earlier.begin(), earlier.end(),
            [&](std::size_t a, std::size_t b) { return rank(a) > rank(b); });
  for (const std::size_t state : earlier)
    if (rank(state) < rank(candidates.front())) candidates.push_back(state);
  const auto chosen = std::find_if(candidates.begin(), candidates.end(),
                                   [&](std::size_t state) { return may_enter(state, own); });
  const std::size_t state = chosen == candidates.end() ? candidates.back() : *chosen;
  shown.value = definition_.states[state].name;
  return state != candidates.front();
}

void StateChoice::leave_open(GroupState& shown, Mark mark) const {
  shown.mark = mark;
  for (const std::size_t write : top_) shown.to_settle.push_back(states_.held(write).change);
  shown.ancestor = states_.common_ancestor(top_);
  shown.value = shown.ancestor ? shown.ancestor->value : std::string();
}

}  // namespace

bool choose_among_states(const LedgerDefinition& definition, const GroupMerge& states,
                         const ChangeGraph& graph, const std::vector<std::size_t>& weighty,
                         const Lookup& own, GroupState& shown) {
  const StateChoice choice(definition, states, graph);
  if (choice.empty()) return false;
  const Mark mark = choice.mark(weighty);
  if (mark == Mark::conflict || mark == Mark::incident) {
    choice.leave_open(shown, mark);
    return false;
  }
  shown.mark = mark;
  return choice.choose(own, shown);
}

bool is_overruling(const LedgerDefinition& definition, const GroupState& shown) {
  const auto is_decision = [&](const std::string& value) {
    const auto state = definition.state_index(value);
    return state && definition.seniority->is_decision(*state);
  };
  if (shown.mark != Mark::flagged || shown.group != definition.state_group ||
      !definition.seniority || !is_decision(shown.value))
    return false;
  return std::any_of(shown.held.begin(), shown.held.end(), [&](const HeldWrite& write) {
    return write.value != shown.value && is_decision(write.value);
  });
}

}  // namespace jiyao
