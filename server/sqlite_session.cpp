// server/sqlite_session.cpp - opening the hub's file through Poco::Data, and its failures.
#include "server/sqlite_session.h"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>

#include <new>

namespace jiyao {

using namespace Poco::Data::Keywords;

namespace {

void configure(Poco::Data::Session& session) {
  // The log in front of the file is copied into it early: what it holds is on the disk twice.
  for (const char* setting :
       {"PRAGMA locking_mode=EXCLUSIVE", "PRAGMA synchronous=FULL", "PRAGMA temp_store=MEMORY",
        "PRAGMA cell_size_check=ON", "PRAGMA trusted_schema=OFF", "PRAGMA foreign_keys=ON",
        "PRAGMA wal_autocheckpoint=256"})
    session << setting, now;
}

StorageFailure::Kind kind_of(const Poco::Exception& failure) {
  if (dynamic_cast<const Poco::Data::SQLite::DatabaseFullException*>(&failure) != nullptr)
    return StorageFailure::Kind::full;
  if (dynamic_cast<const Poco::Data::SQLite::ReadOnlyException*>(&failure) != nullptr)
    return StorageFailure::Kind::read_only;
  if (dynamic_cast<const Poco::Data::SQLite::CorruptImageException*>(&failure) != nullptr)
    return StorageFailure::Kind::damaged;
  return StorageFailure::Kind::io;
}

}  // namespace

Result<std::unique_ptr<SqliteSession>> SqliteSession::open(Announcement announced) {
  Poco::Data::SQLite::Connector::registerConnector();
  try {
    // Poco tries a file that does not open again and again, for a minute unless it is told less.
    Poco::Data::Session session("SQLite", announced.full_path(), 1);
    configure(session);
    std::string mode;
    session << "PRAGMA journal_mode=WAL", into(mode), now;
    int tables = 0;
    session << "SELECT count(*) FROM sqlite_schema", into(tables), now;
    if (mode != "wal") return {Errc::malformed, announced.full_path()};
    return std::unique_ptr<SqliteSession>(
        new SqliteSession(std::move(announced), std::move(session)));
  } catch (const Poco::Data::SQLite::DBLockedException&) {
    return {Errc::busy, announced.full_path()};
  } catch (const Poco::Data::SQLite::NoMemoryException&) {
    throw std::bad_alloc();
  } catch (const Poco::Data::SQLite::CorruptImageException&) {
    return {Errc::malformed, announced.full_path()};
  } catch (const Poco::Data::SQLite::IOErrorException&) {
    return {Errc::not_authentic, announced.full_path()};
  } catch (const Poco::Exception& failure) {
    return {Errc::malformed, announced.full_path()};
  }
}

SqliteSession::SqliteSession(Announcement announced, Poco::Data::Session session)
    : announced_(std::move(announced)), session_(std::move(session)) {}
SqliteSession::~SqliteSession() {
  session_.close();
}

void SqliteSession::throw_failure(const Poco::Exception& failure) {
  throw StorageFailure(kind_of(failure), "hub.jdb: " + failure.displayText());
}

void SqliteSession::roll_back() noexcept {
  is_left_open_ = true;
  try {
    session_ << "ROLLBACK", now;
    is_left_open_ = false;
  } catch (const Poco::Data::SQLite::NoMemoryException&) {
    return;  // end_left_open()
  } catch (const Poco::Exception&) {
    // SQLite has rolled back already: full disks and I/O errors do that on their own.
    is_left_open_ = false;
  } catch (const std::bad_alloc&) {
    return;  // end_left_open()
  }
}

void SqliteSession::end_left_open() {
  if (is_left_open_) roll_back();
  if (is_left_open_) throw std::bad_alloc();
}

void SqliteSession::shorten_log() noexcept {
  try {
    session_ << "PRAGMA wal_checkpoint(TRUNCATE)", now;
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace jiyao
