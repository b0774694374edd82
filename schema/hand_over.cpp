// schema/hand_over.cpp - hand-over facts as bytes, and the code people compare.
#include "schema/hand_over.h"

#include "schema/archive.h"
#include "schema/crockford.h"
#include "schema/limits.h"

namespace jiyao {

namespace {

constexpr std::size_t kBlockBytes = 64 * 1024;
constexpr std::size_t kMediumBytesMax = 256;
constexpr std::size_t kNoteBytesMax = 4096;

}  // namespace

template <class Archive>
void serialize(Archive& archive, HandOver& fact) {
  archive(Preamble{"JYHO"}, fact.set, fact.bundle, fact.volume, fact.volumes,
          enumerated(fact.direction, Direction::out, Direction::in),
          enumerated(fact.outcome, HandOverOutcome::written, HandOverOutcome::lost),
          sorted_set(fact.peers, kRecipientsMax), level(fact.label), level(fact.highest),
          fact.batches, fact.changes, fact.bytes, fact.file, fact.person,
          text(fact.medium, kMediumBytesMax), text(fact.note, kNoteBytesMax), fact.at_ms);
}

FileDigest::FileDigest() : hash_(Label::hand_over) {}

void FileDigest::add(ByteView piece) {
  while (!piece.empty()) {
    const std::size_t room = std::min(piece.size(), kBlockBytes - block_.size());
    block_.insert(block_.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(room));
    piece = piece.subspan(room);
    if (block_.size() < kBlockBytes) continue;
    hash_.add(block_);
    block_.clear();
  }
}

Digest FileDigest::finish() {
  hash_.add(block_);  // the short last block, also when empty, ends the file
  return hash_.finish();
}

std::string check_code(const Digest& file) {
  const std::string text = to_crockford(file.view().first(4));
  return text.substr(0, 3) + "-" + text.substr(3, 3);
}

Bytes encode_hand_over(const HandOver& fact) {
  return encode(fact);
}

Result<HandOver> decode_hand_over(ByteView bytes) {
  Result<HandOver> fact = decode<HandOver>(bytes, kHandOverBytesMax);
  if (fact && fact->volume == 0) return {Errc::malformed, "volumes start at 1"};
  return fact;
}

}  // namespace jiyao
