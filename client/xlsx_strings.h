// client/xlsx_strings.h - the texts of a workbook that its cells name by number, kept packed.
//
// A register of a million rows has hundreds of megabytes of them. They are compressed in memory in
// blocks, with the blocks in use kept open: what the whole may need is bounded, and no text of a
// register goes to a disk in the clear.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/sheet_limits.h"

namespace jiyao {

class PackedStrings {
 public:
  explicit PackedStrings(std::size_t packed_bytes_max = kSheetStringsPackedBytesMax)
      : packed_bytes_max_(packed_bytes_max) {}
  /// false: the limit is passed; nothing more is taken.
  [[nodiscard]] bool add(std::string_view text);
  /// nullopt: there is no such number.
  std::optional<std::string> at(std::size_t index);
  std::size_t count() const { return count_; }
  std::size_t packed_bytes() const { return packed_bytes_; }

 private:
  struct Block {
    std::size_t first = 0, count = 0;
    std::size_t raw_bytes = 0;
    std::vector<std::uint8_t> packed;
    std::size_t slot = kClosed;  ///< in open_
  };
  struct Open {
    std::size_t block = 0;
    std::uint64_t used = 0;
    std::string raw;
    std::vector<std::uint32_t> ends;
  };
  static constexpr std::size_t kClosed = static_cast<std::size_t>(-1);

  void pack();
  Open& open(std::size_t block);

  std::size_t packed_bytes_max_;
  std::vector<Block> blocks_;
  std::string raw_;                  ///< of the block that is being filled
  std::vector<std::uint32_t> ends_;  ///< of its texts
  std::vector<Open> open_;
  std::size_t count_ = 0, packed_bytes_ = 0;
  std::uint64_t tick_ = 0;
};

}  // namespace jiyao
