// schema/request_auth.h - who asks: the signed block in front of every HTTP body of an exchange.
//
//   0 "JYRQ" | 4 version 1 | 5 suite 1 | 6 zero 2 | 8 hub 16 | 24 node 16 | 40 incarnation 16 |
//   56 counter u64 | 64 body hash 32 | 96 node signature 64        = 160 bytes, then the body
// The hub's id keeps a request for one hub from being shown to another; the rising counter keeps an
// old one from being shown again (which would cost bytes only: every exchange is idempotent).
#pragma once

#include "crypto/sign.h"
#include "schema/ids.h"

namespace jiyao {

inline constexpr std::size_t kRequestAuthBytes = 160;

struct RequestAuth {
  HubId hub;
  NodeId node;
  IncarnationId incarnation;
  std::uint64_t counter = 0;
  Digest body_hash;  ///< H("body" | frames)
  Signature signature;
};

/// The block and the body behind it, signed.
Bytes signed_request(const RequestAuth& who, const SigningKey& key, ByteView body);

struct ParsedRequest {
  RequestAuth auth;
  ByteView body;  ///< into the request
  bool signed_by(const VerifyKey& key) const;
};
/// errors: malformed, newer, not_authentic (the body is not the one that was hashed)
Result<ParsedRequest> parse_request(ByteView request);

}  // namespace jiyao
