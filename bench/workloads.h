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
/// The same two by bundle, against the floor in a file.
void measure_bundle(const Order& order);
/// Up to 10,000 rows worked on at both ends before they meet, against last writer wins.
void measure_conflicts(const Order& order);
/// Insert and point read over sealed pages, against the same SQLite unencrypted.
void measure_pages(const Order& order);
/// Two Chinese characters, common and rare, in ten titles a row (a million at most) and in the
/// register, against FTS5 in plain SQLite.
void measure_search(const Order& order);
/// Up to 10,000 rows over 1 Mbit/s, 300 ms, 5 % loss, uncut and cut, against the floor over the
/// same link.
void measure_poor(const Order& order);
/// Fifty offices pushing to one hub at once, against an append-only file behind the same listener.
void measure_hub(const Order& order);
/// An office for every hundred rows against one hub: an ordinary day, then all back at once.
void measure_load(const Order& order);
/// What a clerk asks of a full register: find, where, today.
void measure_desk(const Order& order);
/// Measures nothing: the register as JSON lines, for bench/peers.
void print_rows(const Order& order);

}  // namespace jiyao
