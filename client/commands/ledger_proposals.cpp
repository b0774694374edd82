// client/commands/ledger_proposals.cpp - rows of lists held against the row at hand.
#include "client/commands/ledger_proposals.h"

#include <algorithm>

#include "client/records.h"
#include "schema/search.h"
#include "schema/text.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

constexpr std::size_t kPageRows = 200;
/// A column that fits counts more than any number of letters in common.
constexpr std::size_t kColumnWeight = 1U << 20U;

/// What the row will say in this column: typed now, or there already.
std::vector<std::string> values_at(const StepAtHand& at, const std::string& name) {
  std::vector<std::string> values;
  const auto typed = at.values.find(name);
  if (typed != at.values.end()) values.push_back(typed->second);
  for (const FieldValues& entry : at.entries)
    if (const auto found = entry.find(name); found != entry.end()) values.push_back(found->second);
  if (at.row != nullptr && typed == at.values.end())
    for (std::string& value : field_values(at.ledger, at.row->state, *at.ledger.field_index(name)))
      values.push_back(std::move(value));
  return values;
}

bool is_open(const StepAtHand& at, const std::string& name) {
  return !at.values.contains(name) && at.shown(name).empty();
}

/// The longest of the list's words that stands in one of the row's values; 0: none does.
std::size_t letters_in_common(const Field& own, const std::vector<std::string>& words,
                              const std::vector<std::string>& values) {
  std::size_t longest = 0;
  for (const std::string& word : words)
    for (const std::string& value : values) {
      const std::string folded = fold_for_search(word);
      const bool fits =
          own.type == FieldType::text
              ? !folded.empty() && fold_for_search(value).find(folded) != std::string::npos
              : word == value;
      if (fits) longest = std::max(longest, word.size());
    }
  return longest;
}

class ListSearch {
 public:
  ListSearch(Desk& desk, const Replica& replica, const LedgerDefinition& list,
             const Proposal& proposal, const CompartmentId& place, const StepAtHand& at)
      : desk_(desk), replica_(replica), list_(list), proposal_(proposal), place_(place), at_(at) {
    if (proposal.day.empty()) return;
    day_ = at.shown(proposal.day);
    if (day_.empty()) day_ = desk.today();
  }

  bool is_wanted() const {
    const bool fills_open = std::all_of(proposal_.fills.begin(), proposal_.fills.end(),
                                        [&](const auto& fill) { return is_open(at_, fill.first); });
    return fills_open && (proposal_.cites.empty() || is_open(at_, proposal_.cites));
  }

  void look_at_rows() {
    Query query;
    query.ledger = list_.name;
    query.owners = {place_.office};
    query.with_void = false;
    query.limit = kPageRows;
    std::optional<RecordId> after;
    do {
      RecordPage page = replica_.search(query, after);
      for (View& row : page.rows) consider(std::move(row));
      after = page.after;
    } while (after);
  }

  /// Into the row at hand; what was filled, in words.
  std::string take() const {
    if (!best_ || is_undecided_) return {};
    std::string fields;
    const auto fill = [&](const std::string& name, const std::string& value) {
      if (value.empty()) return;
      at_.values[name] = value;
    };
    for (const auto& [theirs, own] : proposal_.fills) {
      const std::string value = best_->state.field(list_, own);
      fill(theirs, value);
      fields += (fields.empty() ? "" : desk_.text("list.and")) +
                label_of(desk_.words(), *at_.ledger.field(theirs)) + " " + terminal_safe(value);
    }
    if (!proposal_.cites.empty()) fill(proposal_.cites, best_->record.hex());
    if (!proposal_.day.empty()) fill(proposal_.day, day_);
    const Directory directory(replica_);
    const bool is_zh = desk_.words().language() == Language::zh;
    return desk_.text("ledger.from_list", {{"list", is_zh ? list_.zh : list_.en},
                                           {"row", called(desk_.words(), directory, list_, *best_)},
                                           {"fields", fields}});
  }

 private:
  /// How well a row fits; 0: not at all.
  std::size_t fit(const View& row) const {
    std::size_t sum = 0;
    for (const auto& [own, theirs] : proposal_.match) {
      const auto words = field_values(list_, row.state, own);
      if (words.empty()) continue;
      const std::size_t common =
          letters_in_common(list_.fields[own], words, values_at(at_, theirs));
      if (common == 0) return 0;
      sum += kColumnWeight + common;
    }
    return sum == 0 ? 0 : 2 * sum + (row.compartment == place_ ? 1 : 0);
  }
  bool is_in_time(const View& row) const {
    return proposal_.day.empty() || (row.state.field(list_, proposal_.day_from) <= day_ &&
                                     day_ <= row.state.field(list_, proposal_.day_until));
  }
  bool says_the_same(const View& row) const {
    return std::all_of(proposal_.fills.begin(), proposal_.fills.end(), [&](const auto& fill) {
      return row.state.field(list_, fill.second) == best_->state.field(list_, fill.second);
    });
  }
  void consider(View row) {
    if (row.is_hidden || row.state.is_terminal || !is_in_time(row)) return;
    if (level_of(row) > place_.level) return;  // its words would come down with it
    const std::size_t how_well = fit(row);
    if (how_well == 0 || how_well < best_fit_) return;
    if (how_well == best_fit_) {
      is_undecided_ = is_undecided_ || !says_the_same(row);
      return;
    }
    best_ = std::move(row);
    best_fit_ = how_well;
    is_undecided_ = false;
  }

  Desk& desk_;
  const Replica& replica_;
  const LedgerDefinition& list_;
  const Proposal& proposal_;
  const CompartmentId& place_;
  const StepAtHand& at_;
  std::string day_;
  std::optional<View> best_;
  std::size_t best_fit_ = 0;
  bool is_undecided_ = false;
};

}  // namespace

std::string fill_from_lists(Desk& desk, const Replica& replica, const CompartmentId& place,
                            const StepAtHand& at) {
  std::string told;
  if (at.ledger.states[at.step.to].is_terminal) return told;
  for (const LedgerDefinition& list : replica.definitions().all())
    for (const Proposal& proposal : list.proposals) {
      if (proposal.to != at.ledger.name) continue;
      ListSearch search(desk, replica, list, proposal, place, at);
      if (!search.is_wanted()) continue;
      search.look_at_rows();
      const std::string words = search.take();
      if (!words.empty()) told += "\n" + words;
    }
  return told;
}

}  // namespace jiyao
