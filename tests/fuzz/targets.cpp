// tests/fuzz/targets.cpp - one function per object.
#include "fuzz/targets.h"

#include <algorithm>

#include "schema/bundle_format.h"
#include "schema/columns.h"
#include "schema/enrolment.h"
#include "schema/frames.h"
#include "schema/hand_over.h"
#include "schema/papers.h"
#include "schema/roster_record.h"
#include "schema/text.h"
#include "schema/value.h"

namespace jiyao::fuzz {
namespace {

template <class T, class Encode>
std::optional<Errc> round_trip(ByteView bytes, const Result<T>& decoded, Encode encode) {
  if (!decoded) return decoded.code();
  JIYAO_ASSERT(std::ranges::equal(encode(*decoded), bytes));
  return std::nullopt;
}

std::optional<Errc> change(ByteView bytes) {
  return round_trip(bytes, decode_change(bytes), canonical);
}
std::optional<Errc> batch(ByteView bytes) {
  const Result<SealedBatch> parsed = SealedBatch::parse(bytes);
  if (!parsed) return parsed.code();
  JIYAO_ASSERT(std::ranges::equal(core_bytes(parsed->core()), parsed->core_view()));
  JIYAO_ASSERT(
      std::ranges::equal(envelope_bytes(parsed->header().envelope), parsed->envelope_view()));
  return std::nullopt;
}
std::optional<Errc> columns(ByteView bytes) {
  return round_trip(bytes, decode_columns(bytes, BodyContext{}),
                    [](const OpenedBody& body) { return encode_columns(body.changes, body.salt); });
}
std::optional<Errc> roster_record(ByteView bytes) {
  return round_trip(bytes, decode_record(bytes), encode_record);
}
std::optional<Errc> hub_head(ByteView bytes) {
  return round_trip(bytes, decode_head(bytes), encode_head);
}
std::optional<Errc> receipt(ByteView bytes) {
  return round_trip(bytes, decode_receipt(bytes), encode_receipt);
}
std::optional<Errc> grant(ByteView bytes) {
  return round_trip(bytes, decode_grant(bytes), encode_grant);
}
std::optional<Errc> epoch_request(ByteView bytes) {
  return round_trip(bytes, decode_epoch_request(bytes), encode_epoch_request);
}
std::optional<Errc> epoch_secrets(ByteView bytes) {
  return round_trip(bytes, decode_secrets(bytes), encode_secrets);
}
std::optional<Errc> have(ByteView bytes) {
  return round_trip(bytes, decode_have(bytes), encode_have);
}
std::optional<Errc> frontiers(ByteView bytes) {
  return round_trip(bytes, decode_frontiers(bytes), encode_frontiers);
}
std::optional<Errc> refused(ByteView bytes) {
  return round_trip(bytes, decode_refused(bytes), encode_refused);
}
std::optional<Errc> frames(ByteView bytes) {
  Bytes again;
  for (FrameReader reader(bytes); !reader.at_end();) {
    const Result<Frame> frame = reader.next();
    if (!frame) return frame.code();
    put_frame(again, frame->type, frame->bytes);
  }
  JIYAO_ASSERT(std::ranges::equal(again, bytes));
  return std::nullopt;
}
std::optional<Errc> bundle_head(ByteView bytes) {
  const Result<BundleHead> head = parse_head(bytes);
  if (!head) return head.code();
  const BundleHead again = make_head(head->outer, head->slots, BodyKey());
  JIYAO_ASSERT(std::ranges::equal(ByteView(again.bytes).first(bytes.size() - kBundleMacBytes),
                                  bytes.first(bytes.size() - kBundleMacBytes)));
  return std::nullopt;
}
std::optional<Errc> manifest(ByteView bytes) {
  return round_trip(bytes, decode_manifest(bytes), encode_manifest);
}
std::optional<Errc> invitation(ByteView bytes) {
  return round_trip(bytes, decode_invitation(bytes), encode_invitation);
}
std::optional<Errc> printed_invitation(ByteView bytes) {
  const Result<Invitation> read = read_invitation(as_text(bytes));
  if (!read) return read.code();
  const Result<Invitation> again = read_invitation(print_invitation(*read));
  JIYAO_ASSERT(again && *again == *read);
  return std::nullopt;
}
std::optional<Errc> enrol_request(ByteView bytes) {
  return round_trip(bytes, decode_request(bytes), encode_request);
}
std::optional<Errc> user_request(ByteView bytes) {
  return round_trip(bytes, decode_user_request(bytes), encode_user_request);
}
std::optional<Errc> hand_over(ByteView bytes) {
  return round_trip(bytes, decode_hand_over(bytes), encode_hand_over);
}
std::optional<Errc> packed_fields(ByteView bytes) {
  return round_trip(bytes, unpack_fields(as_text(bytes)),
                    [](const auto& fields) { return to_bytes(pack_fields(fields)); });
}
std::optional<Errc> text(ByteView bytes) {
  const std::string_view raw = as_text(bytes);
  const std::string shown = terminal_safe(raw);
  JIYAO_ASSERT(is_utf8(shown) && shown.find('\x1b') == std::string::npos);
  JIYAO_ASSERT(display_width(cut_to_width(shown, 20)) <= 20);
  const std::optional<std::string> normal = to_canonical_text(raw);
  JIYAO_ASSERT(!normal || is_canonical_text(*normal));
  JIYAO_ASSERT(is_canonical_text(raw) == (normal && *normal == raw));
  if (!is_canonical_text(raw)) return Errc::malformed;
  return std::nullopt;
}

constexpr Target kTargets[] = {
    {"change", change},
    {"batch", batch},
    {"columns", columns},
    {"roster_record", roster_record},
    {"hub_head", hub_head},
    {"receipt", receipt},
    {"grant", grant},
    {"epoch_request", epoch_request},
    {"epoch_secrets", epoch_secrets},
    {"have", have},
    {"frontiers", frontiers},
    {"refused", refused},
    {"frames", frames},
    {"bundle_head", bundle_head},
    {"manifest", manifest},
    {"invitation", invitation},
    {"printed_invitation", printed_invitation},
    {"enrol_request", enrol_request},
    {"user_request", user_request},
    {"hand_over", hand_over},
    {"packed_fields", packed_fields},
    {"text", text},
};

}  // namespace

std::span<const Target> targets() {
  return kTargets;
}

Feed feed_of(std::string_view object) {
  const auto found = std::ranges::find(kTargets, object, &Target::object);
  JIYAO_ASSERT(found != std::end(kTargets));
  return found->feed;
}

}  // namespace jiyao::fuzz
