// crypto/random.cpp - the kernel's randomness, the tests' door to it, and the start of libsodium.
#include "crypto/random.h"

#include <sodium.h>

#include "crypto/result.h"
#include "crypto/sodium_ready.h"

namespace jiyao {
namespace {

using Fill = std::function<void(std::span<std::uint8_t>)>;

// libsodium takes plain C functions, so the test's source has to live beside them.
Fill& test_fill() {
  static Fill fill;
  return fill;
}

const char* test_source_name() {
  return "jiyao-test";
}

void test_source_buf(void* const out, const std::size_t size) {
  test_fill()(std::span(static_cast<std::uint8_t*>(out), size));
}

std::uint32_t test_source_random() {
  std::uint32_t number = 0;
  test_source_buf(&number, sizeof(number));
  return number;
}

// libsodium keeps the pointer, so the table lives as long as the program.
randombytes_implementation test_source = {test_source_name, test_source_random, nullptr,
                                          nullptr,          test_source_buf,    nullptr};

}  // namespace

void ready_sodium() {
  static const bool is_ready = sodium_init() >= 0;
  JIYAO_ASSERT(is_ready);
}

void random_bytes(std::span<std::uint8_t> out) {
  ready_sodium();
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

void set_random_source_for_tests(std::function<void(std::span<std::uint8_t>)> fill) {
  // Started first, so that libsodium's own start never takes bytes from the test's source: the
  // sequence a seed gives is the same in the first test of a process and in the last.
  ready_sodium();
  const bool is_ours = static_cast<bool>(fill);
  if (!is_ours) randombytes_set_implementation(&randombytes_sysrandom_implementation);
  test_fill() = std::move(fill);
  if (is_ours) randombytes_set_implementation(&test_source);
}

}  // namespace jiyao
