// server/request_body.cpp - see request_body.h.
#include "server/request_body.h"

#include <algorithm>
#include <chrono>
#include <istream>

#include "schema/request_auth.h"

namespace jiyao {

namespace {

constexpr std::chrono::seconds kKeepEvery{1};  ///< what is whole of a body that comes slowly

}  // namespace

RequestBody::RequestBody(Doors& doors, TornStarts& starts, const BodyWords& words)
    : doors_(doors), starts_(starts), words_(words), body_(words.bytes) {}

Result<Bytes> RequestBody::read(std::istream& in) {
  if (words_.is_exchange)
    if (const Result<void> block = read_block(in); !block) return block.error();
  auto kept_at = std::chrono::steady_clock::now();
  while (got_ < body_.size()) {
    const bool is_cut = !read_some(in);
    const auto now = std::chrono::steady_clock::now();
    if (is_cut || now - kept_at >= kKeepEvery) {
      if (got_ < body_.size()) keep();
      kept_at = now;
    }
    if (is_cut) return {Errc::unavailable, "cut short"};
  }
  return std::move(body_);
}

Result<void> RequestBody::read_block(std::istream& in) {
  while (got_ < std::min(kRequestAuthBytes, body_.size()))
    if (!read_some(in)) return {Errc::unavailable, "cut short"};
  kept_ = got_;
  const auto parsed = parse_request_head(ByteView(body_).first(got_), {}, {});
  if (!parsed) return {};  // the doors say what is wrong with it
  node_ = parsed->auth.node;
  if (!words_.left_out) return {};
  if (words_.left_out->place > body_.size() - got_) return {Errc::malformed, "no such place"};
  std::optional<Bytes> start = starts_.find(node_, words_.left_out->start);
  if (!start) return {Errc::unavailable, "the beginning of a frame"};
  start_ = std::move(*start);
  body_.resize(body_.size() + start_.size());
  return {};
}

// As much as has come; it waits for the first byte only. False: cut.
bool RequestBody::read_some(std::istream& in) {
  std::size_t wanted = body_.size() - got_;
  if (got_ < kRequestAuthBytes) wanted = std::min(wanted, kRequestAuthBytes - got_);
  if (!start_.empty()) {
    const std::size_t place = kRequestAuthBytes + words_.left_out->place;
    if (got_ == place) {
      std::copy(start_.begin(), start_.end(), body_.begin() + static_cast<std::ptrdiff_t>(got_));
      got_ += start_.size();
      start_.clear();
      return true;
    }
    wanted = std::min(wanted, place - got_);
  }
  // What is there and no more: a read that waits for the rest loses what it has when the link goes.
  if (in.peek() == std::istream::traits_type::eof()) return false;
  got_ += static_cast<std::size_t>(in.readsome(reinterpret_cast<char*>(body_.data() + got_),
                                               static_cast<std::streamsize>(wanted)));
  return true;
}

void RequestBody::keep() {
  if (!words_.hash || got_ == kept_) return;
  const ByteView all = body_;
  const Result<std::size_t> whole = doors_.keep_torn(all.first(kRequestAuthBytes), *words_.hash,
                                                     all.subspan(kept_, got_ - kept_));
  if (!whole) return;  // nobody we know
  kept_ += *whole;
  if (!start_.empty()) return;  // the cut came before it: it is still what the next one leaves out
  const ByteView begun = all.subspan(kept_, got_ - kept_);
  if (*whole > 0 || begun.size() >= kFrameStartBytesMin) starts_.keep(node_, begun);
}

}  // namespace jiyao
