// sync/keeper.h - epoch secrets: reading those granted to us, and granting those we keep.
//
// A node's secrets are in its newest grants, sealed to its box key; a keeper's too: its first
// grants are to itself, made from the drafts of its epochs (sync/realm.h). Nothing else is stored.
#pragma once

#include <list>
#include <map>

#include "sync/batch_log.h"
#include "sync/seal.h"

namespace jiyao {

class LogFile;

/// Opens our own grants on demand and keeps the last few keys: locked memory is scarce, and an
/// archive holds thousands of epochs. `box` outlives it. One thread at a time.
class GrantedKeys final : public EpochKeys {
 public:
  GrantedKeys(const NodeId& self, const BoxKey& box) : self_(self), box_(box) {}

  /// Takes a grant to us in; a newer one of the same compartment replaces it. Every secret must
  /// yield the very epoch key that the roster names.
  ///   errors: not_for_us (another node), not_authentic (cannot be opened, or a secret that is not
  ///   the roster's), malformed
  Result<void> take(const Grant& grant, const Roster& roster);
  /// All grants to us that the log holds. Returns how many could not be taken.
  std::size_t take_all(const BatchLog& log);

  /// The pointer is good until kKeptMax other keys have been asked for.
  const BoxKey* key(const CompartmentId& compartment, std::uint32_t epoch) const override;
  /// Of one compartment, for granting on. The caller wipes it.
  EpochSecrets secrets(const CompartmentId& compartment) const;

  static constexpr std::size_t kKeptMax = 64;

 private:
  struct Kept {
    CompartmentId compartment;
    std::uint32_t epoch;
    std::unique_ptr<BoxKey> key;
  };
  NodeId self_;
  const BoxKey& box_;
  std::map<CompartmentId, Grant> grants_;
  mutable std::list<Kept> kept_;  ///< last used first
};

/// Overwrites the secrets.
void wipe(EpochSecrets& secrets);

struct KeeperKeys {
  NodeId self;
  const SigningKey& sign;
  const BoxKey& box;
};

/// What one round of granting did, and could not do.
struct Granted {
  std::size_t grants = 0;
  /// We are their keeper and lack the secret of the newest epoch: the former keeper has to grant it
  /// to us, or we draft a new epoch.
  std::vector<CompartmentId> without_secret;
};

/// Makes the grants that are due: for every compartment we keep, to every node with access whose
/// newest grant is older than its last epoch or its own access; to ourselves first. All of them
/// durable together. Idempotent; call it after every roster record and after restoring.
Result<Granted> issue_grants(LogFile& log, const KeeperKeys& keys);

/// A keeper without the root's key drafts the epochs that are due (Roster::epochs_due()) or whose
/// secret is lost, keeps their secrets, names how far streams of machines that are shut out had
/// counted here (sync/counted_streams.h) where the roster says nothing of them, and signs the
/// request that takes all this to the root: it lies in the log and travels with the papers.
/// Idempotent: what was asked for is not drafted again. Returns how many epochs and streams are
/// newly asked for.
Result<std::size_t> request_epochs(LogFile& log, const KeeperKeys& keys,
                                   const std::vector<CompartmentId>& without_secret);

}  // namespace jiyao
