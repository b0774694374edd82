// client/hub_link.h - one meeting with the hub: seal, exchange until both hold the same, catch up,
// and the papers a keeper owes. Sealing and showing go on while a request is on its way.
#pragma once

#include <set>

#include "client/desk.h"
#include "client/hub_caller.h"
#include "sync/exchange.h"

namespace jiyao {

struct HubAt {
  HubId hub;
  std::string address;
  Digest certificate;
  Level ceiling = Level::internal;
};

struct MetHub {
  std::set<BatchId> taken;      ///< of what the hub was sent, all that it did not refuse
  std::set<BatchId> not_taken;  ///< and what it refused
  std::size_t batches_in = 0, refused = 0;
  std::size_t newer = 0;    ///< of these: made by a newer program than this one
  bool is_renewed = false;  ///< it shows a life this machine did not know; it knew another
  Traffic traffic;
  std::int64_t next_contact_ms = 0;
};

/// What the replica remembers while the hub's last word was that this machine is shut out.
inline constexpr const char* kShutOutNote = "hub.shut_out";

/// The hub that the roster named last.   errors: not_found (none: this realm works by media only)
Result<HubAt> hub_of(Desk& desk, const Replica& replica);

/// `root_print`: the root this machine trusts, from its invitation, while its roster is empty.
///   errors: those of HttpTransport::post(); not_authentic (another realm's root)
Result<MetHub> meet_hub(Desk& desk, Replica& replica, const HubAt& hub,
                        const Digest& root_print = {});

/// Stops a roster of another root, and lets the replica seal before a newer record is applied.
class TrustGate final : public RosterGate {
 public:
  TrustGate(Replica& replica, const Digest& root_print)
      : replica_(replica), root_print_(root_print) {}
  Result<void> before_roster(ByteView record) override;

 private:
  Replica& replica_;
  Digest root_print_;
};

}  // namespace jiyao
