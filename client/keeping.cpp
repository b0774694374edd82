// client/keeping.cpp - signing records with the root key, and what follows from them.
#include "client/keeping.h"

#include <algorithm>

#include "client/directory.h"
#include "client/registration.h"
#include "sync/keeper.h"
#include "sync/log_core.h"

namespace jiyao {

LogFile& log_file(Replica& replica) {
  auto* file = dynamic_cast<LogFile*>(&replica.log());
  JIYAO_ASSERT(file != nullptr);
  return *file;
}

RosterDraft draft_here(Desk& desk, Replica& replica) {
  return RosterDraft(replica.roster(), replica.node(), replica.node_box().public_key(),
                     desk.env().clock.wall_ms());
}

Result<void> catch_up_all(Replica& replica, const Progress* progress) {
  while (true) {
    const auto caught = replica.catch_up(64, progress);
    if (!caught) return caught.error();
    if (caught->is_complete) return {};
  }
}

Result<void> keep(Replica& replica) {
  const KeeperKeys keys{replica.node(), replica.node_key(), replica.node_box()};
  const auto granted = issue_grants(log_file(replica), keys);
  if (!granted) return granted.error();
  if (const auto caught = catch_up_all(replica); !caught) return caught.error();
  const auto asked = request_epochs(log_file(replica), keys, granted->without_secret);
  if (!asked) return asked.error();
  const auto receipts = replica.issue_receipts();
  if (!receipts) return receipts.error();
  return {};
}

Result<void> sign_and_apply(Desk& desk, Replica& replica, RosterDraft draft) {
  const auto keyring = desk.keyring();
  if (!keyring) return keyring.error();
  const auto passphrase = desk.prompt().passphrase(desk.text("root.passphrase"));
  if (!passphrase) return passphrase.error();
  const auto root = keyring->unlock_root(passphrase->reveal());
  if (!root)
    return root.code() == Errc::not_found ? desk.failure(Errc::not_allowed, "root.not_here")
                                          : Error{root.code(), {}};
  const VerifyKey root_key = (*root)->verify_key();
  const auto& roots = replica.roster().realm_record().roots;
  const auto person = std::find_if(roots.begin(), roots.end(),
                                   [&](const RootKey& one) { return one.key == root_key; });
  if (person == roots.end()) return desk.failure(Errc::not_allowed, "root.not_here");
  LogFile& log = log_file(replica);
  for (const EpochRequest& request : log.epoch_requests()) draft.confirm(request);
  for (const EpochDraft& epoch : draft.epochs())
    log.keep_epoch_draft(epoch.record.key, epoch.sealed);
  for (RosterRecord record : draft.records()) {
    sign_record(record, person->person, **root);
    const Bytes bytes = encode_record(record);
    if (const auto ready = replica.before_roster(bytes); !ready) return ready.error();
    if (const auto applied = log.extend_roster(bytes); !applied) return applied.error();
  }
  return keep(replica);
}

std::set<std::pair<NodeId, CompartmentId>> kept_in(const EpochRequest& request,
                                                   const Roster& roster) {
  std::set<std::pair<NodeId, CompartmentId>> kept;
  for (const KeptStream& stream : open_streams(request, roster))
    kept.emplace(stream.node, stream.cut.compartment);
  return kept;
}

std::string waiting_for_root(Desk& desk, Replica& replica) {
  const auto keyring = desk.keyring();
  const bool has_root =
      keyring && std::ranges::any_of(keyring->contents().slots, [](const KeyringSlot& slot) {
        return slot.kind == SlotKind::root;
      });
  const Directory directory(replica);
  std::string text;
  const auto tell = [&](const std::string& line) { text += (text.empty() ? "" : "\n") + line; };
  const Roster roster = replica.roster();
  for (const EpochRequest& request : replica.log().epoch_requests()) {
    if (!has_root && request.keeper != replica.node()) continue;
    const std::string keeper = directory.node(request.keeper);
    for (const EpochRecord& epoch : open_epochs(request, roster))
      tell(desk.text(has_root ? "epoch.to_sign" : "epoch.asked",
                     {{"compartment", directory.compartment(desk.words(), epoch.compartment)},
                      {"keeper", keeper}}));
    for (const auto& [node, compartment] : kept_in(request, roster))
      tell(desk.text(has_root ? "kept.to_sign" : "kept.asked",
                     {{"compartment", directory.compartment(desk.words(), compartment)},
                      {"node", directory.node(node)},
                      {"keeper", keeper}}));
  }
  return text;
}

Step directory_step(const Replica& replica, const std::string& entry, const std::string& subject,
                    const std::string& name) {
  auto step =
      create_step(replica.definitions(), "directory", replica.new_record_id(),
                  {{"entry", entry}, {"subject", subject}, {"name", name}, {"state", "valid"}});
  JIYAO_ASSERT(step);
  return *step;
}

Result<void> record_names(Replica& replica, const std::vector<Step>& steps) {
  const CompartmentId directory{replica.roster().realm_record().realm_office, Level::internal};
  const auto recorded = replica.record(Act{directory, steps});
  if (!recorded) return recorded.error();
  return {};
}

Bytes roster_frames(const BatchLog& log, bool with_grants) {
  Bytes frames;
  for (const Bytes& record : log.roster_records(0)) put_frame(frames, FrameType::roster, record);
  if (!with_grants) return frames;
  const Scope all{log.roster().compartments()};
  for (const Grant& grant : log.grants(all))
    put_frame(frames, FrameType::grant, encode_grant(grant));
  return frames;
}

Result<void> take_frames(BatchLog& log, ByteView bytes) {
  FrameReader frames(bytes);
  while (!frames.at_end()) {
    const auto frame = frames.next();
    if (!frame) return frame.error();
    if (frame->type == FrameType::roster) {
      if (const auto taken = log.extend_roster(frame->bytes); !taken) return taken.error();
    } else if (frame->type == FrameType::grant) {
      const auto grant = decode_grant(frame->bytes);
      if (!grant) return grant.error();
      if (const auto taken = log.put(*grant); !taken) return taken.error();
    }
  }
  return {};
}

std::vector<Level> levels_up_to(Level ceiling) {
  std::vector<Level> levels;
  for (auto level = static_cast<std::uint8_t>(Level::internal);
       level <= static_cast<std::uint8_t>(ceiling); ++level)
    levels.push_back(static_cast<Level>(level));
  return levels;
}

}  // namespace jiyao
