// sync/log_file.cpp - batches and roster in and out of log.jdb.
#include "sync/log_file.h"

#include "sync/log_file_state.h"

namespace jiyao {

LogUnit::LogUnit(LogFile::State& state) : state_(state) {
  state_.require_sound();
  if (!state_.group) own_.emplace(state_.database);
}

LogUnit::~LogUnit() {
  if (!is_committed_) state_.is_broken = true;
}

void LogUnit::commit() {
  if (own_) own_->commit();
  is_committed_ = true;
}

LogFile::Group::Group(LogFile& log) : log_(log) {
  log.state_->require_sound();
  JIYAO_ASSERT(!log.state_->group);
  log.state_->group.emplace(log.state_->database);
}

LogFile::Group::~Group() {
  if (!log_.state_->group) return;
  log_.state_->is_broken = true;
  log_.state_->group.reset();
}

void LogFile::Group::commit() {
  log_.state_->require_sound();
  log_.state_->group->commit();
  log_.state_->group.reset();
}

Level stored_level(std::int64_t number) {
  if (number < 0 || number >= kLevels)
    throw StorageFailure(StorageFailure::Kind::damaged, "a stored level");
  return static_cast<Level>(number);
}

Bytes copy_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

namespace {

SealedBatch parse_stored(const BatchId& id, ByteView bytes) {
  Result<SealedBatch> batch = SealedBatch::parse(bytes);
  if (!batch || batch->id() != id)
    throw StorageFailure(StorageFailure::Kind::damaged, "stored batch " + id.hex());
  return std::move(batch).value();
}

}  // namespace

// --- open --------------------------------------------------------------------------------------

LogFile::LogFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
LogFile::~LogFile() = default;

Result<std::unique_ptr<LogFile>> LogFile::create(Env& env, const Path& path, const LogFileKey& key,
                                                 const NodeId& self) {
  Result<Database> file =
      Database::open(env.files, path, key.id, key.key, Database::Access::create);
  if (!file) return file.error();
  if (const auto migrated = file->migrate(migrations("log")); !migrated) return migrated.error();
  std::unique_ptr<LogFile> log(new LogFile(std::make_unique<State>(env, std::move(*file), self)));
  log->remember("self", self.view());
  return log;
}

Result<std::unique_ptr<LogFile>> LogFile::open(Env& env, const Path& path, const LogFileKey& key,
                                               const NodeId& self) {
  Result<Database> file =
      Database::open(env.files, path, key.id, key.key, Database::Access::read_write);
  if (!file) return file.error();
  if (const auto migrated = file->migrate(migrations("log")); !migrated) return migrated.error();
  std::unique_ptr<LogFile> log(new LogFile(std::make_unique<State>(env, std::move(*file), self)));
  const std::optional<Bytes> owner = log->recall("self");
  if (!owner)  // a crash between making the file and naming its owner
    log->remember("self", self.view());
  else if (!equal(*owner, self.view()))
    return {Errc::not_for_us, "the log of another node"};
  log->state_->load();
  return log;
}

void LogFile::State::load() {
  load_roster();
  load_batches();
  load_waiting();
  load_papers();
}

void LogFile::State::load_roster() {
  Statement select(database, "SELECT bytes FROM roster ORDER BY seq");
  while (select.step()) {
    Result<Roster> next = roster.append(select.blob(0));
    if (!next) throw StorageFailure(StorageFailure::Kind::damaged, "stored roster record");
    roster = std::move(*next);
  }
}

void LogFile::State::load_batches() {
  Statement select(database,
                   "SELECT id, office, level, node, incarnation, seq, prev, size "
                   "FROM batch ORDER BY position");
  while (select.step())
    index.add(
        {.id = select.block<BatchId>(0),
         .compartment = {.office = select.block<OfficeId>(1),
                         .level = stored_level(select.integer(2))},
         .author = {.node = select.block<NodeId>(3), .incarnation = select.block<IncarnationId>(4)},
         .seq = static_cast<std::uint64_t>(select.integer(5)),
         .prev = select.block<BatchId>(6),
         .bytes = static_cast<std::uint32_t>(select.integer(7))});
}

void LogFile::State::load_waiting() {
  Statement select(database, "SELECT id, peer, size FROM waiting ORDER BY position");
  while (select.step())
    room.enter(select.block<BatchId>(0), select.block<NodeId>(1),
               static_cast<std::size_t>(select.integer(2)));
}

// --- batches -----------------------------------------------------------------------------------

void LogFile::State::require_sound() const {
  if (is_broken)
    throw StorageFailure(StorageFailure::Kind::io, "the log failed before: open it again");
}

void LogFile::State::store(const SealedBatch& batch) {
  const BatchLine line = line_of(batch);
  Statement insert(database,
                   "INSERT INTO batch(id, office, level, node, incarnation, seq, prev, size, bytes)"
                   " VALUES (:id, :office, :level, :node, :incarnation, :seq, :prev, :size,"
                   " :bytes)");
  insert.bind(":id", line.id).bind(":office", line.compartment.office);
  insert.bind(":level", static_cast<int>(line.compartment.level));
  insert.bind(":node", line.author.node).bind(":incarnation", line.author.incarnation);
  // All 64 bits of a hostile number, too: SQLite's integers are signed.
  insert.bind(":seq", static_cast<std::int64_t>(line.seq)).bind(":prev", line.prev);
  insert.bind(":size", line.bytes).bind(":bytes", batch.bytes()).run();

  const std::size_t forks_before = index.forks().size();
  index.add(line);
  for (std::size_t i = forks_before; i < index.forks().size(); ++i) {
    const Fork fork = index.forks()[i];
    Bytes subject = copy_of(fork.lesser.view());
    subject.insert(subject.end(), fork.greater.bytes.begin(), fork.greater.bytes.end());
    add_incident("fork", subject,
                 "node " + fork.author.node.hex() + ", batches " + fork.lesser.hex() + " and " +
                     fork.greater.hex());
  }
}

void LogFile::State::set_aside(const SealedBatch& batch, const Route& route, const NodeId& peer) {
  Statement insert(database,
                   "INSERT INTO waiting(id, peer, route, ceiling, size, bytes)"
                   " VALUES (:id, :peer, :route, :ceiling, :size, :bytes)");
  insert.bind(":id", batch.id()).bind(":peer", peer);
  insert.bind(":route", static_cast<int>(route.kind));
  insert.bind(":ceiling", static_cast<int>(route.ceiling));
  insert.bind(":size", batch.bytes().size()).bind(":bytes", batch.bytes()).run();
  room.enter(batch.id(), peer, batch.bytes().size());
}

// Somebody shows us a batch of our own present life that we never made: this file was restored or
// cloned. sync/incarnation.h acts on it.
void LogFile::State::note_if_own(const SealedBatch& batch, const NodeId& from_peer) {
  if (batch.core().node != self || from_peer == self) return;
  const std::optional<Bytes> present = recall(kIncarnationName);
  if (present && equal(*present, batch.core().incarnation.view()))
    remember(kForeignOwnName, batch.id().view());
}

Result<Appended> LogFile::append(const SealedBatch& batch, const Route& route,
                                 const NodeId& from_peer) {
  State& state = *state_;
  state.require_sound();
  if (state.index.holds(batch.id())) return Appended::held_already;
  const Result<Admitted> admitted =
      admit(batch, state.roster, route, device_ceiling_of(state.roster, state.self));
  if (!admitted) return admitted.error();
  if (*admitted == Admitted::wait) {
    if (state.room.holds(batch.id())) return Appended::waiting;
    if (!state.room.has_room(from_peer, batch.bytes().size()))
      return {Errc::too_large, "too much of unknown authors waits already"};
    LogUnit unit(state);
    state.set_aside(batch, route, from_peer);
    unit.commit();
    return Appended::waiting;
  }
  LogUnit unit(state);
  state.store(batch);
  state.note_if_own(batch, from_peer);
  unit.commit();
  return Appended::stored;
}

bool LogFile::holds(const BatchId& id) const {
  return state_->index.holds(id);
}

Result<SealedBatch> LogFile::batch(const BatchId& id) const {
  state_->require_sound();
  Statement select(state_->database, "SELECT bytes FROM batch WHERE id = :id");
  select.bind(":id", id);
  if (!select.step()) return {Errc::not_found, id.hex()};
  return parse_stored(id, select.blob(0));
}

Frontier LogFile::frontier(const CompartmentId& compartment) const {
  return state_->index.frontier(compartment);
}
std::vector<BatchId> LogFile::batches(const CompartmentId& compartment) const {
  return state_->index.batches(compartment);
}
std::vector<CompartmentId> LogFile::compartments() const {
  return state_->index.compartments();
}
Missing LogFile::missing(const Scope& scope, std::span<const CompartmentFrontier> theirs,
                         std::size_t bytes_max) const {
  return state_->index.missing(scope, theirs, bytes_max);
}
bool LogFile::reaches(const BatchId& batch, const BatchId& ancestor) const {
  return state_->index.reaches(batch, ancestor);
}
const NodeId& LogFile::self() const {
  return state_->self;
}
std::optional<BatchLine> LogFile::find(const BatchId& id) const {
  return state_->index.find(id);
}
std::optional<BatchLine> LogFile::tip(const Author& author,
                                      const CompartmentId& compartment) const {
  return state_->index.tip(author, compartment);
}
std::vector<Fork> LogFile::forks() const {
  return state_->index.forks();
}
std::size_t LogFile::waiting() const {
  return state_->room.size();
}

// --- roster ------------------------------------------------------------------------------------

Roster LogFile::roster() const {
  return state_->roster;
}

Result<void> LogFile::extend_roster(ByteView record) {
  State& state = *state_;
  state.require_sound();
  Result<Roster> next = state.roster.append(record);
  if (!next && next.code() == Errc::exists) return {};
  if (!next) return next.error();
  LogUnit unit(state);
  Statement insert(state.database, "INSERT INTO roster(seq, bytes) VALUES (:seq, :bytes)");
  insert.bind(":seq", next->point().seq).bind(":bytes", record).run();
  state.roster = std::move(*next);
  state.shelf.drop_answered(state.roster);
  state.retry_waiting();
  unit.commit();
  return {};
}

void LogFile::State::retry_waiting() {
  struct Guest {
    SealedBatch batch;
    Route route;
    NodeId peer;
  };
  std::int64_t after = 0;
  while (true) {  // one at a time: what waits may be 64 MiB of each peer
    std::optional<Guest> guest;
    {
      Statement select(database,
                       "SELECT position, id, peer, route, ceiling, bytes FROM waiting "
                       "WHERE position > :after ORDER BY position LIMIT 1");
      select.bind(":after", after);
      if (!select.step()) return;
      after = select.integer(0);
      guest.emplace(Guest{.batch = parse_stored(select.block<BatchId>(1), select.blob(5)),
                          .route = {.kind = static_cast<RouteKind>(select.integer(3)),
                                    .ceiling = stored_level(select.integer(4))},
                          .peer = select.block<NodeId>(2)});
    }
    const BatchId id = guest->batch.id();
    const Result<Admitted> admitted =
        admit(guest->batch, roster, guest->route, device_ceiling_of(roster, self));
    if (admitted ? *admitted == Admitted::wait : admitted.code() == Errc::need_roster) continue;
    Statement leave(database, "DELETE FROM waiting WHERE id = :id");
    leave.bind(":id", id).run();
    room.leave(id);
    if (!admitted)
      add_incident("refused_after_waiting", id.view(), admitted.error().detail);
    else if (!index.holds(id)) {
      store(guest->batch);
      note_if_own(guest->batch, guest->peer);
    }
  }
}

std::vector<Bytes> LogFile::roster_records(std::uint64_t after_seq) const {
  state_->require_sound();
  std::vector<Bytes> records;
  Statement select(state_->database, "SELECT bytes FROM roster WHERE seq > :after ORDER BY seq");
  select.bind(":after", after_seq);
  while (select.step()) records.push_back(copy_of(select.blob(0)));
  return records;
}

}  // namespace jiyao
