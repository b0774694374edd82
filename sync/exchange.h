// sync/exchange.h - one conversation between two logs, without a socket: the same class at both
// ends.
//
// A message is frames (schema/frames.h) in a fixed order: head, roster, grants, receipts, residues,
// batches, have, frontiers. Each side says what the other lacks and what it holds itself; when both
// Have are equal, it is settled. Cut, repeat, loss and reordering of messages cost bytes, never
// correctness.
#pragma once

#include "sync/batch_log.h"

namespace jiyao {

enum class Side : std::uint8_t {
  caller,    ///< opens the conversation (client); may remember hints about the peer
  answerer,  ///< each message stands alone (hub); keeps nothing between messages
};

/// Who speaks with whom over what. `scope` is what may be told to the peer on this route.
struct Parley {
  Side side;
  Route route;
  NodeId self;       ///< none at a hub
  NodeId peer_node;  ///< the caller's node as the answerer sees it; none for a hub peer
  Scope scope;  ///< compartments to exchange, computed from the answerer's or the caller's roster
};

struct Heard {
  std::size_t roster_records = 0, grants = 0, receipts = 0, batches_new = 0, batches_held = 0,
              batches_waiting = 0, refused = 0;
  std::vector<std::pair<BatchId, Error>> refusals;  ///< at most 100 are kept
  bool is_settled = false;                          ///< both Have equal
};

/// Optional seam: lets the owner act before a newer roster is applied (seal what is open) and
/// after.
class RosterGate {
 public:
  virtual ~RosterGate() = default;
  virtual Result<void> before_roster(ByteView record) = 0;
};

class Exchange {
 public:
  Exchange(BatchLog& log, Parley parley, RosterGate* gate = nullptr);
  ~Exchange();

  /// The next message: at most about `bytes_max` bytes (one batch may pass it). A caller that has
  /// nothing new says its Have only.
  Bytes say(std::size_t bytes_max);
  /// Takes a message in; each batch is durable before the next is read. What a bad frame breaks, is
  /// counted as refused and the rest goes on (P7); malformed framing ends it.   errors: malformed
  Result<Heard> hear(ByteView message);
  /// Both Have equal at equal roster: nothing to do.
  bool is_settled() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
