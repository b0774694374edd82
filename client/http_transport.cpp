// client/http_transport.cpp - Poco's HTTPS client, held to TLS 1.3 and one certificate.
#include "client/http_transport.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <charconv>
#include <istream>
#include <ostream>
#include <sstream>
#include <utility>

#include "schema/frame_start.h"
#include "schema/limits.h"

namespace jiyao {

namespace {

using Poco::Net::Context;
using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;
using Poco::Net::HTTPSClientSession;

constexpr const char* kContentType = "application/x-jiyao";
constexpr std::size_t kWriteBytes = 16 * 1024;
constexpr std::size_t kSaidTwiceBytes = 16 * 1024;  ///< a longer request is not just said again

/// Accepts every certificate here: the one that counts is compared by hash after the handshake and
/// before the first byte of ours is sent.
int accept_for_pinning(int, X509_STORE_CTX*) {
  return 1;
}

Context::Ptr calling_context() {
  Context::Ptr context =
      new Context(Context::TLS_CLIENT_USE, "", "", "", Context::VERIFY_NONE, 2, false, "HIGH");
  context->requireMinimumProtocol(Context::PROTO_TLSV1_3);
  SSL_CTX* ssl = context->sslContext();
  SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, accept_for_pinning);
  const bool is_set =
      SSL_CTX_set_ciphersuites(ssl, "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384") == 1 &&
      SSL_CTX_set1_groups_list(ssl, "X25519:P-256") == 1 &&
      SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION) == 1;
  JIYAO_ASSERT(is_set);
  return context;
}

/// For a limit of silence. The library waits as long again in a poll behind the read that waited.
Poco::Timespan half_of(std::int64_t ms) {
  return {ms * 1000 / 2};
}

/// A session that checks the pin as soon as its handshake is done.
class PinnedSession : public HTTPSClientSession {
 public:
  PinnedSession(const HubAddress& hub, Context::Ptr context, const CallLimits& limits)
      : HTTPSClientSession(hub.host, hub.port, std::move(context)),
        pin_(hub.certificate),
        limits_(limits) {
    setKeepAlive(true);
    setTimeout(Poco::Timespan(limits.connect_ms * 1000), half_of(limits.answer_ms),
               half_of(limits.answer_ms));
  }

 protected:
  void connect(const Poco::Net::SocketAddress& address) override {
    HTTPSClientSession::connect(address);
    Poco::Net::SecureStreamSocket secure(socket());
    secure.setReceiveTimeout(half_of(limits_.connect_ms));
    secure.completeHandshake();
    secure.setReceiveTimeout(half_of(limits_.answer_ms));
    const Poco::Crypto::X509Certificate certificate = secure.peerCertificate();
    Digest hash;
    unsigned length = 0;
    X509_digest(certificate.certificate(), EVP_sha256(), hash.bytes.data(), &length);
    if (hash != pin_) throw Poco::Net::InvalidCertificateException("not the pinned certificate");
    keep_link_full();
  }

 private:
  // On a link that loses some of everything the usual control takes loss for congestion. A kernel
  // that has no other one goes on with its own.
  void keep_link_full() {
    constexpr std::string_view kControl = "bbr";
    (void)::setsockopt(socket().impl()->sockfd(), IPPROTO_TCP, TCP_CONGESTION, kControl.data(),
                       static_cast<socklen_t>(kControl.size()));
  }
  Digest pin_;
  CallLimits limits_;
};

/// A link that went away within the handshake is no answer of somebody else. OpenSSL 3 says so in
/// words only.
bool is_cut(const Poco::Net::SSLException& why) {
  return dynamic_cast<const Poco::Net::SSLConnectionUnexpectedlyClosedException*>(&why) !=
             nullptr ||
         why.displayText().find("unexpected eof") != std::string::npos;
}

/// Nothing came, and nothing told that nothing will.
bool is_silence(const Poco::Exception* why) {
  return dynamic_cast<const Poco::TimeoutException*>(why) != nullptr;
}

Errc errc_of(int status) {
  switch (status) {
    case 400:
      return Errc::malformed;
    case 401:
      return Errc::not_authentic;
    case 403:
      return Errc::not_allowed;
    case 404:
      return Errc::not_a_hub;
    case 409:
      return Errc::not_for_us;
    case 410:
      return Errc::revoked;
    case 413:
      return Errc::too_large;
    case 426:
      return Errc::newer;
    default:
      return Errc::unavailable;
  }
}

/// `told`: the length the answer names, which is not believed beyond `bytes_max`.
Result<Bytes> read_body(std::istream& in, std::int64_t told, std::size_t bytes_max) {
  Bytes body;
  if (told > 0) body.reserve(std::min(static_cast<std::size_t>(told), bytes_max));
  std::array<char, 16 * 1024> chunk{};
  // What is there and no more: a read that waits for the rest loses what it has when the link goes.
  while (in.peek() != std::istream::traits_type::eof()) {
    const auto got = in.readsome(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    if (body.size() + static_cast<std::size_t>(got) > bytes_max) return {Errc::too_large, "answer"};
    body.insert(body.end(), chunk.begin(), chunk.begin() + got);
  }
  return body;
}

/// Where the bytes belong that the other side left out of its answer.
Result<std::optional<std::size_t>> place_of(const HTTPResponse& response) {
  if (!response.has("X-Joins-At")) return std::optional<std::size_t>();
  const auto place = parse_place(response.get("X-Joins-At"));
  if (!place) return {Errc::malformed, "X-Joins-At"};
  return place;
}

/// Bytes of a head on the wire.
template <class Message>
std::uint64_t head_bytes(const Message& message) {
  std::ostringstream head;
  message.write(head);
  return static_cast<std::uint64_t>(head.tellp());
}

}  // namespace

Result<HubAddress> HubAddress::from(const std::string& url, const Digest& certificate) {
  try {
    const Poco::URI uri(url);
    if (uri.getScheme() != "https" || uri.getHost().empty() || uri.getPort() == 0)
      return {Errc::malformed, url};
    return HubAddress{uri.getHost(), uri.getPort(), certificate};
  } catch (const Poco::Exception&) {
    return {Errc::malformed, url};
  }
}

struct HttpTransport::State {
  State(HubAddress address, CallLimits wanted) : hub(std::move(address)), limits(wanted) {}
  HubAddress hub;
  CallLimits limits;
  Context::Ptr context = calling_context();
  std::unique_ptr<PinnedSession> session;
  Traffic traffic;
  std::int64_t wish_ms = 0;
  Bytes torn;
  Bytes held;                        ///< of the frame the last answer was cut in
  std::optional<FrameStart> theirs;  ///< what the hub holds of a request that was cut
  bool has_reached = false, was_silent = false;

  PinnedSession& connected() {
    if (!session) session = std::make_unique<PinnedSession>(hub, context, limits);
    return *session;
  }

  Result<Answer> post(const HttpCall& call) {
    HTTPRequest request(HTTPRequest::HTTP_POST, call.path, HTTPRequest::HTTP_1_1);
    request.setContentType(kContentType);
    if (call.answer_bytes > 0) request.set("X-Answer-Bytes", std::to_string(call.answer_bytes));
    if (!call.body_hash.is_none()) request.set("X-Body-Hash", call.body_hash.hex());
    const bool is_exchange = call.path == "/exchange";
    if (const auto start = is_exchange ? frame_start(held) : std::nullopt)
      request.set("X-Held", header_of(*start));
    const auto [before, behind] = parts_to_send(call, request);
    request.setContentLength64(
        static_cast<Poco::Int64>(call.head.size() + before.size() + behind.size()));
    std::ostream& out = connected().sendRequest(request);
    has_reached = true;
    ++traffic.requests;
    traffic.bytes_out += head_bytes(request);
    for (const ByteView part : {call.head, before, behind}) write(out, part);
    out.flush();
    HTTPResponse response;
    std::istream& in = connected().receiveResponse(response);
    if (response.getContentType() != kContentType)
      return {Errc::not_a_hub, "answer of another kind"};
    return take_answer(response, in);
  }

  // A body without what the hub has of it. It tells anew with each answer what it has.
  std::pair<ByteView, ByteView> parts_to_send(const HttpCall& call, HTTPRequest& request) {
    const std::optional<FrameStart> start = std::exchange(theirs, std::nullopt);
    if (!start || call.body_hash.is_none()) return {call.body, {}};
    const auto place = find_frame_start(call.body, *start);
    if (!place) return {call.body, {}};
    request.set("X-Joins-At", std::to_string(*place));
    request.set("X-Left-Out", header_of(*start));
    return {call.body.first(*place), call.body.subspan(*place + start->bytes)};
  }

  Result<Answer> take_answer(const HTTPResponse& response, std::istream& in) {
    Result<Bytes> answer =
        read_body(in, response.getContentLength64(), kMessageBytesMax + kFrameBytesMax);
    if (!answer) return answer.error();
    traffic.bytes_in += head_bytes(response) + answer->size();
    const bool is_whole = response.getContentLength64() == static_cast<Poco::Int64>(answer->size());
    const bool is_ok = response.getStatus() == HTTPResponse::HTTP_OK;
    if (is_whole && !is_ok) return {errc_of(response.getStatus()), std::string(as_text(*answer))};
    const auto place = place_of(response);
    if (!place) return place.error();
    if (*place && **place <= answer->size())
      put_back(*answer, **place, std::exchange(held, {}));
    else if (*place && is_whole)
      return {Errc::malformed, "X-Joins-At"};
    if (!is_whole) {
      if (is_ok) keep_torn(std::move(*answer));
      return {Errc::unavailable, "answer cut short"};
    }
    held.clear();
    theirs = parse_frame_start(response.get("X-Held", ""));
    wish_ms = next_contact(response);
    return Answer{std::move(*answer), wish_ms};
  }

  // Whole frames are the caller's; what was begun is for the next answer.
  void keep_torn(Bytes answer) {
    const ByteView begun = ByteView(answer).subspan(whole_frame_bytes(answer));
    if (frame_start(begun)) held.assign(begun.begin(), begun.end());
    torn = std::move(answer);
  }

  // Counted as it goes into the socket: of a request that is cut, what was said of it.
  void write(std::ostream& out, ByteView bytes) {
    for (; !bytes.empty() && out; bytes = bytes.subspan(std::min(kWriteBytes, bytes.size()))) {
      const ByteView some = bytes.first(std::min(kWriteBytes, bytes.size()));
      out.write(reinterpret_cast<const char*>(some.data()),
                static_cast<std::streamsize>(some.size()));
      if (out) traffic.bytes_out += some.size();
    }
  }

  static std::int64_t next_contact(const HTTPResponse& response) {
    const std::string text = response.get("X-Next-Contact-Ms", "0");
    std::int64_t wish = 0;
    std::from_chars(text.data(), text.data() + text.size(), wish);
    return wish < 0 ? 0 : wish;
  }
};

HttpTransport::HttpTransport(HubAddress hub, CallLimits limits)
    : state_(std::make_unique<State>(std::move(hub), limits)) {}
HttpTransport::~HttpTransport() = default;

Result<HttpTransport::Answer> HttpTransport::post(const HttpCall& call) {
  if (call.body.size() > kMessageBytesMax + kFrameBytesMax) return {Errc::too_large, "request"};
  const auto failed = [&](Errc code) -> Result<Answer> {
    state_->session.reset();
    // Who was called, not the library's English: the code says what went wrong.
    return {code, state_->hub.host + ":" + std::to_string(state_->hub.port)};
  };
  // A kept connection may have died in silence since the last call: then once more on a new one.
  const bool was_kept = state_->session != nullptr && call.body.size() <= kSaidTwiceBytes;
  state_->torn.clear();
  state_->was_silent = false;
  for (int attempt = 0;; ++attempt) {
    try {
      Result<Answer> answer = state_->post(call);
      if (answer) return answer;
      state_->was_silent = is_silence(state_->session->networkException());
      state_->session.reset();
      return answer;
    } catch (const Poco::Net::InvalidCertificateException&) {
      return failed(Errc::bad_certificate);
    } catch (const Poco::Net::SSLException& why) {
      const Errc code = is_cut(why) ? Errc::unavailable : Errc::not_a_hub;
      if (attempt > 0 || !was_kept) return failed(code);
    } catch (const Poco::Net::MessageException&) {
      if (attempt > 0 || !was_kept) return failed(Errc::not_a_hub);
    } catch (const Poco::Exception& why) {
      state_->was_silent = is_silence(&why);
      if (attempt > 0 || !was_kept) return failed(Errc::unavailable);
    }
    state_->session.reset();
  }
}

const Bytes& HttpTransport::torn() const {
  return state_->torn;
}

std::size_t HttpTransport::held_bytes() const {
  return state_->held.size();
}

bool HttpTransport::holds_some() const {
  return state_->theirs.has_value();
}

bool HttpTransport::was_silent() const {
  return state_->was_silent;
}

bool HttpTransport::has_reached() const {
  return state_->has_reached;
}

Traffic HttpTransport::traffic() const {
  return state_->traffic;
}

std::int64_t HttpTransport::next_contact_ms() const {
  return state_->wish_ms;
}

}  // namespace jiyao
