// sync/bundle_writer.h - one export: what goes into which volume, and writing a volume so that it
// may be pulled out.
#pragma once

#include "sync/bundle.h"
#include "sync/lane.h"

namespace jiyao {

/// Who sends what kind of set to whom.
struct BundleOrder {
  NodeId self;
  IncarnationId incarnation;
  const SigningKey& sign;
  std::vector<NodeId> recipients;      ///< 1..kRecipientsMax; all may read whatever is in it
  Level label = Level::internal;       ///< of the medium
  std::uint64_t volume_bytes_max = 0;  ///< 0: one volume; else kVolumeBytesMin..kBundleBytesMax
  PeerView base{};                     ///< what they hold already; nothing known: all goes out
  std::uint64_t lane_seq = 1;
  SetId before{};  ///< the set before in this lane
  bool is_two_way = true;
  std::vector<SetId> closes{};  ///< sorted: whole sets taken in from them
  std::int64_t made_ms = 0;
};
/// The order for the next export of this lane.   errors: as LaneBook::base()
Result<BundleOrder> order_for(const LaneBook& book, const NodeId& self,
                              const IncarnationId& incarnation, const SigningKey& sign,
                              SetKind kind = {});

class BundleWriter {
 public:
  /// Chooses batches, roster records and papers and deals them into volumes. Only names of batches
  /// are held; their bytes are read when a volume is written. `log` outlives the writer and may
  /// grow meanwhile: what comes later is not in the set.
  ///   errors: not_allowed (a recipient the roster does not name, or with whom nothing is shared),
  ///   revoked, above_ceiling (the label is above a device or the realm's media), too_large
  ///   (recipients, volumes), usage (volume_bytes_max out of range)
  static Result<BundleWriter> plan(const BatchLog& log, BundleOrder order);
  BundleWriter(BundleWriter&&) noexcept;
  ~BundleWriter();

  const SetId& set() const;
  std::uint32_t volumes() const;
  std::uint64_t batches() const;
  std::uint64_t changes() const;
  std::uint64_t bytes(std::uint32_t volume) const;  ///< of its file
  /// What the lane remembers once every volume is written.
  LaneSet lane_set() const;

  /// Writes one volume, 1..volumes(), beside its name, syncs, renames, reads it back and compares.
  /// Returns only then: it may be pulled out. A failure leaves nothing of it on the medium.
  ///   errors: exists (a file of that name holds something else), storage (no room; or what was
  ///   read back is not what was written).   throws StorageFailure
  Result<HandOver> write(Files& files, const Path& folder, std::uint32_t volume) const;
  /// All volumes into one folder, or none.
  Result<std::vector<HandOver>> write_all(Files& files, const Path& folder) const;

 private:
  struct State;
  explicit BundleWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
