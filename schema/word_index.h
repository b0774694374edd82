// schema/word_index.h - words and list terms to records of a level file, so that a list or a count
// by them reads no record that it does not show. For store*.cpp only.
//
// FTS5 keeps words by row number: the closer the numbers, the smaller and faster it is. So a record
// has a *place*: on the *shelf* of all that share its compartment, ledger, level and standing, the
// next free one. Who wants a shelf wants every row on it, so a count counts ranges of places.
// Records come to a shelf in *runs*, ascending by number, and a run keeps the numbers of its
// places: the newest are found without looking at all. A record that leaves its shelf leaves its
// number in the run, where no word leads to it any more.
//
// Shelves and runs are read at first use and kept in memory, about 40 bytes per run of some hundred
// records. Writes belong to the caller's transaction; if that is rolled back: forget().
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "schema/database.h"
#include "schema/level.h"
#include "schema/second_core.h"

namespace jiyao {

/// What all rows of a shelf have in common; compartment and ledger by their numbers in the file.
struct ShelfMark {
  std::int64_t compartment = 0, ledger = 0;
  std::uint32_t flags = 0;  ///< of kShelfFlags
  Level level = Level::public_;
  friend auto operator<=>(const ShelfMark&, const ShelfMark&) = default;
};

/// What the index holds of a record, or shall hold: its folded text, and of its keys those that are
/// list terms (schema/list_terms.h). Without either: nothing.
struct Shelved {
  ShelfMark mark;
  std::string_view text;
  std::span<const std::string> keys;
};

struct WordChange {
  std::int64_t no;  ///< of the record
  Shelved before, now;
};

class WordIndex {
 public:
  using Wants = std::function<bool(const ShelfMark&)>;
  using IsHit = std::function<bool(std::int64_t no)>;

  explicit WordIndex(Database& database) : database_(&database) {}

  /// How many records stand on these shelves, with or without words.
  std::uint64_t records(const Wants& wants) const;
  /// How many rows of these shelves match: an FTS5 expression of words and terms.
  std::uint64_t count(const std::string& match, const Wants& wants) const;
  /// The newest of them below `before`, newest first; `is_hit` has the last word.
  std::vector<std::int64_t> newest(const std::string& match, const Wants& wants,
                                   std::int64_t before, std::size_t limit,
                                   const IsHit& is_hit) const;

  void add_records(const ShelfMark& mark, std::int64_t difference);
  void write(const std::vector<WordChange>& changes, Helper* helper);
  void write_counts();  ///< those of add_records()
  void forget() { shelves_.reset(); }

 private:
  struct Run {
    std::int64_t place, size, oldest, newest;
    std::int64_t newest_so_far;  ///< of this run and those before it on the shelf
  };
  struct Shelf {
    ShelfMark mark;
    std::int64_t records = 0;
    bool is_stale = false;  ///< the row in the file is not `records`
    std::vector<Run> runs;  ///< by place
  };
  struct Shelves {
    std::map<std::int64_t, Shelf> by_no;
    std::map<ShelfMark, std::int64_t> nos;
  };
  struct Step;

  Shelves& shelves() const;
  static void append_run(Shelf& shelf, Run run);
  std::pair<const std::int64_t, Shelf>& shelf_of(const ShelfMark& mark);
  const std::vector<std::int64_t>& nos_of(const Run& run) const;
  std::int64_t place_of(const ShelfMark& mark, std::int64_t no) const;
  void feed(const std::vector<Step>& steps, Helper* helper);
  void give_places(std::vector<Step>& steps);
  void write_run(Shelf& shelf, const Run& run, const std::vector<std::int64_t>& nos);
  class Newest;
  void walk(const std::string& match, std::int64_t shelf_no, const Shelf& shelf,
            Newest& newest) const;

  Database* database_;
  mutable std::optional<Shelves> shelves_;
  mutable std::int64_t read_place_ = -1;  ///< of the run whose numbers these are
  mutable std::vector<std::int64_t> read_nos_;
};

}  // namespace jiyao
