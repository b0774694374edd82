// tests/unit/sync/replica_test.cpp - what an office machine records is durable, shared, settled and
// found.
#include "sync/replica.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "crypto/box.h"
#include "schema/value.h"
#include "support/realm_fixture.h"
#include "sync/terms.h"

namespace jiyao {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class ReplicaTest : public testing::Test {
 protected:
  RealmFixture realm_;

  RecordId record(Replica& replica, const Act& act) {
    return good(replica.record(act)).records.front();
  }
  Counts counts(const Replica& replica, const CompartmentId& compartment) {
    return replica.counts()[compartment];
  }
  std::vector<std::string> titles(const Replica& replica, const Query& query) {
    std::vector<std::string> found;
    for (const View& row : replica.search(query).rows)
      found.push_back(shown(replica, row.record, "title"));
    return found;
  }
};

TEST_F(ReplicaTest, WhatIsRecordedSurvivesAPowerCut) {
  RecordId record_id;
  {
    auto replica = realm_.open(*realm_.a, realm_.clerk_a);
    record_id = record(*replica, incoming(realm_.a_internal, "关于加强保密工作的通知"));
    realm_.a->disk.restart(SimulatedDisk::Fate::power_cut);
  }
  auto replica = realm_.open(*realm_.a, realm_.clerk_a);
  EXPECT_EQ(shown(*replica, record_id, "title"), "关于加强保密工作的通知");
  EXPECT_EQ(replica->unsealed(), 1U);
  expect_all_applied(*replica, realm_.a_internal, 1);
}

TEST_F(ReplicaTest, AnActThatBreaksARuleLeavesNothing) {
  auto replica = realm_.open(*realm_.a, realm_.clerk_a);
  Act act = incoming(realm_.a_internal, "一");
  act.steps.push_back(act.steps.front());
  act.steps.back().writes = {{"no_such_group", "x"}};
  const Result<Recorded> refused = replica->record(act);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.code(), Errc::invalid);
  EXPECT_EQ(replica->count(Query{}), 0U);
  EXPECT_EQ(replica->unsealed(), 0U);
}

TEST_F(ReplicaTest, RecordsOnlyWhereMachineAndPersonMay) {
  auto replica = realm_.open(*realm_.a, realm_.clerk_a);
  EXPECT_EQ(replica->record(incoming(realm_.b_internal, "别人的")).code(), Errc::not_allowed);
  EXPECT_EQ(replica->record(incoming({realm_.office_a, Level::top_secret}, "过高")).code(),
            Errc::above_ceiling);
  replica.reset();
  auto visitors = realm_.open(*realm_.a, realm_.visitor, Level::internal);
  EXPECT_EQ(visitors->record(incoming(realm_.a_internal, "无权")).code(), Errc::not_allowed);
  EXPECT_EQ(visitors->record(incoming(realm_.a_secret, "无权")).code(), Errc::not_cleared);
}

TEST_F(ReplicaTest, TheOtherOfficeShowsWhatWasExchanged) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  auto archive = realm_.open(*realm_.archive, realm_.archivist);
  const RecordId id = record(*a, incoming(realm_.a_internal, "会议纪要"));
  realm_.meet(*a, *archive);
  EXPECT_EQ(shown(*archive, id, "title"), "会议纪要");
  EXPECT_EQ(a->digests()[realm_.a_internal], archive->digests()[realm_.a_internal]);
  expect_all_applied(*archive, realm_.a_internal, 1);
  EXPECT_TRUE(good(archive->verify(true)).faults.empty());
  EXPECT_TRUE(good(a->verify(true)).faults.empty());
}

TEST_F(ReplicaTest, TwoOfficesAmendingOneFieldMeetInOneConflictAndARulingSettlesIt) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  auto b = realm_.open(*realm_.b, realm_.clerk_b);
  const RecordId id = record(*a, incoming(realm_.a_internal, "会议纪要"));
  realm_.meet(*a, *b);
  record(*a, amend(realm_.a_internal, id, "title", "会议纪要（一）"));
  record(*b, amend(realm_.a_internal, id, "title", "会议纪要（二）"));
  realm_.meet(*a, *b);
  ASSERT_THAT(a->conflicts(10), SizeIs(1));
  EXPECT_EQ(a->view(id)->state, b->view(id)->state);
  EXPECT_EQ(a->digests()[realm_.a_internal], b->digests()[realm_.a_internal]);

  const LedgerDefinition& definition = *a->definitions().ledger("incoming");
  Act ruling = amend(realm_.a_internal, id, "title", "会议纪要（定稿）");
  ruling.steps[0].kind = ChangeKind::resolve;
  ruling.steps[0].settles = a->view(id)->state.group(*definition.group_index("title"))->to_settle;
  record(*a, ruling);
  realm_.meet(*a, *b);
  EXPECT_EQ(shown(*b, id, "title"), "会议纪要（定稿）");
  EXPECT_THAT(b->conflicts(10), SizeIs(0));
  EXPECT_THAT(b->history(id), SizeIs(4));
  EXPECT_EQ(a->digests()[realm_.a_internal], b->digests()[realm_.a_internal]);
}

TEST_F(ReplicaTest, AChangeWaitsForItsParentAndIsReleasedByIt) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  auto b = realm_.open(*realm_.b, realm_.clerk_b);
  auto archive = realm_.open(*realm_.archive, realm_.archivist);
  const RecordId id = record(*a, incoming(realm_.a_internal, "会议纪要"));
  realm_.meet(*a, *b);
  record(*b, amend(realm_.a_internal, id, "remarks", "已阅"));
  good(b->seal_pending());
  // The archive hears of B's batch first: only the child.
  for (const BatchId& batch : b->log().batches(realm_.a_internal)) {
    const SealedBatch sealed = good(b->log().batch(batch));
    if (sealed.core().node == b->node())
      good(archive->log().append(sealed, {RouteKind::network, Level::secret}, b->node()));
  }
  good(archive->catch_up(100));
  EXPECT_EQ(counts(*archive, realm_.a_internal).pending_parent, 1U);
  EXPECT_EQ(archive->view(id).code(), Errc::not_found);
  realm_.meet(*a, *archive);
  expect_all_applied(*archive, realm_.a_internal, 2);
  EXPECT_EQ(shown(*archive, id, "title"), "会议纪要");
}

TEST_F(ReplicaTest, ABatchOfALevelThatIsClosedWaitsForALogin) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  record(*a, incoming(realm_.a_secret, "秘密来文"));
  {
    auto archive = realm_.open(*realm_.archive, realm_.archivist, Level::internal);
    realm_.meet(*a, *archive);
    EXPECT_EQ(counts(*archive, realm_.a_secret).pending_login, 1U);
    EXPECT_EQ(counts(*archive, realm_.a_secret).known, 1U);
  }
  auto archive = realm_.open(*realm_.archive, realm_.archivist);
  expect_all_applied(*archive, realm_.a_secret, 1);
}

TEST_F(ReplicaTest, RevocationTakesWhatIsBeyondTheCutOutOfSightAndAdmissionBringsItBack) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  auto b = realm_.open(*realm_.b, realm_.clerk_b);
  const RecordId id = record(*b, incoming(realm_.a_internal, "可疑"));
  realm_.meet(*a, *b);
  EXPECT_TRUE(a->view(id));
  const BatchId batch = a->log().batches(realm_.a_internal).front();
  const StreamCut cut{b->author().incarnation, realm_.a_internal, {}};
  realm_.add({RevokeRecord{b->node(), {cut}}});
  realm_.teach(a->log());
  good(a->catch_up(100));
  EXPECT_FALSE(a->view(id));
  EXPECT_EQ(counts(*a, realm_.a_internal).quarantined, 1U);
  realm_.add({AdmitRecord{{batch}}});
  realm_.teach(a->log());
  good(a->catch_up(100));
  EXPECT_TRUE(a->view(id));
  expect_all_applied(*a, realm_.a_internal, 1);
}

TEST_F(ReplicaTest, WhatALateCutCoversCountsAsSoonAsTheCutIsHere) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  auto b = realm_.open(*realm_.b, realm_.clerk_b);
  const RecordId first = record(*b, incoming(realm_.a_internal, "先到"));
  realm_.meet(*a, *b);
  record(*b, incoming(realm_.a_internal, "后到"));
  good(b->seal_pending());
  const BatchId last = b->log().batches(realm_.a_internal).back();
  realm_.add({RevokeRecord{b->node(), {{b->author().incarnation, realm_.a_internal, last}}}});
  realm_.teach(a->log());
  good(a->catch_up(100));
  EXPECT_FALSE(a->view(first)) << "nothing here says yet that it lies before the cut";
  good(a->log().append(good(b->log().batch(last)), {RouteKind::network, Level::secret}, b->node()));
  good(a->catch_up(100));
  EXPECT_TRUE(a->view(first));
  expect_all_applied(*a, realm_.a_internal, 2);
}

TEST_F(ReplicaTest, NewestRowsComePageByPageAcrossLevels) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  for (int i = 0; i < 7; ++i) {
    realm_.a->clock.now_ms += 1000;
    record(*a, incoming(i % 2 == 0 ? realm_.a_internal : realm_.a_secret,
                        "第" + std::to_string(i) + "份"));
  }
  Query query;
  query.limit = 3;
  std::vector<std::string> seen;
  std::optional<RecordId> after;
  do {
    const RecordPage page = a->search(query, after);
    for (const View& row : page.rows) seen.push_back(shown(*a, row.record, "title"));
    after = page.after;
  } while (after);
  EXPECT_THAT(seen, ElementsAre("第6份", "第5份", "第4份", "第3份", "第2份", "第1份", "第0份"));
}

// Goal: whoever reads a list page by page while others register sees every row that was there, in
// one order, and none twice. Method: random pages of a filtered list; between two pages come newer
// rows and, as from an office that was away, rows of before; enough to fill the indexes anew.
TEST_F(ReplicaTest, PagesMissNothingAndShowNothingTwiceWhileRowsCome) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  std::mt19937 chance{20261122};
  const std::int64_t begun_ms = realm_.a->clock.now_ms;
  int made = 0;
  const auto register_some = [&](int count) {
    std::vector<Act> acts;
    for (int i = 0; i < count; ++i)
      acts.push_back(incoming(chance() % 4 == 0 ? realm_.a_secret : realm_.a_internal,
                              (chance() % 3 == 0 ? "清退" : "保密") + std::to_string(++made)));
    realm_.a->clock.now_ms = begun_ms + static_cast<std::int64_t>(chance() % 100'000);
    for (const Result<Recorded>& one : a->record_many(acts)) good(one);
  };
  const auto all_of = [&](Query query) {
    query.limit = 100'000;
    std::vector<RecordId> ids;
    for (const View& row : a->search(query).rows) ids.push_back(row.record);
    return ids;
  };
  for (int round = 0; round < 6; ++round) {
    register_some(60);
    Query query;
    query.ledger = "incoming";
    query.state = "registered";
    if (round % 2 == 0) query.text = round % 4 == 0 ? "保密" : "保";
    if (round % 3 == 0) query.level = Level::internal;
    const std::vector<RecordId> before = all_of(query);
    std::vector<RecordId> seen;
    std::optional<RecordId> after;
    do {
      query.limit = 1 + chance() % 30;
      const RecordPage page = a->search(query, after);
      EXPECT_LE(page.rows.size(), query.limit);
      for (const View& row : page.rows) seen.push_back(row.record);
      after = page.after;
      register_some(static_cast<int>(chance() % 9));
    } while (after);
    const std::vector<RecordId> now = all_of(query);
    EXPECT_EQ(a->count(query), now.size());
    const std::set<RecordId> once(seen.begin(), seen.end());
    EXPECT_EQ(once.size(), seen.size()) << "a row was shown twice";
    for (const RecordId& id : before) EXPECT_TRUE(once.contains(id)) << "a row was missed";
    std::vector<RecordId> in_order = now;
    std::erase_if(in_order, [&](const RecordId& id) { return !once.contains(id); });
    EXPECT_EQ(seen, in_order);
  }
}

TEST_F(ReplicaTest, RowsAreListedByStateLevelUnitDayAndOwner) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  const auto make = [&](const CompartmentId& place, const std::string& title,
                        std::vector<Write> more) {
    realm_.a->clock.now_ms += 1000;
    Act act = incoming(place, title);
    for (Write& write : more) {
      std::erase_if(act.steps.front().writes,
                    [&](const Write& one) { return one.group == write.group; });
      act.steps.front().writes.push_back(std::move(write));
    }
    std::sort(act.steps.front().writes.begin(), act.steps.front().writes.end(),
              [](const Write& x, const Write& y) { return x.group < y.group; });
    return record(*a, act);
  };
  make(realm_.a_internal, "甲", {{"received_on", "2026-02-28"}, {"sender_org", "省厅 (办公室)"}});
  make(realm_.a_internal, "乙", {{"received_on", "2026-03-01"}, {"main_dept", "省厅办公室"}});
  const RecordId moved = make(realm_.a_secret, "丙", {{"received_on", "2027-01-01"}});
  const auto titles_of = [&](const std::function<void(Query&)>& narrow) {
    Query query;
    query.ledger = "incoming";
    narrow(query);
    std::vector<std::string> found = titles(*a, query);
    EXPECT_EQ(a->count(query), found.size());
    return found;
  };
  EXPECT_THAT(titles_of([](Query& q) { q.from = "2026-03-01"; }), ElementsAre("丙", "乙"));
  EXPECT_THAT(titles_of([](Query& q) { q.to = "2026-02-28"; }), ElementsAre("甲"));
  EXPECT_THAT(titles_of([](Query& q) { q.from = q.to = "2026-03-01"; }), ElementsAre("乙"));
  EXPECT_THAT(titles_of([](Query& q) { q.units = {"无", "省厅办公室"}; }), ElementsAre("乙", "甲"));
  EXPECT_THAT(titles_of([](Query& q) { q.level = Level::secret; }), ElementsAre("丙"));
  EXPECT_THAT(titles_of([](Query& q) { q.state = "reviewed"; }), ElementsAre());
  EXPECT_THAT(titles_of([&](Query& q) { q.owners = {realm_.b_internal.office}; }), ElementsAre());
  EXPECT_THAT(titles_of([&](Query& q) { q.owners = {realm_.a_internal.office}; }),
              ElementsAre("丙", "乙", "甲"));
  EXPECT_THAT(titles_of([&](Query& q) {
                q.owners = {realm_.b_internal.office, realm_.a_internal.office};
              }),
              ElementsAre("丙", "乙", "甲"));
  EXPECT_THAT(titles_of([](Query& q) { q.equals["sender_org"] = "省厅 (办公室)"; }),
              ElementsAre("甲"));
  EXPECT_THAT(titles_of([](Query& q) { q.equals["title"] = "乙"; }), ElementsAre("乙"));
  EXPECT_THAT(titles_of([](Query& q) { q.equals["main_dept"] = ""; }), ElementsAre("丙", "甲"));
  record(*a, amend(realm_.a_secret, moved, "state", "reviewed"));
  EXPECT_THAT(titles_of([](Query& q) { q.state = "reviewed"; }), ElementsAre("丙"));
  EXPECT_THAT(titles_of([](Query& q) { q.equals["state"] = "registered"; }),
              ElementsAre("乙", "甲"));
}

TEST_F(ReplicaTest, FindsByWordAndByNumberHoweverItIsTyped) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  record(*a, incoming(realm_.a_internal, "关于加强保密工作的通知", "国办发〔2026〕7号"));
  realm_.a->clock.now_ms += 1000;
  record(*a, incoming(realm_.a_internal, "清退通知", "国办发〔2026〕17号"));
  Query words;
  words.text = "保密";
  EXPECT_THAT(titles(*a, words), ElementsAre("关于加强保密工作的通知"));
  Query number;
  number.equals["doc_no"] = "国办发[２０２６]007号";
  EXPECT_THAT(titles(*a, number), ElementsAre("关于加强保密工作的通知"));
  EXPECT_EQ(a->count(number), 1U);
  Query state;
  state.equals["state"] = "registered";
  EXPECT_EQ(a->count(state), 2U);
}

// A keeper that is lost before its first grant left would take with it what was sealed meanwhile.
TEST_F(ReplicaTest, NothingIsSealedToAKeyThatNeverCameHere) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  realm_.renew(realm_.a_internal);
  realm_.teach(a->log());
  record(*a, incoming(realm_.a_internal, "等密钥"));
  EXPECT_EQ(a->seal_pending().code(), Errc::unavailable);
  EXPECT_EQ(a->unsealed(), 1U);
  realm_.grant(*realm_.a, realm_.a_internal);
  a.reset();
  a = realm_.open(*realm_.a, realm_.clerk_a);
  EXPECT_TRUE(a->seal_pending());
  EXPECT_EQ(a->unsealed(), 0U);
  EXPECT_TRUE(good(a->verify(true)).faults.empty());
}

// Earlier programs sealed to such a key: what nobody here can open is not damage.
TEST_F(ReplicaTest, ABatchSealedToAKeyThatIsNotHereIsNotVerifiedAndNotDamaged) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  record(*a, incoming(realm_.a_internal, "封给没有的密钥"));
  record(*a, incoming(realm_.a_secret, "有密钥"));
  good(a->seal_pending());
  a.reset();
  const auto box = realm_.a->box;
  realm_.a->box = box_key_from(Secret<32>::random());  // no grant opens with it
  a = realm_.open(*realm_.a, realm_.clerk_a);
  const VerifyReport without = good(a->verify(true));
  EXPECT_THAT(without.faults, SizeIs(0));
  EXPECT_TRUE(without.is_clean);
  EXPECT_THAT(without.unverified, ElementsAre(Level::internal, Level::secret));
  EXPECT_THAT(good(a->verify(false)).unverified, SizeIs(0)) << "looks into no batch";
  a.reset();
  realm_.a->box = box;
  a = realm_.open(*realm_.a, realm_.clerk_a);
  EXPECT_THAT(good(a->verify(true)).unverified, SizeIs(0));
}

// What a machine gave while it led its office stays given when another leads.
TEST_F(ReplicaTest, TheAuthorityIsWhoeverLedWhenItWasSealed) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  auto archive = realm_.open(*realm_.archive, realm_.archivist);
  const auto step = [&](ChangeKind kind, const RecordId& series, std::vector<Write> writes) {
    Step one;
    one.kind = kind;
    one.ledger = "series";
    one.record = series;
    one.writes = std::move(writes);
    return Act{realm_.a_internal, {one}};
  };
  const auto block = [](const std::string& first, const std::string& last) {
    return Write{"blocks", pack_fields({{"block_first", first},
                                        {"block_incarnation", std::string(32, 'a')},
                                        {"block_last", last}})};
  };
  const RecordId series =
      record(*a, step(ChangeKind::create, {},
                      {{"of_ledger", "incoming"}, {"state", "open"}, {"year", "2026"}}));
  record(*a, step(ChangeKind::amend, series, {block("1", "50")}));
  good(a->seal_pending());
  realm_.add({OfficeRecord{realm_.office_a, {}, false}});
  realm_.teach(a->log());
  good(a->catch_up(1'000'000));
  record(*a, step(ChangeKind::amend, series, {block("51", "100")}));
  realm_.meet(*a, *archive);
  for (Replica* replica : {a.get(), archive.get()}) {
    const LedgerDefinition& ledger = *replica->definitions().ledger("series");
    const auto firsts =
        field_values(ledger, replica->view(series)->state, *ledger.field_index("block_first"));
    EXPECT_THAT(firsts, ElementsAre("1"));
  }
}

TEST_F(ReplicaTest, StatusTurnsGreenOnlyByTheKeepersReceipt) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  auto archive = realm_.open(*realm_.archive, realm_.archivist);
  const RecordId id = record(*a, incoming(realm_.a_internal, "会议纪要"));
  EXPECT_EQ(a->view(id)->stage, Stage::recorded);
  EXPECT_EQ(a->undelivered(), 1U);
  good(a->seal_pending());
  EXPECT_EQ(a->view(id)->stage, Stage::sealed);
  EXPECT_EQ(a->undelivered(), 1U) << "sealed is not sent";
  realm_.meet(*a, *archive);
  EXPECT_EQ(a->view(id)->stage, Stage::sealed) << "arriving is not a receipt";
  EXPECT_EQ(a->undelivered(), 1U);
  EXPECT_EQ(archive->undelivered(), 0U) << "the work of others";
  EXPECT_EQ(good(archive->issue_receipts()), 1);
  EXPECT_EQ(good(archive->issue_receipts()), 0) << "nothing new to say";
  realm_.meet(*a, *archive);
  EXPECT_EQ(a->view(id)->stage, Stage::applied_by_keeper);
  EXPECT_EQ(a->undelivered(), 0U);
}

TEST_F(ReplicaTest, AnImportKeepsTheGoodActsAndNamesTheBad) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  std::vector<Act> acts{incoming(realm_.a_internal, "一"), incoming(realm_.b_internal, "二"),
                        incoming(realm_.a_secret, "三")};
  acts.push_back(amend(realm_.a_internal, a->new_record_id(), "title", "四"));
  const auto results = a->record_many(acts);
  ASSERT_EQ(results.size(), 4U);
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].code(), Errc::not_allowed);
  EXPECT_TRUE(results[2]);
  EXPECT_EQ(results[3].code(), Errc::not_found);
  EXPECT_EQ(a->count(Query{}), 2U);
}

TEST_F(ReplicaTest, ARestoredFolderBeginsANewLifeAndSealsWhatNobodyHeardOf) {
  auto a = realm_.open(*realm_.a, realm_.clerk_a);
  auto archive = realm_.open(*realm_.archive, realm_.archivist);
  record(*a, incoming(realm_.a_internal, "备份之前"));
  const IncarnationId before = a->author().incarnation;
  a.reset();
  const SimulatedDisk::Image backup = realm_.a->disk.snapshot("/replica");
  a = realm_.open(*realm_.a, realm_.clerk_a);
  EXPECT_EQ(a->author().incarnation, before) << "an ordinary opening is no new life";
  const RecordId late = record(*a, incoming(realm_.a_internal, "备份之后"));
  realm_.meet(*a, *archive);
  a.reset();
  realm_.a->disk.put_back("/replica", backup);
  a = realm_.open(*realm_.a, realm_.clerk_a);
  EXPECT_NE(a->author().incarnation, before);
  realm_.meet(*a, *archive);
  EXPECT_EQ(shown(*a, late, "title"), "备份之后") << "what others hold comes back";
  expect_all_applied(*a, realm_.a_internal, 2);
  EXPECT_EQ(a->digests()[realm_.a_internal], archive->digests()[realm_.a_internal]);
  EXPECT_THAT(good(a->verify(true)).faults, SizeIs(0));
}

TEST_F(ReplicaTest, ACrashAtAnyMomentLosesNothingThatWasSaidToBeRecorded) {
  bool is_through = false;
  for (std::uint64_t step = 1; !is_through && step < 400; ++step) {
    RealmFixture realm;
    std::optional<RecordId> said;
    {
      auto a = realm.open(*realm.a, realm.clerk_a);
      realm.a->disk.crash_at(step);
      try {
        said = good(a->record(incoming(realm.a_internal, "断电前"))).records.front();
        good(a->seal_pending());
        good(a->catch_up(100));
        is_through = !realm.a->disk.is_dead();
      } catch (const Crash&) {
      } catch (const StorageFailure&) {
      }
      realm.a->disk.crash_at(0);
      realm.a->disk.restart(SimulatedDisk::Fate::power_cut);
    }
    auto a = realm.open(*realm.a, realm.clerk_a);
    if (said) {
      EXPECT_EQ(shown(*a, *said, "title"), "断电前") << "crash at " << step;
    }
    good(a->seal_pending());
    EXPECT_EQ(a->unsealed(), 0U);
    const Counts counts = a->counts()[realm.a_internal];
    EXPECT_EQ(counts.known, counts.applied) << "crash at " << step;
    EXPECT_LE(counts.known, 1U);
    EXPECT_THAT(good(a->verify(true)).faults, SizeIs(0)) << "crash at " << step;
  }
  EXPECT_TRUE(is_through) << "the last round must have met no crash";
}

}  // namespace
}  // namespace jiyao
