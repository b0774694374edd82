// schema/late_records.cpp - see schema/late_records.h.
#include "schema/late_records.h"

#include <utility>

namespace jiyao {

void LateRecords::put(std::int64_t no, LateRecord record) {
  erase(no);
  const LateRecord& kept = by_no_.emplace(no, std::move(record)).first->second;
  for (const std::string& key : kept.now.keys) by_key_.emplace(key, no);
}

void LateRecords::erase(std::int64_t no) {
  const auto known = by_no_.find(no);
  if (known == by_no_.end()) return;
  for (const std::string& key : known->second.now.keys) {
    const auto [begin, end] = by_key_.equal_range(key);
    for (auto at = begin; at != end; ++at) {
      if (at->second != no) continue;
      by_key_.erase(at);
      break;
    }
  }
  by_no_.erase(known);
}

void LateRecords::clear() {
  by_key_.clear();
  by_no_.clear();
}

const LateRecord* LateRecords::find(std::int64_t no) const {
  const auto known = by_no_.find(no);
  return known == by_no_.end() ? nullptr : &known->second;
}

std::vector<std::int64_t> LateRecords::with_key(const std::string& key) const {
  std::vector<std::int64_t> found;
  const auto [begin, end] = by_key_.equal_range(key);
  for (auto at = begin; at != end; ++at) found.push_back(at->second);
  return found;
}

}  // namespace jiyao
