// client/hub_caller.h - signed requests of one replica to one hub, over one connection.
#pragma once

#include <functional>

#include "client/http_transport.h"
#include "schema/request_auth.h"
#include "sync/replica.h"

namespace jiyao {

/// One thread at a time. While a request is on its way, a thread of its own waits for the answer;
/// it touches the connection only, never the replica.
class HubCaller {
 public:
  HubCaller(Replica& replica, const HubId& hub, HttpTransport& transport)
      : replica_(replica), hub_(hub), transport_(transport) {}

  /// A signed request to `path`. A hub that was started anew may have passed our counter: then once
  /// more from the next window.   errors: those of HttpTransport::post()
  Result<Bytes> ask(const std::string& path, ByteView body, std::size_t answer_bytes = 0);
  /// The same to /exchange; `meanwhile` is called again and again until it says that nothing is
  /// left to do, or until the answer is here. It must not ask.
  Result<Bytes> exchange(ByteView body, std::size_t answer_bytes,
                         const std::function<bool()>& meanwhile);
  /// How long the link and the hub took for the last request, whatever was done meanwhile.
  std::int64_t took_ms() const { return took_ms_; }
  bool was_silent() const { return transport_.was_silent(); }    ///< a limit ended the last call
  bool has_reached() const { return transport_.has_reached(); }  ///< the hub, at least once
  const Bytes& torn() const { return transport_.torn(); }        ///< of an answer that was cut
  /// Of that, what the next answer goes on behind.
  std::size_t held_bytes() const { return transport_.held_bytes(); }
  /// The hub, of a request that was cut: the next one goes on behind it.
  bool holds_some() const { return transport_.holds_some(); }

 private:
  Result<HttpTransport::Answer> post(const HttpCall& call);
  Bytes block_for(ByteView body);
  std::uint64_t next_counter();

  Replica& replica_;
  HubId hub_;
  HttpTransport& transport_;
  std::uint64_t counter_ = 0;  ///< the last one used
  std::int64_t took_ms_ = 0;
  std::uint64_t reserved_ = 0;  ///< noted in log.jdb: nobody else uses those up to it
};

}  // namespace jiyao
