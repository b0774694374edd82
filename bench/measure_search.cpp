// bench/measure_search.cpp - finding two Chinese characters: among the titles of a level file, up
// to a million, and in the register as a clerk asks; against bigrams in plain SQLite's FTS5.
#include <algorithm>
#include <filesystem>

#include "bench/plain.h"
#include "bench/plain_titles.h"
#include "bench/register.h"
#include "bench/two_offices.h"
#include "bench/workloads.h"
#include "crypto/random.h"
#include "schema/real_files.h"
#include "schema/store.h"

namespace jiyao {
namespace {

constexpr std::size_t kPage = 50;
constexpr std::uint64_t kTitlesMax = 1'000'000, kTitlesPerRow = 10, kRegisterMax = 100'000;

/// "保密" is a word of the register; "督气" stands only where 监督 is followed by 气象.
struct Asked {
  std::string words;
  const char* name;
};
const std::vector<Asked> kAsked = {{"保密", "common"}, {"督气", "rare"}};

/// `count` and `page` give how many they found.   figures: count, found, count_ms, page_ms
template <class Count, class Page>
Figures measured(Count count, Page page) {
  double all = 0, found = 0;
  const double page_ms = median_ms([&] { found = static_cast<double>(page()); });
  const double count_ms = median_ms([&] { all = static_cast<double>(count()); });
  return {{"count", all}, {"found", found}, {"count_ms", count_ms}, {"page_ms", page_ms}};
}

/// The engine's own store, filled with titles alone.
struct TitleFile {
  Path path;
  FileId id = random_block<FileId>();
  Secret<32> key = Secret<32>::random();
  RealmId realm = random_block<RealmId>();

  Store open() const {
    static RealFiles files;
    return must(Store::open(files, path, id, key, realm, Level::internal), "level file");
  }
};

void show_titles(Store& store, const CompartmentId& place, std::uint64_t from, std::uint64_t to) {
  StoreWriter writer(store);
  for (std::uint64_t n = from; n < to; ++n) {
    Change change;
    // One a minute, as they are registered: what the numbers of records look like.
    change.record =
        time_ordered_id<RecordId>(static_cast<std::int64_t>(1'000'000'000'000 + n * 60'000));
    change.compartment = place;
    change.ledger = "incoming";
    ShownRecord now;
    now.no = writer.make_record(change);
    now.record = change.record;
    now.compartment = place;
    now.ledger = change.ledger;
    const ShownRecord before = now;
    now.flags = kShown;
    now.text = fold_for_search(register_title(n));
    writer.show(before, now);
  }
  writer.commit();
}

void fill_titles(const TitleFile& file, std::uint64_t titles) {
  Store store = file.open();
  const CompartmentId place{random_block<OfficeId>(), Level::internal};
  for (std::uint64_t from = 0; from < titles; from += kRowsPerCommit)
    show_titles(store, place, from, std::min(from + kRowsPerCommit, titles));
}

/// Returns the bytes of all titles.
double fill_titles(PlainTitles& plain, std::uint64_t titles) {
  double bytes = 0;
  for (std::uint64_t from = 0; from < titles; from += kRowsPerCommit) {
    std::vector<std::string> some;
    for (std::uint64_t n = from; n < std::min(from + kRowsPerCommit, titles); ++n) {
      some.push_back(register_title(n));
      bytes += static_cast<double>(some.back().size());
    }
    plain.put(some);
  }
  return bytes;
}

/// Pages of the words and all that leads from places to records.
double index_bytes(const TitleFile& file) {
  RealFiles files;
  Database database = must(
      Database::open(files, file.path, file.id, file.key, Database::Access::read_only), "file");
  Statement row(database,
                "SELECT (SELECT count(*) * 4096 FROM words_data) + "
                "(SELECT sum(length(nos) + 40) FROM run)");
  return row.step() ? static_cast<double>(row.integer(0)) : 0;
}

/// Every title looked at: what there is to be found.
double hits_of(const std::string& words, std::uint64_t titles) {
  double hits = 0;
  for (std::uint64_t n = 0; n < titles; ++n)
    if (register_title(n).find(words) != std::string::npos) ++hits;
  return hits;
}

void print_search(std::uint64_t rows, const std::string& where, const char* name,
                  const Figures& ours, const Figures& theirs, bool is_of_titles) {
  if (ours.at("count") != theirs.at("count") || ours.at("found") != theirs.at("found"))
    throw std::runtime_error("the searches differ: " + where);
  const Goal page = is_of_titles ? of_rows(kTitlesMax, at_most(1)) : of_rows(0, at_most(1));
  print(rows,
        {"search, " + where + ", newest 50, " + name, "ms", ours.at("page_ms"),
         "plain FTS5 bigrams", theirs.at("page_ms")},
        {page});
  std::vector<Goal> goals;
  if (is_of_titles) goals.push_back(of_rows(kTitlesMax, at_most(12)));
  print(rows,
        {"search, " + where + ", count, " + name, "ms", ours.at("count_ms"), "plain FTS5 bigrams",
         theirs.at("count_ms")},
        goals);
}

void search_titles(const Order& order) {
  const std::uint64_t titles = std::min(kTitlesMax, order.rows * kTitlesPerRow);
  const TitleFile file{order.folder + "/titles.jdb"};
  const Path plain_path = order.folder + "/titles.db";
  const Done ours_index = in_own_process([&] {
    fill_titles(file, titles);
    return Done{{}, {{"bytes", index_bytes(file)}}, {}};
  });
  const Done plain_index = in_own_process([&] {
    PlainTitles plain(plain_path);
    const double bytes = fill_titles(plain, titles);
    return Done{{}, {{"titles", bytes}, {"bytes", plain.index_bytes()}}, {}};
  });
  const double title_bytes = plain_index.figures.at("titles");
  for (const Asked& asked : kAsked) {
    const Done ours = in_own_process([&] {
      const Store store = file.open();
      RecordQuery query;
      query.ledger = "incoming";
      query.text = search_query(asked.words);
      query.limit = kPage;
      return Done{{},
                  measured([&] { return store.count(query); },
                           [&] {
                             std::size_t found = 0;
                             for (const std::int64_t no : store.find(query))
                               found += store.record(no) ? 1 : 0;
                             return found;
                           }),
                  {}};
    });
    const Done theirs = in_own_process([&] {
      PlainTitles plain(plain_path);
      return Done{{},
                  measured([&] { return plain.count(asked.words); },
                           [&] { return plain.newest(asked.words, kPage).size(); }),
                  {}};
    });
    if (ours.figures.at("count") != hits_of(asked.words, titles))
      throw std::runtime_error("a title was missed");
    print_search(titles, "titles", asked.name, ours.figures, theirs.figures, true);
  }
  print(titles,
        {"search, index beside its titles", "x", ours_index.figures.at("bytes") / title_bytes,
         "plain FTS5 bigrams", plain_index.figures.at("bytes") / title_bytes},
        {of_rows(kTitlesMax, at_most(0.6))});
}

/// Titles, remarks and numbers of whole rows, shown as a clerk sees them.
void search_register(const Order& order) {
  const std::uint64_t rows = std::min(kRegisterMax, order.rows);
  const BenchRealm realm(order.folder + "/realm", {});
  const Path plain_path = order.folder + "/plain.db";
  import_rows(realm, rows);
  fill_floor(plain_path, rows);
  for (const Asked& asked : kAsked) {
    const Done ours = in_own_process([&] {
      Office office(realm, realm.a);
      Query query;
      query.ledger = "incoming";
      query.text = asked.words;
      query.limit = kPage;
      const Replica& replica = office.replica();
      return Done{{},
                  measured([&] { return replica.count(query); },
                           [&] { return replica.search(query).rows.size(); }),
                  {}};
    });
    const Done theirs = in_own_process([&] {
      PlainRegister plain(plain_path);
      return Done{{},
                  measured([&] { return plain.count(asked.words); },
                           [&] { return plain.newest(asked.words, kPage).size(); }),
                  {}};
    });
    print_search(rows, "register", asked.name, ours.figures, theirs.figures, false);
  }
}

}  // namespace

void measure_search(const Order& order) {
  std::filesystem::create_directories(order.folder);
  search_titles(order);
  search_register(order);
}

}  // namespace jiyao
