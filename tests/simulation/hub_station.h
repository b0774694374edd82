// tests/simulation/hub_station.h - the hub of the world: the real store and rules, no HTTP.
#pragma once

#include "server/hub.h"
#include "server/sqlite_store.h"
#include "simulation/station.h"

namespace jiyao::simulation {

class HubStation {
 public:
  HubStation(const Settlement& settlement, std::uint64_t seed);

  /// Starts the program, making the store the first time.
  void open();
  void close();
  bool is_open() const { return hub_ != nullptr; }
  Result<Bytes> ask(ByteView request) { return hub_->exchange(request); }
  SqliteStore& store() { return *store_; }
  SimulatedDisk& disk() { return disk_; }
  WorldClock& clock() { return clock_; }
  Chance& chance() { return chance_; }

  void back_up();
  bool has_backup() const { return backup_.has_value(); }
  void restore();  ///< the copy is put back; the hub is closed before and open after

 private:
  const Settlement& settlement_;
  SimulatedDisk disk_;
  WorldClock clock_;
  Chance chance_;
  Secret<32> file_key_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<Hub> hub_;
  std::optional<SimulatedDisk::Image> backup_;
};

}  // namespace jiyao::simulation
