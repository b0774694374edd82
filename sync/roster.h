// sync/roster.h - what the roster says at one point: nodes, users, access, epochs, ceilings,
// standing.
//
// An immutable value: append() gives the next one. Cheap to copy (shared, immutable state).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "schema/batch.h"
#include "schema/change.h"
#include "schema/frames.h"
#include "schema/roster_record.h"

namespace jiyao {

enum class RouteKind : std::uint8_t { network = 1, medium = 2, local = 3 };

/// How bytes travel: over a hub's network, or on a medium with a label.
struct Route {
  RouteKind kind = RouteKind::local;
  Level ceiling =
      Level::top_secret;  ///< network: the hub's; medium: its label; local: the device's
};

enum class Verdict : std::uint8_t { counts, quarantined, held };

/// Why something does not count. Stable: people see it and `verify` prints it.
enum class Ground : std::uint8_t {
  none = 0,
  no_access,
  cut_off,
  unknown_node,
  no_role,
  not_cleared,
  no_person_signature,
  bad_person_signature,
  undecodable,
  unknown_kind,
  wrong_machine,  ///< the ledger is kept on stand-alone machines only
};
struct Standing {
  Verdict verdict = Verdict::counts;
  Ground ground = Ground::none;
  friend bool operator==(const Standing&, const Standing&) = default;
};

/// Says which batch descends from which, by `prev` within one stream. Implemented by the log.
class Ancestry {
 public:
  virtual ~Ancestry() = default;
  /// Is `ancestor` equal to `batch` or before it in its stream, as far as held?
  virtual bool reaches(const BatchId& batch, const BatchId& ancestor) const = 0;
};

struct NodeEntry {
  NodeRecord record;
  bool is_revoked = false;
  std::vector<StreamCut> cuts;
};
struct EpochEntry {
  std::uint32_t epoch = 0;
  BoxPublicKey key;
  std::uint64_t since_seq = 0;  ///< roster record that began it
};

class Roster {
 public:
  Roster();  ///< empty: accepts only a seq 1 record
  /// Exact next seq, prev hash, realm; signatures of `threshold` distinct persons with distinct
  /// keys.
  ///   errors: malformed, not_authentic, not_for_us (realm), need_roster (gap), exists (this very
  ///   record is applied)
  Result<Roster> append(ByteView record) const;

  RosterPoint point() const;
  const RealmId& realm() const;
  const RealmRecord& realm_record() const;
  Digest root_fingerprint() const;  ///< H(root_print | root keys of seq 1)
  /// The point this roster passed through at an earlier seq; {0, none} at 0.
  std::optional<RosterPoint> point_at(std::uint64_t seq) const;

  const NodeEntry* node(const NodeId& id) const;
  const UserRecord* user(const UserId& id) const;
  /// As of an earlier seq; 0: now.
  const NodeRecord* node_at(const NodeId& id, std::uint64_t seq) const;
  /// As of an earlier seq; 0: now. Authority is judged at the point a batch names.
  const UserRecord* user_at(const UserId& id, std::uint64_t seq) const;
  const OfficeRecord* office(const OfficeId& id) const;
  const OfficeRecord* office_at(const OfficeId& id, std::uint64_t seq) const;
  const HubRecord* hub(const HubId& id) const;
  /// The one a record named last; nullptr: this realm has none.
  const HubRecord* newest_hub() const;
  std::vector<NodeId> nodes() const;
  std::vector<OfficeId> offices() const;
  std::vector<UserId> users() const;
  std::vector<HubId> hubs() const;
  std::vector<CompartmentId> compartments() const;  ///< all that have an epoch
  /// The same, and those without one to which a node in service has access.
  std::vector<CompartmentId> named_compartments() const;
  /// Of what this node keeps and somebody may read: what lacks its first epoch, and what a reader
  /// left after its newest one. Its keeper has to draft these.
  std::vector<CompartmentId> epochs_due(const NodeId& keeper) const;
  std::vector<EpochEntry> epochs(const CompartmentId& compartment) const;
  std::optional<EpochEntry> epoch(const CompartmentId& compartment) const;  ///< the newest
  AccessRight access(const NodeId& node, const CompartmentId& compartment) const;
  /// The archive node whose device ceiling reaches the level, else the owner office's lead node.
  /// The roster record since which a grant of this node has to be newer: the last epoch, or the
  /// last word on its access.
  std::uint64_t grant_due_seq(const NodeId& node, const CompartmentId& compartment) const;
  /// `top_secret` never leaves its office: its lead node. Of several archive nodes the one enrolled
  /// first, so that a second one takes nothing over. Whoever may not hold the level keeps no key of
  /// it. None: nobody.
  NodeId keeper(const CompartmentId& compartment) const;
  NodeId keeper_at(const CompartmentId& compartment, std::uint64_t seq) const;
  std::optional<RulesetRecord> ruleset() const;
  bool is_admitted(const BatchId& batch) const;
  const std::vector<PurgeRecord>& purges() const;
  std::optional<LaneRecord> lane(const NodeId& from, const NodeId& to) const;

  /// The highest level this route may carry: its own ceiling and the realm's for its kind.
  Level ceiling(const Route& route) const;
  /// Compartments `node` may hear of over `route`: access, route ceiling and device ceiling
  /// together.
  Scope scope(const NodeId& node, const Route& route) const;
  /// Every compartment up to the hub's ceiling: what it stores.
  Scope scope_of_hub(const HubId& hub) const;

  /// Does this batch count, as far as its header tells? Had the author write access at the roster
  /// point it names, and is it not beyond a cut? Same on every replica at the same point.
  Standing standing(const SealedBatch& batch, const Ancestry& ancestry) const;
  /// Does this change count? Actor known, of a role among `roles_needed` (0: any), cleared for the
  /// level; a decisive change carries the actor's signature. The actor's authority is judged at
  /// `at` (the batch's roster point; {0,none}: now).
  Standing standing(const Change& change, const RosterPoint& at, Roles roles_needed,
                    bool is_decisive) const;

  struct State;  ///< sync/roster_state.h; nobody else's business

 private:
  explicit Roster(std::shared_ptr<const State> state);
  bool may_write(const SealedBatch& batch) const;
  std::shared_ptr<const State> state_;
};

}  // namespace jiyao
