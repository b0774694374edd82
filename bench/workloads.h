// bench/workloads.h - what is measured. Each prints its lines; each throws when the work went
// wrong.
#pragma once

#include "schema/files.h"

namespace jiyao {

struct Order {
  Path folder;  ///< empty, removed by the caller
  std::uint64_t rows = 0;
  std::string server_program;
};

/// The import of a register, 1,000 rows a transaction, and single acts, against plain SQLite.
void measure_import(const Order& order);
/// First sync A -> hub -> B, 1,000 changed records, and a meeting with nothing to say, against the
/// floor.
void measure_sync(const Order& order);
/// The same two by bundle.
void measure_bundle(const Order& order);

}  // namespace jiyao
