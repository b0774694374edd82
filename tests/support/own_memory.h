// tests/support/own_memory.h - the memory that we ask for ourselves: operator new, keys, zstd.
//
// Only a program that has own_memory.cpp among its sources, and its calls led aside by the linker,
// fails them; in every other one Counted and Spared change nothing.
#pragma once

#include "support/failing_calls.h"

namespace jiyao {

class OwnMemory : public FailingCalls {
 public:
  static OwnMemory& the() {
    static OwnMemory memory;
    return memory;
  }

  /// Allocations of this thread are counted, and may fail, as long as one lives.
  class Counted {
   public:
    Counted() : before_(is_counted) { is_counted = true; }
    ~Counted() { is_counted = before_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

   private:
    bool before_;
  };
  /// And are not within this one: what a test does itself, or another machine.
  class Spared {
   public:
    Spared() : before_(is_counted) { is_counted = false; }
    ~Spared() { is_counted = before_; }
    Spared(const Spared&) = delete;
    Spared& operator=(const Spared&) = delete;

   private:
    bool before_;
  };

  static inline thread_local bool is_counted = false;
};

}  // namespace jiyao
