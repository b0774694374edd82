// sync/check.cpp - the touched records beside their neighbours, rule by rule.
#include "sync/check.h"

#include <algorithm>
#include <set>

#include "schema/dates.h"
#include "sync/claims.h"
#include "sync/rules.h"
#include "sync/state_merge.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

class Check {
 public:
  Check(const Definitions& definitions, const Neighbourhood& hood)
      : hood_(hood), findings_(definitions), rules_(by_id_, findings_) {
    claimed_.reserve(hood.records.size());
    for (const Neighbour& neighbour : hood.records) claimed_.push_back(enter(neighbour));
  }

  std::vector<Finding> run() {
    for (std::size_t i = 0; i < hood_.records.size(); ++i) {
      const Neighbour& touched = hood_.records[i];
      if (!touched.is_touched || touched.state->is_closed) continue;
      inside(touched);
      duplicates(touched, claimed_[i]);
      rules_.exclusive(touched);
      numbers(touched, claimed_[i]);
      held_back(touched);
      rules_.rules(touched);
      rules_.bars(touched);
      rules_.apart(touched);
    }
    for (const Neighbour& neighbour : hood_.records) recall(neighbour);
    return std::move(findings_).sorted(
        [this](const Finding& finding) { return rules_.is_ruled(finding); });
  }

 private:
  /// Who may meet whom: the rule, and what both must have in common.
  using Meeting = std::pair<const void*, std::string>;
  using Met = std::vector<const Neighbour*>;  ///< in the order of the neighbourhood

  /// What a record claims, and who claims the same.
  struct Claimed {
    std::vector<std::pair<const UniqueKey*, const std::pair<const Meeting, Met>*>> unique;
    std::vector<std::pair<SeriesNumber, const Met*>> numbers;  ///< by rule; nullptr: claims none
  };

  Claimed enter(const Neighbour& record);
  void take_series(const Neighbour& record);
  template <class Key>
  static const Met& met(const std::map<Key, Met>& all, const Key& key) {
    static const Met nobody;
    const auto found = all.find(key);
    return found == all.end() ? nobody : found->second;
  }

  void inside(const Neighbour& record);
  static bool is_asked_about(const Neighbour& record, const GroupState& held);
  void groups(const Neighbour& record);
  void duplicates(const Neighbour& record, const Claimed& claimed);
  void duplicate_of(const Neighbour& record, const Neighbour& other, const UniqueKey& key,
                    const std::string& claim);
  void numbers(const Neighbour& record, const Claimed& claimed);
  void number_clash(const Neighbour& record, const NumberRule& rule, const SeriesNumber& number,
                    const Met& same);
  void outside_blocks(const Neighbour& record, const NumberRule& rule, const SeriesNumber& number);
  void held_back(const Neighbour& record);
  void recall(const Neighbour& record);

  std::optional<RecordId> block_owner(const std::string& series, std::uint64_t n,
                                      const Neighbour& a, const Neighbour& b,
                                      const NumberRule& rule) const;
  const GrantedBlocks* series_of(const std::string& key) const;
  static std::vector<ChangeId> held_changes(const Neighbour& record, std::size_t field);
  template <class Field>  // its name or its index
  std::string shown(const Neighbour& record, const Field& field) const {
    return record.state->field(*record.ledger, field);
  }
  bool is_open(const Neighbour& record) const;

  const Neighbourhood& hood_;
  NeighboursById by_id_;
  std::vector<Claimed> claimed_;                 ///< by place in the neighbourhood
  std::map<Meeting, Met> by_unique_;             ///< open records by unique key and claim
  std::map<Meeting, Met> by_number_;             ///< by number rule, series and number
  std::map<std::string, Met> open_by_citation_;  ///< open loans and legs by the record they cite
  struct Series {
    RecordId record;
    GrantedBlocks blocks;
  };
  std::map<std::string, Series> series_;  ///< by series key; of several that of the least id
  Findings findings_;
  RuleCheck rules_;
};

std::string text_of(const SeriesNumber& number) {
  return number.key + ':' + std::to_string(number.n);
}

// Each claim is made once: a batch of thousands would otherwise compare every row with every other.
Check::Claimed Check::enter(const Neighbour& record) {
  const LedgerDefinition& ledger = *record.ledger;
  Claimed claimed;
  by_id_[record.record.hex()] = &record;
  for (const UniqueKey& key : ledger.unique) {
    std::string claim = record.state->is_closed ? "" : unique_claim(ledger, key, *record.state);
    if (claim.empty()) continue;
    auto& meeting = *by_unique_.try_emplace({&key, std::move(claim)}).first;
    meeting.second.push_back(&record);
    claimed.unique.emplace_back(&key, &meeting);
  }
  rules_.enter(record);
  for (const NumberRule& rule : ledger.numbers) {
    auto& [number, same] = claimed.numbers.emplace_back(SeriesNumber{}, nullptr);
    auto found = series_number(ledger, rule, *record.state);
    if (!found) continue;
    number = *std::move(found);
    Met& met = by_number_[{&rule, text_of(number)}];
    met.push_back(&record);
    same = &met;
  }
  if (is_open(record)) {
    std::set<std::string> cited;
    for (std::size_t field = 0; field < ledger.fields.size(); ++field)
      if (ledger.fields[field].type == FieldType::ref)
        for (std::string& id : field_values(ledger, *record.state, field))
          cited.insert(std::move(id));
    for (const std::string& id : cited) open_by_citation_[id].push_back(&record);
  }
  if (ledger.name == kSeriesLedger) take_series(record);
  return claimed;
}

// Of several rows of one series the same one on every machine, whatever came first.
void Check::take_series(const Neighbour& record) {
  const auto [kept, is_first] = series_.try_emplace(
      series_key(shown(record, "of_ledger"), shown(record, "series_name"), shown(record, "year")));
  if (is_first || record.record < kept->second.record)
    kept->second = {record.record, granted_blocks(*record.ledger, *record.state)};
}

std::vector<ChangeId> Check::held_changes(const Neighbour& record, std::size_t field) {
  std::vector<ChangeId> changes;
  const GroupState* group = record.state->group(record.ledger->fields[field].group);
  if (group == nullptr) return changes;
  for (const HeldWrite& write : group->held) changes.push_back(write.change);
  return changes;
}

// What merge left open in the record itself, and what merging did that somebody should see.
void Check::inside(const Neighbour& record) {
  groups(record);
  const RecordState& state = *record.state;
  if (state.level && *state.level > record.compartment_level)
    findings_.add("C9", FindingKind::hold, record.record.hex(), {&record},
                  held_changes(record, *record.ledger->field_index("level")));
  for (const ChangeId& late : state.late) {
    for (const GroupState& group : state.groups) {
      const bool is_its = std::any_of(group.held.begin(), group.held.end(),
                                      [&](const HeldWrite& held) { return held.change == late; });
      const std::string& code = record.ledger->groups[group.group].late;
      if (is_its && !code.empty())
        findings_.add(code, FindingKind::task, record.record.hex(), {&record}, {late});
    }
  }
}

// A flag is history only, but for a level, for a state that came back while others went on, and for
// a decision that overrules another.
bool Check::is_asked_about(const Neighbour& record, const GroupState& held) {
  if (held.mark != Mark::flagged) return held.mark != Mark::none;
  const Group& group = record.ledger->groups[held.group];
  const auto state = group.kind == GroupKind::state ? record.ledger->state_index(held.value)
                                                    : std::optional<std::size_t>();
  return group.name == "level" || (state && record.ledger->states[*state].sends_back) ||
         is_overruling(*record.ledger, held);
}

void Check::groups(const Neighbour& record) {
  for (const GroupState& held : record.state->groups) {
    const Group& group = record.ledger->groups[held.group];
    if (!is_asked_about(record, held)) continue;
    std::vector<ChangeId> changes;
    for (const HeldWrite& write : held.held) changes.push_back(write.change);
    const bool is_flagged = held.mark == Mark::flagged;
    const char* code = group.kind == GroupKind::state
                           ? (held.mark == Mark::incident           ? "S3"
                              : !is_flagged                         ? "S2"
                              : is_overruling(*record.ledger, held) ? "A5"
                                                                    : "R16")
                       : group.kind == GroupKind::custody ? "U1"
                       : group.name == "level"            ? "C1"
                       : group.name == "term"             ? "C6"
                       : held.mark == Mark::incident      ? "fixed"
                                                          : "value";
    const FindingKind kind = held.mark == Mark::incident ? FindingKind::incident
                             : is_flagged                ? FindingKind::task
                                                         : FindingKind::conflict;
    findings_.add(code, kind, record.record.hex() + ':' + group.name, {&record}, changes,
                  record.ledger->rulers);
  }
}

void Check::duplicates(const Neighbour& record, const Claimed& claimed) {
  for (const auto& [key, meeting] : claimed.unique)
    for (const Neighbour* other : meeting->second)
      if (other->record != record.record) duplicate_of(record, *other, *key, meeting->first.second);
}

void Check::duplicate_of(const Neighbour& record, const Neighbour& other, const UniqueKey& key,
                         const std::string& claim) {
  if (key.distinct) {  // numbered copies of one paper are no duplicates (N3)
    const std::size_t group = record.ledger->fields[*key.distinct].group;
    const GroupState* mine = record.state->group(group);
    const GroupState* theirs = other.state->group(group);
    const bool both_say =
        mine != nullptr && theirs != nullptr && !mine->held.empty() && !theirs->held.empty();
    const bool share_one =
        both_say && std::any_of(mine->held.begin(), mine->held.end(), [&](const HeldWrite& a) {
          return std::any_of(theirs->held.begin(), theirs->held.end(),
                             [&](const HeldWrite& b) { return a.value == b.value; });
        });
    if (both_say && !share_one) return;
  }
  std::string code = key.finding;
  const auto differs = [&](std::size_t field) {
    return shown(record, field) != shown(other, field);
  };
  if (std::any_of(key.apart.begin(), key.apart.end(), differs)) {
    code = key.apart_finding;
  } else if (code == "N2" && std::any_of(key.fields.begin(), key.fields.end(), differs)) {
    code = "N10";  // only alike after folding brackets and zeros: a suggestion
  }
  std::vector<ChangeId> changes;
  for (const std::size_t field : key.fields)
    for (const Neighbour* one : {&record, &other})
      for (const ChangeId& change : held_changes(*one, field)) changes.push_back(change);
  findings_.add(code, FindingKind::clash, claim, {&record, &other}, changes);
}

bool Check::is_open(const Neighbour& record) const {
  const LedgerDefinition& ledger = *record.ledger;
  if (ledger.open) return ledger.open->holds(own_words(ledger, *record.state), true) == Holds::yes;
  return std::any_of(ledger.exclusive.begin(), ledger.exclusive.end(),
                     [&](const ExclusiveKey& key) {
                       return !exclusive_claims(ledger, key, *record.state).empty();
                     });
}

void Check::numbers(const Neighbour& record, const Claimed& claimed) {
  for (std::size_t i = 0; i < claimed.numbers.size(); ++i) {
    const NumberRule& rule = record.ledger->numbers[i];
    const auto& [number, same] = claimed.numbers[i];
    if (same == nullptr) continue;
    number_clash(record, rule, number, *same);
    outside_blocks(record, rule, number);
    if (!rule.year_of) continue;
    const std::string date = shown(record, *rule.year_of);  // or the year alone
    if ((is_date(date) || date.size() == 4) && date.substr(0, 4) != number.year)
      findings_.add("N9", FindingKind::task, record.record.hex(), {&record},
                    held_changes(record, rule.field));
  }
}

void Check::number_clash(const Neighbour& record, const NumberRule& rule,
                         const SeriesNumber& number, const Met& same) {
  for (const Neighbour* met_here : same) {
    const Neighbour& other = *met_here;
    if (other.record == record.record) continue;
    std::vector<ChangeId> changes = held_changes(record, rule.field);
    for (const ChangeId& change : held_changes(other, rule.field)) changes.push_back(change);
    // A number that is on paper elsewhere: a person decides; on two papers: nobody renumbers.
    const auto is_printed = [&](const Neighbour& one) {
      return !rule.printed.empty() &&
             rule.printed.holds(own_words(*one.ledger, *one.state), true) == Holds::yes;
    };
    const auto is_out = [&](const Neighbour& one) {
      return is_printed(one) || one.state->is_terminal;
    };
    Finding& finding = findings_.add(rule.finding, FindingKind::clash, text_of(number),
                                     {&record, &other}, changes);
    if (is_out(record) || is_out(other)) finding.gravity = Gravity::question;
    if (is_printed(record) && is_printed(other)) finding.gravity = Gravity::freeze;
    finding.keeps = block_owner(number.key, number.n, record, other, rule);
  }
}

const GrantedBlocks* Check::series_of(const std::string& key) const {
  const auto found = series_.find(key);
  return found == series_.end() ? nullptr : &found->second.blocks;
}

std::optional<RecordId> Check::block_owner(const std::string& series, std::uint64_t n,
                                           const Neighbour& a, const Neighbour& b,
                                           const NumberRule& rule) const {
  const GrantedBlocks* granted = series_of(series);
  if (granted == nullptr) return std::nullopt;
  const auto owns = [&](const Neighbour& record) {
    const GroupState* number = record.state->group(record.ledger->fields[rule.field].group);
    return std::any_of(number->held.begin(), number->held.end(), [&](const HeldWrite& write) {
      return is_granted(*granted, write.origin.incarnation, n);
    });
  };
  if (owns(a) == owns(b)) return std::nullopt;  // the authority keeps what it applied first
  return owns(a) ? a.record : b.record;
}

void Check::outside_blocks(const Neighbour& record, const NumberRule& rule,
                           const SeriesNumber& number) {
  const GrantedBlocks* series = series_of(number.key);
  const GroupState* group = record.state->group(record.ledger->fields[rule.field].group);
  const bool is_inside =
      series != nullptr &&
      std::any_of(group->held.begin(), group->held.end(), [&](const HeldWrite& write) {
        return is_granted(*series, write.origin.incarnation, number.n);
      });
  if (!is_inside)
    findings_.add("N5", FindingKind::task, number.key, {&record}, held_changes(record, rule.field));
}

// A record that is shown in an end state although something of it is still out: the end waits (S1).
void Check::held_back(const Neighbour& record) {
  const RecordState& state = *record.state;
  if (state.is_held_back)
    findings_.add("S1", FindingKind::task, record.record.hex(), {&record}, {});
  const auto to = record.ledger->state_index(state.state);
  if (!to) return;
  std::vector<const Neighbour*> concerned{&record};
  std::string fall_back;
  for (const Transition& step : record.ledger->steps) {
    if (step.to != *to || step.clear_of.empty()) continue;
    for (const std::size_t from : step.from) {
      const State& before = record.ledger->states[from];
      const auto held = record.ledger->state_index(fall_back);
      const bool is_later = !held || before.rank > record.ledger->states[*held].rank;
      if (is_later && before.rank < record.ledger->states[*to].rank) fall_back = before.name;
    }
    const auto keep_from_end = [&](const Neighbour* other) {
      const auto& ledgers = step.clear_of;
      if (std::find(ledgers.begin(), ledgers.end(), other->ledger->name) != ledgers.end() &&
          other->record != record.record)
        concerned.push_back(other);
    };
    for (const Neighbour* other : met(open_by_citation_, record.record.hex())) keep_from_end(other);
    for (const Neighbour* other : rules_.sharing_claims(record)) keep_from_end(other);
  }
  if (concerned.size() == 1) return;
  Finding& hold = findings_.add("S1", FindingKind::hold, record.record.hex() + ":state", concerned,
                                held_changes(record, *record.ledger->field_index("state")));
  const auto passed = states_before(*record.ledger, state);
  hold.shown_state = passed.empty() ? fall_back : record.ledger->states[passed.front()].name;
}

// C2: the paper's level rose, or the holder was never cleared for it: due back today.
void Check::recall(const Neighbour& record) {
  if (!is_open(record) || record.state->is_closed) return;
  std::vector<const Neighbour*> concerned{&record};
  std::optional<Level> level;
  std::vector<ChangeId> changes;
  bool was_raised = false;
  bool is_touched = record.is_touched;
  for (const Field& field : record.ledger->fields) {
    if (field.type != FieldType::ref) continue;
    const auto cited = by_id_.find(shown(record, field.name));
    if (cited == by_id_.end() || !cited->second->state->level) continue;
    const Neighbour& paper = *cited->second;
    if (!level || *paper.state->level > *level) level = paper.state->level;
    is_touched = is_touched || paper.is_touched;
    was_raised = was_raised || *paper.state->level > paper.compartment_level;
    concerned.push_back(&paper);
    for (const ChangeId& change : held_changes(paper, *paper.ledger->field_index("level")))
      changes.push_back(change);
  }
  if (!level || !is_touched) return;
  const std::string holder = shown(record, "borrower");
  const auto cleared =
      hood_.clearance && !holder.empty() ? hood_.clearance(holder) : std::optional<Level>();
  const bool is_beyond = cleared && *cleared < *level;
  if (!is_beyond && !was_raised) return;
  Finding& finding = findings_.add("C2", is_beyond ? FindingKind::incident : FindingKind::task,
                                   record.record.hex(), concerned, changes);
  if (is_beyond) finding.gravity = Gravity::freeze;
}

}  // namespace

std::vector<Finding> check(const Definitions& definitions, const Neighbourhood& touched) {
  for (const Neighbour& one : touched.records)  // a state means nothing under other definitions
    JIYAO_ASSERT(definitions.ledger(one.ledger->name) == one.ledger);
  return Check(definitions, touched).run();
}

}  // namespace jiyao
