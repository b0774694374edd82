// tests/contract/hub_store_kind.cpp - a hub's store in the contract suite, in a folder of its own.
#include <filesystem>

#include "contract/carrier.h"
#include "schema/real_files.h"
#include "server/sqlite_store.h"

namespace jiyao {
namespace {

RealFiles& real_files() {
  static RealFiles files;
  return files;
}

/// Owns the folder: it goes with the log. SqliteStore itself is closed first.
class FolderStore final : public BatchLog {
 public:
  explicit FolderStore(const Machine& machine) : sign_(machine.sign) {
    static int made = 0;
    folder_ = (std::filesystem::temp_directory_path() /
               ("jiyao-hub-store-" + std::to_string(getpid()) + "-" + std::to_string(++made)))
                  .string();
    const HubIdentity identity{*HubId::from(machine.node.view()), *sign_};
    auto opened = SqliteStore::open(real_files(), folder_, Secret<32>(), identity, true);
    JIYAO_ASSERT(bool{opened});
    store_ = std::move(*opened);
  }
  ~FolderStore() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Result<Appended> append(const SealedBatch& batch, const Route& route,
                          const NodeId& peer) override {
    return store_->append(batch, route, peer);
  }
  bool holds(const BatchId& id) const override { return store_->holds(id); }
  Result<SealedBatch> batch(const BatchId& id) const override { return store_->batch(id); }
  Frontier frontier(const CompartmentId& c) const override { return store_->frontier(c); }
  std::vector<BatchId> batches(const CompartmentId& c) const override { return store_->batches(c); }
  std::vector<CompartmentId> compartments() const override { return store_->compartments(); }
  Missing missing(const Scope& scope, std::span<const CompartmentFrontier> theirs,
                  std::size_t bytes_max) const override {
    return store_->missing(scope, theirs, bytes_max);
  }
  bool reaches(const BatchId& batch, const BatchId& ancestor) const override {
    return store_->reaches(batch, ancestor);
  }
  Roster roster() const override { return store_->roster(); }
  Result<void> extend_roster(ByteView record) override { return store_->extend_roster(record); }
  std::vector<Bytes> roster_records(std::uint64_t after) const override {
    return store_->roster_records(after);
  }
  Result<void> put(const Receipt& receipt) override { return store_->put(receipt); }
  Result<void> put(const Grant& grant) override { return store_->put(grant); }
  Result<void> put(const HubHead& head) override { return store_->put(head); }
  Result<void> put(const EpochRequest& request) override { return store_->put(request); }
  std::vector<Receipt> receipts(const Scope& scope) const override {
    return store_->receipts(scope);
  }
  std::vector<Grant> grants(const Scope& scope) const override { return store_->grants(scope); }
  std::vector<HubHead> heads() const override { return store_->heads(); }
  std::vector<EpochRequest> epoch_requests() const override { return store_->epoch_requests(); }
  Digest papers(const Scope& scope) const override { return store_->papers(scope); }
  std::size_t waiting() const override { return store_->waiting(); }

 private:
  std::shared_ptr<const SigningKey> sign_;
  std::string folder_;
  std::unique_ptr<SqliteStore> store_;
};

[[maybe_unused]] const bool has_hub_store = enlist(LogKind{
    "hub_store", [](const Machine& machine) { return std::make_unique<FolderStore>(machine); }});

}  // namespace
}  // namespace jiyao
