// server/sqlite_store.h - HubStore on Poco::Data over SQLite, through the encrypting VFS.
//
// One writer, which alone checkpoints; the caller's strand keeps it to one thread at a time. Each
// append is one transaction, durable on return, unless as_one() is around it. The index of batches
// and the newest papers are kept in memory and rebuilt at open.
#pragma once

#include <memory>

#include "schema/files.h"
#include "server/hub_store.h"

namespace jiyao {

class SqliteStore final : public HubStore {
 public:
  /// Opens `folder`/hub.jdb, or makes it. `file_key` seals its pages.
  ///   errors: not_found (open), exists (create), busy, not_authentic, malformed, newer
  static Result<std::unique_ptr<SqliteStore>> open(Files& files, const Path& folder,
                                                   const Secret<32>& file_key, HubIdentity identity,
                                                   bool make_new);
  /// Every page and slot of the closed file. Empty: all is well.
  ///   errors: not_found, busy, not_authentic, malformed
  static Result<std::vector<std::string>> damaged_pages(Files& files, const Path& folder,
                                                        const Secret<32>& file_key,
                                                        const HubId& hub);
  /// As damaged_pages() and then verify(), of any closed file: what a copy is asked before it takes
  /// the store's place.   errors: as open()
  static Result<std::vector<std::string>> faults_of(Files& files, const Path& path,
                                                    const Secret<32>& file_key,
                                                    HubIdentity identity);
  ~SqliteStore() override;

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
  Result<void> put(const EpochRequest& request) override;
  Result<void> put(const HubHead& head) override;
  std::vector<Receipt> receipts(const Scope& scope) const override;
  std::vector<Grant> grants(const Scope& scope) const override;
  std::vector<EpochRequest> epoch_requests() const override;
  std::vector<HubHead> heads() const override;
  Digest papers(const Scope& scope) const override;
  std::size_t waiting() const override;

  HubHead head() const override;
  std::vector<BatchId> ids(std::uint64_t from, std::size_t count_max) const override;
  std::optional<Digest> head_at(std::uint64_t position) const override;
  void issue_receipts() override;
  void trust(CheckedSigners checked) override;
  void as_one(const std::function<void()>& act) override;
  bool accept_counter(const Author& who, std::uint64_t counter) override;
  Result<void> post_mail(const Digest& id, ByteView request) override;
  std::vector<Bytes> mail() const override;
  void drop_mail(const Digest& id) override;

  /// A new life of this hub; `last` is the newest head known of the one before.
  void begin_incarnation(const HubHead& last);
  /// Every row against its hash, its chain, its author's key. Empty: all is well.
  std::vector<std::string> verify() const;
  /// A consistent, encrypted copy of the store as it is now, made while it serves.
  ///   errors: exists, not_found (its folder)
  Result<void> backup_to(const Path& path) const;
  std::uint64_t positions() const;

 private:
  struct State;
  explicit SqliteStore(std::unique_ptr<State> state);
  static Result<std::unique_ptr<SqliteStore>> open_file(Files& files, const Path& path,
                                                        const Secret<32>& file_key,
                                                        HubIdentity identity);
  std::unique_ptr<State> state_;
};

}  // namespace jiyao
