// bench/measure_load.cpp - a thousand offices and one hub: an ordinary hour, then the morning after
// a day without it, when everybody is back at the same moment.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cmath>
#include <functional>
#include <random>
#include <thread>

#include "bench/many_offices.h"
#include "bench/must.h"
#include "bench/workloads.h"
#include "client/back_off.h"

namespace jiyao {
namespace {

/// One office for a hundred rows: a thousand at the size the goals are stated for.
constexpr std::uint64_t kRowsPerOffice = 100, kOfficesMin = 3;
constexpr std::uint64_t kChangesOfADay = 200;
constexpr double kContactEveryS = 60;
constexpr int kContactsPerOffice = 2, kContactsPerChange = 5;
constexpr std::uint64_t kOfficesOfGoal = kGoalRows / kRowsPerOffice;
constexpr std::size_t kLines = 64;  ///< meetings at once on an ordinary day; more would queue

class Dice final : public Random {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

void sleep_until_s(double when) {
  std::this_thread::sleep_for(std::chrono::duration<double>(std::max(0.0, when - now_s())));
}

double at_rank(std::vector<double>& values, double rank) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(rank * static_cast<double>(values.size() - 1))];
}

struct Watched {
  std::vector<double> took_s;
  std::atomic<std::uint64_t> refused{0}, dropped{0}, unsettled{0};
};

/// Every office looks in once a minute or so; one time in five it has something to say.
void ordinary_day(ManyOffices& realm, Watched& seen) {
  struct Visit {
    double at_s;
    std::size_t office;
  };
  const std::size_t offices = realm.offices.size();
  const double span_s =
      kContactEveryS * static_cast<double>(offices) / static_cast<double>(kOfficesOfGoal);
  Dice dice(1);
  std::vector<Visit> visits;
  for (std::size_t office = 0; office < offices; ++office)
    for (int round = 0; round < kContactsPerOffice; ++round)
      visits.push_back({span_s * (round + static_cast<double>(dice.next() % 1000) / 1000), office});
  std::sort(visits.begin(), visits.end(),
            [](const Visit& a, const Visit& b) { return a.at_s < b.at_s; });
  seen.took_s.resize(visits.size());
  std::vector<std::mutex> at_work(offices);
  std::atomic<std::size_t> next{0};
  const double begin = now_s();
  std::vector<std::thread> lines;
  for (std::size_t line = 0; line < std::min(kLines, visits.size()); ++line)
    lines.emplace_back([&] {
      for (std::size_t i = next++; i < visits.size(); i = next++) {
        const std::lock_guard lock(at_work[visits[i].office]);
        SmallOffice& office = *realm.offices[visits[i].office];
        sleep_until_s(begin + visits[i].at_s);
        if (i % kContactsPerChange == 0) office.write(1);
        const Contact contact = office.meet(realm.hub().at());
        seen.took_s[i] = now_s() - begin - visits[i].at_s;
        seen.refused += contact.refused;
        seen.dropped += contact.dropped;
        if (!contact.is_settled) ++seen.unsettled;
      }
    });
  for (std::thread& line : lines) line.join();
}

/// Everybody is back at once; who is sent away rests as `sync --watch` does and comes again.
void herd(ManyOffices& realm, Watched& seen) {
  const std::size_t offices = realm.offices.size();
  seen.took_s.resize(offices);
  std::barrier morning(static_cast<std::ptrdiff_t>(offices));
  std::vector<std::thread> all;
  for (std::size_t i = 0; i < offices; ++i)
    all.emplace_back([&, i] {
      morning.arrive_and_wait();
      const double begin = now_s();
      Dice dice(i);
      for (int failures = 0; failures < 100;) {
        const Contact contact = realm.offices[i]->meet(realm.hub().at());
        seen.refused += contact.refused;
        seen.dropped += contact.dropped;
        seen.took_s[i] = now_s() - begin;
        if (contact.is_settled) return;
        const auto rest =
            rest_ms(static_cast<std::int64_t>(1000 * kContactEveryS), 0, ++failures, dice);
        std::this_thread::sleep_for(std::chrono::milliseconds(rest));
      }
      ++seen.unsettled;
    });
  for (std::thread& each : all) each.join();
}

}  // namespace

void measure_load(const Order& order) {
  ManyOffices realm(order.folder, order.server_program,
                    std::max(kOfficesMin, order.rows / kRowsPerOffice));
  const auto row = [&](const std::string& what, const char* unit, double value,
                       const std::vector<Goal>& goals) {
    print(order.rows, {"load, " + what, unit, value}, goals);
  };
  Watched day;
  const double cpu = realm.hub().server().cost().cpu_s, begin = now_s();
  ordinary_day(realm, day);
  const double share = (realm.hub().server().cost().cpu_s - cpu) / (now_s() - begin);
  if (day.unsettled > 0) throw std::runtime_error("an ordinary meeting did not come to its end");
  row("ordinary day, meeting, p50", "ms", 1e3 * at_rank(day.took_s, 0.5), {});
  row("ordinary day, meeting, p99", "ms", 1e3 * at_rank(day.took_s, 0.99), {});
  row("ordinary day, hub's share of one core", "%", 100 * share, {});

  for (const auto& office : realm.offices) office->write(kChangesOfADay);
  Watched back;
  herd(realm, back);
  if (back.unsettled > 0) throw std::runtime_error("an office did not get in");
  const double median = at_rank(back.took_s, 0.5), slowest = at_rank(back.took_s, 1);
  row("all back at once, median office in", "s", median, {});
  row("all back at once, slowest beside median", "x", slowest / median, {at_most(3)});
  row("all back at once, all in", "s", slowest, {});
  row("hub's disk", "MB", realm.hub().disk_mb(), {});
  row("answered busy", "meetings", static_cast<double>(day.refused + back.refused), {});
  row("connections dropped without an answer", "meetings",
      static_cast<double>(day.dropped + back.dropped), {of_rows(0, at_most(0))});
  row("peak memory of the hub", "MB", realm.hub().server().cost().peak_mb,
      {of_rows(0, at_most(768))});
}

}  // namespace jiyao
