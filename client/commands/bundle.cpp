// client/commands/bundle.cpp - 数据包: export (written, read back, then 可以拔出), again, list,
// lost.
#include <algorithm>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/directory.h"
#include "client/lanes.h"
#include "client/records.h"
#include "client/sent_volumes.h"
#include "schema/dates.h"
#include "sync/bundle_writer.h"

namespace jiyao {

namespace {

struct ExportOptions {
  std::string to, out, label = "internal", again, medium;
  std::uint64_t volume_bytes = 0;
  std::uint32_t volume = 0;
  bool is_full = false, is_one_way = false;
};

void declare_export(CLI::App& app, ExportOptions& options, const Catalogue& words) {
  app.add_option("--to,--给", options.to, words.text("opt.to"));
  app.add_option("-o,--out", options.out, words.text("opt.bundle_out"))->required();
  app.add_option("--label,--标密", options.label, words.text("opt.label"));
  app.add_option("--volume-bytes", options.volume_bytes, words.text("opt.volume_bytes"));
  app.add_flag("--full", options.is_full, words.text("opt.bundle_full"));
  app.add_flag("--one-way", options.is_one_way, words.text("opt.one_way"));
  app.add_option("--again", options.again, words.text("opt.again"));
  app.add_option("--volume", options.volume, words.text("opt.volume"));
  app.add_option("--medium", options.medium, words.text("opt.medium"));
}

void declare_nothing(CLI::App&, ExportOptions&, const Catalogue&) {}

void declare_lost(CLI::App& app, ExportOptions& options, const Catalogue& words) {
  app.add_option("set", options.again, words.text("opt.set_id"))->required();
}

/// What the two share and the label keeps back: said, never silently dropped.
std::string kept_back(Desk& desk, Replica& replica, const Directory& directory, const NodeId& to,
                      Level label) {
  const Roster roster = replica.roster();
  std::string text;
  for (const CompartmentId& compartment : roster.compartments()) {
    if (compartment.level <= label) continue;
    if (roster.access(replica.node(), compartment) == AccessRight::none) continue;
    if (roster.access(to, compartment) == AccessRight::none) continue;
    if (replica.log().frontier(compartment).tips.empty()) continue;
    text += "\n" + desk.text("bundle.stays",
                             {{"compartment", directory.compartment(desk.words(), compartment)},
                              {"label", level_text(desk.words(), label)}});
  }
  return text;
}

Result<BundleWriter> plan(Desk& desk, Replica& replica, const ExportOptions& options,
                          const NodeId& to, LaneBook& book, Level label) {
  const auto sealed = replica.seal_pending();
  if (!sealed && sealed.code() != Errc::unavailable) return sealed.error();
  book = lane_with(replica, to);
  auto order = order_for(book, replica.node(), replica.author().incarnation, replica.node_key(),
                         {.is_two_way = !options.is_one_way, .is_full = options.is_full});
  if (!order && order.code() == Errc::conflict)
    return Error{Errc::conflict,
                 desk.text("bundle.too_many_open") + "\n" + desk.text("bundle.too_many_hint")};
  if (!order) return order.error();
  order->label = label;
  order->volume_bytes_max = options.volume_bytes;
  order->made_ms = desk.env().clock.wall_ms();
  return BundleWriter::plan(replica.log(), *std::move(order));
}

Result<Answer> write_set(Desk& desk, Replica& replica, const ExportOptions& options,
                         const NodeId& to, const BundleWriter& writer, LaneBook book, Level label) {
  Files& files = desk.env().files;
  SentVolumes sent(desk, replica);
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr volumes = json_array();
  ProgressBar bar(desk.console(), desk.text("bundle.progress"));
  for (std::uint32_t volume = 1; volume <= writer.volumes(); ++volume) {
    auto fact = writer.write(files, options.out, volume);
    if (!fact && fact.code() == Errc::storage)
      return desk.failure(Errc::storage, "bundle.not_written", {{"folder", options.out}});
    if (!fact) return fact.error();
    fact->person = replica.person().user;
    fact->medium = options.medium;
    fact->at_ms = desk.env().clock.wall_ms();
    if (const auto kept = replica.put(*fact); !kept) return kept.error();
    const std::string name = volume_name(writer.set(), volume);
    sent.keep(*fact, options.out + "/" + name);
    answer.text += desk.text("bundle.written", {{"file", name},
                                                {"changes", std::to_string(fact->changes)},
                                                {"bytes", std::to_string(fact->bytes)},
                                                {"level", level_text(desk.words(), fact->highest)},
                                                {"code", check_code(fact->file)}}) +
                   "\n";
    Poco::JSON::Object::Ptr row = json_object();
    row->set("file", options.out + "/" + name);
    row->set("volume", volume);
    row->set("changes", fact->changes);
    row->set("bytes", fact->bytes);
    row->set("check", check_code(fact->file));
    volumes->add(row);
    bar.step(volume, writer.volumes());
  }
  book.exported(writer.lane_set());
  keep_lane(replica, book);
  sent.prune();
  const Directory directory(replica);
  answer.text += desk.text("bundle.unplug", {{"volumes", std::to_string(writer.volumes())},
                                             {"set", writer.set().hex().substr(0, 8)}});
  const std::string back = kept_back(desk, replica, directory, to, label);
  answer.text += back;
  answer.json->set("set", writer.set().hex());
  answer.json->set("volumes", volumes);
  answer.json->set("kept_back", !back.empty());
  return answer;
}

/// The writer asks the same; here the machine has a name.   errors: revoked, above_ceiling
Result<void> may_go_to(Desk& desk, const Replica& replica, const NodeId& to, Level label) {
  const Roster roster = replica.roster();
  const NodeEntry* machine = roster.node(to);
  if (machine == nullptr) return {};  // the writer's to refuse
  const std::string name = Directory(replica).node(to);
  if (machine->is_revoked) return desk.failure(Errc::revoked, "bundle.shut_out", {{"name", name}});
  if (machine->record.device_ceiling >= label) return {};
  return desk.failure(Errc::above_ceiling, "bundle.above_device",
                      {{"name", name},
                       {"label", level_text(desk.words(), label)},
                       {"ceiling", level_text(desk.words(), machine->record.device_ceiling)}});
}

Result<Answer> export_new(Desk& desk, Replica& replica, const ExportOptions& options,
                          const NodeId& to) {
  const auto label = level_from(options.label);
  if (!label) return desk.failure(Errc::invalid, "value.level", {{"typed", options.label}});
  if (const auto may = may_go_to(desk, replica, to, *label); !may) return may.error();
  LaneBook book(to);
  const auto writer = plan(desk, replica, options, to, book, *label);
  if (!writer) return writer.error();
  return write_set(desk, replica, options, to, *writer, std::move(book), *label);
}

/// open also stands for what no book says anything of.
SetState state_of(Replica& replica, const HandOver& fact) {
  if (fact.direction != Direction::out || fact.peers.empty()) return SetState::open;
  return set_state(replica, fact.peers.front(), fact.set).value_or(SetState::open);
}

Result<Answer> export_anew(Desk& desk, Replica& replica, const ExportOptions& options,
                           const std::vector<HandOver>& facts) {
  if (facts.empty() || facts.front().peers.empty())
    return desk.failure(Errc::not_found, "bundle.not_kept");
  desk.console().talk(desk.text("bundle.anew"));
  ExportOptions whole = options;
  whole.is_full = true;
  whole.is_one_way = options.is_one_way || state_of(replica, facts.front()) == SetState::one_way;
  whole.label = name_of(facts.front().label);
  return export_new(desk, replica, whole, facts.front().peers.front());
}

/// The volumes of a set that went out before, one fact each, in order.
std::vector<HandOver> volumes_of(const Replica& replica, const SetId& set) {
  std::map<std::uint32_t, HandOver> volumes;
  for (const HandOver& fact : replica.hand_overs())
    if (fact.set == set && fact.direction == Direction::out &&
        fact.outcome == HandOverOutcome::written)
      volumes[fact.volume] = fact;
  std::vector<HandOver> facts;
  for (auto& [number, fact] : volumes) facts.push_back(std::move(fact));
  return facts;
}

/// The same bytes as long as they are kept here; else all of it anew, as a set of its own.
Result<Answer> export_again(Desk& desk, Replica& replica, const ExportOptions& options) {
  const auto set = set_named(replica, options.again);
  if (!set) return desk.failure(Errc::not_found, "bundle.no_set", {{"set", options.again}});
  const std::vector<HandOver> facts = volumes_of(replica, *set);
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr volumes = json_array();
  for (const HandOver& fact : facts) {
    if (options.volume > 0 && fact.volume != options.volume) continue;
    const auto file = SentVolumes(desk, replica).put_back(fact, options.out);
    if (!file && file.code() == Errc::not_found) return export_anew(desk, replica, options, facts);
    if (!file) return file.error();
    HandOver repeat = fact;
    repeat.at_ms = desk.env().clock.wall_ms();
    repeat.person = replica.person().user;
    repeat.medium = options.medium;
    if (const auto kept = replica.put(repeat); !kept) return kept.error();
    answer.text +=
        desk.text("bundle.again", {{"file", *file}, {"code", check_code(fact.file)}}) + "\n";
    volumes->add(*file);
  }
  if (volumes->size() == 0)
    return desk.failure(Errc::not_found, "bundle.no_volume",
                        {{"volume", std::to_string(options.volume)}});
  answer.text += desk.text("bundle.unplug", {{"volumes", std::to_string(volumes->size())},
                                             {"set", set->hex().substr(0, 8)}});
  answer.json->set("set", set->hex());
  answer.json->set("volumes", volumes);
  return answer;
}

Result<Answer> export_bundle(Desk& desk, const ExportOptions& options) {
  if (!desk.env().files.exists(options.out)) return Error{Errc::not_found, options.out};
  if (const auto folder = check_folder(desk, options.out); !folder) return folder.error();
  if (options.again.empty() && options.to.empty())
    return desk.failure(Errc::usage, "usage.needs", {{"option", "--to"}});
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  if (!options.again.empty()) return export_again(desk, **replica, options);
  const auto to = Directory(**replica).node_named(options.to);
  if (!to) return desk.failure(Errc::not_found, "node.none", {{"name", options.to}});
  if (*to == (*replica)->node())
    return desk.failure(Errc::usage, "bundle.to_self", {{"name", options.to}});
  return export_new(desk, **replica, options, *to);
}

std::string state_text(Desk& desk, SetState state) {
  if (state == SetState::returned) return desk.text("bundle.returned");
  if (state == SetState::one_way) return desk.text("bundle.one_way");
  return {};
}

Result<Answer> list(Desk& desk, const ExportOptions&) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const Directory directory(**replica);
  Table table({desk.text("bundle.dir"), desk.text("bundle.set"), desk.text("bundle.volume"),
               desk.text("bundle.peer"), desk.text("bundle.at"), desk.text("bundle.outcome")});
  Poco::JSON::Array::Ptr rows = json_array();
  std::string gaps;
  for (const HandOver& fact : (*replica)->hand_overs()) {
    const NodeId peer = fact.peers.empty() ? NodeId{} : fact.peers.front();
    const std::string number = std::to_string(static_cast<int>(fact.outcome));
    const bool is_out = fact.direction == Direction::out;
    const SetState state = state_of(**replica, fact);
    table.add({desk.text(is_out ? "bundle.out" : "bundle.in"), fact.set.hex().substr(0, 8),
               std::to_string(fact.volume), directory.node(peer), time_text(fact.at_ms),
               desk.text("outcome." + number) + state_text(desk, state)});
    Poco::JSON::Object::Ptr row = json_object();
    row->set("direction", is_out ? "out" : "in");
    row->set("set", fact.set.hex());
    row->set("volume", fact.volume);
    row->set("peer", directory.node(peer));
    row->set("label", std::string(name_of(fact.label)));
    row->set("outcome", static_cast<int>(fact.outcome));
    row->set("returned", state == SetState::returned);
    row->set("one_way", state == SetState::one_way);
    row->set("at", rfc3339_at(fact.at_ms));
    row->set("note", fact.note);
    rows->add(row);
  }
  for (const NodeId& peer : (*replica)->roster().nodes())
    for (const std::uint64_t seq : missing_sets(**replica, peer))
      gaps += "\n" + desk.text("bundle.gap",
                               {{"peer", directory.node(peer)}, {"seq", std::to_string(seq)}});
  Answer answer{.text = table.text(desk.console().columns()) + gaps, .json = json_object()};
  answer.json->set("hand_overs", rows);
  return answer;
}

Result<void> declare(Desk& desk, Replica& replica, const HandOver& fact) {
  LaneBook book = lane_with(replica, fact.peers.front());
  const auto declared = book.declare_lost(fact.set);
  if (!declared) return declared.error();
  keep_lane(replica, book);
  HandOver note = fact;
  note.outcome = HandOverOutcome::lost;
  note.at_ms = desk.env().clock.wall_ms();
  note.person = replica.person().user;
  return replica.put(note);
}

/// Only a set that is waited for can be lost.
Result<Answer> lost(Desk& desk, const ExportOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto set = set_named(**replica, options.again);
  const std::vector<HandOver> facts = set ? volumes_of(**replica, *set) : std::vector<HandOver>{};
  if (facts.empty() || facts.front().peers.empty())
    return desk.failure(Errc::not_found, "bundle.no_set", {{"set", options.again}});
  const SetState state = state_of(**replica, facts.front());
  if (state == SetState::open) {
    if (const auto declared = declare(desk, **replica, facts.front()); !declared)
      return declared.error();
    SentVolumes(desk, **replica).prune();
  }
  const char* words = state == SetState::returned  ? "bundle.not_lost_returned"
                      : state == SetState::one_way ? "bundle.not_lost_one_way"
                                                   : "bundle.lost";
  Answer answer{.text = desk.text(words, {{"set", set->hex().substr(0, 8)}}),
                .json = json_object()};
  answer.json->set("set", set->hex());
  answer.json->set("declared", state == SetState::open);
  return answer;
}

}  // namespace

void add_bundle(Menu& menu) {
  menu.add<ExportOptions>("bundle export", declare_export, export_bundle);
  menu.add<ExportOptions>("bundle list", declare_nothing, list);
  menu.add<ExportOptions>("bundle lost", declare_lost, lost);
}

}  // namespace jiyao
