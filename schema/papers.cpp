// schema/papers.cpp - hub heads, receipts, grants and requests for epochs as bytes.
#include "schema/papers.h"

#include "schema/archive.h"

namespace jiyao {

// serialize functions are found by cereal through the namespace of their argument.
template <class Archive>
void serialize(Archive& archive, HeadCite& cite) {
  archive(cite.hub, cite.incarnation, cite.position, cite.head);
}

// All but the signature.
template <class Archive>
void unsigned_part(Archive& archive, HubHead& head) {
  archive(head.realm, head.hub, head.incarnation, head.position, head.head, head.roster,
          head.former);
}

// As it stands inside a receipt. On its own a preamble comes first.
template <class Archive>
void serialize(Archive& archive, HubHead& head) {
  unsigned_part(archive, head);
  archive(head.signature);
}

template <class Archive>
void serialize(Archive& archive, CompartmentDigest& digest) {
  archive(digest.compartment, digest.frontier, digest.state);
}

template <class Archive>
void serialize(Archive& archive, Receipt& receipt) {
  archive(Preamble{"JYRC"}, receipt.realm,
          enumerated(receipt.grade, Grade::carried, Grade::applied), receipt.issuer,
          receipt.incarnation, receipt.serial, receipt.compartment,
          sorted_set(receipt.batches, kReceiptBatchesMax), maybe(receipt.head),
          list(receipt.states, 1), sorted_set(receipt.sets, kReceiptSetsMax), receipt.signature);
}

template <class Archive>
void serialize(Archive& archive, Grant& grant) {
  archive(Preamble{"JYGR"}, grant.realm, grant.node, grant.compartment, grant.roster, grant.keeper,
          blob(grant.sealed, kGrantBytesMax), grant.signature);
}

template <class Archive>
void serialize(Archive& archive, KeptStream& stream) {
  archive(stream.node, stream.cut.incarnation, stream.cut.compartment, stream.cut.last);
}

template <class Archive>
void epochs_asked(Archive& archive, EpochRequest& request) {
  archive(request.realm, request.keeper, request.serial,
          sorted_by(request.epochs, kEpochsAskedMax,
                    [](const EpochRecord& epoch) { return epoch.compartment; }));
}

// As long as no machine is shut out: what every program reads.
template <class Archive>
void serialize(Archive& archive, EpochRequest& request) {
  archive(Preamble{"JYER"});
  epochs_asked(archive, request);
  archive(request.signature);
}

template <class Archive>
void serialize(Archive& archive, EpochSecret& secret) {
  archive(secret.epoch, secret.seed);
}

template <class Archive>
void serialize(Archive& archive, EpochSecrets& secrets) {
  archive(Preamble{"JYEP"}, secrets.compartment,
          sorted_by(secrets.secrets, kGrantEpochsMax,
                    [](const EpochSecret& secret) { return secret.epoch; }));
}

namespace {

constexpr std::uint8_t kKeptVersion = 2;

// A request that names streams of machines that are shut out.
struct KeptRequest {
  EpochRequest request;
};

// A head on its own: what travels in a frame and stands in the log.
struct LoneHead {
  HubHead head;
};

ByteView without_signature(const Bytes& bytes) {
  return ByteView(bytes).first(bytes.size() - Signature::kBytes);
}

bool is_sound(const RosterPoint& point) {
  return (point.seq == 0) == point.hash.is_none();
}

bool is_sound(const HubHead& head) {
  const bool is_former_none = head.former.hub.is_none();
  return !head.hub.is_none() && (head.position == 0) == head.head.is_none() &&
         is_sound(head.roster) && is_former_none == (head.former == HeadCite{});
}

Result<void> check(const Receipt& receipt) {
  if (receipt.head && (receipt.grade != Grade::archived || !is_sound(*receipt.head)))
    return {Errc::malformed, "only an archived receipt has a head, and a sound one"};
  if (!receipt.states.empty() && receipt.grade != Grade::applied)
    return {Errc::malformed, "only an applied receipt has a state"};
  for (const CompartmentDigest& state : receipt.states)
    if (state.compartment != receipt.compartment)
      return {Errc::malformed, "the state is of another compartment"};
  return {};
}

}  // namespace

template <class Archive>
void serialize(Archive& archive, LoneHead& lone) {
  archive(Preamble{"JYHD"}, lone.head);
}

template <class Archive>
void serialize(Archive& archive, KeptRequest& kept) {
  EpochRequest& request = kept.request;
  archive(Preamble{"JYER", kKeptVersion});
  epochs_asked(archive, request);
  archive(sorted_by(request.kept, kCutsAskedMax,
                    [](const KeptStream& one) {
                      return std::tuple(one.node, one.cut.incarnation, one.cut.compartment);
                    }),
          request.signature);
}

Bytes encode_head(const HubHead& head) {
  return encode(LoneHead{head});
}

Result<HubHead> decode_head(ByteView bytes) {
  Result<LoneHead> lone = decode<LoneHead>(bytes, kHeadBytesMax);
  if (!lone) return lone.error();
  if (!is_sound(lone->head)) return {Errc::malformed, "a head that cannot be"};
  return lone->head;
}

Digest digest_to_sign(const HubHead& head) {
  return digest(Label::head_sign, {without_signature(encode_head(head))});
}

Bytes encode_receipt(const Receipt& receipt) {
  return encode(receipt);
}

Result<Receipt> decode_receipt(ByteView bytes) {
  Result<Receipt> receipt = decode<Receipt>(bytes, kReceiptBytesMax);
  if (!receipt) return receipt;
  if (const Result<void> sound = check(*receipt); !sound) return sound.error();
  return receipt;
}

Digest digest_to_sign(const Receipt& receipt) {
  return digest(Label::receipt, {without_signature(encode(receipt))});
}

Bytes encode_grant(const Grant& grant) {
  return encode(grant);
}

Result<Grant> decode_grant(ByteView bytes) {
  Result<Grant> grant = decode<Grant>(bytes, kGrantBytesMax);
  if (grant && !is_sound(grant->roster)) return {Errc::malformed, "a roster point that cannot be"};
  return grant;
}

Digest digest_to_sign(const Grant& grant) {
  return digest(Label::grant, {without_signature(encode(grant))});
}

Bytes encode_epoch_request(const EpochRequest& request) {
  return request.kept.empty() ? encode(request) : encode(KeptRequest{request});
}

Result<EpochRequest> decode_epoch_request(ByteView bytes) {
  constexpr std::size_t kVersionAt = 4;
  const bool is_first = bytes.size() <= kVersionAt || bytes[kVersionAt] < kKeptVersion;
  Result<EpochRequest> request = EpochRequest{};
  if (is_first) {
    request = decode<EpochRequest>(bytes, kEpochRequestBytesMax);
  } else {
    Result<KeptRequest> kept = decode<KeptRequest>(bytes, kEpochRequestBytesMax);
    if (!kept) return kept.error();
    request = std::move(kept->request);
  }
  if (!request) return request;
  if (is_first ? request->epochs.empty() : request->kept.empty())
    return {Errc::malformed, "a request for nothing"};
  for (const EpochRecord& epoch : request->epochs)
    if (epoch.epoch == 0 || !is_usable(epoch.key))
      return {Errc::malformed, "epochs start at 1 and have a key somebody can hold"};
  return request;
}

Digest digest_to_sign(const EpochRequest& request) {
  return digest(Label::epoch_request, {without_signature(encode_epoch_request(request))});
}

Bytes encode_secrets(const EpochSecrets& secrets) {
  return encode(secrets);
}

Result<EpochSecrets> decode_secrets(ByteView bytes) {
  Result<EpochSecrets> secrets = decode<EpochSecrets>(bytes, kGrantBytesMax);
  if (secrets && !secrets->secrets.empty() && secrets->secrets.front().epoch == 0)
    return {Errc::malformed, "epochs start at 1"};
  return secrets;
}

Digest next_head(const Digest& before, const BatchId& batch) {
  return digest(Label::head, {before.view(), batch.view()});
}

}  // namespace jiyao
