// server/request_body.h - the body of one request, as it comes.
//
// Each batch of an exchange is durable before much more is read: what a cut takes is what had not
// come whole, and of that the beginning is kept for the next request (server/torn_starts.h).
#pragma once

#include <iosfwd>

#include "server/http_api.h"
#include "server/torn_starts.h"

namespace jiyao {

/// What the head of a request says of its body.
struct BodyWords {
  std::size_t bytes = 0;         ///< that come, the signed block included
  bool is_exchange = false;      ///< only then may the rest be there
  std::optional<Digest> hash{};  ///< with it a body that is cut is kept as far as it came
  struct LeftOut {
    std::size_t place = 0;  ///< behind the block
    FrameStart start;
  };
  std::optional<LeftOut> left_out{};
  std::size_t left_out_bytes() const { return left_out ? left_out->start.bytes : 0; }
};

class RequestBody {
 public:
  RequestBody(Doors& doors, TornStarts& starts, const BodyWords& words);
  /// Block and body, with what was left out back in its place.
  ///   errors: unavailable (cut short, or what was left out is not here), malformed (no such place)
  Result<Bytes> read(std::istream& in);
  /// As the block says it; whoever asks has to be vouched for. None: not an exchange.
  const NodeId& node() const { return node_; }

 private:
  Result<void> read_block(std::istream& in);
  bool read_some(std::istream& in);
  void keep();

  Doors& doors_;
  TornStarts& starts_;
  BodyWords words_;
  NodeId node_;
  Bytes start_;  ///< what was left out, until it is back
  Bytes body_;
  std::size_t got_ = 0, kept_ = 0;  ///< of body_; what the doors have
};

}  // namespace jiyao
