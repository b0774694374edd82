// server/patience.h - how long a connection may keep its thread waiting.
//
// A connection holds a thread from its first byte to its last. Whoever sends half a handshake, or a
// head byte by byte, is shut when his time is up; sooner when others wait for a thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace jiyao {

/// One thread of its own; all calls from any thread. Shuts sockets, never closes them: whoever
/// serves a connection sees its end and closes it.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;
  Patience() = default;
  ~Patience();  ///< as stop()
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

  /// `wanted`: how many connections wait for a thread just now; asked until stop() returns.
  void start(std::function<int()> wanted);
  void stop();  ///< from now on nothing is shut any more

  /// This socket is waited for: at most `most`, and `when_crowded` while others want its thread.
  void wait(int socket, std::chrono::milliseconds most, std::chrono::milliseconds when_crowded);
  /// It is worked for: nobody waits for the other side. Before it is closed, at the latest.
  void end(int socket);

 private:
  struct Waited {
    Clock::time_point until, until_crowded;
  };
  void look();
  void watch();

  std::function<int()> wanted_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::map<int, Waited> waited_;
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace jiyao
