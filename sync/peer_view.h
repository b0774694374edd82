// sync/peer_view.h - what one side believes the other holds, and what it holds itself.
//
// A belief may be wrong without harm: it only chooses what to send first.
#pragma once

#include <map>

#include "sync/exchange.h"

namespace jiyao {

class Intake;

/// Our side in one breath.
struct OurView {
  Roster roster;
  Scope scope;
  std::vector<CompartmentFrontier> frontiers;  ///< of every compartment in scope, empty ones too
  Have have;
};
OurView look_at(const BatchLog& log, const Parley& parley);
/// Hashes of the encoded papers of a scope, sorted.
std::vector<Digest> paper_hashes(const BatchLog& log, const Scope& scope);
Digest hash_of_paper(ByteView encoded);

class PeerView {
 public:
  struct Known {
    Digest digest;
    std::optional<Frontier> full;
  };

  /// How we ourselves look: what a bundle made now tells of its sender.
  static PeerView of(const OurView& ours, std::vector<Digest> papers);
  /// Takes in what a message said about its speaker. `ours`: after its batches were stored.
  void learn(const Intake& intake, const OurView& ours, const BatchLog& log,
             const PeerMemory* memory);

  const std::optional<Have>& have() const { return have_; }
  const Known* known(const CompartmentId& compartment) const;
  bool holds_paper(const Digest& hash) const;  ///< as far as known
  /// What to compare with log.missing(): only compartments whose frontier over there is known and
  /// differs. A compartment the peer did not list, because its roster is older, is empty there.
  struct Lacking {
    Scope scope;
    std::vector<CompartmentFrontier> theirs;
  };
  Lacking lacking(const OurView& ours) const;

  Bytes encode() const;           ///< for Exchange::hint()
  bool decode(ByteView encoded);  ///< false, and forgotten, when it does not parse

 private:
  void learn_frontiers(const Intake& intake, const OurView& ours, const PeerMemory* memory,
                       bool is_same_as_before);
  void take_listing(const Frontiers& listing, const OurView* ours);
  void take_whole(const std::vector<CompartmentFrontier>& frontiers);

  std::optional<Have> have_;
  std::map<CompartmentId, Known> frontiers_;
  bool is_listed_ = false;  ///< frontiers_ names every compartment of theirs
  std::optional<std::vector<Digest>> papers_;
};

/// `frontiers` frames: digests of all, whole frontiers of those in which `peer` seems to differ.
void put_frontiers(Bytes& message, const OurView& ours, const PeerView& peer);

}  // namespace jiyao
