// schema/columns_layout.h - what writing and reading columns have in common. For
// schema/columns*.cpp only.
#pragma once

#include "schema/columns.h"
#include "schema/wire.h"

namespace jiyao {

inline constexpr Preamble kColumnsPreamble{"JYCL"};

/// A column of values that repeat: one code a change.
inline constexpr std::uint64_t kSameAsBefore = 0;  ///< equal to the change before
inline constexpr std::uint64_t kNewValue = 1;      ///< first seen here: next in the list of values
inline constexpr std::uint64_t kEarlierValue = 2;  ///< + index in the list of values

/// One parent: the previous change of the same record in this batch, or 32 bytes of their own.
inline constexpr std::uint8_t kParentNamed = 0;
inline constexpr std::uint8_t kParentBefore = 1;

/// encode_columns() without its checks; decode_columns() compares with it.
Bytes lay_out_columns(std::span<const Change> changes, std::span<const ChangeId> ids,
                      const BodySalt& salt);

}  // namespace jiyao
