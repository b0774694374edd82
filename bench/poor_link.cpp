// bench/poor_link.cpp - see poor_link.h.
#include "bench/poor_link.h"

#include <Poco/Exception.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <new>
#include <optional>
#include <queue>
#include <random>
#include <stdexcept>
#include <thread>

namespace jiyao {

struct PoorLink::Passed {
  std::atomic<std::uint64_t> up{0}, down{0};
};

namespace {

using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;

constexpr std::size_t kSegmentBytes = 1448;
constexpr double kQueue_s = 0.5;  ///< of bytes, in front of the narrow place
const Poco::Timespan kTick(0, 20'000);

void sleep_until(double time_s) {
  if (const double rest = time_s - now_s(); rest > 0)
    std::this_thread::sleep_for(std::chrono::duration<double>(rest));
}

/// When the link is there; the same for all connections.
class Sky {
 public:
  explicit Sky(const LinkShape& shape) : shape_(shape), begin_s_(now_s()) {}
  bool is_up() const {
    if (shape_.up_s == 0) return true;
    const double whole = shape_.up_s + shape_.down_s, at = now_s() - begin_s_;
    return at - whole * static_cast<double>(static_cast<long>(at / whole)) < shape_.up_s;
  }

 private:
  const LinkShape& shape_;
  double begin_s_;
};

/// One direction of one connection.
class Way {
 public:
  Way(const LinkShape& shape, StreamSocket from, StreamSocket to, unsigned seed,
      std::atomic<std::uint64_t>& passed)
      : shape_(shape), from_(std::move(from)), to_(std::move(to)), draw_(seed), passed_(passed) {}
  ~Way() {
    for (; !flying_.empty(); flying_.pop())  // a cut took it
      if (flying_.front().left_s <= now_s()) passed_ += flying_.front().bytes.size();
  }
  Way(const Way&) = delete;
  Way& operator=(const Way&) = delete;

  void take(const std::function<bool()>& is_open) {
    std::array<char, kSegmentBytes> segment{};
    while (is_open()) {
      if (!from_.poll(kTick, Poco::Net::Socket::SELECT_READ)) continue;
      const int got = from_.receiveBytes(segment.data(), static_cast<int>(segment.size()));
      if (got <= 0) break;
      free_s_ = std::max(free_s_, now_s()) + got / shape_.bytes_per_s;
      double arrives_s = free_s_ + shape_.one_way_s;
      if (std::uniform_real_distribution<>(0, 1)(draw_) < shape_.loss)
        arrives_s += 2 * shape_.one_way_s;
      last_s_ = std::max(last_s_, arrives_s);
      {
        const std::lock_guard lock(mutex_);
        flying_.push(
            {last_s_, free_s_, std::string(segment.data(), static_cast<std::size_t>(got))});
      }
      sleep_until(free_s_ - kQueue_s);
    }
    is_ended_ = true;
  }
  /// What is under way arrives, and the end behind it.
  void give(const std::function<bool()>& is_open) {
    while (is_open()) {
      const bool was_ended = is_ended_;
      std::optional<Segment> next;
      bool is_empty = false;
      {
        const std::lock_guard lock(mutex_);
        if (!flying_.empty() && flying_.front().arrives_s <= now_s()) {
          next = std::move(flying_.front());
          flying_.pop();
        }
        is_empty = flying_.empty();
      }
      if (!next && is_empty && was_ended) return to_.shutdownSend();
      if (next) passed_ += next->bytes.size();
      if (next)
        for (int sent = 0; sent < static_cast<int>(next->bytes.size());)
          sent +=
              to_.sendBytes(next->bytes.data() + sent, static_cast<int>(next->bytes.size()) - sent);
      else
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

 private:
  struct Segment {
    double arrives_s, left_s;
    std::string bytes;
  };
  const LinkShape& shape_;
  StreamSocket from_, to_;
  std::mt19937 draw_;
  std::atomic<std::uint64_t>& passed_;
  double free_s_ = 0, last_s_ = 0;
  std::atomic<bool> is_ended_{false};
  std::mutex mutex_;
  std::queue<Segment> flying_;
};

/// Ends when a side goes away, or with the link.
void carry(const LinkShape& shape, const Sky& sky, PoorLink::Passed& passed, StreamSocket client,
           int port, unsigned seed) {
  StreamSocket hub;
  try {
    hub.connect(SocketAddress("127.0.0.1", static_cast<std::uint16_t>(port)));
  } catch (const Poco::Exception&) {
    return;
  }
  client.setNoDelay(true);
  hub.setNoDelay(true);
  Way out(shape, client, hub, seed, passed.up), back(shape, hub, client, seed + 1, passed.down);
  std::atomic<bool> is_over{false};
  const std::function<bool()> is_open = [&] { return !is_over && sky.is_up(); };
  const auto run = [&](auto act) {
    return std::thread([&, act] {
      try {
        act();
      } catch (const Poco::Exception&) {
        is_over = true;
      }
    });
  };
  std::vector<std::thread> threads;
  threads.push_back(run([&] { out.take(is_open); }));
  threads.push_back(run([&] { out.give(is_open); }));
  threads.push_back(run([&] { back.take(is_open); }));
  threads.push_back(run([&] { back.give(is_open); }));
  for (std::thread& thread : threads) thread.join();
}

void serve(int port, const LinkShape& shape, PoorLink::Passed& passed,
           const std::function<void(int)>& ready) {
  const Poco::Net::ServerSocket listener(SocketAddress("127.0.0.1", 0));
  const Sky sky(shape);
  ready(listener.address().port());
  for (unsigned seed = 1;; seed += 2) {  // until SIGTERM
    Poco::Net::ServerSocket accepting(listener);
    StreamSocket client = accepting.acceptConnection();
    if (sky.is_up())
      std::thread(carry, std::cref(shape), std::cref(sky), std::ref(passed), client, port, seed)
          .detach();
  }
}

}  // namespace

PoorLink::PoorLink(int port, const LinkShape& shape) {
  void* shared =
      ::mmap(nullptr, sizeof(Passed), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::runtime_error("no memory to share");
  passed_ = ::new (shared) Passed;
  Passed& passed = *passed_;
  server_ = std::make_unique<Server>([port, shape, &passed](const std::function<void(int)>& ready) {
    serve(port, shape, passed, ready);
  });
}

PoorLink::~PoorLink() {
  server_.reset();
  ::munmap(passed_, sizeof(Passed));
}

std::uint64_t PoorLink::bytes_up() const {
  return passed_->up;
}
std::uint64_t PoorLink::bytes_down() const {
  return passed_->down;
}

}  // namespace jiyao
