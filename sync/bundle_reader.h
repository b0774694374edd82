// sync/bundle_reader.h - taking one volume in: pass 1 proves all of it and stores nothing, pass 2
// integrates.
#pragma once

#include "sync/bundle.h"
#include "sync/lane.h"

namespace jiyao {

/// Who reads.
struct BundleSelf {
  NodeId node;
  IncarnationId incarnation;  ///< none: own unknown work is not looked for
  const BoxKey& box;
  RealmId realm;  ///< none: of a machine just enrolled that does not know it yet
  Digest root;    ///< fingerprint of the realm root, from the invitation
};

/// What pass 1 found.
struct BundleSummary {
  BundleManifest manifest;
  bool is_torn = false;  ///< the file ends early; what precedes the tear is authentic
  std::uint64_t roster_records = 0, papers = 0, batches = 0;  ///< whole ones
};

/// What pass 2 did.
struct BundleTaken {
  Heard heard;
  bool is_torn = false;
  /// Batches not taken: they name roster records that are not here. An earlier volume of the set
  /// has them (take that in, then this one again), or the sender took them to be held already.
  std::uint64_t need_roster = 0;
  HandOver fact;  ///< outcome taken_in, partly or repeated; the owner adds person, medium and time
  Bytes view;     ///< what the sender said it holds: for LaneBook::took_in()
};

class BundleReader {
 public:
  /// Reads the head and finds our slot. `files` and `self.box` outlive the reader.
  ///   errors: not_found, malformed (not a bundle, or cut off in its head), newer, not_for_us,
  ///   not_authentic
  static Result<BundleReader> open(Files& files, const Path& file, const BundleSelf& self);
  BundleReader(BundleReader&&) noexcept;
  ~BundleReader();

  const BundleOuter& outer() const;
  /// Pass 1. Any byte changed refuses the whole, and so does a label or anything inside above what
  /// this device, the realm's media or the label allow: nothing is stored, an incident for the
  /// owner to record (refused()).
  ///   errors: not_authentic, malformed, above_ceiling, not_for_us, revoked (the sender),
  ///   need_roster (the sender is named in a later roster than ours: another volume has it)
  Result<BundleSummary> inspect(const BatchLog& log);
  /// Pass 2, after pass 1 of its own. Any number of times. What precedes a tear is taken in.
  ///   errors: as inspect()
  Result<BundleTaken> import(BatchLog& log, RosterGate* gate = nullptr);
  /// The hand-over fact of a refusal.
  HandOver refused(const Error& why) const;

 private:
  struct State;
  explicit BundleReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
