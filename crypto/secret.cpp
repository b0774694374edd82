// crypto/secret.cpp - guarded, locked memory from libsodium.
#include "crypto/secret.h"

#include <sodium.h>

#include <cstdio>
#include <cstdlib>
#include <new>

#include "crypto/random.h"
#include "crypto/result.h"
#include "crypto/sodium_ready.h"

namespace jiyao {
namespace {

// Not our bug and nothing a caller could do better: a key in memory that may be swapped out would
// break what we promise, so the program says what to raise and stops before it has written.
[[noreturn]] void stop_without_locked_memory() {
  std::fprintf(stderr,
               "jiyao: no locked memory for a key; raise RLIMIT_MEMLOCK (ulimit -l) and retry\n");
  std::fflush(stderr);
  std::abort();
}

std::uint8_t* locked_bytes(std::size_t size) {
  ready_sodium();
  auto* bytes = static_cast<std::uint8_t*>(sodium_malloc(size));
  if (bytes == nullptr) throw std::bad_alloc();  // none of any kind: as everywhere
  // sodium_malloc locks too, but keeps a failure to itself; asking again is what tells us.
  if (sodium_mlock(bytes, size) != 0) stop_without_locked_memory();
  sodium_memzero(bytes, size);
  return bytes;
}

}  // namespace

template <std::size_t N>
void Secret<N>::Wipe::operator()(std::uint8_t* bytes) const noexcept {
  sodium_free(bytes);  // zeroes first
}

template <std::size_t N>
Secret<N>::Secret() : bytes_(locked_bytes(N)) {}

template <std::size_t N>
Secret<N> Secret<N>::random() {
  Secret secret;
  random_bytes(secret.write());
  return secret;
}

template <std::size_t N>
Secret<N> Secret<N>::copy_of(ByteView n_bytes) {
  JIYAO_ASSERT(n_bytes.size() == N);
  Secret secret;
  std::copy(n_bytes.begin(), n_bytes.end(), secret.write().begin());
  return secret;
}

template <std::size_t N>
Secret<N> Secret<N>::duplicate() const {
  return copy_of(reveal());
}

template class Secret<32>;
template class Secret<64>;

void wipe(std::span<std::uint8_t> bytes) {
  sodium_memzero(bytes.data(), bytes.size());
}

void wipe(std::string& text) {
  // The whole capacity: what was erased from the end of a string is still in its memory.
  text.resize(text.capacity());
  sodium_memzero(text.data(), text.size());
  text.clear();
}

}  // namespace jiyao
