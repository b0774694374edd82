// client/commands/user_change.cpp - user change: other roles, another clearance; of somebody who
// leaves, none. The archive decides and the root signs.
#include <algorithm>
#include <optional>

#include "client/commands/commands.h"
#include "client/directory.h"
#include "client/keeping.h"
#include "client/roles.h"

namespace jiyao {

namespace {

struct ChangeOptions {
  std::string name, clearance;
  std::optional<std::string> roles;
};

void declare_change(CLI::App& app, ChangeOptions& options, const Catalogue& words) {
  app.add_option("name", options.name, words.text("opt.person"))->check(not_blank())->required();
  app.add_option("--roles,--角色", options.roles, words.text("opt.new_roles"));
  app.add_option("--clearance,--涉密等级", options.clearance, words.text("opt.clearance"))
      ->check(not_blank());
}

/// The record as the options want it.
Result<UserRecord> wanted(Desk& desk, UserRecord user, const ChangeOptions& options) {
  if (!options.clearance.empty()) {
    const auto clearance = level_from(options.clearance);
    if (!clearance)
      return desk.failure(Errc::invalid, "value.level", {{"typed", options.clearance}});
    user.clearance = *clearance;
  }
  if (options.roles) {
    const auto roles = is_no_role(*options.roles) ? Result<Roles>(Roles{0})
                                                  : roles_from(desk.words(), *options.roles);
    if (!roles) return roles.error();
    user.roles = *roles;
  }
  return user;
}

/// May this person, at the archive, put names to the ids that the root signs?
bool keeps_names(const Replica& replica, const UserRecord& user) {
  return user.office == replica.roster().realm_record().realm_office &&
         user.clearance >= Level::internal &&
         (user.roles & replica.definitions().ledger("directory")->writers) != 0;
}

bool is_last_who_keeps_names(const Replica& replica, const UserRecord& now,
                             const UserRecord& next) {
  const Roster roster = replica.roster();
  if (!keeps_names(replica, now) || keeps_names(replica, next)) return false;
  return std::ranges::none_of(roster.users(), [&](const UserId& id) {
    return id != now.user && keeps_names(replica, *roster.user(id));
  });
}

/// What the person has from now on, and what that means.
std::string consequences(Desk& desk, const std::string& name, const UserRecord& before,
                         const UserRecord& now) {
  const std::string clearance = level_text(desk.words(), now.clearance);
  std::string text = desk.text(
      "user.changed",
      {{"name", name}, {"clearance", clearance}, {"roles", role_list(desk.words(), now.roles)}});
  if (now.clearance < before.clearance)
    text += "\n" + desk.text("user.lowered", {{"name", name}, {"clearance", clearance}});
  if (now.clearance > before.clearance) text += "\n" + desk.text("user.raised", {{"name", name}});
  if (now.roles == 0 && before.roles != 0)
    text += "\n" + desk.text("user.without_roles", {{"name", name}});
  return text;
}

Result<Answer> change(Desk& desk, const ChangeOptions& options) {
  if (!options.roles && options.clearance.empty())
    return desk.failure(Errc::usage, "user.change_what");
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const Directory directory(**replica);
  const auto id = directory.person_named(options.name);
  if (!id) return desk.failure(Errc::not_found, "user.none", {{"name", options.name}});
  const UserRecord before = *(*replica)->roster().user(*id);
  const auto next = wanted(desk, before, options);
  if (!next) return next.error();
  const std::string name = directory.person(*id);
  const bool is_other = next->roles != before.roles || next->clearance != before.clearance;
  if (is_last_who_keeps_names(**replica, before, *next))
    return desk.failure(Errc::not_allowed, "user.last_at_archive", {{"name", name}});
  if (is_other) {
    RosterDraft draft = draft_here(desk, **replica);
    draft.add_user(*next);
    if (const auto applied = sign_and_apply(desk, **replica, draft); !applied)
      return applied.error();
  }
  Answer answer{.text = is_other ? consequences(desk, name, before, *next)
                                 : desk.text("user.same", {{"name", name}}),
                .json = json_object()};
  answer.json->set("user", id->hex());
  answer.json->set("name", name);
  answer.json->set("clearance", std::string(name_of(next->clearance)));
  answer.json->set("roles", next->roles);
  answer.json->set("changed", is_other);
  return answer;
}

}  // namespace

void add_user_change(Menu& menu) {
  menu.add<ChangeOptions>("user change", declare_change, change);
}

}  // namespace jiyao
