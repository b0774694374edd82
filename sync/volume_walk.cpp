// sync/volume_walk.cpp - see volume_walk.h.
#include "sync/volume_walk.h"

#include <algorithm>

namespace jiyao {

namespace {

StreamOpener start(const BodyKey& key, const BundleHead& head) {
  Result<StreamOpener> opener = StreamOpener::start(key, head.outer.stream.view());
  JIYAO_ASSERT(bool(opener));  // any 24 bytes are a stream header
  return std::move(*opener);
}

}  // namespace

VolumeWalk::VolumeWalk(File& file, const BundleHead& head, const BodyKey& key)
    : file_(file), opener_(start(key, head)), offset_(head.bytes.size()), size_(file.size()) {
  digest_.add(head.bytes);
}

Result<std::optional<Bytes>> VolumeWalk::read_chunk(std::size_t sealed_bytes_max) {
  Bytes length(kChunkLengthBytes);
  if (file_.read(offset_, length) != length.size()) return std::optional<Bytes>();
  std::size_t sealed_bytes = 0;
  for (std::size_t i = 0; i < length.size(); ++i) sealed_bytes |= std::size_t{length[i]} << (8 * i);
  if (sealed_bytes < kChunkOverheadBytes || sealed_bytes > sealed_bytes_max)
    return {Errc::not_authentic, "length of a chunk"};
  if (size_ - offset_ < length.size() + sealed_bytes) return std::optional<Bytes>();
  Bytes sealed(sealed_bytes);
  if (file_.read(offset_ + length.size(), sealed) != sealed.size()) return std::optional<Bytes>();
  digest_.add(length);
  digest_.add(sealed);
  offset_ += length.size() + sealed.size();
  return std::optional<Bytes>(std::move(sealed));
}

Result<Bytes> VolumeWalk::first_message() {
  const Result<std::optional<Bytes>> sealed = read_chunk(kChunkBytesMax + kChunkOverheadBytes);
  if (!sealed) return sealed.error();
  if (!*sealed) return {Errc::malformed, "cut off before its contents"};
  Result<StreamOpener::Chunk> chunk = opener_.open(**sealed);
  if (!chunk) return chunk.error();
  if (chunk->is_last) return {Errc::malformed, "no frames"};
  return std::move(chunk->plaintext);
}

Result<void> VolumeWalk::expect(std::uint64_t frames_bytes) {
  frames_left_ = frames_bytes;
  if (frames_bytes > kBundleBytesMax) return {Errc::too_large, "frames"};
  if (size_ > volume_bytes(offset_, 0, frames_bytes) - kChunkLengthBytes - kChunkOverheadBytes)
    return {Errc::not_authentic, "bytes after the end"};
  return {};
}

Result<bool> VolumeWalk::open_chunk() {
  if (is_last_read_ || is_torn_) return false;
  const std::size_t plain_bytes =
      static_cast<std::size_t>(std::min<std::uint64_t>(frames_left_, kChunkBytesMax));
  const Result<std::optional<Bytes>> sealed = read_chunk(plain_bytes + kChunkOverheadBytes);
  if (!sealed) return sealed.error();
  if (!*sealed) {
    is_torn_ = true;
    return false;
  }
  if ((*sealed)->size() != plain_bytes + kChunkOverheadBytes)
    return {Errc::not_authentic, "length of a chunk"};
  const Result<StreamOpener::Chunk> chunk = opener_.open(**sealed);
  if (!chunk) return chunk.error();
  frames_left_ -= plain_bytes;
  if (chunk->is_last != (frames_left_ == 0)) return {Errc::not_authentic, "end of the stream"};
  is_last_read_ = chunk->is_last;
  frames_.add(chunk->plaintext);
  return true;
}

Result<std::optional<Frame>> VolumeWalk::next() {
  while (true) {
    const Result<std::optional<Frame>> frame = frames_.next();
    if (!frame || *frame) return frame;
    const Result<bool> more = open_chunk();
    if (!more) return more.error();
    if (*more) continue;
    if (!is_torn_ && !frames_.is_between_frames()) return {Errc::malformed, "ends inside a frame"};
    return std::optional<Frame>();
  }
}

}  // namespace jiyao
