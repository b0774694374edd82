// tests/support/failing_memory.h - SQLite's memory: the n-th allocation fails, or all from there.
//
// Must be installed before the first use of SQLite (the product's own wiping memory then stands
// above it): call FailingMemory::install() from a namespace-scope initialiser.
#pragma once

#include <sqlite3.h>

#include "support/failing_calls.h"

namespace jiyao {

class FailingMemory : public FailingCalls {
 public:
  static bool install() {
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below());
    sqlite3_mem_methods methods = below();
    methods.xMalloc = [](int bytes) { return the().strikes() ? nullptr : below().xMalloc(bytes); };
    methods.xRealloc = [](void* old, int bytes) {
      return the().strikes() ? nullptr : below().xRealloc(old, bytes);
    };
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
  }
  static FailingMemory& the() {
    static FailingMemory memory;
    return memory;
  }

 private:
  static sqlite3_mem_methods& below() {
    static sqlite3_mem_methods methods;
    return methods;
  }
};

}  // namespace jiyao
