// bench/measure.cpp - see measure.h.
#include "bench/measure.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace jiyao {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_of(const rusage& usage) {
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Pipe {
  Pipe() {
    if (pipe(ends.data()) != 0) throw std::runtime_error("pipe");
  }
  std::array<int, 2> ends{};
};

void write_all(int to, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t some = write(to, text.data() + done, text.size() - done);
    if (some <= 0) std::abort();
    done += static_cast<std::size_t>(some);
  }
}

/// Up to the end, or up to the first line's end.
std::string read_text(int from, bool one_line) {
  std::string text;
  std::array<char, 4096> piece;
  while (!one_line || text.find('\n') == std::string::npos) {
    const ssize_t some = read(from, piece.data(), piece.size());
    if (some <= 0) break;
    text.append(piece.data(), static_cast<std::size_t>(some));
  }
  return text;
}

std::string encode(const Done& done) {
  std::ostringstream text;
  text.precision(12);
  text << done.said << "\n";
  for (const auto& [name, value] : done.figures) text << value << " " << name << "\n";
  return text.str();
}

Done decode(const std::string& text) {
  Done done;
  std::istringstream lines(text);
  std::getline(lines, done.said);
  std::string name;
  for (double value = 0; lines >> value && std::getline(lines >> std::ws, name);)
    done.figures[name] = value;
  return done;
}

pid_t start(const std::vector<std::string>& words, int out) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  if (out >= 0) dup2(out, STDOUT_FILENO);
  std::vector<char*> all;
  for (const std::string& word : words) all.push_back(const_cast<char*>(word.c_str()));
  all.push_back(nullptr);
  execv(all.front(), all.data());
  _exit(127);
}

}  // namespace

double median_ms(const std::function<void()>& work) {
  constexpr std::size_t kTimes = 21;
  std::vector<double> times;
  for (std::size_t i = 0; i < kTimes; ++i) {
    const double begin = now_s();
    work();
    times.push_back((now_s() - begin) * 1e3);
  }
  std::nth_element(times.begin(), times.begin() + kTimes / 2, times.end());
  return times[kTimes / 2];
}

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_now_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return cpu_of(usage);
}

Done in_own_process(const std::function<Done()>& work) {
  const Pipe pipe;
  const double begin = now_s();
  const pid_t pid = fork();
  if (pid == 0) {
    close(pipe.ends[0]);
    try {
      write_all(pipe.ends[1], encode(work()));
    } catch (const std::exception& broken) {
      std::fprintf(stderr, "bench: %s\n", broken.what());
      _exit(1);
    }
    _exit(0);
  }
  close(pipe.ends[1]);
  Done done = decode(read_text(pipe.ends[0], false));
  close(pipe.ends[0]);
  int status = 0;
  rusage usage{};
  wait4(pid, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error("a piece of work failed");
  done.cost = {now_s() - begin, cpu_of(usage), static_cast<double>(usage.ru_maxrss) / 1024};
  return done;
}

Server::Server(const std::vector<std::string>& words, const std::string& ready) {
  const Pipe pipe;
  pid_ = start(words, pipe.ends[1]);
  close(pipe.ends[1]);
  const std::string said = read_text(pipe.ends[0], true);
  const std::size_t at = said.find(ready);
  if (at != std::string::npos) port_ = std::atoi(said.c_str() + at + ready.size());
  if (port_ == 0) throw std::runtime_error("the server did not start: " + said);
}

Server::Server(const std::function<void(const std::function<void(int)>&)>& serve) {
  const Pipe pipe;
  pid_ = fork();
  if (pid_ == 0) {
    serve([&](int port) { write_all(pipe.ends[1], std::to_string(port) + "\n"); });
    _exit(0);
  }
  close(pipe.ends[1]);
  port_ = std::atoi(read_text(pipe.ends[0], true).c_str());
  if (port_ == 0) throw std::runtime_error("the server did not start");
}

Server::~Server() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

Cost Server::cost() const {
  Cost cost;
  const std::string folder = "/proc/" + std::to_string(pid_);
  std::ifstream stat(folder + "/stat");
  std::string line;
  std::getline(stat, line);
  std::istringstream words(line.substr(line.rfind(')') + 1));
  std::string word;
  for (int i = 3; i < 14; ++i) words >> word;  // field 14 and 15: user and system ticks
  double user = 0, system = 0;
  words >> user >> system;
  cost.cpu_s = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  std::ifstream status(folder + "/status");
  while (std::getline(status, line))
    if (line.rfind("VmHWM:", 0) == 0) cost.peak_mb = std::atof(line.c_str() + 6) / 1024;
  return cost;
}

void run_program(const std::vector<std::string>& words) {
  const Pipe pipe;
  const pid_t pid = start(words, pipe.ends[1]);
  close(pipe.ends[1]);
  const std::string said = read_text(pipe.ends[0], false);
  close(pipe.ends[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error(words.front() + " failed: " + said);
}

std::string Goal::words(std::uint64_t measured_rows) const {
  const bool is_judged = rows == 0 || rows == measured_rows;
  const double scale =
      grows && !is_judged ? static_cast<double>(measured_rows) / static_cast<double>(rows) : 1;
  std::ostringstream text;
  text << (is_ratio ? "ratio " : "") << (is_floor ? ">= " : "<= ") << limit * scale << "\t"
       << (is_judged ? "judged" : std::to_string(rows));
  return text.str();
}

void print(std::uint64_t rows, const Line& line, const std::vector<Goal>& goals) {
  const auto print_with = [&](const std::string& workload, const std::string& goal) {
    std::printf("%s\t%s\t%.9g\t%s\t%.9g\t%s\n", workload.c_str(), line.unit.c_str(), line.value,
                line.yardstick.empty() ? "-" : line.yardstick.c_str(), line.yardstick_value,
                goal.c_str());
  };
  if (goals.empty()) print_with(line.workload, "-\t-");
  for (std::size_t i = 0; i < goals.size(); ++i) {
    const std::string name =
        i == 0 ? line.workload
               : line.workload + (goals[i].is_ratio ? ", beside " + line.yardstick : ", as stated");
    print_with(name, goals[i].words(rows));
  }
  std::fflush(stdout);
}

}  // namespace jiyao
