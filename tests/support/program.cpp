// tests/support/program.cpp - fork, three pipes, exec; and poll until the child has said all.
#include "support/program.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Parser.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

namespace jiyao {

namespace {

using std::chrono::steady_clock;
constexpr std::chrono::seconds kSafetyNet{300};

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    read = ends[0];
    write = ends[1];
  }
};

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

/// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(const Start& start, char* const* words, char* const* environment, int out,
                         int err, int passphrases) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  if (passphrases == kPassphraseDescriptor)
    ::fcntl(passphrases, F_SETFD, 0);
  else
    ::dup2(passphrases, kPassphraseDescriptor);
  // Listeners of the test stay the test's: a child that inherited one would keep its port open.
  ::close_range(3, kPassphraseDescriptor - 1, 0);
  ::close_range(kPassphraseDescriptor + 1, ~0U, 0);
  if (!start.folder.empty() && ::chdir(start.folder.c_str()) != 0) ::_exit(127);
  if (start.file_bytes_max > 0) {
    const rlimit most{start.file_bytes_max, start.file_bytes_max};
    ::setrlimit(RLIMIT_FSIZE, &most);
    std::signal(SIGXFSZ, SIG_IGN);  // so that the write fails with EFBIG, as on a full disk
  }
  ::execve(words[0], words, environment);
  ::_exit(127);
}

void close_once(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

/// One read; false at the end of the stream.
bool take_in(int descriptor, std::string& text) {
  std::array<char, 65536> piece{};
  const ssize_t got = ::read(descriptor, piece.data(), piece.size());
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  text.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

}  // namespace

Poco::JSON::Object::Ptr Ran::json() const {
  try {
    return Poco::JSON::Parser().parse(out).extract<Poco::JSON::Object::Ptr>();
  } catch (const Poco::Exception& failure) {
    throw std::runtime_error("no JSON document (" + failure.displayText() + "): " + said());
  }
}

std::string Ran::error_code() const {
  const Poco::JSON::Object::Ptr error = json()->getObject("error");
  return error.isNull() ? std::string() : error->getValue<std::string>("code");
}

std::string Ran::said() const {
  return "exit " + std::to_string(exit_code) + ", signal " + std::to_string(signal) +
         (was_stopped ? ", stopped by the safety net" : "") + "\n" + out + err;
}

Child::Child(const Start& start) {
  std::vector<std::string> words = start.words;
  std::vector<std::string> environment;
  for (const auto& [name, value] : start.environment) environment.push_back(name + "=" + value);
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> envp = pointers(environment);
  Pipe out, err, passphrases;
  if (start.is_unread) close_once(out.read);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) become(start, argv.data(), envp.data(), out.write, err.write, passphrases.read);
  out_ = out.read;
  err_ = err.read;
  passphrases_ = passphrases.write;
  // Before our end to read from is closed: a child that asks for none may have ended already.
  const auto written = ::write(passphrases_, start.passphrases.data(), start.passphrases.size());
  for (int mine : {out.write, err.write, passphrases.read}) ::close(mine);
  if (written != static_cast<ssize_t>(start.passphrases.size()))
    throw std::runtime_error("passphrases");
  if (!start.keeps_asking) close_once(passphrases_);
}

Child::~Child() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    reap();
  }
  close_once(out_);
  close_once(err_);
  close_once(passphrases_);
}

void Child::give(const std::string& lines) {
  if (::write(passphrases_, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size()))
    throw std::runtime_error("passphrases");
  close_once(passphrases_);
}

void Child::signal(int number) {
  if (pid_ > 0) ::kill(pid_, number);
}

bool Child::listen_until(steady_clock::time_point until, const std::string& part,
                         std::size_t from) {
  while (out_ >= 0 || err_ >= 0) {
    if (!part.empty() && ran_.out.find(part, from) != std::string::npos) return false;
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(until - steady_clock::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> streams{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
    const timespec time{static_cast<time_t>(left.count() / 1'000'000),
                        static_cast<long>(left.count() % 1'000'000) * 1000};
    if (::ppoll(streams.data(), streams.size(), &time, nullptr) <= 0) continue;
    if (streams[0].revents != 0 && !take_in(out_, ran_.out)) close_once(out_);
    if (streams[1].revents != 0 && !take_in(err_, ran_.err)) close_once(err_);
  }
  return true;
}

bool Child::says(const std::string& part, std::size_t from) {
  listen_until(steady_clock::now() + kSafetyNet, part, from);
  return ran_.out.find(part, from) != std::string::npos;
}

void Child::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFEXITED(status)) ran_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ran_.signal = WTERMSIG(status);
}

Ran Child::wait() {
  if (!listen_until(steady_clock::now() + kSafetyNet)) {
    ran_.was_stopped = true;
    signal(SIGKILL);
  }
  reap();
  return ran_;
}

bool Child::kill_after(std::chrono::microseconds time, Ran& ran) {
  const bool has_ended = listen_until(steady_clock::now() + time);
  signal(SIGKILL);
  ran = wait();
  return !has_ended && ran.signal == SIGKILL;
}

Ran run(const Start& start) {
  return Child(start).wait();
}

}  // namespace jiyao
