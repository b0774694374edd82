// tests/support/disk_world.h - an Env over a disk in memory, and log.jdb on it.
#pragma once

#include "support/simulated_disk.h"
#include "sync/log_file.h"

namespace jiyao {

class TestClock final : public Clock {
 public:
  std::int64_t wall_ms() const override { return now_ms; }
  std::int64_t steady_ms() const override { return now_ms; }
  std::int64_t now_ms = 1'700'000'000'000;
};

class TestRandom final : public Random {
 public:
  std::uint64_t next() override { return draw_(); }

 private:
  std::mt19937_64 draw_{1};
};

class TestAlarms final : public Alarms {
 public:
  void raise(const std::string& code, const std::string& /*detail*/) override {
    codes.push_back(code);
  }
  std::vector<std::string> codes;
};

struct DiskWorld {
  explicit DiskWorld(std::uint64_t seed = 1) : disk(seed) {
    disk.make_folder("/replica");
    disk.make_folder("/state");
    for (std::size_t i = 0; i < 32; ++i) file_key.write()[i] = static_cast<std::uint8_t>(i + 1);
    file_id.bytes.fill(7);
  }

  SimulatedDisk disk;
  TestClock clock;
  TestRandom random;
  TestAlarms alarms;
  Env env{clock, random, disk, alarms};
  Secret<32> file_key;
  FileId file_id;

  Result<std::unique_ptr<LogFile>> create_log(const NodeId& self) {
    return LogFile::create(env, "/replica/log.jdb", {file_id, file_key}, self);
  }
  Result<std::unique_ptr<LogFile>> open_log(const NodeId& self) {
    return LogFile::open(env, "/replica/log.jdb", {file_id, file_key}, self);
  }
  /// Makes it, or opens it again.
  std::unique_ptr<LogFile> log(const NodeId& self) {
    auto log = disk.exists("/replica/log.jdb") ? open_log(self) : create_log(self);
    if (!log) throw std::runtime_error("log.jdb: " + log.error().detail);
    return std::move(*log);
  }
};

}  // namespace jiyao
