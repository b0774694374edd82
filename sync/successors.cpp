// sync/successors.cpp - forwards for who answers, backwards for what is theirs.
#include "sync/successors.h"

#include "sync/terms.h"

namespace jiyao {

namespace {

constexpr const char* kUnit = "机构";  // an entry's kind in schema/ledgers/directory.json

bool meets(const std::set<std::string>& some, const std::set<std::string>& others) {
  for (const std::string& one : some)
    if (others.contains(one)) return true;
  return false;
}

}  // namespace

void Successors::add(const LedgerDefinition& directory, const RecordState& row) {
  if (row.field(directory, "entry") != kUnit) return;
  const std::string id = row.field(directory, "subject"), name = row.field(directory, "name");
  if (id.empty()) return;
  names_[id] = name;
  if (!name.empty()) ids_.emplace(name, id);
  for (std::string& unit : field_values(directory, row, *directory.field_index("successors")))
    successors_[id].push_back(std::move(unit));
}

Successors::Units Successors::named(const std::string& unit) const {
  Units units;
  if (names_.contains(unit)) units.insert(unit);
  const auto [begin, end] = ids_.equal_range(unit);
  for (auto one = begin; one != end; ++one) units.insert(one->second);
  if (units.empty()) units.insert(unit);
  return units;
}

Successors::Units Successors::next(const Units& units) const {
  Units after;
  for (const std::string& unit : units)
    if (const auto named_there = successors_.find(unit); named_there != successors_.end())
      for (const std::string& one : named_there->second) after.merge(named(one));
  return after;
}

std::vector<std::string> Successors::with_predecessors(const std::string& unit) const {
  Units found = named(unit);
  for (bool grows = true; grows;) {
    grows = false;
    for (const auto& [before, after] : successors_)
      if (!found.contains(before) && meets(next({before}), found)) {
        found.insert(before);
        grows = true;
      }
  }
  Units spelt{unit};
  for (const std::string& one : found) {
    spelt.insert(one);
    if (const auto name = names_.find(one); name != names_.end() && !name->second.empty())
      spelt.insert(name->second);
  }
  return {spelt.begin(), spelt.end()};
}

std::vector<std::string> Successors::after(const std::string& unit) const {
  Units seen, last;
  for (Units at = next(named(unit)); !at.empty();) {
    Units unseen;
    for (const std::string& one : at) {
      if (!seen.insert(one).second) continue;
      if (!successors_.contains(one)) last.insert(one);
      unseen.insert(one);
    }
    at = next(unseen);
  }
  Units names;
  for (const std::string& one : last) {
    const auto name = names_.find(one);
    names.insert(name == names_.end() || name->second.empty() ? one : name->second);
  }
  return {names.begin(), names.end()};
}

}  // namespace jiyao
