// schema/without_memory.h - the end of a program that finds no memory before it has its words.
#pragma once

#include <cstdio>
#include <new>

#include "schema/exit_code.h"

namespace jiyao {

/// Runs all that a program does. The catalogue may not have been read yet, so that want of memory
/// is said in both languages, by a call that needs none.
///   returns    what `run` returns, or the exit code of a storage failure
template <class Run>
int run_to_its_end(Run run) {
  try {
    return run();
  } catch (const std::bad_alloc&) {
    std::fputs("内存不足。 Not enough memory.\n", stderr);
    return static_cast<int>(ExitCode::storage);
  }
}

}  // namespace jiyao
