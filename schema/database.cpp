// schema/database.cpp - opening a file with every setting it needs, its schema, its copies.
#include "schema/database.h"

#include <cerrno>
#include <cstring>
#include <new>
#include <set>

#include "schema/database_state.h"

namespace jiyao {
namespace {

constexpr int kValueBytesMax = 8 * 1024 * 1024;
constexpr int kInstructionsMax = 250'000;

// Temporary tables and sorts stay in memory; commits are on the disk; hostile content behind a
// stolen key meets the strictest SQLite there is. The lock comes first: with it, SQLite keeps the
// log's index in memory and no second file.
constexpr const char* kSettings =
    "PRAGMA temp_store=MEMORY; PRAGMA synchronous=FULL; PRAGMA mmap_size=0;"
    "PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON;"
    "PRAGMA secure_delete=ON; PRAGMA cache_size=-14336; PRAGMA wal_autocheckpoint=1000;";

void configure(sqlite3* connection, bool is_read_only) {
  const auto set = [&](int what, int value) {
    JIYAO_ASSERT(sqlite3_db_config(connection, what, value, nullptr) == SQLITE_OK);
  };
  set(SQLITE_DBCONFIG_DEFENSIVE, 1);
  set(SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
  set(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0);
  set(SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0);
  set(SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0);
  set(SQLITE_DBCONFIG_DQS_DML, 0);
  set(SQLITE_DBCONFIG_DQS_DDL, 0);
  set(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, is_read_only ? 1 : 0);
  sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, kValueBytesMax);
  sqlite3_limit(connection, SQLITE_LIMIT_VDBE_OP, kInstructionsMax);
  sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(connection, SQLITE_LIMIT_WORKER_THREADS, 0);
}

int execute(sqlite3* connection, const char* sql) {
  return sqlite3_exec(connection, sql, nullptr, nullptr, nullptr);
}

// SQLite says only that it could not open a file, ours or its log; the system said why.
Error refusal_of_the_system(sqlite3* connection, const Path& path) {
  using Kind = StorageFailure::Kind;
  switch (sqlite3_system_errno(connection)) {
    case EROFS:
      throw StorageFailure(Kind::read_only, "opening " + path);
    case ENOSPC:
    case EDQUOT:
      throw StorageFailure(Kind::full, "opening " + path);
    case EIO:
    case EMFILE:
    case ENFILE:
      throw StorageFailure(Kind::io, "opening " + path);
    default:
      return {Errc::not_allowed, path};
  }
}

// What the first contact with a file says about the file; the rest is the machine's fault.
Error refusal(sqlite3* connection, int code, const Path& path) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
      return {Errc::busy, path};
    case SQLITE_NOTADB:
      return {Errc::malformed, "not a database of ours: " + path};
    case SQLITE_CORRUPT:
      return {Errc::not_authentic, "cut or put together from several files: " + path};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return refusal_of_the_system(connection, path);
    default:
      break;
  }
  if (code == SQLITE_IOERR_DATA)
    return {Errc::not_authentic, "wrong key, another file, or damaged: " + path};
  fail(connection, code, "opening " + path);
}

sqlite3_file* file_pointer(sqlite3* connection, int which) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection, "main", which, &file);
  return file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

}  // namespace

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(Files& files, const Path& path, const FileId& id,
                                const Secret<32>& key, Access access) {
  if (access == Access::create) {
    const Result<void> made = create_sealed_file(files, path, id, key);
    if (!made) return made.error();
  } else if (!files.exists(path)) {
    return {Errc::not_found, path};
  }
  Result<Announcement> announced = announce_sealed_file(files, path, id, key);
  if (!announced) return announced.error();
  auto state = std::make_unique<State>(std::move(*announced));
  state->is_read_only = access == Access::read_only;
  state->announcement.file().accepts_tampered_wal =
      access == Access::read_only || access == Access::after_incident;
  const int code = state->connect(files.vfs_name());
  if (code != SQLITE_OK) return refusal(state->connection.get(), code, path);
  Database database(std::move(state));
  // What a crash left is settled at once, so that damage found later is damage of today.
  if (access != Access::read_only && database.wal_verdict() != WalVerdict::none)
    database.checkpoint();
  return database;
}

int Database::State::connect(const char* vfs_name) {
  sqlite3* opened = nullptr;
  int code = sqlite3_open_v2(announcement.full_path().c_str(), &opened,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                             vfs_name);
  connection.reset(opened);
  if (code != SQLITE_OK) return code;
  sqlite3_vfs* vfs = nullptr;
  sqlite3_file_control(opened, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
  JIYAO_ASSERT(vfs == sqlite3_vfs_find(vfs_name));
  configure(opened, is_read_only);
  // A write-protected medium: SQLite has fallen back to reading.
  const bool is_protected = sqlite3_db_readonly(opened, "main") == 1;
  if (is_protected && !is_read_only)
    throw StorageFailure(StorageFailure::Kind::read_only, announcement.full_path());
  if (!is_protected) code = execute(opened, "PRAGMA locking_mode=EXCLUSIVE");
  if (code == SQLITE_OK) code = execute(opened, kSettings);
  if (code == SQLITE_OK && is_read_only) code = execute(opened, "PRAGMA query_only=ON");
  // The first read: takes the lock, recovers the log, authenticates page 1 and the schema.
  if (code == SQLITE_OK) code = execute(opened, "SELECT count(*) FROM sqlite_schema");
  return code;
}

int Database::schema_version() {
  Statement statement(*this, "PRAGMA user_version");
  JIYAO_ASSERT(statement.step());
  return static_cast<int>(statement.integer(0));
}

Result<void> Database::migrate(std::span<const Migration> steps) {
  const int newest = steps.empty() ? 0 : steps.back().version;
  const int found = schema_version();
  if (found > newest)
    return {Errc::newer, state_->announcement.full_path() + " (" + std::to_string(found) + " > " +
                             std::to_string(newest) + ")"};
  for (const Migration& step : steps) {
    if (step.version <= found) continue;
    Transaction transaction(*this);
    run(step.sql);
    run("PRAGMA user_version=" + std::to_string(step.version));
    transaction.commit();
  }
  return {};
}

void Database::run(std::string_view sql) {
  state_->settle();
  check(state_->connection.get(), execute(state_->connection.get(), std::string(sql).c_str()), sql);
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(state_->connection.get());
}

std::int64_t Database::last_row() const {
  return sqlite3_last_insert_rowid(state_->connection.get());
}

WalVerdict Database::wal_verdict() const {
  SealedFile& file = state_->announcement.file();
  const std::lock_guard lock(file.mutex);
  return file.wal_scan.verdict;
}

std::uint64_t Database::refusals() const {
  return state_->announcement.file().refusals;
}

PageReport Database::verify_pages() {
  sqlite3* connection = state_->connection.get();
  JIYAO_ASSERT(sqlite3_get_autocommit(connection) != 0);
  auto* main = static_cast<SealedHandle*>(file_pointer(connection, SQLITE_FCNTL_FILE_POINTER));
  auto* wal = static_cast<SealedHandle*>(file_pointer(connection, SQLITE_FCNTL_JOURNAL_POINTER));
  JIYAO_ASSERT(main != nullptr);
  PageReport report;
  WalScan scan;
  check(connection, scan_open_wal(wal, scan), "reading the log");
  report.wal_frames = scan.frames;
  report.bad_frames = std::move(scan.bad_frames);
  if (scan.verdict != WalVerdict::none && scan.verdict != WalVerdict::clean)
    report.malformed.push_back(std::string("log ") + name_of(scan.verdict));
  const std::set<std::uint32_t> in_log(scan.committed_pages.begin(), scan.committed_pages.end());
  std::uint64_t size = 0;
  check(connection, stored_size(main->base, size), "reading the file");
  report.pages = (size + kPageBytes - 1) / kPageBytes;
  std::array<std::uint8_t, kPageBytes> page;
  for (std::uint64_t i = 0; i < report.pages; ++i) {
    const auto number = static_cast<std::uint32_t>(i + 1);
    if (number == kLockPage || in_log.contains(number)) continue;
    if (read_stored(main->base, i * kPageBytes, page) != SQLITE_OK ||
        !main->file->pages.open(number, page))
      report.bad_pages.push_back(number);
  }
  wipe(page);
  try {
    Statement integrity(*this, "PRAGMA integrity_check(20)");
    while (integrity.step())
      if (integrity.text(0) != "ok") report.malformed.emplace_back(integrity.text(0));
  } catch (const StorageFailure& failure) {
    if (failure.kind() != StorageFailure::Kind::damaged) throw;
    report.malformed.emplace_back(failure.what());
  }
  return report;
}

void Database::checkpoint() {
  sqlite3* connection = state_->connection.get();
  check(connection,
        sqlite3_wal_checkpoint_v2(connection, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr),
        "checkpoint");
}

void Database::compact() {
  sqlite3* connection = state_->connection.get();
  // VACUUM rebuilds in an attached database, which temp_store keeps in memory.
  sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 1);
  const int code = execute(connection, "VACUUM");
  sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0);
  check(connection, code, "VACUUM");
  checkpoint();
}

Result<void> Database::backup_to(Files& files, const Path& path, const FileId& id,
                                 const Secret<32>& key) {
  if (files.exists(path)) return {Errc::exists, path};
  const Path beside = path + ".new";
  files.remove(beside);
  {
    Result<Database> copy = open(files, beside, id, key, Access::create);
    if (!copy) return copy.error();
    sqlite3* target = copy->state_->connection.get();
    sqlite3_backup* backup = sqlite3_backup_init(target, "main", state_->connection.get(), "main");
    if (backup == nullptr) fail(target, sqlite3_errcode(target), "backup");
    sqlite3_backup_step(backup, -1);
    check(target, sqlite3_backup_finish(backup), "backup");
    copy->checkpoint();
  }
  files.rename(beside, path);
  files.sync_folder(folder_of(path));
  return {};
}

}  // namespace jiyao
