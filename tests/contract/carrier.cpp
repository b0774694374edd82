// tests/contract/carrier.cpp - the lists of kinds, and the two kinds every build has: messages
// handed over in memory, and the log in memory.
#include "contract/carrier.h"

#include "support/memory_log.h"

namespace jiyao {

std::vector<CarrierKind>& carrier_kinds() {
  static std::vector<CarrierKind> kinds;
  return kinds;
}

std::vector<LogKind>& log_kinds() {
  static std::vector<LogKind> kinds;
  return kinds;
}

void add_up(Heard& sum, const Heard& heard) {
  sum.roster_records += heard.roster_records;
  sum.heads += heard.heads;
  sum.grants += heard.grants;
  sum.receipts += heard.receipts;
  sum.requests += heard.requests;
  sum.batches_new += heard.batches_new;
  sum.batches_held += heard.batches_held;
  sum.batches_waiting += heard.batches_waiting;
  sum.refused += heard.refused;
  sum.refusals.insert(sum.refusals.end(), heard.refusals.begin(), heard.refusals.end());
  sum.own_unknown.insert(sum.own_unknown.end(), heard.own_unknown.begin(), heard.own_unknown.end());
  sum.is_settled = heard.is_settled;
  sum.is_foreign = sum.is_foreign || heard.is_foreign;
}

namespace {

/// Messages as a hub and its client exchange them, without the hub: the answerer is made anew for
/// every message.
class MessageCarrier final : public Carrier {
 public:
  Travelled meet(Seat& caller, Seat& answerer, const Route& route, std::size_t bytes_max,
                 Weather& weather) override {
    Exchange talk(caller.log,
                  {Side::caller, route, caller.machine.node, caller.machine.incarnation,
                   answerer.machine.node, caller.root},
                  caller.gate);
    talk.recall(hint_);
    Travelled travelled;
    do {
      const Bytes request = talk.say(bytes_max);
      ++travelled.round_trips;
      travelled.bytes_out += request.size();
      Bytes reply = answer(caller, answerer, route, bytes_max, weather, request, travelled);
      travelled.bytes_back += reply.size();
      const std::size_t whole = reply.size();
      reply.resize(weather.arriving(whole));
      if (reply.empty()) break;  // the caller heard nothing: it gives up until next time
      const Result<Heard> heard = talk.hear(reply);
      add_up(travelled.by_caller, talk.so_far());
      if (!heard) break;
    } while (talk.wants_more() && travelled.round_trips < kRoundTripsMax);
    travelled.is_settled = talk.is_settled();
    hint_ = talk.hint();
    return travelled;
  }
  bool keeps_hints() const override { return true; }

 private:
  static constexpr int kRoundTripsMax = 2000;

  Bytes answer(Seat& caller, Seat& answerer, const Route& route, std::size_t bytes_max,
               Weather& weather, const Bytes& request, Travelled& travelled) {
    Bytes reply;
    for (int times = weather.repeats() ? 2 : 1; times > 0; --times) {
      const Bytes arrived(request.begin(), request.begin() + static_cast<std::ptrdiff_t>(
                                                                 weather.arriving(request.size())));
      if (arrived.empty()) return {};
      Exchange reply_maker(answerer.log,
                           {Side::answerer, route, answerer.machine.node,
                            answerer.machine.incarnation, caller.machine.node, answerer.root},
                           answerer.gate, &memory_);
      const Result<Heard> heard = reply_maker.hear(arrived);
      add_up(travelled.by_answerer, reply_maker.so_far());
      if (!heard) return {};
      reply = reply_maker.say(bytes_max);
    }
    return reply;
  }

  PeerMemory memory_;  ///< one answerer a carrier
  Bytes hint_;         ///< one caller a carrier
};

[[maybe_unused]] const bool has_messages = enlist(
    CarrierKind{"messages", RouteKind::network, [] { return std::make_unique<MessageCarrier>(); }});
[[maybe_unused]] const bool has_memory = enlist(LogKind{
    "memory", [](const Machine& machine) { return std::make_unique<MemoryLog>(machine.node); }});

}  // namespace

}  // namespace jiyao
