// client/held_interrupts.h - while a plaintext lies half made on a disk, nobody ends the program
// before it is gone.
#pragma once

#include <csignal>

namespace jiyao {

/// While one lives, Ctrl-C, a terminal that hangs up and SIGTERM wait, and end the program when it
/// goes. Threads begun meanwhile wait too; there must be no other. They nest.
class HeldInterrupts {
 public:
  HeldInterrupts();
  ~HeldInterrupts();
  HeldInterrupts(const HeldInterrupts&) = delete;
  HeldInterrupts& operator=(const HeldInterrupts&) = delete;

  /// One came: whoever has long work to do leaves it.
  static bool is_one_waiting();

 private:
  sigset_t before_;
};

}  // namespace jiyao
