// schema/frame_start.h - going on within a frame, so that a link that is cut more often than it
// carries a batch still carries batches (P6).
//
// Of a message that was cut, whoever heard it keeps the bytes of the frame the cut struck, and says
// so: how many, and their hash. Whoever speaks next finds the frame of its message that begins with
// them, leaves them out, and says where they belong. What is put together is the message as it
// would have come: it is authenticated and read like any other, so a wrong piece costs bytes only.
#pragma once

#include <optional>
#include <string>

#include "crypto/digest.h"

namespace jiyao {

/// Less than this is sent again: it would not pay for its words.
inline constexpr std::size_t kFrameStartBytesMin = 1024;

struct FrameStart {
  std::size_t bytes = 0;  ///< head of the frame included
  Digest hash;            ///< H("body" | these bytes)
  friend bool operator==(const FrameStart&, const FrameStart&) = default;
};

/// How many bytes at the beginning of a message are whole frames.
std::size_t whole_frame_bytes(ByteView message);
/// Of bytes behind the last whole frame; nullopt: too few, or more than a frame can have.
std::optional<FrameStart> frame_start(ByteView start);

/// As a header says it: "bytes-hash", the hash in hex.
std::string header_of(const FrameStart& start);
std::optional<FrameStart> parse_frame_start(const std::string& header);
/// A place in a message, as a header says it.
std::optional<std::size_t> parse_place(const std::string& header);

/// Where in the message the first frame begins that begins so; nullopt: none does.
std::optional<std::size_t> find_frame_start(ByteView message, const FrameStart& start);
/// Takes `bytes` at `place` out of the message; both lie within it.
void leave_out(Bytes& message, std::size_t place, std::size_t bytes);
/// Puts the start back at `place`, which is at most the message's length.
void put_back(Bytes& message, std::size_t place, ByteView start);

}  // namespace jiyao
