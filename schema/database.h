// schema/database.h - the only face of SQLite: one encrypted file, statements by name,
// transactions by scope.
//
// One connection per file, and the file is locked for it (locking_mode=EXCLUSIVE): a second opener
// gets `busy`. WAL with synchronous=FULL: what commit() returned from is on the disk (P1), and
// after a crash the file holds whole transactions only. One thread at a time.
//
// Failures: a file that is not ours, damaged at its first page or held by another comes back as an
// Error from open(). Afterwards every SQLite error throws StorageFailure (full, read_only, damaged,
// io); the transaction under way rolls back in its destructor. SQL that does not compile, a
// constraint that fails (callers say ON CONFLICT) and a value out of range are our own bugs and
// stop the program.
#pragma once

#include <concepts>
#include <string_view>
#include <utility>

#include "schema/sealed_vfs.h"

namespace jiyao {

/// One step of a file's schema: schema/sql/<family>/NNN_what.sql, embedded when we build.
/// One that has shipped is never edited.
struct Migration {
  int version;  ///< NNN: 1, 2, 3 ... without gaps
  std::string_view name;
  std::string_view sql;
};
/// The steps of a kind of file ("log", "level", "hub"), in order. Empty if there is none.
std::span<const Migration> migrations(std::string_view family);

/// What verify_pages() found. Nothing in the lists: every byte of the file is as we wrote it.
struct PageReport {
  std::uint64_t pages = 0;                ///< looked at in the database file, free ones too
  std::uint64_t wal_frames = 0;           ///< looked at in the log
  std::vector<std::uint32_t> bad_pages;   ///< not authentic, and no newer copy in the log
  std::vector<std::uint64_t> bad_frames;  ///< frames of the log that nobody of us wrote
  std::vector<std::string> malformed;     ///< the log's verdict, PRAGMA integrity_check; no content
  bool is_clean() const { return bad_pages.empty() && bad_frames.empty() && malformed.empty(); }
};

class Database {
 public:
  enum class Access : std::uint8_t {
    create,          ///< makes the file, whole and durable; it must not exist
    read_write,      ///< refuses a tampered log
    read_only,       ///< writes nothing, not even what the log holds; opens a tampered log too
    after_incident,  ///< as read_write, but takes what a tampered log still proves; people decided
  };

  /// errors: exists (create), not_found, busy (another connection has it), not_authentic (wrong
  /// key, another file's id, a tampered log or first page), malformed (not one of our files).
  /// Throws StorageFailure if the medium fails.
  static Result<Database> open(Files& files, const Path& path, const FileId& id,
                               const Secret<32>& key, Access access);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();  ///< copies the log into the file and removes it, if the medium lets it

  /// Brings the file to the newest step, each in its own transaction; PRAGMA user_version counts.
  ///   errors: newer: the file was made by a newer program; nothing was changed
  Result<void> migrate(std::span<const Migration> steps);
  int schema_version();

  /// Runs one or more statements without values: schema, FTS5 commands. Only compiled-in text.
  void run(std::string_view sql);
  std::int64_t changes() const;   ///< rows changed by the last statement that was run
  std::int64_t last_row() const;  ///< number of the row that was inserted last

  WalVerdict wal_verdict() const;  ///< what the log found at open was worth
  std::uint64_t refusals() const;  ///< pages and slots refused since open
  /// Reads and authenticates every page and slot there is, then checks the tables' structure.
  /// Not inside a transaction. Uses the open file, never a second handle.
  PageReport verify_pages();
  /// Copies the log into the file and starts it anew.
  void checkpoint();
  /// Rebuilds the file without its free pages.
  void compact();
  /// A consistent copy under its own id and key, whole and durable on return.
  ///   errors: exists
  Result<void> backup_to(Files& files, const Path& path, const FileId& id, const Secret<32>& key);

 private:
  friend class Statement;
  friend class Transaction;
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// One statement, prepared once per text and kept by the database. Only compiled-in text. Values
/// are bound by name and copied; columns are read by number, and a view of one lives until the next
/// step(), run() or the end.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  ~Statement();  ///< resets it and forgets its values
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// `name` with its colon; one the text does not have is our bug. Unbound means NULL.
  template <std::integral T>
  Statement& bind(const char* name, T number) {
    JIYAO_ASSERT(std::in_range<std::int64_t>(number));
    return bind_integer(name, static_cast<std::int64_t>(number));
  }
  Statement& bind(const char* name, bool flag) { return bind_integer(name, flag ? 1 : 0); }
  Statement& bind(const char* name, const char* text) { return bind_text(name, text); }
  Statement& bind(const char* name, std::string_view text) { return bind_text(name, text); }
  Statement& bind(const char* name, const std::string& text) { return bind_text(name, text); }
  Statement& bind(const char* name, ByteView blob) { return bind_blob(name, blob); }
  Statement& bind(const char* name, std::nullptr_t);
  template <class Tag, std::size_t N>
  Statement& bind(const char* name, const Block<Tag, N>& block) {
    return bind_blob(name, block.view());
  }
  /// Not copied: the bytes stay where they are until run() is back, or the statement is gone.
  Statement& lend(const char* name, std::string_view text);
  Statement& lend(const char* name, ByteView blob);

  bool step();  ///< true: a row is there to be read
  void run();   ///< to the end, then ready for the next values; rows are not looked at

  bool is_null(int column) const;
  std::int64_t integer(int column) const;   ///< a column of another type throws damaged, here and
  std::string_view text(int column) const;  ///< in the next three; NULL too
  ByteView blob(int column) const;
  template <class B>
  B block(int column) const {  ///< a blob of exactly this size, else damaged
    const std::optional<B> value = B::from(blob(column));
    if (!value) throw_damaged(column);
    return *value;
  }

 private:
  struct Prepared;
  friend class Database;
  Statement& bind_integer(const char* name, std::int64_t number);
  Statement& bind_text(const char* name, std::string_view text);
  Statement& bind_blob(const char* name, ByteView blob);
  int index_of(const char* name) const;
  [[noreturn]] void throw_damaged(int column) const;
  Database::State& database_;
  Prepared* prepared_;
};

/// Everything between this and commit() happens or nothing does. Takes the write lock at once.
/// Not nested: beginning a second one is our bug.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();  ///< rolls back unless committed
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  /// Durable on return. If it throws, the transaction has not happened, unless the machine fails
  /// at that very moment: then reopening shows all of it or nothing.
  void commit();

 private:
  Database::State& database_;
  bool is_open_ = true;
};

}  // namespace jiyao
