// bench/plain_titles.h - the yardstick of search: titles in plain SQLite, their pairs in FTS5, rows
// numbered one by one; no ledger, no flags, no encryption.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <vector>

namespace jiyao {

class PlainTitles {
 public:
  explicit PlainTitles(const std::string& path);  ///< opens, or makes
  /// One transaction; numbers go on from those that are there.
  void put(const std::vector<std::string>& titles);
  std::uint64_t count(const std::string& pair);
  std::vector<std::string> newest(const std::string& pair, std::size_t limit);
  /// Pages that the index takes, in bytes.
  double index_bytes();

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Prepared = std::unique_ptr<sqlite3_stmt, Close>;
  Prepared prepare(const std::string& sql, const std::string& text = {});
  void run(const std::string& sql);

  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace jiyao
