// client/commands/bundle_import.cpp - 数据包: inspect and import, any order, any number of times.
#include <set>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/contacts.h"
#include "client/directory.h"
#include "client/hub_link.h"
#include "client/invitation_file.h"
#include "client/keeping.h"
#include "client/lanes.h"
#include "client/number_asks.h"
#include "client/sent_volumes.h"
#include "sync/bundle_reader.h"

namespace jiyao {

namespace {

struct ImportOptions {
  std::vector<std::string> files;
  std::string medium;
};

void declare(CLI::App& app, ImportOptions& options, const Catalogue& words) {
  app.add_option("files", options.files, words.text("opt.bundle_files"))->required();
  app.add_option("--medium", options.medium, words.text("opt.medium"));
}

/// A machine that is just being enrolled trusts the root its invitation names.
BundleSelf self_of(Replica& replica) {
  BundleSelf self{replica.node(), replica.author().incarnation, replica.node_box(), {}, {}};
  if (replica.roster().point().seq > 0) {
    self.realm = replica.roster().realm();
    self.root = replica.roster().root_fingerprint();
    return self;
  }
  const auto note = replica.recall(kInvitationNote);
  const auto invited =
      note ? decode_invitation_file(*note) : Result<InvitationFile>(Errc::not_found);
  if (invited) {
    self.realm = invited->invitation.realm;
    self.root = invited->invitation.root_print;
  }
  return self;
}

Result<Answer> inspect(Desk& desk, const ImportOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const BundleSelf self = self_of(**replica);
  const Directory directory(**replica);
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr rows = json_array();
  for (const std::string& file : options.files) {
    auto reader = BundleReader::open(desk.env().files, file, self);
    if (!reader) return not_readable(desk, reader.code(), file);
    const auto summary = reader->inspect((*replica)->log());
    if (!summary) return Error{summary.code(), file};
    const BundleOuter& outer = reader->outer();
    answer.text += (answer.text.empty() ? "" : "\n") + file + "  " +
                   desk.text("bundle.inspected", {{"sender", directory.node(outer.sender)},
                                                  {"volume", std::to_string(outer.volume)},
                                                  {"label", level_text(desk.words(), outer.label)},
                                                  {"batches", std::to_string(summary->batches)}});
    if (summary->is_torn) answer.text += desk.text("bundle.torn");
    Poco::JSON::Object::Ptr row = json_object();
    row->set("file", file);
    row->set("set", outer.set.hex());
    row->set("volume", outer.volume);
    row->set("volumes", summary->manifest.volumes);
    row->set("sender", directory.node(outer.sender));
    row->set("label", std::string(name_of(outer.label)));
    row->set("highest", std::string(name_of(summary->manifest.highest)));
    row->set("batches", summary->batches);
    row->set("torn", summary->is_torn);
    rows->add(row);
  }
  answer.json->set("bundles", rows);
  return answer;
}

struct Taken {
  std::string text;
  ExitCode exit_code = ExitCode::done;
  std::string outcome;
};

/// One volume, against what this machine had of its set.
struct Import {
  std::string file;
  BundleTaken taken;
  std::set<std::uint32_t> volumes;  ///< of the set that were here before
  bool closed_sets = false;         ///< of ours: the sender has taken them in

  std::size_t batches() const { return taken.heard.batches_new + taken.heard.batches_waiting; }
  bool was_here() const { return volumes.contains(taken.fact.volume); }
  bool is_set_here() const { return volumes.size() + (was_here() ? 0 : 1) >= taken.fact.volumes; }
};

std::set<std::uint32_t> volumes_here(const Replica& replica, const BundleOuter& outer) {
  std::set<std::uint32_t> volumes;
  for (const HandOver& fact : replica.hand_overs())
    if (fact.set == outer.set && fact.direction == Direction::in &&
        fact.outcome != HandOverOutcome::refused)
      volumes.insert(fact.volume);
  return volumes;
}

Taken in_part(Desk& desk, const Import& import) {
  if (import.taken.need_roster == 0)
    return {desk.text("bundle.partly", {{"file", import.file}}), ExitCode::partly, "partly"};
  if (!import.is_set_here())
    return {desk.text("bundle.waits", {{"file", import.file}}), ExitCode::partly, "waits"};
  return {desk.text("bundle.roster_old",
                    {{"file", import.file}, {"count", std::to_string(import.taken.need_roster)}}),
          ExitCode::partly, "roster_old"};
}

Taken taken_text(Desk& desk, const Import& import) {
  const BundleTaken& taken = import.taken;
  if (taken.fact.outcome == HandOverOutcome::partly) return in_part(desk, import);
  const bool is_news = taken.fact.outcome == HandOverOutcome::taken_in;
  const bool is_receipt = import.closed_sets || taken.heard.receipts > 0;
  if (is_news && is_receipt && import.batches() == 0)
    return {desk.text("bundle.receipts", {{"file", import.file}}), ExitCode::done, "taken_in"};
  if (is_news)
    return {desk.text("bundle.imported", {{"file", import.file},
                                          {"new", std::to_string(import.batches())},
                                          {"held", std::to_string(taken.heard.batches_held)}}),
            ExitCode::done, "taken_in"};
  if (import.was_here())
    return {desk.text("bundle.repeated", {{"file", import.file}}), ExitCode::done, "repeated"};
  return {desk.text("bundle.nothing_new", {{"file", import.file}}), ExitCode::done, "nothing_new"};
}

Result<void> put_fact(Desk& desk, Replica& replica, HandOver fact, const std::string& medium) {
  fact.at_ms = desk.env().clock.wall_ms();
  fact.person = replica.person().user;
  fact.medium = medium;
  return replica.put(fact);
}

Result<Taken> take_in(Desk& desk, Replica& replica, const std::string& file,
                      const std::string& medium) {
  const BundleSelf self = self_of(replica);
  auto reader = BundleReader::open(desk.env().files, file, self);
  if (!reader) return not_readable(desk, reader.code(), file);
  TrustGate gate(replica, self.root);
  const NodeId& sender = reader->outer().sender;
  const std::size_t open = lane_with(replica, sender).open_sets().size();
  const auto summary = reader->inspect(replica.log());
  auto taken =
      summary ? reader->import(replica.log(), &gate) : Result<BundleTaken>(summary.error());
  if (!taken) {
    const auto kept = put_fact(desk, replica, reader->refused(taken.error()), medium);
    if (!kept) return kept.error();
    return Error{taken.code(), file};
  }
  Import import{file, *std::move(taken), volumes_here(replica, reader->outer())};
  LaneBook book = lane_with(replica, sender);
  HandOver& fact = import.taken.fact;
  if (fact.outcome != HandOverOutcome::partly)
    book.took_in(reader->outer(), summary->manifest, import.taken.view);
  import.closed_sets = book.open_sets().size() < open;
  if (fact.outcome == HandOverOutcome::repeated && import.closed_sets)
    fact.outcome = HandOverOutcome::taken_in;
  if (const auto kept = put_fact(desk, replica, fact, medium); !kept) return kept.error();
  if (fact.outcome != HandOverOutcome::partly) keep_lane(replica, book);
  return taken_text(desk, import);
}

/// Changes that cannot be shown: no key is here for them, or nobody cleared for them.
struct Waiting {
  std::uint64_t key = 0, login = 0;
};

Waiting waiting_in(const Replica& replica) {
  Waiting changes;
  for (const auto& [compartment, counts] : replica.counts()) {
    changes.key += counts.pending_key;
    changes.login += counts.pending_login;
  }
  return changes;
}

/// Damage before what is not ours to have, that before all else.
int gravity(ExitCode code) {
  return code == ExitCode::integrity ? 2 : code == ExitCode::not_allowed ? 1 : 0;
}

/// Opens what came, and says how much of it waits for a key or for somebody else.
Result<void> settle(Desk& desk, Replica& replica, const Waiting& before, Answer& answer) {
  if (replica.roster().node(replica.node()) != nullptr) {
    if (const auto kept = keep(replica); !kept) return kept.error();
    if (const auto settled = settle_numbers(desk, replica); !settled) return settled.error();
  }
  const Waiting now = waiting_in(replica);
  const auto tell = [&](const char* name, std::uint64_t waits, std::uint64_t waited) {
    const std::uint64_t more = waits > waited ? waits - waited : 0;
    if (more > 0)
      answer.text +=
          "\n" + desk.text(std::string("bundle.") + name, {{"count", std::to_string(more)}});
    return more;
  };
  answer.json->set("waiting_for_key", tell("wait_for_key", now.key, before.key));
  answer.json->set("waiting_for_login", tell("wait_for_login", now.login, before.login));
  return {};
}

/// Every file on its own: a refused one does not keep the others out. The worst outcome is told.
Result<Answer> import_bundles(Desk& desk, const ImportOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  Arrivals arrivals(**replica);
  const Waiting before = waiting_in(**replica);
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr rows = json_array();
  std::optional<Error> refused;
  for (const std::string& file : options.files) {
    const auto taken = take_in(desk, **replica, file, options.medium);
    Poco::JSON::Object::Ptr row = json_object();
    row->set("file", file);
    std::string line;
    if (taken) {
      line = taken->text;
      row->set("outcome", taken->outcome);
      if (taken->exit_code != ExitCode::done) answer.exit_code = taken->exit_code;
    } else {
      if (options.files.size() == 1) return taken.error();
      const int weight = gravity(exit_code_of(taken.code()));
      if (!refused || weight > gravity(exit_code_of(refused->code))) refused = taken.error();
      line = desk.text(
          "bundle.refused",
          {{"file", file}, {"why", desk.text("error." + std::string(name_of(taken.code())))}});
      row->set("outcome", "refused");
      row->set("code", std::string(name_of(taken.code())));
    }
    answer.text += (answer.text.empty() ? "" : "\n") + line;
    rows->add(row);
  }
  if (const auto settled = settle(desk, **replica, before, answer); !settled)
    return settled.error();
  arrivals.note(desk.env().clock.wall_ms());
  SentVolumes(desk, **replica).prune();
  if (const std::string waiting = waiting_for_root(desk, **replica); !waiting.empty())
    answer.text += "\n" + waiting;
  answer.json->set("bundles", rows);
  if (refused) answer.exit_code = exit_code_of(refused->code);
  return answer;
}

}  // namespace

void add_bundle_import(Menu& menu) {
  menu.add<ImportOptions>("bundle inspect", declare, inspect);
  menu.add<ImportOptions>("bundle import", declare, import_bundles);
}

}  // namespace jiyao
