// client/commands/sync.cpp - sync once, or keep meeting the hub (--watch).
#include <chrono>
#include <thread>

#include "client/back_off.h"
#include "client/commands/commands.h"
#include "client/hub_link.h"
#include "client/keeping.h"

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

Answer answer_of(Desk& desk, Replica& replica, const MetHub& met) {
  Answer answer{.json = json_object()};
  std::uint64_t pending = 0;
  for (const auto& [compartment, counts] : replica.counts()) pending += counts.pending;
  const std::uint64_t conflicts = replica.conflict_count();
  answer.text = desk.text("sync.done", {{"out", std::to_string(met.taken.size())},
                                        {"in", std::to_string(met.batches_in)},
                                        {"conflicts", std::to_string(conflicts)}});
  if (met.is_renewed) answer.text += "\n" + desk.text("sync.hub_renewed");
  if (met.refused > 0)
    answer.text += "\n" + desk.text("sync.refused", {{"count", std::to_string(met.refused)}});
  if (!met.not_taken.empty()) {
    answer.text +=
        "\n" + desk.text("sync.not_taken", {{"count", std::to_string(met.not_taken.size())}});
    answer.exit_code = ExitCode::partly;
  }
  if (met.newer > 0) {
    answer.text += "\n" + desk.text("sync.newer", {{"count", std::to_string(met.newer)}});
    answer.exit_code = ExitCode::newer;
  }
  if (const std::string epochs = waiting_for_root(desk, replica); !epochs.empty())
    answer.text += "\n" + epochs;
  answer.json->set("batches_sent", met.taken.size());
  answer.json->set("batches_received", met.batches_in);
  answer.json->set("refused", met.refused);
  answer.json->set("not_taken", met.not_taken.size());
  answer.json->set("newer", met.newer);
  answer.json->set("hub_renewed", met.is_renewed);
  answer.json->set("pending", pending);
  answer.json->set("conflicts", conflicts);
  answer.json->set("requests", met.traffic.requests);
  answer.json->set("bytes_out", met.traffic.bytes_out);
  answer.json->set("bytes_in", met.traffic.bytes_in);
  return answer;
}

struct Round {
  Answer answer;
  std::int64_t hub_wish_ms = 0;
};

Result<Round> once(Desk& desk) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto hub = hub_of(desk, **replica);
  if (!hub) return hub.error();
  const auto met = meet_hub(desk, **replica, *hub);
  if (!met) return met.error();
  return Round{answer_of(desk, **replica, *met), met->next_contact_ms};
}

/// What the next round may find gone: no link, a captive portal, somebody else at the ledger.
bool passes(Errc code) {
  return code == Errc::unavailable || code == Errc::not_a_hub || code == Errc::busy;
}

/// Keys stay, files do not: between two rounds any other command may have the replica. Ctrl-C ends
/// it at any time, as it ends every command.
Result<Answer> watch(Desk& desk, const SyncOptions& options) {
  int failures = 0;
  while (true) {
    const auto round = once(desk);
    desk.let_go();
    if (!round && !passes(round.code())) return round.error();
    failures = round ? 0 : failures + 1;
    if (round)
      desk.console().show("sync", round->answer);
    else
      desk.console().show(round.error());
    const std::int64_t rest = rest_ms(options.every_seconds * 1000, round ? round->hub_wish_ms : 0,
                                      failures, desk.env().random);
    if (!round)
      desk.console().talk(desk.text("sync.again", {{"seconds", std::to_string(rest / 1000)}}));
    std::this_thread::sleep_for(std::chrono::milliseconds(rest));
  }
}

Result<Answer> sync(Desk& desk, const SyncOptions& options) {
  if (options.watch) return watch(desk, options);
  auto round = once(desk);
  if (!round) return round.error();
  return std::move(round->answer);
}

}  // namespace

void add_sync(Menu& menu) {
  menu.add<SyncOptions>("sync", declare, sync);
}

}  // namespace jiyao
