// server/http_api.cpp - Poco's HTTP server, held to our limits.
#include "server/http_api.h"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServerConnection.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/Net/TCPServerConnectionFactory.h>
#include <Poco/ThreadPool.h>
#include <Poco/Timespan.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <istream>
#include <new>
#include <ostream>

#include "schema/limits.h"
#include "schema/request_auth.h"
#include "server/http_status.h"
#include "server/patience.h"

namespace jiyao {

namespace {

using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

constexpr const char* kContentType = "application/x-jiyao";
constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::chrono::seconds kKeepEvery{1};      ///< what is whole of a body that comes slowly
constexpr std::size_t kBodyBytesPerSecond = 1024;  ///< a body slower than this is given up
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
  Patience patience{};

  void wait_for_head(int socket) {
    patience.wait(socket, std::chrono::seconds(limits.head_seconds),
                  std::chrono::seconds(limits.head_seconds_crowded));
  }
};

int number_of(const Poco::Net::Socket& socket) {
  return socket.impl()->sockfd();
}

/// While a request is worked for.
class Served {
 public:
  Served(Shared& shared, Poco::Net::StreamSocket& socket)
      : shared_(shared), socket_(number_of(socket)) {
    shared_.patience.end(socket_);
    socket.setReceiveTimeout(Poco::Timespan(shared_.limits.silence_seconds, 0));
  }
  ~Served() { shared_.wait_for_head(socket_); }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  /// A body of this length may take its time, but not for ever.
  void wait_for_body(std::size_t bytes) {
    const std::chrono::seconds most{shared_.limits.silence_seconds +
                                    static_cast<std::int64_t>(bytes / kBodyBytesPerSecond)};
    shared_.patience.wait(socket_, most, most);
  }
  void body_is_here() { shared_.patience.end(socket_); }

 private:
  Shared& shared_;
  int socket_;
};

std::optional<Digest> body_hash_of(const HTTPServerRequest& request) {
  const std::optional<Bytes> bytes = from_hex(request.get("X-Body-Hash", ""));
  return bytes ? Digest::from(*bytes) : std::nullopt;
}

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
      Served served(shared_, static_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket());
      served_ = &served;
      if (request.getMethod() == HTTPRequest::HTTP_GET) return answer_get(request, response);
      answer_post(request, response);
    } catch (const StorageFailure&) {
      // The door: the store is broken, the request is not answered as if it were kept.
      refuse(response, {Errc::storage, "store"});
    } catch (const std::bad_alloc&) {
      // Too many at once: nothing of this request was kept, later there is room again.
      refuse(response, {Errc::unavailable, "memory"});
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
    served_->wait_for_body(body.size());
    const bool is_whole = read_body(request, body);
    served_->body_is_here();
    if (!is_whole) return refuse(response, {Errc::malformed, "cut short"});
    const std::size_t wish = answer_bytes_of(request);
    const Taken answer_memory(shared_.budget, wish);  // a full house answers in smaller pieces
    const Result<Bytes> answer =
        answer_to(request, body, answer_memory.is_ok() ? wish : kAnswerBytesUnasked);
    if (!answer) return refuse(response, answer.error());
    response.set("X-Next-Contact-Ms", std::to_string(shared_.limits.next_contact_ms));
    response.setContentType(kContentType);
    response.sendBuffer(answer->data(), answer->size());
  }

  // Each batch is durable before much more is read: what a cut takes is what had not come whole.
  bool read_body(HTTPServerRequest& request, Bytes& body) {
    const bool is_exchange = request.getURI() == "/exchange";
    const std::optional<Digest> hash = is_exchange ? body_hash_of(request) : std::nullopt;
    std::size_t got = 0, kept = std::min(kRequestAuthBytes, body.size());
    const auto keep = [&] {
      const ByteView all = body;
      if (hash && got > kept)
        kept += shared_.doors.keep_torn(all.first(kRequestAuthBytes), *hash,
                                        all.subspan(kept, got - kept));
    };
    auto kept_at = std::chrono::steady_clock::now();
    while (got < body.size()) {
      const std::size_t wanted = std::min(kReadBytes, body.size() - got);
      request.stream().read(reinterpret_cast<char*>(body.data() + got),
                            static_cast<std::streamsize>(wanted));
      const auto came = static_cast<std::size_t>(request.stream().gcount());
      got += came;
      const auto now = std::chrono::steady_clock::now();
      const bool is_slow = now - kept_at >= kKeepEvery;
      if (came < wanted || is_slow) {
        if (got < body.size()) keep();
        kept_at = now;
      }
      if (came < wanted) return false;
    }
    return true;
  }

  Result<Bytes> answer_to(const HTTPServerRequest& request, const Bytes& body,
                          std::size_t answer_bytes) {
    const std::string& path = request.getURI();
    if (path == "/exchange") return shared_.doors.exchange(body, answer_bytes);
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
  Served* served_ = nullptr;
};

class Handlers : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Handlers(Shared& shared) : shared_(shared) {}
  void stop_all() {
    const bool is_abort = true;
    serverStopped(this, is_abort);
  }
  Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return std::make_unique<Handler>(shared_).release();  // Poco owns and deletes it
  }

 private:
  Shared& shared_;
};

/// A connection whose heads are waited for with patience, and no longer.
class Connection : public Poco::Net::HTTPServerConnection {
 public:
  Connection(const Poco::Net::StreamSocket& socket, Poco::Net::HTTPServerParams::Ptr params,
             Poco::Net::HTTPRequestHandlerFactory::Ptr handlers, Shared& shared)
      : HTTPServerConnection(socket, std::move(params), std::move(handlers)), shared_(shared) {}
  void run() override {
    const int number = number_of(socket());
    shared_.wait_for_head(number);
    HTTPServerConnection::run();
    shared_.patience.end(number);
  }

 private:
  Shared& shared_;
};

class Connections : public Poco::Net::TCPServerConnectionFactory {
 public:
  Connections(Shared& shared, Poco::Net::HTTPServerParams::Ptr params,
              Poco::SharedPtr<Handlers> handlers)
      : shared_(shared), params_(std::move(params)), handlers_(std::move(handlers)) {}
  Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& socket) override {
    // Poco owns and deletes it.
    return std::make_unique<Connection>(socket, params_, handlers_, shared_).release();
  }

 private:
  Shared& shared_;
  Poco::Net::HTTPServerParams::Ptr params_;
  Poco::SharedPtr<Handlers> handlers_;
};

Poco::Net::HTTPServerParams::Ptr params_of(const HttpLimits& limits) {
  Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
  params->setMaxThreads(limits.threads);
  params->setMaxQueued(limits.queued);
  params->setKeepAlive(true);
  params->setKeepAliveTimeout(Poco::Timespan(limits.idle_seconds, 0));
  params->setMaxKeepAliveRequests(0);
  params->setTimeout(Poco::Timespan(limits.head_seconds, 0));
  params->setServerName("");
  params->setSoftwareVersion("");
  return params;
}

/// On a link that loses some of everything the usual control takes loss for congestion. Where the
/// kernel offers another one, accepted sockets inherit it.
void keep_links_full(const Poco::Net::Socket& socket) {
  constexpr std::string_view kControl = "bbr";
  (void)::setsockopt(number_of(socket), IPPROTO_TCP, TCP_CONGESTION, kControl.data(),
                     static_cast<socklen_t>(kControl.size()));
}

}  // namespace

struct HttpApi::State {
  State(Doors& doors, const HttpLimits& limits, const Poco::Net::SecureServerSocket& socket)
      : shared{doors, limits, BodyBudget(limits.bodies_bytes)},
        pool(4, limits.threads),
        params(params_of(limits)),
        handlers(new Handlers(shared)),
        server(new Connections(shared, params, handlers), pool, socket, params),
        port(socket.address().port()) {
    shared.patience.start([this] { return server.queuedConnections(); });
  }
  ~State() { shared.patience.stop(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Shared shared;
  Poco::ThreadPool pool;
  Poco::Net::HTTPServerParams::Ptr params;
  Poco::SharedPtr<Handlers> handlers;
  Poco::Net::TCPServer server;
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
    keep_links_full(socket);
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
  state_->handlers->stop_all();
}

}  // namespace jiyao
