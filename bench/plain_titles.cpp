// bench/plain_titles.cpp - see plain_titles.h.
#include "bench/plain_titles.h"

#include <stdexcept>

#include "schema/search.h"

namespace jiyao {

// The VFS by name: the encrypting one is the default of a process that uses the engine.
PlainTitles::PlainTitles(const std::string& path) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                   "unix-excl");
  connection_.reset(opened);
  if (code != SQLITE_OK) throw std::runtime_error("plain titles: cannot open " + path);
  run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
      "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768;"
      "CREATE TABLE IF NOT EXISTS title(no INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
      "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, content='', detail=none, "
      "columnsize=0, tokenize='ascii');");
}

PlainTitles::Prepared PlainTitles::prepare(const std::string& sql, const std::string& text) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection_.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(connection_.get()));
  if (!text.empty())
    sqlite3_bind_text(statement, 1, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  return Prepared(statement);
}

void PlainTitles::run(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(connection_.get()));
}

void PlainTitles::put(const std::vector<std::string>& titles) {
  run("BEGIN IMMEDIATE");
  for (const std::string& title : titles) {
    if (sqlite3_step(prepare("INSERT INTO title(text) VALUES (?)", title).get()) != SQLITE_DONE ||
        sqlite3_step(prepare("INSERT INTO words(rowid, text) VALUES (last_insert_rowid(), ?)",
                             search_tokens(fold_for_search(title)))
                         .get()) != SQLITE_DONE)
      throw std::runtime_error("plain titles: put");
  }
  run("COMMIT");
}

std::uint64_t PlainTitles::count(const std::string& pair) {
  const Prepared row =
      prepare("SELECT count(*) FROM words WHERE words MATCH ?", search_query(pair).match);
  sqlite3_step(row.get());
  return static_cast<std::uint64_t>(sqlite3_column_int64(row.get(), 0));
}

std::vector<std::string> PlainTitles::newest(const std::string& pair, std::size_t limit) {
  const Prepared found = prepare(
      "SELECT title.text FROM words JOIN title ON title.no = words.rowid WHERE words MATCH ? "
      "ORDER BY words.rowid DESC LIMIT " +
          std::to_string(limit),
      search_query(pair).match);
  std::vector<std::string> titles;
  while (sqlite3_step(found.get()) == SQLITE_ROW)
    titles.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(found.get(), 0)));
  return titles;
}

double PlainTitles::index_bytes() {
  const Prepared row = prepare("SELECT count(*) * 4096 FROM words_data");
  sqlite3_step(row.get());
  return sqlite3_column_double(row.get(), 0);
}

}  // namespace jiyao
