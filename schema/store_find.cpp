// schema/store_find.cpp - records: by number, by id, and every kind of list (schema/store.h).
#include <algorithm>

#include "schema/store.h"
#include "schema/store_rows.h"

namespace jiyao {
namespace {

// Columns of every walk, in this order; `is_wanted` and `walk` read them by number.
constexpr int kNo = 0, kCompartment = 1, kLedger = 2, kFlags = 3, kLevel = 4, kText = 5, kKeys = 6;

}  // namespace

ShownRecord Store::record_in(const Statement& row) const {
  ShownRecord record;
  record.no = row.integer(0);
  record.record = row.block<RecordId>(1);
  record.compartment = compartments_.at(row.integer(2));
  record.ledger = ledgers_.at(row.integer(3));
  record.flags = static_cast<std::uint32_t>(row.integer(4));
  record.level = static_cast<Level>(row.integer(5));
  record.state = row.block<Digest>(6);
  record.text = row.text(7);
  record.keys = unpacked_keys(row.blob(8));
  return record;
}

std::optional<std::int64_t> Store::record_no(const RecordId& id, const CompartmentId& in,
                                             const LedgerName& ledger_name) const {
  const auto compartment = compartment_nos_.find(in);
  const auto ledger = ledger_nos_.find(ledger_name);
  if (compartment == compartment_nos_.end() || ledger == ledger_nos_.end()) return std::nullopt;
  Statement row(*database_,
                "SELECT no FROM record "
                "WHERE id = :id AND compartment = :compartment AND ledger = :ledger");
  row.bind(":id", id).bind(":compartment", compartment->second);
  if (!row.bind(":ledger", ledger->second).step()) return std::nullopt;
  return row.integer(0);
}

std::optional<ShownRecord> Store::record(std::int64_t no) const {
  Statement row(*database_,
                "SELECT no, id, compartment, ledger, flags, level, state, text, keys "
                "FROM record WHERE no = :no");
  if (!row.bind(":no", no).step()) return std::nullopt;
  return record_in(row);
}

std::optional<ShownRecord> Store::record(const RecordId& id) const {
  Statement row(*database_,
                "SELECT no, id, compartment, ledger, flags, level, state, text, keys "
                "FROM record WHERE id = :id ORDER BY compartment, ledger");
  if (!row.bind(":id", id).step()) return std::nullopt;
  return record_in(row);
}

std::vector<std::int64_t> Store::record_nos() const {
  std::vector<std::int64_t> found;
  Statement rows(*database_, "SELECT no FROM record ORDER BY no");
  while (rows.step()) found.push_back(rows.integer(0));
  return found;
}

std::vector<std::int64_t> Store::record_nos(const RecordId& id) const {
  std::vector<std::int64_t> found;
  Statement rows(*database_, "SELECT no FROM record WHERE id = :id");
  rows.bind(":id", id);
  while (rows.step()) found.push_back(rows.integer(0));
  return found;
}

/// `has_words`: the index said so of words of up to two characters.
bool Store::is_wanted(const RecordQuery& query, const Statement& row, bool has_words) const {
  const auto flags = static_cast<std::uint32_t>(row.integer(kFlags));
  if ((flags & query.flags_all) != query.flags_all || (flags & query.flags_none) != 0) return false;
  if (row.integer(kLevel) > static_cast<std::int64_t>(query.level_max)) return false;
  if (query.office && compartments_.at(row.integer(kCompartment)).office != *query.office)
    return false;
  if (query.ledger && ledgers_.at(row.integer(kLedger)) != *query.ledger) return false;
  const bool is_decided = has_words && !query.text.needs_check;
  if (!is_decided && !matches(query.text, row.text(kText))) return false;
  if (query.keys.empty()) return true;
  const std::vector<std::string> keys = unpacked_keys(row.blob(kKeys));
  return std::all_of(query.keys.begin(), query.keys.end(), [&keys](const std::string& key) {
    return std::binary_search(keys.begin(), keys.end(), key);
  });
}

bool Store::is_wanted_late(const RecordQuery& query, std::int64_t no, const Findable& shown) const {
  if (!matches(query.text, shown.text)) return false;
  const bool has_keys =
      std::all_of(query.keys.begin(), query.keys.end(), [&](const std::string& key) {
        return std::binary_search(shown.keys.begin(), shown.keys.end(), key);
      });
  if (!has_keys) return false;
  Statement row(*database_,
                "SELECT no, compartment, ledger, flags, level, text, keys FROM record "
                "WHERE no = :no");
  return row.bind(":no", no).step() && is_wanted(query, row, false);
}

// What the index says, and between it the late records, which it may not know as they are.
template <class Take>
void Store::walk_index(const RecordQuery& query, Statement& rows, bool has_words, Take take) const {
  auto late = std::make_reverse_iterator(late_.all().lower_bound(query.before));
  const auto take_late_above = [&](std::int64_t no) {
    for (; late != late_.all().rend() && late->first > no; ++late)
      if (is_wanted_late(query, late->first, late->second) && !take(late->first)) return false;
    return true;
  };
  while (rows.step()) {
    const std::int64_t no = rows.integer(kNo);
    if (!take_late_above(no)) return;
    if (!late_.contains(no) && is_wanted(query, rows, has_words) && !take(no)) return;
  }
  take_late_above(INT64_MIN);
}

// The narrowest index leads; the rest is looked at row by row.
template <class Take>
void Store::walk(const RecordQuery& query, Take take) const {
  const auto look = [&](Statement& rows) {
    while (rows.step())
      if (is_wanted(query, rows, false) && !take(rows.integer(kNo))) return;
  };
  if (!query.keys.empty()) {
    Statement rows(*database_,
                   "SELECT r.no, r.compartment, r.ledger, r.flags, r.level, r.text, r.keys "
                   "FROM key k CROSS JOIN record r ON r.no = k.record "
                   "WHERE k.key = :key AND k.record < :before ORDER BY k.record DESC");
    rows.bind(":key", as_bytes(query.keys.front())).bind(":before", query.before);
    return walk_index(query, rows, false, take);
  }
  if (!query.text.match.empty()) {
    Statement rows(*database_,
                   "SELECT r.no, r.compartment, r.ledger, r.flags, r.level, r.text, r.keys "
                   "FROM words w CROSS JOIN record r ON r.no = w.rowid "
                   "WHERE w.words MATCH :match AND w.rowid < :before ORDER BY w.rowid DESC");
    rows.bind(":match", query.text.match).bind(":before", query.before);
    return walk_index(query, rows, true, take);
  }
  if ((query.flags_all & kConflicted) != 0) {
    Statement rows(*database_,
                   "SELECT no, compartment, ledger, flags, level, text, keys FROM record "
                   "WHERE flags & 2 AND no < :before ORDER BY no DESC");
    rows.bind(":before", query.before);
    return look(rows);
  }
  if (query.ledger) {
    const auto ledger = ledger_nos_.find(*query.ledger);
    if (ledger == ledger_nos_.end()) return;
    Statement rows(*database_,
                   "SELECT no, compartment, ledger, flags, level, text, keys FROM record "
                   "WHERE ledger = :ledger AND no < :before ORDER BY no DESC");
    rows.bind(":ledger", ledger->second).bind(":before", query.before);
    return look(rows);
  }
  Statement rows(*database_,
                 "SELECT no, compartment, ledger, flags, level, text, keys FROM record "
                 "WHERE no < :before ORDER BY no DESC");
  rows.bind(":before", query.before);
  look(rows);
}

std::vector<std::int64_t> Store::find(const RecordQuery& query) const {
  std::vector<std::int64_t> found;
  if (query.limit == 0) return found;
  walk(query, [&](std::int64_t no) {
    found.push_back(no);
    return found.size() < query.limit;
  });
  return found;
}

std::uint64_t Store::count(const RecordQuery& query) const {
  std::uint64_t total = 0;
  walk(query, [&](std::int64_t) {
    ++total;
    return true;
  });
  return total;
}

}  // namespace jiyao
