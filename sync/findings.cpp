// sync/findings.cpp - the rows of domain.md 6.4 that the first ledgers can show, as a table.
#include "sync/findings.h"

#include <algorithm>
#include <array>

namespace jiyao {

namespace {

struct CatalogueRow {
  std::string_view code;
  Gravity gravity;
  Roles decider;
};

constexpr Roles kIntake = role_bit(Role::intake_clerk);
constexpr Roles kKeeper = role_bit(Role::records_keeper);
constexpr Roles kClerk = role_bit(Role::confidential_clerk);
constexpr Roles kSecrecy = role_bit(Role::secrecy_officer);
constexpr Roles kDirector = role_bit(Role::office_director);
constexpr Roles kAuthority = role_bit(Role::classification_authority);
constexpr Roles kArchivist = role_bit(Role::archivist);
constexpr Roles kCentral = role_bit(Role::central_archivist);

constexpr std::array<CatalogueRow, 23> kCatalogue{{
    {"A5", Gravity::note, kDirector},      {"C1", Gravity::question, kAuthority},
    {"C2", Gravity::note, kSecrecy},       {"C6", Gravity::question, kAuthority},
    {"C9", Gravity::freeze, kSecrecy},     {"N1", Gravity::note, kIntake},
    {"N2", Gravity::question, kKeeper},    {"N5", Gravity::note, role_bit(Role::secretary)},
    {"N7", Gravity::freeze, kClerk},       {"N9", Gravity::note, kIntake},
    {"N10", Gravity::question, kIntake},   {"N11", Gravity::question, kCentral},
    {"N13", Gravity::note, kIntake},       {"P6", Gravity::question, kCentral},
    {"R2", Gravity::note, kClerk},         {"R7", Gravity::question, kClerk},
    {"R16", Gravity::question, kDirector}, {"S1", Gravity::note, kArchivist},
    {"S2", Gravity::question, kDirector},  {"S3", Gravity::freeze, kArchivist | kSecrecy},
    {"S4", Gravity::question, kArchivist}, {"U1", Gravity::freeze, kKeeper},
    {"U2", Gravity::question, kKeeper},
}};

const CatalogueRow* row_of(std::string_view code) {
  const auto found = std::find_if(kCatalogue.begin(), kCatalogue.end(),
                                  [&](const CatalogueRow& row) { return row.code == code; });
  return found == kCatalogue.end() ? nullptr : &*found;
}

template <class T>
void sort_unique(std::vector<T>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

FindingId id_of(const Finding& finding) {
  Hasher hasher(Label::finding);
  hasher.add(as_bytes(finding.code));
  hasher.add(static_cast<std::uint64_t>(finding.kind));
  hasher.add(as_bytes(finding.key));
  for (const ChangeId& change : finding.changes) hasher.add(change.view());
  return id_from<FindingId>(hasher.finish());
}

}  // namespace

std::vector<std::string> finding_codes() {
  std::vector<std::string> codes;
  for (const CatalogueRow& row : kCatalogue) codes.emplace_back(row.code);
  return codes;
}

Finding& Findings::add(const std::string& code, FindingKind kind, std::string key,
                       const std::vector<const Neighbour*>& records, std::vector<ChangeId> changes,
                       Roles decider) {
  Finding finding;
  finding.kind = kind;
  finding.code = code;
  finding.key = std::move(key);
  for (const Neighbour* record : records) finding.records.push_back(record->record);
  sort_unique(finding.records);
  finding.changes = std::move(changes);
  sort_unique(finding.changes);
  const CatalogueRow* row = row_of(code);
  const FindingWords* words = row == nullptr ? definitions_.finding(code) : nullptr;
  const bool is_incident = kind == FindingKind::incident;
  finding.gravity = gravity_of(code).value_or(is_incident ? Gravity::freeze : Gravity::question);
  finding.decider = row != nullptr ? row->decider : words != nullptr ? words->decider : decider;
  finding.id = id_of(finding);
  return by_id_.try_emplace(finding.id, std::move(finding)).first->second;
}

std::optional<Gravity> Findings::gravity_of(std::string_view code) const {
  if (const CatalogueRow* row = row_of(code)) return row->gravity;
  const FindingWords* words = definitions_.finding(code);
  return words == nullptr ? std::nullopt : std::optional(static_cast<Gravity>(words->gravity));
}

std::vector<Finding> Findings::sorted(const std::function<bool(const Finding&)>& is_ruled) && {
  std::vector<Finding> all;
  for (auto& [id, finding] : by_id_)
    if (finding.kind == FindingKind::hold || !is_ruled(finding)) all.push_back(std::move(finding));
  return all;
}

}  // namespace jiyao
