// bench/floor_batch.h - what the floor sends: rows -> columns -> zstd -> AEAD -> one signature, and
// back. Both ends hold the same keys: how keys travel is not what is measured.
#pragma once

#include <functional>
#include <memory>

#include "bench/plain.h"
#include "crypto/aead.h"
#include "crypto/sign.h"
#include "schema/files.h"

namespace jiyao {

inline constexpr std::size_t kFloorRowsPerBatch = 1000;

void put_number(Bytes& bytes, std::uint64_t number);  ///< 4 bytes
std::uint64_t take_number(ByteView& rest);

class FloorBatches {
 public:
  FloorBatches();
  /// `plain`'s rows with a number from `from_row` on; `take` gets a length and a batch at a time.
  void each(PlainRegister& plain, std::uint64_t from_row,
            const std::function<void(const Bytes&)>& take) const;
  /// Puts whole batches into `plain`; the bytes that were not one are left.
  ByteView put(PlainRegister& plain, ByteView batches) const;

 private:
  std::shared_ptr<const SigningKey> sign_;  // copies of these keys are of no interest
  std::shared_ptr<const BodyKey> key_;
};

}  // namespace jiyao
