// client/row_keys.h - which rows are the same, for a million of them in 16 bytes each.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace jiyao {

/// Texts by two hashes each. Equal texts are found; that others are taken for equal would need the
/// better part of 2^64 rows.
class RowKeys {
 public:
  void add(std::string_view text);
  /// After the last add(), before the first take().
  void sort();
  /// Is there one of these that was not taken yet? It is now.
  bool take(std::string_view text);
  /// How many of them stand there more than once, all together.
  std::size_t repeated() const;

 private:
  using Key = std::array<std::uint64_t, 2>;
  static Key key_of(std::string_view text);

  std::vector<Key> keys_;
  std::vector<bool> taken_;
};

}  // namespace jiyao
