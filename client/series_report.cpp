// client/series_report.cpp - asking the keys for each number of each block.
#include "client/series_report.h"

#include <algorithm>
#include <map>

#include "client/commands/ledger_verbs.h"

namespace jiyao {

namespace {

class Report {
 public:
  Report(Replica& replica, const SeriesKey& key)
      : replica_(replica), ledger_(replica.definitions().ledger(key.ledger)) {
    report_.key = key;
  }

  SeriesReport run() {
    const NumberBlocks numbers(replica_);
    report_.asks = numbers.asks(report_.key);
    if (ledger_ == nullptr || !number_field(*ledger_)) return std::move(report_);
    read_declared();
    read_lives();
    std::uint32_t next = 1;
    blocks_ = numbers.blocks(report_.key).value_or(std::vector<NumberBlock>{});
    for (const NumberBlock& block : blocks_) {
      for (; next < block.first; ++next) add({next, next, outside(next), {}, {}});
      look_at(block);
      next = std::max(next, block.last + 1);
    }
    return std::move(report_);
  }

 private:
  enum class Use { none, used, voided };

  Use use_of(std::uint32_t number, std::string& reason) const {
    Query query;
    query.ledger = report_.key.ledger;
    query.compartment = report_.key.compartment;
    query.equals[ledger_->fields[*number_field(*ledger_)].name] =
        numbered(report_.key.year, number);
    query.limit = 20;
    Use use = Use::none;
    const std::vector<View> rows = replica_.search(query).rows;
    for (const View& row : rows) {
      if (series_of(*ledger_, row) != report_.key.series) continue;
      if (!row.state.is_void) return Use::used;
      use = Use::voided;
      reason = row.state.field(*ledger_, "void_reason");
    }
    // Raised above the reader: it has its number, and nothing is said of it.
    query.with_hidden = true;
    if (use == Use::none && replica_.count(query) > rows.size()) return Use::used;
    return use;
  }
  /// Of a life that its machine has left behind: of this machine every other than its own, of
  /// another those before the life that was given the last block.
  bool is_over(const NumberBlock& block) const {
    const auto life = lives_.find(block.incarnation);
    if (life == lives_.end()) return false;
    if (life->second == replica_.node())
      return block.incarnation != replica_.author().incarnation.hex();
    return std::any_of(blocks_.begin(), blocks_.end(), [&](const NumberBlock& later) {
      const auto other = lives_.find(later.incarnation);
      return later.first > block.first && later.incarnation != block.incarnation &&
             other != lives_.end() && other->second == life->second;
    });
  }
  void look_at(const NumberBlock& block) {
    BlockUse use{block, 0, 0, 0};
    std::vector<Gap> holes;
    const bool is_own = block.incarnation == replica_.author().incarnation.hex();
    for (std::uint32_t n = block.first; n <= block.last; ++n) {
      std::string reason;
      const Use one = use_of(n, reason);
      if (one == Use::used) ++use.used;
      if (one == Use::voided) ++use.voided;
      if (one != Use::none) use.highest = n;
      if (one == Use::voided) holes.push_back({n, n, GapReason::voided, reason, block.incarnation});
      const GapReason why = is_declared(n) ? GapReason::declared
                            : is_own       ? GapReason::unused
                                           : GapReason::not_arrived;
      if (one == Use::none) holes.push_back({n, n, why, {}, block.incarnation});
    }
    if (is_over(block)) use.highest = block.last;
    for (Gap& hole : holes)
      if (hole.first <= use.highest || hole.reason == GapReason::voided) add(std::move(hole));
    report_.blocks.push_back(std::move(use));
  }
  void read_declared() {
    const auto view = replica_.view(series_id(report_.key));
    const LedgerDefinition& series = *replica_.definitions().ledger("series");
    const auto gaps = series.group_index("gaps");
    const GroupState* group = view && gaps ? view->state.group(*gaps) : nullptr;
    if (group == nullptr) return;
    for (const HeldWrite& held : group->held) {
      const auto part = [&](const char* name) {
        return std::atoi(series.field_value(*series.field_index(name), held.value).c_str());
      };
      declared_.emplace_back(part("gap_first"), part("gap_last"));
    }
  }
  /// Whoever was given a block asked for it, or granted it to itself, in the series' record.
  void read_lives() {
    for (const HistoryEntry& entry : replica_.history(series_id(report_.key)))
      lives_.emplace(entry.change.origin.incarnation.hex(), entry.change.origin.node);
  }
  bool is_declared(std::uint32_t number) const {
    const int n = static_cast<int>(number);
    return std::any_of(declared_.begin(), declared_.end(),
                       [&](const auto& gap) { return gap.first <= n && n <= gap.second; });
  }
  GapReason outside(std::uint32_t number) const {
    return is_declared(number) ? GapReason::declared : GapReason::unknown;
  }
  /// Joined to the run before it, where everything but the number is the same.
  void add(Gap gap) {
    if (!report_.gaps.empty()) {
      Gap& last = report_.gaps.back();
      const bool is_next = last.last + 1 == gap.first && last.reason == gap.reason &&
                           last.void_reason == gap.void_reason &&
                           last.incarnation == gap.incarnation;
      if (is_next) {
        last.last = gap.last;
        return;
      }
    }
    report_.gaps.push_back(std::move(gap));
  }

  Replica& replica_;
  const LedgerDefinition* ledger_;
  SeriesReport report_;
  std::vector<NumberBlock> blocks_;
  std::map<std::string, NodeId> lives_;  ///< whose life an incarnation is, or was
  std::vector<std::pair<int, int>> declared_;
};

}  // namespace

SeriesReport series_report(Replica& replica, const SeriesKey& key) {
  return Report(replica, key).run();
}

}  // namespace jiyao
