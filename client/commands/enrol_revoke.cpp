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
  bool is_sure = false, may_lose = false;
};

void declare_revoke(CLI::App& app, RevokeOptions& options, const Catalogue& words) {
  app.add_option("node", options.node, words.text("opt.node"))->check(not_blank())->required();
  app.add_flag("--yes,--确认", options.is_sure, words.text("opt.yes"));
  app.add_flag("--accept-loss,--接受损失", options.may_lose, words.text("opt.accept_loss"));
}

/// Machines that go on when `leaving` is gone.
std::vector<NodeEntry> others(const Roster& roster, const NodeId& leaving) {
  std::vector<NodeEntry> machines;
  for (const NodeId& id : roster.nodes())
    if (const NodeEntry* node = roster.node(id); id != leaving && !node->is_revoked)
      machines.push_back(*node);
  return machines;
}

/// Who gives numbers (and keeps the keys no archive machine may) in `office` when `leaving` is
/// gone: its lead as it is, else a machine of the same kind, the highest. A stand-alone one never
/// follows a networked one, whose successors would wait for their numbers: then it is the next that
/// enrols (none).
NodeId lead_after(const Roster& roster, const NodeId& leaving, const OfficeId& office) {
  const OfficeRecord* record = roster.office(office);
  if (record == nullptr) return {};
  if (record->lead != leaving) return record->lead;
  const NodeKind kind = roster.node(leaving)->record.kind;
  const auto rank = [&](const NodeRecord& machine) {
    return std::pair(machine.kind == kind, machine.device_ceiling);
  };
  const NodeRecord* best = nullptr;
  const auto staying = others(roster, leaving);
  for (const NodeEntry& node : staying) {
    const NodeRecord& machine = node.record;
    if (machine.office != office) continue;
    if (kind == NodeKind::networked && machine.kind == NodeKind::standalone) continue;
    if (best == nullptr || rank(machine) > rank(*best)) best = &machine;
  }
  return best == nullptr ? NodeId{} : best->node;
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

/// Is there, when `leaving` is gone, somebody who keeps the keys of this and may read it?
bool is_kept_without(const Roster& roster, const NodeId& leaving,
                     const CompartmentId& compartment) {
  const NodeId lead = lead_after(roster, leaving, compartment.office);
  return std::ranges::any_of(others(roster, leaving), [&](const NodeEntry& node) {
    const bool is_archive = node.record.is_archive && compartment.level != Level::top_secret;
    return node.record.device_ceiling >= compartment.level &&
           (is_archive || node.record.node == lead);
  });
}

/// What is lost when a machine is shut out from here, and what somebody else has to say.
struct Loss {
  /// It writes these and nothing of them comes to this machine; who keeps them then says how far
  /// they had counted there.
  std::vector<CompartmentId> kept_elsewhere;
  /// Likewise, and no keeper is left: nobody can say what of it counts.
  std::vector<CompartmentId> unseen;
  /// Others go on reading these and nobody is left to make keys.
  std::vector<CompartmentId> unkept;

  bool is_any() const { return !unseen.empty() || !unkept.empty(); }
};

Loss loss_of(const Replica& replica, const NodeId& leaving) {
  const Roster roster = replica.roster();
  const auto here = roster.scope(replica.node(), Route{}).compartments;
  const auto staying = others(roster, leaving);
  const Level ceiling = roster.node(leaving)->record.device_ceiling;
  Loss loss;
  for (const CompartmentId& compartment : roster.named_compartments()) {
    const AccessRight right = roster.access(leaving, compartment);
    if (right == AccessRight::write && std::ranges::find(here, compartment) == here.end()) {
      const bool has_keeper = is_kept_without(roster, leaving, compartment);
      (has_keeper ? loss.kept_elsewhere : loss.unseen).push_back(compartment);
    }
    const bool concerns = right != AccessRight::none || roster.keeper(compartment) == leaving;
    const bool is_read = std::ranges::any_of(staying, [&](const NodeEntry& node) {
      return node.record.device_ceiling >= compartment.level &&
             roster.access(node.record.node, compartment) != AccessRight::none;
    });
    if (concerns && compartment.level <= ceiling && is_read &&
        !is_kept_without(roster, leaving, compartment))
      loss.unkept.push_back(compartment);
  }
  return loss;
}

std::string list_of(Desk& desk, const Directory& directory,
                    const std::vector<CompartmentId>& compartments) {
  std::string text;
  for (const CompartmentId& compartment : compartments)
    text += (text.empty() ? "" : desk.text("list.and")) +
            directory.compartment(desk.words(), compartment);
  return text;
}

/// Before it is done: a line for each kind of loss.
std::string warning(Desk& desk, const Directory& directory, const Loss& loss,
                    const std::string& name) {
  std::string text;
  const auto tell = [&](const char* message, const std::vector<CompartmentId>& compartments) {
    if (compartments.empty()) return;
    text += desk.text(message,
                      {{"name", name}, {"compartments", list_of(desk, directory, compartments)}}) +
            "\n";
  };
  tell("revoke.loses_unseen", loss.unseen);
  tell("revoke.loses_keeper", loss.unkept);
  return text;
}

/// errors: usage (nobody to ask), interrupted (no)
Result<void> make_sure(Desk& desk, const Directory& directory, const RevokeOptions& options,
                       const Loss& loss, const std::string& name) {
  const bool is_accepted = options.may_lose || !loss.is_any();
  if (options.is_sure && is_accepted) return {};
  const std::string losses = warning(desk, directory, loss, name);
  if (!is_accepted && !desk.prompt().can_ask())
    return Error{Errc::usage, losses + desk.text("revoke.accept")};
  const auto yes = desk.prompt().yes(losses + desk.text("revoke.sure", {{"name", name}}), "--yes");
  if (!yes) return yes.error();
  if (!*yes) return desk.failure(Errc::interrupted, "revoke.left");
  return {};
}

/// Everything it delivered counts; its access and its office's lead end; fresh keys for the rest.
RosterDraft revocation(Desk& desk, Replica& replica, const NodeId& node) {
  const Roster roster = replica.roster();
  RosterDraft draft = draft_here(desk, replica);
  const OfficeRecord* office = roster.office(roster.node(node)->record.office);
  if (office != nullptr && office->lead == node)
    draft.add_office(office->office, lead_after(roster, node, office->office), office->is_archive);
  draft.revoke(node, cuts_at_tips(replica.log(), node));
  return draft;
}

Poco::JSON::Array::Ptr names_of(Desk& desk, const Directory& directory,
                                const std::vector<CompartmentId>& compartments) {
  Poco::JSON::Array::Ptr names = json_array();
  for (const CompartmentId& one : compartments)
    names->add(directory.compartment(desk.words(), one));
  return names;
}

/// Who leads the office now, if it was the machine that is gone.   `before`: the roster with it
void tell_lead(Desk& desk, const Directory& directory, const Roster& before, const NodeId& node,
               Answer& answer) {
  const OfficeRecord* office = before.office(before.node(node)->record.office);
  if (office == nullptr || office->lead != node) return;
  const NodeId lead = lead_after(before, node, office->office);
  const std::string name = lead.is_none() ? std::string() : directory.node(lead);
  answer.text += "\n" + desk.text(lead.is_none() ? "revoke.no_lead" : "revoke.lead",
                                  {{"office", directory.office(office->office)}, {"lead", name}});
  answer.json->set("lead", name);
}

/// What was done, and what is left to do.
Answer told(Desk& desk, const Directory& directory, const Loss& loss, const std::string& name) {
  const std::string unseen = list_of(desk, directory, loss.unseen);
  const std::string delivered = desk.text(
      loss.unseen.empty() ? "revoke.counts" : "revoke.counts_but", {{"compartments", unseen}});
  Answer answer{.text = desk.text("revoke.done", {{"name", name}, {"delivered", delivered}}),
                .json = json_object()};
  if (!loss.kept_elsewhere.empty())
    answer.text +=
        "\n" + desk.text("revoke.keeper_says",
                         {{"compartments", list_of(desk, directory, loss.kept_elsewhere)}});
  if (!loss.unkept.empty())
    answer.text += "\n" + desk.text("revoke.unkept",
                                    {{"compartments", list_of(desk, directory, loss.unkept)}});
  answer.json->set("lost", names_of(desk, directory, loss.unseen));
  answer.json->set("kept_elsewhere", names_of(desk, directory, loss.kept_elsewhere));
  answer.json->set("without_keeper", names_of(desk, directory, loss.unkept));
  return answer;
}

Result<Answer> revoke(Desk& desk, const RevokeOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto node = machine_meant(desk, **replica, options.node);
  if (!node) return node.error();
  const Directory directory(**replica);
  const std::string name = directory.node(*node);
  const Loss loss = loss_of(**replica, *node);
  if (const auto sure = make_sure(desk, directory, options, loss, name); !sure) return sure.error();
  const Roster before = (*replica)->roster();
  const RosterDraft draft = revocation(desk, **replica, *node);
  if (const auto applied = sign_and_apply(desk, **replica, draft); !applied) return applied.error();
  Answer answer = told(desk, directory, loss, name);
  tell_lead(desk, directory, before, *node, answer);
  std::vector<CompartmentId> waiting = draft.epochs_of_others();
  std::erase_if(waiting, [&](const CompartmentId& compartment) {
    return !is_kept_without(before, *node, compartment);
  });
  for (const CompartmentId& compartment : waiting)
    answer.text +=
        "\n" + desk.text("revoke.key_waits",
                         {{"compartment", directory.compartment(desk.words(), compartment)}});
  if (const std::string epochs = waiting_for_root(desk, **replica); !epochs.empty())
    answer.text += "\n" + epochs;
  answer.json->set("node", node->hex());
  answer.json->set("name", name);
  answer.json->set("keys_renewed", draft.epochs().size());
  answer.json->set("keys_waiting", names_of(desk, directory, waiting));
  return answer;
}

}  // namespace

void add_enrol_revoke(Menu& menu) {
  menu.add<RevokeOptions>("enrol revoke", declare_revoke, revoke);
}

}  // namespace jiyao
