// schema/change.cpp - canonical bytes, names and shapes of changes.
#include "schema/change.h"

#include "schema/archive.h"

namespace jiyao {

namespace {

constexpr std::uint16_t kChangeVersion = 1;
constexpr std::size_t kBlankChangeBytes = 2 + 16 + 17 + 40 + 16 + 16 + 4 + 1 + 4 + 4 + 4 + 4 + 16 +
                                          4 + 8 + 1;  // canonical, all lists and texts empty

// Everything a person signs: all but the signature. Written by hand and not through an archive,
// because every change that is made, sent, received or checked passes here at least once.
void put_unsigned(WireWriter& out, const Change& change) {
  const auto put_text = [&out](std::string_view text) {
    out.u32(static_cast<std::uint32_t>(text.size()));
    out.raw(as_bytes(text));
  };
  const auto put_ids = [&out](const std::vector<ChangeId>& ids) {
    out.u32(static_cast<std::uint32_t>(ids.size()));
    for (const ChangeId& id : ids) out.raw(id.view());
  };
  out.u16(kChangeVersion);
  out.raw(change.realm.view());
  out.raw(change.compartment.office.view());
  out.u8(static_cast<std::uint8_t>(change.compartment.level));
  out.raw(change.origin.node.view());
  out.raw(change.origin.incarnation.view());
  out.u64(change.origin.n);
  out.raw(change.act.view());
  out.raw(change.record.view());
  put_text(change.ledger);
  out.u8(static_cast<std::uint8_t>(change.kind));
  out.u32(change.ruleset);
  put_ids(change.parents);
  out.u32(static_cast<std::uint32_t>(change.writes.size()));
  for (const Write& write : change.writes) {
    put_text(write.group);
    put_text(write.value);
  }
  put_ids(change.settles);
  out.raw(change.actor.view());
  put_text(change.reason);
  out.u64(change.hlc);
}

void put_canonical(Bytes& bytes, const Change& change) {
  WireWriter out(bytes);
  put_unsigned(out, change);
  out.u8(change.person ? 1 : 0);
  if (change.person) out.raw(change.person->view());
}

template <class T>
bool is_sorted_set(const std::vector<T>& items) {
  for (std::size_t i = 1; i < items.size(); ++i)
    if (!(items[i - 1] < items[i])) return false;
  return true;
}

bool has_no_none(const std::vector<ChangeId>& ids) {
  return ids.empty() || !ids.front().is_none();  // sorted: none comes first
}

Result<void> check_writes(const Change& change) {
  if (change.writes.size() > kWritesMax) return {Errc::too_large, "more writes than one may make"};
  for (std::size_t i = 0; i < change.writes.size(); ++i) {
    const Write& write = change.writes[i];
    if (!is_name(write.group)) return {Errc::malformed, "a group is not a name"};
    if (i > 0 && !(change.writes[i - 1].group < write.group))
      return {Errc::malformed, "groups are not sorted or repeat"};
    if (write.value.size() > kTextBytesMax) return {Errc::too_large, "a value passes its limit"};
    if (!is_canonical_text(write.value)) return {Errc::malformed, "a value is not canonical text"};
  }
  return {};
}

// What each kind has and has not; the meaning stands beside ChangeKind.
Result<void> check_kind(const Change& change) {
  const bool is_first = change.kind == ChangeKind::create || change.kind == ChangeKind::import;
  const bool is_ruling = change.kind == ChangeKind::resolve || change.kind == ChangeKind::withdraw;
  const bool is_close = change.kind == ChangeKind::close;
  if (change.kind < ChangeKind::create || change.kind > ChangeKind::renumber)
    return {Errc::malformed, "an unknown kind of change"};
  if (is_first != change.parents.empty())
    return {Errc::malformed, "only the first change of a record has no parents"};
  if (is_ruling == change.settles.empty())
    return {Errc::malformed, "resolve and withdraw name what they settle, others nothing"};
  if (is_close != change.writes.empty()) return {Errc::malformed, "only a close writes nothing"};
  if (change.kind == ChangeKind::withdraw)
    for (const Write& write : change.writes)
      if (!write.value.empty()) return {Errc::malformed, "a withdrawal writes empty values"};
  return {};
}

std::size_t canonical_size(const Change& change) {
  std::size_t size = kBlankChangeBytes + change.ledger.size() + change.reason.size() +
                     (change.parents.size() + change.settles.size()) * ChangeId::kBytes +
                     (change.person ? Signature::kBytes : 0);
  for (const Write& write : change.writes) size += 8 + write.group.size() + write.value.size();
  return size;
}

}  // namespace

Bytes canonical(const Change& change) {
  Bytes bytes;
  bytes.reserve(canonical_size(change));
  put_canonical(bytes, change);
  return bytes;
}

std::size_t canonical_bytes(const Change& change) {
  return canonical_size(change);
}

ChangeId id_of(const Change& change) {
  return id_from<ChangeId>(digest(Label::change, {canonical(change)}));
}

ChangeId id_of(const Change& change, Bytes& scratch) {
  scratch.clear();
  put_canonical(scratch, change);
  return id_from<ChangeId>(digest(Label::change, {scratch}));
}

Digest digest_to_sign(const Change& change) {
  Bytes bytes;
  WireWriter out(bytes);
  put_unsigned(out, change);
  return digest(Label::change_person, {bytes});
}

Result<void> check_shape(const Change& change) {
  if (change.parents.size() > kParentsMax) return {Errc::too_large, "too many parents"};
  if (change.settles.size() > kSettlesMax) return {Errc::too_large, "settles too many"};
  if (!is_name(change.ledger)) return {Errc::malformed, "the ledger is not a name"};
  if (static_cast<std::uint8_t>(change.compartment.level) >= kLevels)
    return {Errc::malformed, "an unknown level"};
  if (!is_sorted_set(change.parents) || !has_no_none(change.parents))
    return {Errc::malformed, "parents are not a sorted set"};
  if (!is_sorted_set(change.settles) || !has_no_none(change.settles))
    return {Errc::malformed, "settled changes are not a sorted set"};
  if (change.reason.size() > kTextBytesMax) return {Errc::too_large, "the reason is too long"};
  if (!is_canonical_text(change.reason)) return {Errc::malformed, "reason is not canonical text"};
  if (Result<void> kind = check_kind(change); !kind) return kind;
  if (Result<void> writes = check_writes(change); !writes) return writes;
  if (canonical_size(change) > kChangeBytesMax) return {Errc::too_large, "change passes 64 KiB"};
  return {};
}

namespace {

Change take_change(CanonicalInput& in) {
  Change change;
  std::uint16_t version = 0;
  in(version);
  if (version > kChangeVersion) throw ArchiveFailure(Errc::newer, "version above ours");
  in.require(version == kChangeVersion, "version zero");
  in(change.realm, change.compartment, change.origin.node, change.origin.incarnation,
     change.origin.n, change.act, change.record, name(change.ledger),
     enumerated(change.kind, ChangeKind::create, ChangeKind::renumber), change.ruleset,
     sorted_set(change.parents, kParentsMax));
  std::uint32_t writes = 0;
  in(writes);
  in.require(writes <= kWritesMax, "more writes than one may make");
  for (std::uint32_t i = 0; i < writes; ++i) {
    Write& write = change.writes.emplace_back();
    in(name(write.group), text(write.value, kTextBytesMax));
  }
  in(sorted_set(change.settles, kSettlesMax), change.actor, text(change.reason, kTextBytesMax),
     change.hlc, maybe(change.person));
  return change;
}

}  // namespace

Result<Change> decode_change(ByteView bytes) {
  if (bytes.size() > kChangeBytesMax) return {Errc::too_large, "change passes 64 KiB"};
  try {
    CanonicalInput in(bytes);
    Change change = take_change(in);
    if (!in.wire.is_at_end()) return {Errc::malformed, "bytes after the end"};
    if (const Result<void> shape = check_shape(change); !shape) return shape.error();
    if (!std::ranges::equal(canonical(change), bytes)) return {Errc::malformed, "not canonical"};
    return change;
  } catch (const ArchiveFailure& failure) {
    return {failure.code(), failure.what()};
  }
}

}  // namespace jiyao
