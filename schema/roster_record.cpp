// schema/roster_record.cpp - roster records as bytes: kinds, bounds, and what cannot be.
#include "schema/roster_record.h"

#include <algorithm>
#include <set>

#include "schema/archive.h"

namespace jiyao {

namespace {

constexpr std::size_t kAddressBytesMax = 256;
constexpr std::size_t kBasisBytesMax = 1024;
constexpr std::size_t kNamedInOneBodyMax = 2000;  // 64 KiB of 32-byte ids

}  // namespace

template <class Archive>
void serialize(Archive& archive, RootKey& root) {
  archive(root.person, root.key);
}
template <class Archive>
void serialize(Archive& archive, RealmRecord& body) {
  archive(sorted_by(body.roots, kSignaturesMax, [](const RootKey& root) { return root.person; }),
          body.threshold, body.realm_office, level(body.network_ceiling),
          level(body.medium_ceiling));
}
template <class Archive>
void serialize(Archive& archive, OfficeRecord& body) {
  archive(body.office, body.lead, body.is_archive);
}
template <class Archive>
void serialize(Archive& archive, NodeRecord& body) {
  archive(body.node, body.office, enumerated(body.kind, NodeKind::networked, NodeKind::standalone),
          body.is_archive, level(body.device_ceiling), body.sign, body.box);
}
template <class Archive>
void serialize(Archive& archive, UserRecord& body) {
  archive(body.user, body.office, body.sign, body.roles, level(body.clearance));
}
template <class Archive>
void serialize(Archive& archive, AccessRecord& body) {
  archive(body.node, body.compartment,
          enumerated(body.right, AccessRight::none, AccessRight::write));
}
template <class Archive>
void serialize(Archive& archive, HubRecord& body) {
  archive(body.hub, body.sign, level(body.ceiling), body.certificate,
          text(body.address, kAddressBytesMax));
}
template <class Archive>
void serialize(Archive& archive, RulesetRecord& body) {
  archive(body.number, body.hash);
}
template <class Archive>
void serialize(Archive& archive, StreamCut& cut) {
  archive(cut.incarnation, cut.compartment, cut.last);
}
template <class Archive>
void serialize(Archive& archive, RevokeRecord& body) {
  const auto stream = [](const StreamCut& cut) {
    return std::pair(cut.incarnation, cut.compartment);
  };
  archive(body.node, sorted_by(body.cuts, kNamedInOneBodyMax, stream));
}
template <class Archive>
void serialize(Archive& archive, AdmitRecord& body) {
  archive(sorted_set(body.batches, kNamedInOneBodyMax));
}
template <class Archive>
void serialize(Archive& archive, PurgeRecord& body) {
  archive(body.compartment, sorted_set(body.records, kNamedInOneBodyMax),
          text(body.basis, kBasisBytesMax));
}
template <class Archive>
void serialize(Archive& archive, LaneRecord& body) {
  archive(body.from, body.to, body.is_two_way);
}

// The kind on disk is the place in the variant + 1. A template, so that no single kind converts to
// the variant and finds two ways to be written.
template <class Body>
std::enable_if_t<std::is_same_v<Body, RosterBody>> save(CanonicalOutput& archive,
                                                        const Body& body) {
  archive.wire.u8(static_cast<std::uint8_t>(body.index() + 1));
  std::visit([&archive](const auto& kind) { archive(kind); }, body);
}

template <std::size_t kIndex>
void load_kind(CanonicalInput& archive, RosterBody& body, std::size_t index) {
  if constexpr (kIndex < std::variant_size_v<RosterBody>) {
    if (index == kIndex)
      archive(body.emplace<kIndex>());
    else
      load_kind<kIndex + 1>(archive, body, index);
  } else {
    // Signed by the root in a format we know, so this is a later program's kind, not damage.
    throw ArchiveFailure(Errc::newer, "a kind of roster record above ours");
  }
}

template <class Body>
std::enable_if_t<std::is_same_v<Body, RosterBody>> load(CanonicalInput& archive, Body& body) {
  const std::uint8_t kind = archive.wire.u8();
  archive.require(kind != 0, "a roster record of no kind");
  load_kind<0>(archive, body, kind - std::size_t{1});
}

template <class Archive>
void serialize(Archive& archive, RootSignature& signature) {
  archive(signature.person, signature.signature);
}

// What is hashed and signed: all but the signatures.
struct UnsignedRecord {
  RosterRecord record;
};
template <class Archive>
void unsigned_part(Archive& archive, RosterRecord& record) {
  archive(Preamble{"JYRR"}, record.realm, record.seq, record.prev, record.made_ms,
          list(record.bodies, kRecordBodiesMax));
}
template <class Archive>
void serialize(Archive& archive, RosterRecord& record) {
  unsigned_part(archive, record);
  archive(sorted_by(record.signatures, kSignaturesMax, [](const RootSignature& signature) {
    return std::pair(signature.person, signature.signature);
  }));
}
template <class Archive>
void serialize(Archive& archive, UnsignedRecord& part) {
  unsigned_part(archive, part.record);
}

namespace {

// Only what no roster could ever mean; rights and sequences are sync/roster.h.
struct Fault {
  const char* operator()(const RealmRecord& body) const {
    if (body.roots.empty()) return "a realm without a root";
    if (body.threshold < 1 || body.threshold > body.roots.size()) return "threshold out of range";
    std::set<VerifyKey> keys;
    for (const RootKey& root : body.roots) keys.insert(root.key);
    return keys.size() == body.roots.size() ? nullptr : "two persons with one root key";
  }
  const char* operator()(const UserRecord& body) const {
    return (body.roles & ~kEveryRole) == 0 ? nullptr : "an unknown role";
  }
  const char* operator()(const EpochRecord& body) const {
    return body.epoch >= 1 ? nullptr : "epochs start at 1";
  }
  const char* operator()(const RulesetRecord& body) const {
    return body.number >= 1 ? nullptr : "rule sets start at 1";
  }
  const char* operator()(const AdmitRecord& body) const {
    return body.batches.empty() ? "admits nothing" : nullptr;
  }
  const char* operator()(const PurgeRecord& body) const {
    return body.records.empty() ? "purges nothing" : nullptr;
  }
  const char* operator()(const LaneRecord& body) const {
    return body.from == body.to ? "a lane from a node to itself" : nullptr;
  }
  template <class Body>
  const char* operator()(const Body&) const {
    return nullptr;
  }
};

}  // namespace

Bytes encode_record(const RosterRecord& record) {
  return encode(record);
}

Result<RosterRecord> decode_record(ByteView bytes) {
  Result<RosterRecord> record = decode<RosterRecord>(bytes, kRosterRecordBytesMax);
  if (!record) return record;
  if (record->seq == 0) return {Errc::malformed, "roster records start at 1"};
  if ((record->seq == 1) != record->prev.is_none())
    return {Errc::malformed, "the first record has no prev, every other has one"};
  if (record->bodies.empty()) return {Errc::malformed, "a record that says nothing"};
  for (const RosterBody& body : record->bodies)
    if (const char* fault = std::visit(Fault{}, body)) return {Errc::malformed, fault};
  return record;
}

Digest digest_of(const RosterRecord& record) {
  return digest(Label::roster, {encode(UnsignedRecord{record})});
}

}  // namespace jiyao
