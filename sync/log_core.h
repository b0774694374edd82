// sync/log_core.h - what every batch log does the same way, whatever it stores into.
//
// log.jdb, a hub's store and the log in memory keep bytes in different places, but they let in the
// same batches, compute the same frontiers and keep the same papers. Those decisions live here
// once, in memory, and are rebuilt from the stored bytes at open. One thread at a time.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "sync/batch_log.h"

namespace jiyao {

/// What the index remembers of one batch.
struct BatchLine {
  BatchId id;
  CompartmentId compartment;
  Author author;
  std::uint64_t seq = 0;
  BatchId prev;
  std::uint32_t bytes = 0;  ///< whole sealed batch
};
BatchLine line_of(const SealedBatch& batch);

enum class Admitted : std::uint8_t {
  store,
  wait,  ///< its author is unknown to this roster yet
};
/// The checks of design.md section 4 from realm to ceiling (SealedBatch::parse() did those before).
/// `device_ceiling`: of the machine that would store it (device_ceiling_of(), a hub's own).
///   errors: malformed (wrap slots), not_for_us, not_authentic, above_ceiling, need_roster
Result<Admitted> admit(const SealedBatch& batch, const Roster& roster, const Route& route,
                       Level device_ceiling);
/// The node's ceiling in the roster; `internal` as long as the roster does not name it.
Level device_ceiling_of(const Roster& roster, const NodeId& node);

/// Two batches of one stream that cannot both be its life: the same predecessor or the same number.
/// Both are data and both replicate (design.md section 11); somebody should hear of it.
struct Fork {
  CompartmentId compartment;
  Author author;
  BatchId lesser, greater;  ///< by bytes
  friend auto operator<=>(const Fork&, const Fork&) = default;
};

/// Which batches are held and how they hang together. A predecessor counts only within the stream:
/// a `prev` that names a batch of somebody else is a predecessor nobody holds.
class BatchIndex final : public Ancestry {
 public:
  bool add(const BatchLine& line);  ///< false: held already
  bool holds(const BatchId& id) const { return by_id_.contains(id); }
  std::optional<BatchLine> find(const BatchId& id) const;
  std::size_t size() const { return entries_.size(); }

  bool reaches(const BatchId& batch, const BatchId& ancestor) const override;
  Frontier frontier(const CompartmentId& compartment) const;
  std::vector<BatchId> batches(const CompartmentId& compartment) const;  ///< by arrival
  std::vector<CompartmentId> compartments() const;
  /// BatchLog::missing(). One guess more, so that a peer that is merely ahead of us is not sent its
  /// whole past: an unknown tip of theirs above a floor that we know is taken to continue our own
  /// chain. If it does not (a fork), its batches come to us and the next comparison is exact.
  Missing missing(const Scope& scope, std::span<const CompartmentFrontier> theirs,
                  std::size_t bytes_max) const;
  /// The end of a stream, to seal the next batch onto; of a forked one the tip of greatest seq.
  std::optional<BatchLine> tip(const Author& author, const CompartmentId& compartment) const;
  const std::vector<Fork>& forks() const { return forks_; }  ///< as they were found
  /// The ends of the gap-free prefixes of a compartment's streams, sorted: what a cumulative
  /// receipt may name. Behind a gap, the first child of a fork is followed.
  std::vector<BatchId> whole_prefix_ends(const CompartmentId& compartment) const;

 private:
  using Place = std::uint32_t;
  static constexpr Place kNowhere = ~Place{0};
  struct StreamName {
    CompartmentId compartment;
    Author author;
    friend auto operator<=>(const StreamName&, const StreamName&) = default;
  };
  struct Entry {
    BatchId id, prev;
    std::uint64_t seq;
    Place stream, parent, child;  ///< child: the first that came
    std::uint32_t bytes;
  };
  struct Stream {
    StreamName name;
    bool is_forked = false;
    std::multimap<BatchId, Place> floors;   ///< by the predecessor they name, which is not held
    std::map<std::uint64_t, Place> by_seq;  ///< first batch of this number
  };
  struct Compartment {
    std::vector<Place> arrival;
    std::set<BatchId> tips, floors;
  };
  Place stream_of(const StreamName& name);
  void note_fork(Stream& stream, Place one, Place other);
  void link(Place place);
  Place place_of(const BatchId& id, const CompartmentId& compartment) const;
  void mark_ancestors(Place tip, const std::set<BatchId>& floors, std::vector<bool>& marked) const;
  void mark_held_by_peer(const CompartmentFrontier& theirs, std::vector<bool>& marked) const;

  std::vector<Entry> entries_;
  std::vector<Stream> streams_;
  std::map<StreamName, Place> stream_places_;
  std::unordered_map<BatchId, Place, BlockHash> by_id_;
  std::map<CompartmentId, Compartment> compartments_;
  std::vector<Fork> forks_;
};

/// How much of whom waits for a roster record. Only accounts: the bytes are kept by the log.
class WaitingRoom {
 public:
  bool has_room(const NodeId& peer, std::size_t bytes) const;
  void enter(const BatchId& id, const NodeId& peer, std::size_t bytes);
  void leave(const BatchId& id);
  bool holds(const BatchId& id) const { return guests_.contains(id); }
  std::size_t size() const { return guests_.size(); }

 private:
  struct Guest {
    NodeId peer;
    std::size_t bytes;
  };
  std::map<BatchId, Guest> guests_;
  std::map<NodeId, std::size_t> bytes_;
};

/// The issuer of an `archived` receipt, and of any other.
HubId id_of_hub(const Receipt& receipt);
NodeId id_of_node(const Receipt& receipt);
/// Is it signed by whom it names, and is that somebody of this roster? A grant: by the keeper at
/// the roster point it names.   errors: not_for_us, not_authentic, need_roster (grant)
Result<void> check_paper(const Receipt& receipt, const Roster& roster);
Result<void> check_paper(const Grant& grant, const Roster& roster);
Result<void> check_paper(const HubHead& head, const Roster& roster);
Result<void> check_paper(const EpochRequest& request, const Roster& roster);
/// What of a request the root may still sign: the next epoch of a compartment that its keeper
/// keeps, and there the streams of a shut-out machine that the roster says nothing of.
std::vector<EpochRecord> open_epochs(const EpochRequest& request, const Roster& roster);
std::vector<KeptStream> open_streams(const EpochRequest& request, const Roster& roster);
bool is_open(const EpochRequest& request, const Roster& roster);
/// Does this receipt advance a status (P5)? `archived` of a hub, `applied` of the keeper; nobody
/// else's word, and `carried` never.
bool advances(const Receipt& receipt, const Roster& roster);

/// The newest papers of each kind.
class PaperShelf {
 public:
  enum class Put : std::uint8_t {
    newest,       ///< store it in place of the one before
    held_newer,   ///< this one or a newer one is here
    contradicts,  ///< HubHead: two heads of one position that differ; the evidence is `head(...)`
  };
  Put put(const Receipt& receipt);
  Put put(const Grant& grant);
  Put put(const HubHead& head);
  Put put(const EpochRequest& request);
  /// Drops the requests of which this roster leaves nothing to sign.
  void drop_answered(const Roster& roster);
  std::vector<Receipt> receipts(const Scope& scope) const;
  std::vector<Grant> grants(const Scope& scope) const;
  std::vector<HubHead> heads() const;
  std::vector<EpochRequest> epoch_requests() const;
  const HubHead* head(const HubId& hub, const IncarnationId& incarnation) const;
  const Grant* grant(const NodeId& node, const CompartmentId& compartment) const;
  /// H("papers" | digests of the grants and receipts of this scope and of the requests, in key
  /// order).
  Digest digest(const Scope& scope) const;

 private:
  struct ReceiptKey {
    CompartmentId compartment;
    Grade grade;
    Block<struct IssuerTag, 16> issuer;
    IncarnationId incarnation;
    friend auto operator<=>(const ReceiptKey&, const ReceiptKey&) = default;
  };
  template <class Paper>
  struct Shelved {
    Paper paper;
    Digest bytes;  ///< hash of the encoded paper
  };
  std::map<ReceiptKey, Shelved<Receipt>> receipts_;
  std::map<std::pair<CompartmentId, NodeId>, Shelved<Grant>> grants_;
  std::map<std::pair<HubId, IncarnationId>, HubHead> heads_;
  std::map<NodeId, Shelved<EpochRequest>> requests_;
};

}  // namespace jiyao
