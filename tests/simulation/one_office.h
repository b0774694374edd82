// tests/simulation/one_office.h - an office on a disk that fails, an archive and a hub that do not.
//
// What the tests share that stop or hinder one machine at every point of its work: the work, and
// the questions asked of the disk afterwards.
#pragma once

#include "simulation/station.h"
#include "support/memory_log.h"

namespace jiyao::simulation {

class OneOffice {
 public:
  /// Office and archive are open and have met; the process draws its keys from the office's seed
  /// until this goes.
  explicit OneOffice(std::uint64_t seed);
  ~OneOffice();
  OneOffice(const OneOffice&) = delete;
  OneOffice& operator=(const OneOffice&) = delete;

  enum class Step : std::uint8_t { record, seal, meet, open };
  static constexpr std::array<Step, 4> kSteps = {Step::record, Step::seal, Step::meet, Step::open};
  /// One thing the office does; what record() says is acknowledged once it returned.
  void work(Step step) { work(office_, step); }
  void archive_works(Step step) { work(archive_, step); }

  /// Opens what is on `disk` on a machine of its own: it must open, catch up, know the first
  /// `acknowledged` changes and raise no alarm.
  enum class Depth : std::uint8_t { shown, pages, replayed };
  void check(SimulatedDisk& disk, std::size_t acknowledged, Depth depth) const;

  Station& office() { return office_; }

 private:
  void work(Station& who, Step step);
  void open(Station& station) const;
  void learn(Station& station) const;
  void act(Station& who);
  void meet(Station& who);
  Bytes answer_to(const Bytes& asked, const Route& route, const NodeId& peer);

  Settlement settlement_;
  std::uint64_t seed_;
  Chance chance_;
  MemoryLog hub_;
  Station archive_, office_;
  std::vector<RecordId> records_;
};

}  // namespace jiyao::simulation
