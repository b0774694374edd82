// schema/batch.cpp - the fixed header of a batch, written and parsed by hand.
#include "schema/batch.h"

#include "schema/limits.h"
#include "schema/wire.h"

namespace jiyao {

namespace {

constexpr Preamble kBatchPreamble{"JYB1"};

void put_compartment(WireWriter& out, const CompartmentId& compartment) {
  out.raw(compartment.office.view());
  out.u8(static_cast<std::uint8_t>(compartment.level));
}

CompartmentId take_compartment(WireReader& in) {
  CompartmentId compartment;
  compartment.office = in.block<OfficeId>();
  const std::uint8_t rank = in.u8();
  if (rank >= kLevels) {
    in.fail();
    return {};
  }
  compartment.level = static_cast<Level>(rank);
  return compartment;
}

void put_cite(WireWriter& out, const HeadCite& cite) {
  out.raw(cite.hub.view());
  out.raw(cite.incarnation.view());
  out.u64(cite.position);
  out.raw(cite.head.view());
}

HeadCite take_cite(WireReader& in) {
  HeadCite cite;
  cite.hub = in.block<HubId>();
  cite.incarnation = in.block<IncarnationId>();
  cite.position = in.u64();
  cite.head = in.block<Digest>();
  if (cite.hub.is_none() && cite != HeadCite{}) in.fail();
  return cite;
}

// The preamble is already taken.
BatchCore take_core(WireReader& in) {
  BatchCore core;
  core.realm = in.block<RealmId>();
  core.node = in.block<NodeId>();
  core.incarnation = in.block<IncarnationId>();
  core.compartment = take_compartment(in);
  in.zeros(1);
  core.count = in.u16();
  in.zeros(4);
  core.seq = in.u64();
  core.prev = in.block<BatchId>();
  core.roster.seq = in.u64();
  core.roster.hash = in.block<Digest>();
  core.cite = take_cite(in);
  core.content_root = in.block<Digest>();
  in.zeros(8);
  return core;
}

WrapSlot take_wrap(WireReader& in) {
  WrapSlot slot;
  slot.compartment = take_compartment(in);
  in.zeros(3);
  slot.epoch = in.u32();
  slot.wrapped = in.block<KeyWrapBytes>();
  if (slot.epoch == 0 && slot != WrapSlot{}) in.fail();
  return slot;
}

Envelope take_envelope(WireReader& in) {
  Envelope envelope;
  for (WrapSlot& slot : envelope.wraps) slot = take_wrap(in);
  envelope.key_commitment = in.block<Digest>();
  envelope.body_hash = in.block<Digest>();
  envelope.body_bytes = in.u32();
  in.zeros(4);
  if (envelope.wraps[0] == WrapSlot{} && envelope.wraps[1] != WrapSlot{}) in.fail();
  return envelope;
}

// What a stream, a count and a roster point can be; the rest of the header is free.
bool is_sound(const BatchCore& core) {
  const bool is_first = core.seq == 1;
  return core.count >= 1 && core.count <= kBatchChangesMax && core.seq >= 1 &&
         is_first == core.prev.is_none() && (core.roster.seq == 0) == core.roster.hash.is_none();
}

}  // namespace

Bytes core_bytes(const BatchCore& core) {
  Bytes bytes;
  bytes.reserve(kBatchCoreBytes);
  WireWriter out(bytes);
  put_preamble(out, kBatchPreamble);
  out.raw(core.realm.view());
  out.raw(core.node.view());
  out.raw(core.incarnation.view());
  put_compartment(out, core.compartment);
  out.zeros(1);
  out.u16(core.count);
  out.zeros(4);
  out.u64(core.seq);
  out.raw(core.prev.view());
  out.u64(core.roster.seq);
  out.raw(core.roster.hash.view());
  put_cite(out, core.cite);
  out.raw(core.content_root.view());
  out.zeros(8);
  JIYAO_ASSERT(bytes.size() == kBatchCoreBytes);
  return bytes;
}

Bytes envelope_bytes(const Envelope& envelope) {
  Bytes bytes;
  bytes.reserve(kEnvelopeBytes);
  WireWriter out(bytes);
  for (const WrapSlot& slot : envelope.wraps) {
    put_compartment(out, slot.compartment);
    out.zeros(3);
    out.u32(slot.epoch);
    out.raw(slot.wrapped.view());
  }
  out.raw(envelope.key_commitment.view());
  out.raw(envelope.body_hash.view());
  out.u32(envelope.body_bytes);
  out.zeros(4);
  JIYAO_ASSERT(bytes.size() == kEnvelopeBytes);
  return bytes;
}

BatchId batch_id(ByteView core, ByteView envelope) {
  return id_from<BatchId>(digest(Label::batch, {core, envelope}));
}

Digest body_hash(ByteView sealed_body) {
  return digest(Label::body, {sealed_body});
}

Result<SealedBatch> SealedBatch::parse(ByteView bytes) {
  if (bytes.size() > kBatchBytesMax) return {Errc::too_large, "batch passes its limit"};
  return parse(Bytes(bytes.begin(), bytes.end()));
}

Result<SealedBatch> SealedBatch::parse(Bytes&& bytes) {
  if (bytes.size() > kBatchBytesMax) return {Errc::too_large, "batch passes its limit"};
  WireReader in(bytes);
  // The preamble first: a newer batch may have another length of header.
  if (const Result<void> preamble = take_preamble(in, kBatchPreamble); !preamble)
    return preamble.error();
  if (bytes.size() < kBatchHeaderBytes) return {Errc::malformed, "shorter than a batch header"};
  SealedBatch batch;
  batch.header_.core = take_core(in);
  batch.header_.envelope = take_envelope(in);
  batch.header_.node = in.block<Signature>();
  if (in.has_failed() || !is_sound(batch.header_.core))
    return {Errc::malformed, "batch header is not canonical"};
  batch.bytes_ = std::move(bytes);
  const Envelope& envelope = batch.header_.envelope;
  if (envelope.body_bytes != batch.body().size())
    return {Errc::malformed, "body is not as long as the header says"};
  if (envelope.body_hash != body_hash(batch.body()))
    return {Errc::malformed, "body is not the one the header names"};
  batch.id_ = batch_id(batch.core_view(), batch.envelope_view());
  return batch;
}

bool SealedBatch::signed_by(const VerifyKey& key) const {
  return verify(key, Label::batch, id_from<Digest>(id_), header_.node);
}

}  // namespace jiyao
