// sync/replica_open.cpp - opening a replica: keys, log, level files, and what a crash left.
#include <algorithm>

#include "schema/hand_over.h"
#include "sync/replica_state.h"

namespace jiyao {
namespace {

constexpr const char* kSessionName = "session";
constexpr const char* kMadeNote = "made.";  // in the log, by level: there was such a file
constexpr const char* kHolidaysName =
    "holidays";  // in the log: imported tables, each ends with NUL

template <class To, class From>
To block_from(const From& from) {
  static_assert(To::kBytes == From::kBytes);
  To to;
  to.bytes = from.bytes;
  return to;
}

/// A database with anything in it, be it in its write-ahead log only.
bool is_there(Files& files, const Path& path) {
  for (const char* suffix : {"", "-wal"})
    if (const auto file = files.open(path + suffix, OpenMode::read); file && (*file)->size() > 0)
      return true;
  return false;
}

Path level_path(const Path& folder, Level level) {
  return folder + "/" + std::string(name_of(level)) + ".jdb";
}

Error missing(const Path& path) {
  return {Errc::storage, "a file of the ledger is missing: " + path};
}

/// The log is made before any level file: where one of those stands without it, it was lost.
Result<std::unique_ptr<LogFile>> open_log(Env& env, const Path& folder, const Unlocked& unlocked) {
  env.files.make_folder(folder);
  const Path path = folder + "/log.jdb";
  const LogFileKey key{unlocked.log.id, unlocked.log.key};
  if (!is_there(env.files, path))
    for (const auto& [level, access] : unlocked.levels)
      if (is_there(env.files, level_path(folder, level))) return missing(path);
  if (!env.files.exists(path)) return LogFile::create(env, path, key, unlocked.node);
  return LogFile::open(env, path, key, unlocked.node);
}

/// A level file that was made once holds what nothing else does: changes not sealed yet, keys. One
/// that is gone is said, never quietly begun anew.   errors: storage
Result<void> check_there(Env& env, LogFile& log, const Path& path, Level level) {
  const std::string note = kMadeNote + std::string(name_of(level));
  if (log.recall(note) && !is_there(env.files, path)) return missing(path);
  return {};
}

/// The imported tables of holidays, as they were imported.
std::vector<std::string> imported_holidays(const LogFile& log) {
  std::vector<std::string> tables;
  const Bytes kept = log.recall(kHolidaysName).value_or(Bytes{});
  for (auto at = kept.begin(); at != kept.end();) {
    const auto end = std::find(at, kept.end(), 0);
    if (end == kept.end()) throw StorageFailure(StorageFailure::Kind::damaged, "log.jdb: holidays");
    tables.emplace_back(at, end);
    at = end + 1;
  }
  return tables;
}

WorkCalendar calendar_of(const LogFile& log) {
  WorkCalendar calendar = WorkCalendar::built_in();
  for (const std::string& json : imported_holidays(log)) {
    auto year = HolidayYear::parse(json);
    if (!year) throw StorageFailure(StorageFailure::Kind::damaged, "log.jdb: holidays");
    calendar.add(*std::move(year));
  }
  return calendar;
}

/// The keyring has keys of the levels a person was entered for; the roster says which were
/// approved. A machine that has no roster yet has nothing to show.
bool may_open(const Roster& roster, const UserId& person, Level level) {
  const UserRecord* user = roster.user(person);
  return user == nullptr ? roster.users().empty() : level <= user->clearance;
}

/// The level file says when it was opened last; a put-back one begins a new life.
void mark_session(Life& life, Store& store, const Path& path) {
  const std::string name(name_of(store.level()));
  std::optional<SessionMark> mark;
  if (const auto bytes = store.own(kSessionName); bytes && bytes->size() == 2 * SessionId::kBytes)
    mark = {*SessionId::from(ByteView(*bytes).first(SessionId::kBytes)),
            *SessionId::from(ByteView(*bytes).subspan(SessionId::kBytes))};
  const SessionMark now = life.judge(name, path, mark);
  Bytes bytes(now.session.bytes.begin(), now.session.bytes.end());
  bytes.insert(bytes.end(), now.previous.bytes.begin(), now.previous.bytes.end());
  StoreWriter writer(store);
  writer.set_own(kSessionName, bytes);
  writer.commit();
  life.marked(name);
}

/// What the level file knows of the log: batches that are in both. Own changes of a batch the log
/// lost (it was restored) are unsealed, so that they are sealed again.
void compare_with_log(Replica::State& replica, Store& store) {
  std::unordered_set<BatchId, BlockHash>& seen = replica.seen[store.level()];
  std::vector<StoredBatch> lost;
  for (const StoredBatch& batch : store.batches()) {
    if (replica.log().holds(batch.id))
      seen.insert(batch.id);
    else if (batch.author.node == replica.parts.unlocked.node)
      lost.push_back(batch);
  }
  if (lost.empty()) return;
  StoreWriter writer(store);
  for (const StoredBatch& batch : lost) writer.unseal(batch.no, replica.parts.unlocked.node);
  writer.commit();
}

}  // namespace

// --- state ---------------------------------------------------------------------------------------

Store* Replica::State::store(Level level) {
  const auto found = stores.find(level);
  return found == stores.end() ? nullptr : &found->second;
}

const Store* Replica::State::store(Level level) const {
  const auto found = stores.find(level);
  return found == stores.end() ? nullptr : &found->second;
}

Level Replica::State::clearance() const {
  const Roster roster = log().roster();
  const UserRecord* user = roster.user(parts.unlocked.person.user);
  return user == nullptr ? Level::public_ : user->clearance;
}

Hlc Replica::State::next_hlc() {
  const Hlc wall = static_cast<Hlc>(std::max<std::int64_t>(parts.env.clock.wall_ms(), 0)) << 16;
  last_hlc = std::max(wall, last_hlc + 1);
  return last_hlc;
}

std::vector<Level> closed_levels(const Replica::State& replica) {
  std::vector<Level> closed;
  for (std::uint8_t i = 0; i < kLevels; ++i) {
    const Level level = static_cast<Level>(i);
    const bool is_open = replica.stores.contains(level);
    if (!is_open && is_there(replica.parts.env.files, level_path(replica.parts.folder, level)))
      closed.push_back(level);
  }
  return closed;
}

bool Replica::State::refresh_keys() {
  Hasher hasher(Label::papers);
  std::size_t own = 0;
  const Route here{.kind = RouteKind::local, .ceiling = Level::top_secret};
  for (const Grant& grant : log().grants(log().roster().scope(parts.unlocked.node, here))) {
    if (grant.node != parts.unlocked.node) continue;
    hasher.add(grant.signature.view());
    ++own;
  }
  const Digest now = hasher.finish();
  if (own == 0 || now == known_grants) return false;
  keys.take_all(log());  // one that cannot be taken leaves its batches waiting for a key
  known_grants = now;
  return true;
}

Result<std::unique_ptr<Replica::State>> assemble(ReplicaParts parts) {
  auto state = std::make_unique<Replica::State>(std::move(parts));
  const ReplicaParts& own = state->parts;
  state->life.emplace(Life::begin(own.env, *own.log, {own.anchor, own.folder + "/log.jdb"},
                                  *own.unlocked.anchor_key));
  const Roster roster = own.log->roster();
  for (const auto& [level, access] : own.unlocked.levels) {
    if (!may_open(roster, own.unlocked.person.user, level)) continue;
    const Path path = level_path(own.folder, level);
    if (const auto there = check_there(own.env, *own.log, path, level); !there)
      return there.error();
    Result<Store> store =
        Store::open(own.env.files, path, access.id, access.key, own.unlocked.realm, level);
    if (!store) return store.error();
    mark_session(*state->life, *store, path);
    if (const std::string made = kMadeNote + std::string(name_of(level)); !own.log->recall(made))
      own.log->remember(made, as_bytes(name_of(level)));
    state->stores.emplace(level, std::move(*store));
  }
  for (const PurgeRecord& purge : roster.purges())
    state->purged.insert(purge.records.begin(), purge.records.end());
  state->calendar = calendar_of(*own.log);
  state->refresh_keys();
  for (auto& [level, store] : state->stores) {
    compare_with_log(*state, store);
    heal_interrupted_seal(*state, store);
    if (store.own(kDefinitionsName)) follow_definitions(*state, store);
  }
  return state;
}

// --- opening -------------------------------------------------------------------------------------

Result<Unlocked> unlocked_by(const Keyring& keyring, OpenedSlot opened) {
  // Everything handed out shares the slot: logging out is letting go of all of it.
  const auto slot = std::make_shared<const OpenedSlot>(std::move(opened));
  const KeyringContents& contents = keyring.contents();
  Unlocked unlocked;
  unlocked.realm = block_from<RealmId>(contents.home.realm);
  unlocked.node = block_from<NodeId>(contents.home.node);
  unlocked.person.user = block_from<UserId>(slot->owner());
  unlocked.person.sign = {slot, &slot->sign()};
  unlocked.node_sign = {slot, &slot->node().sign()};
  unlocked.node_box = {slot, &slot->node().box()};
  unlocked.anchor_key = {slot, &slot->node().mac_key()};
  bool has_log = false;
  for (const KeyringEntry& entry : contents.entries) {
    if (entry.kind != EntryKind::file_key || entry.owner != slot->owner()) continue;
    Result<FileKey> key = keyring.file_key(*slot, entry.object);
    if (!key) return key.error();
    FileAccess access{block_from<FileId>(entry.object), std::move(key->key)};
    if (entry.level == kLogFileMark) {
      unlocked.log = std::move(access);
      has_log = true;
    } else if (entry.level < kLevels) {
      unlocked.levels.insert_or_assign(static_cast<Level>(entry.level), std::move(access));
    } else {
      return {Errc::malformed, "the keyring names a level that does not exist"};
    }
  }
  if (!has_log) return {Errc::not_found, "the keyring has no key of log.jdb for this user"};
  return unlocked;
}

Result<std::unique_ptr<Replica>> Replica::open(Env& env, const Path& folder,
                                               const Path& state_folder, Unlocked unlocked) {
  const NodeId node = unlocked.node;
  Result<std::unique_ptr<LogFile>> log = open_log(env, folder, unlocked);
  if (!log) return log.error();
  env.files.make_folder(state_folder);
  auto state = assemble({.env = env,
                         .folder = folder,
                         .unlocked = std::move(unlocked),
                         .anchor = state_folder + "/" + node.hex() + ".anchor",
                         .log = std::move(*log),
                         .definitions = Definitions::built_in()});
  if (!state) return state.error();
  return std::make_unique<Replica>(std::move(*state));
}

Replica::Replica(std::unique_ptr<State> state) : state_(std::move(state)) {}
Replica::~Replica() = default;

void Replica::work_with(std::unique_ptr<Helper> helper) {
  state_->helper = std::move(helper);
}

// --- what it is made of --------------------------------------------------------------------------

BatchLog& Replica::log() {
  return state_->log();
}
Roster Replica::roster() const {
  return state_->log().roster();
}
const Definitions& Replica::definitions() const {
  return state_->parts.definitions;
}
NodeId Replica::node() const {
  return state_->parts.unlocked.node;
}
Author Replica::author() const {
  return state_->author();
}
const Person& Replica::person() const {
  return state_->parts.unlocked.person;
}
const SigningKey& Replica::node_key() const {
  return *state_->parts.unlocked.node_sign;
}
const BoxKey& Replica::node_box() const {
  return *state_->parts.unlocked.node_box;
}
std::vector<Level> Replica::open_levels() const {
  std::vector<Level> levels;
  for (const auto& [level, store] : state_->stores) levels.push_back(level);
  return levels;
}

// --- local facts ---------------------------------------------------------------------------------

const WorkCalendar& Replica::calendar() const {
  return state_->calendar;
}

Result<int> Replica::import_holidays(std::string_view json) {
  auto year = HolidayYear::parse(json);
  if (!year) return year.error();
  const int number = year->year;
  std::string kept;
  for (const std::string& other : imported_holidays(state_->log()))
    if (HolidayYear::parse(other).value().year != number) kept += other + '\0';
  kept.append(json).push_back('\0');
  state_->log().remember(kHolidaysName, Bytes(kept.begin(), kept.end()));
  state_->calendar.add(*std::move(year));
  return number;
}

Result<void> Replica::put(const HandOver& fact) {
  state_->log().add_hand_over(encode_hand_over(fact));
  return {};
}

std::vector<HandOver> Replica::hand_overs() const {
  std::vector<HandOver> facts;
  for (const Bytes& bytes : state_->log().hand_overs()) {
    Result<HandOver> fact = decode_hand_over(bytes);
    if (!fact) throw StorageFailure(StorageFailure::Kind::damaged, "log.jdb: a hand-over");
    facts.push_back(std::move(*fact));
  }
  return facts;
}

void Replica::remember(const std::string& key, const Bytes& value) {
  state_->log().remember(key, value);
}

std::optional<Bytes> Replica::recall(const std::string& key) const {
  return state_->log().recall(key);
}

}  // namespace jiyao
