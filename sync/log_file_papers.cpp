// sync/log_file_papers.cpp - papers, named values, facts and incidents of log.jdb, and its check.
#include "sync/log_file_state.h"

namespace jiyao {

// --- papers ------------------------------------------------------------------------------------

void LogFile::State::load_papers() {
  const auto require = [](bool is_sound) {
    if (!is_sound) throw StorageFailure(StorageFailure::Kind::damaged, "stored paper");
  };
  Statement receipts(database, "SELECT bytes FROM receipt");
  while (receipts.step()) {
    const Result<Receipt> receipt = decode_receipt(receipts.blob(0));
    require(static_cast<bool>(receipt));
    shelf.put(*receipt);
  }
  Statement grants(database, "SELECT bytes FROM key_grant");
  while (grants.step()) {
    const Result<Grant> grant = decode_grant(grants.blob(0));
    require(static_cast<bool>(grant));
    shelf.put(*grant);
  }
  Statement heads(database, "SELECT bytes FROM hub_head");
  while (heads.step()) {
    const Result<HubHead> head = decode_head(heads.blob(0));
    require(static_cast<bool>(head));
    shelf.put(*head);
  }
  Statement requests(database, "SELECT bytes FROM epoch_request");
  while (requests.step()) {
    const Result<EpochRequest> request = decode_epoch_request(requests.blob(0));
    require(static_cast<bool>(request));
    shelf.put(*request);
  }
  shelf.drop_answered(roster);
}

Result<void> LogFile::put(const Receipt& receipt) {
  State& state = *state_;
  state.require_sound();
  if (const auto sound = check_paper(receipt, state.roster); !sound) return sound;
  LogUnit unit(state);
  if (state.shelf.put(receipt) == PaperShelf::Put::newest) {
    Statement insert(state.database,
                     "INSERT OR REPLACE INTO receipt(office, level, grade, issuer, incarnation,"
                     " bytes) VALUES (:office, :level, :grade, :issuer, :incarnation, :bytes)");
    insert.bind(":office", receipt.compartment.office);
    insert.bind(":level", static_cast<int>(receipt.compartment.level));
    insert.bind(":grade", static_cast<int>(receipt.grade)).bind(":issuer", receipt.issuer);
    insert.bind(":incarnation", receipt.incarnation);
    insert.bind(":bytes", ByteView(encode_receipt(receipt))).run();
  }
  unit.commit();
  return {};
}

Result<void> LogFile::put(const Grant& grant) {
  State& state = *state_;
  state.require_sound();
  if (const auto sound = check_paper(grant, state.roster); !sound) return sound;
  LogUnit unit(state);
  if (state.shelf.put(grant) == PaperShelf::Put::newest) {
    Statement insert(state.database,
                     "INSERT OR REPLACE INTO key_grant(office, level, node, bytes)"
                     " VALUES (:office, :level, :node, :bytes)");
    insert.bind(":office", grant.compartment.office);
    insert.bind(":level", static_cast<int>(grant.compartment.level)).bind(":node", grant.node);
    insert.bind(":bytes", ByteView(encode_grant(grant))).run();
  }
  unit.commit();
  return {};
}

Result<void> LogFile::put(const HubHead& head) {
  State& state = *state_;
  state.require_sound();
  if (const auto sound = check_paper(head, state.roster); !sound) return sound;
  LogUnit unit(state);
  const PaperShelf::Put put = state.shelf.put(head);
  if (put == PaperShelf::Put::newest) {
    Statement insert(state.database,
                     "INSERT OR REPLACE INTO hub_head(hub, incarnation, bytes)"
                     " VALUES (:hub, :incarnation, :bytes)");
    insert.bind(":hub", head.hub).bind(":incarnation", head.incarnation);
    insert.bind(":bytes", ByteView(encode_head(head))).run();
  } else if (put == PaperShelf::Put::contradicts) {
    // Both signed heads are the proof; the other one is in hub_head or was there.
    const HubHead* held = state.shelf.head(head.hub, head.incarnation);
    Bytes evidence = encode_head(*held);
    const Bytes shown = encode_head(head);
    evidence.insert(evidence.end(), shown.begin(), shown.end());
    state.add_incident("hub_contradicts", evidence,
                       "hub " + head.hub.hex() + " at " + std::to_string(head.position));
  }
  unit.commit();
  return {};
}

Result<void> LogFile::put(const EpochRequest& request) {
  State& state = *state_;
  state.require_sound();
  if (const auto sound = check_paper(request, state.roster); !sound) return sound;
  if (!is_open(request, state.roster)) return {};  // answered already
  LogUnit unit(state);
  if (state.shelf.put(request) == PaperShelf::Put::newest) {
    Statement insert(
        state.database,
        "INSERT OR REPLACE INTO epoch_request(keeper, bytes) VALUES (:keeper, :bytes)");
    insert.bind(":keeper", request.keeper);
    insert.bind(":bytes", ByteView(encode_epoch_request(request))).run();
  }
  unit.commit();
  return {};
}

std::vector<Receipt> LogFile::receipts(const Scope& scope) const {
  return state_->shelf.receipts(scope);
}
std::vector<Grant> LogFile::grants(const Scope& scope) const {
  return state_->shelf.grants(scope);
}
std::vector<HubHead> LogFile::heads() const {
  return state_->shelf.heads();
}
std::vector<EpochRequest> LogFile::epoch_requests() const {
  return state_->shelf.epoch_requests();
}
Digest LogFile::papers(const Scope& scope) const {
  return state_->shelf.digest(scope);
}

// --- named values ------------------------------------------------------------------------------

void LogFile::State::remember(const std::string& name, ByteView value) {
  Statement insert(database, "INSERT OR REPLACE INTO named(name, value) VALUES (:name, :value)");
  insert.bind(":name", name).bind(":value", value).run();
}

std::optional<Bytes> LogFile::State::recall(const std::string& name) {
  Statement select(database, "SELECT value FROM named WHERE name = :name");
  select.bind(":name", name);
  if (!select.step()) return std::nullopt;
  return copy_of(select.blob(0));
}

void LogFile::remember(const std::string& name, ByteView value) {
  LogUnit unit(*state_);
  state_->remember(name, value);
  unit.commit();
}

std::optional<Bytes> LogFile::recall(const std::string& name) const {
  state_->require_sound();
  return state_->recall(name);
}

void LogFile::forget(const std::string& name) {
  LogUnit unit(*state_);
  Statement remove(state_->database, "DELETE FROM named WHERE name = :name");
  remove.bind(":name", name).run();
  unit.commit();
}

// --- facts, incidents, drafts ------------------------------------------------------------------

void LogFile::add_hand_over(ByteView fact) {
  LogUnit unit(*state_);
  Statement insert(state_->database, "INSERT INTO hand_over(bytes) VALUES (:bytes)");
  insert.bind(":bytes", fact).run();
  unit.commit();
}

std::vector<Bytes> LogFile::hand_overs() const {
  state_->require_sound();
  std::vector<Bytes> facts;
  Statement select(state_->database, "SELECT bytes FROM hand_over ORDER BY position");
  while (select.step()) facts.push_back(copy_of(select.blob(0)));
  return facts;
}

void LogFile::State::add_incident(const std::string& code, ByteView subject,
                                  const std::string& detail) {
  Statement insert(database,
                   "INSERT INTO incident(code, subject, detail, seen_ms)"
                   " VALUES (:code, :subject, :detail, :seen_ms) ON CONFLICT DO NOTHING");
  insert.bind(":code", code).bind(":subject", subject).bind(":detail", detail);
  insert.bind(":seen_ms", env.clock.wall_ms()).run();
  if (database.changes() == 1) env.alarms.raise(code, detail);
}

void LogFile::add_incident(const std::string& code, ByteView subject, const std::string& detail) {
  LogUnit unit(*state_);
  state_->add_incident(code, subject, detail);
  unit.commit();
}

std::vector<Incident> LogFile::incidents() const {
  state_->require_sound();
  std::vector<Incident> incidents;
  Statement select(state_->database,
                   "SELECT code, subject, detail, seen_ms FROM incident ORDER BY position");
  while (select.step())
    incidents.push_back({.code = std::string(select.text(0)),
                         .subject = copy_of(select.blob(1)),
                         .detail = std::string(select.text(2)),
                         .seen_ms = select.integer(3)});
  return incidents;
}

void LogFile::keep_epoch_draft(const BoxPublicKey& key, ByteView sealed) {
  LogUnit unit(*state_);
  Statement insert(state_->database,
                   "INSERT INTO epoch_draft(public_key, bytes) VALUES (:key, :bytes)"
                   " ON CONFLICT DO NOTHING");
  insert.bind(":key", key).bind(":bytes", sealed).run();
  unit.commit();
}

std::optional<Bytes> LogFile::epoch_draft(const BoxPublicKey& key) const {
  state_->require_sound();
  Statement select(state_->database, "SELECT bytes FROM epoch_draft WHERE public_key = :key");
  select.bind(":key", key);
  if (!select.step()) return std::nullopt;
  return copy_of(select.blob(0));
}

// --- verify ------------------------------------------------------------------------------------

std::vector<std::string> LogFile::verify() const {
  State& state = *state_;
  state.require_sound();
  std::vector<std::string> faults;
  const PageReport pages = state.database.verify_pages();
  for (const std::uint32_t page : pages.bad_pages)
    faults.push_back("page_damaged " + std::to_string(page));
  for (const std::uint64_t frame : pages.bad_frames)
    faults.push_back("frame_damaged " + std::to_string(frame));
  for (const std::string& text : pages.malformed) faults.push_back("table_damaged " + text);
  if (!faults.empty()) return faults;  // rows of a damaged file cannot be read to the end

  Statement select(state.database,
                   "SELECT id, seq, prev, size, bytes FROM batch ORDER BY position");
  while (select.step()) {
    const BatchId id = select.block<BatchId>(0);
    const Result<SealedBatch> batch = SealedBatch::parse(select.blob(4));
    const bool is_row_right = batch && batch->id() == id &&
                              batch->core().seq == static_cast<std::uint64_t>(select.integer(1)) &&
                              batch->core().prev == select.block<BatchId>(2) &&
                              batch->bytes().size() == static_cast<std::size_t>(select.integer(3));
    const NodeEntry* author = batch ? state.roster.node(batch->core().node) : nullptr;
    if (!is_row_right || author == nullptr || !batch->signed_by(author->record.sign))
      faults.push_back("batch_damaged " + id.hex());
  }
  return faults;
}

}  // namespace jiyao
