// tests/simulation/one_office.cpp - what the office does, and what must be true of its disk.
#include "simulation/one_office.h"

#include <gtest/gtest.h>

#include "crypto/random.h"
#include "simulation/clerk.h"
#include "support/own_memory.h"
#include "sync/exchange.h"
#include "sync/keeper.h"
#include "sync/log_file.h"

namespace jiyao::simulation {
namespace {

void expect(const Result<void>& result, const char* what) {
  ASSERT_TRUE(result) << what << ": " << result.error().detail;
}

void catch_up(Replica& replica) {
  while (true) {
    const auto caught = replica.catch_up(1000);
    ASSERT_TRUE(caught) << caught.error().detail;
    if (caught->is_complete) return;
  }
}

}  // namespace

OneOffice::OneOffice(std::uint64_t seed)
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

OneOffice::~OneOffice() {
  set_random_source_for_tests(nullptr);
}

void OneOffice::open(Station& station) const {
  station.replica.reset();
  auto opened =
      Replica::open(station.env, kFolder, kStateFolder, settlement_.unlocked(station.place, 0));
  ASSERT_TRUE(opened) << station.name << ": " << opened.error().detail;
  station.replica = std::move(*opened);
}

void OneOffice::learn(Station& station) const {
  auto& log = dynamic_cast<LogFile&>(station.replica->log());
  for (const EpochDraft& draft : settlement_.drafts(station.place))
    log.keep_epoch_draft(draft.record.key, draft.sealed);
  for (const Bytes& record : settlement_.records()) expect(log.extend_roster(record), "roster");
  const Identity& self = settlement_.at(station.place);
  ASSERT_TRUE(issue_grants(log, {self.node, *self.sign, *self.box}));
}

void OneOffice::work(Station& who, Step step) {
  switch (step) {
    case Step::record:
      return act(who);
    case Step::seal:
      return void(who.replica->seal_pending());
    case Step::meet:
      return meet(who);
    case Step::open:
      return open(who);
  }
}

void OneOffice::act(Station& who) {
  const CompartmentId shared{settlement_.at(kA).office, Level::secret};
  std::optional<Result<View>> view;
  if (!records_.empty() && chance_.percent(60))
    view.emplace(who.replica->view(chance_.pick(records_)));
  const std::optional<Act> act = [&] {
    const OwnMemory::Spared spared;
    Clerk clerk(*who.replica, chance_);
    std::optional<Act> made;
    if (view && *view && !(**view).is_hidden) made = clerk.work_on(**view);
    return made ? made : clerk.create(shared);
  }();
  const auto recorded = who.replica->record(*act);
  if (!recorded) return;
  const OwnMemory::Spared spared;  // it was said
  for (std::size_t i = 0; i < recorded->changes.size(); ++i) {
    who.acknowledged.push_back({recorded->changes[i], recorded->records[i], act->compartment, 0});
    records_.push_back(recorded->records[i]);
  }
}

Bytes OneOffice::answer_to(const Bytes& asked, const Route& route, const NodeId& peer) {
  const OwnMemory::Spared spared;  // the hub is another machine
  Exchange answerer(hub_, {Side::answerer, route, {}, {}, peer, {}});
  EXPECT_TRUE(answerer.hear(asked));
  return answerer.say(1 << 20);
}

void OneOffice::meet(Station& who) {
  (void)who.replica->seal_pending();
  const Identity& self = settlement_.at(who.place);
  const Route route{RouteKind::network, settlement_.hub().ceiling};
  Parley asks{Side::caller, route,
              self.node,    who.replica->author().incarnation,
              {},           settlement_.roster().root_fingerprint()};
  Exchange caller(who.replica->log(), asks, who.replica.get());
  for (int round = 0; round < 12; ++round) {
    const Bytes answer = answer_to(caller.say(1 << 20), route, self.node);
    ASSERT_TRUE(caller.hear(answer));
    if (!caller.wants_more()) break;
  }
  while (true) {
    const auto caught = who.replica->catch_up(2);
    ASSERT_TRUE(caught) << caught.error().detail;
    if (caught->is_complete) break;
  }
  if (who.place == kR) (void)who.replica->issue_receipts();
}

void OneOffice::check(SimulatedDisk& disk, std::size_t acknowledged, Depth depth) const {
  WorldClock clock;
  AlarmBook alarms;
  Chance engine(seed_, "after");
  Env env{clock, engine, disk, alarms};
  const auto opened = Replica::open(env, kFolder, kStateFolder, settlement_.unlocked(kA, 0));
  ASSERT_TRUE(opened) << opened.error().detail;
  Replica& replica = **opened;
  catch_up(replica);
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
  if (depth == Depth::shown) return;  // every page is dear
  const auto report = replica.verify(depth == Depth::replayed);
  ASSERT_TRUE(report) << report.error().detail;
  ASSERT_TRUE(report->is_clean) << "P2: " << report->faults.front();
  ASSERT_TRUE(alarms.codes.empty()) << *alarms.codes.begin();
}

}  // namespace jiyao::simulation
