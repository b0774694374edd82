// server/http_api.cpp - Poco's HTTP server, held to our limits.
#include "server/http_api.h"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/ThreadPool.h>
#include <Poco/Timespan.h>

#include <atomic>
#include <charconv>
#include <istream>
#include <ostream>

#include "schema/limits.h"
#include "schema/request_auth.h"
#include "server/http_status.h"

namespace jiyao {

namespace {

using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

constexpr const char* kContentType = "application/x-jiyao";
constexpr std::size_t kRequestBytesMax = kMessageBytesMax + kFrameBytesMax + kRequestAuthBytes;

/// Memory for bodies, shared by all connections.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes) : free_(static_cast<std::int64_t>(bytes)) {}
  bool take(std::size_t bytes) {
    const auto wanted = static_cast<std::int64_t>(bytes);
    if (free_.fetch_sub(wanted) >= wanted) return true;
    free_.fetch_add(wanted);
    return false;
  }
  void give_back(std::size_t bytes) { free_.fetch_add(static_cast<std::int64_t>(bytes)); }

 private:
  std::atomic<std::int64_t> free_;
};

class Taken {
 public:
  Taken(BodyBudget& budget, std::size_t bytes)
      : budget_(budget), bytes_(bytes), is_ok_(budget.take(bytes)) {}
  ~Taken() {
    if (is_ok_) budget_.give_back(bytes_);
  }
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;
  bool is_ok() const { return is_ok_; }

 private:
  BodyBudget& budget_;
  std::size_t bytes_;
  bool is_ok_;
};

struct Shared {
  Doors& doors;
  HttpLimits limits;
  BodyBudget budget;
};

std::size_t answer_bytes_of(const HTTPServerRequest& request) {
  const std::string text = request.get("X-Answer-Bytes", "");
  std::size_t bytes = 0;
  std::from_chars(text.data(), text.data() + text.size(), bytes);
  return bytes == 0 ? kAnswerBytesUnasked : std::min(bytes, kAnswerBytesMax);
}

class Handler : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Handler(Shared& shared) : shared_(shared) {}

  void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
    try {
      if (request.getMethod() == HTTPRequest::HTTP_GET) return answer_get(request, response);
      answer_post(request, response);
    } catch (const StorageFailure&) {
      // The door: the store is broken, the request is not answered as if it were kept.
      refuse(response, {Errc::storage, "store"});
    }
  }

 private:
  void answer_get(const HTTPServerRequest& request, HTTPServerResponse& response) {
    if (request.getURI() == "/healthz") return send_text(response, "ok\n");
    if (request.getURI() == "/metrics") return send_text(response, shared_.doors.metrics());
    response.setStatusAndReason(HTTPResponse::HTTP_NOT_FOUND);
    send_text(response, "not found\n");
  }

  void answer_post(HTTPServerRequest& request, HTTPServerResponse& response) {
    // Without a length Poco would read until the peer closes: never.
    if (request.getChunkedTransferEncoding() || !request.hasContentLength() ||
        request.getContentType() != kContentType)
      return refuse(response, {Errc::malformed, "length and type are required"});
    const auto length = request.getContentLength64();
    if (length < 0 || static_cast<std::uint64_t>(length) > kRequestBytesMax)
      return refuse(response, {Errc::too_large, "request"});
    const Taken memory(shared_.budget, static_cast<std::size_t>(length));
    if (!memory.is_ok()) return refuse(response, {Errc::unavailable, "busy"});
    Bytes body(static_cast<std::size_t>(length));
    request.stream().read(reinterpret_cast<char*>(body.data()), length);
    if (request.stream().gcount() != length)
      return refuse(response, {Errc::malformed, "cut short"});
    const Result<Bytes> answer = answer_to(request, body);
    if (!answer) return refuse(response, answer.error());
    response.set("X-Next-Contact-Ms", std::to_string(shared_.limits.next_contact_ms));
    response.setContentType(kContentType);
    response.sendBuffer(answer->data(), answer->size());
  }

  Result<Bytes> answer_to(const HTTPServerRequest& request, const Bytes& body) {
    const std::string& path = request.getURI();
    if (path == "/exchange") return shared_.doors.exchange(body, answer_bytes_of(request));
    if (path == "/mailbox") return shared_.doors.mailbox(body);
    if (path != "/enrol") return {Errc::malformed, "no such door"};
    const Result<void> posted = shared_.doors.enrol(body);
    if (!posted) return posted.error();
    return Bytes{};
  }

  // The rest of a refused body is not read: the connection ends with the answer.
  static void refuse(HTTPServerResponse& response, const Error& why) {
    response.setStatusAndReason(http_status_of(why.code));
    if (why.code == Errc::unavailable) response.set("Retry-After", "2");
    response.setKeepAlive(false);
    response.setContentType(kContentType);
    response.sendBuffer(why.detail.data(), why.detail.size());
  }

  static void send_text(HTTPServerResponse& response, const std::string& text) {
    response.setContentType("text/plain; charset=utf-8");
    response.sendBuffer(text.data(), text.size());
  }

  Shared& shared_;
};

class Handlers : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Handlers(Shared& shared) : shared_(shared) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return std::make_unique<Handler>(shared_).release();  // Poco owns and deletes it
  }

 private:
  Shared& shared_;
};

Poco::Net::HTTPServerParams::Ptr params_of(const HttpLimits& limits) {
  Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
  params->setMaxThreads(limits.threads);
  params->setMaxQueued(limits.queued);
  params->setKeepAlive(true);
  params->setKeepAliveTimeout(Poco::Timespan(limits.idle_seconds, 0));
  params->setMaxKeepAliveRequests(0);
  params->setTimeout(Poco::Timespan(limits.silence_seconds, 0));
  params->setServerName("");
  params->setSoftwareVersion("");
  return params;
}

}  // namespace

struct HttpApi::State {
  State(Doors& doors, const HttpLimits& limits, const Poco::Net::SecureServerSocket& socket)
      : shared{doors, limits, BodyBudget(limits.bodies_bytes)},
        pool(4, limits.threads),
        server(new Handlers(shared), pool, socket, params_of(limits)),
        port(socket.address().port()) {}
  Shared shared;
  Poco::ThreadPool pool;
  Poco::Net::HTTPServer server;
  std::uint16_t port;
};

Result<std::unique_ptr<HttpApi>> HttpApi::start(Doors& doors, Poco::Net::Context::Ptr tls,
                                                const std::string& host, std::uint16_t port,
                                                const HttpLimits& limits) {
  try {
    // Alone on its port: Poco's short form would share it with any other hub that asks.
    Poco::Net::SecureServerSocket socket(std::move(tls));
    socket.bind(Poco::Net::SocketAddress(host, port), true, false);
    socket.listen(limits.queued);
    auto state = std::make_unique<State>(doors, limits, socket);
    state->server.start();
    return std::unique_ptr<HttpApi>(new HttpApi(std::move(state)));
  } catch (const Poco::Exception& failure) {
    return {Errc::unavailable, host + ":" + std::to_string(port) + ": " + failure.displayText()};
  }
}

HttpApi::HttpApi(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpApi::~HttpApi() {
  stop();
}
std::uint16_t HttpApi::port() const {
  return state_->port;
}

void HttpApi::stop() {
  state_->server.stop();
  for (int waited = 0; state_->server.currentConnections() > 0 &&
                       waited < 10 * state_->shared.limits.silence_seconds;
       ++waited)
    Poco::Thread::sleep(100);
  state_->server.stopAll(true);
}

}  // namespace jiyao
