// schema/store_index.cpp - what is shown of a record, and the two indexes it is found by: keys and
// words (schema/store.h).
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

/// Keys of `all` that `others` does not have.
void append_missing(std::vector<KeyRow>& rows, std::int64_t no, const std::vector<std::string>& all,
                    const std::vector<std::string>& others) {
  for (const std::string& key : all)
    if (!std::binary_search(others.begin(), others.end(), key)) rows.push_back({key, no});
}

}  // namespace

void Store::load_late() {
  late_.clear();
  Statement rows(*database_,
                 "SELECT l.record, r.keys, r.text FROM late l CROSS JOIN record r "
                 "ON r.no = l.record");
  while (rows.step())
    late_.put(rows.integer(0), {unpacked_keys(rows.blob(1)), std::string(rows.text(2))});
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

void StoreWriter::show(const ShownRecord& before, const ShownRecord& now) {
  write_row(now);
  const Findable* late = store_.late_.find(now.no);
  if (late == nullptr && before.keys == now.keys && before.text == now.text) return;
  if (!late_before_.contains(now.no)) {
    late_before_.emplace(now.no, late == nullptr ? std::nullopt : std::optional(*late));
    if (late == nullptr) indexed_[now.no] = {before.keys, before.text};
  }
  store_.late_.put(now.no, {now.keys, now.text});
}

// A new record's row is written once, when there is something to show.
void StoreWriter::write_row(const ShownRecord& now) {
  const bool is_new = made_.erase(now.no) == 1;
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
  for (const auto& [no, findable] : indexed_) {
    Statement insert(*store_.database_,
                     "INSERT INTO late(record, keys, text) VALUES (:no, :keys, :text)");
    insert.bind(":no", no).bind(":keys", ByteView(packed(findable.keys)));
    insert.bind(":text", findable.text).run();
  }
}

void StoreWriter::index_all() {
  {
    Statement rows(*store_.database_, "SELECT record, keys, text FROM late");
    while (rows.step())
      indexed_[rows.integer(0)] = {unpacked_keys(rows.blob(1)), std::string(rows.text(2))};
  }
  Statement(*store_.database_, "DELETE FROM late").run();
  write_keys();
  write_words();
  has_indexed_all_ = true;
}

// In the order of the keys: neighbours go to the same page.
void StoreWriter::write_keys() {
  std::vector<KeyRow> gone, come;
  for (const auto& [no, before] : indexed_) {
    const Findable& now = *store_.late_.find(no);
    append_missing(gone, no, before.keys, now.keys);
    append_missing(come, no, now.keys, before.keys);
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

// In the order of the row numbers: only so FTS5 writes fast.
void StoreWriter::write_words() {
  for (const auto& [no, before] : indexed_) {
    const std::string& now = store_.late_.find(no)->text;
    if (before.text == now) continue;
    if (!before.text.empty()) {
      Statement remove(*store_.database_,
                       "INSERT INTO words(words, rowid, text) VALUES ('delete', :no, :text)");
      remove.bind(":no", no).bind(":text", search_tokens(before.text)).run();
    }
    if (!now.empty()) {
      Statement insert(*store_.database_, "INSERT INTO words(rowid, text) VALUES (:no, :text)");
      const std::string tokens = search_tokens(now);
      insert.bind(":no", no).lend(":text", std::string_view(tokens)).run();
    }
  }
}

}  // namespace jiyao
