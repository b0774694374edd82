// server/torn_starts.cpp - see torn_starts.h.
#include "server/torn_starts.h"

#include <algorithm>

namespace jiyao {

std::list<TornStarts::Kept>::iterator TornStarts::of(const NodeId& node) {
  return std::find_if(kept_.begin(), kept_.end(),
                      [&](const Kept& kept) { return kept.node == node; });
}

void TornStarts::forget(std::list<Kept>::iterator gone) {
  bytes_ -= gone->bytes.size();
  kept_.erase(gone);
}

void TornStarts::keep(const NodeId& node, ByteView start) {
  const std::optional<FrameStart> said = frame_start(start);
  if (!said) return drop(node);
  Kept kept{node, *said, Bytes(start.begin(), start.end()), 0};
  const std::lock_guard lock(mutex_);
  if (const auto before = of(node); before != kept_.end()) forget(before);
  kept_.push_back(std::move(kept));
  bytes_ += start.size();
  while (bytes_ > kBytesMax) forget(kept_.begin());
}

std::optional<FrameStart> TornStarts::tell(const NodeId& node) {
  const std::lock_guard lock(mutex_);
  const auto kept = of(node);
  if (kept == kept_.end()) return std::nullopt;
  const FrameStart start = kept->start;
  if (++kept->tellings == kTellingsMax) forget(kept);
  return start;
}

std::optional<Bytes> TornStarts::find(const NodeId& node, const FrameStart& start) const {
  const std::lock_guard lock(mutex_);
  for (const Kept& kept : kept_)
    if (kept.node == node && kept.start == start) return kept.bytes;
  return std::nullopt;
}

void TornStarts::drop(const NodeId& node) {
  const std::lock_guard lock(mutex_);
  if (const auto kept = of(node); kept != kept_.end()) forget(kept);
}

}  // namespace jiyao
