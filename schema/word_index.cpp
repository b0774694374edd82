// schema/word_index.cpp - shelves, runs and what is asked of them (schema/word_index.h).
#include "schema/word_index.h"

#include <algorithm>
#include <tuple>

#include "schema/list_terms.h"
#include "schema/search.h"

namespace jiyao {
namespace {

constexpr int kPlaceBits = 28;

std::int64_t first_place(std::int64_t shelf_no) {
  return shelf_no << kPlaceBits;
}

std::int64_t shelf_no_of(std::int64_t place) {
  return place >> kPlaceBits;
}

/// Ascending, from `oldest` on, which is not among the bytes.
Bytes packed_nos(const std::vector<std::int64_t>& nos) {
  Bytes bytes;
  for (std::size_t i = 1; i < nos.size(); ++i) {
    auto rest = static_cast<std::uint64_t>(nos[i] - nos[i - 1]);
    for (; rest >= 0x80; rest >>= 7) bytes.push_back(static_cast<std::uint8_t>(rest | 0x80));
    bytes.push_back(static_cast<std::uint8_t>(rest));
  }
  return bytes;
}

bool has_something(const Shelved& shelved) {
  return !shelved.text.empty() ||
         std::any_of(shelved.keys.begin(), shelved.keys.end(), is_list_term);
}

bool has_same(const Shelved& one, const Shelved& other) {
  if (one.text != other.text) return false;
  return std::equal(one.keys.begin(), one.keys.end(), other.keys.begin(), other.keys.end()) ||
         filter_tokens(one.keys) == filter_tokens(other.keys);
}

/// What the index is fed, and must be fed again to take it out.
std::string tokens_of(const Shelved& shelved) {
  return search_tokens(shelved.text) + ' ' + filter_tokens(shelved.keys);
}

std::vector<std::int64_t> unpacked_nos(std::int64_t oldest, ByteView bytes) {
  std::vector<std::int64_t> nos{oldest};
  std::uint64_t step = 0;
  int shift = 0;
  for (const std::uint8_t byte : bytes) {
    step |= std::uint64_t{byte & 0x7FU} << shift;
    shift += 7;
    if ((byte & 0x80) != 0) continue;
    nos.push_back(nos.back() + static_cast<std::int64_t>(step));
    step = 0, shift = 0;
  }
  return nos;
}

}  // namespace

// --- what memory knows of the file ---------------------------------------------------------------

void WordIndex::append_run(Shelf& shelf, Run run) {
  run.newest_so_far =
      shelf.runs.empty() ? run.newest : std::max(run.newest, shelf.runs.back().newest_so_far);
  shelf.runs.push_back(run);
}

WordIndex::Shelves& WordIndex::shelves() const {
  if (shelves_) return *shelves_;
  read_place_ = -1;
  Shelves read;
  Statement rows(*database_, "SELECT no, compartment, ledger, flags, level, records FROM shelf");
  while (rows.step()) {
    const ShelfMark mark{rows.integer(1), rows.integer(2),
                         static_cast<std::uint32_t>(rows.integer(3)),
                         static_cast<Level>(rows.integer(4))};
    read.by_no[rows.integer(0)] = {mark, rows.integer(5), false, {}};
    read.nos[mark] = rows.integer(0);
  }
  Statement runs(*database_, "SELECT place, size, oldest, newest FROM run ORDER BY place");
  while (runs.step())
    append_run(read.by_no.at(shelf_no_of(runs.integer(0))),
               {runs.integer(0), runs.integer(1), runs.integer(2), runs.integer(3), 0});
  return shelves_.emplace(std::move(read));  // all of them: a part would give wrong places
}

const std::vector<std::int64_t>& WordIndex::nos_of(const Run& run) const {
  if (read_place_ == run.place) return read_nos_;
  read_place_ = -1;
  Statement row(*database_, "SELECT nos FROM run WHERE place = :place");
  JIYAO_ASSERT(row.bind(":place", run.place).step());
  read_nos_ = unpacked_nos(run.oldest, row.blob(0));
  if (read_nos_.size() != static_cast<std::size_t>(run.size))
    throw StorageFailure(StorageFailure::Kind::damaged, "a run of places does not unpack");
  read_place_ = run.place;
  return read_nos_;
}

// --- what is asked -------------------------------------------------------------------------------

std::uint64_t WordIndex::records(const Wants& wants) const {
  std::int64_t total = 0;
  for (const auto& [no, shelf] : shelves().by_no)
    if (wants(shelf.mark)) total += shelf.records;
  return static_cast<std::uint64_t>(total);
}

std::uint64_t WordIndex::count(const std::string& match, const Wants& wants) const {
  std::uint64_t total = 0;
  std::optional<std::pair<std::int64_t, std::int64_t>> range;  // of shelves with nothing between
  const auto count_range = [&] {
    if (!range) return;
    Statement row(*database_,
                  "SELECT count(*) FROM words WHERE words MATCH :match "
                  "AND rowid BETWEEN :first AND :last");
    row.bind(":match", match).bind(":first", first_place(range->first));
    row.bind(":last", first_place(range->second + 1) - 1);
    if (row.step()) total += static_cast<std::uint64_t>(row.integer(0));
    range.reset();
  };
  for (const auto& [no, shelf] : shelves().by_no) {
    if (shelf.runs.empty()) continue;
    if (!wants(shelf.mark))
      count_range();
    else
      range = {range ? range->first : no, no};
  }
  count_range();
  return total;
}

/// The greatest numbers seen so far, no more than wanted.
class WordIndex::Newest {
 public:
  Newest(std::int64_t before, std::size_t limit, const IsHit& is_hit)
      : before_(before), limit_(limit), is_hit_(is_hit) {}

  std::int64_t before() const { return before_; }
  /// Could a record of this number still be among them?
  bool has_room_for(std::int64_t no) const { return found_.size() < limit_ || no > found_.front(); }
  void offer(std::int64_t no) {
    if (no >= before_ || !has_room_for(no) || !is_hit_(no)) return;
    found_.push_back(no);
    std::push_heap(found_.begin(), found_.end(), std::greater<>());  // the oldest in front
    if (found_.size() <= limit_) return;
    std::pop_heap(found_.begin(), found_.end(), std::greater<>());
    found_.pop_back();
  }
  std::vector<std::int64_t> take() {
    std::sort(found_.begin(), found_.end(), std::greater<>());
    return std::move(found_);
  }

 private:
  std::int64_t before_;
  std::size_t limit_;
  const IsHit& is_hit_;
  std::vector<std::int64_t> found_;
};

// From the last run back, as they came: mostly that is the newest first, and soon nothing older can
// be newer than what is there.
void WordIndex::walk(const std::string& match, std::int64_t shelf_no, const Shelf& shelf,
                     Newest& newest) const {
  auto run = shelf.runs.rbegin();
  while (run != shelf.runs.rend() && run->oldest >= newest.before()) ++run;
  if (run == shelf.runs.rend()) return;
  Statement hits(*database_,
                 "SELECT rowid FROM words WHERE words MATCH :match "
                 "AND rowid BETWEEN :first AND :last ORDER BY rowid DESC");
  hits.bind(":match", match).bind(":first", first_place(shelf_no));
  hits.bind(":last", run->place + run->size - 1);
  while (hits.step()) {
    const std::int64_t place = hits.integer(0);
    while (run->place > place) ++run;
    if (!newest.has_room_for(run->newest_so_far)) return;
    if (run->oldest >= newest.before() || !newest.has_room_for(run->newest)) continue;
    newest.offer(nos_of(*run)[static_cast<std::size_t>(place - run->place)]);
  }
}

std::vector<std::int64_t> WordIndex::newest(const std::string& match, const Wants& wants,
                                            std::int64_t before, std::size_t limit,
                                            const IsHit& is_hit) const {
  std::vector<std::pair<std::int64_t, const Shelf*>> asked;
  for (const auto& [no, shelf] : shelves().by_no)
    if (!shelf.runs.empty() && wants(shelf.mark)) asked.emplace_back(no, &shelf);
  std::sort(asked.begin(), asked.end(), [](const auto& one, const auto& other) {
    return one.second->runs.back().newest_so_far > other.second->runs.back().newest_so_far;
  });
  Newest newest(before, limit, is_hit);
  for (const auto& [no, shelf] : asked)
    if (newest.has_room_for(shelf->runs.back().newest_so_far)) walk(match, no, *shelf, newest);
  return newest.take();
}

// --- writing -------------------------------------------------------------------------------------

std::pair<const std::int64_t, WordIndex::Shelf>& WordIndex::shelf_of(const ShelfMark& mark) {
  Shelves& all = shelves();
  const auto known = all.nos.find(mark);
  if (known != all.nos.end()) return *all.by_no.find(known->second);
  const std::int64_t no = all.by_no.empty() ? 1 : all.by_no.rbegin()->first + 1;
  Statement insert(*database_,
                   "INSERT INTO shelf(no, compartment, ledger, flags, level, records) "
                   "VALUES (:no, :compartment, :ledger, :flags, :level, 0)");
  insert.bind(":no", no).bind(":compartment", mark.compartment).bind(":ledger", mark.ledger);
  insert.bind(":flags", mark.flags).bind(":level", static_cast<int>(mark.level)).run();
  all.nos[mark] = no;
  return *all.by_no.emplace(no, Shelf{mark, 0, false, {}}).first;
}

void WordIndex::add_records(const ShelfMark& mark, std::int64_t difference) {
  Shelf& shelf = shelf_of(mark).second;
  shelf.records += difference;
  shelf.is_stale = true;
}

void WordIndex::write_counts() {
  if (!shelves_) return;
  Statement update(*database_, "UPDATE shelf SET records = :records WHERE no = :no");
  for (auto& [no, shelf] : shelves_->by_no) {
    if (shelf.is_stale) update.bind(":records", shelf.records).bind(":no", no).run();
    shelf.is_stale = false;
  }
}

// A record that came back to its shelf stands in an older run too, where it has no words.
std::int64_t WordIndex::place_of(const ShelfMark& mark, std::int64_t no) const {
  const auto shelf = shelves().nos.find(mark);
  JIYAO_ASSERT(shelf != shelves().nos.end());
  const std::vector<Run>& runs = shelves().by_no.at(shelf->second).runs;
  for (auto run = runs.rbegin(); run != runs.rend() && no <= run->newest_so_far; ++run) {
    if (no < run->oldest || no > run->newest) continue;
    const std::vector<std::int64_t>& nos = nos_of(*run);
    const auto at = std::lower_bound(nos.begin(), nos.end(), no);
    if (at != nos.end() && *at == no) return run->place + (at - nos.begin());
  }
  throw StorageFailure(StorageFailure::Kind::damaged, "a record has words but no place");
}

/// What happens to one place; `taken` and `put` are not both null.
struct WordIndex::Step {
  std::int64_t place, no;
  const ShelfMark* mark;
  const Shelved *taken, *put;
};

void WordIndex::write_run(Shelf& shelf, const Run& run, const std::vector<std::int64_t>& nos) {
  Statement insert(*database_,
                   "INSERT INTO run(place, size, oldest, newest, nos) "
                   "VALUES (:place, :size, :oldest, :newest, :nos)");
  insert.bind(":place", run.place).bind(":size", run.size).bind(":oldest", run.oldest);
  insert.bind(":newest", run.newest).bind(":nos", ByteView(packed_nos(nos))).run();
  append_run(shelf, run);
}

// Those without a place, shelf by shelf, ascending by number: one run each.
void WordIndex::give_places(std::vector<Step>& steps) {
  std::sort(steps.begin(), steps.end(), [](const Step& one, const Step& other) {
    return std::tie(*one.mark, one.no) < std::tie(*other.mark, other.no);
  });
  for (std::size_t from = 0, to = 0; from < steps.size(); from = to) {
    auto& [shelf_no, shelf] = shelf_of(*steps[from].mark);
    const std::int64_t place = shelf.runs.empty()
                                   ? first_place(shelf_no)
                                   : shelf.runs.back().place + shelf.runs.back().size;
    std::vector<std::int64_t> nos;
    for (; to < steps.size() && *steps[to].mark == shelf.mark; ++to) {
      steps[to].place = place + static_cast<std::int64_t>(nos.size());
      nos.push_back(steps[to].no);
    }
    const auto size = static_cast<std::int64_t>(nos.size());
    JIYAO_ASSERT(place + size <= first_place(shelf_no + 1));
    write_run(shelf, {place, size, nos.front(), nos.back(), 0}, nos);
  }
}

// In the order of the places: only so FTS5 writes fast.
void WordIndex::write(const std::vector<WordChange>& changes, Helper* helper) {
  std::vector<Step> steps, placeless;
  for (const auto& [no, before, now] : changes) {
    const bool is_there = has_something(before), comes = has_something(now),
               stays = before.mark == now.mark;
    if (has_same(before, now) && (stays || !is_there)) continue;
    if (is_there)
      steps.push_back(
          {place_of(before.mark, no), no, &before.mark, &before, stays && comes ? &now : nullptr});
    if (comes && !(is_there && stays)) placeless.push_back({0, no, &now.mark, nullptr, &now});
  }
  give_places(placeless);
  steps.insert(steps.end(), placeless.begin(), placeless.end());
  std::sort(steps.begin(), steps.end(),
            [](const Step& one, const Step& other) { return one.place < other.place; });
  feed(steps, helper);
}

// Cutting into tokens is half the work, and needs no file.
void WordIndex::feed(const std::vector<Step>& steps, Helper* helper) {
  struct Fed {
    std::string taken, put;
  };
  Statement remove(*database_,
                   "INSERT INTO words(words, rowid, text) VALUES ('delete', :place, :text)");
  Statement insert(*database_, "INSERT INTO words(rowid, text) VALUES (:place, :text)");
  make_ahead(
      helper, steps.size(),
      [&](std::size_t i) {
        const auto [place, no, mark, taken, put] = steps[i];
        return Fed{taken == nullptr ? "" : tokens_of(*taken),
                   put == nullptr ? "" : tokens_of(*put)};
      },
      [&](std::size_t i, const Fed& fed) {
        const Step& step = steps[i];
        if (step.taken != nullptr)
          remove.bind(":place", step.place).lend(":text", std::string_view(fed.taken)).run();
        if (step.put != nullptr)
          insert.bind(":place", step.place).lend(":text", std::string_view(fed.put)).run();
      });
}

}  // namespace jiyao
