// client/prompt.cpp - terminal without echo, descriptor line by line.
#include "client/prompt.h"

#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>

#include "crypto/secret.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr int kTries = 3;  // a slip at the keyboard must not send the next line to the shell

// What the signal handler needs: the terminal as it was, and whether echo is off right now.
termios terminal_before{};
termios terminal_quiet{};
volatile std::sig_atomic_t is_echo_off = 0;

/// Echo is off while it lives, and comes back however the question ends.
class EchoOff {
 public:
  EchoOff() {
    if (::tcgetattr(STDIN_FILENO, &terminal_before) != 0) return;
    terminal_quiet = terminal_before;
    terminal_quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    terminal_quiet.c_lflag |= ECHONL;
    is_echo_off = 1;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_quiet);
  }
  ~EchoOff() {
    if (is_echo_off != 0) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
    is_echo_off = 0;
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
};

extern "C" void leave(int) {
  if (is_echo_off != 0) ::tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
  ::_exit(130);
}

// The shell gave the terminal its echo back while we were stopped (Ctrl-Z, then fg).
extern "C" void go_on(int) {
  const int error = errno;
  if (is_echo_off != 0) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_quiet);
  errno = error;
}

/// One line, byte by byte: what follows belongs to the next question. False at the end.
bool read_line(int fd, std::string& line) {
  char c = 0;
  bool has_read = false;
  while (true) {
    const ssize_t got = ::read(fd, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return has_read;
    has_read = true;
    if (c == '\n') return true;
    if (c != '\r' && line.size() < 1024) line += c;
  }
}

}  // namespace

TypedSecret::~TypedSecret() {
  wipe(text_);
}

TypedSecret::TypedSecret(TypedSecret&& other) noexcept : text_(std::move(other.text_)) {}

TypedSecret& TypedSecret::operator=(TypedSecret&& other) noexcept {
  wipe(text_);
  text_ = std::move(other.text_);
  return *this;
}

void leave_on_interrupt() {
  struct sigaction action {};
  action.sa_handler = leave;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = go_on;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGCONT, &action, nullptr);
}

bool is_long_enough(std::string_view passphrase) {
  std::size_t characters = 0;
  for (const char c : passphrase)
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++characters;
  return characters >= 12;
}

Prompt::Prompt(PromptChoices choices, const Catalogue& catalogue)
    : choices_(choices), catalogue_(catalogue) {}

bool Prompt::can_ask() const {
  return choices_.may_ask && ::isatty(STDIN_FILENO) == 1;
}

Result<std::string> Prompt::line(std::string_view question, std::string_view flag,
                                 const std::string& fallback) const {
  if (!can_ask())
    return Error{Errc::usage, catalogue_.text("prompt.needs_flag", {{"flag", std::string(flag)}})};
  std::cerr << question << (fallback.empty() ? "" : " [" + fallback + "]") << ": " << std::flush;
  std::string typed;
  if (!read_line(STDIN_FILENO, typed)) return Error{Errc::interrupted, {}};
  const auto canonical = to_canonical_text(typed);
  if (!canonical) return Error{Errc::invalid, catalogue_.text("prompt.not_text")};
  return canonical->empty() ? fallback : *canonical;
}

Result<bool> Prompt::yes(std::string_view question, std::string_view flag) const {
  const auto answer = line(std::string(question) + " [y/N]", flag);
  if (!answer) return answer.error();
  return *answer == "y" || *answer == "Y" || *answer == "yes" || *answer == "是";
}

Result<TypedSecret> Prompt::from_descriptor() const {
  TypedSecret secret;
  if (!read_line(choices_.passphrase_fd, secret.write()))
    return Error{Errc::usage, catalogue_.text("prompt.fd_ended")};
  return secret;
}

Result<TypedSecret> Prompt::typed(std::string_view question) const {
  if (!can_ask())
    return Error{Errc::usage, catalogue_.text("prompt.needs_flag", {{"flag", "--passphrase-fd"}})};
  const EchoOff quiet;
  std::cerr << question << ": " << std::flush;
  TypedSecret secret;
  if (!read_line(STDIN_FILENO, secret.write())) return Error{Errc::interrupted, {}};
  return secret;
}

Result<TypedSecret> Prompt::passphrase(std::string_view question) {
  auto secret = choices_.passphrase_fd >= 0 ? from_descriptor() : typed(question);
  if (!secret) return secret;
  auto canonical = to_canonical_text(secret->reveal());
  if (!canonical || canonical->empty())
    return Error{Errc::invalid, catalogue_.text("prompt.no_passphrase")};
  TypedSecret result;
  result.write().assign(*canonical);
  wipe(*canonical);
  return result;
}

Result<TypedSecret> Prompt::new_passphrase(std::string_view question) {
  for (int tries_left = choices_.passphrase_fd >= 0 ? 1 : kTries; true;) {
    auto fresh = fresh_passphrase(question);
    if (fresh || fresh.code() != Errc::invalid || --tries_left == 0) return fresh;
    std::cerr << fresh.error().detail << std::endl;
  }
}

Result<TypedSecret> Prompt::fresh_passphrase(std::string_view question) {
  auto first = passphrase(question);
  if (!first) return first;
  if (!is_long_enough(first->reveal()))
    return Error{Errc::invalid, catalogue_.text("prompt.too_short")};
  if (choices_.passphrase_fd >= 0) return first;
  const auto again = passphrase(catalogue_.text("prompt.again"));
  if (!again) return again.error();
  if (again->reveal() != first->reveal())
    return Error{Errc::invalid, catalogue_.text("prompt.differ")};
  return first;
}

}  // namespace jiyao
