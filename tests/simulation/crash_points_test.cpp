// tests/simulation/crash_points_test.cpp - the power goes at every change an office's disk sees.
//
// Goal: P1 and P2 wherever a machine stops: it opens again, shows what was acknowledged, and what
// it shows is what its log gives. Method: an office works, meets a hub and starts anew now and
// then; before each change of its disk two copies of the disk lose power there, with other writes
// lost and torn, and are opened and asked. JIYAO_CRASH_STEPS: how much it works, 64 usually.
#include <gtest/gtest.h>

#include <cstdlib>

#include "crypto/random.h"
#include "simulation/clerk.h"
#include "simulation/station.h"
#include "support/memory_log.h"
#include "sync/exchange.h"
#include "sync/keeper.h"
#include "sync/log_file.h"

namespace jiyao::simulation {
namespace {

using Fate = SimulatedDisk::Fate;

class CrashPoints {
 public:
  explicit CrashPoints(std::uint64_t seed)
      : settlement_(seed),
        seed_(seed),
        chance_(seed, "crash points"),
        hub_(settlement_.hub().ceiling),
        archive_("R", kR, seed),
        office_("A", kA, seed + 1) {
    office_.disk.seed_sqlite();
    set_random_source_for_tests([this](std::span<std::uint8_t> out) { office_.chance.fill(out); });
    for (const Bytes& record : settlement_.records()) expect(hub_.extend_roster(record), "roster");
    for (Station* each : {&archive_, &office_}) {
      open(*each);
      learn(*each);
    }
    for (int round = 0; round < 2; ++round)
      for (Station* each : {&archive_, &office_}) meet(*each);
  }
  ~CrashPoints() { set_random_source_for_tests(nullptr); }
  CrashPoints(const CrashPoints&) = delete;
  CrashPoints& operator=(const CrashPoints&) = delete;

  /// One thing the office does, with every crash in it; then one behind it.
  void step(int no) {
    office_.disk.watch_changes([this] { take_images(); });
    const std::size_t acknowledged = office_.acknowledged.size();
    work(office_, no);
    office_.disk.watch_changes({});
    for (std::size_t i = 0; i < images_.size(); ++i)
      check(*images_[i], acknowledged,
            "step " + std::to_string(no) + ", image " + std::to_string(i));
    images_.clear();
    take_images();
    for (const auto& image : images_)
      check(*image, office_.acknowledged.size(), "behind step " + std::to_string(no));
    images_.clear();
    work(archive_, no);
  }
  std::size_t points() const { return points_; }

 private:
  static void expect(const Result<void>& result, const char* what) {
    ASSERT_TRUE(result) << what << ": " << result.error().detail;
  }
  void open(Station& station) const {
    station.replica.reset();
    auto opened =
        Replica::open(station.env, kFolder, kStateFolder, settlement_.unlocked(station.place, 0));
    ASSERT_TRUE(opened) << station.name << ": " << opened.error().detail;
    station.replica = std::move(*opened);
  }
  void learn(Station& station) const {
    auto& log = dynamic_cast<LogFile&>(station.replica->log());
    for (const EpochDraft& draft : settlement_.drafts(station.place))
      log.keep_epoch_draft(draft.record.key, draft.sealed);
    for (const Bytes& record : settlement_.records()) expect(log.extend_roster(record), "roster");
    const Identity& self = settlement_.at(station.place);
    ASSERT_TRUE(issue_grants(log, {self.node, *self.sign, *self.box}));
  }

  void take_images() {
    for (int other = 0; other < 2; ++other) {
      const Fate fate = ++points_ % 8 == 0 ? Fate::killed : Fate::power_cut;
      images_.push_back(office_.disk.found_after(fate, seed_ * 1'000'003 + points_));
    }
  }

  void work(Station& who, int no) {
    Replica& replica = *who.replica;
    if (no % 16 == 15) return open(who);
    if (no % 4 == 3) return meet(who);
    if (no % 8 == 6) return void(replica.seal_pending());
    act(who);
  }

  void act(Station& who) {
    Clerk clerk(*who.replica, chance_);
    const CompartmentId shared{settlement_.at(kA).office, Level::secret};
    std::optional<Act> act;
    if (!records_.empty() && chance_.percent(60)) {
      const auto view = who.replica->view(chance_.pick(records_));
      if (view && !view->is_hidden) act = clerk.work_on(*view);
    }
    if (!act) act = clerk.create(shared);
    const auto recorded = who.replica->record(*act);
    if (!recorded) return;
    for (std::size_t i = 0; i < recorded->changes.size(); ++i) {
      who.acknowledged.push_back({recorded->changes[i], recorded->records[i], act->compartment, 0});
      records_.push_back(recorded->records[i]);
    }
  }

  void meet(Station& who) {
    (void)who.replica->seal_pending();
    const Identity& self = settlement_.at(who.place);
    const Route route{RouteKind::network, settlement_.hub().ceiling};
    Parley asks{Side::caller, route,
                self.node,    who.replica->author().incarnation,
                {},           settlement_.roster().root_fingerprint()};
    Exchange caller(who.replica->log(), asks, who.replica.get());
    for (int round = 0; round < 12; ++round) {
      Exchange answerer(hub_, {Side::answerer, route, {}, {}, self.node, {}});
      ASSERT_TRUE(answerer.hear(caller.say(1 << 20)));
      ASSERT_TRUE(caller.hear(answerer.say(1 << 20)));
      if (!caller.wants_more()) break;
    }
    while (true) {
      const auto caught = who.replica->catch_up(2);
      ASSERT_TRUE(caught) << caught.error().detail;
      if (caught->is_complete) break;
    }
    if (who.place == kR) (void)who.replica->issue_receipts();
  }

  // What a crash left, on a machine of its own.
  void check(SimulatedDisk& left, std::size_t acknowledged, const std::string& where) {
    SCOPED_TRACE(where);
    WorldClock clock;
    AlarmBook alarms;
    Chance engine(seed_, "after");
    Env env{clock, engine, left, alarms};
    const auto opened = Replica::open(env, kFolder, kStateFolder, settlement_.unlocked(kA, 0));
    ASSERT_TRUE(opened) << opened.error().detail;
    Replica& replica = **opened;
    while (true) {
      const auto caught = replica.catch_up(1000);
      ASSERT_TRUE(caught) << caught.error().detail;
      if (caught->is_complete) break;
    }
    std::uint64_t known = 0;
    for (const auto& [compartment, counts] : replica.counts()) known += counts.known;
    ASSERT_GE(known, acknowledged);
    const std::size_t from = acknowledged > 6 ? acknowledged - 6 : 0;
    for (std::size_t i = from; i < acknowledged; ++i) {
      const Acknowledged& told = office_.acknowledged[i];
      const auto history = replica.history(told.record);
      ASSERT_TRUE(std::any_of(history.begin(), history.end(), [&](const HistoryEntry& entry) {
        return entry.id == told.change;
      })) << "P1: an acknowledged change is not there";
    }
    if (++checks_ % 4 != 0) return;  // every page is dear
    const bool is_full = checks_ % 8 == 0;
    const auto report = replica.verify(is_full);
    ASSERT_TRUE(report) << report.error().detail;
    ASSERT_TRUE(report->is_clean) << "P2: " << report->faults.front();
    ASSERT_TRUE(alarms.codes.empty()) << *alarms.codes.begin();
  }

  Settlement settlement_;
  std::uint64_t seed_;
  Chance chance_;
  MemoryLog hub_;
  Station archive_, office_;
  std::vector<RecordId> records_;
  std::vector<std::unique_ptr<SimulatedDisk>> images_;
  std::size_t points_ = 0, checks_ = 0;
};

int steps_of_a_run() {
  const char* set = std::getenv("JIYAO_CRASH_STEPS");
  return set == nullptr ? 64 : std::atoi(set);
}

class EveryCrashPoint : public testing::TestWithParam<std::uint64_t> {};

TEST_P(EveryCrashPoint, LosesNothingAcknowledgedAndVerifiesClean) {
  CrashPoints office(GetParam());
  for (int no = 0; no < steps_of_a_run() && !HasFailure(); ++no) office.step(no);
  std::printf("%zu crash points\n", office.points());
  EXPECT_GT(office.points(), 39U * static_cast<unsigned>(steps_of_a_run()));  // 20,000 in all
}

INSTANTIATE_TEST_SUITE_P(Seeds, EveryCrashPoint, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace jiyao::simulation
