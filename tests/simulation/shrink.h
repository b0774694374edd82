// tests/simulation/shrink.h - a failing plan made as small as it will go.
//
// Every step has its own seed, so leaving one out changes nothing in the others but what follows
// from the ledger itself. Smaller means: still breaks the same promise.
#pragma once

#include "simulation/world.h"

namespace jiyao::simulation {

struct Shrunk {
  Plan plan;
  Outcome outcome;        ///< of the small plan
  std::size_t tries = 0;  ///< worlds that were run for it
};

/// Cuts off what comes after the failure, leaves out ever smaller runs of steps, then takes the
/// faults out of those that remain. At most `tries_max` worlds. `failing` is the outcome of `plan`.
Shrunk shrink(const Plan& plan, const Outcome& failing, std::size_t tries_max);

}  // namespace jiyao::simulation
