// tests/simulation/plan.cpp - drawing a plan: which faults this world knows, and how often.
#include "simulation/plan.h"

#include <algorithm>
#include <functional>

#include "simulation/chance.h"

namespace jiyao::simulation {
namespace {

struct Weight {
  Verb verb;
  unsigned weight;
};

constexpr std::array<Weight, kVerbs> kWeights = {{{Verb::act, 120},
                                                  {Verb::seal, 24},
                                                  {Verb::sync, 90},
                                                  {Verb::export_set, 34},
                                                  {Verb::import_set, 40},
                                                  {Verb::catch_up, 44},
                                                  {Verb::receipts, 14},
                                                  {Verb::roster, 6},
                                                  {Verb::reopen, 10},
                                                  {Verb::backup, 5},
                                                  {Verb::restore, 2},
                                                  {Verb::clone, 1},
                                                  {Verb::backup_hub, 3},
                                                  {Verb::restore_hub, 2},
                                                  {Verb::clock, 5},
                                                  {Verb::fill_disk, 2},
                                                  {Verb::free_disk, 8},
                                                  {Verb::rogue, 2}}};

/// The fault a verb is by itself: it is left out of worlds that do not know it.
std::optional<Fault> fault_of(Verb verb) {
  switch (verb) {
    case Verb::restore:
      return Fault::node_restored;
    case Verb::clone:
      return Fault::node_cloned;
    case Verb::restore_hub:
      return Fault::hub_restored;
    case Verb::fill_disk:
      return Fault::disk_full_node;
    default:
      return std::nullopt;
  }
}

/// Faults that may happen while this is done.
std::vector<Fault> faults_during(Verb verb) {
  switch (verb) {
    case Verb::sync:
      return {Fault::message_lost, Fault::message_repeated, Fault::message_late,
              Fault::message_cut,  Fault::node_crash,       Fault::hub_crash};
    case Verb::export_set:
      return {Fault::node_crash, Fault::disk_full_medium};
    case Verb::import_set:
      return {Fault::medium_lost,       Fault::medium_torn,    Fault::medium_stale,
              Fault::medium_duplicated, Fault::medium_swapped, Fault::medium_bit,
              Fault::node_crash};
    case Verb::act:
    case Verb::seal:
    case Verb::catch_up:
    case Verb::receipts:
    case Verb::roster:
      return {Fault::node_crash};
    case Verb::reopen:
      return {Fault::node_crash_while_recovering};
    case Verb::clock:
      return {Fault::clock_forward, Fault::clock_back};
    default:
      return {};
  }
}

/// Kinds that came later, drawn from a stream of their own: the others stay as they were.
std::vector<Fault> later_faults_during(Verb verb) {
  switch (verb) {
    case Verb::sync:
      return {Fault::answer_of_a_stranger, Fault::answer_stale, Fault::hub_away,
              Fault::io_error_node, Fault::io_error_hub};
    case Verb::act:
    case Verb::seal:
    case Verb::catch_up:
      return {Fault::io_error_node};
    case Verb::import_set:
      return {Fault::medium_emptied, Fault::medium_littered, Fault::io_error_node};
    case Verb::reopen:
      return {Fault::program_twice};
    default:
      return {};
  }
}

/// And later still, from one more stream.
std::vector<Fault> newest_faults_during(Verb verb) {
  switch (verb) {
    case Verb::sync:
      return {Fault::grants_withheld};
    case Verb::restore:
    case Verb::clone:
      return {Fault::machine_imaged};
    default:
      return {};
  }
}

/// Swarm: each kind is in by half, so that some worlds are made of one kind alone.
struct Weather {
  std::array<bool, kFaults> knows{};
  unsigned fault_percent = 0;
  bool knows_fault(Fault fault) const { return knows[static_cast<std::size_t>(fault)]; }
};

Weather draw_weather(Chance& chance) {
  Weather weather;
  const bool is_calm = chance.percent(8);
  for (std::size_t i = 0; i < kFirstFaults; ++i) weather.knows[i] = !is_calm && chance.percent(50);
  weather.fault_percent = static_cast<unsigned>(3 + chance.below(30));
  return weather;
}

Verb draw_verb(Chance& chance, const Weather& weather) {
  for (;;) {
    unsigned total = 0;
    for (const Weight& each : kWeights) total += each.weight;
    std::size_t drawn = chance.below(total);
    for (const Weight& each : kWeights) {
      if (drawn >= each.weight) {
        drawn -= each.weight;
        continue;
      }
      const std::optional<Fault> fault = fault_of(each.verb);
      if (!fault || weather.knows_fault(*fault)) return each.verb;
      break;
    }
  }
}

void add_later_faults(Plan& plan, const Weather& before) {
  Chance chance(plan.seed, "later");
  Weather weather = before;
  const bool is_calm = std::none_of(before.knows.begin(), before.knows.end(), std::identity());
  for (std::size_t i = kFirstFaults; i < kLaterFaults; ++i)
    weather.knows[i] = !is_calm && chance.percent(50);
  for (PlannedStep& step : plan.steps) {
    const std::vector<Fault> may = later_faults_during(step.verb);
    if (may.empty() || step.fault || !chance.percent(weather.fault_percent / 2)) continue;
    const Fault fault = chance.pick(may);
    if (weather.knows_fault(fault)) step.fault = fault;
  }
}

// In place of a copy that notices, or of nothing.
void add_newest_faults(Plan& plan, const Weather& before) {
  Chance chance(plan.seed, "newest");
  const bool is_calm = std::none_of(before.knows.begin(), before.knows.end(), std::identity());
  const bool knows_images = !is_calm && chance.percent(50);
  const bool knows_withholding = !is_calm && chance.percent(50);
  for (PlannedStep& step : plan.steps) {
    const bool is_copy = step.verb == Verb::restore || step.verb == Verb::clone;
    if (is_copy && knows_images && chance.percent(50)) step.fault = Fault::machine_imaged;
    if (step.verb != Verb::sync || step.fault || !knows_withholding) continue;
    if (chance.percent(before.fault_percent / 2)) step.fault = Fault::grants_withheld;
  }
}

}  // namespace

std::vector<Fault> faults_of(Verb verb) {
  std::vector<Fault> all = faults_during(verb);
  for (const Fault later : later_faults_during(verb)) all.push_back(later);
  for (const Fault newest : newest_faults_during(verb)) all.push_back(newest);
  if (const std::optional<Fault> itself = fault_of(verb)) all.push_back(*itself);
  return all;
}

Plan plan(std::uint64_t seed, std::size_t steps, bool with_later_faults) {
  Chance chance(seed, "plan");
  const Weather weather = draw_weather(chance);
  Plan plan;
  plan.seed = seed;
  plan.hot_records = static_cast<unsigned>(1 + chance.below(8));
  plan.full_acts_percent = static_cast<unsigned>(20 + chance.below(70));
  for (std::size_t i = 0; i < steps; ++i) {
    PlannedStep step;
    step.verb = draw_verb(chance, weather);
    step.who = static_cast<unsigned>(chance.below(60));
    step.whom = static_cast<unsigned>(chance.below(60));
    step.seed = chance.next();
    step.fault = fault_of(step.verb);
    const std::vector<Fault> may = faults_during(step.verb);
    if (!may.empty() && (chance.percent(weather.fault_percent) || step.verb == Verb::clock)) {
      const Fault fault = chance.pick(may);
      if (weather.knows_fault(fault)) step.fault = fault;
    }
    plan.steps.push_back(step);
  }
  if (!with_later_faults) return plan;
  plan.is_large = Chance(seed, "places").percent(20);
  add_later_faults(plan, weather);
  add_newest_faults(plan, weather);
  return plan;
}

std::string_view name_of(Verb verb) {
  static constexpr std::array<std::string_view, kVerbs> kNames = {
      "act",        "seal",        "sync",   "export",    "import",    "catch_up",
      "receipts",   "roster",      "reopen", "backup",    "restore",   "clone",
      "backup_hub", "restore_hub", "clock",  "fill_disk", "free_disk", "rogue"};
  return kNames[static_cast<std::size_t>(verb)];
}

std::string_view name_of(Fault fault) {
  static constexpr std::array<std::string_view, kFaults> kNames = {
      "message_lost",    "message_repeated",  "message_late",
      "message_cut",     "node_crash",        "node_crash_while_recovering",
      "hub_crash",       "node_restored",     "node_cloned",
      "hub_restored",    "medium_lost",       "medium_torn",
      "medium_stale",    "medium_duplicated", "medium_swapped",
      "medium_bit",      "clock_forward",     "clock_back",
      "disk_full_node",  "disk_full_medium",  "answer_of_a_stranger",
      "answer_stale",    "hub_away",          "io_error_node",
      "io_error_hub",    "program_twice",     "medium_emptied",
      "medium_littered", "machine_imaged",    "grants_withheld"};
  return kNames[static_cast<std::size_t>(fault)];
}

std::string describe(const PlannedStep& step) {
  std::string text(name_of(step.verb));
  text += " who=" + std::to_string(step.who) + " whom=" + std::to_string(step.whom);
  if (step.fault) text += " fault=" + std::string(name_of(*step.fault));
  return text;
}

std::string describe(const Plan& plan) {
  std::string text = "seed " + std::to_string(plan.seed) + (plan.is_large ? ", large\n" : "\n");
  for (const PlannedStep& step : plan.steps)
    text += "  " + describe(step) + " seed=" + std::to_string(step.seed) + "\n";
  return text;
}

}  // namespace jiyao::simulation
