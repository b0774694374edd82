// schema/database_statement.cpp - statements, transactions, and what SQLite's errors mean here.
#include <cstring>
#include <new>

#include "schema/database_state.h"

namespace jiyao {

namespace {

// Which file, for people.
std::string file_of(sqlite3* connection) {
  const char* name = connection != nullptr ? sqlite3_db_filename(connection, "main") : nullptr;
  return name == nullptr || *name == '\0' ? std::string() : std::string(" (") + name + ")";
}

}  // namespace

void fail(sqlite3* connection, int code, std::string_view doing) {
  using Kind = StorageFailure::Kind;
  // The text names tables and columns at most; values are bound and never in it.
  const std::string what = std::string(doing) + ": " +
                           (connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code)) +
                           file_of(connection);
  const int extended = connection ? sqlite3_extended_errcode(connection) : code;
  switch (code & 0xff) {
    case SQLITE_FULL:
      throw StorageFailure(Kind::full, what);
    case SQLITE_READONLY:
      throw StorageFailure(Kind::read_only, what);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw StorageFailure(Kind::damaged, what);
    case SQLITE_IOERR:
      throw StorageFailure(
          extended == SQLITE_IOERR_DATA || code == SQLITE_IOERR_DATA ? Kind::damaged : Kind::io,
          what);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_ABORT:
      throw StorageFailure(Kind::io, what);
    case SQLITE_NOMEM:
      throw std::bad_alloc();
    default:  // a constraint, a statement that does not compile, a value out of range: our bug
      stop_on_bug(what.c_str(), __FILE__, __LINE__);
  }
}

void check(sqlite3* connection, int code, std::string_view doing) {
  if (code != SQLITE_OK) fail(connection, code, doing);
}

void Database::State::settle() {
  if (!owes_rollback) return;
  sqlite3* opened = connection.get();
  if (sqlite3_get_autocommit(opened) == 0)
    check(opened, sqlite3_exec(opened, "ROLLBACK", nullptr, nullptr, nullptr), "ROLLBACK");
  owes_rollback = false;
}

static std::unique_ptr<sqlite3_stmt, CloseStatement> prepare(sqlite3* connection,
                                                             std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  check(connection,
        sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr),
        sql);
  JIYAO_ASSERT(statement != nullptr);
  return std::unique_ptr<sqlite3_stmt, CloseStatement>(statement);
}

Statement::Statement(Database& database, std::string_view sql) : database_(*database.state_) {
  database_.settle();
  auto kept = database_.statements.find(sql);
  if (kept == database_.statements.end()) {
    auto prepared = std::make_unique<Prepared>();
    prepared->statement = prepare(database_.connection.get(), sql);
    kept = database_.statements.emplace(sql, std::move(prepared)).first;
  }
  prepared_ = kept->second.get();
  if (prepared_->is_in_use) {
    auto another = std::make_unique<Prepared>();
    another->statement = prepare(database_.connection.get(), sql);
    another->is_kept = false;
    prepared_ = another.release();  // the destructor takes it back
  }
  prepared_->is_in_use = true;
  prepared_->last_bound = 0;
}

Statement::~Statement() {
  sqlite3_reset(prepared_->statement.get());
  sqlite3_clear_bindings(prepared_->statement.get());
  prepared_->is_in_use = false;
  if (!prepared_->is_kept) const std::unique_ptr<Prepared> last(prepared_);
}

// SQLite compares with every name; rows are bound in the order of their text.
int Statement::index_of(const char* name) const {
  sqlite3_stmt* statement = prepared_->statement.get();
  const char* next = sqlite3_bind_parameter_name(statement, prepared_->last_bound + 1);
  const bool is_next = next != nullptr && std::strcmp(next, name) == 0;
  const int index =
      is_next ? prepared_->last_bound + 1 : sqlite3_bind_parameter_index(statement, name);
  JIYAO_ASSERT(index > 0);
  prepared_->last_bound = index;
  return index;
}

Statement& Statement::bind_integer(const char* name, std::int64_t number) {
  check(database_.connection.get(),
        sqlite3_bind_int64(prepared_->statement.get(), index_of(name), number), name);
  return *this;
}

Statement& Statement::bind_text(const char* name, std::string_view text) {
  check(database_.connection.get(),
        sqlite3_bind_text64(prepared_->statement.get(), index_of(name),
                            text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8),
        name);
  return *this;
}

Statement& Statement::bind_blob(const char* name, ByteView blob) {
  // A null pointer would bind NULL; an empty blob is a value.
  const void* bytes = blob.empty() ? static_cast<const void*>("") : blob.data();
  check(database_.connection.get(),
        sqlite3_bind_blob64(prepared_->statement.get(), index_of(name), bytes, blob.size(),
                            SQLITE_TRANSIENT),
        name);
  return *this;
}

Statement& Statement::lend(const char* name, ByteView blob) {
  const void* bytes = blob.empty() ? static_cast<const void*>("") : blob.data();
  check(database_.connection.get(),
        sqlite3_bind_blob64(prepared_->statement.get(), index_of(name), bytes, blob.size(),
                            SQLITE_STATIC),
        name);
  return *this;
}

Statement& Statement::lend(const char* name, std::string_view text) {
  check(
      database_.connection.get(),
      sqlite3_bind_text64(prepared_->statement.get(), index_of(name),
                          text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8),
      name);
  return *this;
}

Statement& Statement::bind(const char* name, std::nullptr_t) {
  check(database_.connection.get(), sqlite3_bind_null(prepared_->statement.get(), index_of(name)),
        name);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(prepared_->statement.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail(database_.connection.get(), code, sqlite3_sql(prepared_->statement.get()));
}

void Statement::run() {
  while (step()) {
  }
  sqlite3_reset(prepared_->statement.get());
  prepared_->last_bound = 0;
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(prepared_->statement.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  if (sqlite3_column_type(prepared_->statement.get(), column) != SQLITE_INTEGER)
    throw_damaged(column);
  return sqlite3_column_int64(prepared_->statement.get(), column);
}

std::string_view Statement::text(int column) const {
  sqlite3_stmt* statement = prepared_->statement.get();
  if (sqlite3_column_type(statement, column) != SQLITE_TEXT) throw_damaged(column);
  const void* text = sqlite3_column_text(statement, column);
  if (text == nullptr) throw std::bad_alloc();
  return {static_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

ByteView Statement::blob(int column) const {
  sqlite3_stmt* statement = prepared_->statement.get();
  if (sqlite3_column_type(statement, column) != SQLITE_BLOB) throw_damaged(column);
  const void* bytes = sqlite3_column_blob(statement, column);
  return {static_cast<const std::uint8_t*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

void Statement::throw_damaged(int column) const {
  throw StorageFailure(StorageFailure::Kind::damaged,
                       "column " + std::to_string(column) +
                           " is of another type: " + sqlite3_sql(prepared_->statement.get()));
}

Transaction::Transaction(Database& database) : database_(*database.state_) {
  database_.settle();
  JIYAO_ASSERT(sqlite3_get_autocommit(database_.connection.get()) != 0);
  database.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // After some failures SQLite has rolled back already; then there is nothing to do. For want of
  // memory a roll-back can fail: then it is owed before anything else.
  sqlite3* connection = database_.connection.get();
  if (is_open_ && sqlite3_get_autocommit(connection) == 0)
    database_.owes_rollback =
        sqlite3_exec(connection, "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_OK;
}

void Transaction::commit() {
  sqlite3* connection = database_.connection.get();
  JIYAO_ASSERT(is_open_);
  // Rolled back by SQLite after a failure that somebody caught: it must not look committed.
  if (sqlite3_get_autocommit(connection) != 0)
    throw StorageFailure(StorageFailure::Kind::io, "the transaction was rolled back before commit");
  check(connection, sqlite3_exec(connection, "COMMIT", nullptr, nullptr, nullptr), "COMMIT");
  is_open_ = false;
}

}  // namespace jiyao
