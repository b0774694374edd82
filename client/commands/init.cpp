// client/commands/init.cpp - init: a new realm with its archive, or a machine that joins by
// invitation.
#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/invitation_file.h"
#include "client/keeping.h"
#include "client/roles.h"
#include "client/setup.h"
#include "crypto/random.h"
#include "schema/hub_card.h"
#include "sync/keeper.h"

namespace jiyao {

namespace {

struct InitOptions {
  std::string invitation, office, person, node, network, network_level, ceiling, kind = "networked";
  std::string hub_card, realm_file, sheet, medium_level = "highly_secret";
};

void declare(CLI::App& app, InitOptions& options, const Catalogue& words) {
  app.add_option("--invitation", options.invitation, words.text("opt.invitation"));
  app.add_option("--office,--单位", options.office, words.text("opt.office"))->check(not_blank());
  app.add_option("--person,--姓名", options.person, words.text("opt.person"))->check(not_blank());
  app.add_option("--node,--机器", options.node, words.text("opt.node"));
  app.add_option("--network,--网络", options.network, words.text("opt.network"))
      ->check(CLI::IsMember({"office", "classified", "办公网", "涉密网"}));
  app.add_option("--network-level", options.network_level, words.text("opt.network_level"));
  app.add_option("--medium-level", options.medium_level, words.text("opt.medium_level"));
  app.add_option("--ceiling,--最高密级", options.ceiling, words.text("opt.ceiling"));
  app.add_option("--kind", options.kind, words.text("opt.kind"))
      ->check(CLI::IsMember({"networked", "standalone"}));
  app.add_option("--hub-card", options.hub_card, words.text("opt.hub_card"));
  app.add_option("--realm-file", options.realm_file, words.text("opt.realm_file"));
  app.add_option("--recovery-sheet", options.sheet, words.text("opt.sheet"));
}

Result<Level> level_of(Desk& desk, const std::string& typed) {
  const auto level = level_from(typed);
  if (!level || *level < Level::internal)
    return desk.failure(Errc::invalid, "value.level", {{"typed", typed}});
  return *level;
}

/// Where the hub stands decides what HTTPS may carry: office network internal, an assessed
/// classified network the level of its assessment (design.md 9).
Result<Level> network_ceiling(Desk& desk, const InitOptions& options) {
  std::string network = options.network;
  if (network.empty() && desk.prompt().can_ask()) {
    const auto answer = desk.prompt().line(desk.text("init.which_network"), "--network", "1");
    if (!answer) return answer.error();
    if (*answer != "1" && *answer != "2" && *answer != "办公网" && *answer != "涉密网")
      return desk.failure(Errc::usage, "init.no_such_network", {{"typed", *answer}});
    network = *answer == "2" || *answer == "涉密网" ? "classified" : "office";
  }
  if (network.empty() || network == "office" || network == "办公网") return Level::internal;
  std::string level = options.network_level;
  if (level.empty()) {
    const auto answer =
        desk.prompt().line(desk.text("init.which_level"), "--network-level", "秘密");
    if (!answer) return answer.error();
    level = *answer;
  }
  return level_of(desk, level);
}

Result<std::string> asked(Desk& desk, const std::string& given, std::string_view question,
                          std::string_view flag) {
  if (!given.empty()) return given;
  auto answer = desk.prompt().line(desk.text(question), flag);
  if (answer && answer->empty())
    return desk.failure(Errc::usage, "prompt.empty", {{"flag", std::string(flag)}});
  return answer;
}

struct Names {
  std::string office, person, node;
};

Result<Names> names_of(Desk& desk, const InitOptions& options) {
  auto office = asked(desk, options.office, "init.office", "--office");
  if (!office) return office.error();
  auto person = asked(desk, options.person, "init.person", "--person");
  if (!person) return person.error();
  return Names{*office, *person, options.node.empty() ? *office + "-01" : options.node};
}

Result<RosterDraft> first_draft(Desk& desk, const InitOptions& options, const NewMachine& machine,
                                const VerifyKey& root, Level network, Level ceiling) {
  const auto medium = level_of(desk, options.medium_level);
  if (!medium) return medium.error();
  const auto office = random_block<OfficeId>();
  RealmRecord realm;
  realm.roots = {{machine.user, root}};
  realm.realm_office = office;
  realm.network_ceiling = network;
  realm.medium_ceiling = *medium;
  const BoxPublicKey box = machine.slot.node().box().public_key();
  RosterDraft draft(machine.realm, realm, machine.node, box, desk.env().clock.wall_ms());
  NodeRecord node;
  node.node = machine.node;
  node.office = office;
  node.kind = options.kind == "standalone" ? NodeKind::standalone : NodeKind::networked;
  node.is_archive = true;
  node.device_ceiling = ceiling;
  node.sign = machine.slot.node().sign().verify_key();
  node.box = box;
  draft.add_office(office, machine.node, true).enrol(node, levels_up_to(ceiling));
  draft.add_user({machine.user, office, machine.slot.sign().verify_key(),
                  roles_from(desk.words(), kArchiveRoles).value(), Level::top_secret});
  const Definitions& rules = Definitions::built_in();
  draft.activate({rules.number(), rules.hash()});
  if (!options.hub_card.empty()) {
    const auto text = read_file(desk.env().files, options.hub_card, 4096);
    if (!text) return not_readable(desk, text.code(), options.hub_card);
    const auto card = decode_hub_card(as_text(*text));
    if (!card) return Error{card.code(), options.hub_card};
    draft.add(HubRecord{card->hub, card->sign, network, card->certificate, card->address});
  }
  return draft;
}

/// Writes everything that makes the realm, the keyring last: a folder with a keyring is whole.
Result<void> found(Desk& desk, NewMachine& machine, const RosterDraft& draft,
                   const SigningKey& root) {
  desk.env().files.make_folder(desk.choices().data_dir);
  desk.env().files.make_folder(desk.choices().state_dir);
  auto log = make_log(desk, machine);
  if (!log) return log.error();
  for (const EpochDraft& epoch : draft.epochs())
    (*log)->keep_epoch_draft(epoch.record.key, epoch.sealed);
  for (RosterRecord record : draft.records()) {
    sign_record(record, machine.user, root);
    if (const auto added = (*log)->extend_roster(encode_record(record)); !added)
      return added.error();
  }
  const NodeKeys& keys = machine.slot.node();
  const auto granted = issue_grants(**log, {machine.node, keys.sign(), keys.box()});
  if (!granted) return granted.error();
  return {};
}

Result<Answer> found_realm(Desk& desk, const InitOptions& options) {
  if (!options.realm_file.empty())  // before anything is made
    if (const auto free = check_target(desk, options.realm_file); !free) return free.error();
  const auto names = names_of(desk, options);
  if (!names) return names.error();
  const auto network = network_ceiling(desk, options);
  if (!network) return network.error();
  auto ceiling = options.ceiling.empty() ? network : level_of(desk, options.ceiling);
  if (!ceiling) return ceiling.error();
  auto machine = make_machine(desk, random_block<RealmId>(), *ceiling);
  if (!machine) return machine.error();
  const auto root_phrase = desk.prompt().new_passphrase(desk.text("init.root_passphrase"));
  if (!root_phrase) return root_phrase.error();
  const Secret<32> seed = Secret<32>::random();
  const auto root = signing_key_from(seed);
  const auto set =
      machine->keyring.set_root(machine->slot, seed, root_phrase->reveal(), slot_cost());
  if (!set) return set.error();
  const auto sheet = make_recovery_sheet(desk, machine->keyring, machine->slot,
                                         {names->person, names->node}, options.sheet);
  if (!sheet) return sheet.error();
  const auto draft = first_draft(desk, options, *machine, root->verify_key(), *network, *ceiling);
  if (!draft) return draft.error();
  if (const auto made = found(desk, *machine, *draft, *root); !made) return made.error();
  desk.save(machine->keyring);
  const UserId user = machine->user;
  const auto replica = desk.replica(machine->keyring, std::move(machine->slot));
  if (!replica) return replica.error();
  if (const auto kept = keep(**replica); !kept) return kept.error();
  const OfficeId office = (*replica)->roster().realm_record().realm_office;
  const auto named = record_names(
      **replica, {directory_step(**replica, "机构", office.hex(), names->office),
                  directory_step(**replica, "人员", user.hex(), names->person),
                  directory_step(**replica, "节点", (*replica)->node().hex(), names->node)});
  if (!named) return named.error();
  if (!options.realm_file.empty())
    if (const auto written =
            write_answer(desk, options.realm_file, roster_frames((*replica)->log(), false));
        !written)
      return written.error();
  Answer answer{
      .text = desk.text("init.done", {{"folder", desk.choices().data_dir},
                                      {"level", std::string(chinese_of(*network))},
                                      {"print", (*replica)->roster().root_fingerprint().hex()}}),
      .json = json_object()};
  answer.json->set("folder", desk.choices().data_dir);
  answer.json->set("node", (*replica)->node().hex());
  answer.json->set("office", office.hex());
  answer.json->set("network_ceiling", std::string(name_of(*network)));
  answer.json->set("root_fingerprint", (*replica)->roster().root_fingerprint().hex());
  return answer;
}

Result<Answer> join(Desk& desk, const InitOptions& options) {
  const auto invited = read_invitation_file(desk.env().files, options.invitation);
  if (!invited) return not_readable(desk, invited.code(), options.invitation);
  auto machine = make_machine(desk, invited->invitation.realm, invited->invitation.device_ceiling);
  if (!machine) return machine.error();
  const auto sheet = make_recovery_sheet(desk, machine->keyring, machine->slot,
                                         {options.person, options.node}, options.sheet);
  if (!sheet) return sheet.error();
  desk.env().files.make_folder(desk.choices().data_dir);
  desk.env().files.make_folder(desk.choices().state_dir);
  const auto log = make_log(desk, *machine);
  if (!log) return log.error();
  (*log)->remember(kInvitationNote, encode_invitation_file(*invited));
  desk.save(machine->keyring);
  Answer answer{.text = desk.text("init.joined", {{"folder", desk.choices().data_dir}}),
                .json = json_object()};
  answer.json->set("folder", desk.choices().data_dir);
  answer.json->set("node", machine->node.hex());
  return answer;
}

Result<Answer> init(Desk& desk, const InitOptions& options) {
  return options.invitation.empty() ? found_realm(desk, options) : join(desk, options);
}

}  // namespace

void add_init(Menu& menu) {
  menu.add<InitOptions>("init", declare, init);
}

}  // namespace jiyao
