// tests/unit/server/listener_test.cpp - the HTTPS listener and its client over good and bad links.
#include <Poco/Exception.h>
#include <Poco/Net/StreamSocket.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "client/http_transport.h"
#include "crypto/random.h"
#include "schema/ids.h"
#include "schema/limits.h"
#include "schema/real_files.h"
#include "server/http_api.h"
#include "server/tls.h"
#include "support/chaos_proxy.h"

namespace jiyao {
namespace {

RealFiles& real_files() {
  static RealFiles files;
  return files;
}

class EchoDoors final : public Doors {
 public:
  Result<Bytes> exchange(ByteView request, std::size_t) override {
    return Bytes(request.begin(), request.end());
  }
  Result<void> enrol(ByteView) override { return {Errc::not_allowed, "closed"}; }
  Result<Bytes> mailbox(ByteView) override {
    throw StorageFailure(StorageFailure::Kind::full, "full");
  }
  std::string metrics() override { return "jiyao_positions 0\n"; }
};

class Listener : public testing::Test {
 protected:
  Listener() {
    const std::string pem =
        (std::filesystem::temp_directory_path() / ("jiyao-" + random_block<HubId>().hex() + ".pem"))
            .string();
    EXPECT_TRUE(make_certificate(real_files(), pem, "127.0.0.1"));
    pin_ = *certificate_hash(real_files(), pem);
    HttpLimits limits;
    limits.threads = 8;
    api_ = std::move(*HttpApi::start(doors_, listening_context(pem), "127.0.0.1", 0, limits));
    std::filesystem::remove(pem);
  }
  HttpTransport to(std::uint16_t port, const Digest& pin) const {
    return HttpTransport(HubAddress{"127.0.0.1", port, pin}, CallLimits{2'000, 2'000});
  }
  EchoDoors doors_;
  Digest pin_;
  std::unique_ptr<HttpApi> api_;
};

TEST_F(Listener, ABodyGoesThereAndBackOverOneConnection) {
  HttpTransport transport = to(api_->port(), pin_);
  const Bytes body(100'000, 7);
  for (int i = 0; i < 3; ++i) {
    const Result<HttpTransport::Answer> answer = transport.post("/exchange", body);
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->body, body);
    EXPECT_GT(answer->next_contact_ms, 0);
  }
  EXPECT_EQ(transport.traffic().requests, 3U);
}

TEST_F(Listener, AnyOtherCertificateIsRefusedBeforeAByteIsSent) {
  HttpTransport transport = to(api_->port(), Digest{});
  EXPECT_EQ(transport.post("/exchange", Bytes(10)).code(), Errc::bad_certificate);
  EXPECT_EQ(transport.traffic().requests, 0U);
}

TEST_F(Listener, ErrorsComeBackAsTheyWereMeant) {
  HttpTransport transport = to(api_->port(), pin_);
  EXPECT_EQ(transport.post("/enrol", Bytes(10)).code(), Errc::not_allowed);
  EXPECT_EQ(transport.post("/nowhere", Bytes(10)).code(), Errc::malformed);
  EXPECT_EQ(transport.post("/exchange", Bytes(kMessageBytesMax + 2 * kFrameBytesMax)).code(),
            Errc::too_large);
  EXPECT_EQ(transport.post("/mailbox", Bytes(10)).code(), Errc::unavailable);
}

TEST_F(Listener, ACaptivePortalIsNotAHub) {
  LinkWeather weather;
  weather.is_portal = true;
  const ChaosProxy portal("127.0.0.1", api_->port(), weather);
  EXPECT_EQ(to(portal.port(), pin_).post("/exchange", Bytes(10)).code(), Errc::not_a_hub);
}

TEST_F(Listener, NobodyThereAndSilenceAreUnavailable) {
  const std::uint16_t closed = [] {
    const Poco::Net::ServerSocket gone(Poco::Net::SocketAddress("127.0.0.1", 0));
    return gone.address().port();
  }();
  EXPECT_EQ(to(closed, pin_).post("/exchange", Bytes(10)).code(), Errc::unavailable);
  LinkWeather weather;
  weather.is_silent = true;
  const ChaosProxy silence("127.0.0.1", api_->port(), weather);
  EXPECT_EQ(to(silence.port(), pin_).post("/exchange", Bytes(10)).code(), Errc::unavailable);
}

TEST_F(Listener, ACutLinkIsUnavailableAndTheNextCallGoesThrough) {
  LinkWeather weather;
  weather.cut_after_bytes = 20'000;
  ChaosProxy link("127.0.0.1", api_->port(), weather);
  HttpTransport transport = to(link.port(), pin_);
  const Result<HttpTransport::Answer> cut = transport.post("/exchange", Bytes(200'000));
  ASSERT_FALSE(cut);
  EXPECT_TRUE(cut.code() == Errc::unavailable || cut.code() == Errc::not_a_hub);
  link.set(LinkWeather{});
  EXPECT_TRUE(transport.post("/exchange", Bytes(200'000)));
}

TEST_F(Listener, PlainTextToTheListenerHurtsNobody) {
  Poco::Net::StreamSocket plain(Poco::Net::SocketAddress("127.0.0.1", api_->port()));
  const std::string line = "GET / HTTP/1.0\r\n\r\n";
  plain.sendBytes(line.data(), static_cast<int>(line.size()));
  EXPECT_TRUE(to(api_->port(), pin_).post("/exchange", Bytes(10)));
}

}  // namespace
}  // namespace jiyao
