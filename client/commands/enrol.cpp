// client/commands/enrol.cpp - how a machine comes in: invite, request, approve, complete; by file
// or through the hub's mailbox; twelve groups of five digits are read out by both sides.
#include <algorithm>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/directory.h"
#include "client/hub_link.h"
#include "client/invitation_file.h"
#include "client/keeping.h"
#include "client/mailbox.h"
#include "client/roles.h"
#include "client/setup.h"
#include "crypto/random.h"

namespace jiyao {

namespace {

struct EnrolOptions {
  std::string office, kind = "networked", ceiling = "internal", out, file, digits, node, person;
  std::string roles = kClerkRoles, clearance;
  std::vector<std::string> access;
  bool is_archive = false;
  std::int64_t days = 7;
};

constexpr const char* kMadeNote = "enrol.made/";

void declare_invite(CLI::App& app, EnrolOptions& options, const Catalogue& words) {
  app.add_option("--office,--单位", options.office, words.text("opt.office"))
      ->check(not_blank())
      ->required();
  app.add_option("--kind", options.kind, words.text("opt.kind"))
      ->check(CLI::IsMember({"networked", "standalone"}));
  app.add_option("--ceiling,--最高密级", options.ceiling, words.text("opt.ceiling"));
  app.add_flag("--archive", options.is_archive, words.text("opt.archive"));
  app.add_option("--days", options.days, words.text("opt.days"))->check(CLI::Range(1, 365));
  app.add_option("-o,--out", options.out, words.text("opt.output"))->required();
}

void declare_request(CLI::App& app, EnrolOptions& options, const Catalogue& words) {
  app.add_option("-o,--out", options.out, words.text("opt.request_out"));
}

void declare_approve(CLI::App& app, EnrolOptions& options, const Catalogue& words) {
  app.add_option("file", options.file, words.text("opt.request_file"));
  app.add_option("--digits", options.digits, words.text("opt.digits"));
  app.add_option("--node,--机器", options.node, words.text("opt.node"));
  app.add_option("--person,--姓名", options.person, words.text("opt.person"))->check(not_blank());
  app.add_option("--roles", options.roles, words.text("opt.roles"));
  app.add_option("--clearance", options.clearance, words.text("opt.clearance"));
  app.add_option("-o,--out", options.out, words.text("opt.realm_file"));
}

void declare_complete(CLI::App& app, EnrolOptions& options, const Catalogue& words) {
  app.add_option("file", options.file, words.text("opt.complete_file"));
}

Result<Answer> invite(Desk& desk, const EnrolOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto office = Directory(**replica).office_named(options.office);
  if (!office) return desk.failure(Errc::not_found, "office.none", {{"name", options.office}});
  const auto ceiling = level_from(options.ceiling);
  if (!ceiling) return desk.failure(Errc::invalid, "value.level", {{"typed", options.ceiling}});
  InvitationFile file;
  Invitation& invitation = file.invitation;
  invitation.realm = (*replica)->roster().realm();
  invitation.invite = random_block<RequestId>();
  invitation.secret = random_block<InvitationSecret>();
  invitation.root_print = (*replica)->roster().root_fingerprint();
  invitation.office = *office;
  invitation.kind = options.kind == "standalone" ? NodeKind::standalone : NodeKind::networked;
  invitation.is_archive = options.is_archive;
  invitation.device_ceiling = *ceiling;
  invitation.expires_ms = desk.env().clock.wall_ms() + options.days * 86'400'000;
  if (invitation.kind == NodeKind::networked)
    if (const auto hub = hub_of(desk, **replica)) {
      file.hub = hub->hub;
      invitation.hub_address = hub->address;
      invitation.hub_certificate = hub->certificate;
    }
  (*replica)->remember(kMadeNote + invitation.invite.hex(), encode_invitation(invitation));
  if (const auto written = write_answer(desk, options.out, encode_invitation_file(file)); !written)
    return written.error();
  Answer answer{.text = desk.text("enrol.invited", {{"file", options.out}}), .json = json_object()};
  answer.json->set("file", options.out);
  answer.json->set("invite", invitation.invite.hex());
  return answer;
}

Result<InvitationFile> own_invitation(Desk& desk, const Replica& replica) {
  const auto note = replica.recall(kInvitationNote);
  if (!note) return desk.failure(Errc::not_found, "enrol.no_invitation");
  return decode_invitation_file(*note);
}

Bytes made_request(Desk& desk, Replica& replica, const Invitation& invitation) {
  if (const auto made = replica.recall(kRequestNote)) return *made;
  EnrolRequest request;
  request.realm = invitation.realm;
  request.invite = invitation.invite;
  request.request = random_block<RequestId>();
  request.office = invitation.office;
  request.kind = invitation.kind;
  request.is_archive = invitation.is_archive;
  request.node = replica.node();
  request.node_sign = replica.node_key().verify_key();
  request.node_box = replica.node_box().public_key();
  request.user = replica.person().user;
  request.user_sign = replica.person().sign->verify_key();
  request.roles = roles_from(desk.words(), kClerkRoles).value();
  request.clearance = invitation.device_ceiling;
  request.made_ms = desk.env().clock.wall_ms();
  sign_request(request, invitation.secret, *replica.person().sign, replica.node_key());
  Bytes bytes = encode_request(request);
  replica.remember(kRequestNote, bytes);
  return bytes;
}

Result<Answer> request(Desk& desk, const EnrolOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto file = own_invitation(desk, **replica);
  if (!file) return file.error();
  const Bytes bytes = made_request(desk, **replica, file->invitation);
  const std::string read_out = digits(bytes, file->invitation.root_print);
  if (!options.out.empty()) {
    if (const auto written = write_answer(desk, options.out, bytes); !written)
      return written.error();
  } else {
    if (file->invitation.hub_address.empty())
      return desk.failure(Errc::usage, "prompt.needs_flag", {{"flag", "--out"}});
    const auto sent =
        post_request(file->invitation.hub_address, file->invitation.hub_certificate, bytes);
    if (!sent) return sent.error();
  }
  Answer answer{.text = desk.text("enrol.requested", {{"digits", read_out}}),
                .json = json_object()};
  answer.json->set("digits", read_out);
  answer.json->set("node", (*replica)->node().hex());
  return answer;
}

struct Asked {
  Bytes bytes;
  EnrolRequest request;
  Invitation invitation;
  bool is_from_hub = false;
};

/// A request that was made with an invitation of ours; the first such in the mailbox.
Result<Asked> asked(Desk& desk, Replica& replica, const EnrolOptions& options) {
  auto brought = letters(desk, replica, options.file);
  if (!brought) return brought.error();
  Error last = desk.failure(Errc::not_found, "enrol.no_request");
  for (Bytes& bytes : *brought) {
    const auto request = decode_request(bytes);
    if (!request && decode_user_request(bytes)) {
      last = desk.failure(Errc::not_found, "enrol.only_a_person");
      continue;
    }
    if (!request) {
      last = request.error();
      continue;
    }
    const auto note = replica.recall(kMadeNote + request->invite.hex());
    if (!note || note->empty()) {
      last = desk.failure(Errc::not_allowed, "enrol.unknown_invitation");
      continue;
    }
    const auto invitation = decode_invitation(*note);
    if (!invitation) return invitation.error();
    if (!is_invited(*request, invitation->secret)) {
      last = Error{Errc::not_authentic, {}};
      continue;
    }
    if (invitation->expires_ms < desk.env().clock.wall_ms())
      return desk.failure(Errc::not_allowed, "enrol.expired");
    return Asked{std::move(bytes), *request, *invitation, options.file.empty()};
  }
  return last;
}

Result<RosterDraft> enrolment_draft(Desk& desk, Replica& replica, const Asked& one,
                                    const EnrolOptions& options) {
  const auto roles = roles_from(desk.words(), options.roles);
  if (!roles) return roles.error();
  const auto clearance =
      options.clearance.empty() ? one.invitation.device_ceiling : level_from(options.clearance);
  if (!clearance) return desk.failure(Errc::invalid, "value.level", {{"typed", options.clearance}});
  NodeRecord node;
  node.node = one.request.node;
  node.office = one.invitation.office;
  node.kind = one.invitation.kind;
  node.is_archive = one.invitation.is_archive;
  node.device_ceiling = one.invitation.device_ceiling;
  node.sign = one.request.node_sign;
  node.box = one.request.node_box;
  RosterDraft draft = draft_here(desk, replica);
  const Roster roster = replica.roster();
  const OfficeRecord* office = roster.office(node.office);
  if (office != nullptr && office->lead.is_none())
    draft.add(OfficeRecord{node.office, node.node, office->is_archive || node.is_archive});
  draft.enrol(node, levels_up_to(node.device_ceiling));
  draft.add_user({one.request.user, node.office, one.request.user_sign, *roles, *clearance});
  return draft;
}

Result<Answer> approve(Desk& desk, const EnrolOptions& options) {
  if (!options.out.empty())  // before anything is signed
    if (const auto free = check_target(desk, options.out); !free) return free.error();
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto one = asked(desk, **replica, options);
  if (!one) return one.error();
  const std::string read_out = digits(one->bytes, (*replica)->roster().root_fingerprint());
  if (const auto same = compare_digits(desk, options.digits, read_out); !same) return same.error();
  const auto draft = enrolment_draft(desk, **replica, *one, options);
  if (!draft) return draft.error();
  if (const auto applied = sign_and_apply(desk, **replica, *draft); !applied)
    return applied.error();
  (*replica)->remember(kMadeNote + one->request.invite.hex(), {});  // used once
  std::vector<Step> names;
  const std::string office = Directory(**replica).office(one->invitation.office);
  names.push_back(directory_step(
      **replica, "节点", one->request.node.hex(),
      options.node.empty() ? office + "-" + one->request.node.hex().substr(0, 4) : options.node));
  names.push_back(directory_step(**replica, "人员", one->request.user.hex(),
                                 options.person.empty()
                                     ? office + "-" + one->request.user.hex().substr(0, 4)
                                     : options.person));
  if (const auto named = record_names(**replica, names); !named) return named.error();
  if (!options.out.empty())
    if (const auto written =
            write_answer(desk, options.out, roster_frames((*replica)->log(), true));
        !written)
      return written.error();
  if (one->is_from_hub) drop_request(desk, **replica, one->bytes);
  Answer answer{
      .text = desk.text("enrol.approved", {{"node", one->request.node.hex().substr(0, 8)}}),
      .json = json_object()};
  answer.json->set("node", one->request.node.hex());
  answer.json->set("user", one->request.user.hex());
  return answer;
}

Result<Answer> complete(Desk& desk, const EnrolOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto file = own_invitation(desk, **replica);
  if (!file) return file.error();
  if (!options.file.empty()) {
    const auto bytes = read_file(desk.env().files, options.file, 64 << 20);
    if (!bytes) return not_readable(desk, bytes.code(), options.file);
    if ((*replica)->log().roster().point().seq == 0) {
      FrameReader frames(*bytes);
      const auto first = frames.next();
      if (!first) return Error{first.code(), options.file};
      TrustGate gate(**replica, file->invitation.root_print);
      if (const auto trusted = gate.before_roster(first->bytes); !trusted) return trusted.error();
    }
    if (const auto taken = take_frames((*replica)->log(), *bytes); !taken) return taken.error();
    if (const auto kept = keep(**replica); !kept) return kept.error();
  } else {
    if (file->invitation.hub_address.empty()) return desk.failure(Errc::usage, "enrol.needs_file");
    const HubAt hub{file->hub, file->invitation.hub_address, file->invitation.hub_certificate,
                    Level::internal};
    const auto met = meet_hub(desk, **replica, hub, file->invitation.root_print);
    if (!met)
      return met.code() == Errc::not_allowed ? desk.failure(Errc::not_allowed, "enrol.not_yet")
                                             : met.error();
  }
  if ((*replica)->roster().node((*replica)->node()) == nullptr)
    return desk.failure(Errc::need_roster, "enrol.not_yet");
  Answer answer{.text = desk.text("enrol.completed"), .json = json_object()};
  if (const std::string epochs = waiting_for_root(desk, **replica); !epochs.empty())
    answer.text += "\n" + epochs;
  answer.json->set("node", (*replica)->node().hex());
  answer.json->set("roster", (*replica)->roster().point().seq);
  return answer;
}

}  // namespace

void add_enrol(Menu& menu) {
  menu.add<EnrolOptions>("enrol invite", declare_invite, invite);
  menu.add<EnrolOptions>("enrol request", declare_request, request);
  menu.add<EnrolOptions>("enrol approve", declare_approve, approve);
  menu.add<EnrolOptions>("enrol complete", declare_complete, complete);
}

}  // namespace jiyao
