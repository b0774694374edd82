// tests/oracle/meeting.cpp - a ledger, what it cites, and who may want the same.
#include "oracle/meeting.h"

#include <algorithm>

#include "oracle/state_lines.h"

namespace jiyao::oracle {
namespace {

constexpr std::size_t kMembersMax = 7;
/// Ledgers that claim or bar the same copies and people.
const std::vector<LedgerName>& rivals() {
  static const std::vector<LedgerName> kRivals = {"loan",        "circulation",     "dispatch",
                                                  "destruction", "return_list",     "handover",
                                                  "stocktake",   "certificate_loan"};
  return kRivals;
}

}  // namespace

Meeting::Meeting(std::uint64_t seed) : seed_(seed), chance_(seed, "meeting") {
  cast_.realm = chance_.block<RealmId>();
  cast_.compartment = {chance_.block<OfficeId>(), static_cast<Level>(1 + chance_.below(3))};
  for (int i = 0; i < 3; ++i) cast_.people.push_back(chance_.block<UserId>());
  for (int i = 0; i < 3; ++i) cast_.lives.push_back(chance_.block<IncarnationId>());
  const auto all = Definitions::built_in().all();
  const LedgerDefinition& first = chance_.percent(30)
                                      ? *Definitions::built_in().ledger(chance_.pick(rivals()))
                                      : all[chance_.below(all.size())];
  invite(first.name);
  if (chance_.percent(60)) invite(first.name);
  for (const Field& field : first.fields)
    if (field.type == FieldType::ref && field.ref_ledger != kAnyLedger && chance_.percent(60))
      invite(field.ref_ledger);
  if (chance_.percent(40)) invite(chance_.pick(rivals()));
  if (!first.numbers.empty() && chance_.percent(60)) invite("series");
  const std::size_t rulings = chance_.percent(25) ? 1 + chance_.below(2) : 0;
  for (const Cast::Member& member : cast_.members) make(member);
  for (const Finding& finding : found()) cast_.findings.push_back(finding.id);
  for (std::size_t i = 0; i < rulings; ++i) {
    invite("ruling");
    make(cast_.members.back());
  }
  std::sort(held_.begin(), held_.end(),
            [](const Held& a, const Held& b) { return a.record < b.record; });
}

void Meeting::invite(const LedgerName& ledger) {
  if (cast_.members.size() < kMembersMax || ledger == "ruling")
    cast_.members.push_back({chance_.block<RecordId>(), Definitions::built_in().ledger(ledger)});
}

void Meeting::make(const Cast::Member& member) {
  HistoryMaker& maker = makers_.emplace_back(seed_, cast_, member);
  std::vector<JudgedChange> changes = maker.held();
  RecordState state = merge(*member.ledger, changes);
  held_.push_back({member.ledger, member.record, std::move(changes), std::move(state)});
}

std::vector<Finding> Meeting::found() const {
  Neighbourhood all;
  for (const Held& one : held_)
    if (!one.state.applied.empty())
      all.records.push_back({one.record, one.ledger, &one.state, cast_.compartment.level, true});
  all.clearance = [this](std::string_view person) -> std::optional<Level> {
    if (person == cast_.people.front().hex()) return Level::internal;
    return std::nullopt;
  };
  return check(Definitions::built_in(), all);
}

void Meeting::tell(std::ostream& out, const std::string& name) const {
  out << "{\"name\":\"" << name << "\",\"level\":\"" << name_of(cast_.compartment.level)
      << "\",\"clearances\":{\"" << cast_.people.front().hex() << "\":\"internal\"},\"records\":[";
  const char* comma = "";
  for (const Held& one : held_) {
    out << comma << "{\"record\":\"" << one.record.hex() << "\",\"ledger\":\"" << one.ledger->name
        << "\",\"changes\":";
    tell_changes(out, one.changes);
    out << '}';
    comma = ",";
  }
  out << "],\"findings\":";
  tell_findings(out, found());
  out << "}\n";
}

}  // namespace jiyao::oracle
