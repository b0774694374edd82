// tests/support/hub_at_home.h - a hub of a small realm in a temporary folder, on the real disk.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "crypto/random.h"
#include "schema/frames.h"
#include "schema/real_files.h"
#include "schema/request_auth.h"
#include "server/hub.h"
#include "server/hub_files.h"
#include "support/small_realm.h"

namespace jiyao {

/// Who derives from it adds offices to the realm, then calls join().
class HubAtHome : public testing::Test {
 protected:
  HubAtHome() {
    std::filesystem::create_directories(folder_);
    card_ = *HubHome::make(files_, paths(), "https://127.0.0.1:1");
  }
  ~HubAtHome() override {
    hub_.reset();
    home_.reset();
    std::filesystem::remove_all(folder_);
  }
  HubPaths paths() const { return HubPaths::of((folder_ / "hub").string()); }
  Result<void> join() {
    realm_.add(
        {HubRecord{card_.hub, card_.sign, Level::internal, card_.certificate, card_.address}});
    open();
    return home_->join(realm_file());
  }
  Bytes realm_file() const {
    Bytes frames;
    for (const Bytes& record : realm_.records()) put_frame(frames, FrameType::roster, record);
    return frames;
  }
  void open() {
    hub_.reset();
    home_.reset();
    home_ = std::move(*HubHome::open(files_, paths()));
    hub_ = std::make_unique<Hub>(home_->store(), home_->identity(), clock_,
                                 [this] { home_->anchor(); });
    next_window();
  }
  /// As client/hub_caller.h does when it is refused.
  void next_window() { counter_ = last_of_window(counter_); }
  Bytes signed_by(const Machine& machine, ByteView body, std::uint64_t counter) const {
    RequestAuth auth;
    auth.hub = home_->identity().hub;
    auth.node = machine.node;
    auth.incarnation = machine.incarnation;
    auth.counter = counter;
    return signed_request(auth, *machine.sign, body);
  }

  RealFiles files_;
  RealClock clock_;
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("jiyao-hub-" + random_block<HubId>().hex());
  SmallRealm realm_{11};
  HubCard card_;
  std::unique_ptr<HubHome> home_;
  std::unique_ptr<Hub> hub_;
  std::uint64_t counter_ = 0;
};

}  // namespace jiyao
