// sync/bundle.h - what the writer and the reader of bundles share: file names, chunks, frames cut
// anywhere.
//
// A bundle is the exchange in a file (schema/bundle_format.h has the bytes). Each volume of a set
// is a whole bundle: it can be taken in alone, in any order, any number of times.
#pragma once

#include "schema/bundle_format.h"
#include "schema/files.h"
#include "schema/hand_over.h"
#include "sync/exchange.h"

namespace jiyao {

inline constexpr std::uint32_t kVolumesMax = 99 + 26 * 36;  ///< two characters: 01..99, A0..ZZ

/// "JY3F2A01.JYB": 8.3 and upper case, so that every medium and system shows the same name. The
/// name is for people; what a file is, its content says.
std::string volume_name(const SetId& set, std::uint32_t volume);
/// Bundles in a folder, by name. Only the ending is looked at.
std::vector<std::string> volumes_in(Files& files, const Path& folder);

/// Bytes of a volume's file, from what it holds. Chunks are full but the last, so a reader knows
/// every length before it reads: a changed length is found, and a torn file told from a changed
/// one.
std::uint64_t volume_bytes(std::uint64_t head_bytes, std::uint64_t first_message_bytes,
                           std::uint64_t frames_bytes);
/// How many plain bytes of frames fit into `room` bytes of sealed chunks.
std::uint64_t frames_bytes_in(std::uint64_t room);

/// Whole frames out of a stream of chunks that cut them anywhere. Holds at most one frame.
class FrameAssembler {
 public:
  void add(ByteView piece);
  /// nullopt: more is needed.   errors: malformed. The frame's bytes live until the next call.
  Result<std::optional<Frame>> next();
  bool is_between_frames() const { return start_ == held_.size(); }

 private:
  Bytes held_;
  std::size_t start_ = 0;
};

}  // namespace jiyao
