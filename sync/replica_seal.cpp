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

/// Own changes of one level file into batches. While a batch is laid out, compressed and sealed,
/// which needs no file, the one before goes into the log and the level file, and the next changes
/// are read.
class Sealer {
 public:
  Sealer(Replica::State& replica, Store& store)
      : replica_(replica),
        store_(store),
        roster_(replica.log().roster()),
        cite_(newest_head(replica.log())),
        beside_(replica.helper.get()) {}

  /// Returns how many batches it will be: what of them could not be is told by error().
  int add(const CompartmentId& compartment, std::vector<StoredChange> changes) {
    const std::optional<EpochEntry> epoch = roster_.epoch(compartment);
    // Sealed to a key that never came here it would be closed to us, and if its keeper lost it, to
    // all.
    if (!epoch || replica_.keys.key(compartment, epoch->epoch) == nullptr) {
      note({Errc::unavailable, "no epoch key yet: " + compartment.text()});
      return 0;
    }
    int begun = 0;
    for (Packing& packing : pack(std::move(changes), kCanonicalPerSealedByte * kBatchTargetBytes)) {
      ++begun;
      if (!follow({compartment, *epoch, std::move(packing), {}, {}})) break;
    }
    return begun;
  }
  void finish() {
    beside_.wait();
    if (const std::unique_ptr<UnderWay> last = std::move(under_way_)) commit(*last);
  }

  int made() const { return made_; }
  /// The first thing that went wrong: unavailable (no epoch yet), and what the log refuses.
  const std::optional<Error>& error() const { return error_; }

 private:
  /// A batch while it is sealed.
  struct UnderWay {
    CompartmentId compartment;
    EpochEntry epoch;
    Packing packing;
    BatchCore core;
    std::optional<Result<SealedBatch>> batch;
  };

  void note(const Error& error) {
    if (!error_) error_ = error;
  }

  /// Begins the next batch, then commits the one before. False: that one could not be, and
  /// everything of its compartment waits.
  bool follow(UnderWay next) {
    beside_.wait();
    const std::unique_ptr<UnderWay> before = std::move(under_way_);
    const bool is_same = before && before->compartment == next.compartment;
    // What hangs on a batch that has to be cut in two, or goes into another stream, begins later.
    const bool is_ready = is_same && bool(*before->batch);
    if (before && !is_ready && !commit(*before) && is_same) return false;
    next.core = core_for(next.compartment, is_ready ? &**before->batch : nullptr);
    under_way_ = std::make_unique<UnderWay>(std::move(next));
    beside_.begin([this, one = under_way_.get()] {
      one->batch = seal_batch({.node = *replica_.parts.unlocked.node_sign,
                               .core = one->core,
                               .epoch = one->epoch,
                               .changes = one->packing.changes});
    });
    if (!is_ready || commit(*before)) return true;
    beside_.wait();
    under_way_.reset();
    return false;
  }

  bool commit(const UnderWay& one) {
    const PackingView packing{one.packing.changes, one.packing.rows};
    const Result<SealedBatch>& batch = *one.batch;
    const Result<int> done = batch ? put(*batch, packing)
                             : batch.code() == Errc::too_large
                                 ? seal_halves(one.compartment, one.epoch, packing)
                                 : Result<int>(batch.error());
    if (!done) note(done.error());
    if (done) made_ += *done;
    return bool{done};
  }

  Result<int> put(const SealedBatch& batch, const PackingView& packing) {
    const Route here{.kind = RouteKind::local, .ceiling = Level::top_secret};
    const auto appended = replica_.log().append(batch, here, replica_.parts.unlocked.node);
    if (!appended) return appended.error();
    mark_sealed(batch, packing);
    return 1;
  }

  Result<int> seal_packing(const CompartmentId& compartment, const EpochEntry& epoch,
                           const PackingView& packing) {
    const Result<SealedBatch> batch = seal_batch({.node = *replica_.parts.unlocked.node_sign,
                                                  .core = core_for(compartment, nullptr),
                                                  .epoch = epoch,
                                                  .changes = packing.changes});
    if (!batch && batch.code() == Errc::too_large) return seal_halves(compartment, epoch, packing);
    if (!batch) return batch.error();
    return put(*batch, packing);
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

  /// `before`: its predecessor, when the log does not hold that one yet.
  BatchCore core_for(const CompartmentId& compartment, const SealedBatch* before) const {
    BatchCore core;
    core.realm = replica_.parts.unlocked.realm;
    core.node = replica_.parts.unlocked.node;
    core.incarnation = replica_.life->incarnation();
    core.compartment = compartment;
    core.seq = 1;
    if (before != nullptr) {
      core.seq = before->core().seq + 1;
      core.prev = before->id();
    } else if (const auto tip = replica_.log().tip(replica_.author(), compartment)) {
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
  std::unique_ptr<UnderWay> under_way_;
  int made_ = 0;
  std::optional<Error> error_;
  Beside beside_;  // last: it waits before what it works on goes
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
  Sealer sealer(replica, store);
  std::optional<StoredChange> last;
  for (int begun = 0; begun < batches_max;) {
    std::vector<StoredChange> changes = next_acts(store, last);
    if (changes.empty()) break;
    last = changes.back();
    std::map<CompartmentId, std::vector<StoredChange>> by_compartment;
    for (StoredChange& change : changes)
      by_compartment[change.change.compartment].push_back(std::move(change));
    // One compartment without a key holds up only itself (P7).
    for (auto& [compartment, some] : by_compartment)
      begun += sealer.add(compartment, std::move(some));
  }
  sealer.finish();
  if (sealer.made() > 0) replica.life->note_sealed();
  if (sealer.made() == 0 && sealer.error()) return *sealer.error();
  return sealer.made();
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
  // What came before it is shown while the roster holds under which it came (counted_streams.h).
  return show_arrived(*state_);
}

}  // namespace jiyao
