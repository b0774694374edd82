// tests/support/own_memory.cpp - operator new of the whole program, sodium_malloc and zstd.
#include "support/own_memory.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace jiyao {
namespace {

bool fails() {
  return OwnMemory::is_counted && OwnMemory::the().strikes();
}

void* allocate(std::size_t bytes, std::size_t alignment) {
  if (fails()) throw std::bad_alloc();
  const std::size_t whole = (std::max<std::size_t>(bytes, 1) + alignment - 1) & ~(alignment - 1);
  void* memory = alignment <= alignof(std::max_align_t) ? std::malloc(whole)
                                                        : std::aligned_alloc(alignment, whole);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// The linker leads calls here (--wrap in simulation.cmake).
extern "C" {
void* real_sodium_malloc(std::size_t bytes) asm("__real_sodium_malloc");
void* wrap_sodium_malloc(std::size_t bytes) asm("__wrap_sodium_malloc");
void* wrap_sodium_malloc(std::size_t bytes) {
  return fails() ? nullptr : real_sodium_malloc(bytes);
}

ZSTD_DCtx* real_create_context() asm("__real_ZSTD_createDCtx");
ZSTD_DCtx* wrap_create_context() asm("__wrap_ZSTD_createDCtx");
ZSTD_DCtx* wrap_create_context() {
  return fails() ? nullptr : real_create_context();
}

std::size_t real_compress(void* out, std::size_t room, const void* in, std::size_t bytes,
                          int level) asm("__real_ZSTD_compress");
std::size_t wrap_compress(void* out, std::size_t room, const void* in, std::size_t bytes,
                          int level) asm("__wrap_ZSTD_compress");
std::size_t wrap_compress(void* out, std::size_t room, const void* in, std::size_t bytes,
                          int level) {
  if (fails()) return static_cast<std::size_t>(-static_cast<int>(ZSTD_error_memory_allocation));
  return real_compress(out, room, in, bytes, level);
}
}

}  // namespace jiyao

void* operator new(std::size_t bytes) {
  return jiyao::allocate(bytes, alignof(std::max_align_t));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return jiyao::allocate(bytes, static_cast<std::size_t>(alignment));
}
// What a library asks for and can do without (std::stable_sort).
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return jiyao::fails() ? nullptr : std::malloc(std::max<std::size_t>(bytes, 1));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
