// schema/packing.h - a batch's plain columns made small, and its size made uninformative.
//
// Packed = opened length u32 LE | zstd length u32 LE | zstd frame | zeros up to padded_bytes().
// What is inside never shows in the length beyond its padding step (design.md section 14).
#pragma once

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace jiyao {

/// 1, 2, 4 ... 64 KiB, then steps of 1/8 of the power of two below: at most 12.5 % each.
std::size_t padded_bytes(std::size_t bytes);

/// zstd level 3, then padding. `plain` is at most kBatchOpenedBytesMax bytes.
Bytes pack(ByteView plain);

/// Undoes pack(). Allocates the opened length only after comparing it with kBatchOpenedBytesMax;
/// zstd may use a window of at most that.
///   errors: malformed (also wrong padding, and a length that is not the frame's), too_large
Result<Bytes> unpack(ByteView packed);

}  // namespace jiyao
