// tests/simulation/station.h - one machine of the world: its own disk, clock and replica.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "simulation/settlement.h"
#include "support/simulated_disk.h"

namespace jiyao::simulation {

class WorldClock final : public Clock {
 public:
  std::int64_t wall_ms() const override { return steady_ms_ + offset_ms_; }
  std::int64_t steady_ms() const override { return steady_ms_; }
  void pass(std::int64_t ms) { steady_ms_ += ms; }
  void jump(std::int64_t ms) { offset_ms_ += ms; }

 private:
  std::int64_t steady_ms_ = 0;
  std::int64_t offset_ms_ = 1'767'225'600'000;  // 2026
};

class AlarmBook final : public Alarms {
 public:
  void raise(const std::string& code, const std::string&) override { codes.insert(code); }
  std::set<std::string> codes;
};

/// One acknowledged change, as the clerk remembers it.
struct Acknowledged {
  ChangeId change;
  RecordId record;
  CompartmentId compartment;
  std::size_t step = 0;
  friend bool operator<(const Acknowledged& a, const Acknowledged& b) {
    return a.change < b.change;
  }
};

inline constexpr const char* kFolder = "/replica";
inline constexpr const char* kStateFolder = "/state";

/// What somebody copied away, and what the clerks had been told by then.
struct Backup {
  SimulatedDisk::Image folder, state;
  SimulatedDisk::Identities identities;
  std::size_t acknowledged = 0;
};

struct Station {
  Station(std::string name_in, unsigned place_in, std::uint64_t seed)
      : name(std::move(name_in)),
        place(place_in),
        disk(seed),
        chance(seed, "engine"),
        env{clock, chance, disk, alarms} {
    disk.set_machine_id(name);
  }

  std::string name;
  unsigned place;
  SimulatedDisk disk;
  WorldClock clock;
  AlarmBook alarms;
  Chance chance;  ///< what this machine's kernel and engine draw
  Env env;
  std::unique_ptr<Replica> replica;
  std::size_t person = 0;  ///< index into Identity::people
  std::size_t lives = 0;   ///< times it was opened
  bool is_caught_up = false;
  std::optional<Backup> backup;
  /// In order; P1 speaks of these, until a restore takes the end away.
  std::vector<Acknowledged> acknowledged;
  std::size_t requests = 0;
};

}  // namespace jiyao::simulation
