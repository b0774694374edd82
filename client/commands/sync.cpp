// client/commands/sync.cpp - sync once, or keep meeting the hub (--watch).
#include <algorithm>
#include <chrono>
#include <thread>

#include "client/commands/commands.h"
#include "client/hub_link.h"

namespace jiyao {

namespace {

struct SyncOptions {
  bool watch = false;
  std::int64_t every_seconds = 60;
};

void declare(CLI::App& app, SyncOptions& options, const Catalogue& words) {
  app.add_flag("--watch", options.watch, words.text("opt.watch"));
  app.add_option("--every", options.every_seconds, words.text("opt.every"))
      ->check(CLI::Range(1, 86400));
}

Answer answer_of(Desk& desk, const Replica& replica, const MetHub& met) {
  Answer answer{.json = json_object()};
  std::uint64_t pending = 0;
  for (const auto& [compartment, counts] : replica.counts()) pending += counts.pending;
  const std::size_t conflicts = replica.conflicts(1000).size();
  answer.text = desk.text("sync.done", {{"out", std::to_string(met.batches_out)},
                                        {"in", std::to_string(met.batches_in)},
                                        {"conflicts", std::to_string(conflicts)}});
  if (met.refused > 0)
    answer.text += "\n" + desk.text("sync.refused", {{"count", std::to_string(met.refused)}});
  answer.json->set("batches_sealed", met.batches_out);
  answer.json->set("batches_received", met.batches_in);
  answer.json->set("refused", met.refused);
  answer.json->set("pending", pending);
  answer.json->set("conflicts", conflicts);
  answer.json->set("requests", met.traffic.requests);
  answer.json->set("bytes_out", met.traffic.bytes_out);
  answer.json->set("bytes_in", met.traffic.bytes_in);
  return answer;
}

Result<Answer> once(Desk& desk) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto hub = hub_of(desk, **replica);
  if (!hub) return hub.error();
  const auto met = meet_hub(desk, **replica, *hub);
  if (!met) return met.error();
  return answer_of(desk, **replica, *met);
}

/// Keys stay, files do not: between two rounds any other command may have the replica. The pause
/// doubles after a failure, up to 15 minutes, with some chance in it.
Result<Answer> watch(Desk& desk, const SyncOptions& options) {
  std::int64_t pause_ms = options.every_seconds * 1000;
  while (true) {
    const auto round = once(desk);
    desk.close_replica();
    if (round) {
      desk.console().show("sync", *round);
      pause_ms = options.every_seconds * 1000;
    } else {
      const Errc code = round.code();
      const bool passes =
          code == Errc::unavailable || code == Errc::not_a_hub || code == Errc::busy;
      if (!passes) return round;
      desk.console().show(round.error());
      pause_ms = std::min<std::int64_t>(pause_ms * 2, 15 * 60 * 1000);
    }
    const auto jitter = static_cast<std::int64_t>(desk.env().random.next() % 1000);
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms + jitter));
  }
}

Result<Answer> sync(Desk& desk, const SyncOptions& options) {
  return options.watch ? watch(desk, options) : once(desk);
}

}  // namespace

void add_sync(Menu& menu) {
  menu.add<SyncOptions>("sync", declare, sync);
}

}  // namespace jiyao
