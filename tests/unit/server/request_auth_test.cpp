// tests/unit/server/request_auth_test.cpp - the signed block in front of a request.
#include "schema/request_auth.h"

#include <gtest/gtest.h>

#include "crypto/random.h"

namespace jiyao {
namespace {

struct Asker {
  std::unique_ptr<SigningKey> key = signing_key_from(Secret<32>::random());
  RequestAuth auth;
  Asker() {
    auth.hub = random_block<HubId>();
    auth.node = random_block<NodeId>();
    auth.incarnation = random_block<IncarnationId>();
    auth.counter = 0x0102030405060708;
  }
};

TEST(RequestAuth, WhatWasSignedIsReadBackAndBelongsToTheKey) {
  const Asker asker;
  const Bytes request = signed_request(asker.auth, *asker.key, as_bytes("frames"));
  const Result<ParsedRequest> parsed = parse_request(request);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->auth.hub, asker.auth.hub);
  EXPECT_EQ(parsed->auth.node, asker.auth.node);
  EXPECT_EQ(parsed->auth.incarnation, asker.auth.incarnation);
  EXPECT_EQ(parsed->auth.counter, asker.auth.counter);
  EXPECT_EQ(as_text(parsed->body), "frames");
  EXPECT_TRUE(parsed->signed_by(asker.key->verify_key()));
  EXPECT_FALSE(parsed->signed_by(Asker().key->verify_key()));
}

TEST(RequestAuth, EveryChangedByteIsRefusedOrNotSigned) {
  const Asker asker;
  const Bytes request = signed_request(asker.auth, *asker.key, as_bytes("a body of some length"));
  for (std::size_t i = 0; i < request.size(); ++i) {
    Bytes changed = request;
    changed[i] ^= 0x20;
    const Result<ParsedRequest> parsed = parse_request(changed);
    EXPECT_TRUE(!parsed || !parsed->signed_by(asker.key->verify_key())) << "byte " << i;
  }
}

TEST(RequestAuth, ACutRequestIsRefusedOrNotSignedAtEveryLength) {
  const Asker asker;
  const Bytes request = signed_request(asker.auth, *asker.key, as_bytes("body"));
  for (std::size_t length = 0; length < request.size(); ++length) {
    const Result<ParsedRequest> parsed = parse_request(ByteView(request).first(length));
    EXPECT_TRUE(!parsed || !parsed->signed_by(asker.key->verify_key())) << length;
  }
}

TEST(RequestAuth, ANewerVersionIsSaidToBeNewer) {
  const Asker asker;
  Bytes request = signed_request(asker.auth, *asker.key, {});
  request[4] = 3;
  EXPECT_EQ(parse_request(request).code(), Errc::newer);
}

}  // namespace
}  // namespace jiyao
