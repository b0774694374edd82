// tests/unit/client/hub_link_test.cpp - meetings over good and bad links, and how large requests
// grow.
#include "client/hub_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "client/request_pace.h"
#include "support/chaos_proxy.h"
#include "unit/client/ledger_walk.h"

namespace jiyao {
namespace {

class HubLink : public InOffices {
 protected:
  HubLink() : hub_(path("hub"), files_) {
    archive_.emplace(new_archive({"--hub-card", hub_.card(), "--realm-file", path("realm")}));
    hub_.join(path("realm"));
  }
  /// A register that does not compress: about 250 bytes of it travel for each row.
  void import_rows(int rows) const {
    std::ofstream csv(path("register.csv"));
    csv << "序号,来文单位,文号,标题,收文日期\n";
    std::mt19937_64 draw(1);
    for (int row = 1; row <= rows; ++row) {
      csv << row << ",省档案局,档发〔2026〕" << row << "号,";
      for (int i = 0; i < 32; ++i) csv << std::hex << draw() << std::dec;
      csv << ",2026-01-02\n";
    }
    csv.close();
    must(archive_->run({"import", "incoming", path("register.csv")}));
  }
  /// A machine that holds what the archive holds so far.
  OfficeMachine reader_of_archive() {
    OfficeMachine reader = enrolled(*archive_, "S", "档案室");
    must(root(*archive_, {"access", "give", "--node", "S", "--owner", "档案室", "--level", "内部",
                          "--right", "read"}));
    must(archive_->run({"sync"}));
    must(reader.run({"sync"}));
    return reader;
  }
  static std::uint64_t number(const Said& said, const char* name) {
    return said.json->getValue<std::uint64_t>(name);
  }

  RealFiles files_;
  LoopbackHub hub_;
  std::optional<OfficeMachine> archive_;
};

TEST_F(HubLink, ALinkThatIsCutBehindEveryBatchStillEndsTheMeeting) {
  LinkWeather weather;
  weather.cut_after_bytes = 200'000;
  const ChaosProxy link("127.0.0.1", hub_.start_elsewhere(), weather, hub_.port());
  import_rows(2500);
  const Said met = must(archive_->run({"sync"}));
  EXPECT_GT(link.connections(), 3);
  EXPECT_GT(number(met, "bytes_out"), 2 * weather.cut_after_bytes);
  const Said again = must(archive_->run({"sync"}));
  EXPECT_EQ(number(again, "requests"), 1U);
}

// What had come whole is not said again: of each connection less than a batch and what it began is
// lost, in both directions.
TEST_F(HubLink, OfEveryCutRequestAndAnswerTheWholeBatchesCount) {
  ChaosProxy link("127.0.0.1", hub_.start_elsewhere(), {}, hub_.port());
  OfficeMachine reader = reader_of_archive();
  import_rows(3000);
  LinkWeather weather;
  weather.cut_after_bytes = 300'000;
  link.set(weather);
  const Said pushed = must(archive_->run({"sync"}));
  const Said pulled = must(reader.run({"sync"}));
  EXPECT_GE(number(pushed, "requests"), 4U);
  EXPECT_GE(number(pulled, "requests"), 4U);
  EXPECT_EQ(number(must(archive_->run({"sync"})), "requests"), 1U);
  EXPECT_EQ(number(must(reader.run({"sync"})), "requests"), 1U);
}

// Batches are of 128 KiB: no connection carries one.
TEST_F(HubLink, ALinkThatIsCutWithinEveryBatchStillEndsTheMeeting) {
  ChaosProxy link("127.0.0.1", hub_.start_elsewhere(), {}, hub_.port());
  OfficeMachine reader = reader_of_archive();
  import_rows(1500);
  LinkWeather weather;
  weather.cut_after_bytes = 60'000;
  link.set(weather);
  must(archive_->run({"sync"}));
  must(reader.run({"sync"}));
  EXPECT_GE(link.connections(), 10);
  EXPECT_EQ(number(must(reader.run({"sync"})), "requests"), 1U);
  EXPECT_EQ(must(reader.run({"incoming", "list"})).json->getValue<int>("total"), 1500);
}

TEST_F(HubLink, ThatTheHubShutThisMachineOutIsToldUntilAMeetingSucceeds) {
  const auto warned = [&](const std::vector<std::string>& words) {
    testing::internal::CaptureStderr();
    static_cast<void>(archive_->run(words));
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(warned({"status"}), testing::Not(testing::HasSubstr("本机已停用")));
  OpenDesk(folder_ / "R", "passphrase of R").replica().remember(kShutOutNote, to_bytes("1"));
  EXPECT_THAT(warned({"status"}), testing::HasSubstr("本机已停用"));
  warned({"sync"});  // no hub answers
  EXPECT_THAT(warned({"status"}), testing::HasSubstr("本机已停用")) << "no other answer came";
  hub_.start();
  must(archive_->run({"sync"}));
  EXPECT_THAT(warned({"status"}), testing::Not(testing::HasSubstr("本机已停用")));
}

TEST_F(HubLink, AGoodLinkIsAskedForFewRequestsAndWithNothingNewForOneSmallOne) {
  hub_.start();
  import_rows(1500);
  EXPECT_LE(number(must(archive_->run({"sync"})), "requests"), 6U);
  const Said again = must(archive_->run({"sync"}));
  EXPECT_EQ(number(again, "requests"), 1U);
  EXPECT_LE(number(again, "bytes_out"), 400U);
  EXPECT_LE(number(again, "bytes_in"), 400U);
}

TEST(RequestPace, SecondsOfTheLinkWithinBoundsAndOneBehindACut) {
  RequestPace pace;
  EXPECT_EQ(pace.bytes(), kPaceBytesFirst);
  pace.passed(300, 400, 900);  // nothing to carry: far away is not narrow
  EXPECT_EQ(pace.bytes(), kPaceBytesFirst);
  pace.passed(kPaceBytesFirst, 400, 20);
  EXPECT_EQ(pace.bytes(), 4 * kPaceBytesFirst);
  for (int i = 0; i < 5; ++i) pace.passed(pace.bytes(), 400, 20);
  EXPECT_EQ(pace.bytes(), kPaceBytesMax);
  for (int i = 0; i < 10; ++i)
    pace.passed(400, pace.bytes(), static_cast<std::int64_t>(pace.bytes() / 125));
  EXPECT_NEAR(static_cast<double>(pace.bytes()), 500'000, 8'000);  // 1 Mbit/s
  EXPECT_EQ(pace.push_bytes(), 4 * pace.bytes());
  pace.failed();
  EXPECT_EQ(pace.push_bytes(), pace.bytes()) << "until something has passed again";
  for (int i = 0; i < 3; ++i)
    pace.passed(pace.bytes(), 400, static_cast<std::int64_t>(pace.bytes() / 125));
  EXPECT_NEAR(static_cast<double>(pace.bytes()), 125'000, 2'000);
}

TEST(RequestPace, CutsHalveItDownToOneBatch) {
  RequestPace pace;
  pace.failed();
  EXPECT_EQ(pace.bytes(), kPaceBytesFirst / 2);
  for (int i = 0; i < 10; ++i) pace.failed();
  EXPECT_EQ(pace.bytes(), kPaceBytesMin);
  EXPECT_EQ(RequestPace(1).bytes(), kPaceBytesMin);
  EXPECT_EQ(RequestPace(1U << 31).bytes(), kPaceBytesMax);
}

}  // namespace
}  // namespace jiyao
