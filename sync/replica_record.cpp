// sync/replica_record.cpp - a clerk's act: from steps to changes that are durable and shown.
#include <algorithm>

#include "sync/group_merge.h"
#include "sync/replica_state.h"
#include "sync/terms.h"

namespace jiyao {
namespace {

constexpr const char* kCounterName = "n";

/// Acts of one level file, one transaction.
class Recorder {
 public:
  Recorder(Replica::State& replica, Store& store)
      : replica_(replica),
        work_(replica, store),
        roster_(replica.log().roster()),
        level_(store.level()),
        counter_(store.own_number(kCounterName)) {}

  Level level() const { return level_; }
  std::size_t changes() const { return changes_; }

  /// The whole act or, with an error, nothing of it.
  Result<Recorded> add(const Act& act) {
    if (act.steps.empty() || act.steps.size() > kActChangesMax)
      return {Errc::too_large, "an act has 1 to 1000 steps"};
    Recorded recorded;
    recorded.act = time_ordered_id<ActId>(replica_.parts.env.clock.wall_ms());
    std::vector<std::pair<RecordAt, ChangeId>> done;
    std::size_t bytes = 0;
    Result<void> result;
    for (const Step& step : act.steps) {
      Result<Change> change = draft(act, step, recorded.act);
      if (change) {
        bytes += canonical_bytes(*change);
        if (bytes > kActBytesMax) change = Error{Errc::too_large, "act above its limit"};
      }
      if (!change) {
        result = change.error();
        break;
      }
      StoredChange stored;
      stored.id = id_of(*change);
      recorded.records.push_back(change->record);
      recorded.changes.push_back(stored.id);
      done.emplace_back(RecordAt(*change), stored.id);
      stored.change = std::move(*change);
      work_.add(std::move(stored), work_.point());
    }
    if (!result) {
      for (auto undone = done.rbegin(); undone != done.rend(); ++undone)
        work_.take_back(undone->first, undone->second);
      return result.error();
    }
    changes_ += done.size();
    return recorded;
  }

  void finish() {
    if (changes_ == 0) return;
    work_.writer().set_own_number(kCounterName, counter_);
    work_.finish();
  }

 private:
  Result<void> settle_kind(const Act& act, const Step& step, Change& change,
                           const Workpiece*& before);
  Result<Change> draft(const Act& act, const Step& step, const ActId& act_id);
  bool may_lower(const LedgerDefinition& definition, const RecordState* state,
                 const Change& change) const;
  Result<void> judge(const LedgerDefinition& definition, const Change& change,
                     bool is_decisive) const;
  Result<void> check_links(const LedgerDefinition& definition, const Change& change) const;
  std::optional<std::string> cited(const LedgerDefinition& definition, const Change& change,
                                   const Workpiece* before, std::string_view ref,
                                   std::string_view field);
  std::optional<std::string> word_of(const RecordId& record, std::string_view word);

  Replica::State& replica_;
  LevelWork work_;
  Roster roster_;
  Level level_;
  std::uint64_t counter_;
  std::size_t changes_ = 0;
};

// Which record, and what of it is known here.
Result<void> Recorder::settle_kind(const Act& act, const Step& step, Change& change,
                                   const Workpiece*& before) {
  if (!change.record.is_none()) before = work_.look(change.record);
  const bool makes_record = step.kind == ChangeKind::create || step.kind == ChangeKind::import;
  if (makes_record) {
    if (before != nullptr) return {Errc::exists, "this record is here already"};
    if (change.record.is_none())
      change.record = time_ordered_id<RecordId>(replica_.parts.env.clock.wall_ms());
    return {};
  }
  if (before == nullptr || before->before.compartment != act.compartment)
    return {Errc::not_found, "no such record in this compartment"};
  if (change.ledger.empty()) change.ledger = before->before.ledger;
  if (change.ledger != before->before.ledger)
    return {Errc::invalid, "the record belongs to another ledger"};
  if (before->state.level.value_or(Level::public_) > replica_.clearance())
    return {Errc::not_cleared, "the record was raised above your clearance"};
  change.parents = before->state.parents_for_next();
  return {};
}

Result<Change> Recorder::draft(const Act& act, const Step& step, const ActId& act_id) {
  Change change;
  change.realm = replica_.parts.unlocked.realm;
  change.compartment = act.compartment;
  change.act = act_id;
  change.record = step.record;
  change.ledger = step.ledger;
  change.kind = step.kind;
  change.ruleset = replica_.parts.definitions.number();
  change.writes = step.writes;
  change.settles = step.settles;
  change.actor = replica_.parts.unlocked.person.user;
  change.reason = step.reason;
  std::sort(change.settles.begin(), change.settles.end());
  std::sort(change.writes.begin(), change.writes.end(),
            [](const Write& a, const Write& b) { return a.group < b.group; });
  const Workpiece* before = nullptr;
  if (auto kind = settle_kind(act, step, change, before); !kind) return kind.error();
  const LedgerDefinition* definition = replica_.parts.definitions.ledger(change.ledger);
  if (definition == nullptr) return {Errc::invalid, "no such ledger: " + change.ledger};
  // One counter per level file, five interleaved: files that are closed now keep their own numbers.
  change.origin = {replica_.parts.unlocked.node, replica_.life->incarnation(),
                   ++counter_ * kLevels + static_cast<std::uint64_t>(level_)};
  change.hlc = replica_.next_hlc();
  const RecordState* state = before == nullptr ? nullptr : &before->state;
  const bool has_to_be_signed =
      is_decisive(*definition, change) || may_lower(*definition, state, change);
  if (has_to_be_signed)
    change.person =
        replica_.parts.unlocked.person.sign->sign(Label::change_person, digest_to_sign(change));
  if (auto shape = check_shape(change); !shape) {
    if (shape.code() == Errc::too_large) return shape.error();
    return {Errc::invalid, shape.error().detail};
  }
  const Lookup lookup = [&](std::string_view ref, std::string_view field) {
    return cited(*definition, change, before, ref, field);
  };
  const auto valid = validate(*definition, state, change, lookup, replica_.calendar);
  if (!valid) return valid.error();
  if (auto judged = judge(*definition, change, has_to_be_signed); !judged) return judged.error();
  if (auto links = check_links(*definition, change); !links) return links.error();
  return change;
}

// A link to a higher row is kept on the higher side only (domain.md 3.6.4). What was raised in
// place is in this file still, and its loans and legs go on until it is moved.
Result<void> Recorder::check_links(const LedgerDefinition& definition, const Change& change) const {
  for (const Write& write : change.writes) {
    const Group* group = definition.group(write.group);
    if (group == nullptr) continue;
    for (const std::size_t field : group->fields) {
      if (definition.fields[field].type != FieldType::ref) continue;
      const auto bytes = from_hex(definition.field_value(field, write.value));
      const auto record = bytes ? RecordId::from(*bytes) : std::nullopt;
      if (!record) continue;
      for (const auto& [level, store] : replica_.stores)
        if (level > level_ && store.record(*record))
          return {Errc::not_allowed, "a row of this level may not name one of a higher level"};
    }
  }
  return {};
}

// Lowered by whoever may, it takes effect with the person's own signature only (merge.h); without
// the role it stays a proposal, signed or not.
bool Recorder::may_lower(const LedgerDefinition& definition, const RecordState* state,
                         const Change& change) const {
  const UserRecord* user = roster_.user(change.actor);
  if (user == nullptr || state == nullptr) return false;
  return std::any_of(change.writes.begin(), change.writes.end(), [&](const Write& write) {
    const Group* group = definition.group(write.group);
    const GroupState* shown =
        group == nullptr ? nullptr : state->group(*definition.group_index(write.group));
    return shown != nullptr && (user->roles & group->lowered_by) != 0 &&
           order_of(definition, *group, write.value, shown->value).value_or(0) < 0;
  });
}

Result<void> Recorder::judge(const LedgerDefinition& definition, const Change& change,
                             bool is_decisive) const {
  const Standing standing =
      roster_.standing(change, work_.point(), roles_needed(definition, change), is_decisive);
  if (standing.verdict == Verdict::counts && definition.only_standalone) {
    const NodeEntry* node = roster_.node(change.origin.node);
    if (node == nullptr || node->record.kind != NodeKind::standalone)
      return {Errc::not_allowed, "only a stand-alone machine keeps this ledger"};
  }
  if (standing.verdict == Verdict::counts) return {};
  if (standing.ground == Ground::not_cleared)
    return {Errc::not_cleared, "you are not cleared for this level"};
  if (standing.ground == Ground::no_role)
    return {Errc::not_allowed, "your roles do not allow this: " + definition.name};
  return {Errc::not_allowed, "your signature is not the one the roster knows"};
}

// Of a field that names several records: what each of them says.
std::optional<std::string> Recorder::cited(const LedgerDefinition& definition, const Change& change,
                                           const Workpiece* before, std::string_view ref,
                                           std::string_view field) {
  const std::optional<std::size_t> index = definition.field_index(ref);
  if (!index) return std::nullopt;
  const RecordState after =
      with_change(definition, before == nullptr ? nullptr : &before->state, change);
  std::vector<std::string> said;
  const std::vector<std::string> ids = field_values(definition, after, *index);
  if (ids.empty()) return std::nullopt;
  for (const std::string& id : ids) {
    const std::optional<Bytes> bytes = from_hex(id);
    const auto record = bytes ? RecordId::from(*bytes) : std::nullopt;
    const auto word = record ? word_of(*record, field) : std::nullopt;
    if (!word) return std::nullopt;
    for (std::string& item : list_items(*word)) said.push_back(std::move(item));
  }
  return joined_list(said);
}

std::optional<std::string> Recorder::word_of(const RecordId& record, std::string_view word) {
  if (const Workpiece* piece = work_.look(record); piece != nullptr && piece->definition != nullptr)
    return shown_word(*piece->definition, piece->state, word);
  // Cited from another level: only what is shown there now.
  for (const auto& [level, store] : replica_.stores) {
    const auto shown = level == level_ ? std::nullopt : store.record(record);
    if (!shown) continue;
    const LedgerDefinition* other = replica_.parts.definitions.ledger(shown->ledger);
    if (other == nullptr) return std::nullopt;
    return shown_word(*other, merged_state(replica_, store, *shown), word);
  }
  return std::nullopt;
}

/// May this person record in this compartment on this machine at all?
Result<Store*> place_for(Replica::State& replica, const CompartmentId& compartment) {
  const Roster roster = replica.log().roster();
  const NodeEntry* node = roster.node(replica.parts.unlocked.node);
  const UserRecord* user = roster.user(replica.parts.unlocked.person.user);
  if (node == nullptr) return {Errc::need_roster, "this machine is not in the roster yet"};
  if (node->is_revoked) return {Errc::revoked, "this machine is shut out"};
  if (user == nullptr) return {Errc::need_roster, "you are not in the roster yet"};
  if (compartment.level > node->record.device_ceiling)
    return {Errc::above_ceiling, "this machine may not hold this level"};
  if (compartment.level > user->clearance)
    return {Errc::not_cleared, "you are not cleared for this level"};
  if (roster.access(node->record.node, compartment) != AccessRight::write)
    return {Errc::not_allowed, "this machine may not write this compartment"};
  Store* store = replica.store(compartment.level);
  if (store == nullptr) return {Errc::not_cleared, "the file of this level is closed to you"};
  return store;
}

}  // namespace

Result<void> Replica::may_record(const CompartmentId& compartment) const {
  const Result<Store*> store = place_for(*state_, compartment);
  if (!store) return store.error();
  return {};
}

Result<Recorded> Replica::record(const Act& act) {
  return std::move(record_many({&act, 1}).front());
}

std::vector<Result<Recorded>> Replica::record_many(std::span<const Act> acts,
                                                   const Progress* progress) {
  state_->life->renew_if_shown_foreign();
  std::vector<Result<Recorded>> results;
  results.reserve(acts.size());
  std::unique_ptr<Recorder> recorder;
  const auto commit = [&] {
    if (recorder) recorder->finish();
    recorder.reset();
    if (progress != nullptr && progress->step) progress->step(results.size(), acts.size());
  };
  for (const Act& act : acts) {
    const Result<Store*> store = place_for(*state_, act.compartment);
    if (!store) {
      results.push_back(store.error());
      continue;
    }
    if (recorder && recorder->level() != (*store)->level()) commit();
    if (!recorder) recorder = std::make_unique<Recorder>(*state_, **store);
    results.push_back(recorder->add(act));
    if (recorder->changes() >= kImportChangesPerCommit) commit();
  }
  commit();
  return results;
}

RecordId Replica::new_record_id() const {
  return time_ordered_id<RecordId>(state_->parts.env.clock.wall_ms());
}

}  // namespace jiyao
