// tests/unit/server/listener_test.cpp - the HTTPS listener and its client over good and bad links.
#include <Poco/Exception.h>
#include <Poco/Net/StreamSocket.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <thread>

#include "client/http_transport.h"
#include "crypto/random.h"
#include "schema/ids.h"
#include "schema/limits.h"
#include "schema/real_files.h"
#include "schema/request_auth.h"
#include "server/http_api.h"
#include "server/tls.h"
#include "support/chaos_proxy.h"

namespace jiyao {
namespace {

RealFiles& real_files() {
  static RealFiles files;
  return files;
}

constexpr std::size_t kLongAnswer = 300'000;

class EchoDoors final : public Doors {
 public:
  Result<Bytes> exchange(ByteView request, std::size_t) override {
    if (as_text(request) == "long") return Bytes(kLongAnswer, 9);
    return Bytes(request.begin(), request.end());
  }
  Result<std::size_t> keep_torn(ByteView block, const Digest& body_hash, ByteView frames) override {
    const std::lock_guard lock(mutex);
    torn_block.assign(block.begin(), block.end());
    torn_hash = body_hash;
    torn.insert(torn.end(), frames.begin(), frames.end());
    return frames.size();
  }
  Result<void> enrol(ByteView) override { return {Errc::not_allowed, "closed"}; }
  Result<Bytes> mailbox(ByteView) override {
    throw StorageFailure(StorageFailure::Kind::full, "full");
  }
  std::string metrics() override { return "jiyao_positions 0\n"; }

  std::mutex mutex;
  Bytes torn_block, torn;
  Digest torn_hash;
};

class Listener : public testing::Test {
 protected:
  static constexpr int kThreads = 8;
  Listener() {
    const std::string pem =
        (std::filesystem::temp_directory_path() / ("jiyao-" + random_block<HubId>().hex() + ".pem"))
            .string();
    EXPECT_TRUE(make_certificate(real_files(), pem, "127.0.0.1"));
    pin_ = *certificate_hash(real_files(), pem);
    HttpLimits limits;
    limits.threads = kThreads;
    limits.head_seconds_crowded = 1;
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

TEST_F(Listener, OfABodyThatIsCutTheDoorsSeeWhatCame) {
  LinkWeather weather;
  weather.cut_after_bytes = 100'000;
  const ChaosProxy link("127.0.0.1", api_->port(), weather);
  Bytes request(200'000);
  for (std::size_t i = 0; i < request.size(); ++i) request[i] = static_cast<std::uint8_t>(i / 700);
  const ByteView block = ByteView(request).first(kRequestAuthBytes);
  const ByteView body = ByteView(request).subspan(kRequestAuthBytes);
  const Digest hash = digest(Label::body, {body});
  EXPECT_FALSE(to(link.port(), pin_).post(HttpCall{"/exchange", block, body, 0, hash}));
  const auto given_up = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  const auto has_come = [&] {
    const std::lock_guard lock(doors_.mutex);
    return !doors_.torn.empty();
  };
  while (!has_come() && std::chrono::steady_clock::now() < given_up)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const std::lock_guard lock(doors_.mutex);
  EXPECT_GT(doors_.torn.size(), 50'000U);
  EXPECT_TRUE(std::equal(doors_.torn.begin(), doors_.torn.end(), body.begin()));
  EXPECT_TRUE(std::equal(block.begin(), block.end(), doors_.torn_block.begin()));
  EXPECT_EQ(doors_.torn_hash, hash);
}

TEST_F(Listener, OfAnAnswerThatIsCutTheCallerHasWhatCame) {
  LinkWeather weather;
  weather.cut_after_bytes = 100'000;
  const ChaosProxy link("127.0.0.1", api_->port(), weather);
  HttpTransport transport = to(link.port(), pin_);
  EXPECT_EQ(transport.post("/exchange", as_bytes("long")).code(), Errc::unavailable);
  EXPECT_GT(transport.torn().size(), 50'000U);
  EXPECT_LT(transport.torn().size(), kLongAnswer);
  EXPECT_EQ(transport.torn(), Bytes(transport.torn().size(), 9));
  EXPECT_TRUE(to(api_->port(), pin_).post("/exchange", as_bytes("short")));
}

// Half a handshake, byte by byte: each byte is soon enough, the whole of it never comes.
TEST_F(Listener, HalfOpenConnectionsDoNotKeepOthersOut) {
  const Bytes half = *from_hex("16030102000100");
  std::vector<Poco::Net::StreamSocket> idle, slow;
  for (int i = 0; i < kThreads; ++i) {
    auto& some = i % 2 == 0 ? idle : slow;
    some.emplace_back(Poco::Net::SocketAddress("127.0.0.1", api_->port()));
    if (i % 2 != 0) some.back().sendBytes(half.data(), static_cast<int>(half.size()));
  }
  std::atomic<bool> is_over{false};
  std::thread dribble([&] {
    for (; !is_over; std::this_thread::sleep_for(std::chrono::milliseconds(100)))
      for (Poco::Net::StreamSocket& one : slow) {
        try {
          one.sendBytes("", 1);
        } catch (const Poco::Exception&) {
          continue;  // shut, as it should be
        }
      }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // they hold every thread
  const auto begin = std::chrono::steady_clock::now();
  HttpTransport transport(HubAddress{"127.0.0.1", api_->port(), pin_}, CallLimits{20'000, 20'000});
  EXPECT_TRUE(transport.post("/exchange", Bytes(10)));
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(took, std::chrono::seconds(8)) << "head_seconds is 10, and a silence 30";
  EXPECT_GT(took, std::chrono::milliseconds(300)) << "nobody was in the way";
  is_over = true;
  dribble.join();
}

TEST_F(Listener, PlainTextToTheListenerHurtsNobody) {
  Poco::Net::StreamSocket plain(Poco::Net::SocketAddress("127.0.0.1", api_->port()));
  const std::string line = "GET / HTTP/1.0\r\n\r\n";
  plain.sendBytes(line.data(), static_cast<int>(line.size()));
  EXPECT_TRUE(to(api_->port(), pin_).post("/exchange", Bytes(10)));
}

}  // namespace
}  // namespace jiyao
