// tests/unit/server/within_frames_test.cpp - a link that is cut more often than it carries a frame
// still carries it, up and down (schema/frame_start.h).
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <mutex>
#include <thread>

#include "client/http_transport.h"
#include "crypto/random.h"
#include "schema/frame_start.h"
#include "schema/frames.h"
#include "schema/ids.h"
#include "schema/real_files.h"
#include "schema/request_auth.h"
#include "server/http_api.h"
#include "server/tls.h"
#include "support/chaos_proxy.h"

namespace jiyao {
namespace {

constexpr std::uint64_t kCutAfter = 150'000;
constexpr int kAttemptsMax = 40;

RealFiles& real_files() {
  static RealFiles files;
  return files;
}

/// A frame that does not compress, and the end.
Bytes message_of(std::size_t bytes) {
  Bytes frame(bytes);
  std::uint32_t draw = 1;
  for (std::uint8_t& byte : frame)
    byte = static_cast<std::uint8_t>((draw = draw * 69069 + 1) >> 24);
  Bytes message;
  put_frame(message, FrameType::batch, frame);
  put_frame(message, FrameType::end, {});
  return message;
}

/// Lets everybody in, and answers who says little with `answer`.
class FrameDoors final : public Doors {
 public:
  Result<Bytes> exchange(ByteView request, std::size_t) override {
    const std::lock_guard lock(mutex);
    if (request.size() < 1000) return answer;
    heard.emplace_back(request.begin() + kRequestAuthBytes, request.end());
    return Bytes{};
  }
  Result<std::size_t> keep_torn(ByteView, const Digest&, ByteView frames) override {
    return whole_frame_bytes(frames);
  }
  Result<void> enrol(ByteView) override { return {}; }
  Result<Bytes> mailbox(ByteView) override { return Bytes{}; }
  std::string metrics() override { return {}; }

  std::mutex mutex;
  Bytes answer;
  std::vector<Bytes> heard;
};

class WithinFrames : public testing::Test {
 protected:
  WithinFrames()
      : pem_((std::filesystem::temp_directory_path() /
              ("jiyao-" + random_block<HubId>().hex() + ".pem"))
                 .string()) {
    EXPECT_TRUE(make_certificate(real_files(), pem_, "127.0.0.1"));
    start();
    link_.emplace("127.0.0.1", api_->port(), LinkWeather{});
  }
  ~WithinFrames() override { std::filesystem::remove(pem_); }
  void start() {
    api_.reset();
    api_ = std::move(*HttpApi::start(doors_, listening_context(pem_), "127.0.0.1", 0, {}));
    if (link_) link_->lead_to(api_->port());
  }
  void cut_after(std::uint64_t bytes) {
    LinkWeather weather;
    weather.cut_after_bytes = bytes;
    link_->set(weather);
  }
  HttpTransport caller() const {
    return HttpTransport(
        HubAddress{"127.0.0.1", link_->port(), *certificate_hash(real_files(), pem_)},
        CallLimits{10'000, 10'000});
  }
  Result<HttpTransport::Answer> say(HttpTransport& transport, ByteView body) {
    const Bytes block = request_block({{}, node_, {}, 1, {}}, *key_, body);
    HttpCall call{"/exchange", block, body};
    if (body.size() > 16 * 1024) call.body_hash = digest(Label::body, {body});
    return transport.post(call);
  }
  /// Says it, and asks behind each cut what came.
  bool push(HttpTransport& transport, ByteView body) {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      if (say(transport, body)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the hub sees the cut too
      (void)say(transport, {});
    }
    return false;
  }
  /// What the listener says to these heads of a body of `bytes`.
  int status_of(const std::string& place, const std::string& left_out, std::size_t bytes) const {
    Poco::Net::HTTPSClientSession session(
        "127.0.0.1", api_->port(),
        new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "",
                               Poco::Net::Context::VERIFY_NONE));
    Poco::Net::HTTPRequest request("POST", "/exchange", "HTTP/1.1");
    request.setContentType("application/x-jiyao");
    request.setContentLength64(static_cast<Poco::Int64>(bytes));
    request.set("X-Joins-At", place);
    request.set("X-Left-Out", left_out);
    Bytes body = request_block({{}, node_, {}, 1, {}}, *key_, {});
    body.resize(bytes);
    session.sendRequest(request).write(reinterpret_cast<const char*>(body.data()),
                                       static_cast<std::streamsize>(body.size()));
    Poco::Net::HTTPResponse response;
    session.receiveResponse(response);
    return response.getStatus();
  }

  FrameDoors doors_;
  std::string pem_;
  std::unique_ptr<HttpApi> api_;
  std::optional<ChaosProxy> link_;
  NodeId node_ = random_block<NodeId>();
  std::unique_ptr<SigningKey> key_ = signing_key_from(Secret<32>::random());
};

TEST_F(WithinFrames, AnAnswerGoesOnWhereItWasCut) {
  doors_.answer = message_of(400'000);
  cut_after(kCutAfter);
  HttpTransport transport = caller();
  Result<HttpTransport::Answer> answer = say(transport, {});
  int attempts = 1;
  for (; !answer && attempts < kAttemptsMax; ++attempts) answer = say(transport, {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, doors_.answer);
  EXPECT_GE(attempts, 3);
  EXPECT_LT(transport.traffic().bytes_in, 420'000U) << "hardly anything came twice";
}

TEST_F(WithinFrames, AnAnswerThatIsAnotherByThenComesWhole) {
  doors_.answer = message_of(400'000);
  cut_after(kCutAfter);
  HttpTransport transport = caller();
  ASSERT_FALSE(say(transport, {}));
  EXPECT_GT(transport.held_bytes(), 100'000U);
  cut_after(0);
  doors_.answer = message_of(100'000);
  const Result<HttpTransport::Answer> answer = say(transport, {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, doors_.answer);
  EXPECT_EQ(transport.held_bytes(), 0U);
}

TEST_F(WithinFrames, ARequestGoesOnWhereItWasCut) {
  const Bytes body = message_of(400'000);
  cut_after(kCutAfter);
  HttpTransport transport = caller();
  ASSERT_TRUE(push(transport, body));
  EXPECT_GE(link_->connections(), 3);
  ASSERT_EQ(doors_.heard.size(), 1U);
  EXPECT_EQ(doors_.heard[0], body);
}

TEST_F(WithinFrames, AHubThatWasStartedAnewIsSentItAll) {
  const Bytes body = message_of(400'000);
  cut_after(kCutAfter);
  HttpTransport transport = caller();
  ASSERT_FALSE(say(transport, body));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  cut_after(0);
  ASSERT_TRUE(say(transport, {}));
  start();
  ASSERT_TRUE(push(transport, body));
  ASSERT_EQ(doors_.heard.size(), 1U);
  EXPECT_EQ(doors_.heard[0], body);
}

TEST_F(WithinFrames, HeadsThatAreNotTrueAreAnsweredAndHurtNobody) {
  const std::string hash(64, 'a');
  EXPECT_EQ(status_of("0", "4000-" + hash, 200), 503) << "nothing of it is here";
  EXPECT_EQ(status_of("99999", "4000-" + hash, 200), 400);
  EXPECT_EQ(status_of("18446744073709551615", "4000-" + hash, 200), 400);
  EXPECT_EQ(status_of("x", "4000-" + hash, 200), 200) << "no such words";
  EXPECT_EQ(status_of("0", "99999999-" + hash, 200), 200);
  HttpTransport transport = caller();
  EXPECT_TRUE(say(transport, {}));
}

}  // namespace
}  // namespace jiyao
