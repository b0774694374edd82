// server/hub.cpp - authenticating a node and answering it.
#include "server/hub.h"

#include <map>

#include "schema/limits.h"
#include "schema/request_auth.h"
#include "sync/exchange.h"

namespace jiyao {

namespace {

Bytes with_length(ByteView letter) {
  Bytes out;
  for (unsigned i = 0; i < 4; ++i)
    out.push_back(static_cast<std::uint8_t>(letter.size() >> (8 * i)));
  out.insert(out.end(), letter.begin(), letter.end());
  return out;
}

}  // namespace

Hub::Hub(HubStore& store, HubIdentity identity, const Clock& clock, std::function<void()> stored)
    : store_(store), identity_(identity), clock_(clock), stored_(std::move(stored)) {}

// Called inside the strand. A node the roster does not name is told so and nothing else.
Result<NodeId> Hub::authenticate(const ParsedRequest& request) {
  if (request.auth.hub != identity_.hub) return {Errc::not_for_us, "another hub's request"};
  const Roster roster = store_.roster();
  const NodeEntry* entry = roster.node(request.auth.node);
  if (entry == nullptr) return {Errc::not_allowed, "node not enrolled"};
  if (!request.signed_by(entry->record.sign)) return {Errc::not_authentic, "request signature"};
  if (entry->is_revoked) return {Errc::revoked, "node revoked"};
  if (entry->record.kind != NodeKind::networked) return {Errc::not_allowed, "stand-alone node"};
  const Author who{request.auth.node, request.auth.incarnation};
  if (!store_.accept_counter(who, request.auth.counter)) return {Errc::not_authentic, "counter"};
  contacts_[request.auth.node] = clock_.wall_ms();
  return request.auth.node;
}

Result<Bytes> Hub::exchange(ByteView request, std::size_t answer_bytes) {
  ++counts_.requests;
  counts_.bytes_in += request.size();
  const Result<ParsedRequest> parsed = parse_request(request);
  if (!parsed) {
    ++counts_.refused;
    return parsed.error();
  }
  const std::lock_guard lock(strand_);
  const Result<NodeId> node = authenticate(*parsed);
  if (!node) {
    ++counts_.refused;
    return node.error();
  }
  const Roster roster = store_.roster();
  const HubRecord* self = roster.hub(identity_.hub);
  Parley parley;
  parley.side = Side::answerer;
  parley.route = Route{RouteKind::network, self == nullptr ? Level::public_ : self->ceiling};
  parley.peer_node = *node;
  Exchange talk(store_, parley, nullptr, &memory_);
  const Result<Heard> heard = talk.hear(parsed->body);
  if (!heard) {
    ++counts_.refused;
    return heard.error();
  }
  counts_.batches_stored += heard->batches_new;
  if (heard->batches_new > 0) {
    store_.issue_receipts();
    if (stored_) stored_();
  }
  Bytes answer = talk.say(answer_bytes);
  counts_.bytes_out += answer.size();
  return answer;
}

Result<void> Hub::enrol(ByteView request) {
  ++counts_.requests;
  if (request.size() > kEnrolBytesMax) return {Errc::too_large, "enrolment request"};
  if (request.empty()) return {Errc::malformed, "empty request"};
  const std::lock_guard lock(strand_);
  return store_.post_mail(digest(Label::enrol_mac, {request}), request);
}

Result<Bytes> Hub::mailbox(ByteView request) {
  ++counts_.requests;
  const Result<ParsedRequest> parsed = parse_request(request);
  if (!parsed) return parsed.error();
  const std::lock_guard lock(strand_);
  const Result<NodeId> node = authenticate(*parsed);
  if (!node) return node.error();
  const Roster roster = store_.roster();
  if (!roster.node(*node)->record.is_archive) return {Errc::not_allowed, "the archive's mailbox"};
  ByteView ids = parsed->body;
  if (ids.size() % Digest::kBytes != 0) return {Errc::malformed, "ids"};
  for (; !ids.empty(); ids = ids.subspan(Digest::kBytes))
    store_.drop_mail(*Digest::from(ids.first(Digest::kBytes)));
  Bytes answer;
  for (const Bytes& letter : store_.mail()) {
    const Bytes framed = with_length(letter);
    answer.insert(answer.end(), framed.begin(), framed.end());
  }
  return answer;
}

std::string Hub::metrics() {
  const auto line = [](const std::string& name, const char* kind, std::uint64_t value) {
    return "# TYPE " + name + " " + kind + "\n" + name + " " + std::to_string(value) + "\n";
  };
  return line("jiyao_requests_total", "counter", counts_.requests) +
         line("jiyao_requests_refused_total", "counter", counts_.refused) +
         line("jiyao_batches_stored_total", "counter", counts_.batches_stored) +
         line("jiyao_bytes_in_total", "counter", counts_.bytes_in) +
         line("jiyao_bytes_out_total", "counter", counts_.bytes_out) +
         line("jiyao_positions", "gauge", head().position);
}

HubHead Hub::head() {
  const std::lock_guard lock(strand_);
  return store_.head();
}

std::int64_t Hub::last_contact_ms(const NodeId& node) {
  const std::lock_guard lock(strand_);
  const auto found = contacts_.find(node);
  return found == contacts_.end() ? 0 : found->second;
}

}  // namespace jiyao
