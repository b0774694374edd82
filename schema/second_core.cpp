// schema/second_core.cpp - see second_core.h.
#include "schema/second_core.h"

#include <exception>

#include "crypto/result.h"

namespace jiyao {

Beside::~Beside() {
  try {
    wait();
  } catch (const std::exception&) {
    // Something else has gone wrong before: nobody asks for this work any more.
  }
}

void Beside::begin(std::function<void()> work) {
  JIYAO_ASSERT(!work_.valid());
  if (helper_ == nullptr) return work();
  work_ = helper_->begin(std::move(work));
}

void Beside::wait() {
  if (work_.valid()) work_.get();
}

}  // namespace jiyao
