// schema/enrolment.cpp - invitations and requests as bytes, on paper and read out.
#include "schema/enrolment.h"

#include "schema/archive.h"
#include "schema/crockford.h"

namespace jiyao {

namespace {

constexpr std::size_t kHubAddressBytesMax = 256;
constexpr std::size_t kCheckBytes = 5;

}  // namespace

template <class Archive>
void serialize(Archive& archive, AccessGift& gift) {
  archive(gift.compartment, enumerated(gift.right, AccessRight::read, AccessRight::write));
}

template <class Archive>
void serialize(Archive& archive, Invitation& invitation) {
  archive(Preamble{"JYIV"}, invitation.realm, invitation.invite, invitation.secret,
          invitation.root_print, text(invitation.hub_address, kHubAddressBytesMax),
          invitation.hub_certificate, invitation.office,
          enumerated(invitation.kind, NodeKind::networked, NodeKind::standalone),
          invitation.is_archive, level(invitation.device_ceiling),
          sorted_by(invitation.accesses, kAccessGiftsMax,
                    [](const AccessGift& gift) { return gift.compartment; }),
          invitation.expires_ms);
}

template <class Archive>
void unsigned_part(Archive& archive, EnrolRequest& request) {
  archive(Preamble{"JYEQ"}, request.realm, request.invite, request.request, request.office,
          enumerated(request.kind, NodeKind::networked, NodeKind::standalone), request.is_archive,
          request.node, request.node_sign, request.node_box, request.user, request.user_sign,
          request.roles, level(request.clearance), request.made_ms);
}

template <class Archive>
void serialize(Archive& archive, EnrolRequest& request) {
  unsigned_part(archive, request);
  archive(request.mac, request.by_user, request.by_node);
}

template <class Archive>
void unsigned_part(Archive& archive, UserRequest& request) {
  archive(Preamble{"JYUQ"}, request.realm, request.request, request.office, request.node,
          request.user, request.user_sign, request.roles, level(request.clearance),
          request.made_ms);
}

template <class Archive>
void serialize(Archive& archive, UserRequest& request) {
  unsigned_part(archive, request);
  archive(request.by_user, request.by_node);
}

namespace {

template <class Request>
Bytes unsigned_bytes(Request request) {
  Bytes bytes;
  CanonicalOutput archive(bytes);
  unsigned_part(archive, request);
  return bytes;
}

template <class Request>
Digest digest_of(const Request& request) {
  return digest(Label::enrol, {unsigned_bytes(request)});
}

Digest mac_of(const EnrolRequest& request, const InvitationSecret& secret) {
  Secret<32> key;  // the secret's 20 bytes, then zeros
  std::copy(secret.bytes.begin(), secret.bytes.end(), key.write().begin());
  return mac(key, Label::enrol_mac, {unsigned_bytes(request)});
}

bool has_known_roles(Roles roles) {
  return (roles & ~kEveryRole) == 0;
}

Digest check_of(ByteView bytes) {
  return digest(Label::invitation, {bytes});
}

}  // namespace

Bytes encode_invitation(const Invitation& invitation) {
  return encode(invitation);
}

Result<Invitation> decode_invitation(ByteView bytes) {
  Result<Invitation> invitation = decode<Invitation>(bytes, kEnrolBytesMax);
  if (invitation && invitation->hub_address.empty() != invitation->hub_certificate.is_none())
    return {Errc::malformed, "a hub has an address and a certificate"};
  return invitation;
}

std::string print_invitation(const Invitation& invitation) {
  Bytes bytes = encode(invitation);
  const Digest check = check_of(bytes);
  bytes.insert(bytes.end(), check.bytes.begin(), check.bytes.begin() + kCheckBytes);
  return grouped(to_crockford(bytes), 4, 8);
}

Result<Invitation> read_invitation(std::string_view printed) {
  const std::optional<Bytes> bytes = from_crockford(printed);
  if (!bytes || bytes->size() < kCheckBytes || bytes->size() > kEnrolBytesMax)
    return {Errc::malformed, "not a printed invitation"};
  const ByteView body = ByteView(*bytes).first(bytes->size() - kCheckBytes);
  const Digest check = check_of(body);
  if (!equal(check.view().first(kCheckBytes), ByteView(*bytes).last(kCheckBytes)))
    return {Errc::malformed, "mistyped"};
  return decode_invitation(body);
}

void sign_request(EnrolRequest& request, const InvitationSecret& secret, const SigningKey& user,
                  const SigningKey& node) {
  request.mac = mac_of(request, secret);
  request.by_user = user.sign(Label::enrol, digest_of(request));
  request.by_node = node.sign(Label::enrol, digest_of(request));
}

Bytes encode_request(const EnrolRequest& request) {
  return encode(request);
}

Result<EnrolRequest> decode_request(ByteView bytes) {
  Result<EnrolRequest> request = decode<EnrolRequest>(bytes, kEnrolBytesMax);
  if (!request) return request;
  if (!has_known_roles(request->roles)) return {Errc::malformed, "an unknown role"};
  if (request->node_sign == request->user_sign)
    return {Errc::malformed, "node and person need keys of their own"};
  const Digest signed_digest = digest_of(*request);
  if (!is_usable(request->node_box) ||
      !verify(request->user_sign, Label::enrol, signed_digest, request->by_user) ||
      !verify(request->node_sign, Label::enrol, signed_digest, request->by_node))
    return {Errc::not_authentic, "the request does not prove its keys"};
  return request;
}

bool is_invited(const EnrolRequest& request, const InvitationSecret& secret) {
  return equal(mac_of(request, secret).view(), request.mac.view());
}

void sign_request(UserRequest& request, const SigningKey& user, const SigningKey& node) {
  request.by_user = user.sign(Label::enrol, digest_of(request));
  request.by_node = node.sign(Label::enrol, digest_of(request));
}

Bytes encode_user_request(const UserRequest& request) {
  return encode(request);
}

Result<UserRequest> decode_user_request(ByteView bytes) {
  Result<UserRequest> request = decode<UserRequest>(bytes, kEnrolBytesMax);
  if (!request) return request;
  if (!has_known_roles(request->roles)) return {Errc::malformed, "an unknown role"};
  if (!verify(request->user_sign, Label::enrol, digest_of(*request), request->by_user))
    return {Errc::not_authentic, "the request does not prove its key"};
  return request;
}

bool signed_by(const UserRequest& request, const VerifyKey& node) {
  return verify(node, Label::enrol, digest_of(request), request.by_node);
}

std::string digits(ByteView request, const Digest& root_print) {
  Bytes stretched;  // 12 groups take 5 bytes each; one digest has 32
  for (const std::string_view half : {"1", "2"}) {
    const Digest part = digest(Label::enrol_digits, {request, root_print.view(), as_bytes(half)});
    stretched.insert(stretched.end(), part.bytes.begin(), part.bytes.end());
  }
  std::string text;
  for (std::size_t group = 0; group < 12; ++group) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 5; ++i) number = number << 8 | stretched[group * 5 + i];
    std::string five = std::to_string(number % 100000);
    text += (group == 0 ? "" : " ") + std::string(5 - five.size(), '0') + five;
  }
  return text;
}

}  // namespace jiyao
