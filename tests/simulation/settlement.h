// tests/simulation/settlement.h - the realm all worlds play in: its root, offices, machines,
// people.
//
// Archive R (networked, 秘密), archive V (stand-alone, 机密), A (networked, 秘密, lead of its
// office), S (stand-alone of A's office, 机密), B (networked, 秘密) who shares A's secret ledger.
// In a large realm also D (networked, 内部, of A's office), T (stand-alone of B's office, 机密),
// and W and X, networked and stand-alone, of an office of their own; W reads A's secret ledger.
// Keeps what the root's holder keeps on paper: every record signed, every epoch drafted.
#pragma once

#include <array>
#include <map>
#include <memory>

#include "simulation/chance.h"
#include "sync/realm.h"
#include "sync/replica.h"
#include "sync/seal.h"

namespace jiyao::simulation {

enum Place : unsigned { kR, kV, kA, kS, kB, kD, kT, kW, kX };
inline constexpr unsigned kPlaces = 9;       ///< of a large realm
inline constexpr unsigned kSmallPlaces = 5;  ///< the first so many are there in every realm
inline constexpr std::array<const char*, kPlaces> kPlaceNames = {"R", "V", "A", "S", "B",
                                                                 "D", "T", "W", "X"};

struct Keys {
  UserId user;
  std::shared_ptr<const SigningKey> sign;
};

/// The machine's identity and the people who may sit there. Shared by its clones.
struct Identity {
  unsigned place = 0;
  NodeId node;
  OfficeId office;
  Level device_ceiling = Level::internal;
  std::shared_ptr<const SigningKey> sign;
  std::shared_ptr<const BoxKey> box;
  std::array<std::uint8_t, 32> anchor_key{}, file_key{};
  FileId log_file;
  std::map<Level, FileId> level_files;
  std::vector<Keys> people;  ///< the first is cleared for all of this machine, the second for 内部
  Keys stranger;             ///< in the roster, without any role
};

struct HubKeys {
  HubId hub;
  std::shared_ptr<const SigningKey> sign;
  Level ceiling = Level::secret;
};

struct Lane {
  unsigned from, to;
  Level label;
};

class Settlement final : public EpochKeys {
 public:
  explicit Settlement(std::uint64_t seed, bool large = false);

  unsigned places() const { return static_cast<unsigned>(identities_.size()); }
  const Identity& at(unsigned place) const { return identities_[place]; }
  const HubKeys& hub() const { return hub_; }
  const std::vector<Lane>& lanes() const { return lanes_; }
  const Roster& roster() const { return roster_; }  ///< the newest, as the root's holder knows it
  const std::vector<Bytes>& records() const { return records_; }
  /// Epochs a place drafted: what belongs into its log.
  const std::vector<EpochDraft>& drafts(unsigned place) const { return drafts_[place]; }
  Unlocked unlocked(unsigned place, std::size_t person) const;

  CompartmentId directory() const { return {at(kR).office, Level::internal}; }
  /// Every compartment of the realm.
  const std::vector<CompartmentId>& compartments() const { return compartments_; }

  /// Signs the next record over a draft; returns its bytes. Nobody has heard of it yet.
  std::vector<Bytes> sign(RosterDraft draft, unsigned drafter);
  RosterDraft draft(unsigned drafter) const;
  Keys add_user(RosterDraft& draft, const OfficeId& office, Roles roles, Level clearance);

  /// Every epoch secret there ever was: the checkers read all batches.
  const BoxKey* key(const CompartmentId& compartment, std::uint32_t epoch) const override;

 private:
  void make_identity(unsigned place, const OfficeId& office, Level ceiling);
  NodeRecord record_of(unsigned place, NodeKind kind, bool is_archive) const;
  bool is_large() const { return places() == kPlaces; }
  void link(unsigned one, unsigned other, Level label);
  void enrol_all();
  void learn_secrets(const EpochDraft& draft, unsigned drafter);
  std::shared_ptr<const SigningKey> draw_sign();

  Chance chance_;
  RealmId realm_;
  Keys root_;
  HubKeys hub_;
  std::vector<Identity> identities_;
  std::array<std::vector<EpochDraft>, kPlaces> drafts_;
  std::vector<Lane> lanes_;
  std::vector<CompartmentId> compartments_;
  Roster roster_;
  std::vector<Bytes> records_;
  std::map<std::pair<CompartmentId, std::uint32_t>, std::unique_ptr<BoxKey>> keys_;
};

}  // namespace jiyao::simulation
