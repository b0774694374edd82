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

#include <charconv>
#include <chrono>
#include <istream>
#include <new>
#include <ostream>

#include "schema/limits.h"
#include "schema/request_auth.h"
#include "server/body_budget.h"
#include "server/http_status.h"
#include "server/patience.h"
#include "server/request_body.h"

namespace jiyao {

namespace {

using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

constexpr const char* kContentType = "application/x-jiyao";
constexpr std::size_t kBodyBytesPerSecond = 1024;  ///< a body slower than this is given up
constexpr std::size_t kRequestBytesMax = kMessageBytesMax + kFrameBytesMax + kRequestAuthBytes;

struct Shared {
  Doors& doors;
  HttpLimits limits;
  BodyBudget budget;
  TornStarts starts{};
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
    // Half: the library waits as long again in a poll behind the read that waited.
    socket.setReceiveTimeout(Poco::Timespan(shared_.limits.silence_seconds * 1'000'000LL / 2));
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

BodyWords body_words(const HTTPServerRequest& request, std::size_t bytes) {
  BodyWords words;
  words.bytes = bytes;
  words.is_exchange = request.getURI() == "/exchange";
  if (!words.is_exchange) return words;
  if (const auto hash = from_hex(request.get("X-Body-Hash", ""))) words.hash = Digest::from(*hash);
  const auto place = parse_place(request.get("X-Joins-At", ""));
  const auto start = parse_frame_start(request.get("X-Left-Out", ""));
  if (place && start) words.left_out = {*place, *start};
  return words;
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
    const BodyWords words = body_words(request, static_cast<std::size_t>(length));
    const Taken memory(shared_.budget, words.bytes + words.left_out_bytes());
    if (!memory.is_ok()) return refuse(response, {Errc::unavailable, "busy"});
    RequestBody coming(shared_.doors, shared_.starts, words);
    served_->wait_for_body(words.bytes);
    const Result<Bytes> body = coming.read(request.stream());
    served_->body_is_here();
    if (!body) return refuse(response, body.error());
    const std::size_t wish = answer_bytes_of(request);
    const Taken answer_memory(shared_.budget, wish);  // a full house answers in smaller pieces
    Result<Bytes> answer =
        answer_to(request, *body, answer_memory.is_ok() ? wish : kAnswerBytesUnasked);
    if (!answer) return refuse(response, answer.error());
    if (words.is_exchange) go_on_within_frames(request, response, words, coming.node(), *answer);
    response.set("X-Next-Contact-Ms", std::to_string(shared_.limits.next_contact_ms));
    response.setContentType(kContentType);
    response.sendBuffer(answer->data(), answer->size());
  }

  // schema/frame_start.h, both ways: what the caller holds of a frame is left out, and it is told
  // what is held of its own.
  void go_on_within_frames(const HTTPServerRequest& request, HTTPServerResponse& response,
                           const BodyWords& words, const NodeId& caller, Bytes& answer) {
    if (const auto held = parse_frame_start(request.get("X-Held", "")))
      if (const auto place = find_frame_start(answer, *held)) {
        leave_out(answer, *place, held->bytes);
        response.set("X-Joins-At", std::to_string(*place));
      }
    if (words.hash) shared_.starts.drop(caller);  // the whole of it came
    if (const auto kept = shared_.starts.tell(caller)) response.set("X-Held", header_of(*kept));
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
