// tests/unit/crypto/stream_test.cpp - long messages: whole, in order, to the end, or not at all.
#include "crypto/stream.h"

#include "unit/crypto/vectors.h"

namespace jiyao {
namespace {

using test::counting_key;

struct Sealed {
  Bytes header;
  std::vector<Bytes> chunks;
};

Sealed seal_stream(const BodyKey& key, const std::vector<std::string>& texts) {
  StreamSealer sealer(key);
  Sealed sealed{Bytes(sealer.header().begin(), sealer.header().end()), {}};
  for (std::size_t i = 0; i < texts.size(); ++i)
    sealed.chunks.push_back(sealer.seal(as_bytes(texts[i]), i + 1 == texts.size()));
  return sealed;
}

/// What a reader gets: the texts, '!' at the first refusal, '.' if the end was seen.
std::string read_stream(const BodyKey& key, const Sealed& sealed) {
  Result<StreamOpener> opener = StreamOpener::start(key, sealed.header);
  if (!opener) return "?";
  std::string seen;
  for (const Bytes& chunk : sealed.chunks) {
    const Result<StreamOpener::Chunk> opened = opener->open(chunk);
    if (!opened) return seen + "!";
    seen += as_text(opened->plaintext);
    if (opened->is_last) seen += ".";
  }
  return seen;
}

TEST(Streams, AreWhatAnIndependentSecretstreamMakes) {
  const test::FixedRandom header(test::vector_named("xchacha_nonce"));
  const Sealed sealed = seal_stream(counting_key(), {"first", "", std::string(100, 'x')});
  EXPECT_EQ(to_hex(sealed.header), test::vector_hex("xchacha_nonce"));
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(to_hex(sealed.chunks[i]), test::vector_hex("stream_chunk_" + std::to_string(i)));
}

TEST(Streams, ComeBackWholeAndSayWhereTheyEnd) {
  const BodyKey key = counting_key();
  EXPECT_EQ(read_stream(key, seal_stream(key, {"one ", "", "two"})), "one two.");
  EXPECT_EQ(read_stream(key, seal_stream(key, {""})), ".");
  const std::string largest(kChunkBytesMax, 'y');
  EXPECT_EQ(read_stream(key, seal_stream(key, {largest, "z"})), largest + "z.");
}

TEST(Streams, RefuseADroppedRepeatedSwappedForeignOrAddedChunk) {
  const BodyKey key = counting_key();
  const Sealed whole = seal_stream(key, {"a", "b", "c"});
  const Sealed other = seal_stream(key, {"a", "b", "c"});
  const auto read = [&](std::vector<Bytes> chunks) {
    return read_stream(key, {whole.header, std::move(chunks)});
  };
  const auto& [header, c] = whole;
  EXPECT_EQ(read({c[0], c[1], c[2]}), "abc.");
  EXPECT_EQ(read({c[1], c[2]}), "!");
  EXPECT_EQ(read({c[0], c[2]}), "a!");
  EXPECT_EQ(read({c[0], c[0]}), "a!");
  EXPECT_EQ(read({c[1], c[0]}), "!");
  EXPECT_EQ(read({c[0], other.chunks[1]}), "a!");
  EXPECT_EQ(read({c[0], c[1], c[2], c[2]}), "abc.!");
  EXPECT_EQ(read({c[0], c[1]}), "ab") << "cut off: no end was seen";
}

TEST(Streams, RefuseAnyFlippedBitOfHeaderOrChunk) {
  const BodyKey key = counting_key();
  const Sealed whole = seal_stream(key, {"row", "end"});
  test::for_each_flipped_bit(whole.header, [&](const Bytes& header, std::size_t bit) {
    EXPECT_EQ(read_stream(key, {header, whole.chunks}), "!") << bit;
  });
  for (std::size_t i = 0; i < whole.chunks.size(); ++i) {
    test::for_each_flipped_bit(whole.chunks[i], [&](const Bytes& chunk, std::size_t bit) {
      Sealed changed = whole;
      changed.chunks[i] = chunk;
      EXPECT_EQ(read_stream(key, changed), i == 0 ? "!" : "row!") << i << " " << bit;
    });
  }
  EXPECT_EQ(read_stream(Secret<32>::random(), whole), "!");
}

TEST(Streams, StayShutAfterTheFirstRefusal) {
  const BodyKey key = counting_key();
  const Sealed whole = seal_stream(key, {"a", "b"});
  StreamOpener opener = *StreamOpener::start(key, whole.header);
  EXPECT_EQ(opener.open(Bytes(16)).code(), Errc::not_authentic);
  EXPECT_EQ(opener.open(whole.chunks[0]).code(), Errc::not_authentic);
}

TEST(Streams, StartOnlyWithAHeader) {
  EXPECT_EQ(StreamOpener::start(counting_key(), Bytes(23)).code(), Errc::malformed);
  EXPECT_EQ(StreamOpener::start(counting_key(), Bytes(25)).code(), Errc::malformed);
}

}  // namespace
}  // namespace jiyao
