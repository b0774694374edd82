// bench/measure_search.cpp - finding two Chinese characters, against bigrams in plain SQLite's
// FTS5.
#include <algorithm>

#include "bench/plain.h"
#include "bench/two_offices.h"
#include "bench/workloads.h"

namespace jiyao {
namespace {

constexpr int kTimes = 21;
constexpr std::size_t kPage = 50;

/// Median milliseconds.
template <class Work>
double timed_ms(Work work) {
  std::vector<double> times;
  for (int i = 0; i < kTimes; ++i) {
    const double begin = now_s();
    work();
    times.push_back((now_s() - begin) * 1e3);
  }
  std::nth_element(times.begin(), times.begin() + kTimes / 2, times.end());
  return times[kTimes / 2];
}

/// figures: count, found (on the first page), count_ms, page_ms.
Done search_ours(const BenchRealm& realm, const std::string& words) {
  return in_own_process([&] {
    Office office(realm, realm.a);
    Query query;
    query.ledger = "incoming";
    query.text = words;
    query.limit = kPage;
    std::uint64_t count = 0;
    std::size_t found = 0;
    const double page = timed_ms([&] { found = office.replica().search(query).rows.size(); });
    const double all = timed_ms([&] { count = office.replica().count(query); });
    return Done{{},
                {{"count", static_cast<double>(count)},
                 {"found", static_cast<double>(found)},
                 {"count_ms", all},
                 {"page_ms", page}},
                {}};
  });
}

Done search_plain(const Path& path, const std::string& words) {
  return in_own_process([&] {
    PlainRegister plain(path);
    std::uint64_t count = 0;
    std::size_t found = 0;
    const double page = timed_ms([&] { found = plain.newest(words, kPage).size(); });
    const double all = timed_ms([&] { count = plain.count(words); });
    return Done{{},
                {{"count", static_cast<double>(count)},
                 {"found", static_cast<double>(found)},
                 {"count_ms", all},
                 {"page_ms", page}},
                {}};
  });
}

}  // namespace

// "保密" is a word of the register; "督气" stands only where 监督 is followed by 气象.
void measure_search(const Order& order) {
  const BenchRealm realm(order.folder, {});
  const Path plain = order.folder + "/plain.db";
  import_rows(realm, order.rows);
  fill_floor(plain, order.rows);
  for (const auto& [words, name] : {std::pair{"保密", "common"}, std::pair{"督气", "rare"}}) {
    const Done ours = search_ours(realm, words), theirs = search_plain(plain, words);
    for (const char* figure : {"count", "found"})
      if (ours.figures.at(figure) != theirs.figures.at(figure))
        throw std::runtime_error(std::string("the searches differ: ") + words);
    print({std::string("search, newest 50, ") + name, "ms", ours.figures.at("page_ms"),
           "plain FTS5 bigrams", theirs.figures.at("page_ms"), "<= 1"});
    print({std::string("search, count, ") + name, "ms", ours.figures.at("count_ms"),
           "plain FTS5 bigrams", theirs.figures.at("count_ms"), "<= 12"});
  }
}

}  // namespace jiyao
