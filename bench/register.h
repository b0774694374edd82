// bench/register.h - a register of incoming documents, the same on every machine: about 500 bytes
// of Chinese text a row.
#pragma once

#include <string>
#include <vector>

#include "sync/replica.h"

namespace jiyao {

/// Row `n` of the register, as writes of the ledger `incoming`, sorted by group. Pure.
std::vector<Write> register_row(std::uint64_t n);
/// Fourteen words, as a title of the register has.
std::string register_title(std::uint64_t n);
/// The same row after somebody worked on it: remarks, lead department and a time limit.
std::vector<Write> row_change(std::uint64_t n);
/// Names of the groups register_row() writes, sorted.
const std::vector<std::string>& register_columns();

/// Acts that make rows [from, to) of the register, 200 rows an act.
std::vector<Act> acts_of_rows(const CompartmentId& compartment, std::uint64_t from,
                              std::uint64_t to);

}  // namespace jiyao
