// sync/merge.cpp - from changes to the shown record, group by group.
#include "sync/merge.h"

#include <algorithm>
#include <array>

#include "sync/group_merge.h"
#include "sync/state_merge.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

// What merge must understand to place a write; finer rules were checked when it was made, under the
// rule set of that day.
bool can_take(const LedgerDefinition& definition, const Change& change, const Group& group,
              const std::string& value) {
  const bool is_withdrawal = change.kind == ChangeKind::withdraw;
  if (is_withdrawal != (group.kind == GroupKind::set && value.empty())) return false;
  switch (group.kind) {
    case GroupKind::computed:
      return false;
    case GroupKind::state:
      return definition.state_index(value).has_value();
    case GroupKind::severity:
    case GroupKind::latest:
    case GroupKind::earliest:
      return definition.is_ordered_value(group, value);
    default:
      return true;
  }
}

bool can_take(const LedgerDefinition& definition, const Change& change) {
  return change.ledger == definition.name &&
         std::all_of(change.writes.begin(), change.writes.end(), [&](const Write& write) {
           const Group* group = definition.group(write.group);
           return group != nullptr && can_take(definition, change, *group, write.value);
         });
}

class RecordMerge {
 public:
  RecordMerge(const LedgerDefinition& definition, std::span<const JudgedChange> changes)
      : definition_(definition), graph_(changes) {}

  RecordState run() {
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      const JudgedChange& judged = graph_.at(i);
      const bool is_judged =
          judged.effect == Effect::counts || judged.effect == Effect::proposal_only;
      if (is_judged && !can_take(definition_, *judged.change)) graph_.quarantine(i);
    }
    graph_.connect();
    file_changes();
    collect_writes();
    settle_groups();
    finish_groups();
    return std::move(record_);
  }

 private:
  void file_changes();
  void collect_writes();
  void settle_groups();
  void finish_groups();
  void choose_state();
  void note_late_entries();
  void note_entries_apart();
  void note_entries_apart(const Group& group, const GroupMerge& merge, const GroupState& shown);
  bool is_signer(const Group& group, std::size_t node) const;
  bool is_after_close(std::size_t node) const;
  bool is_locked_out(const Group& group, std::size_t node) const;
  bool has_right(const Group& group, std::size_t node) const;
  bool is_locked_for(const Group& group, std::size_t node, bool& was_concurrent) const;
  std::vector<std::size_t> weighty_writes() const;

  const LedgerDefinition& definition_;
  ChangeGraph graph_;
  std::vector<GroupMerge> groups_;     // of the groups somebody wrote, by group index
  std::vector<std::size_t> group_of_;  // their indexes in the definition
  std::vector<std::size_t> closes_;    // nodes that moved the record away
  const GroupMerge* states_ = nullptr;
  RecordState record_;
};

void RecordMerge::file_changes() {
  for (std::size_t i = 0; i < graph_.size(); ++i) {
    const JudgedChange& judged = graph_.at(i);
    if (judged.effect == Effect::transparent) {
      record_.transparent.push_back(judged.id);
    } else if (judged.effect == Effect::quarantined) {
      record_.quarantined.push_back(judged.id);
    } else if (graph_.is_ready(i)) {
      record_.applied.push_back(judged.id);
      const bool is_close =
          judged.change->kind == ChangeKind::close && judged.effect == Effect::counts;
      if (is_close) closes_.push_back(i);
    } else {
      const bool is_newer = judged.effect == Effect::wait_program;
      record_.pending.push_back(
          {judged.id, is_newer ? Waiting::program : Waiting::parent, graph_.missing_parents(i)});
      record_.is_frozen = record_.is_frozen || is_newer;
    }
  }
  record_.heads = graph_.heads();
  record_.is_closed = !closes_.empty();
}

void RecordMerge::collect_writes() {
  struct Written {
    std::size_t group, node;
    const Write* write;
  };
  std::vector<Written> all;
  for (const std::size_t node : graph_.order()) {
    if (!graph_.is_applied(node)) continue;
    for (const Write& write : graph_.at(node).change->writes)
      all.push_back({*definition_.group_index(write.group), node, &write});
  }
  std::vector<std::size_t> place(definition_.groups.size(), definition_.groups.size());
  for (const Written& one : all) place[one.group] = 0;
  groups_.reserve(place.size());
  for (std::size_t group = 0; group < place.size(); ++group) {
    if (place[group] != 0) continue;
    place[group] = groups_.size();
    groups_.emplace_back(definition_, group, graph_);
    group_of_.push_back(group);
  }
  for (const Written& one : all)
    groups_[place[one.group]].add({one.node, one.write, false, false, {}});
}

// What is written to a record after it moved away is carried over by people, not by merging.
bool RecordMerge::is_after_close(std::size_t node) const {
  return std::any_of(closes_.begin(), closes_.end(), [&](std::size_t close) {
    return close != node && !graph_.is_before(node, close);
  });
}

bool RecordMerge::has_right(const Group& group, std::size_t node) const {
  const JudgedChange& judged = graph_.at(node);
  if (group.by_owner && !judged.is_owner) return false;
  if (!group.by_signer.empty()) return is_signer(group, node);
  if (group.writers != 0) return (judged.roles & group.writers) != 0;
  return group.by_owner || !group.locked_from;
}

// Did this author sign what is locked? A text that is signed is its signer's to change (I5).
bool RecordMerge::is_signer(const Group& group, std::size_t node) const {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (definition_.groups[group_of_[i]].name != group.by_signer) continue;
    const auto& approvals = groups_[i].writes();
    return std::any_of(approvals.begin(), approvals.end(), [&](const WriteNode& approval) {
      return !approval.is_proposal && graph_.is_before(approval.node, node) &&
             graph_.at(approval.node).change->kind != ChangeKind::withdraw &&
             graph_.at(approval.node).change->actor == graph_.at(node).change->actor;
    });
  }
  return false;
}

// Locked: the author saw a state from which on the group is closed. A lock the author could not
// know of makes the write a proposal whatever right he has (I5).
bool RecordMerge::is_locked_for(const Group& group, std::size_t node, bool& was_concurrent) const {
  was_concurrent = false;
  if (states_ == nullptr) return false;
  const int lock_rank = definition_.states[*group.locked_from].rank;
  const auto locks = [&](std::size_t write) {
    const State& state = definition_.states[*definition_.state_index(states_->value(write))];
    return state.rank >= lock_rank && !state.is_void;
  };
  const auto& writes = states_->writes();
  for (std::size_t i = 0; i < writes.size(); ++i)
    if (!writes[i].is_proposal && locks(i) && graph_.is_concurrent(writes[i].node, node))
      was_concurrent = true;
  const auto known = states_->maximal_before(node);
  return std::any_of(known.begin(), known.end(), locks);
}

bool RecordMerge::is_locked_out(const Group& group, std::size_t node) const {
  const JudgedChange& judged = graph_.at(node);
  if (judged.effect == Effect::proposal_only || is_after_close(node)) return true;
  const bool is_renumber = judged.change->kind == ChangeKind::renumber;
  if ((group.by_authority || is_renumber) && !judged.is_authority) return true;
  if (!group.locked_from) return !has_right(group, node);
  if (is_renumber) return false;
  bool was_concurrent = false;
  const bool is_locked = is_locked_for(group, node, was_concurrent);
  return was_concurrent || (is_locked && !has_right(group, node));
}

void RecordMerge::settle_groups() {
  const auto settle = [&](std::size_t i) {
    const Group& group = definition_.groups[group_of_[i]];
    groups_[i].settle([&](std::size_t node) { return is_locked_out(group, node); });
  };
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (group_of_[i] != definition_.state_group) continue;
    settle(i);
    states_ = &groups_[i];
  }
  for (const bool asks_signer : {false, true})  // who signed is known before who may write
    for (std::size_t i = 0; i < groups_.size(); ++i)
      if (group_of_[i] != definition_.state_group &&
          definition_.groups[group_of_[i]].by_signer.empty() != asks_signer)
        settle(i);
}

// Nodes whose writes voiding must not beat: a fact about the paper, somebody's word or approval.
std::vector<std::size_t> RecordMerge::weighty_writes() const {
  std::vector<std::size_t> nodes;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const Group& group = definition_.groups[group_of_[i]];
    const bool is_weighty =
        group.kind == GroupKind::custody ||
        std::any_of(group.fields.begin(), group.fields.end(), [&](std::size_t field) {
          const FieldType type = definition_.fields[field].type;
          return type == FieldType::opinion || type == FieldType::signature;
        });
    if (!is_weighty) continue;
    for (const WriteNode& write : groups_[i].writes())
      if (!write.is_proposal) nodes.push_back(write.node);
  }
  return nodes;
}

// An entry made elsewhere while the record was ended here is kept, and somebody must look at it.
void RecordMerge::note_late_entries() {
  std::vector<std::size_t> ends;
  for (const std::size_t write : states_->maximal()) {
    const State& state = definition_.states[*definition_.state_index(states_->value(write))];
    if (state.is_terminal && !state.is_void) ends.push_back(states_->writes()[write].node);
  }
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (definition_.groups[group_of_[i]].late.empty()) continue;
    for (const WriteNode& write : groups_[i].writes()) {
      const bool is_late =
          !write.is_proposal && graph_.at(write.node).change->kind != ChangeKind::withdraw &&
          std::any_of(ends.begin(), ends.end(),
                      [&](std::size_t end) { return graph_.is_concurrent(write.node, end); });
      if (is_late) record_.late.push_back(graph_.at(write.node).id);
    }
  }
  std::sort(record_.late.begin(), record_.late.end());
  record_.late.erase(std::unique(record_.late.begin(), record_.late.end()), record_.late.end());
}

void RecordMerge::note_entries_apart() {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const Group& group = definition_.groups[group_of_[i]];
    if (group.apart_by) note_entries_apart(group, groups_[i], record_.groups[i]);
  }
}

void RecordMerge::note_entries_apart(const Group& group, const GroupMerge& merge,
                                     const GroupState& shown) {
  std::vector<std::size_t> entries;
  for (std::size_t i = 0; i < merge.writes().size(); ++i) {
    const ChangeId& id = graph_.at(merge.writes()[i].node).id;
    if (std::any_of(shown.held.begin(), shown.held.end(),
                    [&](const HeldWrite& held) { return held.change == id; }))
      entries.push_back(i);
  }
  const auto node = [&](std::size_t entry) { return merge.writes()[entry].node; };
  const auto who = [&](std::size_t entry) {
    return definition_.field_value(*group.apart_by, merge.value(entry));
  };
  for (const std::size_t a : entries) {
    for (const std::size_t b : entries) {
      if (!(graph_.at(node(a)).id < graph_.at(node(b)).id) || who(a).empty() || who(a) != who(b) ||
          !graph_.is_concurrent(node(a), node(b)))
        continue;
      const bool is_answered = std::any_of(entries.begin(), entries.end(), [&](std::size_t later) {
        return who(later) == who(a) && graph_.is_before(node(a), node(later)) &&
               graph_.is_before(node(b), node(later));
      });
      if (!is_answered)
        record_.apart.push_back({shown.group, graph_.at(node(a)).id, graph_.at(node(b)).id,
                                 merge.value(a) == merge.value(b)});
    }
  }
}

void RecordMerge::choose_state() {
  GroupState* shown = nullptr;
  for (GroupState& group : record_.groups)
    if (group.group == definition_.state_group) shown = &group;
  if (shown == nullptr) return;
  record_.is_held_back = choose_among_states(definition_, *states_, graph_, weighty_writes(),
                                             own_words(definition_, record_), *shown);
  record_.state = shown->value;
  for (std::size_t i = 0; i < states_->writes().size(); ++i)
    if (!states_->writes()[i].is_proposal)
      record_.passed.push_back(*definition_.state_index(states_->value(i)));
  std::sort(record_.passed.begin(), record_.passed.end());
  record_.passed.erase(std::unique(record_.passed.begin(), record_.passed.end()),
                       record_.passed.end());
  note_late_entries();
  const auto index = definition_.state_index(record_.state);
  if (!index || shown->mark == Mark::incident) return;
  record_.is_void = definition_.states[*index].is_void;
  record_.is_terminal = definition_.states[*index].is_terminal;
}

void RecordMerge::finish_groups() {
  record_.groups.reserve(groups_.size());
  for (const GroupMerge& group : groups_) record_.groups.push_back(group.finish());
  choose_state();
  note_entries_apart();
  for (const GroupState& group : record_.groups) {
    const bool is_open = group.mark == Mark::conflict || group.mark == Mark::incident;
    record_.has_conflict = record_.has_conflict || is_open;
    const bool is_custody = definition_.groups[group.group].kind == GroupKind::custody;
    if (is_custody && group.mark == Mark::incident) record_.is_frozen = true;
    if (group.group == definition_.level_group) record_.level = level_from(group.value);
  }
}

// Nearly every record is made once and never written again: what its only change says is what it
// shows. nullopt: something about it needs a closer look.
std::optional<RecordState> merge_only(const LedgerDefinition& definition,
                                      const JudgedChange& judged) {
  if (judged.effect != Effect::counts) return std::nullopt;
  const Change& change = *judged.change;
  const bool makes = change.kind == ChangeKind::create || change.kind == ChangeKind::import;
  if (!makes || !change.parents.empty() || change.ledger != definition.name) return std::nullopt;
  RecordState record;
  record.groups.reserve(change.writes.size());
  std::size_t index = 0;  // writes and groups are both sorted by name
  for (const Write& write : change.writes) {
    while (index < definition.groups.size() && definition.groups[index].name < write.group) ++index;
    if (index == definition.groups.size() || definition.groups[index].name != write.group ||
        !can_take(definition, change, definition.groups[index], write.value))
      return std::nullopt;
    const Group& group = definition.groups[index];
    const bool has_right = (!group.by_owner || judged.is_owner) &&
                           (group.writers == 0 || (judged.roles & group.writers) != 0);
    const bool is_proposal =
        (group.by_authority && !judged.is_authority) || (!group.locked_from && !has_right);
    if (is_proposal) return std::nullopt;
    GroupState& state = record.groups.emplace_back();
    state.group = index++;
    state.held.push_back({judged.id, write.value, change.actor, change.origin, change.hlc});
    if (group.kind != GroupKind::set) state.value = write.value;
    if (state.group == definition.level_group) record.level = level_from(write.value);
    if (state.group != definition.state_group) continue;
    const std::size_t to = *definition.state_index(write.value);
    const State& entered = definition.states[to];
    record.passed = {to};
    record.state = write.value;
    record.is_void = entered.is_void;
    record.is_terminal = entered.is_terminal;
  }
  record.heads = record.applied = {judged.id};
  return record;
}

}  // namespace

RecordState merge(const LedgerDefinition& definition, std::span<const JudgedChange> changes) {
  if (changes.size() == 1)
    if (auto only = merge_only(definition, changes.front())) return *std::move(only);
  return RecordMerge(definition, changes).run();
}

}  // namespace jiyao
