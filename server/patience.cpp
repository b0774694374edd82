// server/patience.cpp - see patience.h.
#include "server/patience.h"

#include <Poco/Net/SocketImpl.h>

#include <algorithm>
#include <vector>

namespace jiyao {

namespace {

constexpr std::chrono::milliseconds kLookEvery{100};

}  // namespace

void Patience::start(std::function<int()> wanted) {
  wanted_ = std::move(wanted);
  thread_ = std::thread([this] { watch(); });
}

Patience::~Patience() {
  stop();
}

void Patience::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void Patience::wait(int socket, std::chrono::milliseconds most,
                    std::chrono::milliseconds when_crowded) {
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  waited_[socket] = {now + most, now + when_crowded};
}

void Patience::end(int socket) {
  const std::lock_guard lock(mutex_);
  waited_.erase(socket);
}

void Patience::watch() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, kLookEvery, [this] { return is_ending_; })) look();
}

// Under the lock, so that no number is shut that belongs to another connection by now. Of those
// that are in the way of others the longest waited for go first, one for each that wants a thread.
void Patience::look() {
  const auto now = Clock::now();
  std::vector<std::pair<Clock::time_point, int>> in_the_way;
  std::erase_if(waited_, [&](const auto& one) {
    const bool is_late = one.second.until <= now;
    if (is_late)
      ::shutdown(one.first, SHUT_RDWR);
    else if (one.second.until_crowded <= now)
      in_the_way.emplace_back(one.second.until_crowded, one.first);
    return is_late;
  });
  if (in_the_way.empty()) return;
  std::sort(in_the_way.begin(), in_the_way.end());
  const auto wanted = static_cast<std::size_t>(std::max(wanted_(), 0));
  if (in_the_way.size() > wanted) in_the_way.resize(wanted);
  for (const auto& [since, socket] : in_the_way) {
    ::shutdown(socket, SHUT_RDWR);
    waited_.erase(socket);
  }
}

}  // namespace jiyao
