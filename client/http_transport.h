// client/http_transport.h - messages to a hub and back, over TLS 1.3 with one pinned certificate.
//
// Nothing but the pinned certificate is trusted: no authorities, no dates, no names. An answer
// counts only if it came through that certificate and is of our kind (P5); a captive portal is
// `not_a_hub`. Blocking; one thread at a time; the connection is kept between calls.
#pragma once

#include <memory>

#include "crypto/digest.h"
#include "crypto/result.h"

namespace jiyao {

struct HubAddress {
  std::string host;
  std::uint16_t port = 0;
  Digest certificate;  ///< SHA-256 of the DER certificate

  /// "https://host:port".   errors: malformed
  static Result<HubAddress> from(const std::string& url, const Digest& certificate);
};

struct CallLimits {
  std::int64_t connect_ms = 10'000;  ///< and silence in the handshake
  std::int64_t answer_ms = 60'000;   ///< silence longer than this ends the call
};

/// What travelled since the transport was made: HTTP requests and their bytes inside TLS, heads
/// included.
struct Traffic {
  std::uint64_t requests = 0, bytes_out = 0, bytes_in = 0;
};

/// One request to a door of the hub.
struct HttpCall {
  std::string path;         ///< "/exchange", "/enrol", "/mailbox"
  ByteView head{}, body{};  ///< sent one behind the other; not copied
  /// What the answer should not pass by much; 0: the hub's own choice.
  std::size_t answer_bytes = 0;
  /// H("body" | body): lets a hub keep the whole batches of a body that is cut. None: not told.
  Digest body_hash{};
};

class HttpTransport {
 public:
  HttpTransport(HubAddress hub, CallLimits limits);
  ~HttpTransport();

  struct Answer {
    Bytes body;
    std::int64_t next_contact_ms = 0;  ///< the hub's wish; 0: none
  };
  /// Blocks until the answer is here.
  ///   errors: unavailable (no link, silence, overload), bad_certificate, not_a_hub, not_allowed,
  ///   revoked, not_for_us, not_authentic, malformed, newer, too_large: as the hub or the link says
  Result<Answer> post(const HttpCall& call);
  Result<Answer> post(const std::string& path, ByteView body) {
    return post(HttpCall{path, {}, body, 0});
  }
  /// What had come of an answer when the link was cut in it; empty if the last call ended
  /// otherwise.
  const Bytes& torn() const;
  /// Of that, the beginning of a frame: the next answer leaves it out (schema/frame_start.h). So
  /// does the next request of what the hub kept of one that was cut.
  std::size_t held_bytes() const;
  bool holds_some() const;   ///< the hub, as its last answer says
  bool was_silent() const;   ///< the last call ended by a limit of `CallLimits`
  bool has_reached() const;  ///< the pinned hub, at least once
  Traffic traffic() const;
  std::int64_t next_contact_ms() const;  ///< the hub's wish in its last answer; 0: none

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
