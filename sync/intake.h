// sync/intake.h - taking the frames of one message or bundle into a log, one by one.
//
// The one way in: Exchange::hear() and the bundle reader both stand on it, so that a network and a
// stick are judged alike.
#pragma once

#include "sync/exchange.h"

namespace jiyao {

/// Lives for one message. A frame whose content is bad is counted and named in `heard` (P7).
class Intake {
 public:
  static constexpr std::size_t kRefusalsKept = 100;
  static constexpr std::size_t kRefusedToldMax = 1000;  ///< of batches not kept, to the peer

  Intake(BatchLog& log, const Parley& parley, RosterGate* gate);

  /// Whatever the frame holds is durable on return, or counted as refused.
  void take(const Frame& frame);

  const Heard& heard() const { return heard_; }
  /// The speaker's own words about itself, if they were heard.
  const std::optional<Have>& have() const { return have_; }
  const Frontiers& frontiers() const { return frontiers_; }
  bool has_frontiers() const { return has_frontiers_; }
  /// Batches of ours the speaker would not keep.
  const std::vector<BatchId>& refused_by_them() const { return refused_by_them_; }
  /// Batches of theirs we did not keep, or keep only aside: they need not come again at once.
  const std::vector<BatchId>& not_kept() const { return not_kept_; }
  const std::vector<BatchId>& kept() const { return kept_; }  ///< new in the log
  /// Batches not kept for want of the roster records they name.
  std::uint64_t need_roster() const { return need_roster_; }

 private:
  void take_roster(ByteView record);
  void take_batch(ByteView bytes);
  void take_frontiers(ByteView bytes);
  void take_refused(ByteView bytes);
  Result<void> may_come_here(const SealedBatch& batch);
  void refuse(const BatchId& id, const Error& error);
  template <class Paper>
  void take_paper(const Result<Paper>& paper, std::size_t& count);

  BatchLog& log_;
  const Parley& parley_;
  RosterGate* gate_;
  std::optional<Roster> roster_;  ///< of the log; empty: ask again
  std::optional<Scope> scope_;
  Heard heard_;
  std::optional<Have> have_;
  Frontiers frontiers_;
  bool has_frontiers_ = false;
  std::vector<BatchId> refused_by_them_, not_kept_, kept_;
  std::uint64_t need_roster_ = 0;
};

/// Would this roster take `record` as the first of our realm? Only with the root fingerprint the
/// invitation named.   errors: not_for_us (another root, or none expected), malformed,
/// not_authentic
Result<void> check_first_record(ByteView record, const Digest& root);

}  // namespace jiyao
