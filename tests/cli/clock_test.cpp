// tests/cli/clock_test.cpp - machines whose clock says 1970, 2038 or 2099, or goes back a day while
// a program runs: what they record is kept, travels, and is found by those whose clock is right.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "support/field_realm.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// The library that gives a program another wall clock; none: empty.
std::string another_clock() {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator("/usr/lib", failed))
    if (const fs::path library = entry.path() / "faketime/libfaketimeMT.so.1"; fs::exists(library))
      return library.string();
  return {};
}

/// `when`: "@2038-01-19 03:14:07" and on from there, in UTC.
std::map<std::string, std::string> clock_at(const std::string& when) {
  return {{"LD_PRELOAD", another_clock()},
          {"TZ", "UTC"},
          {"FAKETIME", when},
          {"DONT_FAKE_MONOTONIC", "1"}};
}

class WrongClock : public testing::Test {
 protected:
  void SetUp() override {
    if (another_clock().empty()) GTEST_SKIP() << "no faketime here";
    if (std::getenv("ASAN_OPTIONS") != nullptr) GTEST_SKIP() << "a sanitizer wants to come first";
    realm = std::make_unique<FieldRealm>();
    a = std::make_unique<FieldMachine>(realm->enrol({.name = "A", .office = "甲局"}));
    realm->archive.good({"sync"});
    a->good({"sync"});
  }
  Start with_clock(const std::string& when, const Words& words) const {
    Words coded = words;
    coded.insert(coded.begin(), "--json");
    Start start = a->start(coded);
    start.environment.merge(clock_at(when));
    return start;
  }
  std::string good_at(const std::string& when, const Words& words) const {
    const Ran ran = run(with_clock(when, words));
    EXPECT_EQ(ran.exit_code, 0) << when << ": " << ran.said();
    return ran.out;
  }

  std::unique_ptr<FieldRealm> realm;
  std::unique_ptr<FieldMachine> a;
};

TEST_F(WrongClock, OfAnOfficeHarmsNothingThatIsRecordedThereOrElsewhere) {
  for (const auto& [year, then, a_day_before] :
       {std::tuple("一九七〇", "@1970-01-02 00:00:01", "@1970-01-01 00:00:01"),
        std::tuple("二〇三八", "@2038-01-19 03:14:06", "@2038-01-18 03:14:06"),
        std::tuple("二〇九九", "@2099-12-31 12:00:00", "@2099-12-30 12:00:00")}) {
    SCOPED_TRACE(then);
    const std::string title = "时钟在" + std::string(year) + "年";
    const std::string number = std::string(year) + "号";
    const std::string added = good_at(
        then, {"incoming", "add", "--title", title, "--doc-no", number, "--sender-org", "省厅"});
    EXPECT_THAT(added, HasSubstr(std::string(then).substr(1, 10))) << "it has the right clock";
    good_at(a_day_before, {"incoming", "edit", number, "--title", title + "改过"});
    good_at(a_day_before, {"sync"});
    realm->archive.good({"sync"});
    EXPECT_EQ(found(realm->archive, title + "改过"), 1U);
    // The machine with the right clock overrules it: no stamp of 2099 wins for years.
    realm->archive.good({"incoming", "edit", number, "--title", title + "又改"});
    realm->archive.good({"sync"});
    good_at(then, {"sync"});
    EXPECT_EQ(found(*a, title + "又改"), 1U);
    EXPECT_EQ(found(*a, title + "改过"), 0U);
  }
  a->expect_whole();
  realm->archive.expect_whole();
  EXPECT_EQ(a->shown_state(), realm->archive.shown_state());
}

TEST_F(WrongClock, OfTheHubHarmsNothing) {
  for (const char* then : {"@2099-12-31 12:00:00", "@1970-01-02 00:00:01"}) {
    SCOPED_TRACE(then);
    EXPECT_EQ(realm->hub.stop(SIGTERM).exit_code, 0);
    realm->hub.serve(clock_at(then));
    a->good({"incoming", "add", "--title", "中心时钟不对时的一件", "--sender-org", "省厅"});
    a->good({"sync"});
    realm->archive.good({"sync"});
  }
  EXPECT_EQ(found(realm->archive, "中心时钟不对时"), 2U);
  realm->archive.expect_whole();
}

TEST_F(WrongClock, GoingBackADayWhileAProgramWaitsDoesNotMakeItWaitADay) {
  const std::string clock = realm->folder / "clock";
  write_text(clock, "@2026-11-20 12:00:00");
  Start start = with_clock("", {"sync", "--watch"});
  start.environment.erase("FAKETIME");
  start.environment["FAKETIME_TIMESTAMP_FILE"] = clock;
  start.environment["FAKETIME_NO_CACHE"] = "1";
  realm->hub.unplug();
  Child watching(start);
  ASSERT_TRUE(watching.says("\"UNAVAILABLE\""));
  write_text(clock, "@2026-11-19 12:00:00");
  realm->hub.plug();
  EXPECT_TRUE(watching.says("jiyao/sync/1")) << "it waits for a day that it had already";
  watching.signal(SIGTERM);
  const Ran ended = watching.wait();
  EXPECT_EQ(ended.exit_code, 130) << ended.said();
}

}  // namespace
}  // namespace jiyao
