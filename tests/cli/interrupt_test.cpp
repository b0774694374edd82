// tests/cli/interrupt_test.cpp - what a program leaves when it is ended in its middle: no page, no
// browser, no core.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "support/field_realm.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

class Interrupted : public testing::Test {
 protected:
  Interrupted() : machine_(folder_.path(), "R") {
    machine_.found_alone();
    machine_.good({"incoming", "add", "--title", "某项工作的通知", "--sender-org", "省厅"});
    fs::create_directories(folder_.path() / "bin");
    fs::create_directories(folder_.path() / "out");
  }
  /// A program in Chromium's place; it finds where the PDF has to be in $out.
  void put_browser(const std::string& script) const {
    const std::string path = folder_ / "bin/chromium";
    write_text(path,
               "#!/bin/sh\nfor a in \"$@\"; do case $a in --print-to-pdf=*) out=${a#*=};; esac; "
               "done\n" +
                   script + "\n");
    fs::permissions(path, fs::perms::owner_all);
  }
  /// One that is at work until somebody ends it, and has a helper.
  void put_slow_browser() const {
    put_browser("sleep 600 & echo $$ $! > '" + (folder_ / "pids.new") + "'; mv '" +
                (folder_ / "pids.new") + "' '" + (folder_ / "pids") + "'; wait");
  }
  void put_quick_browser() const { put_browser("printf '%%PDF-1.4 small' > \"$out\""); }

  Start print() const {
    Start start = machine_.start({"print", "F01", "--pdf", "--out", folder_ / "out/x.pdf"});
    start.environment["PATH"] = (folder_ / "bin") + ":/usr/bin:/bin";
    return start;
  }
  /// The browser and its helper, when they are at work.
  std::vector<pid_t> browsers() const {
    for (int looks = 0; !fs::exists(folder_ / "pids") && looks < 12'000; ++looks)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::istringstream text(read_text(folder_ / "pids"));
    std::vector<pid_t> pids(2);
    text >> pids[0] >> pids[1];
    return pids;
  }
  std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / "out"))
      names.push_back(entry.path().filename().string());
    return names;
  }
  static bool runs(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string stat;
    return std::getline(file, stat) && stat.find(") Z ") == std::string::npos;
  }

  TestFolder folder_;
  FieldMachine machine_;
};

TEST_F(Interrupted, APdfLeavesNeitherItsPageNorItsBrowser) {
  put_slow_browser();
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    fs::remove(folder_ / "pids");
    Child printing(print());
    const std::vector<pid_t> pids = browsers();
    EXPECT_EQ(left().size(), 1U);
    printing.signal(number);
    const Ran ran = printing.wait();
    if (number == SIGHUP)
      EXPECT_EQ(ran.signal, SIGHUP) << ran.said();
    else
      EXPECT_EQ(ran.exit_code, 130) << ran.said();
    EXPECT_THAT(left(), IsEmpty());
    for (const pid_t pid : pids) EXPECT_FALSE(runs(pid)) << pid;
  }
}

TEST_F(Interrupted, AnExportLeavesNoHalfOfIt) {
  std::string rows = "序号,来文单位,标题,收文日期\n";
  for (int i = 1; i <= 1500; ++i)
    rows += std::to_string(i) + ",省厅,第" + std::to_string(i) + "项,2026-11-20\n";
  write_text(folder_ / "rows.csv", rows);
  machine_.good({"import", "incoming", folder_ / "rows.csv"});
  for (const std::string file : {"out/x.csv", "out/x.xlsx", "out/x.json"}) {
    Child exporting(machine_.start({"export", "incoming", "-o", folder_ / file}));
    for (int looks = 0; left().empty() && looks < 30'000; ++looks)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    exporting.signal(SIGINT);
    const Ran ran = exporting.wait();
    EXPECT_THAT(ran.exit_code, testing::AnyOf(130, 0)) << ran.said();  // 0: done before it heard
    EXPECT_FALSE(fs::exists(folder_ / (file + ".new")));
    EXPECT_EQ(fs::exists(folder_ / file), !left().empty());
    fs::remove(folder_ / file);
  }
}

// Nobody can tidy after kill -9; the next one to the same place does.
TEST_F(Interrupted, WhatAKilledPrintLeftIsGoneWithTheNext) {
  put_slow_browser();
  {
    Child printing(print());
    const std::vector<pid_t> pids = browsers();
    printing.signal(SIGKILL);
    printing.wait();
    for (const pid_t pid : pids) ::kill(pid, SIGKILL);
  }
  ASSERT_EQ(left().size(), 1U);
  EXPECT_TRUE(fs::exists(folder_.path() / "out" / left()[0] / "page.html"));
  fs::create_directories(folder_ / "out/x.pdf.jiyao-mine");
  put_quick_browser();
  const Ran ran = run(print());
  EXPECT_EQ(ran.exit_code, 0) << ran.said();
  EXPECT_THAT(left(), testing::UnorderedElementsAre("x.pdf", "x.pdf.jiyao-mine"));
}

/// What children of this test may write as a core: as much as we may let them. Where the machine
/// allows nobody any, the programs are found without one all the same.
class CoresAllowed {
 public:
  CoresAllowed() {
    ::getrlimit(RLIMIT_CORE, &before_);
    const rlimit all{RLIM_INFINITY, RLIM_INFINITY}, most{before_.rlim_max, before_.rlim_max};
    if (::setrlimit(RLIMIT_CORE, &all) != 0) ::setrlimit(RLIMIT_CORE, &most);
  }
  ~CoresAllowed() { ::setrlimit(RLIMIT_CORE, &before_); }

 private:
  rlimit before_{};
};

/// Soft and hard limit, once the program is past its start: "0 0".
std::string core_limit(const Child& child) {
  std::string soft, hard;
  for (int looks = 0; looks < 2000 && hard != "0"; ++looks) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::string text = read_text("/proc/" + std::to_string(child.pid()) + "/limits");
    const std::string name = "Max core file size";
    if (text.find(name) == std::string::npos) continue;
    std::istringstream(text.substr(text.find(name) + name.size())) >> soft >> hard;
  }
  return soft + " " + hard;
}

// Its memory holds keys and pages.
TEST_F(Interrupted, NoProgramMayWriteACore) {
  const CoresAllowed allowed;
  Start start = machine_.start({"status"});
  start.passphrases.clear();
  start.keeps_asking = true;
  const Child asking(start);
  EXPECT_EQ(core_limit(asking), "0 0");
  FieldRealm realm;
  EXPECT_EQ(core_limit(realm.hub.child()), "0 0");
}

}  // namespace
}  // namespace jiyao
