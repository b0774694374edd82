// tests/registers/transport_test.cpp - packages lost, repeated, late, damaged, for somebody else or
// above a ceiling; people and programs that change meanwhile (domain.md 6.4 M, P; worked examples 6
// and 7).
#include <gmock/gmock.h>

#include "registers/apart.h"
#include "schema/hand_over.h"
#include "schema/ledger_files.h"
#include "sync/bundle_reader.h"
#include "sync/bundle_writer.h"

namespace jiyao {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Transport : public Apart {
 protected:
  RecordId row(Party& side, const char* title = "通知") {
    return side.make("incoming", "registered",
                     {{"received_on", "2026-03-01"},
                      {"sender_org", "省委办公厅"},
                      {"title", title},
                      {"level", "internal"}});
  }
  /// One volume from this side to that, on a stick of its own; not yet taken in.
  Path written(Party& from, Party& to) {
    EXPECT_TRUE(from.replica().seal_pending());
    const Path folder = "/package" + std::to_string(++packages_);
    stick.make_folder(folder);
    const auto writer = BundleWriter::plan(from.replica().log(), order(from, to));
    EXPECT_TRUE(writer) << writer.error().detail;
    const HandOver fact = writer->write_all(stick, folder)->front();
    return folder + "/" + volume_name(fact.set, fact.volume);
  }
  static BundleOrder order(Party& from, Party& to) {
    BundleOrder order = *order_for(LaneBook(to.desk().node), from.desk().node,
                                   from.replica().author().incarnation, from.replica().node_key());
    order.label = Level::secret;
    return order;
  }
  Result<BundleReader> opened(const Path& package, Party& at) {
    const BundleSelf self{at.desk().node, at.replica().author().incarnation,
                          at.replica().node_box(), realm.realm, realm.roster().root_fingerprint()};
    return BundleReader::open(stick, package, self);
  }
  /// How taking it in ended, as it stands in the register of hand-overs.
  HandOverOutcome take_in(const Path& package, Party& at) {
    auto reader = opened(package, at);
    EXPECT_TRUE(reader) << reader.error().detail;
    const auto taken = reader->import(at.replica().log(), &at.replica());
    const HandOver fact = taken ? taken->fact : reader->refused(taken.error());
    EXPECT_TRUE(at.replica().put(fact));
    EXPECT_TRUE(at.replica().catch_up(1'000'000));
    return fact.outcome;
  }
  std::vector<HandOverOutcome> register_of(Party& side) {
    std::vector<HandOverOutcome> outcomes;
    for (const HandOver& fact : side.replica().hand_overs()) outcomes.push_back(fact.outcome);
    return outcomes;
  }
  Counts counts(Party& side) { return side.replica().counts()[compartment]; }
  void everybody_is_taught() {
    for (Party* side : {&a, &b, &r}) {
      realm.teach(side->replica().log());
      EXPECT_TRUE(side->replica().catch_up(1'000'000));
    }
  }
  /// Batches that this side made.
  std::vector<SealedBatch> batches_of(Party& side) {
    EXPECT_TRUE(side.replica().seal_pending());
    std::vector<SealedBatch> own;
    for (const BatchId& id : side.replica().log().batches(compartment))
      if (SealedBatch batch = *side.replica().log().batch(id);
          batch.core().node == side.desk().node)
        own.push_back(std::move(batch));
    return own;
  }
  void give(const SealedBatch& batch, Party& to) {
    EXPECT_TRUE(
        to.replica().log().append(batch, {RouteKind::network, Level::secret}, batch.core().node));
    EXPECT_TRUE(to.replica().catch_up(1'000'000));
  }

  SimulatedDisk stick{1, SimulatedDisk::Kind::medium};
  int packages_ = 0;
};

// --- packages ------------------------------------------------------------------------------------

TEST_P(Transport, M1Example06OnePackageTwiceAndTheSameByNetworkIsTakenInOnce) {
  const RecordId record = row(a);
  const Path package = written(a, r);
  const bool is_net_first = GetParam().is_b_first;
  if (is_net_first) carry(a, r, By::message);
  const HandOverOutcome first = take_in(package, r);
  const Counts once = counts(r);
  EXPECT_EQ(take_in(package, r), HandOverOutcome::repeated);
  if (!is_net_first) carry(a, r, By::message);
  EXPECT_EQ(counts(r), once);
  EXPECT_EQ(once.applied, 1U);
  EXPECT_EQ(r.shown(record, "title"), "通知");
  EXPECT_EQ(first, is_net_first ? HandOverOutcome::repeated : HandOverOutcome::taken_in);
  EXPECT_THAT(register_of(r), ElementsAre(first, HandOverOutcome::repeated)) << "two lines of L17";
}

TEST_P(Transport, M2WhatComesBeforeItsPastWaitsForItAndIsNamed) {
  const RecordId record = row(a);
  together();
  a.write(record, {{"title", "甲"}});
  carry(a, b, GetParam().by);
  b.write(record, {{"title", "乙"}});
  const SealedBatch later = batches_of(b).back(), earlier = batches_of(a).back();
  give(later, r);
  EXPECT_EQ(counts(r).pending_parent, 1U);
  EXPECT_EQ(r.shown(record, "title"), "通知");
  give(earlier, r);
  EXPECT_EQ(counts(r).pending, 0U);
  EXPECT_EQ(r.shown(record, "title"), "乙");
  together();
  EXPECT_EQ(shown(record, "title"), "乙");
}

TEST_P(Transport, M3ALostPackageIsMadeUpForByTheNext) {
  const RecordId first = row(a, "甲");
  written(a, r);  // never arrives
  const RecordId second = row(a, "乙");
  EXPECT_EQ(take_in(written(a, r), r), HandOverOutcome::taken_in);
  EXPECT_EQ(r.shown(first, "title"), "甲");
  EXPECT_EQ(r.shown(second, "title"), "乙");
}

TEST_P(Transport, M4APackageForAnotherMachineIsNotOpened) {
  row(a);
  const Path package = written(a, r);
  const auto reader = opened(package, b);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, Errc::not_for_us);
  EXPECT_EQ(counts(b).known, 0U);
  EXPECT_EQ(take_in(package, r), HandOverOutcome::taken_in) << "and still serves whom it is for";
}

TEST_P(Transport, M5ARestoredMachineGoesOnAsAnotherAndNothingIsLost) {
  a.leave();
  const SimulatedDisk::Image backup = a.desk().disk.snapshot("/replica");
  a.sit(realm.clerk_a);
  const IncarnationId before = a.replica().author().incarnation;
  const RecordId late = row(a, "备份之后");
  together();
  a.leave();
  a.desk().disk.put_back("/replica", backup);
  a.sit(realm.clerk_a);
  EXPECT_NE(a.replica().author().incarnation, before);
  const RecordId anew = row(a, "恢复之后");
  together();
  EXPECT_EQ(shown(late, "title"), "备份之后") << "what others hold comes back";
  EXPECT_EQ(shown(anew, "title"), "恢复之后");
  EXPECT_EQ(counts(a), counts(r));
  EXPECT_EQ(counts(a).applied, 2U);
}

TEST_P(Transport, M6AChangedByteRefusesThePackageWhole) {
  const RecordId record = row(a);
  const Path package = written(a, r);
  const Bytes whole = stick.content(package);
  stick.flip_bit(package, whole.size() - 20, 3);
  EXPECT_EQ(take_in(package, r), HandOverOutcome::refused);
  EXPECT_EQ(counts(r).known, 0U);
  EXPECT_THAT(register_of(r), ElementsAre(HandOverOutcome::refused)) << "kept as evidence";
  stick.set_content(package, whole);
  EXPECT_EQ(take_in(package, r), HandOverOutcome::taken_in);
  EXPECT_EQ(r.shown(record, "title"), "通知");
}

TEST_P(Transport, M7Example07APackageAboveTheCeilingOfItsTargetIsRefusedWhole) {
  const RecordId secret = row(a);
  carry(a, r, By::message);
  const Path package = written(r, b);
  NodeRecord lowered = realm.roster().node(b.desk().node)->record;
  lowered.device_ceiling = Level::internal;
  realm.add({lowered});
  everybody_is_taught();
  const std::uint64_t held = b.replica().log().batches(compartment).size();
  EXPECT_EQ(take_in(package, b), HandOverOutcome::refused);
  EXPECT_EQ(b.replica().log().batches(compartment).size(), held) << "nothing was taken in";
  EXPECT_FALSE(b.replica().view(secret));
  ASSERT_THAT(register_of(b), ElementsAre(HandOverOutcome::refused));
  EXPECT_FALSE(b.replica().hand_overs().front().note.empty()) << "and why";
  EXPECT_EQ(BundleWriter::plan(r.replica().log(), order(r, b)).code(), Errc::above_ceiling)
      << "the sender makes no such package again";
}

TEST_P(Transport, M12AReceiptThatWasLostIsSentAgainAndTheRowStaysOpenUntilThen) {
  const RecordId record = row(a);
  carry(a, r, GetParam().by);
  EXPECT_EQ(*r.replica().issue_receipts(), 1);
  EXPECT_EQ(a.replica().view(record)->stage, Stage::sealed) << "the receipt never came";
  carry(a, r, GetParam().by);
  EXPECT_EQ(counts(r).applied, 1U) << "sent again, and harmless";
  carry(r, a, GetParam().by);
  EXPECT_EQ(a.replica().view(record)->stage, Stage::applied_by_keeper);
}

TEST_P(Transport, M13TheStricterOfTwoLabelsOfAMediumHolds) {
  const RecordId medium = a.make("medium", "in_store",
                                 {{"medium_no", "2026-0003"},
                                  {"registered_on", "2026-03-01"},
                                  {"kind", "U盘"},
                                  {"label", "public"},
                                  {"owner_dept", "一处"},
                                  {"place", "在库"},
                                  {"custodian", "甲"}});
  together();
  a.write(medium, {{"label", "secret"}});
  b.write(medium, {{"label", "internal"}});
  together();
  EXPECT_EQ(shown(medium, "label"), "secret");
}

// --- replicas that were away ---------------------------------------------------------------------

TEST_P(Transport, M8AnEditOfARowThatMovedAwayIsAnOpenNote) {
  const RecordId record = row(a);
  together();
  a.move_away(record);
  b.write(record, {{"title", "低侧修改"}});
  together();
  EXPECT_EQ(shown(record, "title"), "通知");
  EXPECT_EQ(proposals(record, "title"), 1U);
  EXPECT_NE(a.refusal_of(record, {{"remarks", "再改"}}), "") << "it is carried on elsewhere";
}

TEST_P(Transport, M9AMachineThatWasAwayForLongIsHeardWithAllItDid) {
  const auto numbered = [](Party& side, const std::string& number) {
    return side.make("incoming", "registered",
                     {{"received_on", "2026-03-01"},
                      {"sender_org", "省委办公厅"},
                      {"title", "通知"},
                      {"level", "internal"},
                      {"intake_no", number}});
  };
  b.desk().clock.now_ms -= std::int64_t{400} * 86'400'000;
  const RecordId old = numbered(b, "2026-0001");
  for (int i = 0; i < 12; ++i) {
    numbered(a, "2026-" + std::to_string(1000 + i));
    if (i % 3 == 0) carry(a, r, GetParam().by);
  }
  const RecordId taken = numbered(a, "2026-0001");
  together();
  EXPECT_EQ(codes(old), "N1");
  EXPECT_EQ(codes(taken), "N1");
  for (Party* side : {&a, &b, &r}) EXPECT_EQ(counts(*side).applied, 14U);
}

TEST_P(Transport, M11ARowThatCitesWhatIsNotHeldHereIsShownAndTheGapSaysNothing) {
  b.turn_to(realm.b_internal);
  const RecordId elsewhere = b.make("document_copy", "on_register",
                                    {{"document", b.replica().new_record_id().hex()},
                                     {"level", "internal"},
                                     {"copy_kind", "正本"},
                                     {"custody_state", "在库"}});
  b.turn_to(compartment);
  const auto citing = [&](const RecordId& cited) {
    return b.make("incident", "found",
                  {{"kind", "短缺"},
                   {"found_at", "2026-03-31T10:00"},
                   {"found_by", "甲"},
                   {"level", "secret"},
                   {"facts", "清点未见"},
                   {"copy", cited.hex()}});
  };
  const RecordId incident = citing(elsewhere), of_nothing = citing(b.replica().new_record_id());
  together();
  EXPECT_EQ(state(incident), "found");
  EXPECT_EQ(codes(incident), codes(of_nothing));
  EXPECT_FALSE(a.replica().view(elsewhere));
  EXPECT_EQ(a.replica().view(elsewhere).code(), Errc::not_found) << "filtered or never made: alike";
}

// --- people and policies that changed meanwhile --------------------------------------------------

TEST_P(Transport, P1WhatAMachineWroteBeforeItsCutCountsAndWhatCameAfterIsQuarantinedNotLost) {
  const RecordId before = row(b, "撤销之前");
  together();
  const BatchId last = b.replica().log().batches(compartment).back();
  const RecordId after = row(b, "撤销之后");
  EXPECT_TRUE(b.replica().seal_pending());
  const SealedBatch late = batches_of(b).back();
  realm.add({RevokeRecord{b.desk().node, {{b.replica().author().incarnation, compartment, last}}}});
  for (Party* side : {&a, &r}) {
    realm.teach(side->replica().log());
    give(late, *side);
    EXPECT_EQ(side->shown(before, "title"), "撤销之前");
    EXPECT_FALSE(side->replica().view(after));
    EXPECT_EQ(counts(*side).quarantined, 1U) << "held, and out of sight";
  }
  realm.add({AdmitRecord{{late.id()}}});
  for (Party* side : {&a, &r}) {
    realm.teach(side->replica().log());
    EXPECT_TRUE(side->replica().catch_up(1'000'000));
    EXPECT_EQ(side->shown(after, "title"), "撤销之后") << "a person admitted it";
  }
}

TEST_P(Transport, P2AnActIsJudgedByTheRolesItsAuthorHadWhenHeSealedIt) {
  const RecordId record = row(a);
  together();
  b.write(record, {{"title", "乙改"}});  // not knowing
  EXPECT_TRUE(b.replica().seal_pending());
  UserRecord changed = *realm.roster().user(realm.clerk_b.user);
  changed.roles = role_bit(Role::auditor);
  realm.add({changed});
  everybody_is_taught();
  together();
  EXPECT_EQ(shown(record, "title"), "乙改");
  EXPECT_NE(b.refusal_of(record, {{"title", "乙再改"}}), "") << "from now on";
}

TEST_P(Transport, P5RowsKeepTheRuleSetTheyWereMadeUnder) {
  const RecordId record = row(a);
  together();
  for (Party* side : {&a, &b, &r})
    EXPECT_EQ(side->replica().history(record).front().change.ruleset, kRulesetNumber);
}

INSTANTIATE_TEST_SUITE_P(Ways, Transport, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });

}  // namespace
}  // namespace jiyao
