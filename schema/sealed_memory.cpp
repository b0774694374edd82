// schema/sealed_memory.cpp - SQLite's memory is wiped when it is freed: rows were in it.
#include <sqlite3.h>

#include <cstring>

#include "schema/sealed_vfs.h"

namespace jiyao {
namespace {

sqlite3_mem_methods& plain() {
  static sqlite3_mem_methods methods;
  return methods;
}

void wiping_free(void* memory) {
  if (memory == nullptr) return;
  explicit_bzero(memory, static_cast<std::size_t>(plain().xSize(memory)));
  plain().xFree(memory);
}

// Never in place: the allocator's own move would leave the old bytes behind.
void* wiping_realloc(void* memory, int bytes) {
  const int old_bytes = plain().xSize(memory);
  if (bytes <= old_bytes && bytes > old_bytes / 2) return memory;
  void* moved = plain().xMalloc(bytes);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, memory, static_cast<std::size_t>(std::min(bytes, old_bytes)));
  wiping_free(memory);
  return moved;
}

bool configure() {
  if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain()) != SQLITE_OK) return false;
  sqlite3_mem_methods methods = plain();
  methods.xFree = wiping_free;
  methods.xRealloc = wiping_realloc;
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK &&
         sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1) == SQLITE_OK;
}

}  // namespace

void prepare_sqlite() {
  // Fails only if SQLite was used before us, which is the mistake this stops at.
  static const bool is_prepared = configure();
  JIYAO_ASSERT(is_prepared);
}

}  // namespace jiyao
