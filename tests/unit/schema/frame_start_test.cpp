// tests/unit/schema/frame_start_test.cpp - going on within a frame that was cut.
#include "schema/frame_start.h"

#include <gtest/gtest.h>

#include "schema/frames.h"
#include "schema/limits.h"

namespace jiyao {
namespace {

Bytes filled(std::size_t bytes, std::uint8_t seed) {
  Bytes out(bytes);
  for (std::size_t i = 0; i < bytes; ++i)
    out[i] = static_cast<std::uint8_t>(seed + i * 7 + i / 256);
  return out;
}

/// Three batches and an end.
Bytes message_of_three() {
  Bytes message;
  for (std::uint8_t i = 1; i <= 3; ++i) put_frame(message, FrameType::batch, filled(5000, i));
  put_frame(message, FrameType::end, {});
  return message;
}

constexpr std::size_t kOne = kFrameHeadBytes + 5000;

TEST(FrameStart, WhereverAMessageIsCutItsPiecesMakeItWholeAgain) {
  const Bytes message = message_of_three();
  for (std::size_t cut = 0; cut <= message.size(); cut += 137) {
    const ByteView came = ByteView(message).first(cut);
    const std::size_t whole = whole_frame_bytes(came);
    EXPECT_EQ(whole, std::min(cut / kOne, std::size_t{3}) * kOne);
    const ByteView begun = came.subspan(whole);
    const auto start = frame_start(begun);
    ASSERT_EQ(start.has_value(), begun.size() >= kFrameStartBytesMin);
    if (!start) continue;
    const auto place = find_frame_start(message, *start);
    ASSERT_EQ(place, whole);
    Bytes sent = message;
    leave_out(sent, *place, start->bytes);
    EXPECT_EQ(sent.size(), message.size() - begun.size());
    put_back(sent, *place, begun);
    EXPECT_EQ(sent, message);
  }
}

TEST(FrameStart, AnotherMessageOrAnotherByteIsNoStart) {
  const Bytes message = message_of_three();
  const Bytes begun(message.begin(), message.begin() + 3000);
  Bytes other = begun;
  other[2999] ^= 1;
  EXPECT_TRUE(find_frame_start(message, *frame_start(begun)));
  EXPECT_FALSE(find_frame_start(message, *frame_start(other)));
  EXPECT_FALSE(find_frame_start({}, *frame_start(begun)));
  const ByteView within = ByteView(message).subspan(7, 3000);
  EXPECT_FALSE(find_frame_start(message, *frame_start(within))) << "a frame begins at its head";
  EXPECT_FALSE(frame_start(ByteView(message).first(kFrameStartBytesMin - 1)));
  EXPECT_FALSE(frame_start(Bytes(kFrameHeadBytes + kFrameBytesMax + 1)));
}

TEST(FrameStart, HeadersSayIt) {
  const FrameStart start = *frame_start(filled(3000, 9));
  EXPECT_EQ(parse_frame_start(header_of(start)), start);
  EXPECT_EQ(parse_place("0"), 0U);
  EXPECT_EQ(parse_place("4096"), 4096U);
  for (const char* wrong : {"", "-", "x", "12x", "-1", "99999999999999999999999", " 1"})
    EXPECT_FALSE(parse_place(wrong)) << wrong;
  const std::string hash(64, 'a');
  for (const std::string& wrong :
       {std::string(), std::string("3000"), "3000-" + hash + "a", "3000-" + hash.substr(1),
        "3000-zz" + hash.substr(2), "1023-" + hash, "99999999-" + hash, "-" + hash})
    EXPECT_FALSE(parse_frame_start(wrong)) << wrong;
}

}  // namespace
}  // namespace jiyao
