// tests/unit/schema/store_test.cpp - a level file keeps what it was given, and nothing of what was
// not committed.
#include "schema/store.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/random.h"
#include "support/simulated_disk.h"

namespace jiyao {
namespace {

class StoreTest : public testing::Test {
 protected:
  Store open() {
    Result<Store> store =
        Store::open(disk_, "/replica/internal.jdb", id_, key_, realm_, Level::internal);
    if (!store) throw std::runtime_error(store.error().detail);
    return std::move(*store);
  }

  Change change(const std::string& title) {
    Change made;
    made.realm = realm_;
    made.compartment = compartment_;
    made.origin = {random_block<NodeId>(), random_block<IncarnationId>(), ++n_};
    made.act = time_ordered_id<ActId>(1'700'000'000'000);
    made.record = time_ordered_id<RecordId>(1'700'000'000'000 + static_cast<std::int64_t>(n_));
    made.ledger = "incoming";
    made.writes = {{"state", "registered"}, {"title", title}};
    made.actor = random_block<UserId>();
    made.reason = "补登";
    made.hlc = 77;
    return made;
  }

  /// Puts one change of a new record in and shows it under these words.
  std::int64_t put(Store& store, const Change& made) {
    StoreWriter writer(store);
    const std::int64_t no = writer.make_record(made);
    StoredChange stored;
    stored.id = id_of(made);
    stored.change = made;
    writer.put(no, stored);
    ShownRecord before;
    before.no = no;
    before.record = made.record;
    before.compartment = made.compartment;
    before.ledger = made.ledger;
    ShownRecord now = before;
    now.flags = kShown;
    now.text = fold_for_search(made.writes.back().value);
    now.keys = {"ftitle=" + now.text};
    writer.show(before, now);
    writer.commit();
    return no;
  }

  std::vector<std::int64_t> found(const Store& store, const std::string& words) {
    RecordQuery query;
    query.text = search_query(words);
    return store.find(query);
  }

  SimulatedDisk disk_{7};
  FileId id_ = random_block<FileId>();
  Secret<32> key_ = Secret<32>::random();
  RealmId realm_ = random_block<RealmId>();
  CompartmentId compartment_{random_block<OfficeId>(), Level::internal};
  std::uint64_t n_ = 0;
};

TEST_F(StoreTest, GivesBackEveryFieldOfAChangeAfterReopening) {
  Change made = change("关于加强保密工作的通知");
  made.parents = {random_block<ChangeId>()};
  made.settles = {random_block<ChangeId>()};
  made.person = random_block<Signature>();
  std::int64_t no = 0;
  {
    Store store = open();
    no = put(store, made);
  }
  const Store store = open();
  const std::vector<StoredChange> changes = store.changes(no);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].change, made);
  EXPECT_EQ(changes[0].id, id_of(made));
  EXPECT_EQ(store.unsealed_count(), 1U);
}

TEST_F(StoreTest, OwnChangesAreReadInPagesAndEachStandsInOne) {
  Store store = open();
  std::vector<Change> made;
  const Author author{random_block<NodeId>(), random_block<IncarnationId>()};
  for (int i = 0; i < 5; ++i) {
    made.push_back(change("通知"));
    made.back().origin = {author.node, author.incarnation, made.back().origin.n};
    put(store, made.back());
  }
  std::vector<Change> read;
  std::optional<StoredChange> last;
  for (std::size_t page = 0; page < 3; ++page) {
    const std::vector<StoredChange> some = store.unsealed(2, last ? &*last : nullptr);
    ASSERT_EQ(some.size(), page < 2 ? 2U : 1U);
    for (const StoredChange& one : some) read.push_back(one.change);
    last = some.back();
  }
  EXPECT_EQ(read, made) << "by the author's own count";
  EXPECT_TRUE(store.unsealed(2, &*last).empty());
}

// A receipt is summed from them at every meeting; rows of records are ten times as much to read.
TEST_F(StoreTest, StatesOfACompartmentAreReadWithoutItsRecords) {
  constexpr std::uint64_t kRecords = 600;  // more than are late, whose rows are read when it opens
  const std::string title(900, 'a');
  {
    Store store = open();
    for (std::uint64_t i = 0; i < kRecords; ++i) put(store, change(title));
  }
  const Store store = open();
  const std::uint64_t before = disk_.io_count();
  std::vector<RecordId> read;
  store.each_state(compartment_, [&](const RecordId& id, const Digest&) { read.push_back(id); });
  EXPECT_EQ(read.size(), kRecords);
  EXPECT_TRUE(std::is_sorted(read.begin(), read.end()));
  EXPECT_LT(disk_.io_count() - before, kRecords / 10);
}

TEST_F(StoreTest, WhatWasNotCommittedHasNotHappened) {
  Store store = open();
  {
    StoreWriter writer(store);
    writer.make_record(change("草稿"));
  }
  EXPECT_TRUE(store.record_nos().empty());
  const std::int64_t no = put(store, change("通知"));
  EXPECT_EQ(store.record_nos(), std::vector<std::int64_t>{no});
  EXPECT_EQ(store.tally(), store.recount());
}

TEST_F(StoreTest, FindsTwoCharactersAnywhereAndForgetsWordsThatWereTakenOut) {
  Store store = open();
  const std::int64_t first = put(store, change("关于加强保密工作的通知"));
  const std::int64_t second = put(store, change("机密文件清退通知"));
  EXPECT_EQ(found(store, "保密"), std::vector<std::int64_t>{first});
  EXPECT_EQ(found(store, "通知"), (std::vector<std::int64_t>{second, first})) << "newest first";
  EXPECT_EQ(found(store, "密"), (std::vector<std::int64_t>{second, first}));
  EXPECT_TRUE(found(store, "密件").empty());
  EXPECT_TRUE(found(store, "机密工作").empty()) << "its pairs are there, the word is not";
  StoreWriter writer(store);
  const ShownRecord before = *store.record(first);
  ShownRecord now = before;
  now.text = fold_for_search("关于印发纪要");
  now.keys.clear();
  writer.show(before, now);
  writer.commit();
  EXPECT_TRUE(found(store, "保密").empty());
  EXPECT_EQ(found(store, "纪要"), std::vector<std::int64_t>{first});
  EXPECT_TRUE(store.with_key(before.keys.front()).empty());
}

TEST_F(StoreTest, FindsRecordsThatTheIndexesDoNotKnowYetAndAfterwardsTheSame) {
  std::vector<std::int64_t> nos;
  {
    Store store = open();
    // More than wait for the indexes at once, so that some are in and some are late.
    for (int i = 0; i < 300; ++i)
      nos.insert(nos.begin(), put(store, change("保密通知" + std::to_string(i))));
    EXPECT_EQ(found(store, "保密"), std::vector(nos.begin(), nos.begin() + 50)) << "newest first";
  }
  const Store store = open();
  RecordQuery query;
  query.text = search_query("保密");
  EXPECT_EQ(store.count(query), 300U);
  query.before = nos[20];
  EXPECT_EQ(store.find(query).front(), nos[21]);
  for (const int i : {0, 150, 299}) {
    const std::vector<std::int64_t> wanted{nos[static_cast<std::size_t>(299 - i)]};
    EXPECT_EQ(store.with_key("ftitle=保密通知" + std::to_string(i)), wanted);
    RecordQuery by_key;
    by_key.keys = {"ftitle=保密通知" + std::to_string(i)};
    EXPECT_EQ(store.find(by_key), wanted);
    by_key.text = search_query("通知");
    EXPECT_EQ(store.find(by_key), wanted);
    by_key.text = search_query("纪要");
    EXPECT_TRUE(store.find(by_key).empty()) << "a key and a short word must both be there";
  }
}

TEST_F(StoreTest, WhatWasShownButNotCommittedIsNotFound) {
  Store store = open();
  const std::int64_t no = put(store, change("保密通知"));
  const ShownRecord before = *store.record(no);
  {
    ShownRecord now = before;
    now.text = fold_for_search("会议纪要");
    now.keys = {"ftitle=" + now.text};
    StoreWriter writer(store);
    writer.show(before, now);
    EXPECT_EQ(store.with_key(now.keys.front()), std::vector<std::int64_t>{no});
  }
  EXPECT_EQ(found(store, "保密"), std::vector<std::int64_t>{no});
  EXPECT_TRUE(found(store, "会议").empty());
  EXPECT_EQ(store.with_key(before.keys.front()), std::vector<std::int64_t>{no});
}

TEST_F(StoreTest, AFileOfTheFirstSchemaKeepsItsChanges) {
  const Author author{random_block<NodeId>(), random_block<IncarnationId>()};
  const ChangeId id = random_block<ChangeId>();
  {
    auto database =
        Database::open(disk_, "/replica/internal.jdb", id_, key_, Database::Access::create);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->migrate(migrations("level").first(1)));
    Statement own(*database, "INSERT INTO own VALUES ('realm', :realm), ('level', :level)");
    own.bind(":realm", realm_).bind(":level", ByteView(Bytes{1})).run();
    Statement names(*database, "INSERT INTO compartment VALUES (1, :office)");
    names.bind(":office", compartment_.office).run();
    Statement authors(*database, "INSERT INTO author VALUES (1, :node, :incarnation)");
    authors.bind(":node", author.node).bind(":incarnation", author.incarnation).run();
    database->run("INSERT INTO ledger VALUES (1, 'incoming')");
    database->run(
        "INSERT INTO record VALUES (7, randomblob(16), 1, 1, 1, 0, zeroblob(32), '', x'')");
    Statement changes(*database,
                      "INSERT INTO change VALUES (7, :id, 1, 3, randomblob(16), 1, 1, 77, "
                      "randomblob(16), x'', x'', x'', '补登', NULL, NULL, 0, 0, 0)");
    changes.bind(":id", id).run();
  }
  const Store store = open();
  ASSERT_EQ(store.changes(7).size(), 1U);
  EXPECT_EQ(store.changes(7).front().id, id);
  EXPECT_EQ(store.changes(7).front().change.reason, "补登");
  EXPECT_EQ(store.unsealed(9).size(), 1U);
}

TEST_F(StoreTest, WordsOfAFileOfTheSecondSchemaAreFoundThoseOfALateRecordToo) {
  {
    auto database =
        Database::open(disk_, "/replica/internal.jdb", id_, key_, Database::Access::create);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->migrate(migrations("level").first(2)));
    Statement own(*database, "INSERT INTO own VALUES ('realm', :realm), ('level', :level)");
    own.bind(":realm", realm_).bind(":level", ByteView(Bytes{1})).run();
    Statement names(*database, "INSERT INTO compartment VALUES (1, :office)");
    names.bind(":office", compartment_.office).run();
    database->run(
        "INSERT INTO ledger VALUES (1, 'incoming');"
        "INSERT INTO record VALUES "
        "(7, randomblob(16), 1, 1, 1, 0, zeroblob(32), '保密通知', x''),"
        "(8, randomblob(16), 1, 1, 5, 0, zeroblob(32), '保密纪要', x'');"
        "INSERT INTO words(rowid, text) VALUES (7, '保密 密通 通知 知'), (8, '旧的 的');"
        "INSERT INTO late VALUES (8, x'', '旧的')");
  }
  for (int opened = 0; opened < 2; ++opened) {
    Store store = open();
    EXPECT_EQ(found(store, "保密"), (std::vector<std::int64_t>{8, 7}));
    EXPECT_EQ(found(store, "通知"), std::vector<std::int64_t>{7});
    EXPECT_TRUE(found(store, "旧的").empty());
    RecordQuery query;
    EXPECT_EQ(store.count(query), 2U);
    query.text = search_query("保密");
    query.flags_none = kVoid;
    EXPECT_EQ(store.count(query), 1U);
  }
}

TEST_F(StoreTest, AnIdUsedInTwoLedgersIsTwoRecords) {
  Store store = open();
  Change one = change("一");
  Change other = change("二");
  other.record = one.record;
  other.ledger = "loan";
  EXPECT_NE(put(store, one), put(store, other));
  EXPECT_EQ(
      store.changes(*store.record_no(other.record, other.compartment, other.ledger)).front().change,
      other);
}

TEST_F(StoreTest, RefusesAFileOfAnotherRealm) {
  { Store store = open(); }
  const Result<Store> other = Store::open(disk_, "/replica/internal.jdb", id_, key_,
                                          random_block<RealmId>(), Level::internal);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.code(), Errc::not_for_us);
}

}  // namespace
}  // namespace jiyao
