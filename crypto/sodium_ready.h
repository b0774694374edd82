// crypto/sodium_ready.h - the one place that starts libsodium. For the sources of crypto/ only.
#pragma once

namespace jiyao {

/// Starts libsodium on the first call and stops the program if it cannot start. Cheap afterwards;
/// safe from any thread. Called by every entry whose answer depends on it: memory, randomness, and
/// the choice of the processor's fast code.
void ready_sodium();

}  // namespace jiyao
