// client/contacts.h - when the archive last heard of each machine.
//
// Known is what a machine signed and the archive received: batches, receipts and bundles. When they
// arrived here first is noted by this machine's clock; what the sender's clock says, or a hub, is
// not believed (P9: whoever withholds looks silent, and silence is shown). A reminder, never a
// decision.
#pragma once

#include <map>
#include <set>

#include "sync/replica.h"

namespace jiyao {

/// What is held before a meeting or an import, to tell afterwards what arrived.
class Arrivals {
 public:
  explicit Arrivals(Replica& replica);
  /// Notes `now_ms` for every other machine of which something new is here.
  void note(std::int64_t now_ms);

 private:
  using Said = std::pair<Bytes, std::uint64_t>;  ///< issuer and incarnation, serial
  std::map<CompartmentId, std::size_t> batches() const;
  std::set<Said> receipts() const;

  Replica& replica_;
  std::map<CompartmentId, std::size_t> batches_before_;
  std::set<Said> receipts_before_;
};

/// Wall time of the last arrival from each machine heard of so far.
std::map<NodeId, std::int64_t> last_heard(const Replica& replica);

/// A remembered number; 0 if there is none.
std::int64_t noted_number(const Replica& replica, const std::string& name);

}  // namespace jiyao
