// sync/peer_memory.cpp - see peer_memory.h.
#include "sync/peer_memory.h"

namespace jiyao {

namespace {

constexpr std::size_t kEntryOverheadBytes = 160;

std::size_t bytes_of(const std::vector<CompartmentFrontier>& frontiers) {
  std::size_t bytes = kEntryOverheadBytes;
  for (const CompartmentFrontier& one : frontiers)
    bytes += sizeof(CompartmentFrontier) +
             (one.frontier.tips.size() + one.frontier.floors.size()) * BatchId::kBytes;
  return bytes;
}

}  // namespace

void PeerMemory::keep_frontiers(const std::vector<CompartmentFrontier>& frontiers) {
  const Digest key = digest_of(frontiers);
  if (touch(key, false)) return;
  keep({key, false, bytes_of(frontiers), frontiers, {}});
}

const std::vector<CompartmentFrontier>* PeerMemory::frontiers(const Digest& digest) const {
  const Entry* entry = find(digest, false);
  return entry ? &entry->frontiers : nullptr;
}

void PeerMemory::keep_papers(const Digest& digest, const std::vector<Digest>& papers) {
  if (touch(digest, true)) return;
  keep({digest, true, kEntryOverheadBytes + papers.size() * Digest::kBytes, {}, papers});
}

const std::vector<Digest>* PeerMemory::papers(const Digest& digest) const {
  const Entry* entry = find(digest, true);
  return entry ? &entry->papers : nullptr;
}

const PeerMemory::Entry* PeerMemory::find(const Digest& key, bool is_papers) const {
  const auto found = places_.find({key, is_papers});
  return found == places_.end() ? nullptr : &*found->second;
}

bool PeerMemory::touch(const Digest& key, bool is_papers) {
  const auto found = places_.find({key, is_papers});
  if (found == places_.end()) return false;
  entries_.splice(entries_.begin(), entries_, found->second);
  return true;
}

// An entry larger than the whole memory is not kept: it would push out all others and then itself.
void PeerMemory::keep(Entry entry) {
  if (entry.bytes > bytes_max_) return;
  bytes_ += entry.bytes;
  const std::pair<Digest, bool> key{entry.key, entry.is_papers};
  entries_.push_front(std::move(entry));
  places_[key] = entries_.begin();
  while (bytes_ > bytes_max_) {
    const Entry& oldest = entries_.back();
    bytes_ -= oldest.bytes;
    places_.erase({oldest.key, oldest.is_papers});
    entries_.pop_back();
  }
}

}  // namespace jiyao
