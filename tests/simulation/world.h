// tests/simulation/world.h - five or nine machines, a hub and media, one thread, one seed.
//
// Everything that runs is the product's own code; the World only decides what happens next, what
// breaks, and whether the promises (design.md section 2) still hold.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <ostream>
#include <set>

#include "simulation/god_ledger.h"
#include "simulation/hub_station.h"
#include "simulation/media.h"
#include "simulation/plan.h"
#include "simulation/station.h"
#include "sync/peer_view.h"

namespace jiyao::simulation {

/// A promise that does not hold: caught by World::run().
struct BrokenPromise {
  std::string promise;
  std::string what;
};

struct Outcome {
  std::uint64_t seed = 0;
  std::uint64_t trace = 0;  ///< equal for equal seeds
  std::string failure;      ///< empty: every promise held
  std::string promise;      ///< the one that broke: "P4"
  std::array<std::size_t, kFaults> fired{};
  /// The same by what was being done; the last column: while nothing was.
  std::array<std::array<std::size_t, kVerbs + 1>, kFaults> struck{};
  std::size_t acts = 0;  ///< acknowledged
  std::size_t refused_acts = 0;
  std::size_t conflicts = 0;  ///< records in conflict at the end
  std::size_t checks_of_equal_inputs = 0;
  std::size_t rounds_to_heal = 0;
  std::size_t excused = 0;  ///< changes whose only copy a restore took away
  std::size_t quarantined = 0;
  std::size_t forks = 0;  ///< places with two batches at the end, on each machine that holds them
};

class World {
 public:
  explicit World(Plan plan);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Outcome run();
  /// At the end every machine's records and digests are told, for the second opinion
  /// (tests/oracle).
  void tell_end_to(std::ostream& out) { told_ = &out; }

 private:
  // world.cpp: machines come and go
  void found();
  void add_station(const std::string& name, unsigned place);
  void open(Station& station);
  void close(Station& station);
  void recover(Station& station, bool with_crashes, Chance& chance);
  void recover_hub(Chance& chance);
  void bury(const PlannedStep& step);
  void draw_from(Station& station);
  void draw_from_hub();
  void note(std::string_view text);
  void note_bytes(ByteView bytes);
  void fire(Fault fault);
  void promise(bool holds, const char* name, const std::string& what) const;
  Station& station(unsigned who) { return *stations_[who % stations_.size()]; }

  // world_steps.cpp: what people do
  void run_step(const PlannedStep& step);
  void begin_faults(const PlannedStep& step, Station& who, Chance& chance);
  bool has_io_error(const PlannedStep& step, const Station& who) const;
  void face(const StorageFailure& failure, const PlannedStep& step, Station& who);
  void open_twice(Station& station);
  void do_step(const PlannedStep& step, Station& who, Chance& chance);
  void act(Station& station, Chance& chance);
  void catch_up(Station& station, std::size_t batches_max);
  void change_roster(Chance& chance);
  void spread_roster();
  void back_up(Station& station);
  void restore(Station& station, bool is_image);
  void clone(Station& station, bool is_image);
  void restore_hub();
  void jump_clock(Station& station, const PlannedStep& step, Chance& chance);
  void rogue(Station& station, Chance& chance);
  void excuse_what_only(const std::set<ChangeId>& before);
  std::set<ChangeId> held_anywhere();

  // world_sync.cpp: what crosses the network
  bool sync(Station& station, std::optional<Fault> fault, Chance& chance);
  void check_in_step(Station& station);
  Parley parley_of(const Station& station) const;
  Bytes request_of(Station& station, ByteView body);
  bool talk_once(Station& station, Exchange& talk, std::optional<Fault> fault, Chance& chance);
  void deliver_late(Chance& chance);
  Bytes answer_on_the_way(Station& station, Bytes answer, std::optional<Fault> fault);
  Bytes without_grants(Bytes message);
  void inspect(ByteView message, Level ceiling);

  // world_media.cpp: what couriers carry
  void export_set(Station& station, const Lane& lane, std::optional<Fault> fault, Chance& chance);
  void import_set(Station& station, std::optional<Fault> fault, Chance& chance);
  std::map<CompartmentId, std::size_t> foreign_batches(Station& station);
  void take_in(Station& station, const Medium& medium);
  void give_up_on_sets(Station& station, const Lane& lane);
  void check_belief(const Station& station, const Lane& lane, const PeerView& belief);
  std::vector<Lane> lanes_from(const Station& station) const;

  // world_checks.cpp: after every step
  void check_step();
  void remember_hub();
  void check_claims();
  void check_waiting(const Station& station);
  void check_conservation(Station& station);
  void check_equal_inputs(Station& station);
  void check_levels(Station& station);
  void check_acknowledged(Station& station);

  // world_heal.cpp: at the end
  void heal();
  void stop_all_faults();
  bool round_of_healing();
  std::string state_of_all();

  // world_tell.cpp
  void tell_end(std::ostream& out);
  void tell_compartment(std::ostream& out, Station& station, const CompartmentId& compartment);

  // world_end.cpp
  void check_end();
  bool is_shut_out(const Station& station) const;
  std::vector<Station*> readers_of(const CompartmentId& compartment) const;
  void check_same_everywhere();
  void check_nothing_lost();
  void check_visible(Station& station);
  void check_stage(Station& station, const HistoryEntry& entry);
  void check_standing();
  void check_origins();
  void check_forks(Station& station);
  void check_epochs();
  void check_hub_chain();
  bool is_beyond_cut(const BatchId& batch) const;
  void check_numbers(Station& station);

  Plan plan_;
  Settlement settlement_;
  GodLedger god_;
  std::vector<std::unique_ptr<Station>> stations_;
  std::unique_ptr<HubStation> hub_;
  Outcome outcome_;
  std::size_t step_no_ = 0;
  std::uint64_t counter_ = 0;
  std::size_t verb_now_ = kVerbs;
  std::size_t hub_back_at_ = 0;  ///< the step from which it is reached again
  std::map<const Station*, Bytes> last_answers_;
  std::ostream* told_ = nullptr;

  struct Late {
    bool is_to_hub = false;
    std::size_t station = 0;
    Bytes message;
  };
  std::deque<Late> late_;
  std::vector<Medium> media_;                         ///< on their way
  std::vector<Medium> drawer_;                        ///< taken in once, kept in a drawer
  std::array<std::set<BatchId>, kPlaces> told_held_;  ///< what a place said of itself on media
  std::map<Digest, std::pair<Digest, std::string>> seen_states_;  ///< inputs -> digest, who
  std::map<std::string, Digest> last_inputs_;
  std::array<bool, kPlaces> is_revoked_{};
  std::set<ChangeId> hub_ever_;  ///< what a hub of this realm held at any time
  std::set<ChangeId> rogue_;     ///< that must count nowhere
  std::set<NodeId> imaged_;      ///< of which there were two in one life
};

/// Runs one seed.
Outcome run_seed(std::uint64_t seed, std::size_t steps = 400);

}  // namespace jiyao::simulation
