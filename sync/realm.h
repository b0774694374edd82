// sync/realm.h - drafting roster records: what an archive administrator decides, as bodies that
// every roster will accept, ready for the root's signature.
//
// A draft is a value over one roster point; it stores nothing. Epochs it creates come with their
// secrets, sealed to the drafting node's own box key: keep those in log.jdb (keep_epoch_draft())
// before the record leaves the machine, or the compartment could never be read.
#pragma once

#include <map>

#include "schema/papers.h"
#include "sync/roster.h"

namespace jiyao {

/// The secret of a drafted epoch, readable by its drafter only.
struct EpochDraft {
  EpochRecord record;
  Bytes sealed;  ///< seal_box(drafter, encode_secrets(this one epoch))
};
/// A fresh epoch of a compartment this node keeps. `epoch`: the newest there is + 1.
EpochDraft draft_epoch(const CompartmentId& compartment, std::uint32_t epoch,
                       const BoxPublicKey& drafter);

class RosterDraft {
 public:
  /// Over an existing realm. `drafter` is the node at which this happens; its box key is `box`.
  RosterDraft(const Roster& roster, const NodeId& drafter, const BoxPublicKey& box,
              std::int64_t made_ms);
  /// The first record of a new realm.
  RosterDraft(const RealmId& realm, const RealmRecord& first, const NodeId& drafter,
              const BoxPublicKey& box, std::int64_t made_ms);

  /// Any body, as it is.
  RosterDraft& add(RosterBody body);
  RosterDraft& add_office(const OfficeId& office, const NodeId& lead = {}, bool is_archive = false);
  /// An approved enrolment: the node, and the access that goes with it. A node of an office writes
  /// its office's compartments of `levels` up to its ceiling and reads the directory; the archive's
  /// nodes write all of these too, up to theirs.
  RosterDraft& enrol(const NodeRecord& node, std::span<const Level> levels);
  /// Access, and the first epoch of a compartment that has none; a fresh one when access ends.
  RosterDraft& give_access(const NodeId& node, const CompartmentId& compartment, AccessRight right);
  RosterDraft& add_user(const UserRecord& user) { return add(user); }
  RosterDraft& activate(const RulesetRecord& ruleset) { return add(ruleset); }
  /// A fresh epoch, after a leave or a suspicion: drafted here, or, where another node keeps the
  /// compartment, named in epochs_of_others().
  RosterDraft& rotate(const CompartmentId& compartment);
  /// What a keeper asks for and this draft leaves right: signed with the rest; of a keeper that
  /// this draft shuts out, no epochs, but its word on others. Returns how many epochs and streams.
  std::size_t confirm(const EpochRequest& request);
  /// Shuts a node out from now on: `cuts` name what still counts of it, its access ends, and every
  /// compartment it could read gets a fresh epoch.
  RosterDraft& revoke(const NodeId& node, std::vector<StreamCut> cuts);

  /// Unsigned, in order; more than one when 64 bodies or 64 KiB are not enough.
  std::vector<RosterRecord> records() const;
  const std::vector<EpochDraft>& epochs() const { return epochs_; }
  /// Compartments whose keeper is another node: it has to draft the epoch that is needed.
  const std::vector<CompartmentId>& epochs_of_others() const { return epochs_of_others_; }

 private:
  const NodeRecord* node(const NodeId& id) const;
  NodeId keeper(const CompartmentId& compartment) const;
  std::uint32_t newest_epoch(const CompartmentId& compartment) const;
  std::vector<CompartmentId> known_compartments() const;
  void add_epoch(const CompartmentId& compartment);
  void keep_stream(const KeptStream& stream);

  Roster roster_;
  RealmId realm_;
  NodeId drafter_;
  BoxPublicKey box_;
  std::int64_t made_ms_;
  OfficeId realm_office_;
  std::vector<RosterBody> bodies_;
  std::vector<EpochDraft> epochs_;
  std::vector<CompartmentId> epochs_of_others_;
};

/// Adds one root signature in its place.
void sign_record(RosterRecord& record, const UserId& person, const SigningKey& root);

/// The cuts that keep everything of this node that is held: its streams' tips.
class BatchLog;
std::vector<StreamCut> cuts_at_tips(const BatchLog& log, const NodeId& node);

}  // namespace jiyao
