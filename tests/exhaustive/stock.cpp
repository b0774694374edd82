// tests/exhaustive/stock.cpp - see stock.h.
#include "exhaustive/stock.h"

#include "simulation/small_model.h"

namespace jiyao::exhaustive {
namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 20;
constexpr int kRoundTripsMax = 8;

/// The message up to and with its n-th batch; the whole message if it has fewer.
Bytes up_to_batch(const Bytes& message, std::size_t wanted) {
  FrameReader reader(message);
  Bytes head;
  std::size_t seen = 0;
  while (!reader.at_end() && seen < wanted) {
    const Result<Frame> frame = reader.next();
    if (!frame) break;
    put_frame(head, frame->type, frame->bytes);
    if (frame->type == FrameType::batch) ++seen;
  }
  return head;
}

std::size_t batches_in(const Bytes& message) {
  FrameReader reader(message);
  std::size_t count = 0;
  while (!reader.at_end()) {
    const Result<Frame> frame = reader.next();
    if (!frame) break;
    if (frame->type == FrameType::batch) ++count;
  }
  return count;
}

Bytes cut(Bytes message) {
  message.resize(message.size() * 3 / 5);
  return message;
}

}  // namespace

const char* name_of(Luck luck) {
  static constexpr std::array kNames = {"talks to",
                                        "talks to (answer lost)",
                                        "talks to (request repeated)",
                                        "talks to (request cut)",
                                        "talks to (answer cut)",
                                        "talks to (which crashes)"};
  return kNames[static_cast<std::size_t>(luck)];
}

Stock::Stock() : ledger_(*Definitions::built_in().ledger("incoming")) {
  const OfficeId office = realm_.add_office();
  for (Machine& machine : machines_) machine = realm_.add_node(office, Level::secret);
  compartment_ = realm_.open(office, Level::internal);
  for (const Machine& machine : machines_) realm_.give(machine, compartment_);
  for (auto& place : lives_)
    for (IncarnationId& life : place) life = realm_.draw<IncarnationId>();
  record_ = realm_.draw<RecordId>();
  (void)intern({});
  desks_.emplace_back();
  desk_nos_[{}] = 0;
}

// --- what is written
// ------------------------------------------------------------------------------

ChangeNo Stock::write(unsigned place, unsigned life, unsigned n, Holding held, Desk desk) {
  std::set<ChangeNo> known = changes_in(held);
  known.insert(desks_[desk].begin(), desks_[desk].end());
  Change change;
  change.realm = realm_.roster().realm();
  change.compartment = compartment_;
  change.origin = {machines_[place].node, lives_[place][life], n};
  change.act.bytes[0] = static_cast<std::uint8_t>(1 + place * 8 + life);
  change.act.bytes[1] = static_cast<std::uint8_t>(n);
  change.record = record_;
  change.ledger = ledger_.name;
  change.parents = shown(known).parents_for_next();
  change.kind = change.parents.empty() ? ChangeKind::create : ChangeKind::amend;
  change.ruleset = Definitions::built_in().number();
  change.writes = {{"title", place == 2 ? "乙" : "甲"}};  // two of the three say the same
  change.actor.bytes[0] = static_cast<std::uint8_t>(1 + place);
  const ChangeId id = id_of(change);
  const auto [found, is_new] = change_nos_.try_emplace(id, static_cast<ChangeNo>(changes_.size()));
  if (is_new) changes_.push_back(std::move(change));
  return found->second;
}

Desk Stock::put(Desk desk, ChangeNo change) {
  std::set<ChangeNo> on_it = desks_[desk];
  on_it.insert(change);
  const auto [found, is_new] = desk_nos_.try_emplace(on_it, static_cast<Desk>(desks_.size()));
  if (is_new) desks_.push_back(std::move(on_it));
  return found->second;
}

BatchNo Stock::batch_of(unsigned place, unsigned life, ChangeNo change, const MemoryLog& log) {
  const auto tip =
      log.index().tip(Author{machines_[place].node, lives_[place][life]}, compartment_);
  const BatchId prev = tip ? tip->id : BatchId{};
  const auto known = sealed_.find({place, life, change, prev});
  if (known != sealed_.end()) return known->second;
  Machine machine = machines_[place];
  machine.incarnation = lives_[place][life];
  batches_.push_back(realm_.write_after(machine, compartment_, prev, tip ? tip->seq + 1 : 1, 40));
  inside_.push_back(change);
  const auto number = static_cast<BatchNo>(batches_.size() - 1);
  batch_nos_[batches_.back().id()] = number;
  sealed_[{place, life, change, prev}] = number;
  return number;
}

Holding Stock::seal(unsigned place, unsigned life, Holding held, Desk desk) {
  for (const ChangeNo change : desks_[desk]) {
    std::set<BatchNo> batches = holdings_[held];
    batches.insert(batch_of(place, life, change, log_of(place, held)));
    held = intern(std::move(batches));
  }
  return held;
}

// --- what is said
// ---------------------------------------------------------------------------------

Holding Stock::intern(std::set<BatchNo> batches) {
  const auto [found, is_new] =
      holding_nos_.try_emplace(batches, static_cast<Holding>(holdings_.size()));
  if (is_new) holdings_.push_back(std::move(batches));
  return found->second;
}

MemoryLog Stock::log_of(unsigned place, Holding held) {
  const auto known = logs_.find({place, held});
  if (known != logs_.end()) return known->second;
  MemoryLog log(machines_[place].node);
  realm_.teach(log);
  for (const BatchNo batch : holdings_[held])
    JIYAO_ASSERT(bool(log.append(batches_[batch], {}, {})));
  return logs_.emplace(std::pair(place, held), std::move(log)).first->second;
}

Holding Stock::held_by(const MemoryLog& log) {
  std::set<BatchNo> batches;
  for (const BatchId& id : log.batches(compartment_)) batches.insert(batch_nos_.at(id));
  return intern(std::move(batches));
}

Parley Stock::parley(Side side, unsigned self, unsigned peer) const {
  return {side,
          {RouteKind::network, Level::secret},
          machines_[self].node,
          machines_[self].incarnation,
          machines_[peer].node,
          realm_.root()};
}

// Round 1 only compares; what is lost, cut or repeated is the round that carries batches.
Stock::Met Stock::converse(unsigned caller, Holding callers, unsigned answerer, Holding answerers,
                           Luck luck) {
  MemoryLog ours = log_of(caller, callers), theirs = log_of(answerer, answerers);
  Exchange talk(ours, parley(Side::caller, caller, answerer));
  for (int round = 0; round < kRoundTripsMax; ++round) {
    const Bytes request = talk.say(kPlenty);
    const bool strikes = round == 1 && luck != Luck::whole;
    Exchange answer(theirs, parley(Side::answerer, answerer, caller));
    if (strikes && luck == Luck::crash_while_hearing) {
      (void)answer.hear(up_to_batch(request, 1));
      break;
    }
    if (strikes && luck == Luck::request_cut) {
      (void)answer.hear(cut(request));
      break;
    }
    if (strikes && luck == Luck::request_repeated)
      (void)Exchange(theirs, parley(Side::answerer, answerer, caller)).hear(request);
    (void)answer.hear(request);
    const Bytes reply = answer.say(kPlenty);
    if (strikes && luck == Luck::answer_lost) break;
    const Result<Heard> heard = talk.hear(strikes && luck == Luck::answer_cut ? cut(reply) : reply);
    if (!heard || !talk.wants_more()) break;
  }
  return {held_by(ours), held_by(theirs)};
}

Stock::Met Stock::meet(unsigned caller, Holding callers, unsigned answerer, Holding answerers,
                       Luck luck) {
  const Pair key = {caller, callers, answerer, answerers, static_cast<std::uint32_t>(luck)};
  const auto known = met_.find(key);
  if (known != met_.end()) return known->second;
  return met_[key] = converse(caller, callers, answerer, answerers, luck);
}

std::optional<Message> Stock::on_the_way(unsigned caller, Holding callers, unsigned answerer,
                                         Holding answerers) {
  const Pair key = {caller, callers, answerer, answerers, 0};
  const auto known = sent_.find(key);
  if (known != sent_.end()) return known->second;
  MemoryLog ours = log_of(caller, callers), theirs = log_of(answerer, answerers);
  Exchange talk(ours, parley(Side::caller, caller, answerer));
  Exchange answer(theirs, parley(Side::answerer, answerer, caller));
  (void)answer.hear(talk.say(kPlenty));
  (void)talk.hear(answer.say(kPlenty));
  const Bytes message = talk.say(kPlenty);
  if (batches_in(message) == 0) return sent_[key] = std::nullopt;
  const auto [found, is_new] =
      message_nos_.try_emplace(message, static_cast<Message>(messages_.size()));
  if (is_new) messages_.push_back(message);
  return sent_[key] = found->second;
}

Holding Stock::arrives(unsigned place, Holding held, Message message) {
  const Pair key = {place, held, message, 0, 0};
  const auto known = arrived_.find(key);
  if (known != arrived_.end()) return known->second;
  MemoryLog log = log_of(place, held);
  (void)Exchange(log, parley(Side::answerer, place, (place + 1) % kPlaces))
      .hear(messages_[message]);
  return arrived_[key] = held_by(log);
}

// --- what is shown
// --------------------------------------------------------------------------------

std::set<ChangeNo> Stock::changes_in(Holding held) const {
  std::set<ChangeNo> changes;
  for (const BatchNo batch : holdings_[held]) changes.insert(inside_[batch]);
  return changes;
}

RecordState Stock::shown(const std::set<ChangeNo>& changes) const {
  std::vector<JudgedChange> judged;
  for (const ChangeNo one : changes) {
    JudgedChange held;
    held.id = id_of(changes_[one]);
    held.change = &changes_[one];
    judged.push_back(held);
  }
  return merge(ledger_, judged);
}

const std::string& Stock::fault_in(Holding held) {
  const auto known = faults_.find(held);
  if (known != faults_.end()) return known->second;
  return faults_[held] = look_at(held);
}

std::string Stock::look_at(Holding held) const {
  const std::set<ChangeNo> changes = changes_in(held);
  const RecordState state = shown(changes);
  if (state.applied.size() != changes.size()) return "P2: something waits for nothing";
  std::map<ChangeId, const Change*> by_id;
  std::set<Origin> places;
  for (const ChangeNo one : changes) {
    by_id.emplace(id_of(changes_[one]), &changes_[one]);
    if (!places.insert(changes_[one].origin).second) return "P10: one place in one life twice";
  }
  const simulation::ModelRecord model = simulation::model_of(by_id, {}, {});
  for (const auto& [name, writes] : model.visible) {
    const GroupState* group = state.group(*ledger_.group_index(name));
    for (const simulation::ModelWrite& write : writes)
      if (group == nullptr ||
          std::none_of(group->held.begin(), group->held.end(),
                       [&](const HeldWrite& one) { return one.change == write.change; }))
        return "P4: a value nobody overruled is not shown";
  }
  return {};
}

}  // namespace jiyao::exhaustive
