// bench/peers/sqlcipher.cpp - ROWS FILE: the table of bench/measure_pages.cpp in SQLCipher, 4 KiB
// pages.
#include <sqlcipher/sqlite3.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

constexpr std::uint64_t kRowsPerCommit = 1000, kReads = 10'000;

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_now_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void must(bool is_well, sqlite3* connection) {
  if (is_well) return;
  std::fprintf(stderr, "SQLCipher: %s\n", sqlite3_errmsg(connection));
  std::exit(1);
}

sqlite3* open(const char* path, int cache_kib) {
  sqlite3* connection = nullptr;
  must(sqlite3_open(path, &connection) == SQLITE_OK, connection);
  const std::string start =
      "PRAGMA key = \"x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\";"
      "PRAGMA cipher_page_size = 4096; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -" +
      std::to_string(cache_kib) +
      "; CREATE TABLE IF NOT EXISTS row(no INTEGER PRIMARY KEY, id BLOB UNIQUE, text TEXT);";
  must(sqlite3_exec(connection, start.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, connection);
  return connection;
}

sqlite3_stmt* prepare(sqlite3* connection, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  must(sqlite3_prepare_v2(connection, sql, -1, &statement, nullptr) == SQLITE_OK, connection);
  return statement;
}

void bind_id(sqlite3_stmt* statement, std::uint64_t n) {
  unsigned char id[16] = {};
  for (unsigned i = 0; i < 8; ++i) id[7 - i] = static_cast<unsigned char>(n >> (8 * i));
  sqlite3_bind_blob(statement, 1, id, sizeof id, SQLITE_TRANSIENT);
}

/// The values of {"name":"value",...} behind the first, one behind the other.
std::string values_of(const std::string& line) {
  std::string text;
  std::size_t from = 0;
  for (int quote = 0; (from = line.find('"', from)) != std::string::npos; ++quote, ++from) {
    if (quote < 4 || quote % 4 != 2) continue;
    text += line.substr(from + 1, line.find('"', from + 1) - from - 1);
  }
  return text;
}

std::uint64_t insert(std::ifstream& rows, const char* path) {
  sqlite3* connection = open(path, 32 * 1024);
  sqlite3_stmt* put = prepare(connection, "INSERT INTO row(id, text) VALUES (?, ?)");
  double s = 0;
  std::uint64_t count = 0;
  for (bool is_more = true; is_more;) {
    std::vector<std::string> texts;
    for (std::string line; texts.size() < kRowsPerCommit && (is_more = !!std::getline(rows, line));)
      texts.push_back(values_of(line));
    const double begin = now_s();
    sqlite3_exec(connection, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    for (const std::string& text : texts) {
      bind_id(put, count++);
      sqlite3_bind_text(put, 2, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
      must(sqlite3_step(put) == SQLITE_DONE, connection);
      sqlite3_reset(put);
    }
    must(sqlite3_exec(connection, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK, connection);
    s += now_s() - begin;
  }
  sqlite3_finalize(put);
  sqlite3_close(connection);
  std::printf("SQLCipher\tpages, insert\trows/s\t%.9g\n", static_cast<double>(count) / s);
  return count;
}

void read(const char* path, std::uint64_t rows, int cache_mib) {
  sqlite3* connection = open(path, cache_mib * 1024);
  sqlite3_stmt* get = prepare(connection, "SELECT text FROM row WHERE id = ?");
  double cpu_s = 0;
  for (int round = 0; round < 2; ++round) {  // the first one fills the cache
    const double begin = cpu_now_s();
    for (std::uint64_t i = 0; i < kReads; ++i) {
      bind_id(get, i * 2654435761U % rows);
      must(sqlite3_step(get) == SQLITE_ROW && sqlite3_column_bytes(get, 0) > 0, connection);
      sqlite3_reset(get);
    }
    cpu_s = cpu_now_s() - begin;
  }
  sqlite3_finalize(get);
  sqlite3_close(connection);
  std::printf("SQLCipher\tpages, point read, %d MiB cache\treads/s\t%.9g\n", cache_mib,
              static_cast<double>(kReads) / cpu_s);
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  std::ifstream rows(words[1]);
  const std::uint64_t inserted = insert(rows, words[2]);
  for (const int cache_mib : {2, 64}) read(words[2], inserted, cache_mib);
  return 0;
}
