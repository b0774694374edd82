// client/second_thread.h - the second core of an office machine, lent to its replica.
#pragma once

#include "schema/second_core.h"

namespace jiyao {

/// Each piece of work has a thread of its own, which lives as long as the work. Where the system
/// has none left, whoever waits does it.
class SecondThread final : public Helper {
 public:
  std::future<void> begin(std::function<void()> work) override;
};

}  // namespace jiyao
