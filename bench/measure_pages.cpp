// bench/measure_pages.cpp - the same SQLite with and without sealed pages: what encryption at rest
// costs.
#include <sqlite3.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "bench/measure.h"
#include "bench/plain.h"
#include "bench/realm.h"
#include "bench/register.h"
#include "bench/workloads.h"
#include "crypto/random.h"
#include "schema/real_files.h"
#include "schema/sealed_vfs.h"

namespace jiyao {
namespace {

constexpr std::uint64_t kRowsPerCommit = 1000;
constexpr int kReads = 10'000;

struct Close {
  void operator()(sqlite3* connection) const { sqlite3_close(connection); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

/// One table over one connection; whether its pages are sealed is the VFS's business alone.
class Table {
 public:
  Table(const Path& path, const char* vfs, int cache_kib) {
    sqlite3* opened = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
    connection_.reset(opened);
    if (code != SQLITE_OK) throw std::runtime_error("cannot open " + path);
    run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-" +
        std::to_string(cache_kib) +
        "; CREATE TABLE IF NOT EXISTS row(no INTEGER PRIMARY KEY, id BLOB UNIQUE, text TEXT)");
  }
  void run(const std::string& sql) {
    if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(connection_.get()));
  }
  std::unique_ptr<sqlite3_stmt, Close> prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(connection_.get(), sql, -1, &statement, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(connection_.get()));
    return std::unique_ptr<sqlite3_stmt, Close>(statement);
  }

 private:
  std::unique_ptr<sqlite3, Close> connection_;
};

RecordId id_of_row(std::uint64_t n) {
  RecordId id;
  for (unsigned i = 0; i < 8; ++i) id.bytes[7 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  return id;
}

std::string text_of_row(std::uint64_t n) {
  std::string text;
  for (const Write& write : register_row(n)) text += write.value;
  return text;
}

Done insert_rows(const Path& path, const char* vfs, std::uint64_t rows) {
  Table table(path, vfs, 32 * 1024);
  const auto put = table.prepare("INSERT INTO row(id, text) VALUES (?, ?)");
  double s = 0, cpu_s = 0;
  for (std::uint64_t from = 0; from < rows; from += kRowsPerCommit) {
    const std::uint64_t to = std::min(from + kRowsPerCommit, rows);
    std::vector<std::string> texts;
    for (std::uint64_t n = from; n < to; ++n) texts.push_back(text_of_row(n));
    const double begin = now_s(), cpu = cpu_now_s();
    table.run("BEGIN IMMEDIATE");
    for (std::uint64_t n = from; n < to; ++n) {
      const RecordId id = id_of_row(n);
      const std::string& text = texts[n - from];
      sqlite3_bind_blob(put.get(), 1, id.bytes.data(), RecordId::kBytes, SQLITE_STATIC);
      sqlite3_bind_text(put.get(), 2, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
      if (sqlite3_step(put.get()) != SQLITE_DONE) throw std::runtime_error("insert");
      sqlite3_reset(put.get());
    }
    table.run("COMMIT");
    s += now_s() - begin, cpu_s += cpu_now_s() - cpu;
  }
  return {{}, {{"s", s}, {"cpu_s", cpu_s}}, {}};
}

/// Rows drawn at random; says a digest of what was read.
Done read_rows(const Path& path, const char* vfs, std::uint64_t rows, int cache_kib) {
  Table table(path, vfs, cache_kib);
  const auto get = table.prepare("SELECT text FROM row WHERE id = ?");
  Hasher read(Label::state);
  double begin = 0;
  for (int round = 0; round < 2; ++round) {  // the first one fills the cache
    begin = cpu_now_s();
    for (std::uint64_t i = 0; i < kReads; ++i) {
      const RecordId id = id_of_row(i * 2654435761U % rows);
      sqlite3_bind_blob(get.get(), 1, id.bytes.data(), RecordId::kBytes, SQLITE_STATIC);
      if (sqlite3_step(get.get()) != SQLITE_ROW) throw std::runtime_error("a row is missing");
      read.add({static_cast<const std::uint8_t*>(sqlite3_column_blob(get.get(), 0)),
                static_cast<std::size_t>(sqlite3_column_bytes(get.get(), 0))});
      sqlite3_reset(get.get());
    }
  }
  return {read.finish().hex(), {{"cpu_s", cpu_now_s() - begin}}, {}};
}

void compare_reads(const Order& order, const Path& sealed, const Path& plain, int cache_mib,
                   double least_ratio,
                   const std::function<Done(const std::function<Done()>&)>& announced) {
  const int kib = cache_mib * 1024;
  const Done ours = announced([&] { return read_rows(sealed, nullptr, order.rows, kib); });
  const Done theirs =
      in_own_process([&] { return read_rows(plain, "unix-excl", order.rows, kib); });
  if (ours.said != theirs.said) throw std::runtime_error("other rows were read");
  print(order.rows,
        {"pages, point read, " + std::to_string(cache_mib) + " MiB cache", "reads/s",
         kReads / ours.figures.at("cpu_s"), "unencrypted", kReads / theirs.figures.at("cpu_s")},
        {ratio_at_least(least_ratio)});
}

}  // namespace

void measure_pages(const Order& order) {
  RealFiles files;
  files.make_folder(order.folder);
  const Path sealed = order.folder + "/sealed.db", plain = order.folder + "/plain.db";
  const FileId id = random_block<FileId>();
  const Secret<32> key = Secret<32>::random();
  must(create_sealed_file(files, sealed, id, key), "sealed file");
  // The sealing VFS is the default one of a process that uses the engine.
  const auto announced = [&](const std::function<Done()>& work) {
    return in_own_process([&] {
      const Announcement told = must(announce_sealed_file(files, sealed, id, key), "announce");
      return work();
    });
  };
  const Done ours = announced([&] { return insert_rows(sealed, nullptr, order.rows); });
  const Done theirs = in_own_process([&] { return insert_rows(plain, "unix-excl", order.rows); });
  const auto rows = static_cast<double>(order.rows);
  print(order.rows,
        {"pages, insert", "rows/s", rows / ours.figures.at("s"), "unencrypted",
         rows / theirs.figures.at("s")},
        {ratio_at_least(0.75)});
  print(order.rows, {"pages, insert, CPU", "us/row", ours.figures.at("cpu_s") * 1e6 / rows,
                     "unencrypted", theirs.figures.at("cpu_s") * 1e6 / rows});
  compare_reads(order, sealed, plain, 2, 0.5, announced);
  compare_reads(order, sealed, plain, 64, 0.95, announced);
}

}  // namespace jiyao
