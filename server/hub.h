// server/hub.h - every rule of a hub, no HTTP: who may ask, what is stored, what is answered.
//
// Thread-safe: one writer strand inside; bytes are parsed and the asker's signature is checked
// before it is entered. Keeps no session: each request stands alone (sync/exchange.h,
// Side::answerer).
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>

#include "schema/files.h"
#include "server/http_api.h"
#include "server/hub_store.h"
#include "sync/peer_memory.h"

namespace jiyao {

struct ParsedRequest;

/// For /metrics: counts and sizes, never content.
struct HubCounts {
  std::atomic<std::uint64_t> requests{0}, refused{0}, batches_stored{0}, bytes_in{0}, bytes_out{0};
};

class Hub final : public Doors {
 public:
  /// `stored` is called, inside the strand, after a request that stored batches.
  Hub(HubStore& store, HubIdentity identity, const Clock& clock, std::function<void()> stored = {});

  /// One exchange: signed request in (schema/request_auth.h), message out.
  ///   errors: malformed, newer, not_for_us (another hub's), not_allowed (unknown node), revoked,
  ///   not_authentic (signature, counter)
  Result<Bytes> exchange(ByteView request, std::size_t answer_bytes = kAnswerBytesUnasked) override;
  /// An enrolment request for the archive; kept at most kMailboxMax.   errors: too_large,
  /// unavailable
  Result<void> enrol(ByteView request) override;
  /// The archive reads and clears the mailbox: signed request, body = ids to drop (32 bytes each).
  ///   returns    frames of letters: u32 length | bytes, repeated
  Result<Bytes> mailbox(ByteView request) override;
  std::string metrics() override;

  HubHead head();
  const HubCounts& counts() const { return counts_; }
  std::int64_t last_contact_ms(const NodeId& node);

 private:
  Result<NodeId> authenticate(const ParsedRequest& request);
  HubStore& store_;
  HubIdentity identity_;
  const Clock& clock_;
  std::function<void()> stored_;
  std::mutex strand_;
  PeerMemory memory_;
  std::map<NodeId, std::int64_t> contacts_;
  HubCounts counts_;
};

}  // namespace jiyao
