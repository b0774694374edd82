// client/readers.cpp - names out of the rows about a paper.
#include "client/readers.h"

#include <algorithm>
#include <set>

#include "client/timeline.h"

namespace jiyao {

namespace {

/// A ledger whose steps move a copy has let somebody see it only once one of them was taken.
bool moves_copies(const Transition& step) {
  return !step.also.empty();
}

std::set<std::string> states_that_give(const LedgerDefinition& ledger) {
  std::set<std::string> states;
  for (const Transition& step : ledger.steps)
    if (moves_copies(step)) states.insert(ledger.states[step.to].name);
  return states;
}

class Readers {
 public:
  explicit Readers(const Replica& replica) : replica_(replica) {}

  void look(const View& row) {
    const LedgerDefinition* ledger = replica_.definitions().ledger(row.ledger);
    if (ledger == nullptr) return;
    const bool has_readers = std::any_of(ledger->fields.begin(), ledger->fields.end(),
                                         [](const Field& field) { return field.knows; });
    if (has_readers) read(*ledger, row);
  }
  std::vector<Reader> all() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Reader& a, const Reader& b) { return a.at_ms < b.at_ms; });
    return std::move(found_);
  }

 private:
  void read(const LedgerDefinition& ledger, const View& row) {
    const std::set<std::string> giving = states_that_give(ledger);
    std::vector<Reader> waiting;
    bool has_gone = giving.empty();
    for (const HistoryEntry& entry : replica_.history(row.record)) {
      if (!entry.is_applied) continue;
      const auto at = static_cast<std::int64_t>(entry.change.hlc >> 16U);
      const std::size_t before = waiting.size();
      for (const Write& write : entry.change.writes) {
        if (write.group == "state" && giving.contains(write.value)) has_gone = true;
        note(ledger, row, entry, write, waiting);
      }
      if (!has_gone) continue;
      for (std::size_t i = 0; i < waiting.size(); ++i) {
        Reader reader = waiting[i];
        if (i < before) reader.at_ms = at;  // named earlier, given now
        found_.push_back(std::move(reader));
      }
      waiting.clear();
    }
  }
  void note(const LedgerDefinition& ledger, const View& row, const HistoryEntry& entry,
            const Write& write, std::vector<Reader>& waiting) const {
    const auto group = ledger.group_index(write.group);
    if (!group) return;
    for (const std::size_t field : ledger.groups[*group].fields) {
      if (!ledger.fields[field].knows) continue;
      const std::string person = ledger.field_value(field, write.value);
      const auto at = static_cast<std::int64_t>(entry.change.hlc >> 16U);
      if (!person.empty())
        waiting.push_back({person, row.ledger, row.record, at, entry.change.actor});
    }
  }

  const Replica& replica_;
  std::vector<Reader> found_;
};

}  // namespace

std::vector<Reader> readers_of(const Replica& replica, const View& paper) {
  Readers readers(replica);
  for (const View& row : rows_around(replica, paper)) readers.look(row);
  return readers.all();
}

}  // namespace jiyao
