// client/commands/bundle_import.cpp - 数据包: inspect and import, any order, any number of times.
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

Taken taken_text(Desk& desk, const std::string& file, const BundleTaken& taken) {
  if (taken.needs_other_volume)
    return {desk.text("bundle.waits", {{"file", file}}), ExitCode::partly, "waits"};
  if (taken.is_torn)
    return {desk.text("bundle.partly", {{"file", file}}), ExitCode::partly, "partly"};
  if (taken.fact.outcome == HandOverOutcome::repeated)
    return {desk.text("bundle.repeated", {{"file", file}}), ExitCode::done, "repeated"};
  return {desk.text("bundle.imported", {{"file", file},
                                        {"new", std::to_string(taken.heard.batches_new)},
                                        {"held", std::to_string(taken.heard.batches_held)}}),
          ExitCode::done, "taken_in"};
}

Result<Taken> take_in(Desk& desk, Replica& replica, const std::string& file,
                      const std::string& medium) {
  const BundleSelf self = self_of(replica);
  auto reader = BundleReader::open(desk.env().files, file, self);
  if (!reader) return not_readable(desk, reader.code(), file);
  TrustGate gate(replica, self.root);
  const auto summary = reader->inspect(replica.log());
  auto taken =
      summary ? reader->import(replica.log(), &gate) : Result<BundleTaken>(summary.error());
  if (!taken) {
    HandOver fact = reader->refused(taken.error());
    fact.at_ms = desk.env().clock.wall_ms();
    fact.person = replica.person().user;
    fact.medium = medium;
    if (const auto kept = replica.put(fact); !kept) return kept.error();
    return Error{taken.code(), file};
  }
  HandOver fact = taken->fact;
  fact.at_ms = desk.env().clock.wall_ms();
  fact.person = replica.person().user;
  fact.medium = medium;
  if (const auto kept = replica.put(fact); !kept) return kept.error();
  if (!taken->is_torn && !taken->needs_other_volume) {
    LaneBook book = lane_with(replica, reader->outer().sender);
    book.took_in(reader->outer(), summary->manifest, taken->view);
    keep_lane(replica, book);
  }
  return taken_text(desk, file, *taken);
}

/// Every file on its own: a refused one does not keep the others out. The worst outcome is told.
Result<Answer> import_bundles(Desk& desk, const ImportOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  Arrivals arrivals(**replica);
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
      refused = taken.error();
      line = desk.text(
          "bundle.refused",
          {{"file", file}, {"why", desk.text("error." + std::string(name_of(taken.code())))}});
      row->set("outcome", "refused");
      row->set("code", std::string(name_of(taken.code())));
    }
    answer.text += (answer.text.empty() ? "" : "\n") + line;
    rows->add(row);
  }
  if ((*replica)->roster().node((*replica)->node()) != nullptr) {
    if (const auto kept = keep(**replica); !kept) return kept.error();
    if (const auto settled = settle_numbers(desk, **replica); !settled) return settled.error();
  }
  arrivals.note(desk.env().clock.wall_ms());
  SentVolumes(desk, **replica).prune();
  if (const std::string waiting = waiting_epochs(desk, **replica); !waiting.empty())
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
