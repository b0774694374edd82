// schema/roster_record.h - one record of the linear, root-signed log of ids, keys, levels and
// rights.
//
// No names of people or offices here: those are rows of the directory ledger. The meaning of a
// sequence of records is sync/roster.h.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "crypto/box.h"
#include "crypto/sign.h"
#include "schema/level.h"

namespace jiyao {

enum class NodeKind : std::uint8_t { networked = 1, standalone = 2 };
enum class AccessRight : std::uint8_t { none = 0, read = 1, write = 2 };  ///< write includes read

/// Roles of domain.md section 4 as bits of a set; the names in definitions are these, snake_case.
enum class Role : std::uint8_t {
  intake_clerk = 0,
  confidential_clerk,
  records_keeper,
  secretary,
  office_director,
  deputy_director,
  leader,
  top_leader,
  classification_authority,
  handler,
  archivist,
  central_archivist,
  secrecy_officer,
  sys_admin,
  sec_admin,
  auditor,
  registrar,
  print_shop,
  seal_keeper,
  supervision_office,
  duty_officer,
  info_office,
  cipher_bureau,
};
using Roles = std::uint32_t;  ///< bit per Role
constexpr Roles role_bit(Role role) {
  return Roles{1} << static_cast<unsigned>(role);
}
inline constexpr Roles kEveryRole = (role_bit(Role::cipher_bureau) << 1U) - 1;

struct RootKey {
  UserId person;  ///< signatures are counted by distinct persons with distinct keys
  VerifyKey key;
};

// --- bodies, one struct a kind; the number in the variant order + 1 is the kind on disk
// -------------
struct RealmRecord {  ///< seq 1 only, or a change of root keys (old and new threshold sign)
  std::vector<RootKey> roots;               ///< 1..kSignaturesMax
  std::uint8_t threshold = 1;               ///< t of n, 1..n
  OfficeId realm_office;                    ///< owner of (realm office, internal): the directory
  Level network_ceiling = Level::internal;  ///< HTTPS: the network the hub stands in
  Level medium_ceiling = Level::highly_secret;
};
struct OfficeRecord {
  OfficeId office;
  NodeId lead;
  bool is_archive = false;
};                   ///< lead may be none at first
struct NodeRecord {  ///< a node, or a change of it (same id): keys stay, kind and ceiling may
                     ///< change
  NodeId node;
  OfficeId office;
  NodeKind kind = NodeKind::networked;
  bool is_archive = false;
  Level device_ceiling = Level::internal;
  VerifyKey sign;
  BoxPublicKey box;
};
struct UserRecord {  ///< a person's key, roles and clearance; again with the same id: a change
  UserId user;
  OfficeId office;
  VerifyKey sign;
  Roles roles = 0;
  Level clearance = Level::internal;
};
struct AccessRecord {
  NodeId node;
  CompartmentId compartment;
  AccessRight right = AccessRight::none;
};
struct EpochRecord {
  CompartmentId compartment;
  std::uint32_t epoch = 0;
  BoxPublicKey key;
  friend bool operator==(const EpochRecord&, const EpochRecord&) = default;
};  ///< epoch 1.., +1 each
/// The same bytes in a roster record and in a keeper's request (schema/papers.h).
template <class Archive>
void serialize(Archive& archive, EpochRecord& body) {
  archive(body.compartment, body.epoch, body.key);
}
struct HubRecord {
  HubId hub;
  VerifyKey sign;
  Level ceiling = Level::internal;
  Digest certificate;   ///< SHA-256 of the DER certificate clients pin
  std::string address;  ///< "https://host:port"
};
struct RulesetRecord {
  std::uint32_t number = 0;
  Digest hash;
};  ///< activates ledger definitions
struct StreamCut {
  IncarnationId incarnation;
  CompartmentId compartment;
  BatchId last;
  friend bool operator==(const StreamCut&, const StreamCut&) = default;
};  ///< last none: nothing counts
struct RevokeRecord {
  NodeId node;
  std::vector<StreamCut> cuts;
};  ///< exactly the ancestors of `last` count
struct AdmitRecord {
  std::vector<BatchId> batches;
};  ///< releases from quarantine
struct PurgeRecord {
  CompartmentId compartment;
  std::vector<RecordId> records;
  std::string basis;
};
struct LaneRecord {  ///< media between two nodes
  NodeId from, to;
  bool is_two_way = true;
};

using RosterBody =
    std::variant<RealmRecord, OfficeRecord, NodeRecord, UserRecord, AccessRecord, EpochRecord,
                 HubRecord, RulesetRecord, RevokeRecord, AdmitRecord, PurgeRecord, LaneRecord>;

struct RootSignature {
  UserId person;
  Signature signature;
};

struct RosterRecord {
  RealmId realm;
  std::uint64_t seq = 0;                  ///< exactly +1
  Digest prev;                            ///< hash of the record before; none for seq 1
  std::int64_t made_ms = 0;               ///< shown only
  std::vector<RosterBody> bodies;         ///< 1..64, applied together: an enrolment is one record
  std::vector<RootSignature> signatures;  ///< sorted, unique; over digest_of(); a person
                                          ///< who changes keys signs with both
};

Bytes encode_record(const RosterRecord& record);
/// errors: malformed, too_large, newer
Result<RosterRecord> decode_record(ByteView bytes);
/// H("roster" | bytes without the signature list): what is signed, and what the next record's prev
/// names.
Digest digest_of(const RosterRecord& record);

}  // namespace jiyao
