// sync/replica_counts.cpp - how much is known and how it is held, digests, stages, receipts.
#include <algorithm>
#include <set>

#include "sync/replica_state.h"

namespace jiyao {
namespace {

constexpr const char* kReceiptSerialName = "receipt_serial";

std::uint64_t number_from(const std::optional<Bytes>& bytes) {
  std::uint64_t number = 0;
  if (bytes)
    for (std::size_t i = bytes->size(); i > 0; --i) number = number << 8 | (*bytes)[i - 1];
  return number;
}

Bytes bytes_from(std::uint64_t number) {
  Bytes bytes(8);
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return bytes;
}

std::uint32_t count_in_header(const Replica::State& replica, const BatchId& id) {
  const auto known = replica.header_counts.find(id);
  if (known != replica.header_counts.end()) return known->second;
  const Result<SealedBatch> batch = replica.log().batch(id);
  return replica.header_counts[id] = batch ? batch->core().count : 0;
}

void add_batches_not_open(const Replica::State& replica, const Store* store,
                          const CompartmentId& compartment, Counts& counts) {
  const auto seen = replica.seen.find(compartment.level);
  for (const BatchId& id : replica.log().batches(compartment)) {
    if (store == nullptr) {
      counts.pending_login += count_in_header(replica, id);
    } else if (!seen->second.contains(id)) {
      counts.pending_key += count_in_header(replica, id);  // arrived; the next catch_up() opens it
    }
  }
}

void sum_up(Counts& counts) {
  counts.pending =
      counts.pending_parent + counts.pending_key + counts.pending_login + counts.pending_program;
  counts.known = counts.applied + counts.pending + counts.quarantined + counts.purged;
}

/// The last batches of each stream up to which everything is opened here, sorted: of a forked
/// stream that of each branch; of a machine that was shut out nothing behind its cut.
std::vector<BatchId> ends_of_opened(const Replica::State& replica, const Store& store,
                                    const CompartmentId& compartment) {
  std::map<Author, std::vector<BatchLine>> streams;
  for (const BatchId& id : replica.log().batches(compartment))
    if (const auto line = replica.log().find(id)) streams[line->author].push_back(*line);
  std::set<BatchId> ends;
  for (auto& [author, lines] : streams) {
    std::sort(lines.begin(), lines.end(), [](const BatchLine& a, const BatchLine& b) {
      return std::tie(a.seq, a.id) < std::tie(b.seq, b.id);
    });
    std::set<BatchId> whole{BatchId{}};
    for (const BatchLine& line : lines) {
      const std::optional<StoredBatch> batch = store.batch(line.id);
      if (!whole.contains(line.prev) || !batch || batch->content != Content::opened) continue;
      if (standing_from(batch->judged).ground == Ground::cut_off) continue;
      whole.insert(line.id);
      ends.erase(line.prev);
      ends.insert(line.id);
    }
  }
  std::vector<BatchId> named(ends.begin(), ends.end());
  if (named.size() > kReceiptBatchesMax) named.resize(kReceiptBatchesMax);
  return named;
}

bool is_own(const Replica::State& replica, const BatchId& id) {
  const auto line = replica.log().find(id);
  return line && line->author.node == replica.author().node;
}

/// Is there anybody above this machine who may sign for what it writes here?
bool goes_somewhere(const Replica::State& replica, const Roster& roster,
                    const CompartmentId& compartment) {
  const NodeId self = replica.author().node;
  if (roster.keeper(compartment) != self) return true;
  const NodeEntry* node = roster.node(self);
  if (node == nullptr || node->record.kind != NodeKind::networked) return false;
  const std::vector<HubId> hubs = roster.hubs();
  return std::any_of(hubs.begin(), hubs.end(), [&](const HubId& hub) {
    return roster.hub(hub)->ceiling >= compartment.level;
  });
}

/// Own batches of this compartment, of every life, that the receipts of others reach.
std::set<BatchId> signed_for_by_others(const Replica::State& replica, const Roster& roster,
                                       const CompartmentId& compartment) {
  const NodeId self = replica.author().node;
  std::set<BatchId> reached;
  for (const Receipt& receipt : replica.log().receipts(Scope{{compartment}})) {
    const bool is_ours = receipt.grade == Grade::applied && id_of_node(receipt) == self;
    if (is_ours || !advances(receipt, roster)) continue;
    for (const BatchId& end : receipt.batches) {
      const auto tip = replica.log().find(end);
      if (!tip || tip->author.node != self) continue;
      for (auto at = tip; at && at->author == tip->author && reached.insert(at->id).second;)
        at = replica.log().find(at->prev);
    }
  }
  return reached;
}

std::uint64_t changes_in(const Replica::State& replica, const BatchId& id) {
  const auto line = replica.log().find(id);
  const Store* store = replica.store(line->compartment.level);
  const std::optional<StoredBatch> batch = store == nullptr ? std::nullopt : store->batch(id);
  return batch ? batch->changes : count_in_header(replica, id);
}

CompartmentDigest digest_of_compartment(const Replica::State& replica, const Store& store,
                                        const CompartmentId& compartment) {
  CompartmentDigest result;
  result.compartment = compartment;
  result.frontier = digest_of(replica.log().frontier(compartment));
  Hasher hasher(Label::compartment);
  store.each_state(compartment, [&](const RecordId& record, const Digest& state) {
    hasher.add(record.view()).add(state.view());
  });
  result.state = hasher.finish();
  return result;
}

}  // namespace

Stage stage_of(const Replica::State& replica, const Store& store, const StoredChange& change) {
  if (change.batch == 0) return Stage::recorded;
  const std::optional<StoredBatch> batch = store.batch(change.batch);
  if (!batch) return Stage::recorded;
  Stage stage = Stage::sealed;
  const Roster roster = replica.log().roster();
  for (const Receipt& receipt : replica.log().receipts(Scope{{batch->compartment}})) {
    const Stage says =
        receipt.grade == Grade::applied ? Stage::applied_by_keeper : Stage::delivered;
    if (says <= stage || !advances(receipt, roster)) continue;
    const bool covers =
        std::any_of(receipt.batches.begin(), receipt.batches.end(), [&](const BatchId& end) {
          const auto line = replica.log().find(end);
          return line && line->author == batch->author && replica.log().reaches(end, batch->id);
        });
    if (covers) stage = says;
  }
  return stage;
}

std::map<CompartmentId, Counts> Replica::counts() const {
  std::map<CompartmentId, Counts> all;
  for (const auto& [level, store] : state_->stores) {
    for (const auto& [compartment, tally] : store.tally()) {
      Counts& counts = all[compartment];
      const auto held = [&tally = tally](Holding holding) {
        return tally[static_cast<std::size_t>(holding)];
      };
      counts.applied = held(Holding::applied);
      counts.pending_parent = held(Holding::pending_parent);
      counts.pending_program = held(Holding::pending_program);
      counts.quarantined = held(Holding::quarantined);
      counts.purged = held(Holding::purged);
    }
    for (const StoredBatch& batch : store.batches()) {
      if (batch.content == Content::waits_for_key)
        all[batch.compartment].pending_key += batch.changes;
      if (batch.content == Content::undecodable)
        all[batch.compartment].quarantined += batch.changes;
    }
  }
  for (const CompartmentId& compartment : state_->log().compartments())
    add_batches_not_open(*state_, state_->store(compartment.level), compartment, all[compartment]);
  for (auto& [compartment, counts] : all) sum_up(counts);
  return all;
}

std::map<CompartmentId, CompartmentDigest> Replica::digests() const {
  std::map<CompartmentId, CompartmentDigest> all;
  for (const auto& [level, store] : state_->stores)
    for (const CompartmentId& compartment : store.compartments())
      all[compartment] = digest_of_compartment(*state_, store, compartment);
  return all;
}

std::uint64_t Replica::unsealed() const {
  std::uint64_t total = 0;
  for (const auto& [level, store] : state_->stores) total += store.unsealed_count();
  return total;
}

std::uint64_t Replica::undelivered() const {
  const Roster roster = state_->log().roster();
  std::uint64_t total = unsealed();
  for (const CompartmentId& compartment : state_->log().compartments()) {
    if (!goes_somewhere(*state_, roster, compartment)) continue;
    const std::set<BatchId> signed_for = signed_for_by_others(*state_, roster, compartment);
    for (const BatchId& id : state_->log().batches(compartment))
      if (is_own(*state_, id) && !signed_for.contains(id)) total += changes_in(*state_, id);
  }
  return total;
}

Result<int> Replica::issue_receipts() {
  int issued = 0;
  const Roster roster = state_->log().roster();
  for (const auto& [level, store] : state_->stores) {
    for (const CompartmentId& compartment : store.compartments()) {
      if (roster.keeper(compartment) != node()) continue;
      Receipt receipt;
      receipt.realm = state_->parts.unlocked.realm;
      receipt.grade = Grade::applied;
      receipt.issuer.bytes = node().bytes;
      receipt.incarnation = state_->life->incarnation();
      receipt.compartment = compartment;
      receipt.batches = ends_of_opened(*state_, store, compartment);
      receipt.states = {digest_of_compartment(*state_, store, compartment)};
      const std::vector<Receipt> before = state_->log().receipts(Scope{{compartment}});
      const bool is_said = std::any_of(before.begin(), before.end(), [&](const Receipt& said) {
        return said.grade == receipt.grade && said.issuer == receipt.issuer &&
               said.incarnation == receipt.incarnation && said.batches == receipt.batches &&
               said.states == receipt.states;
      });
      if (is_said || receipt.batches.empty()) continue;
      receipt.serial = number_from(recall(kReceiptSerialName)) + 1;
      remember(kReceiptSerialName, bytes_from(receipt.serial));
      receipt.signature = node_key().sign(Label::receipt, digest_to_sign(receipt));
      if (auto put = state_->log().put(receipt); !put) return put.error();
      ++issued;
    }
  }
  return issued;
}

}  // namespace jiyao
