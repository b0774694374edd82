// tests/cli/memory_test.cpp - a program with ever less memory: whatever there is none for, from its
// first line on it ends with a word and an exit code, never by a signal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/field_realm.h"

namespace jiyao {
namespace {

/// Kilobytes of address space: from less than the libraries need to enough.
constexpr int kFirst = 20'000, kLast = 60'000, kStep = 500;
constexpr int kDone = 0, kStorage = 12, kNotLoaded = 127;

TEST(LittleMemory, EndsAProgramWithAWord) {
  const TestFolder home;
  const std::string program = FieldMachine(home.path(), "A").start({}).words.front();
  int told = 0, done = 0;
  for (int kilobytes = kFirst; kilobytes <= kLast; kilobytes += kStep) {
    const Ran ran = run(
        {.words = {"/bin/bash", "-c",
                   "ulimit -v " + std::to_string(kilobytes) + " && exec \"$0\" help", program}});
    // Before our first line it is the loader, or a library that makes its own things ready.
    if (told + done == 0 && (ran.exit_code == kNotLoaded || ran.signal != 0)) continue;
    ASSERT_EQ(ran.signal, 0) << kilobytes << " kB: " << ran.said();
    ASSERT_THAT(ran.exit_code, testing::AnyOf(kDone, kStorage))
        << kilobytes << " kB: " << ran.said();
    told += ran.exit_code == kStorage && !ran.err.empty() ? 1 : 0;
    done += ran.exit_code == kDone ? 1 : 0;
  }
  EXPECT_GT(told, 0) << "nothing is said, or the steps are too wide";
  EXPECT_GT(done, 0);
}

}  // namespace
}  // namespace jiyao
