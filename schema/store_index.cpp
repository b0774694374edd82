// schema/store_index.cpp - what is shown of a record, and the two indexes it is found by: keys, and
// words with list terms (schema/store.h).
#include <algorithm>

#include "schema/store.h"
#include "schema/store_rows.h"

namespace jiyao {
namespace {

/// Above so many late records all are indexed, in one transaction.
constexpr std::size_t kLateMax = 256;

struct KeyRow {
  std::string_view key;
  std::int64_t record;
};

bool is_before(const KeyRow& a, const KeyRow& b) {
  const int order = a.key.compare(b.key);
  return order != 0 ? order < 0 : a.record < b.record;
}

/// Keys of `all` that `others` does not have; list terms are for the other index.
void append_missing(std::vector<KeyRow>& rows, std::int64_t no, const std::vector<std::string>& all,
                    const std::vector<std::string>& others) {
  for (const std::string& key : all)
    if (!is_list_term(key) && !std::binary_search(others.begin(), others.end(), key))
      rows.push_back({key, no});
}

/// Flags and level from this column on, compartment and ledger from that one on.
ShelfMark mark_in(const Statement& row, int flags_column, int compartment_column) {
  return {row.integer(compartment_column), row.integer(compartment_column + 1),
          static_cast<std::uint32_t>(row.integer(flags_column)) & kShelfFlags,
          static_cast<Level>(row.integer(flags_column + 1))};
}

}  // namespace

void Store::load_late() {
  late_.clear();
  Statement rows(*database_,
                 "SELECT r.no, l.keys, l.text, l.flags, l.level, r.keys, r.text, r.flags, r.level, "
                 "r.compartment, r.ledger FROM late l CROSS JOIN record r ON r.no = l.record");
  const auto findable = [&rows](int column) {
    return Findable{unpacked_keys(rows.blob(column)), std::string(rows.text(column + 1)),
                    mark_in(rows, column + 2, 9)};
  };
  while (rows.step()) late_.put(rows.integer(0), {findable(1), findable(5)});
}

// A file of before schema 3 comes without words.
void Store::index_words_anew() {
  constexpr std::int64_t kRecordsAtOnce = 1000;
  Statement has_run(*database_, "SELECT 1 FROM run LIMIT 1");
  if (has_run.step()) return;
  Statement rows(*database_,
                 "SELECT no, text, flags, level, compartment, ledger, keys FROM record "
                 "WHERE no > :after AND no NOT IN (SELECT record FROM late) ORDER BY no "
                 "LIMIT :limit");
  std::optional<Transaction> transaction;
  for (std::int64_t after = INT64_MIN, got = kRecordsAtOnce; got == kRecordsAtOnce;) {
    std::map<std::int64_t, Findable> some;
    rows.bind(":after", after).bind(":limit", kRecordsAtOnce);
    while (rows.step())
      some[rows.integer(0)] = {unpacked_keys(rows.blob(6)), std::string(rows.text(1)),
                               mark_in(rows, 2, 4)};
    rows.run();
    got = static_cast<std::int64_t>(some.size());
    if (got == 0) break;
    after = some.rbegin()->first;
    if (!transaction) transaction.emplace(*database_);
    std::vector<WordChange> changes;
    for (const auto& [no, now] : some) changes.push_back({no, {}, {now.mark, now.text, now.keys}});
    words_.write(changes, nullptr);
  }
  if (transaction) transaction->commit();
}

std::vector<std::int64_t> Store::with_key(const std::string& key) const {
  std::vector<std::int64_t> found = late_.with_key(key);
  Statement rows(*database_, "SELECT record FROM key WHERE key = :key");
  rows.lend(":key", as_bytes(key));
  while (rows.step())
    if (!late_.contains(rows.integer(0))) found.push_back(rows.integer(0));
  std::sort(found.begin(), found.end());
  return found;
}

ShelfMark StoreWriter::mark_of(const ShownRecord& record) {
  return {compartment_no(record.compartment), ledger_no(record.ledger), record.flags & kShelfFlags,
          record.level};
}

void StoreWriter::show(const ShownRecord& before, const ShownRecord& now) {
  const bool is_new = made_.erase(now.no) == 1;
  write_row(now, is_new);
  Findable found_by{now.keys, now.text, mark_of(now)};
  Findable was_found_by{before.keys, before.text, mark_of(before)};
  if (is_new || was_found_by.mark != found_by.mark) {
    if (!is_new) store_.words_.add_records(was_found_by.mark, -1);
    store_.words_.add_records(found_by.mark, +1);
  }
  const LateRecord* late = store_.late_.find(now.no);
  if (late == nullptr && was_found_by == found_by) return;
  LateRecord next{late == nullptr ? std::move(was_found_by) : Findable(late->indexed),
                  std::move(found_by)};
  if (const auto [taken, is_first] = late_before_.try_emplace(now.no); is_first)
    taken->second = store_.late_.take(now.no);
  store_.late_.put(now.no, std::move(next));
}

// A new record's row is written once, when there is something to show.
void StoreWriter::write_row(const ShownRecord& now, bool is_new) {
  newest_ = std::max(newest_, now.no);
  const Bytes keys = packed(now.keys);
  Statement write(*store_.database_,
                  is_new ? "INSERT INTO record(no, id, compartment, ledger, flags, level, state, "
                           "text, keys) VALUES (:no, :id, :compartment, :ledger, :flags, :level, "
                           ":state, :text, :keys)"
                         : "UPDATE record SET flags = :flags, level = :level, state = :state, "
                           "text = :text, keys = :keys WHERE no = :no");
  if (is_new) {
    write.bind(":no", now.no).lend(":id", now.record.view());
    write.bind(":compartment", compartment_no(now.compartment));
    write.bind(":ledger", ledger_no(now.ledger));
  }
  write.bind(":flags", now.flags).bind(":level", static_cast<int>(now.level));
  write.lend(":state", now.state.view()).lend(":text", std::string_view(now.text));
  write.lend(":keys", ByteView(keys));
  if (!is_new) write.bind(":no", now.no);
  write.run();
}

void StoreWriter::write_index() {
  if (store_.late_.all().size() > kLateMax) return index_all();
  Statement insert(*store_.database_,
                   "INSERT INTO late(record, keys, text, flags, level) "
                   "VALUES (:no, :keys, :text, :flags, :level)");
  for (const auto& [no, before] : late_before_) {
    if (!before.is_none()) continue;
    const Findable& indexed = store_.late_.find(no)->indexed;
    insert.bind(":no", no).bind(":keys", ByteView(packed(indexed.keys)));
    insert.bind(":text", indexed.text).bind(":flags", indexed.mark.flags);
    insert.bind(":level", static_cast<int>(indexed.mark.level)).run();
  }
}

void StoreWriter::index_all() {
  Statement(*store_.database_, "DELETE FROM late").run();
  write_keys();
  std::vector<WordChange> changes;
  for (const auto& [no, late] : store_.late_.all())
    changes.push_back({no,
                       {late.indexed.mark, late.indexed.text, late.indexed.keys},
                       {late.now.mark, late.now.text, late.now.keys}});
  store_.words_.write(changes, helper_);
  has_indexed_all_ = true;
}

// In the order of the keys: neighbours go to the same page.
void StoreWriter::write_keys() {
  std::vector<KeyRow> gone, come;
  for (const auto& [no, late] : store_.late_.all()) {
    append_missing(gone, no, late.indexed.keys, late.now.keys);
    append_missing(come, no, late.now.keys, late.indexed.keys);
  }
  std::sort(gone.begin(), gone.end(), is_before);
  std::sort(come.begin(), come.end(), is_before);
  Statement remove(*store_.database_, "DELETE FROM key WHERE key = :key AND record = :no");
  for (const KeyRow& row : gone)
    remove.bind(":key", as_bytes(row.key)).bind(":no", row.record).run();
  Statement insert(*store_.database_, "INSERT INTO key(key, record) VALUES (:key, :no)");
  for (const KeyRow& row : come)
    insert.lend(":key", as_bytes(row.key)).bind(":no", row.record).run();
}

}  // namespace jiyao
