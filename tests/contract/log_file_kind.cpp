// tests/contract/log_file_kind.cpp - log.jdb in the contract suite, on a disk in memory.
#include "contract/carrier.h"
#include "support/disk_world.h"

namespace jiyao {
namespace {

// The disks live until the program ends: every log closes before its disk goes.
std::unique_ptr<BatchLog> make_log(const Machine& machine) {
  static std::vector<std::unique_ptr<DiskWorld>> worlds;
  worlds.push_back(std::make_unique<DiskWorld>(worlds.size() + 1));
  return worlds.back()->log(machine.node);
}

[[maybe_unused]] const bool has_log_file = enlist(LogKind{"log_file", make_log});

}  // namespace
}  // namespace jiyao
