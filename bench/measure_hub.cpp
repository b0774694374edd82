// bench/measure_hub.cpp - fifty offices push to one hub at once, against an append-only file behind
// the same listener.
#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

#include "bench/register.h"
#include "bench/two_offices.h"
#include "bench/workloads.h"
#include "crypto/random.h"
#include "schema/frames.h"
#include "schema/request_auth.h"
#include "sync/seal.h"

namespace jiyao {
namespace {

/// A batch is what a clerk's office has to say a few times an hour.
constexpr std::uint64_t kOffices = 50, kChangesPerBatch = 10, kRowsMax = 20'000;

/// One office's batches, one request each; an incarnation of its own is all that a hub sees of it.
std::vector<Bytes> requests_of(const BenchRealm& realm, std::uint64_t from, std::uint64_t to) {
  const auto incarnation = random_block<IncarnationId>();
  std::vector<Bytes> requests;
  BatchCore core;
  core.realm = realm.realm();
  core.node = realm.a.node;
  core.incarnation = incarnation;
  core.compartment = realm.place;
  core.roster = realm.roster().point();
  for (std::uint64_t first = from; first < to; first += kChangesPerBatch) {
    std::vector<Change> changes;
    for (std::uint64_t n = first; n < std::min(first + kChangesPerBatch, to); ++n) {
      Change change;
      change.realm = core.realm;
      change.compartment = core.compartment;
      change.origin = {core.node, incarnation, n + 1};
      change.act = time_ordered_id<ActId>(static_cast<std::int64_t>(n));
      change.record = time_ordered_id<RecordId>(static_cast<std::int64_t>(n));
      change.ledger = "incoming";
      change.writes = register_row(n);
      change.actor = realm.a.person;
      changes.push_back(std::move(change));
    }
    ++core.seq;
    const SealedBatch batch =
        must(seal_batch({*realm.a.sign, core, *realm.roster().epoch(core.compartment), changes}),
             "seal");
    core.prev = batch.id();
    Bytes message;
    put_frame(message, FrameType::batch, batch.bytes());
    put_frame(message, FrameType::end, {});
    const RequestAuth who{realm.hub_at().hub, core.node, incarnation, core.seq, {}};
    requests.push_back(signed_request(who, *realm.a.sign, message));
  }
  return requests;
}

/// A batch that a hub does not keep is named in its answer.
bool is_kept(ByteView answer) {
  FrameReader reader(answer);
  while (!reader.at_end()) {
    const Result<Frame> frame = reader.next();
    if (!frame || frame->type == FrameType::refused) return false;
  }
  return true;
}

/// All offices at once, each over a connection of its own.   figures: s, p99_s
Done push_all(const std::vector<std::vector<Bytes>>& offices, const HubAddress& address,
              const std::function<bool(ByteView)>& is_taken) {
  return in_own_process([&] {
    std::atomic<int> failures{0};
    std::vector<std::vector<double>> waits(offices.size());
    std::vector<std::thread> threads;
    const double begin = now_s();
    for (std::size_t i = 0; i < offices.size(); ++i)
      threads.emplace_back([&, i] {
        HttpTransport transport(address, {});
        for (const Bytes& request : offices[i]) {
          const double asked = now_s();
          const auto answer = transport.post("/exchange", request);
          // The first one waits for its connection.
          if (&request != &offices[i].front() || offices[i].size() == 1)
            waits[i].push_back(now_s() - asked);
          if (!answer || !is_taken(answer->body)) ++failures;
        }
      });
    for (std::thread& thread : threads) thread.join();
    const double s = now_s() - begin;
    if (failures > 0) throw std::runtime_error("pushes failed");
    std::vector<double> all;
    for (const std::vector<double>& some : waits) all.insert(all.end(), some.begin(), some.end());
    const std::size_t at = (all.size() - 1) * 99 / 100;
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at), all.end());
    return Done{{}, {{"s", s}, {"p99_s", all[at]}}, {}};
  });
}

}  // namespace

void measure_hub(const Order& order) {
  const BenchRealm realm(order.folder, order.server_program);
  const Floor floor(order.folder);
  const std::uint64_t rows = std::min(kRowsMax, order.rows);
  std::vector<std::vector<Bytes>> offices, opaque;
  std::size_t batches = 0;
  for (std::uint64_t i = 0; i < kOffices; ++i) {
    offices.push_back(requests_of(realm, rows * i / kOffices, rows * (i + 1) / kOffices));
    batches += offices.back().size();
    opaque.emplace_back();
    for (const Bytes& request : offices.back()) opaque.back().push_back(Floor::push_of(request));
  }
  const HubAt at = realm.hub_at();
  const double cpu = realm.hub().cost().cpu_s;
  const Done ours =
      push_all(offices, must(HubAddress::from(at.address, at.certificate), "hub"), is_kept);
  const double cpu_s = realm.hub().cost().cpu_s - cpu, floor_cpu = floor.hub().cost().cpu_s;
  const Done least = push_all(opaque, floor.address(), [](ByteView) { return true; });
  const double least_cpu_s = floor.hub().cost().cpu_s - floor_cpu;
  const auto changes = static_cast<double>(rows), count = static_cast<double>(batches);
  const auto row = [&](const char* what, const char* unit, double value, double other,
                       const std::vector<Goal>& goals) {
    const std::string name = std::string("hub, 50 offices at once") + what;
    print(rows, {name, unit, value, "append-only file", other}, goals);
  };
  row("", "changes/s", changes / ours.figures.at("s"), changes / least.figures.at("s"),
      {of_rows(kRowsMax, at_least(2000))});
  row(", p99 of a push", "ms", ours.figures.at("p99_s") * 1e3, least.figures.at("p99_s") * 1e3,
      {of_rows(kRowsMax, at_most(150))});
  row(", CPU of the hub", "us/batch", cpu_s * 1e6 / count, least_cpu_s * 1e6 / count, {});
  row(", peak memory", "MB", realm.hub().cost().peak_mb, floor.hub().cost().peak_mb,
      {of_rows(0, at_most(48))});
}

}  // namespace jiyao
