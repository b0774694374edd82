// bench/two_offices.cpp - see two_offices.h.
#include "bench/two_offices.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "bench/plain.h"
#include "bench/register.h"

namespace jiyao {

namespace {

/// As `sync --watch` begins again when there was no link at all.
constexpr int kTries = 10;
constexpr std::size_t kFrameRoom = 256 * 1024;

}  // namespace

void import_rows(const BenchRealm& realm, std::uint64_t rows) {
  in_own_process([&] {
    Office office(realm, realm.a);
    office.open_series(rows);
    for (std::uint64_t from = 0; from < rows; from += kRowsPerCommit)
      for (const auto& done : office.replica().record_many(
               acts_of_rows(realm.place, from, std::min(from + kRowsPerCommit, rows))))
        must(done, "record");
    return Done{};
  });
}

void change_rows(const BenchRealm& realm, const Machine& machine, std::uint64_t count,
                 std::uint64_t hand) {
  in_own_process([&] {
    Office office(realm, machine);
    Query query;
    query.ledger = "incoming";
    query.limit = count;
    std::vector<Act> acts;
    for (const View& view : office.replica().search(query).rows) {
      if (acts.empty() || acts.back().steps.size() == 200) acts.push_back({realm.place, {}});
      Step step;
      step.kind = ChangeKind::amend;
      step.record = view.record;
      step.writes = row_change(hand * count + acts.size() * 200 + acts.back().steps.size());
      acts.back().steps.push_back(std::move(step));
    }
    for (const auto& done : office.replica().record_many(acts)) must(done, "amend");
    return Done{};
  });
}

Done meet(const BenchRealm& realm, const Machine& machine, const HubAt& hub) {
  return in_own_process([&] {
    Office office(realm, machine);
    const double begin = now_s(), cpu = cpu_now_s();
    auto held = meet_hub(office.desk(), office.replica(), hub);
    for (int i = 0; i < kTries && !held && held.code() == Errc::unavailable; ++i) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      held = meet_hub(office.desk(), office.replica(), hub);
    }
    const MetHub met = must(std::move(held), "meet");
    return Done{{},
                {{"s", now_s() - begin},
                 {"cpu_s", cpu_now_s() - cpu},
                 {"requests", static_cast<double>(met.traffic.requests)},
                 {"bytes_out", static_cast<double>(met.traffic.bytes_out)},
                 {"bytes_in", static_cast<double>(met.traffic.bytes_in)}},
                {}};
  });
}

Done shown(const BenchRealm& realm, const Machine& machine) {
  return in_own_process([&] {
    Office office(realm, machine);
    const std::size_t conflicts = office.replica().conflicts(100'000).size();
    return Done{office.digest(), {{"conflicts", static_cast<double>(conflicts)}}, {}};
  });
}

Done idle_meetings(const BenchRealm& realm, const Machine& machine, const HubAt& hub, int count) {
  return in_own_process([&] {
    Office office(realm, machine);
    HttpTransport transport(must(HubAddress::from(hub.address, hub.certificate), "address"), {});
    HubCaller caller(office.replica(), hub.hub, transport);
    Bytes hint;
    std::vector<double> times;
    Traffic before;
    for (int i = 0; i <= count; ++i) {
      if (i == 1) before = transport.traffic(), times.clear();  // the first one connects
      const double begin = now_s();
      Parley parley;
      parley.route = {RouteKind::network, hub.ceiling};
      parley.self = office.replica().node();
      parley.incarnation = office.replica().author().incarnation;
      Exchange talk(office.replica().log(), parley, &office.replica());
      talk.recall(hint);
      const Bytes answer = must(caller.ask("/exchange", talk.say(kFrameRoom)), "no-op");
      if (!must(talk.hear(answer), "no-op").is_settled)
        throw std::runtime_error("something was left to say");
      hint = talk.hint();
      times.push_back(now_s() - begin);
    }
    std::nth_element(times.begin(), times.begin() + count / 2, times.end());
    const Traffic after = transport.traffic();
    return Done{{},
                {{"s", times[static_cast<std::size_t>(count) / 2]},
                 {"bytes_out", static_cast<double>(after.bytes_out - before.bytes_out) / count},
                 {"bytes_in", static_cast<double>(after.bytes_in - before.bytes_in) / count},
                 {"requests", static_cast<double>(after.requests - before.requests) / count}},
                {}};
  });
}

Pair meet_both(const BenchRealm& realm, const HubAt& at) {
  const double hub = realm.hub().cost().cpu_s;
  Pair pair{meet(realm, realm.a, at), meet(realm, realm.b, at)};
  pair.cpu_s = pair.up.cost.cpu_s + pair.down.cost.cpu_s + realm.hub().cost().cpu_s - hub;
  const std::string a = shown(realm, realm.a).said, b = shown(realm, realm.b).said;
  if (a != b) throw std::runtime_error("A and B show different registers: " + a + " and " + b);
  return pair;
}

Pair meet_both(const BenchRealm& realm) {
  return meet_both(realm, realm.hub_at());
}

Pair floor_both(const Floor& floor, const Path& folder, std::uint64_t from_row) {
  const double hub = floor.hub().cost().cpu_s;
  Pair pair{floor.push(folder + "/floor-a.db", from_row), floor.pull(folder + "/floor-b.db")};
  pair.cpu_s = pair.up.cost.cpu_s + pair.down.cost.cpu_s + floor.hub().cost().cpu_s - hub;
  if (digest_of_plain(folder + "/floor-a.db") != digest_of_plain(folder + "/floor-b.db"))
    throw std::runtime_error("the floor lost rows");
  return pair;
}

std::string digest_of_plain(const Path& path) {
  return in_own_process([&] { return Done{PlainRegister(path).digest(), {}, {}}; }).said;
}

void fill_floor(const Path& path, std::uint64_t rows) {
  in_own_process([&] {
    PlainRegister plain(path);
    for (std::uint64_t from = 0; from < rows; from += kRowsPerCommit) {
      std::vector<PlainRow> some;
      for (std::uint64_t n = from; n < std::min(from + kRowsPerCommit, rows); ++n)
        some.push_back({time_ordered_id<RecordId>(static_cast<std::int64_t>(n)), register_row(n)});
      plain.put(some);
    }
    return Done{};
  });
}

}  // namespace jiyao
