// schema/request_auth.cpp - laying out and reading the signed block of a request.
#include "schema/request_auth.h"

namespace jiyao {

namespace {

constexpr std::size_t kSignedBytes = 64;
constexpr std::uint8_t kVersion = 2, kSuite = 1;
constexpr std::string_view kMagic = "JYRQ";

template <class B>
void put(Bytes& out, const B& block) {
  out.insert(out.end(), block.bytes.begin(), block.bytes.end());
}

template <class B>
B take(ByteView& rest) {
  const std::optional<B> block = B::from(rest.first(B::kBytes));
  rest = rest.subspan(B::kBytes);
  return *block;
}

Bytes signed_part(const RequestAuth& who) {
  Bytes out = to_bytes(kMagic);
  out.insert(out.end(), {kVersion, kSuite, 0, 0});
  put(out, who.hub);
  put(out, who.node);
  put(out, who.incarnation);
  for (unsigned i = 0; i < 8; ++i) out.push_back(static_cast<std::uint8_t>(who.counter >> (8 * i)));
  JIYAO_ASSERT(out.size() == kSignedBytes);
  return out;
}

Digest digest_to_sign(const RequestAuth& who, const Digest& body_hash) {
  return digest(Label::request, {signed_part(who), body_hash.view()});
}

}  // namespace

Bytes request_block(const RequestAuth& who, const SigningKey& key, ByteView body) {
  Bytes out = signed_part(who);
  put(out, key.sign(Label::request, digest_to_sign(who, digest(Label::body, {body}))));
  JIYAO_ASSERT(out.size() == kRequestAuthBytes);
  return out;
}

Bytes signed_request(const RequestAuth& who, const SigningKey& key, ByteView body) {
  Bytes out = request_block(who, key, body);
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

bool ParsedRequest::signed_by(const VerifyKey& key) const {
  return verify(key, Label::request, digest_to_sign(auth, body_hash), auth.signature);
}

Result<ParsedRequest> parse_request(ByteView request) {
  if (request.size() < kRequestAuthBytes) return {Errc::malformed, "request block"};
  const ByteView body = request.subspan(kRequestAuthBytes);
  return parse_request_head(request.first(kRequestAuthBytes), digest(Label::body, {body}), body);
}

Result<ParsedRequest> parse_request_head(ByteView request, const Digest& body_hash, ByteView body) {
  if (request.size() < kRequestAuthBytes || as_text(request.first(4)) != kMagic)
    return {Errc::malformed, "request block"};
  if (request[4] != kVersion || request[5] != kSuite) return {Errc::newer, "request version"};
  if (request[6] != 0 || request[7] != 0) return {Errc::malformed, "request block"};
  ParsedRequest parsed;
  ByteView rest = request.subspan(8);
  parsed.auth.hub = take<HubId>(rest);
  parsed.auth.node = take<NodeId>(rest);
  parsed.auth.incarnation = take<IncarnationId>(rest);
  for (unsigned i = 0; i < 8; ++i)
    parsed.auth.counter |= static_cast<std::uint64_t>(rest[i]) << (8 * i);
  rest = rest.subspan(8);
  parsed.auth.signature = take<Signature>(rest);
  parsed.body = body;
  parsed.body_hash = body_hash;
  return parsed;
}

}  // namespace jiyao
