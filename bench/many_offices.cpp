// bench/many_offices.cpp - see many_offices.h.
#include "bench/many_offices.h"

#include <filesystem>

#include "bench/must.h"
#include "bench/register.h"
#include "bench/roster_writer.h"
#include "crypto/random.h"
#include "schema/limits.h"
#include "schema/request_auth.h"
#include "sync/exchange.h"
#include "sync/seal.h"

namespace jiyao {
namespace {

constexpr std::uint64_t kChangesPerBatch = 100;
constexpr std::size_t kMessageBytes = 256 * 1024;
constexpr std::size_t kBodiesPerOffice = 4;
constexpr std::string_view kBusy = "busy";  ///< what a hub answers that is full

struct NewOffice {
  NodeId node = random_block<NodeId>();
  CompartmentId compartment{random_block<OfficeId>(), Level::internal};
  std::shared_ptr<const SigningKey> key = signing_key_from(Secret<32>::random());
  std::shared_ptr<const BoxKey> box = box_key_from(Secret<32>::random());
  std::shared_ptr<const BoxKey> epoch = box_key_from(Secret<32>::random());

  std::vector<RosterBody> bodies() const {
    NodeRecord record;
    record.node = node;
    record.office = compartment.office;
    record.sign = key->verify_key();
    record.box = box->public_key();
    return {OfficeRecord{compartment.office, node, true}, record,
            EpochRecord{compartment, 1, epoch->public_key()},
            AccessRecord{node, compartment, AccessRight::write}};
  }
};

}  // namespace

SmallOffice::SmallOffice(const NodeId& node, std::shared_ptr<const SigningKey> key,
                         const CompartmentId& compartment, const EpochEntry& epoch, MemoryLog log)
    : node_(node),
      incarnation_(random_block<IncarnationId>()),
      key_(std::move(key)),
      compartment_(compartment),
      epoch_(epoch),
      log_(std::move(log)) {}

void SmallOffice::write(std::uint64_t count) {
  for (; count > 0; count -= std::min(count, kChangesPerBatch))
    seal(std::min(count, kChangesPerBatch));
}

void SmallOffice::seal(std::uint64_t count) {
  BatchCore core;
  core.realm = log_.roster().realm();
  core.node = node_;
  core.incarnation = incarnation_;
  core.compartment = compartment_;
  core.roster = log_.roster().point();
  core.seq = ++seq_;
  core.prev = last_;
  std::vector<Change> changes;
  for (std::uint64_t i = 0; i < count; ++i) {
    Change change;
    change.realm = core.realm;
    change.compartment = compartment_;
    change.origin = {node_, incarnation_, ++changes_};
    change.act = time_ordered_id<ActId>(static_cast<std::int64_t>(changes_));
    change.record = time_ordered_id<RecordId>(static_cast<std::int64_t>(changes_));
    change.ledger = "incoming";
    change.writes = register_row(changes_);
    changes.push_back(std::move(change));
  }
  const SealedBatch batch = must(seal_batch({*key_, core, epoch_, changes}), "seal");
  last_ = batch.id();
  must(log_.append(batch, {RouteKind::network, Level::internal}, node_), "keep");
}

Contact SmallOffice::meet(const HubAt& hub) {
  Contact contact;
  HttpTransport transport(must(HubAddress::from(hub.address, hub.certificate), "hub"), {});
  Parley parley;
  parley.route = {RouteKind::network, hub.ceiling};
  parley.self = node_;
  parley.incarnation = incarnation_;
  Exchange talk(log_, parley);
  if (!hint_.empty()) talk.recall(hint_);
  do {
    const Bytes message = talk.say(kMessageBytes);
    const Bytes block =
        request_block({hub.hub, node_, incarnation_, ++counter_, {}}, *key_, message);
    const auto answer = transport.post(HttpCall{"/exchange", block, message});
    if (!answer && answer.code() != Errc::unavailable)
      throw std::runtime_error("an office is refused: " + answer.error().detail);
    if (!answer) {
      // A hub that is full says so; a connection that ends without a word must not be.
      ++(answer.error().detail == kBusy ? contact.refused : contact.dropped);
      return contact;
    }
    must(talk.hear(answer->body), "hear");
  } while (talk.wants_more());
  hint_ = talk.hint();
  contact.is_settled = talk.is_settled();
  return contact;
}

ManyOffices::ManyOffices(const Path& folder, const std::string& server_program,
                         std::uint64_t count) {
  std::filesystem::create_directories(folder);
  hub_ = std::make_unique<HubProcess>(folder + "/hub", server_program);
  const std::vector<NewOffice> all(count);
  RosterWriter roster;
  roster.add({roster.realm_body(all.front().compartment.office),
              OfficeRecord{all.front().compartment.office, {}, true}, hub_->record()});
  std::vector<RosterBody> bodies;
  for (const NewOffice& each : all) {
    const std::vector<RosterBody> own = each.bodies();
    bodies.insert(bodies.end(), own.begin(), own.end());
    if (bodies.size() + kBodiesPerOffice <= kRecordBodiesMax && &each != &all.back()) continue;
    roster.add(std::move(bodies));
    bodies.clear();
  }
  MemoryLog log(Level::internal);
  for (const Bytes& record : roster.records()) must(log.extend_roster(record), "roster");
  for (const NewOffice& each : all)
    offices.push_back(std::make_unique<SmallOffice>(each.node, each.key, each.compartment,
                                                    *log.roster().epoch(each.compartment), log));
  hub_->serve(roster.records());
}

}  // namespace jiyao
