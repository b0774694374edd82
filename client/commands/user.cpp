// client/commands/user.cpp - user add|approve|list: who may sit at a machine. The archive signs its
// own people in at once; a branch asks, by the hub's mailbox or a file, and the archive approves.
#include <algorithm>
#include <optional>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/directory.h"
#include "client/keeping.h"
#include "client/mailbox.h"
#include "client/records.h"
#include "client/roles.h"
#include "client/setup.h"
#include "crypto/random.h"
#include "schema/enrolment.h"
#include "schema/pinyin.h"

namespace jiyao {

namespace {

struct UserOptions {
  std::string name, clearance = "internal", sheet, out, file, digits;
  std::optional<std::string> roles;
};

void declare_nothing(CLI::App&, UserOptions&, const Catalogue&) {}

void declare_add(CLI::App& app, UserOptions& options, const Catalogue& words) {
  app.add_option("name", options.name, words.text("opt.person"))->check(not_blank())->required();
  app.add_option("--roles,--角色", options.roles, words.text("opt.roles"));
  app.add_option("--clearance,--涉密等级", options.clearance, words.text("opt.clearance"));
  app.add_option("--recovery-sheet", options.sheet, words.text("opt.sheet"));
  app.add_option("-o,--out", options.out, words.text("opt.request_out"));
}

void declare_approve(CLI::App& app, UserOptions& options, const Catalogue& words) {
  app.add_option("file", options.file, words.text("opt.request_file"));
  app.add_option("--digits,--数字", options.digits, words.text("opt.digits"));
  app.add_option("--person,--姓名", options.name, words.text("opt.person"))
      ->check(not_blank())
      ->required();
  options.clearance.clear();
  app.add_option("--roles,--角色", options.roles, words.text("opt.roles"));
  app.add_option("--clearance,--涉密等级", options.clearance, words.text("opt.clearance"));
}

/// The keys the person is cleared for: log.jdb, and every level up to the clearance.
Result<void> share_files(Keyring& keyring, const OpenedSlot& by, const KeyringOwner& owner,
                         Level clearance) {
  for (const KeyringEntry& entry : std::vector(keyring.contents().entries)) {
    if (entry.kind != EntryKind::file_key || entry.owner != by.owner()) continue;
    const bool is_log = entry.level == kLogFileMark;
    if (!is_log && entry.level > static_cast<std::uint8_t>(clearance)) continue;
    const auto file = keyring.file_key(by, entry.object);
    if (!file) return file.error();
    const auto given = keyring.grant_file_key(by, owner, entry.object, file->level, file->key);
    if (!given) return given.error();
  }
  return {};
}

struct Wish {
  Roles roles = 0;
  Level clearance = Level::internal;
};

Result<Wish> wish_of(Desk& desk, const UserOptions& options) {
  const auto clearance = level_from(options.clearance);
  if (!clearance) return desk.failure(Errc::invalid, "value.level", {{"typed", options.clearance}});
  const auto roles = roles_from(desk.words(), options.roles.value_or(kClerkRoles));
  if (!roles) return roles.error();
  return Wish{*roles, *clearance};
}

/// A slot in this machine's keyring: passphrase, the keys of the files they are cleared for, and a
/// recovery sheet. Nothing is saved yet.
Result<OpenedSlot> make_slot(Desk& desk, Desk::Login& in, const UserId& user,
                             const UserOptions& options, Level clearance) {
  const auto passphrase =
      desk.prompt().new_passphrase(desk.text("user.passphrase", {{"name", options.name}}));
  if (!passphrase) return passphrase.error();
  const auto owner = same_bytes<KeyringOwner>(user);
  auto added = in.keyring.add_user(in.slot, {owner, passphrase->reveal(), slot_cost()});
  if (!added) return added.error();
  if (const auto shared = share_files(in.keyring, in.slot, owner, clearance); !shared)
    return shared.error();
  auto slot = in.keyring.unlock(owner, passphrase->reveal());
  if (!slot) return slot.error();
  const auto sheet =
      make_recovery_sheet(desk, in.keyring, *slot, {options.name, {}}, options.sheet);
  if (!sheet) return sheet.error();
  return slot;
}

/// At the archive: signed in at once, with a row in the directory.
Result<Answer> sign_in(Desk& desk, Replica& replica, const UserRecord& user,
                       const std::string& name, std::string_view message) {
  RosterDraft draft = draft_here(desk, replica);
  draft.add_user(user);
  if (const auto applied = sign_and_apply(desk, replica, draft); !applied) return applied.error();
  const auto named =
      record_names(replica, {directory_step(replica, "人员", user.user.hex(), name)});
  if (!named) return named.error();
  Answer answer{.text = desk.text(message, {{"name", name}}), .json = json_object()};
  answer.json->set("user", user.user.hex());
  answer.json->set("name", name);
  return answer;
}

/// At a branch: a request that says which person and which machine, signed by both.
Result<Answer> ask_archive(Desk& desk, Replica& replica, const UserRecord& user,
                           const SigningKey& person, const UserOptions& options) {
  UserRequest request;
  request.realm = replica.roster().realm();
  request.request = random_block<RequestId>();
  request.office = user.office;
  request.node = replica.node();
  request.user = user.user;
  request.user_sign = user.sign;
  request.roles = user.roles;
  request.clearance = user.clearance;
  request.made_ms = desk.env().clock.wall_ms();
  sign_request(request, person, replica.node_key());
  const Bytes bytes = encode_user_request(request);
  if (!options.out.empty()) {
    if (const auto written = write_answer(desk, options.out, bytes); !written)
      return written.error();
  } else {
    const auto hub = hub_of(desk, replica);
    if (!hub) return desk.failure(Errc::usage, "prompt.needs_flag", {{"flag", "--out"}});
    if (const auto sent = post_request(hub->address, hub->certificate, bytes); !sent)
      return sent.error();
  }
  const std::string read_out = digits(bytes, replica.roster().root_fingerprint());
  Answer answer{.text = desk.text("user.requested", {{"name", options.name}, {"digits", read_out}}),
                .json = json_object()};
  answer.json->set("user", user.user.hex());
  answer.json->set("name", options.name);
  answer.json->set("digits", read_out);
  return answer;
}

/// Another person on this machine. The keyring is saved last but one: a request nobody has keys for
/// would be worse than keys nobody has approved.
Result<Answer> add_user(Desk& desk, const UserOptions& options) {
  const auto wish = wish_of(desk, options);
  if (!wish) return wish.error();
  if (!desk.has_keyring()) return desk.keyring().error();
  if (const auto held = desk.hold(); !held) return held.error();
  auto in = desk.login();
  if (!in) return in.error();
  const Bytes before = in->keyring.bytes();
  const auto user = random_block<UserId>();
  const auto slot = make_slot(desk, *in, user, options, wish->clearance);
  if (!slot) return slot.error();
  Keyring& keyring = in->keyring;
  const auto& slots = keyring.contents().slots;
  const bool has_root = std::any_of(slots.begin(), slots.end(), [](const KeyringSlot& one) {
    return one.kind == SlotKind::root;
  });
  const auto replica = desk.replica(keyring, std::move(in->slot));
  if (!replica) return replica.error();
  const auto office = own_office(**replica);
  if (!office) return office.error();
  const UserRecord record{user, *office, slot->sign().verify_key(), wish->roles, wish->clearance};
  desk.save(keyring);
  auto answer = has_root ? sign_in(desk, **replica, record, options.name, "user.added")
                         : ask_archive(desk, **replica, record, slot->sign(), options);
  const bool is_known = (*replica)->roster().user(user) != nullptr;
  if (!answer && !is_known && (has_root || answer.code() == Errc::usage)) {
    // Nobody signed and nothing was sent: the same words, given again, begin anew.
    replace_file(desk.env().files, desk.keyring_path(), before);
    if (!options.sheet.empty()) desk.env().files.remove(options.sheet);
  }
  return answer;
}

struct Asked {
  Bytes bytes;
  UserRequest request;
};

/// A request by a machine of this realm; the first such in the mailbox.
Result<Asked> asked(Desk& desk, Replica& replica, const UserOptions& options) {
  auto brought = letters(desk, replica, options.file);
  if (!brought) return brought.error();
  Error last = desk.failure(Errc::not_found, "enrol.no_request");
  for (Bytes& bytes : *brought) {
    const auto request = decode_user_request(bytes);
    if (!request) {
      if (!options.file.empty()) last = Error{request.code(), options.file};
      continue;
    }
    const Roster roster = replica.roster();
    const NodeEntry* node = roster.node(request->node);
    const bool is_ours = request->realm == roster.realm() && node != nullptr && !node->is_revoked &&
                         node->record.office == request->office;
    if (!is_ours || !signed_by(*request, node->record.sign)) {
      last = desk.failure(Errc::not_authentic, "user.unknown_machine");
      continue;
    }
    if (roster.user(request->user) != nullptr) {
      last = desk.failure(Errc::exists, "user.known");
      continue;
    }
    return Asked{std::move(bytes), *request};
  }
  return last;
}

Result<Answer> approve(Desk& desk, const UserOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto one = asked(desk, **replica, options);
  if (!one) return one.error();
  Wish wish{one->request.roles, one->request.clearance};
  if (options.roles || !options.clearance.empty()) {
    UserOptions both = options;
    if (both.clearance.empty()) both.clearance = name_of(wish.clearance);
    const auto other = wish_of(desk, both);
    if (!other) return other.error();
    wish = {options.roles ? other->roles : wish.roles, other->clearance};
  }
  const std::string read_out = digits(one->bytes, (*replica)->roster().root_fingerprint());
  desk.console().talk(
      desk.text("user.wish", {{"clearance", level_text(desk.words(), wish.clearance)},
                              {"roles", role_list(desk.words(), wish.roles)}}));
  if (const auto same = compare_digits(desk, options.digits, read_out); !same) return same.error();
  auto answer = sign_in(
      desk, **replica,
      {one->request.user, one->request.office, one->request.user_sign, wish.roles, wish.clearance},
      options.name, "user.approved");
  if (answer && wish.clearance < one->request.clearance)
    answer->text +=
        "\n" + desk.text("user.lowered", {{"name", options.name},
                                          {"clearance", level_text(desk.words(), wish.clearance)}});
  if (answer && options.file.empty()) drop_request(desk, **replica, one->bytes);
  return answer;
}

/// As an index of names is kept: by how they are read.
std::vector<UserId> by_name(const Roster& roster, const Directory& directory) {
  std::vector<UserId> people = roster.users();
  const auto order = [&](const UserId& id) {
    return pinyin_order(directory.person(id), Spoken::person);
  };
  std::stable_sort(people.begin(), people.end(),
                   [&](const UserId& x, const UserId& y) { return order(x) < order(y); });
  return people;
}

Result<Answer> list_users(Desk& desk, const UserOptions&) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const Roster roster = (*replica)->roster();
  const Directory directory(**replica);
  Table table({desk.text("user.name"), desk.text("office.office"), desk.text("user.clearance"),
               desk.text("user.roles")});
  Poco::JSON::Array::Ptr rows = json_array();
  for (const UserId& id : by_name(roster, directory)) {
    const UserRecord* user = roster.user(id);
    table.add({directory.person(id), directory.office(user->office),
               level_text(desk.words(), user->clearance),
               has_left(*user) ? desk.text("user.left") : role_list(desk.words(), user->roles)});
    Poco::JSON::Object::Ptr row = json_object();
    row->set("id", id.hex());
    row->set("name", directory.person(id));
    row->set("office", directory.office(user->office));
    row->set("clearance", std::string(name_of(user->clearance)));
    row->set("roles", user->roles);
    row->set("role_names", role_names(user->roles));
    row->set("left", has_left(*user));
    rows->add(row);
  }
  // Whole, however wide: `user change --roles` takes all of them, and what is not named goes.
  Answer answer{.text = table.text(0), .json = json_object()};
  answer.json->set("users", rows);
  return answer;
}

}  // namespace

void add_user(Menu& menu) {
  menu.add<UserOptions>("user add", declare_add, add_user);
  menu.add<UserOptions>("user approve", declare_approve, approve);
  menu.add<UserOptions>("user list", declare_nothing, list_users);
}

}  // namespace jiyao
