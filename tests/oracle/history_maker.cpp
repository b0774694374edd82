// tests/oracle/history_maker.cpp - small pools everywhere, so that offices meet.
#include "oracle/history_maker.h"

#include <algorithm>

namespace jiyao::oracle {
namespace {

constexpr std::size_t kOffices = 3;

std::string digits(std::size_t number) {
  return std::to_string(number);
}

}  // namespace

HistoryMaker::HistoryMaker(std::uint64_t seed) : chance_(seed, "history") {
  choose_ledger();
  same_.realm = chance_.block<RealmId>();
  same_.compartment = {chance_.block<OfficeId>(), static_cast<Level>(chance_.below(4))};
  same_.record = chance_.block<RecordId>();
  same_.ledger = ledger_->name;
  for (int i = 0; i < 3; ++i) people_.push_back(chance_.block<UserId>());
  offices_.resize(kOffices);
  grow(1 + chance_.below(14));
}

HistoryMaker::HistoryMaker(std::uint64_t seed, const Cast& cast, const Cast::Member& member)
    : chance_(seed, "record " + member.record.hex()), cast_(&cast), ledger_(member.ledger) {
  same_.realm = cast.realm;
  same_.compartment = cast.compartment;
  same_.record = member.record;
  same_.ledger = ledger_->name;
  people_ = cast.people;
  choose_what_meets();
  offices_.resize(kOffices);
  grow(1 + chance_.below(7));
}

// All that check asks of a row, or nearly.
void HistoryMaker::choose_what_meets() {
  std::set<std::size_t> groups;
  const auto take = [&](std::size_t field) { groups.insert(ledger_->fields[field].group); };
  const auto take_all = [&](const Condition& condition) {
    for (const Clause& clause : condition.clauses()) {
      if (!clause.ref.empty()) continue;
      const auto term = term_of(clause.field);
      const std::string_view name = term ? term->of : clause.field;
      const auto field = ledger_->field_index(name);
      const auto group = field ? ledger_->fields[*field].group : ledger_->group_index(name);
      if (group) groups.insert(*group);
    }
  };
  for (std::size_t field = 0; field < ledger_->fields.size(); ++field)
    if (ledger_->fields[field].type == FieldType::ref) take(field);
  for (const UniqueKey& key : ledger_->unique) {
    for (const std::size_t field : key.fields) take(field);
    for (const std::size_t field : key.apart) take(field);
    if (key.distinct) take(*key.distinct);
  }
  for (const Bar& bar : ledger_->bars) take(bar.field);
  for (const NumberRule& rule : ledger_->numbers) {
    take(rule.field);
    for (const std::size_t field : rule.series) take(field);
    if (rule.year_of) take(*rule.year_of);
    take_all(rule.printed);
  }
  for (const Rule& rule : ledger_->rules) take_all(rule.when), take_all(rule.must);
  if (ledger_->settles) take(ledger_->settles->field), take_all(ledger_->settles->when);
  for (const char* name : {"blocks", "level", "borrower"})
    if (const auto group = ledger_->group_index(name)) groups.insert(*group);
  for (std::size_t group = 0; group < ledger_->groups.size(); ++group)
    if (!ledger_->groups[group].late.empty() || ledger_->groups[group].apart_by)
      groups.insert(group);
  for (const std::size_t group : groups)
    if (chance_.percent(85)) hot_.push_back(group);
  if (ledger_->state_group) hot_.push_back(*ledger_->state_group);
  if (hot_.empty()) hot_.push_back(0);
}

void HistoryMaker::choose_ledger() {
  const auto all = Definitions::built_in().all();
  static const std::vector<std::string> kOften = {"incoming",    "document_copy", "loan",
                                                  "circulation", "draft",         "handling"};
  ledger_ = chance_.percent(50) ? Definitions::built_in().ledger(chance_.pick(kOften))
                                : &all[chance_.below(all.size())];
  const std::size_t wanted = 1 + chance_.below(5);
  for (std::size_t i = 0; i < wanted; ++i) hot_.push_back(chance_.below(ledger_->groups.size()));
  if (ledger_->state_group && chance_.percent(70)) hot_.push_back(*ledger_->state_group);
  for (std::size_t group = 0; group < ledger_->groups.size(); ++group)
    if (ledger_->groups[group].kind == GroupKind::custody && chance_.percent(50))
      hot_.push_back(group);
}

void HistoryMaker::grow(std::size_t count) {
  while (changes_.size() < count) {
    const std::size_t office = chance_.below(kOffices);
    if (changes_.empty() || !chance_.percent(25)) {
      write_one(office);
      continue;
    }
    const Known& other = offices_[chance_.below(kOffices)];
    for (const std::size_t one : other)
      if (chance_.percent(90)) offices_[office].insert(one);
  }
}

RecordState HistoryMaker::seen_by(const Known& known) const {
  std::vector<JudgedChange> held;
  for (const std::size_t one : known) held.push_back(judged_[one]);
  return merge(*ledger_, held);
}

// Mostly what the protocol says: all heads. Now and then any changes, as a broken program would.
std::vector<ChangeId> HistoryMaker::parents_of(const Known& known, const RecordState& seen) {
  std::vector<ChangeId> parents = seen.parents_for_next();
  if (chance_.percent(15)) {
    parents.clear();
    for (const std::size_t one : known)
      if (chance_.percent(40)) parents.push_back(judged_[one].id);
  }
  std::sort(parents.begin(), parents.end());
  return parents;
}

void HistoryMaker::write_one(std::size_t office) {
  const RecordState seen = seen_by(offices_[office]);
  Change change = same_;
  change.origin = {chance_.block<NodeId>(), chance_.block<IncarnationId>(), changes_.size() + 1};
  if (cast_ != nullptr) change.origin.incarnation = chance_.pick(cast_->lives);
  change.act = chance_.block<ActId>();
  change.ruleset = Definitions::built_in().number();
  change.actor = chance_.pick(people_);
  change.hlc = chance_.below(1000);
  if (chance_.percent(20)) change.reason = "更正";
  change.parents = parents_of(offices_[office], seen);
  fill(change, seen);
  if (chance_.percent(30)) change.person = chance_.block<Signature>();
  changes_.push_back(std::move(change));
  JudgedChange judged;
  judged.change = &changes_.back();
  judged.id = id_of(changes_.back());
  judge(judged);
  offices_[office].insert(judged_.size());
  judged_.push_back(judged);
}

void HistoryMaker::judge(JudgedChange& judged) {
  const std::size_t luck = chance_.below(100);
  if (luck < 5) judged.effect = Effect::proposal_only;
  if (luck >= 5 && luck < 11) judged.effect = Effect::quarantined;
  if (luck >= 11 && luck < 13) judged.effect = Effect::transparent;
  if (luck == 13) judged.effect = Effect::wait_program;
  if (chance_.percent(35)) judged.roles = static_cast<Roles>(chance_.next()) & kEveryRole;
  if (chance_.percent(5)) judged.roles = 0;
  judged.is_owner = chance_.percent(85);
  judged.is_authority = chance_.percent(60);
}

void HistoryMaker::fill(Change& change, const RecordState& seen) {
  const std::size_t luck = chance_.below(100);
  change.kind = change.parents.empty()
                    ? (chance_.percent(5) ? ChangeKind::import : ChangeKind::create)
                    : ChangeKind::amend;
  if (!change.parents.empty()) {
    if (luck < 25) resolve(change, seen);
    if (luck >= 25 && luck < 35) withdraw(change, seen);
    if (luck >= 35 && luck < 41) change.kind = ChangeKind::renumber;
    if (luck >= 41 && luck < 43) {
      change.kind = ChangeKind::close;
      return;
    }
  }
  if (change.writes.empty()) amend(change, seen);
}

void HistoryMaker::put(Change& change, const GroupName& group, std::string value) {
  for (const Write& write : change.writes)
    if (write.group == group) return;
  change.writes.push_back({group, std::move(value)});
  std::sort(change.writes.begin(), change.writes.end(),
            [](const Write& a, const Write& b) { return a.group < b.group; });
}

void HistoryMaker::amend(Change& change, const RecordState& seen) {
  if (cast_ != nullptr && changes_.empty())
    for (const std::size_t group : hot_)
      put(change, ledger_->groups[group].name, value(group, seen));
  const std::size_t wanted = 1 + chance_.below(3);
  for (std::size_t i = 0; i < wanted; ++i) {
    const std::size_t group =
        chance_.percent(85) ? chance_.pick(hot_) : chance_.below(ledger_->groups.size());
    put(change, ledger_->groups[group].name, value(group, seen));
  }
  if (chance_.percent(2)) put(change, "no_such_group", "x");
}

// Exactly what is to settle, or nearly.
void HistoryMaker::resolve(Change& change, const RecordState& seen) {
  std::set<ChangeId> named;
  for (const GroupState& group : seen.groups) {
    std::vector<ChangeId> names = group.to_settle;
    if (names.empty() && chance_.percent(30))
      for (const HeldWrite& one : group.held) names.push_back(one.change);
    if (names.empty() || chance_.percent(25)) continue;
    if (chance_.percent(10)) names.pop_back();
    named.insert(names.begin(), names.end());
    const std::string& old = group.held.empty() ? group.value : group.held.back().value;
    put(change, ledger_->groups[group.group].name,
        chance_.percent(60) && !old.empty() ? old : value(group.group, seen));
  }
  if (chance_.percent(10) && !judged_.empty()) named.insert(chance_.pick(judged_).id);
  if (named.empty() || change.writes.empty()) return change.writes.clear();
  change.kind = ChangeKind::resolve;
  change.settles.assign(named.begin(), named.end());
}

void HistoryMaker::withdraw(Change& change, const RecordState& seen) {
  std::set<ChangeId> named;
  for (const GroupState& group : seen.groups) {
    const bool is_set = ledger_->groups[group.group].kind == GroupKind::set;
    if ((!is_set && !chance_.percent(3)) || group.held.empty()) continue;
    named.insert(chance_.pick(group.held).change);
    put(change, ledger_->groups[group.group].name, "");
  }
  if (named.empty()) return change.writes.clear();
  if (chance_.percent(10)) named.insert(chance_.pick(judged_).id);
  change.kind = ChangeKind::withdraw;
  change.settles.assign(named.begin(), named.end());
}

std::string HistoryMaker::value(std::size_t group, const RecordState& seen) {
  const Group& where = ledger_->groups[group];
  if (where.kind == GroupKind::state)
    return chance_.percent(2) ? "no_such_state" : chance_.pick(ledger_->states).name;
  if (chance_.percent(3)) return "";
  std::vector<std::pair<std::string, std::string>> fields;
  for (const std::size_t index : where.fields) {
    const Field& field = ledger_->fields[index];
    if (where.fields.size() > 1 && chance_.percent(20)) continue;
    fields.emplace_back(field.name, field_value(group, field, seen));
  }
  const Result<std::string> packed = group_value(*ledger_, where, fields);
  return packed ? *packed : std::string("x");
}

std::string HistoryMaker::cited(const LedgerName& ledger) {
  std::vector<RecordId> those;
  for (const Cast::Member& member : cast_->members)
    if (ledger == kAnyLedger || member.ledger->name == ledger) those.push_back(member.record);
  return (those.empty() || chance_.percent(15) ? chance_.block<RecordId>() : chance_.pick(those))
      .hex();
}

// So that records meet.
std::optional<std::string> HistoryMaker::value_in_common(const Field& field) {
  if (field.type == FieldType::ref) return cited(field.ref_ledger);
  if (field.type == FieldType::person && chance_.percent(60)) return chance_.pick(people_).hex();
  if (field.type == FieldType::date && chance_.percent(8)) return "2025-03-01";
  if (field.type == FieldType::level && chance_.percent(70))
    return std::string(name_of(same_.compartment.level));
  if (ledger_->settles && field.name == "finding" && !cast_->findings.empty())
    return chance_.pick(cast_->findings).hex();
  if (ledger_->name != "series") return std::nullopt;
  if (field.name == "of_ledger") return chance_.pick(cast_->members).ledger->name;
  if (field.name == "year") return "2026";
  if (field.name == "block_incarnation") return chance_.pick(cast_->lives).hex();
  if (field.name == "series_name" && chance_.percent(50)) return "";
  return std::nullopt;
}

std::string HistoryMaker::field_value(std::size_t group, const Field& field,
                                      const RecordState& seen) {
  if (cast_ != nullptr)
    if (const auto value = value_in_common(field)) return *value;
  const std::string small = digits(1 + chance_.below(3));
  switch (field.type) {
    case FieldType::integer:
      return digits(chance_.below(12));
    case FieldType::date:
      return "2026-03-0" + small;
    case FieldType::stamp:
      return "2026-03-0" + small + "T09:3" + digits(chance_.below(2));
    case FieldType::choice:
      return chance_.pick(field.choices);
    case FieldType::level:
      return std::string(name_of(static_cast<Level>(chance_.below(5))));
    case FieldType::term: {
      static const std::vector<std::string> kTermsHere = {
          "5y", "10y", "120m", "2036-01-01", "2037-01-01", "until:公布", "until:x"};
      return chance_.pick(kTermsHere);
    }
    case FieldType::signature:
      return chance_.percent(70) ? content_hash(*ledger_, seen, ledger_->groups[group]).hex()
                                 : Digest{}.hex();
    case FieldType::ref:
      return "0000000000000000000000000000000" + small;
    case FieldType::number:
      return "2026-000" + small;
    default:
      return "文" + small;
  }
}

std::vector<JudgedChange> HistoryMaker::held() {
  std::vector<JudgedChange> all;
  const bool is_whole = chance_.percent(60);
  for (const JudgedChange& one : judged_) {
    if (!is_whole && chance_.percent(12)) {
      if (!chance_.percent(20)) continue;
      all.push_back({one.id, nullptr, Effect::transparent, 0, false, false});  // declared lost
      continue;
    }
    all.push_back(one);
    if (!chance_.percent(8)) continue;
    all.push_back(one);
    if (chance_.percent(50)) all.back().effect = Effect::quarantined;
  }
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[chance_.below(i)]);
  return all;
}

}  // namespace jiyao::oracle
