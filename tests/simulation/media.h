// tests/simulation/media.h - a medium in a courier's bag: what is written on it, and for whom.
#pragma once

#include "simulation/station.h"

namespace jiyao::simulation {

inline constexpr const char* kMediumFolder = "/medium";

struct Medium {
  unsigned from = 0, to = 0;  ///< places
  Level label = Level::internal;
  SimulatedDisk::Image files;
  std::size_t step = 0;  ///< when it was written
};

}  // namespace jiyao::simulation
