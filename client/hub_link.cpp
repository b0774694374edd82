// client/hub_link.cpp - the caller's side of the exchange over HTTPS.
#include "client/hub_link.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "client/contacts.h"
#include "client/keeping.h"
#include "client/number_asks.h"
#include "client/request_pace.h"
#include "client/sent_volumes.h"
#include "schema/limits.h"

namespace jiyao {

namespace {

constexpr int kRoundsMax = 100'000;  ///< a bound, never reached: each round brings something new
constexpr int kCutsMax = 16;         ///< in a row; then the meeting ends, the next one goes on
constexpr int kSilencesMax = 3;      ///< the same; each is a limit waited out
constexpr int kShortRests = 8;
constexpr std::int64_t kShortRestMs = 100, kRestMsMax = 1000;
constexpr std::size_t kPushedBytes = 16 * 1024;  ///< a longer request may have arrived in part
constexpr std::size_t kShortMessage = 256;       ///< only what is held
constexpr int kBatchesAtOnce = 8;                ///< sealed or shown between two looks at the link
constexpr const char* kPaceNote = "sync.request_bytes";
constexpr const char* kLastNote = "sync.last_ms";

std::string hint_note(const HubId& hub) {
  return "sync.hint/" + hub.hex();
}

/// Behind an answer of the pinned hub, bytes that are no TLS are a cut as well.
bool is_cut(Errc code) {
  return code == Errc::unavailable || code == Errc::not_a_hub;
}

/// The speaker's frontiers, in one digest.
std::optional<Digest> frontiers_in(ByteView message) {
  FrameReader reader(message);
  while (!reader.at_end()) {
    const Result<Frame> frame = reader.next();
    if (!frame) return std::nullopt;
    if (frame->type != FrameType::have) continue;
    const Result<Have> have = decode_have(frame->bytes);
    return have ? std::optional(have->frontiers) : std::nullopt;
  }
  return std::nullopt;
}

/// What is done in slices while the link works: sealing what is to be sent, showing what came.
class Homework {
 public:
  explicit Homework(Replica& replica) : replica_(replica) {}

  /// Enough is sealed for a request of this size, or everything is.
  Result<void> seal_for(std::size_t bytes) {
    while (!is_sealed_ && ahead_ < bytes && !failure_) seal_some(bytes - ahead_);
    if (failure_) return *failure_;
    return {};
  }
  /// The link takes what was sealed so far. False: nothing is left to do.
  bool step(std::size_t bytes_wanted) {
    if (failure_) return false;
    if (!is_sealed_ && ahead_ < bytes_wanted) {
      seal_some(bytes_wanted - ahead_);
      return true;
    }
    if (is_shown_) return false;
    const auto caught = replica_.catch_up(kBatchesAtOnce);
    if (!caught) failure_ = caught.error();
    is_shown_ = !caught || caught->is_complete;
    return true;
  }
  void sent() { ahead_ = 0; }
  void arrived() { is_shown_ = false; }
  bool is_sealed() const { return is_sealed_; }
  bool has_more_to_send() const { return !is_sealed_ || ahead_ > 0; }
  const std::optional<Error>& failure() const { return failure_; }

 private:
  void seal_some(std::size_t bytes) {
    const int wanted = static_cast<int>(
        std::min<std::size_t>(kBatchesAtOnce, (bytes + kBatchTargetBytes - 1) / kBatchTargetBytes));
    const auto sealed = replica_.seal_pending(wanted);
    if (!sealed && sealed.code() != Errc::unavailable) failure_ = sealed.error();
    const int made = sealed ? *sealed : 0;
    ahead_ += static_cast<std::size_t>(made) * kBatchTargetBytes;
    is_sealed_ = made < wanted;
  }

  Replica& replica_;
  std::size_t ahead_ = 0;
  bool is_sealed_ = false, is_shown_ = true;
  std::optional<Error> failure_;
};

/// One conversation until both sides hold the same, or nothing more moves.
class Conversation {
 public:
  Conversation(Desk& desk, Replica& replica, const HubAt& hub, HubCaller& caller,
               const Digest& root_print, MetHub& met)
      : replica_(replica),
        caller_(caller),
        met_(met),
        gate_(replica, root_print),
        talk_(replica.log(), parley_with(replica, hub, root_print), &gate_),
        homework_(replica),
        pace_(static_cast<std::size_t>(noted_number(replica, kPaceNote))),
        hint_name_(hint_note(hub.hub)),
        random_(desk.env().random),
        bar_(desk.console(), desk.text("sync.progress")) {
    if (const auto hint = replica.recall(hint_name_)) talk_.recall(*hint);
  }

  Result<void> hold() {
    const auto held = talk();
    note_sent();
    note();
    return held;
  }

 private:
  // An invitation knows no ceiling; the roster, once it is here, does. With different ones the two
  // sides would never hold the same.
  static Parley parley_with(const Replica& replica, const HubAt& hub, const Digest& root_print) {
    const Roster known = replica.roster();
    const HubRecord* named = known.hub(hub.hub);
    Parley parley;
    parley.route = {RouteKind::network, named == nullptr ? hub.ceiling : named->ceiling};
    parley.self = replica.node();
    parley.incarnation = replica.author().incarnation;
    parley.root = root_print;
    return parley;
  }

  Result<void> talk() {
    const std::uint64_t roster = replica_.roster().point().seq;
    for (int round = 0; round < kRoundsMax; ++round) {
      if (const auto sealed = homework_.seal_for(pace_.push_bytes()); !sealed)
        return sealed.error();
      if (const auto kept = keep_what_is_sealed(); !kept) return kept.error();
      const auto heard = say_and_hear();
      if (!heard) return heard.error();
      if (homework_.failure()) return *homework_.failure();
      met_.batches_in += heard->batches_new;
      met_.refused += heard->refused;
      for (const auto& [id, error] : heard->refusals)
        met_.newer += error.code == Errc::newer ? 1 : 0;
      bar_.step(met_.batches_in, 0);
      if (heard->batches_new > 0) homework_.arrived();
      if (heard->is_foreign) return {Errc::not_for_us, "another realm"};
      if (!talk_.wants_more() && !homework_.has_more_to_send()) return {};
      if (replica_.roster().point().seq != roster) return {};  // the scope may be another now
    }
    return {};
  }

  // What a keeper owes for its own batches goes along with the last of them.
  Result<void> keep_what_is_sealed() {
    if (has_kept_ || !homework_.is_sealed()) return {};
    has_kept_ = true;
    const Roster now = replica_.roster();
    if (now.node(replica_.node()) == nullptr) return {};
    return keep(replica_);
  }

  // A link that worked and was cut is tried again at once: what came before the cut is kept at both
  // ends, and the hub is asked what it holds before it is told anything twice.
  Result<Heard> say_and_hear() {
    std::size_t held = 0;
    for (int cuts = 0, silences = 0;; ++cuts) {
      const Bytes message = talk_.say(pace_.push_bytes());
      homework_.sent();
      const auto answer = caller_.exchange(message, answer_bytes(message),
                                           [this] { return homework_.step(pace_.push_bytes()); });
      if (answer) {
        pace_.passed(message.size(), answer->size(), caller_.took_ms());
        const std::optional<Digest> theirs = frontiers_in(*answer);
        const bool has_moved = theirs != theirs_ || caller_.holds_some();
        if (is_in_doubt_ && !has_moved) pace_.failed();  // nothing of it was kept
        is_in_doubt_ = false;
        theirs_ = theirs;
        return talk_.hear(*answer);
      }
      if (!is_cut(answer.code())) return answer.error();
      if (caller_.was_silent()) ++silences;
      if (take_torn(held)) cuts = silences = 0;
      held = caller_.held_bytes();
      if (message.size() > kPushedBytes) doubt();
      if (!caller_.has_reached() || cuts + 1 == kCutsMax || silences == kSilencesMax)
        return answer.error();
      std::this_thread::sleep_for(std::chrono::milliseconds(rest_behind_cut(cuts)));
    }
  }

  /// Batches that came whole before the link was cut, and more of one than the `held` bytes that
  /// were here: a narrow link is cut more often than it carries one. False: neither.
  bool take_torn(std::size_t held) {
    const bool has_more = caller_.held_bytes() > held;
    if (caller_.torn().empty()) return has_more;
    (void)talk_.hear(caller_.torn());  // the cut itself is no news
    const Heard& heard = talk_.so_far();
    met_.batches_in += heard.batches_new;
    if (heard.batches_new == 0) {
      if (!has_more) pace_.failed();
      return has_more;
    }
    homework_.arrived();
    bar_.step(met_.batches_in, 0);
    return true;
  }

  // Some of what was sent may be there: the next message asks, and tells nothing.
  void doubt() {
    is_in_doubt_ = true;
    talk_.recall({});
  }

  // A link that flickers is back within a second; one that is gone costs a little each time.
  std::int64_t rest_behind_cut(int cuts) {
    std::int64_t rest = kShortRestMs;
    for (int i = kShortRests; i <= cuts && rest < kRestMsMax; ++i) rest *= 2;
    return rest + static_cast<std::int64_t>(random_.next() % static_cast<std::uint64_t>(rest / 2));
  }

  // Whoever has nothing to say expects little: the hub's own choice will do, and costs no words.
  std::size_t answer_bytes(const Bytes& message) const {
    const bool is_short = message.size() < kShortMessage && pace_.bytes() >= kPaceBytesFirst;
    return is_short ? 0 : pace_.bytes();
  }

  // What was refused for want of a roster record may be taken in the next conversation.
  void note_sent() {
    for (const BatchId& id : talk_.said()) {
      const bool is_refused = talk_.refused_by_peer().contains(id);
      (is_refused ? met_.not_taken : met_.taken).insert(id);
    }
    std::erase_if(met_.not_taken, [&](const BatchId& id) { return met_.taken.contains(id); });
  }

  /// For the next meeting: what the hub holds, and how much this link carries.
  void note() {
    const Bytes hint = talk_.hint();
    const Bytes pace = to_bytes(std::to_string(pace_.bytes()));
    if (replica_.recall(hint_name_) != hint) replica_.remember(hint_name_, hint);
    if (replica_.recall(kPaceNote) != pace) replica_.remember(kPaceNote, pace);
  }

  Replica& replica_;
  HubCaller& caller_;
  MetHub& met_;
  TrustGate gate_;
  Exchange talk_;
  Homework homework_;
  RequestPace pace_;
  std::string hint_name_;
  Random& random_;
  bool has_kept_ = false;
  bool is_in_doubt_ = false;      ///< a cut may have left the hub with more than it has told us
  std::optional<Digest> theirs_;  ///< its frontiers, as it told us last
  ProgressBar bar_;
};

/// The lives of this hub whose heads are here: more than one after its store was put back or lost.
std::set<IncarnationId> lives_of(Replica& replica, const HubId& hub) {
  std::set<IncarnationId> lives;
  for (const HubHead& head : replica.log().heads())
    if (head.hub == hub) lives.insert(head.incarnation);
  return lives;
}

/// No proof: this machine's roster may not have it, so nothing is refused here. People are told.
void note_shut_out(Replica& replica, bool is_shut_out) {
  const Bytes note = is_shut_out ? to_bytes("1") : Bytes{};
  if (replica.recall(kShutOutNote).value_or(Bytes{}) != note) replica.remember(kShutOutNote, note);
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

// A lost hub cannot be taken out of the roster: whoever came after it stands in its place.
Result<HubAt> hub_of(Desk& desk, const Replica& replica) {
  const Roster roster = replica.roster();
  const HubRecord* hub = roster.newest_hub();
  if (hub == nullptr) return desk.failure(Errc::not_found, "sync.no_hub");
  return HubAt{hub->hub, hub->address, hub->certificate, hub->ceiling};
}

Result<MetHub> meet_hub(Desk& desk, Replica& replica, const HubAt& hub, const Digest& root_print) {
  const auto address = HubAddress::from(hub.address, hub.certificate);
  if (!address) return address.error();
  HttpTransport transport(*address, {});
  HubCaller caller(replica, hub.hub, transport);
  MetHub met;
  Arrivals arrivals(replica);
  const std::set<IncarnationId> lives = lives_of(replica, hub.hub);
  for (int meeting = 0; meeting < 8; ++meeting) {
    const std::uint64_t roster = replica.log().roster().point().seq;
    const auto held = Conversation(desk, replica, hub, caller, root_print, met).hold();
    if (held || held.code() == Errc::revoked) note_shut_out(replica, !held);
    if (!held) return held.error();
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
  met.is_renewed = !lives.empty() && lives_of(replica, hub.hub) != lives;
  met.traffic = transport.traffic();
  met.next_contact_ms = transport.next_contact_ms();
  arrivals.note(desk.env().clock.wall_ms());
  SentVolumes(desk, replica).prune();
  replica.remember(kLastNote, to_bytes(std::to_string(desk.env().clock.wall_ms())));
  return met;
}

}  // namespace jiyao
