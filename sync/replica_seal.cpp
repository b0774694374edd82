// sync/replica_seal.cpp - own changes into batches: whole acts, sealed, signed, into the log.
#include <algorithm>

#include "sync/replica_state.h"

namespace jiyao {
namespace {

/// Own changes looked at together: several batches' worth, little enough to stay in memory.
constexpr std::size_t kChangesPerRound = 2000;
static_assert(kChangesPerRound > kActChangesMax);

/// Columns and zstd leave less than a quarter of ledger text; what does not shrink so is halved
/// until it fits a batch.
constexpr std::size_t kCanonicalPerSealedByte = 4;

/// What a level file says of an own change that is in no batch yet.
struct Unsealed {
  std::int64_t no = 0;
  ChangeId id;
  Holding holding = Holding::applied;
  Judged judged;
};

/// Changes of whole acts that go into one batch, and their rows.
struct Packing {
  std::vector<Change> changes;
  std::vector<Unsealed> rows;
};
struct PackingView {
  std::span<const Change> changes;
  std::span<const Unsealed> rows;
  PackingView part(std::size_t begin, std::size_t end) const {
    return {changes.subspan(begin, end - begin), rows.subspan(begin, end - begin)};
  }
};

/// Cuts the changes of one compartment, in order, between acts.
std::vector<Packing> pack(std::vector<StoredChange> changes, std::size_t bytes_target) {
  std::vector<Packing> packed;
  std::size_t bytes = 0;
  for (std::size_t begin = 0; begin < changes.size();) {
    const ActId act = changes[begin].change.act;
    std::size_t end = begin, act_bytes = 0;
    for (; end < changes.size() && changes[end].change.act == act; ++end)
      act_bytes += canonical_bytes(changes[end].change);
    const bool is_full = packed.empty() || bytes + act_bytes > bytes_target ||
                         packed.back().changes.size() + (end - begin) > kBatchChangesMax;
    if (is_full) packed.emplace_back(), bytes = 0;
    bytes += act_bytes;
    for (; begin < end; ++begin) {
      StoredChange& change = changes[begin];
      packed.back().rows.push_back({change.no, change.id, change.holding, change.judged});
      packed.back().changes.push_back(std::move(change.change));
    }
  }
  return packed;
}

HeadCite newest_head(const BatchLog& log) {
  HeadCite cite;
  for (const HubHead& head : log.heads())
    if (head.position >= cite.position)
      cite = {head.hub, head.incarnation, head.position, head.head};
  return cite;
}

class Sealer {
 public:
  Sealer(Replica::State& replica, Store& store)
      : replica_(replica),
        store_(store),
        roster_(replica.log().roster()),
        cite_(newest_head(replica.log())) {}

  /// errors: unavailable (no epoch yet), and what the log refuses
  Result<int> seal(const CompartmentId& compartment, std::vector<StoredChange> changes) {
    const std::optional<EpochEntry> epoch = roster_.epoch(compartment);
    if (!epoch) return {Errc::unavailable, "no epoch key yet: " + compartment.text()};
    int made = 0;
    for (const Packing& packing :
         pack(std::move(changes), kCanonicalPerSealedByte * kBatchTargetBytes)) {
      const Result<int> done = seal_packing(compartment, *epoch, {packing.changes, packing.rows});
      if (!done) return done.error();
      made += *done;
    }
    return made;
  }

 private:
  Result<int> seal_packing(const CompartmentId& compartment, const EpochEntry& epoch,
                           const PackingView& packing) {
    const SealInput input{.node = *replica_.parts.unlocked.node_sign,
                          .core = core_for(compartment),
                          .epoch = epoch,
                          .changes = packing.changes};
    const Result<SealedBatch> batch = seal_batch(input);
    if (!batch && batch.code() == Errc::too_large) return seal_halves(compartment, epoch, packing);
    if (!batch) return batch.error();
    const Route here{.kind = RouteKind::local, .ceiling = Level::top_secret};
    const auto appended = replica_.log().append(*batch, here, replica_.parts.unlocked.node);
    if (!appended) return appended.error();
    mark_sealed(*batch, packing);
    return 1;
  }

  // Text that does not compress may pass a batch's size: half of the acts will not.
  Result<int> seal_halves(const CompartmentId& compartment, const EpochEntry& epoch,
                          const PackingView& packing) {
    const std::span<const Change> changes = packing.changes;
    std::size_t cut = changes.size() / 2;
    while (cut > 0 && changes[cut].act == changes[cut - 1].act) --cut;
    if (cut == 0) {
      cut = changes.size() / 2;
      while (cut < changes.size() && changes[cut].act == changes[cut - 1].act) ++cut;
    }
    if (cut == 0 || cut == changes.size()) return {Errc::too_large, "one act does not fit a batch"};
    const Result<int> first = seal_packing(compartment, epoch, packing.part(0, cut));
    if (!first) return first;
    const Result<int> second = seal_packing(compartment, epoch, packing.part(cut, changes.size()));
    if (!second) return second;
    return *first + *second;
  }

  BatchCore core_for(const CompartmentId& compartment) const {
    BatchCore core;
    core.realm = replica_.parts.unlocked.realm;
    core.node = replica_.parts.unlocked.node;
    core.incarnation = replica_.life->incarnation();
    core.compartment = compartment;
    core.seq = 1;
    if (const auto tip = replica_.log().tip(replica_.author(), compartment)) {
      core.seq = tip->seq + 1;
      core.prev = tip->id;
    }
    core.roster = point_of(store_);
    core.cite = cite_;
    return core;
  }

  void mark_sealed(const SealedBatch& batch, const PackingView& packing) {
    LevelWork work(replica_, store_);
    StoredBatch row;
    row.id = batch.id();
    row.compartment = batch.core().compartment;
    row.author = batch.author();
    row.roster = batch.core().roster;
    row.changes = batch.core().count;
    row.content = Content::opened;
    const Standing standing = work.judge().of_batch(batch);
    row.judged = judged_from(standing);
    work.writer().put(row);
    for (std::size_t i = 0; i < packing.rows.size(); ++i) {
      const Unsealed& own = packing.rows[i];
      const Judged judged =
          judged_from(work.judge().of_change(packing.changes[i], row.roster, standing));
      // Sealed under the point it was recorded at, and judged the same: nothing shown can differ.
      if (judged == own.judged && row.roster == work.point())
        work.writer().put_batch(own.no, row.no);
      else
        work.add({own.no, own.id, packing.changes[i], row.no, own.holding, judged}, row.roster);
    }
    work.finish();
    replica_.seen[store_.level()].insert(batch.id());
  }

  Replica::State& replica_;
  Store& store_;
  Roster roster_;
  HeadCite cite_;
};

/// The next unsealed changes behind `after`, whole acts; the numbers of an act are neighbours.
std::vector<StoredChange> next_acts(const Store& store, const std::optional<StoredChange>& after) {
  std::vector<StoredChange> changes = store.unsealed(kChangesPerRound, after ? &*after : nullptr);
  if (changes.size() < kChangesPerRound) return changes;
  const ActId cut = changes.back().change.act;
  while (changes.back().change.act == cut) changes.pop_back();
  return changes;
}

}  // namespace

Result<int> seal_level(Replica::State& replica, Store& store, int batches_max) {
  heal_interrupted_seal(replica, store);
  // Somebody may have shown us work of this life that we do not have: then we are a copy.
  replica.life->renew_if_shown_foreign();
  int made = 0;
  std::optional<Error> first_error;
  std::optional<StoredChange> last;
  while (made < batches_max) {
    std::vector<StoredChange> changes = next_acts(store, last);
    if (changes.empty()) break;
    last = changes.back();
    std::map<CompartmentId, std::vector<StoredChange>> by_compartment;
    for (StoredChange& change : changes)
      by_compartment[change.change.compartment].push_back(std::move(change));
    for (auto& [compartment, some] : by_compartment) {
      const Result<int> sealed = Sealer(replica, store).seal(compartment, std::move(some));
      if (sealed) made += *sealed;
      // One compartment without a key holds up only itself (P7).
      if (!sealed && !first_error) first_error = sealed.error();
    }
  }
  if (made > 0) replica.life->note_sealed();
  if (made == 0 && first_error) return *first_error;
  return made;
}

Result<int> Replica::seal_pending(int batches_max) {
  int made = 0;
  std::optional<Error> first_error;
  for (auto& [level, store] : state_->stores) {
    const Result<int> sealed = seal_level(*state_, store, batches_max);
    if (sealed) made += *sealed;
    if (!sealed && !first_error) first_error = sealed.error();
  }
  if (made == 0 && first_error) return *first_error;
  return made;
}

Result<void> Replica::before_roster(ByteView) {
  // What cannot be sealed yet (no epoch) is sealed later, under the newer point: it was recorded by
  // somebody who still has to be allowed to by then.
  const Result<int> sealed = seal_pending();
  if (!sealed && sealed.code() != Errc::unavailable) return sealed.error();
  return {};
}

}  // namespace jiyao
