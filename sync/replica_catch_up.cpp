// sync/replica_catch_up.cpp - from log.jdb into the open level files, one transaction per group of
// batches; safe to repeat.
#include <algorithm>
#include <limits>

#include "sync/counted_streams.h"
#include "sync/replica_state.h"

namespace jiyao {
namespace {

/// Changes that share one transaction: enough to be fast, little enough to stay in memory.
constexpr std::size_t kChangesPerCommit = 1000;

/// Batches of this level that the file has not looked into yet, by arrival; own ones only, or all.
std::vector<BatchId> unseen(const Replica::State& replica, Level level) {
  std::vector<BatchId> found;
  const auto seen = replica.seen.find(level);
  for (const CompartmentId& compartment : replica.log().compartments()) {
    if (compartment.level != level) continue;
    for (const BatchId& id : replica.log().batches(compartment))
      if (seen == replica.seen.end() || !seen->second.contains(id)) found.push_back(id);
  }
  return found;
}

/// A batch as the log holds it, and what is in it.
struct Arrived {
  BatchId id;
  std::optional<SealedBatch> batch;  ///< nullopt: purged or lost since it was listed
  std::optional<Result<OpenedBody>> opened;
};

/// Reads the batches that are due, in their order. The next one is decrypted and decoded while the
/// one before is shown: that needs no file, only its bytes and its key.
class OpenAhead {
 public:
  OpenAhead(const Replica::State& replica, std::vector<BatchId> due)
      : replica_(replica), due_(std::move(due)), beside_(replica.helper.get()) {}

  bool has_more() const { return taken_ < due_.size(); }
  Arrived take() {
    if (!is_begun_) begin();
    beside_.wait();
    Arrived now = std::move(coming_);
    ++taken_;
    is_begun_ = false;
    try {
      if (has_more()) begin();
    } catch (const StorageFailure&) {
      // Damage to the next is no matter of this one: it is met again when its turn comes.
    }
    return now;
  }

 private:
  void begin() {
    coming_ = {};
    coming_.id = due_[taken_];
    Result<SealedBatch> batch = replica_.log().batch(coming_.id);
    is_begun_ = true;
    if (!batch) return;
    coming_.batch = std::move(*batch);
    Result<BodyKey> key = body_key(*coming_.batch, replica_.keys);
    if (!key) {
      coming_.opened = key.error();
      return;
    }
    key_ = std::move(*key);
    beside_.begin([this] { coming_.opened = open_body(*coming_.batch, *key_); });
  }

  const Replica::State& replica_;
  std::vector<BatchId> due_;
  std::size_t taken_ = 0;
  bool is_begun_ = false;
  Arrived coming_;
  std::optional<BodyKey> key_;
  Beside beside_;  // last: it waits before what it works on goes
};

/// Integrates batches into one transaction.
class Integration {
 public:
  Integration(Replica::State& replica, Store& store)
      : replica_(replica), store_(store), work_(replica, store) {}

  std::size_t changes() const { return changes_; }

  void take(Arrived arrived) {
    if (!arrived.batch) return;  // the log counts it
    const SealedBatch& batch = *arrived.batch;
    StoredBatch row = store_.batch(arrived.id).value_or(row_of(batch));
    const Standing standing = work_.judge().of_batch(batch);
    row.judged = judged_from(standing);
    const NodeEntry* author = work_.judge().roster().node(row.author.node);
    if (author != nullptr && author->is_revoked) revoked_.insert(row.author.node);
    taken_.push_back(arrived.id);
    Result<OpenedBody>& opened = *arrived.opened;
    if (!opened) {
      row.content =
          opened.code() == Errc::unavailable ? Content::waits_for_key : Content::undecodable;
      if (row.content == Content::undecodable)
        row.judged = {static_cast<std::uint8_t>(Verdict::quarantined),
                      static_cast<std::uint8_t>(Ground::undecodable)};
      work_.writer().put(row);
      return;
    }
    row.content = Content::opened;
    work_.writer().put(row);
    const std::uint32_t repeats = take_changes(std::move(*opened), row, standing);
    if (repeats != row.repeats) {
      row.repeats = repeats;
      work_.writer().put(row);
    }
  }

  /// A batch whose standing may have changed: its changes are judged again.
  void judge_again(const StoredBatch& known) {
    const Result<SealedBatch> batch = replica_.log().batch(known.id);
    if (!batch || known.content != Content::opened) return;
    StoredBatch row = known;
    row.judged = judged_from(work_.judge().of_batch(*batch));
    if (row.judged == known.judged) return;
    if (standing_from(known.judged).verdict == Verdict::counts &&
        standing_from(row.judged).ground == Ground::cut_off)
      cut_off_.push_back(line_of(*batch));
    work_.writer().put(row);
    const Result<OpenedBody> opened = open_batch(*batch, replica_.keys);
    if (!opened) return;
    for (std::size_t i = 0; i < opened->changes.size(); ++i)
      work_.judge_again(opened->changes[i], opened->ids[i], row);
  }

  LevelWork& work() { return work_; }
  void finish() {
    judge_streams_again();
    if (!cut_off_.empty()) note_counted(replica_.log(), cut_off_);  // first: a crash repeats it
    work_.finish();
    replica_.seen[store_.level()].insert(taken_.begin(), taken_.end());
  }

 private:
  /// What came earlier of a revoked machine may lie before a cut that is only here by now.
  void judge_streams_again() {
    if (revoked_.empty()) return;
    for (const StoredBatch& batch : store_.batches())
      if (revoked_.contains(batch.author.node)) judge_again(batch);
  }

  static StoredBatch row_of(const SealedBatch& batch) {
    StoredBatch row;
    row.id = batch.id();
    row.compartment = batch.core().compartment;
    row.author = batch.author();
    row.roster = batch.core().roster;
    row.changes = batch.core().count;
    return row;
  }

  std::uint32_t take_changes(OpenedBody opened, const StoredBatch& row, const Standing& standing) {
    std::uint32_t repeats = 0;
    changes_ += opened.changes.size();
    for (std::size_t i = 0; i < opened.changes.size(); ++i) {
      StoredChange change;
      change.id = opened.ids[i];
      change.judged = judged_from(work_.judge().of_change(opened.changes[i], row.roster, standing));
      change.change = std::move(opened.changes[i]);
      change.batch = row.no;
      if (!work_.add(std::move(change), row.roster)) ++repeats;
    }
    return repeats;
  }

  Replica::State& replica_;
  Store& store_;
  LevelWork work_;
  std::vector<BatchId> taken_;
  std::set<NodeId> revoked_;        ///< authors of what was taken
  std::vector<BatchLine> cut_off_;  ///< counted until now
  std::size_t changes_ = 0;
};

/// What newer roster records say about what is here already.
struct RosterNews {
  std::set<NodeId> nodes;  ///< revoked, enrolled or given access
  std::set<BatchId> admitted;
  std::set<OfficeId> offices;  ///< with another lead node
  bool has_purges = false;
};

RosterNews news_since(const BatchLog& log, std::uint64_t seq) {
  RosterNews news;
  for (const Bytes& bytes : log.roster_records(seq)) {
    const Result<RosterRecord> record = decode_record(bytes);
    if (!record) continue;  // the log applied it, so it decodes
    for (const RosterBody& body : record->bodies) {
      if (const auto* node = std::get_if<NodeRecord>(&body)) news.nodes.insert(node->node);
      if (const auto* revoke = std::get_if<RevokeRecord>(&body)) news.nodes.insert(revoke->node);
      if (const auto* access = std::get_if<AccessRecord>(&body)) news.nodes.insert(access->node);
      if (const auto* office = std::get_if<OfficeRecord>(&body))
        news.offices.insert(office->office);
      if (const auto* admit = std::get_if<AdmitRecord>(&body))
        news.admitted.insert(admit->batches.begin(), admit->batches.end());
      news.has_purges = news.has_purges || std::holds_alternative<PurgeRecord>(body);
    }
  }
  return news;
}

void purge_records(Replica::State& replica, Store& store, Integration& integration) {
  for (const PurgeRecord& purge : replica.log().roster().purges())
    replica.purged.insert(purge.records.begin(), purge.records.end());
  for (const RecordId& record : replica.purged) {
    const std::optional<ShownRecord> row = store.record(record);
    if (!row) continue;
    integration.work().writer().erase_contents(row->no);
    for (const StoredChange& change : store.changes(row->no))
      integration.work().writer().set_holding(change, Holding::purged);
    integration.work().touch(row->no);
  }
}

/// The file moves on to the log's roster: own changes are sealed under the old one first.
Result<void> follow_roster(Replica::State& replica, Store& store) {
  const RosterPoint now = replica.log().roster().point();
  const RosterPoint before = point_of(store);
  if (before == now) return {};
  if (before.seq != 0) {
    const Result<int> sealed = seal_level(replica, store);
    if (!sealed && sealed.code() != Errc::unavailable) return sealed.error();
  }
  const RosterNews news = news_since(replica.log(), before.seq);
  Integration integration(replica, store);
  integration.work().set_point(now);
  for (const StoredBatch& batch : store.batches())
    if (news.nodes.contains(batch.author.node) || news.admitted.contains(batch.id))
      integration.judge_again(batch);
  if (news.has_purges) purge_records(replica, store, integration);
  for (const std::int64_t no : store.record_nos()) {
    const std::optional<ShownRecord> row = store.record(no);
    if (row && news.offices.contains(row->compartment.office)) integration.work().touch(no);
  }
  integration.finish();
  return {};
}

/// Batches that waited for a key which is here by now.
std::vector<BatchId> openable_now(const Replica::State& replica, const Store& store) {
  std::vector<BatchId> ids;
  for (const StoredBatch& row : store.batches()) {
    if (row.content != Content::waits_for_key) continue;
    const Result<SealedBatch> batch = replica.log().batch(row.id);
    if (!batch) continue;
    for (const WrapSlot& wrap : batch->header().envelope.wraps)
      if (wrap.epoch != 0 && replica.keys.key(wrap.compartment, wrap.epoch) != nullptr) {
        ids.push_back(row.id);
        break;
      }
  }
  return ids;
}

}  // namespace

void follow_definitions(Replica::State& replica, Store& store) {
  const Digest hash = replica.parts.definitions.hash();
  Bytes bytes(hash.bytes.begin(), hash.bytes.end());
  bytes.push_back(kShowingVersion);
  const std::optional<Bytes> before = store.own(kDefinitionsName);
  if (before == bytes) return;
  Integration integration(replica, store);
  integration.work().writer().set_own(kDefinitionsName, bytes);
  for (const std::int64_t no : before ? store.record_nos() : std::vector<std::int64_t>()) {
    const std::optional<ShownRecord> row = store.record(no);
    for (const StoredChange& change : store.changes(no))
      if (const auto batch = row ? store.batch(change.batch) : std::nullopt)
        integration.work().judge_again(change.change, change.id, *batch);
    integration.work().touch(no);
  }
  integration.finish();
}

void heal_interrupted_seal(Replica::State& replica, Store& store) {
  std::vector<BatchId> own;
  for (const BatchId& id : unseen(replica, store.level())) {
    const auto line = replica.log().find(id);
    if (line && line->author == replica.author()) own.push_back(id);
  }
  if (own.empty()) return;
  OpenAhead ahead(replica, std::move(own));
  Integration integration(replica, store);
  while (ahead.has_more()) integration.take(ahead.take());
  integration.finish();
}

Result<CaughtUp> catch_up_level(Replica::State& replica, Store& store, bool has_new_keys,
                                std::size_t batches_max, const Progress* progress) {
  CaughtUp done;
  follow_definitions(replica, store);
  if (auto followed = follow_roster(replica, store); !followed) return followed.error();
  std::vector<BatchId> due = unseen(replica, store.level());
  if (has_new_keys) {
    const std::vector<BatchId> waiting = openable_now(replica, store);
    due.insert(due.begin(), waiting.begin(), waiting.end());
  }
  done.is_complete = due.size() <= batches_max;
  due.resize(std::min(due.size(), batches_max));
  const std::size_t total = due.size();
  OpenAhead ahead(replica, std::move(due));
  while (ahead.has_more()) {
    Integration integration(replica, store);
    while (ahead.has_more() && integration.changes() < kChangesPerCommit) {
      integration.take(ahead.take());
      ++done.batches;
    }
    integration.finish();
    done.changes += integration.changes();
    if (progress != nullptr && progress->step) progress->step(done.batches, total);
  }
  return done;
}

Result<void> show_arrived(Replica::State& replica) {
  for (auto& [level, store] : replica.stores) {
    if (unseen(replica, level).empty()) continue;
    const auto shown =
        catch_up_level(replica, store, false, std::numeric_limits<std::size_t>::max(), nullptr);
    if (!shown) return shown.error();
  }
  return {};
}

Result<CaughtUp> Replica::catch_up(std::size_t batches_max, const Progress* progress) {
  CaughtUp all;
  // Keys that came before the program last ended, or that a short catch_up() did not get to, are
  // still new to batches that wait: they count as tried only after a whole pass.
  if (state_->refresh_keys()) state_->has_untried_keys = true;
  const bool has_new_keys = state_->has_untried_keys;
  for (auto& [level, store] : state_->stores) {
    const std::size_t left = batches_max - std::min<std::size_t>(batches_max, all.batches);
    const Result<CaughtUp> done = catch_up_level(*state_, store, has_new_keys, left, progress);
    if (!done) return done.error();
    all.batches += done->batches;
    all.changes += done->changes;
    all.is_complete = all.is_complete && done->is_complete;
  }
  if (all.is_complete) state_->has_untried_keys = false;
  return all;
}

}  // namespace jiyao
