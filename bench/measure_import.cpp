// bench/measure_import.cpp - writing into the ledger, against plain SQLite.
#include <filesystem>

#include "bench/plain.h"
#include "bench/realm.h"
#include "bench/register.h"
#include "bench/workloads.h"
#include "crypto/random.h"

namespace jiyao {
namespace {

constexpr std::uint64_t kRowsPerCommit = 1000, kActs = 1000;

/// Seconds of `work` over rows [0, count).
template <class Work>
double timed(std::uint64_t count, std::uint64_t step, Work work) {
  const double begin = now_s();
  for (std::uint64_t from = 0; from < count; from += step) work(from, std::min(from + step, count));
  return now_s() - begin;
}

Done import_into_engine(const BenchRealm& realm, std::uint64_t rows) {
  return in_own_process([&] {
    Office office(realm, realm.a);
    office.open_series(rows + kActs);
    const auto record = [&](std::uint64_t from, std::uint64_t to) {
      for (const auto& done : office.replica().record_many(acts_of_rows(realm.place, from, to)))
        must(done, "record");
    };
    const double cpu = cpu_now_s();
    const double all_s = timed(rows, kRowsPerCommit, record);
    return Done{office.digest(), {{"s", all_s}, {"cpu_s", cpu_now_s() - cpu}}, {}};
  });
}

Done acts_into_engine(const BenchRealm& realm, std::uint64_t rows, std::uint64_t acts) {
  return in_own_process([&] {
    Office office(realm, realm.a);
    const double s = timed(acts, 1, [&](std::uint64_t from, std::uint64_t) {
      Act act = acts_of_rows(realm.place, rows + from, rows + from + 1).front();
      must(office.replica().record(act), "record");
    });
    return Done{office.digest(), {{"s", s}}, {}};
  });
}

Done put_into_plain(const Path& path, std::uint64_t first, std::uint64_t count,
                    std::uint64_t step) {
  return in_own_process([&] {
    PlainRegister plain(path);
    const double cpu = cpu_now_s();
    const double s = timed(count, step, [&](std::uint64_t from, std::uint64_t to) {
      std::vector<PlainRow> rows;
      for (std::uint64_t n = first + from; n < first + to; ++n)
        rows.push_back({time_ordered_id<RecordId>(1'700'000'000'000), register_row(n)});
      plain.put(rows);
    });
    return Done{{}, {{"s", s}, {"cpu_s", cpu_now_s() - cpu}}, {}};
  });
}

double megabytes(const Path& file) {
  return static_cast<double>(std::filesystem::file_size(file)) / 1e6;
}

}  // namespace

void measure_import(const Order& order) {
  const BenchRealm realm(order.folder, {});
  const Path plain = order.folder + "/plain.db", level = realm.a.folder + "/internal.jdb";
  const auto rows = static_cast<double>(order.rows);
  const auto acts = std::min(kActs, order.rows);
  const Done ours = import_into_engine(realm, order.rows);
  const Done theirs = put_into_plain(plain, 0, order.rows, kRowsPerCommit);
  print(order.rows,
        {"import", "rows/s", rows / ours.figures.at("s"), "plain SQLite",
         rows / theirs.figures.at("s")},
        {at_least(45000), ratio_at_least(0.7)});
  print(order.rows, {"import, CPU", "us/row", ours.figures.at("cpu_s") * 1e6 / rows, "plain SQLite",
                     theirs.figures.at("cpu_s") * 1e6 / rows});
  print(order.rows,
        {"import, peak memory", "MB", ours.cost.peak_mb, "plain SQLite", theirs.cost.peak_mb});
  print(order.rows, {"import, file", "MB", megabytes(level), "plain SQLite", megabytes(plain)});
  const Done single = acts_into_engine(realm, order.rows, acts);
  const Done row = put_into_plain(plain, order.rows, acts, 1);
  print(order.rows,
        {"one act, durable", "acts/s", static_cast<double>(acts) / single.figures.at("s"),
         "plain SQLite FULL", static_cast<double>(acts) / row.figures.at("s")},
        {ratio_at_least(0.85)});
  const std::uint64_t shown = order.rows + acts + 1;  // and the series
  if (single.said.rfind(std::to_string(shown) + " ", 0) != 0)
    throw std::runtime_error("not every row is shown: " + single.said);
}

}  // namespace jiyao
