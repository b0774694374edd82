// server/http_api.h - the hub's one TLS listener: bytes -> Hub -> bytes, with limits.
//
//   POST /exchange /enrol /mailbox    application/x-jiyao, Content-Length required;
//                                     X-Answer-Bytes: what the caller's link likes to carry
//                                     X-Body-Hash: H("body" | body behind the block) in hex; then
//                                     whole batches of a body that is cut are kept
//                                     X-Held, X-Joins-At, X-Left-Out: to go on within a frame that
//                                     was cut (schema/frame_start.h, docs/formats.md)
//   GET  /healthz /metrics            plain text, no content of any ledger, no names
// Overload is answered 503 with Retry-After, never by a dropped socket; memory for bodies is
// bounded.
#pragma once

#include <Poco/Net/Context.h>

#include <memory>

#include "crypto/bytes.h"
#include "crypto/digest.h"
#include "crypto/result.h"

namespace jiyao {

/// What stands behind the listener; Hub is the one. Called from many threads.
class Doors {
 public:
  virtual ~Doors() = default;
  /// `answer_bytes`: what the answer should not pass by much.
  virtual Result<Bytes> exchange(ByteView request, std::size_t answer_bytes) = 0;
  /// A request to exchange() that was cut or is still under way: its block, H("body" | body) as
  /// the asker names it, and frames of its body. Keeps the whole batches.
  ///   returns    how many bytes of `frames` were whole and need not be given again
  ///   errors     those of exchange() that the block alone gives
  virtual Result<std::size_t> keep_torn(ByteView block, const Digest& body_hash,
                                        ByteView frames) = 0;
  virtual Result<void> enrol(ByteView request) = 0;
  virtual Result<Bytes> mailbox(ByteView request) = 0;
  virtual std::string metrics() = 0;  ///< Prometheus text: counts and sizes, never content
};

/// Answers of an exchange: as wide as a poor link stands when the caller names nothing, and what
/// many callers at once may ask of this machine's memory.
inline constexpr std::size_t kAnswerBytesUnasked = 256 * 1024;
inline constexpr std::size_t kAnswerBytesMax = 4 * 1024 * 1024;

struct HttpLimits {
  int threads = 64;                     ///< connections served at once; a kept one holds its thread
  int queued = 1024;                    ///< connections waiting for a thread
  std::size_t bodies_bytes = 64 << 20;  ///< request bodies in memory at once
  int idle_seconds = 5;                 ///< a kept connection without a request
  int head_seconds = 10;                ///< handshake and head of a request, all of it
  int head_seconds_crowded = 5;         ///< the same while others wait for a thread
  int silence_seconds = 30;             ///< a peer that stops in the middle of a body
  std::int64_t next_contact_ms = 60'000;
};

class HttpApi {
 public:
  /// Listens on `host`:`port` (0: any free one) at once.   errors: unavailable (address in use)
  static Result<std::unique_ptr<HttpApi>> start(Doors& doors, Poco::Net::Context::Ptr tls,
                                                const std::string& host, std::uint16_t port,
                                                const HttpLimits& limits);
  ~HttpApi();  ///< as stop()
  std::uint16_t port() const;
  /// No new connections; requests under way end first, at most `silence_seconds`.
  void stop();

 private:
  struct State;
  explicit HttpApi(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
