// tests/support/realm_fixture.h - a realm with an archive and two offices, each machine a whole
// replica over its own disk in memory.
//
// Offices A and B and the archive R, one node each; compartments (A, internal), (A, secret) and
// (B, internal). R writes all of them and keeps the keys; B also writes (A, internal), so that two
// replicas can disagree. Keys and ids are fresh each time; times and disks are the test's.
#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/simulated_disk.h"
#include "sync/exchange.h"
#include "sync/replica.h"

namespace jiyao {

class FixtureClock final : public Clock {
 public:
  std::int64_t wall_ms() const override { return now_ms; }
  std::int64_t steady_ms() const override { return now_ms; }
  std::int64_t now_ms = 1'700'000'000'000;
};

class FixtureRandom final : public Random {
 public:
  std::uint64_t next() override { return state_ = state_ * 6364136223846793005ULL + 1; }

 private:
  std::uint64_t state_ = 1;
};

class FixtureAlarms final : public Alarms {
 public:
  void raise(const std::string& code, const std::string& /*detail*/) override {
    codes.push_back(code);
  }
  std::vector<std::string> codes;
};

/// One person with a key.
struct Clerk {
  UserId user;
  std::shared_ptr<const SigningKey> sign;
};

/// One machine: keys, disk, and the replica while it is open.
class Desk {
 public:
  Desk(const NodeId& node, const OfficeId& office, std::uint64_t disk_seed);

  NodeId node;
  OfficeId office;
  std::shared_ptr<const SigningKey> sign;
  std::shared_ptr<const BoxKey> box;
  FixtureClock clock;
  FixtureRandom random;
  FixtureAlarms alarms;
  SimulatedDisk disk;
  Env env;
  FileId log_id;
  std::map<Level, FileId> file_ids;
  std::map<std::string, Secret<32>> file_keys;  ///< by file name
  std::optional<Definitions> definitions;       ///< of another program than this one

  /// Opens the replica for this person, with the keys of these levels.
  Result<std::unique_ptr<Replica>> open(const RealmId& realm, const Clerk& clerk, Level up_to);
};

class RealmFixture {
 public:
  RealmFixture();

  RealmId realm;
  OfficeId archive_office, office_a, office_b;
  std::unique_ptr<Desk> archive, a, b;
  Clerk archivist, clerk_a, clerk_b;
  Clerk visitor;  ///< of office A; known, but without a role that may write a ledger
  CompartmentId a_internal, a_secret, b_internal;

  /// Opens a desk's replica with the roster and grants known so far, and catches up.
  std::unique_ptr<Replica> open(Desk& desk, const Clerk& clerk, Level up_to = Level::secret);
  /// Roster records and grants that this log lacks.
  void teach(BatchLog& log);
  void add(std::vector<RosterBody> bodies);  ///< one more roster record
  /// Lets this machine write one more compartment.
  void give(const Desk& to, const CompartmentId& compartment);
  /// The next epoch of a compartment, of which nobody has the key yet.
  void renew(const CompartmentId& compartment);
  /// All its keys so far for one machine.
  void grant(const Desk& to, const CompartmentId& compartment);
  /// One more person of the realm.
  Clerk enrol(const OfficeId& office, Roles roles, Level clearance);
  const Roster& roster() const { return roster_; }

  /// Seals, talks until both hold the same, and catches up on both sides.
  void meet(Replica& one, Replica& other);
  /// The same without sealing or catching up: batches only.
  void exchange(Replica& one, Replica& other);

 private:
  Desk& make_desk(std::unique_ptr<Desk>& desk, const OfficeId& office, std::uint64_t disk_seed);
  NodeRecord node_record(const Desk& desk, Level ceiling, bool is_archive) const;
  void open_compartment(const CompartmentId& compartment, std::vector<RosterBody>& bodies);

  Clerk root_;
  Roster roster_;
  std::vector<Bytes> records_;
  std::vector<Grant> grants_;
  std::map<CompartmentId, EpochSecrets> secrets_;
};

/// What must work; else the test ends with the error's words.
template <class T>
T good(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}

/// Shorthand of tests: one act that makes a row in the register of incoming documents.
Act incoming(const CompartmentId& compartment, const std::string& title,
             const std::string& doc_no = "");
Act amend(const CompartmentId& compartment, const RecordId& record, const std::string& group,
          const std::string& value);
/// The shown value of a field, empty if there is none.
std::string shown(const Replica& replica, const RecordId& record, const std::string& field);
/// Fails the test unless known adds up and nothing waits or is quarantined beyond what is said.
void expect_all_applied(const Replica& replica, const CompartmentId& compartment,
                        std::uint64_t changes);

}  // namespace jiyao
