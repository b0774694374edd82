// client/hub_link.cpp - the caller's side of the exchange over HTTPS.
#include "client/hub_link.h"

#include "client/contacts.h"
#include "client/keeping.h"
#include "client/number_asks.h"
#include "client/sent_volumes.h"
#include "schema/request_auth.h"

namespace jiyao {

namespace {

constexpr std::size_t kFirstBytes = 256 * 1024;
constexpr int kRoundsMax = 100'000;  ///< a bound, never reached: each round brings something new
constexpr const char* kCounterNote = "sync.counter";

std::uint64_t number_in(const std::optional<Bytes>& note) {
  std::uint64_t n = 0;
  if (note)
    for (const std::uint8_t c : *note)
      if (c >= '0' && c <= '9') n = n * 10 + (c - '0');
  return n;
}

Result<void> catch_up_all(Replica& replica) {
  while (true) {
    const auto caught = replica.catch_up(64);
    if (!caught) return caught.error();
    if (caught->is_complete) return {};
  }
}

/// One conversation until both sides hold the same, or nothing more moves.
Result<void> converse(Desk& desk, Replica& replica, const HubAt& hub, HttpTransport& transport,
                      const Digest& root_print, MetHub& met) {
  TrustGate gate(replica, root_print);
  // An invitation knows no ceiling; the roster, once it is here, does. With different ones the two
  // sides would never hold the same.
  const Roster known = replica.log().roster();
  const HubRecord* named = known.hub(hub.hub);
  const Route route{RouteKind::network, named == nullptr ? hub.ceiling : named->ceiling};
  Parley parley;
  parley.route = route;
  parley.self = replica.node();
  parley.incarnation = replica.author().incarnation;
  parley.root = root_print;
  Exchange talk(replica.log(), parley, &gate);
  const std::uint64_t roster = replica.log().roster().point().seq;
  ProgressBar bar(desk.console(), desk.text("sync.progress"));
  for (int round = 0; round < kRoundsMax; ++round) {
    const Bytes message = talk.say(kFirstBytes);
    const auto answer = ask_hub(replica, hub, transport, "/exchange", message);
    if (!answer) return answer.error();
    const auto heard = talk.hear(*answer);
    if (!heard) return heard.error();
    met.batches_in += heard->batches_new;
    met.refused += heard->refused;
    bar.step(met.batches_in, 0);
    if (heard->is_foreign) return {Errc::not_for_us, "another realm"};
    if (!talk.wants_more()) return {};
    if (replica.log().roster().point().seq != roster) return {};  // the scope may be another now
  }
  return {};
}

}  // namespace

Result<void> TrustGate::before_roster(ByteView record) {
  if (replica_.log().roster().point().seq == 0 && !root_print_.is_none()) {
    const auto first = Roster().append(record);
    if (!first) return first.error();
    if (first->root_fingerprint() != root_print_)
      return {Errc::not_authentic, "the roster is of another root"};
  }
  return replica_.before_roster(record);
}

Result<HubAt> hub_of(Desk& desk, const Replica& replica) {
  const Roster roster = replica.roster();
  for (const HubId& id : roster.hubs()) {
    const HubRecord* hub = roster.hub(id);
    return HubAt{id, hub->address, hub->certificate, hub->ceiling};
  }
  return desk.failure(Errc::not_found, "sync.no_hub");
}

Result<Bytes> ask_hub(Replica& replica, const HubAt& hub, HttpTransport& transport,
                      const std::string& path, ByteView body) {
  RequestAuth who;
  who.hub = hub.hub;
  who.node = replica.node();
  who.incarnation = replica.author().incarnation;
  who.counter = number_in(replica.recall(kCounterNote)) + 1;
  replica.remember(kCounterNote, to_bytes(std::to_string(who.counter)));
  auto answer = transport.post(path, signed_request(who, replica.node_key(), body));
  if (!answer) return answer.error();
  return std::move(answer->body);
}

Result<MetHub> meet_hub(Desk& desk, Replica& replica, const HubAt& hub, const Digest& root_print) {
  const auto address = HubAddress::from(hub.address, hub.certificate);
  if (!address) return address.error();
  HttpTransport transport(*address, {});
  MetHub met;
  Arrivals arrivals(replica);
  for (int meeting = 0; meeting < 8; ++meeting) {
    const auto sealed = replica.seal_pending();
    if (!sealed && sealed.code() != Errc::unavailable) return sealed.error();
    if (sealed) met.batches_out += static_cast<std::size_t>(*sealed);
    const std::uint64_t roster = replica.log().roster().point().seq;
    // A machine that joins knows its hub's ceiling from the roster only.
    HubAt now_at = hub;
    if (const HubRecord* record = replica.log().roster().hub(hub.hub); record != nullptr)
      now_at.ceiling = record->ceiling;
    if (const auto said = converse(desk, replica, now_at, transport, root_print, met); !said)
      return said.error();
    if (const auto caught = catch_up_all(replica); !caught) return caught.error();
    const Roster now = replica.log().roster();
    const Digest papers = replica.log().papers(Scope{now.compartments()});
    if (now.node(replica.node()) != nullptr) {
      if (const auto kept = keep(replica); !kept) return kept.error();
      if (const auto settled = settle_numbers(desk, replica); !settled) return settled.error();
    }
    const bool is_same = replica.log().papers(Scope{now.compartments()}) == papers;
    if (is_same && replica.log().roster().point().seq == roster && replica.unsealed() == 0) break;
  }
  met.traffic = transport.traffic();
  met.next_contact_ms = transport.next_contact_ms();
  arrivals.note(desk.env().clock.wall_ms());
  SentVolumes(desk, replica).prune();
  replica.remember("sync.last_ms", to_bytes(std::to_string(desk.env().clock.wall_ms())));
  return met;
}

}  // namespace jiyao
