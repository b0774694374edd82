// tests/support/program.h - the real programs as children: words in, passphrases through a
// descriptor, what they said and how they ended out.
//
// A child gets an empty stdin, a small environment of its own and descriptor 9 for passphrases; it
// is ended by whoever started it, by its pid and nothing else. Waiting is bounded only as a safety
// net: a child that takes minutes is stopped and says so in `was_stopped`.
#pragma once

#include <Poco/JSON/Object.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace jiyao {

inline constexpr int kPassphraseDescriptor = 9;

struct Start {
  std::vector<std::string> words;  ///< the first is the program's path
  std::map<std::string, std::string> environment = {};
  std::string passphrases = {};      ///< lines that descriptor 9 gives
  bool keeps_asking = false;         ///< descriptor 9 stays open after them: give() has more
  std::uint64_t file_bytes_max = 0;  ///< no file may grow beyond; 0: as the system says
  bool is_unread = false;            ///< whoever read its stdout has left
  std::string folder = {};           ///< where it starts; empty: where we are
};

/// How a child ended. A signal and an exit code exclude each other.
struct Ran {
  int exit_code = -1;
  int signal = 0;
  bool was_stopped = false;  ///< by the safety net
  std::string out, err;

  /// stdout as one JSON document; throws std::runtime_error with all that was said if it is none.
  Poco::JSON::Object::Ptr json() const;
  /// The stable code of a failure in JSON ("NOT_FOUND"); empty if it is none.
  std::string error_code() const;
  std::string said() const;  ///< everything, for the message of a failing check
};

class Child {
 public:
  explicit Child(const Start& start);
  ~Child();  ///< ends it if it still runs
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  void give(const std::string& lines);  ///< to descriptor 9, which then closes
  void signal(int number);
  /// Reads until stdout holds `part`, from this place on. False: it ended, or the safety net was
  /// reached, before that.
  bool says(const std::string& part, std::size_t from = 0);
  const std::string& out_so_far() const { return ran_.out; }
  /// To its end.
  Ran wait();
  /// To its end, or killed after this time. True: it was killed before it had ended.
  bool kill_after(std::chrono::microseconds time, Ran& ran);

 private:
  /// Takes in what was said until both streams end or `until`; true: they ended.
  bool listen_until(std::chrono::steady_clock::time_point until, const std::string& part = {},
                    std::size_t from = 0);
  void reap();

  pid_t pid_ = -1;
  int out_ = -1, err_ = -1, passphrases_ = -1;
  Ran ran_;
};

/// Starts it and waits.
Ran run(const Start& start);

}  // namespace jiyao
