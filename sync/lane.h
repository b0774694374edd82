// sync/lane.h - the policy of carrying bundles between two nodes: which sets are out, what the next
// export has to hold, what of theirs is missing.
//
//   two_way  everything the other side has not told us it holds. At kOpenSetsMax sets of which we
//            heard nothing it stops, until one returns or a person declares it lost. Where two
//            lives of the peer speak in turn, one disk was copied: all goes out, for both.
//   one_way  what is new since the last export and what the two before it held; all of it on
//            demand. Nothing comes back, so gaps are shown at the other end.
//
// A lane is two_way; one_way is said of one export. Its set is neither open nor returned: nobody
// waits for it, and nobody has signed for it.
#pragma once

#include "schema/bundle_format.h"
#include "sync/peer_view.h"

namespace jiyao {

enum class SetState : std::uint8_t { open = 1, returned = 2, lost = 3, one_way = 4 };

/// One export, as the sender remembers it.
struct LaneSet {
  SetId set;
  std::uint64_t seq = 0;  ///< in the lane, 1..
  SetState state = SetState::open;
  std::uint32_t volumes = 0;
  std::int64_t made_ms = 0;
  Bytes held;  ///< PeerView::encode() of what we held then: the base of later one-way exports
  friend bool operator==(const LaneSet&, const LaneSet&) = default;
};

/// A set of theirs of which not every volume has come.
struct PartialSet {
  SetId set;
  std::uint32_t volumes = 0;       ///< 0: not known
  std::vector<std::uint32_t> got;  ///< sorted, unique
  friend bool operator==(const PartialSet&, const PartialSet&) = default;
};

/// What a person asks of one export. A one-way set is never counted as received; a full one repeats
/// everything (docs/decisions/0004).
struct SetKind {
  bool is_two_way = true;
  bool is_full = false;
};

/// What this replica knows of its lane with one peer. A value: the owner keeps encode() in log.jdb,
/// in the same breath as the hand-over fact.
class LaneBook {
 public:
  explicit LaneBook(const NodeId& peer) : peer_(peer) {}

  const NodeId& peer() const { return peer_; }
  const std::vector<LaneSet>& sets() const { return sets_; }  ///< oldest first, newest kSetsKept
  std::vector<SetId> open_sets() const;
  std::uint64_t next_seq() const { return last_seq_ + 1; }
  SetId last_set() const { return sets_.empty() ? SetId{} : sets_.back().set; }

  /// What the peer is taken to hold already; all it does not name goes out. A full set: nothing.
  ///   errors: conflict (two_way: kOpenSetsMax sets are open; the detail names them)
  Result<PeerView> base(SetKind kind = {}) const;
  void exported(LaneSet set);
  /// A person says the medium is gone: what was in it counts as never sent. Changes open sets only.
  ///   errors: not_found
  Result<void> declare_lost(const SetId& set);
  void returned(const SetId& set);  ///< unknown, closed and one-way ones change nothing
  /// Closes what the peer's newest receipts say was taken in.
  void close_by(const std::vector<Receipt>& receipts);

  /// One volume of theirs was wholly integrated.   `view`: what it said of its sender
  void took_in(const BundleOuter& outer, const BundleManifest& manifest, const Bytes& view);
  /// Whole sets taken in from the peer, newest kReceiptSetsMax: what our next bundle closes.
  std::vector<SetId> taken_in() const;
  const std::vector<PartialSet>& partial_sets() const { return partial_; }
  /// Numbers of their sets that never came though a later one did: shown as 缺包. At most 100.
  std::vector<std::uint64_t> gaps() const;

  Bytes encode() const;
  static Result<LaneBook> decode(ByteView bytes);  ///< errors: malformed, too_large
  friend bool operator==(const LaneBook&, const LaneBook&) = default;

  static constexpr std::size_t kSetsKept = 16;
  static constexpr std::size_t kPartialSetsMax = 16;
  static constexpr std::size_t kWordsKept = 6;
  static constexpr std::size_t kBookBytesMax = std::size_t{64} << 20;

 private:
  void see(std::uint64_t seq);
  bool has_twins() const;

  NodeId peer_;
  std::uint64_t last_seq_ = 0;
  std::vector<LaneSet> sets_;
  Bytes peer_view_;                      ///< newest word of the peer about itself; empty: none yet
  IncarnationId peer_incarnation_;       ///< that said it
  std::vector<IncarnationId> speakers_;  ///< of their last kWordsKept sets, oldest first
  std::uint64_t seen_through_ = 0;       ///< every set of theirs up to here came
  std::vector<std::uint64_t> seen_;      ///< later ones, sorted
  std::vector<SetId> taken_in_;          ///< oldest first
  std::vector<PartialSet> partial_;
};

}  // namespace jiyao
