// client/held_interrupts.cpp - a mask of signals, and what waits behind it.
#include "client/held_interrupts.h"

#include <pthread.h>

namespace jiyao {

namespace {

constexpr int kHeld[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/// As nohup has it. Held back, it would wait and count.
bool is_ignored(int number) {
  struct sigaction how {};
  return ::sigaction(number, nullptr, &how) == 0 && how.sa_handler == SIG_IGN;
}

}  // namespace

HeldInterrupts::HeldInterrupts() {
  sigset_t held;
  sigemptyset(&held);
  for (const int number : kHeld)
    if (!is_ignored(number)) sigaddset(&held, number);
  ::pthread_sigmask(SIG_BLOCK, &held, &before_);
}

HeldInterrupts::~HeldInterrupts() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool HeldInterrupts::is_one_waiting() {
  sigset_t waiting;
  if (::sigpending(&waiting) != 0) return false;
  for (const int number : kHeld)
    if (sigismember(&waiting, number) == 1) return true;
  return false;
}

}  // namespace jiyao
