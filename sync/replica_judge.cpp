// sync/replica_judge.cpp - what roster and definitions say of one change (sync/replica_state.h).
#include "sync/replica_state.h"

namespace jiyao {

Judged judged_from(const Standing& standing) {
  return {static_cast<std::uint8_t>(standing.verdict), static_cast<std::uint8_t>(standing.ground)};
}

Standing standing_from(const Judged& judged) {
  return {.verdict = static_cast<Verdict>(judged.verdict),
          .ground = static_cast<Ground>(judged.ground)};
}

Judge::Judge(const Roster& roster, const Definitions& definitions, const BatchLog& log)
    : roster_(roster), definitions_(definitions), log_(log) {}

Standing Judge::of_change(const Change& change, const RosterPoint& at,
                          const Standing& batch) const {
  if (batch.verdict != Verdict::counts) return batch;
  // A newer rule set may know roles that ours does not: the change waits for the program, and is
  // judged when the program knows its rules.
  if (change.ruleset > definitions_.number()) return {};
  const LedgerDefinition* definition = definitions_.ledger(change.ledger);
  if (definition == nullptr)
    return {.verdict = Verdict::quarantined, .ground = Ground::unknown_kind};
  if (definition->only_standalone) {
    const NodeRecord* node = roster_.node_at(change.origin.node, at.seq);
    if (node == nullptr || node->kind != NodeKind::standalone)
      return {.verdict = Verdict::quarantined, .ground = Ground::wrong_machine};
  }
  return roster_.standing(change, at, roles_needed(*definition, change),
                          is_decisive(*definition, change));
}

JudgedChange Judge::for_merge(const StoredChange& stored, std::uint64_t roster_seq) const {
  JudgedChange judged;
  judged.id = stored.id;
  judged.change = &stored.change;
  if (stored.holding == Holding::purged) {
    judged.effect = Effect::transparent;
    return judged;
  }
  if (standing_from(stored.judged).verdict != Verdict::counts)
    judged.effect = Effect::quarantined;
  else if (stored.change.ruleset > definitions_.number())
    judged.effect = Effect::wait_program;
  const UserRecord* actor = roster_.user_at(stored.change.actor, roster_seq);
  judged.roles = actor == nullptr ? 0 : actor->roles;
  judged.is_owner = actor != nullptr && actor->office == stored.change.compartment.office;
  const OfficeRecord* office = roster_.office_at(stored.change.compartment.office, roster_seq);
  judged.is_authority = office != nullptr && office->lead == stored.change.origin.node;
  return judged;
}

}  // namespace jiyao
