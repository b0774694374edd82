// sync/peer_memory.h - what a digest heard from a peer stands for.
//
// Addressed by content, so an entry is never wrong, only absent: a hub that restarts forgets all of
// it and the next pull costs one more round trip. It is what spares the answerer a session.
#pragma once

#include <list>
#include <map>
#include <optional>

#include "schema/frames.h"

namespace jiyao {

/// One thread at a time.
class PeerMemory {
 public:
  explicit PeerMemory(std::size_t bytes_max = std::size_t{4} << 20) : bytes_max_(bytes_max) {}

  /// `frontiers` in compartment order; kept under digest_of(frontiers).
  void keep_frontiers(const std::vector<CompartmentFrontier>& frontiers);
  const std::vector<CompartmentFrontier>* frontiers(const Digest& digest) const;

  /// `papers`: hashes of the encoded papers, sorted; kept under the papers digest of a Have.
  void keep_papers(const Digest& digest, const std::vector<Digest>& papers);
  const std::vector<Digest>* papers(const Digest& digest) const;

  std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    Digest key;
    bool is_papers = false;
    std::size_t bytes = 0;
    std::vector<CompartmentFrontier> frontiers;
    std::vector<Digest> papers;
  };
  using Place = std::list<Entry>::iterator;
  const Entry* find(const Digest& key, bool is_papers) const;
  bool touch(const Digest& key, bool is_papers);
  void keep(Entry entry);

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  ///< most lately kept first; the last ones are forgotten first
  std::map<std::pair<Digest, bool>, Place> places_;
};

}  // namespace jiyao
