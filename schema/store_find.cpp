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
  record.compartment = names_.compartments.at(row.integer(2));
  record.ledger = names_.ledgers.at(row.integer(3));
  record.flags = static_cast<std::uint32_t>(row.integer(4));
  record.level = static_cast<Level>(row.integer(5));
  record.state = row.block<Digest>(6);
  record.text = row.text(7);
  record.keys = unpacked_keys(row.blob(8));
  return record;
}

std::optional<std::int64_t> Store::record_no(const RecordId& id, const CompartmentId& in,
                                             const LedgerName& ledger_name) const {
  const auto compartment = names_.compartment_nos.find(in);
  const auto ledger = names_.ledger_nos.find(ledger_name);
  if (compartment == names_.compartment_nos.end() || ledger == names_.ledger_nos.end())
    return std::nullopt;
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

/// `keys` are sorted.
static bool has_all(const std::vector<std::string>& wanted, const std::vector<std::string>& keys) {
  return std::all_of(wanted.begin(), wanted.end(), [&keys](const std::string& key) {
    return std::binary_search(keys.begin(), keys.end(), key);
  });
}

/// Does the shelf of a record say all of its flags that are asked for?
static bool is_decided_by_shelf(const RecordQuery& query) {
  return ((query.flags_all | query.flags_none) & ~kShelfFlags) == 0;
}

bool Store::wants(const RecordQuery& query, const ShelfMark& mark) const {
  const auto is_theirs = [&] {
    const OfficeId& office = names_.compartments.at(mark.compartment).office;
    return std::find(query.offices.begin(), query.offices.end(), office) != query.offices.end();
  };
  const std::uint32_t all = query.flags_all & kShelfFlags;
  return (mark.flags & all) == all && (mark.flags & query.flags_none) == 0 &&
         mark.level <= query.level_max && (query.offices.empty() || is_theirs()) &&
         (!query.ledger || names_.ledgers.at(mark.ledger) == *query.ledger);
}

static bool is_for_index(const RecordQuery& query) {
  return !query.text.match.empty() || !query.filter.is_empty();
}

/// What the index is asked for.
static std::string match_of(const RecordQuery& query) {
  const std::string filter = filter_match(query.filter);
  const bool has_both = !filter.empty() && !query.text.match.empty();
  return query.text.match + (has_both ? " AND " : "") + filter;
}

/// `is_indexed`: the index said so, of filters and of words of up to two characters.
bool Store::is_wanted(const RecordQuery& query, const Statement& row, bool is_indexed) const {
  const auto flags = static_cast<std::uint32_t>(row.integer(kFlags));
  if ((flags & query.flags_all) != query.flags_all || (flags & query.flags_none) != 0) return false;
  const auto level = static_cast<Level>(row.integer(kLevel));
  if (!wants(query, {row.integer(kCompartment), row.integer(kLedger), flags, level})) return false;
  const bool is_decided = is_indexed && !query.text.needs_check;
  if (!is_decided && !matches(query.text, row.text(kText))) return false;
  if (query.keys.empty() && (is_indexed || query.filter.is_empty())) return true;
  const std::vector<std::string> keys = unpacked_keys(row.blob(kKeys));
  return has_all(query.keys, keys) && (is_indexed || passes(query.filter, keys));
}

bool Store::is_wanted(const RecordQuery& query, std::int64_t no, bool is_indexed) const {
  Statement row(*database_,
                "SELECT no, compartment, ledger, flags, level, text, keys FROM record "
                "WHERE no = :no");
  return row.bind(":no", no).step() && is_wanted(query, row, is_indexed);
}

/// As the record is shown, whatever row and index say of its words, keys and terms.
bool Store::is_wanted(const RecordQuery& query, std::int64_t no, const Findable& shown) const {
  if (!wants(query, shown.mark) || !matches(query.text, shown.text)) return false;
  if (!has_all(query.keys, shown.keys) || !passes(query.filter, shown.keys)) return false;
  if (is_decided_by_shelf(query)) return true;
  Statement row(*database_, "SELECT flags FROM record WHERE no = :no");
  if (!row.bind(":no", no).step()) return false;
  const auto flags = static_cast<std::uint32_t>(row.integer(0));
  return (flags & query.flags_all) == query.flags_all && (flags & query.flags_none) == 0;
}

// Those that the indexes do not know as this query wants them: late ones, and what is shown
// otherwise. `made` holds them where they are not the late ones alone.
const LateRecords::ByNo& Store::apart(const RecordQuery& query, LateRecords::ByNo& made) const {
  if (query.otherwise.empty()) return late_.all();
  made = late_.all();
  for (const auto& [no, shown] : query.otherwise) {
    if (!made.contains(no)) {
      const std::optional<ShownRecord> row = record(no);
      if (!row) continue;
      const ShelfMark mark{names_.compartment_nos.at(row->compartment),
                           names_.ledger_nos.at(row->ledger), row->flags & kShelfFlags, row->level};
      const Findable found_by{row->keys, row->text, mark};
      made[no] = {found_by, found_by};
    }
    std::vector<std::string>& keys = made[no].now.keys;
    std::erase(keys, shown.term);
    keys.insert(std::upper_bound(keys.begin(), keys.end(), shown.instead), shown.instead);
  }
  return made;
}

// What the index says of those it knows as they are; the others beside it.
std::vector<std::int64_t> Store::find_indexed(const RecordQuery& query) const {
  const bool is_decided = !query.text.needs_check && is_decided_by_shelf(query);
  LateRecords::ByNo made;
  const LateRecords::ByNo& others = apart(query, made);
  std::vector<std::int64_t> found = words_.newest(
      match_of(query), [&](const ShelfMark& mark) { return wants(query, mark); }, query.before,
      query.limit,
      [&](std::int64_t no) {
        return !others.contains(no) && (is_decided || is_wanted(query, no, true));
      });
  for (const auto& [no, other] : others)
    if (no < query.before && is_wanted(query, no, other.now)) found.push_back(no);
  std::sort(found.begin(), found.end(), std::greater<>());
  if (found.size() > query.limit) found.resize(query.limit);
  return found;
}

// All that the index says, without what it has of the others, and these as they are shown.
std::uint64_t Store::count_indexed(const RecordQuery& query) const {
  const auto wants_shelf = [&](const ShelfMark& mark) { return wants(query, mark); };
  std::uint64_t total = words_.count(match_of(query), wants_shelf);
  LateRecords::ByNo made;
  for (const auto& [no, other] : apart(query, made)) {
    if (is_wanted(query, no, other.indexed)) --total;
    if (is_wanted(query, no, other.now)) ++total;
  }
  return total;
}

// By the first key, and between these the records that the index may not know as they are.
template <class Take>
void Store::walk_keys(const RecordQuery& query, Take take) const {
  Statement rows(*database_,
                 "SELECT r.no, r.compartment, r.ledger, r.flags, r.level, r.text, r.keys "
                 "FROM key k CROSS JOIN record r ON r.no = k.record "
                 "WHERE k.key = :key AND k.record < :before ORDER BY k.record DESC");
  rows.bind(":key", as_bytes(query.keys.front())).bind(":before", query.before);
  LateRecords::ByNo made;
  const LateRecords::ByNo& others = apart(query, made);
  auto other = std::make_reverse_iterator(others.lower_bound(query.before));
  const auto take_others_above = [&](std::int64_t no) {
    for (; other != others.rend() && other->first > no; ++other)
      if (is_wanted(query, other->first, other->second.now) && !take(other->first)) return false;
    return true;
  };
  while (rows.step()) {
    const std::int64_t no = rows.integer(kNo);
    if (!take_others_above(no)) return;
    if (!others.contains(no) && is_wanted(query, rows, false) && !take(no)) return;
  }
  take_others_above(INT64_MIN);
}

// Without words or filters. The narrowest index leads; the rest is looked at row by row.
template <class Take>
void Store::walk(const RecordQuery& query, Take take) const {
  const auto look = [&](Statement& rows) {
    while (rows.step())
      if (is_wanted(query, rows, false) && !take(rows.integer(kNo))) return;
  };
  if (!query.keys.empty()) return walk_keys(query, take);
  if ((query.flags_all & kConflicted) != 0) {
    Statement rows(*database_,
                   "SELECT no, compartment, ledger, flags, level, text, keys FROM record "
                   "WHERE flags & 2 AND no < :before ORDER BY no DESC");
    rows.bind(":before", query.before);
    return look(rows);
  }
  if (query.ledger) {
    const auto ledger = names_.ledger_nos.find(*query.ledger);
    if (ledger == names_.ledger_nos.end()) return;
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
  if (query.keys.empty() && is_for_index(query)) return find_indexed(query);
  walk(query, [&](std::int64_t no) {
    found.push_back(no);
    return found.size() < query.limit;
  });
  return found;
}

bool Store::finds(const RecordQuery& query, std::int64_t no) const {
  if (no >= query.before) return false;
  LateRecords::ByNo made;
  const LateRecords::ByNo& others = apart(query, made);
  const auto other = others.find(no);
  return other == others.end() ? is_wanted(query, no, false)
                               : is_wanted(query, no, other->second.now);
}

std::uint64_t Store::count(const RecordQuery& query) const {
  if (query.keys.empty() && query.before == INT64_MAX && is_decided_by_shelf(query)) {
    if (!is_for_index(query))
      return words_.records([&](const ShelfMark& mark) { return wants(query, mark); });
    if (!query.text.needs_check) return count_indexed(query);
  }
  if (query.keys.empty() && is_for_index(query)) {
    RecordQuery all = query;
    all.limit = SIZE_MAX;
    return find_indexed(all).size();
  }
  std::uint64_t total = 0;
  walk(query, [&](std::int64_t) {
    ++total;
    return true;
  });
  return total;
}

}  // namespace jiyao
