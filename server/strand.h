// server/strand.h - one writer for many askers: who comes first works for all who wait.
//
// A group is what waits when the one before it is done: the more come at once, the more share one
// sync of the disk. No thread of its own: the asker whose turn it is works until its own job is
// done, then gives the turn away.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <vector>

#include "schema/ids.h"

namespace jiyao {

/// What one asker wants; lives on its stack until it is answered.
class Job {
 public:
  explicit Job(std::size_t bytes) : bytes_(bytes) {}
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

 private:
  friend class Strand;
  std::size_t bytes_;
  bool is_done_ = false, has_turn_ = false;
  std::exception_ptr failure_;
  std::condition_variable woken_;
};

class Strand {
 public:
  static constexpr std::size_t kGroupJobs = 64;
  static constexpr std::size_t kGroupBytes = std::size_t{8} << 20;  ///< one job may pass it

  using Group = std::span<Job* const>;
  /// `work` answers a whole group; on one thread at a time. What it throws is thrown to each asker
  /// of the group that was not done() before.
  explicit Strand(std::function<void(Group)> work);

  /// Blocks until the job is answered. Nodes take turns in a group, so that who asks much does not
  /// keep the others waiting; the jobs of one node keep their order. For want of memory it throws
  /// before the job waits: whoever waits is answered or thrown to.
  void pass(Job& job, const NodeId& who);
  /// Within `work`: this job is answered and waits no longer for the rest of its group. It may be
  /// gone on return.
  void done(Job& job);

 private:
  void take_group();  ///< of those who wait into group_; allocates nothing
  void lead(std::unique_lock<std::mutex>& lock);
  void give_turn_away();

  std::function<void(Group)> work_;
  std::mutex mutex_;
  std::map<NodeId, std::deque<Job*>> waiting_;  ///< no queue is empty
  std::vector<Job*> group_;                     ///< at work; null: done; has room for all
  NodeId last_;                                 ///< whose job was taken last
  bool is_led_ = false;
};

}  // namespace jiyao
