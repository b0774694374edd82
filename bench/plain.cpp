// bench/plain.cpp - see plain.h.
#include "bench/plain.h"

#include <array>
#include <stdexcept>

#include "bench/register.h"
#include "schema/search.h"

namespace jiyao {
namespace {

constexpr std::array<std::string_view, 6> kSearched = {"doc_no",  "intake_no",  "legacy_no",
                                                       "remarks", "sender_org", "title"};

std::string columns_joined(const std::string& before, const std::string& after) {
  std::string joined;
  for (const std::string& column : register_columns()) joined += before + column + after;
  return joined;
}

std::string text_of(const PlainRow& row) {
  std::string text;
  for (const Write& value : row.values)
    for (const std::string_view searched : kSearched)
      if (value.group == searched) text += value.value + '\n';
  return fold_for_search(text);
}

std::string column_text(sqlite3_stmt* row, int column) {
  const auto* text = static_cast<const char*>(sqlite3_column_blob(row, column));
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

}  // namespace

// The VFS by name: the encrypting one is the default of a process that uses the engine.
PlainRegister::PlainRegister(const std::string& path) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                   "unix-excl");
  connection_.reset(opened);
  if (code != SQLITE_OK) throw std::runtime_error("plain register: cannot open " + path);
  run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
      "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768;");
  run("CREATE TABLE IF NOT EXISTS incoming(no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE" +
      columns_joined(", ", " TEXT") +
      ") STRICT;"
      "CREATE INDEX IF NOT EXISTS by_doc_no ON incoming(doc_no);"
      "CREATE INDEX IF NOT EXISTS by_sender_doc_no ON incoming(sender_org, doc_no);"
      "CREATE INDEX IF NOT EXISTS by_intake_no ON incoming(intake_no);"
      "CREATE INDEX IF NOT EXISTS by_legacy_no ON incoming(legacy_no);"
      "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, content='', detail=none, "
      "columnsize=0, tokenize='ascii');");
  std::string marks, excluded;
  for (const std::string& column : register_columns()) {
    marks += ", ?";
    excluded += (excluded.empty() ? "" : ", ") + column + " = excluded." + column;
  }
  put_ = prepare("INSERT INTO incoming(id" + columns_joined(", ", "") + ") VALUES (?" + marks +
                 ") ON CONFLICT(id) DO UPDATE SET " + excluded);
  no_ = prepare("SELECT no FROM incoming WHERE id = ?");
  words_ = prepare("INSERT INTO words(rowid, text) VALUES (?, ?)");
}

PlainRegister::Prepared PlainRegister::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection_.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(connection_.get()));
  return Prepared(statement);
}

void PlainRegister::run(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(connection_.get()));
}

// Replaced rows keep their old words: the index of the yardstick only has to cost what ours costs.
void PlainRegister::index_words(const PlainRow& row, std::int64_t no) {
  const std::string tokens = search_tokens(text_of(row));
  sqlite3_bind_int64(words_.get(), 1, no);
  sqlite3_bind_text(words_.get(), 2, tokens.data(), static_cast<int>(tokens.size()), SQLITE_STATIC);
  if (sqlite3_step(words_.get()) != SQLITE_DONE) throw std::runtime_error("plain register: words");
  sqlite3_reset(words_.get());
}

void PlainRegister::put(const std::vector<PlainRow>& rows) {
  run("BEGIN IMMEDIATE");
  for (const PlainRow& row : rows) {
    sqlite3_bind_blob(put_.get(), 1, row.id.bytes.data(), RecordId::kBytes, SQLITE_STATIC);
    int column = 2;
    for (const Write& value : row.values)
      sqlite3_bind_text(put_.get(), column++, value.value.data(),
                        static_cast<int>(value.value.size()), SQLITE_STATIC);
    const sqlite3_int64 last = sqlite3_last_insert_rowid(connection_.get());
    if (sqlite3_step(put_.get()) != SQLITE_DONE) throw std::runtime_error("plain register: put");
    sqlite3_reset(put_.get());
    sqlite3_int64 no = sqlite3_last_insert_rowid(connection_.get());
    if (no == last) {  // it was there
      sqlite3_bind_blob(no_.get(), 1, row.id.bytes.data(), RecordId::kBytes, SQLITE_STATIC);
      if (sqlite3_step(no_.get()) == SQLITE_ROW) no = sqlite3_column_int64(no_.get(), 0);
      sqlite3_reset(no_.get());
    }
    index_words(row, no);
  }
  run("COMMIT");
}

void PlainRegister::each(const std::function<void(PlainRow)>& take) {
  const Prepared rows =
      prepare("SELECT id" + columns_joined(", ", "") + " FROM incoming ORDER BY id");
  while (sqlite3_step(rows.get()) == SQLITE_ROW) take(row_of(rows.get()));
}

PlainRow PlainRegister::row_of(sqlite3_stmt* row) {
  PlainRow taken;
  taken.id = *RecordId::from(ByteView(static_cast<const std::uint8_t*>(sqlite3_column_blob(row, 0)),
                                      static_cast<std::size_t>(sqlite3_column_bytes(row, 0))));
  int column = 1;
  for (const std::string& name : register_columns())
    taken.values.push_back({name, column_text(row, column++)});
  return taken;
}

std::uint64_t PlainRegister::count(const std::string& pair) {
  const Prepared row =
      prepare("SELECT count(*) FROM words WHERE words MATCH '" + search_query(pair).match + "'");
  sqlite3_step(row.get());
  return static_cast<std::uint64_t>(sqlite3_column_int64(row.get(), 0));
}

std::vector<PlainRow> PlainRegister::newest(const std::string& pair, std::size_t limit) {
  return newest_below(pair, INT64_MAX, limit).rows;
}

PlainRegister::Page PlainRegister::newest_below(const std::string& pair, std::int64_t no,
                                                std::size_t limit) {
  const Prepared found =
      prepare("SELECT id" + columns_joined(", ", "") +
              ", no FROM words JOIN incoming ON incoming.no = words.rowid"
              " WHERE words MATCH '" +
              search_query(pair).match + "' AND words.rowid < " + std::to_string(no) +
              " ORDER BY words.rowid DESC LIMIT " + std::to_string(limit));
  Page page;
  while (sqlite3_step(found.get()) == SQLITE_ROW) {
    page.rows.push_back(row_of(found.get()));
    page.last = sqlite3_column_int64(found.get(), static_cast<int>(register_columns().size()) + 1);
  }
  return page;
}

namespace {

std::string from_where(const std::string& pair, const std::string& condition) {
  if (pair.empty()) return " FROM incoming WHERE " + condition;
  return " FROM words JOIN incoming ON incoming.no = words.rowid WHERE words MATCH '" +
         search_query(pair).match + "' AND " + condition;
}

}  // namespace

std::vector<PlainRow> PlainRegister::newest_where(const std::string& pair,
                                                  const std::string& condition, std::size_t limit) {
  const Prepared found =
      prepare("SELECT id" + columns_joined(", ", "") + from_where(pair, condition) +
              " ORDER BY no DESC LIMIT " + std::to_string(limit));
  std::vector<PlainRow> rows;
  while (sqlite3_step(found.get()) == SQLITE_ROW) rows.push_back(row_of(found.get()));
  return rows;
}

std::uint64_t PlainRegister::count_where(const std::string& pair, const std::string& condition) {
  const Prepared row = prepare("SELECT count(*)" + from_where(pair, condition));
  sqlite3_step(row.get());
  return static_cast<std::uint64_t>(sqlite3_column_int64(row.get(), 0));
}

std::vector<PlainRow> PlainRegister::rows_where(const std::string& condition) {
  const Prepared found =
      prepare("SELECT id" + columns_joined(", ", "") + " FROM incoming WHERE " + condition);
  std::vector<PlainRow> rows;
  while (sqlite3_step(found.get()) == SQLITE_ROW) rows.push_back(row_of(found.get()));
  return rows;
}

std::vector<PlainRow> PlainRegister::named(const std::string& doc_no) {
  return rows_where("doc_no = '" + doc_no + "'");
}

void PlainRegister::take_in_hand(std::size_t count) {
  run("CREATE INDEX IF NOT EXISTS by_hand ON incoming(no) WHERE state = 'in_hand'");
  run("UPDATE incoming SET state = 'in_hand' WHERE no IN (SELECT no FROM incoming ORDER BY no DESC "
      "LIMIT " +
      std::to_string(count) + ")");
}

std::vector<PlainRow> PlainRegister::in_hand() {
  return rows_where("state = 'in_hand'");
}

std::uint64_t PlainRegister::rows() {
  const Prepared row = prepare("SELECT count(*) FROM incoming");
  sqlite3_step(row.get());
  return static_cast<std::uint64_t>(sqlite3_column_int64(row.get(), 0));
}

std::string PlainRegister::digest() {
  Hasher hasher(Label::state);
  each([&](const PlainRow& row) {
    hasher.add(row.id.view());
    for (const Write& value : row.values) hasher.add(as_bytes(value.value));
  });
  return hasher.finish().hex();
}

}  // namespace jiyao
