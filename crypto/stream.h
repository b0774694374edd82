// crypto/stream.h - one long message in authenticated chunks (secretstream), for bundles and
// backups.
#pragma once

#include "crypto/aead.h"

namespace jiyao {

inline constexpr std::size_t kStreamHeaderBytes = 24;
inline constexpr std::size_t kChunkBytesMax = 64 * 1024;
inline constexpr std::size_t kChunkOverheadBytes = 17;

/// Chunks cannot be dropped, repeated, reordered or cut off unnoticed; the last one says so.
class StreamSealer {
 public:
  explicit StreamSealer(const BodyKey& key);
  StreamSealer(StreamSealer&&) noexcept;
  StreamSealer& operator=(StreamSealer&&) noexcept;
  ~StreamSealer();
  ByteView header() const;
  /// 0..kChunkBytesMax bytes in; plaintext.size() + kChunkOverheadBytes out. Not after the
  /// last.
  Bytes seal(ByteView plaintext, bool is_last);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class StreamOpener {
 public:
  /// errors: malformed: not a header
  static Result<StreamOpener> start(const BodyKey& key, ByteView header);
  StreamOpener(StreamOpener&&) noexcept;
  StreamOpener& operator=(StreamOpener&&) noexcept;
  ~StreamOpener();
  struct Chunk {
    Bytes plaintext;
    bool is_last;
  };
  /// errors: not_authentic; after an error or the last chunk every further call fails.
  Result<Chunk> open(ByteView sealed);

 private:
  struct State;
  explicit StreamOpener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
