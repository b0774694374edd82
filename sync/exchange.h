// sync/exchange.h - one conversation between two logs, without a socket: the same class at both
// ends.
//
// A message is frames (schema/frames.h) in a fixed order: head, roster, grants, receipts, batches,
// have, frontiers, refused, end. Each side says what the other seems to lack and what it holds
// itself; when both Have are equal, it is settled. Hashes are the truth: hints, repeats, loss, cuts
// and reordering of messages cost bytes, never correctness.
//
//   caller                                   answerer (a hub: one Exchange per request)
//   Exchange e(log, parley, gate, memory)    Exchange e(log, parley, gate, memory)
//   e.recall(hint kept from last time)
//   do { send e.say(n)          ------->       e.hear(request)
//        e.hear(reply)          <-------       reply = e.say(n) } while (e.wants_more())
//   keep e.hint()
#pragma once

#include <set>

#include "sync/batch_log.h"
#include "sync/peer_memory.h"

namespace jiyao {

enum class Side : std::uint8_t {
  caller,    ///< opens the conversation (client); may recall hints about the peer
  answerer,  ///< each message stands alone (hub); keeps nothing but the PeerMemory
};

/// Who speaks with whom over what. What may be told follows from it and from our roster, anew after
/// every roster record: scope_of().
struct Parley {
  Side side = Side::caller;
  Route route;
  NodeId self;                ///< none at a hub
  IncarnationId incarnation;  ///< of `self`, to notice own work we do not hold; none: not asked
  NodeId peer_node;           ///< the caller's node as the answerer sees it; none when it is a hub
  Digest root;  ///< fingerprint the first roster record must have, from the invitation; none: an
                ///< empty roster stays empty, there is no trust on first use
};

/// What both ends may know: access of each named node ∩ route ceiling ∩ device ceilings. With no
/// node named: every compartment up to the ceiling.
Scope scope_of(const Roster& roster, const Parley& parley);

struct Heard {
  std::size_t roster_records = 0, heads = 0, grants = 0, receipts = 0, requests = 0,
              batches_new = 0, batches_held = 0, batches_waiting = 0, refused = 0;
  std::vector<std::pair<BatchId, Error>> refusals;  ///< at most 100; id none: not a batch
  /// Batches of our own node and present incarnation that we did not hold: this replica is older
  /// than its own work (restored, cloned). They are stored; the owner starts a new incarnation.
  std::vector<BatchId> own_unknown;
  bool is_settled = false;  ///< both Have equal
  bool is_foreign = false;  ///< their roster is not ours at the same number: another realm, or a
                            ///< fork of the root. An incident; nothing more is said.
  bool has_news() const {
    return roster_records + grants + receipts + requests + batches_new + batches_waiting > 0;
  }
};

/// Optional seam: lets the owner act before a newer roster is applied (seal what is open).
class RosterGate {
 public:
  virtual ~RosterGate() = default;
  virtual Result<void> before_roster(ByteView record) = 0;
};

class Exchange {
 public:
  /// All referenced objects outlive the Exchange. `memory` may be shared by many exchanges over the
  /// same log; without one a pull costs one more round trip.
  Exchange(BatchLog& log, Parley parley, RosterGate* gate = nullptr, PeerMemory* memory = nullptr);
  Exchange(Exchange&&) noexcept;
  ~Exchange();

  /// The next message: at most about `bytes_max` bytes (one batch may pass it). Who has nothing new
  /// says its Have only.
  Bytes say(std::size_t bytes_max);
  /// Takes a message in; each batch is durable before the next is read. What a bad frame breaks, is
  /// counted as refused and the rest goes on (P7); framing that breaks ends it, with everything
  /// before it kept.   errors: malformed, newer (`so_far()` tells what was kept)
  Result<Heard> hear(ByteView message);
  const Heard& so_far() const;  ///< of the last hear(), also when it failed
  /// Batches put into messages so far, each once however often it was repeated.
  const std::set<BatchId>& said() const;
  /// Those the peer told that it did not take, since it last heard of a newer roster.
  const std::set<BatchId>& refused_by_peer() const;

  /// Both Have equal at equal roster: nothing to do.
  bool is_settled() const;
  /// Caller: is another round worth it? No when settled, foreign, or when the last round moved
  /// nothing.
  bool wants_more() const;

  /// Caller: what we know of the peer, to be kept between conversations. Opaque; may be lost or
  /// stale without harm.
  Bytes hint() const;
  void recall(ByteView hint);  ///< bytes that do not parse are forgotten

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
