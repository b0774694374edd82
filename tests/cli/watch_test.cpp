// tests/cli/watch_test.cpp - `sync --watch` as a process: it outlives its hub, brings what others
// recorded, lets others have the folder between two meetings, and ends when it is told to.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "support/field_realm.h"

namespace jiyao {
namespace {

using testing::HasSubstr;

class Watch : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    realm_ = std::make_unique<FieldRealm>();
    a_ = std::make_unique<FieldMachine>(realm_->enrol({.name = "A", .office = "甲局"}));
    archive().good({"sync"});
    a_->good({"sync"});
  }
  static void TearDownTestSuite() {
    a_.reset();
    realm_.reset();
  }
  static const FieldMachine& archive() { return realm_->archive; }
  void record_at_a(const std::string& title) {
    a_->good({"incoming", "add", "--title", title, "--sender-org", "省厅"});
    a_->good({"sync"});
  }
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

  static std::unique_ptr<FieldRealm> realm_;
  static std::unique_ptr<FieldMachine> a_;
};
std::unique_ptr<FieldRealm> Watch::realm_;
std::unique_ptr<FieldMachine> Watch::a_;

// The hub asks for 60 s between two meetings, so that a second good one is for JIYAO_LONG only.
TEST_F(Watch, OutlivesAHubThatIsAwayAndBringsWhatOthersRecordedMeanwhile) {
  realm_->hub.unplug();
  Child watching(archive().start({"--json", "sync", "--watch", "--every", "1"}));
  ASSERT_TRUE(watching.says("\"UNAVAILABLE\""));
  realm_->hub.plug();
  record_at_a("巡视期间来的一件");
  ASSERT_TRUE(watching.says("jiyao/sync/1")) << "no next try after a failure";
  EXPECT_EQ(found(archive(), "巡视期间"), 1U) << "it did not come by itself";
  if (std::getenv("JIYAO_LONG") != nullptr) {
    const std::size_t so_far = watching.out_so_far().size();
    record_at_a("下一轮来的一件");
    ASSERT_TRUE(watching.says("jiyao/sync/1", so_far));
    EXPECT_EQ(found(archive(), "下一轮"), 1U);
  }
  watching.signal(SIGTERM);
  const Ran ended = watching.wait();
  EXPECT_EQ(ended.exit_code, 130) << ended.said();
  const auto lines = lines_of(ended.out);
  ASSERT_GE(lines.size(), 2U);
  for (const std::string& line : lines) {
    Ran one;
    one.out = line;
    const auto document = one.json();  // throws unless each line is a document
    EXPECT_TRUE(document->has("schema") != document->has("error")) << line;
  }
}

TEST_F(Watch, LetsOthersHaveTheFolderBetweenTwoMeetingsAndEndsOnCtrlC) {
  Child watching(archive().start({"sync", "--watch"}));
  ASSERT_TRUE(watching.says("\n"));
  archive().good({"incoming", "add", "--title", "巡视间隙登记的一件", "--sender-org", "省厅"});
  EXPECT_EQ(found(archive(), "巡视间隙"), 1U);
  EXPECT_EQ(archive().run({"verify"}).exit_code, 0);
  watching.signal(SIGINT);
  const Ran ended = watching.wait();
  EXPECT_EQ(ended.exit_code, 130) << ended.said();
  EXPECT_EQ(archive().good({"sync"})->getValue<int>("refused"), 0);
}

TEST_F(Watch, HoldsTheFolderWhileItMeetsTheHubAndLeavesItWholeWhenEnded) {
  realm_->hub.link().set({.is_silent = true});
  const int before = realm_->hub.link().connections();
  Child watching(archive().start({"sync", "--watch"}));
  while (realm_->hub.link().connections() == before)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const Words add = {"incoming", "add", "--title", "巡视之中的一件", "--sender-org", "省厅"};
  const Ran refused = archive().json(add);  // waits its 10 s
  EXPECT_EQ(refused.exit_code, 9) << refused.said();
  EXPECT_EQ(refused.error_code(), "BUSY");
  EXPECT_THAT(refused.out, HasSubstr(std::to_string(watching.pid()))) << "who holds it";
  watching.signal(SIGTERM);
  const Ran ended = watching.wait();
  EXPECT_EQ(ended.exit_code, 130) << ended.said();
  realm_->hub.link().set({});
  EXPECT_EQ(found(archive(), "巡视之中"), 0U) << "a refused command recorded";
  archive().expect_whole();
  archive().good(add);
  archive().good({"sync"});
  EXPECT_EQ(found(archive(), "巡视之中"), 1U);
}

TEST_F(Watch, EndsWithItsReasonWhenTryingAgainCannotHelp) {
  const FieldMachine alone(realm_->folder.path(), "alone");
  alone.found_alone();
  const Ran no_hub = alone.json({"sync", "--watch"});
  EXPECT_EQ(no_hub.exit_code, 4) << no_hub.said();
  EXPECT_EQ(no_hub.error_code(), "NOT_FOUND");
  for (const char* every : {"0", "86401", "soon"}) {
    const Ran wrong = alone.json({"sync", "--watch", "--every", every});
    EXPECT_EQ(wrong.exit_code, 2) << wrong.said();
    EXPECT_EQ(wrong.error_code(), "USAGE");
  }
}

}  // namespace
}  // namespace jiyao
