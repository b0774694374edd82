// crypto/result.cpp - stopping on our own bug.
#include "crypto/result.h"

#include <cstdio>
#include <cstdlib>

namespace jiyao {

void stop_on_bug(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "jiyao: internal error, stopped before writing more: %s (%s:%d)\n",
               condition, file, line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace jiyao
