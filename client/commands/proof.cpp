// client/commands/proof.cpp - status (one line, always true) and verify (the sum and every page).
#include <algorithm>

#include "client/commands/commands.h"
#include "client/contacts.h"
#include "client/directory.h"
#include "client/findings.h"
#include "client/keeping.h"
#include "client/lanes.h"
#include "schema/dates.h"

namespace jiyao {

namespace {

struct ProofOptions {
  bool is_full = false;
  int overdue_days = 7;
};

void declare_status(CLI::App& app, ProofOptions& options, const Catalogue& words) {
  app.add_option("--overdue-days", options.overdue_days, words.text("opt.overdue"))
      ->check(CLI::Range(1, 365));
}

void declare_verify(CLI::App& app, ProofOptions& options, const Catalogue& words) {
  app.add_flag("--full", options.is_full, words.text("opt.full"));
}

Poco::JSON::Object::Ptr json_of(const Counts& counts) {
  Poco::JSON::Object::Ptr one = json_object();
  one->set("known", counts.known);
  one->set("applied", counts.applied);
  one->set("pending", counts.pending);
  one->set("quarantined", counts.quarantined);
  one->set("purged", counts.purged);
  return one;
}

std::string contacts_text(Desk& desk, const Replica& replica, const Directory& directory,
                          int overdue_days, Poco::JSON::Array& rows) {
  const std::int64_t now = desk.env().clock.wall_ms();
  const auto heard = last_heard(replica);
  Table table({desk.text("office.office"), desk.text("office.node"), desk.text("status.contact"),
               desk.text("status.overdue")});
  const Roster roster = replica.roster();
  for (const NodeId& id : roster.nodes()) {
    if (id == replica.node() || roster.node(id)->is_revoked) continue;
    const auto found = heard.find(id);
    const std::int64_t at = found == heard.end() ? 0 : found->second;
    const bool is_overdue = at == 0 || (now - at) / 86'400'000 > overdue_days;
    const OfficeId office = roster.node(id)->record.office;
    table.add({directory.office(office), directory.node(id),
               at == 0 ? desk.text("status.never") : time_text(at),
               is_overdue ? desk.text("status.yes") : std::string("–")});
    Poco::JSON::Object::Ptr row = json_object();
    row->set("office", directory.office(office));
    row->set("node", directory.node(id));
    row->set("last_contact", at == 0 ? std::string() : rfc3339_at(at));
    row->set("overdue", is_overdue);
    rows.add(row);
  }
  return table.is_empty() ? std::string() : table.text(desk.console().columns());
}

/// The machine an alarm is about, as the log noted it: the first of the roster it names.
std::string machine_of(const Incident& incident, const Directory& directory, const Roster& roster) {
  for (const NodeId& node : roster.nodes())
    if (incident.detail.find(node.hex()) != std::string::npos) return directory.node(node);
  return {};
}

/// What a person should look at: findings, and what the log has been alarmed by.
std::string attention(Desk& desk, Replica& replica, Poco::JSON::Object& json) {
  std::string text;
  const std::size_t findings = findings_across(replica).size();
  if (findings > 0)
    text += "\n" + desk.text("status.findings", {{"count", std::to_string(findings)}});
  Poco::JSON::Array::Ptr rows = json_array();
  const Directory directory(replica);
  for (const Incident& incident : log_file(replica).incidents()) {
    const std::string machine = machine_of(incident, directory, replica.roster());
    std::string what = desk.text("alarm." + incident.code);
    if (!machine.empty()) what = desk.text("alarm.whose", {{"what", what}, {"machine", machine}});
    text += "\n" + time_text(incident.seen_ms) + "  " + what;
    Poco::JSON::Object::Ptr row = json_object();
    row->set("code", incident.code);
    row->set("text", what);
    row->set("detail", incident.detail);
    row->set("machine", machine);
    row->set("at", stamp_at(incident.seen_ms));
    rows->add(row);
  }
  json.set("findings", findings);
  json.set("incidents", rows);
  return text;
}

Result<Answer> status(Desk& desk, const ProofOptions& options) {
  const auto opened = desk.replica();
  if (!opened) return opened.error();
  Replica& replica = **opened;
  const Directory directory(replica);
  Counts sum;
  Poco::JSON::Array::Ptr compartments = json_array();
  for (const auto& [id, counts] : replica.counts()) {
    sum.known += counts.known;
    sum.applied += counts.applied;
    sum.pending += counts.pending;
    sum.quarantined += counts.quarantined;
    sum.purged += counts.purged;
    Poco::JSON::Object::Ptr one = json_of(counts);
    one->set("compartment", directory.compartment(desk.words(), id));
    compartments->add(one);
  }
  const std::int64_t last = noted_number(replica, "sync.last_ms");
  const std::uint64_t conflicts = replica.conflict_count();
  const std::uint64_t waiting = replica.undelivered();
  std::size_t open_media = 0;  // sets of which nothing came back
  for (const NodeId& peer : replica.roster().nodes())
    open_media += lane_with(replica, peer).open_sets().size();
  Answer answer{.json = json_object()};
  answer.text =
      desk.text("status.line", {{"last", last == 0 ? desk.text("status.never") : time_text(last)},
                                {"waiting", std::to_string(waiting)},
                                {"conflicts", std::to_string(conflicts)},
                                {"media", std::to_string(open_media)}});
  answer.text += "\n" + desk.text("status.sum", {{"known", std::to_string(sum.known)},
                                                 {"applied", std::to_string(sum.applied)},
                                                 {"pending", std::to_string(sum.pending)},
                                                 {"quarantined", std::to_string(sum.quarantined)},
                                                 {"purged", std::to_string(sum.purged)}});
  answer.text += attention(desk, replica, *answer.json);
  if (const std::string epochs = waiting_for_root(desk, replica); !epochs.empty())
    answer.text += "\n" + epochs;
  const NodeEntry* self = replica.roster().node(replica.node());
  Poco::JSON::Array::Ptr contacts = json_array();
  if (self != nullptr && self->record.is_archive) {
    const std::string table =
        contacts_text(desk, replica, directory, options.overdue_days, *contacts);
    if (!table.empty()) answer.text += "\n" + table;
  }
  answer.json->set("last_sync", last == 0 ? std::string() : rfc3339_at(last));
  answer.json->set("undelivered", waiting);
  answer.json->set("conflicts", conflicts);
  answer.json->set("open_media", open_media);
  answer.json->set("counts", json_of(sum));
  answer.json->set("compartments", compartments);
  answer.json->set("contacts", contacts);
  answer.json->set("incarnation", replica.author().incarnation.hex());
  answer.json->set("roster", replica.roster().point().seq);
  return answer;
}

/// The last words, and the levels whose files nobody looked into: what is closed did not pass.
std::string verdict(Desk& desk, const VerifyReport& report, Poco::JSON::Object& json) {
  Poco::JSON::Array::Ptr levels = json_array();
  std::string names;
  for (const Level level : report.unverified) {
    levels->add(std::string(name_of(level)));
    names += (names.empty() ? "" : desk.text("verify.and")) + level_text(desk.words(), level);
  }
  json.set("unverified", levels);
  if (!report.is_clean && names.empty()) return desk.text("verify.faults");
  if (names.empty()) return desk.text("verify.clean");
  return desk.text("verify.unverified", {{"levels", names}}) + "\n" +
         desk.text(report.is_clean ? "verify.clean_opened" : "verify.faults");
}

Result<Answer> verify(Desk& desk, const ProofOptions& options) {
  const auto opened = desk.replica();
  if (!opened) return opened.error();
  const Directory directory(**opened);
  Result<VerifyReport> report = VerifyReport{};
  {
    ProgressBar bar(desk.console(), desk.text("verify.progress"));
    const Progress progress{
        [&](std::uint64_t done, std::uint64_t total) { bar.step(done, total); }};
    report = (*opened)->verify(options.is_full, &progress);
  }
  if (!report) return report.error();
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr rows = json_array();
  for (const auto& [id, counts] : report->counts) {
    const auto digest = report->digests.find(id);
    const std::string state = digest == report->digests.end() ? "" : digest->second.state.hex();
    answer.text += (answer.text.empty() ? "" : "\n") + directory.compartment(desk.words(), id) +
                   "  " +
                   desk.text("status.sum", {{"known", std::to_string(counts.known)},
                                            {"applied", std::to_string(counts.applied)},
                                            {"pending", std::to_string(counts.pending)},
                                            {"quarantined", std::to_string(counts.quarantined)},
                                            {"purged", std::to_string(counts.purged)}}) +
                   "  " + state.substr(0, 16);
    Poco::JSON::Object::Ptr row = json_of(counts);
    row->set("office", id.office.hex());
    row->set("level", std::string(name_of(id.level)));
    row->set("state", state);
    rows->add(row);
  }
  Poco::JSON::Array::Ptr faults = json_array();
  for (const std::string& fault : report->faults) {
    faults->add(fault);
    answer.text += "\n" + fault;
  }
  answer.json->set("clean", report->is_clean);
  answer.json->set("compartments", rows);
  answer.json->set("faults", faults);
  if (!report->unverified.empty()) answer.exit_code = ExitCode::partly;
  if (!report->is_clean) answer.exit_code = ExitCode::integrity;
  answer.text += "\n" + verdict(desk, *report, *answer.json);
  return answer;
}

}  // namespace

void add_proof(Menu& menu) {
  menu.add<ProofOptions>("status", declare_status, status);
  menu.add<ProofOptions>("verify", declare_verify, verify);
}

}  // namespace jiyao
