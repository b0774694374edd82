// server/strand.cpp - see strand.h.
#include "server/strand.h"

#include <algorithm>
#include <array>

namespace jiyao {

Strand::Strand(std::function<void(Group)> work) : work_(std::move(work)) {
  group_.reserve(kGroupJobs);
}

void Strand::pass(Job& job, const NodeId& who) {
  std::unique_lock lock(mutex_);
  waiting_[who].push_back(&job);
  if (is_led_) {
    job.woken_.wait(lock, [&] { return job.is_done_ || job.has_turn_; });
  } else {
    is_led_ = job.has_turn_ = true;
  }
  if (job.has_turn_) {
    while (!job.is_done_) lead(lock);
    give_turn_away();
  }
  if (job.failure_) std::rethrow_exception(job.failure_);
}

void Strand::done(Job& job) {
  const std::lock_guard lock(mutex_);
  std::replace(group_.begin(), group_.end(), &job, static_cast<Job*>(nullptr));
  job.is_done_ = true;
  job.woken_.notify_one();
}

void Strand::lead(std::unique_lock<std::mutex>& lock) {
  take_group();
  std::array<Job*, kGroupJobs> group{};  // a copy: done() changes the other meanwhile
  std::copy(group_.begin(), group_.end(), group.begin());
  const std::size_t jobs = group_.size();
  lock.unlock();
  std::exception_ptr failure;
  try {
    work_(Group(group).first(jobs));
  } catch (const std::exception&) {
    failure = std::current_exception();
  }
  lock.lock();
  for (Job* job : group_) {
    if (job == nullptr) continue;
    job->failure_ = failure;
    job->is_done_ = true;
    job->woken_.notify_one();
  }
  group_.clear();
}

void Strand::take_group() {
  std::size_t bytes = 0;
  while (!waiting_.empty() && group_.size() < kGroupJobs) {
    auto queue = waiting_.upper_bound(last_);
    if (queue == waiting_.end()) queue = waiting_.begin();
    Job* job = queue->second.front();
    if (!group_.empty() && bytes + job->bytes_ > kGroupBytes) break;
    bytes += job->bytes_;
    group_.push_back(job);
    last_ = queue->first;
    queue->second.pop_front();
    if (queue->second.empty()) waiting_.erase(queue);
  }
}

void Strand::give_turn_away() {
  is_led_ = !waiting_.empty();
  if (!is_led_) return;
  auto queue = waiting_.upper_bound(last_);
  if (queue == waiting_.end()) queue = waiting_.begin();
  Job& next = *queue->second.front();
  next.has_turn_ = true;
  next.woken_.notify_one();
}

}  // namespace jiyao
