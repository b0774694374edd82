// tests/cli/bad_hub_test.cpp - no hub, another hub's certificate, a page instead of an answer: the
// work is kept, the reason is said, and the next good link carries it.
#include <Poco/JSON/Array.h>

#include <csignal>

#include "cli/refusal.h"
#include "schema/frames.h"
#include "support/html_portal.h"

namespace jiyao {
namespace {

class BadHub : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    realm_ = std::make_unique<FieldRealm>();
    a_ = std::make_unique<FieldMachine>(realm_->enrol({.name = "A", .office = "甲局"}));
    realm_->archive.good({"sync"});
    a_->good({"sync"});
    a_->good({"incoming", "add", "--title", "关于防汛的通知", "--sender-org", "省厅"});
  }
  static void TearDownTestSuite() {
    a_.reset();
    realm_.reset();
  }
  void expect_sync_refused(int exit_code, const std::string& code,
                           const std::vector<std::string>& says) {
    expect_refused(*a_, {"sync", {"sync"}, exit_code, code, says});
  }

  static std::unique_ptr<FieldRealm> realm_;
  static std::unique_ptr<FieldMachine> a_;
};
std::unique_ptr<FieldRealm> BadHub::realm_;
std::unique_ptr<FieldMachine> BadHub::a_;

TEST_F(BadHub, ThatIsAwayKeepsTheWorkHere) {
  realm_->hub.unplug();
  expect_sync_refused(6, "UNAVAILABLE", {"连不上中心", "都在本机", "jiyao bundle export"});
  realm_->hub.plug();
}

TEST_F(BadHub, WhoseLinkBreaksAtOnceIsAwayToo) {
  realm_->hub.link().lead_to(0);
  expect_sync_refused(6, "UNAVAILABLE", {"连不上中心", "稍后再同步"});
  realm_->hub.plug();
}

TEST_F(BadHub, WithAnotherCertificateIsNotSpokenTo) {
  const std::string certificate = realm_->folder / "another.pem";
  if (!std::filesystem::exists(certificate)) HtmlPortal::make_certificate_at(certificate);
  const HtmlPortal stranger(certificate);
  realm_->hub.link().lead_to(stranger.port());
  expect_sync_refused(8, "BAD_CERTIFICATE", {"证书", "冒充", "核对"});
  EXPECT_EQ(stranger.requests(), 0) << "a byte of ours was sent to a stranger";
  realm_->hub.plug();
}

TEST_F(BadHub, ThatIsACaptivePortalIsNotTakenForAnAnswer) {
  realm_->hub.link().set({.is_portal = true});
  expect_sync_refused(6, "NOT_A_HUB", {"不是本系统的中心", "认证"});
  realm_->hub.plug();
  const HtmlPortal behind_our_certificate(realm_->hub.certificate());
  realm_->hub.link().lead_to(behind_our_certificate.port());
  expect_sync_refused(6, "NOT_A_HUB", {"不是本系统的中心", "认证"});
  EXPECT_GT(behind_our_certificate.requests(), 0);
  realm_->hub.plug();
}

// What a newer hub passes on from newer machines, and a hub whose messages are newer themselves.
TEST_F(BadHub, ThatSpeaksOfThingsANewerProgramMadeAsksForAnUpgrade) {
  const auto answer = [](FrameType type, const std::string& bytes) {
    Bytes message;
    put_frame(message, type, as_bytes(bytes));
    return HtmlPortal::Page{"application/x-jiyao", std::string(message.begin(), message.end())};
  };
  std::string newer_batch = "JYB1\2\1";
  newer_batch.resize(808);
  const std::string before = a_->shown_state();
  {
    const HtmlPortal passes_it_on(realm_->hub.certificate(), answer(FrameType::batch, newer_batch));
    realm_->hub.link().lead_to(passes_it_on.port());
    const Ran told = a_->run({"sync"});
    EXPECT_EQ(told.exit_code, 10) << told.said();
    EXPECT_THAT(told.out, testing::HasSubstr("更新版本"));
    EXPECT_THAT(told.out, testing::HasSubstr("升级"));
    EXPECT_GT(a_->json({"sync"}).json()->getValue<int>("newer"), 0);
  }
  HtmlPortal::Page newer_frame = answer(FrameType::end, {});
  newer_frame.body.front() = 12;
  const HtmlPortal speaks_so(realm_->hub.certificate(), newer_frame);
  realm_->hub.link().lead_to(speaks_so.port());
  expect_sync_refused(10, "NEWER", {"更新版本", "升级"});
  EXPECT_EQ(a_->shown_state(), before);
  realm_->hub.plug();
}

TEST_F(BadHub, ThatComesBackGetsWhatWasKept) {
  EXPECT_EQ(realm_->hub.stop(SIGTERM).exit_code, 0);
  expect_sync_refused(6, "UNAVAILABLE", {"连不上中心"});
  EXPECT_GT(a_->good({"status"})->getValue<int>("undelivered"), 0) << "sealed by now, and not sent";
  realm_->hub.serve();
  EXPECT_GT(a_->good({"sync"})->getValue<int>("batches_sent"), 0) << "sealed before, sent now";
  EXPECT_EQ(a_->good({"status"})->getValue<int>("undelivered"), 0);
  realm_->archive.good({"sync"});
  EXPECT_EQ(realm_->archive.good({"find", "防汛"})->getArray("records")->size(), 1U);
}

}  // namespace
}  // namespace jiyao
