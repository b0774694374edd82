// schema/enrolment.h - how a machine and a person come into a realm: invitation, request, digits.
//
// The centre makes an invitation (one-time secret, root fingerprint); the new node makes its keys
// and a request, sent by HTTP or carried as a file; both sides read out 12 x 5 digits; then the
// root signs it in. No trust on first use (design.md section 9).
#pragma once

#include <string>
#include <vector>

#include "crypto/box.h"
#include "crypto/sign.h"
#include "schema/limits.h"
#include "schema/roster_record.h"

namespace jiyao {

using InvitationSecret = Block<struct InvitationSecretTag, 20>;

struct AccessGift {
  CompartmentId compartment;
  AccessRight right = AccessRight::read;
  friend bool operator==(const AccessGift&, const AccessGift&) = default;
};

struct Invitation {
  RealmId realm;
  RequestId invite;
  InvitationSecret secret;  ///< used once; the maker keeps only what it needs to check the MAC
  Digest root_print;        ///< fingerprint of the realm root: what the new node trusts
  std::string hub_address;  ///< "https://host:port"; empty for a node that never has a network
  Digest hub_certificate;   ///< SHA-256 of the pinned certificate; none exactly without an address
  OfficeId office;
  NodeKind kind = NodeKind::networked;
  bool is_archive = false;
  Level device_ceiling = Level::internal;
  std::vector<AccessGift> accesses;  ///< sorted by compartment, at most kAccessGiftsMax
  std::int64_t expires_ms = 0;       ///< reminds only; the maker refuses by its own clock
  friend bool operator==(const Invitation&, const Invitation&) = default;
};
inline constexpr std::size_t kAccessGiftsMax = 64;

/// The file.   errors: malformed, too_large, newer
Bytes encode_invitation(const Invitation& invitation);
Result<Invitation> decode_invitation(ByteView bytes);
/// The same bytes and 5 check bytes in Crockford base32, for paper: groups of 4, 8 groups a line.
std::string print_invitation(const Invitation& invitation);
/// What a person typed.   errors: malformed (also: mistyped), newer
Result<Invitation> read_invitation(std::string_view printed);

/// What a new node asks for. At most kEnrolBytesMax encoded.
struct EnrolRequest {
  RealmId realm;
  RequestId invite;
  RequestId request;
  OfficeId office;
  NodeKind kind = NodeKind::networked;
  bool is_archive = false;
  NodeId node;
  VerifyKey node_sign;
  BoxPublicKey node_box;
  UserId user;  ///< the first person on the machine
  VerifyKey user_sign;
  Roles roles = 0;                    ///< wished; the root decides
  Level clearance = Level::internal;  ///< wished
  std::int64_t made_ms = 0;
  Digest mac;         ///< over all before it, under the invitation's secret
  Signature by_user;  ///< over H("enrol" | all before the MAC): they hold the keys they name
  Signature by_node;
  friend bool operator==(const EnrolRequest&, const EnrolRequest&) = default;
};
/// Fills mac and both signatures.
void sign_request(EnrolRequest& request, const InvitationSecret& secret, const SigningKey& user,
                  const SigningKey& node);
Bytes encode_request(const EnrolRequest& request);
/// Both signatures are checked with the keys the request itself names, and the box key is usable.
///   errors: malformed, too_large, newer, not_authentic
Result<EnrolRequest> decode_request(ByteView bytes);
/// Made by somebody who held the invitation?
bool is_invited(const EnrolRequest& request, const InvitationSecret& secret);

/// A person who joins later, on a node the roster knows.
struct UserRequest {
  RealmId realm;
  RequestId request;
  OfficeId office;
  NodeId node;  ///< where they stand
  UserId user;
  VerifyKey user_sign;
  Roles roles = 0;
  Level clearance = Level::internal;
  std::int64_t made_ms = 0;
  Signature by_user;
  Signature by_node;  ///< the roster has the key: signed_by() before anything is done with it
  friend bool operator==(const UserRequest&, const UserRequest&) = default;
};
void sign_request(UserRequest& request, const SigningKey& user, const SigningKey& node);
Bytes encode_user_request(const UserRequest& request);
/// The person's signature is checked.   errors: malformed, too_large, newer, not_authentic
Result<UserRequest> decode_user_request(ByteView bytes);
bool signed_by(const UserRequest& request, const VerifyKey& node);

/// Twelve groups of five digits, "12345 67890 ...": what both sides read out. Of the request's
/// exact bytes and the realm's root.
std::string digits(ByteView request, const Digest& root_print);

}  // namespace jiyao
