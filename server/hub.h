// server/hub.h - every rule of a hub, no HTTP: who may ask, what is stored, what is answered.
//
// Thread-safe. Bytes are parsed and signatures checked on the thread of the asker; then one writer
// strand takes in all that wait, syncs the disk once for them, and answers each (strand.h). Keeps
// no session: each request stands alone (sync/exchange.h, Side::answerer).
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>

#include "schema/files.h"
#include "server/http_api.h"
#include "server/hub_store.h"
#include "server/strand.h"
#include "sync/peer_memory.h"

namespace jiyao {

struct RequestAuth;
struct ParsedRequest;

/// For /metrics: counts and sizes, never content.
struct HubCounts {
  std::atomic<std::uint64_t> requests{0}, refused{0}, batches_stored{0}, bytes_in{0}, bytes_out{0},
      groups{0}, torn{0};
};

class Hub final : public Doors {
 public:
  /// `stored` is called, inside the strand, after a group of requests that stored batches.
  Hub(HubStore& store, HubIdentity identity, const Clock& clock, std::function<void()> stored = {});

  /// One exchange: signed request in (schema/request_auth.h), message out. What it brought, and its
  /// receipts, are on the disk before it is answered (P1, P5).
  ///   errors: malformed, newer, not_for_us (another hub's), not_allowed (unknown node), revoked,
  ///   not_authentic (signature, counter)
  Result<Bytes> exchange(ByteView request, std::size_t answer_bytes = kAnswerBytesUnasked) override;
  /// Stores the whole batches of a request that was cut or is still under way; its counter is not
  /// used up by that.
  Result<std::size_t> keep_torn(ByteView block, const Digest& body_hash, ByteView frames) override;
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
  struct Asked;
  Result<VerifyKey> vouch(const ParsedRequest& request, const Roster& roster) const;
  Result<void> let_in(const RequestAuth& who, const VerifyKey& vouched, bool is_torn);
  void answer_all(Strand::Group group);
  std::size_t take_in(Asked& asked);
  Roster roster_naming(const NodeId& node);

  HubStore& store_;
  HubIdentity identity_;
  const Clock& clock_;
  std::function<void()> stored_;
  std::mutex store_mutex_;   ///< whoever touches the store
  std::mutex roster_mutex_;  ///< taken behind it where both are
  Roster roster_;            ///< the store's, for the threads outside the strand
  PeerMemory memory_;
  std::map<NodeId, std::int64_t> contacts_;
  HubCounts counts_;
  Strand strand_;
};

}  // namespace jiyao
