// client/hub_caller.cpp - counters, signatures, and waiting on a second thread.
#include "client/hub_caller.h"

#include <chrono>
#include <future>

#include "client/contacts.h"

namespace jiyao {

namespace {

constexpr const char* kCounterNote = "sync.counter";
constexpr std::size_t kWholeBytes = 16 * 1024;  ///< a shorter request arrives whole or not at all

Result<Bytes> body_of(Result<HttpTransport::Answer> answer) {
  if (!answer) return answer.error();
  return std::move(answer->body);
}

}  // namespace

// A whole window is noted before the first of it is used: no counter is used twice, whatever
// becomes of this process, and a request costs no write of its own.
std::uint64_t HubCaller::next_counter() {
  if (counter_ == reserved_) {
    counter_ = last_of_window(static_cast<std::uint64_t>(noted_number(replica_, kCounterNote)));
    reserved_ = last_of_window(counter_ + 1);
    replica_.remember(kCounterNote, to_bytes(std::to_string(reserved_)));
  }
  return ++counter_;
}

Bytes HubCaller::block_for(ByteView body) {
  RequestAuth who;
  who.hub = hub_;
  who.node = replica_.node();
  who.incarnation = replica_.author().incarnation;
  who.counter = next_counter();
  return request_block(who, replica_.node_key(), body);
}

Result<HttpTransport::Answer> HubCaller::post(const HttpCall& call) {
  const auto begin = std::chrono::steady_clock::now();
  auto answer = transport_.post(call);
  const auto took = std::chrono::steady_clock::now() - begin;
  took_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  return answer;
}

Result<Bytes> HubCaller::ask(const std::string& path, ByteView body, std::size_t answer_bytes) {
  const Bytes block = block_for(body);
  auto answer = post(HttpCall{path, block, body, answer_bytes});
  if (answer || answer.code() != Errc::not_authentic) return body_of(std::move(answer));
  counter_ = reserved_;
  const Bytes again = block_for(body);
  return body_of(post(HttpCall{path, again, body, answer_bytes}));
}

Result<Bytes> HubCaller::exchange(ByteView body, std::size_t answer_bytes,
                                  const std::function<bool()>& meanwhile) {
  const Bytes block = block_for(body);
  HttpCall call{"/exchange", block, body, answer_bytes};
  if (body.size() > kWholeBytes) call.body_hash = digest(Label::body, {body});
  auto coming = std::async(std::launch::async, [&] { return post(call); });
  while (coming.wait_for(std::chrono::seconds(0)) != std::future_status::ready && meanwhile()) {
  }
  auto answer = coming.get();
  if (answer || answer.code() != Errc::not_authentic) return body_of(std::move(answer));
  counter_ = reserved_;
  return ask("/exchange", body, answer_bytes);
}

}  // namespace jiyao
