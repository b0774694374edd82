// tests/unit/schema/store_find_test.cpp - lists and counts of random level files, against looking
// at every record.
#include <gtest/gtest.h>

#include <random>

#include "crypto/random.h"
#include "schema/dates.h"
#include "schema/store.h"
#include "support/simulated_disk.h"

namespace jiyao {
namespace {

/// The slow way: every record that is shown, as it is.
using Model = std::map<std::int64_t, ShownRecord>;

class StoreFind : public testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override {
    for (int i = 0; i < 3; ++i) offices_.push_back(random_block<OfficeId>());
    reopen();
  }

  void reopen() {
    store_.reset();
    Result<Store> store =
        Store::open(disk_, "/replica/internal.jdb", id_, key_, realm_, Level::internal);
    if (!store) throw std::runtime_error(store.error().detail);
    store_.emplace(std::move(*store));
  }

  std::uint32_t draw(std::uint32_t below) { return static_cast<std::uint32_t>(chance_() % below); }

  /// Few characters, so that many pairs are shared; now and then nothing.
  std::string draw_text() {
    static const std::vector<std::string> kCharacters = {"保", "密", "机", "要", "a", "2", " "};
    std::string text;
    for (std::uint32_t i = draw(8); i > 0; --i)
      text += kCharacters[draw(static_cast<std::uint32_t>(kCharacters.size()))];
    return fold_for_search(text);
  }

  /// As a merge would leave it: nothing is kept of what is not shown.
  void draw_shown(ShownRecord& record) {
    record.flags = draw(8) == 0 ? 0U : std::uint32_t{kShown};
    record.text.clear();
    record.keys.clear();
    record.level = Level::public_;
    if (record.flags == 0) return;
    for (const std::uint32_t flag : {kConflicted, kVoid, kClosed, kFrozen})
      if (draw(5) == 0) record.flags |= flag;
    record.level = draw(6) == 0 ? Level::highly_secret : Level::internal;
    record.text = draw_text();
    if (draw(4) != 0) record.keys.push_back(kDayMark + draw_day());
    for (const char* key : {"fa", "fb"})
      if (draw(2) == 0) record.keys.push_back(key);
    record.keys.push_back(draw(2) == 0 ? "tstate=done" : "tstate=open");
    if (draw(3) == 0) record.keys.push_back("tunit=省厅 (甲)");
  }
  std::string draw_day() { return date_of(day_number("2019-11-20") + draw(900)); }

  /// Some rows are shown in the other state.
  void draw_otherwise(RecordQuery& query) {
    for (const auto& [no, record] : model_) {
      if (record.flags == 0 || draw(20) != 0) continue;
      const bool is_done = std::count(record.keys.begin(), record.keys.end(), "tstate=done") != 0;
      query.otherwise[no] = is_done ? ShownOtherwise{"tstate=done", "tstate=open"}
                                    : ShownOtherwise{"tstate=open", "tstate=done"};
    }
  }
  void draw_filter(RecordQuery& query) {
    if (draw(2) == 0) query.filter.terms.push_back({draw(2) == 0 ? "tstate=done" : "tstate=open"});
    if (draw(3) == 0) query.filter.terms.push_back({"tunit=none", "tunit=省厅 (甲)"});
    if (draw(9) == 0) query.filter.terms.push_back({});
    if (draw(3) == 0) query.filter.from = draw_day();
    if (draw(3) == 0) query.filter.to = draw_day();
    if (!query.filter.terms.empty() && draw(3) == 0) draw_otherwise(query);
  }

  void make(StoreWriter& writer, Model& model) {
    Change change;
    change.realm = realm_;
    change.compartment = {offices_[draw(3)], Level::internal};
    change.record = time_ordered_id<RecordId>(1'700'000'000'000 + draw(1'000'000));
    change.ledger = draw(3) == 0 ? "loan" : "incoming";
    ShownRecord before;
    before.no = writer.make_record(change);
    before.record = change.record;
    before.compartment = change.compartment;
    before.ledger = change.ledger;
    ShownRecord now = before;
    draw_shown(now);
    writer.show(before, now);
    model[now.no] = now;
  }

  /// One transaction over `count` records, new ones and old ones; some are given up.
  void work(std::uint32_t count) {
    Model model = model_;
    {
      StoreWriter writer(*store_);
      for (std::uint32_t i = 0; i < count; ++i) {
        if (model.empty() || draw(2) == 0) {
          make(writer, model);
          continue;
        }
        ShownRecord& record =
            std::next(model.begin(), draw(static_cast<std::uint32_t>(model.size())))->second;
        const ShownRecord before = record;
        draw_shown(record);
        writer.show(before, record);
      }
      if (draw(6) == 0) return;
      writer.commit();
    }
    model_ = std::move(model);
  }

  RecordQuery draw_query() {
    static const std::vector<std::string> kWords = {"",   "密",     "保密",  "机要",        "要a",
                                                    "a2", "保密机", "保 密", "保密 机要 2", "要要"};
    RecordQuery query;
    query.text = search_query(kWords[draw(static_cast<std::uint32_t>(kWords.size()))]);
    if (draw(2) == 0) query.ledger = draw(2) == 0 ? "loan" : draw(9) == 0 ? "none" : "incoming";
    if (draw(3) == 0) query.offices.push_back(offices_[draw(3)]);
    if (draw(6) == 0) query.offices.push_back(offices_[draw(3)]);
    if (draw(3) == 0) query.flags_none = draw(2) == 0 ? kVoid : kVoid | kClosed | kFrozen;
    if (draw(6) == 0) query.flags_all = kShown | kConflicted;
    if (draw(6) == 0) query.keys = {draw(2) == 0 ? "fa" : "fb"};
    if (draw(2) == 0) draw_filter(query);
    if (draw(2) == 0) query.level_max = Level::internal;
    query.limit = draw(3) == 0 ? SIZE_MAX : 1 + draw(20);
    if (draw(3) == 0 && !model_.empty())
      query.before =
          std::next(model_.begin(), draw(static_cast<std::uint32_t>(model_.size())))->first;
    return query;
  }

  /// The slow way again: no order, no index.
  static bool passes_filter(const RecordQuery& query, const ShownRecord& record) {
    std::vector<std::string> keys = record.keys;
    if (const auto shown = query.otherwise.find(record.no); shown != query.otherwise.end())
      std::replace(keys.begin(), keys.end(), shown->second.term, shown->second.instead);
    const auto has = [&keys](const std::string& term) {
      return std::count(keys.begin(), keys.end(), term) != 0;
    };
    for (const std::vector<std::string>& any : query.filter.terms)
      if (std::none_of(any.begin(), any.end(), has)) return false;
    const std::string &from = query.filter.from, &to = query.filter.to;
    const bool has_day = std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
      const std::string day = key.substr(1);
      return key.front() == kDayMark && (from.empty() || day >= from) && (to.empty() || day <= to);
    });
    return has_day || (from.empty() && to.empty());
  }

  bool is_wanted(const RecordQuery& query, const ShownRecord& record) const {
    return (record.flags & query.flags_all) == query.flags_all &&
           (record.flags & query.flags_none) == 0 && record.level <= query.level_max &&
           (!query.ledger || record.ledger == *query.ledger) &&
           (query.offices.empty() || std::count(query.offices.begin(), query.offices.end(),
                                                record.compartment.office) != 0) &&
           record.no < query.before && matches(query.text, record.text) &&
           passes_filter(query, record) &&
           std::includes(record.keys.begin(), record.keys.end(), query.keys.begin(),
                         query.keys.end());
  }

  void compare(const RecordQuery& query) {
    std::vector<std::int64_t> wanted;
    for (auto at = model_.rbegin(); at != model_.rend(); ++at)
      if (is_wanted(query, at->second)) wanted.push_back(at->first);
    EXPECT_EQ(store_->count(query), wanted.size()) << query.text.match;
    if (wanted.size() > query.limit) wanted.resize(query.limit);
    EXPECT_EQ(store_->find(query), wanted) << query.text.match;
  }

  SimulatedDisk disk_{GetParam()};
  FileId id_ = random_block<FileId>();
  Secret<32> key_ = Secret<32>::random();
  RealmId realm_ = random_block<RealmId>();
  std::vector<OfficeId> offices_;
  std::mt19937 chance_{GetParam()};
  std::optional<Store> store_;
  Model model_;
};

// Goal: no index, no filter, no record that is late for it, no shelf and no run changes what a
// clerk is shown.
TEST_P(StoreFind, AListAndItsCountAreWhatLookingAtEveryRecordGives) {
  for (int step = 0; step < 20 && !HasFailure(); ++step) {
    work(draw(4) == 0 ? 200 + draw(200) : 1 + draw(20));
    if (draw(4) == 0) reopen();
    for (int i = 0; i < 40; ++i) compare(draw_query());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, StoreFind, testing::Range(1U, 5U));

}  // namespace
}  // namespace jiyao
