// crypto/stream.cpp - chunks through libsodium's secretstream.
#include "crypto/stream.h"

#include <sodium.h>

#include "crypto/sodium_ready.h"

namespace jiyao {
namespace {

static_assert(kStreamHeaderBytes == crypto_secretstream_xchacha20poly1305_HEADERBYTES);
static_assert(kChunkOverheadBytes == crypto_secretstream_xchacha20poly1305_ABYTES);
static_assert(BodyKey::kBytes == crypto_secretstream_xchacha20poly1305_KEYBYTES);

constexpr unsigned char kMoreFollows = 0;  // TAG_MESSAGE; a macro that needs a call elsewhere
constexpr unsigned char kIsLast = 3;       // TAG_FINAL

// The running key of a stream is as secret as its first one.
struct StreamState {
  crypto_secretstream_xchacha20poly1305_state secret;
  bool is_over = false;

  StreamState() { ready_sodium(); }
  StreamState(const StreamState&) = delete;
  StreamState& operator=(const StreamState&) = delete;
  ~StreamState() { sodium_memzero(&secret, sizeof(secret)); }
};

}  // namespace

struct StreamSealer::State : StreamState {
  std::array<std::uint8_t, kStreamHeaderBytes> header;
};

StreamSealer::StreamSealer(const BodyKey& key) : state_(std::make_unique<State>()) {
  crypto_secretstream_xchacha20poly1305_init_push(&state_->secret, state_->header.data(),
                                                  key.reveal().data());
}

StreamSealer::StreamSealer(StreamSealer&&) noexcept = default;
StreamSealer& StreamSealer::operator=(StreamSealer&&) noexcept = default;
StreamSealer::~StreamSealer() = default;

ByteView StreamSealer::header() const {
  return state_->header;
}

Bytes StreamSealer::seal(ByteView plaintext, bool is_last) {
  JIYAO_ASSERT(state_ && !state_->is_over);
  JIYAO_ASSERT(plaintext.size() <= kChunkBytesMax);
  state_->is_over = is_last;
  Bytes sealed(plaintext.size() + kChunkOverheadBytes);
  const int failed = crypto_secretstream_xchacha20poly1305_push(
      &state_->secret, sealed.data(), nullptr, plaintext.data(), plaintext.size(), nullptr, 0,
      is_last ? kIsLast : kMoreFollows);
  JIYAO_ASSERT(failed == 0);
  return sealed;
}

struct StreamOpener::State : StreamState {};

StreamOpener::StreamOpener(std::unique_ptr<State> state) : state_(std::move(state)) {}
StreamOpener::StreamOpener(StreamOpener&&) noexcept = default;
StreamOpener& StreamOpener::operator=(StreamOpener&&) noexcept = default;
StreamOpener::~StreamOpener() = default;

Result<StreamOpener> StreamOpener::start(const BodyKey& key, ByteView header) {
  if (header.size() != kStreamHeaderBytes) return Errc::malformed;
  auto state = std::make_unique<State>();
  if (crypto_secretstream_xchacha20poly1305_init_pull(&state->secret, header.data(),
                                                      key.reveal().data()) != 0)
    return Errc::malformed;
  return StreamOpener(std::move(state));
}

Result<StreamOpener::Chunk> StreamOpener::open(ByteView sealed) {
  JIYAO_ASSERT(state_);
  if (state_->is_over) return Errc::not_authentic;
  state_->is_over = true;  // until this chunk has proved itself
  if (sealed.size() < kChunkOverheadBytes) return Errc::not_authentic;
  if (sealed.size() > kChunkBytesMax + kChunkOverheadBytes) return Errc::not_authentic;
  Chunk chunk{Bytes(sealed.size() - kChunkOverheadBytes), false};
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&state_->secret, chunk.plaintext.data(), nullptr,
                                                 &tag, sealed.data(), sealed.size(), nullptr,
                                                 0) != 0)
    return Errc::not_authentic;
  // We write two tags only; libsodium's others (rekey, push) would be somebody else's stream.
  if (tag != kMoreFollows && tag != kIsLast) return Errc::not_authentic;
  chunk.is_last = tag == kIsLast;
  state_->is_over = chunk.is_last;
  return chunk;
}

}  // namespace jiyao
