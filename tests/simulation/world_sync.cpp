// tests/simulation/world_sync.cpp - conversations with the hub, and what the network does to them.
#include "crypto/random.h"
#include "schema/request_auth.h"
#include "simulation/world.h"

namespace jiyao::simulation {
namespace {

Bytes cut(const Bytes& whole, Chance& chance) {
  return Bytes(whole.begin(),
               whole.begin() + static_cast<std::ptrdiff_t>(chance.below(whole.size() + 1)));
}

}  // namespace

Parley World::parley_of(const Station& station) const {
  Parley parley;
  parley.side = Side::caller;
  parley.route = {RouteKind::network, settlement_.hub().ceiling};
  parley.self = settlement_.at(station.place).node;
  parley.incarnation = station.replica->author().incarnation;
  parley.root = settlement_.roster().root_fingerprint();
  return parley;
}

Bytes World::request_of(Station& station, ByteView body) {
  RequestAuth who;
  who.hub = settlement_.hub().hub;
  who.node = settlement_.at(station.place).node;
  who.incarnation = station.replica->author().incarnation;
  who.counter = ++counter_;
  return signed_request(who, *settlement_.at(station.place).sign, body);
}

/// What a portal says to everybody, or what a proxy kept.
Bytes World::answer_on_the_way(Station& station, Bytes answer, std::optional<Fault> fault) {
  Bytes& kept = last_answers_[&station];
  Bytes heard = answer;
  if (fault == Fault::answer_of_a_stranger) {
    heard = to_bytes("<html><head><title>Log in</title></head><body>200</body></html>");
    fire(*fault);
  } else if (fault == Fault::answer_stale && !kept.empty()) {
    heard = kept;
    fire(*fault);
  }
  kept = std::move(answer);
  return heard;
}

// Each frame is signed by itself, the message is not: who passes it on may leave some out.
Bytes World::without_grants(Bytes message) {
  Bytes rest;
  FrameReader reader(message);
  for (std::size_t begin = 0; !reader.at_end();) {
    const Result<Frame> frame = reader.next();
    if (!frame) return message;
    const std::size_t end = begin + kFrameHeadBytes + frame->bytes.size();
    if (frame->type != FrameType::grant)
      rest.insert(rest.end(), message.begin() + static_cast<std::ptrdiff_t>(begin),
                  message.begin() + static_cast<std::ptrdiff_t>(end));
    begin = end;
  }
  if (rest.size() < message.size()) fire(Fault::grants_withheld);
  return rest;
}

// P11: nothing above the ceiling ever stands in a message, whoever it is from.
void World::inspect(ByteView message, Level ceiling) {
  note_bytes(message);
  FrameReader reader(message);
  while (!reader.at_end()) {
    const Result<Frame> frame = reader.next();
    if (!frame) return;
    std::optional<Level> level;
    if (frame->type == FrameType::batch) {
      const Result<SealedBatch> batch = SealedBatch::parse(frame->bytes);
      if (batch) level = batch->core().compartment.level;
    } else if (frame->type == FrameType::grant) {
      const Result<Grant> grant = decode_grant(frame->bytes);
      if (grant) level = grant->compartment.level;
    } else if (frame->type == FrameType::receipt) {
      const Result<Receipt> receipt = decode_receipt(frame->bytes);
      if (receipt) level = receipt->compartment.level;
    }
    promise(!level || *level <= ceiling, "P11",
            "a frame of level " + std::string(level ? name_of(*level) : "") + " on a route up to " +
                std::string(name_of(ceiling)));
  }
}

// One request and its answer; false when the conversation ends here.
bool World::talk_once(Station& station, Exchange& talk, std::optional<Fault> fault,
                      Chance& chance) {
  draw_from(station);
  const Level ceiling = settlement_.hub().ceiling;
  const bool strikes = fault && chance.percent(50);
  const bool on_the_way_out = chance.percent(50);
  Bytes body = talk.say(chance.percent(30) ? 2000 : 256 * 1024);
  inspect(body, ceiling);
  Bytes request = request_of(station, body);
  const std::size_t whole = request.size();
  if (strikes && on_the_way_out) {
    if (fault == Fault::message_lost) return fire(*fault), false;
    if (fault == Fault::message_late) {
      late_.push_back({true, 0, request});
      return false;
    }
    if (fault == Fault::message_cut) request = cut(request, chance), fire(*fault);
    if (fault == Fault::message_repeated) {
      draw_from_hub();
      (void)hub_->ask(request);
      fire(*fault);
      draw_from(station);
      request = request_of(station, body);  // the caller tries again with the same body
    }
  }
  draw_from_hub();
  Result<Bytes> answer = hub_->ask(request);
  if (!answer && answer.code() == Errc::not_authentic && request.size() == whole) {
    counter_ = last_of_window(counter_);  // a hub started anew, as client/hub_caller.h takes it
    answer = hub_->ask(request_of(station, body));
  }
  draw_from(station);
  if (!answer) return note("hub refuses " + answer.error().detail), false;
  inspect(*answer, ceiling);
  if (fault == Fault::grants_withheld) *answer = without_grants(std::move(*answer));
  *answer = answer_on_the_way(station, std::move(*answer), strikes ? fault : std::nullopt);
  if (strikes && !on_the_way_out) {
    if (fault == Fault::message_lost) return fire(*fault), false;
    if (fault == Fault::message_late) {
      const auto at = std::find_if(stations_.begin(), stations_.end(),
                                   [&](const auto& each) { return each.get() == &station; });
      late_.push_back({false, static_cast<std::size_t>(at - stations_.begin()), *answer});
      return false;
    }
    if (fault == Fault::message_cut) *answer = cut(*answer, chance), fire(*fault);
    if (fault == Fault::message_repeated) (void)talk.hear(*answer), fire(*fault);
  }
  const Result<Heard> heard = talk.hear(*answer);
  station.is_caught_up = false;
  if (!heard) return false;
  return talk.wants_more();
}

// P5: who is told to be in step with the hub has nothing that the hub lacks.
void World::check_in_step(Station& station) {
  const Scope scope = station.replica->roster().scope(
      station.replica->node(), {RouteKind::network, settlement_.hub().ceiling});
  for (const CompartmentId& one : scope.compartments)
    for (const BatchId& id : station.replica->log().batches(one))
      promise(hub_->store().holds(id), "P5",
              station.name + " is in step, and the hub lacks a batch of " + one.text());
}

bool World::sync(Station& station, std::optional<Fault> fault, Chance& chance) {
  if (settlement_.roster().node(settlement_.at(station.place).node)->record.kind !=
      NodeKind::networked)
    return false;
  if (fault == Fault::hub_away) {
    hub_back_at_ = step_no_ + 1 + chance.below(25);
    fire(*fault);
  }
  if (!hub_->is_open() || step_no_ < hub_back_at_) return false;
  draw_from(station);
  (void)station.replica->seal_pending();
  Exchange talk(station.replica->log(), parley_of(station), station.replica.get());
  bool has_own_unknown = false;
  for (int round = 0; round < 12; ++round) {
    const bool goes_on = talk_once(station, talk, fault, chance);
    has_own_unknown = has_own_unknown || !talk.so_far().own_unknown.empty();
    if (!goes_on) break;
  }
  const bool is_settled = talk.is_settled();
  if (is_settled && fault != Fault::answer_stale) check_in_step(station);
  if (has_own_unknown) {  // somebody knows more of us than we do: a new life begins
    note("own unknown");
    open(station);
  }
  return is_settled;
}

void World::deliver_late(Chance& chance) {
  const std::size_t index = chance.below(late_.size());
  const Late late = late_[index];
  late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(index));
  fire(Fault::message_late);
  try {
    if (late.is_to_hub) {
      draw_from_hub();
      (void)hub_->ask(late.message);
      return;
    }
    Station& station = *stations_[late.station];
    if (!station.replica) return;
    draw_from(station);
    Exchange talk(station.replica->log(), parley_of(station), station.replica.get());
    (void)talk.hear(late.message);
    station.is_caught_up = false;
  } catch (const Crash&) {  // bury() sees the dead disk
  } catch (const StorageFailure& failure) {
    const bool is_expected = failure.kind() == StorageFailure::Kind::full ||
                             hub_->disk().is_dead() || stations_[late.station]->disk.is_dead();
    promise(is_expected, "P1", std::string("a late message broke a disk: ") + failure.what());
    Station& station = *stations_[late.station];
    if (!late.is_to_hub && !station.disk.is_dead()) {
      Chance again(plan_.seed, "late full");
      recover(station, false, again);
    }
  }
}

}  // namespace jiyao::simulation
