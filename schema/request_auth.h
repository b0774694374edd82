// schema/request_auth.h - who asks: the signed block in front of every HTTP body of an exchange.
//
//   0 "JYRQ" | 4 version 2 | 5 suite 1 | 6 zero 2 | 8 hub 16 | 24 node 16 | 40 incarnation 16 |
//   56 counter u64 | 64 node signature 64                          = 128 bytes, then the body
// The signature is over the first 64 bytes and H("body" | body), which does not travel. The hub's
// id keeps a request for one hub from being shown to another; the rising counter keeps an old one
// from being shown again (which would cost bytes only: every exchange is idempotent).
#pragma once

#include "crypto/sign.h"
#include "schema/ids.h"

namespace jiyao {

inline constexpr std::size_t kRequestAuthBytes = 128;

/// Counters are remembered on a disk by windows of this many, at both ends: a caller takes a whole
/// window at once, and a hub that was started anew takes nothing more of a window it has seen.
inline constexpr std::uint64_t kCounterWindow = 64;
/// The last counter of the window that `counter` is in.
constexpr std::uint64_t last_of_window(std::uint64_t counter) {
  return counter | (kCounterWindow - 1);
}

struct RequestAuth {
  HubId hub;
  NodeId node;
  IncarnationId incarnation;
  std::uint64_t counter = 0;
  Signature signature;
};

/// The block that goes in front of `body`.
Bytes request_block(const RequestAuth& who, const SigningKey& key, ByteView body);
/// The block and the body behind it.
Bytes signed_request(const RequestAuth& who, const SigningKey& key, ByteView body);

struct ParsedRequest {
  RequestAuth auth;
  ByteView body;     ///< into the request
  Digest body_hash;  ///< H("body" | body), as it came
  bool signed_by(const VerifyKey& key) const;
};
/// errors: malformed, newer
Result<ParsedRequest> parse_request(ByteView request);
/// Of a request that has not come whole: its block, the hash its asker names, and what is here.
Result<ParsedRequest> parse_request_head(ByteView block, const Digest& body_hash, ByteView body);

}  // namespace jiyao
