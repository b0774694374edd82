// tests/cli/stopped_test.cpp - programs that are held up, killed or put back to an older copy in
// the middle of a meeting, and a hub whose disk fills: what was recorded arrives all the same.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "support/field_realm.h"
#include "support/small_disk.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Holds a program still, wherever it is, and returns when it stands.
void hold(Child& child) {
  child.signal(SIGSTOP);
  const std::string path = "/proc/" + std::to_string(child.pid()) + "/stat";
  for (std::string stat; stat.find(") T ") == std::string::npos; stat = read_text(path))
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

std::size_t sockets_of(const Child& child) {
  std::size_t count = 0;
  std::error_code gone;  // between two looks
  for (const auto& each : fs::directory_iterator("/proc/" + std::to_string(child.pid()) + "/fd"))
    if (fs::read_symlink(each, gone).string().starts_with("socket:")) ++count;
  return count;
}

/// Whether it has no more than `at_rest` open within a minute.
bool lets_go(const Child& hub, std::size_t at_rest) {
  for (int looks = 0; looks < 600; ++looks) {
    if (sockets_of(hub) <= at_rest) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

class Stopped : public testing::Test {
 protected:
  Stopped() : a(realm.enrol({.name = "A", .office = "甲局"})) {
    archive().good({"sync"});
    a.good({"sync"});
  }
  const FieldMachine& archive() const { return realm.archive; }
  void add(const std::string& title) {
    a.good({"incoming", "add", "--title", title, "--sender-org", "省厅"});
  }
  /// Enough for a request that lasts.
  void import_many(int first = 1) {
    std::string text = "序号,来文单位,标题,收文日期\n";
    for (int i = first; i < first + kMany; ++i)
      text += std::to_string(i) + ",省厅,第" + std::to_string(i * 7919) + "项,2026-11-20\n";
    write_text(realm.folder / "many.csv", text);
    a.good({"import", "incoming", realm.folder / "many.csv"});
  }
  /// `jiyao sync` of A, well into the body of its first large request.
  std::unique_ptr<Child> in_mid_request() {
    realm.hub.link().set({.bytes_per_second = 20'000});
    const std::uint64_t before = realm.hub.link().passed_bytes();
    auto syncing = std::make_unique<Child>(a.start({"--json", "sync"}));
    for (int looks = 0; realm.hub.link().passed_bytes() < before + 12'000; ++looks) {
      if (looks == 30'000) throw std::runtime_error("no large request within a minute");
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return syncing;
  }
  void expect_all_arrived(std::uint64_t rows) {
    a.good({"sync"});
    archive().good({"sync"});
    EXPECT_EQ(a.good({"status"})->getValue<int>("undelivered"), 0);
    EXPECT_EQ(archive().rows(), rows);
    a.expect_whole();
    archive().expect_whole();
  }
  static constexpr int kMany = 1500;

  FieldRealm realm;
  FieldMachine a;
};

TEST_F(Stopped, AHubThatIsHeldUpInARequestGoesOnWhereItStood) {
  import_many();
  const auto syncing = in_mid_request();
  hold(realm.hub.child());
  Child asking(archive().start({"--json", "sync"}));  // knocks while nobody answers
  realm.hub.link().set({});
  realm.hub.child().signal(SIGCONT);
  for (Child* each : {syncing.get(), &asking}) {
    const Ran ran = each->wait();
    EXPECT_TRUE(ran.exit_code == 0 || ran.error_code() == "UNAVAILABLE") << ran.said();
  }
  expect_all_arrived(kMany);
}

TEST_F(Stopped, AClientThatIsHeldUpInARequestHoldsUpNobodyElse) {
  import_many();
  const auto syncing = in_mid_request();
  hold(*syncing);
  realm.hub.link().set({});
  archive().good({"incoming", "add", "--title", "别处登记的一件", "--sender-org", "省厅"});
  archive().good({"sync"});
  syncing->signal(SIGCONT);
  const Ran ran = syncing->wait();
  EXPECT_TRUE(ran.exit_code == 0 || ran.error_code() == "UNAVAILABLE") << ran.said();
  expect_all_arrived(kMany + 1);
}

// Nobody waits for ever: after a minute of silence the client ends, after half a minute the hub
// lets the connection go. This takes both.
TEST_F(Stopped, WhoeverIsHeldUpLongerThanADeadlineIsLetGoAndNothingIsLost) {
  import_many();  // long enough for what the enrolment opened to be closed
  const std::size_t at_rest = sockets_of(realm.hub.child());
  auto syncing = in_mid_request();
  realm.hub.link().set({.is_silent = true});  // the body ends in its middle
  hold(*syncing);
  ASSERT_GT(sockets_of(realm.hub.child()), at_rest);
  EXPECT_TRUE(lets_go(realm.hub.child(), at_rest));
  realm.hub.link().set({});
  syncing->signal(SIGCONT);
  const Ran late = syncing->wait();
  EXPECT_TRUE(late.exit_code == 0 || late.error_code() == "UNAVAILABLE") << late.said();
  expect_all_arrived(kMany);

  import_many(1 + kMany);
  syncing = in_mid_request();
  hold(realm.hub.child());
  const Ran ended = syncing->wait();
  EXPECT_EQ(ended.exit_code, 6) << ended.said();
  EXPECT_EQ(ended.error_code(), "UNAVAILABLE");
  realm.hub.link().set({});
  realm.hub.child().signal(SIGCONT);
  expect_all_arrived(2 * kMany);
}

// A hub killed in a request, and last night's folder put back: with and without what lies beside
// it. What it had said it holds comes to it again.
TEST_F(Stopped, AHubKilledInARequestAndPutBackToAnOlderCopyIsFilledAgain) {
  const std::string anchor = realm.hub.data() + ".anchor";
  for (const bool is_whole_machine : {false, true}) {
    SCOPED_TRACE(is_whole_machine ? "whole machine" : "folder only");
    EXPECT_EQ(realm.hub.stop(SIGTERM).exit_code, 0);
    const FolderImage copy({realm.hub.data()});
    const std::string anchor_then = read_text(anchor);
    realm.hub.serve();
    add("副本之后送达的一件");
    a.good({"sync"});
    if (!is_whole_machine) import_many();
    const std::uint64_t rows = a.rows();
    const auto syncing = is_whole_machine ? nullptr : in_mid_request();
    EXPECT_EQ(realm.hub.stop(SIGKILL).signal, SIGKILL);
    if (syncing != nullptr) {
      EXPECT_EQ(syncing->wait().exit_code, 6);
    }
    copy.put_back();
    if (is_whole_machine) write_text(anchor, anchor_then);
    realm.hub.link().set({});
    realm.hub.serve();
    expect_all_arrived(rows);
    EXPECT_EQ(found(archive(), "副本之后送达"), is_whole_machine ? 2U : 1U);
  }
  EXPECT_EQ(realm.hub.stop(SIGTERM).exit_code, 0);
  const Ran verified = realm.hub.verb("verify");
  EXPECT_EQ(verified.exit_code, 0) << verified.said();
}

// The image of a whole machine: folder and anchor agree, so that nothing there can tell. The hub
// knows more of it than it does.
TEST_F(Stopped, AMachinePutBackAsAWholeLearnsFromTheHubThatItWas) {
  const std::string life = a.good({"status"})->getValue<std::string>("incarnation");
  const FolderImage image({a.data(), a.state()});
  add("映像之后的一件");
  a.good({"sync"});
  image.put_back();
  EXPECT_EQ(found(a, "映像之后"), 0U);
  add("放回之后的一件");
  a.good({"sync"});
  EXPECT_NE(a.good({"status"})->getValue<std::string>("incarnation"), life);
  expect_all_arrived(2);
  EXPECT_EQ(found(a, "映像之后"), 1U);
  EXPECT_EQ(found(archive(), "放回之后"), 1U);
  // Both were given the same number, and somebody hears of it.
  EXPECT_THAT(archive().run({"conflict", "list"}).out, HasSubstr("映像之后"));
}

TEST_F(Stopped, AHubWhoseDiskIsFullKeepsWhatItHasAndGoesOnWhenThereIsRoom) {
  EXPECT_EQ(realm.hub.stop(SIGTERM).exit_code, 0);
  const FolderImage store({realm.hub.data()});
  SmallDisk disk(realm.hub.data(), 8 << 20);
  if (!disk.is_there()) GTEST_SKIP() << disk.why_not();
  store.put_back();
  realm.hub.serve();
  a.good({"sync"});
  import_many();
  const fs::path filler = fs::path(realm.hub.data()) / "filler";
  std::ofstream(filler, std::ios::binary) << std::string(8 << 20, 'x');  // as far as it goes
  const Ran full = a.json({"sync"});
  EXPECT_EQ(full.exit_code, 6) << full.said();
  EXPECT_EQ(full.error_code(), "UNAVAILABLE");
  fs::remove(filler);
  expect_all_arrived(kMany);
  EXPECT_EQ(realm.hub.stop(SIGTERM).exit_code, 0);
  const Ran verified = realm.hub.verb("verify");
  EXPECT_EQ(verified.exit_code, 0) << verified.said();
}

}  // namespace
}  // namespace jiyao
