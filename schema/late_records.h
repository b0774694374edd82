// schema/late_records.h - records that are shown while the indexes of their file do not know it
// yet. For store*.cpp only.
//
// One act would touch a page of every index for every key and every word. Instead it is noted as
// late, and looked up here; when there are many of them, all go into the indexes together.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/word_index.h"

namespace jiyao {

/// What a record is found by, and filtered by.
struct Findable {
  std::vector<std::string> keys;  ///< sorted, unique
  std::string text;               ///< folded
  ShelfMark mark;
  friend bool operator==(const Findable&, const Findable&) = default;
};

struct LateRecord {
  Findable indexed;  ///< as `key` and `words` have it still
  Findable now;
};

class LateRecords {
 public:
  using ByNo = std::map<std::int64_t, LateRecord>;
  using ByKey = std::unordered_multimap<std::string_view, std::int64_t>;
  /// A record taken out, with its place among the keys. Nothing in it: there was no such record.
  struct Taken {
    ByNo::node_type record;
    std::vector<ByKey::node_type> keys;
    bool is_none() const { return record.empty(); }
  };

  void put(std::int64_t no, LateRecord record);
  /// Whole, or not at all when it throws.
  Taken take(std::int64_t no);
  /// As it was before take(), whatever was put since. Allocates nothing: for destructors.
  void put_back(std::int64_t no, Taken taken) noexcept;
  void clear();
  bool contains(std::int64_t no) const { return by_no_.contains(no); }
  const LateRecord* find(std::int64_t no) const;
  std::vector<std::int64_t> with_key(const std::string& key) const;
  const ByNo& all() const { return by_no_; }

 private:
  void erase(std::int64_t no);
  ByKey::iterator place_of(const std::string& key, std::int64_t no);

  ByNo by_no_;
  ByKey by_key_;  ///< views into by_no_
};

}  // namespace jiyao
