// server/sqlite_store_state.h - what the sources of SqliteStore share: the session and its mirrors.
#pragma once

#include "server/sqlite_session.h"
#include "server/sqlite_store.h"
#include "sync/checked_signers.h"

namespace jiyao {

enum class PaperKind : int { receipt = 1, grant = 2, head = 3, epoch_request = 4 };

struct SqliteStore::State {
  State(Files& f, std::unique_ptr<SqliteSession> s, const HubIdentity& who, const Secret<32>& key)
      : files(f), session(std::move(s)), identity(who), file_key(key.duplicate()) {}

  Files& files;
  std::unique_ptr<SqliteSession> session;
  HubIdentity identity;
  Secret<32> file_key;

  // Mirrors of the tables, rebuilt at open.
  BatchIndex index;
  PaperShelf shelf;
  WaitingRoom room;
  Roster roster;
  std::vector<Bytes> roster_records;
  std::uint64_t position = 0;
  Digest head;
  IncarnationId incarnation;
  HeadCite former;
  std::uint64_t serial = 0;
  std::set<CompartmentId> unreceipted;  ///< hold what our receipts do not cover
  std::optional<HubHead> last_signed;   ///< the head as it was signed last
  struct Counted {
    std::uint64_t last = 0, on_disk = 0;
  };
  std::map<Author, Counted> counted;  ///< who asked of late
  CheckedSigners checked;
  std::size_t logged_bytes = 0;  ///< of batches, since the log was shortened
  bool is_forgotten = false;     ///< the mirrors may not be what the file holds

  void load();
  void load_anew();
  void set_meta(const std::string& name, ByteView value);
  std::optional<Bytes> meta(const std::string& name);
  void save_number(const std::string& name, std::uint64_t number);
  std::uint64_t stored_counter(const Author& who);
  void store_counter(const Author& who, std::uint64_t counter);
  Level ceiling() const;
  void store(const SealedBatch& batch);
  Result<void> put_paper(PaperKind kind, ByteView slot, ByteView bytes);
  void begin_incarnation(const HubHead& shown);
  const HubHead& signed_head();
  Result<void> admit_waiting();
};

}  // namespace jiyao
