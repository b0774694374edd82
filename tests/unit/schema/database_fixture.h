// tests/unit/schema/database_fixture.h - a small ledger of notes, and where tests keep theirs.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "schema/database.h"
#include "schema/real_files.h"

namespace jiyao {

/// A folder of its own, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "jiyao-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  Path operator/(const std::string& name) const { return path_ + "/" + name; }
  const Path& path() const { return path_; }

 private:
  Path path_;
};

inline Secret<32> test_key(std::uint8_t first = 1) {
  Secret<32> key;
  for (std::size_t i = 0; i < 32; ++i) key.write()[i] = static_cast<std::uint8_t>(first + i);
  return key;
}

inline FileId test_id(std::uint8_t first = 7) {
  FileId id;
  id.bytes.fill(first);
  return id;
}

/// One file of notes; opens it, makes it, counts what is in it.
struct Notes {
  Files& files;
  Path path;
  FileId id = test_id();
  Secret<32> key = test_key();

  Result<Database> open(Database::Access access = Database::Access::read_write) const {
    return Database::open(files, path, id, key, access);
  }
  Database make() const {
    Result<Database> made = open(Database::Access::create);
    EXPECT_TRUE(made) << (made ? "" : made.error().detail);
    Database database = std::move(made).value();
    EXPECT_TRUE(database.migrate(migrations("test")));
    return database;
  }
};

inline Bytes note_id(std::int64_t n) {
  Bytes id(16, 0);
  for (std::size_t i = 0; i < 8; ++i) id[i] = static_cast<std::uint8_t>(n >> (56 - 8 * i));
  return id;
}

inline void insert_note(Database& database, std::int64_t n, std::string_view title,
                        std::size_t body_bytes = 0) {
  Statement insert(database,
                   "INSERT INTO note(id, n, title, body) VALUES (:id, :n, :title, :body)");
  insert.bind(":id", ByteView(note_id(n))).bind(":n", n).bind(":title", title);
  if (body_bytes > 0) insert.bind(":body", ByteView(Bytes(body_bytes, 0x5a)));
  insert.run();
}

inline std::int64_t count_notes(Database& database) {
  Statement count(database, "SELECT count(*) FROM note");
  EXPECT_TRUE(count.step());
  return count.integer(0);
}

}  // namespace jiyao
