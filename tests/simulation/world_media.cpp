// tests/simulation/world_media.cpp - couriers: writing a set, carrying it, what happens to it.
#include "simulation/world.h"
#include "sync/bundle_reader.h"
#include "sync/bundle_writer.h"

namespace jiyao::simulation {
namespace {

std::string lane_name(const NodeId& peer) {
  return "lane." + peer.hex();
}

LaneBook lane_book(Replica& replica, const NodeId& peer) {
  const std::optional<Bytes> kept = replica.recall(lane_name(peer));
  if (!kept) return LaneBook(peer);
  Result<LaneBook> book = LaneBook::decode(*kept);
  if (!book) throw BrokenPromise{"P6", "a lane book does not decode"};
  return std::move(*book);
}

void keep(Replica& replica, const LaneBook& book) {
  replica.remember(lane_name(book.peer()), book.encode());
}

/// The file among them that is a volume; media carry one volume each here.
SimulatedDisk::Image::iterator some_file(Medium& medium, Chance& chance) {
  auto found = medium.files.begin();
  std::advance(found, static_cast<std::ptrdiff_t>(chance.below(medium.files.size())));
  return found;
}

void damage(Medium& medium, Fault fault, Chance& chance) {
  if (medium.files.empty()) return;
  Bytes& bytes = some_file(medium, chance)->second;
  if (bytes.empty()) return;
  if (fault == Fault::medium_torn) bytes.resize(chance.below(bytes.size()));
  if (fault == Fault::medium_emptied && chance.percent(50)) return bytes.clear();
  if (fault == Fault::medium_emptied)
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(chance.below(bytes.size())), bytes.end(),
              std::uint8_t{0});
  if (fault == Fault::medium_bit)
    bytes[chance.below(bytes.size())] ^= static_cast<std::uint8_t>(1U << chance.below(8));
}

/// What a stick gathers on its way through other people's machines.
void litter(Medium& medium, Chance& chance) {
  if (medium.files.empty()) return;
  const auto [name, bytes] = *some_file(medium, chance);
  medium.files["._" + name] = Bytes(4096);
  medium.files["README.TXT"] = to_bytes("read me");
  medium.files["EMPTY.JYB"] = {};
  medium.files["COPY1_" + name] = bytes;
}

}  // namespace

std::vector<Lane> World::lanes_from(const Station& station) const {
  std::vector<Lane> from;
  for (const Lane& lane : settlement_.lanes())
    if (lane.from == station.place) from.push_back(lane);
  return from;
}

// The courier says which media never came back: what was in them counts as never sent.
void World::give_up_on_sets(Station& station, const Lane& lane) {
  LaneBook book = lane_book(*station.replica, settlement_.at(lane.to).node);
  for (const SetId& set : book.open_sets()) (void)book.declare_lost(set);
  keep(*station.replica, book);
}

// P5: the other side is taken to hold only what it once said it holds.
void World::check_belief(const Station& station, const Lane& lane, const PeerView& belief) {
  for (const CompartmentId& one : settlement_.compartments()) {
    const PeerView::Known* known = belief.known(one);
    if (known == nullptr || !known->full) continue;
    for (const BatchId& tip : known->full->tips)
      promise(told_held_[lane.to].contains(tip), "P5",
              station.name + " takes " + one.text() + " to be held by " + kPlaceNames[lane.to] +
                  ", which never said so");
  }
}

void World::export_set(Station& station, const Lane& lane, std::optional<Fault> fault,
                       Chance& chance) {
  Replica& replica = *station.replica;
  (void)replica.seal_pending();
  LaneBook book = lane_book(replica, settlement_.at(lane.to).node);
  const Scope both =
      replica.roster().scope(settlement_.at(lane.to).node, {RouteKind::medium, lane.label});
  book.close_by(replica.log().receipts(both));
  if (book.open_sets().size() >= kOpenSetsMax && chance.percent(60))
    (void)book.declare_lost(book.open_sets().front());
  const Result<BundleOrder> usual =
      order_for(book, settlement_.at(station.place).node, replica.author().incarnation,
                *settlement_.at(station.place).sign, {.is_full = chance.percent(10)});
  if (!usual) return keep(replica, book);
  BundleOrder order = *usual;
  check_belief(station, lane, order.base);
  for (const CompartmentId& one : replica.log().compartments())
    for (const BatchId& id : replica.log().batches(one)) told_held_[station.place].insert(id);
  // Sometimes the stick at hand is labelled lower than both machines: less may leave.
  const bool is_low =
      lane.label > Level::secret && step_no_ < plan_.steps.size() && chance.percent(40);
  const Level label = is_low ? Level::secret : lane.label;
  order.label = label;
  order.made_ms = station.clock.wall_ms();
  if (chance.percent(30)) order.volume_bytes_max = kVolumeBytesMin;
  Result<BundleWriter> writer = BundleWriter::plan(replica.log(), std::move(order));
  if (!writer) return note("no export " + writer.error().detail);
  SimulatedDisk stick(chance.next(), SimulatedDisk::Kind::medium);
  stick.make_folder(kMediumFolder);
  if (fault == Fault::disk_full_medium) stick.set_bytes_max(chance.below(20'000));
  Medium medium{lane.from, lane.to, label, {}, step_no_};
  std::vector<HandOver> facts;
  try {
    Result<std::vector<HandOver>> written = writer->write_all(stick, kMediumFolder);
    if (!written) {
      if (fault == Fault::disk_full_medium) fire(*fault);
      return note("not written " + written.error().detail);
    }
    facts = std::move(*written);
  } catch (const StorageFailure& failure) {
    if (fault != Fault::disk_full_medium) throw;
    fire(*fault);
    return note("stick full");
  }
  for (const HandOver& fact : facts) (void)replica.put(fact);  // a full disk here is the machine's
  book.exported(writer->lane_set());
  keep(replica, book);
  stick.eject();
  medium.files = stick.snapshot(kMediumFolder);
  for (const auto& [name, bytes] : medium.files) note_bytes(bytes);
  media_.push_back(std::move(medium));
}

void World::import_set(Station& station, std::optional<Fault> fault, Chance& chance) {
  std::vector<std::size_t> mine, others;
  for (std::size_t i = 0; i < media_.size(); ++i)
    (media_[i].to == station.place ? mine : others).push_back(i);
  if (fault == Fault::medium_swapped && !others.empty()) {
    fire(*fault);
    return take_in(station, media_[chance.pick(others)]);
  }
  if (fault == Fault::medium_stale) {
    for (const Medium& old : drawer_)
      if (old.to == station.place && step_no_ > old.step + 40) {
        fire(*fault);
        return take_in(station, old);
      }
  }
  if (mine.empty()) return;
  const std::size_t index = chance.pick(mine);
  Medium medium = std::move(media_[index]);
  media_.erase(media_.begin() + static_cast<std::ptrdiff_t>(index));
  if (fault == Fault::medium_lost) return fire(*fault);
  if (fault == Fault::medium_torn || fault == Fault::medium_bit || fault == Fault::medium_emptied) {
    Medium damaged = medium;
    damage(damaged, *fault, chance);
    fire(*fault);
    take_in(station, damaged);
    if (chance.percent(50)) media_.push_back(std::move(medium));  // the sound one comes later
    return;
  }
  if (fault == Fault::medium_littered) litter(medium, chance), fire(*fault);
  take_in(station, medium);
  if (fault == Fault::medium_duplicated) fire(*fault), take_in(station, medium);
  drawer_.push_back(std::move(medium));
}

// Own ones do not count: a newer roster makes a machine seal what lies on its desk.
std::map<CompartmentId, std::size_t> World::foreign_batches(Station& station) {
  const BatchLog& log = station.replica->log();
  std::map<CompartmentId, std::size_t> counts;
  for (const CompartmentId& one : log.compartments())
    for (const BatchId& id : log.batches(one)) {
      (void)god_.changes_in(log, id);
      if (god_.header(id)->core.node != station.replica->node()) ++counts[one];
    }
  return counts;
}

void World::take_in(Station& station, const Medium& medium) {
  Replica& replica = *station.replica;
  draw_from(station);
  SimulatedDisk stick(step_no_ + 1, SimulatedDisk::Kind::medium);
  stick.make_folder(kMediumFolder);
  stick.put_back(kMediumFolder, medium.files);
  const Identity& self = settlement_.at(station.place);
  const std::map<CompartmentId, std::size_t> before = foreign_batches(station);
  bool has_own_unknown = false;
  for (const std::string& name : volumes_in(stick, kMediumFolder)) {
    Result<BundleReader> reader =
        BundleReader::open(stick, std::string(kMediumFolder) + "/" + name,
                           {self.node, replica.author().incarnation, *self.box,
                            replica.roster().realm(), settlement_.roster().root_fingerprint()});
    if (!reader) {
      note("not opened " + reader.error().detail);
      continue;
    }
    const Result<BundleTaken> taken = reader->import(replica.log(), &replica);
    station.is_caught_up = false;
    if (!taken) {
      note("refused " + taken.error().detail);
      promise(taken.error().code != Errc::above_ceiling, "P11",
              "a bundle holds more than its label or its reader allows");
      (void)replica.put(reader->refused(taken.error()));
      continue;
    }
    has_own_unknown = has_own_unknown || !taken->heard.own_unknown.empty();
    const Result<BundleSummary> summary = reader->inspect(replica.log());
    if (summary && !taken->is_torn) {
      LaneBook book = lane_book(replica, reader->outer().sender);
      book.took_in(reader->outer(), summary->manifest, taken->view);
      for (const SetId& set : summary->manifest.closes) book.returned(set);
      keep(replica, book);
    }
    (void)replica.put(taken->fact);
  }
  for (const auto& [one, now] : foreign_batches(station)) {
    note(std::to_string(now));
    const auto held = before.find(one);
    promise(now == (held == before.end() ? 0 : held->second) || one.level <= medium.label, "P11",
            "batches of " + one.text() + " came on a medium labelled " +
                std::string(name_of(medium.label)));
  }
  if (has_own_unknown) open(station);
}

}  // namespace jiyao::simulation
