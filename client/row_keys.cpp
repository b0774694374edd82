// client/row_keys.cpp - sorted hashes; of equal ones the first are taken first.
#include "client/row_keys.h"

#include <algorithm>
#include <functional>
#include <string>

namespace jiyao {

RowKeys::Key RowKeys::key_of(std::string_view text) {
  const std::hash<std::string_view> hash;
  return {hash(text), hash(std::string(text) + '\x1f')};
}

void RowKeys::add(std::string_view text) {
  keys_.push_back(key_of(text));
}

void RowKeys::sort() {
  std::sort(keys_.begin(), keys_.end());
  taken_.assign(keys_.size(), false);
}

bool RowKeys::take(std::string_view text) {
  const auto [first, last] = std::equal_range(keys_.begin(), keys_.end(), key_of(text));
  std::size_t low = static_cast<std::size_t>(first - keys_.begin());
  std::size_t high = static_cast<std::size_t>(last - keys_.begin());
  const std::size_t end = high;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (taken_[middle])
      low = middle + 1;
    else
      high = middle;
  }
  if (low == end) return false;
  taken_[low] = true;
  return true;
}

std::size_t RowKeys::repeated() const {
  std::size_t all = 0;
  for (std::size_t i = 0; i < keys_.size();) {
    std::size_t next = i + 1;
    while (next < keys_.size() && keys_[next] == keys_[i]) ++next;
    if (next - i > 1) all += next - i;
    i = next;
  }
  return all;
}

}  // namespace jiyao
