// sync/log_file.h - log.jdb: the batch log of one office machine, in one encrypted file.
//
// Opens for any user of the node: what lies here is sealed or public to the node. Every call that
// writes is one transaction and durable on return, unless a Group is open: then it is durable when
// the group is committed. After a StorageFailure, or a Group that was not committed, the object is
// of no use any more (every call throws StorageFailure): open the file again.
#pragma once

#include "schema/database.h"
#include "schema/files.h"
#include "sync/log_core.h"

namespace jiyao {

/// Something a person should look at once: a fork, a new incarnation, a hub that contradicts
/// itself. Told once per (code, subject).
struct Incident {
  std::string code;  ///< "fork", "hub_contradicts", "new_incarnation", "grant_mismatch" ...
  Bytes subject;
  std::string detail;
  std::int64_t seen_ms = 0;
};

/// Named values that sync/incarnation.h and the log share: our present incarnation, and a batch of
/// it that somebody else showed us and that we never made.
inline constexpr const char* kIncarnationName = "life.incarnation";
inline constexpr const char* kForeignOwnName = "life.foreign_own";

struct LogFileKey {
  FileId id;
  const Secret<32>& key;  ///< for the call only
};

class LogFile final : public BatchLog {
 public:
  /// A new file; `self` is the node whose log it is.   errors: exists, busy
  static Result<std::unique_ptr<LogFile>> create(Env& env, const Path& path, const LogFileKey& key,
                                                 const NodeId& self);
  /// errors: not_found, busy, not_authentic, malformed, newer, and not_for_us: another node's log
  static Result<std::unique_ptr<LogFile>> open(Env& env, const Path& path, const LogFileKey& key,
                                               const NodeId& self);
  ~LogFile() override;

  Result<Appended> append(const SealedBatch& batch, const Route& route,
                          const NodeId& from_peer) override;
  bool holds(const BatchId& id) const override;
  Result<SealedBatch> batch(const BatchId& id) const override;
  Frontier frontier(const CompartmentId& compartment) const override;
  std::vector<BatchId> batches(const CompartmentId& compartment) const override;
  std::vector<CompartmentId> compartments() const override;
  Missing missing(const Scope& scope, std::span<const CompartmentFrontier> theirs,
                  std::size_t bytes_max) const override;
  bool reaches(const BatchId& batch, const BatchId& ancestor) const override;
  Roster roster() const override;
  Result<void> extend_roster(ByteView record) override;
  std::vector<Bytes> roster_records(std::uint64_t after_seq) const override;
  Result<void> put(const Receipt& receipt) override;
  Result<void> put(const Grant& grant) override;
  Result<void> put(const HubHead& head) override;
  Result<void> put(const EpochRequest& request) override;
  std::vector<Receipt> receipts(const Scope& scope) const override;
  std::vector<Grant> grants(const Scope& scope) const override;
  std::vector<HubHead> heads() const override;
  std::vector<EpochRequest> epoch_requests() const override;
  Digest papers(const Scope& scope) const override;
  std::size_t waiting() const override;

  /// Many calls, one fsync. Nothing inside is durable before commit(); not nested.
  class Group {
   public:
    explicit Group(LogFile& log);
    ~Group();  ///< not committed: rolled back, and the log is to be opened again
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;
    void commit();

   private:
    LogFile& log_;
  };

  const NodeId& self() const;
  std::optional<BatchLine> find(const BatchId& id) const;
  /// Where the next batch of this stream hangs; nullopt: it is the first.
  std::optional<BatchLine> tip(const Author& author, const CompartmentId& compartment) const;
  std::vector<Fork> forks() const;

  void remember(const std::string& name, ByteView value);
  std::optional<Bytes> recall(const std::string& name) const;
  void forget(const std::string& name);
  void add_hand_over(ByteView fact);
  std::vector<Bytes> hand_overs() const;  ///< oldest first
  /// Keeps it, and raises an alarm the first time.
  void add_incident(const std::string& code, ByteView subject, const std::string& detail);
  std::vector<Incident> incidents() const;                          ///< oldest first
  void keep_epoch_draft(const BoxPublicKey& key, ByteView sealed);  ///< sync/keeper.h
  std::optional<Bytes> epoch_draft(const BoxPublicKey& key) const;

  /// Reads and authenticates every page, then every batch against its row, its hash and its
  /// author's key. Empty: all is well. Stable codes first: "page_damaged 17", "batch_damaged <id>".
  std::vector<std::string> verify() const;

  struct State;  ///< sync/log_file_state.h; nobody else's business

 private:
  explicit LogFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
