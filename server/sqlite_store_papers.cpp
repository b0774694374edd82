// server/sqlite_store_papers.cpp - heads, receipts, lives, the mailbox: what a hub signs and
// remembers.
#include <utility>

#include "crypto/random.h"
#include "schema/database.h"
#include "schema/request_auth.h"
#include "server/sqlite_store_state.h"

namespace jiyao {

using namespace Poco::Data::Keywords;
using Poco::Data::Session;
using Blob = SqliteSession::Blob;

namespace {

constexpr std::size_t kCountedMax = 4096;  ///< authors whose counters stay in memory

Bytes key_of(const Author& who) {
  Bytes key(who.node.bytes.begin(), who.node.bytes.end());
  key.insert(key.end(), who.incarnation.bytes.begin(), who.incarnation.bytes.end());
  return key;
}

Bytes slot_of(const Receipt& receipt) {
  const Digest slot = digest(
      Label::papers, {receipt.issuer.view(), receipt.incarnation.view(),
                      receipt.compartment.office.view(), as_bytes(receipt.compartment.text()),
                      as_bytes(std::to_string(static_cast<int>(receipt.grade)))});
  return Bytes(slot.bytes.begin(), slot.bytes.end());
}

Bytes slot_of(const Grant& grant) {
  const Digest slot =
      digest(Label::papers, {grant.node.view(), as_bytes(grant.compartment.text())});
  return Bytes(slot.bytes.begin(), slot.bytes.end());
}

Bytes slot_of(const HubHead& head) {
  Bytes slot(head.hub.bytes.begin(), head.hub.bytes.end());
  slot.insert(slot.end(), head.incarnation.bytes.begin(), head.incarnation.bytes.end());
  return slot;
}

}  // namespace

Result<void> SqliteStore::State::put_paper(PaperKind kind, ByteView slot, ByteView bytes) {
  int number = static_cast<int>(kind);
  Blob key = SqliteSession::blob(slot);
  Blob value = SqliteSession::blob(bytes);
  session->run([&](Session& s) {
    s << "INSERT INTO paper(kind, slot, bytes) VALUES (?, ?, ?) "
         "ON CONFLICT(kind, slot) DO UPDATE SET bytes = excluded.bytes",
        use(number), use(key), use(value), now;
  });
  return {};
}

Result<void> SqliteStore::put(const Receipt& receipt) {
  if (const Result<void> checked = check_paper(receipt, state_->roster); !checked) return checked;
  if (state_->shelf.put(receipt) != PaperShelf::Put::newest) return {};
  return state_->put_paper(PaperKind::receipt, slot_of(receipt), encode_receipt(receipt));
}

Result<void> SqliteStore::put(const Grant& grant) {
  if (const Result<void> checked = check_paper(grant, state_->roster); !checked) return checked;
  if (state_->shelf.put(grant) != PaperShelf::Put::newest) return {};
  return state_->put_paper(PaperKind::grant, slot_of(grant), encode_grant(grant));
}

Result<void> SqliteStore::put(const EpochRequest& request) {
  if (const Result<void> checked = check_paper(request, state_->roster); !checked) return checked;
  if (!is_open(request, state_->roster)) return {};
  if (state_->shelf.put(request) != PaperShelf::Put::newest) return {};
  return state_->put_paper(PaperKind::epoch_request, request.keeper.view(),
                           encode_epoch_request(request));
}

// A head of our own that our chain does not contain proves that we were restored (P10).
Result<void> SqliteStore::put(const HubHead& head) {
  if (const Result<void> checked = check_paper(head, state_->roster); !checked) return checked;
  if (head.hub == state_->identity.hub && head.incarnation == state_->incarnation) {
    if (head_at(head.position) != head.head) state_->begin_incarnation(head);
    return {};
  }
  if (state_->shelf.put(head) != PaperShelf::Put::newest) return {};
  return state_->put_paper(PaperKind::head, slot_of(head), encode_head(head));
}

void SqliteStore::State::begin_incarnation(const HubHead& shown) {
  const IncarnationId next = random_block<IncarnationId>();
  session->in_transaction([&] {
    set_meta("incarnation", next.view());
    set_meta("former", encode_head(shown));
    save_number("serial", 0);
  });
  incarnation = next;
  former = {shown.hub, shown.incarnation, shown.position, shown.head};
  serial = 0;
  const std::vector<CompartmentId> held = index.compartments();
  unreceipted = {held.begin(), held.end()};
}

void SqliteStore::begin_incarnation(const HubHead& last) {
  state_->begin_incarnation(last);
}

// Signed once for each position, however often it is shown.
const HubHead& SqliteStore::State::signed_head() {
  HubHead next;
  next.realm = roster.realm();
  next.hub = identity.hub;
  next.incarnation = incarnation;
  next.position = position;
  next.head = head;
  next.roster = roster.point();
  next.former = former;
  const Digest signs = digest_to_sign(next);
  if (!last_signed || digest_to_sign(*last_signed) != signs) {
    next.signature = identity.key.sign(Label::head_sign, signs);
    last_signed = next;
  }
  return *last_signed;
}

HubHead SqliteStore::head() const {
  return state_->signed_head();
}

std::vector<HubHead> SqliteStore::heads() const {
  std::vector<HubHead> all = state_->shelf.heads();
  if (state_->roster.hub(state_->identity.hub) != nullptr) all.push_back(state_->signed_head());
  return all;
}

std::vector<BatchId> SqliteStore::ids(std::uint64_t from, std::size_t count_max) const {
  std::vector<Blob> found;
  Poco::UInt64 first = from;
  Poco::UInt64 most = count_max;
  state_->session->run([&](Session& s) {
    s << "SELECT id FROM batch WHERE position >= ? ORDER BY position LIMIT ?", use(first),
        use(most), into(found), now;
  });
  std::vector<BatchId> ids;
  for (const Blob& id : found) ids.push_back(*BatchId::from(SqliteSession::view(id)));
  return ids;
}

std::optional<Digest> SqliteStore::head_at(std::uint64_t position) const {
  if (position == 0) return Digest{};
  if (position == state_->position) return state_->head;
  std::vector<Blob> found;
  Poco::UInt64 at = position;
  state_->session->run([&](Session& s) {
    s << "SELECT head FROM batch WHERE position = ?", use(at), into(found), now;
  });
  if (found.empty()) return std::nullopt;
  return Digest::from(SqliteSession::view(found.front()));
}

void SqliteStore::issue_receipts() {
  State& state = *state_;
  for (const CompartmentId& compartment : std::exchange(state.unreceipted, {})) {
    Receipt receipt;
    receipt.realm = state.roster.realm();
    receipt.grade = Grade::archived;
    receipt.issuer.bytes = state.identity.hub.bytes;
    receipt.incarnation = state.incarnation;
    receipt.serial = ++state.serial;
    receipt.compartment = compartment;
    receipt.batches = state.index.whole_prefix_ends(compartment);
    receipt.head = state.signed_head();
    receipt.signature = state.identity.key.sign(Label::receipt, digest_to_sign(receipt));
    state.session->in_transaction([&] {
      state.save_number("serial", state.serial);
      (void)state.put_paper(PaperKind::receipt, slot_of(receipt), encode_receipt(receipt));
    });
    (void)state.shelf.put(receipt);
  }
}

std::vector<Receipt> SqliteStore::receipts(const Scope& scope) const {
  return state_->shelf.receipts(scope);
}
std::vector<Grant> SqliteStore::grants(const Scope& scope) const {
  return state_->shelf.grants(scope);
}
std::vector<EpochRequest> SqliteStore::epoch_requests() const {
  return state_->shelf.epoch_requests();
}
Digest SqliteStore::papers(const Scope& scope) const {
  return state_->shelf.digest(scope);
}

std::uint64_t SqliteStore::State::stored_counter(const Author& who) {
  Blob author = SqliteSession::blob(key_of(who));
  std::vector<Poco::UInt64> last;
  session->run([&](Session& s) {
    s << "SELECT last FROM counter WHERE author = ?", use(author), into(last), now;
  });
  return last.empty() ? 0 : last.front();
}

void SqliteStore::State::store_counter(const Author& who, std::uint64_t counter) {
  Blob author = SqliteSession::blob(key_of(who));
  Poco::UInt64 last = counter;
  session->run([&](Session& s) {
    s << "INSERT INTO counter(author, last) VALUES (?, ?) "
         "ON CONFLICT(author) DO UPDATE SET last = excluded.last",
        use(author), use(last), now;
  });
}

// The disk holds the end of the window, before any counter of it is taken: whatever becomes of this
// process, none is taken twice.
bool SqliteStore::accept_counter(const Author& who, std::uint64_t counter) {
  State& state = *state_;
  if (!state.counted.contains(who)) {
    const std::uint64_t stored = state.stored_counter(who);
    if (state.counted.size() >= kCountedMax) state.counted.clear();
    state.counted[who] = {.last = stored, .on_disk = stored};
  }
  State::Counted& seen = state.counted[who];
  if (counter <= seen.last) return false;
  if (counter > seen.on_disk) {
    state.store_counter(who, last_of_window(counter));
    seen.on_disk = last_of_window(counter);
  }
  seen.last = counter;
  return true;
}

Result<void> SqliteStore::post_mail(const Digest& id, ByteView request) {
  int letters = 0;
  Blob key = SqliteSession::blob(id.view());
  Blob value = SqliteSession::blob(request);
  state_->session->run([&](Session& s) { s << "SELECT count(*) FROM mail", into(letters), now; });
  if (static_cast<std::size_t>(letters) >= kMailboxMax) return {Errc::unavailable, "mailbox full"};
  state_->session->run([&](Session& s) {
    s << "INSERT INTO mail(id, bytes) VALUES (?, ?) ON CONFLICT(id) DO NOTHING", use(key),
        use(value), now;
  });
  return {};
}

std::vector<Bytes> SqliteStore::mail() const {
  std::vector<Blob> found;
  state_->session->run(
      [&](Session& s) { s << "SELECT bytes FROM mail ORDER BY id", into(found), now; });
  std::vector<Bytes> letters;
  for (const Blob& letter : found) {
    const ByteView view = SqliteSession::view(letter);
    letters.emplace_back(view.begin(), view.end());
  }
  return letters;
}

void SqliteStore::drop_mail(const Digest& id) {
  Blob key = SqliteSession::blob(id.view());
  state_->session->run([&](Session& s) { s << "DELETE FROM mail WHERE id = ?", use(key), now; });
}

namespace {

Result<std::vector<std::string>> pages_of(Files& files, const Path& path,
                                          const Secret<32>& file_key, const HubId& hub) {
  Result<Database> database = Database::open(files, path, *FileId::from(hub.view()), file_key,
                                             Database::Access::read_write);
  if (!database) return database.error();
  const PageReport report = database->verify_pages();
  std::vector<std::string> faults;
  for (const std::uint32_t page : report.bad_pages)
    faults.push_back("page_damaged hub.jdb " + std::to_string(page));
  for (const std::uint64_t frame : report.bad_frames)
    faults.push_back("wal_frame_damaged hub.jdb " + std::to_string(frame));
  for (const std::string& line : report.malformed) faults.push_back("malformed hub.jdb " + line);
  return faults;
}

}  // namespace

Result<std::vector<std::string>> SqliteStore::damaged_pages(Files& files, const Path& folder,
                                                            const Secret<32>& file_key,
                                                            const HubId& hub) {
  return pages_of(files, folder + "/hub.jdb", file_key, hub);
}

Result<std::vector<std::string>> SqliteStore::faults_of(Files& files, const Path& path,
                                                        const Secret<32>& file_key,
                                                        HubIdentity identity) {
  auto faults = pages_of(files, path, file_key, identity.hub);
  if (!faults || !faults->empty()) return faults;
  const auto store = open_file(files, path, file_key, identity);
  if (!store) return store.error();
  return (*store)->verify();
}

std::vector<std::string> SqliteStore::verify() const {
  std::vector<std::string> faults;
  Digest chain;
  for (std::uint64_t position = 1; position <= state_->position; ++position) {
    const std::string where = "hub.jdb position " + std::to_string(position);
    const std::vector<BatchId> id = ids(position, 1);
    const Result<SealedBatch> held =
        id.empty() ? Result<SealedBatch>(Errc::not_found) : batch(id.front());
    if (!held || held->id() != id.front()) {
      faults.push_back("batch_damaged " + where);
      continue;
    }
    const NodeEntry* author = state_->roster.node(held->core().node);
    if (author == nullptr || !held->signed_by(author->record.sign))
      faults.push_back("bad_signature " + where);
    chain = next_head(chain, held->id());
    if (head_at(position) != chain) faults.push_back("head_broken " + where);
  }
  return faults;
}

// Through ATTACH: one read transaction sees one state, and the copy is announced, so it is sealed
// too.
Result<void> SqliteStore::backup_to(const Path& path) const {
  State& state = *state_;
  if (state.files.exists(path)) return {Errc::exists, path};
  if (const Path above = folder_of(path); !state.files.exists(above))
    return {Errc::not_found, above};
  const FileId id = *FileId::from(state.identity.hub.view());
  if (const Result<void> made = create_sealed_file(state.files, path, id, state.file_key); !made)
    return made.error();
  {
    Result<Database> copy =
        Database::open(state.files, path, id, state.file_key, Database::Access::read_write);
    if (!copy) return copy.error();
    if (const Result<void> migrated = copy->migrate(migrations("hub")); !migrated) return migrated;
  }
  const Result<Announcement> announced =
      announce_sealed_file(state.files, path, id, state.file_key);
  if (!announced) return announced.error();
  std::string name = announced->full_path();
  state.session->run([&](Session& s) { s << "ATTACH ? AS copy", use(name), now; });
  state.session->in_transaction([&] {
    state.session->run([&](Session& s) {
      for (const char* table : {"meta", "batch", "roster", "paper", "waiting", "counter", "mail"})
        s << "INSERT INTO copy." + std::string(table) + " SELECT * FROM main." + table, now;
    });
  });
  state.session->run([&](Session& s) { s << "DETACH copy", now; });
  return {};
}

}  // namespace jiyao
