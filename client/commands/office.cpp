// client/commands/office.cpp - the archive's decisions: office add|list, hub add, access
// give|list|sign.
#include <algorithm>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/keeping.h"
#include "client/records.h"
#include "crypto/random.h"
#include "schema/hub_card.h"
#include "schema/pinyin.h"
#include "sync/log_core.h"

namespace jiyao {

namespace {

struct OfficeOptions {
  std::string name, node, owner, level = "internal", right = "write", card, out,
                                 ledger = "incoming", series = "普通";
  int year = 0;
  std::uint32_t count = 100;
};

void declare_name(CLI::App& app, OfficeOptions& options, const Catalogue& words) {
  app.add_option("name", options.name, words.text("opt.office"))->check(not_blank())->required();
}

void declare_nothing(CLI::App&, OfficeOptions&, const Catalogue&) {}

void declare_hub(CLI::App& app, OfficeOptions& options, const Catalogue& words) {
  app.add_option("card", options.card, words.text("opt.hub_card"))->required();
  app.add_option("-o,--out", options.out, words.text("opt.realm_file"))->required();
  app.add_option("--level,--密级", options.level, words.text("opt.network_level"));
}

void declare_give(CLI::App& app, OfficeOptions& options, const Catalogue& words) {
  app.add_option("--node,--机器", options.node, words.text("opt.node"))->required();
  app.add_option("--owner,--单位", options.owner, words.text("opt.owner"))->required();
  app.add_option("--level,--密级", options.level, words.text("opt.level"))->required();
  app.add_option("--right,--权限", options.right, words.text("opt.right"))
      ->check(CLI::IsMember({"read", "write", "none"}));
}

Result<Answer> add_office(Desk& desk, const OfficeOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  if (Directory(**replica).office_named(options.name))
    return desk.failure(Errc::exists, "office.exists", {{"name", options.name}});
  const auto office = random_block<OfficeId>();
  RosterDraft draft = draft_here(desk, **replica);
  draft.add_office(office);
  if (const auto applied = sign_and_apply(desk, **replica, draft); !applied) return applied.error();
  const auto named =
      record_names(**replica, {directory_step(**replica, "机构", office.hex(), options.name)});
  if (!named) return named.error();
  Answer answer{.text = desk.text("office.added", {{"name", options.name}}), .json = json_object()};
  answer.json->set("office", office.hex());
  answer.json->set("name", options.name);
  return answer;
}

/// As an index of names is kept: by how they are read.
std::vector<OfficeId> by_name(const Roster& roster, const Directory& directory) {
  std::vector<OfficeId> offices = roster.offices();
  const auto order = [&](const OfficeId& id) { return pinyin_order(directory.office(id)); };
  std::stable_sort(offices.begin(), offices.end(),
                   [&](const OfficeId& x, const OfficeId& y) { return order(x) < order(y); });
  return offices;
}

Result<Answer> list_offices(Desk& desk, const OfficeOptions&) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const Roster roster = (*replica)->roster();
  const Directory directory(**replica);
  Table table({desk.text("office.office"), desk.text("office.node"), desk.text("office.kind"),
               desk.text("office.ceiling")});
  Poco::JSON::Array::Ptr rows = json_array();
  Poco::JSON::Array::Ptr offices = json_array();
  for (const OfficeId& id : by_name(roster, directory)) {
    Poco::JSON::Object::Ptr office = json_object();
    office->set("office", id.hex());
    office->set("name", directory.office(id));
    offices->add(office);
    bool has_node = false;
    for (const NodeId& node_id : roster.nodes()) {
      const NodeEntry* node = roster.node(node_id);
      if (node->record.office != id) continue;
      has_node = true;
      const bool is_alone = node->record.kind == NodeKind::standalone;
      table.add({directory.office(id), directory.node(node_id),
                 desk.text(is_alone ? "office.standalone" : "office.networked") +
                     (node->record.is_archive ? desk.text("office.archive") : std::string()) +
                     (node->is_revoked ? desk.text("office.revoked") : std::string()),
                 level_text(desk.words(), node->record.device_ceiling)});
      Poco::JSON::Object::Ptr row = json_object();
      row->set("office", directory.office(id));
      row->set("office_id", id.hex());
      row->set("node", directory.node(node_id));
      row->set("node_id", node_id.hex());
      row->set("standalone", is_alone);
      row->set("archive", node->record.is_archive);
      row->set("ceiling", std::string(name_of(node->record.device_ceiling)));
      row->set("revoked", node->is_revoked);
      rows->add(row);
    }
    if (!has_node) table.add({directory.office(id), "", "", ""});
  }
  Answer answer{.text = table.text(desk.console().columns()), .json = json_object()};
  answer.json->set("offices", offices);
  answer.json->set("nodes", rows);
  return answer;
}

Result<Answer> add_hub(Desk& desk, const OfficeOptions& options) {
  const auto text = read_file(desk.env().files, options.card, 4096);
  if (!text) return not_readable(desk, text.code(), options.card);
  if (const auto free = check_target(desk, options.out); !free) return free.error();
  const auto card = decode_hub_card(as_text(*text));
  if (!card) return Error{card.code(), options.card};
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const Level ceiling = (*replica)->roster().realm_record().network_ceiling;
  RosterDraft draft = draft_here(desk, **replica);
  draft.add(HubRecord{card->hub, card->sign, ceiling, card->certificate, card->address});
  if (const auto applied = sign_and_apply(desk, **replica, draft); !applied) return applied.error();
  if (const auto written = write_answer(desk, options.out, roster_frames((*replica)->log(), false));
      !written)
    return written.error();
  Answer answer{.text = desk.text("hub.added", {{"address", card->address}, {"file", options.out}}),
                .json = json_object()};
  answer.json->set("hub", card->hub.hex());
  answer.json->set("file", options.out);
  return answer;
}

Result<Answer> give(Desk& desk, const OfficeOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const Directory directory(**replica);
  const auto node = directory.node_named(options.node);
  if (!node) return desk.failure(Errc::not_found, "node.none", {{"name", options.node}});
  const auto office = directory.office_named(options.owner);
  if (!office) return desk.failure(Errc::not_found, "office.none", {{"name", options.owner}});
  const auto level = level_from(options.level);
  if (!level) return desk.failure(Errc::invalid, "value.level", {{"typed", options.level}});
  const CompartmentId compartment{*office, *level};
  if (*level > (*replica)->roster().node(*node)->record.device_ceiling)
    return desk.failure(Errc::above_ceiling, "access.above", {{"node", options.node}});
  RosterDraft draft = draft_here(desk, **replica);
  draft.give_access(*node, compartment,
                    options.right == "write"  ? AccessRight::write
                    : options.right == "read" ? AccessRight::read
                                              : AccessRight::none);
  if (const auto applied = sign_and_apply(desk, **replica, draft); !applied) return applied.error();
  Answer answer{
      .text = desk.text("access.given",
                        {{"node", directory.node(*node)},
                         {"compartment", directory.compartment(desk.words(), compartment)},
                         {"right", options.right}}),
      .json = json_object()};
  answer.json->set("node", node->hex());
  answer.json->set("office", office->hex());
  answer.json->set("level", std::string(name_of(*level)));
  answer.json->set("right", options.right);
  return answer;
}

Result<Answer> list_access(Desk& desk, const OfficeOptions&) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const Roster roster = (*replica)->roster();
  const Directory directory(**replica);
  Table table({desk.text("access.compartment"), desk.text("office.node"), desk.text("access.right"),
               desk.text("access.keeper")});
  Poco::JSON::Array::Ptr rows = json_array();
  for (const CompartmentId& compartment : roster.compartments())
    for (const NodeId& node : roster.nodes()) {
      const AccessRight right = roster.access(node, compartment);
      if (right == AccessRight::none) continue;
      const std::string word = right == AccessRight::write ? "write" : "read";
      table.add({directory.compartment(desk.words(), compartment), directory.node(node), word,
                 directory.node(roster.keeper(compartment))});
      Poco::JSON::Object::Ptr row = json_object();
      row->set("office", directory.office(compartment.office));
      row->set("level", std::string(name_of(compartment.level)));
      row->set("node", directory.node(node));
      row->set("right", word);
      rows->add(row);
    }
  Answer answer{.text = table.text(desk.console().columns()), .json = json_object()};
  answer.json->set("access", rows);
  return answer;
}

/// What keepers ask for, with the root's name under it; their secrets never come here.
Result<Answer> sign_requests(Desk& desk, const OfficeOptions&) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const Directory directory(**replica);
  const Roster roster = (*replica)->roster();
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr epochs = json_array(), kept = json_array();
  const auto tell = [&](const char* message, const CompartmentId& compartment,
                        const std::string& keeper, const std::string& node) {
    answer.text +=
        (answer.text.empty() ? "" : "\n") +
        desk.text(message, {{"compartment", directory.compartment(desk.words(), compartment)},
                            {"node", node},
                            {"keeper", keeper}});
    Poco::JSON::Object::Ptr row = json_object();
    row->set("office", directory.office(compartment.office));
    row->set("level", std::string(name_of(compartment.level)));
    row->set("keeper", keeper);
    return row;
  };
  for (const EpochRequest& request : (*replica)->log().epoch_requests()) {
    const std::string keeper = directory.node(request.keeper);
    for (const EpochRecord& epoch : open_epochs(request, roster)) {
      Poco::JSON::Object::Ptr row = tell("epoch.signed", epoch.compartment, keeper, "");
      row->set("epoch", epoch.epoch);
      epochs->add(row);
    }
    for (const auto& [node, compartment] : kept_in(request, roster)) {
      const std::string name = directory.node(node);
      Poco::JSON::Object::Ptr row = tell("kept.signed", compartment, keeper, name);
      row->set("node", name);
      kept->add(row);
    }
  }
  answer.json->set("epochs", epochs);
  answer.json->set("kept", kept);
  if (answer.text.empty()) {
    answer.text = desk.text("epoch.none");
    return answer;
  }
  const auto applied = sign_and_apply(desk, **replica, draft_here(desk, **replica));
  if (!applied) return applied.error();
  return answer;
}

}  // namespace

void add_office(Menu& menu) {
  menu.add<OfficeOptions>("office add", declare_name, add_office);
  menu.add<OfficeOptions>("office list", declare_nothing, list_offices);
  menu.add<OfficeOptions>("hub add", declare_hub, add_hub);
  menu.add<OfficeOptions>("access give", declare_give, give);
  menu.add<OfficeOptions>("access list", declare_nothing, list_access);
  menu.add<OfficeOptions>("access sign", declare_nothing, sign_requests);
}

}  // namespace jiyao
