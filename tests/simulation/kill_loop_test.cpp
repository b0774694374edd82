// tests/simulation/kill_loop_test.cpp - a real process on a real disk, killed again and again.
//
// Goal: P1 and P2 under kill -9. Method: a child records and seals as fast as it can and says each
// change once record() has returned; SIGKILL after 0 to 40 ms of that; then the replica opens,
// every change it said is there, and now and then all of it is verified. JIYAO_KILLS: 300 usually.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

#include "schema/real_files.h"
#include "simulation/clerk.h"
#include "simulation/station.h"
#include "sync/keeper.h"
#include "sync/log_file.h"
#include "unit/schema/database_fixture.h"

namespace jiyao::simulation {
namespace {

struct Said {
  ChangeId change;
  RecordId record;
};

class Machine {
 public:
  Machine() : settlement_(1), engine_(std::random_device{}(), "engine") {
    for (const char* name : {"/replica", "/state"}) files_.make_folder(folder_.path() + name);
    const auto replica = open();
    auto& log = dynamic_cast<LogFile&>(replica->log());
    for (const EpochDraft& draft : settlement_.drafts(kR))
      log.keep_epoch_draft(draft.record.key, draft.sealed);
    for (const Bytes& record : settlement_.records()) must(bool(log.extend_roster(record)));
    const Identity& self = settlement_.at(kR);
    must(bool(issue_grants(log, {self.node, *self.sign, *self.box})));
  }
  std::unique_ptr<Replica> open() {
    auto opened = Replica::open(env_, folder_.path() + "/replica", folder_.path() + "/state",
                                settlement_.unlocked(kR, 0));
    if (!opened) throw std::runtime_error("does not open: " + opened.error().detail);
    while (true) {
      const auto caught = (*opened)->catch_up(64);
      if (!caught) throw std::runtime_error("does not catch up: " + caught.error().detail);
      if (caught->is_complete) break;
    }
    return std::move(*opened);
  }
  /// In the child: until it is killed.
  [[noreturn]] void work(int out, std::uint64_t seed) {
    const auto replica = open();
    Chance chance(seed, "clerk");
    Clerk clerk(*replica, chance);
    std::vector<RecordId> records;
    must(::write(out, "!", 1) == 1);
    for (int n = 0;; ++n) {
      std::optional<Act> act;
      if (!records.empty() && chance.percent(50)) {
        const auto view = replica->view(chance.pick(records));
        if (view && !view->is_hidden) act = clerk.work_on(*view);
      }
      if (!act) act = clerk.create(settlement_.directory());
      const auto recorded = replica->record(*act);
      if (n % 7 == 6) must(bool(replica->seal_pending()));
      if (!recorded) continue;
      records.push_back(recorded->records.front());
      for (std::size_t i = 0; i < recorded->changes.size(); ++i) {
        const Said said{recorded->changes[i], recorded->records[i]};
        must(::write(out, &said, sizeof said) == sizeof said);
      }
    }
  }

 private:
  static void must(bool holds) {
    if (!holds) throw std::runtime_error("the machine could not be set up");
  }

  TemporaryFolder folder_;
  Settlement settlement_;
  Chance engine_;
  WorldClock clock_;
  AlarmBook alarms_;
  RealFiles files_;
  Env env_{clock_, engine_, files_, alarms_};
};

/// What a child said until it was killed in the midst of its work.
std::vector<Said> killed_at_work(Machine& machine, std::mt19937_64& draw) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("pipe");
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    try {
      machine.work(ends[1], draw());
    } catch (const std::exception&) {
      _exit(1);
    }
  }
  close(ends[1]);
  char is_open = 0;
  EXPECT_EQ(::read(ends[0], &is_open, 1), 1) << "the child did not open its replica";
  usleep(static_cast<useconds_t>(draw() % 40'000));
  kill(child, SIGKILL);
  std::vector<Said> said;
  for (Said one; ::read(ends[0], &one, sizeof one) == sizeof one;) said.push_back(one);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
  return said;
}

void expect_there(const Replica& replica, const std::vector<Said>& said) {
  for (const Said& one : said) {
    const auto history = replica.history(one.record);
    ASSERT_TRUE(std::any_of(history.begin(), history.end(),
                            [&](const HistoryEntry& entry) { return entry.id == one.change; }))
        << "P1: " << one.change.hex() << " was acknowledged and is gone";
  }
}

TEST(KillLoop, WhatWasAcknowledgedOutlivesEveryKill) {
  const char* set = std::getenv("JIYAO_KILLS");
  const int kills = set == nullptr ? 300 : std::atoi(set);
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 draw(seed);
  Machine machine;
  std::vector<Said> all;
  for (int n = 1; n <= kills && !HasFailure(); ++n) {
    SCOPED_TRACE("kill " + std::to_string(n));
    const std::vector<Said> said = killed_at_work(machine, draw);
    all.insert(all.end(), said.begin(), said.end());
    const auto replica = machine.open();
    expect_there(*replica, said);
    if (n % 50 != 0 && n != kills) continue;
    expect_there(*replica, all);
    const auto report = replica->verify(true);
    ASSERT_TRUE(report) << report.error().detail;
    ASSERT_TRUE(report->is_clean) << report->faults.front();
  }
  std::printf("%d kills, %zu changes acknowledged\n", kills, all.size());
  EXPECT_GT(all.size(), static_cast<std::size_t>(kills)) << "the blows come before any work";
}

}  // namespace
}  // namespace jiyao::simulation
