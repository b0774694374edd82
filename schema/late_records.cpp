// schema/late_records.cpp - see schema/late_records.h.
#include "schema/late_records.h"

#include <algorithm>
#include <utility>

namespace jiyao {

LateRecords::ByKey::iterator LateRecords::place_of(const std::string& key, std::int64_t no) {
  const auto [begin, end] = by_key_.equal_range(key);
  const auto found = std::find_if(begin, end, [no](const auto& at) { return at.second == no; });
  return found == end ? by_key_.end() : found;
}

void LateRecords::put(std::int64_t no, LateRecord record) {
  erase(no);
  const LateRecord& kept = by_no_.emplace(no, std::move(record)).first->second;
  for (const std::string& key : kept.now.keys) by_key_.emplace(key, no);
}

// A put() that threw half-way left some keys without a place.
void LateRecords::erase(std::int64_t no) {
  const auto known = by_no_.find(no);
  if (known == by_no_.end()) return;
  for (const std::string& key : known->second.now.keys)
    if (const auto place = place_of(key, no); place != by_key_.end()) by_key_.erase(place);
  by_no_.erase(known);
}

LateRecords::Taken LateRecords::take(std::int64_t no) {
  Taken taken;
  const auto known = by_no_.find(no);
  if (known == by_no_.end()) return taken;
  const std::vector<std::string>& keys = known->second.now.keys;
  taken.keys.reserve(keys.size());
  for (const std::string& key : keys) taken.keys.push_back(by_key_.extract(place_of(key, no)));
  taken.record = by_no_.extract(known);
  return taken;
}

// No more than there were before: the table of the keys is large enough and stays.
void LateRecords::put_back(std::int64_t no, Taken taken) noexcept {
  erase(no);
  if (taken.is_none()) return;
  by_no_.insert(std::move(taken.record));
  for (ByKey::node_type& key : taken.keys) by_key_.insert(std::move(key));
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
