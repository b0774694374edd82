// bench/realm.h - a realm with a real hub and two office machines, A and B, which write the same
// compartment.
//
// Roster and keys are made in the process that measures and reach the machines by fork; each
// machine has a folder of its own. The hub is the program jiyao-server, as it is delivered.
#pragma once

#include <memory>

#include "bench/hub_process.h"
#include "bench/must.h"
#include "bench/roster_writer.h"

namespace jiyao {

struct Machine {
  Path folder;
  NodeId node;
  UserId person;
  std::shared_ptr<const SigningKey> sign, person_sign;
  std::shared_ptr<const BoxKey> box;
  FileId log_file, level_file;
};

class BenchRealm {
 public:
  /// `folder` is empty. Without a server program there is no hub.
  BenchRealm(const Path& folder, const std::string& server_program);

  Machine a, b;
  CompartmentId place;  ///< of A's office, internal; A and B write it

  HubAt hub_at() const { return hub_->at(); }
  Server& hub() const { return hub_->server(); }
  double hub_disk_mb() const { return hub_->disk_mb(); }
  const Roster& roster() const { return writer_.roster(); }
  const RealmId& realm() const { return writer_.realm(); }
  Digest root() const { return roster().root_fingerprint(); }
  /// What every machine has been told: roster and grants.
  void teach(Replica& replica) const;

 private:
  Machine make_machine(const std::string& name) const;
  void write_roster();
  void grant(const Machine& machine);

  Path folder_;
  RosterWriter writer_;
  EpochSecrets secrets_;
  std::vector<Grant> grants_;
  std::unique_ptr<HubProcess> hub_;
};

/// One machine at work; make it in the process that is measured.
class Office {
 public:
  Office(const BenchRealm& realm, const Machine& machine);
  ~Office();

  Replica& replica() { return *replica_; }
  Desk& desk() { return *desk_; }
  /// Intake numbers 2026-1 .. 2026-`numbers` are this machine's to give: one record of a series.
  void open_series(std::uint64_t numbers);
  /// Everything the log holds, shown.
  void catch_up();
  /// "records, digest": equal on machines that show the same.
  std::string digest();

 private:
  const BenchRealm& realm_;
  Catalogue words_;
  Menu menu_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<Replica> replica_;
};

}  // namespace jiyao
