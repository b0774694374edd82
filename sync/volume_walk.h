// sync/volume_walk.h - over the sealed chunks of one volume, from the front, frame by frame.
#pragma once

#include "sync/bundle.h"

namespace jiyao {

/// One pass. Holds one chunk and one frame at a time. Lengths are checked against what the manifest
/// says before anything is opened, so a changed length is not taken for a tear.
class VolumeWalk {
 public:
  /// All three outlive the walk.
  VolumeWalk(File& file, const BundleHead& head, const BodyKey& key);

  /// manifest | signature.   errors: malformed (cut off before its end), not_authentic
  Result<Bytes> first_message();
  /// So many bytes of frames follow.   errors: not_authentic (the file is longer than that)
  Result<void> expect(std::uint64_t frames_bytes);
  /// nullopt: that was all, or all before the tear.   errors: not_authentic, malformed
  Result<std::optional<Frame>> next();

  bool is_torn() const { return is_torn_; }
  Digest file_digest() { return digest_.finish(); }  ///< of what was read; once

 private:
  /// One sealed message; nullopt when the file ends before its end.
  Result<std::optional<Bytes>> read_chunk(std::size_t sealed_bytes_max);
  Result<bool> open_chunk();  ///< false: no chunk is left

  File& file_;
  StreamOpener opener_;
  FileDigest digest_;
  FrameAssembler frames_;
  std::uint64_t offset_ = 0, size_ = 0;
  std::uint64_t frames_left_ = 0;
  bool is_last_read_ = false, is_torn_ = false;
};

}  // namespace jiyao
