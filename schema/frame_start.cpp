// schema/frame_start.cpp - see frame_start.h.
#include "schema/frame_start.h"

#include <charconv>

#include "schema/frames.h"
#include "schema/limits.h"

namespace jiyao {

namespace {

std::ptrdiff_t at(std::size_t place) {
  return static_cast<std::ptrdiff_t>(place);
}

bool can_be_held(std::size_t bytes) {
  return bytes >= kFrameStartBytesMin && bytes <= kFrameHeadBytes + kFrameBytesMax;
}

}  // namespace

std::size_t whole_frame_bytes(ByteView message) {
  FrameReader reader(message);
  std::size_t bytes = 0;
  while (!reader.at_end()) {
    const Result<Frame> frame = reader.next();
    if (!frame) break;
    bytes += kFrameHeadBytes + frame->bytes.size();
  }
  return bytes;
}

std::optional<FrameStart> frame_start(ByteView start) {
  if (!can_be_held(start.size())) return std::nullopt;
  return FrameStart{start.size(), digest(Label::body, {start})};
}

std::string header_of(const FrameStart& start) {
  return std::to_string(start.bytes) + "-" + start.hash.hex();
}

std::optional<std::size_t> parse_place(const std::string& header) {
  std::size_t place = 0;
  const auto [end, wrong] = std::from_chars(header.data(), header.data() + header.size(), place);
  if (wrong != std::errc() || end != header.data() + header.size()) return std::nullopt;
  return place;
}

std::optional<FrameStart> parse_frame_start(const std::string& header) {
  const std::size_t dash = header.find('-');
  if (dash == std::string::npos) return std::nullopt;
  const std::optional<std::size_t> bytes = parse_place(header.substr(0, dash));
  const std::optional<Bytes> hash = from_hex(header.substr(dash + 1));
  const std::optional<Digest> known = hash ? Digest::from(*hash) : std::nullopt;
  if (!bytes || !known || !can_be_held(*bytes)) return std::nullopt;
  return FrameStart{*bytes, *known};
}

std::optional<std::size_t> find_frame_start(ByteView message, const FrameStart& start) {
  FrameReader reader(message);
  std::size_t place = 0;
  while (!reader.at_end()) {
    const Result<Frame> frame = reader.next();
    if (!frame) return std::nullopt;
    const std::size_t bytes = kFrameHeadBytes + frame->bytes.size();
    if (bytes >= start.bytes &&
        digest(Label::body, {message.subspan(place, start.bytes)}) == start.hash)
      return place;
    place += bytes;
  }
  return std::nullopt;
}

void leave_out(Bytes& message, std::size_t place, std::size_t bytes) {
  JIYAO_ASSERT(place <= message.size() && bytes <= message.size() - place);
  message.erase(message.begin() + at(place), message.begin() + at(place + bytes));
}

void put_back(Bytes& message, std::size_t place, ByteView start) {
  JIYAO_ASSERT(place <= message.size());
  message.insert(message.begin() + at(place), start.begin(), start.end());
}

}  // namespace jiyao
