// bench/plain.h - the yardstick: the same register in plain SQLite, same rows, same indexes, same
// search, same durability; no changes, no signatures, no encryption.
#pragma once

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "schema/change.h"

namespace jiyao {

struct PlainRow {
  RecordId id;
  std::vector<Write> values;  ///< register_columns(), in order
};

class PlainRegister {
 public:
  explicit PlainRegister(const std::string& path);  ///< opens, or makes
  /// One transaction, durable on return. A row that is there is replaced.
  void put(const std::vector<PlainRow>& rows);
  /// All rows by id.
  void each(const std::function<void(PlainRow)>& take);
  std::uint64_t rows();
  /// Two characters: how many rows have them, and the newest of these, whole.
  std::uint64_t count(const std::string& pair);
  std::vector<PlainRow> newest(const std::string& pair, std::size_t limit);
  /// The same below a row, and the number of the last row given.
  struct Page {
    std::vector<PlainRow> rows;
    std::int64_t last = 0;
  };
  Page newest_below(const std::string& pair, std::int64_t no, std::size_t limit);
  /// Those that fulfil a condition on the columns too; no pair: any words.
  std::vector<PlainRow> newest_where(const std::string& pair, const std::string& condition,
                                     std::size_t limit);
  std::uint64_t count_where(const std::string& pair, const std::string& condition);
  std::vector<PlainRow> named(const std::string& doc_no);
  /// The newest rows come to be in hand; in_hand(): these, by an index of their own.
  void take_in_hand(std::size_t count);
  std::vector<PlainRow> in_hand();
  /// Of all rows: two registers that hold the same have the same.
  std::string digest();

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Prepared = std::unique_ptr<sqlite3_stmt, Close>;
  Prepared prepare(const std::string& sql);
  std::vector<PlainRow> rows_where(const std::string& condition);
  void run(const std::string& sql);
  static PlainRow row_of(sqlite3_stmt* row);
  void index_words(const PlainRow& row, std::int64_t no);

  std::unique_ptr<sqlite3, Close> connection_;
  Prepared put_, no_, words_;
};

}  // namespace jiyao
