// server/hub.cpp - letting nodes in, and answering all that wait with one sync of the disk.
#include "server/hub.h"

#include <map>

#include "schema/frame_start.h"
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

/// One request on its way through the strand.
struct Hub::Asked : Job {
  Asked(const ParsedRequest& request, const VerifyKey& key, const Roster& roster)
      : Job(request.body.size()),
        who(request.auth),
        vouched(key),
        message(request.body),
        checked(message, roster) {}
  RequestAuth who;
  VerifyKey vouched;  ///< signed the request
  ByteView message;
  CheckedSigners checked;
  bool is_torn = false;
  std::size_t answer_bytes = 0;
  std::optional<Exchange> talk;
  Result<Bytes> answer{Bytes{}};
};

Hub::Hub(HubStore& store, HubIdentity identity, const Clock& clock, std::function<void()> stored)
    : store_(store),
      identity_(identity),
      clock_(clock),
      stored_(std::move(stored)),
      roster_(store.roster()),
      strand_([this](Strand::Group group) { answer_all(group); }) {}

// On the asker's thread: the dear part of letting somebody in. A node the roster does not name is
// told so and nothing else.
Result<VerifyKey> Hub::vouch(const ParsedRequest& request, const Roster& roster) const {
  if (request.auth.hub != identity_.hub) return {Errc::not_for_us, "another hub's request"};
  const NodeEntry* entry = roster.node(request.auth.node);
  if (entry == nullptr) return {Errc::not_allowed, "node not enrolled"};
  if (!request.signed_by(entry->record.sign)) return {Errc::not_authentic, "request signature"};
  return entry->record.sign;
}

// Inside the strand: the roster may be another one since. A torn request uses up no counter.
Result<void> Hub::let_in(const RequestAuth& who, const VerifyKey& vouched, bool is_torn) {
  const Roster roster = store_.roster();
  const NodeEntry* entry = roster.node(who.node);
  if (entry == nullptr) return {Errc::not_allowed, "node not enrolled"};
  if (entry->record.sign != vouched) return {Errc::not_authentic, "request signature"};
  if (entry->is_revoked) return {Errc::revoked, "node revoked"};
  if (entry->record.kind != NodeKind::networked) return {Errc::not_allowed, "stand-alone node"};
  if (is_torn) return {};
  if (!store_.accept_counter({who.node, who.incarnation}, who.counter))
    return {Errc::not_authentic, "counter"};
  contacts_[who.node] = clock_.wall_ms();
  return {};
}

// Whoever is new to the roster as it was after the last group is looked for in that of now.
Roster Hub::roster_naming(const NodeId& node) {
  {
    const std::lock_guard lock(roster_mutex_);
    if (roster_.node(node) != nullptr) return roster_;
  }
  const std::lock_guard lock(store_mutex_);
  const std::lock_guard roster_lock(roster_mutex_);
  return roster_ = store_.roster();
}

Result<Bytes> Hub::exchange(ByteView request, std::size_t answer_bytes) {
  ++counts_.requests;
  counts_.bytes_in += request.size();
  const Result<ParsedRequest> parsed = parse_request(request);
  const Roster known = parsed ? roster_naming(parsed->auth.node) : Roster();
  const Result<VerifyKey> key = parsed ? vouch(*parsed, known) : parsed.error();
  if (!key) {
    ++counts_.refused;
    return key.error();
  }
  Asked asked(*parsed, *key, known);
  asked.answer_bytes = answer_bytes;
  strand_.pass(asked, asked.who.node);
  if (!asked.answer) ++counts_.refused;
  return std::move(asked.answer);
}

Result<std::size_t> Hub::keep_torn(ByteView block, const Digest& body_hash, ByteView frames) {
  const std::size_t whole = whole_frame_bytes(frames);
  const Result<ParsedRequest> parsed = parse_request_head(block, body_hash, frames.first(whole));
  const Roster known = parsed ? roster_naming(parsed->auth.node) : Roster();
  const Result<VerifyKey> key = parsed ? vouch(*parsed, known) : parsed.error();
  if (!key) return key.error();
  if (whole == 0) return whole;
  Asked asked(*parsed, *key, known);
  asked.is_torn = true;
  ++counts_.torn;
  strand_.pass(asked, asked.who.node);
  return whole;
}

// Everything that waits: taken in, receipted and synced as one, then answered one by one.
void Hub::answer_all(Strand::Group group) {
  const std::lock_guard lock(store_mutex_);
  std::size_t stored = 0;
  store_.as_one([&] {
    for (Job* job : group) stored += take_in(static_cast<Asked&>(*job));
    if (stored > 0) store_.issue_receipts();
  });
  store_.trust({});
  {
    const std::lock_guard roster_lock(roster_mutex_);
    roster_ = store_.roster();
  }
  ++counts_.groups;
  counts_.batches_stored += stored;
  if (stored > 0 && stored_) stored_();
  for (Job* job : group) {
    auto& asked = static_cast<Asked&>(*job);
    if (asked.answer && !asked.is_torn) {
      asked.answer = asked.talk->say(asked.answer_bytes);
      counts_.bytes_out += asked.answer->size();
    }
    strand_.done(*job);
  }
}

/// Returns how many batches were new.
std::size_t Hub::take_in(Asked& asked) {
  if (const Result<void> in = let_in(asked.who, asked.vouched, asked.is_torn); !in) {
    asked.answer = in.error();
    return 0;
  }
  const Roster roster = store_.roster();
  const HubRecord* self = roster.hub(identity_.hub);
  Parley parley;
  parley.side = Side::answerer;
  parley.route = Route{RouteKind::network, self == nullptr ? Level::public_ : self->ceiling};
  parley.peer_node = asked.who.node;
  asked.talk.emplace(store_, parley, nullptr, &memory_);
  store_.trust(std::move(asked.checked));
  const Result<Heard> heard = asked.talk->hear(asked.message);
  if (!heard) asked.answer = heard.error();
  return asked.talk->so_far().batches_new;
}

Result<void> Hub::enrol(ByteView request) {
  ++counts_.requests;
  if (request.size() > kEnrolBytesMax) return {Errc::too_large, "enrolment request"};
  if (request.empty()) return {Errc::malformed, "empty request"};
  const std::lock_guard lock(store_mutex_);
  return store_.post_mail(digest(Label::enrol_mac, {request}), request);
}

Result<Bytes> Hub::mailbox(ByteView request) {
  ++counts_.requests;
  const Result<ParsedRequest> parsed = parse_request(request);
  if (!parsed) return parsed.error();
  const Result<VerifyKey> key = vouch(*parsed, roster_naming(parsed->auth.node));
  if (!key) return key.error();
  const std::lock_guard lock(store_mutex_);
  if (const Result<void> in = let_in(parsed->auth, *key, false); !in) return in.error();
  if (!store_.roster().node(parsed->auth.node)->record.is_archive)
    return {Errc::not_allowed, "the archive's mailbox"};
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
         line("jiyao_groups_total", "counter", counts_.groups) +
         line("jiyao_requests_torn_total", "counter", counts_.torn) +
         line("jiyao_bytes_in_total", "counter", counts_.bytes_in) +
         line("jiyao_bytes_out_total", "counter", counts_.bytes_out) +
         line("jiyao_positions", "gauge", head().position);
}

HubHead Hub::head() {
  const std::lock_guard lock(store_mutex_);
  return store_.head();
}

std::int64_t Hub::last_contact_ms(const NodeId& node) {
  const std::lock_guard lock(store_mutex_);
  const auto found = contacts_.find(node);
  return found == contacts_.end() ? 0 : found->second;
}

}  // namespace jiyao
