// tests/cli/memory_test.cpp - the programs with ever less memory: whatever there is none for, they
// end with a word and an exit code, never by a signal.
#include <gtest/gtest.h>

#include <cstdlib>

#include "support/field_realm.h"

namespace jiyao {
namespace {

/// Kilobytes of address space: from less than the libraries need to enough.
constexpr int kFirst = 20'000, kLast = 60'000, kStep = 500;
constexpr int kDone = 0, kStorage = 12, kNotLoaded = 127;

/// Both stand in one folder.
std::string path_of(const std::string& program) {
  const TestFolder home;
  const FieldMachine machine(home.path(), "A");
  return std::filesystem::path(machine.start({}).words.front()).parent_path() / program;
}

class LittleMemory : public testing::TestWithParam<std::string> {
 protected:
  static Ran with(int kilobytes, const std::string& program) {
    return run(
        {.words = {"/bin/bash", "-c",
                   "ulimit -v " + std::to_string(kilobytes) + " && exec \"$0\" help", program}});
  }
};

TEST_P(LittleMemory, EndsWithAWord) {
  if (std::getenv("ASAN_OPTIONS") != nullptr || std::getenv("TSAN_OPTIONS") != nullptr)
    GTEST_SKIP() << "a sanitizer wants all there is";
  int told = 0, done = 0;
  for (int kilobytes = kFirst; kilobytes <= kLast; kilobytes += kStep) {
    const Ran ran = with(kilobytes, path_of(GetParam()));
    ASSERT_EQ(ran.signal, 0) << kilobytes << " kB: " << ran.said();
    if (ran.exit_code == kNotLoaded) continue;  // the loader's word
    ASSERT_TRUE(ran.exit_code == kDone || ran.exit_code == kStorage)
        << kilobytes << " kB: " << ran.said();
    if (ran.exit_code == kStorage) {
      EXPECT_FALSE(ran.err.empty());
    }
    told += ran.exit_code == kStorage ? 1 : 0;
    done += ran.exit_code == kDone ? 1 : 0;
  }
  EXPECT_GT(told, 0) << "the steps are too wide";
  EXPECT_GT(done, 0);
}

INSTANTIATE_TEST_SUITE_P(Programs, LittleMemory, testing::Values("jiyao", "jiyao-server"),
                         [](const auto& program) { return program.index == 0 ? "office" : "hub"; });

}  // namespace
}  // namespace jiyao
