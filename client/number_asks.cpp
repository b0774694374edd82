// client/number_asks.cpp - granting what was asked for, and numbering what waited.
#include "client/number_asks.h"

#include <algorithm>
#include <set>

#include "client/registration.h"

namespace jiyao {

namespace {

std::vector<View> all_rows(const Replica& replica, Query query) {
  std::vector<View> rows;
  query.limit = 500;
  std::optional<RecordId> after;
  do {
    RecordPage page = replica.search(query, after);
    for (View& view : page.rows) rows.push_back(std::move(view));
    after = page.after;
  } while (after);
  return rows;
}

bool is_mine_to_skip(const Error& error) {
  return error.code == Errc::not_allowed || error.code == Errc::not_cleared;
}

class Settling {
 public:
  Settling(const Desk& desk, Replica& replica)
      : desk_(desk), replica_(replica), numbers_(replica) {}

  Result<void> answer_asks() {
    for (const SeriesKey& key : all_series(replica_)) {
      if (!numbers_.is_lead(key.compartment)) continue;
      for (const NumberAsk& ask : numbers_.asks(key)) {
        const auto granted = numbers_.grant(key, ask.incarnation, ask.count);
        if (!granted && !is_mine_to_skip(granted.error())) return granted.error();
        done_.granted += granted ? 1 : 0;
      }
    }
    return {};
  }

  Result<void> number_waiting() {
    if (!numbers_.gave_provisional()) return {};
    for (const LedgerDefinition& ledger : replica_.definitions().all())
      for (const NumberRule& rule : ledger.numbers)
        if (const auto numbered = number_waiting(ledger, rule); !numbered) return numbered;
    return {};
  }

  const SettledNumbers& done() const { return done_; }

 private:
  Result<void> number_waiting(const LedgerDefinition& ledger, const NumberRule& rule) {
    const std::string start = numbers_.provisional_start();
    Query query;
    query.ledger = ledger.name;
    query.text = start;
    query.with_void = false;
    std::vector<View> rows = all_rows(replica_, query);
    std::reverse(rows.begin(), rows.end());  // in the order they were registered
    for (const View& row : rows) {
      const bool waits = !row.is_hidden && !row.state.is_void &&
                         row.state.field(ledger, rule.field).starts_with(start);
      if (!waits) continue;
      const auto numbered = number(ledger, rule, row);
      if (!numbered && !is_mine_to_skip(numbered.error())) return numbered.error();
    }
    return {};
  }

  Result<void> number(const LedgerDefinition& ledger, const NumberRule& rule, const View& row) {
    const SeriesKey key = series_key(ledger, rule, row, desk_.today());
    if (dry_.contains(key)) return {};
    const auto numbers = numbers_.take(key, 1);
    if (numbers.empty()) {
      dry_.insert(key);
      return numbers_.ask(key, 1);
    }
    SetEntries old_number;
    if (ledger.field("remarks") != nullptr)
      old_number.push_back({{"remarks", "原编号 " + row.state.field(ledger, rule.field)}});
    const auto act =
        amend_act(ledger, row, {{ledger.fields[rule.field].name, numbers.front()}}, old_number, {});
    if (!act) return act.error();
    const auto recorded = replica_.record(*act);
    if (!recorded) return recorded.error();
    ++done_.numbered;
    return {};
  }

  const Desk& desk_;
  Replica& replica_;
  NumberBlocks numbers_;
  std::set<SeriesKey> dry_;  ///< no number left, and a block asked for
  SettledNumbers done_;
};

}  // namespace

std::vector<SeriesKey> all_series(const Replica& replica) {
  const LedgerDefinition& ledger = *replica.definitions().ledger("series");
  Query query;
  query.ledger = ledger.name;
  std::vector<SeriesKey> keys;
  for (const View& view : all_rows(replica, query)) {
    if (view.is_hidden) continue;
    const auto field = [&](const char* name) { return view.state.field(ledger, name); };
    keys.push_back({view.compartment, field("of_ledger"), field("series_name"),
                    std::atoi(field("year").c_str())});
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

Result<SettledNumbers> settle_numbers(const Desk& desk, Replica& replica) {
  Settling settling(desk, replica);
  if (const auto answered = settling.answer_asks(); !answered) return answered.error();
  if (const auto numbered = settling.number_waiting(); !numbered) return numbered.error();
  return settling.done();
}

}  // namespace jiyao
