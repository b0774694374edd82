// tests/simulation/plan.h - what will happen in one world, written down before anything runs.
//
// A plan is a pure function of the seed. Each step carries its own seed, so that leaving one out
// changes nothing in the others but what follows from the ledger itself.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jiyao::simulation {

enum class Verb : std::uint8_t {
  act,         ///< a clerk records something
  seal,        ///< what was recorded is packed into batches
  sync,        ///< one conversation with the hub
  export_set,  ///< a bundle is written for `whom`
  import_set,  ///< a medium that lies at `who` is read in
  catch_up,    ///< the log into the level files
  receipts,    ///< the keeper says what it shows
  roster,      ///< the administrator signs a record
  reopen,      ///< the program ends and starts again, perhaps for another person
  backup,      ///< somebody copies the replica's folder away
  restore,     ///< somebody puts that copy back
  clone,       ///< somebody runs a copy on another machine, and both go on
  backup_hub,
  restore_hub,
  clock,      ///< the clock of `who` jumps by years
  fill_disk,  ///< no space from now on
  free_disk,
  rogue,  ///< a machine of the realm seals what it may not
};
inline constexpr std::size_t kVerbs = 18;
std::string_view name_of(Verb verb);

enum class Fault : std::uint8_t {
  message_lost,
  message_repeated,
  message_late,  ///< delivered in a later step, after newer ones
  message_cut,
  node_crash,  ///< power cut at the n-th change of its disk
  node_crash_while_recovering,
  hub_crash,
  node_restored,
  node_cloned,
  hub_restored,
  medium_lost,
  medium_torn,
  medium_stale,       ///< one taken in long ago is read again
  medium_duplicated,  ///< the same one twice
  medium_swapped,     ///< that of another pair
  medium_bit,
  clock_forward,
  clock_back,
  disk_full_node,
  disk_full_medium,
  answer_of_a_stranger,  ///< a portal or a proxy answers in the hub's place
  answer_stale,          ///< a proxy gives the answer of an earlier conversation once more
  hub_away,              ///< for some steps nobody reaches it
  io_error_node,         ///< the n-th call of its disk fails, once
  io_error_hub,
  program_twice,    ///< somebody starts the program while it runs
  medium_emptied,   ///< pulled too early: the right length, and zeros at the end, or nothing at all
  medium_littered,  ///< files of other programs lie on it, and copies under other names
  /// Put back or copied as a whole, bit for bit, with its anchor and what tells it from a copy: it
  /// cannot notice by itself, only be told.
  machine_imaged,
  grants_withheld,  ///< the hub, or somebody in its place, leaves out every grant
};
inline constexpr std::size_t kFaults = 30;
/// The first so many were there when the seeds of regressions.txt were found.
inline constexpr std::size_t kFirstFaults = 20;
inline constexpr std::size_t kLaterFaults = 28;  ///< the same of the seeds of the museum
std::string_view name_of(Fault fault);

struct PlannedStep {
  Verb verb = Verb::act;
  unsigned who = 0;   ///< modulo the machines there are when it runs
  unsigned whom = 0;  ///< a lane of `who`
  std::optional<Fault> fault;
  std::uint64_t seed = 0;
};

struct Plan {
  std::uint64_t seed = 0;
  bool is_large = false;     ///< a realm of nine machines (settlement.h)
  unsigned hot_records = 3;  ///< most amendments meet on so many records
  unsigned full_acts_percent = 50;
  std::vector<PlannedStep> steps;
};

/// `with_later_faults` false: as this seed was before there were more than kFirstFaults kinds, and
/// large realms: about every fifth is one.
Plan plan(std::uint64_t seed, std::size_t steps, bool with_later_faults = true);
/// Every kind that may be planned for a step that does this.
std::vector<Fault> faults_of(Verb verb);
std::string describe(const PlannedStep& step);
/// One step a line, with its seed: what a minimal failing plan is printed as.
std::string describe(const Plan& plan);

}  // namespace jiyao::simulation
