// server/sqlite_store.cpp - batches, roster and positions of the hub's store.
#include "server/sqlite_store.h"

#include <Poco/Data/RecordSet.h>

#include "crypto/random.h"
#include "schema/database.h"
#include "server/sqlite_store_state.h"

namespace jiyao {

using namespace Poco::Data::Keywords;
using Poco::Data::Session;
using Blob = SqliteSession::Blob;

namespace {

constexpr std::string_view kFileName = "/hub.jdb";
constexpr std::size_t kLoggedBytesMax = std::size_t{1} << 20;

std::uint64_t number_of(ByteView bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 8; ++i)
    number |= std::uint64_t{bytes[i]} << (8 * i);
  return number;
}

Bytes bytes_of(std::uint64_t number) {
  Bytes bytes;
  for (unsigned i = 0; i < 8; ++i) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  return bytes;
}

/// A hub has one file; its id is the hub's.
FileId file_id_of(const HubId& hub) {
  return *FileId::from(hub.view());
}

Result<void> migrate(Files& files, const Path& path, const FileId& id, const Secret<32>& key) {
  Result<Database> database = Database::open(files, path, id, key, Database::Access::read_write);
  if (!database) return database.error();
  return database->migrate(migrations("hub"));
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(Files& files, const Path& folder,
                                                       const Secret<32>& file_key,
                                                       HubIdentity identity, bool make_new) {
  const Path path = folder + std::string(kFileName);
  const FileId id = file_id_of(identity.hub);
  if (make_new) {
    files.make_folder(folder);
    if (const Result<void> made = create_sealed_file(files, path, id, file_key); !made)
      return made.error();
  } else if (!files.exists(path)) {
    return {Errc::not_found, path};
  }
  return open_file(files, path, file_key, identity);
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open_file(Files& files, const Path& path,
                                                            const Secret<32>& file_key,
                                                            HubIdentity identity) {
  const FileId id = file_id_of(identity.hub);
  if (const Result<void> migrated = migrate(files, path, id, file_key); !migrated)
    return migrated.error();
  Result<Announcement> announced = announce_sealed_file(files, path, id, file_key);
  if (!announced) return announced.error();
  Result<std::unique_ptr<SqliteSession>> session = SqliteSession::open(std::move(*announced));
  if (!session) return session.error();
  auto state = std::make_unique<State>(files, std::move(*session), identity, file_key);
  state->load();
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(state)));
}

SqliteStore::SqliteStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteStore::~SqliteStore() = default;

void SqliteStore::State::set_meta(const std::string& name, ByteView value) {
  Blob blob = SqliteSession::blob(value);
  std::string key = name;
  session->run([&](Session& s) {
    s << "INSERT INTO meta(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = "
         "excluded.value",
        use(key), use(blob), now;
  });
}

std::optional<Bytes> SqliteStore::State::meta(const std::string& name) {
  std::vector<Blob> found;
  std::string key = name;
  session->run([&](Session& s) {
    s << "SELECT value FROM meta WHERE name = ?", use(key), into(found), now;
  });
  if (found.empty()) return std::nullopt;
  const ByteView view = SqliteSession::view(found.front());
  return Bytes(view.begin(), view.end());
}

void SqliteStore::State::save_number(const std::string& name, std::uint64_t number) {
  set_meta(name, bytes_of(number));
}

// What was not committed is gone, and with it all that the mirrors took from it.
void SqliteStore::State::load_anew() {
  session->end_left_open();
  index = {};
  shelf = {};
  room = {};
  roster = Roster();
  roster_records.clear();
  position = serial = 0;
  head = {};
  former = {};
  last_signed.reset();
  counted.clear();
  load();
  is_forgotten = false;
}

void SqliteStore::trust(CheckedSigners checked) {
  state_->checked = std::move(checked);
}

void SqliteStore::as_one(const std::function<void()>& act) {
  if (state_->is_forgotten) state_->load_anew();
  try {
    state_->session->in_transaction(act);
  } catch (const std::exception&) {
    state_->is_forgotten = true;  // until it could be read: if not now, before the next group
    state_->load_anew();
    throw;
  }
  if (state_->logged_bytes < kLoggedBytesMax) return;
  state_->session->shorten_log();
  state_->logged_bytes = 0;
}

void SqliteStore::State::load() {
  std::vector<Blob> records, batches, papers;
  std::vector<int> kinds;
  session->run(
      [&](Session& s) { s << "SELECT bytes FROM roster ORDER BY seq", into(records), now; });
  for (const Blob& record : records) {
    const ByteView bytes = SqliteSession::view(record);
    const Result<Roster> next = roster.append(bytes);
    if (!next) throw StorageFailure(StorageFailure::Kind::damaged, "hub.jdb: roster record");
    roster = *next;
    roster_records.emplace_back(bytes.begin(), bytes.end());
  }
  session->run([&](Session& s) {
    Poco::Data::Statement select(s);
    Blob bytes;
    Blob chained;
    select << "SELECT bytes, head FROM batch ORDER BY position", into(bytes), into(chained),
        range(0, 1);
    while (!select.done()) {
      if (select.execute() == 0) break;
      const Result<SealedBatch> batch = SealedBatch::parse(SqliteSession::view(bytes));
      if (!batch) throw StorageFailure(StorageFailure::Kind::damaged, "hub.jdb: batch");
      index.add(line_of(*batch));
      head = next_head(head, batch->id());
      if (!equal(head.view(), SqliteSession::view(chained)))
        throw StorageFailure(StorageFailure::Kind::damaged, "hub.jdb: head chain");
      ++position;
    }
  });
  session->run([&](Session& s) {
    s << "SELECT kind, bytes FROM paper ORDER BY kind", into(kinds), into(papers), now;
  });
  for (std::size_t i = 0; i < papers.size(); ++i) {
    const ByteView bytes = SqliteSession::view(papers[i]);
    if (const auto kind = static_cast<PaperKind>(kinds[i]); kind == PaperKind::receipt) {
      if (const auto receipt = decode_receipt(bytes)) (void)shelf.put(*receipt);
    } else if (kind == PaperKind::grant) {
      if (const auto grant = decode_grant(bytes)) (void)shelf.put(*grant);
    } else if (kind == PaperKind::epoch_request) {
      if (const auto request = decode_epoch_request(bytes)) (void)shelf.put(*request);
    } else if (const auto shown = decode_head(bytes)) {
      (void)shelf.put(*shown);
    }
  }
  shelf.drop_answered(roster);
  const std::vector<CompartmentId> held = index.compartments();
  unreceipted = {held.begin(), held.end()};
  if (const auto life = meta("incarnation"); life && IncarnationId::from(*life)) {
    incarnation = *IncarnationId::from(*life);
  } else {
    incarnation = random_block<IncarnationId>();
    set_meta("incarnation", incarnation.view());
  }
  if (const auto saved = meta("serial")) serial = number_of(*saved);
  if (const auto saved = meta("former"))
    if (const auto last = decode_head(*saved))
      former = {last->hub, last->incarnation, last->position, last->head};
  std::vector<Blob> ids, peers;
  std::vector<int> sizes;
  session->run([&](Session& s) {
    s << "SELECT id, peer, length(bytes) FROM waiting", into(ids), into(peers), into(sizes), now;
  });
  for (std::size_t i = 0; i < ids.size(); ++i)
    room.enter(*BatchId::from(SqliteSession::view(ids[i])),
               *NodeId::from(SqliteSession::view(peers[i])), static_cast<std::size_t>(sizes[i]));
}

Level SqliteStore::State::ceiling() const {
  const HubRecord* self = roster.hub(identity.hub);
  return self == nullptr ? Level::public_ : self->ceiling;
}

// Inside a transaction. The mirror follows only after commit, so it is the caller's last step.
void SqliteStore::State::store(const SealedBatch& batch) {
  const Digest next = next_head(head, batch.id());
  Poco::UInt64 at = position + 1;
  Blob id = SqliteSession::blob(batch.id().view());
  Blob chained = SqliteSession::blob(next.view());
  Blob bytes = SqliteSession::blob(batch.bytes());
  session->run([&](Session& s) {
    s << "INSERT INTO batch(position, id, head, bytes) VALUES (?, ?, ?, ?)", use(at), use(id),
        use(chained), use(bytes), now;
  });
  logged_bytes += batch.bytes().size();
}

Result<Appended> SqliteStore::append(const SealedBatch& batch, const Route& route,
                                     const NodeId& from_peer) {
  State& state = *state_;
  if (state.index.holds(batch.id())) return Appended::held_already;
  if (state.room.holds(batch.id())) return Appended::waiting;
  const Result<Admitted> admitted =
      admit(batch, state.roster, route, state.ceiling(), state.checked);
  if (!admitted) return admitted.error();
  if (*admitted == Admitted::wait) {
    if (!state.room.has_room(from_peer, batch.bytes().size()))
      return {Errc::too_large, "waiting room"};
    Blob id = SqliteSession::blob(batch.id().view());
    Blob peer = SqliteSession::blob(from_peer.view());
    Blob bytes = SqliteSession::blob(batch.bytes());
    int kind = static_cast<int>(route.kind);
    int ceiling = static_cast<int>(route.ceiling);
    state.session->run([&](Session& s) {
      s << "INSERT INTO waiting(id, peer, route, ceiling, bytes) VALUES (?, ?, ?, ?, ?)", use(id),
          use(peer), use(kind), use(ceiling), use(bytes), now;
    });
    state.room.enter(batch.id(), from_peer, batch.bytes().size());
    return Appended::waiting;
  }
  state.session->in_transaction([&] { state.store(batch); });
  state.head = next_head(state.head, batch.id());
  ++state.position;
  state.index.add(line_of(batch));
  state.unreceipted.insert(batch.core().compartment);
  return Appended::stored;
}

Result<void> SqliteStore::State::admit_waiting() {
  std::vector<Blob> letters, peers;
  std::vector<int> kinds, ceilings;
  session->run([&](Session& s) {
    s << "SELECT bytes, peer, route, ceiling FROM waiting", into(letters), into(peers), into(kinds),
        into(ceilings), now;
  });
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const Result<SealedBatch> batch = SealedBatch::parse(SqliteSession::view(letters[i]));
    if (!batch) return batch.error();
    const Route route{static_cast<RouteKind>(kinds[i]), static_cast<Level>(ceilings[i])};
    const Result<Admitted> admitted = admit(*batch, roster, route, ceiling());
    if (admitted && *admitted == Admitted::wait) continue;
    if (!admitted && admitted.code() == Errc::need_roster) continue;
    Blob id = SqliteSession::blob(batch->id().view());
    session->in_transaction([&] {
      session->run([&](Session& s) { s << "DELETE FROM waiting WHERE id = ?", use(id), now; });
      if (admitted) store(*batch);
    });
    room.leave(batch->id());
    if (!admitted) continue;
    head = next_head(head, batch->id());
    ++position;
    index.add(line_of(*batch));
    unreceipted.insert(batch->core().compartment);
  }
  return {};
}

Result<void> SqliteStore::extend_roster(ByteView record) {
  State& state = *state_;
  const Result<Roster> next = state.roster.append(record);
  if (!next) return next.code() == Errc::exists ? Result<void>() : Result<void>(next.error());
  Poco::UInt64 seq = next->point().seq;
  Blob bytes = SqliteSession::blob(record);
  state.session->run([&](Session& s) {
    s << "INSERT INTO roster(seq, bytes) VALUES (?, ?)", use(seq), use(bytes), now;
  });
  state.roster = *next;
  state.shelf.drop_answered(state.roster);
  state.roster_records.emplace_back(record.begin(), record.end());
  return state.admit_waiting();
}

bool SqliteStore::holds(const BatchId& id) const {
  return state_->index.holds(id);
}

Result<SealedBatch> SqliteStore::batch(const BatchId& id) const {
  std::vector<Blob> found;
  Blob key = SqliteSession::blob(id.view());
  state_->session->run(
      [&](Session& s) { s << "SELECT bytes FROM batch WHERE id = ?", use(key), into(found), now; });
  if (found.empty()) return {Errc::not_found, id.hex()};
  return SealedBatch::parse(SqliteSession::view(found.front()));
}

Frontier SqliteStore::frontier(const CompartmentId& compartment) const {
  return state_->index.frontier(compartment);
}
std::vector<BatchId> SqliteStore::batches(const CompartmentId& compartment) const {
  return state_->index.batches(compartment);
}
std::vector<CompartmentId> SqliteStore::compartments() const {
  return state_->index.compartments();
}
Missing SqliteStore::missing(const Scope& scope, std::span<const CompartmentFrontier> theirs,
                             std::size_t bytes_max) const {
  return state_->index.missing(scope, theirs, bytes_max);
}
bool SqliteStore::reaches(const BatchId& batch, const BatchId& ancestor) const {
  return state_->index.reaches(batch, ancestor);
}
Roster SqliteStore::roster() const {
  return state_->roster;
}
std::size_t SqliteStore::waiting() const {
  return state_->room.size();
}
std::uint64_t SqliteStore::positions() const {
  return state_->position;
}

std::vector<Bytes> SqliteStore::roster_records(std::uint64_t after_seq) const {
  const auto& all = state_->roster_records;
  if (after_seq >= all.size()) return {};
  return {all.begin() + static_cast<std::ptrdiff_t>(after_seq), all.end()};
}

}  // namespace jiyao
