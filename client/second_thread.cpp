// client/second_thread.cpp - see second_thread.h.
#include "client/second_thread.h"

#include <system_error>

namespace jiyao {

std::future<void> SecondThread::begin(std::function<void()> work) {
  try {
    return std::async(std::launch::async, work);
  } catch (const std::system_error&) {
    return std::async(std::launch::deferred, std::move(work));
  }
}

}  // namespace jiyao
