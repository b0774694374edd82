// client/commands/enrol_revoke.cpp - enrol revoke: a machine that is lost, stolen or given up is
// shut out. What it wrote and the archive holds stays; nothing that comes later counts.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/directory.h"
#include "client/keeping.h"

namespace jiyao {

namespace {

struct RevokeOptions {
  std::string node;
  bool is_sure = false;
};

void declare_revoke(CLI::App& app, RevokeOptions& options, const Catalogue& words) {
  app.add_option("node", options.node, words.text("opt.node"))->check(not_blank())->required();
  app.add_flag("--yes,--确认", options.is_sure, words.text("opt.yes"));
}

/// Who gives numbers and keeps the keys of this office when `leaving` is gone: another machine of
/// it; none: the next one that enrols.
NodeId next_lead(const Roster& roster, const NodeId& leaving, const OfficeId& office) {
  for (const NodeId& id : roster.nodes()) {
    const NodeEntry* node = roster.node(id);
    if (id != leaving && !node->is_revoked && node->record.office == office) return id;
  }
  return {};
}

/// The machine that is meant.   errors: not_found, not_allowed (this one), exists (shut out
/// already)
Result<NodeId> machine_meant(Desk& desk, const Replica& replica, const std::string& name) {
  const auto id = Directory(replica).node_named(name);
  if (!id) return desk.failure(Errc::not_found, "node.none", {{"name", name}});
  if (*id == replica.node()) return desk.failure(Errc::not_allowed, "revoke.self");
  if (replica.roster().node(*id)->is_revoked)
    return desk.failure(Errc::exists, "revoke.already", {{"name", name}});
  return *id;
}

/// Everything it delivered counts; its access and its office's lead end; fresh keys for the rest.
RosterDraft revocation(Desk& desk, Replica& replica, const NodeId& node) {
  const Roster roster = replica.roster();
  RosterDraft draft = draft_here(desk, replica);
  const OfficeRecord* office = roster.office(roster.node(node)->record.office);
  if (office != nullptr && office->lead == node)
    draft.add_office(office->office, next_lead(roster, node, office->office), office->is_archive);
  draft.revoke(node, cuts_at_tips(replica.log(), node));
  return draft;
}

Result<Answer> revoke(Desk& desk, const RevokeOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto node = machine_meant(desk, **replica, options.node);
  if (!node) return node.error();
  const Directory directory(**replica);
  const std::string name = directory.node(*node);
  if (!options.is_sure) {
    const auto yes = desk.prompt().yes(desk.text("revoke.sure", {{"name", name}}), "--yes");
    if (!yes) return yes.error();
    if (!*yes) return desk.failure(Errc::interrupted, "revoke.left");
  }
  const RosterDraft draft = revocation(desk, **replica, *node);
  if (const auto applied = sign_and_apply(desk, **replica, draft); !applied) return applied.error();
  Answer answer{.text = desk.text("revoke.done", {{"name", name}}), .json = json_object()};
  Poco::JSON::Array::Ptr waiting = json_array();
  for (const CompartmentId& compartment : draft.epochs_of_others()) {
    const std::string text = directory.compartment(desk.words(), compartment);
    answer.text += "\n" + desk.text("revoke.key_waits", {{"compartment", text}});
    waiting->add(text);
  }
  if (const std::string epochs = waiting_epochs(desk, **replica); !epochs.empty())
    answer.text += "\n" + epochs;
  answer.json->set("node", node->hex());
  answer.json->set("name", name);
  answer.json->set("keys_renewed", draft.epochs().size());
  answer.json->set("keys_waiting", waiting);
  return answer;
}

}  // namespace

void add_enrol_revoke(Menu& menu) {
  menu.add<RevokeOptions>("enrol revoke", declare_revoke, revoke);
}

}  // namespace jiyao
