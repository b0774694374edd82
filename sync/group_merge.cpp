// sync/group_merge.cpp - supersession and the table of kinds (design.md section 6).
#include "sync/group_merge.h"

#include <algorithm>

#include "schema/term.h"

namespace jiyao {

namespace {

// Kinds in which two different values are a matter for a person, so that only a ruling may settle.
bool needs_ruling(GroupKind kind) {
  return kind == GroupKind::value || kind == GroupKind::fixed || kind == GroupKind::state ||
         kind == GroupKind::custody || kind == GroupKind::number;
}

bool contains(const std::vector<ChangeId>& sorted, const ChangeId& id) {
  return std::binary_search(sorted.begin(), sorted.end(), id);
}

}  // namespace

std::optional<int> order_of(const LedgerDefinition& definition, const Group& group,
                            const std::string& a, const std::string& b) {
  const Field& field = definition.fields[group.fields.front()];
  if (field.type == FieldType::term) return compare_terms(a, b);
  if (field.type != FieldType::choice) return compare_values(a, b);
  const auto rank = [&](const std::string& value) {
    return std::find(field.choices.begin(), field.choices.end(), value) - field.choices.begin();
  };
  return rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0;
}

bool GroupMerge::is_home(std::size_t write) const {
  return std::any_of(group().fields.begin(), group().fields.end(), [&](std::size_t index) {
    const std::string& home = definition_.fields[index].home;
    return !home.empty() && definition_.field_value(index, value(write)) == home;
  });
}

// U3: two who took a copy back name themselves, and it lies in one safe.
bool GroupMerge::agree(std::size_t a, std::size_t b) const {
  return value(a) == value(b) || (is_home(a) && is_home(b));
}

bool GroupMerge::differ(const Indexes& writes) const {
  return std::any_of(writes.begin(), writes.end(),
                     [&](std::size_t write) { return !agree(write, writes.front()); });
}

GroupMerge::Indexes GroupMerge::maximal_before(std::size_t node) const {
  Indexes known;
  const auto knows = [&](std::size_t write) { return graph_.is_before(writes_[write].node, node); };
  // Usual case: whoever knows every tip knows all there is, so the tips are the answer.
  if (std::all_of(tips_.begin(), tips_.end(), knows)) return tips_;
  for (std::size_t i = 0; i < writes_.size(); ++i) {
    const WriteNode& write = writes_[i];
    if (write.is_proposal || !knows(i)) continue;
    if (std::none_of(write.superseded_by.begin(), write.superseded_by.end(), knows))
      known.push_back(i);
  }
  return known;
}

GroupMerge::Indexes GroupMerge::maximal() const {
  Indexes top = tips_;
  std::sort(top.begin(), top.end(), [&](std::size_t a, std::size_t b) {
    return writes_[a].node < writes_[b].node;  // nodes are sorted by change id
  });
  return top;
}

// A ruling is exact: of the effective writes to this group it names those it saw, all, no other.
bool GroupMerge::names_exactly(std::size_t write, const Indexes& known) const {
  const Change& change = *graph_.at(writes_[write].node).change;
  if (change.kind != ChangeKind::resolve) return false;
  for (std::size_t i = 0; i < write; ++i) {  // what it knew was settled before it
    if (writes_[i].is_proposal || !is_before(i, write)) continue;
    const bool is_named = contains(change.settles, graph_.at(writes_[i].node).id);
    const bool is_known = std::find(known.begin(), known.end(), i) != known.end();
    if (is_named != is_known) return false;
  }
  return true;
}

bool GroupMerge::is_final(std::size_t write) const {
  if (group().kind == GroupKind::state) {
    const auto state = definition_.state_index(value(write));
    return state && definition_.states[*state].is_terminal;
  }
  for (const std::size_t index : group().fields) {
    const Field& field = definition_.fields[index];
    if (field.final_choices.empty()) continue;
    const std::string shown = definition_.field_value(index, value(write));
    if (std::find(field.final_choices.begin(), field.final_choices.end(), shown) !=
        field.final_choices.end())
      return true;
  }
  return false;
}

bool GroupMerge::may_lower(std::size_t write) const {
  const JudgedChange& judged = graph_.at(writes_[write].node);
  if (group().lowered_by == 0) return true;
  return (judged.roles & group().lowered_by) != 0 && judged.change->person.has_value();
}

bool GroupMerge::is_lowering(std::size_t write, const Indexes& known) const {
  return std::any_of(known.begin(), known.end(), [&](std::size_t earlier) {
    return order_of(definition_, group(), value(write), value(earlier)).value_or(0) < 0;
  });
}

bool GroupMerge::may_supersede(std::size_t write, const Indexes& known) const {
  const GroupKind kind = group().kind;
  if (known.empty() || !needs_ruling(kind)) return true;
  if (names_exactly(write, known)) return true;
  const ChangeKind change = graph_.at(writes_[write].node).change->kind;
  if (kind == GroupKind::number && change == ChangeKind::renumber) return true;
  if (differ(known)) return false;
  const bool is_same = value(write) == value(known.front());
  if (kind == GroupKind::fixed) return is_same;
  if (kind != GroupKind::custody) return true;
  return (is_same || !is_final(known.front())) && !is_frozen_before(write);
}

bool GroupMerge::is_ruled(const Contradiction& pair) const {
  return std::any_of(writes_.begin(), writes_.end(), [&](const WriteNode& write) {
    return write.is_ruling && graph_.is_before(writes_[pair.a].node, write.node) &&
           graph_.is_before(writes_[pair.b].node, write.node);
  });
}

// Two facts that excluded each other stay a contradiction when both sides later put the copy back:
// equal ends do not explain how one paper was in two places. Only a ruling ends it.
bool GroupMerge::is_frozen_before(std::size_t write) const {
  return std::any_of(
      contradictions_.begin(), contradictions_.end(), [&](const Contradiction& pair) {
        if (!is_before(pair.a, write) || !is_before(pair.b, write)) return false;
        return std::none_of(writes_.begin(), writes_.end(), [&](const WriteNode& ruling) {
          return ruling.is_ruling && graph_.is_before(ruling.node, writes_[write].node) &&
                 graph_.is_before(writes_[pair.a].node, ruling.node) &&
                 graph_.is_before(writes_[pair.b].node, ruling.node);
        });
      });
}

void GroupMerge::note_contradictions(std::size_t write) {
  if (tips_.empty() || (tips_.size() == 1 && is_before(tips_.front(), write))) return;
  for (std::size_t earlier = 0; earlier < write; ++earlier)
    if (!writes_[earlier].is_proposal && !agree(earlier, write) && !is_before(earlier, write))
      contradictions_.push_back({earlier, write});
}

void GroupMerge::settle_one(std::size_t index) {
  WriteNode& write = writes_[index];
  const GroupKind kind = group().kind;
  const Indexes known = maximal_before(write.node);
  if (kind == GroupKind::severity && is_lowering(index, known) && !may_lower(index))
    write.is_proposal = true;
  const bool leaves_terminal = kind == GroupKind::state && !known.empty() && !differ(known) &&
                               is_final(known.front()) && value(index) != value(known.front());
  if (leaves_terminal && !names_exactly(index, known)) write.is_proposal = true;
  if (write.is_proposal) return;
  if (kind == GroupKind::custody) note_contradictions(index);
  write.is_ruling = needs_ruling(kind) && names_exactly(index, known);
  if (kind != GroupKind::set && may_supersede(index, known)) {
    for (const std::size_t earlier : known) {
      writes_[earlier].superseded_by.push_back(index);
      std::erase(tips_, earlier);
    }
  }
  tips_.push_back(index);
}

void GroupMerge::settle(const std::function<bool(std::size_t)>& is_locked_out) {
  tips_.clear();
  tips_.reserve(writes_.size());
  for (WriteNode& write : writes_) write.is_proposal = is_locked_out(write.node);
  if (group().kind == GroupKind::set) return;  // entries do not supersede one another
  for (std::size_t i = 0; i < writes_.size(); ++i) settle_one(i);
}

HeldWrite GroupMerge::held(std::size_t write) const {
  const JudgedChange& judged = graph_.at(writes_[write].node);
  return {judged.id, value(write), judged.change->actor, judged.change->origin, judged.change->hlc};
}

std::optional<HeldWrite> GroupMerge::common_ancestor(const Indexes& top) const {
  Indexes shared;
  for (std::size_t i = 0; i < writes_.size(); ++i) {
    const bool is_known_to_all =
        !writes_[i].is_proposal &&
        std::all_of(top.begin(), top.end(), [&](std::size_t write) { return is_before(i, write); });
    if (is_known_to_all) shared.push_back(i);
  }
  Indexes last;
  for (const std::size_t write : shared)
    if (std::none_of(shared.begin(), shared.end(),
                     [&](std::size_t other) { return is_before(write, other); }))
      last.push_back(write);
  if (last.empty()) return std::nullopt;
  std::sort(last.begin(), last.end(),
            [&](std::size_t a, std::size_t b) { return writes_[a].node < writes_[b].node; });
  return held(preferred(last));
}

// Of several that everybody knew: what was shown of them, or the greatest change id.
std::size_t GroupMerge::preferred(const Indexes& by_id) const {
  const GroupKind kind = group().kind;
  const bool is_ordered =
      kind == GroupKind::severity || kind == GroupKind::latest || kind == GroupKind::earliest;
  const int sign = kind == GroupKind::earliest ? -1 : 1;
  std::size_t best = by_id.front();
  for (const std::size_t next : by_id) {
    const auto order = is_ordered ? order_of(definition_, group(), value(next), value(best))
                                  : std::optional<int>();
    if (order.value_or(0) * sign >= 0) best = next;
  }
  return best;
}

// A proposal stays open until an effective write of the group knew it; an entry, until one names
// it.
std::vector<HeldWrite> GroupMerge::open_proposals() const {
  std::vector<HeldWrite> open;
  for (std::size_t i = 0; i < writes_.size(); ++i) {
    if (!writes_[i].is_proposal) continue;
    const bool is_answered =
        std::any_of(writes_.begin(), writes_.end(), [&](const WriteNode& other) {
          if (other.is_proposal) return false;
          const JudgedChange& judged = graph_.at(other.node);
          return contains(judged.change->settles, graph_.at(writes_[i].node).id) ||
                 (group().kind != GroupKind::set && graph_.is_before(writes_[i].node, other.node));
        });
    if (!is_answered) open.push_back(held(i));
  }
  std::sort(open.begin(), open.end(),
            [](const HeldWrite& a, const HeldWrite& b) { return a.change < b.change; });
  return open;
}

// C7: who took the value out did not know that it was entered again, and whoever entered it did not
// know that it was out: it stays out until somebody who knows enters it.
bool GroupMerge::is_removed_apart(std::size_t entry, const WriteNode& withdrawal) const {
  if (!graph_.is_concurrent(writes_[entry].node, withdrawal.node)) return false;
  const Change& change = *graph_.at(withdrawal.node).change;
  const auto what = [&](const WriteNode& one) {  // an entry is known by its first field
    return definition_.field_value(group().fields.front(), one.write->value);
  };
  return std::any_of(writes_.begin(), writes_.end(), [&](const WriteNode& named) {
    return contains(change.settles, graph_.at(named.node).id) &&
           what(named) == what(writes_[entry]);
  });
}

void GroupMerge::finish_set(GroupState& state) const {
  const auto is_withdrawal = [&](const WriteNode& write) {
    return graph_.at(write.node).change->kind == ChangeKind::withdraw;
  };
  for (std::size_t i = 0; i < writes_.size(); ++i) {
    if (is_withdrawal(writes_[i]) || writes_[i].is_proposal) continue;
    const ChangeId& entry = graph_.at(writes_[i].node).id;
    const bool is_withdrawn =
        std::any_of(writes_.begin(), writes_.end(), [&](const WriteNode& write) {
          if (!is_withdrawal(write) || write.is_proposal) return false;
          return contains(graph_.at(write.node).change->settles, entry) ||
                 (group().removal_wins && is_removed_apart(i, write));
        });
    (is_withdrawn ? state.withdrawn : state.held).push_back(held(i));
  }
  const auto by_id = [](const HeldWrite& a, const HeldWrite& b) { return a.change < b.change; };
  std::sort(state.held.begin(), state.held.end(), by_id);
  std::sort(state.withdrawn.begin(), state.withdrawn.end(), by_id);
}

void GroupMerge::hold_up(GroupState& state, const Indexes& top, Mark mark) const {
  state.mark = mark;
  for (const std::size_t write : top) state.to_settle.push_back(graph_.at(writes_[write].node).id);
  state.ancestor = common_ancestor(top);
  state.value = state.ancestor ? state.ancestor->value : std::string();
}

void GroupMerge::finish_custody(GroupState& state, const Indexes& top) const {
  Indexes facts = top;
  for (const Contradiction& pair : contradictions_) {
    if (is_ruled(pair)) continue;
    facts.push_back(pair.a);
    facts.push_back(pair.b);
  }
  if (facts.size() == top.size() && !differ(top)) {
    if (top.empty()) return;
    state.value = value(top.back());
    const auto is_other = [&](std::size_t write) { return value(write) != state.value; };
    if (std::any_of(top.begin(), top.end(), is_other)) state.mark = Mark::flagged;
    return;
  }
  std::sort(facts.begin(), facts.end(),
            [&](std::size_t a, std::size_t b) { return writes_[a].node < writes_[b].node; });
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  hold_up(state, top, Mark::incident);
  state.ancestor = common_ancestor(facts);
  state.value = state.ancestor ? state.ancestor->value : std::string();
  state.held.clear();
  for (const std::size_t fact : facts) state.held.push_back(held(fact));
}

void GroupMerge::finish_ordered(GroupState& state, const Indexes& top) const {
  const int sign = group().kind == GroupKind::earliest ? -1 : 1;
  std::size_t best = top.front();
  for (const std::size_t write : top) {
    const auto order = order_of(definition_, group(), value(write), value(best));
    if (!order) return hold_up(state, top, Mark::conflict);
    if (*order * sign > 0) best = write;
  }
  state.value = value(best);
  if (differ(top)) state.mark = Mark::flagged;
}

GroupState GroupMerge::finish() const {
  GroupState state;
  state.group = group_;
  if (group().kind == GroupKind::set) {
    finish_set(state);
  } else {
    const Indexes top = maximal();
    for (const std::size_t write : top) state.held.push_back(held(write));
    if (!top.empty()) state.value = value(top.front());
    switch (group().kind) {
      case GroupKind::value:
      case GroupKind::number:
        if (differ(top)) hold_up(state, top, Mark::conflict);
        break;
      case GroupKind::fixed:
        if (differ(top)) hold_up(state, top, Mark::incident);
        break;
      case GroupKind::custody:
        finish_custody(state, top);
        break;
      case GroupKind::note_only:
        if (!top.empty()) state.value = value(top.back());
        if (differ(top)) state.mark = Mark::flagged;
        break;
      case GroupKind::severity:
      case GroupKind::latest:
      case GroupKind::earliest:
        if (top.size() > 1) finish_ordered(state, top);
        break;
      case GroupKind::set:
      case GroupKind::state:  // sync/state_merge.h chooses
      case GroupKind::computed:
        break;
    }
  }
  state.proposals = open_proposals();
  return state;
}

}  // namespace jiyao
