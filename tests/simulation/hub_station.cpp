// tests/simulation/hub_station.cpp - starting, stopping and restoring the hub.
#include "simulation/hub_station.h"

#include <sqlite3.h>

namespace jiyao::simulation {
namespace {

constexpr const char* kHubFolder = "/hub";

}  // namespace

HubStation::HubStation(const Settlement& settlement, std::uint64_t seed)
    : settlement_(settlement), disk_(seed), chance_(seed, "hub engine") {
  Chance keys(seed, "hub key");
  file_key_ = Secret<32>::copy_of(keys.block<Block<struct SeedTag, 32>>().view());
  disk_.set_machine_id("hub");
  disk_.make_folder(kHubFolder);
  disk_.sync_folder("/");
}

void HubStation::open() {
  close();
  const HubIdentity identity{settlement_.hub().hub, *settlement_.hub().sign};
  // Poco::Data names no VFS: a hub's is the default one, in its own process and here.
  sqlite3_vfs_register(sqlite3_vfs_find(disk_.vfs_name()), 1);
  const bool is_new = disk_.list(kHubFolder).empty();
  Result<std::unique_ptr<SqliteStore>> opened =
      SqliteStore::open(disk_, kHubFolder, file_key_, identity, is_new);
  if (!opened) throw StorageFailure(StorageFailure::Kind::io, "hub: " + opened.error().detail);
  store_ = std::move(*opened);
  hub_ = std::make_unique<Hub>(*store_, identity, clock_);
}

void HubStation::close() {
  hub_.reset();
  store_.reset();
}

void HubStation::back_up() {
  backup_ = disk_.snapshot(kHubFolder);
}

void HubStation::restore() {
  close();
  disk_.put_back(kHubFolder, *backup_);
  open();
}

}  // namespace jiyao::simulation
