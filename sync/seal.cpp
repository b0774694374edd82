// sync/seal.cpp - columns, zstd, padding, AEAD, wraps, signature; and all of it undone with limits.
#include "sync/seal.h"

#include "crypto/random.h"
#include "schema/packing.h"

namespace jiyao {

namespace {

BodyContext context_of(const BatchCore& core) {
  return {.realm = core.realm, .compartment = core.compartment};
}

std::vector<ChangeId> ids_of(std::span<const Change> changes) {
  std::vector<ChangeId> ids;
  ids.reserve(changes.size());
  Bytes scratch;
  for (const Change& change : changes) ids.push_back(id_of(change, scratch));
  return ids;
}

WrapSlot slot_for(const CompartmentId& compartment, const EpochEntry& epoch, const BodyKey& key) {
  return {.compartment = compartment, .epoch = epoch.epoch, .wrapped = wrap(epoch.key, key)};
}

}  // namespace

Result<SealedBatch> seal_batch(const SealInput& input) {
  JIYAO_ASSERT(!input.changes.empty() && input.changes.size() <= kBatchChangesMax);
  const auto salt = random_block<Block<struct SaltTag, 16>>();
  const std::vector<ChangeId> ids = ids_of(input.changes);
  const Bytes columns = encode_columns(input.changes, ids, salt);
  if (columns.size() > kBatchOpenedBytesMax) return {Errc::too_large, "opened batch"};

  BatchCore core = input.core;
  core.count = static_cast<std::uint16_t>(input.changes.size());
  core.content_root = content_root(salt, ids);
  const Bytes core_part = core_bytes(core);
  const BodyKey key = BodyKey::random();
  const Bytes body = seal(key, pack(columns), core_part);
  if (kBatchHeaderBytes + body.size() > kBatchBytesMax) return {Errc::too_large, "sealed batch"};

  Envelope envelope;
  envelope.wraps[0] = slot_for(core.compartment, input.epoch, key);
  if (input.letter_from)
    envelope.wraps[1] = slot_for(input.letter_from->compartment, input.letter_from->epoch, key);
  envelope.key_commitment = commitment(key, body);
  envelope.body_hash = digest(Label::body, {body});
  envelope.body_bytes = static_cast<std::uint32_t>(body.size());
  const Bytes envelope_part = envelope_bytes(envelope);
  const Signature signature =
      input.node.sign(Label::batch, digest(Label::batch, {core_part, envelope_part}));

  Bytes bytes;
  bytes.reserve(kBatchHeaderBytes + body.size());
  for (const ByteView part :
       {ByteView(core_part), ByteView(envelope_part), signature.view(), ByteView(body)})
    bytes.insert(bytes.end(), part.begin(), part.end());
  return SealedBatch::parse(std::move(bytes));
}

namespace {

// What the columns say has to be what the signed core says, and of its author's own hand: a node
// seals its own changes only, those of its earlier incarnations too.
Result<void> check_against(const BatchCore& core, const OpenedBody& body) {
  if (body.changes.size() != core.count) return {Errc::malformed, "count"};
  if (content_root(body.salt, body.ids) != core.content_root)
    return {Errc::malformed, "content root"};
  for (const Change& change : body.changes)
    if (change.origin.node != core.node) return {Errc::malformed, "a change of another node"};
  return {};
}

}  // namespace

Result<BodyKey> body_key(const SealedBatch& batch, const EpochKeys& keys) {
  const Envelope& envelope = batch.header().envelope;
  bool is_any_held = false;
  for (const WrapSlot& slot : envelope.wraps) {
    if (slot.epoch == 0) continue;
    const BoxKey* mine = keys.key(slot.compartment, slot.epoch);
    if (mine == nullptr) continue;
    is_any_held = true;
    Result<BodyKey> key = unwrap(*mine, slot.wrapped);
    if (key && equal(commitment(*key, batch.body()).view(), envelope.key_commitment.view()))
      return key;
  }
  if (!is_any_held) return {Errc::unavailable, "no epoch key for this batch"};
  return {Errc::not_authentic, "wrapped key"};
}

Result<OpenedBody> open_body(const SealedBatch& batch, const BodyKey& key) {
  const Result<Bytes> packed = open(key, batch.body(), batch.core_view());
  if (!packed) return packed.error();
  const Result<Bytes> columns = unpack(*packed);
  if (!columns) return columns.error();
  Result<OpenedBody> body = decode_columns(*columns, context_of(batch.core()));
  if (!body) return body;
  if (const auto sound = check_against(batch.core(), *body); !sound) return sound.error();
  return body;
}

Result<OpenedBody> open_batch(const SealedBatch& batch, const EpochKeys& keys) {
  const Result<BodyKey> key = body_key(batch, keys);
  if (!key) return key.error();
  return open_body(batch, *key);
}

}  // namespace jiyao
