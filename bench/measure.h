// bench/measure.h - what a piece of work costs, in a process of its own, and one line of the table.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bench/goal.h"

namespace jiyao {

/// Named numbers, carried between processes.
using Figures = std::map<std::string, double>;

struct Cost {
  double wall_s = 0, cpu_s = 0, peak_mb = 0;  ///< peak_mb: resident, of that process
};

/// What a process said, what it counted and what it took.
struct Done {
  std::string said;  ///< free text: a digest to compare
  Figures figures;
  Cost cost;
};

/// Forks, works, ends; nothing of the work stays in this process. A piece of work that throws ends
/// the whole run. The caller has no thread and no open database.
Done in_own_process(const std::function<Done()>& work);

/// A process that serves until it is told to end.
class Server {
 public:
  /// Runs a program; `ready` is what its first line must contain. The number after it is port().
  Server(const std::vector<std::string>& words, const std::string& ready);
  /// Forks; `serve` says its port and then serves until SIGTERM.
  explicit Server(const std::function<void(const std::function<void(int)>&)>& serve);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const { return port_; }
  Cost cost() const;  ///< so far; wall_s is 0

 private:
  pid_t pid_ = 0;
  int port_ = 0;
};

/// Runs a program to its end; throws if it fails.
void run_program(const std::vector<std::string>& words);

double now_s();      ///< steady
double cpu_now_s();  ///< of this process, user and system

/// Milliseconds of `work`, the median of 21 times.
double median_ms(const std::function<void()>& work);

/// One line for bench/run: what was measured, beside its yardstick in the same run.
struct Line {
  std::string workload, unit;
  double value = 0;
  std::string yardstick{};  ///< empty: there is none
  double yardstick_value = 0;
};
/// `rows`: how many were measured. Each further goal is a row of its own in the table.
void print(std::uint64_t rows, const Line& line, const std::vector<Goal>& goals = {});

}  // namespace jiyao
