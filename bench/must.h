// bench/must.h - the value, or the end of the run.
#pragma once

#include <stdexcept>

#include "crypto/result.h"

namespace jiyao {

template <class T>
T must(Result<T> result, const char* what) {
  if (!result) throw std::runtime_error(std::string(what) + ": " + result.error().detail);
  return std::move(*result);
}
inline void must(const Result<void>& result, const char* what) {
  if (!result) throw std::runtime_error(std::string(what) + ": " + result.error().detail);
}

}  // namespace jiyao
