// schema/database_state.h - what is behind a Database: the connection, its statements, its file.
// Private to schema/database*.cpp.
#pragma once

#include <sqlite3.h>

#include <unordered_map>

#include "schema/database.h"
#include "schema/sealed_handle.h"

namespace jiyao {

struct CloseStatement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
struct CloseConnection {
  void operator()(sqlite3* connection) const noexcept { sqlite3_close(connection); }
};
using Connection = std::unique_ptr<sqlite3, CloseConnection>;

struct Statement::Prepared {
  std::unique_ptr<sqlite3_stmt, CloseStatement> statement;
  int last_bound = 0;  ///< parameter; the next one asked for is nearly always the one behind it
  bool is_in_use = false;
  bool is_kept = true;  ///< false: a second one of the same text, made while the first was in use
};

/// Looks a text up without copying it. Statements differ in their beginning or length; the few that
/// do not share a bucket.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text.substr(0, 24)) ^ text.size();
  }
};

/// Members go in reverse: statements, then the connection, then the right to open the file.
struct Database::State {
  explicit State(Announcement announced) : announcement(std::move(announced)) {}
  /// Opens the connection, settles it and reads once. An SQLite result code; throws StorageFailure
  /// read_only for a write-protected medium.
  int connect(const char* vfs_name);
  /// Rolls a transaction back whose end failed; nothing may be read or written before. Throws
  /// while that still fails.
  void settle();

  Announcement announcement;
  Connection connection;
  std::unordered_map<std::string, std::unique_ptr<Statement::Prepared>, TextHash, std::equal_to<>>
      statements;
  bool is_read_only = false;
  bool owes_rollback = false;
};

/// Throws StorageFailure for what a machine can do to us, stops the program for what only we can.
[[noreturn]] void fail(sqlite3* connection, int code, std::string_view doing);
/// fail() unless `code` is SQLITE_OK.
void check(sqlite3* connection, int code, std::string_view doing);

}  // namespace jiyao
