// schema/frames.cpp - frames, Have, frontiers and their digests.
#include "schema/frames.h"

#include <algorithm>

#include "schema/archive.h"

namespace jiyao {

template <class Archive>
void serialize(Archive& archive, Have& have) {
  archive(Preamble{"JYHV"}, have.roster, have.scope, have.frontiers, have.papers);
}

template <class Archive>
void serialize(Archive& archive, CompartmentFrontier& entry) {
  archive(entry.compartment, sorted_set(entry.frontier.tips, kFrontierIdsMax),
          sorted_set(entry.frontier.floors, kFrontierIdsMax));
}

template <class Archive>
void serialize(Archive& archive, FrontierDigest& entry) {
  archive(entry.compartment, entry.frontier);
}

template <class Archive>
void serialize(Archive& archive, Frontiers& frontiers) {
  const auto compartment = [](const auto& entry) -> const CompartmentId& {
    return entry.compartment;
  };
  archive(Preamble{"JYFR"}, sorted_by(frontiers.digests, kCompartmentsMax, compartment),
          sorted_by(frontiers.full, kCompartmentsMax, compartment));
}

template <class Archive>
void serialize(Archive& archive, Refused& refused) {
  archive(Preamble{"JYRF"}, sorted_set(refused.batches, kRefusedBatchesMax));
}

void put_frame(Bytes& message, FrameType type, ByteView bytes) {
  JIYAO_ASSERT(bytes.size() <= kFrameBytesMax);
  WireWriter out(message);
  out.u8(static_cast<std::uint8_t>(type));
  out.u32(static_cast<std::uint32_t>(bytes.size()));
  out.raw(bytes);
}

Result<Frame> FrameReader::next() {
  WireReader in(rest_);
  const std::uint8_t type = in.u8();
  const std::uint32_t length = in.u32();
  if (in.has_failed()) return {Errc::malformed, "cut off before a frame"};
  if (type == 0) return {Errc::malformed, "a frame of no type"};
  if (type > static_cast<std::uint8_t>(FrameType::epoch_request))
    return {Errc::newer, "a type of frame above ours"};
  if (length > kFrameBytesMax) return {Errc::malformed, "a frame passes its limit"};
  const ByteView bytes = in.take(length);
  if (in.has_failed()) return {Errc::malformed, "cut off inside a frame"};
  const auto known = static_cast<FrameType>(type);
  if (known == FrameType::end && !bytes.empty()) return {Errc::malformed, "an end with bytes"};
  rest_ = rest_.subspan(kFrameHeadBytes + bytes.size());
  return Frame{known, bytes};
}

Digest digest_of(const Frontier& frontier) {
  Hasher hash(Label::frontier);
  for (const std::vector<BatchId>* ids : {&frontier.tips, &frontier.floors}) {
    hash.add(std::uint64_t{ids->size()});
    for (const BatchId& id : *ids) hash.add(id.view());
  }
  return hash.finish();
}

Digest digest_of(const Scope& scope) {
  Hasher hash(Label::scope);
  for (const CompartmentId& compartment : scope.compartments) hash.add(encode(compartment));
  return hash.finish();
}

Digest digest_of(const std::vector<CompartmentFrontier>& all) {
  std::vector<const CompartmentFrontier*> entries;
  for (const CompartmentFrontier& entry : all)
    if (entry.frontier != Frontier{}) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->compartment < b->compartment; });
  Hasher hash(Label::frontiers);
  for (const CompartmentFrontier* entry : entries)
    hash.add(encode(entry->compartment)).add(digest_of(entry->frontier).view());
  return hash.finish();
}

Bytes encode_have(const Have& have) {
  return encode(have);
}

Result<Have> decode_have(ByteView bytes) {
  return decode<Have>(bytes, kHaveBytesMax);
}

Bytes encode_frontiers(const Frontiers& frontiers) {
  return encode(frontiers);
}

Result<Frontiers> decode_frontiers(ByteView bytes) {
  Result<Frontiers> frontiers = decode<Frontiers>(bytes, kFrameBytesMax);
  if (!frontiers) return frontiers;
  // Both are sorted: one walk finds every full frontier among the digests.
  auto known = frontiers->digests.begin();
  for (const CompartmentFrontier& entry : frontiers->full) {
    while (known != frontiers->digests.end() && known->compartment < entry.compartment) ++known;
    if (known == frontiers->digests.end() || known->compartment != entry.compartment)
      return {Errc::malformed, "a frontier without its digest"};
    if (known->frontier != digest_of(entry.frontier))
      return {Errc::malformed, "a frontier that is not the one its digest names"};
  }
  return frontiers;
}

Bytes encode_refused(const Refused& refused) {
  return encode(refused);
}

Result<Refused> decode_refused(ByteView bytes) {
  return decode<Refused>(bytes, kFrameBytesMax);
}

}  // namespace jiyao
