// client/xlsx_strings.cpp - blocks of 32 KiB, zlib, and the open ones.
#include "client/xlsx_strings.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "crypto/result.h"

namespace jiyao {

namespace {

constexpr std::size_t kBlockBytes = 32 * 1024;
constexpr std::size_t kOpenBlocksMax = 256;  ///< 8 MiB of text
constexpr int kCompression = 4;

}  // namespace

bool PackedStrings::add(std::string_view text) {
  if (packed_bytes_ > packed_bytes_max_) return false;
  raw_ += text;
  ends_.push_back(static_cast<std::uint32_t>(raw_.size()));
  ++count_;
  if (raw_.size() + ends_.size() * sizeof(std::uint32_t) >= kBlockBytes) pack();
  return true;
}

/// Text, then the ends of its strings, as one packed piece.
void PackedStrings::pack() {
  Block block;
  block.count = ends_.size();
  block.first = count_ - block.count;
  std::string whole = raw_;
  whole.append(reinterpret_cast<const char*>(ends_.data()), ends_.size() * sizeof(std::uint32_t));
  block.raw_bytes = whole.size();
  uLongf size = ::compressBound(static_cast<uLong>(whole.size()));
  block.packed.resize(size);
  const int result =
      ::compress2(block.packed.data(), &size, reinterpret_cast<const Bytef*>(whole.data()),
                  static_cast<uLong>(whole.size()), kCompression);
  if (result != Z_OK) throw std::bad_alloc();
  block.packed.resize(size);
  block.packed.shrink_to_fit();
  packed_bytes_ += size + sizeof(Block);
  blocks_.push_back(std::move(block));
  raw_.clear();
  ends_.clear();
}

PackedStrings::Open& PackedStrings::open(std::size_t index) {
  Block& block = blocks_[index];
  if (block.slot != kClosed) {
    open_[block.slot].used = ++tick_;
    return open_[block.slot];
  }
  if (open_.size() < kOpenBlocksMax) {
    open_.emplace_back();
    block.slot = open_.size() - 1;
  } else {
    const auto oldest = std::min_element(
        open_.begin(), open_.end(), [](const Open& a, const Open& b) { return a.used < b.used; });
    blocks_[oldest->block].slot = kClosed;
    block.slot = static_cast<std::size_t>(oldest - open_.begin());
  }
  Open& opened = open_[block.slot];
  opened.block = index;
  opened.used = ++tick_;
  opened.raw.resize(block.raw_bytes);
  uLongf size = static_cast<uLongf>(block.raw_bytes);
  const int result = ::uncompress(reinterpret_cast<Bytef*>(opened.raw.data()), &size,
                                  block.packed.data(), static_cast<uLong>(block.packed.size()));
  JIYAO_ASSERT(result == Z_OK && size == block.raw_bytes);
  const std::size_t ends_bytes = block.count * sizeof(std::uint32_t);
  opened.ends.resize(block.count);
  std::memcpy(opened.ends.data(), opened.raw.data() + (size - ends_bytes), ends_bytes);
  opened.raw.resize(size - ends_bytes);
  return opened;
}

std::optional<std::string> PackedStrings::at(std::size_t index) {
  if (index >= count_) return std::nullopt;
  const auto cut = [](const std::string& raw, const std::vector<std::uint32_t>& ends,
                      std::size_t i) {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return raw.substr(begin, ends[i] - begin);
  };
  const std::size_t first_open = count_ - ends_.size();
  if (index >= first_open) return cut(raw_, ends_, index - first_open);
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), index,
                       [](std::size_t wanted, const Block& block) { return wanted < block.first; });
  const auto found = static_cast<std::size_t>(after - blocks_.begin()) - 1;
  const Open& opened = open(found);
  return cut(opened.raw, opened.ends, index - blocks_[found].first);
}

}  // namespace jiyao
