// server/torn_starts.h - of each node's last request that was cut: the beginning of the frame the
// cut struck (schema/frame_start.h).
//
// In memory, and of a bounded size: whoever is forgotten sends that frame once more. Kept only for
// who was vouched for. All calls from any thread.
#pragma once

#include <list>
#include <mutex>

#include "schema/frame_start.h"
#include "schema/ids.h"

namespace jiyao {

class TornStarts {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{16} << 20;
  static constexpr int kTellingsMax = 8;  ///< who has not gone on by then never will

  /// In place of what was kept of this node before: nothing, if frame_start() refuses it.
  void keep(const NodeId& node, ByteView start);
  /// For the head of an answer to this node.
  std::optional<FrameStart> tell(const NodeId& node);
  std::optional<Bytes> find(const NodeId& node, const FrameStart& start) const;
  void drop(const NodeId& node);

 private:
  struct Kept {
    NodeId node;
    FrameStart start;
    Bytes bytes;
    int tellings = 0;
  };
  void forget(std::list<Kept>::iterator gone);
  std::list<Kept>::iterator of(const NodeId& node);

  mutable std::mutex mutex_;
  std::list<Kept> kept_;  ///< the oldest first; some hundred
  std::size_t bytes_ = 0;
};

}  // namespace jiyao
